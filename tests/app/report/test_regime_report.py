"""The report of a regime in one call: the same content in three forms, and nothing that Markdown obeys."""

import json
import re
from dataclasses import replace
from typing import Any

import pytest

from app.report.design_world import bare_study, bare_text, full_study
from counterseal.app.report.design_again import report_json
from counterseal.app.report.design_blocks import Block, Bullets, Grid, Heading, Picture, Report, Section, Text
from counterseal.app.report.design_document import document_of
from counterseal.app.report.design_page import page_of
from counterseal.app.report.design_source import EffortSource
from counterseal.app.report.design_study import Study
from counterseal.app.report.errors import ReportError
from counterseal.app.report.regime_report import markdown_of, report
from counterseal.errors import RefusedInputError


def small(*blocks: Block, title: str = "t") -> str:
    section = Section(number=1, anchor="a", title=title, blocks=blocks)
    return markdown_of(
        Report(title="Lake", lead="Why?", sections=(section,), generated_by="Counterseal 1", digest="ab")
    )


def unescaped(text: str) -> str:
    return re.sub(r"\\([^A-Za-z0-9\s])", r"\1", text)


def texts(block: Block) -> list[str]:
    if isinstance(block, Bullets):
        return list(block.items)
    if isinstance(block, Grid):
        return [block.caption, *block.columns, *(cell for row in block.rows for cell in row)]
    if isinstance(block, Picture):
        return [block.title, block.reading, *texts(block.grid)]
    return [block.text]


def test_html_and_json_are_those_of_the_command() -> None:
    study = bare_study()
    assert report(study) == report(study, "html") == page_of(document_of(study))
    assert json.loads(report(study, fmt="json")) == json.loads(json.dumps(report_json(study)))


def test_an_effort_file_or_its_text_is_worked_out_first(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[EffortSource, int]] = []

    def worked_out(source: EffortSource, *, seed: int) -> Study:
        asked.append((source, seed))
        return bare_study()

    monkeypatch.setattr("counterseal.app.report.regime_report.study_of", worked_out)
    source = EffortSource(name="bare.yaml", text=bare_text())
    assert report(source, "md", seed=1) == report(bare_text(), "md", seed=2) == report(bare_study(), "md")
    assert asked == [(source, 1), (EffortSource(name="effort file", text=bare_text()), 2)]


@pytest.mark.parametrize("study", [full_study, bare_study], ids=["full", "bare"])
def test_the_markdown_says_everything_that_the_report_says(study: Any) -> None:
    told = document_of(study())
    text = report(study(), "md")
    shown = unescaped(text)
    for section in told.sections:
        assert f"\n## {section.number}. {section.title}\n" in shown
        for block in section.blocks:
            for one in texts(block):
                assert " ".join(one.split()) in shown
    assert text.count("\n**Figure ") == len(told.pictures)
    assert told.digest in text
    assert text.endswith("\n")
    assert not re.search(r"(?<!\\)[<\[`]|!\[|\n\n\n| $", text)


@pytest.mark.parametrize("study", [full_study, bare_study], ids=["full", "bare"])
def test_every_row_of_a_table_has_as_many_cells_as_its_head(study: Any) -> None:
    for part in report(study(), "md").split("\n\n"):
        if part.startswith("|"):
            assert len({len(re.findall(r"(?<!\\)\|", line)) for line in part.splitlines()}) == 1


def test_each_kind_of_block_has_its_form() -> None:
    grid = Grid(caption="c", columns=("a", "b"), rows=(("x", "1"), ("y", "-2")))
    words = replace(grid, words=True)
    drawn = Picture(name="n", number=3, title="Seen", reading="It rises.", svg=b"<svg/>", grid=grid)
    text = small(
        Heading(text="h"), Text(text="p"), Text(text="b", boxed=True), Bullets(items=("i", "j")), words, drawn
    )
    assert text == (
        "# Lake\n\nWhy?\n\n## 1. t\n\n### h\n\np\n\n> b\n\n- i\n- j\n\n"
        "*c*\n\n| a | b |\n| :-- | :-- |\n| x | 1 |\n| y | -2 |\n\n"
        "**Figure 3. Seen.** It rises.\n\n*c*\n\n| a | b |\n| :-- | --: |\n| x | 1 |\n| y | -2 |\n\n"
        "---\n\nMade by Counterseal 1 from an effort file whose content has the SHA-256 ab.\n"
    )


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("<script>alert(1)</script>", "\\<script\\>alert(1)\\</script\\>"),
        ("a | b", "a \\| b"),
        ("[x](http://y) ![z](w)", "\\[x\\](http://y) !\\[z\\](w)"),
        ("&lt; *a* _b_ `c` ~d~ $e$ \\", "\\&lt; \\*a\\* \\_b\\_ \\`c\\` \\~d\\~ \\$e\\$ \\\\"),
        ("one\n\n# two\r- three", "one \\# two - three"),
        ("# one", "\\# one"),
        ("1. one", "1\\. one"),
        ("12) one", "12\\) one"),
        ("- one", "\\- one"),
        ("+ one", "\\+ one"),
        ("=== one", "\\=== one"),
        ("1.5 is no list", "1.5 is no list"),
        ("7 visits", "7 visits"),
        ("-2", "-2"),
        ("---", "\\---"),
    ],
)
def test_signs_of_markdown_in_a_text_are_shown_and_not_obeyed(said: str, shown: str) -> None:
    assert f"\n\n{shown}\n\n" in small(Text(text=said))
    assert f"\n- {shown}\n" in small(Bullets(items=(said,)))


@pytest.mark.parametrize("seed", [None, -1, 2**64, 1.5, True])
def test_an_effort_file_wants_a_seed(seed: Any) -> None:
    with pytest.raises(ReportError, match=r"report, seed: .*must be a whole number from 0"):
        report(bare_text(), seed=seed)


def test_what_does_not_fit_is_refused() -> None:
    form: Any = "pdf"
    with pytest.raises(ReportError, match="report, fmt: 'pdf', must be one of html, md, json"):
        report(bare_study(), form)
    with pytest.raises(ReportError, match="report, seed: 2, but the study was worked out with 1"):
        report(bare_study(), seed=2)
    other: Any = 7
    with pytest.raises(ReportError, match="report, study: int, must be a study"):
        report(other, seed=1)
    with pytest.raises(RefusedInputError, match="effort file"):
        report("format: nothing\n", seed=1)
