"""False alarms in a year with nothing amiss: what each source takes of the budget, and what is left."""

from dataclasses import dataclass

from counterseal.app.plots.design_frame import Level, drawing, finished, grid, upright

MOST_SOURCES = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmPicture:
    """What is drawn.

    Attributes:
        sources: ``(what alarms, false alarms a year)``.
        total: All of them [1/year].
        accusations: Those that a second look does not clear [1/year]; None where none is foreseen.
        budget: What the parties can bear [1/year]; None where they did not say.
    """

    sources: tuple[tuple[str, float], ...]
    total: float
    accusations: float | None
    budget: float | None


def draw_alarms(picture: AlarmPicture, *, form: str = "svg") -> bytes:
    """Return the figure as SVG or PNG: a bar for each source, for all, and for what a second look leaves.

    Args:
        picture: What is drawn; the first twelve sources.
        form: ``svg`` or ``png``.
    """
    rows = [(name, value, "0.75", "") for name, value in picture.sources[:MOST_SOURCES]]
    rows.append(("all", picture.total, "0.35", ""))
    if picture.accusations is not None:
        rows.append(("after a second look", picture.accusations, "0.9", "////"))
    with drawing(height_in=1.1 + 0.52 * max(2, len(rows))) as figure:
        axes = figure.subplots()
        most = max([value for _, value, _, _ in rows] + [picture.budget or 0.0]) or 1.0
        axes.set_xlim(0.0, 1.25 * most)
        axes.set_ylim(-len(rows) + 0.5, 0.75)
        for place, (name, value, shade, hatch) in enumerate(rows):
            axes.barh(-place, value, height=0.45, color=shade, edgecolor="black", linewidth=0.8, hatch=hatch)
            axes.annotate(
                f"{name}: {value:.2g}",
                xy=(0.0, -place + 0.24), xytext=(2, 0), textcoords="offset points", va="bottom", fontsize=9,
            )  # fmt: skip
        if picture.budget is not None:
            upright(axes, Level(at=picture.budget, name=f"budget: {picture.budget:g}"), height=0.05)
        axes.set_yticks([])
        axes.spines["left"].set_visible(False)
        axes.set_xlabel("false alarms expected in a year")
        grid(axes, "x")
        return finished(figure, form)
