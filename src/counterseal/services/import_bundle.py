"""Import: take over what another party's bundle adds, all of it or nothing."""

from collections.abc import Iterator
from dataclasses import dataclass

from counterseal.log.checkpoint import parse_checkpoint
from counterseal.log.note import Note, parse_note
from counterseal.log.tree import HashTree
from counterseal.records.fork import prove_fork
from counterseal.records.manifest import manifest_id, size_cap
from counterseal.records.trust import Trust
from counterseal.records.trust_chain import TrustChain
from counterseal.records.verification.heads import LogHeads
from counterseal.records.verification.pins import Pin
from counterseal.records.verification.source import BundleSource
from counterseal.records.verification.tally import PINNED, Verification
from counterseal.records.verification.trees import entry_tiles
from counterseal.records.verification.verify import FULL, Examined, examine_bundle
from counterseal.services.bundle_numbers import gaps, numbers_came, repeated
from counterseal.services.errors import BundleRefusedError, ForkFoundError
from counterseal.services.keep_heads import take_heads
from counterseal.services.merge_trust import merge_trust, stored_form
from counterseal.services.node import Node
from counterseal.services.take_entries import LatestClaim, TakenEntries, take_entries
from counterseal.services.unseal import take_sealed
from counterseal.services.witness import last_witnessed, witnessed_notes
from counterseal.terms.parties import PartyCode

NOT_NEEDED_YET = frozenset(("settled",))
"""What a bundle on its way may still lack: the word of those whom it has not reached."""

