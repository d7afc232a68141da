"""Dates, instants and intervals. All times are GMT (UTC); no function here asks a clock."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T(?!24)\d{2}:\d{2}:\d{2}Z", re.ASCII)  # some read 24:00 as a time


def parse_date(text: str) -> date:
    """Return a date from its one accepted form, ``YYYY-MM-DD``.

    Raises:
        ValueError: another form (``20110205``, ``5 Feb 2011``), or no such day.
    """
    if not _DATE.fullmatch(text):
        raise ValueError(f"date {text!r}: must be written YYYY-MM-DD")
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"date {text!r}: no such day") from error


def parse_instant(text: str) -> datetime:
    """Return an instant from its one accepted form, ``YYYY-MM-DDThh:mm:ssZ``.

    Raises:
        ValueError: another form, another zone, fractions of a second, or no such time.
    """
    if not _INSTANT.fullmatch(text):
        raise ValueError(f"time {text!r}: must be written YYYY-MM-DDThh:mm:ssZ (GMT)")
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"time {text!r}: no such time") from error


def format_instant(instant: datetime) -> str:
    """Return ``instant`` as ``YYYY-MM-DDThh:mm:ssZ``; it must carry its zone."""
    if instant.tzinfo is None:
        raise ValueError(f"time {instant!r}: has no zone; every time is GMT and says so")
    return f"{instant.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='seconds')}Z"


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeInterval:
    """When a record came to be: never an instant, always an interval with its evidence.

    Attributes:
        claimed: What its author wrote; untrusted.
        not_before: Latest time that others vouch for and that the record builds on; none known: None.
        not_after: Earliest time at which others vouch that it existed; none known: None.
    """

    claimed: datetime
    not_before: datetime | None
    not_after: datetime | None

    @property
    def claim_fits(self) -> bool:
        """Whether the claimed time lies inside what others vouch for."""
        after_start = self.not_before is None or self.not_before <= self.claimed
        before_end = self.not_after is None or self.claimed <= self.not_after
        return after_start and before_end
