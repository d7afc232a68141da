"""The worked example: it holds together, gives the figures that its comments name, and makes its report."""

from pathlib import Path

import pytest

from counterseal.app.report.design_document import document_of
from counterseal.app.report.design_page import page_of
from counterseal.app.report.design_source import EffortSource
from counterseal.app.report.design_study import study_of
from counterseal.design.effort_check import check_effort
from counterseal.design.regime_power import strategy_power
from strategies.efforts import effort

EXAMPLE = Path(__file__).parents[3] / "examples" / "effort" / "lake-quota.yaml"
TEXT = EXAMPLE.read_text(encoding="utf-8")
WITHOUT_ERRORS = (
    ("detect_beta: [60, 2]", "detect_p: 1"),
    ("common_mode_p: 0.01", "common_mode_p: 0"),
    ("kept_p: 0.99", "kept_p: 1"),
    ("  - {input: tests.count.detect_beta.1, low: 1, high: 20}", "#"),
)


def test_it_leaves_nothing_open() -> None:
    assert check_effort(effort(text=TEXT)).warnings == ()


@pytest.mark.parametrize(
    ("name", "year", "ten"),
    [
        ("twenty-spread", 0.401, 0.994),
        ("twenty-at-base-1", 0.401, 0.994),
        ("twenty-at-base-4", 0.401, 0.994),
        ("fifty-spread", 0.737, 1.000),
    ],
)
def test_without_errors_it_gives_the_figures_that_it_names(name: str, year: float, ten: float) -> None:
    read = effort(*WITHOUT_ERRORS, text=TEXT)
    told = strategy_power(read.regime, read.strategy(name), horizon_years=read.horizon_years)
    assert round(told.per_year.value or 0.0, 3) == year
    assert round(told.life.value or 0.0, 3) == ten
    assert f"{100 * year:.1f} %" in TEXT


@pytest.mark.soak
def test_its_report_has_a_figure_of_all_that_it_says() -> None:
    study = study_of(EffortSource(name=EXAMPLE.name, text=TEXT), seed=1)
    assert {one.name for one in study.left_out} == {"defect", "flow", "done"}
    assert page_of(document_of(study)).count("<img ") == len(study.figures) == 10
