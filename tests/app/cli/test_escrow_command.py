"""`counterseal escrow` and `counterseal disclose` as a user runs them, on the example and beside it."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from app.cli.locked import kept_bytes, lock_node, unlock_node
from program import Program, Ran

EXAMPLES = Path(__file__).parents[3] / "examples" / "escrow"
WHY = ("--reason", "agreed", "--stage", "step")


def commit(program: Program, node: Path, *more: object) -> dict[str, Any]:
    done = program(
        "escrow", "commit", EXAMPLES / "items.csv", "--title", "All", "--node", node, "--json", *more
    )
    assert done.code == 0, done.err
    found: dict[str, Any] = json.loads(done.out)
    return found


def open_parts(program: Program, node: Path, commitment: str, *what: object) -> Ran:
    return program("escrow", "open", commitment, *what, *WHY, "--node", node)


def check(program: Program, node: Path, commitment: str, *more: object) -> tuple[int, dict[str, Any]]:
    done = program("escrow", "check", commitment, "--node", node, "--json", *more)
    return done.code, json.loads(done.out)


def test_step_by_step_to_a_comparison_with_the_field(program: Program, nodes: Path) -> None:
    node = nodes / "US"
    done = commit(program, node)
    assert (done["items"], done["leaves"], done["room"], done["kept_by_node"]) == (12, 64, [4, 4, 4], True)
    record = done["commitment"]

    code, empty = check(program, node, record)
    assert (code, empty["verified"], empty["chances"]["lines"]) == (1, False, [])

    for what in (
        ("--treaty",),
        ("--sites",),
        ("--building", "North Bay", "Hall 1"),
        ("--item", "Old Harbour", "Dock 2", "E-204", "--buildings", "Old Harbour"),
    ):
        assert open_parts(program, node, record, *what).code == 0
    code, found = check(program, node, record[:12], "--found", EXAMPLES / "found.csv")
    assert (code, found["verified"]) == (0, True)
    assert found["opened"]["treaty"] == {"sites": 3, "by_category": {"engine": 6, "vessel": 6}}
    assert found["found"]["counts"] == {
        "same": 2,
        "different": 1,
        "not found": 1,
        "not declared": 1,
        "not opened yet": 0,
        "not checked": 0,
    }
    different = next(item for item in found["found"]["items"] if item["match"] == "different")
    assert different["differences"] == [{"column": "length_cm", "declared": "1265", "found": "1240"}]
    assert (found["chances"]["declared_items"], found["chances"]["checked_items"]) == (12, 4)
    lines = {line["false_items"]: line for line in found["chances"]["lines"]}
    assert lines[1]["anywhere"] == lines[1]["one_building"] == {"exact": "1/3", "decimal": "0.333333"}
    assert lines[2]["anywhere"]["exact"] == "19/33"  # 1 - C(10, 4) / C(12, 4)
    # 6/12 (1 - C(3,2)/C(6,2)) + 5/12 (1 - C(4,2)/C(5,2)): 3 of 6 and 1 of 5 were checked
    assert lines[2]["one_site"]["exact"] == "17/30"
    # 3/12 + 3/12 (1 - C(2,2)/C(3,2)): 3 of 3 and 1 of 3 were checked
    assert lines[2]["one_building"]["exact"] == "5/12"

    shown = program("escrow", "check", record, "--found", EXAMPLES / "found.csv", "--node", node)
    assert shown.code == 0
    for line in (
        "  held     totals",
        "  not declared   North Bay / Hall 1 / H-199",
        "                 length_cm: declared 1265, found 1240",
        "            1    0.333333    0.333333       0.333333",
        "VERIFIED",
    ):
        assert line in shown.out.splitlines()


def test_the_commitment_and_each_opening_are_shown_as_logged_or_settled(
    program: Program, nodes: Path, tmp_path: Path
) -> None:
    def round_of_sticks(name: str) -> None:
        for turn in range(2):
            for party in ("US", "RU", "AUDITOR"):
                stick = tmp_path / f"{name}-{turn}-{party}"
                assert program("bundle", "export", stick, "--node", nodes / party).code == 0
                for other in {"US", "RU", "AUDITOR"} - {party}:
                    assert program("bundle", "import", stick, "--node", nodes / other).code == 0

    node = nodes / "US"
    record = commit(program, node)["commitment"]
    open_parts(program, node, record, "--treaty")
    assert check(program, node, record)[1]["state"] == "logged"
    shown = program("escrow", "check", record, "--node", node).out
    assert "  logged   the commitment: a side has not cosigned a head over it yet\n" in shown
    assert "  opened   step, logged: " in shown
    round_of_sticks("first")
    open_parts(program, node, record, "--sites")
    found = check(program, node, record)[1]
    assert found["state"] == "settled"
    assert [step["state"] for step in found["openings"]] == ["settled", "logged", "logged", "logged"]
    shown = program("escrow", "check", record, "--node", node).out
    assert "  settled  the commitment: every side has cosigned a head over it\n" in shown
    assert "  opened   step, settled: " in shown
    assert "  opened   step, logged: " in shown


def test_another_party_checks_it_from_a_bundle(program: Program, nodes: Path, tmp_path: Path) -> None:
    record = commit(program, nodes / "US")["commitment"]
    open_parts(program, nodes / "US", record, "--everything")
    assert program("bundle", "export", tmp_path / "stick", "--node", nodes / "US").code == 0
    assert program("bundle", "import", tmp_path / "stick", "--node", nodes / "RU").code == 0
    code, found = check(program, nodes / "RU", record)
    assert (code, len(found["opened"]["items"])) == (0, 12)


def test_shares_and_table_open_it_where_the_secrets_are_lost(
    program: Program, nodes: Path, tmp_path: Path
) -> None:
    node, shares = nodes / "US", tmp_path / "shares"
    done = commit(program, node, "--shares", "2-of-3", "--shares-dir", shares, "--room", 6, 1, 1)
    assert (done["room"], done["shares"]["threshold"]) == ([8, 4, 4], 2)
    assert sorted(path.name for path in shares.iterdir()) == [
        "README.txt",
        *(f"share-{number}-of-3.txt" for number in (1, 2, 3)),
    ]
    assert all(path.stat().st_mode & 0o077 == 0 for path in shares.iterdir())
    record = done["commitment"]
    shutil.rmtree(node / "secrets")
    assert "is not kept by this node" in open_parts(program, node, record, "--treaty").err

    two = ("--share", shares / "share-3-of-3.txt", "--share", shares / "share-1-of-3.txt")
    table = ("--items", EXAMPLES / "items.csv")
    without_room = open_parts(program, node, record, "--treaty", *two, *table)
    assert (without_room.code, "give the room" in without_room.err) == (3, True)
    assert open_parts(program, node, record, "--treaty", *two[:2], *table, "--room", 8, 4, 4).code == 3
    assert open_parts(program, node, record, "--treaty", *two, *table, "--room", 8, 4, 4).code == 0
    assert check(program, node, record)[0] == 0


def test_with_shares_only_the_node_keeps_nothing(program: Program, nodes: Path, tmp_path: Path) -> None:
    done = commit(
        program, nodes / "US", "--shares", "2-of-2", "--shares-dir", tmp_path / "s", "--shares-only"
    )
    assert done["kept_by_node"] is False
    assert not (nodes / "US" / "secrets").exists()


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--shares", "2-of-3"), "--shares and --shares-dir: both or neither"),
        (("--shares", "two", "--shares-dir", "x"), "must be like 2-of-3"),
        (("--shares-only",), "--shares-only: needs"),
    ],
)
def test_wrong_use_of_commit_is_told(program: Program, nodes: Path, more: tuple[str, ...], said: str) -> None:
    done = program(
        "escrow", "commit", EXAMPLES / "items.csv", "--title", "All", "--node", nodes / "US", *more
    )
    assert (done.code, said in done.err) == (2, True)


def test_shares_are_never_written_over_others(program: Program, nodes: Path, tmp_path: Path) -> None:
    words = ("--shares", "2-of-3", "--shares-dir", tmp_path, "--node", nodes / "US")
    done = program("escrow", "commit", EXAMPLES / "items.csv", "--title", "All", *words)
    assert (done.code, "cannot be written into a new folder there" in done.err) == (4, True)
    assert not (nodes / "US" / "secrets").exists()


def test_a_bad_table_is_refused_with_its_lines_and_nothing_is_signed(
    program: Program, nodes: Path, tmp_path: Path
) -> None:
    table = tmp_path / "items.csv"
    table.write_text("site,building,item,category\na,b,c,d\na,b,c,d\n", encoding="utf-8")
    done = program("escrow", "commit", table, "--title", "All", "--node", nodes / "US")
    assert (done.code, f"{table}:3: a / b / c stands in {table}:2 already" in done.err) == (3, True)
    missing = program("escrow", "commit", tmp_path / "none.csv", "--title", "All", "--node", nodes / "US")
    assert (missing.code, "cannot be read" in missing.err) == (4, True)
    assert not (nodes / "US" / "secrets").exists()


def test_wrong_use_of_open_is_told(program: Program, nodes: Path, tmp_path: Path) -> None:
    node = nodes / "US"
    record = commit(program, node)["commitment"]
    nothing = open_parts(program, node, record)
    assert (nothing.code, "nothing to open" in nothing.err) == (2, True)
    short = open_parts(program, node, record[:12], "--treaty")
    assert (short.code, "64 hexadecimal digits" in short.err) == (2, True)
    half = open_parts(program, node, record, "--treaty", "--items", EXAMPLES / "items.csv")
    assert (half.code, "--share and --items" in half.err) == (2, True)
    unknown = open_parts(program, node, record, "--site", "Nowhere")
    assert (unknown.code, "no site Nowhere is declared" in unknown.err) == (3, True)
    (tmp_path / "share").write_bytes(b"\xff")
    words = ("--share", tmp_path / "share", "--items", EXAMPLES / "items.csv")
    garbage = open_parts(program, node, record, "--treaty", *words)
    assert (garbage.code, "it is no plain text" in garbage.err) == (3, True)


def test_disclose_opens_an_escrow_step_to_more_readers(program: Program, nodes: Path) -> None:
    node = nodes / "US"
    record = commit(program, node)["commitment"]
    done = program("escrow", "open", record, "--treaty", *WHY, "--to", "RU", "--node", node, "--json")
    (opening,) = json.loads(done.out)["openings"]
    words = ("--to", "AUDITOR", "--reason", "agreed", "--node", node)
    told = program("disclose", opening, "--parts", "stage, reason", *words, "--json")
    assert told.code == 0, told.err
    assert json.loads(told.out)["parts"] == ["reason", "stage"]
    whole = program("disclose", opening, *words)
    assert "to AUDITOR: all of it" in whole.out
    assert program("disclose", opening, "--parts", "photo", *words).code == 3
    assert program("disclose", record, *words).code == 3  # it is public
    assert program("disclose", opening[:12], *words).code == 2


def test_on_a_locked_node_what_opens_it_is_kept_sealed(program: Program, nodes: Path) -> None:
    node = nodes / "US"
    word = ("--passphrase-file", lock_node(node))
    table = (EXAMPLES / "items.csv", "--title", "All", "--node", node)
    shut = program("escrow", "commit", *table)
    assert (shut.code, "no terminal to ask at" in shut.err) == (4, True)
    assert not (node / "secrets").exists()
    record = commit(program, node, *word)["commitment"]
    assert kept_bytes(node)
    assert b"North Bay" not in kept_bytes(node)
    assert open_parts(program, node, record, "--everything").code == 4
    done = program("escrow", "open", record, "--everything", *WHY, "--node", node, *word)
    assert done.code == 0, done.err
    unlock_node(node)
    assert check(program, node, record)[0] == 0


def test_on_an_unlocked_node_what_opens_it_is_kept_in_the_clear(program: Program, nodes: Path) -> None:
    commit(program, nodes / "US")
    assert b"North Bay" in kept_bytes(nodes / "US")


def test_everything_of_a_sparse_declaration_is_opened(program: Program, nodes: Path) -> None:
    node = nodes / "US"
    done = commit(program, node, "--room", 2048, 4, 4)
    assert done["leaves"] == 32_768
    opened = program("escrow", "open", done["commitment"], "--everything", *WHY, "--node", node, "--json")
    assert opened.code == 0, opened.err
    assert len(json.loads(opened.out)["openings"]) == 32_768 // 4_096
    code, found = check(program, node, done["commitment"])
    assert (code, len(found["opened"]["items"])) == (0, 12)
