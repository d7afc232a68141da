"""The sheet of the fingerprint ceremony: to print, read from aloud, fill in and sign by hand."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from counterseal.services.ceremony import groups

PAGE = "ceremony_sheet.html.j2"
_PER_ROW = 4


def build_sheet(document: Mapping[str, Any]) -> str:
    """Return the sheet as one HTML document that asks for nothing outside itself.

    Args:
        document: What ``counterseal party ceremony --json`` prints.

    Returns:
        The document, UTF-8 text with LF line ends.
    """
    parties = [
        {
            **party,
            "rows": _rows(party["fingerprint"]),
            "short_keepers": [keeper[:16] for keeper in party["keepers"]],
            "keeper_count": len(party["keepers"]),
        }
        for party in document["parties"]
    ]
    draft = document["draft"]
    return (
        _templates()
        .get_template(PAGE)
        .render(
            treaty=document["treaty"],
            title=document["title"],
            own=document["own"],
            parties=parties,
            draft=_rows(draft) if draft else None,
            draft_version=document["draft_version"],
            trust=_rows(document["trust_fingerprint"]) if document["trust_fingerprint"] else None,
        )
    )


def _rows(digits: str) -> list[tuple[str, ...]]:
    found = groups(digits)
    return [found[at : at + _PER_ROW] for at in range(0, len(found), _PER_ROW)]


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
