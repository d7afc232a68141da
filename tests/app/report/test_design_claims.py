"""No report of any effort file that ships says more than it can."""

from pathlib import Path

import pytest

from app.report.page import read_page
from app.report.test_design_document import FORBIDDEN
from counterseal.app.cli.effort_files import read_effort_source
from counterseal.app.report.design_document import document_of
from counterseal.app.report.design_page import page_of
from counterseal.app.report.design_source import EffortSource
from counterseal.app.report.design_study import study_of

FOLDER = Path(__file__).parents[3] / "examples" / "effort"
FILES = sorted(one for one in FOLDER.rglob("*.yaml") if one.name != "pack.yaml")
LONG = {"lake-quota.yaml", "past-programme.yaml", "storage-low-numbers.yaml"}
"""Those whose reports take more than four seconds."""


def report_text(path: Path) -> str:
    """Return what the report of an effort file says, as a reader sees it."""
    given = read_effort_source(path)
    packs = {name: text.decode() for name, text in given.packs.items()}
    source = EffortSource(name=path.name, text=given.data.decode(), packs=packs)
    return str(read_page(page_of(document_of(study_of(source, seed=1)))).text).lower()


def test_every_effort_file_that_ships_is_read() -> None:
    assert len(FILES) >= 6
    assert {one.name for one in FILES} >= LONG


@pytest.mark.parametrize(
    "path",
    [pytest.param(one, id=one.stem, marks=[pytest.mark.soak] if one.name in LONG else []) for one in FILES],
)
def test_the_report_of_an_example_claims_nothing_that_it_cannot(path: Path) -> None:
    said = report_text(path)
    assert [word for word in FORBIDDEN if word in said] == []
