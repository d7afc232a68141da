"""Signed notes: a text, an empty line, and signature lines [C2SP-SIGNED-NOTE]."""

import re
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256

from counterseal.crypto.ed25519 import PUBLIC_KEY_BYTES, SigningKey, require_lasting_signature
from counterseal.crypto.encoding import decode_base64, encode_base64
from counterseal.crypto.errors import CryptoError, SignatureRefusedError
from counterseal.log.errors import NoteError

MAX_NOTE_BYTES = 65_536
MAX_LINES = 32
KEY_HASH_BYTES = 4
ED25519 = 0x01
"""Algorithm byte of a plain Ed25519 note signature."""

ED25519_COSIGNATURE = 0x04
"""Algorithm byte of an Ed25519 cosignature; see ``cosignature.py``."""

ML_DSA_44_COSIGNATURE = 0x06
"""Algorithm byte of an ML-DSA-44 cosignature; see ``cosignature.py``."""

_PREFIX = "\u2014 "
_NAME = re.compile(r"[!-*,-~]{1,255}", re.ASCII)
_LINE_NAME = re.compile(r"[^\s+]+")
_CONTROL = bytes(code for code in range(0x20) if code != ord("\n"))
_KEPT_NOTES = 512
"""Notes that are remembered parsed: every bundle brings the same heads again [of at most 64 KiB each]."""
_PUBLIC_BYTES = {
    ED25519: PUBLIC_KEY_BYTES,
    ED25519_COSIGNATURE: PUBLIC_KEY_BYTES,
    ML_DSA_44_COSIGNATURE: 1_312,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteLine:
    """One signature line: who, by which key, and the signature field behind the key hash."""

    name: str
    key_hash: bytes
    signature: bytes

    def text(self) -> str:
        """Return the line as it stands in a note, with its line feed."""
        return f"{_PREFIX}{self.name} {encode_base64(self.key_hash + self.signature)}\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A text that ends in a line feed, and the signature lines under it."""

    text: str
    lines: tuple[NoteLine, ...]

    def to_bytes(self) -> bytes:
        """Return the note as it is stored and exchanged."""
        return (self.text + "\n" + "".join(line.text() for line in self.lines)).encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteKey:
    """A key that may stand on notes: its name, public bytes and algorithm byte.

    Attributes:
        public: 32 bytes, or 1,312 for the algorithm byte 0x06 (ML-DSA-44).
    """

    name: str
    public: bytes
    algorithm: int

    def __post_init__(self) -> None:
        if not is_key_name(self.name):
            raise NoteError(f"key name {self.name!r}: 1 to 255 printable ASCII, no space, no '+'")
        expected = _PUBLIC_BYTES.get(self.algorithm)
        if expected is None:
            known = ", ".join(f"0x{byte:02x}" for byte in _PUBLIC_BYTES)
            raise NoteError(f"key {self.name}: algorithm byte 0x{self.algorithm:02x}, must be one of {known}")
        if len(self.public) != expected:
            raise NoteError(f"key {self.name}: {len(self.public)} bytes, must be {expected}")

    @property
    def key_hash(self) -> bytes:
        """The 4 bytes by which a line names the key."""
        return _key_hash(self)

    def verifier_text(self) -> str:
        """Return the key in the note format's own spelling, ``name+hash+key``."""
        encoded = encode_base64(bytes((self.algorithm,)) + self.public)
        return f"{self.name}+{self.key_hash.hex()}+{encoded}"


@lru_cache(maxsize=1024)
def _key_hash(key: NoteKey) -> bytes:
    data = key.name.encode() + b"\n" + bytes((key.algorithm,)) + key.public
    return sha256(data).digest()[:KEY_HASH_BYTES]


def is_key_name(name: str) -> bool:
    """Whether ``name`` may name a key or a log."""
    return _NAME.fullmatch(name) is not None


def parse_verifier_key(text: str) -> NoteKey:
    """Return the key that ``name+hash+key`` spells.

    Raises:
        NoteError: not three fields, no base64, another algorithm than 0x01, 0x04 and 0x06, a key of
            another length than its algorithm's, or the hash is not the key's.
    """
    name, _, rest = text.partition("+")
    key_hash, plus, key_text = rest.partition("+")
    if not plus:
        raise NoteError(f"verifier key {text[:40]!r}: must be name+hash+key")
    try:
        encoded = decode_base64(key_text)
    except CryptoError as error:
        raise NoteError(f"verifier key {name}: {error}") from error
    if not encoded:
        raise NoteError(f"verifier key {name}: no key behind the hash")
    key = NoteKey(name=name, public=encoded[1:], algorithm=encoded[0])
    if key.key_hash.hex() != key_hash:
        raise NoteError(f"verifier key {name}: hash {key_hash} is not the key's")
    return key


@lru_cache(maxsize=_KEPT_NOTES)
def parse_note(data: bytes) -> Note:
    """Return the note that ``data`` holds.

    Raises:
        NoteError: too large, not UTF-8, control characters, no empty line before the signatures, no
            signature line or more than 32, a line of another form, or two lines of one key.
    """
    if len(data) > MAX_NOTE_BYTES:
        raise NoteError(f"note of {len(data)} bytes, at most {MAX_NOTE_BYTES}")
    try:
        whole = data.decode()
    except UnicodeDecodeError as error:
        raise NoteError(f"note is not UTF-8: {error.reason} at byte {error.start}") from error
    if len(data.translate(None, _CONTROL)) != len(data):
        raise NoteError("note holds a control character")
    cut = whole.rfind("\n\n")
    if cut < 1:
        raise NoteError("note has no empty line between text and signatures")
    tail = whole[cut + 2 :]
    if not tail.endswith("\n"):
        raise NoteError("note does not end in a line feed")
    return Note(text=whole[: cut + 1], lines=parse_lines(tail))


def parse_lines(text: str) -> tuple[NoteLine, ...]:
    """Return the signature lines that ``text`` consists of, each with its line feed.

    Raises:
        NoteError: no line feed at the end, more than 32 lines, a line of another form, or two lines of one
            key.
    """
    if not text.endswith("\n"):
        raise NoteError("signature lines do not end in a line feed")
    rows = text[:-1].split("\n")
    if len(rows) > MAX_LINES:
        raise NoteError(f"note with {len(rows)} signature lines, at most {MAX_LINES}")
    lines = tuple(_parse_line(row) for row in rows)
    if len({(line.name, line.key_hash) for line in lines}) != len(lines):
        raise NoteError("note with two signature lines of one key")
    return lines


def _parse_line(row: str) -> NoteLine:
    if not row.startswith(_PREFIX):
        raise NoteError(f"signature line {row[:40]!r}: must begin with an em dash and a space")
    name, _, encoded = row[len(_PREFIX) :].partition(" ")
    if not _LINE_NAME.fullmatch(name):  # wider than our own names: strangers sign notes too
        raise NoteError(f"signature line {row[:40]!r}: no key name")
    try:
        field = decode_base64(encoded)
    except CryptoError as error:
        raise NoteError(f"signature line of {name}: {error}") from error
    if len(field) <= KEY_HASH_BYTES:
        raise NoteError(f"signature line of {name}: no signature behind the key hash")
    return NoteLine(name=name, key_hash=field[:KEY_HASH_BYTES], signature=field[KEY_HASH_BYTES:])


def find_line(note: Note, key: NoteKey) -> NoteLine | None:
    """Return the line of ``key`` on ``note``, verified or not, or None."""
    for line in note.lines:
        if line.name == key.name and line.key_hash == key.key_hash:
            return line
    return None


def sign_note(text: str, key: SigningKey, *, name: str) -> NoteLine:
    """Return the plain Ed25519 signature line of ``name`` over ``text``."""
    note_key = NoteKey(name=name, public=key.public, algorithm=ED25519)
    return NoteLine(name=name, key_hash=note_key.key_hash, signature=key.sign(text.encode()))


def require_signed(note: Note, key: NoteKey) -> None:
    """Refuse a note unless it carries a valid plain signature of ``key``.

    Raises:
        NoteError: no line of that key, or it does not verify.
    """
    line = find_line(note, key)
    if line is None:
        raise NoteError(f"note is not signed by {key.name}")
    try:
        require_lasting_signature(key.public, line.signature, note.text.encode())
    except SignatureRefusedError as error:
        raise NoteError(f"line of {key.name}: {error}") from error
