"""The figure of how much is taken from each item, where what an item holds is measured."""

import math
from dataclasses import replace

from counterseal.app.plots.design_defect import DefectPicture, draw_defect
from counterseal.app.plots.design_frame import Curve
from counterseal.app.report.design_blocks import Grid
from counterseal.app.report.design_context import Context, Drawn, LeftOut
from counterseal.app.report.design_words import listed, percent, spread
from counterseal.design.exposure import Exposure, ln_unseen_by_check, ln_unseen_by_visit
from counterseal.design.regime import Check, Regime, Visit
from counterseal.design.regime_power import LnUnseen, ln_unseen
from counterseal.design.strategy import Part, Strategy
from counterseal.stats.d_statistic import DStatisticPower, d_statistic_power
from counterseal.stats.items import QuantMethod, Stratum
from counterseal.stats.variables import flag_chance

_ROWS, _SHARES, _CURVES = 12, 160, 5
_DEFECT = "Chance of being seen on a visit, against the share taken from each item"
_EVENLY = "D statistic, a little of every item"


def defect_figure(context: Context) -> Drawn | LeftOut:
    """Return how the chance on a visit depends on the share taken, where content is measured."""
    regime = context.effort.regime
    found = [
        (_defect(regime, visit, stratum, goal_kg), visit, stratum)
        for visit in regime.visits
        for stratum in _measured(regime, visit)
        for goal_kg in _amounts(context, stratum)
    ]
    if not found:
        why = "No check of a stratum that a strategy touches measures what an item holds."
        return LeftOut(name="defect", title=_DEFECT, why=why)
    picture, visit, stratum = min(found, key=lambda one: one[0].worst[1])
    evenly = _evenly(regime, visit, stratum, picture.goal_kg)
    whole = picture.curves[0]
    rows = [
        (percent(whole.x[at]), *(percent(curve.y[at]) for curve in picture.curves))
        for at in sorted({*spread(len(whole.x), _ROWS), whole.x.index(picture.worst[0])})
    ]
    blank = ("",) * (len(picture.curves) - 1)
    rows += [(_EVENLY, percent(evenly.power.value), *blank)] if evenly else []
    return Drawn(
        name="defect",
        title=_DEFECT,
        reading=_reading(picture, visit, evenly),
        grid=Grid(
            caption=f"Chance on one visit when {picture.goal_kg:g} kg are taken from {picture.stratum}",
            columns=("share of each item", *(curve.name for curve in picture.curves)),
            rows=tuple(rows),
        ),
        picture=picture,
        svg=draw_defect(picture),
        results={} if evenly is None else {"evenly": evenly.document()},
    )


def _reading(picture: DefectPicture, visit: Visit, evenly: DStatisticPower | None) -> str:
    told = (
        f"The host does best by taking {percent(picture.worst[0])} of each of enough items of "
        f"{picture.stratum}: one {visit.kind} visit to {visit.site} then sees it with "
        f"{percent(picture.worst[1])}"
    )
    if evenly is None:
        return f"{told}."
    return (
        f"{told}; if the same amount is taken evenly from every item, all differences together (the D "
        f"statistic, with the false alarm rate of one item) show it with {percent(evenly.power.value)}."
    )


def _evenly(regime: Regime, visit: Visit, stratum: Stratum, goal_kg: float) -> DStatisticPower | None:
    """Return what the differences of a visit show together if a little of every item is missing.

    The errors of a method are those of differences; the formula adds squares of two parties', so each gets
    half.
    """
    if stratum.items_by_size is not None:
        return None
    told = []
    for check in visit.checks:
        for name in check.with_ if check.stratum == stratum.name and check.n_items else ():
            method = regime.technique(name)
            if isinstance(method, QuantMethod) and 0.0 < flag_chance(method, 0.0) < 1.0:
                half = replace(
                    method,
                    rel_random=method.rel_random / math.sqrt(2.0),
                    rel_systematic=method.rel_systematic / math.sqrt(2.0),
                )
                drawn, alarm_p = min(check.n_items, stratum.n_items), flag_chance(method, 0.0)
                told.append(
                    d_statistic_power(
                        stratum, drawn, goal_kg, operator=half, inspector=half, false_alarm_p=alarm_p
                    )
                )
    return max(told, key=lambda one: one.power.value or 0.0, default=None)


def _measured(regime: Regime, visit: Visit) -> list[Stratum]:
    names = {
        check.stratum
        for check in visit.checks
        if check.n_items and any(isinstance(regime.technique(name), QuantMethod) for name in check.with_)
    }
    return [stratum for stratum in regime.strata if stratum.name in names]


def _held_kg(stratum: Stratum, number: int) -> float:
    """Return what so many of the largest items hold [kg]."""
    sizes = sorted(stratum.items_by_size or ((stratum.content_kg, stratum.n_items),), reverse=True)
    held_kg = 0.0
    for each_kg, there in sizes:
        held_kg += each_kg * min(number, there)
        number -= min(number, there)
    return held_kg


def _amounts(context: Context, stratum: Stratum) -> list[float]:
    """Return the amounts that strategies take from a stratum [kg], each once."""
    found = set()
    for strategy in context.effort.strategies:
        for part in strategy.parts:
            if part.stratum == stratum.name and (number := part.false_items(stratum)):
                found.add(part.amount_kg or _held_kg(stratum, number) * part.defect_fraction)
    return sorted(found)


def _shares(stratum: Stratum, goal_kg: float) -> list[float]:
    """Return the shares that take the amount from each possible number of items, the largest first."""
    numbers = range(1, stratum.n_items + 1)
    enough = [one for one in numbers if _held_kg(stratum, one) >= goal_kg * (1.0 - 1e-9)]
    chosen = [enough[place] for place in spread(len(enough), _SHARES)]
    return sorted({min(1.0, goal_kg / _held_kg(stratum, one)) for one in chosen})


def _defect(regime: Regime, visit: Visit, stratum: Stratum, goal_kg: float) -> DefectPicture:
    shares = _shares(stratum, goal_kg)
    checks = [check for check in visit.checks if check.stratum == stratum.name]
    unseen: list[tuple[str, LnUnseen]] = [
        ("all checks of the visit", lambda exposure, state: ln_unseen_by_visit(exposure, visit, state))
    ]
    if len(checks) > 1:
        unseen += [
            (f"{listed(check.with_)} alone, {check.n_items} items", _by_check(check))
            for check in checks[:_CURVES]
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


def _by_check(check: Check) -> LnUnseen:
    return lambda exposure, state: ln_unseen_by_check(exposure, check, state)
