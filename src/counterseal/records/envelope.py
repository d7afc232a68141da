"""The envelope around everything that is signed: DSSE, in canonical JSON [DSSE]."""

from binascii import Error as BinasciiError
from binascii import a2b_base64, b2a_base64
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import Any, Protocol

from counterseal.crypto.canonical import decode_canonical, encode_canonical
from counterseal.crypto.ed25519 import SigningKey
from counterseal.crypto.encoding import decode_base64, encode_base64, is_hex32
from counterseal.crypto.errors import CryptoError
from counterseal.records.errors import RecordError

HEADER_TYPE = "application/vnd.counterseal.header.v1+json"
TRUST_TYPE = "application/vnd.counterseal.trust.v1+json"
TRUST_TYPE_V2 = "application/vnd.counterseal.trust.v2+json"
KEYS_TYPE = "application/vnd.counterseal.keys.v1+json"
MANIFEST_TYPE = "application/vnd.counterseal.manifest.v1+json"

MAX_RECORD_BYTES = 60_000
_SIGNED_BY_SOME = frozenset((TRUST_TYPE, TRUST_TYPE_V2, KEYS_TYPE))
"""What too few have signed is in form all the same: who is missing, another check says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """One signature on an envelope: the id of the key, and its 64 bytes."""

    key_id: str
    signature: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """Payload bytes as signed, their type, and the signatures over both."""

    payload_type: str
    payload: bytes
    signatures: tuple[Signature, ...]

    @property
    def signed_bytes(self) -> bytes:
        """The very bytes that each signature is over."""
        return pre_authentication(self.payload_type, self.payload)

    def to_bytes(self) -> bytes:
        """Return the envelope in its one canonical form."""
        return encode_canonical(
            {
                "payload": encode_base64(self.payload),
                "payloadType": self.payload_type,
                "signatures": [
                    {"keyid": item.key_id, "sig": encode_base64(item.signature)} for item in self.signatures
                ],
            }
        )


def pre_authentication(payload_type: str, payload: bytes) -> bytes:
    """Return DSSE's pre-authentication encoding of a type and a payload."""
    kind = payload_type.encode()
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


def document_id(domain: str, payload_type: str, *, payload: bytes) -> str:
    """Return the id of a signed document, whoever signed it [64 hexadecimal digits]."""
    return sha256(domain.encode() + b"\x00" + pre_authentication(payload_type, payload)).hexdigest()


class Signer(Protocol):
    """A key that signs envelopes: its id, and how it signs."""

    @property
    def key_id(self) -> str:
        """Id under which its signature stands."""

    def sign(self, message: bytes) -> bytes:
        """Return the signature of ``message``."""


def seal_envelope(payload_type: str, payload: bytes, *, keys: Iterable[Signer]) -> Envelope:
    """Return ``payload`` signed by each of ``keys``, in order of key id."""
    message = pre_authentication(payload_type, payload)
    signatures = tuple(
        Signature(key_id=key.key_id, signature=key.sign(message))
        for key in sorted(keys, key=lambda key: key.key_id)
    )
    return Envelope(payload_type=payload_type, payload=payload, signatures=signatures)


def parse_envelope(data: bytes, *, payload_type: str, what: str) -> Envelope:
    """Return the envelope that ``data`` holds; nothing is verified yet.

    Args:
        data: Bytes of the file.
        payload_type: The only type that is accepted.
        what: Name of the document, for messages.

    Raises:
        RecordError: not canonical JSON, other members, another type, or no signature.
    """
    try:
        document = decode_canonical(data)
    except CryptoError as error:
        raise RecordError(f"{what}: {error}") from error
    if not isinstance(document, dict) or set(document) != {"payload", "payloadType", "signatures"}:
        raise RecordError(f"{what}: an envelope has payload, payloadType and signatures, nothing else")
    if document["payloadType"] != payload_type:
        raise RecordError(f"{what}: payload type {document['payloadType']!r}, must be {payload_type!r}")
    listed = document["signatures"]
    if not isinstance(listed, list) or not (listed or payload_type in _SIGNED_BY_SOME):
        raise RecordError(f"{what}: signatures must be a list of at least one")
    payload = _bytes_of(document["payload"], what=f"{what}: payload")
    return Envelope(
        payload_type=payload_type,
        payload=payload,
        signatures=tuple(_parse_signature(item, what=what) for item in listed),
    )


