"""A bundle's manifest: every file with its size and hash, signed by whoever made the bundle."""

import re
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from counterseal.crypto.canonical import decode_canonical, encode_canonical
from counterseal.crypto.encoding import is_hex32
from counterseal.crypto.errors import CryptoError
from counterseal.crypto.hashing import domain_hash
from counterseal.log.note import is_key_name
from counterseal.records.errors import ManifestError
from counterseal.records.key_file import MAX_KEY_FILE_BYTES
from counterseal.terms.parties import PartyCode, parse_party_code
from counterseal.terms.times import format_instant, parse_instant

MANIFEST_NAME = "bundle.json"
MAX_FILES = 65_534
MAX_READERS = 64
MAX_MANIFEST_BYTES = 16 * 2**20
MAX_FILE_BYTES = 16 * 2**20
MAX_VIEW_BYTES = 256 * 2**20
MAX_PACK_BYTES = 256 * (4 + 2**20)
"""A body pack of 256 openings, each as large as an opening may be."""
MAX_SEALED_BYTES = 2**30

_CHAINED = r"trust/(?:history|keys/[a-z][a-z0-9-]{0,31})/[1-9][0-9]{0,5}\.json"
_VIEW = r"view/[a-z0-9][a-z0-9._-]{0,99}"
_HEX = r"[0-9a-f]{64}"
_TILE = (
    r"(?:x(?!000)[0-9]{3}/(?:x[0-9]{3}/){0,4})?[0-9]{3}(?:\.p/(?:[1-9][0-9]?|1[0-9]{2}|2[0-4][0-9]|25[0-5]))?"
)
_SIZE = r"(?:0|[1-9][0-9]{0,14})"
ALLOWED = re.compile(
    rf"bundle\.json|trust/trust\.json|{_CHAINED}|{_VIEW}|logs/{_HEX}/checkpoint|logs/{_HEX}/checkpoints/{_SIZE}"
    rf"|logs/{_HEX}/tile/(?:[0-9]|[1-5][0-9]|6[0-3]|entries)/{_TILE}|(?:bodies|sealed)/{_HEX}/{_TILE}",
    re.ASCII,
)
"""Paths that a bundle may hold."""

