"""``counterseal treaty``: what a user types, sees, and gets as exit code."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from counterseal.app.cli.treaty import treaty
from counterseal.errors import RefusedInputError


def run(*arguments: str) -> Result:
    result = CliRunner().invoke(treaty, list(arguments))
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def printed(*arguments: str) -> Any:
    result = run(*arguments, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_list_names_the_packaged_packs() -> None:
    assert "new-start" in run("list").output
    (pack,) = [pack for pack in printed("list")["packs"] if pack["id"] == "new-start"]
    assert (pack["states"], pack["in_force"]) == (["US", "RU"], "2011-02-05")


def test_show_prints_limits_due_dates_readings_and_what_is_not_known() -> None:
    output = run("show", "new-start").output
    for part in (
        "II.1(c)",
        "1550 warheads",
        "2011-03-22",
        "2011-09-30",
        "Two readings of",
        "What is not known",
        "recalled",
    ):
        assert part in output


def test_show_json_has_every_due_date() -> None:
    shown = printed("show", "new-start", "--until", "2023-05-15")
    dues = {(due["clock"], due["party"], due["due"]) for due in shown["due_dates"]}
    assert ("database", "US", "2011-03-22") in dues
    assert ("six-monthly-update", "RU", "2023-03-30") in dues
    assert {"quota": "all", "first_day": "2020-02-05", "last_day": "2021-02-04"} in shown["year_windows"]


def test_show_refuses_a_date_in_another_form() -> None:
    result = run("show", "new-start", "--until", "5 Feb 2011")
    assert result.exit_code == 2
    assert "must be written YYYY-MM-DD" in result.output


def test_check_runs_the_packaged_situations() -> None:
    checked = printed("check", "new-start")
    assert checked["held"] is True
    assert checked["published"] == {"exchanges": 50}
    assert len(checked["situations"]) >= 12


def test_a_new_pack_passes_its_own_check_and_is_never_overwritten(tmp_path: Path) -> None:
    folder = tmp_path / "widgets"
    assert run("new", str(folder)).exit_code == 0
    checked = run("check", str(folder))
    assert checked.exit_code == 0, checked.output
    assert "pack widgets 0.1.0 holds together" in checked.output
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    with pytest.raises(RefusedInputError, match="is there already"):
        run("new", str(folder))
    assert before == {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_new_takes_an_id_and_refuses_a_bad_one(tmp_path: Path) -> None:
    written = printed("new", str(tmp_path / "a"), "--id", "test-ban")["written"]
    assert [Path(path).name for path in written] == ["pack.yaml", "published.yaml", "example.yaml"]
    assert printed("check", str(tmp_path / "a" / "pack.yaml"))["pack"]["id"] == "test-ban"
    with pytest.raises(RefusedInputError, match="option --id"):
        run("new", str(tmp_path / "b"), "--id", "Test Ban")
    assert not (tmp_path / "b").exists()


def test_a_situation_that_does_not_hold_is_shown_and_exits_1(tmp_path: Path) -> None:
    run("new", str(tmp_path / "widgets"))
    pack = tmp_path / "widgets" / "pack.yaml"
    pack.write_text(pack.read_text(encoding="utf-8").replace("value: 100", "value: 99"), encoding="utf-8")
    result = run("check", str(tmp_path / "widgets"))
    assert result.exit_code == 1
    assert "does not hold: A hundred widgets are within a limit of a hundred" in result.output
    assert "outcome exceeds" in result.output


def test_a_mistake_beside_the_pack_is_refused_with_file_and_line(tmp_path: Path) -> None:
    run("new", str(tmp_path / "widgets"))
    published = tmp_path / "widgets" / "published.yaml"
    published.write_text(
        published.read_text(encoding="utf-8").replace("party: ALFA", "party: ZULU"), encoding="utf-8"
    )
    with pytest.raises(
        RefusedInputError, match=r"published\.yaml:\d+:\d+: exchanges\[0\]\.party: found 'ZULU'"
    ):
        run("check", str(tmp_path / "widgets"))


def test_a_pack_alone_is_checked_and_says_that_nothing_was_run(tmp_path: Path) -> None:
    run("new", str(tmp_path / "widgets"))
    alone = tmp_path / "alone.yaml"
    alone.write_bytes((tmp_path / "widgets" / "pack.yaml").read_bytes())
    result = run("check", str(alone))
    assert result.exit_code == 0
    assert "no situations beside it" in result.output


def test_what_is_neither_file_nor_name_says_what_there_is(tmp_path: Path) -> None:
    with pytest.raises(
        RefusedInputError, match=r"no such file, and no packaged treaty of that name \(there is"
    ):
        run("show", "no-such-treaty")
    with pytest.raises(RefusedInputError, match=r"a folder without a pack\.yaml"):
        run("check", str(tmp_path))


def test_diff_names_what_changed(tmp_path: Path) -> None:
    run("new", str(tmp_path / "widgets"))
    other = tmp_path / "other.yaml"
    text = (tmp_path / "widgets" / "pack.yaml").read_text(encoding="utf-8")
    other.write_text(text.replace("value: 100", "value: 90"), encoding="utf-8")
    assert "limit-widgets" in run("diff", str(tmp_path / "widgets"), str(other)).output
    (change,) = printed("diff", str(tmp_path / "widgets"), str(other))["changes"]
    assert (change["id"], change["old"], change["new"], change["holds_from"]) == (
        "limit-widgets",
        "100",
        "90",
        "2031-03-10",
    )
    assert "No difference" in run("diff", "new-start", "new-start").output
