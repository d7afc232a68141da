"""Backup and restore: what a backup holds, and what a restored node may and may not do."""

import json
import tomllib
from pathlib import Path

import pytest

from app.cli.enrolled import CODES, Parties, make, three_parties
from counterseal.app.storage.key_files import read_seeds
from counterseal.app.storage.node_folder import open_place
from counterseal.services.keys import SEEDED
from program import Program

WORD = "correct horse battery"


@pytest.fixture(scope="module")
def _enrolled(tmp_path_factory: pytest.TempPathFactory) -> Parties:
    parties = three_parties(tmp_path_factory.mktemp("enrolled"))
    parties.say("US", "to be found again")
    parties.rounds(1)
    return parties


@pytest.fixture
def parties(_enrolled: Parties, tmp_path: Path) -> Parties:
    return _enrolled.copy(tmp_path / "parties")


def everything(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def test_a_backup_holds_no_key_that_signs(program: Program, parties: Parties, tmp_path: Path) -> None:
    done = program("node", "backup", tmp_path / "b", "--node", parties.node("US"), "--json")
    told = json.loads(done.out)
    assert (told["party"], told["sealed"]) == ("US", False)
    seeds, _ = read_seeds(parties.node("US") / "keys.json", ask=None)
    held = everything(tmp_path / "b")
    for name in SEEDED:
        found = seeds[name] in held or seeds[name].hex().encode() in held
        assert found == (name == "seal"), name
    assert sorted(path.name for path in (tmp_path / "b").iterdir()) == [
        "backup.json",
        "keys.json",
        "pack.yaml",
        "store.sqlite",
    ]


def test_a_locked_node_s_backup_is_sealed_as_a_whole(
    program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COUNTERSEAL_PASSPHRASE", WORD)
    word = tmp_path / "keeper.txt"
    word.write_text("staple\n", encoding="utf-8")
    keepers = ["--keepers-dir", tmp_path / "k", "--keepers", 1, "--threshold", 1]
    options = ["--treaty", "new-start", "--party", "US", *keepers, "--keeper-passphrase-file", word]
    assert program("init", tmp_path / "US", *options).code == 0
    place = open_place(tmp_path / "US", passphrase=lambda: WORD)
    place.secrets().keep("draw/value", b"what nobody may know yet" * 50_000)
    place.store.close()
    assert b"what nobody may know yet" not in everything(tmp_path / "US")
    assert program("node", "backup", tmp_path / "b", "--node", tmp_path / "US").code == 0
    held = everything(tmp_path / "b")
    assert b"SQLite format" not in held
    assert b"what nobody may know yet" not in held
    seeds, _ = read_seeds(tmp_path / "b" / "keys.json", ask=lambda: WORD)
    assert set(seeds) == {"seal", "secrets", "backup"}

    assert program("node", "restore", tmp_path / "b", tmp_path / "again").code == 0
    again = open_place(tmp_path / "again", passphrase=lambda: WORD)
    assert again.secrets().fetch("draw/value") == b"what nobody may know yet" * 50_000
    assert again.pack_bytes == place.pack_bytes
    again.store.close()
    monkeypatch.setenv("COUNTERSEAL_PASSPHRASE", "another")
    assert program("node", "restore", tmp_path / "b", tmp_path / "third").code == 3
    monkeypatch.delenv("COUNTERSEAL_PASSPHRASE")
    assert program("node", "restore", tmp_path / "b", tmp_path / "third").code == 4
    assert not (tmp_path / "third").exists()


def test_a_restored_node_takes_in_and_says_nothing(
    program: Program, parties: Parties, tmp_path: Path
) -> None:
    assert program("node", "backup", tmp_path / "b", "--node", parties.node("US")).code == 0
    parties.say("US", "after the backup")
    parties.carry("US", "RU")
    told = json.loads(program("node", "restore", tmp_path / "b", tmp_path / "new", "--json").out)
    assert told["recovering"] is True
    assert tomllib.loads((tmp_path / "new" / "counterseal.toml").read_text("utf-8"))["recovering"] is True
    mute = program("bundle", "export", tmp_path / "out", "--node", tmp_path / "new")
    assert (mute.code, "restored from a backup" in mute.err) == (3, True)
    some = ["--role", "author", *parties.keeper_options("US"), "--node", tmp_path / "new"]
    refused = program("party", "rotate", *some)
    assert (refused.code, "make all roles new" in refused.err) == (3, True)

    assert program("bundle", "export", tmp_path / "ru", "--node", parties.node("RU")).code == 0
    taken = program("bundle", "import", tmp_path / "ru", "--node", tmp_path / "new")
    assert taken.code == 0, taken.err
    new, old = open_place(tmp_path / "new"), open_place(parties.node("US"))
    origin = new.node().log.origin
    assert [e.record_id for e in new.store.entries(origin)] == [
        e.record_id for e in old.store.entries(origin)
    ]
    new.store.close()
    old.store.close()
    few = program("party", "rotate", *parties.keeper_options("US", 1), "--node", tmp_path / "new")
    assert few.code == 3
    options = [*parties.keeper_options("US"), "--node", tmp_path / "new", "--json"]
    done = json.loads(program("party", "rotate", *options).out)
    assert (done["version"], done["ended_recovery"]) == (2, True)
    assert "recovering" not in tomllib.loads((tmp_path / "new" / "counterseal.toml").read_text("utf-8"))
    assert program("bundle", "export", tmp_path / "out", "--node", tmp_path / "new").code == 0


@pytest.mark.parametrize("name", ["pack.yaml", "keys.json", "store.sqlite", "backup.json"])
@pytest.mark.parametrize("damage", ["missing", "changed"])
def test_a_backup_that_is_not_whole_is_refused(
    program: Program, parties: Parties, tmp_path: Path, name: str, damage: str
) -> None:
    assert program("node", "backup", tmp_path / "b", "--node", parties.node("US")).code == 0
    path = tmp_path / "b" / name
    data = path.read_bytes()
    path.unlink()
    if damage == "changed":
        path.write_bytes(data[:-2] + b"!!")
    ran = program("node", "restore", tmp_path / "b", tmp_path / "new")
    assert (ran.code, str(tmp_path / "b") in ran.err) == (3, True)
    assert not (tmp_path / "new").exists()


def test_a_file_that_is_not_on_the_list_is_refused(
    program: Program, parties: Parties, tmp_path: Path
) -> None:
    assert program("node", "backup", tmp_path / "b", "--node", parties.node("US")).code == 0
    (tmp_path / "b" / "keys-0123456789abcdef.json").write_text("{}", encoding="utf-8")
    ran = program("node", "restore", tmp_path / "b", tmp_path / "new")
    assert (ran.code, "is not on the backup's list" in ran.err) == (3, True)


def test_nothing_is_written_over(program: Program, parties: Parties, tmp_path: Path) -> None:
    assert program("node", "backup", tmp_path / "b", "--node", parties.node("US")).code == 0
    assert program("node", "backup", tmp_path / "b", "--node", parties.node("US")).code == 4
    assert program("node", "restore", tmp_path / "b", parties.node("RU")).code == 4


def test_a_node_that_is_not_enrolled_yet_is_backed_up_too(program: Program, tmp_path: Path) -> None:
    make(tmp_path, CODES[0])
    assert program("node", "backup", tmp_path / "b", "--node", tmp_path / CODES[0]).code == 0
    assert program("node", "restore", tmp_path / "b", tmp_path / "new").code == 0
