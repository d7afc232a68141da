"""Figure of time: how long until a strategy is seen, and how soon it could be at best."""

import numpy as np

from counterseal.app.plots.design_delay import DelayPicture, draw_delay
from counterseal.app.plots.design_frame import Curve
from counterseal.app.report.design_blocks import Grid
from counterseal.app.report.design_context import Context, Drawn, LeftOut
from counterseal.app.report.design_words import figure, percent
from counterseal.design.campaigns.exact import exact
from counterseal.design.campaigns.question import YEAR_D, Question
from counterseal.design.critical_times import critical_time
from counterseal.design.delay_games import DelayEquilibrium, delay_game
from counterseal.design.effort_parts import Timeliness
from counterseal.design.errors import DesignError
from counterseal.design.exposure import Exposure, ln_unseen_by_lot
from counterseal.design.regime_power import LnUnseen, ln_unseen
from counterseal.design.time_to_detection import rounded_up, steps_in, visits_in

_DELAY = "How long until it is seen: chance of not being seen yet"
_POINTS, _ROWS = 80, 9


def delay_figure(context: Context) -> Drawn | LeftOut:
    """Return how long the least seen strategy stays unseen, and how long a host could stay unseen at best."""
    timeliness = context.effort.timeliness
    if timeliness is None:
        why = "The effort file says nothing of how time counts ('timeliness')."
        return LeftOut(name="delay", title=_DELAY, why=why)
    try:
        steps = steps_in(timeliness)
    except DesignError as error:
        return LeftOut(name="delay", title=_DELAY, why=f"{error}.")
    number = _bearing_per_y(context)
    visits = visits_in(number, timeliness.period_d)
    part = rounded_up(number, timeliness.period_d)
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
        assumptions=(f"At best: {part}.",) if part else (),
    )


def _bearing_per_y(context: Context) -> int:
    """Return the visits a year that could show the least seen strategy."""
    regime = context.effort.regime
    exposure = Exposure(regime=regime, strategy=context.weakest_strategy)
    return sum(
        number
        for kind, number in regime.quota_per_year.items()
        if number and ln_unseen(exposure, _lot(kind))[0] < 0.0
    )


def _lot(kind: str) -> LnUnseen:
    return lambda exposure, state: ln_unseen_by_lot(exposure, kind, state)


def _as_described(context: Context, timeliness: Timeliness) -> list[Curve]:
    """Return the exact curve of the regime as it is, begun on the first day; none where no law is known."""
    horizon_d = min(200.0, float(context.effort.horizon_years)) * YEAR_D
    question = Question(
        regime=context.effort.regime, strategy=context.weakest_strategy, horizon_d=horizon_d, start="first"
    )
    until_d = min(timeliness.period_d, horizon_d)
    steps = {until_d * place / _POINTS for place in range(_POINTS + 1)}
    delays = tuple(sorted(steps | {min(timeliness.critical_time_d, until_d)}))
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
