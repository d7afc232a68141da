"""The native list of pulses: what was written is read, and any other byte is refused."""

import io
import zipfile
from dataclasses import replace
from hashlib import sha256

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterseal.crypto.canonical import decode_canonical, encode_canonical
from counterseal.measurement.errors import ReadingError
from counterseal.measurement.pulses import PulseTrain
from counterseal.measurement.readers.list_mode import (
    CHUNK_PULSES,
    MANIFEST,
    TICKS,
    read_list_mode,
    read_list_mode_files,
)
from counterseal.measurement.spectrum import MAX_COUNT, Provenance
from counterseal.measurement.writers.list_mode import list_mode_files, write_list_mode
from strategies.measured_data import trains


def train(ticks: tuple[int, ...] = (3, 5, 5, 9), channels: tuple[int, ...] = (0, 0, 1, 0)) -> PulseTrain:
    return PulseTrain(
        ticks=np.array(ticks, dtype=np.int64),
        channels=np.array(channels, dtype=np.uint8),
        tick_ps=10_000,
        duration_ticks=100,
    )


def same(one: PulseTrain, other: PulseTrain) -> bool:
    return (
        np.array_equal(one.ticks, other.ticks)
        and np.array_equal(one.channels, other.channels)
        and (one.tick_ps, one.duration_ticks) == (other.tick_ps, other.duration_ticks)
    )


@settings(deadline=None)
@given(trains())
def test_a_list_is_read_as_it_was_written(pulses: PulseTrain) -> None:
    data = write_list_mode(pulses)
    found = read_list_mode(data)
    assert same(found, pulses)
    assert (found.provenance.sha256, found.provenance.form) == (sha256(data).hexdigest(), "list-mode")
    assert same(read_list_mode_files(list_mode_files(pulses)), pulses)


def test_the_same_pulses_give_the_same_bytes() -> None:
    assert write_list_mode(train()) == write_list_mode(train())


def test_other_programs_read_it_too() -> None:
    with zipfile.ZipFile(io.BytesIO(write_list_mode(train()))) as archive:
        assert archive.testzip() is None
        assert np.load(io.BytesIO(archive.read("ticks.npy"))).tolist() == [3, 5, 5, 9]
        assert np.load(io.BytesIO(archive.read("channels.npy"))).tolist() == [0, 0, 1, 0]


def test_arrays_that_numpy_saved_are_read() -> None:
    files = dict(list_mode_files(train()))
    for name, values in (("ticks.npy", train().ticks), ("channels.npy", train().channels)):
        saved = io.BytesIO()
        np.save(saved, values)
        files[name] = saved.getvalue()
    assert same(read_list_mode_files(files), train())


def test_every_chunk_has_its_hash() -> None:
    ticks = np.arange(CHUNK_PULSES + 3, dtype=np.int64)
    pulses = PulseTrain(
        ticks=ticks, channels=np.zeros(len(ticks), dtype=np.uint8), tick_ps=1, duration_ticks=len(ticks)
    )
    files = list_mode_files(pulses)
    chunks = decode_canonical(files[MANIFEST])["chunks"]
    assert chunks[1] == sha256(ticks[CHUNK_PULSES:].tobytes() + bytes(3)).hexdigest()
    assert same(read_list_mode_files(files), pulses)
    changed = bytearray(files[TICKS])
    changed[-8] ^= 1
    with pytest.raises(ReadingError, match="chunk 1: its bytes have SHA-256"):
        read_list_mode_files({**files, TICKS: bytes(changed)})


def changed_manifest(**changes: object) -> dict[str, bytes]:
    files = list_mode_files(train())
    manifest = {**decode_canonical(files[MANIFEST]), **changes}
    return {**files, MANIFEST: encode_canonical({k: v for k, v in manifest.items() if v is not ...})}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"pulses": 3}, "4 of <i8, must be 3 of <i8"),
        ({"pulses": -1}, "pulses must be a whole number"),
        ({"pulses": True}, "pulses must be a whole number"),
        ({"pulses": 2**40}, "pulses must be a whole number"),
        ({"tick_ps": 0}, "tick of 0 ps"),
        ({"tick_ps": "1"}, "tick_ps must be a whole number"),
        ({"duration_ticks": 9}, "before the start or after the end"),
        ({"duration_ticks": MAX_COUNT}, ""),
        ({"form": "counterseal/list-mode/v2"}, "form 'counterseal/list-mode/v2'"),
        ({"chunks": []}, "0 chunks, the pulses have 1"),
        ({"chunks": ["00" * 32]}, "chunk 0: its bytes have SHA-256"),
        ({"chunks": "x"}, "chunks must be a list"),
        ({"remarks": [1]}, "remarks must be a list"),
        ({"remarks": ["x"] * 101}, "remarks must be a list of at most 100"),
        ({"remarks": ...}, "must have the keys"),
        ({"more": 1}, "must have the keys"),
    ],
)
def test_a_manifest_that_does_not_fit_is_refused(changes: dict[str, object], reason: str) -> None:
    files = changed_manifest(**changes)
    if not reason:
        assert read_list_mode_files(files).duration_ticks == MAX_COUNT
        return
    with pytest.raises(ReadingError, match=reason):
        read_list_mode_files(files)


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        (TICKS, b"", "no NPY file of version 1.0"),
        (TICKS, b"\x93NUMPY\x02\x00" + bytes(99), "no NPY file of version 1.0"),
        (TICKS, b"\x93NUMPY\x01\x00\x05\x00{'a'}", "no NPY file of version 1.0"),
        ("channels.npy", list_mode_files(train())[TICKS], "4 of <i8, must be 4 of |u1"),
        (TICKS, list_mode_files(train())[TICKS][:-1], "31 bytes of data for 4 pulses"),
        (TICKS, list_mode_files(train())[TICKS] + b"\0", "33 bytes of data for 4 pulses"),
        (MANIFEST, b'{"form": 1}', "manifest.json: is not in its one canonical form"),
        (MANIFEST, b"[]", "must have the keys"),
        (MANIFEST, b"", "the file is empty"),
        ("readme.txt", b"", "files 'channels.npy, manifest.json, readme.txt"),
    ],
)
def test_a_file_that_does_not_fit_is_refused(name: str, data: bytes, reason: str) -> None:
    with pytest.raises(ReadingError, match=reason):
        read_list_mode_files({**list_mode_files(train()), name: data})


