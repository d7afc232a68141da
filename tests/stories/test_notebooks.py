"""The notebooks: each runs as it stands, says what its text promises, and opens in Jupyter."""

import importlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "examples" / "notebooks").glob("*.py"))
SAYS = {
    "how_many_to_inspect": ["items to check: 225", "with a test that sees 80 %: 281", "0.0132", "0.0039"],
    "a_host_who_picks": ["55/93", "visits that deter"],
    "designing_a_regime": ["no plan passes", "200 person-days"],
    "a_campaign_on_a_cluster": ["standard errors apart"],
}


def test_every_notebook_is_told_what_it_must_say() -> None:
    assert [path.stem for path in NOTEBOOKS] == sorted(SAYS)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_as_it_stands(path: Path, tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    done = subprocess.run(
        [sys.executable, str(path)],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env=environment,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    for words in SAYS[path.stem]:
        assert words in done.stdout


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_opens_in_jupyter(path: Path) -> None:
    jupytext: Any = importlib.import_module("jupytext")
    cells = jupytext.read(path).cells
    assert {cell.cell_type for cell in cells} == {"markdown", "code"}
    assert cells[0].cell_type == "markdown"
