"""Templates place; they compute nothing, and the style sheet knows no left and no right."""

import re
from importlib import resources
from pathlib import Path

import pytest

PACKAGE = Path(str(resources.files("counterseal.app.report")))
TEMPLATES = sorted((PACKAGE / "templates").glob("*.j2"))
STYLE = (PACKAGE / "report.css").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_arithmetic_no_filter_that_counts_and_no_way_past_the_escape(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for tag in re.findall(r"\{[{%](.*?)[%}]\}", text, flags=re.DOTALL):
        words = re.sub(r'"[^"]*"', "", tag)
        assert re.search(r"[+*/%<>]|(?<![\w-])-(?=[\w\s])", words.strip("-")) is None, tag
        assert re.search(r"\|\s*(sum|length|count|round|int|float|abs|safe)\b", words) is None, tag
        assert not words.strip().startswith(("set", "autoescape")), tag
    assert len(text.splitlines()) < 250


def test_templates_are_found() -> None:
    assert {"report.html.j2", "_macros.html.j2"} <= {path.name for path in TEMPLATES}


def test_the_style_sheet_uses_logical_properties_alone() -> None:
    assert re.search(r"\b(left|right)\b", STYLE) is None
    assert (
        re.search(
            r"(?<![-\w])(width|height|margin-top|margin-bottom|padding-top|padding-bottom)\s*:",
            re.sub(r"\([^)]*\)", "", STYLE),
        )
        is None
    )
    assert "url(" not in STYLE
    assert "</" not in STYLE


def test_the_style_sheet_prints_reflows_and_darkens() -> None:
    for query in ("@media print", "prefers-color-scheme: dark", "prefers-contrast: more", "max-width: 47rem"):
        assert query in STYLE
    assert ":focus-visible" in STYLE
    assert "::details-content" in STYLE


def _luminance(colour: str) -> float:
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, other: str) -> float:
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_text_has_the_contrast_that_wcag_aa_asks_for(scheme: int) -> None:
    """At least 4.5:1 for text. [WCAG 2.2, success criterion 1.4.3]"""
    blocks = re.findall(r":root \{(.*?)\}", STYLE, flags=re.DOTALL)
    colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", blocks[scheme]))
    for name in ("ink", "soft", "link", "exceeds", "disputed", "missing", "open", "within"):
        for ground in ("ground", "raised"):
            assert _contrast(colours[name], colours[ground]) >= 4.5, (name, ground)


def test_marks_can_be_told_from_both_grounds() -> None:
    """At least 3:1 for graphics. [WCAG 2.2, success criterion 1.4.11]"""
    from counterseal.app.report.marks import COLOURS, CONTESTED_COLOUR, LIMIT_COLOUR  # noqa: PLC0415

    for ground in re.findall(r"--ground: (#[0-9a-f]{6})", STYLE)[:2]:
        for colour in (*COLOURS, CONTESTED_COLOUR, LIMIT_COLOUR):
            assert _contrast(colour, ground) >= 3, (colour, ground)
