"""The header of a record: small, signed, loggable by everybody, and bound to a body."""

import re
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from typing import Any

from counterseal.crypto.canonical import MAX_INTEGER, decode_canonical, decode_fixed, encode_checked
from counterseal.crypto.commitment import MAX_PARTS, MIN_SIZE_CLASS
from counterseal.crypto.encoding import is_hex32
from counterseal.crypto.errors import CryptoError
from counterseal.crypto.hashing import domain_hash
from counterseal.records.envelope import HEADER_TYPE, pre_authentication
from counterseal.records.errors import RecordError
from counterseal.terms.parties import PartyCode, parse_party_code
from counterseal.terms.times import format_instant, parse_instant

SUITE = "S1"
MAX_HEADER_BYTES = 16_384
MAX_SIZE_CLASS = 1_048_576
MAX_REFS = 64
MAX_NOT_BEFORE = 16
MAX_AUDIENCE = 64
PUBLIC = ("public",)
"""The audience of a record whose body anybody may read."""

_MEMBERS = frozenset(
    ("alg", "audience", "author", "body", "claimed_time", "feed", "kind", "not_before", "prev", "refs", "seq")
) | {"treaty", "v"}
_KIND = re.compile(r"[a-z][a-z0-9-]*(?:\.[a-z][a-z0-9-]*)*", re.ASCII)
_MAX_KIND = 64
_READER = re.compile(r"[A-Za-z0-9.-]{1,64}", re.ASCII)
_TREATY = re.compile(r"[a-z0-9.-]{1,64}", re.ASCII)
_ID_PREFIX = b"counterseal/record/v1\x00"


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What everybody may know of a record; see ``docs/reference/formats.md``, 5.2.

    Attributes:
        treaty: Id of the agreement.
        author: Party that signs.
        feed: Id of the signing key's feed; ``seq`` counts in it from 0, ``prev`` is the id before.
        kind: Coarse kind of statement.
        claimed_time: What the author says; untrusted.
        commit: Commitment to the body [64 hexadecimal digits].
        parts: Number of parts in the body, a power of two.
        size_class: Padded size of the body [bytes], a power of two.
        refs: Ids of records that it speaks about.
        not_before: Ids of checkpoints that its author had seen.
        audience: Who may read the body.
    """

    treaty: str
    author: PartyCode
    feed: str
    seq: int
    prev: str | None
    kind: str
    claimed_time: datetime
    commit: str
    parts: int
    size_class: int
    refs: tuple[str, ...] = ()
    not_before: tuple[str, ...] = ()
    audience: tuple[str, ...] = PUBLIC

    def to_bytes(self) -> bytes:
        """Return the header in its one canonical form.

        Raises:
            RecordError: a member breaks the format.
        """
        document = {
            "alg": SUITE,
            "audience": list(self.audience),
            "author": self.author,
            "body": {"commit": self.commit, "parts": self.parts, "size_class": self.size_class},
            "claimed_time": format_instant(self.claimed_time),
            "feed": self.feed,
            "kind": self.kind,
            "not_before": list(self.not_before),
            "prev": self.prev,
            "refs": list(self.refs),
            "seq": self.seq,
            "treaty": self.treaty,
            "v": 1,
        }
        check_header(document)
        return encode_checked(document)


def feed_id(*, treaty: str, author: str, public: bytes) -> str:
    """Return the id of the feed of one signing key [64 hexadecimal digits]."""
    return domain_hash("counterseal/feed/v1", treaty, author, public).hex()


def record_id(header: bytes) -> str:
    """Return the id of the record with these header bytes, whoever signed it."""
    return signed_record_id(pre_authentication(HEADER_TYPE, header))


def signed_record_id(signed: bytes) -> str:
    """Return the id of the record whose signature is over these bytes."""
    return sha256(_ID_PREFIX + signed).hexdigest()


def parse_header(data: bytes) -> Header:
    """Return the header that ``data`` holds.

    Raises:
        RecordError: not in the form of the format.
    """
    document = header_document(data)
    body = document["body"]
    return Header(
        treaty=document["treaty"],
        author=PartyCode(document["author"]),
        feed=document["feed"],
        seq=document["seq"],
        prev=document["prev"],
        kind=document["kind"],
        claimed_time=parse_instant(document["claimed_time"]),
        commit=body["commit"],
        parts=body["parts"],
        size_class=body["size_class"],
        refs=tuple(document["refs"]),
        not_before=tuple(document["not_before"]),
        audience=tuple(document["audience"]),
    )


def header_document(data: bytes) -> dict[str, Any]:
    """Return the checked JSON object of a header (what a verifier of many records needs).

    Raises:
        RecordError: not in the form of the format.
    """
    if len(data) > MAX_HEADER_BYTES:
        raise RecordError(f"header of {len(data)} bytes, at most {MAX_HEADER_BYTES}")
    document = decode_fixed(data)
    if not _in_profile(document):
        try:
            document = decode_canonical(data)
        except CryptoError as error:
            raise RecordError(f"header: {error}") from error
        check_header(document)
    checked: dict[str, Any] = document
    return checked


def _in_profile(document: Any) -> bool:
    """Whether a header is in form, and so, but for the size of ``seq``, in the canonical profile."""
    try:
        check_header(document)
    except RecordError:
        return False
    return bool(document["seq"] <= MAX_INTEGER)


def check_header(document: Any) -> None:
    """Refuse a header's JSON object unless each member is in form.

    Raises:
        RecordError: naming the member, what was found and the rule.
    """
    if type(document) is not dict or document.keys() != _MEMBERS:
        raise RecordError(f"header: must have exactly the members {', '.join(sorted(_MEMBERS))}")
    if document["v"] != 1 or type(document["v"]) is not int:
        raise RecordError(f"header v {document['v']!r}: only version 1 is known")
    if document["alg"] != SUITE:
        raise RecordError(f"header alg {document['alg']!r}: unknown suite; only {SUITE} is known")
    _require_words(document)
    _require_body(document["body"])
    _require_position(document["seq"], document["prev"])
    _require_ids(document["refs"], what="refs", most=MAX_REFS)
    _require_ids(document["not_before"], what="not_before", most=MAX_NOT_BEFORE)
    _require_audience(document["audience"])


def _require_words(document: dict[str, Any]) -> None:
    if problem := _word_problem(
        document["author"], document["kind"], treaty=document["treaty"], claimed=document["claimed_time"]
    ):
        raise RecordError(problem)
    if not is_hex32(document["feed"]):
        raise RecordError(f"header feed {document['feed']!r}: must be 64 hexadecimal digits")


def _word_problem(author: Any, kind: Any, *, treaty: Any, claimed: Any) -> str | None:
    if not type(author) is type(kind) is type(treaty) is type(claimed) is str:
        return "header author, kind, treaty and claimed_time: must be texts"
    return _text_problem(author, kind, treaty) or _instant_problem(claimed)


@lru_cache(maxsize=4096)
def _text_problem(author: str, kind: str, treaty: str) -> str | None:
    try:
        parse_party_code(author)
    except ValueError as error:
        return f"header author: {error}"
    if len(kind) > _MAX_KIND or not _KIND.fullmatch(kind):
        return (
            f"header kind {kind!r}: must be lower-case words joined by dots, at most {_MAX_KIND} characters"
        )
    if not _TREATY.fullmatch(treaty):
        return f"header treaty {treaty!r}: must be 1 to 64 of a-z, 0-9, '.' and '-'"
    return None


@lru_cache(maxsize=4096)
def _instant_problem(claimed: str) -> str | None:
    try:
        parse_instant(claimed)
    except ValueError as error:
        return f"header claimed_time: {error}"
    return None


def _is_power(number: Any, *, least: int, most: int) -> bool:
    return type(number) is int and least <= number <= most and number & (number - 1) == 0


def _require_body(body: Any) -> None:
    if type(body) is not dict or body.keys() != {"commit", "parts", "size_class"}:
        raise RecordError("header body: must have exactly commit, parts and size_class")
    if not is_hex32(body["commit"]):
        raise RecordError(f"header body.commit {body['commit']!r}: must be 64 hexadecimal digits")
    if not _is_power(body["parts"], least=1, most=MAX_PARTS):
        raise RecordError(f"header body.parts {body['parts']!r}: must be a power of two up to {MAX_PARTS}")
    if not _is_power(body["size_class"], least=MIN_SIZE_CLASS, most=MAX_SIZE_CLASS):
        raise RecordError(
            f"header body.size_class {body['size_class']!r}: must be a power of two from {MIN_SIZE_CLASS} "
            f"to {MAX_SIZE_CLASS}"
        )


def _require_position(seq: Any, prev: Any) -> None:
    if type(seq) is not int or seq < 0:
        raise RecordError(f"header seq {seq!r}: must be a whole number from 0")
    if (prev is None) != (seq == 0):
        raise RecordError(f"header prev: null exactly at seq 0, found {prev!r} at seq {seq}")
    if prev is not None and not is_hex32(prev):
        raise RecordError(f"header prev {prev!r}: must be 64 hexadecimal digits")


def _require_ids(ids: Any, *, what: str, most: int) -> None:
    if type(ids) is not list or len(ids) > most:
        raise RecordError(f"header {what}: must be a list of at most {most}")
    if ids and (not all(map(is_hex32, ids)) or len(set(ids)) != len(ids)):
        raise RecordError(f"header {what}: must be ids of 64 hexadecimal digits, none twice")


def _require_audience(audience: Any) -> None:
    if audience == ["public"]:
        return
    if type(audience) is not list or not 1 <= len(audience) <= MAX_AUDIENCE:
        raise RecordError(f"header audience: must be a list of 1 to {MAX_AUDIENCE}")
    if not all(type(reader) is str and _READER.fullmatch(reader) for reader in audience):
        raise RecordError("header audience: names are 1 to 64 of A-Z, a-z, 0-9, '.' and '-'")
    if audience != sorted(set(audience)):
        raise RecordError("header audience: must be sorted, none twice")
