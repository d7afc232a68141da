"""What more effort buys: the least chance of the best plan against cost, and the cost of the next percent."""

from dataclasses import dataclass
from itertools import pairwise

from counterseal.app.plots.design_frame import (
    BEHIND,
    FAINT,
    Level,
    across,
    chances_on_y,
    drawing,
    finished,
    grid,
)

_HEIGHT_IN, _LEFT = 5.0, 0.6


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontierPicture:
    """What is drawn.

    Attributes:
        cost_pd_per_y: Effort of each plan that no other beats [person-days a year], ascending.
        seen_p: Least chance within a year that each holds.
        next_percent_pd: Effort for each percent more between a plan and the next [person-days a year].
        goal_p: Chance that the parties want.
        as_described: Effort and least chance of the regime as it is.
    """

    cost_pd_per_y: tuple[float, ...]
    seen_p: tuple[float, ...]
    next_percent_pd: tuple[float, ...]
    goal_p: float
    as_described: tuple[float, float]


def draw_frontier(picture: FrontierPicture, *, form: str = "svg") -> bytes:
    """Return the figure as SVG or PNG: two panels over one axis of effort.

    Args:
        picture: What is drawn; plans are numbered from the cheapest, as in the table.
        form: ``svg`` or ``png``.
    """
    with drawing(height_in=_HEIGHT_IN) as figure:
        axes, below = figure.subplots(2, 1, sharex=True, height_ratios=(3, 2))
        costs, chances = picture.cost_pd_per_y, picture.seen_p
        axes.plot(costs, chances, drawstyle="steps-post", color="black", linewidth=1.6)
        axes.plot(costs, chances, linestyle="none", marker="o", markersize=6, color="black")
        for number, (cost, chance) in enumerate(zip(costs, chances, strict=True), start=1):
            axes.annotate(
                f"{number}", xy=(cost, chance), xytext=(3, -12), textcoords="offset points", fontsize=9
            )
        chances_on_y(axes, "least chance in a year")
        across(axes, Level(at=picture.goal_p, name=f"wanted: {100 * picture.goal_p:g} %"))
        cost, seen = picture.as_described
        left = cost < _LEFT * max(costs)
        axes.plot([cost], [seen], linestyle="none", marker="X", markersize=9, color="#a8320a")
        axes.annotate(
            "as described",
            xy=(cost, seen),
            xytext=(8 if left else -8, -4),
            textcoords="offset points",
            ha="left" if left else "right",
            fontsize=9,
            fontweight="bold",
            bbox=BEHIND,
        )
        axes.set_xlim(0.0, 1.08 * max(*costs, cost))
        widths = [after - before for before, after in pairwise(costs)]
        below.bar(
            costs[:-1],
            picture.next_percent_pd,
            width=widths,
            align="edge",
            color="0.8",
            edgecolor="black",
            hatch="//",
        )
        below.axhline(0.0, color=FAINT, linewidth=0.8)
        below.set_ylabel("for the next\npercent [person-days]")
        below.set_xlabel("effort [person-days a year]")
        grid(below)
        return finished(figure, form)
