"""The store only grows, whoever writes to its file: SQLite itself refuses everything else."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest

from app.storage.world import entry, line, note
from counterseal.app.storage.errors import StorageError
from counterseal.app.storage.sqlite_store import SqliteStore, open_store

ORIGIN = "example.org/first/log"
TABLES = (
    "entry",
    "opening",
    "checkpoint",
    "line",
    "exported",
    "witnessed",
    "received",
    "exported_manifest",
    "sealed",
    "trust_document",
    "evidence",
)
UNKEYED = {
    "entry": "kind",
    "opening": "data",
    "checkpoint": "text",
    "line": "signature",
    "witnessed": "text",
    "exported_manifest": "manifest",
    "sealed": "data",
    "trust_document": "data",
    "evidence": "data",
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A store with something in every table."""
    path = tmp_path / "store.sqlite"
    with closing(open_store(path, create=True)) as store:
        store.append(ORIGIN, [entry(0, opening=b"opening"), entry(1), entry(2)])
        store.add_openings([(entry(number).record_id, b"late") for number in (1, 2)])
        store.add_checkpoint(ORIGIN, size=3, note=note(ORIGIN, size=3, signers=(ORIGIN, "witness")))
        number = store.next_sequence("public")
        store.add_exported("public", sequence=number, manifest_id="ab" * 32)
        store.add_received("B", to="A", sequence=0, manifest_id="cd" * 32)
        store.add_witnessed(ORIGIN, size=3, text="text")
        store.add_sealed([(entry(0).record_id, b"sealed")], by_author=True)
        store.add_trust_documents({"trust/trust.json": b"trust"})
        store.keep_evidence("fork", b"proof")
    return path


