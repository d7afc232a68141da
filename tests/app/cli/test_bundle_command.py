"""``counterseal bundle`` and ``status``: what people and programs see of sticks, numbers and states."""

import json
import shutil
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

import pytest

from counterseal.app.bootstrap import SystemClock, SystemRandomness
from counterseal.app.storage.node_folder import open_node
from counterseal.services.submit import Statement, submit
from program import Program, Ran


def say(node: Path, text: str, *, to: tuple[str, ...] = ("public",)) -> str:
    """A party puts a note on its record."""
    opened = open_node(node)
    statement = Statement(kind="site.note", members={"text": text}, audience=to)
    (record,) = submit(opened, [statement], clock=SystemClock(), randomness=SystemRandomness())
    opened.store.close()
    return record


def done(ran: Ran) -> Any:
    assert ran.code == 0, ran.err
    return json.loads(ran.out)


def carry(program: Program, nodes: Path, sender: str, receiver: str, stick: Path) -> Any:
    done(program("bundle", "export", stick, "--to", receiver, "--node", nodes / sender, "--json"))
    return done(program("bundle", "import", stick, "--node", nodes / receiver, "--json"))


def test_a_stick_is_a_folder_or_a_file_and_each_is_read_as_what_it_is(
    program: Program, nodes: Path, tmp_path: Path
) -> None:
    say(nodes / "US", "hello")
    made = {}
    for name, flags in (("folder", ()), ("named.zip", ()), ("asked", ("--zip",))):
        stick = tmp_path / name
        made[name] = done(
            program("bundle", "export", stick, "--to", "RU", *flags, "--node", nodes / "US", "--json")
        )
        assert stick.is_dir() == (name == "folder")
        shown = done(program("bundle", "inspect", stick, "--json"))
        assert {what: shown[what] for what in made[name]} == made[name]
        assert done(program("bundle", "import", stick, "--node", nodes / "RU", "--json"))["from"] == "US"
    assert [made[name]["sequence"] for name in made] == [0, 1, 2]
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")], "nothing is left beside"


def test_what_is_there_is_never_written_over_and_uses_up_no_number(
    program: Program, nodes: Path, tmp_path: Path
) -> None:
    for name in ("folder", "file.zip"):
        (tmp_path / name).touch()
        ran = program("bundle", "export", tmp_path / name, "--to", "RU", "--node", nodes / "US")
        assert (ran.code, "is there already" in ran.err) == (4, True)
        assert (tmp_path / name).read_bytes() == b""
    missing = tmp_path / "no such folder" / "stick.zip"
    assert program("bundle", "export", missing, "--to", "RU", "--node", nodes / "US").code == 4
    made = done(program("bundle", "export", tmp_path / "new", "--to", "RU", "--node", nodes / "US", "--json"))
    assert made["sequence"] == 0


@pytest.mark.parametrize("to", [("FR",), ("US",), ("ru",), ("RU", "public"), ("RU,AUDITOR",)])
def test_a_bundle_is_for_other_parties_of_the_trust_file_or_for_everybody(
    to: tuple[str, ...], program: Program, nodes: Path, tmp_path: Path
) -> None:
    asked = [word for reader in to for word in ("--to", reader)]
    ran = program("bundle", "export", tmp_path / "stick", *asked, "--node", nodes / "US")
    assert ran.code == 2
    assert "--to" in ran.err
    assert not (tmp_path / "stick").exists()


def test_import_says_what_is_missing_and_status_on_both_ends(
    program: Program, nodes: Path, tmp_path: Path
) -> None:
    say(nodes / "US", "one")
    first = carry(program, nodes, "US", "RU", tmp_path / "0.zip")
    assert (first["missing"], len(first["acknowledged"])) == ([], 1)
    say(nodes / "US", "two")
    assert program("bundle", "export", tmp_path / "1.zip", "--to", "RU", "--node", nodes / "US").code == 0
    say(nodes / "US", "three")
    third = carry(program, nodes, "US", "RU", tmp_path / "2.zip")
    assert (third["missing"], third["missing_for_us"], third["sequence"]) == ([[1, 1]], True, 2)
    told = program("bundle", "import", tmp_path / "2.zip", "--node", nodes / "RU").out
    assert "no. 1 from US to RU never came: lost, withheld, under way, or stopped while it was made" in told
    assert "which had come before" in told
    theirs = program("status", "--node", nodes / "RU").out
    assert "came for RU: 2 bundles up to no. 2, no. 1 never came" in theirs
    assert "look at  bundle no. 1 from US to RU never came" in theirs
    carry(program, nodes, "RU", "US", tmp_path / "back")
    ours = program("status", "--node", nodes / "US").out
    assert "sent to RU: no. 0, 2: acknowledged" in ours
    assert "sent to RU: no. 1: not acknowledged, a later one was: lost, withheld or late" in ours


