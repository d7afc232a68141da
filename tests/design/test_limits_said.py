"""Figures that stand for others, bounds that there are not, and fields that nothing uses: all are said."""

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from counterseal.design.completeness_bounds import completeness_from_sightings, search_allocation
from counterseal.design.effort import read_effort
from counterseal.design.effort_check import check_effort
from counterseal.design.errors import DesignError
from counterseal.design.stratified import stratified_plan
from counterseal.design.undeclared_items import completeness
from counterseal.stats.items import ItemTest, Stratum
from counterseal.treaty.load import packaged_pack

PLACES = (Stratum(name="a", n_items=10), Stratum(name="b", n_items=5))
LAKE = Path(__file__).parents[2] / "examples" / "effort" / "lake-quota.yaml"


def look(q: float, cost_pd: float = 1.0, c: float = 0.0) -> ItemTest:
    return ItemTest(name=f"look-{q:g}-{cost_pd:g}", detect_p=q, cost_pd=cost_pd, common_mode_p=c)


def checked(told: Any) -> dict[str, float]:
    return {name: round(number, 9) for name, number in told.row_mix[0][0]}


def test_where_all_is_taken_the_saddle_checks_what_the_effort_allows() -> None:
    told = stratified_plan(PLACES, 5.0, 15.0, "saddle")
    assert checked(told) == {"a": round(10 / 3, 9), "b": round(5 / 3, 9)}
    assert told.value.value == 0.0


def test_where_all_is_taken_and_tests_err_the_best_test_is_used() -> None:
    told = stratified_plan(PLACES, 5.0, 15.0, "saddle", tests=look(0.5))
    assert told.value.value == pytest.approx(0.5**5)
    assert sum(checked(told).values()) == pytest.approx(5.0)
    better = stratified_plan(PLACES, 5.0, 15.0, "saddle", tests={"a": look(0.5), "b": look(0.9)})
    assert checked(better) == {"a": 0.0, "b": 5.0}
    assert better.value.value == pytest.approx(0.1**5)
    dear = stratified_plan(PLACES, 5.0, 15.0, "saddle", tests={"a": look(0.5), "b": look(0.9, 5.0)})
    assert checked(dear) == {"a": 5.0, "b": 0.0}
    sure = stratified_plan(PLACES, 5.0, 15.0, "saddle", tests={"a": look(1.0, 2.0), "b": look(1.0, 2.5)})
    assert checked(sure) == {"a": 2.5, "b": 0.0}
    none = stratified_plan(PLACES, 5.0, 15.0, "saddle", tests=look(0.0))
    assert none.value.value == 1.0


@pytest.mark.parametrize("model", ["equalise", "saddle"])
def test_the_value_of_a_product_is_no_bound_on_the_exact_game(model: Any) -> None:
    told = stratified_plan(PLACES, 5.0, 4.0, model, tests=look(0.8, c=0.1)).value
    exact = stratified_plan(PLACES, 5.0, 4.0, "integer", tests=look(0.8, c=0.1)).value
    assert (told.kind, told.lower, told.upper, told.exact) == ("bound", 0.1, 1.0, False)
    assert told.method.startswith("value of the product game")
    assert "no bound on the exact one" in told.warnings[0]
    assert exact.kind == "equilibrium"
    assert (told.lower or 0.0) <= (exact.value or 0.0) <= (told.upper or 0.0)


@pytest.mark.parametrize("sightings", [None, (0, 0)])
def test_without_prior_and_evidence_no_bound_is_said(sightings: tuple[int, int] | None) -> None:
    told = completeness(500, 4.0, sightings=sightings)
    for one in (told.none_p, told.bound, told.prior_free):
        assert one.value is None
        assert "this evidence gives no bound" in one.warnings[0]
    assert told.chances == ()
    assert told.at_most(10) == 0.0
    assert told.document()["curve"] == []


def test_no_sighting_puts_no_bound_on_what_is_declared() -> None:
    told = completeness_from_sightings(0, 0)
    assert (told.value, told.upper) == (0.0, 1.0)
    assert "No item was seen" in told.warnings[0]


def test_a_notice_that_no_figure_uses_is_said() -> None:
    effort = read_effort(LAKE.read_bytes(), where="lake", pack_of=packaged_pack)
    said = [one for one in check_effort(effort).assumptions if "notice_d" in one]
    assert said == [
        "The notice given before a visit (notice_d) is kept in the file; no figure depends on it."
    ]
    visits = [{name: one[name] for name in one if name != "notice_d"} for one in effort.data["visits"]]
    without = replace(effort, data={**effort.data, "visits": visits})
    assert not any("notice_d" in one for one in check_effort(without).assumptions)


def test_a_search_says_what_it_finds_and_what_it_takes_for_granted() -> None:
    told = search_allocation([(0.6, 1.0), (0.4, 1.0)], 2.0)
    found = 0.6 * -math.expm1(-told.effort[0]) + 0.4 * -math.expm1(-told.effort[1])
    assert told.found_p.value == pytest.approx(found)
    assert any("missed with chance" in one for one in told.assumptions)
    assert told.document()["effort"] == list(told.effort)
    assert search_allocation([(0.6, 1.0)], 0.0).found_p.value == 0.0
    with pytest.raises(DesignError, match=r"chances add up to 1\.2"):
        search_allocation([(0.6, 1.0), (0.6, 1.0)], 2.0)
