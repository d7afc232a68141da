"""The same request gives the same bits in every Python at hand, wherever it stands and whatever its processor can do."""

import json
import os
import stat
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

import pytest

import counterseal
from counterseal.barrier.wire import encode_request
from strategies import decide_fixed
from strategies.fixed_requests import FIXED
from strategies.pythons import NAMED, NotAtHandError, Python, pythons
from strategies.sealed_bits import PINNED

SOURCE = Path(counterseal.__file__).parents[1]
PROGRAM = Path(decide_fixed.__file__).read_text("utf-8")
SURROUNDINGS = ("here", "elsewhere")


@cache
def at_hand() -> tuple[Python, ...]:
    return pythons(os.environ.get("PATH", ""), named=os.environ.get(NAMED, ""))


@cache
def on_the_wire() -> bytes:
    """Return all requests, each after its length."""
    requests = [encode_request(make(), deadline_ns=0) for make in FIXED.values()]
    return b"".join(len(data).to_bytes(4, "big") + data for data in requests)


def each(ask: Callable[[Python], bytes]) -> dict[str, bytes]:
    """Return what each Python gives; two at once."""
    with ThreadPoolExecutor(max_workers=2) as pool:
        return dict(zip(map(str, at_hand()), pool.map(ask, at_hand()), strict=True))


@pytest.mark.parametrize("where", SURROUNDINGS)
def test_every_python_gives_the_bits_once_written_down(
    where: str, record_property: Callable[[str, object], None]
) -> None:
    record_property("pythons", [str(python) for python in at_hand()])
    on_the_wire()

    def answers(python: Python) -> bytes:
        return python.run(PROGRAM, folder=SOURCE, where=where, data=on_the_wire())

    for python, written in each(answers).items():
        found = dict(zip(FIXED, map(json.loads, written.decode().splitlines()), strict=True))
        assert found == PINNED, f"{python}, {where}"


LIBRARY = """
import hashlib, math
import numpy as np
grid = np.arange(-9000, 9001) / 1237.0
parts = [np.exp(grid).tobytes(), repr([math.exp(x) for x in grid.tolist()]), sum([0.1] * 10), float(np.sum(np.sin(grid)))]
print(hashlib.sha256(repr(parts).encode()).hexdigest())
"""
"""What the sealed path keeps away from: elementary functions and sums of the libraries."""


def test_another_processor_or_python_would_show() -> None:
    """What libraries compute does differ here, so the equality above says something."""
    seen = {python.run(LIBRARY, folder=SOURCE, where=where) for python in at_hand() for where in SURROUNDINGS}
    if len(seen) == 1:
        pytest.skip("this processor cannot imitate another one, and no other Python is at hand")


def test_this_python_is_at_hand() -> None:
    first = at_hand()[0]
    assert first.path == Path(sys.executable)
    assert first.version == sys.version_info[:3]
    assert set(first.surroundings()) == set(SURROUNDINGS)


def made(folder: Path, name: str, *, says: str, status: int = 0) -> Path:
    """Make a program that says something of itself."""
    path = folder / name
    path.write_text(f"#!/bin/sh\necho '{says}'\nexit {status}\n", encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


@pytest.mark.skipif(os.name == "nt", reason="no shell scripts")
def test_pythons_are_found_on_the_path_beside_this_one_and_by_name(tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("one", "two", "three")]
    for folder in folders:
        folder.mkdir()
    one, two, three = folders
    beside = made(one, "python", says='[[3, 11, 9], "2.4.0", "/a", "/a", ["AVX2"]]')
    made(one, "python3.12", says='[[3, 12, 1], "2.4.1", "/b", "/b", []]')
    made(two, "python3", says='[[3, 12, 1], "2.4.1", "/b", "/b", []]')
    made(two, "python3.13", says='[[3, 13, 0], "2.0.2", "/c", "/c", []]')
    made(two, "python3.10", says='[[3, 10, 0], "2.0.2", "/d", "/d", []]')
    made(two, "python3.14", says="no NumPy", status=1)
    made(two, "python3-config", says='[[3, 14, 0], "2.0.2", "/e", "/e", []]')
    named = made(three, "another", says='[[3, 15, 0], "3.0.0", "/f", "/f", []]')
    found = pythons(f"{two}{os.pathsep}{tmp_path / 'none'}", named=str(named), beside=beside)
    assert [(one.version, one.numpy) for one in found] == [
        ((3, 11, 9), "2.4.0"),
        ((3, 12, 1), "2.4.1"),
        ((3, 13, 0), "2.0.2"),
        ((3, 15, 0), "3.0.0"),
    ]
    assert found[0].surroundings()["elsewhere"]["NPY_DISABLE_CPU_FEATURES"] == "AVX2"


@pytest.mark.skipif(os.name == "nt", reason="no shell scripts")
@pytest.mark.parametrize("says", ['[[3, 10, 0], "2.0.2", "/d", "/d", []]', "no NumPy"])
def test_a_python_that_is_named_must_do(says: str, tmp_path: Path) -> None:
    path = made(tmp_path, "old", says=says)
    for named in (path, tmp_path / "none"):
        with pytest.raises(NotAtHandError, match="with NumPy"):
            pythons("", named=str(named))
