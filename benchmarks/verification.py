"""Verification of large bundles: full depth against the bare verify rate, chain depth, and peak memory."""

import resource
import sys
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from unittest import mock

from benchmarks.bundles import signed_records, unsigned_records, write_bundle
from benchmarks.limits import BareVerify
from benchmarks.measure import Figure, Stopwatch
from benchmarks.sizes import Sizes

from counterseal.app.storage.bundle_folder import BundleFolder, open_bundle
from counterseal.log.tiles import TILE_WIDTH, read_entries
from counterseal.records.envelope import HEADER_TYPE, pre_authentication, split_record
from counterseal.records.verification.source import BundleSource, FoundName
from counterseal.records.verification.tally import Verification
from counterseal.records.verification.verify import CHAIN, FULL, verify_bundle

HEADERS, PARTS, MILLION = "headers", "parts", "million"
BATCH = 24
"""Bare verifications between two tiles, so that limit and figure see the same machine."""


def build_headers(work: Path, sizes: Sizes) -> None:
    write_bundle(work / HEADERS, sizes.full, make=partial(signed_records, parts=1, disclosed=False))


def build_parts(work: Path, sizes: Sizes) -> None:
    write_bundle(work / PARTS, sizes.full, make=partial(signed_records, parts=16, disclosed=True))


def build_million(work: Path, sizes: Sizes) -> None:
    write_bundle(work / MILLION, sizes.chain, make=unsigned_records)


@dataclass(slots=True)
class Interleaved:
    """A bundle that runs a few bare verifications whenever an entry tile is read."""

    folder: BundleFolder
    limit: BareVerify

    def names(self) -> tuple[FoundName, ...]:
        return self.folder.names()

    def digest(self, path: str, *, most: int) -> tuple[int, str]:
        return self.folder.digest(path, most=most)

    def read(self, path: str, *, most: int) -> bytes:
        if "/tile/entries/" in path:
            self.limit.run(BATCH)
        return self.folder.read(path, most=most)


def message_size(bundle: Path) -> tuple[int, int]:
    """Sizes of one of the last entries, and of what its signature is over [bytes]."""
    tile = max(path for path in (bundle / "logs").rglob("*") if path.is_file() and "entries" in path.parts)
    width = int(tile.name) if tile.parent.name.endswith(".p") else TILE_WIDTH
    entry = read_entries(tile.read_bytes(), width=width)[0]
    return len(entry), len(pre_authentication(HEADER_TYPE, split_record(entry)[0]))


def require_verified(result: Verification) -> None:
    if not result.verified:
        bad = [failure.rule for check in result.checks for failure in check.failures][:3]
        sys.exit(f"the benchmark's own bundle was refused: {bad}")


def _full(work: Path, name: str, *, sizes: Sizes, at_least: float, what: str) -> list[Figure]:
    bundle = work / name
    entry, message = message_size(bundle)
    limit = BareVerify(message)
    limit.run(BATCH)
    limit.watch = Stopwatch()
    source: BundleSource = Interleaved(open_bundle(bundle), limit)
    both = Stopwatch()
    with both.span(sizes.full):
        result = verify_bundle(source, depth=FULL)
    require_verified(result)
    own = both.less(limit.watch)
    return [
        Figure(
            name=f"full-{name}",
            what=f"{what}; {sizes.full:,} records of {entry} bytes, one process",
            reached=own.rate,
            unit="records/s",
            limit=limit.watch.rate,
            limit_is=f"cryptography's Ed25519 verify, {message} bytes, interleaved",
            at_least=at_least,
            cpu_s=both.cpu_s,
            wall_s=both.wall_s,
        )
    ]


def full_headers(work: Path, sizes: Sizes) -> list[Figure]:
    return _full(work, HEADERS, sizes=sizes, at_least=0.80, what="full verification, bodies withheld")


def full_parts(work: Path, sizes: Sizes) -> list[Figure]:
    return _full(work, PARTS, sizes=sizes, at_least=0.70, what="full verification, 16-part bodies opened")


def chain(work: Path, sizes: Sizes) -> list[Figure]:
    bundle, watch = work / MILLION, Stopwatch()
    with watch.span(sizes.chain):
        require_verified(verify_bundle(open_bundle(bundle), depth=CHAIN))
    memory = peak_memory_mb()
    hashing = _hash_files(bundle, sizes.chain)
    entry, _ = message_size(bundle)
    of_what = f"{sizes.chain:,} records of {entry} bytes"
    return [
        Figure(
            name="chain",
            what=f"chain depth, {of_what}: file hashes, leaves, tiles, roots, checkpoints, cosignatures",
            reached=watch.cpu_s,
            unit="s",
            limit=hashing.cpu_s,
            limit_is="SHA-256 of every file once",
            compared="reached",
            below=10.0,
            cpu_s=watch.cpu_s,
            wall_s=watch.wall_s,
        ),
        Figure(
            name="chain-rate",
            what=f"chain depth, {of_what}",
            reached=watch.rate,
            unit="records/s",
            limit=hashing.rate,
            limit_is="SHA-256 of every file once",
            at_least=0.15,
            cpu_s=watch.cpu_s + hashing.cpu_s,
            wall_s=watch.wall_s + hashing.wall_s,
        ),
        _memory("memory-chain", f"peak memory of verifying at chain depth, {of_what}", memory, watch),
    ]


def _hash_files(bundle: Path, count: int) -> Stopwatch:
    folder, watch = open_bundle(bundle), Stopwatch()
    with watch.span(count):
        for name in folder.names():
            folder.digest(name.path, most=1 << 40)
    return watch


def memory_full(work: Path, sizes: Sizes) -> list[Figure]:
    """Full depth over a million records; verifying a signature holds no memory, so it is left out here."""
    bundle, watch = work / MILLION, Stopwatch()
    with (
        watch.span(sizes.chain),
        mock.patch("counterseal.records.verification.entries.require_lasting_signature", new=_no_arithmetic),
    ):
        require_verified(verify_bundle(open_bundle(bundle), depth=FULL))
    what = f"peak memory of verifying at full depth, {sizes.chain:,} records, signature arithmetic left out"
    return [_memory("memory-full", what, peak_memory_mb(), watch)]


def _no_arithmetic(_public: bytes, _signature: bytes, _message: bytes) -> None:
    """Stand where a signature is verified, and take no time."""


def _memory(name: str, what: str, reached: float, watch: Stopwatch) -> Figure:
    """The memory of the whole process, beside that of the leaf hashes alone."""
    return Figure(
        name=name,
        what=what,
        reached=reached,
        unit="MB",
        limit=32 * watch.count / 1e6,
        limit_is="32 bytes of leaf hash for each record",
        below=8,
        cpu_s=watch.cpu_s,
        wall_s=watch.wall_s,
    )


def peak_memory_mb(who: int = resource.RUSAGE_SELF) -> float:
    """Largest resident size of this process so far [MB of 10^6 bytes]."""
    kibibytes = resource.getrusage(who).ru_maxrss / (1024 if sys.platform == "darwin" else 1)
    return kibibytes * 1024 / 1e6
