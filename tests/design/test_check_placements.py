"""Plans against every placement, where monitors and visits by lot bear on several strata: all of them tried."""

import itertools
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.optimize import linprog

from counterseal.design.best_plan import design
from counterseal.design.effort import read_effort
from counterseal.design.effort_plan import Place
from counterseal.design.errors import DesignError
from counterseal.design.one_hot import Answer, OneHot, solve_worst
from counterseal.design.placements import Placements, PlacementTables
from counterseal.design.plan_options import RegimeOptions, written_out
from counterseal.design.plan_tables import TableBuilder, year_of
from counterseal.design.regime import Check, Monitor, Resolution, Visit
from counterseal.stats.items import ItemTest, Stratum
from counterseal.treaty.load import packaged_pack
from strategies.plans import drawn_problem, plans, sites, unseen

NUMBER = 3
TEST = ItemTest(name="t", detect_p=0.8, cost_pd=0.3, common_mode_p=0.05)
GATE = Monitor(name="gate", sites=("x0", "x1"), detect_p=0.3, rate_per_y=0.2, common_mode_p=0.1)
ROAD = Monitor(name="road", sites=("x1", "x2"), detect_p=0.2, cost_pd_per_y=4.0)
SPREADS = [one for one in itertools.product(range(NUMBER + 1), repeat=3) if sum(one) == NUMBER]


def options(**more: Any) -> RegimeOptions:
    return sites(sizes=(20, 30, 12), visits=(1,), items=(3, 9), test=TEST, **more)


def fixed(given: RegimeOptions, kind: str, number: int, *places: int, accept: int = 0) -> RegimeOptions:
    """Return it with visits of a kind that no place chooses."""
    visits = tuple(
        Visit(
            site=f"x{i}",
            kind=kind,
            fixed_cost_pd=1.0,
            max_per_year=9,
            weight=1.0 + i,
            checks=(Check(stratum=f"s{i}", with_=("t",), n_items=6, accept=accept),),
        )
        for i in places
    )
    quotas = {**given.regime.quota_per_year, kind: number}
    regime = replace(given.regime, visits=(*given.regime.visits, *visits), quota_per_year=quotas)
    return RegimeOptions(regime=regime, places=given.places)


def chosen(given: RegimeOptions, monitor: str) -> RegimeOptions:
    return replace(given, places=(*given.places, Place(monitor=monitor)))


SECOND = Resolution(resolved_p=0.9, kept_p=0.7)
CASES = {
    "a monitor of two sites": options(monitors=(GATE,)),
    "two of them, one to choose": chosen(options(monitors=(GATE, ROAD)), "road"),
    "visits to one site": fixed(options(), "other", 2, 1),
    "with an acceptance number": fixed(options(), "other", 3, 1, accept=1),
    "by lot": fixed(options(), "other", 3, 0, 1, 2),
    "by lot, a second look": fixed(options(resolution=SECOND), "other", 3, 0, 2),
    "at their rate": fixed(options(timing="poisson"), "other", 3, 0, 1, 2),
    "one lot a year": fixed(options(allotment="systematic"), "other", 5, 0, 1),
}


def _value(table: Any) -> float:
    rows, columns = table.shape
    found = linprog(
        [0.0] * rows + [1.0],
        A_ub=np.hstack([table.T, -np.ones((columns, 1))]),
        b_ub=np.zeros(columns),
        A_eq=[[1.0] * rows + [0.0]],
        b_eq=[1.0],
    )
    return float(found.fun or 0.0)


def _tried(
    given: RegimeOptions, family: Placements, budget_pd: float
) -> tuple[list[tuple[float, float]], Any]:
    """Return cost and worst chance of every plan, and all chances of those that the budget buys."""
    every = tuple(family.strategy(one) for one in SPREADS)
    rows = [(load.cost_pd_per_y, unseen(regime, every)) for _, regime, load in plans(given)]
    held = [chances for cost_pd, chances in rows if cost_pd <= budget_pd + 1e-9]
    return [(cost_pd, max(chances)) for cost_pd, chances in rows], np.array(held)


@pytest.mark.parametrize("case", sorted(CASES))
def test_the_plan_is_the_best_of_all_against_all_placements(case: str) -> None:
    given, family = CASES[case], Placements(name="any", strata=("s0", "s1", "s2"), n_items=NUMBER)
    costs, _ = _tried(given, family, 0.0)
    budget_pd = 0.5 * (min(costs)[0] + max(costs)[0])
    every, held = _tried(given, family, budget_pd)
    best = held.max(axis=1).min()
    found = design(given, (), budget_pd, placements=(family,))
    seen = found.certificate.seen
    assert found.certificate.proven
    assert seen.value == pytest.approx(1 - best, abs=1e-6)
    assert (seen.upper or 0.0) >= 1 - best - 1e-9
    assert found.mixed is not None
    value = found.mixed.value
    assert (value.lower or 0.0) - 1e-9 <= _value(held) <= (value.upper or 0.0) + 1e-9
    assert value.warnings == ()
    assert found.duals is not None
    step = found.duals.next_step
    assert step is not None
    better = [cost_pd for cost_pd, worst in every if worst <= 1 - (seen.value or 0.0) - 0.01 + 1e-7]
    assert step.cost_pd == (pytest.approx(min(better)) if better else None)


