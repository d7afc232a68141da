"""Ed25519 under one strict rule, so that no two parties' software can disagree [RFC-8032].

Libraries differ on small-order points and non-canonical encodings: a malicious key holder could
make a signature that one side accepts and the other does not. The rule below is checked first;
what remains, all common libraries judge alike. It is tried on the 914 edge cases of [CCTV-ED25519].
"""

from dataclasses import dataclass
from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from counterseal.crypto.errors import SignatureRefusedError
from counterseal.crypto.hashing import domain_hash

PUBLIC_KEY_BYTES = 32
SIGNATURE_BYTES = 64

_FIELD_PRIME = 2**255 - 19
_GROUP_ORDER = 2**252 + 27742317777372353535851937790883648493
_TOP_BIT_CLEARED = 2**255 - 1
_SMALL_ORDER = frozenset(
    (
        0,
        1,
        2707385501144840649318225287225658788936804267575313519463743609750303402022,
        55188659117513257062467267217118295137698188065244968500265048394206261417927,
        _FIELD_PRIME - 1,
        _FIELD_PRIME,
        _FIELD_PRIME + 1,
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningKey:
    """A private key with its public half and id. It is never printed."""

    public: bytes
    key_id: str
    _private: Ed25519PrivateKey

    def __repr__(self) -> str:
        return f"SigningKey({self.key_id[:16]}…)"

    def sign(self, message: bytes) -> bytes:
        """Return the signature of ``message`` [64 bytes]."""
        return self._private.sign(message)


def signing_key(seed: bytes) -> SigningKey:
    """Return the key pair that grows from ``seed``.

    Args:
        seed: 32 secret bytes, RFC 8032's private key.

    Raises:
        ValueError: ``seed`` is not 32 bytes.
    """
    private = Ed25519PrivateKey.from_private_bytes(seed)
    public = private.public_key().public_bytes_raw()
    return SigningKey(public=public, key_id=key_id(public), _private=private)


@lru_cache(maxsize=1024)
def key_id(public: bytes, *, algorithm: str = "ed25519") -> str:
    """Return the id of a public key: 64 hexadecimal digits over its algorithm and bytes."""
    return domain_hash("counterseal/key/v1", algorithm, public).hex()


def point_problem(encoded: bytes) -> str | None:
    """Say what forbids a point's encoding, or None.

    Args:
        encoded: 32 bytes, a public key or the first half of a signature.
    """
    y = int.from_bytes(encoded, "little") & _TOP_BIT_CLEARED
    if y in _SMALL_ORDER:
        return "a point of small order"
    if y >= _FIELD_PRIME:
        return "not encoded canonically"
    return None


@lru_cache(maxsize=256)
def _loaded(public: bytes) -> Ed25519PublicKey:
    if len(public) != PUBLIC_KEY_BYTES:
        raise SignatureRefusedError(f"public key of {len(public)} bytes, must be {PUBLIC_KEY_BYTES}")
    if problem := point_problem(public):
        raise SignatureRefusedError(f"public key {public.hex()[:16]}…: {problem}")
    return Ed25519PublicKey.from_public_bytes(public)


def require_public_key(public: bytes) -> None:
    """Refuse a public key that the strict rule forbids.

    Raises:
        SignatureRefusedError: wrong length, small order, or not canonical.
    """
    _loaded(public)


def require_signature(public: bytes, signature: bytes, *, message: bytes) -> None:
    """Refuse a signature unless it holds under the strict rule.

    Args:
        public: Public key [32 bytes].
        signature: Signature [64 bytes].
        message: The very bytes that were signed.

    Raises:
        SignatureRefusedError: with the part of the rule that it breaks.
    """
    key = _loaded(public)
    if len(signature) != SIGNATURE_BYTES:
        raise SignatureRefusedError(f"signature of {len(signature)} bytes, must be {SIGNATURE_BYTES}")
    if problem := point_problem(signature[:32]):
        raise SignatureRefusedError(f"signature's point R: {problem}")
    if int.from_bytes(signature[32:], "little") >= _GROUP_ORDER:
        raise SignatureRefusedError("signature's scalar S: not below the group order")
    try:
        key.verify(signature, message)
    except InvalidSignature as error:
        raise SignatureRefusedError("the signature does not verify over these bytes") from error


@lru_cache(maxsize=4096)
def require_lasting_signature(public: bytes, signature: bytes, message: bytes) -> None:
    """Refuse a signature as ``require_signature`` does, and remember those that hold.

    For what every later bundle brings along again: records, and the lines of checkpoints. Key,
    signature and message decide alone whether a signature holds, so what held once is not computed
    again for the same bytes; what did not hold is never remembered. The last 4,096 are kept, so
    messages must be short.

    Raises:
        SignatureRefusedError: with the part of the rule that it breaks.
    """
    require_signature(public, signature, message=message)
