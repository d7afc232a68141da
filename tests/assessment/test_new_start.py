"""What the published record of New START must come out as."""

from dataclasses import replace
from datetime import date

import pytest

from assessment.fictional import one
from assessment.published_facts import published_facts, table_rows
from counterseal.assessment.assess import assess
from counterseal.assessment.facts import Facts
from counterseal.assessment.finding import Finding
from counterseal.assessment.situations import run_situations
from counterseal.assessment.summary import parse_summary, summary_document
from counterseal.terms.outcomes import KnownAs, Outcome
from counterseal.terms.parties import PartyCode
from counterseal.treaty.load import packaged_pack
from counterseal.treaty.published import packaged_published
from counterseal.treaty.situations import packaged_situations
from shared_data import shared

US, RU = PartyCode("US"), PartyCode("RU")
PACK = packaged_pack("new-start")
BINDS = date(2018, 2, 5)
LAST = date(2023, 3, 1)
DISPUTED = date(2022, 3, 1)


@pytest.fixture(scope="module")
def known() -> Facts:
    return published_facts(PACK, packaged_published("new-start"))


@pytest.fixture(scope="module")
def findings(known: Facts) -> tuple[Finding, ...]:
    return assess(PACK, known)


def of_limits(findings: tuple[Finding, ...]) -> list[Finding]:
    return [found for found in findings if found.check == "aggregate-within-limit"]


def test_under_the_declarant_s_own_reading_every_declared_row_is_within_once_the_limits_bind(
    known: Facts, findings: tuple[Finding, ...]
) -> None:
    own = [found for found in of_limits(findings) if found.interpretation == found.party]
    rows = [row for row in known.declared if row.as_of >= BINDS]
    assert len(rows) == 21
    for row in rows:
        mine = [found for found in own if (found.party, found.as_of) == (row.party, row.as_of)]
        assert [found.outcome for found in mine] == [Outcome.WITHIN] * 3


def test_nothing_before_the_limits_bind_is_held_against_them(findings: tuple[Finding, ...]) -> None:
    early = [found for found in of_limits(findings) if found.as_of < BINDS]
    assert len(early) == 14 * 2 * 2 * 3
    assert {found.outcome for found in early} == {Outcome.NOT_APPLICABLE}
    assert all(found.figure is not None for found in early)
    assert {found.limit for found in early} == {700, 1550, 800}


def test_exactly_one_finding_exceeds(findings: tuple[Finding, ...]) -> None:
    found = one(findings, outcome=Outcome.EXCEEDS)
    assert (found.party, found.interpretation, found.as_of) == (US, RU, DISPUTED)
    assert (found.figure, found.limit, found.clause) == (901, 800, "II.1(c)")
    own = one(findings, party=US, interpretation=US, as_of=DISPUTED, rule=found.rule)
    assert (own.outcome, own.figure, own.limit) == (Outcome.WITHIN, 800, 800)
    joined = one(findings, outcome=Outcome.DISPUTED)
    assert (joined.party, joined.interpretation, joined.as_of) == (US, RU, DISPUTED)
    told = " ".join(joined.reasons)
    assert all(word in told for word in ("800", "901", own.id, found.id))
    assert [f.id for f in findings if f.figure == 901] == [found.id]


def test_the_other_dates_of_the_dispute_stay_open(findings: tuple[Finding, ...]) -> None:
    other = [
        found
        for found in of_limits(findings)
        if found.rule == "limit-launchers"
        and (found.party, found.interpretation) == (US, RU)
        and found.as_of >= BINDS
        and found.as_of not in (DISPUTED, date(2018, 3, 1))
    ]
    assert len(other) == 10
    assert {(found.outcome, found.figure) for found in other} == {(Outcome.OPEN_QUESTION, None)}


def test_the_missing_declaration_of_2023(findings: tuple[Finding, ...]) -> None:
    missing = [found for found in of_limits(findings) if (found.party, found.as_of) == (RU, LAST)]
    assert len(missing) == 6
    assert {(f.outcome, f.figure, f.known_as) for f in missing} == {
        (Outcome.NOT_PROVIDED, None, KnownAs.NOT_PROVIDED)
    }
    late = {
        found.interpretation: found
        for found in findings
        if (found.party, found.rule, found.as_of) == (RU, "six-monthly-update", date(2023, 3, 31))
    }
    assert late[US].outcome is Outcome.OVERDUE
    assert late[RU].outcome is Outcome.NOT_APPLICABLE
    assert "suspended from 2023-02-28" in late[RU].reasons[0]
    assert any("2023-02-28; 30 days from then end on 2023-03-30" in reason for reason in late[US].reasons)
    assert [f.id for f in findings if f.outcome is Outcome.OVERDUE] == [late[US].id]


def test_the_update_that_was_published_and_withheld(findings: tuple[Finding, ...]) -> None:
    own, other = (
        one(findings, party=US, interpretation=reader, rule="six-monthly-update", as_of=date(2023, 3, 31))
        for reader in (US, RU)
    )
    assert (own.outcome, other.outcome) == (Outcome.NOT_PROVIDED, Outcome.OPEN_QUESTION)
    figures = [
        f.figure for f in of_limits(findings) if (f.party, f.interpretation, f.as_of) == (US, US, LAST)
    ]
    assert sorted(figure or 0 for figure in figures) == [662, 800, 1419]


