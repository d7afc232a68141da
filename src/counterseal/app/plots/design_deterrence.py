"""From which loss on the host is better off staying legal, at every quota: the map of deterrence."""

from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter

from counterseal.app.plots.design_frame import Level, across, drawing, finished


@dataclass(frozen=True, slots=True, kw_only=True)
class DeterrencePicture:
    """What is drawn.

    Attributes:
        visits_per_y: Visits a year, ascending.
        loss: Loss when seen from which on no strategy pays, at each [unit of the utilities]; infinite where
            no loss is enough.
        quota_per_y: Visits a year as they are.
        loss_range: What the parties say that the host stands to lose; None where they do not.
        unit: What the loss is counted in.
    """

    visits_per_y: tuple[float, ...]
    loss: tuple[float, ...]
    quota_per_y: float
    loss_range: tuple[float, float] | None
    unit: str


def draw_deterrence(picture: DeterrencePicture, *, form: str = "svg") -> bytes:
    """Return the figure as SVG or PNG; hatched is where legal conduct is the best for the host.

    Args:
        picture: What is drawn.
        form: ``svg`` or ``png``.
    """
    with drawing() as figure:
        axes = figure.subplots()
        points = [
            (x, y) for x, y in zip(picture.loss, picture.visits_per_y, strict=True) if x != float("inf")
        ]
        given = list(picture.loss_range or ())
        positive = [x for x, _ in points if x > 0.0] + given
        low, high = min(positive) / 1.6, max(positive) * 1.6
        axes.set_xscale("log")
        axes.set_xlim(low, high)
        axes.set_ylim(0.0, max(picture.visits_per_y))
        at = [min(max(x, low), high) for x, _ in points]
        heights = [y for _, y in points]
        axes.plot(at, heights, color="black", linewidth=1.8)
        axes.fill_betweenx(heights, at, high, facecolor="none", edgecolor="0.6", hatch="///", linewidth=0.0)
        _write(axes, picture)
        return finished(figure, form)


def _write(axes: Axes, picture: DeterrencePicture) -> None:
    box = {"facecolor": "white", "edgecolor": "none", "pad": 2.0}
    axes.annotate(
        "staying legal is best", xy=(0.97, 0.93), xycoords="axes fraction", ha="right", va="top",
        fontweight="bold", bbox=box,
    )  # fmt: skip
    axes.annotate(
        "some strategy pays", xy=(0.02, 0.085), xycoords="axes fraction", ha="left", va="bottom", bbox=box
    )
    across(axes, Level(at=picture.quota_per_y, name=f"quota: {picture.quota_per_y:g} a year"), style="--")
    if picture.loss_range is not None:
        axes.axvspan(*picture.loss_range, ymax=0.02, color="black")
        axes.annotate(
            "range that the parties state",
            xy=(picture.loss_range[1], 0.02), xycoords=("data", "axes fraction"), xytext=(0, 3),
            textcoords="offset points", ha="right", va="bottom", fontsize=9, bbox=box,
        )  # fmt: skip
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.xaxis.set_major_locator(LogLocator(base=10.0, subs=(1.0, 2.0, 5.0), numticks=20))
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.set_ylabel("visits a year")
    axes.yaxis.set_major_locator(MaxNLocator(6, integer=True))
    axes.set_xlabel(f"what the host loses when seen\n[{picture.unit}]")
