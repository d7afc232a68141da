"""Keys on disk: for their owner alone, under a passphrase or not, never shown, never over another file."""

import os
import stat
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterseal.app.bootstrap import SystemRandomness
from counterseal.app.storage.errors import LockedError, StorageError
from counterseal.app.storage.key_files import (
    PIECE_BYTES,
    is_locked,
    open_pieces,
    pieces_of,
    read_keeper,
    read_seeds,
    seal_pieces,
    sealer,
    seeds_as_bytes,
    write_keeper,
)
from counterseal.crypto.errors import VaultError
from counterseal.crypto.keeper import keeper_key
from counterseal.crypto.vault import DEFAULT_COST, Cost, lock
from counterseal.errors import RefusedInputError

CHEAP = Cost(memory_kib=8, iterations=1, lanes=1)
SEEDS = {"author": b"\1" * 32, "log": b"\2" * 32}
KEY = bytes(range(32))


def test_a_guess_at_a_passphrase_costs_what_rfc_9106_recommends() -> None:
    """Its second recommended option: 64 MiB, three passes, four lanes."""
    assert (DEFAULT_COST.memory_kib, DEFAULT_COST.iterations, DEFAULT_COST.lanes) == (65536, 3, 4)
    data = seeds_as_bytes(SEEDS, passphrase="word")
    assert b'"kdf":{"iterations":3,"lanes":4,"memory_kib":65536,"name":"argon2id"' in data


@pytest.mark.parametrize("passphrase", [None, "with letters é and ж"])
def test_seeds_come_back(tmp_path: Path, passphrase: str | None) -> None:
    path = tmp_path / "keys.json"
    path.write_bytes(seeds_as_bytes(SEEDS, passphrase=passphrase, cost=CHEAP))
    assert is_locked(path.read_bytes()) == (passphrase is not None)
    assert read_seeds(path, ask=lambda: passphrase or "never asked") == (SEEDS, passphrase)


def test_locked_seeds_are_not_in_the_file(tmp_path: Path) -> None:
    data = seeds_as_bytes(SEEDS, passphrase="word", cost=CHEAP)
    for seed in SEEDS.values():
        assert seed not in data
        assert seed.hex().encode() not in data
    path = tmp_path / "keys.json"
    path.write_bytes(data)
    with pytest.raises(VaultError, match=r"keys\.json"):
        read_seeds(path, ask=lambda: "Word")
    with pytest.raises(LockedError, match=r"keys\.json"):
        read_seeds(path, ask=None)


@pytest.mark.parametrize(
    "data",
    [b"", b"[1]", b'{"author": 5}', b'{"author": "xx"}', lock(b"[]", "w", randomness=os.urandom, cost=CHEAP)],
)
def test_what_is_no_key_file_is_refused_without_being_shown(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "keys.json"
    path.write_bytes(data)
    with pytest.raises(StorageError, match=r"not a key file: \w+$"):
        read_seeds(path, ask=lambda: "w")


def test_a_keeper_s_file_is_its_owner_s_and_written_once(tmp_path: Path) -> None:
    path = tmp_path / "keeper.key"
    before = os.umask(0)
    try:
        write_keeper(path, KEY, passphrase="word", cost=CHEAP)
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(StorageError, match=r"keeper\.key"):
        write_keeper(path, KEY, passphrase="word", cost=CHEAP)
    assert read_keeper(path, ask=lambda: "word").root_id == keeper_key(KEY).root_id


@pytest.mark.parametrize("seeds", [{"author": KEY}, {"keeper": b"short"}])
def test_another_file_is_no_keeper_s(tmp_path: Path, seeds: dict[str, bytes]) -> None:
    path = tmp_path / "keys.json"
    path.write_bytes(seeds_as_bytes(seeds, passphrase=None))
    with pytest.raises(RefusedInputError, match="not a keeper's file"):
        read_keeper(path, ask=None)


@given(st.binary(max_size=300))
@settings(max_examples=25)
def test_what_is_sealed_opens_again(data: bytes) -> None:
    seal, open_ = sealer(KEY, name="x")
    assert open_(seal(data)) == data
    assert len(data) < 20 or data not in seal(data)


def test_long_files_are_sealed_piece_by_piece() -> None:
    data = os.urandom(2 * PIECE_BYTES + 1)
    seal, open_ = sealer(KEY, name="x")
    sealed = seal(data)
    lines = sealed.splitlines(keepends=True)
    assert len(lines) == 3 == pieces_of(len(data))
    assert open_(sealed) == data
    with pytest.raises(VaultError, match="of another file or place"):
        open_(lines[1] + lines[0] + lines[2])
    with pytest.raises(VaultError, match="of another file or place"):
        open_(lines[0] + lines[1])
    with pytest.raises(VaultError, match="of another file or place"):
        sealer(KEY, name="y")[1](sealed)
    with pytest.raises(VaultError, match="does not open"):
        sealer(bytes(32), name="x")[1](sealed)
    with pytest.raises(VaultError, match="ends after 2 of 3"):
        list(open_pieces(lines[:2], key=KEY, name="x", total=3))
    with pytest.raises(VaultError, match="ends after 0 of"):
        list(open_pieces([], key=KEY, name="x", total=1))


def test_no_two_files_are_sealed_alike() -> None:
    seal, _ = sealer(SystemRandomness()(32), name="x")
    assert seal(b"") != seal(b"")
    assert list(seal_pieces([b"a"], key=KEY, name="x", total=1)) != list(
        seal_pieces([b"a"], key=KEY, name="x", total=1)
    )
