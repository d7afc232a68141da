"""``counterseal design report``: files written, run again from JSON alone, refusals that say what to do."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.report.design_world import bare_text
from counterseal.app.cli.design_report import NOT_VERIFIED, report
from counterseal.errors import RefusedInputError, WorkplaceError


def run(*arguments: object) -> Result:
    return CliRunner().invoke(report, [str(one) for one in arguments])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("report")
    (made / "bare.yaml").write_text(bare_text(), encoding="utf-8")
    done = run(made / "bare.yaml", "--out", made / "r.html", "--json", made / "r.json")
    assert done.exit_code == 0, done.output
    return made


def test_both_files_are_written_and_the_same_each_time(folder: Path) -> None:
    done = run(folder / "bare.yaml", "--out", folder / "again.html", "--json", folder / "again.json")
    assert done.output.splitlines() == [f"wrote {folder / 'again.html'}", f"wrote {folder / 'again.json'}"]
    for name in ("html", "json"):
        assert (folder / f"again.{name}").read_bytes() == (folder / f"r.{name}").read_bytes()


def test_from_the_json_alone_everything_comes_out_the_same(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "only.json").write_bytes((folder / "r.json").read_bytes())
    done = run("--from", tmp_path / "only.json", "--out", tmp_path / "r.html")
    assert done.exit_code == 0, done.output
    assert "figure effort: the same" in done.output
    assert "DIFFERS" not in done.output
    assert (tmp_path / "r.html").read_bytes() == (folder / "r.html").read_bytes()


def test_a_changed_number_is_said_and_ends_in_not_verified(folder: Path, tmp_path: Path) -> None:
    made = json.loads((folder / "r.json").read_bytes())
    made["power"]["workload"]["visits_per_y"] += 1
    (tmp_path / "r.json").write_text(json.dumps(made), encoding="utf-8")
    done = run("--from", tmp_path / "r.json")
    assert done.exit_code == NOT_VERIFIED
    assert "power: DIFFERS at workload.visits_per_y: was" in done.output
    assert "figure effort: the same" in done.output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--out", "a.html"), "Give an effort file"),
        (("a.yaml", "--from", "b.json"), "Give an effort file"),
        (("a.yaml",), "Nothing to write"),
    ],
)
def test_how_it_is_called_is_said(arguments: tuple[str, ...], said: str) -> None:
    done = run(*arguments)
    assert done.exit_code == 2
    assert said in done.output


def test_files_that_cannot_be_read_or_are_none_are_refused(folder: Path, tmp_path: Path) -> None:
    written = folder / "r.json"
    (tmp_path / "text.json").write_text("{", encoding="utf-8")
    (tmp_path / "bytes.yaml").write_bytes(b"\xff\xfe\x00")
    for arguments, kind in (
        (("--from", tmp_path / "none.json"), RefusedInputError),
        (("--from", tmp_path / "text.json"), RefusedInputError),
        ((tmp_path / "none.yaml", "--out", tmp_path / "a.html"), RefusedInputError),
        ((tmp_path / "bytes.yaml", "--out", tmp_path / "a.html"), RefusedInputError),
        (("--from", written, "--out", tmp_path / "no" / "a.html"), WorkplaceError),
    ):
        assert isinstance(run(*arguments).exception, kind)
