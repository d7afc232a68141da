"""The plot of one limit: each party's line by date, the limit from when it binds, gaps as gaps."""

from dataclasses import dataclass
from itertools import pairwise

from counterseal.app.report.marks import (
    LIMIT_COLOUR,
    colour_of,
    contested_mark,
    gap_mark,
    marker,
    publication_ring,
)
from counterseal.app.report.plot_labels import contested_label, end_labels, gap_labels, limit_labels
from counterseal.app.report.scale import CountScale, Frame, TimeScale, count_scale
from counterseal.app.report.series import Contested, LimitSeries, PartySeries, Point
from counterseal.app.report.svg import Element, element, write
from counterseal.app.report.wording import KNOWN, figure_text
from counterseal.treaty.pack import Category

GRID_WIDTH = "0.8"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlotWords:
    """What a plot says to those who cannot see it, and how its axis is named."""

    title: str
    description: str
    category: Category


@dataclass(frozen=True, slots=True, kw_only=True)
class Canvas:
    """A frame with its two scales."""

    frame: Frame
    time: TimeScale
    count: CountScale


def limit_plot(series: LimitSeries, *, words: PlotWords, frame: Frame) -> str:
    """Return the plot of a limit as SVG markup.

    Args:
        series: What to draw.
        words: Title and description; their anchors carry the limit's id and the frame's name.
        frame: The size to draw it in.
    """
    canvas = Canvas(
        frame=frame,
        time=TimeScale(frame=frame, first=series.first, last=series.last),
        count=count_scale(series.counts, frame=frame),
    )
    name = f"plot-{series.limit.id}-{frame.name}"
    return write(
        element(
            "svg",
            element("title", words.title, id=f"{name}-title"),
            element("desc", words.description, id=f"{name}-desc"),
            *_ground(series, canvas=canvas, words=words),
            *_limit(series, canvas=canvas),
            *(_party(party, canvas=canvas) for party in series.parties),
            *gap_labels(series, time=canvas.time),
            *_contested(series.contested, canvas=canvas),
            *end_labels(series, time=canvas.time, count=canvas.count),
            role="img",
            viewBox=f"0 0 {frame.width:g} {frame.height:g}",
            width=frame.width,
            height=frame.height,
            font_size=frame.font,
            fill="currentColor",
            aria_labelledby=f"{name}-title {name}-desc",
        )
    )


def _ground(series: LimitSeries, *, canvas: Canvas, words: PlotWords) -> tuple[Element, ...]:
    frame = canvas.frame
    begins = f", axis from {figure_text(canvas.count.lowest)}" if canvas.count.lowest else ""
    axis = element("text", f"{words.category.unit}{begins}", x=2, y=frame.font, font_weight="600")
    counts = tuple(piece for tick in canvas.count.ticks() for piece in _count_tick(tick, canvas=canvas))
    years = tuple(piece for day in canvas.time.years() for piece in _year_tick(day.year, canvas=canvas))
    open_marks = tuple(
        element(
            "text",
            element("title", f"{day.isoformat()}: no published sheet, an open question"),
            "?",
            x=canvas.time.x(day),
            y=frame.bottom_y - 3,
            text_anchor="middle",
            font_weight="700",
        )
        for day in series.open_dates
    )
    return (axis, *counts, *years, *open_marks)


def _count_tick(tick: int, *, canvas: Canvas) -> tuple[Element, ...]:
    frame, y = canvas.frame, canvas.count.y(tick)
    line = element(
        "line",
        x1=frame.start,
        x2=frame.end_x,
        y1=y,
        y2=y,
        stroke="currentColor",
        stroke_opacity="0.22",
        stroke_width=GRID_WIDTH,
    )
    label = element("text", figure_text(tick), x=frame.start - 6, y=y + frame.font / 3, text_anchor="end")
    return (line, label)


