"""A node as a folder: settings, trust file, treaty pack, keys, store."""

import os
import tomllib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import orjson

from counterseal.app.storage.bundle_folder import clear_folder, sync
from counterseal.app.storage.errors import StorageError
from counterseal.app.storage.sqlite_store import SqliteStore, open_store
from counterseal.crypto.ed25519 import signing_key
from counterseal.crypto.errors import CryptoError
from counterseal.errors import CountersealError
from counterseal.log.note import Note
from counterseal.records.trust import AUTHOR, LOG, WITNESS
from counterseal.records.verification.pins import read_trust
from counterseal.services.found import PartyKeys
from counterseal.services.node import Node, NodeKeys
from counterseal.terms.parties import PartyCode, parse_party_code
from counterseal.treaty.load import load_pack

SETTINGS = "counterseal.toml"
TRUST = "trust.json"
PACK = "pack.yaml"
KEYS = "keys.json"
ROOT_KEY = "root-key.json"
STORE = "store.sqlite"
FORMAT = "counterseal-node/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeContent:
    """What a new node starts with."""

    party: PartyCode
    trust_bytes: bytes
    pack_bytes: bytes
    keys: PartyKeys
    first_heads: tuple[tuple[str, Note], ...]


def create_node(folder: Path, content: NodeContent) -> Node:
    """Make a node's folder and open it.

    Raises:
        StorageError: the folder is there and not empty, or cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise StorageError(f"{folder}: is not empty; a node is made in a folder of its own")
    except OSError as error:
        raise StorageError(f"{folder}: {error.strerror or error}") from error
    try:
        _fill(folder, content)
    except BaseException as error:
        with suppress(OSError):  # what went wrong first is what is told
            clear_folder(folder)
        if isinstance(error, OSError):
            raise StorageError(f"{folder}: cannot be made: {error.strerror or error}") from error
        raise
    return open_node(folder)


def _fill(folder: Path, content: NodeContent) -> None:
    """Write everything of a node; its settings come last, and without them it is none."""
    seeds = {role: seed.hex() for role, seed in content.keys.seeds.items()}
    root = {"root": seeds.pop("root")}
    _write(folder / TRUST, content.trust_bytes)
    _write(folder / PACK, content.pack_bytes)
    _write(folder / KEYS, _json(seeds), secret=True)
    _write(folder / ROOT_KEY, _json(root), secret=True)
    store = open_store(folder / STORE, create=True)
    try:
        with store.transaction():
            for origin, note in content.first_heads:
                store.add_checkpoint(origin, size=0, note=note)
    finally:
        store.close()
    text = f'format = "{FORMAT}"\nparty = "{content.party}"\n'
    _write(folder / SETTINGS, text.encode())
    sync(folder)
    sync(folder.parent)


def _json(document: Mapping[str, str]) -> bytes:
    return orjson.dumps(document, option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2) + b"\n"


def _write(path: Path, data: bytes, *, secret: bool = False) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600 if secret else 0o644)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def find_node(start: Path) -> Path:
    """Return the folder of the nearest node at or above ``start``.

    Raises:
        StorageError: there is none.
    """
    for folder in (start.absolute(), *start.absolute().parents):
        if (folder / SETTINGS).is_file():
            return folder
    raise StorageError(f"{start}: no node here or above (no {SETTINGS}); name one with --node DIR")


def open_node(folder: Path) -> Node:
    """Open the node in ``folder``.

    Raises:
        StorageError: something of it is missing, unreadable, or does not belong together.
    """
    if not (folder / SETTINGS).is_file():
        raise StorageError(f"{folder}: no node there (no {SETTINGS})")
    try:
        settings = tomllib.loads((folder / SETTINGS).read_text("utf-8"))
        party = _party(settings, folder)
        trust_bytes = (folder / TRUST).read_bytes()
        trust = read_trust(trust_bytes)
        pack = load_pack((folder / PACK).read_bytes(), where=str(folder / PACK))
        keys = _keys(folder)
    except StorageError:
        raise
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError, CountersealError) as error:
        raise StorageError(f"{folder}: not a whole node: {error}") from error
    owned = {key.key_id for key in trust.keys if key.party == party}
    if {keys.author.key_id, keys.log.key_id, keys.witness.key_id} - owned:
        raise StorageError(f"{folder}: its keys are not those of {party} in its trust file")
    store: SqliteStore = open_store(folder / STORE)
    return Node(party=party, trust=trust, trust_bytes=trust_bytes, keys=keys, pack=pack, store=store)


def _party(settings: Mapping[str, object], folder: Path) -> PartyCode:
    if settings.get("format") != FORMAT:
        raise StorageError(f"{folder / SETTINGS}: format {settings.get('format')!r}, must be {FORMAT!r}")
    try:
        return parse_party_code(str(settings.get("party")))
    except ValueError as error:
        raise StorageError(f"{folder / SETTINGS}: {error}") from error


def _keys(folder: Path) -> NodeKeys:
    path = folder / KEYS
    try:
        seeds = orjson.loads(path.read_bytes())
        author, log, witness = (signing_key(bytes.fromhex(seeds[role])) for role in (AUTHOR, LOG, WITNESS))
    except (ValueError, KeyError, TypeError, CryptoError) as error:
        raise StorageError(f"{path}: not a key file: {type(error).__name__}") from error
    return NodeKeys(author=author, log=log, witness=witness)
