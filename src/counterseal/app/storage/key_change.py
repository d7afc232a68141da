"""New keys on disk: kept before the store switches to them, the old ones forgotten after."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from counterseal.app.storage.bundle_folder import sync
from counterseal.app.storage.errors import StorageError
from counterseal.app.storage.key_files import seeds_as_bytes, write_new
from counterseal.app.storage.node_folder import KEYS, SETTINGS, NodePlace, keys_name
from counterseal.crypto.vault import DEFAULT_COST, Cost


def key_keeper(place: NodePlace, *, cost: Cost = DEFAULT_COST) -> Callable[[str, Mapping[str, bytes]], None]:
    """Return what keeps new seeds in a node's folder, durably, for the key file of that id."""

    def keep(file_id: str, seeds: Mapping[str, bytes]) -> None:
        path = place.folder / keys_name(file_id)
        part = path.with_name(f".{path.name}.part")
        try:
            part.unlink(missing_ok=True)
            write_new(part, seeds_as_bytes(seeds, passphrase=place.passphrase, cost=cost), secret=True)
            part.rename(path)
            sync(place.folder)
        except OSError as error:
            raise StorageError(f"{path}: new keys cannot be kept: {error.strerror or error}") from error

    return keep


def forget_old_keys(place: NodePlace, file_id: str) -> None:
    """Take away the keys that are in force no more, and the mark of a node that is being restored.

    What cannot be taken away does no harm: the store says which keys are in force.
    """
    kept = keys_name(file_id)
    old = [path for path in place.folder.glob("keys-*.json") if path.name != kept]
    with suppress(OSError):
        for path in (*old, place.folder / KEYS, *place.folder.glob(".keys-*.part")):
            path.unlink(missing_ok=True)
        _drop_mark(place.folder / SETTINGS)
        sync(place.folder)


def _drop_mark(settings: Path) -> None:
    lines = settings.read_text("utf-8").splitlines(keepends=True)
    kept = "".join(line for line in lines if not line.startswith("recovering"))
    if kept == "".join(lines):
        return
    part = settings.with_name(f".{settings.name}.part")
    part.unlink(missing_ok=True)
    write_new(part, kept.encode())
    part.replace(settings)
