"""A treaty pack: one agreement as dated, cited, unit-bearing data."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeVar

from counterseal.terms.outcomes import KnownAs
from counterseal.terms.parties import PartyCode
from counterseal.treaty.errors import PackError

ANY_ATTRIBUTE = "any"
"""In place of an attribute, in a budget of disclosure that is about every measurement."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """Where an outside fact was found, and how well it is known."""

    key: str
    text: str
    known_as: KnownAs


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """A party to the agreement (``state``), or one that takes part in its verification."""

    code: PartyCode
    name: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One provision, with the clause id that findings name."""

    clause: str
    title: str
    text: str
    authentic: bool
    citation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LifeCycle:
    """The dates between which the agreement holds; ``expires`` is its last day, if known.

    Attributes:
        citations: ``(name of the date, citation key)`` for each date that is there.
    """

    signed: date
    in_force: date
    expires: date | None
    citations: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusChange:
    """A suspension, and in whose reading it holds; ``covers`` names kinds of duty."""

    id: str
    state: str
    by: PartyCode
    from_date: date
    until: date | None
    in_reading_of: tuple[PartyCode, ...]
    covers: tuple[str, ...]
    text: str
    citation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """What is counted: ``id`` is also the column name in tables of declared figures.

    Attributes:
        changes_by: The periodic clock by which alone its figures change between declarations, so that no
            notification is due for a change; None where changes are notified one by one.
    """

    id: str
    name: str
    unit: str
    clause: str
    changes_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CountingRule:
    """How items are counted towards a category, in the agreement's own terms."""

    id: str
    clause: str
    category: str
    text: str
    citation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """At most ``value`` of one category [unit of the category], on the days on which it binds."""

    id: str
    clause: str
    category: str
    value: int
    binds_from: date
    binds_until: date | None
    citation: str

    def binds_on(self, day: date) -> bool:
        """Whether the limit binds on ``day``."""
        return self.binds_from <= day and (self.binds_until is None or day <= self.binds_until)


