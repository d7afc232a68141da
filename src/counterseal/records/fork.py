"""A fork proof: two heads of one log that no append-only log can both have had."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from counterseal.crypto.canonical import decode_canonical, encode_canonical
from counterseal.crypto.encoding import is_hex32
from counterseal.crypto.errors import CryptoError
from counterseal.crypto.merkle import require_consistency
from counterseal.log.checkpoint import parse_checkpoint
from counterseal.log.cosignature import require_log_line
from counterseal.log.errors import LogError, NoteError
from counterseal.log.note import Note, NoteLine, find_line, is_key_name, parse_note
from counterseal.log.tree import HashTree
from counterseal.records.errors import NoBundleError, RecordError, TrustError
from counterseal.records.trust import Trust
from counterseal.records.trust_chain import TRUST_NAME, SignedKeys, chain_files
from counterseal.records.trust_files import is_chained, parse_trust_files
from counterseal.records.trusted import LOG, TrustedKey
from counterseal.records.verification.heads import SeenCheckpoint, read_head
from counterseal.records.verification.pins import Pin, check_trust_files
from counterseal.records.verification.tally import PINNED, Check, Tally, check_json, pin_held

TYPE = "counterseal/fork-proof/v1"
TYPE_V2 = "counterseal/fork-proof/v2"
"""With a chain of trust files, as a list, in place of a single one."""
MAX_PROOF_BYTES = 64 * 2**20
CHECKS = ("form", "trust-form", "trust-signatures", PINNED, "signatures", "fork")

_MEMBERS = frozenset(("consistency", "first", "origin", "prefix_root", "second", "trust", "type"))
_MAX_HASHES = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class ForkProof:
    """Two signed heads, and what shows that the smaller is no beginning of the larger.

    Attributes:
        first: Note of the smaller head (or either, at equal size).
        second: Note of the larger head.
        prefix_root: Root that the second tree really had at the first one's size [32 bytes].
        consistency: RFC 6962 proof from that root to the second head.
        trust: The trust file that names the log's keys; or those of a chain, in order, and then the key files
            that signed.
        chained: Whether they are those of a chain.
    """

    origin: str
    first: Note
    second: Note
    prefix_root: bytes
    consistency: tuple[bytes, ...]
    trust: tuple[bytes, ...]
    chained: bool

    def to_bytes(self) -> bytes:
        """Return the proof file."""
        return encode_canonical(
            {
                "consistency": [item.hex() for item in self.consistency],
                "first": self.first.to_bytes().decode(),
                "origin": self.origin,
                "prefix_root": self.prefix_root.hex(),
                "second": self.second.to_bytes().decode(),
                **self._trust(),
            }
        )

    def _trust(self) -> dict[str, Any]:
        texts = [text.decode() for text in self.trust]
        return {"trust": texts, "type": TYPE_V2} if self.chained else {"trust": texts[0], "type": TYPE}

    def trust_files(self) -> dict[str, bytes]:
        """Return its trust files by the path that each would have in a bundle.

        Raises:
            TrustError: they are not a chain in order.
        """
        return chain_files(self.trust) if self.chained else {TRUST_NAME: self.trust[0]}


@dataclass(frozen=True, slots=True, kw_only=True)
class ForkVerification:
    """The result of checking a fork proof; ``verified`` means that it proves a fork."""

    origin: str | None
    checks: tuple[Check, ...]
    trust_fingerprint: str | None
    roots: tuple[tuple[str, str], ...]
    pinned: bool

    @property
    def verified(self) -> bool:
        """Whether every check ran and held, and so a fork is proved."""
        return all(
            check.held or (check.held is None and check.name == PINNED and not self.pinned)
            for check in self.checks
        )

    def as_json(self, *, path: str) -> dict[str, Any]:
        """Return the JSON document of ``--json``."""
        return {
            "fork_proof": path,
            "origin": self.origin,
            "verified": self.verified,
            "checks": [check_json(check) for check in self.checks],
            "fingerprints": {"trust": self.trust_fingerprint, "roots": dict(self.roots)},
            "pinned": pin_held(self.checks),
        }


def prove_fork(
    first: Note, second: Note, *, tree: HashTree, origin: str, trust: Mapping[str, bytes]
) -> ForkProof | None:
    """Return the proof that two heads of one log contradict each other, or None if they do not.

    Args:
        first: A head of the log, signed by its key.
        second: Another one, whose entries are at hand.
        tree: The tree of the second head's entries (or of more).
        origin: The log.
        trust: The trust files, by their path in a bundle.

    Raises:
        RecordError: the second head is the smaller one.
        TrustError: the trust files are not in form.
    """
    small, large = parse_checkpoint(first.text), parse_checkpoint(second.text)
    if small.size > large.size:
        raise RecordError("fork: the head whose entries are at hand must be the larger one")
    prefix_root, known = tree.root(small.size), parse_trust_files(trust)
    one, other = (_as_signed(note, known, origin=origin) for note in (first, second))
    if prefix_root == small.root or small.size == 0 or one is None or other is None:
        return None
    return ForkProof(
        origin=origin,
        first=one.note,
        second=other.note,
        prefix_root=prefix_root,
        consistency=() if small.size == large.size else tree.consistency(small.size, large.size),
        trust=_texts(known, keys=dict.fromkeys(signed.by for signed in (one, other))),
        chained=known.chain is not None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _SignedHead:
    """A head with the lines of its log's keys alone, and the key file that has them, if there is one."""

    note: Note
    by: SignedKeys | None


