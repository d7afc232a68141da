"""Chance of being seen against the number of false items: one visit, a year, the treaty's life."""

from dataclasses import dataclass

from matplotlib.ticker import FuncFormatter

from counterseal.app.plots.design_frame import (
    BEHIND,
    Curve,
    Level,
    across,
    chances_on_y,
    draw_curves,
    drawing,
    finished,
    legend,
)

_FEW = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class SizePicture:
    """What is drawn.

    Attributes:
        stratum: Where the false items are.
        curves: Chance of being seen against their number, a curve for a visit of each kind, a year, life.
        smallest: Fewest false items that are seen with the wanted chance, by curve; None where none are.
        goal_p: Chance that the parties want.
    """

    stratum: str
    curves: tuple[Curve, ...]
    smallest: tuple[float | None, ...]
    goal_p: float


def draw_size(picture: SizePicture, *, form: str = "svg") -> bytes:
    """Return the figure as SVG or PNG, the smallest number that is seen marked on each line.

    Args:
        picture: What is drawn.
        form: ``svg`` or ``png``.
    """
    with drawing() as figure:
        axes = figure.subplots()
        most = max(curve.x[-1] for curve in picture.curves)
        if most > _FEW:
            axes.set_xscale("log")
        axes.set_xlim(1.0, max(most, 2.0))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
        chances_on_y(axes, "chance of being seen")
        draw_curves(axes, picture.curves)
        across(axes, Level(at=picture.goal_p, name=f"wanted: {100 * picture.goal_p:g} %"))
        for curve, number in zip(picture.curves, picture.smallest, strict=True):
            if number is not None:
                height = curve.y[curve.x.index(number)]
                axes.plot([number, number], [0.0, height], color="0.6", linewidth=0.9, linestyle=":")
                axes.annotate(
                    f"{number:,.0f}",
                    xy=(number, 0.0),
                    xytext=(3, 5),
                    textcoords="offset points",
                    fontsize=9,
                    fontweight="bold",
                    bbox=BEHIND,
                    zorder=4,
                )
        axes.set_xlabel(f"false items in {picture.stratum} [items]")
        legend(figure, axes)
        return finished(figure, form)
