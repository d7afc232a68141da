"""The summary of a campaign folder: the same bytes whatever engine worked it out, interrupted or not."""

from dataclasses import dataclass
from typing import Any

from counterseal.app.campaigns.block_files import database, whole_file, write_parquet, write_whole
from counterseal.app.campaigns.store import SUMMARY, SUMMARY_TABLE, CampaignFolder, as_bytes
from counterseal.design.campaigns.answer import Campaign
from counterseal.design.campaigns.blocks import Sums, added
from counterseal.design.campaigns.summary import summary

SUMMARY_FORMAT = "counterseal.campaign-summary/1"
_COLUMNS = (
    "strategy VARCHAR",
    "runs BIGINT",
    "detected BIGINT",
    "detection_p DOUBLE",
    "lower DOUBLE",
    "upper DOUBLE",
    "exact_detection_p DOUBLE",
    "standard_errors_apart DOUBLE",
    "mean_delay_d DOUBLE",
    "exact_mean_delay_d DOUBLE",
    "false_alarms DOUBLE",
    "cost_pd DOUBLE",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What stored blocks answer, and how many of them there are.

    Attributes:
        given: One a strategy with a stored block, with the sums behind it; others are left out.
        blocks: Blocks that are stored.
        blocks_in_all: Blocks of the whole campaign.
    """

    given: tuple[tuple[Campaign, Sums], ...]
    blocks: int
    blocks_in_all: int

    @property
    def missing(self) -> int:
        """Blocks that are not stored, torn ones among them."""
        return self.blocks_in_all - self.blocks


def answers(campaign: CampaignFolder) -> Answers:
    """Return what each strategy's stored blocks answer."""
    setup = campaign.setup
    stored: dict[int, list[Sums]] = {}
    for task in setup.tasks:
        sums = campaign.blocks.read(task)
        if sums is not None:
            stored.setdefault(task.strategy, []).append(sums)
    questions = setup.questions(campaign.effort)
    given = tuple(
        (summary(questions[place], total, seed=setup.seed), total)
        for place, total in ((place, added(blocks)) for place, blocks in sorted(stored.items()))
    )
    return Answers(
        given=given, blocks=sum(len(blocks) for blocks in stored.values()), blocks_in_all=len(setup.tasks)
    )


def summary_document(campaign: CampaignFolder, answered: Answers) -> dict[str, Any]:
    """Return the summary as JSON has it; how runs were cut into blocks is no part of it."""
    known = {one.strategy for one, _ in answered.given}
    setup = campaign.setup.document()
    asked = {name: one for name, one in setup.items() if name not in {"format", "block_runs"}}
    return {
        "format": SUMMARY_FORMAT,
        "campaign": asked,
        "complete": not answered.missing,
        "without_runs": [name for name in campaign.setup.strategies if name not in known],
        "answers": [one.document() | {"histogram": list(sums.delays)} for one, sums in answered.given],
    }


def write_summary(campaign: CampaignFolder) -> None:
    """Write ``summary.json`` and ``summary.parquet``.

    Raises:
        WorkplaceError: they cannot be written.
    """
    answered = answers(campaign)
    with whole_file(campaign.folder / SUMMARY_TABLE) as partial:
        rows = [_row(one, sums) for one, sums in answered.given]
        write_parquet(database(), partial, columns=_COLUMNS, rows=rows)
    write_whole(campaign.folder / SUMMARY, as_bytes(summary_document(campaign, answered)))


def _row(one: Campaign, sums: Sums) -> list[Any]:
    return [
        one.strategy,
        one.runs,
        sums.detected,
        one.detection.value,
        one.detection.lower,
        one.detection.upper,
        None if one.exact_detection is None else one.exact_detection.value,
        one.errors_apart,
        one.delay.value,
        None if one.exact_delay is None else one.exact_delay.value,
        one.false_alarms.value,
        one.cost.value,
    ]
