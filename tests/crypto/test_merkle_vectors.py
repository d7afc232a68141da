"""RFC 6962 proofs against the published vectors of transparency-dev/merkle and by brute force."""

import base64
import hashlib
import json
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import pytest

from counterseal.crypto.errors import CryptoError
from counterseal.crypto.merkle import CompactRange, leaf_hash, require_consistency, require_inclusion, root_of
from counterseal.log.tree import HashTree
from shared_data import shared


def _cases(kind: str) -> list[dict[str, Any]]:
    return [
        json.loads(p.read_text()) | {"path": str(p)}
        for p in sorted(shared("vectors", "merkle", kind).rglob("*.json"))
    ]


def _b(text: str | None) -> bytes:
    return base64.b64decode(text) if text else b""


def test_every_published_inclusion_case_is_judged_as_published() -> None:
    wrong = []
    for case in _cases("inclusion"):
        try:
            require_inclusion(
                _b(case["leafHash"]),
                case["leafIdx"],
                size=case["treeSize"],
                proof=[_b(h) for h in case["proof"] or []],
                root=_b(case["root"]),
            )
            refused = False
        except CryptoError:
            refused = True
        if refused != case["wantErr"]:
            wrong.append(case["path"])
    assert not wrong


def test_every_published_consistency_case_is_judged_as_published() -> None:
    wrong = []
    for case in _cases("consistency"):
        try:
            require_consistency(
                case["size1"],
                case["size2"],
                old_root=_b(case["root1"]),
                new_root=_b(case["root2"]),
                proof=[_b(h) for h in case["proof"] or []],
            )
            refused = False
        except CryptoError:
            refused = True
        if refused != case["wantErr"]:
            wrong.append(case["path"])
    assert not wrong


def _naive_root(leaves: list[bytes]) -> bytes:
    """RFC 6962 section 2.1, word for word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while 2 * k < len(leaves):
        k *= 2
    return hashlib.sha256(b"\x01" + _naive_root(leaves[:k]) + _naive_root(leaves[k:])).digest()


LEAVES = [leaf_hash(str(i).encode()) for i in range(64)]


def test_roots_at_every_size_are_those_of_the_definition() -> None:
    tree, compact = HashTree(), CompactRange()
    for size in range(65):
        assert tree.root() == compact.root() == root_of(LEAVES[:size]) == _naive_root(LEAVES[:size])
        if size < 64:
            tree.append(LEAVES[size])
            compact.append(LEAVES[size])


def test_all_proofs_to_size_64_verify_and_no_changed_hash_does() -> None:
    tree = HashTree()
    for leaf in LEAVES:
        tree.append(leaf)
    for n in range(1, 65):
        root = tree.root(n)
        for m in range(n):
            proof = tree.inclusion(m, n)
            require_inclusion(LEAVES[m], m, size=n, proof=proof, root=root)
            _no_mutation_passes(partial(_inclusion, m, n, root), proof)
        for m in range(1, n + 1):
            proof = tree.consistency(m, n)
            require_consistency(m, n, old_root=tree.root(m), new_root=root, proof=proof)
            _no_mutation_passes(partial(_consistency, m, n, (tree.root(m), root)), proof)


def _inclusion(m: int, n: int, root: bytes, proof: Sequence[bytes]) -> None:
    require_inclusion(LEAVES[m], m, size=n, proof=proof, root=root)


def _consistency(m: int, n: int, roots: tuple[bytes, bytes], proof: Sequence[bytes]) -> None:
    require_consistency(m, n, old_root=roots[0], new_root=roots[1], proof=proof)


def _no_mutation_passes(check: Callable[[Sequence[bytes]], None], proof: tuple[bytes, ...]) -> None:
    for i in range(len(proof)):
        changed = list(proof)
        changed[i] = bytes([proof[i][0] ^ 1]) + proof[i][1:]
        with pytest.raises(CryptoError):
            check(changed)
    with pytest.raises(CryptoError):
        check([*proof, bytes(32)])
    if proof:
        with pytest.raises(CryptoError):
            check(proof[:-1])
        with pytest.raises(CryptoError):
            check([*proof[:-1], proof[-1][:31]])


def test_append_never_changes_an_earlier_root() -> None:
    tree, seen = HashTree(), {}
    for size, leaf in enumerate(LEAVES, start=1):
        tree.append(leaf)
        seen[size] = tree.root()
    assert all(tree.root(size) == root for size, root in seen.items())
