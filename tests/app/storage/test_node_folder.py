"""A node as a folder: made whole or not at all, found from below, and refused when it does not belong together."""

import os
import stat
from pathlib import Path

import pytest

from app.storage.world import FIRST, SECOND, content, files_up_to, names, new_node, say
from counterseal.app.bootstrap import SeededRandomness
from counterseal.app.storage import node_folder
from counterseal.app.storage.errors import LockedError, NotEnrolledError, StorageError
from counterseal.app.storage.key_files import read_seeds, seeds_as_bytes
from counterseal.app.storage.node_folder import (
    NewPlace,
    create_node,
    create_place,
    find_node,
    keys_name,
    open_node,
)
from counterseal.app.storage.sqlite_store import open_store
from counterseal.crypto.errors import VaultError
from counterseal.crypto.vault import Cost
from counterseal.services.keys import make_keys
from strategies.worlds import new_world

CHEAP = Cost(memory_kib=8, iterations=1, lanes=1)

FILES = {"counterseal.toml", "pack.yaml", "keys.json", "keepers", "store.sqlite"}
KEEPER = "keepers/keeper-1.json"


def test_a_node_is_the_same_after_it_was_closed(tmp_path: Path) -> None:
    node = new_node(tmp_path / "node")
    ids = say(node, count=3, salt="a")
    root = node.tree(node.log.origin).root()
    node.store.close()
    assert set(names(tmp_path / "node")) == FILES
    again = open_node(tmp_path / "node")
    assert (again.party, again.trust, again.keys.author.public) == (
        FIRST,
        node.trust,
        node.keys.author.public,
    )
    assert again.tree(again.log.origin).root() == root
    assert tuple(entry.record_id for entry in again.store.entries(again.log.origin)) == ids
    again.store.close()


def test_keys_are_for_their_owner_alone_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        new_node(tmp_path / "node").store.close()
    finally:
        os.umask(before)
    for name in ("keys.json", KEEPER):
        assert stat.S_IMODE((tmp_path / "node" / name).stat().st_mode) == 0o600


def test_a_node_is_found_from_below(tmp_path: Path) -> None:
    new_node(tmp_path / "node").store.close()
    below = tmp_path / "node" / "a" / "b"
    below.mkdir(parents=True)
    assert find_node(below) == tmp_path / "node"
    with pytest.raises(StorageError, match="no node here or above"):
        find_node(tmp_path)


def test_a_node_is_made_in_a_folder_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("keep")
    with pytest.raises(StorageError, match="is not empty"):
        create_node(tmp_path, content())
    assert names(tmp_path) == ["mine.txt"]


def test_a_node_below_a_file_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StorageError, match=r"node: Not a directory|node: .*exists"):
        create_node(tmp_path / "file" / "node", content())


@pytest.mark.parametrize("size_bytes", [0, 100, 10_000, 30_000])
def test_a_node_that_does_not_fit_leaves_nothing_behind(tmp_path: Path, size_bytes: int) -> None:
    with files_up_to(size_bytes), pytest.raises(StorageError):
        create_node(tmp_path / "node", content())
    assert not (tmp_path / "node").exists()
    create_node(tmp_path / "node", content()).store.close()


def test_a_node_that_is_interrupted_while_made_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(node_folder, "open_store", interrupt)
    with pytest.raises(KeyboardInterrupt):
        create_node(tmp_path / "node", content())
    assert not (tmp_path / "node").exists()


@pytest.mark.parametrize("name", sorted(FILES - {"keepers"}))
@pytest.mark.parametrize("damage", ["missing", "empty", "binary", "folder"])
def test_a_node_with_a_damaged_file_is_refused_by_name(tmp_path: Path, name: str, damage: str) -> None:
    new_node(tmp_path / "node").store.close()
    path = tmp_path / "node" / name
    path.unlink()
    if damage == "folder":
        path.mkdir()
    elif damage != "missing":
        path.write_bytes(b"" if damage == "empty" else b"\x00\xff\xfe" * 50)
    with pytest.raises(StorageError, match=str(tmp_path / "node")):
        open_node(tmp_path / "node")


def test_a_keeper_is_not_needed_for_daily_work(tmp_path: Path) -> None:
    new_node(tmp_path / "node").store.close()
    (tmp_path / "node" / KEEPER).unlink()
    open_node(tmp_path / "node").store.close()