def test_status_has_all_of_it_as_json(program: Program, nodes: Path, tmp_path: Path) -> None:
    say(nodes / "US", "one")
    carry(program, nodes, "US", "RU", tmp_path / "0.zip")
    found = done(program("status", "--node", nodes / "RU", "--json"))
    assert (found["party"], found["recovering"], found["trust_version"]) == ("RU", False, 1)
    logs = {log["party"]: log for log in found["logs"]}
    own, theirs = logs["RU"], logs["US"]
    assert own["own"] is True
    for log in logs.values():
        assert log["issued"] + log["logged"] + log["settled"] == log["records"]
    assert theirs["logged"] == 1
    assert [row["side"] for row in theirs["waiting_for"]] == [["AUDITOR"]]
    assert theirs["waiting_for"][0]["since_size"] == theirs["head"]["size"] == theirs["records"]
    assert theirs["cosigners"] == ["RU"]
    assert abs(theirs["age_seconds"]) < 3600
    exchange = {row["party"]: row for row in found["exchange"]}
    assert exchange["US"]["received"] == [
        {
            "to": ["RU"],
            "for_this_party": True,
            "count": 1,
            "newest": 0,
            "missing": [],
            "twice": [],
            "not_acknowledged_yet": [],
        }
    ]
    assert exchange["AUDITOR"] == {
        "party": "AUDITOR",
        "own_log_vouched_to": exchange["AUDITOR"]["own_log_vouched_to"],
        "sent": [],
        "received": [],
        "strange_acknowledgements": [],
    }
    assert (found["cases"], found["evidence"], found["warnings"]) == ([], [], [])
    sent = done(program("status", "--node", nodes / "US", "--json"))["exchange"]
    (out,) = next(row["sent"] for row in sent if row["party"] == "RU")
    assert (out["to"], out["sequence"], out["state"], out["acknowledgement"]) == (["RU"], 0, "open", None)


def test_fresh_nodes_have_neither_lost_nor_used_a_number(program: Program, nodes: Path) -> None:
    """They were founded side by side, in one program: no stick was made."""
    for party in ("US", "RU", "AUDITOR"):
        found = done(program("status", "--node", nodes / party, "--json"))
        assert all(row["sent"] == row["received"] == [] for row in found["exchange"])
        assert {log["state"] for log in found["logs"]} == {"settled"}
        assert found["warnings"] == []


def test_without_receipts_nothing_is_signed(program: Program, nodes: Path, tmp_path: Path) -> None:
    say(nodes / "US", "one")
    stick = tmp_path / "stick"
    assert program("bundle", "export", stick, "--to", "RU", "--node", nodes / "US").code == 0
    before = done(program("status", "--node", nodes / "RU", "--json"))["logs"]
    taken = done(program("bundle", "import", stick, "--no-receipt", "--node", nodes / "RU", "--json"))
    assert (taken["receipts"], taken["acknowledged"], taken["acknowledgements_postponed"]) == ([], [], 1)
    after = done(program("status", "--node", nodes / "RU", "--json"))["logs"]
    assert [log["records"] for log in before if log["own"]] == [log["records"] for log in after if log["own"]]


def test_inspect_tells_of_sealed_bodies_what_their_headers_tell(
    program: Program, nodes: Path, tmp_path: Path
) -> None:
    say(nodes / "US", "for Russia alone", to=("RU",))
    say(nodes / "US", "x" * 3000, to=("AUDITOR", "RU"))
    stick = tmp_path / "stick.zip"
    assert program("bundle", "export", stick, "--to", "RU", "--node", nodes / "US").code == 0
    sealed = done(program("bundle", "inspect", stick, "--json"))["sealed"]
    assert [(row["audience"], row["size_class"], row["count"], row["readable"]) for row in sealed] == [
        (["AUDITOR", "RU", "US"], 4096, 1, None),
        (["RU", "US"], 1024, 1, None),
    ]
    readable = {
        party: [
            row["readable"]
            for row in done(program("bundle", "inspect", stick, "--node", nodes / party, "--json"))["sealed"]
        ]
        for party in ("RU", "AUDITOR", "US")
    }
    assert readable == {"RU": [1, 1], "AUDITOR": [1, 0], "US": [1, 1]}
    text = program("bundle", "inspect", stick, "--node", nodes / "AUDITOR").out
    assert "1 sealed by US for RU, US, at most 1024 bytes each; 0 of them open with this node's keys" in text
    assert "for Russia alone" not in text
    assert text.endswith("Not verified by this command: see counterseal verify.\n")


