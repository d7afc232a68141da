"""The words on a plot, placed so that they do not lie on each other."""

from datetime import date

from counterseal.app.report.marks import LIMIT_COLOUR
from counterseal.app.report.scale import CountScale, Frame, TimeScale
from counterseal.app.report.series import Contested, LimitSeries
from counterseal.app.report.svg import Element, element
from counterseal.app.report.wording import figure_text

GAP_LABELS = 3
"""At most so many gaps are named on the plot; all of them are in its table."""


def limit_labels(series: LimitSeries, *, time: TimeScale, count: CountScale) -> tuple[Element, ...]:
    """Return what names the limit, and what says that before its date it does not bind."""
    limit, frame = series.limit, time.frame
    wide = frame.name == "wide"
    since = f" from {limit.binds_from.isoformat()}" if wide else ""
    named = element(
        "text",
        f"limit {figure_text(limit.value)}{since}",
        x=frame.end_x,
        y=count.y(limit.value) - 7 - frame.marker,
        text_anchor="end",
        font_weight="600",
        fill=LIMIT_COLOUR,
    )
    binds_x = time.x(limit.binds_from)
    if binds_x - frame.start < 11 * frame.font:
        return (named,)
    day = limit.binds_from.isoformat()
    waiting = f"the limit does not bind before {day}" if wide else "does not bind yet"
    note = element(
        "text", waiting, x=binds_x - 8, y=frame.top + frame.font + 1, text_anchor="end", font_style="italic"
    )
    return (named, note)


def contested_label(contested: Contested, *, time: TimeScale, count: CountScale) -> Element:
    """Return what names a stated count and whose reading it is."""
    frame = time.frame
    x, y = time.x(contested.day), count.y(contested.figure)
    before = x > (frame.start + frame.end_x) / 2
    what = f" of {contested.about}" if frame.name == "wide" else ""
    away = 3 * frame.marker
    return element(
        "text",
        f"{figure_text(contested.figure)} in {contested.by}'s reading{what}",
        x=x - away if before else x + away,
        y=y + frame.font / 3,
        text_anchor="end" if before else "start",
        font_weight="600",
    )


def gap_labels(series: LimitSeries, *, time: TimeScale) -> tuple[Element, ...]:
    """Return what names the dates for which nothing was provided, one line each from below."""
    frame = time.frame
    gaps = tuple((party.party, day) for party in series.parties for day in party.gaps)[:GAP_LABELS]
    return tuple(
        _gap_label(_gap_text(party, day, frame=frame), x=time.x(day), line=line, frame=frame)
        for line, (party, day) in enumerate(gaps)
    )


def _gap_text(party: str, day: date, *, frame: Frame) -> str:
    dated = f" {day.isoformat()}" if frame.name == "wide" else ""
    return f"{party}{dated}: not provided"


def _gap_label(text: str, *, x: float, line: int, frame: Frame) -> Element:
    before = x > (frame.start + frame.end_x) / 2
    return element(
        "text",
        text,
        x=x - 2 * frame.marker if before else x + 2 * frame.marker,
        y=frame.bottom_y - 6 - line * (frame.font + 2),
        text_anchor="end" if before else "start",
        font_weight="600",
    )


def end_labels(series: LimitSeries, *, time: TimeScale, count: CountScale) -> tuple[Element, ...]:
    """Return the parties' codes beside the ends of their lines, pushed apart where they would touch."""
    frame = time.frame
    ends = sorted(
        (count.y(party.points[-1].figure), party.order, party.party)
        for party in series.parties
        if party.points
    )
    placed: list[Element] = []
    floor = frame.top
    for wanted, _, party in ends:
        y = max(wanted, floor)
        floor = y + frame.font + 1
        placed.append(element("text", party, x=frame.end_x + 12, y=y + frame.font / 3, font_weight="700"))
    return tuple(placed)
