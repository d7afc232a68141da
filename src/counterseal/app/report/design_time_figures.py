"""Figures of time: how long until a strategy is seen, and whether that is before it has led anywhere."""

import math

import numpy as np

from counterseal.app.plots.design_delay import DelayPicture, draw_delay
from counterseal.app.plots.design_frame import Curve
from counterseal.app.plots.design_race import RacePicture, draw_race
from counterseal.app.report.design_blocks import Grid
from counterseal.app.report.design_context import Context, Drawn, LeftOut
from counterseal.app.report.design_words import figure, percent
from counterseal.design.campaigns.exact import exact
from counterseal.design.campaigns.question import YEAR_D, Question
from counterseal.design.critical_times import critical_time
from counterseal.design.delay_games import DelayEquilibrium, delay_game
from counterseal.design.effort_parts import Timeliness
from counterseal.design.exposure import (
    NEVER,
    Exposure,
    ln_unseen_by_lot,
    ln_unseen_by_monitors,
    ln_unseen_in_year,
)
from counterseal.design.power import LnUnseen, ln_unseen
from counterseal.design.rebuilding import Race, race, rebuild
from counterseal.design.states import State
from counterseal.design.strategy import Strategy

_DELAY = "How long until it is seen: chance of not being seen yet"
_RACE = "Rebuilding against detection"
_POINTS, _ROWS, _STEPS = 80, 9, 60


def delay_figure(context: Context) -> Drawn | LeftOut:
    """Return how long the least seen strategy stays unseen, and how long a host could stay unseen at best."""
    timeliness = context.effort.timeliness
    if timeliness is None:
        why = "The effort file says nothing of how time counts ('timeliness')."
        return LeftOut(name="delay", title=_DELAY, why=why)
    visits = _visits(context, timeliness)
    steps = math.floor(timeliness.period_d / timeliness.step_d + 1e-9)
    games = [delay_game(steps, visits, observing=watching) for watching in (False, True)]
    names = (
        f"blind host, {visits} visits that miss nothing",
        f"watching host, {visits} visits that miss nothing",
    )
    ideal = [
        _unseen(game, timeliness.step_d, name=name, until_d=timeliness.period_d)
        for game, name in zip(games, names, strict=True)
    ]
    as_described = _as_described(context, timeliness)
    curves = (*as_described, *ideal)
    picture = DelayPicture(curves=curves, critical_time_d=timeliness.critical_time_d)
    means = [(game.value.value or 0.0) * timeliness.step_d for game in games]
    timely = critical_time(timeliness.period_d, timeliness.critical_time_d, visits).value.value
    reading = _delay_reading(context, timeliness, as_described, means, timely)
    return Drawn(
        name="delay",
        title=_DELAY,
        reading=reading,
        grid=_delay_grid(curves, timeliness),
        picture=picture,
        svg=draw_delay(picture),
        results={
            "blind": games[0].value.document(),
            "watching": games[1].value.document(),
            "critical_time": critical_time(
                timeliness.period_d, timeliness.critical_time_d, visits
            ).document(),
        },
    )


def _visits(context: Context, timeliness: Timeliness) -> int:
    """Return the visits in the period that could show the least seen strategy."""
    regime = context.effort.regime
    exposure = Exposure(regime=regime, strategy=context.weakest_strategy)
    number = sum(
        number
        for kind, number in regime.quota_per_year.items()
        if number and ln_unseen(exposure, _lot(kind))[0] < 0.0
    )
    return int(number * timeliness.period_d / YEAR_D + 1e-9) if number else 0


def _lot(kind: str) -> LnUnseen:
    return lambda exposure, state: ln_unseen_by_lot(exposure, kind, state)


def _as_described(context: Context, timeliness: Timeliness) -> list[Curve]:
    """Return the exact curve of the regime as it is, begun on the first day; none where no law is known."""
    horizon_d = min(200.0, float(context.effort.horizon_years)) * YEAR_D
    question = Question(
        regime=context.effort.regime, strategy=context.weakest_strategy, horizon_d=horizon_d, start="first"
    )
    until_d = min(timeliness.period_d, horizon_d)
    delays = tuple(until_d * place / _POINTS for place in range(_POINTS + 1))
    told = exact(question, delays_d=delays)
    if told is None:
        return []
    name = f"{context.weakest.strategy} from the first day, as described"
    return [Curve(name=name, x=delays, y=tuple(min(1.0, max(0.0, 1.0 - seen)) for _, seen in told.by_delay))]


def _unseen(game: DelayEquilibrium, step_d: float, *, name: str, until_d: float) -> Curve:
    """Return the chance that a game's delay is longer than each number of steps, from both mixes."""
    if game.observing:
        gap_d = game.steps / (game.visits + 1) * step_d
        return Curve(name=name, x=(0.0, gap_d, until_d), y=(1.0, 0.0, 0.0))
    starts = np.zeros(game.steps)
    for start, chance in game.col_mix:
        starts[int(str(start))] += chance
    ended = np.zeros(game.steps + 1)
    for dates, chance in game.row_mix:
        ends = np.array([0, *(dates if isinstance(dates, tuple) else ()), game.steps], dtype=np.int64)
        delays = np.repeat(ends[1:], np.diff(ends)) - np.arange(game.steps)
        np.add.at(ended, delays, chance * starts)
    unseen = np.clip(1.0 - np.cumsum(ended), 0.0, 1.0)
    last = int(np.argmax(unseen <= 1e-12)) if (unseen <= 1e-12).any() else game.steps  # noqa: PLR2004 - rounding
    places = [*range(last + 1), game.steps]
    return Curve(
        name=name,
        x=tuple(place * step_d for place in places),
        y=tuple(float(unseen[place]) for place in places),
    )


