"""The files and options that ``counterseal escrow`` takes and writes."""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from counterseal.crypto.sharing import join_shares, parse_share, split_secret
from counterseal.declarations.plain_text import LARGEST_FILE_BYTES
from counterseal.errors import RefusedInputError, WorkplaceError
from counterseal.services.escrow import kept_escrow, rebuilt_escrow
from counterseal.services.escrow_layout import Level, Selection, Shape
from counterseal.services.escrow_secret import Escrow
from counterseal.services.escrow_table import FoundRow, Item, read_found, read_items
from counterseal.services.node import Node
from counterseal.services.ports import Secrets

_CUSTODY = re.compile(r"([0-9]{1,3})-of-([0-9]{1,3})", re.ASCII)
_NOTE = """Shares of the seed that opens an escrowed declaration

title      {title}
root       {root}
room       {room}
joined by  any {threshold} of {shares} shares

One share goes to each person, and none stays here. The table of items has to be kept as well, every item
as it was: the seed opens nothing without it. To open the escrow from shares:

    counterseal escrow open COMMITMENT --share FILE --share FILE --items TABLE --room {room} ...
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Custody:
    """How the seed is shared: any ``threshold`` of ``shares`` people join it; files go to ``folder``."""

    threshold: int
    shares: int
    folder: Path

    def as_json(self) -> dict[str, Any]:
        """Return what ``--json`` prints of it."""
        return {"folder": str(self.folder), "shares": self.shares, "threshold": self.threshold}


def custody(text: str | None, folder: Path | None) -> Custody | None:
    """Return what ``--shares`` and ``--shares-dir`` ask for, or None.

    Raises:
        UsageError: one without the other, or not in the form K-of-N.
    """
    if (text is None) != (folder is None):
        raise click.UsageError("--shares and --shares-dir: both or neither")
    if text is None or folder is None:
        return None
    match = _CUSTODY.fullmatch(text)
    if match is None:
        raise click.BadParameter(f"{text!r}: must be like 2-of-3", param_hint="--shares")
    return Custody(threshold=int(match[1]), shares=int(match[2]), folder=folder)


def write_shares(escrow: Escrow, custody: Custody, *, randomness: Callable[[int], bytes]) -> None:
    """Write the shares of the seed, one file each, and a note beside them.

    Raises:
        WorkplaceError: the folder is there already, or cannot be written.
        ShareError: numbers that no sharing has.
    """
    made = split_secret(
        escrow.seed, shares=custody.shares, threshold=custody.threshold, randomness=randomness
    )
    shape = escrow.layout.shape
    note = _NOTE.format(
        title=escrow.title,
        root=escrow.commitment.root,
        room=f"{shape.sites} {shape.buildings} {shape.items}",
        threshold=custody.threshold,
        shares=custody.shares,
    )
    try:
        custody.folder.mkdir(mode=0o700, parents=True)
        for share in made:
            _write_new(custody.folder / f"share-{share.number}-of-{custody.shares}.txt", share.text())
        _write_new(custody.folder / "README.txt", note)
    except OSError as error:
        raise WorkplaceError(
            f"{custody.folder}: shares cannot be written into a new folder there: {error.strerror or error}"
        ) from error


def escrow_to_open(node: Node, commitment: str, *, secrets: Secrets, given: Mapping[str, Any]) -> Escrow:
    """Return what opens a commitment: what the node keeps, or the seed of shares and the table of items.

    Raises:
        UsageError: shares without a table, or a table without shares.
    """
    shares, table = given["shares"], given["table"]
    if bool(shares) != (table is not None):
        raise click.UsageError("--share and --items: both or neither")
    if table is None:
        return kept_escrow(node, commitment, secrets=secrets)
    seed = join_shares([parse_share(_text(path)) for path in shares])
    return rebuilt_escrow(node, commitment, items=items(table), seed=seed, room=shape(given["room"]))


def items(table: Path) -> tuple[Item, ...]:
    """Return the items of a table's file."""
    return read_items(_read(table), where=str(table))


def found_rows(table: Path) -> tuple[FoundRow, ...]:
    """Return the rows of an inspector's file."""
    return read_found(_read(table), where=str(table))


def shape(room: tuple[int, int, int] | None) -> Shape | None:
    """Return what ``--room`` asks for, or None."""
    return None if room is None else Shape(sites=room[0], buildings=room[1], items=room[2])


def selections(chosen: Mapping[str, Any]) -> tuple[Selection, ...]:
    """Return what the options of ``escrow open`` choose.

    Raises:
        UsageError: nothing.
    """
    found = [
        Selection(level=level) for level in (Level.EVERYTHING, Level.TREATY, Level.SITES) if chosen[level]
    ]
    for level in (Level.BUILDINGS, Level.SITE):
        found += [Selection(level=level, names=(name,)) for name in chosen[level]]
    for level in (Level.BUILDING, Level.ITEM):
        found += [Selection(level=level, names=tuple(names)) for names in chosen[level]]
    if not found:
        raise click.UsageError(
            "nothing to open: name it by --treaty, --sites, --buildings, --site, --building, --item, "
            "or --everything"
        )
    return tuple(found)


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(LARGEST_FILE_BYTES + 1)
    except OSError as error:
        raise WorkplaceError(f"{path}: cannot be read: {error.strerror}") from error


def _text(path: Path) -> str:
    try:
        return _read(path).decode("ascii")
    except UnicodeDecodeError as error:
        raise RefusedInputError(f"{path}: not a share: it is no plain text") from error


def _write_new(path: Path, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
