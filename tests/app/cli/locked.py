"""Locks the keys of a node under a passphrase, as a party's own node has them, and opens them again."""

from pathlib import Path

from counterseal.app.storage.key_files import read_seeds, seeds_as_bytes
from counterseal.crypto.vault import Cost

WORD = "correct horse battery"
_LIGHT = Cost(memory_kib=64, iterations=1, lanes=1)


def lock_node(folder: Path) -> Path:
    """Lock a node's keys; return a file with the passphrase. Its secrets are sealed from now on."""
    _write(folder, WORD)
    word = folder.parent / "passphrase.txt"
    word.write_text(f"{WORD}\n", encoding="utf-8")
    return word


def unlock_node(folder: Path) -> None:
    """Leave the same keys in the clear."""
    _write(folder, None)


def _write(folder: Path, passphrase: str | None) -> None:
    path = folder / "keys.json"
    seeds, _ = read_seeds(path, ask=lambda: WORD)
    sealed_under = {"secrets": bytes(range(32))} | seeds
    path.write_bytes(seeds_as_bytes(sealed_under, passphrase=passphrase, cost=_LIGHT))


def kept_bytes(folder: Path) -> bytes:
    """Return all that the files of a node's secrets hold."""
    return b"\n".join(path.read_bytes() for path in (folder / "secrets").rglob("*") if path.is_file())
