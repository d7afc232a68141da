"""Cosignatures: another party's word that it saw this head, when, and that it follows from the last.

Two forms, each with its own key: Ed25519 over ``cosignature/v1`` and the checkpoint's text, and
ML-DSA-44 over the structure ``subtree/v1``, which names the cosigner and the log [C2SP-TLOG-COSIGNATURE].
A log signs its own heads in the second form too, with the time 0: it makes no statement of when.
"""

from datetime import UTC, datetime

from counterseal.crypto.ed25519 import SIGNATURE_BYTES, SigningKey, require_lasting_signature
from counterseal.crypto.errors import SignatureRefusedError
from counterseal.crypto.mldsa import ML_DSA_44, MlDsaKey, require_mldsa_signature
from counterseal.log.checkpoint import Checkpoint, parse_checkpoint
from counterseal.log.errors import NoteError
from counterseal.log.note import (
    ED25519,
    ED25519_COSIGNATURE,
    ML_DSA_44_COSIGNATURE,
    Note,
    NoteKey,
    NoteLine,
    find_line,
    require_signed,
)

COSIGNATURE = ED25519_COSIGNATURE
"""Algorithm byte of an Ed25519 cosignature."""

SUBTREE_COSIGNATURE = ML_DSA_44_COSIGNATURE
"""Algorithm byte of an ML-DSA-44 cosignature."""

ML_DSA_44_SIGNATURE_BYTES = 2_420

_TIME_BYTES = 8
_NO_TIME = 0
_TIME_END = 2**63
_MAX_NAME_BYTES = 255
_SUBTREE_LABEL = b"subtree/v1\n\x00"
_LAST_SECOND = 253_402_300_799  # 9999-12-31T23:59:59Z: what a calendar date can still say


def _message(text: str, seconds: int) -> bytes:
    return f"cosignature/v1\ntime {seconds}\n{text}".encode()


def _seconds(at: datetime, *, name: str) -> int:
    seconds = int(at.timestamp())
    if seconds <= _NO_TIME:
        raise NoteError(f"cosignature of {name} at {at.isoformat()}: must be after 1970-01-01T00:00:00Z")
    return seconds


def _opaque(text: str, *, what: str) -> bytes:
    data = text.encode()
    if not 1 <= len(data) <= _MAX_NAME_BYTES:
        raise NoteError(f"{what} of {len(data)} bytes cannot be cosigned, must be 1 to {_MAX_NAME_BYTES}")
    return bytes((len(data),)) + data


def cosigned_message(checkpoint: Checkpoint, *, name: str, seconds: int) -> bytes:
    """Return the bytes that an ML-DSA-44 cosignature signs: the structure ``cosigned_message``.

    Args:
        checkpoint: The head; as a subtree it starts at leaf 0 and ends at its size.
        name: The cosigner's name.
        seconds: POSIX time [s], or 0 for no statement of when.

    Raises:
        NoteError: a name or an origin of more than 255 bytes, or none.
    """
    return b"".join(
        (
            _SUBTREE_LABEL,
            _opaque(name, what="cosigner name"),
            seconds.to_bytes(_TIME_BYTES, "big"),
            _opaque(checkpoint.origin, what="log origin"),
            (0).to_bytes(8, "big"),
            checkpoint.size.to_bytes(8, "big"),
            checkpoint.root,
        )
    )


def cosign(text: str, key: SigningKey, *, name: str, at: datetime) -> NoteLine:
    """Return the Ed25519 cosignature line of ``name`` over a checkpoint's text.

    Args:
        text: The checkpoint's text; that it follows from the last one seen was checked before.
        key: The cosigner's witness key.
        name: The cosigner's name.
        at: When, by the cosigner's own clock.

    Raises:
        NoteError: a time before 1970, or a name that cannot name a key.
    """
    seconds = _seconds(at, name=name)
    note_key = NoteKey(name=name, public=key.public, algorithm=COSIGNATURE)
    signature = key.sign(_message(text, seconds))
    return NoteLine(
        name=name, key_hash=note_key.key_hash, signature=seconds.to_bytes(_TIME_BYTES, "big") + signature
    )


