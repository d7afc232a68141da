"""Dismantlement over time: items by state, stacked, and the chance that all are done by a date."""

from dataclasses import dataclass

from counterseal.app.plots.design_frame import (
    Curve,
    Level,
    chances_on_y,
    draw_curves,
    drawing,
    finished,
    legend,
    upright,
)

_SHADES = (
    ("0.92", ""),
    ("0.65", "////"),
    ("0.82", "...."),
    ("0.45", ""),
    ("0.75", "\\\\\\\\"),
    ("0.97", "xxxx"),
    ("0.3", ""),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowPicture:
    """What is drawn of the items.

    Attributes:
        times_d: Days since the start, ascending.
        states: ``(state, items at each time)``, the first at the bottom.
        deadline_d: When it is to be done; None where nobody said.
    """

    times_d: tuple[float, ...]
    states: tuple[tuple[str, tuple[float, ...]], ...]
    deadline_d: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DonePicture:
    """What is drawn of the end.

    Attributes:
        curves: Chance that all are done by a time against days since the start.
        deadline_d: When it is to be done; None where nobody said.
    """

    curves: tuple[Curve, ...]
    deadline_d: float | None = None


def draw_flow(picture: FlowPicture, *, form: str = "svg") -> bytes:
    """Return the items by state over time as SVG or PNG.

    Args:
        picture: What is drawn.
        form: ``svg`` or ``png``.
    """
    with drawing(height_in=4.2) as figure:
        axes = figure.subplots()
        below = [0.0] * len(picture.times_d)
        for place, (name, numbers) in enumerate(picture.states):
            shade, hatch = _SHADES[place % len(_SHADES)]
            above = [low + number for low, number in zip(below, numbers, strict=True)]
            axes.fill_between(
                picture.times_d, below, above, facecolor=shade, edgecolor="0.2", linewidth=0.7, hatch=hatch,
                label=name,
            )  # fmt: skip
            below = above
        axes.set_xlim(picture.times_d[0], picture.times_d[-1])
        axes.set_ylim(0.0, 1.02 * (max(below) or 1.0))
        if picture.deadline_d is not None and picture.deadline_d <= picture.times_d[-1]:
            upright(axes, Level(at=picture.deadline_d, name="to be done"), height=0.5)
        axes.set_ylabel("items")
        axes.set_xlabel("time since the start [days]")
        legend(figure, axes)
        return finished(figure, form)


def draw_done(picture: DonePicture, *, form: str = "svg") -> bytes:
    """Return the chance that all are done by a time as SVG or PNG.

    Args:
        picture: What is drawn.
        form: ``svg`` or ``png``.
    """
    with drawing() as figure:
        axes = figure.subplots()
        last = max(curve.x[-1] for curve in picture.curves)
        axes.set_xlim(min(curve.x[0] for curve in picture.curves), last)
        chances_on_y(axes, "chance that all are done")
        draw_curves(axes, picture.curves)
        if picture.deadline_d is not None and picture.deadline_d <= last:
            upright(axes, Level(at=picture.deadline_d, name="to be done"), height=0.5)
        axes.set_xlabel("time since the start [days]")
        legend(figure, axes)
        return finished(figure, form)
