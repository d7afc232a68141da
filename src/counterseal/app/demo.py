"""The demonstration: a published record, replayed by its parties on one machine, and checked."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from counterseal.app.bootstrap import SeededRandomness
from counterseal.app.present import Presented, present
from counterseal.app.second_verifier import NAME, SecondOpinion, run_second_verifier, verifier_source
from counterseal.app.storage.bundle_folder import clear_folder, new_bundle, open_bundle
from counterseal.app.storage.errors import StorageError
from counterseal.app.storage.node_folder import NodeContent, create_node
from counterseal.records.verification.pins import Pin
from counterseal.records.verification.tally import Verification
from counterseal.records.verification.verify import verify_bundle
from counterseal.services.assess_record import AssessedRecord, assess_record
from counterseal.services.export_bundle import export_bundle, write_record
from counterseal.services.found import found
from counterseal.services.memory_bundle import MemoryBundle
from counterseal.services.node import Node
from counterseal.services.record_book import RecordBook, open_book
from counterseal.services.replay import Replay, ReplayClock, ReplayReport, timeline
from counterseal.terms.parties import PartyCode
from counterseal.treaty.pack import Pack
from counterseal.treaty.published import PublishedRecord

MARK = ".counterseal-demo"
"""Name of the file that says a folder is the demonstration's own."""

_MARK_TEXT = "Made by `counterseal demo`; it may replace everything here.\n"
UNFINISHED = ".unfinished"
"""Where nodes grow: a demonstration that was stopped leaves none that could be taken for a whole one."""

_OWN = frozenset((MARK, "bundle", "nodes", "summary.json", "report.html", NAME, ".bundle.part", UNFINISHED))


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoResult:
    """What the demonstration made, and what both verifiers said of it."""

    out: Path
    replayed: ReplayReport
    assessed: AssessedRecord
    book: RecordBook
    first: Verification
    second: SecondOpinion


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """What is replayed: a treaty pack, the bytes that it was read from, and what its parties published."""

    pack: Pack
    pack_bytes: bytes
    published: PublishedRecord


def run_demo(
    out: Path, material: Material, *, seed: int, progress: Callable[[str, date | None], None]
) -> DemoResult:
    """Replay a treaty's published record into ``out``.

    Args:
        out: Folder to make; an earlier demonstration there is replaced.
        material: What is replayed.
        seed: Number from which every key and salt of this rehearsal grows.
        progress: Told of each step, and of each replayed day.

    Raises:
        StorageError: ``out`` holds something that the demonstration did not make, or cannot be written.
    """
    pack, published = material.pack, material.published
    _claim(out)
    progress("nodes", None)
    clock = ReplayClock.at_noon(pack.life.in_force)
    replay = Replay(
        nodes=_nodes(out / UNFINISHED, material, seed=seed, clock=clock),
        randomness=_randomness(pack, published, seed=seed, use="salts"),
        clock=clock,
    )
    text = material.pack_bytes.decode()
    replay.run(timeline(pack, published, pack_text=text), progress=lambda day: progress("replay", day))
    auditor = replay.nodes[published.auditor.code]
    progress("assess", None)
    book = _book(auditor)
    assessed = assess_record(book, pack=None, as_of=None, today=published.until)
    presented = present(assessed, book)
    progress("bundle", None)
    _write(out, auditor, presented, clock=clock)
    progress("verify", None)
    first, second = _verify(out, auditor)
    for node in replay.nodes.values():
        node.store.close()
    _finish(out)
    return DemoResult(
        out=out, replayed=replay.report, assessed=assessed, book=book, first=first, second=second
    )


def _claim(out: Path) -> None:
    """Take ``out`` for the demonstration, clearing an earlier one."""
    try:
        if out.exists() and not out.is_dir():
            raise StorageError(f"{out}: is a file; the demonstration wants a folder")
        out.mkdir(parents=True, exist_ok=True)
        names = {path.name for path in out.iterdir()}
        if names and MARK not in names:
            raise StorageError(
                f"{out}: is not empty, and not a demonstration; name another folder with --out"
            )
        if foreign := sorted(names - _OWN):
            raise StorageError(
                f"{out}: holds {foreign[0]!r}, which the demonstration did not make; move it away"
            )
        if not names:
            (out / MARK).write_text(_MARK_TEXT, encoding="utf-8", newline="\n")
        for name in sorted(names - {MARK}):
            path = out / name
            clear_folder(path) if path.is_dir() and not path.is_symlink() else path.unlink()
    except OSError as error:
        raise StorageError(f"{out}: {error.strerror or error}") from error


def _finish(out: Path) -> None:
    """Put the nodes in their place, now that their record is whole."""
    try:
        (out / UNFINISHED).rename(out / "nodes")
    except OSError as error:
        raise StorageError(f"{out / 'nodes'}: {error.strerror or error}") from error


def _parties(pack: Pack, published: PublishedRecord) -> tuple[PartyCode, ...]:
    return (*pack.states, published.auditor.code)


def _randomness(
    pack: Pack, published: PublishedRecord, *, seed: int, use: str
) -> Mapping[PartyCode, SeededRandomness]:
    return {
        code: SeededRandomness(seed=seed, name=f"{pack.id}/{code}/{use}")
        for code in _parties(pack, published)
    }


def _nodes(folder: Path, material: Material, *, seed: int, clock: ReplayClock) -> Mapping[PartyCode, Node]:
    pack, published = material.pack, material.published
    states = [party for party in pack.parties if party.code in pack.states]
    founding = found(
        pack,
        [*states, published.auditor],
        randomness=_randomness(pack, published, seed=seed, use="keys"),
        clock=clock,
    )
    return {
        code: create_node(
            folder / code,
            NodeContent(
                party=code,
                trust=founding.trust,
                pack_bytes=material.pack_bytes,
                keys=founding.keys[code],
                first_heads=founding.first_heads,
            ),
        )
        for code in _parties(pack, published)
    }


def _book(node: Node) -> RecordBook:
    memory = MemoryBundle()
    write_record(node, memory)
    return open_book(memory)


def _write(out: Path, node: Node, presented: Presented, *, clock: ReplayClock) -> None:
    with new_bundle(out / "bundle") as folder:
        export_bundle(node, folder, clock=clock, views=presented.views())
    beside = {"summary.json": presented.summary, "report.html": presented.report, NAME: verifier_source()}
    for name, data in beside.items():
        try:
            (out / name).write_bytes(data)
        except OSError as error:
            raise StorageError(f"{out / name}: cannot be written: {error.strerror or error}") from error


def _verify(out: Path, node: Node) -> tuple[Verification, SecondOpinion]:
    pin = Pin(fingerprint=node.trust.fingerprint, whole=False)
    first = verify_bundle(open_bundle(out / "bundle"), pins=(pin,))
    second = run_second_verifier(out / NAME, out / "bundle", trust=node.trust.fingerprint)
    return first, second
