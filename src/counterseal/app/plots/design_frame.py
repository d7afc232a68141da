"""What the figures of a regime's report share: size, lines that differ without colour, letters at ends."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from counterseal.app.plots.figure import figure_bytes, styled

WIDTH_IN, HEIGHT_IN, DPI = 4.7, 3.7, 160
"""As wide as a phone's page: letters are as large there as in print, where it is drawn in its size."""
FONT_PT, SMALL_PT = 10.0, 9.0
LINES = (
    ("-", "o", "#000000"),
    ("--", "s", "#0b4f8a"),
    ("-.", "^", "#a8320a"),
    (":", "D", "#3f6f2f"),
    ((0, (6, 1.5, 1, 1.5, 1, 1.5)), "v", "#6b3f8f"),
    ((0, (1, 2.5)), "X", "#5a5a5a"),
)
"""Style, mark and colour of the first, second, … line; any one of the three tells them apart."""
MOST_LINES = len(LINES)
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
FAINT = "0.55"
BEHIND = {"facecolor": "white", "edgecolor": "none", "pad": 1.0, "alpha": 0.85}
"""What lies behind a text that may stand on a line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """A named line.

    Attributes:
        name: What the legend says.
        x: Places [unit of the axis], ascending.
        y: Heights [unit of the axis]; as many.
    """

    name: str
    x: tuple[float, ...]
    y: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """A straight line across that something is held against.

    Attributes:
        at: Where [unit of the axis].
        name: What stands beside it.
    """

    at: float
    name: str


@contextmanager
def drawing(*, height_in: float = HEIGHT_IN) -> Iterator[Figure]:
    """Give an empty figure within the settings of all figures.

    Args:
        height_in: Its height [inch]; the width is the same for all.
    """
    with mpl.rc_context(), ExitStack() as settings:
        mpl.rcdefaults()  # whatever style the user has
        settings.enter_context(styled())
        settings.enter_context(mpl.rc_context({"font.size": FONT_PT, "legend.fontsize": SMALL_PT}))
        figure = Figure(figsize=(WIDTH_IN, height_in), dpi=DPI, layout="constrained")
        FigureCanvasAgg(figure)
        yield figure


def finished(figure: Figure, form: str) -> bytes:
    """Return the figure as a file; call it within ``drawing``.

    Args:
        figure: The figure.
        form: ``svg`` or ``png``.
    """
    return figure_bytes(figure, form)


def chances_on_y(axes: Axes, label: str) -> None:
    """Let the upright axis be a chance from 0 to 100 %."""
    axes.set_ylim(0.0, 1.03)
    axes.set_yticks([0.0, 0.25, 0.5, 0.75, 1.0])
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{100 * value:.0f} %"))
    axes.set_ylabel(label)
    grid(axes)


def grid(axes: Axes, axis: str = "y") -> None:
    """Draw thin lines behind everything."""
    axes.grid(visible=True, axis="x" if axis == "x" else "y", linewidth=0.5, color="0.88")
    axes.set_axisbelow(True)


def draw_curves(axes: Axes, curves: Sequence[Curve], *, marks: int = 6, step: bool = False) -> None:
    """Draw lines, each in its style with a few marks, and its letter at its right end.

    Args:
        axes: Where.
        curves: At most as many as there are styles.
        marks: How many marks a line gets, about.
        step: Whether the height holds until the next place.
    """
    for place, curve in enumerate(curves):
        style, mark, colour = LINES[place % MOST_LINES]
        every = max(1, len(curve.x) // marks)
        begin = min(place * every // max(1, len(curves)), len(curve.x) - 1)
        axes.plot(
            curve.x,
            curve.y,
            linestyle=style,
            color=colour,
            linewidth=1.6,
            marker=mark,
            markersize=5.0,
            markerfacecolor="white" if place % 2 else colour,
            markevery=(begin, every),
            drawstyle="steps-post" if step else "default",
            label=f"{LETTERS[place]}  {curve.name}" if len(curves) > 1 else curve.name,
            zorder=3.0 - 0.1 * place,
        )
    if len(curves) > 1:
        _letters(axes, curves)


def _letters(axes: Axes, curves: Sequence[Curve]) -> None:
    """Write each letter to the right of its line's end, moved apart where lines end together."""
    low, high = axes.get_ylim()
    apart = 0.062 * (high - low)
    ends = sorted((curve.y[-1], place) for place, curve in enumerate(curves))
    heights: list[float] = []
    for end, _ in ends:
        heights.append(max(end, heights[-1] + apart) if heights else end)
    over = max(0.0, heights[-1] - (high - 0.2 * apart))
    for index in range(len(heights) - 1, -1, -1):
        top = heights[index + 1] - apart if index + 1 < len(heights) else heights[index] - over
        heights[index] = min(heights[index], top)
    for (_, place), height in zip(ends, heights, strict=True):
        axes.annotate(
            LETTERS[place],
            xy=(1.015, height),
            xycoords=("axes fraction", "data"),
            ha="left",
            va="center",
            fontsize=SMALL_PT,
            fontweight="bold",
            color=LINES[place % MOST_LINES][2],
            annotation_clip=False,
        )


def across(axes: Axes, level: Level, *, right: bool = False, style: str = ":") -> None:
    """Draw a line from left to right with its name above its end."""
    axes.axhline(level.at, color=FAINT, linewidth=1.0, linestyle=style, zorder=1)
    axes.annotate(
        level.name,
        xy=(0.995 if right else 0.005, level.at),
        xycoords=("axes fraction", "data"),
        xytext=(0, 2),
        textcoords="offset points",
        ha="right" if right else "left",
        va="bottom",
        fontsize=SMALL_PT,
        color="0.25",
        bbox=BEHIND,
        zorder=4,
    )


def upright(axes: Axes, level: Level, *, height: float = 0.03, style: str = "--") -> None:
    """Draw a line from bottom to top with its name along it.

    Args:
        axes: Where.
        level: Place and name.
        height: Where the name begins, as a part of the axis.
        style: Of the line.
    """
    axes.axvline(level.at, color="0.3", linewidth=1.1, linestyle=style, zorder=1)
    low, high = axes.get_xlim()
    left = _part(axes, level.at, low, high) > 0.9  # noqa: PLR2004 - no room to the right
    axes.annotate(
        level.name,
        xy=(level.at, height),
        xycoords=("data", "axes fraction"),
        xytext=(-3 if left else 3, 0),
        textcoords="offset points",
        ha="right" if left else "left",
        va="bottom",
        rotation=90,
        fontsize=SMALL_PT,
        color="0.15",
        bbox=BEHIND,
        zorder=4,
    )


def _part(axes: Axes, at: float, low: float, high: float) -> float:
    place, first, last = (float(axes.transScale.transform((one, 1.0))[0]) for one in (at, low, high))
    return (place - first) / (last - first) if last > first else 0.0


def legend(figure: Figure, axes: Axes, *, columns: int = 1) -> None:
    """Write the names under the figure, in the order in which they were drawn."""
    handles, labels = axes.get_legend_handles_labels()
    if handles:
        figure.legend(
            handles,
            labels,
            loc="outside lower left",
            ncols=columns,
            frameon=False,
            handlelength=3.2,
            borderpad=0.1,
            labelspacing=0.35,
            columnspacing=1.2,
        )