def _year_tick(year: int, *, canvas: Canvas) -> tuple[Element, ...]:
    frame = canvas.frame
    x = canvas.time.x(canvas.time.first.replace(year=year, month=1, day=1))
    line = element(
        "line",
        x1=x,
        x2=x,
        y1=frame.bottom_y,
        y2=frame.bottom_y + 5,
        stroke="currentColor",
        stroke_width="1",
    )
    label = element("text", str(year), x=x, y=frame.bottom_y + 8 + frame.font, text_anchor="middle")
    return (line, label)


def _limit(series: LimitSeries, *, canvas: Canvas) -> tuple[Element, ...]:
    limit, frame, time = series.limit, canvas.frame, canvas.time
    binds_x = time.x(limit.binds_from)
    until_x = time.x(limit.binds_until) if limit.binds_until else frame.end_x
    shade = element(
        "rect",
        x=frame.start,
        y=frame.top,
        width=max(binds_x - frame.start, 0),
        height=frame.bottom_y - frame.top,
        fill="currentColor",
        fill_opacity="0.07",
    )
    y = canvas.count.y(limit.value)
    bound = element("line", x1=binds_x, x2=until_x, y1=y, y2=y, stroke=LIMIT_COLOUR, stroke_width="4")
    start = element(
        "line",
        x1=binds_x,
        x2=binds_x,
        y1=frame.top,
        y2=frame.bottom_y,
        stroke=LIMIT_COLOUR,
        stroke_width="1",
        stroke_dasharray="5 4",
    )
    return (shade, start, bound, *limit_labels(series, time=time, count=canvas.count))


def _party(series: PartySeries, *, canvas: Canvas) -> Element:
    frame = canvas.frame
    lines = tuple(
        _joined(before, after, order=series.order, canvas=canvas)
        for run in series.runs
        for before, after in pairwise(run)
    )
    gaps = tuple(
        element(
            "g",
            element("title", f"{series.party}, {day.isoformat()}: not provided"),
            *gap_mark(
                canvas.time.x(day),
                top=frame.top,
                bottom=frame.bottom_y,
                order=series.order,
                size=frame.marker,
            ),
        )
        for day in series.gaps
    )
    points = tuple(_point(point, series=series, canvas=canvas) for point in series.points)
    return element("g", *gaps, *lines, *points)


def _joined(before: Point, after: Point, *, order: int, canvas: Canvas) -> Element:
    """Return the line between two marks, kept off both so that a hollow mark stays hollow."""
    x1, y1 = canvas.time.x(before.day), canvas.count.y(before.figure)
    x2, y2 = canvas.time.x(after.day), canvas.count.y(after.figure)
    length = max(((x2 - x1) ** 2 + (y2 - y1) ** 2) ** 0.5, 1e-6)
    off = min((canvas.frame.marker + 1.5) / length, 0.5)
    dx, dy = (x2 - x1) * off, (y2 - y1) * off
    return element(
        "line",
        x1=x1 + dx,
        y1=y1 + dy,
        x2=x2 - dx,
        y2=y2 - dy,
        stroke=colour_of(order),
        stroke_width="1.8",
    )


def _point(point: Point, *, series: PartySeries, canvas: Canvas) -> Element:
    x, y = canvas.time.x(point.day), canvas.count.y(point.figure)
    size = canvas.frame.marker
    known = KNOWN[point.row.known_as].text
    said = f"{series.party}, {point.day.isoformat()}: {figure_text(point.figure)}, {known}"
    ring = (publication_ring(x, y, order=series.order, size=size),) if point.published_only else ()
    return element(
        "g",
        element("title", said + (", published but not exchanged" if ring else "")),
        *marker(x, y, order=series.order, size=size, known_as=point.row.known_as),
        *ring,
    )


def _contested(contested: tuple[Contested, ...], *, canvas: Canvas) -> tuple[Element, ...]:
    return tuple(
        element(
            "g",
            element("title", f"{one.day.isoformat()}: {figure_text(one.figure)} in {one.by}'s reading"),
            contested_mark(canvas.time.x(one.day), canvas.count.y(one.figure), size=canvas.frame.marker),
            contested_label(one, time=canvas.time, count=canvas.count),
        )
        for one in contested
    )
