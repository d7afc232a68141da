"""The whole assessment: order, ids, refusals, and what holds whatever the facts are."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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
    breakdown,
    facts,
    pack,
    position,
    record,
    row,
    suspension,
    visits,
    withholding,
)
from counterseal.assessment.assess import assess, for_people
from counterseal.assessment.errors import AssessmentError, FactsError
from counterseal.assessment.facts import (
    Assertion,
    Channel,
    DeclaredFigures,
    Facts,
    Position,
    Suspension,
    Timing,
    TimingBasis,
)
from counterseal.assessment.finding import Finding
from counterseal.terms.outcomes import KnownAs, Outcome
from counterseal.terms.parties import PartyCode
from counterseal.treaty.pack import ClockKind, Pack

DATES = (BASELINE, date(2030, 8, 1), BINDS, SECOND, date(2031, 5, 5), SILENT, LATER)
parties = st.sampled_from((ARD, BEL))
dates = st.sampled_from(DATES)
figures = st.one_of(st.none(), st.integers(0, 1200))


@st.composite
def declared(draw: st.DrawFn) -> DeclaredFigures:
    as_of = draw(dates)
    received = draw(st.one_of(st.none(), st.integers(0, 60)))
    return row(
        draw(parties),
        as_of,
        draw(figures),
        draw(figures),
        channel=draw(st.sampled_from(Channel)),
        known_as=draw(st.sampled_from((KnownAs.CONFIRMED, KnownAs.PARTLY, KnownAs.RECALLED))),
        timing=Timing(
            basis=TimingBasis.PUBLICATION,
            received_on=None if received is None else as_of + timedelta(days=received),
        ),
    )


@st.composite
def said(draw: st.DrawFn) -> dict[str, Any]:
    by = draw(parties)
    about = other(by)
    return {
        "positions": (position(by, about, since=draw(dates)),) * draw(st.integers(0, 1)),
        "assertions": tuple(
            assertion(by, about, as_of, declared=draw(st.sampled_from((400, 500))))
            for as_of in draw(st.sets(dates, max_size=2))
        ),
        "suspensions": tuple(
            suspension(by, draw(dates), readers=readers)
            for readers in draw(st.sampled_from(((), ((ARD,),), ((BEL,),), ((ARD, BEL),))))
        ),
        "withheld": tuple(withholding(by, as_of) for as_of in draw(st.sets(dates, max_size=1))),
        "inspections": (visits(by, BASELINE, draw(st.integers(0, 12))),),
        "breakdowns": (breakdown(by, draw(dates)),),
    }


@st.composite
def records_of_two(draw: st.DrawFn) -> Facts:
    rows = draw(st.lists(declared(), max_size=6))
    once = {(one.party, one.as_of, one.channel): one for one in rows}
    until = draw(st.sampled_from((BINDS, SECOND, date(2031, 3, 3), date(2031, 9, 1), date(2032, 6, 30))))
    return facts(*once.values(), until=until, **draw(said()))


def other(party: PartyCode) -> PartyCode:
    return BEL if party == ARD else ARD


def swapped(known: Facts) -> Facts:
    def flip(*facts_of_a_kind: Any) -> Any:
        return tuple(replace(fact, party=other(fact.party)) for fact in facts_of_a_kind)

    def flip_said(*facts_of_a_kind: Position | Assertion) -> Any:
        return tuple(replace(fact, by=other(fact.by), about=other(fact.about)) for fact in facts_of_a_kind)

    def flip_readers(held: Suspension) -> Suspension:
        return replace(held, by=other(held.by), in_reading_of=tuple(other(one) for one in held.in_reading_of))

    return replace(
        known,
        declared=flip(*known.declared),
        breakdowns=flip(*known.breakdowns),
        withheld=flip(*known.withheld),
        inspections=flip(*known.inspections),
        positions=flip_said(*known.positions),
        assertions=flip_said(*known.assertions),
        suspensions=tuple(flip_readers(held) for held in known.suspensions),
    )


def renamed(text: str) -> str:
    for one, two in (("ARD", "BEL"), ("Ardania", "Belmar")):
        text = text.replace(one, "\0").replace(two, one).replace("\0", two)
    return text


def turned(found: Finding) -> Finding:
    return replace(
        found,
        id=renamed(found.id),
        party=other(found.party),
        interpretation=other(found.interpretation),
        reasons=tuple(renamed(reason) for reason in found.reasons),
    )


@settings(max_examples=60, deadline=None)
@given(known=records_of_two())
def test_swapping_the_parties_swaps_the_findings_and_nothing_else(known: Facts) -> None:
    there = assess(pack(), known)
    back = assess(pack(), swapped(known))
    assert {found.id: turned(found) for found in there} == {renamed(found.id): found for found in back}
    assert tuple(turned(found) for found in there) == assess(pack(BEL, ARD), swapped(known))


@settings(max_examples=60, deadline=None)
@given(known=records_of_two())
def test_nothing_is_held_against_a_limit_that_does_not_bind(known: Facts) -> None:
    for found in assess(pack(), known):
        if found.check == "aggregate-within-limit" and found.as_of < BINDS:
            assert found.outcome is Outcome.NOT_APPLICABLE


@settings(max_examples=60, deadline=None)
@given(known=records_of_two(), added=declared())
def test_a_fact_about_one_date_changes_findings_about_that_date_alone(
    known: Facts, added: DeclaredFigures
) -> None:
    more = replace(known, declared=(*known.declared, replace(added, records=(record("added"),))))
    due = {added.as_of + timedelta(days=days) for days in (0, 29, 30, 45, 46)}
    before, after = (
        {found.id: found for found in assess(pack(), some) if found.as_of not in due}
        for some in (known, more)
    )
    assert before == after


@settings(max_examples=60, deadline=None)
@given(known=records_of_two(), rise=st.integers(1, 500))
def test_raising_a_figure_never_brings_it_within_a_limit(known: Facts, rise: int) -> None:
    def raised(one: DeclaredFigures) -> DeclaredFigures:
        more = tuple((name, None if figure is None else figure + rise) for name, figure in one.figures)
        return replace(one, figures=more)

    higher = replace(known, declared=tuple(raised(one) for one in known.declared), assertions=())
    before = {found.id: found.outcome for found in assess(pack(), replace(known, assertions=()))}
    for found in assess(pack(), higher):
        if before.get(found.id) is Outcome.EXCEEDS:
            assert found.outcome is Outcome.EXCEEDS


@settings(max_examples=60, deadline=None)
@given(known=records_of_two())
def test_ids_are_unique_and_the_order_is_total_and_the_same_for_shuffled_facts(known: Facts) -> None:
    findings = assess(pack(), known)
    ids = [found.id for found in findings]
    assert len(set(ids)) == len(ids)
    places = [(f.as_of, str(f.party), f.rule, str(f.interpretation)) for f in findings]
    assert all(one < two for one, two in pairwise(places))
    told = {found.id: (found.outcome, found.figure) for found in findings}
    mirrored = replace(known, declared=tuple(reversed(known.declared)))
    assert {found.id: (found.outcome, found.figure) for found in assess(pack(), mirrored)} == told
    assert all(found.as_json()["reasons"] for found in findings)


def test_for_people_the_declarant_s_own_reading_comes_first() -> None:
    findings = for_people(pack(), assess(pack(), facts(row(ARD, SECOND), row(BEL, SECOND))))
    first = [f for f in findings if f.as_of == SECOND and f.rule == "launchers-500"]
    assert [(f.party, f.interpretation) for f in first] == [(ARD, ARD), (ARD, BEL), (BEL, BEL), (BEL, ARD)]
    assert findings[0].rule == "launchers-500"
    assert findings[-1].rule == "site-visits"


def test_every_state_reads_and_an_auditor_does_not() -> None:
    findings = assess(pack(ARD, BEL, CAR), facts(row(ARD, SECOND)))
    assert {found.interpretation for found in findings} == {ARD, BEL, CAR}


def test_no_word_of_a_reason_judges() -> None:
    known = facts(
        row(ARD, SECOND, 900),
        positions=(position(BEL, ARD),),
        assertions=(assertion(BEL, ARD, SECOND, declared=900),),
        suspensions=(suspension(BEL, SECOND, readers=(BEL,)),),
        withheld=(withholding(ARD, LATER),),
        breakdowns=(breakdown(ARD, SECOND),),
    )
    told = " ".join(reason for found in assess(pack(), known) for reason in found.reasons).lower()
    for word in ("violat", "breach", "compli", "comply", "guilt", "cheat", "fail"):
        assert word not in told


def bare(given: Pack, **kept: Any) -> Pack:
    return replace(given, **{"limits": (), "closures": (), "quotas": (), "clocks": (), **kept})


def test_an_empty_set_of_rules_is_refused() -> None:
    with pytest.raises(AssessmentError, match="an empty set of rules is not assessed"):
        assess(bare(pack()), facts())
    per_event = tuple(clock for clock in pack().clocks if clock.kind is ClockKind.PER_EVENT)
    with pytest.raises(AssessmentError, match="an empty set of rules is not assessed"):
        assess(bare(pack(), clocks=per_event), facts())


def test_a_pack_without_a_state_is_refused() -> None:
    with pytest.raises(AssessmentError, match="no party is a State"):
        assess(replace(pack(), parties=()), facts())


def test_two_rules_of_one_id_are_refused() -> None:
    doubled = replace(pack(), quotas=(*pack().quotas, *pack().quotas))
    with pytest.raises(AssessmentError, match="made twice"):
        assess(doubled, facts())


@pytest.mark.parametrize(
    ("known", "message"),
    [
        (facts(row(CAR, SECOND)), "party 'CAR'; must be a State of pack lake-treaty"),
        (
            facts(suspensions=(suspension(ARD, SECOND, readers=(CAR,)),)),
            "suspension suspension-ard: party 'CAR'",
        ),
        (
            facts(row(ARD, SECOND, figures=(("tanks", 4),))),
            "category 'tanks'; the pack has launchers, warheads",
        ),
        (facts(positions=(replace(position(ARD, BEL), limit="tanks-4"),)), "limit 'tanks-4'"),
        (facts(withheld=(withholding(ARD, SECOND, name="never"),)), "clock 'never'"),
        (facts(inspections=(visits(ARD, BASELINE, 1, quota="trips"),)), "quota 'trips'"),
        (facts(row(ARD, SECOND, -1)), "declared 2031-02-01 ARD/launchers: figure -1, must be >= 0"),
        (facts(row(ARD, SECOND, records=("abc",))), "record id 'abc': must be 64 of 0-9 and a-f"),
    ],
)
def test_facts_that_do_not_fit_the_pack_are_refused(known: Facts, message: str) -> None:
    with pytest.raises(FactsError) as refused:
        assess(pack(), known)
    assert message in str(refused.value)
