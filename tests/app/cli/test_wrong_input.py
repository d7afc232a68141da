"""Wrong input on the command line: an error with place and rule, exit code 3, and nothing stored."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from program import Program

HEADER = (
    "as_of,party,deployed_delivery_systems,deployed_warheads,deployed_and_nondeployed_launchers,status,source"
)
GOOD = "2018-02-05,US,652,1350,800,confirmed,fact sheet"

TABLES = {
    "empty": (b"", "empty"),
    "header only": (f"{HEADER}\n".encode(), "row"),
    "binary": (bytes(range(256)) * 4, ""),
    "utf-16": (f"{HEADER}\n{GOOD}\n".encode("utf-16"), "UTF-16"),
    "latin-1": (f"{HEADER}\n{GOOD}é\n".encode("latin-1"), "UTF-8"),
    "missing column": (f"{HEADER.replace(',source', '')}\n{GOOD}\n".encode(), "source"),
    "negative": (f"{HEADER}\n2018-02-05,US,-1,1350,800,confirmed,x\n".encode(), "-1"),
    "fraction": (f"{HEADER}\n2018-02-05,US,652.5,1350,800,confirmed,x\n".encode(), "652.5"),
    "word for a number": (f"{HEADER}\n2018-02-05,US,many,1350,800,confirmed,x\n".encode(), "many"),
    "unknown party": (f"{HEADER}\n2018-02-05,XX,652,1350,800,confirmed,x\n".encode(), "XX"),
    "no such day": (f"{HEADER}\n2018-02-30,US,652,1350,800,confirmed,x\n".encode(), "2018-02-30"),
    "a date that nothing is asked for": (
        f"{HEADER}\n2018-02-06,US,652,1350,800,confirmed,x\n".encode(),
        "2018-02-05",
    ),
    "same party and date twice": (f"{HEADER}\n{GOOD}\n{GOOD}\n".encode(), "2018-02-05"),
    "one bad row among good ones": (f"{HEADER}\n{GOOD}\n2018-09-01,US,x,1,1,confirmed,y\n".encode(), ":3"),
    "too many cells": (f"{HEADER}\n{GOOD},more\n".encode(), ":2"),
}


def stored(node: Path) -> list[str]:
    """Everything in a node's store, as text."""
    with closing(sqlite3.connect(f"file:{node / 'store.sqlite'}?mode=ro", uri=True)) as store:
        return list(store.iterdump())


@pytest.mark.parametrize("what", TABLES)
def test_a_bad_table_is_refused_with_place_and_rule_and_nothing_is_stored(
    program: Program, nodes: Path, tmp_path: Path, what: str
) -> None:
    data, named = TABLES[what]
    file = tmp_path / "figures.csv"
    file.write_bytes(data)
    before = stored(nodes / "US")
    refused = program("declaration", "import", file, "--node", nodes / "US")
    assert refused.code == 3, refused.err
    assert "figures.csv" in refused.err
    assert named in refused.err
    assert refused.out == ""
    assert stored(nodes / "US") == before


def test_a_huge_file_is_refused(program: Program, nodes: Path, tmp_path: Path) -> None:
    file = tmp_path / "huge.csv"
    with file.open("wb") as target:
        target.truncate(2**31)
    assert program("declaration", "import", file, "--node", nodes / "US").code in {3, 4}


