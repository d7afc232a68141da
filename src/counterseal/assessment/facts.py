"""The facts that an assessment rests on: what is on the record, before any rule is applied.

Facts are shared; readings are each party's own. A fact names the records it came from, and
how well it is known. Nothing here knows a limit or a date of any agreement.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from counterseal.terms.outcomes import KnownAs
from counterseal.terms.parties import PartyCode
from counterseal.terms.times import TimeInterval


class Channel(StrEnum):
    """How a declared figure came onto the record."""

    EXCHANGE = "exchange"
    """Provided by its declarant to the other party under the agreement."""
    PUBLICATION = "publication"
    """Published by its declarant, not provided to the other party."""
    TRANSCRIPTION = "transcription"
    """Copied by somebody else from a published source."""


class TimingBasis(StrEnum):
    """Where knowledge of the time of receipt comes from."""

    RECORD = "record"
    """From the record's own evidence: countersignature and cosigned checkpoints."""
    PUBLICATION = "publication"
    """From published sources alone; the record's own times are a convention and say nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """What is known of when a thing was provided (provision is receipt).

    Attributes:
        basis: Where the knowledge comes from.
        received_on: The cited date of receipt, with basis ``publication``; None when no source gives it.
        received: The interval of receipt, with basis ``record``; None when no receipt is on record.
    """

    basis: TimingBasis
    received_on: date | None = None
    received: TimeInterval | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredFigures:
    """The aggregate figures that a party states for one date.

    Attributes:
        figures: ``(category id, figure)`` pairs; a figure of None is *not provided*, never zero.
        records: Ids of the declaration first, then of its countersignatures.
    """

    party: PartyCode
    as_of: date
    figures: tuple[tuple[str, int | None], ...]
    known_as: KnownAs
    citation: str
    channel: Channel
    timing: Timing
    records: tuple[str, ...]

    def figure(self, category: str) -> int | None:
        """Return the stated figure of ``category`` [items], or None if it was not provided."""
        return dict(self.figures).get(category)

    @property
    def is_nil(self) -> bool:
        """Whether no figure at all was provided."""
        return all(figure is None for _, figure in self.figures)


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakdownLine:
    """One line of a published breakdown: how many of one system in one category [items]."""

    category: str
    system: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Breakdown:
    """The lines behind the aggregate figures that a party states for one date."""

    party: PartyCode
    as_of: date
    lines: tuple[BreakdownLine, ...]
    known_as: KnownAs
    citation: str
    records: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspension:
    """A party's statement that it suspends duties, and in whose reading they are suspended.

    Attributes:
        covers: The kinds of duty (a clock's or quota's ``duty``) that it names.
        in_reading_of: The parties that read the duties of ``by`` as suspended.
    """

    id: str
    by: PartyCode
    from_date: date
    until: date | None
    in_reading_of: tuple[PartyCode, ...]
    covers: tuple[str, ...]
    text: str
    citation: str
    known_as: KnownAs
    records: tuple[str, ...]

    def holds(self, *, duty: str, of: PartyCode, reader: PartyCode, on: date) -> bool:
        """Whether ``reader`` reads the ``duty`` of party ``of`` as suspended on day ``on``."""
        return (
            duty in self.covers
            and of == self.by
            and reader in self.in_reading_of
            and self.from_date <= on
            and (self.until is None or on <= self.until)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """A party's standing objection to how another counts under one limit.

    Between ``since`` and ``until`` its own figure is known only for dates for which it stated one
    (an ``Assertion``); for the others it is an open question, never a projection.
    """

    id: str
    by: PartyCode
    about: PartyCode
    limit: str
    since: date
    until: date | None
    text: str
    citation: str
    known_as: KnownAs
    records: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Addition:
    """Items that one reading counts and the declarant's does not [items]."""

    what: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Assertion:
    """A party's own count of another's declared figure, stated for one date.

    Attributes:
        declared_figure: The declared figure that the statement was made about [items].
        additions: What it adds to that figure.
    """

    id: str
    position: str
    by: PartyCode
    about: PartyCode
    limit: str
    as_of: date
    declared_figure: int
    additions: tuple[Addition, ...]
    text: str
    citation: str
    known_as: KnownAs
    records: tuple[str, ...]

    @property
    def figure(self) -> int:
        """The figure as this party counts it [items]."""
        return self.declared_figure + sum(addition.count for addition in self.additions)


@dataclass(frozen=True, slots=True, kw_only=True)
class Withholding:
    """A party's own statement that it did not provide what a clock asks for on one date."""

    party: PartyCode
    clock: str
    as_of: date
    text: str
    citation: str
    known_as: KnownAs
    records: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectionCount:
    """How many inspections a party conducted under one quota in one year window [inspections]."""

    party: PartyCode
    quota: str
    window_start: date
    count: int
    known_as: KnownAs
    citation: str
    records: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything on the record up to one day, as the checks see it.

    Attributes:
        until: The last day that the record is read to; later facts are not in it.
        in_force_records: Records that carry the agreement itself (the signed treaty pack).
    """

    until: date
    declared: tuple[DeclaredFigures, ...] = ()
    breakdowns: tuple[Breakdown, ...] = ()
    suspensions: tuple[Suspension, ...] = ()
    positions: tuple[Position, ...] = ()
    assertions: tuple[Assertion, ...] = ()
    withheld: tuple[Withholding, ...] = ()
    inspections: tuple[InspectionCount, ...] = ()
    in_force_records: tuple[str, ...] = ()