@pytest.mark.parametrize(
    ("rule", "as_of", "outcome"),
    [
        ("aircraft-data", date(2011, 2, 10), Outcome.OPEN_QUESTION),
        ("inspector-lists", date(2011, 3, 2), Outcome.OPEN_QUESTION),
        ("database", date(2011, 3, 22), Outcome.OPEN_QUESTION),
        ("inspections-begin", date(2011, 4, 6), Outcome.NOT_APPLICABLE),
    ],
)
def test_the_clocks_of_entry_into_force(
    findings: tuple[Finding, ...], rule: str, as_of: date, outcome: Outcome
) -> None:
    found = [f for f in findings if f.rule == rule]
    assert len(found) == 4
    assert {(f.as_of, f.outcome) for f in found} == {(as_of, outcome)}


def test_timeliness_of_published_exchanges_is_an_open_question(findings: tuple[Finding, ...]) -> None:
    updates = [f for f in findings if f.rule == "six-monthly-update"]
    assert min(found.as_of for found in updates) == date(2011, 9, 30)
    assert {f.outcome for f in updates if f.as_of < date(2023, 3, 1)} == {Outcome.OPEN_QUESTION}
    silent = [f for f in updates if f.as_of == date(2018, 3, 30)]
    assert len(silent) == 4
    assert all("No aggregate sheet was published for 1 March 2018" in f.reasons[0] for f in silent)


def test_the_breakdown_of_2020_closes(findings: tuple[Finding, ...]) -> None:
    for rule, total in (("closure-deployed", 675), ("closure-launchers", 800)):
        for reader in (US, RU):
            found = one(findings, rule=rule, interpretation=reader)
            assert (found.outcome, found.figure, found.party) == (Outcome.WITHIN, 0, US)
            assert f"declared {total} " in found.reasons[0]
            assert f"add up to {total}" in found.reasons[0]


def test_quotas_are_open_where_nothing_is_published(findings: tuple[Finding, ...]) -> None:
    counted = [f for f in findings if f.check == "inspections-within-quota" and f.figure is not None]
    assert {(f.rule, f.outcome) for f in counted} == {("all", Outcome.WITHIN)}
    typed = {f.outcome for f in findings if f.rule == "type-one"}
    assert typed == {Outcome.OPEN_QUESTION}


def test_swapping_the_parties_in_the_facts_swaps_the_findings(
    known: Facts, findings: tuple[Finding, ...]
) -> None:
    other = {US: RU, RU: US}
    turned = replace(
        known,
        declared=tuple(replace(row, party=other[row.party]) for row in known.declared),
        breakdowns=tuple(replace(fact, party=other[fact.party]) for fact in known.breakdowns),
        withheld=tuple(replace(fact, party=other[fact.party]) for fact in known.withheld),
        inspections=tuple(replace(fact, party=other[fact.party]) for fact in known.inspections),
        suspensions=tuple(
            replace(fact, by=other[fact.by], in_reading_of=tuple(other[one] for one in fact.in_reading_of))
            for fact in known.suspensions
        ),
        positions=tuple(replace(f, by=other[f.by], about=other[f.about]) for f in known.positions),
        assertions=tuple(replace(f, by=other[f.by], about=other[f.about]) for f in known.assertions),
    )

    def kept(found: Finding, party: PartyCode, reader: PartyCode) -> tuple[object, ...]:
        return (
            found.as_of,
            party,
            reader,
            found.rule,
            found.outcome,
            found.figure,
            found.limit,
            found.known_as,
            found.records,
            found.clause,
            found.unit,
            len(found.reasons),
        )

    there = {kept(f, f.party, f.interpretation) for f in findings}
    back = {kept(f, other[f.party], other[f.interpretation]) for f in assess(PACK, turned)}
    assert there == back
    assert len(there) == len(findings)


def test_records_are_empty_only_where_nothing_was_declared(findings: tuple[Finding, ...]) -> None:
    for found in findings:
        if not found.records:
            assert found.outcome in (Outcome.NOT_PROVIDED, Outcome.OPEN_QUESTION)
            assert found.figure is None


def test_the_summary_holds_to_its_schema(findings: tuple[Finding, ...]) -> None:
    document = summary_document(PACK, findings, generated_by="counterseal 1.0.0")
    assert parse_summary(document) == findings


def test_the_published_table_gives_the_same_limits(known: Facts, findings: tuple[Finding, ...]) -> None:
    rows = table_rows(shared("new-start", "aggregates.csv"), PACK)
    again = assess(PACK, replace(known, declared=rows))

    def told(some: tuple[Finding, ...]) -> list[tuple[object, ...]]:
        return [(found.id, found.outcome, found.figure, found.known_as) for found in some]

    assert told(again) == told(findings)


@pytest.mark.parametrize("file", [file for file, _ in packaged_situations("new-start")])
def test_the_situations_beside_the_pack_hold(file: str) -> None:
    document = dict(packaged_situations("new-start"))[file]
    differences = [
        f"{result.name}: {difference}"
        for result in run_situations(PACK, document)
        for difference in result.differences
    ]
    assert differences == []
