"""A declared figure under a limit, in each State's reading."""

from dataclasses import replace
from datetime import date

import pytest

from assessment.fictional import (
    ARD,
    BASELINE,
    BEL,
    BINDS,
    CAR,
    LATER,
    SECOND,
    SILENT,
    assertion,
    facts,
    one,
    pack,
    position,
    record,
    row,
)
from counterseal.assessment.assess import assess
from counterseal.assessment.facts import Channel
from counterseal.assessment.finding import Finding
from counterseal.terms.outcomes import KnownAs, Outcome
from counterseal.terms.parties import PartyCode

LIMIT = "launchers-500"


def launchers(findings: tuple[Finding, ...], party: PartyCode, reader: PartyCode, as_of: date) -> Finding:
    return one(findings, party=party, interpretation=reader, as_of=as_of, rule=LIMIT)


@pytest.mark.parametrize(
    ("figure", "outcome"), [(499, Outcome.WITHIN), (500, Outcome.WITHIN), (501, Outcome.EXCEEDS)]
)
def test_the_limit_itself_is_within(figure: int, outcome: Outcome) -> None:
    found = launchers(assess(pack(), facts(row(ARD, BINDS, figure))), ARD, BEL, BINDS)
    assert (found.outcome, found.figure, found.limit, found.unit) == (outcome, figure, 500, "launchers")
    assert found.clause == "2.1"
    assert found.check == "aggregate-within-limit"
    assert found.id == "2031-01-10.ARD.BEL.launchers-500"
    assert found.records == (record("declared", ARD, BINDS),)


def test_reasons_are_sentences_with_figure_date_clause_and_standing() -> None:
    found = launchers(assess(pack(), facts(row(ARD, BINDS, 480))), ARD, ARD, BINDS)
    assert found.reasons == (
        "Ardania declared 480 launchers for 2031-01-10; the limit of 500 (2.1) binds from 2031-01-10.",
        "What is counted: launchers, deployed or not.",
        "The declaration is confirmed: read in the named source (Lake Treaty, text).",
    )


def test_before_the_limit_binds_nothing_is_held_against_it() -> None:
    found = launchers(assess(pack(), facts(row(ARD, BASELINE, 9000))), ARD, BEL, BASELINE)
    assert (found.outcome, found.figure, found.limit) == (Outcome.NOT_APPLICABLE, 9000, 500)
    assert "binds from 2031-01-10 and not yet on 2030-01-10" in found.reasons[0]


def test_after_the_limit_ends_nothing_is_held_against_it() -> None:
    day = date(2040, 2, 1)
    found = launchers(assess(pack(), facts(row(ARD, day, 9000), until=day)), ARD, BEL, day)
    assert found.outcome is Outcome.NOT_APPLICABLE
    assert "bound until 2040-01-09" in found.reasons[0]


def test_a_missing_figure_is_not_provided_and_never_zero() -> None:
    findings = assess(
        pack(), facts(row(ARD, SECOND), row(BEL, SECOND, None, None, known_as=KnownAs.NOT_PROVIDED))
    )
    found = launchers(findings, BEL, ARD, SECOND)
    assert (found.outcome, found.figure, found.known_as) == (Outcome.NOT_PROVIDED, None, KnownAs.NOT_PROVIDED)
    assert found.records == (record("declared", BEL, SECOND),)


def test_what_the_other_provided_and_this_one_did_not_shows_before_the_clock_has_passed() -> None:
    findings = assess(pack(), facts(row(ARD, SECOND), until=SECOND))
    found = launchers(findings, BEL, BEL, SECOND)
    assert (found.outcome, found.figure, found.records) == (Outcome.NOT_PROVIDED, None, ())


def test_nothing_shows_while_neither_has_provided_and_the_clock_still_runs() -> None:
    last_day = date(2031, 3, 2)
    assert not [f for f in assess(pack(), facts(until=last_day)) if f.as_of == SECOND]
    passed = assess(pack(), facts(until=date(2031, 3, 3)))
    assert launchers(passed, ARD, BEL, SECOND).outcome is Outcome.NOT_PROVIDED


def test_a_row_outside_the_calendar_is_assessed_for_its_declarant_alone() -> None:
    day = date(2031, 5, 5)
    findings = assess(pack(), facts(row(ARD, day, 501)))
    assert launchers(findings, ARD, BEL, day).outcome is Outcome.EXCEEDS
    assert not [found for found in findings if found.as_of == day and found.party == BEL]


def test_a_date_for_which_the_public_record_is_silent_stays_open() -> None:
    nobody = assess(pack(), facts())
    assert not [f for f in nobody if f.as_of == SILENT and f.rule == LIMIT], "no figure, so nothing to assess"
    found = launchers(assess(pack(), facts(row(BEL, SILENT))), ARD, BEL, SILENT)
    assert (found.outcome, found.figure) == (Outcome.OPEN_QUESTION, None)
    assert found.reasons[0] == "No sheet was published for 2031-08-01."


def test_a_published_row_counts_as_a_figure_and_says_that_it_was_not_provided() -> None:
    findings = assess(pack(), facts(row(ARD, SECOND, channel=Channel.PUBLICATION)))
    found = launchers(findings, ARD, BEL, SECOND)
    assert found.outcome is Outcome.WITHIN
    assert any("did not provide them in exchange" in reason for reason in found.reasons)


