"""Blocks and summaries as Parquet files, written whole or not at all.

A file is written beside its place, brought to the disk, and then renamed; a power cut leaves the old state
or the new one. A block carries the digest of the campaign that it belongs to, and a checksum of all that it
says: whatever does not hold is as good as missing, and is worked out again.
"""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields
from hashlib import sha256
from pathlib import Path
from typing import Any

import duckdb

from counterseal.app.campaigns.setup import Task
from counterseal.design.campaigns.blocks import Sums
from counterseal.errors import WorkplaceError

_TEMPORARY = ".partial"
_LISTS = ("visits", "delays")
_COLUMNS = (
    "campaign VARCHAR",
    "number BIGINT",
    "strategy BIGINT",
    "first BIGINT",
    *(f"{one.name} BIGINT{'[]' if one.name in _LISTS else ''}" for one in fields(Sums)),
    "checksum VARCHAR",
)


class BlockFiles:
    """The blocks of one campaign as files of a folder.

    Args:
        folder: The folder.
        campaign: Digest of the campaign, which each block repeats.
    """

    def __init__(self, folder: Path, *, campaign: str) -> None:
        self._folder, self._campaign = folder, campaign
        self._database = database()

    def path(self, number: int) -> Path:
        """Return where a block stands."""
        return self._folder / f"{number:06d}.parquet"

    def write(self, task: Task, sums: Sums) -> None:
        """Store a block.

        Raises:
            WorkplaceError: the disk or the folder does not take it; nothing half is left.
        """
        row = self._row(task, sums)
        values = [*row.values(), _checksum(row)]
        with whole_file(self.path(task.number)) as partial:
            write_parquet(self._database, partial, columns=_COLUMNS, rows=[values])

    def read(self, task: Task) -> Sums | None:
        """Return the sums of a block; None where there is no file, or none that holds."""
        path = self.path(task.number)
        if not path.is_file():
            return None
        try:
            rows = self._database.execute("SELECT * FROM read_parquet(?)", [str(path)]).fetchall()
        except duckdb.Error:
            return None
        names = [column.split()[0] for column in _COLUMNS]
        if len(rows) != 1 or len(rows[0]) != len(names):
            return None
        row = dict(zip(names, rows[0], strict=True))
        if any(value is None for value in row.values()):
            return None
        given: dict[str, Any] = {one.name: row[one.name] for one in fields(Sums)}
        sums = Sums(**given | {name: tuple(given[name]) for name in _LISTS})
        expected = self._row(task, sums)
        return sums if row["checksum"] == _checksum(expected) and sums.runs == task.runs else None

    def _row(self, task: Task, sums: Sums) -> dict[str, Any]:
        plain = {one.name: getattr(sums, one.name) for one in fields(Sums)}
        return {
            "campaign": self._campaign,
            "number": task.number,
            "strategy": task.strategy,
            "first": task.first,
            **{name: list(one) if name in _LISTS else one for name, one in plain.items()},
        }


def _checksum(row: Mapping[str, Any]) -> str:
    return sha256(json.dumps(row, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def database() -> duckdb.DuckDBPyConnection:
    """Return a database in memory that works on one thread, so that equal rows give equal files."""
    return duckdb.connect(":memory:", config={"threads": 1})


def write_parquet(
    place: duckdb.DuckDBPyConnection, path: Path, *, columns: tuple[str, ...], rows: list[list[Any]]
) -> None:
    """Write rows as one Parquet file.

    Args:
        place: The database.
        path: Where to.
        columns: Name and type of each column.
        rows: Values, row by row.

    Raises:
        WorkplaceError: it cannot be written.
    """
    marks = ", ".join("?" for _ in columns)
    target = str(path).replace("'", "''")
    try:
        place.execute(f"CREATE OR REPLACE TABLE written ({', '.join(columns)})")
        place.executemany(f"INSERT INTO written VALUES ({marks})", rows)  # noqa: S608 - marks alone
        place.execute(f"COPY written TO '{target}' (FORMAT parquet, COMPRESSION zstd)")
    except duckdb.Error as error:
        raise WorkplaceError(f"{path}: cannot be written: {str(error).splitlines()[0]}") from error
    except RuntimeError as error:  # so DuckDB ends when Ctrl-C comes while it works
        if "interrupted" in str(error).lower():
            raise KeyboardInterrupt from error
        raise


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Give a path to write to, and put the file in its place when all of it is on the disk.

    Raises:
        WorkplaceError: the disk or the folder does not take it; nothing half is left.
    """
    partial = path.with_name(path.name + _TEMPORARY)
    try:
        yield partial
        descriptor = os.open(partial, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        partial.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        raise WorkplaceError(f"{path}: cannot be written: {error.strerror or error}") from error
    finally:
        partial.unlink(missing_ok=True)


def write_whole(path: Path, data: bytes) -> None:
    """Write a file whole or not at all.

    Raises:
        WorkplaceError: the disk or the folder does not take it.
    """
    with whole_file(path) as partial:
        partial.write_bytes(data)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
