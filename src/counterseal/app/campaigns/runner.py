"""The runner: gives the blocks that are missing to an engine, stores what comes back, sums up at the end."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from counterseal.app.campaigns.engines import Engine
from counterseal.app.campaigns.progress import Counted, Progress
from counterseal.app.campaigns.setup import Task, other_versions
from counterseal.app.campaigns.store import CampaignFolder
from counterseal.app.campaigns.summaries import write_summary
from counterseal.errors import RefusedInputError


@dataclass(slots=True)
class Runner:
    """One run of a campaign in its folder.

    Attributes:
        campaign: The campaign.
        engine: What works blocks out.
        failures: Blocks that failed, each with the reason; filled as it goes.
        finished: Whether the summary is written.
    """

    campaign: CampaignFolder
    engine: Engine
    failures: dict[int, str] = field(default_factory=dict)
    finished: bool = False

    def run(self) -> Iterator[Progress]:
        """Work out every block that is missing or torn; yield how far it is, first before any.

        Raises:
            RefusedInputError: the campaign was begun with other versions of what it is computed with.
            WorkplaceError: another run is at work in the folder, the disk is full, the cluster is gone.
        """
        setup = self.campaign.setup
        _require_versions(setup.versions)
        with self.campaign.locked():
            counted = Counted(setup.strategies, runs_in_all=setup.runs, blocks_in_all=len(setup.tasks))
            missing = self._missing(counted)
            begun = time.monotonic()
            yield counted.progress(elapsed_s=0.0)
            plans = setup.plans(self.campaign.effort)
            for outcome in self.engine.outcomes(plans, missing):
                task = outcome.task
                if outcome.sums is None:
                    self.failures[task.number] = outcome.failure or "no reason given"
                    counted.fail()
                else:
                    self.campaign.blocks.write(task, outcome.sums)
                    counted.add(task.strategy, runs=task.runs, detected=outcome.sums.detected)
                yield counted.progress(elapsed_s=time.monotonic() - begun)
            self.campaign.note_failures(self.failures)
            if not self.failures:
                write_summary(self.campaign)
                self.finished = True

    def _missing(self, counted: Counted) -> list[Task]:
        """Return the blocks that are not stored, or not whole; count those that are."""
        missing = []
        for task in self.campaign.setup.tasks:
            sums = self.campaign.blocks.read(task)
            if sums is None:
                missing.append(task)
            else:
                counted.add(task.strategy, runs=task.runs, detected=sums.detected, now=False)
        return missing


def _require_versions(begun_with: tuple[tuple[str, str], ...]) -> None:
    """Require the versions that the campaign was begun with: others may round the last bit otherwise."""
    if other := other_versions(begun_with):
        raise RefusedInputError(
            f"campaign begun with other versions: {', '.join(other)}; its figures would mix two programs. "
            "Install those versions, or begin anew"
        )
