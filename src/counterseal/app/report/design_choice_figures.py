"""Figures for those who decide: what moves the headline figure, and what deters."""

import math

from counterseal.app.plots.design_deterrence import DeterrencePicture, draw_deterrence
from counterseal.app.plots.design_tornado import TornadoPicture, draw_tornado
from counterseal.app.report.design_blocks import Grid
from counterseal.app.report.design_context import Context, Drawn, LeftOut
from counterseal.app.report.design_sensitivity_run import Sensitive
from counterseal.app.report.design_sweep import Sweep
from counterseal.app.report.design_words import NONE, figure, listed, percent, visits
from counterseal.design.effort_parts import Utilities
from counterseal.design.quota_that_deters import deterring_loss, deterring_quota, gains_of

_TORNADO = "Which uncertain input moves the least chance in a year"
_DETER = "From which loss on staying legal is best for the host"
_ROWS = 9
_UNIFORM = (
    "For the shares of the variance each uncertain input is taken as uniform over its range, and inputs as "
    "independent of each other."
)


def tornado_figure(told: Sensitive | None) -> Drawn | LeftOut:
    """Return what each uncertain input does by itself."""
    if told is None or not told.bars:
        why = "The effort file names no uncertain input ('sensitivity')."
        return LeftOut(name="tornado", title=_TORNADO, why=why if told is None else told.refused[0])
    if not told.bars[0].swing:
        why = "None of the uncertain inputs moves the least chance in a year."
        return LeftOut(name="tornado", title=_TORNADO, why=why)
    shares = {} if told.shares is None else {name: one.value or 0.0 for name, one in told.shares.total}
    picture = TornadoPicture(
        base=told.base,
        bars=tuple((bar.name, bar.low, bar.high, bar.at_low, bar.at_high) for bar in told.bars),
        shares=tuple(shares.items()),
    )
    grid = Grid(
        caption="Least chance in a year with one input changed, all others as they are",
        columns=("input", "low", "high", "chance at low", "chance at high", "share of the variance"),
        rows=tuple(
            (
                bar.name,
                f"{bar.low:g}",
                f"{bar.high:g}",
                percent(bar.at_low),
                percent(bar.at_high),
                percent(min(1.0, max(0.0, shares[bar.name]))) if bar.name in shares else NONE,
            )
            for bar in told.bars
        ),
    )
    most = told.bars[0]
    low, high = sorted((most.at_low, most.at_high))
    reading = (
        f"{most.name} moves the least chance in a year most: from {percent(low)} to {percent(high)}, where "
        f"it is {percent(told.base)} as the file has it."
    )
    results = {
        name: one.document()
        for name, one in (("shares", told.shares), ("least", told.least), ("most", told.most))
        if one is not None
    }
    return Drawn(
        name="tornado", title=_TORNADO, reading=reading, grid=grid, picture=picture,
        svg=draw_tornado(picture), results=results, assumptions=(_UNIFORM,) if shares else (),
    )  # fmt: skip


def deterrence_figure(context: Context, swept: Sweep | None) -> Drawn | LeftOut:
    """Return from which loss on no strategy pays, at every quota."""
    if swept is None:
        return LeftOut(name="deterrence", title=_DETER, why="The regime has no visits.")
    gains = gains_of(context.effort.strategies)
    stated_gain = any(one.gain for one in context.effort.strategies)
    unit = "in units of the gains stated" if stated_gain else "times what it gains unseen"
    losses = tuple(_loss(context, swept, at, gains) for at in range(len(swept.visits_per_y)))
    if not any(0.0 < loss < math.inf for loss in losses):
        why = "At no quota is there a loss that would deter: some strategy is never seen, or each at once."
        return LeftOut(name="deterrence", title=_DETER, why=why)
    stated = context.effort.utilities
    picture = DeterrencePicture(
        visits_per_y=swept.visits_per_y,
        loss=losses,
        quota_per_y=context.power.workload.visits_per_y,
        loss_range=None if stated is None else (stated.loss_low, stated.loss_high),
        unit=unit,
    )
    here = swept.visits_per_y.index(picture.quota_per_y)
    places = sorted({round(place * (len(losses) - 1) / (_ROWS - 1)) for place in range(_ROWS)} | {here})
    grid = Grid(
        caption=f"Loss when seen from which on no strategy pays, {unit}",
        columns=("visits a year", "loss that deters"),
        rows=tuple(
            (
                f"{swept.visits_per_y[at]:g}",
                "no loss is enough" if losses[at] == math.inf else figure(losses[at]),
            )
            for at in places
        ),
    )
    return Drawn(
        name="deterrence", title=_DETER, reading=_deter_reading(context, swept, losses, gains), grid=grid,
        picture=picture, svg=draw_deterrence(picture),
        results={"gains": gains, "left_out": sorted(_left_out(context, gains))},
        assumptions=(
            "The host weighs gains, losses and false alarms of one year by their chances, and knows them.",
            "What a departure gains and what being seen costs are judgements, stated in the effort file.",
        ),
    )  # fmt: skip


def _left_out(context: Context, gains: dict[str, float]) -> set[str]:
    return {one.name for one in context.effort.strategies} - set(gains)


def _loss(context: Context, swept: Sweep, at: int, gains: dict[str, float]) -> float:
    """Return the smallest loss at which every strategy pays no more than staying legal."""
    stated = context.effort.utilities
    cost = 0.0 if stated is None else stated.false_alarm_cost * swept.alarms_per_y[at]
    chances = dict(swept.seen)
    return max(deterring_loss(gain, chances[name][at], cost) for name, gain in gains.items())


def _enough(context: Context, stated: Utilities) -> str:
    """Return how many visits deter at the smallest loss that the parties state."""
    quota = deterring_quota(
        context.effort.regime,
        context.effort.strategies,
        loss=stated.loss_low,
        false_alarm_cost=stated.false_alarm_cost,
    )
    enough = (
        "no number of visits would do" if quota.value is None else f"{visits(quota.value)} would be needed"
    )
    return f"at {stated.loss_low:g}, {enough}"


def _deter_reading(context: Context, swept: Sweep, losses: tuple[float, ...], gains: dict[str, float]) -> str:
    quota, stated = context.power.workload.visits_per_y, context.effort.utilities
    needed = losses[swept.visits_per_y.index(quota)]
    told = (
        f"With {visits(quota)} a year no loss deters"
        if needed == math.inf
        else f"With {visits(quota)} a year the host is better off legal where being seen costs it at least "
        f"{figure(needed)}"
    )
    if set(gains.values()) == {1.0}:
        told += " times what it gains unseen" if needed != math.inf else ""
    if stated is not None:
        told += (
            f" (the parties state {stated.loss_low:g} to {stated.loss_high:g}; {_enough(context, stated)})"
        )
    least = losses.index(min(losses))
    if losses[-1] > losses[least]:
        told += (
            f"; beyond {visits(swept.visits_per_y[least])} more of them need a larger loss, for false alarms "
            "cost the legal host more than they win"
        )
    without = _left_out(context, gains)
    return told + (f"; without a stated gain: {listed(sorted(without))}." if without else ".")
