"""Sums over unknown powers that a few nodes do not settle, sizes that differ, and tails too small for a number."""

import math
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import betaln
from scipy.stats import hypergeom

from counterseal.design.best_plan import design
from counterseal.design.campaigns.campaign import campaign
from counterseal.design.exposure import Exposure, item_power, ln_unseen_by_check
from counterseal.design.regime import Check, Regime, Visit
from counterseal.design.regime_power import power, seen_order, strategy_power
from counterseal.design.states import states
from counterseal.design.strategy import Part, Strategy
from counterseal.errors import RefusedInputError
from counterseal.stats.items import ItemTest, Stratum
from strategies.plans import STRATEGIES, sites

GONE = Strategy(name="gone", parts=(Part(stratum="s", n_items=100),))


def one_site(
    test: ItemTest, *, items: int = 1000, drawn: int = 50, visits: int = 100, accept: int = 0
) -> Regime:
    """One site, checked often."""
    check = Check(stratum="s", with_=(test.name,), n_items=drawn, accept=accept)
    return Regime(
        strata=(Stratum(name="s", n_items=items),),
        site_of={"s": "s"},
        tests=(test,),
        visits=(Visit(site="s", fixed_cost_pd=1, checks=(check,)),),
        quota_per_year={"visit": visits},
    )


def unknown(a: float, b: float) -> ItemTest:
    return ItemTest(name="test", detect_beta=(a, b), cost_pd=1)


def seen_by_quadrature(a: float, b: float, *, years: int, visits: int) -> float:
    """Return the chance of being seen, the rate integrated out with q = u^(1/a), which takes the pole away."""
    drawn = hypergeom(1000, 100, 50).pmf(np.arange(51))

    def unseen(u: float) -> float:
        q = u ** (1.0 / a)
        missed = math.log(float((drawn * (1.0 - q) ** np.arange(51)).sum()))
        return math.exp((b - 1.0) * math.log1p(-q) + years * visits * missed - betaln(a, b)) / a

    ends = [0.0, 1e-6, 1e-4, 1e-3, 0.01, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1.0 - 1e-12]
    return 1.0 - sum(quad(unseen, *pair, limit=200)[0] for pair in pairwise(ends))


@pytest.mark.parametrize(("a", "b"), [(1.0, 1.0), (0.5, 0.5), (0.2, 2.0), (1.0, 5.0)])
def test_campaign_and_power_have_the_integral_where_much_is_drawn_for_long(a: float, b: float) -> None:
    regime, truth = one_site(unknown(a, b)), seen_by_quadrature(a, b, years=20, visits=100)
    life = strategy_power(regime, GONE, horizon_years=20).life
    exact = campaign(regime, GONE, 20 * 365.25, start="first").detection
    for told in (life, exact):
        assert told.value == pytest.approx(truth, abs=1e-6)
        assert (told.lower or 0.0) - 1e-9 <= truth <= (told.upper or 0.0) + 1e-9
        assert told.kind == ("exact" if told.exact else "bound")


def test_runs_and_the_exact_figure_agree_for_a_power_that_may_be_next_to_nothing() -> None:
    found = campaign(one_site(unknown(0.2, 2.0)), GONE, 20 * 365.25, "mc", 200_000, 3, start="first")
    assert found.errors_apart is not None
    assert abs(found.errors_apart) < 4.0


def test_a_sum_that_is_not_settled_is_not_called_exact() -> None:
    told = strategy_power(one_site(unknown(0.05, 1.0)), GONE, horizon_years=20).life
    assert (told.kind, told.exact) == ("bound", False)
    assert (told.lower or 0.0) < (told.value or 0.0) < (told.upper or 0.0)


def test_a_tail_of_an_accepted_sample_is_as_exact_fractions_have_it() -> None:
    """At most one of 60 false among 2000 is shown, 1000 drawn, each shown with 9/10."""
    q, total = Fraction(9, 10), Fraction(0)
    for k in range(61):
        chance = Fraction(math.comb(60, k) * math.comb(1940, 1000 - k), math.comb(2000, 1000))
        total += chance * ((1 - q) ** k + k * q * (1 - q) ** (k - 1 if k else 0))
    regime = one_site(ItemTest(name="test", detect_p=0.9, cost_pd=1), items=2000, drawn=1000, accept=1)
    gone = replace(GONE, parts=(Part(stratum="s", n_items=60),))
    exposure = Exposure(regime=regime, strategy=gone)
    (state,) = states(exposure.telling())
    told = ln_unseen_by_check(exposure, regime.visits[0].checks[0], state)
    assert told == pytest.approx(math.log(total.numerator) - math.log(total.denominator), rel=1e-10)


