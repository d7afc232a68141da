"""How long until it is seen: the chance that it is not seen yet, for a blind and for a watching host."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class DelayPicture:
    """What is drawn.

    Attributes:
        curves: Chance that it is not seen yet against days since the start.
        critical_time_d: Time after which seeing it comes too late [days].
    """

    curves: tuple[Curve, ...]
    critical_time_d: float


_LOW, _HIGH, _HALF = 0.05, 0.42, 0.55


def _height(picture: DelayPicture) -> float:
    """Return how high the first curve is at the critical time: its name must not cover it."""
    first = picture.curves[0]
    before = [y for x, y in zip(first.x, first.y, strict=True) if x <= picture.critical_time_d]
    return before[-1] if before else 1.0


def draw_delay(picture: DelayPicture, *, form: str = "svg") -> bytes:
    """Return the figure as SVG or PNG.

    Args:
        picture: What is drawn.
        form: ``svg`` or ``png``.
    """
    with drawing() as figure:
        axes = figure.subplots()
        axes.set_xlim(0.0, max(curve.x[-1] for curve in picture.curves))
        chances_on_y(axes, "chance of not being seen yet")
        draw_curves(axes, picture.curves, step=True)
        critical = Level(at=picture.critical_time_d, name=f"critical time: {picture.critical_time_d:g} days")
        upright(axes, critical, height=_LOW if _height(picture) > _HALF else _HIGH)
        axes.set_xlabel("time since the start [days]")
        legend(figure, axes)
        return finished(figure, form)
