"""The quota that deters: against the closed form of one place, and never where the technique cannot."""

import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterseal.design.errors import DesignError
from counterseal.design.quota_that_deters import deterring_loss, deterring_quota, gains_of, with_visits
from counterseal.design.regime import Check, Regime, Visit
from counterseal.design.regime_power import seen_in_year
from counterseal.design.strategy import Part, Strategy
from counterseal.stats.errors import StatsError
from counterseal.stats.items import ItemTest, Stratum

GONE = Strategy(name="gone", parts=(Part(stratum="north", n_items=1),), gain=1.0)


def two_sites(*, detect_p: float = 1.0, common_mode_p: float = 0.0, false_alarm_p: float = 0.0) -> Regime:
    """Two sites of one item each; a visit goes to one of them by lot and tests what is there."""
    test = ItemTest(
        name="test", detect_p=detect_p, common_mode_p=common_mode_p, false_alarm_p=false_alarm_p, cost_pd=1
    )
    sites = ("north", "south")
    return Regime(
        strata=tuple(Stratum(name=site, n_items=1) for site in sites),
        site_of={site: site for site in sites},
        tests=(test,),
        visits=tuple(
            Visit(
                site=site,
                fixed_cost_pd=1,
                max_per_year=3,
                checks=(Check(stratum=site, with_=("test",), n_items=1),),
            )
            for site in sites
        ),
        quota_per_year={"visit": 3},
    )


@given(loss=st.floats(0.01, 100.0), detect_p=st.floats(0.1, 1.0))
@settings(max_examples=60, deadline=None)
def test_one_place_by_its_closed_form(loss: float, detect_p: float) -> None:
    """Unseen with (1 - p/2)^n in a year: the smallest n with loss >= (gain / DP) - gain."""
    told = deterring_quota(two_sites(detect_p=detect_p), (GONE,), loss=loss)
    visits = math.log1p(-1.0 / (1.0 + loss)) / math.log1p(-detect_p / 2.0)
    assert told.value == pytest.approx(math.ceil(visits), abs=0 if abs(visits - round(visits)) > 1e-9 else 1)


@pytest.mark.parametrize("loss", [0.3, 1.0, 7.0])
def test_one_visit_fewer_does_not_deter(loss: float) -> None:
    regime = two_sites(detect_p=0.8, false_alarm_p=0.01)
    told = deterring_quota(regime, (GONE,), loss=loss, false_alarm_cost=0.1)
    assert told.value is not None

    def needed(visits: int) -> float:
        alarms = 0.1 * 0.01 * visits
        return deterring_loss(1.0, seen_in_year(with_visits(regime, visits), GONE), alarms)

    assert needed(int(told.value)) <= loss < needed(int(told.value) - 1)


def test_no_number_of_visits_beats_a_common_cause_of_failure() -> None:
    """With a ceiling of 0.9, a loss below 1/0.9 - 1 deters from nothing."""
    regime = two_sites(common_mode_p=0.1)
    told = deterring_quota(regime, (GONE,), loss=0.11)
    assert told.value is None
    assert "gone would still pay" in told.warnings[0]
    assert deterring_quota(regime, (GONE,), loss=0.12).value is not None


def test_false_alarms_cost_the_legal_host_and_so_raise_the_quota() -> None:
    """One visit: DP 0.45, needed 1/0.45 - 1 = 1.2, with a fifth of an alarm at 1 each 1.2/0.45 - 1 = 1.7."""
    regime = two_sites(detect_p=0.9, false_alarm_p=0.2)
    assert deterring_quota(regime, (GONE,), loss=1.5).value == 1.0
    assert deterring_quota(regime, (GONE,), loss=1.5, false_alarm_cost=1.0).value == 2.0


@given(
    loss=st.floats(0.3, 6.0),
    cost=st.floats(0.1, 3.0),
    detect_p=st.floats(0.1, 1.0),
    alarm_p=st.floats(0.01, 0.5),
)
@settings(max_examples=80, deadline=None)
def test_the_first_number_that_deters_is_found_though_more_alarms_may_pay_again(
    loss: float, cost: float, detect_p: float, alarm_p: float
) -> None:
    """Beyond some number of visits false alarms alone cost the legal host more than being seen."""
    regime = two_sites(detect_p=detect_p, false_alarm_p=alarm_p)
    told = deterring_quota(regime, (GONE,), loss=loss, false_alarm_cost=cost)

    def needed(visits: int) -> float:
        seen_p = -math.expm1(visits * math.log1p(-detect_p / 2.0))
        return deterring_loss(1.0, seen_p, cost * alarm_p * visits)

    enough = (visits for visits in range(2_000) if needed(visits) <= loss * (1.0 + 1e-12))
    assert told.value == next(enough, None)


def test_the_strategy_that_pays_most_decides() -> None:
    rich = replace(GONE, name="rich", gain=5.0)
    regime = two_sites()
    alone = deterring_quota(regime, (rich,), loss=2.0).value
    assert deterring_quota(regime, (GONE, rich), loss=2.0).value == alone


def test_where_no_gain_is_stated_each_counts_as_one() -> None:
    bare = replace(GONE, gain=None)
    assert gains_of((bare,)) == {"gone": 1.0}
    assert gains_of((bare, replace(GONE, name="stated", gain=2.0))) == {"stated": 2.0}


def test_kinds_keep_their_proportions_and_a_quota_may_grow_beyond_what_a_site_bears_now() -> None:
    regime = two_sites()
    assert with_visits(regime, 8).quota_per_year == {"visit": 8}
    second = tuple(replace(one, kind="second") for one in regime.visits)
    mixed = replace(regime, visits=(*regime.visits, *second), quota_per_year={"visit": 3, "second": 1})
    assert with_visits(mixed, 8).quota_per_year == {"visit": 6, "second": 2}
    assert with_visits(mixed, 1).quota_per_year == {"visit": 1, "second": 1}


def test_a_regime_without_visits_and_numbers_out_of_range() -> None:
    none = replace(two_sites(), quota_per_year={"visit": 0})
    assert deterring_quota(none, (GONE,), loss=1.0).warnings == ("the regime has no visits",)
    with pytest.raises(StatsError, match="loss"):
        deterring_quota(two_sites(), (GONE,), loss=-1.0)


def test_a_strategy_without_a_false_item_is_refused() -> None:
    with pytest.raises(DesignError, match="no false item in any part"):
        Strategy(name="nothing", parts=(Part(stratum="north", n_items=0),))
    crumb = Part(stratum="north", amount_kg=5e-324)
    assert crumb.false_items(Stratum(name="north", n_items=3, content_kg=4.0)) == 1
