"""Tiles as C2SP tlog-tiles lays them out, the tree behind them, and proof files."""

from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterseal.crypto.errors import CryptoError
from counterseal.crypto.merkle import EMPTY_ROOT, leaf_hash, require_consistency, require_inclusion, root_of
from counterseal.log.checkpoint import Checkpoint
from counterseal.log.errors import LogError, TileError
from counterseal.log.note import Note, NoteLine
from counterseal.log.proof import LogProof, parse_log_proof
from counterseal.log.tiles import (
    MAX_ENTRY_BYTES,
    TileAddress,
    hash_tile_levels,
    log_paths,
    read_entries,
    tiles_for,
    write_entries,
)
from counterseal.log.tree import HashTree
from strategies.mutations import mutate_bytes

ENTRIES = [f"entry {number}".encode() for number in range(70)]
TREE = HashTree(ENTRIES)


def test_the_worked_example_of_tlog_tiles() -> None:
    """A log of 70,000: 273 full tiles and one of 112 at level 0, 1 and one of 17 above, one of 1 on top."""
    paths = log_paths(70_000)
    level = {n: sorted(path for path in paths if path.startswith(f"tile/{n}/")) for n in range(4)}
    assert len([path for path in level[0] if ".p/" not in path]) == 273
    assert [path for path in level[0] if ".p/" in path] == ["tile/0/273.p/112"]
    assert level[1] == ["tile/1/000", "tile/1/001.p/17"]
    assert level[2] == ["tile/2/000.p/1"]
    assert level[3] == []
    assert "tile/entries/273.p/112" in paths
    assert len(paths) == 274 + 274 + 2 + 1
    assert list(hash_tile_levels(70_000)) == [(0, 70_000), (1, 273), (2, 1)]


@pytest.mark.parametrize(
    ("number", "path"),
    [
        (0, "000"),
        (5, "005"),
        (999, "999"),
        (1000, "x001/000"),
        (1_234_067, "x001/x234/067"),
        (1_000_000, "x001/x000/000"),
        (999_999_999_999, "x999/x999/x999/999"),
    ],
)
def test_tile_numbers_are_written_in_groups_of_three(number: int, path: str) -> None:
    assert TileAddress(number=number, width=256).path() == path
    assert TileAddress(number=number, width=8).path() == f"{path}.p/8"


@pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 512, 65_535, 65_536, 65_537])
def test_no_partial_tile_where_the_last_one_is_full(size: int) -> None:
    widths = [address.width for address in tiles_for(size)]
    assert sum(widths) == size
    assert all(width == 256 for width in widths[:-1])
    assert 0 not in widths
    assert (log_paths(size) == frozenset()) is (size == 0)


def test_the_tiles_of_a_tree_hold_the_hashes_of_complete_subtrees() -> None:
    tree = HashTree(str(number).encode() for number in range(600))
    tiles = dict(tree.tiles(600))
    assert set(tiles) == {path for path in log_paths(600) if not path.startswith("tile/entries/")}
    assert tiles["tile/0/002.p/88"] == b"".join(leaf_hash(str(n).encode()) for n in range(512, 600))
    assert tiles["tile/1/000.p/2"] == b"".join(
        root_of([leaf_hash(str(n).encode()) for n in range(start, start + 256)]) for start in (0, 256)
    )
    assert dict(tree.tiles(256)).keys() == {"tile/0/000", "tile/1/000.p/1"}


def test_entries_come_back_and_a_tile_holds_nothing_else() -> None:
    entries = [b"", b"one", b"x" * MAX_ENTRY_BYTES]
    tile = write_entries(entries)
    assert read_entries(tile, width=3) == entries
    for data, width, said in (
        (tile, 2, "bytes after its 2 entries"),
        (tile, 4, "ends before entry 3"),
        (tile[:-1], 3, "ends inside entry 2"),
        (b"\x00", 1, "ends before entry 0"),
        (b"", 1, "ends before entry 0"),
        (b"x", 0, "1 bytes after its 0 entries"),
    ):
        with pytest.raises(TileError, match=said):
            read_entries(data, width=width)
    with pytest.raises(TileError, match="65536 bytes, at most 65535"):
        write_entries([bytes(65_536)])


@given(st.lists(st.binary(max_size=40), max_size=20))
def test_any_entries_come_back(entries: list[bytes]) -> None:
    assert read_entries(write_entries(entries), width=len(entries)) == entries


@settings(max_examples=300)
@given(data=st.data())
def test_a_changed_tile_is_refused_or_is_another_tile(data: st.DataObject) -> None:
    tile = write_entries(ENTRIES[:5])
    changed = mutate_bytes(data.draw, tile)
    try:
        entries = read_entries(changed, width=5)
    except TileError:
        return
    assert write_entries(entries) == changed


