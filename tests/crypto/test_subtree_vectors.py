"""Subtree proofs against the published vectors of transparency-dev/merkle and by brute force."""

import base64
import json
from typing import Any

import pytest

from counterseal.crypto.errors import CryptoError
from counterseal.crypto.merkle import EMPTY_ROOT, leaf_hash, node_hash, root_of
from counterseal.crypto.subtree import (
    require_subtree,
    require_subtree_consistency,
    require_subtree_inclusion,
)
from shared_data import shared

LEAVES = [leaf_hash(str(i).encode()) for i in range(24)]


def _cases(kind: str) -> list[dict[str, Any]]:
    folder = shared("vectors", "merkle", kind)
    return [json.loads(path.read_text()) | {"path": str(path)} for path in sorted(folder.rglob("*.json"))]


def _b(text: str | None) -> bytes:
    return base64.b64decode(text) if text else b""


def test_every_published_subtree_inclusion_case_is_judged_as_published() -> None:
    wrong, cases = [], _cases("subtreeinclusion")
    for case in cases:
        try:
            require_subtree_inclusion(
                _b(case["leafHash"]),
                case["leafIdx"],
                start=case["start"],
                end=case["end"],
                proof=[_b(h) for h in case["proof"] or []],
                root=_b(case["root"]),
            )
            refused = False
        except CryptoError:
            refused = True
        if refused != case["wantErr"]:
            wrong.append(case["path"])
    assert not wrong
    assert (len(cases), sum(case["wantErr"] for case in cases)) == (204, 192)


def test_every_published_subtree_consistency_case_is_judged_as_published() -> None:
    wrong, cases = [], _cases("subtreeconsistency")
    for case in cases:
        try:
            require_subtree_consistency(
                case["start"],
                case["end"],
                size=case["size"],
                subtree_root=_b(case["root1"]),
                root=_b(case["root2"]),
                proof=[_b(h) for h in case["proof"] or []],
            )
            refused = False
        except CryptoError:
            refused = True
        if refused != case["wantErr"]:
            wrong.append(case["path"])
    assert not wrong
    assert (len(cases), sum(case["wantErr"] for case in cases)) == (118, 106)


def test_the_four_folders_of_published_proofs_hold_518_files() -> None:
    kinds = ("inclusion", "consistency", "subtreeinclusion", "subtreeconsistency")
    assert sum(len(_cases(kind)) for kind in kinds) == 518


def _sound(start: int, end: int) -> bool:
    width = 1
    while width < end - start:
        width *= 2
    return start % width == 0


def _naive_proof(start: int, end: int, size: int) -> list[bytes]:
    """SUBTREE_PROOF of the Merkle tree certificates draft, by recursion on the tree's definition."""

    def walk(low: int, high: int, start: int, end: int, *, known: bool) -> list[bytes]:
        if (start, end) == (low, high):
            return [] if known else [root_of(LEAVES[low:high])]
        middle = low + 1
        while 2 * (middle - low) < high - low:
            middle = low + 2 * (middle - low)
        left, right = root_of(LEAVES[low:middle]), root_of(LEAVES[middle:high])
        if end <= middle:
            return [*walk(low, middle, start, end, known=known), right]
        if start >= middle:
            return [*walk(middle, high, start, end, known=known), left]
        return [*walk(middle, high, middle, end, known=False), left]

    return walk(0, size, start, end, known=True)


def test_every_subtree_of_every_tree_to_24_leaves_is_proved_and_no_change_is() -> None:
    proved = 0
    for size in range(1, 25):
        root = root_of(LEAVES[:size])
        for start, end in [(s, e) for s in range(size) for e in range(s + 1, size + 1) if _sound(s, e)]:
            part, proof = root_of(LEAVES[start:end]), _naive_proof(start, end, size)
            require_subtree_consistency(start, end, size=size, subtree_root=part, root=root, proof=proof)
            _refuse_changes(start, end, size, part, root, proof)
            proved += 1
    assert proved == 844


