"""Figures of false alarms: what each threshold buys and costs, and what all take of the budget."""

import math
from collections.abc import Iterator
from dataclasses import replace

from scipy import special

from counterseal.app.plots.design_alarms import MOST_SOURCES, AlarmPicture, draw_alarms
from counterseal.app.plots.design_frame import MOST_LINES, Curve
from counterseal.app.plots.design_roc import RocPicture, RocPoint, draw_roc
from counterseal.app.report.design_blocks import Grid
from counterseal.app.report.design_context import Context, Drawn, LeftOut
from counterseal.app.report.design_words import figure, percent, years
from counterseal.design.regime import Regime
from counterseal.design.workload import check_false_alarm
from counterseal.stats.false_alarms import false_alarms_per_year
from counterseal.stats.items import ItemTest, QuantMethod
from counterseal.stats.variables import flag_chance

_ROC = "Detection against false alarms, test by test"
_ALARMS = "False alarms expected in a year, and the budget"
_LIMITS = tuple(0.5 + 0.1 * place for place in range(56))
_LOWEST, _HIGHEST = 1e-9, 1e-3


def roc_figure(context: Context) -> Drawn | LeftOut:
    """Return where each test stands that is used, and where other thresholds would put a measurement."""
    uses = uses_per_year(context.effort.regime)
    if not uses:
        return LeftOut(name="roc", title=_ROC, why="No visit tests an item.")
    points = tuple(_points(context, uses))
    positive = [one.false_alarm_p for one in points if one.false_alarm_p > 0.0]
    floor = min(_HIGHEST, max(_LOWEST, min(positive, default=_HIGHEST) / 10.0))
    numbers = set(uses.values())
    picture = RocPicture(
        points=points[:MOST_LINES],
        floor=10.0 ** math.floor(math.log10(floor) + 1e-9),
        uses_per_y=numbers.pop() if len(numbers) == 1 else None,
    )
    grid = Grid(
        caption="Tests at the thresholds that were chosen",
        columns=("test, and what it is to show", "shows a false item", "learnt from trials: 90 % interval",
                 "false alarm on a true item", "items a year", "false alarms a year"),
        rows=tuple(
            (
                one.name,
                percent(one.detect_p),
                "–" if one.lower == one.upper else f"{percent(one.lower)} to {percent(one.upper)}",
                percent(one.false_alarm_p) if one.false_alarm_p >= _HIGHEST / 10 or not one.false_alarm_p
                else f"{one.false_alarm_p:.2g}",
                figure(one.uses_per_y),
                figure(one.per_year),
            )
            for one in points
        ),
    )  # fmt: skip
    most = max(points, key=lambda one: one.per_year)
    reading = (
        f"The most false alarms come from {most.name}: {figure(most.per_year)} a year from "
        f"{figure(most.uses_per_y)} items, at {percent(most.detect_p)} to show a false one."
        if most.per_year
        else "No test is said to raise a false alarm; where that holds, every alarm is a true one."
    )
    return Drawn(name="roc", title=_ROC, reading=reading, grid=grid, picture=picture, svg=draw_roc(picture))


def uses_per_year(regime: Regime) -> dict[str, float]:
    """Return how many items a year each test is expected to see, by name; those of no visit are not there."""
    uses: dict[str, float] = {}
    for kind, number in regime.quota_per_year.items():
        for visit, share in regime.shares(kind):
            for check in visit.checks:
                drawn = min(check.n_items, regime.stratum(check.stratum).n_items)
                for name in check.with_:
                    uses[name] = uses.get(name, 0.0) + number * share * drawn
    return {name: number for name, number in uses.items() if number}


def _points(context: Context, uses: dict[str, float]) -> Iterator[RocPoint]:
    for technique in context.effort.regime.tests:
        if technique.name not in uses:
            continue
        number = uses[technique.name]
        if isinstance(technique, ItemTest):
            yield _test_point(technique, number)
        else:
            for fraction in _fractions(context):
                yield _method_point(technique, number, fraction)


def _test_point(test: ItemTest, uses_per_y: float) -> RocPoint:
    lower = upper = test.mean_detect_p
    if test.detect_beta is not None:
        lower, upper = (float(special.betaincinv(*test.detect_beta, chance)) for chance in (0.05, 0.95))
    return RocPoint(
        name=test.name,
        false_alarm_p=test.false_alarm_p,
        detect_p=test.mean_detect_p,
        lower=min(lower, test.mean_detect_p),
        upper=max(upper, test.mean_detect_p),
        uses_per_y=uses_per_y,
        per_year=false_alarms_per_year(uses_per_y, test.false_alarm_p).alarms_per_y.value or 0.0,
        curve=None,
    )


