"""Figures of how likely a strategy is seen: against effort, against its size, against how it takes."""

import math

from counterseal.app.plots.design_effort import EffortPicture, draw_effort
from counterseal.app.plots.design_frame import Curve
from counterseal.app.plots.design_size import SizePicture, draw_size
from counterseal.app.report.design_blocks import Grid
from counterseal.app.report.design_context import Context, Drawn, LeftOut
from counterseal.app.report.design_sweep import Sweep, least_regime
from counterseal.app.report.design_words import count, figure, percent, share, spread, visits, years
from counterseal.design.exposure import (
    Exposure,
    ln_unseen_by_lot,
    ln_unseen_by_monitors,
    ln_unseen_in_year,
)
from counterseal.design.regime import Regime
from counterseal.design.regime_power import LnUnseen, Smallest, ln_unseen
from counterseal.design.strategy import Part, Strategy
from counterseal.design.workload import workload
from counterseal.stats.items import Stratum

_ROWS, _PLACES, _SHARES = 12, 60, 160
_EFFORT, _SIZE = (
    "Chance of being seen in a year, against effort",
    "Chance of being seen, against the number of false items",
)


def effort_figure(context: Context, swept: Sweep | None) -> Drawn | LeftOut:
    """Return what more or fewer visits would see."""
    if swept is None:
        return LeftOut(name="effort", title=_EFFORT, why="The regime has no visits.")
    effort, load = context.effort, context.power.workload
    quota = f"quota: {visits(load.visits_per_y)} a year"
    picture = EffortPicture(
        curves=_alike(swept),
        effort_pd_per_y=swept.effort_pd_per_y,
        worst=swept.worst,
        quota_pd_per_y=load.cost_pd_per_y,
        quota=quota,
        goal_p=effort.goal_p,
    )
    places = sorted({*spread(len(swept.worst), _ROWS), swept.visits_per_y.index(load.visits_per_y)})
    grid = Grid(
        caption="Visits, effort and least chance in a year",
        columns=("visits a year", "person-days a year", "least chance", "of the strategy"),
        rows=tuple(
            (
                f"{swept.visits_per_y[at]:g}",
                figure(swept.effort_pd_per_y[at]),
                percent(swept.worst[at]),
                swept.worst_name(at),
            )
            for at in places
        ),
    )
    return Drawn(
        name="effort", title=_EFFORT, reading=_effort_reading(context), grid=grid, picture=picture,
        svg=draw_effort(picture),
        assumptions=(
            "With more or fewer visits all kinds of them change alike, and nothing else does.",
            "The lines at 20, 50 and 90 % are levels that are often quoted, no demand of this treaty.",
        ),
    )  # fmt: skip


def _alike(swept: Sweep) -> tuple[Curve, ...]:
    """Return one curve for all strategies that are seen alike, named after the first of them."""
    groups: dict[tuple[float, ...], list[str]] = {}
    for name, chances in swept.seen:
        groups.setdefault(tuple(round(chance, 9) for chance in chances), []).append(name)
    seen = dict(swept.seen)
    return tuple(
        Curve(
            name=names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more, alike",
            x=swept.effort_pd_per_y,
            y=seen[names[0]],
        )
        for names in groups.values()
    )


def _effort_reading(context: Context) -> str:
    load, goal_p, weakest = context.power.workload, context.effort.goal_p, context.weakest
    now = (
        f"With the quota as it is, {visits(load.visits_per_y)} and {figure(load.cost_pd_per_y)} "
        f"person-days a year, the least seen strategy, {weakest.strategy}, is seen with "
        f"{percent(weakest.per_year.value)} in a year"
    )
    least = least_regime(context, goal_p)
    if least is not None:
        needed = workload(least)
        at = f"{visits(needed.visits_per_y)} ({figure(needed.cost_pd_per_y)} person-days)"
        return f"{now}; {share(goal_p)} in a year takes {at}."
    ceilings = [one.ceiling.value or 0.0 for one in context.power.strategies]
    if min(ceilings) < goal_p:
        return (
            f"{now}; {share(goal_p)} is above the ceiling of {percent(min(ceilings))}: no effort reaches it."
        )
    return f"{now}; {share(goal_p)} in a year is not reached with two and a half times the visits."


