"""Builds the page: everything worked out here, templates only place it."""

import re
from functools import cache
from importlib import resources

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from counterseal.app.report.clocks import clock_views
from counterseal.app.report.disputes import dispute_views, suspension_views, withholding_views
from counterseal.app.report.limits import limit_views
from counterseal.app.report.links import RecordIndex
from counterseal.app.report.model import ReportInput
from counterseal.app.report.quotas import pause_views, quota_views
from counterseal.app.report.records import record_cards
from counterseal.app.report.rows import attention_tables, check_groups
from counterseal.app.report.summary import summary_of
from counterseal.app.report.wording import KNOWN, OUTCOMES, day_text

_DAY = re.compile(r"\b(\d{4}-\d{2}-\d{2})\b", re.ASCII)
PAGE = "report.html.j2"
STYLE = "report.css"


def build_report(report_input: ReportInput) -> str:
    """Return the report as one HTML document that asks for nothing outside itself.

    Args:
        report_input: What to show; the same input gives the same text.

    Returns:
        The document, UTF-8 text with LF line ends.
    """
    index = RecordIndex.of(report_input.records)
    pack = report_input.pack
    style = _style()
    return (
        _templates()
        .get_template(PAGE)
        .render(
            pack=pack,
            style=style,
            until=day_text(report_input.facts.until),
            since=day_text(pack.life.in_force),
            summary=summary_of(report_input),
            outcomes=tuple(OUTCOMES.values()),
            known=tuple(KNOWN.values()),
            attention=attention_tables(report_input.findings, index=index),
            limits=limit_views(report_input, index=index),
            disputes=dispute_views(report_input, index=index),
            suspensions=suspension_views(report_input, index=index),
            withheld=withholding_views(report_input, index=index),
            clocks=clock_views(report_input, index=index),
            quotas=quota_views(report_input, index=index),
            pauses=pause_views(report_input),
            groups=check_groups(report_input.findings, index=index),
            notes=(*pack.notes, *report_input.notes),
            records=record_cards(report_input.records),
            convention=report_input.convention,
            generated_by=report_input.generated_by,
            fingerprints=report_input.fingerprints,
            trust_fingerprint=report_input.trust_fingerprint,
            heads=report_input.heads,
        )
    )


def mark_days(text: str) -> Markup:
    """Return escaped text with its dates marked as such, so that no line breaks inside one.

    >>> mark_days("a < b on 2031-02-01.")
    Markup('a &lt; b on <time>2031-02-01</time>.')
    """
    pieces = _DAY.split(text)
    marked = (
        Markup("<time>{}</time>").format(piece) if place % 2 else escape(piece)
        for place, piece in enumerate(pieces)
    )
    return Markup("").join(marked)


@cache
def _templates() -> Environment:
    environment = Environment(
        loader=PackageLoader("counterseal.app.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["days"] = mark_days
    return environment


@cache
def _style() -> Markup:
    """Return the style sheet of the package, the one text that goes in as it is."""
    text = resources.files("counterseal.app.report").joinpath(STYLE).read_text(encoding="utf-8")
    return Markup(text)  # noqa: S704 - a file of this package, never input
