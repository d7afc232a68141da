"""Anchors inside the page, and links to them that never dangle."""

import re
from dataclasses import dataclass

from counterseal.assessment.finding import Finding
from counterseal.services.views import RecordView
from counterseal.treaty.errors import PackError
from counterseal.treaty.pack import Pack

SHORT_HEX_DIGITS = 16
_NOT_IN_ANCHORS = re.compile(r"[^A-Za-z0-9._-]+")


def record_anchor(record_id: str) -> str:
    """Return the anchor of a record: ``r-`` and the first 16 hex digits of its id."""
    return f"r-{record_id[:SHORT_HEX_DIGITS]}"


def finding_anchor(finding_id: str) -> str:
    """Return the anchor of a finding, in letters that need no escape in a link."""
    return f"f-{_NOT_IN_ANCHORS.sub('_', finding_id)}"


def check_anchor(check: str) -> str:
    """Return the anchor of all findings of a check."""
    return f"c-{_NOT_IN_ANCHORS.sub('_', check)}"


def rule_of(finding: Finding) -> str:
    """Return the rule of the treaty pack that a finding is about: the last part of its id."""
    return finding.id.split(".", maxsplit=3)[-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordLink:
    """A link to a record of this page; ``href`` is None where the page does not hold it."""

    href: str | None
    short: str
    title: str


@dataclass(frozen=True, slots=True)
class RecordIndex:
    """The records that the page holds, by id."""

    titles: dict[str, str]

    @classmethod
    def of(cls, records: tuple[RecordView, ...]) -> "RecordIndex":
        """Return the index of ``records``: each by its title, and how far it is vouched for."""
        return cls({record.record_id: f"{record.title} ({record.state})" for record in records})

    def links(self, record_ids: tuple[str, ...]) -> tuple[RecordLink, ...]:
        """Return a link for each id, without an address where the record is not on the page."""
        return tuple(self._link(record_id) for record_id in record_ids)

    def _link(self, record_id: str) -> RecordLink:
        held = record_id in self.titles
        return RecordLink(
            href=f"#{record_anchor(record_id)}" if held else None,
            short=record_id[: SHORT_HEX_DIGITS // 2],
            title=self.titles[record_id] if held else "not in this report",
        )


def cited_text(pack: Pack, citation: str) -> str:
    """Return the text of a citation key of the pack, or ``citation`` itself if it is no key."""
    try:
        return pack.cited(citation).text
    except PackError:
        return citation