@dataclass(frozen=True, slots=True, kw_only=True)
class DisclosureBudget:
    """At most ``millibits`` about one item by measurements of an attribute, on the days on which it binds.

    Attributes:
        attribute: What is asked of the item, or `ANY_ATTRIBUTE`.
        millibits: What all measurements of one item may tell [thousandths of a bit].
    """

    id: str
    clause: str
    attribute: str
    millibits: int
    binds_from: date
    binds_until: date | None
    citation: str

    def binds_on(self, day: date) -> bool:
        """Whether the budget binds on ``day``."""
        return self.binds_from <= day and (self.binds_until is None or day <= self.binds_until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Closure:
    """An aggregate that the lines of a breakdown must add up to.

    Attributes:
        total: Category id of the aggregate.
        sums: Names of the breakdown categories that add up to it.
    """

    id: str
    clause: str
    total: str
    sums: tuple[str, ...]


class DutyKind(StrEnum):
    """What a clock's or quota's duty is about; suspensions name these kinds."""

    DECLARATIONS = "declarations"
    NOTIFICATIONS = "notifications"
    INSPECTIONS = "inspections"


class ClockKind(StrEnum):
    """How a clock runs."""

    ONCE = "once"
    """Runs once, from a dated event of the agreement."""
    PERIODIC = "periodic"
    """Runs after the end of each period."""
    PER_EVENT = "per-event"
    """Runs after each event of a kind; there is nothing to compute without the events."""
    RIGHT = "right"
    """Opens a right on a day; nothing is owed, so nothing can be overdue."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenDate:
    """A date for which the public record is silent, so that a clock stays an open question."""

    as_of: date
    text: str
    citation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """Something owed within a duration of an event.

    Attributes:
        trigger: Event that starts it (``entry-into-force``, ``period-end``, or an event kind).
        days: Duration [days]. Day 1 is the day after the event; the last day is inclusive.
        period_months: Length of a period [months], for a periodic clock.
        first_period_starts: First day of the first period, for a periodic clock.
        as_of_trigger: Whether the data are as of the trigger's own date (a baseline).
        duty: Kind of duty, to which a suspension may apply.
        owed_by: Parties that owe it.
        owed_to: ``other-parties`` or a party code.
        open_dates: Dates on which the public record is silent.
    """

    id: str
    clause: str
    title: str
    kind: ClockKind
    trigger: str
    days: int
    period_months: int | None
    first_period_starts: date | None
    as_of_trigger: bool
    duty: DutyKind
    time_zone: str
    owed_by: tuple[PartyCode, ...]
    owed_to: str
    provides: str
    citation: str
    open_dates: tuple[OpenDate, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """At most ``value`` inspections of a type in one year window [inspections].

    The window starts on ``window_start`` (its first day) and on each anniversary of it.
    """

    id: str
    clause: str
    title: str
    value: int
    window_start: date
    held_by: tuple[PartyCode, ...]
    citation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """A stretch of time in which inspections were not carried out, with its source.

    Attributes:
        began: As published: ``YYYY-MM-DD``, or ``YYYY-MM`` where the day is not published. Show this.
        from_date: The first day for comparing; where only the month is published, its last day.
    """

    id: str
    began: str
    from_date: date
    until: date | None
    text: str
    citation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclarationKind:
    """A kind of declaration, with the dates for which one is asked beside the periodic ones."""

    id: str
    title: str
    clause: str
    release: str
    extra_dates: tuple[date, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationKind:
    """A kind of notification, and the clock that it is owed under."""

    id: str
    title: str
    clause: str
    clock: str
    release: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """A role in the verification of the agreement."""

    id: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseLabel:
    """Who may see what carries this label."""

    id: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedCount:
    """A party's own count of another's figure for one date: see ``Assertion`` in the facts."""

    as_of: date
    declared_figure: int
    additions: tuple[tuple[str, int], ...]
    text: str
    citation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Interpretation:
    """How one party reads a clause otherwise than the declarant, with what each says."""

    id: str
    by: PartyCode
    about: PartyCode
    limit: str
    since: date
    until: date | None
    reading: str
    contrary_reading: str
    status: str
    citation: str
    stated: tuple[StatedCount, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """One agreement as data.

    Attributes:
        id: Short name, also the folder's name.
        version: Version of the pack, not of the agreement.
        domain: Schema-less domain that log origins of this agreement begin with.
        notes: What is not known, sentences for the reader.
        disclosure_budgets: What measurements may tell; none where the agreement says nothing of it.
    """

    id: str
    version: str
    title: str
    short_title: str
    domain: str
    parties: tuple[Party, ...]
    life: LifeCycle
    citations: tuple[Citation, ...]
    articles: tuple[Article, ...]
    status_changes: tuple[StatusChange, ...]
    categories: tuple[Category, ...]
    counting_rules: tuple[CountingRule, ...]
    limits: tuple[Limit, ...]
    closures: tuple[Closure, ...]
    clocks: tuple[Clock, ...]
    quotas: tuple[Quota, ...]
    pauses: tuple[Pause, ...]
    declaration_kinds: tuple[DeclarationKind, ...]
    notification_kinds: tuple[NotificationKind, ...]
    roles: tuple[Role, ...]
    release_labels: tuple[ReleaseLabel, ...]
    interpretations: tuple[Interpretation, ...]
    notes: tuple[str, ...]
    disclosure_budgets: tuple[DisclosureBudget, ...] = ()

    @property
    def states(self) -> tuple[PartyCode, ...]:
        """Codes of the parties to the agreement, in the pack's order."""
        return tuple(party.code for party in self.parties if party.kind == "state")

    def category(self, category_id: str) -> Category:
        """Return the category of that id.

        Raises:
            PackError: the pack has none.
        """
        return _named(self.categories, category_id, pack=self.id, what="category")

    def limit(self, limit_id: str) -> Limit:
        """Return the limit of that id.

        Raises:
            PackError: the pack has none.
        """
        return _named(self.limits, limit_id, pack=self.id, what="limit")

    def cited(self, key: str) -> Citation:
        """Return the citation of that key.

        Raises:
            PackError: the pack has none.
        """
        for citation in self.citations:
            if citation.key == key:
                return citation
        raise PackError(f"pack {self.id}: no citation {key!r}")


_Named = TypeVar("_Named", Category, Limit)


def _named(things: tuple[_Named, ...], wanted: str, *, pack: str, what: str) -> _Named:
    for thing in things:
        if thing.id == wanted:
            return thing
    raise PackError(f"pack {pack}: no {what} {wanted!r}")
