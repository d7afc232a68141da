"""Due dates and year windows, against the published ones and against their own rules."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from counterseal.treaty.calendar import add_months, declaration_dates, schedule, year_windows
from counterseal.treaty.load import packaged_pack
from counterseal.treaty.pack import ClockKind

PACK = packaged_pack("new-start")
LAST = date(2023, 5, 15)
DAYS = st.dates(date(1990, 1, 1), date(2080, 12, 31))


def due_of(clock: str, *, until: date = LAST) -> list[date]:
    return [due.due for due in schedule(PACK, until=until) if due.clock == clock and due.party == "US"]


def test_days_5_25_45_and_60_after_entry_into_force() -> None:
    clocks = ("aircraft-data", "inspector-lists", "database", "inspections-begin")
    assert [due_of(clock) for clock in clocks] == [
        [date(2011, 2, 10)],
        [date(2011, 3, 2)],
        [date(2011, 3, 22)],
        [date(2011, 4, 6)],
    ]


def test_the_first_and_the_last_six_monthly_update() -> None:
    runs = [
        due for due in schedule(PACK, until=LAST) if due.clock == "six-monthly-update" and due.party == "RU"
    ]
    first, last = runs[0], runs[-1]
    assert (first.period_end, first.as_of, first.due) == (
        date(2011, 8, 31),
        date(2011, 9, 1),
        date(2011, 9, 30),
    )
    assert (last.period_end, last.as_of, last.due) == (date(2023, 2, 28), date(2023, 3, 1), date(2023, 3, 30))
    assert len(runs) == 24


def test_a_leap_day_ends_a_period() -> None:
    ends = {due.as_of: due.period_end for due in schedule(PACK, until=LAST) if due.period_end}
    assert ends[date(2012, 3, 1)] == date(2012, 2, 29)
    assert ends[date(2013, 3, 1)] == date(2013, 2, 28)


def test_both_parties_owe_the_same_and_the_baseline_has_the_date_of_its_trigger() -> None:
    dues = schedule(PACK, until=LAST)
    by_party = [
        {(due.clock, due.as_of, due.due) for due in dues if due.party == party} for party in PACK.states
    ]
    assert by_party[0] == by_party[1]
    assert {due.as_of for due in dues if due.clock == "database"} == {date(2011, 2, 5)}
    assert {due.as_of for due in dues if due.clock == "aircraft-data"} == {None}


def test_nothing_is_due_before_its_trigger_or_after_the_agreement() -> None:
    assert schedule(PACK, until=date(2011, 2, 4)) == ()
    assert {due.clock for due in schedule(PACK, until=date(2011, 2, 5))} == {
        "aircraft-data",
        "inspector-lists",
        "database",
        "inspections-begin",
    }
    ends = [due.period_end for due in schedule(PACK, until=date(2030, 1, 1)) if due.period_end]
    assert max(ends) == date(2025, 8, 31)


def test_clocks_per_event_are_left_out() -> None:
    per_event = {clock.id for clock in PACK.clocks if clock.kind is ClockKind.PER_EVENT}
    assert per_event == {"data-change"}
    assert per_event.isdisjoint(due.clock for due in schedule(PACK, until=LAST))


def test_figures_are_asked_for_the_baseline_each_period_and_the_extra_date() -> None:
    asked = declaration_dates(PACK, until=LAST)
    assert len(asked) == 26
    assert asked[:3] == (date(2011, 2, 5), date(2011, 9, 1), date(2012, 3, 1))
    assert asked[-1] == date(2023, 3, 1)
    assert {date(2018, 2, 5), date(2018, 3, 1)} <= set(asked)
    assert declaration_dates(PACK, until=date(2011, 2, 4)) == ()


def test_year_windows_begin_on_the_anniversary() -> None:
    windows = year_windows(PACK.quotas[0], until=date(2020, 3, 1))
    assert windows[0] == (date(2011, 2, 5), date(2012, 2, 4))
    assert windows[-1] == (date(2020, 2, 5), date(2021, 2, 4))
    assert year_windows(PACK.quotas[0], until=date(2011, 2, 4)) == ()


@given(start=DAYS, years=st.integers(0, 30))
def test_year_windows_leave_no_day_out_and_share_none(start: date, years: int) -> None:
    quota = replace(PACK.quotas[0], window_start=start)
    until = start + timedelta(days=365 * years)
    windows = year_windows(quota, until=until)
    assert windows[0][0] == start
    assert windows[-1][0] <= until <= windows[-1][1]
    for (_, last), (first, _) in pairwise(windows):
        assert first == last + timedelta(days=1)
    assert all(364 <= (last - first).days <= 366 for first, last in windows)


@given(day=DAYS, months=st.integers(0, 600))
def test_adding_months_keeps_the_day_where_the_month_has_it(day: date, months: int) -> None:
    later = add_months(day, months)
    assert later.day in (day.day, 1)
    assert (later.year - day.year) * 12 + later.month - day.month == months + (later.day != day.day)


@given(
    start=st.dates(date(1990, 1, 1), date(2050, 1, 1)).map(lambda day: day.replace(day=min(day.day, 28))),
    months=st.integers(1, 24),
    days=st.integers(0, 120),
)
def test_periods_follow_each_other_without_a_gap(start: date, months: int, days: int) -> None:
    clocks = tuple(
        replace(clock, first_period_starts=start, period_months=months, days=days)
        for clock in PACK.clocks
        if clock.kind is ClockKind.PERIODIC
    )
    pack = replace(PACK, clocks=clocks, life=replace(PACK.life, expires=None))
    runs = [due for due in schedule(pack, until=add_months(start, 5 * months)) if due.party == "US"]
    begins = start
    for due in runs:
        assert due.period_end is not None
        assert due.as_of == due.period_end + timedelta(days=1) == add_months(begins, months)
        assert due.due == due.period_end + timedelta(days=days)
        begins = due.as_of
    assert len(runs) == 5
