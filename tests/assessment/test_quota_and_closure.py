"""Inspections within their quota, and breakdowns that add up."""

from datetime import date

import pytest

from assessment.fictional import (
    ARD,
    BASELINE,
    BEL,
    SECOND,
    breakdown,
    facts,
    one,
    pack,
    record,
    row,
    suspension,
    visits,
)
from counterseal.assessment.assess import assess
from counterseal.assessment.facts import Facts
from counterseal.assessment.finding import Finding
from counterseal.terms.outcomes import KnownAs, Outcome
from counterseal.terms.parties import PartyCode

FIRST_YEAR_ENDS = date(2031, 1, 9)


def quota(known: Facts, party: PartyCode, reader: PartyCode, as_of: date = FIRST_YEAR_ENDS) -> Finding:
    found = assess(pack(), known)
    return one(found, party=party, interpretation=reader, rule="site-visits", as_of=as_of)


@pytest.mark.parametrize(
    ("count", "outcome"), [(0, Outcome.WITHIN), (10, Outcome.WITHIN), (11, Outcome.EXCEEDS)]
)
def test_a_count_is_held_against_the_quota(count: int, outcome: Outcome) -> None:
    found = quota(facts(inspections=(visits(ARD, BASELINE, count),)), ARD, BEL)
    assert (found.outcome, found.figure, found.limit, found.unit) == (outcome, count, 10, "inspections")
    assert found.check == "inspections-within-quota"
    assert found.records == (record("visits", ARD, BASELINE, count), record("agreement"))


def test_a_count_that_is_not_on_record_is_never_zero() -> None:
    found = quota(facts(), ARD, BEL)
    assert (found.outcome, found.figure, found.known_as) == (
        Outcome.OPEN_QUESTION,
        None,
        KnownAs.NOT_PROVIDED,
    )
    assert "is not on record" in found.reasons[0]


def test_counts_that_differ_decide_nothing() -> None:
    found = quota(facts(inspections=(visits(ARD, BASELINE, 3), visits(ARD, BASELINE, 4))), ARD, BEL)
    assert (found.outcome, found.figure) == (Outcome.INCONCLUSIVE, None)


def test_a_window_that_runs_is_read_to_the_day() -> None:
    day = date(2030, 5, 1)
    found = quota(facts(until=day, inspections=(visits(ARD, BASELINE, 2),)), ARD, BEL, day)
    assert (found.outcome, found.figure) == (Outcome.WITHIN, 2)
    assert "The window has not ended; the record is read to 2030-05-01." in found.reasons


def test_a_pause_is_mentioned_in_its_window_alone() -> None:
    paused = quota(facts(), ARD, BEL, date(2032, 1, 9))
    assert any("from 2031-03 to 2031-06-01: floods closed the roads" in reason for reason in paused.reasons)
    assert not any("floods" in reason for reason in quota(facts(), ARD, BEL).reasons)


def test_a_suspension_over_a_whole_window_reaches_both_holders_in_that_reading_alone() -> None:
    known = facts(suspensions=(suspension(BEL, date(2030, 12, 1), readers=(BEL,)),))
    second_year_ends = date(2032, 1, 9)
    for holder in (ARD, BEL):
        own = quota(known, holder, BEL, second_year_ends)
        assert own.outcome is Outcome.NOT_APPLICABLE
        assert quota(known, holder, ARD, second_year_ends).outcome is Outcome.OPEN_QUESTION
        part = quota(known, holder, BEL)
        assert part.outcome is Outcome.OPEN_QUESTION
        assert any("part of this window" in reason for reason in part.reasons)


def test_no_window_begins_after_the_agreement_has_ended() -> None:
    known = facts(until=date(2045, 1, 1))
    last = max(found.as_of for found in assess(pack(), known) if found.rule == "site-visits")
    assert last == date(2040, 1, 9)


def closure(known: Facts, reader: PartyCode = ARD) -> Finding:
    return one(assess(pack(), known), rule="launchers-close", party=ARD, interpretation=reader)


@pytest.mark.parametrize(
    ("total", "outcome", "difference"),
    [(400, Outcome.WITHIN, 0), (403, Outcome.INCONCLUSIVE, 3), (398, Outcome.INCONCLUSIVE, -2)],
)
def test_lines_must_add_up_to_the_declared_total(total: int, outcome: Outcome, difference: int) -> None:
    known = facts(row(ARD, SECOND, total), breakdowns=(breakdown(ARD, SECOND),))
    for reader in (ARD, BEL):
        found = closure(known, reader)
        assert (found.outcome, found.figure, found.limit) == (outcome, difference, 0)
        assert found.known_as is KnownAs.PARTLY
        assert f"declared {total} launchers for 2031-02-01" in found.reasons[0]
        assert f"add up to 400, a difference of {difference}" in found.reasons[0]
        assert len(found.records) == 2


def test_a_missing_line_or_total_is_not_provided_and_never_zero() -> None:
    short = breakdown(ARD, SECOND, lines=(("fixed", "F-1", 400),))
    found = closure(facts(row(ARD, SECOND, 400), breakdowns=(short,)))
    assert (found.outcome, found.figure) == (Outcome.NOT_PROVIDED, None)
    assert "has no line for mobile" in found.reasons[0]
    found = closure(facts(breakdowns=(breakdown(ARD, SECOND),)))
    assert (found.outcome, found.figure) == (Outcome.NOT_PROVIDED, None)


def test_breakdowns_that_differ_decide_nothing() -> None:
    other = breakdown(ARD, SECOND, lines=(("fixed", "F-1", 300), ("mobile", "M-1", 101)))
    found = closure(facts(row(ARD, SECOND, 400), breakdowns=(breakdown(ARD, SECOND), other)))
    assert (found.outcome, found.figure) == (Outcome.INCONCLUSIVE, None)


def test_a_breakdown_of_something_else_makes_no_finding() -> None:
    other = breakdown(ARD, SECOND, lines=(("bombers", "B-1", 4),))
    found = assess(pack(), facts(row(ARD, SECOND, 400), breakdowns=(other,)))
    assert not [f for f in found if f.rule == "launchers-close"]
