"""Self-test: pinned vectors against the installed libraries, before anything is signed or verified."""

from collections.abc import Callable, Iterator
from functools import cache, partial
from hashlib import sha256

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from counterseal.crypto import selftest_vectors as pinned
from counterseal.crypto.canonical import decode_canonical, encode_canonical
from counterseal.crypto.ed25519 import require_signature, signing_key
from counterseal.crypto.errors import CryptoError
from counterseal.crypto.merkle import leaf_hash, root_of
from counterseal.crypto.mldsa import ML_DSA_44, ML_DSA_65, mldsa_key, require_mldsa_signature
from counterseal.crypto.sealing import seal_key, seal_to, unseal
from counterseal.crypto.vault import Cost, lock, unlock

_SEED = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
_PUBLIC = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
_SIGNATURE = bytes.fromhex(
    "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
    "d25bf5f0595bbe24655141438e7a100b"
)
_TREE_ROOT = "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"
"""Root over the eight leaves that the Merkle tests of Certificate Transparency use [RFC-6962]."""

_CT_LEAVES = (
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
)


_LEAST_COST = Cost(memory_kib=8, iterations=1, lanes=1)
_ARGON2ID_TAG = "0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659"
"""RFC 9106, section 5.3."""


def _sha256() -> bool:
    """FIPS 180-4, the message "abc" [FIPS-180-4]."""
    return sha256(b"abc").hexdigest() == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def _ed25519_signs() -> bool:
    """RFC 8032, section 7.1, TEST 1 [RFC-8032]."""
    key = signing_key(_SEED)
    return (key.public, key.sign(b"")) == (_PUBLIC, _SIGNATURE)


def _ed25519_verifies() -> bool:
    """The same signature holds, and does not over other bytes [RFC-8032]."""
    require_signature(_PUBLIC, _SIGNATURE, message=b"")
    return _refused(lambda: require_signature(_PUBLIC, _SIGNATURE, message=b"\x00"))


def _ed25519_is_strict() -> bool:
    """A key of small order is refused although the library would take it [CCTV-ED25519]."""
    return _refused(lambda: require_signature(bytes(32), bytes(64), message=b"ed25519vectors 3"))


def _ml_dsa(algorithm: str, public: bytes, signature: bytes) -> bool:
    """A published signature holds, and does not over other bytes; a new one of ours holds (FIPS 204)."""
    require_mldsa_signature(public, signature, b"", algorithm=algorithm)
    own = mldsa_key(_SEED, algorithm=algorithm)
    require_mldsa_signature(own.public, own.sign(b"abc"), b"abc", algorithm=algorithm)
    return _refused(partial(require_mldsa_signature, public, signature, b"\x00", algorithm=algorithm))


def _sealing() -> bool:
    """A text sealed to a published key and encapsulation opens, so does a new one (RFC 9180)."""
    key, info = seal_key(pinned.SEAL_SEED), pinned.SEAL_INFO
    published = pinned.SEAL_ENCAPSULATED + pinned.SEAL_TAG
    opened = unseal(key, published, info=info), unseal(key, seal_to(key.public, b"abc", info=info), info=info)
    return opened == (b"", b"abc") and _refused(partial(unseal, key, published, info=b""))


def _argon2id() -> bool:
    """RFC 9106, section 5.3: a password of 32 bytes, salt, secret and associated data."""
    derivation = Argon2id(
        salt=b"\x02" * 16,
        length=32,
        iterations=3,
        lanes=4,
        memory_cost=32,
        ad=b"\x04" * 12,
        secret=b"\x03" * 8,
    )
    return derivation.derive(b"\x01" * 32).hex() == _ARGON2ID_TAG


def _vault() -> bool:
    """A vault opens with its passphrase, and with no other."""
    locked = lock(b"abc", "passphrase", randomness=bytes, cost=_LEAST_COST)
    return unlock(locked, "passphrase") == b"abc" and _refused(partial(unlock, locked, "Passphrase"))


def _merkle() -> bool:
    return root_of([leaf_hash(bytes.fromhex(text)) for text in _CT_LEAVES]).hex() == _TREE_ROOT


def _canonical() -> bool:
    """Order of keys, escapes, and refusal of what a lenient reader takes [RFC-8785]."""
    written = encode_canonical({"b": "\u20ac\n", "a": [1, True, None]})
    others = (b'{"a":1,"a":1}', b'{"a":1.0}', b'{"b":1,"a":1}')
    refused = all(_refused(partial(decode_canonical, data)) for data in others)
    return written == '{"a":[1,true,null],"b":"€\\n"}'.encode() and refused


def _refused(act: Callable[[], object]) -> bool:
    try:
        act()
    except CryptoError:
        return True
    return False


_VECTORS: dict[str, Callable[[], bool]] = {
    "SHA-256": _sha256,
    "Ed25519 signing": _ed25519_signs,
    "Ed25519 verification": _ed25519_verifies,
    "strict Ed25519 rule": _ed25519_is_strict,
    "ML-DSA-44": partial(_ml_dsa, ML_DSA_44, pinned.ML_DSA_44_PUBLIC, pinned.ML_DSA_44_SIGNATURE),
    "ML-DSA-65": partial(_ml_dsa, ML_DSA_65, pinned.ML_DSA_65_PUBLIC, pinned.ML_DSA_65_SIGNATURE),
    "sealing": _sealing,
    "Argon2id": _argon2id,
    "vault": _vault,
    "Merkle root": _merkle,
    "canonical JSON": _canonical,
}


def _run() -> Iterator[str]:
    for name, vector in _VECTORS.items():
        try:
            good = vector()
        except Exception:  # noqa: BLE001 - whatever a broken library raises, the answer is that it failed
            good = False
        if not good:
            yield name


def failed_vectors() -> tuple[str, ...]:
    """Return the names of pinned vectors that the installed libraries do not reproduce; none is good."""
    return tuple(_run())


@cache
def require_sound_libraries() -> None:
    """Refuse to go on if a pinned vector fails; asked once before signing or verifying.

    Raises:
        CryptoError: naming the vectors that failed.
    """
    if failed := failed_vectors():
        raise CryptoError(
            f"self-test failed for {', '.join(failed)}: the installed libraries are not to be trusted with it"
        )