def test_a_manifest_past_its_cap_is_refused() -> None:
    long = replace(train(), provenance=Provenance(sha256="00" * 32, form="made", remarks=("x" * 2**20,)))
    with pytest.raises(ReadingError, match=r"manifest.json has more than 1048576 bytes"):
        read_list_mode(write_list_mode(long))
    with pytest.raises(ReadingError, match="may have 1048576"):
        read_list_mode_files(list_mode_files(long))


def test_an_array_of_objects_is_never_unpickled() -> None:
    saved = io.BytesIO()
    np.save(saved, np.array([{"a": 1}], dtype=object), allow_pickle=True)
    with pytest.raises(ReadingError, match=r"must be 4 of <i8|no NPY"):
        read_list_mode_files({**list_mode_files(train()), TICKS: saved.getvalue()})


def test_a_pulse_that_stands_twice_is_refused_when_written_and_when_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    twice = train((3, 5, 5, 9), (0, 1, 1, 0))
    with pytest.raises(ReadingError, match="pulse 2 has tick 5 and channel 1 of another"):
        write_list_mode(twice)
    with monkeypatch.context() as patched:
        patched.setattr("counterseal.measurement.writers.list_mode.require_once", lambda *_, **__: None)
        data = write_list_mode(twice)
    with pytest.raises(ReadingError, match="pulse 2 has tick 5 and channel 1 of another"):
        read_list_mode(data)


def test_of_three_pulses_in_a_tick_the_two_alike_are_found() -> None:
    with pytest.raises(ReadingError, match="gives one pulse a tick"):
        write_list_mode(train((5, 5, 5, 9), (1, 0, 1, 0)))


def test_pulses_out_of_order_are_refused() -> None:
    files = dict(list_mode_files(train((3, 5, 6, 9))))
    ticks = np.array([3, 6, 5, 9], dtype="<i8").tobytes()
    files[TICKS] = files[TICKS][:-32] + ticks
    manifest = decode_canonical(files[MANIFEST])
    manifest["chunks"] = [sha256(ticks + bytes([0, 0, 1, 0])).hexdigest()]
    with pytest.raises(ReadingError, match="pulse 2: is earlier than the one before it"):
        read_list_mode_files({**files, MANIFEST: encode_canonical(manifest)})


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_no_bit_of_a_list_can_be_flipped_unseen(data: st.DataObject) -> None:
    """Beside dates and versions in ZIP headers, which say nothing about pulses."""
    written = write_list_mode(train())
    place = data.draw(st.integers(0, len(written) * 8 - 1))
    changed = bytearray(written)
    changed[place // 8] ^= 1 << place % 8
    try:
        found = read_list_mode(bytes(changed))
    except ReadingError:
        return
    assert same(found, train())


def test_a_list_that_was_cut_short_anywhere_is_refused() -> None:
    data = write_list_mode(train())
    for length in range(len(data)):
        with pytest.raises(ReadingError, match=r"zip: |is empty"):
            read_list_mode(data[:length])


def repacked(compression: int) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, data in list_mode_files(train()).items():
            archive.writestr(zipfile.ZipInfo(name, (2030, 1, 31, 0, 0, 0)), data, compression)
    return made.getvalue()


def test_a_stored_zip_of_another_program_is_read() -> None:
    assert same(read_list_mode(repacked(zipfile.ZIP_STORED)), train())


def test_a_zip_that_is_more_than_stored_files_is_refused() -> None:
    with pytest.raises(ReadingError, match="packed by method 8; must be 0, stored"):
        read_list_mode(repacked(zipfile.ZIP_DEFLATED))
    data = write_list_mode(train())
    directory = data.index(b"PK\x01\x02")
    for changed, reason in (
        (data.replace(b"PK\x01\x02", b"PK\x01\x03", 1), f"no directory entry at byte {directory}"),
        (data[: directory + 28] + b"\xc8" + data[directory + 29 :], "a name of 200 bytes, may have 100"),
        (b"x" + data, "directory is said to end|must start at"),
        (data + b"x", "no end record"),
        (data.replace(b"ticks.npy", b"tocks.npy"), "files 'channels.npy, manifest.json, tocks"),
        (data.replace(b"ticks.npy", b"tocks.npy", 1), "its own header says otherwise"),
        (data[:-2] + b"\x01\x00", "without a comment"),
        (data[:-14] + b"\2\0\2\0" + data[-10:], "3 entries in the directory, 2 announced"),
    ):
        with pytest.raises(ReadingError, match=reason):
            read_list_mode(changed)
