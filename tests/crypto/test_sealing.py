"""Sealing is HPKE with KEM 0x647a: derived here a second time from its parts, and held to published cases."""

import hashlib
import hmac

import pytest
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from hypothesis import given, settings
from hypothesis import strategies as st

from counterseal.crypto.errors import SealRefusedError
from counterseal.crypto.hashing import domain_hash
from counterseal.crypto.sealing import (
    ENCAPSULATED_BYTES,
    SEAL_OVERHEAD,
    SEAL_PUBLIC_BYTES,
    require_seal_public,
    seal_key,
    seal_to,
    unseal,
)
from counterseal.crypto.selftest_vectors import SEAL_ENCAPSULATED, SEAL_INFO, SEAL_SEED, SEAL_TAG

SUITE_ID = b"HPKE" + (0x647A).to_bytes(2, "big") + (0x0001).to_bytes(2, "big") + (0x0003).to_bytes(2, "big")
KEY = seal_key(b"\x05" * 32)


def _decapsulate(seed: bytes, encapsulated: bytes) -> bytes:
    """X-Wing (draft-connolly-cfrg-xwing-kem), sections 5.2 and 5.5, word for word."""
    expanded = hashlib.shake_256(seed).digest(96)
    lattice = MLKEM768PrivateKey.from_seed_bytes(expanded[:64])
    curve = X25519PrivateKey.from_private_bytes(expanded[64:])
    ciphertext, ephemeral = encapsulated[:1088], encapsulated[1088:]
    parts = (
        lattice.decapsulate(ciphertext),
        curve.exchange(X25519PublicKey.from_public_bytes(ephemeral)),
        ephemeral,
        curve.public_key().public_bytes_raw(),
        bytes.fromhex("5c2e2f2f5e5c"),
    )
    return hashlib.sha3_256(b"".join(parts)).digest()


def _extract(label: bytes, ikm: bytes, salt: bytes = b"") -> bytes:
    return hmac.digest(salt, b"HPKE-v1" + SUITE_ID + label + ikm, "sha256")


def _expand(secret: bytes, label: bytes, context: bytes, length: int) -> bytes:
    info = length.to_bytes(2, "big") + b"HPKE-v1" + SUITE_ID + label + context
    return hmac.digest(secret, info + b"\x01", "sha256")[:length]


def _schedule(shared_secret: bytes, info: bytes) -> tuple[ChaCha20Poly1305, int]:
    """RFC 9180, section 5.1, base mode: the cipher and the base nonce."""
    context = b"\x00" + _extract(b"psk_id_hash", b"") + _extract(b"info_hash", info)
    secret = _extract(b"secret", b"", salt=shared_secret)
    nonce = int.from_bytes(_expand(secret, b"base_nonce", context, 12), "big")
    return ChaCha20Poly1305(_expand(secret, b"key", context, 32)), nonce


def test_the_derivation_written_here_gives_the_published_thousand_encryptions() -> None:
    """HPKE test vectors for KEM 0x647a, KDF 0x0001, AEAD 0x0003, in the accumulated form.

    Key, encapsulation and the digest of 1,000 encryptions of inputs drawn from SHAKE128 are published.
    """
    public = seal_key(SEAL_SEED).public
    assert public.hex().startswith("d9ac25bc9b3516188ead3a40cfe439f414309090")
    assert public.hex().endswith("20e80222d89e91788afe88208fb423c3ef8cda69")
    cipher, nonce = _schedule(_decapsulate(SEAL_SEED, SEAL_ENCAPSULATED), SEAL_INFO)
    source, drawn, sink = hashlib.shake_128().digest(600_000), 0, hashlib.shake_128()
    for number in range(1000):
        inputs = []
        for _ in range(2):
            end = drawn + 1 + source[drawn]
            inputs.append(source[drawn + 1 : end])
            drawn = end
        aad, plaintext = inputs
        sink.update(cipher.encrypt((nonce ^ number).to_bytes(12, "big"), plaintext, aad))
    assert sink.hexdigest(16) == "e4543c1f32ece74e014597608c4cfb50"


def test_what_the_derivation_seals_to_the_published_encapsulation_opens_here() -> None:
    cipher, nonce = _schedule(_decapsulate(SEAL_SEED, SEAL_ENCAPSULATED), SEAL_INFO)
    for plaintext in (b"", b"a body"):
        sealed = SEAL_ENCAPSULATED + cipher.encrypt(nonce.to_bytes(12, "big"), plaintext, b"")
        assert unseal(seal_key(SEAL_SEED), sealed, info=SEAL_INFO) == plaintext
    assert cipher.encrypt(nonce.to_bytes(12, "big"), b"", b"") == SEAL_TAG


