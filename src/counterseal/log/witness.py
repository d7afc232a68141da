"""Witnessing: a log asks for a cosignature, with proof that its head follows the last [C2SP-TLOG-WITNESS].

The bytes of ``add-checkpoint``, request and answer, and the rule by which a witness decides. Nothing
here signs: a witness signs only after it has kept the head that it is going to vouch for.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from counterseal.crypto.encoding import decode_base64, encode_base64
from counterseal.crypto.errors import CryptoError
from counterseal.crypto.merkle import EMPTY_ROOT, HASH_BYTES, require_consistency
from counterseal.log.checkpoint import Checkpoint, parse_checkpoint
from counterseal.log.cosignature import require_log_line
from counterseal.log.errors import LogError, NoteError, WitnessRequestError
from counterseal.log.note import MAX_NOTE_BYTES, Note, NoteKey, NoteLine, parse_lines, parse_note

MAX_PROOF_LINES = 63
MAX_REQUEST_BYTES = MAX_NOTE_BYTES + 4_096
SIZE_TYPE = "text/x.tlog.size"
"""Media type of the answer to a conflict: the size of the last head cosigned."""

_OLD = re.compile(rb"old (0|[1-9][0-9]{0,14})")
_SIZE = re.compile(rb"(0|[1-9][0-9]{0,14})\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class AddCheckpoint:
    """A request: the head to cosign, and the proof that it follows from the head of ``old_size`` leaves.

    Attributes:
        proof: RFC 6962 consistency proof [hashes of 32 bytes, at most 63]; empty where ``old_size`` is 0.
        note: The new checkpoint as its log signed it.
    """

    old_size: int
    proof: tuple[bytes, ...]
    note: Note

    @property
    def checkpoint(self) -> Checkpoint:
        """The head that the note states."""
        return parse_checkpoint(self.note.text)

    def to_bytes(self) -> bytes:
        """Return the request as it is sent or carried."""
        rows = [f"old {self.old_size}", *map(encode_base64, self.proof), ""]
        return "\n".join(rows).encode() + b"\n" + self.note.to_bytes()


def parse_add_checkpoint(data: bytes) -> AddCheckpoint:
    """Return the request that ``data`` holds.

    Raises:
        WitnessRequestError: too large, no old size, more than 63 proof lines, a hash that is not 32 bytes
            in base64, no empty line, or no checkpoint behind it.
    """
    if len(data) > MAX_REQUEST_BYTES:
        raise WitnessRequestError(f"witness request of {len(data)} bytes, at most {MAX_REQUEST_BYTES}")
    head, gap, tail = data.partition(b"\n\n")
    rows = head.split(b"\n")
    found = _OLD.fullmatch(rows[0])
    if not gap or found is None:
        raise WitnessRequestError("witness request: must be 'old <size>', hashes, an empty line and a note")
    if len(rows) - 1 > MAX_PROOF_LINES:
        raise WitnessRequestError(f"witness request: {len(rows) - 1} hashes, at most {MAX_PROOF_LINES}")
    proof = tuple(_hash(row, number) for number, row in enumerate(rows[1:], 1))
    try:
        note = parse_note(tail)
        parse_checkpoint(note.text)
    except NoteError as error:
        raise WitnessRequestError(f"witness request: {error}") from error
    return AddCheckpoint(old_size=int(found[1]), proof=proof, note=note)


def _hash(row: bytes, number: int) -> bytes:
    try:
        item = decode_base64(row.decode("ascii", "backslashreplace"))
    except CryptoError as error:
        raise WitnessRequestError(f"witness request: hash {number}: {error}") from error
    if len(item) != HASH_BYTES:
        raise WitnessRequestError(f"witness request: hash {number}: {len(item)} bytes, must be {HASH_BYTES}")
    return item


def write_lines(lines: Sequence[NoteLine]) -> bytes:
    """Return a witness's answer: its signature lines."""
    return "".join(line.text() for line in lines).encode()


def parse_answer(data: bytes) -> tuple[NoteLine, ...] | int:
    """Return what a witness answered: signature lines, or the size of the last head that it cosigned.

    Raises:
        WitnessRequestError: neither of the two.
    """
    if size := _SIZE.fullmatch(data):
        return int(size[1])
    if len(data) > MAX_NOTE_BYTES:
        raise WitnessRequestError(f"witness's answer of {len(data)} bytes, at most {MAX_NOTE_BYTES}")
    try:
        return parse_lines(data.decode())
    except (UnicodeDecodeError, NoteError) as error:
        raise WitnessRequestError(f"witness's answer: neither signature lines nor a size: {error}") from error


