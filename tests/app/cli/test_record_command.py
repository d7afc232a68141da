"""`counterseal record`: a note for few, released in parts after review, as its readers find it."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from program import Program

PICTURE = bytes(range(256)) * 100  # 25,600 bytes: three pieces


@pytest.fixture
def visit(tmp_path: Path) -> tuple[Path, Path]:
    """What a host notes after a visit: a statement and a picture."""
    statement, picture = tmp_path / "visit.json", tmp_path / "dock.jpg"
    statement.write_text(json.dumps({"caption": "Dock 2", "present": 4}), encoding="utf-8")
    picture.write_bytes(PICTURE)
    return statement, picture


def add(program: Program, node: Path, visit: tuple[Path, Path], *to: str) -> dict[str, Any]:
    statement, picture = visit
    audience = [word for party in to for word in ("--to", party)]
    done = program(
        *("record", "add", statement, "--attach", f"photo={picture}", "--kind", "note.visit"),
        *(*audience, "--node", node, "--json"),
    )
    assert done.code == 0, done.err
    found: dict[str, Any] = json.loads(done.out)
    return found


def records(program: Program, node: Path) -> list[int]:
    """Return how many records each log has."""
    return [log["records"] for log in json.loads(program("status", "--node", node, "--json").out)["logs"]]


def carry(program: Program, giver: Path, taker: Path, stick: Path) -> None:
    assert program("bundle", "export", stick, "--node", giver).code == 0
    assert program("bundle", "import", stick, "--node", taker).code == 0


def show(program: Program, node: Path, record: str) -> dict[str, Any]:
    done = program("record", "show", record, "--node", node, "--json")
    assert done.code == 0, done.err
    found: dict[str, Any] = json.loads(done.out)
    return found


def test_a_note_for_few_is_released_in_parts(
    program: Program, nodes: Path, visit: tuple[Path, Path], tmp_path: Path
) -> None:
    us, ru = nodes / "US", nodes / "RU"
    record = add(program, us, visit, "US")["record"]
    carry(program, us, ru, tmp_path / "first")
    before = show(program, ru, record[:12])
    assert (before["open"], before["statement"], before["audience"]) == ("nothing", {}, ["US"])
    assert "Dock 2" not in program("record", "show", record, "--node", ru).out
    assert show(program, us, record)["statement"]["caption"] == "Dock 2"

    parts = ("--parts", "caption,photo_001", "--to", "RU", "--reason", "reviewed")
    assert program("disclose", record, *parts, "--node", us).code == 0
    carry(program, us, ru, tmp_path / "second")
    after = show(program, ru, record)
    piece = base64.b64encode(PICTURE[12_288:24_576]).decode()
    assert (after["open"], after["statement"]) == ("part", {"caption": "Dock 2", "photo_001": piece})
    assert len(after["disclosed_by"]) == 1
    out = program("record", "show", record, "--node", ru).out
    assert '  caption: "Dock 2"' in out.splitlines()
    assert "parts are withheld" in out


def test_a_public_note_is_open_to_all(
    program: Program, nodes: Path, visit: tuple[Path, Path], tmp_path: Path
) -> None:
    record = add(program, nodes / "US", visit, "public")["record"]
    carry(program, nodes / "US", nodes / "RU", tmp_path / "stick")
    found = show(program, nodes / "RU", record)
    assert (found["open"], found["withheld"], found["kind"]) == ("all", 0, "note.visit")
    pieces = [found["statement"][f"photo_{number:03}"] for number in range(3)]
    assert b"".join(map(base64.b64decode, pieces)) == PICTURE


@pytest.mark.parametrize(
    ("wrong", "code", "says"),
    [
        (("--kind", "disclosure", "--to", "RU"), 3, "kind 'disclosure': must be 'note'"),
        (("--to", "NOBODY"), 3, "found NOBODY"),
        (("--attach", "caption", "--to", "RU"), 2, "must be NAME=FILE"),
        (("--attach", "x=/no/such/file", "--to", "RU"), 4, "/no/such/file"),
        (("--ref", "abc", "--to", "RU"), 3, "header refs: must be ids of 64 hexadecimal digits"),
        ((), 2, "--to"),
    ],
)
def test_what_cannot_be_a_note_is_refused_and_nothing_is_stored(
    program: Program,
    nodes: Path,
    visit: tuple[Path, Path],
    wrong: tuple[str, ...],
    code: int,
    says: str,
) -> None:
    before = records(program, nodes / "US")
    done = program("record", "add", visit[0], *wrong, "--node", nodes / "US")
    assert (done.code, says in done.err) == (code, True), done.err
    assert records(program, nodes / "US") == before


def test_a_statement_that_is_no_object_or_has_a_fraction_is_refused(
    program: Program, nodes: Path, tmp_path: Path
) -> None:
    file = tmp_path / "s.json"
    for text, says in (("[1]", "must be a JSON object"), ('{"a": 1.5}', "a number must be whole")):
        file.write_text(text, encoding="utf-8")
        done = program("record", "add", file, "--to", "RU", "--node", nodes / "US")
        assert (done.code, says in done.err) == (3, True), done.err
    done = program("record", "add", "--to", "RU", "--node", nodes / "US")
    assert done.code == 2
    picture = tmp_path / "big.jpg"
    picture.write_bytes(bytes(1_048_577))
    done = program("record", "add", "--attach", f"p={picture}", "--to", "RU", "--node", nodes / "US")
    assert (done.code, "a record holds no more" in done.err) == (3, True), done.err
