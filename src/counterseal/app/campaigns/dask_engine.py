"""Blocks on a Dask cluster: one that runs already, by its address, or one of this machine's processes."""

import logging
from asyncio import CancelledError as AsyncCancelledError
from collections.abc import Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import ExitStack
from typing import Any

from counterseal.app.campaigns.engines import Outcome, worked_out
from counterseal.app.campaigns.setup import Task, other_versions, versions
from counterseal.design.campaigns.blocks import Plan
from counterseal.errors import RefusedInputError, WorkplaceError

_AHEAD = 2
"""Blocks that wait at the cluster for each of its threads: enough that none idles, few enough to lose."""
_TIMEOUT_S = 20
_RETRIES = 2
_GONE = "the Dask cluster went away; blocks that were handed back are stored, and 'resume' does the others"
_AGAIN = ("pending", "lost")
"""States of a block whose result went with its worker: the cluster works it out again."""


class DaskCluster:
    """Blocks on a Dask cluster.

    Args:
        address: Address of its scheduler; None for a cluster of processes on this machine.
        workers: Processes of such a one.
    """

    def __init__(self, *, address: str | None = None, workers: int = 1) -> None:
        if address is not None and "://" not in address:
            raise RefusedInputError(f"--address: found {address!r}, must be like tcp://host:8786")
        self._distributed = _distributed()  # asked for at once: a campaign is not begun without it
        self._address, self._number = address, workers

    def outcomes(self, plans: Sequence[Plan], tasks: Sequence[Task]) -> Iterator[Outcome]:
        """Yield what becomes of each block, as soon as it is known.

        Raises:
            WorkplaceError: the cluster cannot be reached or goes away.
        """
        if not tasks:
            return
        try:
            with ExitStack() as stack:
                yield from self._worked_out(self._distributed, stack, plans, list(reversed(tasks)))
        except (OSError, TimeoutError, CancelledError, AsyncCancelledError) as error:
            raise WorkplaceError(f"{_GONE}: {error}") from error

    def _worked_out(
        self, distributed: Any, stack: ExitStack, plans: Sequence[Plan], waiting: list[Task]
    ) -> Iterator[Outcome]:
        """Keep the cluster busy, and yield what comes back."""
        client = self._client(distributed, stack)
        given: dict[str, Task] = {}
        done = distributed.as_completed(loop=client.loop)
        while waiting or given:
            ahead = max(1, _AHEAD * sum(client.nthreads().values()))
            while waiting and len(given) < ahead:
                task = waiting.pop()
                plan = plans[task.strategy]
                future = client.submit(_remote, plan, task, versions(), pure=False, retries=_RETRIES)
                given[future.key] = task
                done.add(future)
            future = next(done)
            if future.status in _AGAIN:
                done.add(future)
            else:
                yield _outcome(future, given.pop(future.key))

    def _client(self, distributed: Any, stack: ExitStack) -> Any:
        _hush()
        try:
            address: Any = self._address
            if address is None:
                address = stack.enter_context(
                    distributed.LocalCluster(
                        n_workers=self._number,
                        threads_per_worker=1,
                        processes=True,
                        host="127.0.0.1",
                        dashboard_address="127.0.0.1:0",
                        silence_logs=logging.CRITICAL,
                    )
                )
            return stack.enter_context(distributed.Client(address, timeout=_TIMEOUT_S, set_as_default=False))
        except (OSError, ValueError, TimeoutError) as error:
            where = self._address or "on this machine"
            raise WorkplaceError(f"Dask cluster {where}: cannot be reached: {error}") from error


def _distributed() -> Any:
    try:
        import distributed  # noqa: PLC0415 - an extra, and heavy
    except ImportError as error:
        raise WorkplaceError(
            "--engine dask: Dask is not installed; get it with: pip install 'counterseal[cluster]'"
        ) from error
    return distributed


def _hush() -> None:
    """Keep Dask's own log off the terminal: what goes wrong is said once, by us.

    Some of its loggers have a level of their own, so each is told.
    """
    for name in list(logging.root.manager.loggerDict):
        if name.partition(".")[0] == "distributed":
            logging.getLogger(name).setLevel(logging.CRITICAL)


def _remote(plan: Plan, task: Task, expected: tuple[tuple[str, str], ...]) -> Outcome:
    """Work a block out on a worker, if its versions are ours: another may round otherwise."""
    if other := other_versions(expected):
        return Outcome(task=task, failure=f"the worker runs other versions: {', '.join(other)}")
    return worked_out(plan, task)


def _outcome(future: Any, task: Task) -> Outcome:
    if future.status == "finished":
        outcome: Outcome = future.result()
        return outcome
    if future.status == "error":
        error = future.exception()
        return Outcome(task=task, failure=f"{type(error).__name__}: {error}")
    raise WorkplaceError(f"{_GONE}: block {task.number} is {future.status}")
