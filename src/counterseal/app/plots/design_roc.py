"""How tests tell false items from true ones: detection against false alarms, chosen points marked."""

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

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
class RocPoint:
    """A test at the threshold that was chosen.

    Attributes:
        name: The test, and what it is to show.
        false_alarm_p: Chance of a false alarm on a true item.
        detect_p: Chance that it shows a false one.
        lower: Lower end of that chance where it was learnt from trials.
        upper: Upper end.
        uses_per_y: True items a year that the test is expected to see [1/year].
        per_year: False alarms expected in a year of visits [1/year].
        curve: What other thresholds would give; None where the file gives one point alone.
    """

    name: str
    false_alarm_p: float
    detect_p: float
    lower: float
    upper: float
    uses_per_y: float
    per_year: float
    curve: Curve | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RocPicture:
    """What is drawn.

    Attributes:
        points: One for each test and defect.
        floor: Left end of the axis; a test without false alarms stands there.
        uses_per_y: Items a year that each test is expected to see; None where they differ.
    """

    points: tuple[RocPoint, ...]
    floor: float
    uses_per_y: float | None


def draw_roc(picture: RocPicture, *, form: str = "svg") -> bytes:
    """Return the figure as SVG or PNG; beside each point stands how many false alarms a year it means.

    Args:
        picture: What is drawn; at most the first six points.
        form: ``svg`` or ``png``.
    """
    with drawing() as figure:
        axes = figure.subplots()
        axes.set_xscale("log")
        axes.set_xlim(picture.floor, 1.0)
        chances_on_y(axes, "chance to show a false item")
        for place, point in enumerate(picture.points[:MOST_LINES]):
            style, mark, colour = LINES[place]
            if point.curve is not None:
                axes.plot(point.curve.x, point.curve.y, linestyle=style, color=colour, linewidth=1.3)
            at = max(point.false_alarm_p, picture.floor)
            axes.errorbar(
                [at],
                [point.detect_p],
                yerr=[[point.detect_p - point.lower], [point.upper - point.detect_p]],
                linestyle=style if point.curve is not None else "none",
                marker=mark,
                markersize=8,
                color=colour,
                markerfacecolor="white" if place % 2 else colour,
                capsize=3,
                clip_on=False,
                zorder=4,
                label=f"{LETTERS[place]}  {point.name}: {_rate(point.per_year)} false alarms a year",
            )
            axes.annotate(
                LETTERS[place],
                xy=(at, point.detect_p),
                xytext=(8, -12),
                textcoords="offset points",
                fontsize=9,
                fontweight="bold",
                color=colour,
            )
        axes.xaxis.set_major_locator(LogLocator(base=10.0, subs=(1.0,), numticks=12))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: _tick(value, picture.floor)))
        axes.xaxis.set_minor_formatter(NullFormatter())
        axes.set_xlabel("chance of a false alarm on a true item")
        if picture.uses_per_y is not None:
            _second_axis(axes, picture.uses_per_y)
        legend(figure, axes)
        return finished(figure, form)


def _second_axis(axes: Axes, uses_per_y: float) -> None:
    above = axes.secondary_xaxis(
        "top",
        functions=(
            lambda chance: np.multiply(chance, uses_per_y),
            lambda number: np.divide(number, uses_per_y),
        ),
    )
    above.xaxis.set_major_locator(LogLocator(base=10.0, subs=(1.0,), numticks=12))
    above.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    above.xaxis.set_minor_formatter(NullFormatter())
    above.set_xlabel(f"false alarms a year, with {uses_per_y:,.3g} items a year")


def _tick(value: float, floor: float) -> str:
    if value <= floor * 1.001:
        return "0"
    return f"{100 * value:g} %"


def _rate(per_year: float) -> str:
    return "no" if per_year == 0.0 else f"{per_year:.2g}"
