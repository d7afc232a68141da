"""Import: take over what another party's bundle adds, all of it or nothing."""

from dataclasses import dataclass

from counterseal.log.note import Note, parse_note
from counterseal.log.tree import HashTree
from counterseal.records.envelope import split_record
from counterseal.records.fork import prove_fork
from counterseal.records.header import header_document, record_id
from counterseal.records.manifest import log_folder, size_cap
from counterseal.records.trust import TrustedLog
from counterseal.records.verification.entries import read_body_pack
from counterseal.records.verification.heads import LogHeads
from counterseal.records.verification.pins import Pin
from counterseal.records.verification.source import BundleSource
from counterseal.records.verification.tally import PINNED, Verification
from counterseal.records.verification.trees import entry_tiles
from counterseal.records.verification.verify import FULL, examine_bundle
from counterseal.services.errors import BundleRefusedError, ForkFoundError
from counterseal.services.node import Node
from counterseal.services.ports import NewEntry

NOT_NEEDED_YET = frozenset(("settled",))
"""What a bundle on its way may still lack: the word of those whom it has not reached."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """What an import added.

    Attributes:
        records: Ids of the records that were new, in log order.
        heads: Number of checkpoints read.
    """

    records: tuple[str, ...]
    heads: int


def import_bundle(node: Node, source: BundleSource) -> ImportReport:
    """Verify a bundle against this node's own trust file and take over what it adds.

    Import is idempotent, and bundles may come in any order: each adds to the copies of the logs.

    Raises:
        ForkFoundError: it shows another history of a log than this node holds; carries the proof.
        BundleRefusedError: any check but ``settled`` does not hold; nothing is stored.
    """
    pin = Pin(fingerprint=node.trust.fingerprint, whole=True)
    examined = examine_bundle(source, depth=FULL, pins=(pin,))
    require_sound(examined.result, allowed=NOT_NEEDED_YET)
    paths, logs = examined.paths, examined.logs
    for heads in logs:
        _require_same_history(node, heads, source)
    added: list[str] = []
    with node.store.transaction():
        for heads in logs:
            if heads.log.party != node.party:
                added += _take_entries(node, heads, source, paths)
            _take_heads(node, heads, source)
    return ImportReport(records=tuple(added), heads=sum(len(heads.seen) for heads in logs))


def require_sound(result: Verification, *, allowed: frozenset[str]) -> None:
    """Refuse a bundle of which a check did not hold, but for those ``allowed`` not to.

    Raises:
        BundleRefusedError: naming the first check, its file and its rule.
    """
    for check in result.checks:
        if check.held or check.name in allowed or (check.name == PINNED and not result.pinned):
            continue
        if not check.failures:
            raise BundleRefusedError(f"bundle refused: check {check.name} could not be run")
        first = check.failures[0]
        more = f" (and {len(check.failures) - 1} more)" if len(check.failures) > 1 else ""
        raise BundleRefusedError(
            f"bundle refused: {check.name}: {first.file or 'bundle'}: {first.rule}{more}"
        )


def _require_same_history(node: Node, heads: LogHeads, source: BundleSource) -> None:
    held = node.tree(heads.log.origin)
    shared = min(held.size, heads.size)
    theirs = HashTree()
    for _, _, entries in entry_tiles(source, heads):
        theirs.extend(entries)
    if held.root(shared) != theirs.root(shared):
        raise _fork(node, heads, source, theirs)
    if heads.log.party == node.party and heads.size > held.size:
        raise BundleRefusedError(
            f"bundle refused: {heads.log.origin} has {heads.size} entries in it and {held.size} here: "
            "this node was restored from an older copy, or its keys are in other hands"
        )


def _fork(node: Node, heads: LogHeads, source: BundleSource, theirs: HashTree) -> BundleRefusedError:
    """Make the proof from the newest head held here and the one in the bundle."""
    origin = heads.log.origin
    message = f"bundle refused: {origin} has another history here than in the bundle"
    newest = node.newest(origin)
    their_note = parse_note(source.read(heads.newest.path, most=size_cap(heads.newest.path)))
    if newest is None:
        return BundleRefusedError(message)
    ours, our_note = newest
    if ours.size <= heads.size:
        pair: tuple[Note, Note, HashTree] = (our_note, their_note, theirs)
    else:
        pair = (their_note, our_note, node.tree(origin))
    proof = prove_fork(pair[0], pair[1], tree=pair[2], origin=origin, trust=node.trust_bytes)
    if proof is None:
        return BundleRefusedError(f"{message}, past the newest checkpoint held here")
    return ForkFoundError(f"{message}: both heads are signed by the log's own key", proof=proof.to_bytes())


def _take_entries(node: Node, heads: LogHeads, source: BundleSource, paths: frozenset[str]) -> list[str]:
    start = node.store.size(heads.log.origin)
    new: list[NewEntry] = []
    known: list[tuple[str, bytes]] = []
    for address, _, entries in entry_tiles(source, heads):
        first = address.number * 256
        openings = _openings(source, paths, heads.log, address.path(), len(entries))
        for number, (entry, opening) in enumerate(zip(entries, openings, strict=True)):
            if first + number >= start:
                new.append(_new_entry(entry, opening))
            elif opening:
                known.append((record_id(split_record(entry)[0]), opening))
    node.store.append(heads.log.origin, new)
    node.store.add_openings(known)
    return [entry.record_id for entry in new]


def _openings(
    source: BundleSource, paths: frozenset[str], log: TrustedLog, name: str, count: int
) -> list[bytes]:
    path = f"bodies/{log_folder(log.origin)}/{name}"
    if path not in paths:
        return [b""] * count
    return read_body_pack(source.read(path, most=size_cap(path)), count=count)


def _new_entry(entry: bytes, opening: bytes) -> NewEntry:
    header = split_record(entry)[0]
    document = header_document(header)
    return NewEntry(
        record_id=record_id(header),
        kind=document["kind"],
        feed=document["feed"],
        seq=document["seq"],
        envelope=entry,
        opening=opening or None,
    )


def _take_heads(node: Node, heads: LogHeads, source: BundleSource) -> None:
    for seen in heads.seen:
        note = parse_note(source.read(seen.path, most=size_cap(seen.path)))
        node.store.add_checkpoint(heads.log.origin, size=seen.checkpoint.size, note=note)
