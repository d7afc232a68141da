"""Situations: facts that a lawyer can read, and the findings that must follow."""

import copy
from typing import Any

import pytest

from assessment.fictional import pack
from counterseal.assessment.errors import FactsError, SituationError
from counterseal.assessment.situation_facts import facts_of
from counterseal.assessment.situations import run_situations

PLACE = {"as_of": "2031-02-01", "party": "ARD", "rule": "launchers-500"}
DISPUTE: dict[str, Any] = {
    "name": "a count that departs",
    "why": "both readings stand",
    "assess_on": "2031-04-01",
    "facts": {
        "declared": [
            {
                "party": "ARD",
                "as_of": "2031-02-01",
                "figures": {"launchers": 500, "warheads": None},
                "known_as": "recalled",
                "channel": "exchange",
                "received_on": "2031-02-20",
            }
        ],
        "breakdowns": [
            {
                "party": "ARD",
                "as_of": "2031-02-01",
                "lines": [
                    {"category": "fixed", "system": "F-1", "count": 300},
                    {"category": "mobile", "system": "M-1", "count": 200},
                ],
            }
        ],
        "suspensions": [
            {
                "by": "BEL",
                "from_date": "2031-02-28",
                "in_reading_of": ["BEL"],
                "covers": ["declarations"],
            }
        ],
        "positions": [
            {"id": "converted", "by": "BEL", "about": "ARD", "limit": "launchers-500", "since": "2031-01-10"}
        ],
        "assertions": [
            {
                "position": "converted",
                "by": "BEL",
                "about": "ARD",
                "limit": "launchers-500",
                "as_of": "2031-02-01",
                "declared_figure": 500,
                "additions": [{"what": "converted launchers", "count": 60}],
            }
        ],
        "withheld": [{"party": "BEL", "clock": "update", "as_of": "2031-02-01"}],
        "inspections": [{"party": "ARD", "quota": "site-visits", "window_start": "2030-01-10", "count": 3}],
    },
    "expect": [
        {**PLACE, "interpretation": "ARD", "outcome": "within", "figure": 500, "limit": 500},
        {**PLACE, "interpretation": "BEL", "outcome": "exceeds", "figure": 560},
        {
            **PLACE,
            "interpretation": "BEL",
            "rule": "launchers-500-readings",
            "outcome": "disputed",
            "figure": None,
        },
        {**PLACE, "interpretation": "BEL", "rule": "warheads-1000", "outcome": "not-provided"},
        {**PLACE, "interpretation": "BEL", "rule": "launchers-close", "outcome": "within", "figure": 0},
        {"as_of": "2031-03-02", "party": "ARD", "interpretation": "BEL", "rule": "update", "outcome": "met"},
        {
            "as_of": "2031-03-03",
            "party": "BEL",
            "interpretation": "BEL",
            "rule": "update",
            "outcome": "not-applicable",
        },
        {
            "as_of": "2031-03-03",
            "party": "BEL",
            "interpretation": "ARD",
            "rule": "update",
            "outcome": "open-question",
        },
        {
            "as_of": "2031-01-09",
            "party": "ARD",
            "interpretation": "BEL",
            "rule": "site-visits",
            "outcome": "within",
        },
    ],
    "expect_none": [{"outcome": "overdue", "as_of": "2031-03-03"}, {"figure": 560, "interpretation": "ARD"}],
}


def changed(**kept: Any) -> dict[str, Any]:
    return {"situations": [{**copy.deepcopy(DISPUTE), **kept}]}


def test_a_situation_that_holds_has_no_differences() -> None:
    (result,) = run_situations(pack(), changed())
    assert (result.name, result.differences, result.held) == ("a count that departs", (), True)


def test_a_difference_tells_what_was_expected_and_what_was_found() -> None:
    want = {**PLACE, "interpretation": "BEL", "outcome": "within", "figure": 500}
    (result,) = run_situations(pack(), changed(expect=[want]))
    assert not result.held
    assert "outcome within, figure 500" in result.differences[0]
    assert "outcome exceeds, figure 560" in result.differences[0]


def test_a_finding_that_is_not_there_is_a_difference() -> None:
    want = {**PLACE, "as_of": "2031-02-02", "interpretation": "BEL", "outcome": "within"}
    (result,) = run_situations(pack(), changed(expect=[want]))
    assert "there is none for that date, party, reading and rule" in result.differences[0]


def test_more_than_one_finding_is_a_difference() -> None:
    (result,) = run_situations(pack(), changed(expect=[{"outcome": "within"}]))
    assert result.differences[0].startswith("expected one finding with outcome within; found ")


def test_a_finding_that_must_not_be_there_is_named() -> None:
    (result,) = run_situations(pack(), changed(expect_none=[{"outcome": "disputed"}]))
    assert result.differences == (
        "expected no finding with outcome disputed; found 2031-02-01.ARD.BEL.launchers-500-readings.",
    )


def test_a_situation_that_expects_nothing_is_refused() -> None:
    with pytest.raises(SituationError, match="expects nothing"):
        run_situations(pack(), changed(expect=[], expect_none=[]))


def test_a_file_without_situations_is_refused() -> None:
    with pytest.raises(SituationError, match="at least one is needed"):
        run_situations(pack(), {"situations": []})


def test_an_unknown_key_is_refused() -> None:
    with pytest.raises(SituationError, match="unknown key 'colour'"):
        run_situations(pack(), changed(expect=[{"colour": "red"}]))


@pytest.mark.parametrize(
    ("kind", "fact", "message"),
    [
        ("declared", {"party": "ARD", "as_of": "2031-02-01"}, "declared[0]: no 'figures'"),
        (
            "declared",
            {"party": "ard", "as_of": "2031-02-01", "figures": {}},
            "declared[0]: cannot be read: party code",
        ),
        ("declared", {"party": "ARD", "as_of": "1 Feb 2031", "figures": {}}, "must be written YYYY-MM-DD"),
        (
            "inspections",
            {"party": "ARD", "quota": "site-visits", "window_start": 2031, "count": 1},
            "inspections[0]",
        ),
    ],
)
def test_a_fact_that_cannot_be_read_is_refused_with_its_place(
    kind: str, fact: dict[str, Any], message: str
) -> None:
    with pytest.raises(SituationError) as refused:
        run_situations(pack(), changed(facts={kind: [fact]}))
    assert message in str(refused.value)
    assert "situation 'a count that departs'" in str(refused.value)


def test_a_name_that_the_pack_does_not_have_is_refused() -> None:
    fact = {"party": "CAR", "as_of": "2031-02-01", "figures": {"launchers": 1}}
    with pytest.raises(FactsError, match="party 'CAR'"):
        run_situations(pack(), changed(facts={"declared": [fact]}))


def test_the_day_must_be_a_date() -> None:
    with pytest.raises(SituationError, match="assess_on: must be a date"):
        run_situations(pack(), changed(assess_on="tomorrow"))


def test_record_ids_are_made_from_the_facts_alone() -> None:
    one, two = (facts_of(changed()["situations"][0]) for _ in range(2))
    assert one == two
    groups = (one.declared, one.positions, one.assertions, one.suspensions)
    ids = [fact.records[0] for group in groups for fact in group]
    assert len(set(ids)) == 4
    assert all(len(record) == 64 for record in ids)
