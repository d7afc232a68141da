"""Which uncertain input moves the headline figure most: bars, and shares of the variance beside them."""

from dataclasses import dataclass

from matplotlib.axes import Axes

from counterseal.app.plots.design_frame import BEHIND, drawing, finished, grid, legend

MOST_BARS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class TornadoPicture:
    """What is drawn.

    Attributes:
        base: The figure with every input as the file has it [0 to 1].
        bars: ``(input, low value, high value, figure at low, figure at high)``, the largest swing first.
        shares: ``(input, share of the variance in which it has a part)``; none where not worked out.
    """

    base: float
    bars: tuple[tuple[str, float, float, float, float], ...]
    shares: tuple[tuple[str, float], ...] = ()


def draw_tornado(picture: TornadoPicture, *, form: str = "svg") -> bytes:
    """Return the figure as SVG or PNG: what each input does by itself, and its share of the variance.

    Args:
        picture: What is drawn; the first twelve bars.
        form: ``svg`` or ``png``.
    """
    bars = picture.bars[:MOST_BARS]
    with drawing(height_in=1.3 + 0.62 * max(2, len(bars))) as figure:
        shares = dict(picture.shares)
        panels = figure.subplots(
            1, 2 if shares else 1, width_ratios=(5, 2) if shares else (1,), squeeze=False
        )
        axes = panels[0][0]
        for place, (name, low, high, at_low, at_high) in enumerate(bars):
            y = -float(place)
            for end, shade, hatch, what in (
                (at_low, "0.85", "", "input at its low value"),
                (at_high, "0.55", "////", "input at its high value"),
            ):
                axes.barh(
                    y, end - picture.base, left=picture.base, height=0.42, color=shade, edgecolor="black",
                    linewidth=0.8, hatch=hatch, label=what if place == 0 else None,
                )  # fmt: skip
            axes.annotate(
                f"{name}: {low:g} to {high:g}",
                xy=(0.0, y + 0.25),
                xycoords=("axes fraction", "data"),
                xytext=(2, 1),
                textcoords="offset points",
                fontsize=9,
                va="bottom",
                bbox=BEHIND,
                zorder=4,
            )
        axes.axvline(picture.base, color="black", linewidth=1.2)
        axes.set_xlim(*_span(picture))
        axes.set_ylim(-len(bars) + 0.55, 0.8)
        axes.set_yticks([])
        axes.spines["left"].set_visible(False)
        axes.xaxis.set_major_formatter(lambda value, _: f"{100 * value:.3g} %")
        axes.set_xlabel("least chance of being seen in a year")
        grid(axes, "x")
        if shares:
            _draw_shares(panels[0][1], [shares.get(name, 0.0) for name, *_ in bars])
        legend(figure, axes, columns=2)
        return finished(figure, form)


def _span(picture: TornadoPicture) -> tuple[float, float]:
    """Return ends of the axis that leave some room on both sides of all bars."""
    ends = [picture.base, *(end for bar in picture.bars for end in bar[3:])]
    room = 0.15 * (max(ends) - min(ends)) + 0.01
    return max(0.0, min(ends) - room), min(1.0, max(ends) + room)


def _draw_shares(axes: Axes, shares: list[float]) -> None:
    axes.barh([-float(place) for place in range(len(shares))], shares, height=0.42, color="0.3")
    axes.set_xlim(0.0, 1.0)
    axes.set_ylim(-len(shares) + 0.55, 0.8)
    axes.set_yticks([])
    axes.xaxis.set_major_formatter(lambda value, _: f"{100 * value:.0f} %")
    axes.set_xticks([0.0, 0.5, 1.0])
    axes.set_xlabel("share of the\nvariance")
    grid(axes, "x")
