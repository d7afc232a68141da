"""What there is to assess by a day: the dates, the due dates and the rights of an agreement."""

from dataclasses import dataclass
from datetime import date, timedelta

from counterseal.assessment.facts import Facts
from counterseal.assessment.wording import sentence
from counterseal.terms.parties import PartyCode
from counterseal.treaty.calendar import declaration_dates, schedule
from counterseal.treaty.pack import Clock, ClockKind, OpenDate, Pack


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """One run of one clock for one party, with the clock itself beside its dates.

    Attributes:
        as_of: The date of the data that are owed; None where no data of a date are owed.
        period_end: Last day of the period, for a periodic clock.
        due: Last day for providing, inclusive; for a right, the day on which it opens.
    """

    clock: Clock
    party: PartyCode
    as_of: date | None
    period_end: date | None
    due: date


def dues(pack: Pack, *, until: date) -> tuple[Due, ...]:
    """Return the due dates of what is owed once or periodically, triggered on or before ``until``."""
    owed = (ClockKind.ONCE, ClockKind.PERIODIC)
    return tuple(due for due in _runs(pack, until=until) if due.clock.kind in owed)


def rights(pack: Pack, *, until: date) -> tuple[Due, ...]:
    """Return the rights that have opened on or before ``until``, each with the day on which it opened."""
    opened = (due for due in _runs(pack, until=until) if due.due <= until)
    return tuple(due for due in opened if due.clock.kind is ClockKind.RIGHT)


def _runs(pack: Pack, *, until: date) -> tuple[Due, ...]:
    clocks = {clock.id: clock for clock in pack.clocks}
    return tuple(
        Due(
            clock=clocks[run.clock],
            party=run.party,
            as_of=run.as_of,
            period_end=run.period_end,
            due=run.due,
        )
        for run in schedule(pack, until=until)
    )


def assessed_dates(pack: Pack, facts: Facts) -> tuple[tuple[date, PartyCode], ...]:
    """Return the dates for which each State is assessed, by date and then in the pack's order.

    A date is assessed for a State that declared for it. A date of the agreement's own calendar is
    assessed for every State once any of them provided figures, or once the day for providing has
    passed, so that what is missing shows. A date for which the public record is silent and nobody
    declared has no figure to assess: its clock alone stays an open question.
    """
    assessed = {(row.as_of, row.party) for row in facts.declared}
    stated = {row.as_of for row in facts.declared if not row.is_nil}
    passed = {due.as_of for due in dues(pack, until=facts.until) if due.due < facts.until}
    for asked in declaration_dates(pack, until=facts.until):
        silent = open_date(pack, as_of=asked) is not None
        if asked in stated or (asked in passed and not silent):
            assessed.update((asked, state) for state in pack.states)
    order = {state: place for place, state in enumerate(pack.states)}
    return tuple(sorted(assessed, key=lambda one: (one[0], order[one[1]])))


def open_date(pack: Pack, *, as_of: date | None, clock: Clock | None = None) -> OpenDate | None:
    """Return why the public record is silent for a date, or None where it is not.

    Args:
        pack: The agreement.
        as_of: The date of the data.
        clock: The clock that asks for them; None for any of the agreement's.
    """
    clocks = pack.clocks if clock is None else (clock,)
    silent = (known for one in clocks for known in one.open_dates)
    return next((known for known in silent if known.as_of == as_of), None)


def clock_sentence(due: Due) -> str:
    """Return how a due date came about: the trigger, its day, the duration and the last day."""
    clock = due.clock
    started = (due.due - timedelta(days=clock.days)).isoformat()
    ends = f"{clock.days} days from then end on {due.due.isoformat()} ({clock.time_zone})"
    if due.period_end is not None:
        return sentence(f"under {clock.clause} the period ended on {due.period_end.isoformat()}; {ends}")
    trigger = clock.trigger.replace("-", " ")
    return sentence(f"under {clock.clause} the clock runs from {trigger} on {started}; {ends}")
