"""What a campaign folder holds: blocks that are stored, missing, torn or failed, and the estimate so far."""

from dataclasses import dataclass
from typing import Any

from counterseal.app.campaigns.progress import Counted, Progress
from counterseal.app.campaigns.store import SUMMARY, CampaignFolder


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """How a campaign stands.

    Attributes:
        running: Whether a run is at work in its folder.
        finished: Whether its summary is written and every block is there.
        progress: How far it is.
        torn: Numbers of blocks that are there but do not hold.
        failed: Numbers of blocks that failed in the last run, each with the reason.
    """

    running: bool
    finished: bool
    progress: Progress
    torn: tuple[int, ...]
    failed: tuple[tuple[int, str], ...]

    def document(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        progress = self.progress
        return {
            "running": self.running,
            "finished": self.finished,
            "blocks": progress.blocks,
            "blocks_in_all": progress.blocks_in_all,
            "runs": progress.runs,
            "runs_in_all": progress.runs_in_all,
            "torn": list(self.torn),
            "failed": {str(number): why for number, why in self.failed},
            "estimates": [
                {name: getattr(one, name) for name in one.__dataclass_fields__} for one in progress.estimates
            ],
        }


def status(campaign: CampaignFolder) -> Status:
    """Return how a campaign stands."""
    setup = campaign.setup
    counted = Counted(setup.strategies, runs_in_all=setup.runs, blocks_in_all=len(setup.tasks))
    torn, stored = [], set()
    for task in setup.tasks:
        sums = campaign.blocks.read(task)
        if sums is not None:
            counted.add(task.strategy, runs=task.runs, detected=sums.detected, now=False)
            stored.add(task.number)
        elif campaign.blocks.path(task.number).exists():
            torn.append(task.number)
    progress = counted.progress(elapsed_s=0.0)
    failed = campaign.failures()
    return Status(
        running=campaign.in_use(),
        finished=progress.blocks == progress.blocks_in_all and (campaign.folder / SUMMARY).is_file(),
        progress=progress,
        torn=tuple(torn),
        failed=tuple((number, failed[number]) for number in sorted(set(failed) - stored)),
    )
