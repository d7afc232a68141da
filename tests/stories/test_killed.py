"""Killed at any point while appending: after the restart the store is whole, and nothing acknowledged is lost."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from app.storage.world import SECOND, clock, memory_node, names, new_node, say
from counterseal.app.storage.bundle_folder import new_bundle, open_bundle
from counterseal.app.storage.node_folder import open_node
from counterseal.app.storage.sqlite_store import open_store
from counterseal.services.export_bundle import export_bundle
from counterseal.services.import_bundle import import_bundle
from stories.programs import TESTS, environment, run_python

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork and no SIGKILL on this system")
GROUP = 3
WAL_HEADER_BYTES = 32
WAL_FRAME_BYTES = 24 + 4096


def deaths(folder: Path, mode: str, number: int) -> list[dict[str, Any]]:
    done = run_python(TESTS / "stories" / "appender.py", mode, folder, str(number))
    assert done.returncode == 0, done.stderr
    return [row for row in map(json.loads, done.stdout.splitlines()) if "ids" in row]


def root_of(leaves: list[bytes]) -> bytes:
    """The root of a tree of hashes, written as RFC 6962, section 2.1, writes it."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    cut = 1 << (len(leaves) - 1).bit_length() - 1
    return sha256(b"\1" + root_of(leaves[:cut]) + root_of(leaves[cut:])).digest()


def require_whole(row: dict[str, Any]) -> None:
    assert row["problems"] == []
    assert row["opened"]
    leaves = [sha256(b"\0" + bytes.fromhex(envelope)).digest() for envelope in row["envelopes"]]
    assert [leaf.hex() for leaf in leaves] == row["leaves"]
    head = row["head"]
    assert root_of(leaves[: head["size"]]).hex() == head["root"]
    assert len(row["ids"]) % GROUP == 0, "part of a group was stored"
    previous = [None, *row["ids"][:-1]]
    assert [(header["seq"], header["prev"]) for header in row["headers"]] == list(enumerate(previous))


def require_nothing_lost(row: dict[str, Any]) -> None:
    """What was acknowledged stands in order; between it stands at most what was stored and not yet told."""
    places = {record: index for index, record in enumerate(row["ids"])}
    found = [places.get(record) for record in row["acknowledged"]]
    assert None not in found, "an acknowledged record is lost"
    assert found == sorted(place for place in found if place is not None)


def test_killed_at_random_moments_again_and_again(tmp_path: Path) -> None:
    rows = deaths(tmp_path, "random", 25)
    assert len(rows) == 25
    for row in rows:
        require_whole(row)
        require_nothing_lost(row)
    for earlier, later in pairwise(rows):
        assert later["ids"][: len(earlier["ids"])] == earlier["ids"], "history changed"
        assert later["peer"][: len(earlier["peer"])] == earlier["peer"], "another party saw another history"
        assert later["peer"] == later["ids"][: later["head"]["size"]]
    assert len(rows[-1]["acknowledged"]) > 60
    untold = len(rows[-1]["ids"]) - len(rows[-1]["acknowledged"])
    assert untold <= GROUP * len(rows)


@pytest.mark.parametrize(("boundary", "stride"), [("statement", 1), ("step", 23)])
def test_killed_at_every_boundary_of_one_append(tmp_path: Path, boundary: str, stride: int) -> None:
    rows = deaths(tmp_path, boundary, stride)
    assert [row["number"] for row in rows] == list(range(1, 1 + stride * len(rows), stride))
    assert [row["end"] for row in rows] == [False] * (len(rows) - 1) + [True]
    assert len(rows) >= 20
    for row in rows:
        require_whole(row)
        require_nothing_lost(row)
        assert row["peer"] == row["ids"]
        assert row["ids"][: len(row["held"])] == row["held"]
        assert len(row["ids"]) == len(row["held"]) + GROUP
    held = [len(row["held"]) for row in rows]
    assert held == sorted(held)
    assert set(held) == {GROUP, 2 * GROUP}


def cut_places(frames: int) -> list[int]:
    """Every frame's edge, a byte to either side of it, and a place in the middle of each frame."""
    chance = random.Random(11)
    places = {0, 1, WAL_HEADER_BYTES - 1, WAL_HEADER_BYTES}
    for frame in range(frames):
        start = WAL_HEADER_BYTES + frame * WAL_FRAME_BYTES
        places |= {start + 1, start + chance.randrange(2, WAL_FRAME_BYTES - 1), start + WAL_FRAME_BYTES - 1}
        places.add(start + WAL_FRAME_BYTES)
    return sorted(places)