@pytest.mark.parametrize("case", sorted(CASES))
@pytest.mark.parametrize("choice", [0, 1, 2])
def test_no_placement_passes_the_bound(case: str, choice: int) -> None:
    given, family = CASES[case], Placements(name="any", strata=("s0", "s1", "s2"), n_items=NUMBER)
    build = TableBuilder(given, written_out(given))
    starts = np.cumsum((0, *(len(one.options) for one in build.places)))
    shares = np.zeros(starts[-1])
    taken = [min(choice, len(one.options) - 1) for one in build.places]
    shares[starts[:-1] + np.array(taken)] = 1.0
    regime = next(regime for positions, regime, _ in plans(given) if list(positions) == taken)
    every = {
        counts: float(year_of(regime, family.strategy(counts)).inputs["ln_unseen"]) for counts in SPREADS
    }
    found = PlacementTables(build, family).best(shares, starts)
    assert found.ln_value == pytest.approx(every[found.counts], abs=1e-9)
    assert found.ln_bound >= max(every.values()) - 1e-9
    assert found.ln_bound == pytest.approx(max(every.values()), abs=1e-8)


def test_two_strata_at_one_site_of_a_lot_are_searched_too() -> None:
    given = options()
    more = Stratum(name="s3", n_items=15)
    regime = replace(
        given.regime, strata=(*given.regime.strata, more), site_of={**given.regime.site_of, "s3": "x1"}
    )
    two = fixed(replace(given, regime=regime), "other", 3, 0, 1)
    visits = tuple(
        replace(one, checks=(*one.checks, Check(stratum="s3", with_=("t",), n_items=5)))
        if (one.kind, one.site) == ("other", "x1")
        else one
        for one in two.regime.visits
    )
    held = RegimeOptions(regime=replace(two.regime, visits=visits), places=two.places)
    build = TableBuilder(held, written_out(held))
    starts = np.cumsum((0, *(len(one.options) for one in build.places)))
    shares = np.zeros(starts[-1])
    shares[starts[:-1]] = 1.0
    family = Placements(name="any", strata=("s0", "s1", "s3"), n_items=NUMBER)
    nothing = next(regime for positions, regime, _ in plans(held) if not any(positions))
    every = [float(year_of(nothing, family.strategy(one)).inputs["ln_unseen"]) for one in SPREADS]
    assert PlacementTables(build, family).best(shares, starts).ln_bound == pytest.approx(max(every), abs=1e-8)


def test_a_strategy_found_again_is_taken_up_once() -> None:
    problem = drawn_problem(4, places=4, options=4, strategies=6, states=2, spread=3, budget=0.4)

    def search(shares: Any, level: float) -> Answer:
        return Answer(tables=problem.tables, ln_bound=-math.inf)

    started = OneHot(options=problem.options, tables=problem.tables[:1], rows=problem.rows)
    names = [one.name for one in solve_worst(started, search=search).tables]
    assert sorted(names) == sorted({one.name for one in problem.tables})


def test_placements_of_one_name_are_refused() -> None:
    twice = tuple(
        Placements(name="any", strata=("s0", "s1"), n_items=2, defect_fraction=part) for part in (1.0, 0.5)
    )
    with pytest.raises(DesignError, match="placements any: given twice"):
        design(options(), (), 20.0, placements=twice)


def test_the_stores_of_the_example_are_proven_with_the_visits_that_no_place_chooses() -> None:
    """Short-notice visits go to two stores by lot, whatever is chosen; all placements of three are tried."""
    path = Path(__file__).parents[2] / "examples" / "effort" / "storage-low-numbers.yaml"
    read = read_effort(path.read_text(encoding="utf-8"), where=path.name, pack_of=packaged_pack)
    family = Placements(name="any", strata=tuple(one.name for one in read.regime.strata), n_items=3)
    found = design(read, (), placements=(family,), mixed=False)
    spreads = [one for one in itertools.product(range(4), repeat=3) if sum(one) == 3]
    worst = max(unseen(found.regime, tuple(family.strategy(one) for one in spreads)))
    assert found.certificate.proven
    assert found.certificate.seen.value == pytest.approx(1 - worst, abs=1e-9)
