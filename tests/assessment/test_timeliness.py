"""What was owed by a day, and what is known of when it came."""

from datetime import UTC, date, datetime

import pytest

from assessment.fictional import (
    ARD,
    BASELINE,
    BEL,
    SECOND,
    SILENT,
    facts,
    one,
    pack,
    position,
    record,
    row,
    suspension,
    withholding,
)
from counterseal.assessment.assess import assess
from counterseal.assessment.facts import Channel, Facts, Timing, TimingBasis
from counterseal.assessment.finding import Finding
from counterseal.terms.outcomes import KnownAs, Outcome
from counterseal.terms.parties import PartyCode
from counterseal.terms.times import TimeInterval

DUE = date(2031, 3, 2)
AFTER = date(2031, 3, 3)


def update(known: Facts, party: PartyCode, reader: PartyCode, as_of: date = DUE) -> Finding:
    return one(assess(pack(), known), party=party, interpretation=reader, rule="update", as_of=as_of)


def received(day: date) -> Timing:
    return Timing(basis=TimingBasis.PUBLICATION, received_on=day)


def between(first: date | None, last: date | None) -> Timing:
    start, end = (
        datetime(day.year, day.month, day.day, 12, tzinfo=UTC) if day else None for day in (first, last)
    )
    interval = TimeInterval(claimed=datetime(2031, 3, 2, tzinfo=UTC), not_before=start, not_after=end)
    return Timing(basis=TimingBasis.RECORD, received=interval)


def test_a_cited_date_on_the_last_day_is_in_time() -> None:
    found = update(facts(row(ARD, SECOND, timing=received(DUE))), ARD, BEL)
    assert (found.outcome, found.figure, found.limit) == (Outcome.MET, None, None)
    assert (found.check, found.clause) == ("provided-in-time", "4.30")
    assert found.records == (record("declared", ARD, SECOND), record("agreement"))


def test_a_cited_date_after_the_last_day_is_overdue_from_the_day_after() -> None:
    known = facts(row(ARD, SECOND, timing=received(AFTER)))
    found = update(known, ARD, BEL, AFTER)
    assert found.outcome is Outcome.OVERDUE
    assert found.id == "2031-03-03.ARD.BEL.update"


def test_every_reason_names_trigger_duration_and_due_date() -> None:
    findings = assess(pack(), facts(row(ARD, SECOND)))
    clocked = [found for found in findings if found.check in ("provided-in-time", "right-opens")]
    assert clocked
    for found in clocked:
        told = " ".join(found.reasons)
        assert " days from then end on 20" in told
        assert (
            "the period ended on 20" in told or "the clock runs from entry into force on 2030-01-10" in told
        )


@pytest.mark.parametrize(
    ("first", "last", "outcome", "as_of"),
    [
        (None, DUE, Outcome.MET, DUE),
        (AFTER, None, Outcome.OVERDUE, AFTER),
        (SECOND, AFTER, Outcome.INCONCLUSIVE, DUE),
        (None, None, Outcome.INCONCLUSIVE, DUE),
    ],
)
def test_an_interval_decides_only_where_all_of_it_lies_on_one_side(
    first: date | None, last: date | None, outcome: Outcome, as_of: date
) -> None:
    found = update(facts(row(ARD, SECOND, timing=between(first, last))), ARD, ARD, as_of)
    assert found.outcome is outcome


def test_a_declaration_without_a_receipt_on_record_does_not_decide() -> None:
    timing = Timing(basis=TimingBasis.RECORD)
    assert update(facts(row(ARD, SECOND, timing=timing)), ARD, BEL).outcome is Outcome.INCONCLUSIVE


def test_a_published_figure_without_a_date_of_receipt_is_an_open_question() -> None:
    found = update(facts(row(ARD, SECOND)), ARD, BEL)
    assert (found.outcome, found.known_as) == (Outcome.OPEN_QUESTION, KnownAs.CONFIRMED)
    assert "its date of receipt is not in the published record" in found.reasons[0]
    assert "convention" in found.reasons[0]


def test_a_copied_figure_counts_as_provided_with_its_time_unknown() -> None:
    found = update(facts(row(ARD, SECOND, channel=Channel.TRANSCRIPTION)), ARD, BEL)
    assert found.outcome is Outcome.OPEN_QUESTION


def test_any_declaration_in_time_settles_it() -> None:
    late = row(ARD, SECOND, timing=received(date(2031, 4, 1)), records=(record("supplement"),))
    found = update(facts(row(ARD, SECOND, timing=received(DUE)), late), ARD, BEL)
    assert found.outcome is Outcome.MET
    assert len(found.records) == 3


def test_what_is_missing_is_overdue_the_day_after_and_not_before() -> None:
    assert not [f for f in assess(pack(), facts(until=DUE)) if f.rule == "update" and f.as_of >= DUE]
    found = update(facts(until=AFTER), ARD, BEL, AFTER)
    assert (found.outcome, found.known_as) == (Outcome.OVERDUE, KnownAs.NOT_PROVIDED)
    assert "no declaration as of 2031-02-01 provided by Ardania in exchange is on record by 2031-03-02" in (
        found.reasons[0][:1].lower() + found.reasons[0][1:]
    )


def test_a_nil_row_and_a_row_published_alone_are_not_provided_in_exchange() -> None:
    nil = facts(row(ARD, SECOND, None, None))
    assert update(nil, ARD, BEL, AFTER).outcome is Outcome.OVERDUE
    alone = update(facts(row(ARD, SECOND, channel=Channel.PUBLICATION)), ARD, BEL, AFTER)
    assert alone.outcome is Outcome.OVERDUE
    assert record("declared", ARD, SECOND) in alone.records
    assert "as an exchange they are not provided" in alone.reasons[1]


