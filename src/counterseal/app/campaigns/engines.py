"""What an engine is: it is given blocks, and hands back what each gave or why it failed, in any order."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from counterseal.app.campaigns.setup import Task
from counterseal.design.campaigns.blocks import Plan, Sums, run_block


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a block: its sums, or why there are none.

    Attributes:
        task: The block.
        sums: What its runs gave; None where it failed.
        failure: Why it failed; None where it did not.
    """

    task: Task
    sums: Sums | None = None
    failure: str | None = None


class Engine(Protocol):
    """Works blocks out."""

    def outcomes(self, plans: Sequence[Plan], tasks: Sequence[Task]) -> Iterator[Outcome]:
        """Yield what becomes of each block, as soon as it is known."""


def worked_out(plan: Plan, task: Task) -> Outcome:
    """Work a block out where one is; an error of its own makes it fail, not the campaign."""
    try:
        return Outcome(task=task, sums=run_block(plan, first=task.first, runs=task.runs))
    except Exception as error:  # noqa: BLE001 - the other blocks go on, and the reason is reported
        return Outcome(task=task, failure=f"{type(error).__name__}: {error}")


class Serial:
    """One block after the other, in this process."""

    def outcomes(self, plans: Sequence[Plan], tasks: Sequence[Task]) -> Iterator[Outcome]:
        """Yield what becomes of each block, in order."""
        for task in tasks:
            yield worked_out(plans[task.strategy], task)
