"""What each party holds of how many items there are, beforehand in grey; what evidence alone bounds."""

from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from counterseal.app.plots.design_frame import (
    LETTERS,
    LINES,
    MOST_LINES,
    Curve,
    chances_on_y,
    drawing,
    finished,
    legend,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PosteriorPicture:
    """What is drawn.

    Attributes:
        declared: Declared items.
        after: Chance of at most so many items in all, after the evidence, a curve a party.
        before: The same beforehand, in the same order.
        bounds: Items in all that each party holds with ``confidence``, in the same order.
        free: What the evidence alone bounds, items in all; None where it bounds nothing.
        confidence: Of the bounds.
    """

    declared: int
    after: tuple[Curve, ...]
    before: tuple[Curve, ...]
    bounds: tuple[float, ...]
    free: float | None
    confidence: float


def draw_posterior(picture: PosteriorPicture, *, form: str = "svg") -> bytes:
    """Return the figure as SVG or PNG: one line a party, its prior in grey beneath it, the bracket above.

    Args:
        picture: What is drawn; the first six parties.
        form: ``svg`` or ``png``.
    """
    with drawing() as figure:
        axes = figure.subplots()
        chances_on_y(axes, "chance of at most so many")
        axes.set_ylim(0.0, 1.14)
        last = max(curve.x[-1] for curve in picture.after)
        for place, (after, before) in enumerate(zip(picture.after, picture.before, strict=True)):
            if place >= MOST_LINES:
                break
            style, mark, colour = LINES[place]
            axes.plot(
                before.x, before.y, drawstyle="steps-post", linestyle=style, color="0.72", linewidth=1.3
            )
            axes.plot(
                after.x, after.y, drawstyle="steps-post", linestyle=style, color=colour, linewidth=1.7,
                marker=mark, markevery=max(1, len(after.x) // 6), markersize=5,
                markerfacecolor="white" if place % 2 else colour,
                label=f"{LETTERS[place]}  {after.name}: {100 * picture.confidence:g} % for at most "
                f"{picture.bounds[place]:,.0f}; beforehand in grey",
            )  # fmt: skip
        _bracket(axes, picture, last)
        axes.set_xlim(picture.declared, last)
        axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
        axes.ticklabel_format(axis="x", style="plain", useOffset=False)
        axes.set_xlabel(f"items in all ({picture.declared:,} declared)")
        legend(figure, axes)
        return finished(figure, form)


def _bracket(axes: Axes, picture: PosteriorPicture, last: float) -> None:
    if picture.free is None:
        text, end = "evidence alone: no bound", last
    else:
        text, end = f"evidence alone, no prior: at most {picture.free:,.0f}", min(picture.free, last)
    axes.annotate(
        "", xy=(end, 1.06), xytext=(picture.declared, 1.06),
        arrowprops={"arrowstyle": "|-|" if picture.free is not None and picture.free <= last else "|->",
                    "mutation_scale": 4.0, "linewidth": 1.2, "shrinkA": 0, "shrinkB": 0},
    )  # fmt: skip
    axes.annotate(
        text, xy=(0.01, 1.075), xycoords=("axes fraction", "data"), fontsize=9, va="bottom", ha="left"
    )