def test_a_partial_declaration_counts_as_provided_and_says_what_is_missing() -> None:
    found = update(facts(row(ARD, SECOND, 400, None, timing=received(DUE))), ARD, BEL)
    assert found.outcome is Outcome.MET
    assert "No figure was provided for: warheads on deployed missiles." in found.reasons


def test_a_suspension_holds_in_the_reading_that_has_it_and_in_no_other() -> None:
    known = facts(suspensions=(suspension(BEL, date(2031, 2, 28), readers=(BEL,)),))
    own, other = update(known, BEL, BEL, AFTER), update(known, BEL, ARD, AFTER)
    assert (own.outcome, own.known_as) == (Outcome.NOT_APPLICABLE, KnownAs.CONFIRMED)
    assert "in the reading of Belmar" in own.reasons[0][:1].lower() + own.reasons[0][1:]
    assert other.outcome is Outcome.OVERDUE
    assert update(known, ARD, BEL, AFTER).outcome is Outcome.OVERDUE


@pytest.mark.parametrize(
    ("from_date", "until", "covers"),
    [
        (AFTER, None, ("declarations",)),
        (SECOND, date(2031, 3, 1), ("declarations",)),
        (SECOND, None, ("inspections", "notifications")),
    ],
)
def test_a_suspension_counts_on_the_due_date_and_for_its_duties_alone(
    from_date: date, until: date | None, covers: tuple[str, ...]
) -> None:
    known = facts(suspensions=(suspension(BEL, from_date, readers=(BEL,), until=until, covers=covers),))
    assert update(known, BEL, BEL, AFTER).outcome is Outcome.OVERDUE


def test_an_open_date_is_open_for_all_and_never_overdue() -> None:
    found = [f for f in assess(pack(), facts()) if f.rule == "update" and f.as_of == date(2031, 8, 30)]
    assert len(found) == 4
    assert {f.outcome for f in found} == {Outcome.OPEN_QUESTION}
    assert update(facts(row(ARD, SILENT, timing=received(SILENT))), ARD, BEL, date(2031, 8, 30)).outcome is (
        Outcome.MET
    )


def test_withholding_is_told_in_its_own_words_and_the_other_reading_stays_open() -> None:
    alone = row(ARD, SECOND, channel=Channel.PUBLICATION)
    known = facts(alone, withheld=(withholding(ARD, SECOND),))
    own, other = update(known, ARD, ARD, AFTER), update(known, ARD, BEL, AFTER)
    assert own.outcome is Outcome.NOT_PROVIDED
    assert "The figures are withheld as a countermeasure." in own.reasons
    assert other.outcome is Outcome.OPEN_QUESTION
    assert "how Belmar reads that is not on record" in other.reasons[0]
    assert set(own.records) == {*alone.records, record("withheld", ARD, SECOND), record("agreement")}


def test_a_withholding_beside_a_declaration_is_told_and_decides_nothing() -> None:
    known = facts(row(ARD, SECOND, timing=received(DUE)), withheld=(withholding(ARD, SECOND),))
    found = update(known, ARD, BEL)
    assert found.outcome is Outcome.MET
    assert any("says all the same that it did not provide this" in reason for reason in found.reasons)
    assert record("withheld", ARD, SECOND) in found.records


def test_what_is_never_published_stays_an_open_question() -> None:
    found = one(assess(pack(), facts()), party=ARD, interpretation=BEL, rule="name-lists")
    assert (found.as_of, found.outcome) == (date(2030, 1, 15), Outcome.OPEN_QUESTION)
    assert found.known_as is KnownAs.NOT_PROVIDED
    assert any("Nothing about it is published" in reason for reason in found.reasons)


def test_the_baseline_is_assessed_by_its_clock() -> None:
    known = facts(row(ARD, BASELINE, timing=received(date(2030, 2, 24))))
    found = one(assess(pack(), known), party=ARD, interpretation=BEL, rule="database")
    assert (found.as_of, found.outcome) == (date(2030, 2, 24), Outcome.MET)
    missing = one(assess(pack(), known), party=BEL, interpretation=BEL, rule="database")
    assert (missing.as_of, missing.outcome) == (date(2030, 2, 25), Outcome.OVERDUE)


def test_a_right_opens_and_nothing_is_owed() -> None:
    opens = date(2030, 3, 11)
    found = one(assess(pack(), facts()), party=ARD, interpretation=BEL, rule="visits-open")
    assert (found.as_of, found.check, found.outcome) == (opens, "right-opens", Outcome.NOT_APPLICABLE)
    assert "opens on 2030-03-11; nothing is owed, so nothing can be overdue" in found.reasons[0]
    assert not [f for f in assess(pack(), facts(until=date(2030, 3, 10))) if f.rule == "visits-open"]


def test_what_is_provided_early_needs_no_waiting() -> None:
    known = facts(row(ARD, SECOND, timing=received(SECOND)), until=SECOND)
    assert update(known, ARD, BEL).outcome is Outcome.MET


def test_facts_after_the_day_are_not_read() -> None:
    known = facts(
        row(ARD, SECOND, timing=received(date(2031, 4, 1))),
        row(ARD, date(2031, 4, 4)),
        positions=(position(BEL, ARD, since=date(2031, 4, 2)),),
        until=AFTER,
    )
    assert update(known, ARD, BEL, AFTER).known_as is KnownAs.NOT_PROVIDED
    assert not [f for f in assess(pack(), known) if f.as_of > AFTER]
