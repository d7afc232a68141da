"""New keys: all or nothing, whatever goes wrong and whenever the program is killed."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Never

import pytest

from app.cli.enrolled import PACK, Parties, three_parties
from counterseal.app.bootstrap import SystemClock, SystemRandomness
from counterseal.app.party_node import give_new_keys
from counterseal.app.storage import bundle_folder, key_files, node_folder, sqlite_file
from counterseal.app.storage.errors import StorageError
from counterseal.app.storage.key_files import read_keeper
from counterseal.app.storage.node_folder import NodePlace, open_node, open_place
from counterseal.crypto.keeper import KeeperKey
from counterseal.records.trusted import AUTHOR, WITNESS
from counterseal.services.errors import KeepersError, ServiceError
from counterseal.services.merge_trust import trust_of_stored
from counterseal.services.rotate import ROLES, Wish, change_keys, key_named, wish_to_revoke
from strategies.worlds import new_world

ALL = Wish(roles=frozenset(ROLES), accepted={})


@pytest.fixture(scope="module")
def _enrolled(tmp_path_factory: pytest.TempPathFactory) -> Parties:
    parties = three_parties(tmp_path_factory.mktemp("enrolled"))
    parties.say("US", "one", "two")
    parties.rounds(1)
    return parties


@pytest.fixture
def parties(_enrolled: Parties, tmp_path: Path) -> Parties:
    return _enrolled.copy(tmp_path / "parties")


@pytest.fixture
def place(parties: Parties) -> Iterator[NodePlace]:
    opened = open_place(parties.node("US"))
    yield opened
    opened.store.close()


def keepers(parties: Parties, count: int = 2) -> list[KeeperKey]:
    return [read_keeper(path, ask=None) for path in parties.keepers("US", count)]


def state(folder: Path) -> tuple[int, int, str]:
    """Number of key files, size of the own log, and the author key in use; the node can sign with it."""
    node = open_node(folder)
    node.require_signing()
    assert node.trust.chain is not None
    found = len(node.trust.chain.keys["US"]), node.store.size(node.log.origin), node.keys.author.key_id
    node.store.close()
    return found


def test_retired_keys_keep_what_was_said_of_them(parties: Parties, place: NodePlace) -> None:
    first = place.keys
    give_new_keys(place, ALL, keepers=keepers(parties))
    key = key_named(place.node(), first.author.key_id)
    give_new_keys(place, wish_to_revoke(key, accepted=1, known=9), keepers=keepers(parties))
    give_new_keys(place, replace(ALL, roles=frozenset((WITNESS,))), keepers=keepers(parties))
    chain = place.node().trust.chain
    assert chain is not None
    newest = chain.keys["US"][-1].file
    retired = {item.key_id: item for item in newest.retired}
    assert (newest.version, retired[first.author.key_id].accepted) == (4, 1)
    assert len(retired) == 8
    for signed in chain.keys["US"][2:]:
        before = {item.key_id: item for item in signed.file.retired}
        assert before[first.witness.key_id] == retired[first.witness.key_id]


def test_a_retired_witness_is_believed_as_far_as_it_vouched(parties: Parties, place: NodePlace) -> None:
    node = place.node()
    old, origins = node.keys.witness.key_id, [log.origin for log in node.trust.logs if log.party != "US"]
    vouched = {origin: int((node.store.witnessed(origin) or "x\n0").splitlines()[1]) for origin in origins}
    give_new_keys(place, ALL, keepers=keepers(parties))
    key = place.node().trust.key("US", old)
    assert key is not None
    assert dict(key.heads or ()) == vouched
    for origin, size in vouched.items():
        assert key.vouches_for(origin, size)
        assert not key.vouches_for(origin, size + 1)


@pytest.mark.parametrize("count", [0, 1])
def test_too_few_keepers_are_refused_before_anything_is_made(
    parties: Parties, place: NodePlace, count: int
) -> None:
    def never(*_: Any) -> Never:
        raise AssertionError("seeds were kept")

    before = place.store.size(place.node().log.origin)
    with pytest.raises(
        KeepersError, match=f"US: found the word of {count} of its keepers, 2 of 3 are needed"
    ):
        change_keys(
            place.node(),
            place.seeds,
            wish=ALL,
            keepers=keepers(parties, count),
            keep=never,
            clock=SystemClock(),
            randomness=SystemRandomness(),
        )
    assert place.store.size(place.node().log.origin) == before


@pytest.mark.parametrize("failing", ["add_trust_documents", "append", "add_checkpoint"])
def test_a_disk_that_fails_on_the_way_leaves_the_old_keys(
    parties: Parties, place: NodePlace, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    before = state(parties.node("US"))

    def fail(*_: Any, **__: Any) -> Never:
        raise StorageError("store: database or disk is full")

    monkeypatch.setattr(type(place.store), failing, fail)
    with pytest.raises(StorageError, match="disk is full"):
        give_new_keys(place, ALL, keepers=keepers(parties))
    monkeypatch.undo()
    assert state(parties.node("US")) == before
    give_new_keys(place, ALL, keepers=keepers(parties))
    assert state(parties.node("US"))[:2] == (2, before[1] + 1)


def _killed_at(number: int, folder: Path, parties: Parties) -> bool:
    """Run a rotation in a child that dies at the n-th write to the disk; whether it came to its end."""
    child = os.fork()
    if child == 0:
        left = number

        def dying(real: Any) -> Any:
            def step(*arguments: Any, **named: Any) -> Any:
                nonlocal left
                left -= 1
                if left < 0:
                    os._exit(9)
                return real(*arguments, **named)

            return step

        try:
            opened = open_place(folder)
            for place, name in (
                (os, "fsync"),
                (os, "open"),
                (sqlite_file.SqliteFile, "_run"),
                (sqlite_file.SqliteFile, "_run_many"),
                (Path, "rename"),
                (Path, "replace"),
                (Path, "unlink"),
            ):
                setattr(place, name, dying(getattr(place, name)))
            give_new_keys(opened, ALL, keepers=keepers(parties))
            opened.store.close()
        except BaseException:  # noqa: BLE001 - a child must not come back into the test
            os._exit(7)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) in (0, 9)
    return os.waitstatus_to_exitcode(status) == 0


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
def test_killed_at_every_write_the_node_has_old_keys_or_new_ones(
    parties: Parties, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(node_folder, "load_pack", lambda *_, **__: PACK)
    before = state(parties.node("US"))
    seen = set()
    for number in range(200):
        folder = tmp_path / f"{number}"
        shutil.copytree(parties.node("US"), folder)
        ended = _killed_at(number, folder, parties)
        versions, size, author = state(folder)
        assert (versions, size) in ((1, before[1]), (2, before[1] + 1))
        assert (author == before[2]) == (versions == 1)
        seen.add(versions)
        if number % 5 == 0:  # and what a killed one left behind is in nobody's way
            opened = open_place(folder)
            give_new_keys(opened, ALL, keepers=keepers(parties))
            opened.store.close()
            assert state(folder)[0] == versions + 1
        assert len(list(folder.glob("keys*.json"))) == 1 or not ended
        shutil.rmtree(folder)
        if ended:
            break
    assert ended
    assert number > 20
    assert seen == {1, 2}


def test_a_revocation_says_what_it_needs(place: NodePlace) -> None:
    node = place.node()
    author = key_named(node, node.keys.author.key_id[:12])
    witness = key_named(node, node.keys.witness.key_id)
    assert (author.role, witness.role) == (AUTHOR, WITNESS)
    for key, accepted, told in (
        (author, None, "needed there"),
        (witness, 3, "is for an author key"),
        (author, 10, "only 9 records"),
        (replace(witness, end=3), None, "is retired already"),
    ):
        with pytest.raises(ServiceError, match=told):
            wish_to_revoke(key, accepted=accepted, known=9)
    with pytest.raises(ServiceError, match="0 keys of US"):
        key_named(node, "0" * 64)


def test_only_an_author_key_that_is_retired_hereby_can_be_disputed(
    parties: Parties, place: NodePlace
) -> None:
    for key in (place.keys.witness.key_id, place.keys.author.key_id):
        wish = Wish(roles=frozenset((WITNESS,)), accepted={key: 0})
        with pytest.raises(ServiceError, match="is no author key of US that is retired hereby"):
            give_new_keys(place, wish, keepers=keepers(parties))


def test_nothing_to_change_is_refused(parties: Parties, place: NodePlace) -> None:
    with pytest.raises(ServiceError, match="no role is to get new keys"):
        give_new_keys(place, Wish(roles=frozenset(), accepted={}), keepers=keepers(parties))


def test_a_node_whose_keys_were_retired_elsewhere_changes_nothing(parties: Parties, place: NodePlace) -> None:
    """Two processes, or two laptops: the one that was overtaken is told so."""
    overtaken = open_place(parties.node("US"))
    give_new_keys(place, ALL, keepers=keepers(parties))
    overtaken.trust = trust_of_stored(overtaken.store.trust_documents())
    with pytest.raises(ServiceError, match="is not in force"):
        give_new_keys(overtaken, ALL, keepers=keepers(parties))
    overtaken.store.close()


def test_two_processes_at_once_end_with_one_change(parties: Parties, place: NodePlace) -> None:
    overtaken = open_place(parties.node("US"))
    give_new_keys(place, ALL, keepers=keepers(parties))
    with pytest.raises(StorageError, match="other bytes of the trust document"):
        give_new_keys(overtaken, ALL, keepers=keepers(parties))
    overtaken.store.close()
    assert state(parties.node("US"))[0] == 2


def test_under_a_trust_file_of_the_first_form_keys_stay_as_they_are() -> None:
    node = new_world(form=1).nodes[next(iter(new_world(form=1).nodes))]
    with pytest.raises(ServiceError, match="first form"):
        change_keys(
            node,
            {},
            wish=ALL,
            keepers=[],
            keep=lambda *_: None,
            clock=SystemClock(),
            randomness=SystemRandomness(),
        )


def test_modules_that_are_watched_are_those_that_write() -> None:
    """The kill test counts calls through these names; were they renamed, it would count nothing."""
    assert all(
        hasattr(module, "sync") or hasattr(module, "write_new") for module in (bundle_folder, key_files)
    )
    assert {"_run", "_run_many"} <= set(dir(sqlite_file.SqliteFile))
