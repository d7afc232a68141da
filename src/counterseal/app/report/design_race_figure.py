"""Figure of a race: whether a strategy is seen before it has led anywhere."""

import math

import numpy as np

from counterseal.app.plots.design_frame import Curve
from counterseal.app.plots.design_race import RacePicture, draw_race
from counterseal.app.report.design_blocks import Grid
from counterseal.app.report.design_context import Context, Drawn, LeftOut
from counterseal.app.report.design_words import figure, interval, percent
from counterseal.design.exposure import Exposure
from counterseal.design.race_over_states import STEADY, Hazards, hazards, race_over_states
from counterseal.design.rebuilding import Race, rebuild
from counterseal.design.strategy import Strategy
from counterseal.stats.result import Result

_RACE = "Rebuilding against detection"
_STEPS = 60


def race_figure(context: Context) -> Drawn | LeftOut:
    """Return how rebuilding races with detection, for the strategy in which rebuilding wins most often."""
    runners = [one for one in context.effort.strategies if one.rebuild_stages_d]
    if not runners:
        why = "No strategy of the effort file says how long rebuilding takes ('rebuild_stages_d')."
        return LeftOut(name="race", title=_RACE, why=why)
    races = [
        (one, race_over_states(rebuild(one.rebuild_stages_d), detection), detection)
        for one in runners
        if (detection := _hazards(context, one)).ceiling > 0.0 and detection.seen_by(0.0) < 1.0
    ]
    if not races:
        return LeftOut(
            name="race", title=_RACE, why="Nothing in this regime sees these strategies, or all at once."
        )
    strategy, told, detection = min(races, key=lambda one: one[1].seen_first.value or 0.0)
    picture = _race_picture(strategy, told, detection)
    return Drawn(
        name="race",
        title=_RACE,
        reading=_reading(strategy, told),
        grid=_grid([(one, held) for one, held, _ in races]),
        picture=picture,
        svg=draw_race(picture),
        results={one.name: held.document() for one, held, _ in races},
    )


def _hazards(context: Context, strategy: Strategy) -> Hazards:
    exposure = Exposure(regime=context.effort.regime, strategy=strategy)
    return hazards(exposure, rebuild(strategy.rebuild_stages_d))


def _grid(races: list[tuple[Strategy, Race]]) -> Grid:
    return Grid(
        caption="Rebuilding and detection, by strategy",
        columns=(
            "strategy",
            "seen before done",
            "kind of figure",
            "1 of 20 done by [days]",
            "half done by",
            "half seen by",
            "19 of 20 seen by",
        ),
        rows=tuple(
            (
                one.name,
                percent(held.seen_first.value),
                interval(held.seen_first),
                figure(held.rebuild_d[0].value),
                figure(held.rebuild_d[1].value),
                _seen_by(held.detection_d[1]),
                _seen_by(held.detection_d[2]),
            )
            for one, held in races
        ),
    )


def _seen_by(time: Result) -> str:
    return "never" if time.value is None else figure(time.value)


def _reading(strategy: Strategy, told: Race) -> str:
    done, warned = told.rebuild_d[0].value or 0.0, told.detection_d[2].value
    comes = "warning comes before" if warned is not None and done > warned else "warning may come too late"
    seen = (
        "and the chance of being seen never reaches 95 %"
        if warned is None
        else f"nineteen of twenty are seen after {figure(warned)}"
    )
    chance = percent(told.seen_first.value)
    if STEADY in told.seen_first.assumptions and not chance.startswith(("<", ">")):
        chance = f"at least {chance}"
    return (
        f"{strategy.name} is seen before rebuilding is done with {chance}; one of twenty rebuildings is done "
        f"after {figure(done)} days, {seen}: {comes}."
    )


def _race_picture(strategy: Strategy, told: Race, detection: Hazards) -> RacePicture:
    """Return the chance of both in equal steps of time, until rebuilding is nearly always done."""
    made = rebuild(strategy.rebuild_stages_d)
    last_d = 1.15 * (told.rebuild_d[2].value or 0.0)
    step_d = float(f"{last_d / _STEPS:.1g}") or last_d / _STEPS
    ends = [step_d * place for place in range(math.ceil(last_d / step_d) + 1)]
    done = np.diff([made.done_by(end) for end in ends])
    seen = np.diff([0.0, *(detection.seen_by(end) for end in ends[1:])])
    middles = tuple(end + 0.5 * step_d for end in ends[:-1])
    warned = told.detection_d[2].value
    return RacePicture(
        strategy=strategy.name,
        curves=(
            Curve(name="seen", x=middles, y=tuple(seen.tolist())),
            Curve(name=f"rebuilt: {strategy.name}", x=middles, y=tuple(done.tolist())),
        ),
        step_d=step_d,
        warned_by_d=math.inf if warned is None else warned,
        earliest_d=told.rebuild_d[0].value or 0.0,
    )
