"""Options written out, and tables that say the same as the regime that a plan stands for."""

import math
from dataclasses import replace

import numpy as np
import pytest

from counterseal.design.effort_plan import CheckChoice, Place
from counterseal.design.errors import DesignError
from counterseal.design.plan_limits import Limit, limit_rows
from counterseal.design.plan_options import FIGURES, RegimeOptions, fixed_figures, written_out
from counterseal.design.plan_tables import plan_tables, year_of
from counterseal.design.regime import Check, Monitor, Resolution, Visit
from counterseal.design.regime_power import strategy_power
from counterseal.stats.items import ItemTest
from strategies.efforts import effort
from strategies.plans import STRATEGIES, placed, plans, sites

LEARNT = ItemTest(name="t", detect_beta=(9.0, 2.0), false_alarm_p=0.002, cost_pd=0.3, common_mode_p=0.03)
PORTAL = Monitor(name="portal", sites=("x0", "x1"), detect_p=0.3, rate_per_y=0.2, cost_pd_per_y=7.0)
GATE = Monitor(name="gate", sites=("x2",), detect_p=0.1, common_mode_p=0.05, false_alarms_per_y=0.5)


def _with_monitor(options: RegimeOptions) -> RegimeOptions:
    return replace(options, places=(*options.places, Place(monitor="portal")))


CASES = {
    "plain": sites(visits=(0, 2), items=(3, 10)),
    "learnt": sites(visits=(0, 2), items=(3, 10), test=LEARNT),
    "second-look": sites(
        visits=(0, 2), items=(3, 10), resolution=Resolution(resolved_p=0.9, kept_p=0.7, cost_pd=2.0)
    ),
    "poisson": sites(visits=(0, 2), items=(3, 10), timing="poisson"),
    "monitors": _with_monitor(sites(visits=(0, 2), items=(3, 10), test=LEARNT, monitors=(PORTAL, GATE))),
}


@pytest.mark.parametrize("case", sorted(CASES))
def test_tables_say_what_the_regime_of_a_plan_says(case: str) -> None:
    options = CASES[case]
    tables = plan_tables(options, STRATEGIES)
    for place, (choice, regime, _) in enumerate(plans(options)):
        if place % 13:
            continue
        for strategy, table in zip(STRATEGIES, tables.tables, strict=True):
            exact = float(year_of(regime, strategy).inputs["ln_unseen"])
            assert table.ln_unseen(choice) == pytest.approx(exact, rel=1e-9, abs=1e-12), (
                choice,
                strategy.name,
            )


@pytest.mark.parametrize("case", sorted(CASES))
def test_what_options_take_adds_up_to_the_workload(case: str) -> None:
    options = CASES[case]
    places, fixed = written_out(options), fixed_figures(options)
    for choice, _, load in plans(options):
        total = fixed + sum(one.figures[position] for one, position in zip(places, choice, strict=True))
        assert total == pytest.approx([getattr(load, name) for name in FIGURES], rel=1e-12, abs=1e-12)


def test_a_year_is_the_year_of_power() -> None:
    regime = next(regime for choice, regime, _ in plans(CASES["learnt"]) if all(choice))
    for strategy in STRATEGIES:
        told = strategy_power(regime, strategy, horizon_years=1).per_year
        assert year_of(regime, strategy).value == told.value
        assert year_of(regime, strategy).assumptions == told.assumptions


def test_each_site_has_the_visits_of_the_plan_and_no_lot() -> None:
    options = sites(sizes=(10, 10), fixed_pd=(1.0, 1.0), visits=(3,), items=(10,), quota=6)
    regime = next(regime for choice, regime, _ in plans(options) if choice == (1, 0))
    assert dict(regime.quota_per_year) == {"visit to x0": 3}
    assert year_of(regime, placed("one", s0=1)).value == pytest.approx(1 - 0.2**3)


def test_visits_that_no_place_chooses_stay_as_they_are() -> None:
    options = sites()
    checks = (Check(stratum="s1", with_=("t",), n_items=20),)
    other = Visit(site="x1", kind="other", fixed_cost_pd=5.0, max_per_year=3, checks=checks)
    regime = replace(
        options.regime, visits=(*options.regime.visits, other), quota_per_year={"visit": 100, "other": 3}
    )
    kept = RegimeOptions(regime=regime, places=options.places)
    assert fixed_figures(kept)[0] == pytest.approx(3 * (5.0 + 20 * 0.3))
    nothing = plan_tables(kept, STRATEGIES).regime((0, 0, 0))
    assert (year_of(nothing, STRATEGIES[1]).value or 0) > 0.5
    assert year_of(nothing, STRATEGIES[0]).value == 0.0


def test_a_kind_that_a_place_chooses_goes_to_places_alone_and_that_is_said() -> None:
    read = effort()
    assert read.plan is not None
    options = RegimeOptions(regime=read.regime, places=read.plan.places)
    assert options.left_out == ("type-one to base-2",)


def test_sure_detection_is_kept_within_what_a_solver_can_hold() -> None:
    options = sites(sizes=(5,), fixed_pd=(1.0,), items=(5,), test=ItemTest(name="t", detect_p=1.0))
    (table,) = plan_tables(options, (placed("one", s0=1),)).tables
    assert np.isfinite(table.ln[0]).all()
    assert math.exp(table.ln_unseen((1,))) == 0.0


@pytest.mark.parametrize(
    ("place", "message"),
    [
        (Place(site="x9", kind="visit"), "the regime has no such visit"),
        (Place(monitor="eye"), "no such monitor"),
        (Place(site="x0", kind="visit", visits_per_year=(101,)), "max_per_year is 100"),
        (
            Place(
                site="x0",
                kind="visit",
                visits_per_year=(1,),
                checks=(CheckChoice(stratum="s1", with_=("t",), n_items=(1,)),),
            ),
            "no stratum of x0",
        ),
        (
            Place(
                site="x0",
                kind="visit",
                visits_per_year=(1,),
                checks=(CheckChoice(stratum="s0", with_=("t",), n_items=()),),
            ),
            "no number of items",
        ),
    ],
)
def test_a_place_that_the_regime_does_not_have_is_refused(place: Place, message: str) -> None:
    with pytest.raises(DesignError, match=message):
        RegimeOptions(regime=sites().regime, places=(place,))


def test_no_places_and_places_twice_are_refused() -> None:
    with pytest.raises(DesignError, match="none; a plan chooses"):
        RegimeOptions(regime=sites().regime, places=())
    place = sites().places[0]
    with pytest.raises(DesignError, match="each place once"):
        RegimeOptions(regime=sites().regime, places=(place, place))


@pytest.mark.parametrize(
    ("limit", "message"),
    [
        (
            Limit(figure="burden_d_per_y", least=1000.0),
            "at least 1000 a year, and the places give at most 12",
        ),
        (Limit(figure="visits_per_y", most=1.0, sites=("x9",)), "no place of the plan is at 'x9'"),
    ],
)
def test_a_limit_that_no_plan_keeps_is_refused(limit: Limit, message: str) -> None:
    options = sites()
    with pytest.raises(DesignError, match=message):
        limit_rows(options, written_out(options), 100.0, (limit,))


def test_limits_without_bound_or_figure_are_refused() -> None:
    with pytest.raises(DesignError, match="must be on one of cost_pd_per_y"):
        Limit(figure="beauty", most=1.0)
    with pytest.raises(DesignError, match="give most or least"):
        Limit(figure="burden_d_per_y")
