"""Cosignatures: another party's word that it saw this head, when, and that it follows from the last.

Ed25519 form, ``cosignature/v1`` [C2SP-TLOG-COSIGNATURE].
"""

from datetime import UTC, datetime

from counterseal.crypto.ed25519 import SIGNATURE_BYTES, SigningKey, require_lasting_signature
from counterseal.crypto.errors import SignatureRefusedError
from counterseal.log.errors import NoteError
from counterseal.log.note import Note, NoteKey, NoteLine, find_line

COSIGNATURE = 0x04
"""Algorithm byte of an Ed25519 cosignature."""

_TIME_BYTES = 8
_LAST_SECOND = 253_402_300_799  # 9999-12-31T23:59:59Z: what a calendar date can still say


def _message(text: str, seconds: int) -> bytes:
    return f"cosignature/v1\ntime {seconds}\n{text}".encode()


def cosign(text: str, key: SigningKey, *, name: str, at: datetime) -> NoteLine:
    """Return the cosignature line of ``name`` over a checkpoint's text.

    Args:
        text: The checkpoint's text; that it follows from the last one seen was checked before.
        key: The cosigner's witness key.
        name: The cosigner's name.
        at: When, by the cosigner's own clock.
    """
    seconds = int(at.timestamp())
    note_key = NoteKey(name=name, public=key.public, algorithm=COSIGNATURE)
    signature = key.sign(_message(text, seconds))
    return NoteLine(
        name=name, key_hash=note_key.key_hash, signature=seconds.to_bytes(_TIME_BYTES, "big") + signature
    )


def cosigned_at(note: Note, key: NoteKey) -> datetime | None:
    """Return when ``key`` cosigned ``note``, or None if there is no line of it.

    Raises:
        NoteError: there is a line, and it does not verify.
    """
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
    return datetime.fromtimestamp(min(seconds, _LAST_SECOND), tz=UTC)