def _method_point(method: QuantMethod, uses_per_y: float, fraction: float) -> RocPoint:
    false_alarm, detect = flag_chance(method, 0.0), flag_chance(method, fraction)
    others = [replace(method, alarm_sigma=limit) for limit in reversed(_LIMITS)]
    name = f"{method.name}, {percent(fraction)} missing"
    return RocPoint(
        name=name,
        false_alarm_p=false_alarm,
        detect_p=detect,
        lower=detect,
        upper=detect,
        uses_per_y=uses_per_y,
        per_year=false_alarms_per_year(uses_per_y, false_alarm).alarms_per_y.value or 0.0,
        curve=Curve(
            name=name,
            x=tuple(flag_chance(one, 0.0) for one in others),
            y=tuple(flag_chance(one, fraction) for one in others),
        ),
    )


def _fractions(context: Context) -> list[float]:
    """Return the smallest and the largest share that a strategy takes from an item."""
    found = {part.defect_fraction for one in context.effort.strategies for part in one.parts}
    return sorted({min(found), max(found)})


def alarms_figure(context: Context) -> Drawn | LeftOut:
    """Return which checks and monitors raise false alarms, and what is left of the budget."""
    regime, load = context.effort.regime, context.power.workload
    sources = sorted(_sources(regime).items(), key=lambda one: (-one[1], one[0]))
    if not sources:
        return LeftOut(name="alarms", title=_ALARMS, why="The regime has neither checks nor monitors.")
    accusations = None if regime.resolution is None else load.false_accusations_per_y
    shown = tuple(sources[: MOST_SOURCES - 1])
    rest = sum(number for _, number in sources[MOST_SOURCES - 1 :])
    picture = AlarmPicture(
        sources=(*shown, ("all others", rest)) if len(sources) >= MOST_SOURCES else shown,
        total=load.false_alarms_per_y,
        accusations=accusations,
        budget=regime.false_alarm_budget,
    )
    rows = [(name, figure(number), _part(number, regime.false_alarm_budget)) for name, number in sources]
    rows.append(
        ("all", figure(load.false_alarms_per_y), _part(load.false_alarms_per_y, regime.false_alarm_budget))
    )
    if accusations is not None:
        rows.append(("left after a second look", figure(accusations), "–"))
    grid = Grid(
        caption="False alarms expected in a year with nothing amiss",
        columns=("from", "a year", "of the budget"),
        rows=tuple(rows),
    ).first()
    return Drawn(
        name="alarms", title=_ALARMS, reading=_alarms_reading(context), grid=grid, picture=picture,
        svg=draw_alarms(picture),
    )  # fmt: skip


def _sources(regime: Regime) -> dict[str, float]:
    found: dict[str, float] = {}
    for kind, number in regime.quota_per_year.items():
        for visit, share in regime.shares(kind):
            for check in visit.checks:
                name = f"{' and '.join(check.with_)} at {kind} visits"
                found[name] = found.get(name, 0.0) + number * share * check_false_alarm(regime, check)
    for monitor in regime.monitors:
        found[f"monitor {monitor.name}"] = monitor.false_alarms_per_y
    return found


def _part(number: float, budget: float | None) -> str:
    return (
        "–"
        if not budget
        else percent(number / budget)
        if number <= budget
        else f"{number / budget:.1f} times"
    )


def _alarms_reading(context: Context) -> str:
    load, regime = context.power.workload, context.effort.regime
    horizon = context.effort.horizon_years
    told = (
        f"With nothing amiss, {figure(load.false_alarms_per_y)} false alarms are expected in a year and "
        f"{figure(load.false_alarms_per_y * horizon)} in {years(horizon)}"
    )
    budget = regime.false_alarm_budget
    if budget is None:
        return f"{told}; the parties have not said how many they can bear."
    left = budget - load.false_alarms_per_y
    if left >= 0.0:
        return f"{told}; of the {budget:g} a year that the parties can bear, {figure(left)} are left."
    return f"{told}: {figure(-left)} a year MORE than the {budget:g} that the parties can bear."