def cosign_mldsa(checkpoint: Checkpoint, key: MlDsaKey, *, name: str, at: datetime | None) -> NoteLine:
    """Return the ML-DSA-44 line of ``name`` over a head.

    Args:
        checkpoint: The head; that it follows from the last one seen was checked before.
        key: A witness's or a log's ML-DSA-44 key.
        name: The witness's name, or the log's origin.
        at: When, by the cosigner's own clock; None for the log's own line, which says nothing of it.

    Raises:
        NoteError: a key of another algorithm, a time before 1970, or a name or origin of more than 255 bytes.
    """
    if key.algorithm != ML_DSA_44:
        raise NoteError(f"cosignature of {name}: key of {key.algorithm}, must be {ML_DSA_44}")
    seconds = _NO_TIME if at is None else _seconds(at, name=name)
    note_key = NoteKey(name=name, public=key.public, algorithm=SUBTREE_COSIGNATURE)
    signature = key.sign(cosigned_message(checkpoint, name=name, seconds=seconds))
    return NoteLine(
        name=name, key_hash=note_key.key_hash, signature=seconds.to_bytes(_TIME_BYTES, "big") + signature
    )


def cosigned_at(note: Note, key: NoteKey) -> datetime | None:
    """Return when ``key`` (Ed25519) cosigned ``note``, or None if there is no line of it.

    Raises:
        NoteError: there is a line, and it does not verify.
    """
    seconds = _ed25519_cosigned_at(note, key)
    return None if seconds is None else instant_of(seconds)


def _ed25519_cosigned_at(note: Note, key: NoteKey) -> int | None:
    line = find_line(note, key)
    if line is None:
        return None
    if len(line.signature) != _TIME_BYTES + SIGNATURE_BYTES:
        raise NoteError(f"cosignature of {key.name}: {len(line.signature)} bytes, must be 72")
    seconds = int.from_bytes(line.signature[:_TIME_BYTES], "big")
    try:
        require_lasting_signature(key.public, line.signature[_TIME_BYTES:], _message(note.text, seconds))
    except SignatureRefusedError as error:
        raise NoteError(f"cosignature of {key.name}: {error}") from error
    return seconds


def mldsa_cosigned_at(note: Note, key: NoteKey) -> int | None:
    """Return the POSIX time [s] at which ``key`` (ML-DSA-44) cosigned ``note``, or None without a line of it.

    0 says nothing of when: that is how a log signs its own head.

    Raises:
        NoteError: there is a line, and it does not verify, or its note is no checkpoint.
    """
    line = find_line(note, key)
    if line is None:
        return None
    expected = _TIME_BYTES + ML_DSA_44_SIGNATURE_BYTES
    if len(line.signature) != expected:
        raise NoteError(f"ML-DSA-44 line of {key.name}: {len(line.signature)} bytes, must be {expected}")
    seconds = int.from_bytes(line.signature[:_TIME_BYTES], "big")
    if seconds >= _TIME_END:
        raise NoteError(f"ML-DSA-44 line of {key.name}: time {seconds}, must be below {_TIME_END}")
    message = cosigned_message(parse_checkpoint(note.text), name=key.name, seconds=seconds)
    try:
        require_mldsa_signature(key.public, line.signature[_TIME_BYTES:], message, algorithm=ML_DSA_44)
    except SignatureRefusedError as error:
        raise NoteError(f"ML-DSA-44 line of {key.name}: {error}") from error
    return seconds


def instant_of(seconds: int) -> datetime:
    """Return the instant of a POSIX time [s]; one after the year 9999 counts as its last second."""
    return datetime.fromtimestamp(min(seconds, _LAST_SECOND), tz=UTC)


def witnessed_at(note: Note, key: NoteKey) -> int | None:
    """Return the POSIX time [s], as stated, at which ``key``, of either form, cosigned ``note``, or None.

    Raises:
        NoteError: there is a line, and it does not verify; or the key is of neither form.
    """
    if key.algorithm == SUBTREE_COSIGNATURE:
        return mldsa_cosigned_at(note, key)
    if key.algorithm != COSIGNATURE:
        raise NoteError(f"key {key.name}: algorithm byte 0x{key.algorithm:02x} is not a cosigner's")
    return _ed25519_cosigned_at(note, key)


def require_log_line(note: Note, key: NoteKey) -> None:
    """Refuse a checkpoint unless it carries a valid line of its log's ``key``, of either form.

    Raises:
        NoteError: no line of that key, it does not verify, an ML-DSA-44 line states a time, or the key is
            a cosigner's.
    """
    if key.algorithm == ED25519:
        require_signed(note, key)
        return
    if key.algorithm != SUBTREE_COSIGNATURE:
        raise NoteError(f"key {key.name}: algorithm byte 0x{key.algorithm:02x} is not a log's")
    seconds = mldsa_cosigned_at(note, key)
    if seconds is None:
        raise NoteError(f"note has no ML-DSA-44 line of {key.name}")
    if seconds != _NO_TIME:
        raise NoteError(f"ML-DSA-44 line of {key.name}: time {seconds}, a log's own line has time 0")
