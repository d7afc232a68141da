"""Plots of an operating curve: the same bytes from the same figures, and right without colour."""

import io
from typing import TYPE_CHECKING, Any

from counterseal.barrier.operating_curve.curve import OperatingCurve, Reading
from counterseal.barrier.operating_curve.sweep import SYSTEMATIC, THRESHOLD, TIME, Axis
from counterseal.barrier.operating_curve.tally import Risk
from counterseal.terms.outcomes import MeasurementOutcome

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH_IN, HEIGHT_IN = 6.4, 5.6
PNG_DPI = 150
_TICKS_PCT = (0, 1, 5, 10, 25, 50, 75, 100)
_HOST = (("o", "#0b4f8a"), ("s", "#2f7fbf"), ("^", "#5b9bd5"), ("D", "#0b2f5a"))
_INSPECTOR = (("v", "#a8320a"), ("P", "#d1701f"), ("X", "#7a1f05"), ("<", "#e09a3e"))
_APART, _MOST_APART = 0.025, 0.06
"""How far neighbours are from each other, and the outermost from the middle, as parts of the axis."""
_ORDER = ("Host", "Inspector", "No", "Stated", "As")
"""First words of the legend, in its order."""
_LABELS = {
    TIME: "Counting time [s]",
    THRESHOLD: "Thresholds over those proposed",
    SYSTEMATIC: "Systematic terms over those proposed",
}


def draw_axis(curve: OperatingCurve, number: int, *, form: str) -> bytes:
    """Return the plot of one axis of a curve.

    Host risk is drawn in full lines with filled marks, inspector risk in broken ones with open marks; bars
    are the exact intervals. A dotted line is what the protocol states of the items on which it is worst,
    those at a threshold. The scale is that of the square root, so that small rates can be told apart.

    Args:
        curve: The curve.
        number: Which of its axes.
        form: ``svg`` or ``png``.
    """
    import matplotlib as mpl  # noqa: PLC0415 - half a second that only plots need
    from matplotlib.figure import Figure  # noqa: PLC0415

    axis, rows = curve.axes[number]
    with mpl.rc_context():
        mpl.rcdefaults()  # whatever style the user has
        mpl.rc("font", size=11, family="DejaVu Sans")
        mpl.rc("svg", hashsalt="counterseal", fonttype="path")
        figure = Figure(figsize=(WIDTH_IN, HEIGHT_IN), layout="constrained")
        panel = figure.add_subplot()
        _draw_rates(panel, curve, axis, rows)
        _draw_stated(panel, curve)
        _label(figure, panel, curve, axis)
        out = io.BytesIO()
        metadata = {"Date": None, "Creator": None} if form == "svg" else {"Software": None}
        figure.savefig(out, format=form, dpi=PNG_DPI, metadata=metadata)
    return out.getvalue()


def _draw_rates(
    panel: "Axes", curve: OperatingCurve, axis: Axis, rows: tuple[tuple[Reading, ...], ...]
) -> None:
    values = [float(point.value) for point in axis.points]
    seen, middle = dict.fromkeys(Risk, 0), (len(curve.proposed) - 1) / 2
    apart = min(_APART, _MOST_APART / (middle or 1.0))
    for place in range(len(curve.proposed)):
        readings = [row[place] for row in rows]
        whose = readings[0].whose
        shift = apart * (place - middle)
        places = [_moved(value, shift, values, logarithmic=axis.name == TIME) for value in values]
        _draw_risk(panel, places, readings, number=seen[whose])
        seen[whose] += 1
        if whose is Risk.HOST:
            _draw_undecided(panel, places, readings)


def _draw_risk(panel: "Axes", places: list[float], readings: list[Reading], *, number: int) -> None:
    host = readings[0].whose is Risk.HOST
    marks = _HOST if host else _INSPECTOR
    mark, colour = marks[number % len(marks)]
    risks = [reading.risk for reading in readings]
    panel.errorbar(
        places,
        [100 * risk.share for risk in risks],
        yerr=[
            [100 * max(risk.share - risk.interval.low, 0.0) for risk in risks],
            [100 * max(risk.interval.high - risk.share, 0.0) for risk in risks],
        ],
        marker=mark,
        color=colour,
        linestyle="-" if host else "--",
        markerfacecolor=colour if host else "white",
        markersize=7,
        capsize=3,
        linewidth=1.6,
        label=f"{'Host' if host else 'Inspector'} risk: {readings[0].population}",
        clip_on=False,
    )


def _draw_undecided(panel: "Axes", places: list[float], readings: list[Reading]) -> None:
    """Draw how often nothing is decided of a genuine item; no risk, yet the host's time."""
    shares = [
        100 * reading.tally.count(MeasurementOutcome.NO_DECISION) / reading.tally.runs for reading in readings
    ]
    label = f"No decision: {readings[0].population}"
    panel.plot(
        places, shares, color="0.35", linestyle="-.", marker=".", linewidth=1.2, label=label, clip_on=False
    )


def _draw_stated(panel: "Axes", curve: OperatingCurve) -> None:
    """Draw what the proposed protocol states of the items on which it is worst, each rate once."""
    label = "Stated on the worst items, at most: "
    rates = sorted({round(100 * one.at_most, 2) for one in curve.stated})
    label += ", ".join(f"{rate:.3g} %" for rate in rates)
    for number, rate in enumerate(rates):
        said = "_nolegend_" if number else label
        panel.axhline(rate, color="black", linewidth=1.0, linestyle=(0, (1, 3)), label=said, zorder=1)


def _moved(value: float, shift: float, values: list[float], *, logarithmic: bool) -> float:
    """Return a place beside a value, by a part of the axis, so that no bar hides another."""
    if logarithmic:
        return value * float((max(values) / min(values)) ** shift)
    return value + shift * (max(values) - min(values))


def _label(figure: "Figure", panel: "Axes", curve: OperatingCurve, axis: Axis) -> None:
    panel.set_yscale("function", functions=(_root, _square))
    panel.set_ylim(0, 100)
    panel.set_yticks(_TICKS_PCT, [str(tick) for tick in _TICKS_PCT])
    values = [float(point.value) for point in axis.points]
    if axis.name == TIME:
        panel.set_xscale("log")
    panel.set_xticks(values, [f"{value:g}" for value in values])
    panel.minorticks_off()
    agreed = [float(point.value) for point in axis.points if point.agreed]
    for value in agreed:
        panel.axvline(value, color="0.55", linewidth=1.0, linestyle=":", label="As proposed", zorder=0)
    panel.grid(axis="y", color="0.88", linewidth=0.8)
    panel.set_axisbelow(True)
    for side in ("top", "right"):
        panel.spines[side].set_visible(False)
    panel.set_xlabel(_LABELS.get(axis.name, axis.label))
    panel.set_ylabel("Share of attempts [%], intervals of 99 %")
    panel.set_title(curve.plan.protocol.title, fontsize=11, loc="left", wrap=True)
    handles, labels = panel.get_legend_handles_labels()
    order = sorted(range(len(labels)), key=lambda at: _ORDER.index(labels[at].split()[0]))
    figure.legend(
        [handles[at] for at in order],
        [labels[at] for at in order],
        loc="outside lower left",
        frameon=False,
        fontsize=10,
    )


def _root(value: Any) -> Any:
    return value.clip(min=0.0) ** 0.5


def _square(value: Any) -> Any:
    return value**2
