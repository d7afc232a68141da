"""Backups: a copy of a node that can read and never speak, as a folder with a list of its files.

A backup of a locked node is sealed as a whole: its files under a random key, that key and the seal keys
under the node's passphrase. It never holds a key that signs.
"""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson

from counterseal.app.bootstrap import SystemRandomness
from counterseal.app.storage.bundle_folder import clear_folder, new_bundle, sync
from counterseal.app.storage.errors import BackupError, StorageError
from counterseal.app.storage.key_files import (
    PIECE_BYTES,
    Ask,
    open_pieces,
    pieces_of,
    read_seeds,
    seal_pieces,
    seeds_as_bytes,
    write_new,
)
from counterseal.app.storage.node_folder import KEYS, PACK, STORE, NodePlace, finish_folder, open_place
from counterseal.app.storage.secrets_folder import FOLDER as SECRETS_FOLDER
from counterseal.crypto.encoding import is_hex32
from counterseal.crypto.vault import DEFAULT_COST, Cost
from counterseal.services.keys import SEED_BYTES
from counterseal.services.restore import without_voice
from counterseal.terms.parties import PartyCode, parse_party_code
from counterseal.terms.times import format_instant, parse_instant

LIST = "backup.json"
BACKUP_TYPE = "counterseal/backup/v1"
_COVER = "backup"
"""Name of the key that a sealed backup's files are sealed under."""

_MAX_LIST = 16 * 2**20
_MEMBERS = {"created", "files", "party", "sealed", "treaty", "type"}


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupFile:
    """A file of a backup: its path, its SHA-256 and size as it lies there."""

    path: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupList:
    """What a backup says it is."""

    party: PartyCode
    treaty: str
    created: datetime
    sealed: bool
    files: tuple[BackupFile, ...]

    def to_bytes(self) -> bytes:
        """Return the list as it lies in the backup."""
        files = [{"path": file.path, "sha256": file.sha256, "size": file.size} for file in self.files]
        document = {
            "created": format_instant(self.created),
            "files": files,
            "party": self.party,
            "sealed": self.sealed,
            "treaty": self.treaty,
            "type": BACKUP_TYPE,
        }
        return orjson.dumps(document, option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2) + b"\n"


def back_up(place: NodePlace, out: Path, *, created: datetime, cost: Cost = DEFAULT_COST) -> BackupList:
    """Write a backup of a node to a new folder: there whole, or not at all.

    Args:
        place: The node, opened.
        out: A folder that must not exist.
        created: When it is made.
        cost: What a guess at the passphrase shall cost.

    Raises:
        StorageError: it cannot be written.
    """
    cover = SystemRandomness()(SEED_BYTES) if place.passphrase is not None else None
    kept = without_voice(place.seeds) | ({_COVER: cover} if cover else {})
    with new_bundle(out) as folder:
        part = out.with_name(f".{out.name}.part")
        part.chmod(0o700)
        write_new(part / KEYS, seeds_as_bytes(kept, passphrase=place.passphrase, cost=cost), secret=True)
        plain = part / f"{STORE}.plain"
        place.store.snapshot(plain)
        for name, source in (*_small_files(place), (STORE, plain)):
            _copy_in(source, part / name, name=name, cover=cover)
        plain.unlink()
        listed = BackupList(
            party=place.party,
            treaty=place.pack.id,
            created=created,
            sealed=cover is not None,
            files=tuple(_listed(part)),
        )
        folder.write(LIST, listed.to_bytes())
    return listed


def _small_files(place: NodePlace) -> Iterator[tuple[str, Path]]:
    yield PACK, place.folder / PACK
    for name in place.secrets().names():
        yield f"{SECRETS_FOLDER}/{name}", place.folder / SECRETS_FOLDER / name


def _copy_in(source: Path, target: Path, *, name: str, cover: bytes | None) -> None:
    _make_private(target.parent)
    target.touch(mode=0o600, exist_ok=False)
    if cover is None:
        shutil.copyfile(source, target)
        return
    total = pieces_of(source.stat().st_size)
    with source.open("rb") as file, target.open("wb") as out:
        pieces = (file.read(PIECE_BYTES) for _ in range(total))
        out.writelines(seal_pieces(pieces, key=cover, name=name, total=total))


def _make_private(folder: Path) -> None:
    """Make a folder, and those above it that are not there yet, for their owner alone."""
    for missing in reversed([one for one in (folder, *folder.parents) if not one.exists()]):
        missing.mkdir(mode=0o700)


def _listed(folder: Path) -> Iterator[BackupFile]:
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        name = path.relative_to(folder).as_posix()
        yield BackupFile(path=name, sha256=_digest(path), size=path.stat().st_size)