def _as_signed(note: Note, trust: Trust, *, origin: str) -> _SignedHead | None:
    """Find who signed a head for its log; the lines of others prove nothing."""
    party = next((log.party for log in trust.logs if log.origin == origin), None)
    row: tuple[SignedKeys | None, ...] = (
        (None,) if trust.chain is None else trust.chain.keys.get(str(party), ())
    )
    for by in row:
        pair = trust.log_keys(origin, 1) if by is None else _log_keys(trust, by)
        lines = [line for key in pair if (line := _line_that_holds(note, key)) is not None]
        if lines and len(lines) == len(pair):
            return _SignedHead(note=Note(text=note.text, lines=tuple(lines)), by=by)
    return None


def _log_keys(trust: Trust, by: SignedKeys) -> list[TrustedKey]:
    found = (trust.key(by.file.party, key.key_id) for key in by.file.of_role(LOG))
    return [key for key in found if key is not None]


def _line_that_holds(note: Note, key: TrustedKey) -> NoteLine | None:
    try:
        require_log_line(note, key.note_key)
    except NoteError:
        return None
    return find_line(note, key.note_key)


def _texts(trust: Trust, *, keys: Collection[SignedKeys | None]) -> tuple[bytes, ...]:
    """The trust files, and the key files that signed: all of them could be more than a proof may hold."""
    if trust.chain is None:
        return (trust.files[TRUST_NAME],)
    signed = sorted((one for one in keys if one is not None), key=lambda one: one.file.version)
    return (*(version.data for version in trust.chain.versions), *(one.data for one in signed))


def is_fork_proof(data: bytes) -> bool:
    """Whether a file claims to be a fork proof (so that it is judged as one)."""
    return any(f'"type":"{name}"'.encode() in data for name in (TYPE, TYPE_V2))


def parse_fork_proof(data: bytes) -> ForkProof:
    """Return the fork proof that a file holds.

    Raises:
        RecordError: not in form.
    """
    try:
        document = decode_canonical(data)
    except CryptoError as error:
        raise RecordError(f"fork proof: {error}") from error
    if not isinstance(document, dict) or document.keys() != _MEMBERS:
        raise RecordError(f"fork proof: must have exactly {', '.join(sorted(_MEMBERS))}")
    if document["type"] not in (TYPE, TYPE_V2):
        raise RecordError(f"fork proof type {document['type']!r}: must be {TYPE} or {TYPE_V2}")
    hashes = document["consistency"]
    if not isinstance(hashes, list) or len(hashes) > _MAX_HASHES or not all(map(is_hex32, hashes)):
        raise RecordError("fork proof consistency: must be a list of hashes of 64 hexadecimal digits")
    if not is_hex32(document["prefix_root"]):
        raise RecordError("fork proof prefix_root: must be 64 hexadecimal digits")
    if not all(isinstance(document[name], str) for name in ("first", "second", "origin")):
        raise RecordError("fork proof: first, second and origin must be texts")
    if not is_key_name(document["origin"]):
        raise RecordError("fork proof origin: cannot name a log")
    try:
        first, second = (parse_note(document[name].encode()) for name in ("first", "second"))
    except LogError as error:
        raise RecordError(f"fork proof: {error}") from error
    return ForkProof(
        origin=document["origin"],
        first=first,
        second=second,
        prefix_root=bytes.fromhex(document["prefix_root"]),
        consistency=tuple(bytes.fromhex(item) for item in hashes),
        trust=_parse_trust(document),
        chained=document["type"] == TYPE_V2,
    )


