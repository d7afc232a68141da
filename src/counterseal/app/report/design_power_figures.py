"""Figures of how likely a strategy is seen: against effort, against its size, against how it takes."""

import math

from counterseal.app.plots.design_defect import DefectPicture, draw_defect
from counterseal.app.plots.design_effort import EffortPicture, draw_effort
from counterseal.app.plots.design_frame import Curve
from counterseal.app.plots.design_size import SizePicture, draw_size
from counterseal.app.report.design_blocks import Grid
from counterseal.app.report.design_context import Context, Drawn, LeftOut
from counterseal.app.report.design_sweep import Sweep, least_regime
from counterseal.app.report.design_words import count, figure, listed, percent, share, visits, years
from counterseal.design.exposure import (
    Exposure,
    ln_unseen_by_check,
    ln_unseen_by_lot,
    ln_unseen_by_monitors,
    ln_unseen_by_visit,
    ln_unseen_in_year,
)
from counterseal.design.regime import Check, Regime, Visit
from counterseal.design.regime_power import LnUnseen, Smallest, ln_unseen
from counterseal.design.strategy import Part, Strategy
from counterseal.design.workload import workload
from counterseal.stats.items import QuantMethod, Stratum

_ROWS, _PLACES, _SHARES = 12, 60, 160
_EFFORT, _SIZE = (
    "Chance of being seen in a year, against effort",
    "Chance of being seen, against the number of false items",
)
_DEFECT = "Chance of being seen on a visit, against the share taken from each item"


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
    places = sorted({*_spread(len(swept.worst), _ROWS), swept.visits_per_y.index(load.visits_per_y)})
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


def _spread(number: int, wanted: int) -> list[int]:
    if number <= wanted:
        return list(range(number))
    return sorted({round(place * (number - 1) / (wanted - 1)) for place in range(wanted)})


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


def _by_check(check: Check) -> LnUnseen:
    return lambda exposure, state: ln_unseen_by_check(exposure, check, state)


def _lot(kind: str) -> LnUnseen:
    return lambda exposure, state: ln_unseen_by_lot(exposure, kind, state)


def _years(number: int) -> LnUnseen:
    return lambda exposure, state: (
        ln_unseen_in_year(exposure, state) * number
        + ln_unseen_by_monitors(exposure, state, years=float(number))
    )


def defect_figure(context: Context) -> Drawn | LeftOut:
    """Return how the chance on a visit depends on the share taken, where content is measured."""
    regime = context.effort.regime
    pictures = [
        _defect(regime, visit, stratum, goal_kg)
        for visit in regime.visits
        for stratum in _measured(regime, visit)
        for goal_kg in _amounts(context, stratum)
    ]
    if not pictures:
        why = "No check of a stratum that a strategy touches measures what an item holds."
        return LeftOut(name="defect", title=_DEFECT, why=why)
    picture = min(pictures, key=lambda one: one.worst[1])
    whole = picture.curves[0]
    grid = Grid(
        caption=f"Chance on one visit when {picture.goal_kg:g} kg are taken from {picture.stratum}",
        columns=("share of each item", *(curve.name for curve in picture.curves)),
        rows=tuple(
            (percent(whole.x[at]), *(percent(curve.y[at]) for curve in picture.curves))
            for at in sorted({*_spread(len(whole.x), _ROWS), whole.x.index(picture.worst[0])})
        ),
    )
    reading = (
        f"The host does best by taking {percent(picture.worst[0])} of each of enough items of "
        f"{picture.stratum}: one visit then sees it with {percent(picture.worst[1])}."
    )
    return Drawn(
        name="defect", title=_DEFECT, reading=reading, grid=grid, picture=picture, svg=draw_defect(picture)
    )


def _measured(regime: Regime, visit: Visit) -> list[Stratum]:
    names = {
        check.stratum
        for check in visit.checks
        if check.n_items and any(isinstance(regime.technique(name), QuantMethod) for name in check.with_)
    }
    return [stratum for stratum in regime.strata if stratum.name in names]


def _amounts(context: Context, stratum: Stratum) -> list[float]:
    """Return the amounts that strategies take from a stratum [kg], each once."""
    found = set()
    for strategy in context.effort.strategies:
        for part in strategy.parts:
            if part.stratum == stratum.name and part.false_items(stratum):
                each_kg = stratum.content_kg * part.defect_fraction
                found.add(part.amount_kg or part.false_items(stratum) * each_kg)
    return sorted(found)


def _defect(regime: Regime, visit: Visit, stratum: Stratum, goal_kg: float) -> DefectPicture:
    fewest = max(1, math.ceil(goal_kg / stratum.content_kg * (1.0 - 1e-9)))
    steps = _spread(stratum.n_items - fewest + 1, _SHARES)
    shares = sorted({min(1.0, goal_kg / ((fewest + step) * stratum.content_kg)) for step in steps})
    checks = [check for check in visit.checks if check.stratum == stratum.name]
    unseen: list[tuple[str, LnUnseen]] = [
        ("all checks of the visit", lambda exposure, state: ln_unseen_by_visit(exposure, visit, state))
    ]
    if len(checks) > 1:
        unseen += [
            (
                f"{listed(check.with_)} alone, {check.n_items} items",
                _by_check(check),
            )
            for check in checks[:5]
        ]

    def seen(taken: float, one: LnUnseen) -> float:
        part = Part(stratum=stratum.name, amount_kg=goal_kg, defect_fraction=taken)
        exposure = Exposure(regime=regime, strategy=Strategy(name="taken", parts=(part,)))
        return -math.expm1(ln_unseen(exposure, one)[0])

    curves = tuple(
        Curve(name=name, x=tuple(shares), y=tuple(seen(taken, one) for taken in shares))
        for name, one in unseen
    )
    lowest = min(range(len(shares)), key=lambda at: curves[0].y[at])
    return DefectPicture(
        stratum=stratum.name, goal_kg=goal_kg, curves=curves, worst=(shares[lowest], curves[0].y[lowest])
    )