def _digest(path: Path) -> str:
    digest = sha256()
    with path.open("rb") as file:
        while chunk := file.read(PIECE_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


def read_list(backup: Path) -> BackupList:
    """Return what a backup says it is, after its files were found to be those of its list.

    Raises:
        BackupError: no backup, or a file is missing, changed, or not on the list.
    """
    try:
        with (backup / LIST).open("rb") as file:
            document = orjson.loads(file.read(_MAX_LIST))
        listed = _parse_list(document)
        found = {file.path: file for file in _listed(backup) if file.path != LIST}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BackupError(f"{backup}: no backup of a node: {type(error).__name__}: {error}") from error
    wanted = {file.path: file for file in listed.files}
    for path in sorted(wanted.keys() | found.keys()):
        if path not in found:
            raise BackupError(f"{backup / path}: is on the backup's list, and is missing")
        if path not in wanted:
            raise BackupError(f"{backup / path}: is not on the backup's list")
        if wanted[path] != found[path]:
            raise BackupError(f"{backup / path}: is not the file that was backed up: its SHA-256 differs")
    if not {KEYS, PACK, STORE} <= wanted.keys():
        raise BackupError(f"{backup}: its list lacks one of {KEYS}, {PACK}, {STORE}")
    return listed


def _parse_list(document: Any) -> BackupList:
    if not isinstance(document, dict) or document.keys() != _MEMBERS or document["type"] != BACKUP_TYPE:
        raise ValueError(f"its list must be of type {BACKUP_TYPE}")
    files = tuple(
        BackupFile(path=file["path"], sha256=file["sha256"], size=file["size"]) for file in document["files"]
    )
    if not all(is_hex32(file.sha256) and type(file.size) is int for file in files):
        raise ValueError("its list must give SHA-256 and size of each file")
    return BackupList(
        party=parse_party_code(document["party"]),
        treaty=str(document["treaty"]),
        created=parse_instant(document["created"]),
        sealed=document["sealed"] is True,
        files=files,
    )


def restore(backup: Path, folder: Path, *, passphrase: Ask | None, cost: Cost = DEFAULT_COST) -> NodePlace:
    """Make a node from a backup, which is *recovering*: it takes in, and signs nothing.

    Args:
        backup: Folder of the backup.
        folder: New or empty folder.
        passphrase: Asks for the passphrase of the backup, which becomes the node's.
        cost: What a guess at the passphrase shall cost.

    Raises:
        BackupError: the backup is not whole.
        VaultError: the passphrase is another one.
        StorageError: the folder is not empty, or cannot be written.
    """
    listed = read_list(backup)
    seeds, phrase = read_seeds(backup / KEYS, ask=passphrase)
    cover = seeds.get(_COVER)
    if (cover is not None) != listed.sealed or (phrase is not None) != listed.sealed:
        raise BackupError(f"{backup}: its list and its keys do not agree on whether it is sealed")
    with _made(folder):
        for file in listed.files:
            if file.path not in (KEYS, LIST):
                _copy_out(backup / file.path, folder / file.path, name=file.path, cover=cover)
        kept = seeds_as_bytes(without_voice(seeds), passphrase=phrase, cost=cost)
        write_new(folder / KEYS, kept, secret=True)
        finish_folder(folder, listed.party, recovering=True)
    return open_place(folder, passphrase=lambda: phrase or "")


@contextmanager
def _made(folder: Path) -> Iterator[None]:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise StorageError(f"{folder}: is not empty; a node is restored into a folder of its own")
        folder.chmod(0o700)
    except OSError as error:
        raise StorageError(f"{folder}: {error.strerror or error}") from error
    try:
        yield
    except BaseException as error:
        with suppress(OSError):  # what went wrong first is what is told
            clear_folder(folder)
        if isinstance(error, OSError):
            raise StorageError(f"{folder}: cannot be restored: {error.strerror or error}") from error
        raise


def _copy_out(source: Path, target: Path, *, name: str, cover: bytes | None) -> None:
    _make_private(target.parent)
    target.touch(mode=0o644 if name == PACK else 0o600)
    if cover is None:
        shutil.copyfile(source, target)
    else:
        with source.open("rb") as lines:
            total = sum(1 for _ in lines)
            lines.seek(0)
            with target.open("wb") as out:
                out.writelines(open_pieces(lines, key=cover, name=name, total=total))
    sync(target)


def summary(listed: BackupList) -> Mapping[str, Any]:
    """Return what ``--json`` prints of a backup."""
    return {
        "party": listed.party,
        "treaty": listed.treaty,
        "created": format_instant(listed.created),
        "sealed": listed.sealed,
        "files": len(listed.files),
        "bytes": sum(file.size for file in listed.files),
    }