def size_figure(context: Context) -> Drawn:
    """Return how the chance grows with the number of false items, in the stratum that hides most."""
    effort = context.effort
    told = max(context.power.smallest, key=_hides)
    stratum = effort.regime.stratum(told.stratum)
    kinds = [kind for kind, _ in told.visit]
    names = [*(f"one {kind} visit" for kind in kinds), "a year", years(effort.horizon_years)]
    results = [*(result for _, result in told.visit), told.year, told.life]
    unseen = [*(_lot(kind) for kind in kinds), _years(1), _years(effort.horizon_years)]
    marked = [int(result.value) for result in results if result.value is not None]
    numbers = sorted({*_numbers(stratum.n_items), *marked})
    picture = SizePicture(
        stratum=stratum.name,
        curves=tuple(
            Curve(
                name=name,
                x=tuple(float(number) for number in numbers),
                y=tuple(_seen(effort.regime, stratum, number, one) for number in numbers),
            )
            for name, one in zip(names, unseen, strict=True)
        ),
        smallest=tuple(result.value for result in results),
        goal_p=effort.goal_p,
    )
    grid = Grid(
        caption=f"Fewest false items in one stratum that are seen with {share(effort.goal_p)}; {'–'} where "
        "not even all would be",
        columns=("stratum", "items", *names),
        rows=tuple(
            (
                one.stratum,
                count(effort.regime.stratum(one.stratum).n_items),
                *(count(result.value) for _, result in one.visit),
                count(one.year.value),
                count(one.life.value),
            )
            for one in context.power.smallest
        ),
    ).first()
    return Drawn(
        name="size", title=_SIZE, reading=_size_reading(context, told), grid=grid, picture=picture,
        svg=draw_size(picture), results={"smallest": [one.document() for one in context.power.smallest]},
    )  # fmt: skip


def _size_reading(context: Context, told: Smallest) -> str:
    goal, horizon = share(context.effort.goal_p), years(context.effort.horizon_years)
    items = context.effort.regime.stratum(told.stratum).n_items
    if told.life.value is None:
        return (
            f"Even if all {items:,} items of {told.stratum} were false, the chance would not reach {goal} "
            f"in {horizon}."
        )
    year = (
        "by no number of them in a year"
        if told.year.value is None
        else f"in a year by {count(told.year.value)} false items or more"
    )
    return (
        f"Where false items hide best, in {told.stratum} with {items:,} items, {goal} is reached {year}, in "
        f"{horizon} by {count(told.life.value)} or more."
    )


def _hides(one: Smallest) -> tuple[float, float]:
    return (one.life.value or math.inf, one.year.value or math.inf)


def _numbers(items: int) -> list[int]:
    if items <= _PLACES:
        return list(range(1, items + 1))
    return sorted({round(items ** (place / (_PLACES - 1))) for place in range(_PLACES)})


def _seen(regime: Regime, stratum: Stratum, number: int, unseen: LnUnseen) -> float:
    strategy = Strategy(name=f"{number}", parts=(Part(stratum=stratum.name, n_items=number),))
    return -math.expm1(ln_unseen(Exposure(regime=regime, strategy=strategy), unseen)[0])


def _lot(kind: str) -> LnUnseen:
    return lambda exposure, state: ln_unseen_by_lot(exposure, kind, state)


def _years(number: int) -> LnUnseen:
    return lambda exposure, state: (
        ln_unseen_in_year(exposure, state) * number
        + ln_unseen_by_monitors(exposure, state, years=float(number))
    )
