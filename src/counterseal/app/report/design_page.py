"""The report of a regime as one HTML file: no network, no script, right on paper and on a phone."""

import base64
from functools import cache
from importlib import resources

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from counterseal.app.report.design_blocks import Picture, Report

PAGE = "design_report.html.j2"
STYLES = ("report.css", "design_report.css")


def page_of(report: Report) -> str:
    """Return the report as one HTML document that asks for nothing outside itself.

    Args:
        report: What it says; the same report gives the same text.

    Returns:
        The document, UTF-8 text with LF line ends.
    """
    return _templates().get_template(PAGE).render(report=report, style=_style(), source=_source)


def _source(picture: Picture) -> str:
    """Return a drawing as the address of an image that is held in the page itself."""
    return f"data:image/svg+xml;base64,{base64.b64encode(picture.svg).decode('ascii')}"


@cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("counterseal.app.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


@cache
def _style() -> Markup:
    """Return the style sheets of the package, the one text that goes in as it is."""
    folder = resources.files("counterseal.app.report")
    text = "".join(folder.joinpath(name).read_text(encoding="utf-8") for name in STYLES)
    return Markup(text)  # noqa: S704 - files of this package, never input
