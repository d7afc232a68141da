"""Chance of being seen on a visit against the share taken from each item, the host's best point marked."""

from dataclasses import dataclass

from counterseal.app.plots.design_frame import Curve, chances_on_y, draw_curves, drawing, finished, legend


@dataclass(frozen=True, slots=True, kw_only=True)
class DefectPicture:
    """What is drawn.

    Attributes:
        stratum: Where the amount is taken.
        goal_kg: The amount in all [kg].
        curves: Chance against the share taken from each false item [0 to 1]: all checks, and each alone.
        worst: Share at which the chance by all checks is smallest, and that chance.
    """

    stratum: str
    goal_kg: float
    curves: tuple[Curve, ...]
    worst: tuple[float, float]


def draw_defect(picture: DefectPicture, *, form: str = "svg") -> bytes:
    """Return the figure as SVG or PNG.

    Args:
        picture: What is drawn.
        form: ``svg`` or ``png``.
    """
    with drawing() as figure:
        axes = figure.subplots()
        axes.set_xlim(0.0, 1.0)
        chances_on_y(axes, "chance of being seen on a visit")
        draw_curves(axes, picture.curves)
        share, chance = picture.worst
        axes.plot([share], [chance], marker="o", markersize=13, markerfacecolor="none", color="black")
        axes.annotate(
            "host's best",
            xy=(share, chance),
            xytext=(-8 if share > 0.5 else 8, -16 if chance > 0.5 else 12),  # noqa: PLR2004 - halves
            textcoords="offset points",
            ha="right" if share > 0.5 else "left",  # noqa: PLR2004 - half
            fontsize=9,
            fontweight="bold",
        )
        axes.xaxis.set_major_formatter(lambda value, _: f"{100 * value:.0f} %")
        axes.set_xlabel(f"share taken from each item, {picture.goal_kg:g} kg in all")
        legend(figure, axes)
        return finished(figure, form)
