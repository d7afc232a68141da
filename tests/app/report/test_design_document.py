"""The report of a regime as a reader relies on it: whole, in fixed words, without a claim too many."""

import re
import subprocess
import sys
from itertools import pairwise

import pytest
from markupsafe import escape

from app.report.design_world import bare_report, bare_study, full_report, full_study
from app.report.page import read_page
from counterseal.app.report.design_blocks import Bullets, Grid, Picture, Report, Text
from counterseal.app.report.design_document import document_of
from counterseal.app.report.design_page import page_of
from counterseal.app.report.design_pdf import pdf_of
from counterseal.errors import WorkplaceError

FORBIDDEN = (
    "verified complete", "compliant", "complian", "comply", "complies", "violat", "breach", "guarantee", "certain that",
    "proves", "proven that", "no cheating", "undetectable", "impossible to cheat", "completely verified", "100 % sure",
    "safe from", "always detected", "always seen", "never missed",
)  # fmt: skip
"""What no report may say, whatever it found."""
REPORTS = (full_report, bare_report)


@pytest.fixture(scope="module", params=REPORTS, ids=("full", "bare"))
def report(request: pytest.FixtureRequest) -> Report:
    made: Report = request.param()
    return made


@pytest.fixture(scope="module")
def html(report: Report) -> str:
    return page_of(report)


def texts(report: Report) -> list[str]:
    found = [report.title, report.lead]
    for section in report.sections:
        found.append(section.title)
        for block in section.blocks:
            if isinstance(block, Bullets):
                found += block.items
            elif isinstance(block, Grid):
                found += [block.caption, *block.columns, *(cell for row in block.rows for cell in row)]
            elif isinstance(block, Picture):
                grid = block.grid
                found += [
                    block.title,
                    block.reading,
                    grid.caption,
                    *(cell for row in grid.rows for cell in row),
                ]
            else:
                found.append(block.text)
    return found


def test_it_has_the_twelve_sections_in_their_order(report: Report) -> None:
    assert [one.number for one in report.sections] == list(range(1, 13))
    assert len({one.anchor for one in report.sections}) == 12
    assert all(one.blocks for one in report.sections)


def test_it_claims_nothing_that_it_cannot(report: Report, html: str) -> None:
    said = "\n".join(texts(report)).lower()
    assert [word for word in FORBIDDEN if word in said] == []
    assert [word for word in FORBIDDEN if word in read_page(html).text.lower()] == []


def test_the_scan_for_claims_finds_one() -> None:
    assert [word for word in FORBIDDEN if word in "the regime is Compliant and verified complete".lower()]


def test_assumptions_and_what_was_not_considered_are_printed(html: str) -> None:
    text = read_page(html).text
    assert "Items held at places that nobody declared." in text
    assert "Items are drawn without preference" in text
    assert "That nothing is seen does not show that there is nothing." in text
    assert "says nothing about" in text


def test_every_assumption_of_every_answer_stands_in_section_nine() -> None:
    study, report = full_study(), full_report()
    section = next(one for one in report.sections if one.anchor == "assumptions")
    said = "\n".join(
        text for text in texts(Report(title="", lead="", sections=(section,), generated_by="", digest=""))
    )
    for figure in study.figures:
        for sentence in figure.taken_for_granted():
            assert sentence in said


def test_figures_are_numbered_in_order_and_each_has_a_reading_and_a_table(report: Report) -> None:
    assert [one.number for one in report.pictures] == list(range(1, len(report.pictures) + 1))
    for one in report.pictures:
        assert one.reading.endswith(".")
        assert "\n" not in one.reading
        assert one.grid.rows
        assert all(len(row) == len(one.grid.columns) for row in one.grid.rows)


def test_every_figure_that_is_left_out_is_said_to_be() -> None:
    said = "\n".join(texts(bare_report()))
    for one in bare_study().left_out:
        assert one.why in said


def test_the_kind_of_every_chance_is_told(report: Report) -> None:
    results = next(one for one in report.sections if one.anchor == "results")
    table = next(block for block in results.blocks if isinstance(block, Grid))
    assert {row[-1].split(",")[0] for row in table.rows} <= {"exact", "bound", "estimate", "equilibrium"}


def test_a_long_table_says_that_it_is_cut() -> None:
    rows = tuple((str(number), "x") for number in range(61))
    cut = Grid(caption="Strata", columns=("a", "b"), rows=rows).first()
    assert len(cut.rows) == 60
    assert cut.caption == "Strata (the first 60 of 61)"
    assert Grid(caption="Strata", columns=("a", "b"), rows=rows[:60]).first().caption == "Strata"


def test_completeness_stands_apart_and_says_its_limit(report: Report) -> None:
    section = next(one for one in report.sections if one.anchor == "completeness")
    said = " ".join(block.text for block in section.blocks if isinstance(block, Text))
    assert "Sampling them says nothing about items that nobody declared" in said
    assert "cannot come from a balance alone" in said


def test_the_page_asks_for_nothing_and_runs_nothing(html: str) -> None:
    page = read_page(html)
    assert "script" not in page.tags
    assert all(one.startswith(("#", "data:")) for one in page.hrefs)
    assert "default-src 'none'" in html
    assert not re.search(r"url\(|@import|https?://(?!www\.w3\.org)", re.sub(r"base64,[^\"]+", "", html))


def test_the_page_is_whole_and_reads_in_order(html: str) -> None:
    page = read_page(html)
    assert page.misnested == []
    assert len(page.ids) == len(set(page.ids))
    assert {one[1:] for one in page.hrefs if one.startswith("#")} <= set(page.ids)
    assert page.headings[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(page.headings))
    assert html.count("<caption>") == page.tags.count("table")


def test_a_screen_reader_says_the_reading_of_each_figure(report: Report, html: str) -> None:
    for one in report.pictures:
        assert f'alt="{escape(one.reading)}"' in html


def test_what_an_effort_file_says_cannot_become_markup() -> None:
    study = full_study()
    hostile = '<img src=x onerror=1>"</style>'
    report = document_of(study)
    page = page_of(
        Report(title=hostile, lead=hostile, sections=report.sections, generated_by=hostile, digest="")
    )
    assert hostile not in page
    assert "&lt;img src=x" in page


def test_the_same_study_gives_the_same_bytes(html: str, report: Report) -> None:
    assert page_of(report) == html
    assert "\r" not in html


def test_the_pdf_is_the_same_each_time_and_says_the_same() -> None:
    pytest.importorskip("typst")
    first = pdf_of(full_report())
    assert first.startswith(b"%PDF-")
    assert pdf_of(full_report()) == first
    assert pdf_of(full_report(), paper="us-letter") != first


def test_without_typst_a_pdf_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "typst", None)
    with pytest.raises(WorkplaceError, match=r"pip install 'counterseal\[report\]'"):
        pdf_of(bare_report())


def test_a_command_that_does_not_draw_loads_no_matplotlib() -> None:
    code = "import sys, counterseal.app.cli.design_report; print('matplotlib' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