_MEMBERS = frozenset(("created", "files", "from", "heads", "purpose", "sequence", "to", "treaty", "v"))
_READER = re.compile(r"[A-Za-z0-9.-]{1,64}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedFile:
    """One file of a bundle: its path, SHA-256 [64 hexadecimal digits] and size [bytes]."""

    path: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The newest checkpoint of one log: origin, size and root [64 hexadecimal digits]."""

    origin: str
    size: int
    root: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a bundle says it is; see ``docs/reference/formats.md``, section 8."""

    treaty: str
    sender: PartyCode
    to: tuple[str, ...]
    created: datetime
    sequence: int
    heads: tuple[Head, ...]
    files: tuple[ListedFile, ...]

    def payload(self) -> bytes:
        """Return the bytes that the sender signs."""
        return encode_canonical(
            {
                "created": format_instant(self.created),
                "files": [
                    {"path": item.path, "sha256": item.sha256, "size": item.size} for item in self.files
                ],
                "from": self.sender,
                "heads": [
                    {"origin": head.origin, "root": head.root, "size": head.size} for head in self.heads
                ],
                "purpose": "record",
                "sequence": self.sequence,
                "to": list(self.to),
                "treaty": self.treaty,
                "v": 1,
            }
        )


def manifest_id(payload: bytes) -> str:
    """Return the id by which a receiver acknowledges a bundle [64 hexadecimal digits]."""
    return domain_hash("counterseal/manifest/v1", payload).hex()


def log_folder(origin: str) -> str:
    """Return the folder name of a log in a bundle [64 hexadecimal digits]."""
    return sha256(origin.encode()).hexdigest()


def size_cap(path: str) -> int:
    """Return the largest size that a file of this path may have [bytes]."""
    if path == MANIFEST_NAME:
        return MAX_MANIFEST_BYTES
    if path.startswith("bodies/"):
        return MAX_PACK_BYTES
    if path.startswith("sealed/"):
        return MAX_SEALED_BYTES
    if path.startswith("trust/keys/"):
        return MAX_KEY_FILE_BYTES
    return MAX_VIEW_BYTES if path.startswith("view/") else MAX_FILE_BYTES


def parse_manifest(payload: bytes) -> Manifest:
    """Return the manifest that a payload holds.

    Raises:
        ManifestError: naming the member, what was found and the rule.
    """
    document = _decoded(payload)
    if not isinstance(document, dict) or document.keys() != _MEMBERS:
        raise ManifestError(f"manifest: must have exactly {', '.join(sorted(_MEMBERS))}")
    if document["v"] != 1 or type(document["v"]) is not int or document["purpose"] != "record":
        raise ManifestError("manifest: v must be 1 and purpose 'record'")
    sequence = document["sequence"]
    if type(sequence) is not int or sequence < 0:
        raise ManifestError(f"manifest sequence {sequence!r}: must be a whole number from 0")
    if not isinstance(document["treaty"], str):
        raise ManifestError("manifest treaty: must be text")
    try:
        sender, created = parse_party_code(str(document["from"])), parse_instant(str(document["created"]))
    except ValueError as error:
        raise ManifestError(f"manifest: {error}") from error
    return Manifest(
        treaty=document["treaty"],
        sender=sender,
        to=_parse_readers(document["to"]),
        created=created,
        sequence=sequence,
        heads=_parse_heads(document["heads"]),
        files=_parse_files(document["files"]),
    )


def _decoded(payload: bytes) -> Any:
    try:
        return decode_canonical(payload)
    except CryptoError as error:
        raise ManifestError(f"manifest: {error}") from error


def _parse_readers(readers: Any) -> tuple[str, ...]:
    well_formed = isinstance(readers, list) and all(
        isinstance(reader, str) and _READER.fullmatch(reader) for reader in readers
    )
    if not well_formed or not 1 <= len(readers) <= MAX_READERS or readers != sorted(set(readers)):
        raise ManifestError(f"manifest to: must be a sorted list of 1 to {MAX_READERS} readers, none twice")
    return tuple(readers)


def _is_count(number: Any) -> bool:
    return type(number) is int and number >= 0


def _parse_heads(heads: Any) -> tuple[Head, ...]:
    if not isinstance(heads, list) or not heads:
        raise ManifestError("manifest heads: must be a list of at least one")
    for head in heads:
        well_formed = (
            isinstance(head, dict)
            and head.keys() == {"origin", "root", "size"}
            and isinstance(head["origin"], str)
            and is_key_name(head["origin"])
            and is_hex32(head["root"])
            and _is_count(head["size"])
        )
        if not well_formed:
            raise ManifestError(f"manifest head {head!r}: must be an origin, a root and a size")
    origins = [head["origin"] for head in heads]
    if origins != sorted(set(origins)):
        raise ManifestError("manifest heads: must be sorted by origin, none twice")
    return tuple(Head(origin=head["origin"], size=head["size"], root=head["root"]) for head in heads)


def _parse_files(files: Any) -> tuple[ListedFile, ...]:
    if not isinstance(files, list) or len(files) > MAX_FILES:
        raise ManifestError(f"manifest files: must be a list of at most {MAX_FILES}")
    for item in files:
        well_formed = (
            isinstance(item, dict)
            and item.keys() == {"path", "sha256", "size"}
            and isinstance(item["path"], str)
            and is_hex32(item["sha256"])
            and _is_count(item["size"])
        )
        if not well_formed:
            raise ManifestError(f"manifest file {item!r}: must be a path, a sha256 and a size")
    paths = [item["path"] for item in files]
    if paths != sorted(set(paths)):
        raise ManifestError("manifest files: must be sorted by path, none twice")
    if MANIFEST_NAME in paths:
        raise ManifestError(f"manifest files: {MANIFEST_NAME} cannot list itself")
    return tuple(ListedFile(path=i["path"], sha256=i["sha256"], size=i["size"]) for i in files)
