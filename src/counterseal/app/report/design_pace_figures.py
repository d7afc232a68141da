"""Figures of the pace of dismantlement: where items are over time, and when all of them are done."""

from counterseal.app.plots.design_frame import Curve
from counterseal.app.plots.design_pace import DonePicture, FlowPicture, draw_done, draw_flow
from counterseal.app.report.design_blocks import Grid
from counterseal.app.report.design_context import Context, Drawn, LeftOut
from counterseal.app.report.design_words import count, figure, percent
from counterseal.design.pace import Pace
from counterseal.design.what_if import WhatIf

_FLOW = "Where the items are: waiting or in work at each station, and done"
_DONE = "When all items are done"
_STATIONS, _ROWS = 5, 9


def pace_figures(context: Context) -> tuple[Drawn | LeftOut, ...]:
    """Return where items are over time, and when all are done."""
    given = context.effort.pace
    if given is None:
        why = "The effort file says nothing of dismantlement ('pace')."
        return tuple(
            LeftOut(name=name, title=title, why=why) for name, title in (("flow", _FLOW), ("done", _DONE))
        )
    told = given.pace(seed=context.seed)
    return _flow(told, given.deadline_d), _done(told, given.deadline_d)


def _flow(told: Pace, deadline_d: float) -> Drawn:
    picture = FlowPicture(times_d=told.grid_d, states=_states(told), deadline_d=deadline_d)
    places = _places(len(told.grid_d))
    grid = Grid(
        caption="Mean number of items by state",
        columns=("days since the start", *(name for name, _ in picture.states)),
        rows=tuple(
            (figure(told.grid_d[at]), *(count(numbers[at]) for _, numbers in picture.states)) for at in places
        ),
    )
    slow = next(one for one in told.stations if one.name == told.bottleneck)
    reading = (
        f"The station that could do least is {slow.name}, {figure(slow.capacity_per_y.value)} items a year; "
        f"its places work in {percent(slow.worked)} of their open hours."
    )
    return Drawn(
        name="flow", title=_FLOW, reading=reading, grid=grid, picture=picture, svg=draw_flow(picture)
    )


def _states(told: Pace) -> tuple[tuple[str, tuple[float, ...]], ...]:
    """Return items by state, what is done first; stations that hold few are put together."""
    held = {
        one.name: tuple(waits + works for waits, works in zip(one.waiting, one.in_work, strict=True))
        for one in told.stations
    }
    most = sorted(held, key=lambda name: -max(held[name]))[:_STATIONS]
    states = [("done", told.done_items)]
    states += [(f"at {name}", held[name]) for name in reversed(held) if name in most]
    others = [held[name] for name in held if name not in most]
    if others:
        states.append(("at other stations", tuple(sum(column) for column in zip(*others, strict=True))))
    if max(told.to_come) > 0.0:
        states.append(("still to come", told.to_come))
    return tuple(states)


def _places(number: int) -> list[int]:
    return sorted({round(place * (number - 1) / (_ROWS - 1)) for place in range(_ROWS)})


def _done(told: Pace, deadline_d: float) -> Drawn:
    points = dict(zip(told.grid_d, told.done_p, strict=True)) | {deadline_d: told.done.value or 0.0}
    at_d, done_p = zip(*sorted(points.items()), strict=True)
    picture = DonePicture(curves=(Curve(name="all done", x=at_d, y=done_p),), deadline_d=deadline_d)
    rows = [
        (f"all done with {percent(chance)}", f"day {figure(day.value, 4)}")
        for chance, day in told.completion_d
    ]
    rows.append((f"chance that all is done by day {deadline_d:g}", percent(told.done.value)))
    rows += [(_change(one), _gain(one, deadline_d)) for one in told.what_if]
    grid = Grid(
        caption="When all is done, and what one change would bring", columns=("", ""), rows=tuple(rows)
    )
    reading = (
        f"All items are done by day {deadline_d:g} with {percent(told.done.value)} "
        f"({percent(told.done.lower)} to {percent(told.done.upper)}); half of all runs are done by day "
        f"{figure(told.completion_d[2][1].value, 4)}."
    )
    return Drawn(
        name="done", title=_DONE, reading=reading, grid=grid, picture=picture, svg=draw_done(picture),
        results={"pace": told.document()},
    )  # fmt: skip


def _change(one: WhatIf) -> str:
    return f"{one.station}: {one.text}"


def _gain(one: WhatIf, deadline_d: float) -> str:
    """Return what a change brings: the chance by the deadline, and by how much the median day moves."""
    days = one.median_change_d.value
    moved = (
        ""
        if not days
        else f", half of all runs {figure(abs(days))} days {'sooner' if days < 0.0 else 'later'}"
    )
    return f"{percent(one.done.value)} by day {deadline_d:g}{moved}"
