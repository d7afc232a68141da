"""Sites where visits and checks may be chosen, and plans worked out by trying all of them."""

import itertools
import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from counterseal.design.effort_plan import CheckChoice, Place
from counterseal.design.one_hot import OneHot
from counterseal.design.plan_limits import LimitRow
from counterseal.design.plan_options import RegimeOptions, regime_of, written_out
from counterseal.design.plan_tables import StrategyTable, year_of
from counterseal.design.regime import Regime, Visit
from counterseal.design.strategy import Part, Strategy
from counterseal.design.workload import Workload, workload
from counterseal.stats.items import ItemTest, Stratum

SIZES = (60, 200, 25)
FIXED_PD = (4.0, 9.0, 2.5)
BUDGETS_PD = (8.0, 15.0, 25.0, 40.0, 60.0, 95.0)


def sites(
    *,
    sizes: tuple[int, ...] = SIZES,
    fixed_pd: tuple[float, ...] = FIXED_PD,
    visits: tuple[int, ...] = (0, 1, 2),
    items: tuple[int, ...] = (3, 10, 25),
    test: ItemTest | None = None,
    quota: int = 100,
    **more: Any,
) -> RegimeOptions:
    """One stratum a site, one kind of visit, a number of visits and of items to choose at each."""
    test = test or ItemTest(name="t", detect_p=0.8, false_alarm_p=0.001, cost_pd=0.3, released_bits=1.0)
    places = range(len(sizes))
    regime = Regime(
        strata=tuple(Stratum(name=f"s{i}", n_items=sizes[i]) for i in places),
        site_of={f"s{i}": f"x{i}" for i in places},
        tests=(test,),
        visits=tuple(
            Visit(
                site=f"x{i}", fixed_cost_pd=fixed_pd[i], max_per_year=quota, burden_d=2.0, intrusiveness=1.0
            )
            for i in places
        ),
        quota_per_year={"visit": quota},
        **more,
    )
    choices = [CheckChoice(stratum=f"s{i}", with_=(test.name,), n_items=items) for i in places]
    return RegimeOptions(
        regime=regime,
        places=tuple(
            Place(site=f"x{i}", kind="visit", visits_per_year=visits, checks=(choices[i],)) for i in places
        ),
    )


def placed(name: str, **counts: int) -> Strategy:
    return Strategy(name=name, parts=tuple(Part(stratum=s, n_items=n) for s, n in counts.items()))


STRATEGIES = (
    placed("first", s0=6),
    placed("second", s1=12),
    placed("third", s2=2),
    placed("spread", s0=3, s1=5, s2=1),
    placed("two", s0=4, s2=2),
)


def plans(options: RegimeOptions) -> Iterator[tuple[tuple[int, ...], Regime, Workload]]:
    """Yield every plan with its regime and what that takes."""
    places = written_out(options)
    for choice in itertools.product(*(range(len(one.options)) for one in places)):
        regime = regime_of(options, places, choice)
        yield choice, regime, workload(regime)


def unseen(regime: Regime, strategies: tuple[Strategy, ...]) -> list[float]:
    """Return the chance of each strategy to stay unseen for a year."""
    return [math.exp(float(year_of(regime, one).inputs["ln_unseen"])) for one in strategies]


def drawn_problem(
    seed: int,
    *,
    places: int,
    options: int,
    strategies: int,
    states: int = 1,
    spread: int = 4,
    budget: float = 0.3,
) -> OneHot:
    """Options with costs and powers by lot; the first does nothing. A second state sees nothing at all."""
    random = np.random.Generator(np.random.Philox(seed))
    costs = np.sort(random.uniform(0.0, 100.0, (places, options)), axis=1)
    power = -np.sort(random.exponential(0.6, (places, options)), axis=1)
    costs[:, 0], power[:, 0] = 0.0, 0.0
    chances = np.log([1.0] if states == 1 else [0.98, 0.02])
    tables = []
    for number in range(strategies):
        touched = random.choice(places, int(random.integers(1, min(spread, places) + 1)), replace=False)
        at = tuple(sorted(int(one) for one in touched))
        ln = [power[one] * random.uniform(0.3, 3.0) for one in at]
        by_state = tuple(np.stack([one, *[np.zeros(options)] * (states - 1)], axis=1) for one in ln)
        tables.append(
            StrategyTable(
                name=f"s{number}", ln_chances=chances, fixed=np.zeros(states), places=at, ln=by_state
            )
        )
    rows = (LimitRow(name="budget", weights=costs.ravel(), most=budget * float(costs[:, -1].sum())),)
    return OneHot(options=(options,) * places, tables=tuple(tables), rows=rows)
