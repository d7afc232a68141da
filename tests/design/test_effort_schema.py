"""The schema of effort files: every field has limits, and what stands for one left out is what the reader takes."""

import copy
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from counterseal.design.effort import Effort, effort_of, effort_schema
from counterseal.design.effort_check import check_effort
from counterseal.design.regime import MAX_VISITS, Check, Regime, Visit
from counterseal.stats.items import ItemTest, Stratum
from counterseal.treaty.document import Document
from counterseal.treaty.load import packaged_pack
from counterseal.treaty.schema_check import require_schema
from strategies.efforts import effort

LEAST: dict[str, Any] = {
    "format": "counterseal.effort/1",
    "id": "least",
    "title": "As little as can be",
    "horizon_years": 10,
    "goal_p": Decimal("0.9"),
    "sites": [{"name": "hill"}],
    "strata": [{"name": "casks", "site": "hill", "n_items": 20}],
    "tests": [{"name": "look", "detect_p": Decimal("0.5")}],
    "methods": [{"name": "weigh", "rel_random": Decimal("0.1")}],
    "quotas": [{"kind": "visit", "per_year": 3}],
    "visits": [
        {
            "kind": "visit",
            "site": "hill",
            "fixed_cost_pd": 5,
            "checks": [{"stratum": "casks", "with": ["look"], "n_items": 2}],
        },
    ],
    "monitors": [{"name": "portal", "sites": ["hill"]}],
    "false_alarms": {"resolution": {"resolved_p": Decimal("0.9")}},
    "strategies": [{"name": "one", "parts": [{"stratum": "casks", "n_items": 1}]}],
    "not_considered": [],
    "utilities": {"loss_low": 1, "loss_high": 2},
    "completeness": {
        "declared": 10,
        "kg_per_item": 4,
        "confidence": Decimal("0.9"),
        "sightings": {"seen": 5, "missing": 0},
        "search": {"regions": [{"name": "north", "here_p": Decimal("0.5"), "effort": 1}]},
        "priors": [{"party": "lake", "zero_p": Decimal("0.5"), "tail_p": Decimal("0.1")}],
    },
    "pace": {
        "backlog": 5,
        "deadline_d": 100,
        "arrivals": {"n_items": 2, "rate_per_y": 1},
        "presence": {"hours_per_week": 40},
        "stations": [{"name": "works", "time_h": 8}],
    },
}
"""A file with every section that has fields with a default, and none of these fields."""


def fields(schema: dict[str, Any], place: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every part of a schema with its place in a file."""
    yield place, schema
    for name, part in schema.get("properties", {}).items():
        yield from fields(part, f"{place}.{name}")
    if "items" in schema:
        yield from fields(schema["items"], f"{place}[]")


@pytest.mark.parametrize(("place", "part"), [*fields(effort_schema())])
def test_every_number_list_and_text_has_limits(place: str, part: dict[str, Any]) -> None:
    kind = part.get("type")
    assert part.get("description"), place
    if kind in {"number", "integer"}:
        assert {"minimum", "exclusiveMinimum"} & set(part), place
        assert {"maximum", "exclusiveMaximum"} & set(part), place
    if kind == "array":
        assert "maxItems" in part, place
    if kind == "string":
        assert "pattern" in part, place


def read(data: dict[str, Any]) -> Effort:
    document = Document(where="f", data=data)
    require_schema(document, effort_schema())
    return effort_of(document, pack_of=packaged_pack)


def filled(value: Any, schema: dict[str, Any]) -> int:
    """Write into a file what its schema says of fields that are left out; return how many those were."""
    if isinstance(value, list):
        return sum(filled(one, schema["items"]) for one in value)
    if not isinstance(value, dict):
        return 0
    left_out = {
        name: part["default"]
        for name, part in schema["properties"].items()
        if "default" in part and name not in value
    }
    value |= copy.deepcopy(left_out)
    return len(left_out) + sum(filled(value[name], schema["properties"][name]) for name in value)


def test_what_stands_for_a_field_left_out_is_what_the_reader_takes() -> None:
    least, whole = read(LEAST), copy.deepcopy(LEAST)
    number = filled(whole, effort_schema())
    there = [place for place, part in fields(effort_schema()) if "default" in part]
    assert number == len(there) - 1  # checks of visits are there
    told = replace(read(whole), data=least.data, document=least.document, sha256=least.sha256)
    assert told == least


def test_a_visit_without_a_limit_of_its_own_is_limited_by_its_quota_in_a_file_and_in_python() -> None:
    visits = effort(("fixed_cost_pd: 20,", "fixed_cost_pd: 20, max_per_year: 7,")).regime.visits
    assert [one.max_per_year for one in visits] == [MAX_VISITS, MAX_VISITS, 7]
    check = Check(stratum="casks", with_=("look",), n_items=2)
    regime = Regime(
        strata=(Stratum(name="casks", n_items=20),),
        site_of={"casks": "hill"},
        tests=(ItemTest(name="look", detect_p=0.5),),
        visits=(Visit(site="hill", fixed_cost_pd=5, notice_d=2, checks=(check,)),),
        quota_per_year={"visit": 3},
    )
    assert regime.visits[0].max_per_year == MAX_VISITS


def test_a_draw_of_more_than_there_is_is_said() -> None:
    large = effort(
        (
            "{stratum: missiles-1, with: [count], n_items: 1}",
            "{stratum: missiles-1, with: [count], n_items: 201}",
        )
    )
    assert (
        "visit type-one to base-1: draws 201 of missiles-1, which has 200; all 200 are counted"
        in check_effort(large).warnings
    )
