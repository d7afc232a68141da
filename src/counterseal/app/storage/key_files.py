"""Keys on disk: a node's seeds in one file, each keeper's in a file of its own, locked or in the clear.

A locked file is a vault (``crypto/vault.py``): Argon2id decides what a guess at its passphrase costs. A node
unlocks its seeds once; among them is a random key under which everything larger is sealed, piece by piece.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

import orjson

from counterseal.app.bootstrap import SystemRandomness
from counterseal.app.storage.errors import LockedError, StorageError
from counterseal.crypto.errors import CryptoError, VaultError
from counterseal.crypto.hashing import domain_hash
from counterseal.crypto.keeper import KeeperKey, keeper_key
from counterseal.crypto.vault import DEFAULT_COST, VAULT_TYPE, Cost, lock, unlock
from counterseal.errors import RefusedInputError

Ask = Callable[[], str]
"""Asks for a passphrase; it is called only where something is locked."""

KEEPER = "keeper"
PIECE_BYTES = 512 * 1024
_LIGHT = Cost(memory_kib=8, iterations=1, lanes=1)
"""For keys that are 32 random bytes: no guess at them is worth making dearer."""

_PLACE_BYTES = 16
_MOST_BYTES = 2 * 2**20


def is_locked(data: bytes) -> bool:
    """Whether a file claims to be a vault."""
    return f'"type":"{VAULT_TYPE}"'.encode() in data


def write_new(path: Path, data: bytes, *, secret: bool = False) -> None:
    """Write a new file, durably; a secret one is for its owner alone.

    Raises:
        OSError: there is one already, or the disk does not take it.
    """
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600 if secret else 0o644)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def seeds_as_bytes(seeds: Mapping[str, bytes], *, passphrase: str | None, cost: Cost = DEFAULT_COST) -> bytes:
    """Return what a file of seeds holds: hexadecimal by name, in a vault where there is a passphrase."""
    listed = {name: seed.hex() for name, seed in seeds.items()}
    plain = orjson.dumps(listed, option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2) + b"\n"
    return plain if passphrase is None else lock(plain, passphrase, randomness=SystemRandomness(), cost=cost)


def read_seeds(path: Path, *, ask: Ask | None) -> tuple[dict[str, bytes], str | None]:
    """Return the seeds in a file by name, and the passphrase that they are locked under, or None.

    Raises:
        LockedError: they are locked, and there is nobody to ask.
        VaultError: the passphrase is another, or the file was altered.
        StorageError: missing, or not such a file; it is never shown.
    """
    passphrase = None
    try:
        with path.open("rb") as file:
            data = file.read(_MOST_BYTES)
    except OSError as error:
        raise StorageError(f"{path}: keys cannot be read: {error.strerror or error}") from error
    if is_locked(data):
        if ask is None:
            raise LockedError(f"{path}: its keys are locked, and no passphrase was given")
        passphrase = ask()
        data = _unlocked(data, passphrase, path)
    try:
        return {name: bytes.fromhex(seed) for name, seed in orjson.loads(data).items()}, passphrase
    except (ValueError, TypeError, AttributeError) as error:
        raise StorageError(f"{path}: not a key file: {type(error).__name__}") from error


def _unlocked(data: bytes, passphrase: str, path: Path) -> bytes:
    try:
        return unlock(data, passphrase)
    except VaultError as error:
        raise VaultError(f"{path}: {error}") from error


def write_keeper(path: Path, seed: bytes, *, passphrase: str | None, cost: Cost = DEFAULT_COST) -> None:
    """Write a keeper's file, to be carried away.

    Raises:
        StorageError: there is one already, or it cannot be written.
    """
    try:
        data = seeds_as_bytes({KEEPER: seed}, passphrase=passphrase, cost=cost)
        write_new(path, data, secret=True)
    except OSError as error:
        raise StorageError(
            f"{path}: the keeper's file cannot be written: {error.strerror or error}"
        ) from error


def read_keeper(path: Path, *, ask: Ask | None) -> KeeperKey:
    """Return the key in a keeper's file.

    Raises:
        RefusedInputError: it is no keeper's file.
        VaultError: the passphrase is another, or the file was altered.
        LockedError: it is locked, and there is nobody to ask.
    """
    seeds, _ = read_seeds(path, ask=ask)
    try:
        return keeper_key(seeds[KEEPER])
    except (KeyError, ValueError, CryptoError) as error:
        raise RefusedInputError(f"{path}: not a keeper's file: {type(error).__name__}") from error


def seal_pieces(pieces: Iterable[bytes], *, key: bytes, name: str, total: int) -> Iterator[bytes]:
    """Yield the lines of a sealed file: a vault for each piece, bound to the file's name and its place.

    Args:
        pieces: The file, in pieces of ``PIECE_BYTES``.
        key: 32 random bytes.
        name: What the file is, for ever.
        total: How many pieces there are.
    """
    for number, piece in enumerate(pieces):
        place = _place(name, number, total)
        yield lock(place + piece, key.hex(), randomness=SystemRandomness(), cost=_LIGHT) + b"\n"


def open_pieces(lines: Iterable[bytes], *, key: bytes, name: str, total: int) -> Iterator[bytes]:
    """Yield the pieces of a sealed file.

    Raises:
        VaultError: another key, or the file was altered, cut, or is another one.
    """
    number = -1
    for number, line in enumerate(lines):
        piece = unlock(line.removesuffix(b"\n"), key.hex())
        if piece[:_PLACE_BYTES] != _place(name, number, total):
            raise VaultError(f"{name}: piece {number + 1} of {total} is of another file or place")
        yield piece[_PLACE_BYTES:]
    if number + 1 != total:
        raise VaultError(f"{name}: ends after {number + 1} of {total} pieces")


def _place(name: str, number: int, total: int) -> bytes:
    return domain_hash("counterseal/sealed-piece/v1", name, str(number), str(total))[:_PLACE_BYTES]


def pieces_of(size: int) -> int:
    """Return into how many pieces a file of ``size`` bytes is cut; an empty one is one piece."""
    return max(1, -(-size // PIECE_BYTES))


def sealer(key: bytes, *, name: str) -> tuple[Callable[[bytes], bytes], Callable[[bytes], bytes]]:
    """Return what seals and what opens bytes of any length under a key."""

    def seal(data: bytes) -> bytes:
        total = pieces_of(len(data))
        pieces = (data[at * PIECE_BYTES : (at + 1) * PIECE_BYTES] for at in range(total))
        return b"".join(seal_pieces(pieces, key=key, name=name, total=total))

    def open_(data: bytes) -> bytes:
        lines = data.splitlines()
        return b"".join(open_pieces(lines, key=key, name=name, total=len(lines)))

    return seal, open_