def test_a_power_next_to_nothing_is_not_nothing() -> None:
    regime = one_site(ItemTest(name="test", detect_p=1e-30, cost_pd=1))
    (state,) = states(regime.tests)
    assert item_power(regime, regime.visits[0].checks[0], state, defect_fraction=1.0) == pytest.approx(1e-30)
    told = strategy_power(regime, GONE, horizon_years=1).per_year
    assert told.warnings == ("what bears on gone shows it with a chance too small for a number",)
    assert math.copysign(1.0, told.value or 0.0) == 1.0
    blind = one_site(ItemTest(name="test", detect_p=0, cost_pd=1))
    never = strategy_power(blind, GONE, horizon_years=1).per_year
    assert never.warnings == ("nothing in this regime bears on gone",)


def test_an_amount_is_taken_from_the_largest_items() -> None:
    """Ten items of 2 kg and twenty of 5 kg: 8 kg at 0.3 of each are 1.5 kg from six of the large ones."""
    mixed = Stratum(name="s", n_items=30, items_by_size=((2.0, 10), (5.0, 20)))
    assert Part(stratum="s", amount_kg=8.0, defect_fraction=0.3).false_items(mixed) == 6
    assert Part(stratum="s", amount_kg=100.0).false_items(mixed) == 20
    assert Part(stratum="s", amount_kg=101.0).false_items(mixed) == 21
    assert Part(stratum="s", amount_kg=120.0).false_items(mixed) == 30
    with pytest.raises(
        RefusedInputError, match=r"120\.5 kg, a share of 1 of each item; all 30 items hold 120 kg"
    ):
        Part(stratum="s", amount_kg=120.5).false_items(mixed)


def test_what_is_equal_but_for_rounding_keeps_the_order_of_the_file() -> None:
    regime = one_site(unknown(60.0, 2.0), visits=10)
    first = strategy_power(regime, GONE, horizon_years=1).per_year
    digits = {**first.inputs, "ln_unseen": first.inputs["ln_unseen"] * (1.0 + 1e-14)}
    again = replace(first, value=(first.value or 0.0) - 1e-15, inputs=digits, lower=0.0)
    assert seen_order(first) == seen_order(again)


def test_an_unknown_power_and_independence_are_said() -> None:
    told = power(one_site(unknown(60.0, 2.0)), (GONE,), horizon_years=1, goal_p=0.9)
    said = " ".join(told.strategies[0].per_year.assumptions)
    assert "drawn once from the Beta distribution stated, the same for every item, visit and year" in said
    assert "says nothing of what it shows another time: of another item" in said
    sure = one_site(ItemTest(name="test", detect_p=1, cost_pd=1))
    alone = strategy_power(sure, GONE, horizon_years=1).per_year.assumptions
    assert not any("says nothing of what it shows" in one for one in alone)


def test_a_plan_says_where_its_search_saw_a_power_that_may_be_nothing_too_coarsely() -> None:
    hard = sites(visits=(0, 3000), items=(25,), test=unknown(0.2, 2.0), quota=10_000)
    found = design(hard, STRATEGIES[:1], 1e6, mixed=False)
    assert any("the search weighed first with a chance that is" in one for one in found.warnings)
    easy = design(sites(test=unknown(60.0, 2.0)), STRATEGIES[:1], 40.0, mixed=False)
    assert not any("the search weighed" in one for one in easy.warnings)


def test_too_much_work_behind_an_acceptance_number_is_refused_at_once() -> None:
    regime = one_site(
        ItemTest(name="test", detect_p=0.5, cost_pd=1), items=1_000_000, drawn=500_000, accept=100_000
    )
    many = replace(GONE, parts=(Part(stratum="s", n_items=500_000),))
    with pytest.raises(RefusedInputError, match="multiplications, must be at most"):
        strategy_power(regime, many, horizon_years=1)