@pytest.fixture
def raw(path: Path) -> Iterator[sqlite3.Connection]:
    """The same file, opened by somebody who does not use this program."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        yield connection


def everything(connection: sqlite3.Connection) -> dict[str, list[object]]:
    return {table: connection.execute(f"SELECT * FROM {table} ORDER BY 1, 2").fetchall() for table in TABLES}


def columns(connection: sqlite3.Connection, table: str) -> list[str]:
    return [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]


def test_these_are_all_the_tables_there_are(raw: sqlite3.Connection) -> None:
    rows = raw.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
    assert {name for (name,) in rows} == set(TABLES)
    assert all(everything(raw).values())


@pytest.mark.parametrize("table", TABLES)
def test_no_column_of_a_row_can_be_changed(raw: sqlite3.Connection, table: str) -> None:
    before = everything(raw)
    for column in columns(raw, table):
        with pytest.raises(sqlite3.IntegrityError, match=f"append-only: {table}"):
            raw.execute(f"UPDATE {table} SET {column} = {column}")
    assert everything(raw) == before


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("which", ["", " WHERE rowid = 1"])
def test_no_row_can_be_deleted(raw: sqlite3.Connection, table: str, which: str) -> None:
    before = everything(raw)
    with pytest.raises(sqlite3.IntegrityError, match=f"append-only: {table}"):
        raw.execute(f"DELETE FROM {table}{which}")
    assert everything(raw) == before


@pytest.mark.parametrize("table", TABLES)
def test_no_row_can_be_replaced_by_another_with_its_key(raw: sqlite3.Connection, table: str) -> None:
    """INSERT OR REPLACE deletes what is in its way, and SQLite asks no deletion trigger about it."""
    before = everything(raw)
    names = columns(raw, table)
    other = "zeroblob(32)" if table == "exported_manifest" else "'other'"
    wanted = ", ".join(other if name == UNKEYED.get(table) else name for name in names)
    with suppress(sqlite3.IntegrityError):
        raw.execute(f"INSERT OR REPLACE INTO {table} SELECT {wanted} FROM {table} LIMIT 1")
    assert everything(raw) == before


FRESH = {
    "entry": "'new', 0, x'07', 'k', x'07', 0, zeroblob(32), x'', NULL",
    "opening": "x'07', x''",
    "checkpoint": "'new', 0, 't'",
    "line": f"'{ORIGIN}', 3, 9, 'new', x'', x''",
    "exported": "'new', 0",
    "witnessed": "'new', 0, 't'",
    "received": "'new', '', 0, zeroblob(32)",
    "exported_manifest": "'new', 0, zeroblob(32)",
    "sealed": "(SELECT record_id FROM entry WHERE idx = 1), 0, x''",
    "trust_document": "'new', x''",
    "evidence": "'new', zeroblob(32), x''",
}


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("number", [1, -1, 0])
def test_no_row_can_be_replaced_by_another_with_its_number(
    raw: sqlite3.Connection, table: str, number: int
) -> None:
    """What has another key but the same rowid deletes what is in its way, too; none has a number below 1."""
    raw.execute("PRAGMA foreign_keys = OFF")
    before = everything(raw)
    names = ", ".join(columns(raw, table))
    with pytest.raises(sqlite3.IntegrityError, match=r"append-only|CHECK"):
        raw.execute(f"INSERT OR REPLACE INTO {table} (rowid, {names}) VALUES ({number}, {FRESH[table]})")
    assert everything(raw) == before


@pytest.mark.parametrize("table", TABLES)
def test_a_row_with_a_number_of_its_own_can_be_added(raw: sqlite3.Connection, table: str) -> None:
    """So it is the number that the test before is refused for, not its row."""
    raw.execute("PRAGMA foreign_keys = OFF")
    names = ", ".join(columns(raw, table))
    raw.execute(f"INSERT OR REPLACE INTO {table} (rowid, {names}) VALUES (1000, {FRESH[table]})")
    assert raw.execute(f"SELECT count(*) FROM {table} WHERE rowid = 1000").fetchone() == (1,)


@pytest.mark.parametrize("size", [0, 2, 3])
def test_a_witness_s_memory_only_goes_forward(raw: sqlite3.Connection, size: int) -> None:
    for text in ("text", "other"):
        with pytest.raises(sqlite3.IntegrityError, match="a witness goes forward"):
            raw.execute("INSERT OR REPLACE INTO witnessed VALUES (?, ?, ?)", (ORIGIN, size, text))
    with pytest.raises(sqlite3.IntegrityError, match="CHECK"):
        raw.execute("INSERT INTO witnessed VALUES (?, 'large', 'other')", (ORIGIN,))


@pytest.mark.parametrize("taken", ["record_id", "feed and seq"])
def test_no_entry_can_be_replaced_by_one_at_the_end_of_the_log(raw: sqlite3.Connection, taken: str) -> None:
    before = everything(raw)
    record, seq = ("record_id", "99") if taken == "record_id" else ("x'07'", "seq")
    with pytest.raises(sqlite3.IntegrityError, match=r"once|one record"):
        raw.execute(
            f"INSERT OR REPLACE INTO entry SELECT origin, 3, {record}, kind, feed, {seq}, leaf, envelope, opening"
            " FROM entry WHERE idx = 1"
        )
    assert everything(raw) == before


@pytest.mark.parametrize("index", [-1, 0, 2, 4, 1000])
def test_a_log_has_no_gap_and_no_index_twice(raw: sqlite3.Connection, index: int) -> None:
    with pytest.raises(sqlite3.IntegrityError, match="must follow the last one"):
        raw.execute(
            "INSERT INTO entry VALUES (?, ?, x'01', 'k', x'02', 0, zeroblob(32), x'', NULL)", (ORIGIN, index)
        )
    with pytest.raises(sqlite3.IntegrityError, match="must follow the last one"):
        raw.execute("INSERT INTO entry VALUES ('new', 1, x'01', 'k', x'02', 0, zeroblob(32), x'', NULL)")


def test_an_opening_without_its_entry_is_refused() -> None:
    store = open_store(Path(":memory:"))
    with pytest.raises(StorageError, match="FOREIGN KEY"):
        store.add_openings([("ab" * 32, b"opening")])
    with pytest.raises(StorageError, match="FOREIGN KEY"):
        store.add_line(ORIGIN, size=5, line=line("witness"))


@pytest.fixture
def store() -> SqliteStore:
    return open_store(Path(":memory:"))


def test_one_record_stands_once_in_the_whole_store(store: SqliteStore) -> None:
    store.append(ORIGIN, [entry(0), entry(1)])
    for origin in (ORIGIN, "example.org/second/log"):
        with pytest.raises(StorageError, match="a record is in the store once"):
            store.append(origin, [entry(2), entry(1, seq=9)])
        assert store.size(origin) == (2 if origin == ORIGIN else 0)


def test_a_feed_has_one_record_at_each_seq(store: SqliteStore) -> None:
    store.append(ORIGIN, [entry(0), entry(1)])
    with pytest.raises(StorageError, match="a feed has one record at each seq"):
        store.append(ORIGIN, [entry(7, seq=1)])
    store.append(ORIGIN, [entry(7, seq=1, feed="bb" * 32)])
    assert [found.index for found in store.entries(ORIGIN)] == [0, 1, 2]


def test_the_first_opening_and_the_first_line_of_a_key_stay(store: SqliteStore) -> None:
    store.append(ORIGIN, [entry(0, opening=b"first"), entry(1)])
    store.add_openings([(entry(0).record_id, b"second"), (entry(1).record_id, b"late")])
    assert [found.opening for found in store.entries(ORIGIN)] == [b"first", b"late"]
    store.add_checkpoint(ORIGIN, size=2, note=note(ORIGIN, size=2, signers=(ORIGIN,)))
    store.add_line(ORIGIN, size=2, line=line("witness"))
    store.add_line(ORIGIN, size=2, line=line("witness", signature=b"another"))
    store.add_line(ORIGIN, size=2, line=line("witness", key_hash=b"else", signature=b"another"))
    (kept,) = store.checkpoints(ORIGIN)
    assert [(found.name, found.key_hash, found.signature) for found in kept.lines] == [
        (ORIGIN, b"hash", b"signature"),
        ("witness", b"else", b"another"),
        ("witness", b"hash", b"signature"),
    ]


def test_a_log_has_one_checkpoint_of_each_size(store: SqliteStore) -> None:
    store.add_checkpoint(ORIGIN, size=0, note=note(ORIGIN, size=0, signers=("b",)))
    store.add_checkpoint(ORIGIN, size=0, note=note(ORIGIN, size=0, signers=("a",)))
    with pytest.raises(StorageError, match=f"another checkpoint of {ORIGIN} at size 0"):
        store.add_checkpoint(ORIGIN, size=0, note=note(ORIGIN, size=0, signers=("c",), text="other\n"))
    assert [found.name for found in store.checkpoints(ORIGIN)[0].lines] == ["a", "b"]


def test_the_numbers_of_bundles_count_up_for_each_receiver(store: SqliteStore) -> None:
    assert [store.next_sequence(to) for to in ("a", "a", "b", "a")] == [0, 1, 0, 2]