def _refuse_changes(start: int, end: int, size: int, part: bytes, root: bytes, proof: list[bytes]) -> None:
    longer, other = [*proof, bytes(32)], bytes(32)
    for changed in (longer, [other, *proof], proof[:-1], [*proof[:-1], proof[-1][:31]] if proof else longer):
        if changed != proof:
            with pytest.raises(CryptoError):
                require_subtree_consistency(
                    start, end, size=size, subtree_root=part, root=root, proof=changed
                )
    for number in range(len(proof)):
        changed = [*proof[:number], other, *proof[number + 1 :]]
        with pytest.raises(CryptoError):
            require_subtree_consistency(start, end, size=size, subtree_root=part, root=root, proof=changed)
    for roots in ((other, root), (part, other)):
        with pytest.raises(CryptoError):
            require_subtree_consistency(
                start, end, size=size, subtree_root=roots[0], root=roots[1], proof=proof
            )


def test_every_range_that_is_no_subtree_is_refused_with_its_reason() -> None:
    for start in range(24):
        for end in range(start + 1, 25):
            if not _sound(start, end):
                with pytest.raises(CryptoError, match="must start at a multiple of"):
                    require_subtree(start, end)
    for start, end in ((2, 1), (-1, 1), (-2, -1)):
        with pytest.raises(CryptoError, match="are no range"):
            require_subtree(start, end)


def test_each_refusal_of_a_consistency_proof_has_its_own_message() -> None:
    root, part = root_of(LEAVES[:8]), root_of(LEAVES[:6])
    good = _naive_proof(0, 6, 8)
    changes: dict[str, dict[str, Any]] = {
        "leaves to 9 are not in a tree of 8": {"start": 8, "end": 9},
        "2 leaves must start at a multiple of 2, not at 1": {"start": 1, "end": 3},
        "hash 0 has 31 bytes, must have 32": {"proof": [bytes(31)]},
        "the proof must be empty and the hash of nothing": {"end": 0},
        "must begin with the subtree's edge": {"proof": []},
        "more hashes than the tree has levels": {"proof": [*good, bytes(32)]},
        "fewer hashes than the tree has levels": {"proof": good[:-1]},
        "leads to another subtree": {"subtree_root": bytes(32)},
        "leads to another tree": {"root": bytes(32)},
    }
    for message, change in changes.items():
        given: dict[str, Any] = {
            "start": 0,
            "end": 6,
            "size": 8,
            "subtree_root": part,
            "root": root,
            "proof": good,
        }
        given |= change
        with pytest.raises(CryptoError, match=message):
            require_subtree_consistency(given.pop("start"), given.pop("end"), **given)


def test_the_subtree_of_no_leaf_is_in_every_tree_that_reaches_its_place() -> None:
    require_subtree_consistency(3, 3, size=3, subtree_root=EMPTY_ROOT, root=bytes(32), proof=[])
    with pytest.raises(CryptoError, match="not in a tree of 2"):
        require_subtree_consistency(3, 3, size=2, subtree_root=EMPTY_ROOT, root=bytes(32), proof=[])


def test_inclusion_counts_leaves_from_the_beginning_of_the_whole_tree() -> None:
    part = root_of(LEAVES[4:7])
    proof = [LEAVES[5], LEAVES[6]]
    assert node_hash(node_hash(LEAVES[4], LEAVES[5]), LEAVES[6]) == part
    require_subtree_inclusion(LEAVES[4], 4, start=4, end=7, proof=proof, root=part)
    for index in (0, 3, 7):
        with pytest.raises(CryptoError, match="is not in a tree of 3"):
            require_subtree_inclusion(LEAVES[4], index, start=4, end=7, proof=proof, root=part)
    with pytest.raises(CryptoError, match="must start at a multiple of 4"):
        require_subtree_inclusion(LEAVES[4], 5, start=5, end=8, proof=proof, root=part)
