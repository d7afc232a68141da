"""Sealing to a reader: HPKE in base mode with ML-KEM-768 and X25519, as RFC 9180 seals.

The key encapsulation is that of identifier 0x647a, known as X-Wing [XWING]: whoever would read without the
private key has to break both X25519 and ML-KEM-768. The rest of the suite is HKDF-SHA256 (0x0001)
and ChaCha20-Poly1305 (0x0003). The library draws its own randomness for each sealing, so the same
text never gives the same bytes twice: the one place in this room where randomness is no argument.
"""

from dataclasses import dataclass
from hashlib import shake_256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import (
    AEAD,
    KDF,
    KEM,
    MLKEM768X25519PrivateKey,
    MLKEM768X25519PublicKey,
    Suite,
)

from counterseal.crypto.ed25519 import key_id
from counterseal.crypto.errors import SealRefusedError

SEAL_ALGORITHM = "mlkem768-x25519"
SEAL_SEED_BYTES = 32
SEAL_PUBLIC_BYTES = 1216
"""An ML-KEM-768 key of 1,184 bytes, then an X25519 key of 32."""
ENCAPSULATED_BYTES = 1120
"""An ML-KEM-768 ciphertext of 1,088 bytes, then an X25519 key of 32."""
SEAL_OVERHEAD = 1136
"""How much longer a ciphertext is than what it holds: the encapsulated key and a tag of 16 bytes."""

_LATTICE_PUBLIC_BYTES = 1184
_LATTICE_SEED_BYTES = 64
_EXPANDED_BYTES = 96
_SUITE = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)
_ANY_SCALAR = X25519PrivateKey.from_private_bytes(bytes(32))


@dataclass(frozen=True, slots=True, kw_only=True)
class SealKey:
    """A private key that opens what is sealed to its public half. It is never printed."""

    public: bytes
    key_id: str
    _private: MLKEM768X25519PrivateKey

    def __repr__(self) -> str:
        return f"SealKey({self.key_id[:16]}…)"


def seal_key(seed: bytes) -> SealKey:
    """Return the key pair that grows from ``seed``.

    The seed is X-Wing's decapsulation key: SHAKE256 of it gives 64 bytes for ML-KEM-768, then 32
    for X25519.

    Args:
        seed: 32 secret bytes.

    Raises:
        ValueError: ``seed`` is not 32 bytes.
    """
    if len(seed) != SEAL_SEED_BYTES:
        raise ValueError(f"seal seed of {len(seed)} bytes, must be {SEAL_SEED_BYTES}")
    expanded = shake_256(seed).digest(_EXPANDED_BYTES)
    lattice = MLKEM768PrivateKey.from_seed_bytes(expanded[:_LATTICE_SEED_BYTES])
    curve = X25519PrivateKey.from_private_bytes(expanded[_LATTICE_SEED_BYTES:])
    public = lattice.public_key().public_bytes_raw() + curve.public_key().public_bytes_raw()
    return SealKey(
        public=public,
        key_id=key_id(public, algorithm=SEAL_ALGORITHM),
        _private=MLKEM768X25519PrivateKey(lattice, curve),
    )


def _loaded(public: bytes) -> MLKEM768X25519PublicKey:
    if len(public) != SEAL_PUBLIC_BYTES:
        raise SealRefusedError(f"seal key of {len(public)} bytes, must be {SEAL_PUBLIC_BYTES}")
    try:
        lattice = MLKEM768PublicKey.from_public_bytes(public[:_LATTICE_PUBLIC_BYTES])
    except ValueError as error:
        raise SealRefusedError(
            f"seal key {public.hex()[:16]}…: ML-KEM-768 half is not encoded canonically"
        ) from error
    curve = X25519PublicKey.from_public_bytes(public[_LATTICE_PUBLIC_BYTES:])
    try:
        _ANY_SCALAR.exchange(curve)
    except ValueError as error:
        raise SealRefusedError(
            f"seal key {public.hex()[:16]}…: X25519 half is a point of small order"
        ) from error
    return MLKEM768X25519PublicKey(lattice, curve)


def require_seal_public(public: bytes) -> None:
    """Refuse a public key to which nothing can be sealed; asked when a party is enrolled.

    Raises:
        SealRefusedError: wrong length, an ML-KEM-768 half that FIPS 203 refuses, or an X25519 half
            of small order.
    """
    _loaded(public)


def seal_to(public: bytes, plaintext: bytes, *, info: bytes) -> bytes:
    """Return ``plaintext`` sealed to a public key: encapsulated key, then encryption with its tag.

    Args:
        public: The reader's public key [1,216 bytes].
        plaintext: What only the reader shall read.
        info: What it is sealed for; opening needs the same bytes.

    Raises:
        SealRefusedError: nothing can be sealed to that key.
    """
    return _SUITE.encrypt(plaintext, _loaded(public), info)


def unseal(key: SealKey, ciphertext: bytes, *, info: bytes) -> bytes:
    """Return what was sealed to this key for ``info``.

    Args:
        key: The reader's private key.
        ciphertext: As ``seal_to`` gave it [at least 1,136 bytes].
        info: What it was sealed for.

    Raises:
        SealRefusedError: too short, or sealed to another key, for another purpose, or altered
            since: which of these cannot be told.
    """
    if len(ciphertext) < SEAL_OVERHEAD:
        raise SealRefusedError(f"sealed text of {len(ciphertext)} bytes, must be at least {SEAL_OVERHEAD}")
    try:
        return _SUITE.decrypt(ciphertext, key._private, info)  # noqa: SLF001 - its own room's key
    except (InvalidTag, ValueError) as error:
        raise SealRefusedError(
            f"sealed text of {len(ciphertext)} bytes does not open with key {key.key_id[:16]}…: it was "
            "sealed to another key, for another purpose, or altered since"
        ) from error