NOT_KNOWN_YET = NOT_NEEDED_YET | {"trust-logged", "manifest-signature"}
"""What it may lack when judged by newer trust: the entry that announces what it does not know, and the
word of a key that its sender has now; it was signed by one that the sender had when it was made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """What an import added.

    Attributes:
        sender: Who made the bundle, for whom (``to``), and its number there (``sequence``).
        manifest_id: Id by which it is acknowledged.
        records: Ids of the records that were new, in log order; ``recovered`` of them are the node's own.
        kinds: Kinds of these records.
        latest: Of these records, the one that claims the latest time, for each log.
        heads: Number of checkpoints read.
        trust_version: Version of the trust file now in force here.
        trust_changed: Whether the bundle brought newer trust files or key files.
        keys_changed: Each party with a newer key file than was known here, and its version.
        trust_before: Version of the trust file that was in force here before.
        missing: Numbers below the highest one of that sender to the same receiver that never came, as
            first and last of each gap; ``twice`` numbers that two different manifests bear.
        known: Whether this very bundle had come before.
        unreadable: Ids of records that were sealed to this party and cannot be opened.
        warnings: What a reader of the bundle should look at, such as times that do not fit.
    """

    sender: str
    to: tuple[str, ...]
    sequence: int
    manifest_id: str
    records: tuple[str, ...]
    kinds: frozenset[str]
    latest: tuple[LatestClaim, ...]
    recovered: int
    heads: int
    trust_version: int
    trust_changed: bool
    keys_changed: tuple[tuple[PartyCode, int], ...]
    trust_before: int
    missing: tuple[tuple[int, int], ...]
    twice: tuple[int, ...]
    known: bool
    unreadable: tuple[str, ...]
    warnings: tuple[str, ...]


def import_bundle(node: Node, source: BundleSource, *, numbered: bool = True) -> ImportReport:
    """Verify a bundle against what this node knows and take over what it adds, all of it or nothing.

    Import is idempotent, and bundles may come in any order: each adds to the copies of the logs.

    Args:
        node: Who takes it.
        source: Its files.
        numbered: Whether it travelled, so that its number is kept; not between nodes of one program.

    Raises:
        ForkFoundError: it shows another history of a log than this node holds; carries the proof.
        TrustForkError: it has other trust files of a version that this node knows; carries both.
        BundleRefusedError: any check but ``settled`` does not hold; nothing is stored.
    """
    examined = examine_bundle(source, depth=FULL, pins=(_first_pin(node.trust),))
    require_sound(examined.result, allowed=NOT_NEEDED_YET)
    brought = examined.trust or node.trust  # one that is sound has it
    trust = merge_trust(node.trust, brought)
    for heads in examined.logs:
        _require_same_history(node, heads, source, trust)
    if not _same_word(trust, brought):
        examined = examine_bundle(source, depth=FULL, pins=(), known=trust)
        require_sound(examined.result, allowed=NOT_KNOWN_YET)
    return _take(node, source, examined, trust, numbered=numbered)


def _same_word(one: Trust, other: Trust) -> bool:
    """Whether both say the same of every key; which keepers signed it may differ, and judges nothing else."""
    if one.chain is None or other.chain is None:
        return one.fingerprint == other.fingerprint
    return _ids(one.chain) == _ids(other.chain)


def _ids(chain: TrustChain) -> tuple[tuple[str, ...], dict[str, tuple[str, ...]]]:
    """The ids of all versions, which stand for every byte that was signed."""
    files = {code: tuple(signed.file_id for signed in row) for code, row in chain.keys.items()}
    return tuple(signed.trust_id for signed in chain.versions), files


def _stood_by(examined: Examined, trust: Trust) -> bool:
    """Whether the sender stands by the key that signed the manifest: one that was lost numbers nothing."""
    if examined.signed is None:
        return False
    key = trust.key(examined.signed.manifest.sender, examined.signed.envelope.signatures[0].key_id)
    return key is not None and key.accepted is None


def _first_pin(trust: Trust) -> Pin:
    """What every bundle must begin with: the trust file by which this node was founded."""
    first = trust.fingerprint if trust.chain is None else trust.chain.versions[0].trust_id
    return Pin(fingerprint=first, whole=True)


def _take(
    node: Node, source: BundleSource, examined: Examined, trust: Trust, *, numbered: bool
) -> ImportReport:
    if examined.signed is None:
        raise BundleRefusedError("bundle refused: manifest: bundle.json: not in form")
    manifest = examined.signed.manifest
    identity = manifest_id(examined.signed.envelope.payload)
    receiver = ",".join(manifest.to)
    known = identity in {bundle.manifest_id for bundle in node.store.received(manifest.sender)}
    taken: list[TakenEntries] = []
    recovered = 0
    with node.store.transaction():
        if trust is not node.trust:
            node.store.add_trust_documents(stored_form(trust))
        for heads in examined.logs:
            own = heads.log.party == node.party
            if not own or node.recovering:
                new = take_entries(node, heads, source, examined.paths)
                taken.append(new)
                recovered += len(new.records) if own else 0
            take_heads(node, heads, source, trust=trust)
        unreadable = take_sealed(node, examined.logs, source, examined.paths, sender=manifest.sender)
        if numbered and _stood_by(examined, trust):
            node.store.add_received(
                manifest.sender, to=receiver, sequence=manifest.sequence, manifest_id=identity
            )
    before, node.trust = node.trust, trust
    return ImportReport(
        sender=manifest.sender,
        to=manifest.to,
        sequence=manifest.sequence,
        manifest_id=identity,
        records=tuple(record for new in taken for record in new.records),
        kinds=frozenset[str]().union(*(new.kinds for new in taken)),
        latest=tuple(new.latest for new in taken if new.latest is not None),
        recovered=recovered,
        heads=sum(len(heads.seen) for heads in examined.logs),
        trust_version=trust.version,
        trust_changed=trust is not before,
        keys_changed=tuple(_newer_keys(before, trust)),
        trust_before=before.version,
        missing=gaps(numbers_came(node.store, manifest.sender, to=receiver)),
        twice=repeated(numbers_came(node.store, manifest.sender, to=receiver)),
        known=known,
        unreadable=unreadable,
        warnings=examined.result.warnings,
    )


def _newer_keys(before: Trust, after: Trust) -> Iterator[tuple[PartyCode, int]]:
    """Yield each party whose newest key file is another one than before, with its version."""
    known = before.chain.keys if before.chain else {}
    for code, row in after.chain.keys.items() if after.chain else ():
        if row and len(row) > len(known.get(code, ())):
            yield PartyCode(code), row[-1].file.version


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


def _require_same_history(node: Node, heads: LogHeads, source: BundleSource, trust: Trust) -> None:
    held = node.tree(heads.log.origin)
    shared = min(held.size, heads.size)
    theirs = HashTree()
    for _, _, entries in entry_tiles(source, heads):
        theirs.extend(entries)
    if held.root(shared) != theirs.root(shared):
        raise _fork(node, heads, source, theirs, trust=trust)
    for note in witnessed_notes(node.store, heads.log.origin):
        cosigned = parse_checkpoint(note.text)
        if cosigned.size <= heads.size and theirs.root(cosigned.size) != cosigned.root:
            raise _fork_since(note, heads, source, theirs, trust=trust)
    seen = last_witnessed(node.store, heads.log.origin)
    if seen is not None and seen.size <= heads.size and theirs.root(seen.size) != seen.root:
        raise BundleRefusedError(
            f"bundle refused: {heads.log.origin} has another root at size {seen.size} in it than in the head "
            "that this node cosigned"
        )
    if heads.log.party == node.party and heads.size > held.size and not node.recovering:
        raise BundleRefusedError(
            f"bundle refused: {heads.log.origin} has {heads.size} entries in it and {held.size} here: "
            "this node was restored from an older copy, or its keys are in other hands"
        )


def _fork_since(
    cosigned: Note, heads: LogHeads, source: BundleSource, theirs: HashTree, *, trust: Trust
) -> BundleRefusedError:
    """Make the proof from a head that was cosigned here unseen and the newest one in the bundle."""
    origin = heads.log.origin
    message = f"bundle refused: {origin} has another history in it than under a head that this node cosigned"
    newest = parse_note(source.read(heads.newest.path, most=size_cap(heads.newest.path)))
    proof = prove_fork(cosigned, newest, tree=theirs, origin=origin, trust=trust.files)
    if proof is None:
        return BundleRefusedError(message)
    return ForkFoundError(f"{message}: both heads are signed by the log's own key", proof=proof.to_bytes())


def _fork(
    node: Node, heads: LogHeads, source: BundleSource, theirs: HashTree, *, trust: Trust
) -> BundleRefusedError:
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
    proof = prove_fork(pair[0], pair[1], tree=pair[2], origin=origin, trust=trust.files)
    if proof is None:
        return BundleRefusedError(f"{message}, past the newest checkpoint held here")
    return ForkFoundError(f"{message}: both heads are signed by the log's own key", proof=proof.to_bytes())