def test_statements_that_differ_are_all_kept_and_none_is_chosen() -> None:
    second = row(ARD, SECOND, 402, channel=Channel.TRANSCRIPTION, records=(record("copy"),))
    found = launchers(assess(pack(), facts(row(ARD, SECOND, 400), second)), ARD, BEL, SECOND)
    assert (found.outcome, found.figure) == (Outcome.INCONCLUSIVE, None)
    assert "400 and 402" in found.reasons[0]
    assert len(found.records) == 2


def test_a_copy_that_agrees_adds_its_record_and_does_not_raise_the_standing() -> None:
    copy = row(
        ARD, SECOND, 400, channel=Channel.TRANSCRIPTION, records=(record("copy"),), known_as=KnownAs.RECALLED
    )
    found = launchers(assess(pack(), facts(row(ARD, SECOND, 400), copy)), ARD, ARD, SECOND)
    assert (found.outcome, found.figure, found.known_as) == (Outcome.WITHIN, 400, KnownAs.RECALLED)
    assert found.records == (record("declared", ARD, SECOND), record("copy"))


class TestDispute:
    known = facts(
        row(ARD, SECOND, 500),
        row(ARD, LATER, 500),
        positions=(position(BEL, ARD),),
        assertions=(assertion(BEL, ARD, SECOND),),
    )
    findings = assess(pack(), known)

    def test_each_reading_stands_with_its_own_figure(self) -> None:
        own = launchers(self.findings, ARD, ARD, SECOND)
        other = launchers(self.findings, ARD, BEL, SECOND)
        assert (own.outcome, own.figure) == (Outcome.WITHIN, 500)
        assert (other.outcome, other.figure, other.limit) == (Outcome.EXCEEDS, 560, 500)
        assert other.known_as is KnownAs.RECALLED
        assert other.reasons[0] == (
            "Belmar counts 560 launchers for 2031-02-01: the 500 that Ardania declared, and 56 converted launchers"
            " and 4 training pits; the limit of 500 (2.1) binds from 2031-01-10."
        )

    def test_one_disputed_finding_joins_them(self) -> None:
        joined = one(self.findings, outcome=Outcome.DISPUTED)
        assert joined.id == "2031-02-01.ARD.BEL.launchers-500-readings"
        assert (joined.check, joined.figure, joined.limit) == ("readings-agree", None, None)
        told = " ".join(joined.reasons)
        for word in (
            "500",
            "560",
            "Ardania",
            "Belmar",
            "2031-02-01.ARD.ARD.launchers-500",
            "2031-02-01.ARD.BEL.launchers-500",
        ):
            assert word in told
        assert joined.records == (
            *launchers(self.findings, ARD, ARD, SECOND).records,
            *self.known.assertions[0].records,
        )

    def test_the_figure_is_projected_to_no_other_date(self) -> None:
        found = launchers(self.findings, ARD, BEL, LATER)
        assert (found.outcome, found.figure, found.known_as) == (Outcome.OPEN_QUESTION, None, KnownAs.PARTLY)
        assert "no figure is projected from another date" in found.reasons[0]
        assert [f.as_of for f in self.findings if f.figure == 560] == [SECOND]

    def test_the_other_limit_and_the_other_party_are_read_alike(self) -> None:
        findings = assess(pack(), replace(self.known, declared=(*self.known.declared, row(BEL, SECOND))))
        assert launchers(findings, BEL, ARD, SECOND).outcome is Outcome.WITHIN
        found = one(findings, party=ARD, interpretation=BEL, as_of=SECOND, rule="warheads-1000")
        assert (found.outcome, found.figure) == (Outcome.WITHIN, 900)

    def test_a_third_state_counts_as_the_declarant_does(self) -> None:
        findings = assess(pack(ARD, BEL, CAR), self.known)
        assert launchers(findings, ARD, CAR, SECOND).figure == 500
        assert len([f for f in findings if f.outcome is Outcome.DISPUTED]) == 1


def test_a_count_about_another_declared_figure_is_an_open_question() -> None:
    known = facts(row(ARD, SECOND, 498), assertions=(assertion(BEL, ARD, SECOND, declared=500),))
    findings = assess(pack(), known)
    found = launchers(findings, ARD, BEL, SECOND)
    assert (found.outcome, found.figure) == (Outcome.OPEN_QUESTION, None)
    assert any(
        "declared figure of 500, and the figure on record is 498" in reason for reason in found.reasons
    )
    assert not [f for f in findings if f.outcome is Outcome.DISPUTED]


def test_a_position_ends_on_its_last_day() -> None:
    known = facts(row(ARD, SECOND, 500), row(ARD, LATER, 500), positions=(position(BEL, ARD, until=SECOND),))
    findings = assess(pack(), known)
    assert launchers(findings, ARD, BEL, SECOND).outcome is Outcome.OPEN_QUESTION
    assert launchers(findings, ARD, BEL, LATER).outcome is Outcome.WITHIN


def test_a_count_that_adds_nothing_is_no_dispute() -> None:
    known = facts(row(ARD, SECOND, 500), assertions=(assertion(BEL, ARD, SECOND, additions=()),))
    findings = assess(pack(), known)
    assert launchers(findings, ARD, BEL, SECOND).figure == 500
    assert not [f for f in findings if f.outcome is Outcome.DISPUTED]
