"""Overhead: how many bytes a bundle has beside the records that it carries."""

from dataclasses import dataclass
from pathlib import Path

from benchmarks.measure import Figure, Stopwatch
from benchmarks.sizes import Sizes
from benchmarks.verification import HEADERS, PARTS

from counterseal.app.storage.bundle_folder import BundleFolder, open_bundle
from counterseal.log.tiles import TILE_WIDTH, read_entries
from counterseal.records.envelope import split_record
from counterseal.records.verification.packs import read_pack

_MOST = 1 << 40
_HASH_BYTES, _SIGNATURE_BYTES = 32, 64


@dataclass(slots=True, kw_only=True)
class _Bytes:
    """What lies in a bundle [bytes].

    Attributes:
        files: All files together.
        entries: Records as they are signed, each in its envelope; ``headers`` what the envelopes hold.
        openings: Bodies as they are opened.
    """

    records: int = 0
    files: int = 0
    entries: int = 0
    headers: int = 0
    openings: int = 0


def overhead(work: Path, sizes: Sizes) -> list[Figure]:
    return _overhead(work / HEADERS, sizes, what="bodies withheld")


def overhead_parts(work: Path, sizes: Sizes) -> list[Figure]:
    return _overhead(work / PARTS, sizes, what="with 16-part bodies as openings")


def _overhead(bundle: Path, sizes: Sizes, *, what: str) -> list[Figure]:
    watch = Stopwatch()
    with watch.span():
        found = _count(open_bundle(bundle))
    assert found.records == sizes.full
    hashes, signatures = _HASH_BYTES * found.records, _SIGNATURE_BYTES * found.records
    of_what = f"all files of a bundle of {found.records:,} records, {what}"
    return [
        _figure(
            f"overhead-{bundle.name}",
            of_what,
            found.files,
            of=found.entries + found.openings + hashes,
            of_what="records as they are signed and logged, openings, and 32 bytes of hash for each record",
            watch=watch,
        ),
        _figure(
            f"overhead-{bundle.name}-bare",
            of_what,
            found.files,
            of=found.headers + found.openings + hashes + signatures,
            of_what="headers and openings bare, and 96 bytes of hash and signature for each record",
            watch=watch,
        ),
    ]


def _figure(name: str, what: str, files: int, *, of: int, of_what: str, watch: Stopwatch) -> Figure:
    return Figure(
        name=name,
        what=what,
        reached=files / 1e6,
        unit="MB",
        limit=of / 1e6,
        limit_is=of_what,
        below=1.15,
        cpu_s=watch.cpu_s,
        wall_s=watch.wall_s,
    )


def _count(folder: BundleFolder) -> _Bytes:
    found = _Bytes()
    for name in folder.names():
        found.files += name.size
        if "/tile/entries/" in name.path:
            data = folder.read(name.path, most=_MOST)
            for entry in read_entries(data, width=_width(name.path)):
                found.records += 1
                found.entries += len(entry)
                found.headers += len(split_record(entry)[0])
        elif name.path.startswith("bodies/"):
            data = folder.read(name.path, most=_MOST)
            found.openings += sum(map(len, read_pack(data, count=_width(name.path))))
    return found


def _width(path: str) -> int:
    head, _, last = path.rpartition("/")
    return int(last) if head.endswith(".p") else TILE_WIDTH