def test_the_tree_is_empty_then_grows_and_forgets_nothing() -> None:
    tree = HashTree()
    assert (tree.size, tree.root()) == (0, EMPTY_ROOT)
    roots = [tree.root()]
    for entry in ENTRIES:
        assert tree.append(leaf_hash(entry)) == len(roots) - 1
        roots.append(tree.root())
    assert [tree.root(size) for size in range(len(ENTRIES) + 1)] == roots
    assert roots == [root_of([leaf_hash(entry) for entry in ENTRIES[:size]]) for size in range(71)]
    with pytest.raises(LogError, match="has 70 entries, asked for 71"):
        tree.root(71)
    with pytest.raises(LogError, match="asked for 99"):
        tree.inclusion(0, 99)


@given(st.integers(1, 70), st.data())
def test_every_record_proves_its_place_and_every_head_its_past(size: int, data: st.DataObject) -> None:
    index, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size))
    root = TREE.root(size)
    inclusion, consistency = TREE.inclusion(index, size), TREE.consistency(old, size)
    require_inclusion(leaf_hash(ENTRIES[index]), index, size=size, proof=inclusion, root=root)
    require_consistency(old, size, old_root=TREE.root(old), new_root=root, proof=consistency)
    for other in (index - 1, index + 1):
        with pytest.raises(CryptoError):
            require_inclusion(leaf_hash(ENTRIES[index]), other, size=size, proof=inclusion, root=root)


def proof_of(index: int, size: int = 70) -> LogProof:
    text = Checkpoint(origin="lake.example/log", size=size, root=TREE.root(size)).text()
    line = NoteLine(name="lake.example/log", key_hash=b"hash", signature=bytes(64))
    return LogProof(index=index, hashes=TREE.inclusion(index, size), note=Note(text=text, lines=(line,)))


@pytest.mark.parametrize("index", [0, 1, 31, 63, 64, 69])
def test_a_proof_file_goes_there_and_back_and_proves_its_entry_alone(index: int) -> None:
    proof = proof_of(index)
    data = proof.to_bytes()
    assert data.startswith(b"c2sp.org/tlog-proof@v1\nindex %d\n" % index)
    assert parse_log_proof(data) == proof
    parse_log_proof(data).require_entry(ENTRIES[index])
    for other in (ENTRIES[index - 1], ENTRIES[index] + b" ", b""):
        with pytest.raises(CryptoError):
            parse_log_proof(data).require_entry(other)


def test_the_only_leaf_of_a_log_needs_no_hash() -> None:
    proof = proof_of(0, size=1)
    assert proof.hashes == ()
    assert parse_log_proof(proof.to_bytes()) == proof
    parse_log_proof(proof.to_bytes()).require_entry(ENTRIES[0])


WHOLE = proof_of(5).to_bytes()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "must begin with the line"),
        (WHOLE.replace(b"@v1", b"@v2"), "must begin with the line"),
        (WHOLE.replace(b"index 5", b"index 05"), "no line 'index"),
        (WHOLE.replace(b"index 5", b"index -5"), "no line 'index"),
        (WHOLE.replace(b"index 5\n", b""), "no line 'index"),
        (WHOLE.replace(b"index 5\n", b"index 5\n=\n"), "proof hash"),
        (WHOLE.replace(b"index 5\n", b"index 5\n" + b"AAAA\n" * 65), "at most 64"),
        (WHOLE.replace(b"\n\n", b"\n"), "must begin with the line|no line|proof hash"),
        (WHOLE[:-1], "line feed"),
        (bytes(131_073), "131073 bytes, at most 131072"),
    ],
)
def test_each_other_form_of_a_proof_file_is_refused(data: bytes, said: str) -> None:
    with pytest.raises(LogError, match=said):
        parse_log_proof(data)


@settings(max_examples=400, deadline=None)
@given(data=st.data())
def test_a_changed_proof_file_proves_nothing_else(data: st.DataObject) -> None:
    """What is left untouched by any change that still proves: the signature lines, which others judge."""
    changed = mutate_bytes(data.draw, WHOLE)
    try:
        proof = parse_log_proof(changed)
        proof.require_entry(ENTRIES[5])
    except (LogError, CryptoError):
        return
    assert (proof.index, proof.hashes) == (5, proof_of(5).hashes)
    assert proof.note.text.split("\n")[1:] == proof_of(5).note.text.split("\n")[1:]
    assert sha256(proof.to_bytes()).digest() == sha256(changed).digest()
