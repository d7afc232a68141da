"""Chance of being seen against effort: a line a strategy, the worst thick, quota and wanted chance."""

from collections.abc import Sequence
from dataclasses import dataclass

from counterseal.app.plots.design_frame import (
    MOST_LINES,
    Curve,
    Level,
    across,
    chances_on_y,
    draw_curves,
    drawing,
    finished,
    legend,
    upright,
)

HELD_AGAINST = (0.2, 0.5, 0.9)
"""Chances to which thin lines are drawn."""
_NEAR, _HIGH = 0.055, 0.6


@dataclass(frozen=True, slots=True, kw_only=True)
class EffortPicture:
    """What is drawn.

    Attributes:
        curves: Chance of being seen within a year against effort [person-days a year], a curve a strategy.
        effort_pd_per_y: Efforts of all curves.
        worst: The smallest chance at each.
        quota_pd_per_y: Effort of the quota as it is.
        quota: What the quota is, in words.
        goal_p: Chance that the parties want.
    """

    curves: tuple[Curve, ...]
    effort_pd_per_y: tuple[float, ...]
    worst: tuple[float, ...]
    quota_pd_per_y: float
    quota: str
    goal_p: float


def draw_effort(picture: EffortPicture, *, form: str = "svg") -> bytes:
    """Return the figure as SVG or PNG; of many strategies the least seen are drawn, and the worst of all.

    Args:
        picture: What is drawn.
        form: ``svg`` or ``png``.
    """
    with drawing() as figure:
        axes = figure.subplots()
        axes.set_xlim(0.0, max(picture.effort_pd_per_y))
        chances_on_y(axes, "chance of being seen\nin a year")
        axes.plot(
            picture.effort_pd_per_y,
            picture.worst,
            linewidth=6.0,
            color="0.80",
            solid_capstyle="butt",
            label="least seen of all strategies",
            zorder=2,
        )
        draw_curves(axes, shown(picture.curves))
        for level in _levels(picture.goal_p):
            across(axes, level, right=level.at < _HIGH)
        upright(axes, Level(at=picture.quota_pd_per_y, name=picture.quota), height=0.02)
        axes.set_xlabel("effort [person-days a year]")
        legend(figure, axes)
        return finished(figure, form)


def shown(curves: Sequence[Curve]) -> tuple[Curve, ...]:
    """Return the curves that end lowest, as many as can be told apart, in the order given."""
    lowest = sorted(range(len(curves)), key=lambda place: (curves[place].y[-1], place))[:MOST_LINES]
    return tuple(curves[place] for place in sorted(lowest))


def _levels(goal_p: float) -> list[Level]:
    apart = [one for one in HELD_AGAINST if abs(one - goal_p) > _NEAR]
    return [Level(at=goal_p, name=f"wanted: {100 * goal_p:g} %")] + [
        Level(at=one, name=f"{100 * one:g} %") for one in apart
    ]
