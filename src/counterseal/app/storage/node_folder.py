"""A node as a folder: settings, treaty pack, keys, store; and its papers until it is enrolled."""

import tomllib
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from counterseal.app.bootstrap import SystemRandomness
from counterseal.app.storage.bundle_folder import clear_folder, sync
from counterseal.app.storage.errors import LockedError, NotEnrolledError, StorageError
from counterseal.app.storage.key_files import (
    Ask,
    read_seeds,
    sealer,
    seeds_as_bytes,
    write_keeper,
    write_new,
)
from counterseal.app.storage.secrets_folder import SecretsFolder, open_secrets
from counterseal.app.storage.sqlite_store import SqliteStore, open_store
from counterseal.crypto.errors import CryptoError, VaultError
from counterseal.crypto.vault import DEFAULT_COST, Cost
from counterseal.errors import CountersealError, WorkplaceError
from counterseal.log.note import Note
from counterseal.records.trust import Trust
from counterseal.records.trust_chain import TRUST_NAME
from counterseal.records.trust_files import read_trust
from counterseal.services.keys import SEED_BYTES, NodeKeys, PartyKeys
from counterseal.services.merge_trust import stored_form, trust_of_stored
from counterseal.services.node import Node
from counterseal.services.restore import SECRETS, node_keys, voiceless_keys
from counterseal.terms.parties import PartyCode, parse_party_code
from counterseal.treaty.load import load_pack
from counterseal.treaty.pack import Pack

SETTINGS = "counterseal.toml"
TRUST = "trust.json"
PACK = "pack.yaml"
KEYS = "keys.json"
KEEPERS = "keepers"
STORE = "store.sqlite"
FORMAT = "counterseal-node/2"
FORMAT_V1 = "counterseal-node/1"
"""A node with a trust file of the first form, which stands in its folder."""

