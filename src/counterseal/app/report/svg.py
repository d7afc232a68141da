"""A small SVG writer: elements with presentation attributes only, so that any strict policy takes it."""

from dataclasses import dataclass

from markupsafe import Markup, escape


@dataclass(frozen=True, slots=True)
class Element:
    """One SVG element; text children are escaped when it is written."""

    name: str
    attributes: tuple[tuple[str, str], ...]
    children: tuple["Element | str", ...]


def element(name: str, *children: Element | str, **attributes: str | float) -> Element:
    """Return an element; underscores in attribute names become hyphens, numbers one decimal."""
    written = tuple((key.replace("_", "-"), attribute_text(value)) for key, value in attributes.items())
    return Element(name, written, children)


def attribute_text(value: str | float) -> str:
    """Return an attribute's value: text as it is, a number with at most one decimal.

    >>> attribute_text(12.04), attribute_text(0.25), attribute_text("none")
    ('12', '0.2', 'none')
    """
    if isinstance(value, str):
        return value
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def write(node: Element | str) -> Markup:
    """Return the markup of ``node``, escaped."""
    if isinstance(node, str):
        return escape(node)
    attributes = Markup("").join(Markup(' {}="{}"').format(key, value) for key, value in node.attributes)
    name = Markup(node.name)  # noqa: S704 - element names stand in this package, never in input
    if not node.children:
        return Markup("<{0}{1}/>").format(name, attributes)
    children = Markup("").join(write(child) for child in node.children)
    return Markup("<{0}{1}>{2}</{0}>").format(name, attributes, children)


def points_text(points: tuple[tuple[float, float], ...]) -> str:
    """Return points as the ``points`` attribute of a line or polygon."""
    return " ".join(f"{attribute_text(x)},{attribute_text(y)}" for x, y in points)
