"""A gamma spectrum as a picture: counts, on a logarithmic scale, against energy; labels at its peaks."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogFormatterSciNotation, MaxNLocator, NullFormatter

from counterseal.app.plots.figure import figure_bytes, new_figure, styled
from counterseal.measurement.spectrum import Floats, Spectrum

_LABELS = 16
_APART = 0.026
"""Labels stand apart by at least this part of the axis."""
_LABELS_FROM = 0.66
"""Labels begin at this part of the height of the picture, above all counts."""
_ROOM_LOG, _ROOM_LINEAR = 0.62, 1.6
_BINS = 1_600


@dataclass(frozen=True, slots=True, kw_only=True)
class PeakLabel:
    """What is written at a peak.

    Attributes:
        energy_kev: Where it is [keV].
        text: What is written.
        significance: How high it stands out; where two labels collide, the higher one stays [1].
    """

    energy_kev: float
    text: str
    significance: float


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What part of a spectrum is shown, and how.

    Attributes:
        from_kev: Lowest energy, or lowest channel of a spectrum without a scale; None for the first.
        to_kev: Highest one; None for the last with counts.
        linear: Whether counts are on a linear scale.
    """

    from_kev: float | None = None
    to_kev: float | None = None
    linear: bool = False


def plot_spectrum(
    spectrum: Spectrum,
    *,
    title: str,
    form: str,
    labels: Sequence[PeakLabel] = (),
    background: Spectrum | None = None,
    view: View | None = None,
) -> bytes:
    """Return a picture of a spectrum as SVG or PNG.

    Args:
        spectrum: Counts, with an energy scale or without.
        title: What is written above it.
        form: ``svg`` or ``png``.
        labels: What is written at peaks; as many as have room are.
        background: Drawn beside it, scaled to its live time.
        view: What part is shown; everything without it.
    """
    with styled():
        figure = new_figure()
        _draw(figure, spectrum, title=title, labels=labels, background=background, view=view or View())
        return figure_bytes(figure, form)


def _draw(
    figure: Figure,
    spectrum: Spectrum,
    *,
    title: str,
    labels: Sequence[PeakLabel],
    background: Spectrum | None,
    view: View,
) -> None:
    axes = figure.subplots()
    places = _places(spectrum)
    low, high = _span(spectrum, places, view)
    counts = spectrum.counts.astype(np.float64)
    _steps(axes, places, counts, (low, high), style="-", name="spectrum" if background else None)
    if background is not None:
        scaled = background.counts.astype(np.float64) * (
            spectrum.live_time_s / max(background.live_time_s, 1e-9)
        )
        _steps(axes, _places(background), scaled, (low, high), style=":", name="background, same time")
    inside = counts[(places >= low) & (places <= high)]
    _frame(axes, inside, (low, high), linear=view.linear, room=bool(labels))
    _write_labels(axes, [label for label in labels if low <= label.energy_kev <= high], (low, high))
    per_channel = "" if spectrum.scale is None else f" of {float(np.median(np.diff(places))):.3g} keV"
    axes.set_xlabel("energy [keV]" if spectrum.scale is not None else "channel (no energy calibration)")
    axes.set_ylabel(f"counts per channel{per_channel}")
    axes.set_title(title, fontsize=10.0, loc="left")
    if background is not None:
        axes.legend(frameon=False, fontsize=9.0, loc="upper right")


def _places(spectrum: Spectrum) -> Floats:
    if spectrum.scale is None:
        return np.arange(len(spectrum.counts), dtype=np.float64)
    return spectrum.energies_kev()


def _span(spectrum: Spectrum, places: Floats, view: View) -> tuple[float, float]:
    counted = np.flatnonzero(spectrum.counts)
    last = int(counted[-1]) if len(counted) else len(places) - 1
    low = float(places[0]) if view.from_kev is None else view.from_kev
    high = float(places[last]) if view.to_kev is None else view.to_kev
    low = max(low, 0.0) if spectrum.scale is not None else low
    return (low, high) if high > low else (low, low + 1.0)


def _steps(
    axes: Axes,
    places: Floats,
    counts: Floats,
    span: tuple[float, float],
    *,
    style: str,
    name: str | None,
) -> None:
    """Draw counts as steps; where there are more channels than dots, the highest of each few is drawn."""
    inside = (places >= span[0]) & (places <= span[1])
    at, high = places[inside], counts[inside]
    joined = max(1, -(-len(at) // _BINS))
    if joined > 1:
        whole = len(at) // joined * joined
        at, high = at[:whole:joined], high[:whole].reshape(-1, joined).max(axis=1)
    grey = "black" if style == "-" else "0.35"
    axes.step(at, np.maximum(high, 0.1), where="mid", linestyle=style, linewidth=0.9, color=grey, label=name)


def _frame(axes: Axes, counts: Floats, span: tuple[float, float], *, linear: bool, room: bool) -> None:
    most = max(float(counts.max(initial=1.0)), 1.0)
    least = max(0.5, float(np.percentile(counts, 1)) * 0.5) if len(counts) else 0.5
    axes.set_xlim(*span)
    axes.xaxis.set_major_locator(MaxNLocator(7))
    axes.grid(visible=True, axis="y", linewidth=0.4, color="0.85")
    if linear:
        axes.set_ylim(0.0, most * (_ROOM_LINEAR if room else 1.05))
        return
    decades = max(np.log10(most / least), 1.0)
    axes.set_yscale("log")
    axes.set_ylim(least, most * 10.0 ** (decades * (_ROOM_LOG if room else 0.06)))
    axes.yaxis.set_major_formatter(LogFormatterSciNotation())
    axes.yaxis.set_minor_formatter(NullFormatter())


def _write_labels(axes: Axes, labels: Sequence[PeakLabel], span: tuple[float, float]) -> None:
    """Write the labels upright above all counts, a thin line down to each peak."""
    kept: list[PeakLabel] = []
    for label in sorted(labels, key=lambda one: -one.significance):
        near = [one for one in kept if abs(one.energy_kev - label.energy_kev) < _APART * (span[1] - span[0])]
        if not near and len(kept) < _LABELS:
            kept.append(label)
    for label in kept:
        axes.annotate(
            label.text,
            xy=(label.energy_kev, _LABELS_FROM),
            xycoords=("data", "axes fraction"),
            rotation=90,
            ha="center",
            va="bottom",
            fontsize=8.5,
        )
        axes.axvline(
            label.energy_kev, ymin=0.0, ymax=_LABELS_FROM - 0.005, linewidth=0.4, color="0.5", zorder=0
        )
