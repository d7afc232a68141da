"""Bombs: how soon, and in how little memory, an import refuses what was made to stop it."""

import os
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

from benchmarks.bundles import NOW, READER, new_node, new_world
from benchmarks.measure import Figure, Stopwatch
from benchmarks.sizes import Sizes
from benchmarks.verification import peak_memory_mb

from counterseal.app.storage.bundle_folder import open_bundle
from counterseal.app.storage.bundle_zip import open_bundle_zip
from counterseal.errors import CountersealError
from counterseal.records.envelope import MANIFEST_TYPE, seal_envelope
from counterseal.records.manifest import MANIFEST_NAME, Head, ListedFile, Manifest
from counterseal.records.verification.source import BundleSource
from counterseal.services.import_bundle import import_bundle

_ZIP, _FOLDER, _LISTING = "crowded.zip", "strewn", "listing"
_CHECKPOINTS = f"logs/{'ab' * 32}/checkpoints"


def build_zip(work: Path, sizes: Sizes) -> None:
    """As many entries as there may be, all in order but the last."""
    with zipfile.ZipFile(work / _ZIP, "w", zipfile.ZIP_STORED) as file:
        for number in range(sizes.zipped - 1):
            file.writestr(zipfile.ZipInfo(f"{_CHECKPOINTS}/{number}"), b"")
        file.writestr(zipfile.ZipInfo("../escape"), b"")


def build_folder(work: Path, sizes: Sizes) -> None:
    """Many tiny files with names that a bundle may have."""
    folder = work / _FOLDER / _CHECKPOINTS
    folder.mkdir(parents=True)
    for number in range(sizes.strewn):
        os.close(os.open(folder / str(number), os.O_WRONLY | os.O_CREAT, 0o600))


def build_listing(work: Path, sizes: Sizes) -> None:
    """A manifest that lists many files, none of which is there."""
    world = new_world()
    sender = world.speakers[0]
    manifest = Manifest(
        treaty=world.founding.trust.treaty,
        sender=sender,
        to=("public",),
        created=NOW,
        sequence=0,
        heads=tuple(Head(origin=log.origin, size=1, root="0" * 64) for log in world.founding.trust.logs),
        files=tuple(
            ListedFile(path=path, sha256="0" * 64, size=1)
            for path in sorted(f"{_CHECKPOINTS}/{number}" for number in range(sizes.listed))
        ),
    )
    envelope = seal_envelope(MANIFEST_TYPE, manifest.payload(), keys=(world.keys(sender).author,))
    (work / _LISTING).mkdir()
    (work / _LISTING / MANIFEST_NAME).write_bytes(envelope.to_bytes())


def bomb_zip(work: Path, sizes: Sizes) -> list[Figure]:
    what = f"a ZIP of {sizes.zipped:,} entries, the last of them wrong"
    return _refusal("bomb-zip", what, given=lambda: open_bundle_zip(work / _ZIP), work=work)


def bomb_folder(work: Path, sizes: Sizes) -> list[Figure]:
    what = f"a folder of {sizes.strewn:,} empty files with names that a bundle may have"
    return _refusal("bomb-folder", what, given=lambda: open_bundle(work / _FOLDER), work=work)


def bomb_listing(work: Path, sizes: Sizes) -> list[Figure]:
    size_mb = (work / _LISTING / MANIFEST_NAME).stat().st_size / 1e6
    what = f"a manifest of {size_mb:.0f} MB that lists {sizes.listed:,} files"
    return _refusal("bomb-listing", what, given=lambda: open_bundle(work / _LISTING), work=work)


def _refusal(name: str, what: str, *, given: Callable[[], BundleSource], work: Path) -> list[Figure]:
    """Offer a bomb to a new node, and measure until it is refused."""
    world = new_world()
    node, watch = new_node(work / f"{name}-node", world, code=READER.code), Stopwatch()
    before = peak_memory_mb()
    with watch.span(1):
        try:
            import_bundle(node, given())
        except CountersealError as error:
            refusal = str(error).removeprefix(f"{work}{os.sep}")
        else:
            sys.exit(f"{what}: was taken over")
    more = peak_memory_mb() - before
    node.store.close()
    return [
        _figure(name, f"time to refuse {what} ({refusal[:80]})", watch.cpu_s, unit="s", below=1, watch=watch),
        _figure(f"{name}-memory", f"memory to refuse {what}", more, unit="MB", below=64, watch=watch),
    ]


def _figure(name: str, what: str, reached: float, *, unit: str, below: float, watch: Stopwatch) -> Figure:
    return Figure(
        name=name,
        what=what,
        reached=reached,
        unit=unit,
        compared="reached",
        below=below,
        cpu_s=watch.cpu_s,
        wall_s=watch.wall_s,
    )