_SEALED_SECRETS = "secrets"


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeContent:
    """What a new node of a founded treaty starts with; its keys lie in the clear: it is a rehearsal's."""

    party: PartyCode
    trust: Trust
    pack_bytes: bytes
    keys: PartyKeys
    first_heads: tuple[tuple[str, Note], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPlace:
    """What the node of a party starts with that is not enrolled yet."""

    party: PartyCode
    pack_bytes: bytes
    seeds: Mapping[str, bytes]
    card: bytes
    passphrase: str | None
    cost: Cost = DEFAULT_COST


@dataclass(slots=True, kw_only=True)
class NodePlace:
    """A node's folder, opened.

    Attributes:
        trust: What its store knows of trust; None until the party is enrolled.
        seeds: What its keys grow from, by name.
        keys: The keys themselves.
        passphrase: What they are locked under; None in the clear.
        recovering: Whether it was restored from a backup and has no signing keys yet.
        restored: Whether it was ever restored from a backup.
    """

    folder: Path
    party: PartyCode
    pack: Pack
    pack_bytes: bytes
    store: SqliteStore
    trust: Trust | None
    seeds: Mapping[str, bytes]
    keys: NodeKeys
    passphrase: str | None
    recovering: bool
    restored: bool

    def node(self) -> Node:
        """Return the node.

        Raises:
            NotEnrolledError: no trust file is in force here yet.
        """
        if self.trust is None:
            raise NotEnrolledError(
                f"{self.folder}: {self.party} is not enrolled yet; see counterseal party add and party enrol"
            )
        return Node(
            party=self.party,
            trust=self.trust,
            keys=self.keys,
            pack=self.pack,
            store=self.store,
            recovering=self.recovering,
            restored=self.restored,
            pack_text=self.pack_bytes.decode("utf-8"),
        )

    def secrets(self) -> SecretsFolder:
        """Return the node's secrets, sealed under a key of its own where its keys are locked."""
        if SECRETS not in self.seeds:
            return open_secrets(self.folder)
        lock, unlock = sealer(self.seeds[SECRETS], name=_SEALED_SECRETS)
        return open_secrets(self.folder, lock=lock, unlock=unlock)


def create_node(folder: Path, content: NodeContent) -> Node:
    """Make the folder of a founded treaty's node and open it.

    Raises:
        StorageError: the folder is there and not empty, or cannot be written.
    """
    _make(folder, lambda: _fill(folder, content))
    return open_node(folder)


def create_place(folder: Path, new: NewPlace) -> NodePlace:
    """Make the folder of a party that is not enrolled yet and open it.

    Raises:
        StorageError: the folder is there and not empty, or cannot be written.
    """
    _make(folder, lambda: _fill_place(folder, new))
    return open_place(folder, passphrase=lambda: new.passphrase or "")


def _make(folder: Path, fill: Callable[[], None]) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise StorageError(f"{folder}: is not empty; a node is made in a folder of its own")
        folder.chmod(0o700)
    except OSError as error:
        raise StorageError(f"{folder}: {error.strerror or error}") from error
    try:
        fill()
    except BaseException as error:
        with suppress(OSError):  # what went wrong first is what is told
            clear_folder(folder)
        if isinstance(error, OSError):
            raise StorageError(f"{folder}: cannot be made: {error.strerror or error}") from error
        raise


def _fill(folder: Path, content: NodeContent) -> None:
    write_new(folder / PACK, content.pack_bytes)
    write_new(folder / KEYS, seeds_as_bytes(content.keys.seeds, passphrase=None), secret=True)
    (folder / KEEPERS).mkdir(mode=0o700)
    for number, seed in enumerate(content.keys.keeper_seeds, start=1):
        write_keeper(folder / KEEPERS / f"keeper-{number}.json", seed, passphrase=None)
    sync(folder / KEEPERS)
    store = open_store(folder / STORE, create=True)
    try:
        with store.transaction():
            store.add_trust_documents(stored_form(content.trust))
            for origin, note in content.first_heads:
                store.add_checkpoint(origin, size=0, note=note)
    finally:
        store.close()
    finish_folder(folder, content.party)


def _fill_place(folder: Path, new: NewPlace) -> None:
    seeds = dict(new.seeds)
    if new.passphrase is not None:
        seeds[SECRETS] = SystemRandomness()(SEED_BYTES)
    write_new(folder / PACK, new.pack_bytes)
    write_new(folder / KEYS, seeds_as_bytes(seeds, passphrase=new.passphrase, cost=new.cost), secret=True)
    write_new(folder / f"{new.party}.card", new.card)
    open_store(folder / STORE, create=True).close()
    finish_folder(folder, new.party)


def finish_folder(folder: Path, party: PartyCode, *, recovering: bool = False) -> None:
    """Write a node's settings, which come last: without them it is none.

    That it was restored stays there when it has new keys: it counts its bundles on from what others know.
    """
    marks = "recovering = true\nrestored = true\n" if recovering else ""
    text = f'format = "{FORMAT}"\nparty = "{party}"\n{marks}'
    write_new(folder / SETTINGS, text.encode())
    sync(folder)
    sync(folder.parent)


def find_node(start: Path) -> Path:
    """Return the folder of the nearest node at or above ``start``.

    Raises:
        StorageError: there is none.
    """
    for folder in (start.absolute(), *start.absolute().parents):
        if (folder / SETTINGS).is_file():
            return folder
    raise StorageError(f"{start}: no node here or above (no {SETTINGS}); name one with --node DIR")


def open_node(folder: Path, *, passphrase: Ask | None = None) -> Node:
    """Open the node in ``folder``.

    Args:
        folder: Its folder.
        passphrase: Asks for the passphrase; called only if the keys are locked.

    Raises:
        StorageError: something of it is missing, unreadable, or does not belong together; or the keys are
            locked and there is nobody to ask; or the party is not enrolled yet.
        VaultError: the passphrase is another one.
    """
    place = open_place(folder, passphrase=passphrase)
    try:
        return place.node()
    except StorageError:
        place.store.close()
        raise


def open_place(folder: Path, *, passphrase: Ask | None = None) -> NodePlace:
    """Open the folder of a node, enrolled or not.

    Raises:
        StorageError: see ``open_node``.
        VaultError: the passphrase is another one.
    """
    if not (folder / SETTINGS).is_file():
        raise StorageError(f"{folder}: no node there (no {SETTINGS})")
    store: SqliteStore | None = None
    try:
        settings = tomllib.loads((folder / SETTINGS).read_text("utf-8"))
        party = _party(settings, folder)
        pack_bytes = (folder / PACK).read_bytes()
        pack = load_pack(pack_bytes, where=str(folder / PACK))
        store = open_store(folder / STORE)
        trust = _trust(folder, store, settings)
        path = keys_path_of(folder, party, trust)
        seeds, phrase = _seeds(path, folder, passphrase)
        recovering = settings.get("recovering") is True and path.name == KEYS
        place = NodePlace(
            folder=folder,
            party=party,
            pack=pack,
            pack_bytes=pack_bytes,
            store=store,
            trust=trust,
            seeds=seeds,
            keys=_keys(path, seeds, recovering=recovering),
            passphrase=phrase,
            recovering=recovering,
            restored=settings.get("restored") is True,
        )
        _require_own(place)
    except BaseException as error:
        if store is not None:
            store.close()
        if isinstance(error, StorageError | VaultError):
            raise
        known = (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError, CountersealError)
        if isinstance(error, known):
            raise StorageError(f"{folder}: not a whole node: {error}") from error
        raise
    return place


def keys_path_of(folder: Path, party: PartyCode, trust: Trust | None) -> Path:
    """Return where the seeds of the store's newest key file lie: so do new keys come into use."""
    row = trust.chain.keys.get(party, ()) if trust and trust.chain else ()
    path = folder / keys_name(row[-1].file_id) if row else folder / KEYS
    return path if path.exists() else folder / KEYS


def keys_name(file_id: str) -> str:
    """Return the name of the file with the seeds of a key file but the first."""
    return f"keys-{file_id[:16]}.json"


def _require_own(place: NodePlace) -> None:
    trust, keys = place.trust, place.keys
    if place.recovering or trust is None:
        return
    owned = {key.key_id for key in trust.keys if key.party == place.party}
    if {keys.author.key_id, keys.log.key_id, keys.witness.key_id} - owned:
        raise StorageError(f"{place.folder}: its keys are not those of {place.party} in its trust files")


def _trust(folder: Path, store: SqliteStore, settings: Mapping[str, object]) -> Trust | None:
    if settings["format"] == FORMAT_V1:
        return read_trust({TRUST_NAME: (folder / TRUST).read_bytes()})
    documents = store.trust_documents()
    return trust_of_stored(documents) if documents else None


def _party(settings: Mapping[str, object], folder: Path) -> PartyCode:
    if settings.get("format") not in (FORMAT, FORMAT_V1):
        raise StorageError(f"{folder / SETTINGS}: format {settings.get('format')!r}, must be {FORMAT!r}")
    try:
        return parse_party_code(str(settings.get("party")))
    except ValueError as error:
        raise StorageError(f"{folder / SETTINGS}: {error}") from error


def _seeds(path: Path, folder: Path, ask: Ask | None) -> tuple[dict[str, bytes], str | None]:
    try:
        return read_seeds(path, ask=ask)
    except StorageError:
        raise
    except WorkplaceError as error:  # nobody could be asked
        raise LockedError(f"{folder}: its keys are locked: {error}") from error


def _keys(path: Path, seeds: Mapping[str, bytes], *, recovering: bool) -> NodeKeys:
    try:
        return voiceless_keys(seeds, randomness=SystemRandomness()) if recovering else node_keys(seeds)
    except (ValueError, KeyError, TypeError, AttributeError, CryptoError) as error:
        raise StorageError(f"{path}: not a key file: {type(error).__name__}") from error
