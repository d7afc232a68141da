"""Versions of the store: a new one is made, an older one is brought up to date where it lies.

One transaction does all of it: a store that is killed on the way is of the old version or of the new one.
"""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from importlib.resources import files
from pathlib import Path
from typing import Any

from counterseal.app.storage.errors import StorageError

VERSION = 2
"""Version of the schema; a store of a later one is refused, and left as it is."""

APPLICATION = 0x43534541
"""SQLite's ``application_id`` of a store: ``CSEA``; another program's file is refused, and left as it is."""

_SECTION = re.compile(r"^-- Version ([0-9]+)$", re.MULTILINE)


def pragma(connection: sqlite3.Connection, text: str) -> Any:
    """Return what SQLite answers to a pragma: one value, or None."""
    row = connection.execute(f"PRAGMA {text}").fetchone()
    return row[0] if row else None


def require_known(connection: sqlite3.Connection, path: Path) -> None:
    """Refuse a file that is no store, or one of a version that this program does not know.

    It only reads, before anything is written: a file that is no store stays as it is.

    Raises:
        StorageError: saying which of the two it is.
    """
    if pragma(connection, "application_id") != APPLICATION:
        raise StorageError(f"{path}: not a store of this program")
    found = pragma(connection, "user_version")
    if not 1 <= found <= VERSION:
        raise StorageError(f"{path}: store of version {found}, this program knows versions 1 to {VERSION}")


def bring_up_to_date(connection: sqlite3.Connection) -> None:
    """Run what the store has not run yet of ``schema.sql``; an empty file becomes a store.

    Raises:
        sqlite3.Error: the disk does not take it; nothing has changed then.
    """
    if pragma(connection, "user_version") == VERSION:
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        found = pragma(connection, "user_version")  # again: another program may have been faster
        for version in range(found + 1, VERSION + 1):
            for statement in _statements(version):
                connection.execute(statement)
        pragma(connection, f"application_id = {APPLICATION}")
        pragma(connection, f"user_version = {VERSION}")
        connection.execute("COMMIT")
    except BaseException:
        with suppress(sqlite3.Error):  # what went wrong first is what is told
            connection.rollback()
        raise


def _statements(version: int) -> Iterator[str]:
    """Yield the statements of one version; a trigger's own semicolons do not end it."""
    _, *parts = _SECTION.split(files("counterseal.app.storage").joinpath("schema.sql").read_text("utf-8"))
    sections = dict(zip(map(int, parts[::2]), parts[1::2], strict=True))
    statement = ""
    for line in sections[version].splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
