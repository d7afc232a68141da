"""The strict Ed25519 rule against published edge cases and Wycheproof."""

import json

import pytest

from counterseal.crypto.ed25519 import point_problem, require_public_key, require_signature, signing_key
from counterseal.crypto.errors import SignatureRefusedError
from shared_data import shared


def _accepts(public: bytes, signature: bytes, message: bytes) -> bool:
    try:
        require_signature(public, signature, message=message)
    except SignatureRefusedError:
        return False
    return True


def test_edge_cases_fall_as_the_strict_rule_says() -> None:
    """Of 914 cases 808 are refused before the library, 63 by it, 43 accepted (research notes, 6.5)."""
    cases = json.loads(shared("vectors", "ed25519-edge", "ed25519vectors.json").read_text())
    assert len(cases) == 914
    early = accepted = 0
    for case in cases:
        key, sig = bytes.fromhex(case["key"]), bytes.fromhex(case["sig"])
        order = 2**252 + 27742317777372353535851937790883648493
        too_big = int.from_bytes(sig[32:], "little") >= order
        if point_problem(key) or point_problem(sig[:32]) or too_big:
            early += 1
            assert not _accepts(key, sig, case["msg"].encode())
        elif _accepts(key, sig, case["msg"].encode()):
            accepted += 1
    assert (early, 914 - early - accepted, accepted) == (808, 63, 43)


def test_wycheproof_agrees() -> None:
    groups = json.loads(shared("vectors", "wycheproof", "ed25519_test.json").read_text())["testGroups"]
    judged = 0
    for group in groups:
        public = bytes.fromhex(group["publicKey"]["pk"])
        for test in group["tests"]:
            got = _accepts(public, bytes.fromhex(test["sig"]), bytes.fromhex(test["msg"]))
            assert got == (test["result"] == "valid"), test
            judged += 1
    assert judged == 151


def test_rfc_8032_test_1_and_2() -> None:
    """RFC 8032, section 7.1, TEST 1 and TEST 2."""
    one = signing_key(bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"))
    assert one.public.hex() == "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
    assert one.sign(b"").hex() == (
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
        "d25bf5f0595bbe24655141438e7a100b"
    )
    two = signing_key(bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"))
    assert two.public.hex() == "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
    require_signature(two.public, two.sign(b"\x72"), message=b"\x72")


def test_each_part_of_the_rule_has_its_own_message() -> None:
    key = signing_key(bytes(32))
    good = key.sign(b"m")
    order = 2**252 + 27742317777372353535851937790883648493
    s = int.from_bytes(good[32:], "little")
    cases = {
        "small order": (bytes(32), good),
        "not encoded canonically": (((2**255 - 19) + 5).to_bytes(32, "little"), good),
        "point R: a point of small order": (key.public, bytes(32) + good[32:]),
        "point R: not encoded canonically": (
            key.public,
            ((2**255 - 19) + 5).to_bytes(32, "little") + good[32:],
        ),
        "below the group order": (key.public, good[:32] + (s + order).to_bytes(32, "little")),
        "must be 64": (key.public, good[:63]),
        "must be 32": (key.public[:31], good),
        "does not verify": (key.public, good[:33] + bytes([good[33] ^ 1]) + good[34:]),
    }
    for message, (public, signature) in cases.items():
        with pytest.raises(SignatureRefusedError, match=message):
            require_signature(public, signature, message=b"m")


def test_small_order_keys_are_refused_at_enrolment_already() -> None:
    with pytest.raises(SignatureRefusedError, match="small order"):
        require_public_key(b"\x01" + bytes(31))


def test_a_key_is_never_printed() -> None:
    assert "9d61" not in repr(signing_key(bytes.fromhex("9d61" * 16)))
