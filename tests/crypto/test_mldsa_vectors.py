"""ML-DSA-44 and ML-DSA-65 against every published case of Wycheproof."""

import json
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PublicKey, MLDSA65PublicKey

from counterseal.crypto import mldsa
from counterseal.crypto.ed25519 import key_id
from counterseal.crypto.errors import SignatureRefusedError
from counterseal.crypto.hashing import domain_hash
from counterseal.crypto.mldsa import (
    ML_DSA_44,
    ML_DSA_65,
    mldsa_key,
    require_mldsa_public,
    require_mldsa_signature,
)
from shared_data import shared

BOTH = pytest.mark.parametrize("algorithm", [ML_DSA_44, ML_DSA_65])
SIZES = {ML_DSA_44: (1312, 2420), ML_DSA_65: (1952, 3309)}


def _cases(name: str) -> list[tuple[bytes, dict[str, Any]]]:
    groups = json.loads(shared("vectors", "wycheproof", name).read_text())["testGroups"]
    return [(bytes.fromhex(group["publicKey"]), test) for group in groups for test in group["tests"]]


def _accepts(public: bytes, test: dict[str, Any], algorithm: str) -> bool:
    try:
        require_mldsa_signature(
            public, bytes.fromhex(test["sig"]), bytes.fromhex(test["msg"]), algorithm=algorithm
        )
    except SignatureRefusedError:
        return False
    return True


@pytest.mark.parametrize(
    ("algorithm", "name", "total", "valid"),
    [(ML_DSA_44, "mldsa_44_verify_test.json", 173, 75), (ML_DSA_65, "mldsa_65_verify_test.json", 203, 77)],
)
def test_every_case_with_the_empty_context_is_judged_as_published(
    algorithm: str, name: str, total: int, valid: int
) -> None:
    cases = [(public, test) for public, test in _cases(name) if not test.get("ctx")]
    for public, test in cases:
        assert _accepts(public, test, algorithm) == (test["result"] == "valid"), test["comment"]
    assert len(cases) == total
    assert sum(test["result"] == "valid" for _, test in cases) == valid


@pytest.mark.parametrize(
    ("algorithm", "name", "library"),
    [
        (ML_DSA_44, "mldsa_44_verify_test.json", MLDSA44PublicKey),
        (ML_DSA_65, "mldsa_65_verify_test.json", MLDSA65PublicKey),
    ],
)
def test_a_signature_for_another_context_is_refused_and_the_library_judges_it_as_published(
    algorithm: str, name: str, library: Any
) -> None:
    """The product signs with the empty context alone: 7 cases a file have another, 2 of them valid."""
    cases = [(public, test) for public, test in _cases(name) if test.get("ctx")]
    judged = []
    for public, test in cases:
        assert not _accepts(public, test, algorithm), test["comment"]
        try:
            library.from_public_bytes(public).verify(
                bytes.fromhex(test["sig"]), bytes.fromhex(test["msg"]), bytes.fromhex(test["ctx"])
            )
            judged.append("valid")
        except (InvalidSignature, ValueError):  # ValueError: a context above 255 bytes
            judged.append("invalid")
    assert judged == [test["result"] for _, test in cases]
    assert (len(judged), judged.count("valid")) == (7, 2)


@BOTH
def test_sizes_ids_and_seeds_are_those_of_the_formats(algorithm: str) -> None:
    key = mldsa_key(b"\x07" * 32, algorithm=algorithm)
    signature = key.sign(b"message")
    assert (len(key.public), len(signature)) == SIZES[algorithm]
    assert key.key_id == domain_hash("counterseal/key/v1", algorithm, key.public).hex()
    assert key.key_id != key_id(key.public)
    assert mldsa_key(b"\x07" * 32, algorithm=algorithm).public == key.public
    assert mldsa_key(b"\x08" * 32, algorithm=algorithm).public != key.public


@BOTH
def test_signing_is_randomised_and_every_signature_holds_for_its_message_and_key_alone(
    algorithm: str,
) -> None:
    key, other = mldsa_key(bytes(32), algorithm=algorithm), mldsa_key(b"\x01" * 32, algorithm=algorithm)
    one, two = key.sign(b"m"), key.sign(b"m")
    assert one != two
    for signature in (one, two):
        require_mldsa_signature(key.public, signature, b"m", algorithm=algorithm)
        for public, message in ((key.public, b"n"), (other.public, b"m")):
            with pytest.raises(SignatureRefusedError, match="does not verify over these bytes"):
                require_mldsa_signature(public, signature, message, algorithm=algorithm)
    with pytest.raises(SignatureRefusedError, match="does not verify over these bytes"):
        require_mldsa_signature(
            key.public, one[:99] + bytes([one[99] ^ 1]) + one[100:], b"m", algorithm=algorithm
        )


@BOTH
def test_wrong_lengths_are_refused_with_their_own_messages_before_the_library_is_asked(
    algorithm: str,
) -> None:
    key = mldsa_key(bytes(32), algorithm=algorithm)
    signature, (public_bytes, signature_bytes) = key.sign(b"m"), SIZES[algorithm]
    for public in (key.public[:-1], key.public + b"\x00", b""):
        with pytest.raises(
            SignatureRefusedError, match=f"public key of {len(public)} bytes, must be {public_bytes}"
        ):
            require_mldsa_public(public, algorithm=algorithm)
        with pytest.raises(SignatureRefusedError, match=f"{algorithm} public key of"):
            require_mldsa_signature(public, signature, b"m", algorithm=algorithm)
    for wrong in (signature[:-1], signature + b"\x00", b""):
        with pytest.raises(
            SignatureRefusedError, match=f"signature of {len(wrong)} bytes, must be {signature_bytes}"
        ):
            require_mldsa_signature(key.public, wrong, b"m", algorithm=algorithm)
    require_mldsa_public(key.public, algorithm=algorithm)


def test_one_parameter_set_is_never_taken_for_the_other() -> None:
    key = mldsa_key(bytes(32), algorithm=ML_DSA_44)
    with pytest.raises(SignatureRefusedError, match="ml-dsa-65 public key of 1312 bytes"):
        require_mldsa_signature(key.public, key.sign(b"m"), b"m", algorithm=ML_DSA_65)
    for act in (mldsa_key, require_mldsa_public):
        with pytest.raises(SignatureRefusedError, match="'ml-dsa-87': must be ml-dsa-44 or ml-dsa-65"):
            act(bytes(32), algorithm="ml-dsa-87")
    with pytest.raises(ValueError, match="seed of 31 bytes, must be 32"):
        mldsa_key(bytes(31), algorithm=ML_DSA_44)


def test_what_held_is_remembered_only_for_short_messages_and_never_what_did_not() -> None:
    key = mldsa_key(bytes(32), algorithm=ML_DSA_44)
    mldsa._remembered.cache_clear()
    signature, long = key.sign(b"m"), b"l" * 4097
    for _ in range(3):
        require_mldsa_signature(key.public, signature, b"m", algorithm=ML_DSA_44)
        with pytest.raises(SignatureRefusedError):
            require_mldsa_signature(key.public, signature, b"n", algorithm=ML_DSA_44)
    require_mldsa_signature(key.public, key.sign(long), long, algorithm=ML_DSA_44)
    assert mldsa._remembered.cache_info().currsize == 1
    assert mldsa._remembered.cache_info().hits == 2


def test_a_key_is_never_printed() -> None:
    key = mldsa_key(bytes.fromhex("9d61" * 16), algorithm=ML_DSA_44)
    assert repr(key) == f"MlDsaKey(ml-dsa-44, {key.key_id[:16]}…)"