def _parse_trust(document: dict[str, Any]) -> tuple[bytes, ...]:
    texts = document["trust"]
    if document["type"] == TYPE:
        if not isinstance(texts, str) or is_chained(texts.encode()):
            raise RecordError(f"fork proof trust: must be the text of one trust file in a {TYPE}")
        return (texts.encode(),)
    if not isinstance(texts, list) or not texts or not all(isinstance(text, str) for text in texts):
        raise RecordError(f"fork proof trust: must be a list of texts in a {TYPE_V2}")
    return tuple(text.encode() for text in texts)


def verify_fork_proof(data: bytes, *, pins: tuple[Pin, ...] = ()) -> ForkVerification:
    """Say whether a file proves that a log was forked.

    Raises:
        NoBundleError: the file does not claim to be a fork proof, or is larger than one may be.
    """
    if len(data) > MAX_PROOF_BYTES or not is_fork_proof(data):
        raise NoBundleError("a file, and not a fork proof: a bundle is a folder")
    tally = Tally(names=CHECKS)
    tally.ran("form")
    trust, origin = None, None
    try:
        proof = parse_fork_proof(data)
    except RecordError as error:
        tally.refuse("form", str(error))
    else:
        origin = proof.origin
        trust = _check_trust(proof, tally, pins=pins)
        if trust is not None:
            _check_heads(proof, trust, tally)
    return ForkVerification(
        origin=origin,
        checks=tally.checks(),
        trust_fingerprint=trust.fingerprint if trust else None,
        roots=tuple((str(p.code), p.fingerprint) for p in trust.parties) if trust else (),
        pinned=bool(pins),
    )


def _check_trust(proof: ForkProof, tally: Tally, *, pins: tuple[Pin, ...]) -> Trust | None:
    tally.ran("trust-form")
    try:
        files = proof.trust_files()
    except TrustError as error:
        tally.refuse("trust-form", str(error))
        return None
    return check_trust_files(files, tally, pins=pins, named=False, whole=False)


def _check_heads(proof: ForkProof, trust: Trust, tally: Tally) -> None:
    log = next((log for log in trust.logs if log.origin == proof.origin), None)
    if log is None:
        tally.refuse("signatures", f"no log {proof.origin!r} in the trust file")
        return
    tally.ran("signatures")
    try:
        first, second = (
            read_head(note, log=log, trust=trust, any_version=True) for note in (proof.first, proof.second)
        )
    except LogError as error:
        tally.refuse("signatures", str(error))
        return
    tally.ran("fork")
    if problem := _no_fork(proof, first, second):
        tally.refuse("fork", problem)


def _no_fork(proof: ForkProof, first: SeenCheckpoint, second: SeenCheckpoint) -> str | None:
    small, large = first.checkpoint, second.checkpoint
    if proof.prefix_root == small.root:
        return "the first head is a beginning of the second: no fork"
    if small.size == large.size:
        plain = not proof.consistency and proof.prefix_root == large.root
        return None if plain else "heads of one size take no hashes, and the second's root as prefix root"
    if not 0 < small.size < large.size:
        return f"heads of sizes {small.size} and {large.size}: the first must be the smaller, and not empty"
    try:
        require_consistency(
            small.size,
            large.size,
            old_root=proof.prefix_root,
            new_root=large.root,
            proof=proof.consistency,
        )
    except CryptoError as error:
        return f"the second head is not shown to have had the prefix root: {error}"
    return None
