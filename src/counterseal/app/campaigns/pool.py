"""Blocks on processes of this machine; one that dies is replaced, and its block repeated.

Each worker has a pipe of its own and at most one block: where the pipe ends, the worker is gone, and it is
known which block was lost. The pool of the standard library would give up all of them.
"""

import os
import signal
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess

from counterseal.app.campaigns.engines import Outcome, worked_out
from counterseal.app.campaigns.setup import Task
from counterseal.design.campaigns.blocks import Plan, run_block
from counterseal.errors import RefusedInputError

MAX_WORKERS = 1024
ATTEMPTS = 3
"""So often a block is tried whose workers die; then it has failed."""
_PATIENCE_S = 5.0


@dataclass(slots=True)
class _Worker:
    process: SpawnProcess
    pipe: "Connection[Task, Outcome]"
    task: Task | None = None


class Pool:
    """Blocks on so many processes.

    Args:
        workers: How many, 1 to 1024.
    """

    def __init__(self, workers: int) -> None:
        if not 1 <= workers <= MAX_WORKERS:
            raise RefusedInputError(f"workers: {workers}, must be from 1 to {MAX_WORKERS}")
        self._number = workers
        self._workers: list[_Worker] = []

    @property
    def process_ids(self) -> tuple[int, ...]:
        """Process ids of the workers that are there now."""
        return tuple(one.process.pid for one in self._workers if one.process.pid is not None)

    def outcomes(self, plans: Sequence[Plan], tasks: Sequence[Task]) -> Iterator[Outcome]:
        """Yield what becomes of each block, as soon as it is known."""
        waiting, attempts = deque(tasks), Counter[int]()
        if not tasks:
            return
        run_block(plans[0], first=0, runs=1)  # compiled once here, and read from the cache by every worker
        try:
            while waiting or any(one.task for one in self._workers):
                self._occupy(plans, waiting)
                for pipe in wait([one.pipe for one in self._workers if one.task]):
                    worker = next(one for one in self._workers if one.pipe is pipe)
                    outcome = self._heard(worker)
                    if outcome is None:
                        outcome = self._lost(worker, waiting, attempts)
                    if outcome is not None:
                        yield outcome
        finally:
            self._end()

    def _occupy(self, plans: Sequence[Plan], waiting: deque[Task]) -> None:
        """Give each idle worker a block, and have as many workers as there is work for."""
        for worker in self._workers:
            if waiting and worker.task is None:
                self._give(worker, waiting.popleft())
        while waiting and len(self._workers) < self._number:
            worker = _started(plans)
            self._workers.append(worker)
            self._give(worker, waiting.popleft())

    @staticmethod
    def _give(worker: _Worker, task: Task) -> None:
        worker.task = task
        with suppress(OSError):  # where it is gone, its pipe says so when it is read
            worker.pipe.send(task)

    @staticmethod
    def _heard(worker: _Worker) -> Outcome | None:
        """Return what a worker sent; None where it is gone."""
        try:
            outcome = worker.pipe.recv()
        except (EOFError, OSError):
            return None
        worker.task = None
        return outcome

    def _lost(self, worker: _Worker, waiting: deque[Task], attempts: Counter[int]) -> Outcome | None:
        """Put the block of a dead worker back; return its failure where that was tried often enough."""
        worker.process.join(_PATIENCE_S)
        worker.pipe.close()
        self._workers.remove(worker)
        task = worker.task
        if task is None:
            return None
        attempts[task.number] += 1
        if attempts[task.number] < ATTEMPTS:
            waiting.appendleft(task)
            return None
        code = worker.process.exitcode
        return Outcome(
            task=task, failure=f"its worker died {ATTEMPTS} times, at last with exit status {code}"
        )

    def _end(self) -> None:
        for worker in self._workers:
            worker.pipe.close()
            if worker.task is not None:  # nobody will read what it is at
                worker.process.terminate()
        for worker in self._workers:
            worker.process.join(_PATIENCE_S)
            if worker.process.is_alive():
                worker.process.kill()
                worker.process.join()
        self._workers.clear()


def _started(plans: Sequence[Plan]) -> _Worker:
    here, there = get_context("spawn").Pipe()
    process = get_context("spawn").Process(target=_work, args=(there, tuple(plans)), daemon=True)
    process.start()
    there.close()  # the worker alone holds its end, so that the pipe ends with it
    return _Worker(process=process, pipe=here)


def _work(pipe: "Connection[Outcome, Task]", plans: tuple[Plan, ...]) -> None:
    """Work out blocks until the pipe ends."""
    signal.signal(
        signal.SIGINT, signal.SIG_IGN
    )  # an interrupt is the business of the process that started it
    while True:
        try:
            task = pipe.recv()
            pipe.send(worked_out(plans[task.strategy], task))
        except (EOFError, OSError):
            return


def usual_workers() -> int:
    """Return how many processor cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
