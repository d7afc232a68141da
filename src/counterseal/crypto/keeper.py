"""Suite R2: the key of a root's keeper, one half Ed25519 and one half ML-DSA-65.

Roots sign who a party is, for decades. A forger would have to break both halves: one against the
computers of today, whose mathematics is old and well tried, one against those of tomorrow.
"""

from dataclasses import dataclass

from counterseal.crypto.ed25519 import (
    SIGNATURE_BYTES,
    SigningKey,
    require_public_key,
    require_signature,
    signing_key,
)
from counterseal.crypto.errors import SignatureRefusedError
from counterseal.crypto.hashing import domain_hash
from counterseal.crypto.mldsa import (
    ML_DSA_65,
    MlDsaKey,
    mldsa_key,
    require_mldsa_public,
    require_mldsa_signature,
)

KEEPER_SEED_BYTES = 32
KEEPER_SIGNATURE_BYTES = 3373
"""An Ed25519 signature of 64 bytes, then an ML-DSA-65 signature of 3,309."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeeperPublic:
    """Both public halves of a keeper's key; a half that the rules forbid is refused.

    Attributes:
        ed25519: Public key under the strict rule [32 bytes].
        ml_dsa_65: Public key [1,952 bytes].
    """

    ed25519: bytes
    ml_dsa_65: bytes

    def __post_init__(self) -> None:
        require_public_key(self.ed25519)
        require_mldsa_public(self.ml_dsa_65, algorithm=ML_DSA_65)

    @property
    def root_id(self) -> str:
        """The id over both halves: 64 hexadecimal digits."""
        return domain_hash("counterseal/root/v2", self.ed25519, self.ml_dsa_65).hex()


@dataclass(frozen=True, slots=True, kw_only=True)
class KeeperKey:
    """Both private halves of a keeper's key. It is never printed."""

    public: KeeperPublic
    _ed25519: SigningKey
    _ml_dsa_65: MlDsaKey

    def __repr__(self) -> str:
        return f"KeeperKey({self.root_id[:16]}…)"

    @property
    def root_id(self) -> str:
        """The id of its public halves: 64 hexadecimal digits."""
        return self.public.root_id

    @property
    def key_id(self) -> str:
        """The id under which its signature stands in an envelope: the root id."""
        return self.public.root_id

    def sign(self, message: bytes) -> bytes:
        """Return both signatures of ``message``, one after the other [3,373 bytes]."""
        return self._ed25519.sign(message) + self._ml_dsa_65.sign(message)


def keeper_key(seed: bytes) -> KeeperKey:
    """Return the key of both halves that grows from ``seed``.

    Each half has its own seed, the domain hash of this one, so that neither tells the other.

    Args:
        seed: 32 secret bytes, such as are shared out among people or kept on paper.

    Raises:
        ValueError: ``seed`` is not 32 bytes.
    """
    if len(seed) != KEEPER_SEED_BYTES:
        raise ValueError(f"root seed of {len(seed)} bytes, must be {KEEPER_SEED_BYTES}")
    classical = signing_key(domain_hash("counterseal/root-seed/ed25519/v1", seed))
    lattice = mldsa_key(domain_hash("counterseal/root-seed/ml-dsa-65/v1", seed), algorithm=ML_DSA_65)
    public = KeeperPublic(ed25519=classical.public, ml_dsa_65=lattice.public)
    return KeeperKey(public=public, _ed25519=classical, _ml_dsa_65=lattice)


def require_keeper_signature(public: KeeperPublic, signature: bytes, *, message: bytes) -> None:
    """Refuse a root's signature unless both halves hold.

    Args:
        public: Both public halves.
        signature: The Ed25519 signature, then the ML-DSA-65 signature [3,373 bytes].
        message: The very bytes that were signed.

    Raises:
        SignatureRefusedError: naming the half that fails, or both.
    """
    if len(signature) != KEEPER_SIGNATURE_BYTES:
        raise SignatureRefusedError(
            f"root signature of {len(signature)} bytes, must be {KEEPER_SIGNATURE_BYTES}"
        )
    classical, lattice = signature[:SIGNATURE_BYTES], signature[SIGNATURE_BYTES:]
    failed = []
    try:
        require_signature(public.ed25519, classical, message=message)
    except SignatureRefusedError as error:
        failed.append(f"Ed25519 half: {error}")
    try:
        require_mldsa_signature(public.ml_dsa_65, lattice, message, algorithm=ML_DSA_65)
    except SignatureRefusedError as error:
        failed.append(f"ML-DSA-65 half: {error}")
    if failed:
        raise SignatureRefusedError(f"signature of root {public.root_id[:16]}…: {'; '.join(failed)}")