class Outcome(StrEnum):
    """What a witness decides."""

    ACCEPTED = "accepted"
    """The head follows from the last one: keep it, then cosign it."""
    MALFORMED = "malformed"
    """The request is not in form."""
    OLD_SIZE_TOO_LARGE = "old-size-too-large"
    """The old size is larger than the new one."""
    NOT_SIGNED = "not-signed"
    """A key of the log that must sign has not, or its line does not verify."""
    UNKNOWN_ORIGIN = "unknown-origin"
    """It is no log that this witness follows."""
    OTHER_OLD_SIZE = "other-old-size"
    """The proof begins at another head than the last one cosigned."""
    FORKED = "forked"
    """The log signed another head of the very size that was cosigned."""
    PROOF_REFUSED = "proof-refused"
    """The proof does not lead from the last head to this one."""

    @property
    def status(self) -> int:
        """The HTTP status that the specification gives it."""
        return _STATUS[self]


_STATUS = {
    Outcome.ACCEPTED: 200,
    Outcome.MALFORMED: 400,
    Outcome.OLD_SIZE_TOO_LARGE: 400,
    Outcome.NOT_SIGNED: 403,
    Outcome.UNKNOWN_ORIGIN: 404,
    Outcome.OTHER_OLD_SIZE: 409,
    Outcome.FORKED: 409,
    Outcome.PROOF_REFUSED: 422,
}
CONFLICT = 409


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What a witness decides of a request, and why.

    Attributes:
        last_size: Size of the last head cosigned (0 for none), where the request was well-formed.
        evidence: The log's own signed head, where it contradicts, or is not shown to follow from, the last
            one: to be kept and shown to others.
    """

    outcome: Outcome
    reason: str
    last_size: int | None = None
    evidence: Note | None = None

    @property
    def accepted(self) -> bool:
        """Whether the head is to be kept and then cosigned."""
        return self.outcome is Outcome.ACCEPTED

    @property
    def status(self) -> int:
        """The HTTP status of the answer."""
        return self.outcome.status

    def refusal(self) -> bytes:
        """Return the answer's body: the last size for a conflict, else the reason."""
        if self.status == CONFLICT:
            return f"{self.last_size}\n".encode()
        return f"{self.reason}\n".encode()


def malformed(error: WitnessRequestError) -> Decision:
    """Return the decision on bytes that are no request."""
    return Decision(outcome=Outcome.MALFORMED, reason=str(error))


def answer(request: AddCheckpoint, *, last: Checkpoint | None, log_keys: tuple[NoteKey, ...]) -> Decision:
    """Decide on a request by the last head that was cosigned for its origin.

    The caller keeps the new head in the same transaction in which it read ``last``, and signs after that.

    Args:
        request: What the log asks.
        last: The largest head that this witness has cosigned for that origin, or None.
        log_keys: Keys of that log, **all** of which must have signed; none for a log that is not known.

    Raises:
        LogError: ``last`` is of another log; the caller mixed them up.
    """
    head = request.checkpoint
    if last is not None and last.origin != head.origin:
        raise LogError(f"witness: asked to follow {head.origin} from a head of {last.origin}")
    size = 0 if last is None else last.size
    if not log_keys or any(key.name != head.origin for key in log_keys):
        return _decide(Outcome.UNKNOWN_ORIGIN, f"{head.origin}: no log that this witness follows", size)
    try:
        for key in log_keys:
            require_log_line(request.note, key)
    except NoteError as error:
        return _decide(Outcome.NOT_SIGNED, f"{head.origin}: {error}", size)
    if request.old_size > head.size:
        reason = f"{head.origin}: old size {request.old_size}, must be at most the new one, {head.size}"
        return _decide(Outcome.OLD_SIZE_TOO_LARGE, reason, size)
    return _follow(request, head, last)


def _decide(outcome: Outcome, reason: str, size: int, evidence: Note | None = None) -> Decision:
    return Decision(outcome=outcome, reason=reason, last_size=size, evidence=evidence)


def _follow(request: AddCheckpoint, head: Checkpoint, last: Checkpoint | None) -> Decision:
    """Decide on a head that its log has signed."""
    size = 0 if last is None else last.size
    if last is not None and head.size == last.size and head.root != last.root:
        reason = f"{head.origin}: signed two heads of size {size} with different roots; the log was forked"
        return _decide(Outcome.FORKED, reason, size, request.note)
    if request.old_size != size:
        reason = f"{head.origin}: old size {request.old_size}, the last head cosigned here has {size}"
        return _decide(Outcome.OTHER_OLD_SIZE, reason, size)
    try:
        _require_following(request, head, last)
    except CryptoError as error:
        reason = f"{head.origin}: not shown to follow from size {size}: {error}"
        return _decide(Outcome.PROOF_REFUSED, reason, size, request.note)
    return _decide(Outcome.ACCEPTED, f"{head.origin}: size {head.size} follows from size {size}", size)


def _require_following(request: AddCheckpoint, head: Checkpoint, last: Checkpoint | None) -> None:
    if last is not None and last.size:
        require_consistency(last.size, head.size, old_root=last.root, new_root=head.root, proof=request.proof)
        return
    if request.proof:
        raise CryptoError(f"consistency: {len(request.proof)} hashes, nothing comes before the first head")
    if head.size == 0 and head.root != EMPTY_ROOT:
        raise CryptoError("consistency: a log without entries has one root, and this is another")
