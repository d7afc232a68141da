"""Backups as folders: whole or not at all, changed nowhere, and a restored store is the one that was."""

from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest

from app.storage.world import FIRST, files_up_to, names, new_node, say
from counterseal.app.storage.backup import back_up, read_list, restore
from counterseal.app.storage.errors import BackupError, StorageError
from counterseal.app.storage.key_files import read_seeds, seeds_as_bytes
from counterseal.app.storage.node_folder import NodePlace, open_place
from counterseal.crypto.errors import VaultError
from counterseal.crypto.vault import Cost
from counterseal.services.errors import ServiceError
from counterseal.services.restore import SECRETS

CHEAP = Cost(memory_kib=8, iterations=1, lanes=1)
WHEN = datetime(2030, 1, 2, 3, 4, 5, tzinfo=UTC)
WORD = "open sesame"


def place(tmp_path: Path, *, passphrase: str | None) -> NodePlace:
    node = new_node(tmp_path / "node")
    say(node, count=5, salt="a", length=3000)
    node.store.close()
    path = tmp_path / "node" / "keys.json"
    seeds, _ = read_seeds(path, ask=None)
    if passphrase is not None:
        seeds[SECRETS] = b"\5" * 32
    path.write_bytes(seeds_as_bytes(seeds, passphrase=passphrase, cost=CHEAP))
    opened = open_place(tmp_path / "node", passphrase=lambda: WORD)
    opened.secrets().keep("draw/one", b"not yet revealed")
    return opened


@pytest.mark.parametrize("passphrase", [None, WORD])
def test_what_comes_back_is_what_was(tmp_path: Path, passphrase: str | None) -> None:
    node = place(tmp_path, passphrase=passphrase)
    listed = back_up(node, tmp_path / "b", created=WHEN, cost=CHEAP)
    assert (listed.party, listed.created, listed.sealed) == (FIRST, WHEN, passphrase is not None)
    assert read_list(tmp_path / "b") == listed
    again = restore(tmp_path / "b", tmp_path / "new", passphrase=lambda: WORD, cost=CHEAP)
    assert again.recovering
    assert again.trust == node.trust
    origin = again.node().log.origin
    assert list(again.store.entries(origin)) == list(node.store.entries(origin))
    assert again.store.checkpoints(origin) == node.store.checkpoints(origin)
    assert again.secrets().fetch("draw/one") == b"not yet revealed"
    assert again.store.problems() == ()
    with pytest.raises(ServiceError, match="restored from a backup"):
        again.node().require_signing()
    assert set(again.seeds) == {"seal"} | ({SECRETS} if passphrase else set())
    again.store.close()
    node.store.close()


def test_the_same_node_is_backed_up_again_from_its_restored_self(tmp_path: Path) -> None:
    node = place(tmp_path, passphrase=WORD)
    back_up(node, tmp_path / "b", created=WHEN, cost=CHEAP)
    again = restore(tmp_path / "b", tmp_path / "new", passphrase=lambda: WORD, cost=CHEAP)
    back_up(again, tmp_path / "c", created=WHEN, cost=CHEAP)
    third = restore(tmp_path / "c", tmp_path / "third", passphrase=lambda: WORD, cost=CHEAP)
    assert third.seeds == again.seeds
    for one in (node, again, third):
        one.store.close()


@pytest.mark.parametrize("size_bytes", [0, 2_000, 20_000, 60_000])
def test_a_backup_or_node_that_does_not_fit_leaves_nothing(tmp_path: Path, size_bytes: int) -> None:
    node = place(tmp_path, passphrase=None)
    with files_up_to(size_bytes), pytest.raises(StorageError):
        back_up(node, tmp_path / "b", created=WHEN, cost=CHEAP)
    assert names(tmp_path) == ["node"]
    back_up(node, tmp_path / "b", created=WHEN, cost=CHEAP)
    with files_up_to(size_bytes), pytest.raises(StorageError):
        restore(tmp_path / "b", tmp_path / "new", passphrase=None)
    assert not (tmp_path / "new").exists()
    node.store.close()


def test_another_passphrase_leaves_nothing(tmp_path: Path) -> None:
    node = place(tmp_path, passphrase=WORD)
    back_up(node, tmp_path / "b", created=WHEN, cost=CHEAP)
    with pytest.raises(VaultError):
        restore(tmp_path / "b", tmp_path / "new", passphrase=lambda: "other")
    assert not (tmp_path / "new").exists()
    node.store.close()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"sealed": True}, "do not agree on whether it is sealed"),
        ({"type": "other"}, "must be of type"),
        ({"party": "x"}, "no backup of a node"),
        ({"created": "yesterday"}, "no backup of a node"),
        ({"files": []}, "is not on the backup's list"),
        ({"more": 1}, "must be of type"),
    ],
)
def test_a_list_of_another_form_is_refused(tmp_path: Path, change: dict[str, object], told: str) -> None:
    node = place(tmp_path, passphrase=None)
    back_up(node, tmp_path / "b", created=WHEN)
    path = tmp_path / "b" / "backup.json"
    path.write_bytes(orjson.dumps(orjson.loads(path.read_bytes()) | change))
    with pytest.raises(BackupError, match=told):
        restore(tmp_path / "b", tmp_path / "new", passphrase=None)
    node.store.close()


def test_a_list_that_lacks_a_file_it_needs_is_refused(tmp_path: Path) -> None:
    node = place(tmp_path, passphrase=None)
    back_up(node, tmp_path / "b", created=WHEN)
    path = tmp_path / "b" / "backup.json"
    document = orjson.loads(path.read_bytes())
    document["files"] = [file for file in document["files"] if file["path"] != "pack.yaml"]
    path.write_bytes(orjson.dumps(document))
    (tmp_path / "b" / "pack.yaml").unlink()
    with pytest.raises(BackupError, match=r"its list lacks one of"):
        restore(tmp_path / "b", tmp_path / "new", passphrase=None)
    node.store.close()


def test_a_sealed_file_from_another_backup_is_refused(tmp_path: Path) -> None:
    """Even with its place on the list: the key of one backup opens nothing of another."""
    node = place(tmp_path, passphrase=WORD)
    for name in ("b", "c"):
        back_up(node, tmp_path / name, created=WHEN, cost=CHEAP)
    lists = [orjson.loads((tmp_path / name / "backup.json").read_bytes()) for name in ("b", "c")]
    (tmp_path / "b" / "pack.yaml").write_bytes((tmp_path / "c" / "pack.yaml").read_bytes())
    swapped = [file for file in lists[1]["files"] if file["path"] == "pack.yaml"]
    lists[0]["files"] = [file for file in lists[0]["files"] if file["path"] != "pack.yaml"] + swapped
    (tmp_path / "b" / "backup.json").write_bytes(orjson.dumps(lists[0]))
    with pytest.raises(VaultError):
        restore(tmp_path / "b", tmp_path / "new", passphrase=lambda: WORD, cost=CHEAP)
    assert not (tmp_path / "new").exists()
    node.store.close()