def _parse_signature(item: Any, *, what: str) -> Signature:
    if not isinstance(item, dict) or set(item) != {"keyid", "sig"}:
        raise RecordError(f"{what}: a signature has keyid and sig, nothing else")
    if not is_hex32(item["keyid"]):
        raise RecordError(f"{what}: keyid {item['keyid']!r}, must be 64 hexadecimal digits")
    return Signature(key_id=item["keyid"], signature=_bytes_of(item["sig"], what=f"{what}: sig"))


def _bytes_of(text: Any, *, what: str) -> bytes:
    if not isinstance(text, str):
        raise RecordError(f"{what}: must be base64 text")
    try:
        return decode_base64(text)
    except CryptoError as error:
        raise RecordError(f"{what}: {error}") from error


# A record's envelope has one signature, so its canonical form is fixed but for three texts. They are
# cut out of the bytes directly: the same documents are accepted as by ``parse_envelope``, in a tenth
# of the time, which matters when a sceptic verifies a million of them.
_OPEN = b'{"payload":"'
_MIDDLE = b'","payloadType":"%b","signatures":[{"keyid":"' % HEADER_TYPE.encode()
_JOIN = b'","sig":"'
_CLOSE = b'"}]}'
_KEY_ID_CHARS = 64
_SIGNATURE_CHARS = 88
_BEFORE_SIGNATURE = len(_MIDDLE) + _KEY_ID_CHARS + len(_JOIN)
_AFTER_PAYLOAD = _BEFORE_SIGNATURE + _SIGNATURE_CHARS + len(_CLOSE)


def seal_record(header: bytes, *, key: SigningKey) -> bytes:
    """Return the entry of a record: its header in the envelope that ``seal_envelope`` makes with one key."""
    signature = key.sign(pre_authentication(HEADER_TYPE, header))
    pieces = (
        _OPEN,
        b2a_base64(header, newline=False),
        _MIDDLE,
        key.key_id.encode(),
        _JOIN,
        b2a_base64(signature, newline=False),
        _CLOSE,
    )
    return b"".join(pieces)


def split_record(entry: bytes) -> tuple[bytes, str, bytes]:
    """Return a record entry's header bytes, key id and signature; nothing is verified yet.

    Args:
        entry: The envelope as it stands in a log.

    Raises:
        RecordError: too long, or not a canonical envelope with one signature and the header type.
    """
    if len(entry) > MAX_RECORD_BYTES:
        raise RecordError(f"record envelope of {len(entry)} bytes, at most {MAX_RECORD_BYTES}")
    start = len(_OPEN)
    cut = len(entry) - _AFTER_PAYLOAD
    sig_at = cut + _BEFORE_SIGNATURE
    well_formed = cut >= start and entry.startswith(_OPEN) and entry.endswith(_CLOSE)
    key_id = _key_id_in(entry[cut:sig_at]) if well_formed else None
    payload = _exact(entry[start:cut])
    signature = _exact(entry[sig_at : sig_at + _SIGNATURE_CHARS])
    if key_id is None or payload is None or signature is None:
        return _split_slowly(entry)
    return payload, key_id, signature


@lru_cache(maxsize=256)
def _key_id_in(frame: bytes) -> str | None:
    """The key id in what stands between payload and signature, or None; a few keys sign all records."""
    key_id = frame[len(_MIDDLE) : -len(_JOIN)].decode("latin-1")
    well_formed = frame.startswith(_MIDDLE) and frame.endswith(_JOIN) and is_hex32(key_id)
    return key_id if well_formed else None


def _exact(encoded: bytes) -> bytes | None:
    try:
        data = a2b_base64(encoded)
    except BinasciiError:
        return None
    return data if b2a_base64(data, newline=False) == encoded else None


def _split_slowly(entry: bytes) -> tuple[bytes, str, bytes]:
    """Split what is not laid out as usual: nearly always to say what is wrong with it."""
    envelope = parse_envelope(entry, payload_type=HEADER_TYPE, what="record")
    if len(envelope.signatures) != 1:
        raise RecordError(f"record: {len(envelope.signatures)} signatures, must carry exactly one signature")
    return envelope.payload, envelope.signatures[0].key_id, envelope.signatures[0].signature
