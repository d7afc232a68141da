"""Published vectors: Ed25519 under the strict rule, consistency proofs, canonical JSON."""

import base64
import json
from typing import Any

import pytest

import verify_bundle
from shared_data import shared


def is_accepted(key: str, signature: str, message: bytes) -> bool:
    try:
        verify_bundle.verify(bytes.fromhex(key), bytes.fromhex(signature), message)
    except verify_bundle.Refused:
        return False
    return True


def test_the_strict_rule_accepts_43_of_the_914_edge_cases() -> None:
    vectors = json.loads(shared("vectors", "ed25519-edge", "ed25519vectors.json").read_text())
    assert len(vectors) == 914
    accepted = [v for v in vectors if is_accepted(v["key"], v["sig"], v["msg"].encode())]
    assert len(accepted) == 43
    assert not any(
        flag.startswith(("low_order_A", "low_order_R", "non_canonical")) and "component" not in flag
        for v in accepted
        for flag in v["flags"] or []
    )


def test_wycheproof_agrees() -> None:
    groups = json.loads(shared("vectors", "wycheproof", "ed25519_test.json").read_text())["testGroups"]
    tests = [(group["publicKey"]["pk"], test) for group in groups for test in group["tests"]]
    assert len(tests) == 151
    for key, test in tests:
        accepted = is_accepted(key, test["sig"], bytes.fromhex(test["msg"]))
        assert accepted == (test["result"] == "valid"), test["tcId"]


def is_consistent(vector: dict[str, Any]) -> bool:
    first, second = vector["size1"], vector["size2"]
    roots = [base64.b64decode(vector[name]) for name in ("root1", "root2")]
    proof = [base64.b64decode(node) for node in vector["proof"] or []]
    if first == second:
        return roots[0] == roots[1] and not proof
    if not 0 < first < second:
        return False
    try:
        return verify_bundle.subproof_roots(first, second, roots[0], proof) == tuple(roots) and not proof
    except IndexError:
        return False


def test_consistency_proofs() -> None:
    vectors = [
        json.loads(path.read_text())
        for path in sorted(shared("vectors", "merkle", "consistency").rglob("*.json"))
    ]
    assert len(vectors) > 90
    wrong = [
        vector["desc"] for vector in vectors if vector["size1"] and is_consistent(vector) == vector["wantErr"]
    ]
    assert not wrong


@pytest.mark.parametrize("name", ["arrays", "french", "structures", "unicode", "values", "weird"])
def test_canonical_json_keeps_what_is_canonical_and_in_the_profile(name: str) -> None:
    given = shared("vectors", "jcs", "input", f"{name}.json").read_bytes()
    wanted = shared("vectors", "jcs", "output", f"{name}.json").read_bytes()
    with pytest.raises(verify_bundle.Refused):
        verify_bundle.canonical(given, "it")
    in_profile = name in {"french", "unicode", "arrays"}
    try:
        verify_bundle.canonical(wanted, "it")
    except verify_bundle.Refused:
        assert not in_profile or not wanted.isascii()
    else:
        assert name not in {"values", "weird"}
