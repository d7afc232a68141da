"""A store of version 1, made from the schema as it was then."""

import sqlite3
from contextlib import closing
from hashlib import sha256
from pathlib import Path

SCHEMA_1 = Path(__file__).with_name("schema_1.sql").read_text("utf-8")
APPLICATION = 0x43534541
ORIGIN = "example.org/first/log"
TABLES_1 = ("entry", "opening", "checkpoint", "line", "exported")
COUNT = 40


def make_old_store(path: Path) -> Path:
    """Make it as the program of version 1 did, with something in every table."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        marks = f"PRAGMA application_id = {APPLICATION};PRAGMA user_version = 1;"
        connection.executescript(f"BEGIN;{SCHEMA_1}{marks}COMMIT;")
        for number in range(COUNT):
            envelope = f"envelope {number}".encode()
            connection.execute(
                "INSERT INTO entry VALUES (?, ?, ?, 'test.note', ?, ?, ?, ?, ?)",
                (
                    ORIGIN,
                    number,
                    sha256(envelope).digest(),
                    b"\xaa" * 32,
                    number,
                    sha256(b"\0" + envelope).digest(),
                    envelope,
                    b"opening" if number % 2 else None,
                ),
            )
        connection.execute("INSERT INTO opening SELECT record_id, x'6c617465' FROM entry WHERE idx = 0")
        connection.execute("INSERT INTO checkpoint VALUES (?, 40, 'text')", (ORIGIN,))
        connection.execute("INSERT INTO line VALUES (?, 40, 0, ?, x'01', x'02')", (ORIGIN, ORIGIN))
        connection.execute("INSERT INTO exported VALUES ('public', 0), ('public', 1)")
    return path


def rows_of(path: Path, tables: tuple[str, ...] = TABLES_1) -> dict[str, list[object]]:
    """Every row with its rowid, straight from the file."""
    with closing(sqlite3.connect(path)) as connection:
        return {
            table: connection.execute(f"SELECT rowid, * FROM {table} ORDER BY rowid").fetchall()
            for table in tables
        }


def schema_of(path: Path) -> set[tuple[str, str, str]]:
    with closing(sqlite3.connect(path)) as connection:
        return set(connection.execute("SELECT type, name, sql FROM sqlite_schema"))


def version_of(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        return int(connection.execute("PRAGMA user_version").fetchone()[0])
