"""A proof file for one record: index, inclusion proof and checkpoint in one text [C2SP-TLOG-PROOF]."""

import re
from dataclasses import dataclass

from counterseal.crypto.encoding import decode_base64, encode_base64
from counterseal.crypto.errors import CryptoError
from counterseal.crypto.merkle import leaf_hash, require_inclusion
from counterseal.log.checkpoint import parse_checkpoint
from counterseal.log.errors import LogError
from counterseal.log.note import Note, parse_note

HEADING = "c2sp.org/tlog-proof@v1"
_INDEX = re.compile(r"index (0|[1-9][0-9]{0,17})", re.ASCII)
_MAX_HASHES = 64
_MAX_BYTES = 131_072


@dataclass(frozen=True, slots=True, kw_only=True)
class LogProof:
    """That an entry stands at ``index`` under the checkpoint of ``note``."""

    index: int
    hashes: tuple[bytes, ...]
    note: Note

    def to_bytes(self) -> bytes:
        """Return the proof file."""
        rows = [HEADING, f"index {self.index}", *(encode_base64(item) for item in self.hashes), ""]
        return "\n".join(rows).encode() + b"\n" + self.note.to_bytes()

    def require_entry(self, entry: bytes) -> None:
        """Refuse ``entry`` unless the proof leads from it to the checkpoint's root.

        Signatures on the checkpoint are another question: see ``records/trust.py``.

        Raises:
            CryptoError: it does not.
        """
        checkpoint = parse_checkpoint(self.note.text)
        require_inclusion(
            leaf_hash(entry), self.index, size=checkpoint.size, proof=self.hashes, root=checkpoint.root
        )


def parse_log_proof(data: bytes) -> LogProof:
    """Return the proof that a file holds.

    Raises:
        LogError: another heading, no index, hashes that are not base64, or no checkpoint.
    """
    if len(data) > _MAX_BYTES:
        raise LogError(f"proof of {len(data)} bytes, at most {_MAX_BYTES}")
    head, gap, tail = data.partition(b"\n\n")
    rows = head.decode("utf-8", "replace").split("\n")
    if not gap or rows[0] != HEADING:
        raise LogError(f"proof must begin with the line {HEADING!r}, found {rows[0][:40]!r}")
    found = _INDEX.fullmatch(rows[1]) if len(rows) > 1 else None
    if found is None:
        raise LogError("proof has no line 'index <number>' after its heading")
    if len(rows) > _MAX_HASHES + 2:
        raise LogError(f"proof with {len(rows) - 2} hashes, at most {_MAX_HASHES}")
    try:
        hashes = tuple(decode_base64(row) for row in rows[2:])
    except CryptoError as error:
        raise LogError(f"proof hash: {error}") from error
    return LogProof(index=int(found[1]), hashes=hashes, note=parse_note(tail))