def test_inspect_shows_every_record_as_logged_or_settled(
    program: Program, nodes: Path, tmp_path: Path
) -> None:
    say(nodes / "US", "one")
    stick = tmp_path / "stick"
    assert program("bundle", "export", stick, "--node", nodes / "US").code == 0
    rows = done(program("bundle", "inspect", stick, "--json"))["records"]
    assert {row["kind"]: row["state"] for row in rows if row["author"] == "US"} == {
        "site.note": "logged",
        "treaty.pack": "settled",
    }
    assert "1 site.note by US: logged" in program("bundle", "inspect", stick).out


def test_a_zip_unpacks_to_the_very_bundle_that_was_packed(
    program: Program, nodes: Path, tmp_path: Path
) -> None:
    stick, folder = tmp_path / "stick.zip", tmp_path / "folder"
    assert program("bundle", "export", stick, "--node", nodes / "AUDITOR").code == 0
    unpacked = done(program("bundle", "unpack", stick, folder, "--json"))
    with ZipFile(stick) as packed:
        names = packed.namelist()
        assert all((folder / name).read_bytes() == packed.read(name) for name in names)
    assert unpacked == {"folder": str(folder), "files": len(names)}
    assert sum(path.is_file() for path in folder.rglob("*")) == len(names)
    assert program("verify", folder).code == 0
    assert program("bundle", "unpack", stick, folder).code == 4, "never over what is there"


def test_a_zip_that_is_out_of_order_is_refused_and_leaves_nothing(
    program: Program, nodes: Path, tmp_path: Path
) -> None:
    stick, bad = tmp_path / "stick.zip", tmp_path / "bad.zip"
    assert program("bundle", "export", stick, "--node", nodes / "US").code == 0
    with ZipFile(stick) as packed, ZipFile(bad, "w", ZIP_DEFLATED) as squeezed:
        for name in packed.namelist():
            squeezed.writestr(name, packed.read(name))
    for command in ("unpack", "inspect", "import"):
        extra = {"unpack": [str(tmp_path / "out")], "import": ["--node", str(nodes / "RU")], "inspect": []}
        ran = program("bundle", command, bad, *extra[command])
        assert ran.code == 3, (command, ran)
    assert not (tmp_path / "out").exists()
    with ZipFile(bad, "w", ZIP_STORED) as empty:
        empty.writestr("../outside", b"x")
    assert program("bundle", "unpack", bad, tmp_path / "out").code == 3
    assert not (tmp_path / "out").exists()
    assert not (tmp_path.parent / "outside").exists()


def test_a_fork_is_refused_and_its_proof_is_kept_twice(program: Program, nodes: Path, tmp_path: Path) -> None:
    """The United States run two copies of one node, and show one to Russia and one to the auditor."""
    twin = tmp_path / "twin"
    shutil.copytree(nodes / "US", twin)
    say(nodes / "US", "one story")
    say(twin, "another story")
    for node, receiver, name in ((nodes / "US", "RU", "a"), (twin, "AUDITOR", "b")):
        assert program("bundle", "export", tmp_path / name, "--to", receiver, "--node", node).code == 0
        assert program("bundle", "import", tmp_path / name, "--node", nodes / receiver).code == 0
    stick = tmp_path / "stick.zip"
    assert program("bundle", "export", stick, "--to", "AUDITOR", "--node", nodes / "RU").code == 0
    ran = program("bundle", "import", stick, "--node", nodes / "AUDITOR")
    assert ran.code == 3
    (proof,) = (nodes / "AUDITOR").glob("fork-*.json")
    assert str(proof) in ran.err
    assert program("verify", proof).code == 0
    found = done(program("status", "--node", nodes / "AUDITOR", "--json"))
    assert found["evidence"] == [proof.name]
    assert any(proof.name in warning for warning in found["warnings"])


def test_what_others_wrote_steers_no_terminal(program: Program, nodes: Path) -> None:
    opened = open_node(nodes / "US")
    members = {"figures": {"\u001b[31mred": 1}, "party": "US\u202e", "as_of": "2030"}
    statements = [
        Statement(kind="declaration.aggregate", members=members),
        Statement(kind="declaration.aggregate", members=members | {"figures": {"\u001b[31mred": 2}}),
    ]
    submit(opened, statements, clock=SystemClock(), randomness=SystemRandomness())
    opened.store.close()
    text = program("status", "--node", nodes / "US").out
    assert "case: declaration.aggregate of US" in text
    assert text.replace("\n", "").isprintable()
