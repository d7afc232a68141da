"""Rebuilding against detection: how likely each comes in which month, as two densities over one axis."""

from dataclasses import dataclass

from counterseal.app.plots.design_frame import (
    Curve,
    Level,
    draw_curves,
    drawing,
    finished,
    grid,
    legend,
    upright,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RacePicture:
    """What is drawn.

    Attributes:
        strategy: Whose rebuilding it is.
        curves: Chance for each step of time against days: that it is seen then, and that it is done then.
        step_d: Length of a step [days].
        warned_by_d: Time within which nineteen of twenty are seen [days].
        earliest_d: Time by which one of twenty is done [days].
    """

    strategy: str
    curves: tuple[Curve, ...]
    step_d: float
    warned_by_d: float
    earliest_d: float


def draw_race(picture: RacePicture, *, form: str = "svg") -> bytes:
    """Return the figure as SVG or PNG.

    Args:
        picture: What is drawn.
        form: ``svg`` or ``png``.
    """
    with drawing() as figure:
        axes = figure.subplots()
        last = max(curve.x[-1] for curve in picture.curves)
        axes.set_xlim(0.0, last)
        axes.set_ylim(0.0, 1.08 * max(max(curve.y) for curve in picture.curves))
        draw_curves(axes, picture.curves)
        grid(axes)
        if picture.warned_by_d <= last:
            upright(axes, Level(at=picture.warned_by_d, name="19 of 20 are seen"), height=0.45)
        upright(axes, Level(at=picture.earliest_d, name="1 of 20 is done"), height=0.45, style=":")
        axes.yaxis.set_major_formatter(lambda value, _: f"{100 * value:.3g} %")
        axes.set_ylabel(f"chance in each {picture.step_d:g} days")
        axes.set_xlabel("time since the start [days]")
        legend(figure, axes)
        return finished(figure, form)