@pytest.mark.parametrize("tail", ["nothing", "noise", "zeros"])
def test_power_cut_while_the_disk_writes_any_byte(tmp_path: Path, tail: str) -> None:
    """The write-ahead log is cut at every place, as a disk leaves it that lost power before the next sync."""
    node = new_node(tmp_path / "node")
    told: list[tuple[int, tuple[str, ...]]] = []  # how long the file was when the group was acknowledged
    wal = tmp_path / "node" / "store.sqlite-wal"
    for turn in range(3):
        ids = say(node, count=GROUP, salt=f"turn {turn}")
        told.append((wal.stat().st_size, ids))
    base, log = (tmp_path / "node" / "store.sqlite").read_bytes(), wal.read_bytes()
    node.store.close()
    every = [record for _, ids in told for record in ids]
    noise = random.Random(3).randbytes(2 * WAL_FRAME_BYTES)
    seen = set()
    for cut in cut_places((len(log) - WAL_HEADER_BYTES) // WAL_FRAME_BYTES):
        more = {"nothing": b"", "noise": noise, "zeros": bytes(len(log) - cut)}[tail]
        place = tmp_path / "copy"
        place.mkdir()
        (place / "store.sqlite").write_bytes(base)
        (place / "store.sqlite-wal").write_bytes(log[:cut] + more)
        store = open_store(place / "store.sqlite")
        assert store.problems() == ()
        stored = list(store.entries(node.log.origin))
        found = [entry.record_id for entry in stored]
        assert list(store.leaves(node.log.origin)) == [
            sha256(b"\0" + entry.envelope).digest() for entry in stored
        ]
        promised = [record for length, ids in told for record in ids if length <= cut]
        assert found[: len(promised)] == promised
        assert found == every[: len(found)]
        assert len(found) % GROUP == 0
        seen.add(len(found))
        store.close()
        shutil.rmtree(place)
    assert seen == {0, GROUP, 2 * GROUP, 3 * GROUP}


def test_a_restored_older_copy_is_found_out_by_whoever_saw_the_newer(tmp_path: Path) -> None:
    """Not a crash but its worst repair: an old backup that signs on tells two stories, and that shows."""
    node = new_node(tmp_path / "node")
    say(node, count=GROUP, salt="a")
    node.store.close()
    shutil.copytree(tmp_path / "node", tmp_path / "backup")
    peer = memory_node(party=SECOND)
    for place, salt in (("node", "b"), ("backup", "c")):
        again = open_node(tmp_path / place)
        say(again, count=GROUP, salt=salt)
        with new_bundle(tmp_path / f"bundle-{place}") as folder:
            export_bundle(again, folder, clock=clock(), to=(SECOND,))
        again.store.close()
    import_bundle(peer, open_bundle(tmp_path / "bundle-node"))
    with pytest.raises(Exception, match="another history here than in the bundle"):
        import_bundle(peer, open_bundle(tmp_path / "bundle-backup"))


EXPORT = """
import sys
from pathlib import Path
from app.storage.world import clock, names
from counterseal.app.storage.bundle_folder import new_bundle
from counterseal.app.storage.node_folder import open_node
from counterseal.services.export_bundle import export_bundle
node = open_node(Path(sys.argv[1]))
print("ready", flush=True)
while True:
    with new_bundle(Path(sys.argv[2])) as folder:
        export_bundle(node, folder, clock=clock())
    Path(sys.argv[2]).rename(sys.argv[2] + "-moved-away")
    import shutil
    shutil.rmtree(sys.argv[2] + "-moved-away")
"""


def test_killed_while_exporting_no_half_bundle_is_at_its_name(tmp_path: Path) -> None:
    node = new_node(tmp_path / "node")
    for turn in range(20):
        say(node, count=2, salt=f"turn {turn}")
    node.store.close()
    chance = random.Random(9)
    peer = memory_node(party=SECOND)
    left = []
    target = tmp_path / "out" / "bundle"
    target.parent.mkdir()
    for _ in range(8):
        process = subprocess.Popen(
            [sys.executable, "-c", EXPORT, str(tmp_path / "node"), str(target)],
            env=environment(),
            stdout=subprocess.PIPE,
        )
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        time.sleep(chance.random() * 0.05)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        left += names(target.parent)
        if target.exists():  # then it is a whole one
            import_bundle(peer, open_bundle(target))
            shutil.rmtree(target)
    assert ".bundle.part" in left, "no kill fell into an export; the test shows nothing"
    again = open_node(tmp_path / "node")
    with new_bundle(target) as folder:
        export_bundle(again, folder, clock=clock())
    again.store.close()
    assert len(import_bundle(peer, open_bundle(target)).records) in (0, 40)
    assert peer.store.size(again.log.origin) == 40
    assert not (target.parent / ".bundle.part").exists()
