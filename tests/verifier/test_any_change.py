"""Whatever is changed in a bundle, it is refused; and whatever bytes are met, there is an answer."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from verifier.builder import canon, fork_proof, small_world, write
from verifier.casebook import other_history
from verifier.chains import fork_proof2, long_world
from verifier.running import Shelf, refusals, run

WORLD = small_world()
FILES = WORLD.files()
PATHS = sorted(FILES)
SETTINGS = settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("any") / "bundle", FILES)


def changed(root: Path, files: dict[str, bytes]) -> Iterator[None]:
    write(root, files)
    yield
    write(root, {path: FILES[path] for path in files})


def flipped(data: bytes, bit: int) -> bytes:
    place = bit // 8 % len(data)
    return data[:place] + bytes([data[place] ^ (1 << bit % 8)]) + data[place + 1 :]


@SETTINGS
@given(path=st.sampled_from(PATHS), bit=st.integers(0, 8 * max(map(len, FILES.values()))))
def test_a_single_bit_of_any_file(root: Path, path: str, bit: int) -> None:
    for _ in changed(root, {path: flipped(FILES[path], bit)}):
        status, result = run([str(root)])
        assert status == 1
        if path != "bundle.json":
            assert any(bad["file"] == path for check in result["checks"] for bad in check["failures"])


def test_a_bit_of_many_bytes_of_the_manifest_and_of_a_checkpoint(root: Path) -> None:
    checkpoint = f"{WORLD.parties['US'].place}/checkpoint"
    places = [(checkpoint, at) for at in range(0, len(FILES[checkpoint]), 2)]
    places += [("bundle.json", at) for at in range(0, len(FILES["bundle.json"]), 17)]
    for path, at in places:
        for _ in changed(root, {path: flipped(FILES[path], 8 * at + at % 8)}):
            assert run([str(root), "--depth", "chain"])[0] == 1, (path, at)


@SETTINGS
@given(
    path=st.sampled_from(
        [path for path in PATHS if "/checkpoints/" not in path and path[:4] not in {"view", "bund"}]
    ),
    bit=st.integers(0, 8 * max(map(len, FILES.values()))),
)
def test_a_single_bit_under_a_manifest_made_again(root: Path, path: str, bit: int) -> None:
    """Pages in view/ are never trusted, and an earlier checkpoint needs no cosignature: all else is bound."""
    files = {name: data for name, data in FILES.items() if name != "bundle.json"}
    data = flipped(FILES[path], bit)
    heads = WORLD.manifest_doc(files)["heads"]
    files = WORLD.files(
        lambda files: files.update({path: data}), manifest=lambda doc: doc.update(heads=heads)
    )
    for _ in changed(root, {path: data, "bundle.json": files["bundle.json"]}):
        assert run([str(root)])[0] == 1


NASTY = st.one_of(
    st.binary(max_size=300),
    st.sampled_from(
        [
            b"[" * 200_000,
            b'{"a":' * 50_000,
            b"9" * 100_000,
            b"\xff" * 10,
            b"\0",
            b"{}",
            b"[]",
            b"null",
            b"1e999",
            b'"\\ud800"',
        ]
    ),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    ).map(lambda value: json.dumps(value).encode()),
)


@SETTINGS
@given(path=st.sampled_from(PATHS), data=NASTY, remade=st.booleans())
def test_any_bytes_in_any_file(root: Path, path: str, data: bytes, *, remade: bool) -> None:
    files = {path: data}
    if remade and path[:4] not in {"view", "bund"}:
        heads = WORLD.manifest_doc(FILES)["heads"]
        again = WORLD.files(
            lambda files: files.update({path: data}), manifest=lambda doc: doc.update(heads=heads)
        )
        files |= {"bundle.json": again["bundle.json"]}
    for _ in changed(root, files):
        assert run([str(root)])[0] == 1


@SETTINGS
@given(
    change=st.sampled_from(["take away", "rename", "put a folder", "put beside"]), path=st.sampled_from(PATHS)
)
def test_a_file_that_is_missing_renamed_or_more(
    tmp_path_factory: pytest.TempPathFactory, change: str, path: str
) -> None:
    root = write(tmp_path_factory.mktemp("moved") / "bundle", FILES)
    place = root / path
    if change == "put beside":
        shutil.copy(place, place.with_name(f"{place.name}0"))
    else:
        place.rename(place.with_name(f"{place.name}0")) if change == "rename" else place.unlink()
        if change == "put a folder":
            place.mkdir()
            (place / "file").write_bytes(b"x")
    assert run([str(root)])[0] == 1


PROOF = canon(fork_proof(WORLD, "US", 4, other_history(WORLD)))


@SETTINGS
@given(bit=st.integers(0, 8 * len(PROOF) - 1))
def test_a_single_bit_of_a_fork_proof(tmp_path: Path, bit: int) -> None:
    (tmp_path / "fork.json").write_bytes(flipped(PROOF, bit))
    status, result = run([str(tmp_path / "fork.json")])
    assert (status == 3) if result is None else (status == 1), refusals(result)


CHAIN = long_world()
CHAIN_FILES = CHAIN.files()
CHAIN_PATHS = sorted(
    path for path in CHAIN_FILES if "/checkpoints/" not in path and path[:4] not in {"view", "bund"}
)
CHAIN_PROOF = canon(fork_proof2(CHAIN, "US", 5, other_history(CHAIN)))


def made_again(path: str, data: bytes) -> dict[str, bytes]:
    heads = CHAIN.manifest_doc(CHAIN_FILES)["heads"]
    return CHAIN.files(lambda files: files.update({path: data}), manifest=lambda doc: doc.update(heads=heads))


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    return Shelf(tmp_path_factory.mktemp("chain") / "bundle")


@SETTINGS
@given(path=st.sampled_from(CHAIN_PATHS), bit=st.integers(0, 8 * max(map(len, CHAIN_FILES.values()))))
def test_a_single_bit_of_a_chain_under_a_manifest_made_again(shelf: Shelf, path: str, bit: int) -> None:
    assert run([shelf.put(made_again(path, flipped(CHAIN_FILES[path], bit)))])[0] == 1


@SETTINGS
@given(path=st.sampled_from(CHAIN_PATHS), data=NASTY)
def test_any_bytes_in_any_file_of_a_chain(shelf: Shelf, path: str, data: bytes) -> None:
    assert run([shelf.put(made_again(path, data))])[0] == 1


@SETTINGS
@given(bit=st.integers(0, 8 * len(CHAIN_PROOF) - 1))
def test_a_single_bit_of_a_fork_proof_under_a_chain(tmp_path: Path, bit: int) -> None:
    (tmp_path / "fork.json").write_bytes(flipped(CHAIN_PROOF, bit))
    status, result = run([str(tmp_path / "fork.json")])
    assert (status == 3) if result is None else (status == 1), refusals(result)