def test_wrong_use_is_told_apart_from_wrong_input(program: Program, nodes: Path, tmp_path: Path) -> None:
    assert program("assess", "--no-such-option").code == 2
    assert program("no-such-command").code == 2
    assert program("assess", "--node", nodes / "US", "--party", "XX").code == 2
    assert program("assess", "--node", nodes / "US", "--as-of", "yesterday").code == 3
    assert program("assess", "--node", nodes / "US", "--as-of", "2001-01-01").code == 3
    assert program("assess", "--node", nodes / "US", "--as-of", "2999-01-01").code == 3
    assert program("assess", "--node", tmp_path).code == 4
    assert program("explain", "no-such-finding", "--node", nodes / "US").code == 3
    assert program("log", "prove", "00000000", "--node", nodes / "US", "--out", tmp_path).code == 3
    assert program("verify", tmp_path / "nothing").code == 3
    assert program("verify", tmp_path).code == 3
    assert program("init", nodes, "--treaty", "new-start").code == 4
    assert program("init", tmp_path / "x", "--treaty", "no-such-treaty").code == 3
    assert program("init", tmp_path / "x", "--treaty", "new-start", "--auditor", "US").code == 3
    assert not (tmp_path / "x").exists()
    assert program("bundle", "inspect", tmp_path).code == 3
    assert program("bundle", "import", tmp_path, "--node", nodes / "US").code == 3


def test_a_bundle_of_another_founding_is_refused_whole(program: Program, nodes: Path, tmp_path: Path) -> None:
    assert program("init", tmp_path / "others", "--treaty", "new-start", "--seed", 2).code == 0
    assert program("bundle", "export", tmp_path / "stick", "--node", tmp_path / "others" / "US").code == 0
    before = stored(nodes / "RU")
    refused = program("bundle", "import", tmp_path / "stick", "--node", nodes / "RU")
    assert refused.code == 3
    assert "trust-pinned" in refused.err
    assert stored(nodes / "RU") == before


def test_doctor_finds_a_damaged_store_and_open_keys(program: Program, nodes: Path) -> None:
    assert program("doctor", "--node", nodes / "US").code == 0
    (nodes / "US" / "keys.json").chmod(0o644)
    told = program("doctor", "--node", nodes / "US")
    assert told.code == 4
    assert "keys.json" in told.out
    store = nodes / "RU" / "store.sqlite"
    store.write_bytes(b"no database" * 100)
    assert program("doctor", "--node", nodes / "RU").code == 4


def test_an_objection_needs_a_word_and_a_record_of_another(program: Program, nodes: Path) -> None:
    first = json.loads(program("log", "head", "--node", nodes / "US", "--json").out)
    assert {head["state"] for head in first["heads"]} == {"settled"}
    listed = json.loads(program("assess", "--node", nodes / "RU", "--as-of", "2011-02-10", "--json").out)
    agreement = listed["findings"][-1]["records"][0]
    silent = program("log", "countersign", agreement, "--meaning", "objects", "--node", nodes / "RU")
    assert silent.code == 3
    assert "must say why" in silent.err
    own = program("log", "countersign", agreement, "--meaning", "agreed", "--node", nodes / "US")
    assert own.code == 3
    assert "is its own" in own.err
    said = program(
        "log",
        "countersign",
        agreement,
        "--meaning",
        "agreed-with-reservation",
        "--note",
        "as to clause 4",
        "--node",
        nodes / "RU",
        "--json",
    )
    assert said.code == 0
    shown = json.loads(program("status", "--node", nodes / "RU", "--json").out)
    own_log = next(log for log in shown["logs"] if log["own"])
    assert own_log["kinds"]["countersignature"] == 2


def test_trust_that_is_neither_fingerprint_nor_file_is_wrong_use(
    program: Program, nodes: Path, tmp_path: Path
) -> None:
    assert program("bundle", "export", tmp_path / "stick", "--node", nodes / "US").code == 0
    assert program("verify", tmp_path / "stick", "--trust", "not-a-fingerprint").code == 2
    assert program("verify", tmp_path / "stick", "--trust", nodes / "US" / "pack.yaml").code == 1
    trust = tmp_path / "trust.json"
    trust.write_bytes((tmp_path / "stick" / "trust" / "trust.json").read_bytes())
    assert program("verify", tmp_path / "stick", "--trust", trust).code == 0
    trust.write_bytes(b"{}")
    assert program("verify", tmp_path / "stick", "--trust", trust).code == 1
