"""``counterseal design report``: files written, run again from JSON alone, refusals that say what to do."""

import json
import os
import re
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


@pytest.mark.parametrize(
    ("given", "code", "said"),
    [
        (("--out", "none/r.html"), None, "there is no folder"),
        (("--out", "file/r.html"), None, "there is no folder"),
        (("--json", "."), 2, "that is a folder; name a file in it"),
        (("--out", "r", "--json", "./r"), 2, "--json .*: that is the file of --out; name another file"),
        (("--out", "r", "--json", "link"), 2, "that is the file of --out"),
        (("--out", "file"), 2, "that is what the report is made from"),
    ],
)
def test_a_place_that_takes_no_file_is_refused_before_the_work(
    tmp_path: Path, given: tuple[str, ...], code: int | None, said: str
) -> None:
    (tmp_path / "file").write_text("no effort file at all", encoding="utf-8")
    (tmp_path / "link").symlink_to("r")
    before = sorted(tmp_path.iterdir())
    done = run(tmp_path / "file", *(one if one.startswith("--") else tmp_path / one for one in given))
    if code is None:
        assert isinstance(done.exception, WorkplaceError)
        assert said in str(done.exception)
    else:
        assert done.exit_code == code
        assert re.search(said, done.output)
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize("there", [True, False])
def test_a_place_without_permission_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, there: bool
) -> None:
    (tmp_path / "e.yaml").write_text("no effort file at all", encoding="utf-8")
    if there:
        (tmp_path / "r.html").write_bytes(b"old")
    monkeypatch.setattr("os.access", lambda _path, mode: not mode & os.W_OK)
    error = run(tmp_path / "e.yaml", "--out", tmp_path / "r.html").exception
    assert isinstance(error, WorkplaceError)
    assert ("may not be overwritten" if there else "its folder takes no new file") in str(error)


def test_a_disk_that_takes_nothing_leaves_the_old_file(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "r.html").write_bytes(b"old")

    def full(_path: Path, _data: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    error = run(folder / "bare.yaml", "--out", tmp_path / "r.html").exception
    assert isinstance(error, WorkplaceError)
    assert "No space left" in str(error)
    assert (tmp_path / "r.html").read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [tmp_path / "r.html"]


def test_a_device_is_written_to_and_not_replaced(folder: Path) -> None:
    done = run(folder / "bare.yaml", "--out", "/dev/null")
    assert done.exit_code == 0, done.output
    assert Path("/dev/null").is_char_device()


@pytest.mark.parametrize("seed", ["-1", str(2**64)])
def test_a_seed_out_of_range_is_wrong_use(folder: Path, tmp_path: Path, seed: str) -> None:
    done = run(folder / "bare.yaml", "--out", tmp_path / "r.html", "--seed", seed)
    assert done.exit_code == 2
    assert "18446744073709551615" in done.output


def test_a_changed_sentence_is_said(folder: Path, tmp_path: Path) -> None:
    made = json.loads((folder / "r.json").read_bytes())
    made["document"]["lead"] = "All is well."
    (tmp_path / "r.json").write_text(json.dumps(made), encoding="utf-8")
    done = run("--from", tmp_path / "r.json")
    assert done.exit_code == NOT_VERIFIED
    assert "document: DIFFERS at lead: was 'All is well.'" in done.output
    assert done.output.count("DIFFERS") == 1


def test_what_is_worked_out_is_shown_where_somebody_looks(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = [str(one) for one in (folder / "bare.yaml", "--out", tmp_path / "r.html")]
    assert CliRunner().invoke(report, asked).stderr == ""
    for name, value in (("TTY_COMPATIBLE", "1"), ("TERM", "xterm"), ("COLUMNS", "80"), ("LINES", "50")):
        monkeypatch.setenv(name, value)
    done = CliRunner().invoke(report, asked)
    assert "working out: the file for --out" in done.stderr
    assert done.stdout == f"wrote {tmp_path / 'r.html'}\n"
