"""The best plan: thirty sites against three hundred strategies, and a host that places items as it likes."""

from pathlib import Path

import numpy as np
from benchmarks.measure import Figure, Stopwatch
from benchmarks.sizes import QUICK, Sizes

from counterseal.design.best_plan import design
from counterseal.design.effort_plan import CheckChoice, Place
from counterseal.design.placements import Placements
from counterseal.design.plan_options import RegimeOptions
from counterseal.design.regime import Regime, Visit
from counterseal.design.strategy import Part, Strategy
from counterseal.stats.items import ItemTest, Stratum

_SEED = 7
_SHARE = 0.3
_GAP = 0.01


def proven_plan(_work: Path, sizes: Sizes) -> list[Figure]:
    """The whole question: tables, program, proof, and every figure again on the regime of the plan."""
    few = sizes == QUICK
    sites, strategies = (6, 20) if few else (30, 300)
    options, full_pd = _options(sites, visits=(0, 1, 2, 4, 6), items=(1, 2, 4, 8, 15, 30), common=0.0)
    held, watch = _strategies(sites, strategies), Stopwatch()
    design(options, held[:2], _SHARE * full_pd, mixed=False, step_p=None)
    with watch.span(1):
        told = design(options, held, _SHARE * full_pd, mixed=False, step_p=None)
    gap = (told.certificate.seen.upper or 0.0) - (told.certificate.seen.value or 0.0)
    what = (
        f"{sites} sites x {len(_one(options))} options x {strategies} strategies, "
        f"{'proven' if told.certificate.proven else 'NOT proven'} to {gap:.1e}"
    )
    return [_figure("plan-proven", what, watch, below=10)]


def placements_plan(_work: Path, sizes: Sizes) -> list[Figure]:
    """A host that may place ten false items over all strata: its best answers in turn, to one percent."""
    strata = 20 if sizes == QUICK else 200
    options, full_pd = _options(strata, visits=(0, 1, 2, 4), items=(2, 5, 10, 20), common=0.02)
    family = Placements(name="any", strata=tuple(one.name for one in options.regime.strata), n_items=10)
    watch = Stopwatch()
    with watch.span(1):
        told = design(
            options, (), _SHARE * full_pd, placements=(family,), ln_gap=_GAP, mixed=False, step_p=None
        )
    found = (
        f"{len(told.strategies)} strategies found, {'proven' if told.certificate.proven else 'NOT proven'}"
    )
    return [_figure("plan-placements", f"{strata} strata, gap {_GAP:g}, {found}", watch, below=60)]


def _one(options: RegimeOptions) -> range:
    return range(options.places[0].options)


def _figure(name: str, what: str, watch: Stopwatch, *, below: float) -> Figure:
    return Figure(
        name=name,
        what=what,
        reached=watch.cpu_s,
        unit="s",
        compared="reached",
        below=below,
        cpu_s=watch.cpu_s,
        wall_s=watch.wall_s,
    )


def _options(
    number: int, *, visits: tuple[int, ...], items: tuple[int, ...], common: float
) -> tuple[RegimeOptions, float]:
    """Return sites with a stratum each, and what doing the most everywhere costs."""
    random = np.random.Generator(np.random.Philox(_SEED))
    test = ItemTest(name="t", detect_p=0.9, cost_pd=0.2, common_mode_p=common)
    quota = number * max(visits)
    regime = Regime(
        strata=tuple(Stratum(name=f"s{i}", n_items=int(random.integers(30, 400))) for i in range(number)),
        site_of={f"s{i}": f"x{i}" for i in range(number)},
        tests=(test,),
        visits=tuple(
            Visit(site=f"x{i}", fixed_cost_pd=float(random.integers(3, 15)), max_per_year=quota)
            for i in range(number)
        ),
        quota_per_year={"visit": quota},
    )
    places = tuple(
        Place(
            site=f"x{i}",
            kind="visit",
            visits_per_year=visits,
            checks=(CheckChoice(stratum=f"s{i}", with_=("t",), n_items=items),),
        )
        for i in range(number)
    )
    full_pd = sum(max(visits) * (one.fixed_cost_pd + max(items) * 0.2) for one in regime.visits)
    return RegimeOptions(regime=regime, places=places), full_pd


def _strategies(sites: int, number: int) -> tuple[Strategy, ...]:
    random = np.random.Generator(np.random.Philox(_SEED + 1))
    found = []
    for place in range(number):
        at = sorted(random.choice(sites, int(random.integers(1, 5)), replace=False).tolist())
        parts = tuple(Part(stratum=f"s{one}", n_items=int(random.integers(1, 12))) for one in at)
        found.append(Strategy(name=f"strategy-{place}", parts=parts))
    return tuple(found)