def at(curve: Curve, x: float) -> float:
    """Return the height of a stepped curve at a place."""
    return curve.y[max(place for place, left in enumerate(curve.x) if left <= x + 1e-9)]


def _delay_grid(curves: tuple[Curve, ...], timeliness: Timeliness) -> Grid:
    times = sorted(
        {timeliness.period_d * place / (_ROWS - 1) for place in range(_ROWS)} | {timeliness.critical_time_d}
    )
    return Grid(
        caption="Chance of not being seen yet",
        columns=("days since the start", *(curve.name for curve in curves)),
        rows=tuple((figure(time_d), *(percent(at(curve, time_d)) for curve in curves)) for time_d in times),
    )


def _delay_reading(
    context: Context, timeliness: Timeliness, told: list[Curve], means: list[float], timely: float | None
) -> str:
    critical = f"the critical time of {timeliness.critical_time_d:g} days"
    best = (
        f"visits that missed nothing could hold the expected delay at {figure(means[0])} days against a "
        f"blind host and {figure(means[1])} against a watching one"
    )
    if not told:
        return f"At best, {best}; within {critical} they would see at most {percent(timely)}."
    seen = percent(1.0 - at(told[0], timeliness.critical_time_d))
    return (
        f"Within {critical}, {context.weakest.strategy}, begun on the first day, is seen with {seen}; {best}."
    )


def race_figure(context: Context) -> Drawn | LeftOut:
    """Return how rebuilding races with detection, for the strategy in which rebuilding wins most often."""
    runners = [one for one in context.effort.strategies if one.rebuild_stages_d]
    if not runners:
        why = "No strategy of the effort file says how long rebuilding takes ('rebuild_stages_d')."
        return LeftOut(name="race", title=_RACE, why=why)
    hazards = {one.name: hazard_per_d(context, one) for one in runners}
    races = [
        (one, race(rebuild(one.rebuild_stages_d), hazards[one.name]))
        for one in runners
        if 0.0 < hazards[one.name] < math.inf
    ]
    if not races:
        return LeftOut(
            name="race", title=_RACE, why="Nothing in this regime sees these strategies, or all at once."
        )
    strategy, told = min(races, key=lambda one: one[1].seen_first.value or 0.0)
    picture = _race_picture(strategy, told, hazards[strategy.name])
    grid = Grid(
        caption="Rebuilding and detection, by strategy",
        columns=(
            "strategy",
            "seen before done",
            "1 of 20 done by [days]",
            "half done by",
            "half seen by",
            "19 of 20 seen by",
        ),
        rows=tuple(
            (
                one.name,
                percent(held.seen_first.value),
                figure(held.rebuild_d[0].value),
                figure(held.rebuild_d[1].value),
                figure(held.detection_d[1].value),
                figure(held.detection_d[2].value),
            )
            for one, held in races
        ),
    )
    done, warned = told.rebuild_d[0].value or 0.0, told.detection_d[2].value or 0.0
    comes = "warning comes before" if done > warned else "warning may come too late"
    reading = (
        f"{strategy.name} is seen before rebuilding is done with {percent(told.seen_first.value)}; one of "
        f"twenty rebuildings is done after {figure(done)} days, nineteen of twenty are seen after "
        f"{figure(warned)}: {comes}."
    )
    return Drawn(
        name="race", title=_RACE, reading=reading, grid=grid, picture=picture, svg=draw_race(picture),
        results={one.name: held.document() for one, held in races},
        assumptions=(
            "Detection comes at the rate that gives the chance of a year, from the start of rebuilding.",
        ),
    )  # fmt: skip


def hazard_per_d(context: Context, strategy: Strategy) -> float:
    """Return the rate that gives the chance of a year, what shows the beginning itself left out [1/day]."""
    exposure = Exposure(regime=context.effort.regime, strategy=strategy)

    def going_on(one: Exposure, state: State) -> float:
        begun = ln_unseen_by_monitors(one, state, years=0.0)
        if begun == NEVER:
            return NEVER
        return ln_unseen_in_year(one, state) + ln_unseen_by_monitors(one, state, years=1.0) - begun

    return -ln_unseen(exposure, going_on)[0] / YEAR_D


def _race_picture(strategy: Strategy, told: Race, rate_per_d: float) -> RacePicture:
    """Return the chance of both in equal steps of time, until rebuilding is nearly always done."""
    made = rebuild(strategy.rebuild_stages_d)
    last_d = 1.15 * (told.rebuild_d[2].value or 0.0)
    step_d = float(f"{last_d / _STEPS:.1g}") or last_d / _STEPS
    ends = [step_d * place for place in range(math.ceil(last_d / step_d) + 1)]
    done = np.diff([made.done_by(end) for end in ends])
    seen = np.diff([-math.expm1(-rate_per_d * end) for end in ends])
    middles = tuple(end + 0.5 * step_d for end in ends[:-1])
    return RacePicture(
        strategy=strategy.name,
        curves=(
            Curve(name="seen", x=middles, y=tuple(seen.tolist())),
            Curve(name=f"rebuilt: {strategy.name}", x=middles, y=tuple(done.tolist())),
        ),
        step_d=step_d,
        warned_by_d=told.detection_d[2].value or math.inf,
        earliest_d=told.rebuild_d[0].value or 0.0,
    )
