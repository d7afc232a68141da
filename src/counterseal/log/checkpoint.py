"""Checkpoints: the signed head of a log at one size [C2SP-TLOG-CHECKPOINT]."""

import re
from dataclasses import dataclass
from functools import lru_cache

from counterseal.crypto.encoding import decode_base64, encode_base64
from counterseal.crypto.errors import CryptoError
from counterseal.crypto.hashing import domain_hash
from counterseal.crypto.merkle import HASH_BYTES
from counterseal.log.errors import NoteError
from counterseal.log.note import is_key_name

_TEXT_LINES = 3
_KEPT_TEXTS = 1024
"""Texts that are remembered parsed: the same heads come again and again [below 400 bytes each]."""
_SIZE = re.compile(r"0|[1-9][0-9]{0,14}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """What a log says of itself: at ``size`` leaves its root was ``root``.

    Attributes:
        origin: The log's name, a schema-less address.
        size: Number of leaves.
        root: RFC 6962 root [32 bytes].
    """

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """Return the text that is signed: three lines, each with its line feed."""
        return f"{self.origin}\n{self.size}\n{encode_base64(self.root)}\n"

    @property
    def checkpoint_id(self) -> str:
        """64 hexadecimal digits over the text, whoever signed it."""
        return domain_hash("counterseal/checkpoint/v1", self.text()).hex()


@lru_cache(maxsize=_KEPT_TEXTS)
def parse_checkpoint(text: str) -> Checkpoint:
    """Return the checkpoint that a note's text states.

    Raises:
        NoteError: not exactly three lines, an origin that cannot name a log, a size with leading
            zeros or no number, or a root that is not 32 bytes in base64.
    """
    lines = text.split("\n")
    if len(lines) != _TEXT_LINES + 1 or lines[-1]:
        raise NoteError(f"checkpoint has {len(lines) - 1} lines, must be origin, size and root")
    origin, size, encoded, _ = lines
    if not is_key_name(origin):
        raise NoteError(f"checkpoint origin {origin[:40]!r}: cannot name a log")
    if not _SIZE.fullmatch(size):
        raise NoteError(f"checkpoint size {size[:24]!r}: must be decimal without leading zeros")
    try:
        root = decode_base64(encoded)
    except CryptoError as error:
        raise NoteError(f"checkpoint root: {error}") from error
    if len(root) != HASH_BYTES:
        raise NoteError(f"checkpoint root of {len(root)} bytes, must be {HASH_BYTES}")
    return Checkpoint(origin=origin, size=int(size), root=root)
