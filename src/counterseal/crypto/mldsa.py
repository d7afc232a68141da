"""ML-DSA-44 and ML-DSA-65, pure and with the empty context, as FIPS 204 defines them [FIPS-204].

A signature of Ed25519 may one day be forged by a quantum computer; these are not expected to be.
Lengths are checked here, so that a refusal says what is wrong; everything else is the library's
judgement, which is held against every published case of Wycheproof. Signing is randomised: the same
key and message give another signature each time, and all of them verify.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.mldsa import (
    MLDSA44PrivateKey,
    MLDSA44PublicKey,
    MLDSA65PrivateKey,
    MLDSA65PublicKey,
)

from counterseal.crypto.ed25519 import key_id
from counterseal.crypto.errors import SignatureRefusedError

ML_DSA_44 = "ml-dsa-44"
ML_DSA_65 = "ml-dsa-65"
SEED_BYTES = 32

_REMEMBERED_MESSAGE_BYTES = 4096

_Private = MLDSA44PrivateKey | MLDSA65PrivateKey
_Public = MLDSA44PublicKey | MLDSA65PublicKey


@dataclass(frozen=True, slots=True, kw_only=True)
class _ParameterSet:
    """One column of FIPS 204, table 2 [bytes], and how the library reads its keys."""

    public_bytes: int
    signature_bytes: int
    grow: Callable[[bytes], _Private]
    load: Callable[[bytes], _Public]


_SETS = {
    ML_DSA_44: _ParameterSet(
        public_bytes=1312,
        signature_bytes=2420,
        grow=MLDSA44PrivateKey.from_seed_bytes,
        load=MLDSA44PublicKey.from_public_bytes,
    ),
    ML_DSA_65: _ParameterSet(
        public_bytes=1952,
        signature_bytes=3309,
        grow=MLDSA65PrivateKey.from_seed_bytes,
        load=MLDSA65PublicKey.from_public_bytes,
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class MlDsaKey:
    """A private key with its public half and id. It is never printed."""

    algorithm: str
    public: bytes
    key_id: str
    _private: _Private

    def __repr__(self) -> str:
        return f"MlDsaKey({self.algorithm}, {self.key_id[:16]}…)"

    def sign(self, message: bytes) -> bytes:
        """Return a signature of ``message`` [2,420 or 3,309 bytes], another one at each call."""
        return self._private.sign(message)


def mldsa_key(seed: bytes, *, algorithm: str) -> MlDsaKey:
    """Return the key pair that grows from ``seed``.

    Args:
        seed: 32 secret bytes, the ξ of FIPS 204, algorithm 1.
        algorithm: ``ML_DSA_44`` or ``ML_DSA_65``.

    Raises:
        ValueError: ``seed`` is not 32 bytes.
        SignatureRefusedError: the algorithm is another.
    """
    parameters = _parameters(algorithm)
    if len(seed) != SEED_BYTES:
        raise ValueError(f"{algorithm} seed of {len(seed)} bytes, must be {SEED_BYTES}")
    private = parameters.grow(seed)
    public = private.public_key().public_bytes_raw()
    return MlDsaKey(
        algorithm=algorithm, public=public, key_id=key_id(public, algorithm=algorithm), _private=private
    )


def _parameters(algorithm: str) -> _ParameterSet:
    if algorithm not in _SETS:
        raise SignatureRefusedError(f"algorithm {algorithm!r}: must be {ML_DSA_44} or {ML_DSA_65}")
    return _SETS[algorithm]


@lru_cache(maxsize=256)
def _loaded(public: bytes, algorithm: str) -> _Public:
    parameters = _parameters(algorithm)
    if len(public) != parameters.public_bytes:
        raise SignatureRefusedError(
            f"{algorithm} public key of {len(public)} bytes, must be {parameters.public_bytes}"
        )
    return parameters.load(public)


def require_mldsa_public(public: bytes, *, algorithm: str) -> None:
    """Refuse a public key of the wrong length; FIPS 204 allows every other one.

    Raises:
        SignatureRefusedError: wrong length, or no such algorithm.
    """
    _loaded(public, algorithm)


def require_mldsa_signature(public: bytes, signature: bytes, message: bytes, *, algorithm: str) -> None:
    """Refuse a signature unless it holds over ``message`` with the empty context.

    What held once is not computed again for the same bytes, as long as the message is short: every
    later bundle brings the same lines of checkpoints along. What did not hold is never remembered.

    Args:
        public: Public key [1,312 or 1,952 bytes].
        signature: Signature [2,420 or 3,309 bytes].
        message: The very bytes that were signed.
        algorithm: ``ML_DSA_44`` or ``ML_DSA_65``.

    Raises:
        SignatureRefusedError: wrong lengths, no such algorithm, or it does not verify.
    """
    judge = _remembered if len(message) <= _REMEMBERED_MESSAGE_BYTES else _judged
    judge(public, signature, message, algorithm)


def _judged(public: bytes, signature: bytes, message: bytes, algorithm: str) -> None:
    key = _loaded(public, algorithm)
    expected = _SETS[algorithm].signature_bytes
    if len(signature) != expected:
        raise SignatureRefusedError(f"{algorithm} signature of {len(signature)} bytes, must be {expected}")
    try:
        key.verify(signature, message)
    except InvalidSignature as error:
        raise SignatureRefusedError(f"the {algorithm} signature does not verify over these bytes") from error


_remembered = lru_cache(maxsize=4096)(_judged)
