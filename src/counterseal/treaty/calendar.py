"""Due dates and year windows that follow from a pack.

Days are days in GMT. A duration is counted from the day of its trigger: day 1 is the day after it,
and what is owed may be provided on the last day too. So 45 days from 5 February end on 22 March in a
common year, and something is late only from the day after.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from counterseal.terms.parties import PartyCode
from counterseal.treaty.pack import Clock, ClockKind, DutyKind, Pack, Quota

_MONTHS = 12
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class DueDate:
    """The last day on which one party may provide what one clock asks for.

    Attributes:
        clock: Id of the clock; for a clock of kind ``right``, ``due`` is the day on which the right opens.
        as_of: The date of the data that are owed; None where no data of a date are owed.
        period_end: Last day of the period, for a periodic clock.
        due: Last day for providing, inclusive.
    """

    clock: str
    party: PartyCode
    as_of: date | None
    period_end: date | None
    due: date


def schedule(pack: Pack, *, until: date) -> tuple[DueDate, ...]:
    """Return everything that the pack's clocks ask for, by day.

    Clocks that run per event are left out: nothing can be computed for them without the events.

    Args:
        pack: The agreement.
        until: Last day to look at: what was triggered on or before it is included, even where
            it is due later.

    Returns:
        One entry for each clock, trigger and owing party, sorted by the day on which it is due,
        then in the order of the pack.
    """
    dues = [
        DueDate(clock=clock.id, party=party, as_of=as_of, period_end=period_end, due=due)
        for clock in pack.clocks
        for as_of, period_end, due in _runs(clock, pack=pack, until=until)
        for party in clock.owed_by
    ]
    return tuple(sorted(dues, key=lambda due_date: due_date.due))


def _runs(clock: Clock, *, pack: Pack, until: date) -> list[tuple[date | None, date | None, date]]:
    duration = timedelta(days=clock.days)
    if clock.kind is ClockKind.PERIODIC:
        ends = _period_ends(clock, until=min(until, pack.life.expires or until))
        return [(end + _ONE_DAY, end, end + duration) for end in ends]
    if clock.kind in (ClockKind.ONCE, ClockKind.RIGHT):
        trigger = pack.life.in_force if clock.trigger == "entry-into-force" else pack.life.signed
        as_of = trigger if clock.as_of_trigger else None
        return [(as_of, None, trigger + duration)] if trigger <= until else []
    return []


def _period_ends(clock: Clock, *, until: date) -> list[date]:
    ends: list[date] = []
    if clock.first_period_starts is None or clock.period_months is None:
        return ends
    while True:
        months = clock.period_months * (len(ends) + 1)
        end = add_months(clock.first_period_starts, months) - _ONE_DAY
        if end > until:
            return ends
        ends.append(end)


def add_months(day: date, months: int) -> date:
    """Return the same day of the month ``months`` [months] later.

    A day that the later month does not have becomes the first day of the month after it: the
    anniversary of 29 February is 1 March in a common year.

    >>> add_months(date(2012, 2, 29), 12)
    datetime.date(2013, 3, 1)
    """
    years, month = divmod(day.month - 1 + months, _MONTHS)
    year, month = day.year + years, month + 1
    if day.day <= monthrange(year, month)[1]:
        return date(year, month, day.day)
    return date(year, month, monthrange(year, month)[1]) + _ONE_DAY


def declaration_dates(pack: Pack, *, until: date) -> tuple[date, ...]:
    """Return the dates for which figures are asked: the baseline, each period, and extra dates.

    Dates for which the public record is silent (``open_dates``) are among them.

    Args:
        pack: The agreement.
        until: Last day to look at.
    """
    clocks = {clock.id for clock in pack.clocks if clock.duty is DutyKind.DECLARATIONS}
    dues = schedule(pack, until=until)
    asked = {due.as_of for due in dues if due.as_of is not None and due.clock in clocks}
    asked.update(day for kind in pack.declaration_kinds for day in kind.extra_dates)
    return tuple(sorted(day for day in asked if day <= until))


def year_windows(quota: Quota, *, until: date) -> tuple[tuple[date, date], ...]:
    """Return the year windows of a quota that began on or before ``until``.

    Returns:
        ``(first day, last day)`` of each, both inclusive; together they leave no day out.
    """
    windows: list[tuple[date, date]] = []
    start = quota.window_start
    while start <= until:
        following = add_months(quota.window_start, _MONTHS * (len(windows) + 1))
        windows.append((start, following - _ONE_DAY))
        start = following
    return tuple(windows)