@settings(max_examples=15, deadline=None)
@given(
    seed=st.binary(min_size=32, max_size=32), plaintext=st.binary(max_size=300), info=st.binary(max_size=80)
)
def test_what_is_sealed_here_opens_with_the_derivation(seed: bytes, plaintext: bytes, info: bytes) -> None:
    sealed = seal_to(seal_key(seed).public, plaintext, info=info)
    cipher, nonce = _schedule(_decapsulate(seed, sealed[:ENCAPSULATED_BYTES]), info)
    assert cipher.decrypt(nonce.to_bytes(12, "big"), sealed[ENCAPSULATED_BYTES:], b"") == plaintext
    assert unseal(seal_key(seed), sealed, info=info) == plaintext
    assert len(sealed) == len(plaintext) + SEAL_OVERHEAD


def test_keys_grow_from_seeds_as_x_wing_says() -> None:
    """The first test vector of X-Wing, appendix C: beginning and end of the public key."""
    public = seal_key(
        bytes.fromhex("7f9c2ba4e88f827d616045507605853ed73b8093f6efbc88eb1a6eacfa66ef26")
    ).public
    assert len(public) == SEAL_PUBLIC_BYTES == 1216
    assert public.hex().startswith("e2236b35a8c24b39b10aa1323a96a919a2ced88400633a7b07131713fc14b2b5b19cfc3d")
    assert public.hex().endswith("859edb06eff389b27dce59844570216223593d4ba32d9abac8cd049040ef6534")


def test_sizes_and_ids_are_those_of_the_formats() -> None:
    assert (SEAL_PUBLIC_BYTES, ENCAPSULATED_BYTES, SEAL_OVERHEAD) == (1184 + 32, 1088 + 32, 1120 + 16)
    assert KEY.key_id == domain_hash("counterseal/key/v1", "mlkem768-x25519", KEY.public).hex()


def test_the_same_text_is_never_sealed_to_the_same_bytes() -> None:
    assert seal_to(KEY.public, b"x", info=b"") != seal_to(KEY.public, b"x", info=b"")


def test_only_the_reader_opens_and_only_for_what_it_was_sealed_for() -> None:
    sealed = seal_to(KEY.public, b"a body", info=b"record 1")
    for key, info in ((seal_key(bytes(32)), b"record 1"), (KEY, b"record 2")):
        with pytest.raises(SealRefusedError, match="does not open with key"):
            unseal(key, sealed, info=info)


@settings(max_examples=60, deadline=None)
@given(at=st.integers(0, SEAL_OVERHEAD + 5), flip=st.integers(1, 255))
def test_no_changed_byte_passes(at: int, flip: int) -> None:
    sealed = bytearray(seal_to(KEY.public, b"a body", info=b""))
    sealed[at] ^= flip
    with pytest.raises(SealRefusedError):
        unseal(KEY, bytes(sealed), info=b"")


def test_not_even_the_bit_that_x25519_ignores_can_be_changed() -> None:
    sealed = bytearray(seal_to(KEY.public, b"a body", info=b""))
    sealed[ENCAPSULATED_BYTES - 1] ^= 0x80
    with pytest.raises(SealRefusedError, match="altered since"):
        unseal(KEY, bytes(sealed), info=b"")


def test_what_is_too_short_or_has_an_ephemeral_key_of_small_order_is_refused() -> None:
    sealed = seal_to(KEY.public, b"", info=b"")
    for short in (sealed[:-1], b""):
        with pytest.raises(SealRefusedError, match=f"of {len(short)} bytes, must be at least 1136"):
            unseal(KEY, short, info=b"")
    with pytest.raises(SealRefusedError, match="does not open with key"):
        unseal(KEY, sealed[:1088] + bytes(32) + sealed[1120:], info=b"")


def test_keys_to_which_nothing_can_be_sealed_are_refused_at_enrolment_already() -> None:
    require_seal_public(KEY.public)
    for public, message in (
        (KEY.public[:-1], "seal key of 1215 bytes, must be 1216"),
        (KEY.public[:1184] + bytes(32), "X25519 half is a point of small order"),
        (b"\xff" * 1184 + KEY.public[1184:], "ML-KEM-768 half is not encoded canonically"),
    ):
        with pytest.raises(SealRefusedError, match=message):
            require_seal_public(public)
        with pytest.raises(SealRefusedError, match=message):
            seal_to(public, b"x", info=b"")
    with pytest.raises(ValueError, match="seal seed of 31 bytes, must be 32"):
        seal_key(bytes(31))


def test_a_key_is_never_printed() -> None:
    assert repr(KEY) == f"SealKey({KEY.key_id[:16]}…)"
