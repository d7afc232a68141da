"""The marks of a plot: a shape and a colour for each party, filled by how well a row is known."""

from math import cos, pi, sin

from counterseal.app.report.svg import Element, element, points_text
from counterseal.terms.outcomes import KnownAs

COLOURS = ("#2f7fd0", "#cf6417", "#2c8f6b", "#9a62c7", "#a67c00", "#b8487e")
"""Each at least 3:1 against white and against the page's dark ground."""

CONTESTED_COLOUR = "#cc3d74"
LIMIT_COLOUR = "#d0392f"
SHAPE_CORNERS = (0, 4, 3, -4, 5, 6)
"""Corners of each party's shape; 0 is a circle, -4 a square on its corner."""

SHAPE_NAMES = ("circle", "square", "triangle", "diamond", "pentagon", "hexagon")


def colour_of(order: int) -> str:
    """Return the colour of the party that stands ``order``-th in the pack, from 0."""
    return COLOURS[order % len(COLOURS)]


def shape_name(order: int) -> str:
    """Return the name of the shape of the party that stands ``order``-th in the pack."""
    return SHAPE_NAMES[order % len(SHAPE_NAMES)]


def marker(x: float, y: float, *, order: int, size: float, known_as: KnownAs) -> tuple[Element, ...]:
    """Return the mark of one figure: filled, hollow with a dot (partly) or hollow (recalled)."""
    colour = colour_of(order)
    filled = known_as is KnownAs.CONFIRMED
    outline = _shape(x, y, order=order, size=size, fill=colour if filled else "none", stroke=colour)
    if known_as is not KnownAs.PARTLY:
        return (outline,)
    return (outline, element("circle", cx=x, cy=y, r=size * 0.36, fill=colour))


def publication_ring(x: float, y: float, *, order: int, size: float) -> Element:
    """Return the ring around a figure that was published but not exchanged."""
    return element(
        "circle",
        cx=x,
        cy=y,
        r=size * 1.9,
        fill="none",
        stroke=colour_of(order),
        stroke_width="1.3",
        stroke_dasharray="1.5 2.5",
    )


def contested_mark(x: float, y: float, *, size: float) -> Element:
    """Return the mark of a count that another party states: a star joined to nothing."""
    arms = tuple((x, y, angle) for angle in (0.25 * pi, 0.5 * pi, 0.75 * pi, pi))
    lines = " ".join(_arm(cx, cy, angle=angle, length=size * 1.5) for cx, cy, angle in arms)
    return element("path", d=lines, fill="none", stroke=CONTESTED_COLOUR, stroke_width="2")


def gap_mark(x: float, *, top: float, bottom: float, order: int, size: float) -> tuple[Element, ...]:
    """Return the mark of a figure that was not provided: a dotted upright with an empty foot."""
    colour = colour_of(order)
    upright = element(
        "line", x1=x, x2=x, y1=top, y2=bottom, stroke=colour, stroke_width="1.6", stroke_dasharray="2 4"
    )
    foot = element(
        "path",
        d=f"M{x - size:.1f},{bottom - size:.1f}L{x + size:.1f},{bottom + size:.1f}"
        f"M{x - size:.1f},{bottom + size:.1f}L{x + size:.1f},{bottom - size:.1f}",
        fill="none",
        stroke=colour,
        stroke_width="2",
    )
    return (upright, foot)


def _arm(x: float, y: float, *, angle: float, length: float) -> str:
    dx, dy = cos(angle) * length, sin(angle) * length
    return f"M{x - dx:.1f},{y - dy:.1f}L{x + dx:.1f},{y + dy:.1f}"


def _shape(x: float, y: float, *, order: int, size: float, fill: str, stroke: str) -> Element:
    corners = SHAPE_CORNERS[order % len(SHAPE_CORNERS)]
    if corners == 0:
        return element("circle", cx=x, cy=y, r=size, fill=fill, stroke=stroke, stroke_width="1.8")
    points = _corners(x, y, corners=corners, radius=size * 1.25)
    return element("polygon", points=points_text(points), fill=fill, stroke=stroke, stroke_width="1.8")


def _corners(x: float, y: float, *, corners: int, radius: float) -> tuple[tuple[float, float], ...]:
    count = abs(corners)
    turn = pi / 4 if corners == 4 else -pi / 2  # noqa: PLR2004 - a square stands on its side
    angles = tuple(turn + 2 * pi * corner / count for corner in range(count))
    return tuple((x + radius * cos(angle), y + radius * sin(angle)) for angle in angles)