@pytest.mark.parametrize("name", ["keys.json", "counterseal.toml"])
def test_a_node_with_another_party_s_file_is_refused(tmp_path: Path, name: str) -> None:
    new_node(tmp_path / "one", party=FIRST).store.close()
    new_node(tmp_path / "other", party=SECOND).store.close()
    (tmp_path / "one" / name).write_bytes((tmp_path / "other" / name).read_bytes())
    with pytest.raises(StorageError, match="its keys are not those of"):
        open_node(tmp_path / "one")


@pytest.mark.parametrize(
    "text",
    ["[]", '{"author": 1, "log": 2, "witness": 3}', '{"author": "zz"}', '{"author": "00"}', "null", '"text"'],
)
def test_a_key_file_of_another_form_is_refused_without_showing_it(tmp_path: Path, text: str) -> None:
    new_node(tmp_path / "node").store.close()
    (tmp_path / "node" / "keys.json").write_text(text)
    with pytest.raises(StorageError, match=r"keys\.json: not a key file: \w+$"):
        open_node(tmp_path / "node")


def test_an_unlocked_node_asks_for_nothing(tmp_path: Path) -> None:
    def never() -> str:
        raise AssertionError("asked")

    new_node(tmp_path / "node").store.close()
    open_node(tmp_path / "node", passphrase=never).store.close()


def locked(tmp_path: Path) -> Path:
    """The same node, its keys under a passphrase."""
    new_node(tmp_path / "node").store.close()
    path = tmp_path / "node" / "keys.json"
    seeds, _ = read_seeds(path, ask=None)
    path.write_bytes(seeds_as_bytes(seeds, passphrase="open sesame", cost=CHEAP))
    return tmp_path / "node"


def test_a_locked_node_opens_with_its_passphrase_alone(tmp_path: Path) -> None:
    folder = locked(tmp_path)
    open_node(folder, passphrase=lambda: "open sesame").store.close()
    with pytest.raises(VaultError, match="the passphrase is another"):
        open_node(folder, passphrase=lambda: "Open Sesame")
    with pytest.raises(LockedError, match="no passphrase was given"):
        open_node(folder)


def test_a_node_of_a_party_that_is_not_enrolled_opens_as_a_place_and_as_no_node(tmp_path: Path) -> None:
    made = make_keys(SeededRandomness(seed=1, name="FIRST"))
    new = NewPlace(
        party=FIRST, pack_bytes=content().pack_bytes, seeds=made.seeds, card=b"{}", passphrase=None
    )
    place = create_place(tmp_path / "node", new)
    assert (place.trust, place.recovering) == (None, False)
    place.store.close()
    with pytest.raises(NotEnrolledError, match=f"{FIRST} is not enrolled yet"):
        open_node(tmp_path / "node")


def test_keys_are_those_that_the_newest_key_file_is_of(tmp_path: Path) -> None:
    """Seeds for a key file that never came into force are in nobody's way."""
    new_node(tmp_path / "node").store.close()
    other = make_keys(SeededRandomness(seed=2, name="another"))
    (tmp_path / "node" / keys_name("ab" * 32)).write_bytes(seeds_as_bytes(other.seeds, passphrase=None))
    node = open_node(tmp_path / "node")
    node.require_signing()
    assert node.trust.chain is not None
    file_id = node.trust.chain.keys[FIRST][-1].file_id
    node.store.close()
    (tmp_path / "node" / "keys.json").rename(tmp_path / "node" / keys_name(file_id))
    open_node(tmp_path / "node").store.close()


def test_nodes_of_the_first_format_keep_opening(tmp_path: Path) -> None:
    """A folder as release 0.2 left it: the trust file beside the store, three seeds."""
    world = new_world(form=1)
    party = next(iter(world.nodes))
    node = world.nodes[party]
    folder = tmp_path / "node"
    folder.mkdir()
    (folder / "trust.json").write_bytes(node.trust.files["trust/trust.json"])
    (folder / "pack.yaml").write_bytes(content().pack_bytes)
    seeds = {name: world.keys[party].seeds[name] for name in ("author", "log", "witness")}
    (folder / "keys.json").write_bytes(seeds_as_bytes(seeds, passphrase=None))
    open_store(folder / "store.sqlite", create=True).close()
    (folder / "counterseal.toml").write_text(f'format = "counterseal-node/1"\nparty = "{party}"\n', "utf-8")
    again = open_node(folder)
    again.require_signing()
    assert (again.trust.fingerprint, again.keys.seal) == (node.trust.fingerprint, None)
    again.store.close()
