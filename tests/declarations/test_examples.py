"""The examples work as their README says."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from counterseal.app.cli.declaration import declaration

EXAMPLES = Path(__file__).parents[2] / "examples" / "declarations"


def run(command: str, monkeypatch: pytest.MonkeyPatch) -> Result:
    monkeypatch.chdir(EXAMPLES)
    lines = (EXAMPLES / "README.md").read_text(encoding="utf-8").splitlines()
    (line,) = [line for line in lines if line.startswith(f"counterseal declaration {command} ")]
    return CliRunner().invoke(declaration, [*line.split()[2:], "--json"], catch_exceptions=False)


def test_the_breakdown_adds_up_to_the_declared_vessels(monkeypatch: pytest.MonkeyPatch) -> None:
    result = run("check", monkeypatch)
    document = json.loads(result.stdout)
    assert result.exit_code == 0
    assert [each.get("declared_as") for each in document["declarations"]] == [
        "periodic",
        "nil",
        "periodic",
        "not-provided",
        None,
    ]
    (closed,) = document["closures"][0]["results"]
    assert (closed["outcome"], closed["lines_sum"], closed["declared_total"]) == ("closes", 6, 6)


def test_three_changes_are_explained_and_one_is_an_open_question(monkeypatch: pytest.MonkeyPatch) -> None:
    document = json.loads(run("diff", monkeypatch).stdout)
    assert [(change["kind"], change["standing"]) for change in document["changes"]] == [
        ("new", "open-question"),
        ("removed", "explained"),
        ("moved", "explained"),
        ("changed", "explained"),
    ]
    assert [each["id"] for each in document["unused_notifications"]] == ["ARD-2031-02"]
