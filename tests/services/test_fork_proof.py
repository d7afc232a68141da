"""A party shows two histories of its log to two parties: the two of them, put together, convince anybody."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assessment.fictional import ARD, BEL
from counterseal.crypto.canonical import decode_canonical, encode_canonical
from counterseal.log.checkpoint import parse_checkpoint
from counterseal.log.note import Note, sign_note
from counterseal.log.tree import HashTree
from counterseal.records.errors import RecordError
from counterseal.records.fork import ForkProof, parse_fork_proof, prove_fork, verify_fork_proof
from counterseal.records.trust_chain import TRUST_NAME, chain_texts
from counterseal.services.checkpointing import publish_head
from counterseal.services.errors import ForkFoundError
from counterseal.services.import_bundle import import_bundle
from strategies.verdicts import READ_BY_BOTH, Verdict, both_accept, both_refuse, common_refusals, statuses
from strategies.worlds import AUD, World, contents, founded, new_world

HISTORIES = {
    "of one size": ((400,), (999,)),
    "the first is shorter": ((400,), (999, 401, 402)),
    "the first is longer": ((400, 401, 402, 403, 404), (999,)),
    "they part late": ((400, 401, 402), (400, 401, 999, 403)),
    "both are long": (tuple(range(9)), (*range(8), 99, 10, 11, 12, 13)),
}


def two_faced(first: tuple[int, ...], second: tuple[int, ...], *, form: int = 2) -> tuple[World, World]:
    """One Ardania, one set of keys, two histories: Belmar sees the first, the auditor the second."""
    told_belmar, told_auditor = new_world(form=form), new_world(form=form)
    told_belmar.say(ARD, *first)
    told_belmar.give(ARD, BEL)
    told_auditor.say(ARD, *second)
    told_auditor.give(ARD, AUD)
    return told_belmar, told_auditor


def found_fork(first: tuple[int, ...], second: tuple[int, ...], *, form: int = 2) -> ForkFoundError:
    told_belmar, told_auditor = two_faced(first, second, form=form)
    before = contents(told_belmar.stores[BEL])
    publish_head(told_auditor.nodes[AUD])
    with pytest.raises(ForkFoundError) as caught:
        import_bundle(told_belmar.nodes[BEL], told_auditor.export(AUD))
    assert contents(told_belmar.stores[BEL]) == before
    return caught.value


@pytest.fixture(scope="module", params=READ_BY_BOTH)
def form(request: pytest.FixtureRequest) -> int:
    return int(request.param)


@pytest.fixture(scope="module")
def proof_file(form: int, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("fork") / "fork.json"
    path.write_bytes(found_fork(*HISTORIES["they part late"], form=form).proof)
    return path


@pytest.mark.parametrize("name", HISTORIES)
def test_two_histories_yield_a_proof_that_convinces_a_third(name: str, form: int, tmp_path: Path) -> None:
    error = found_fork(*HISTORIES[name], form=form)
    trust = founded(form=form).trust
    assert trust.log_of(ARD).origin in str(error)
    path = tmp_path / "fork.json"
    path.write_bytes(error.proof)
    for pins in ([], [trust.fingerprint], [trust.party(BEL).fingerprint]):
        for verdict in both_accept(path, trust=pins):
            assert verdict.document["origin"] == trust.log_of(ARD).origin
            assert verdict.document["fingerprints"]["trust"] == trust.fingerprint
            assert verdict.document["pinned"] is bool(pins)
    assert parse_fork_proof(error.proof).to_bytes() == error.proof


def test_under_other_roots_a_proof_convinces_nobody(form: int, proof_file: Path) -> None:
    other = founded(seed=2, form=form).trust
    for pin in (other.fingerprint, other.party(ARD).fingerprint):
        assert common_refusals(*both_refuse(proof_file, trust=[pin])) == {"trust-pinned"}


def test_both_directions_find_the_same_fork() -> None:
    told_belmar, told_auditor = two_faced((400, 401, 402), (400, 999))
    publish_head(told_belmar.nodes[BEL])
    with pytest.raises(ForkFoundError) as caught:
        import_bundle(told_auditor.nodes[AUD], told_belmar.export(BEL))
    assert verify_fork_proof(caught.value.proof).verified


def test_the_party_itself_is_told_when_its_own_log_is_shown_otherwise() -> None:
    told_belmar, told_auditor = two_faced((400,), (999,))
    publish_head(told_auditor.nodes[AUD])
    with pytest.raises(ForkFoundError):
        import_bundle(told_belmar.nodes[ARD], told_auditor.export(AUD))


def refused(path: Path, document: dict[str, Any]) -> tuple[Verdict, Verdict]:
    path.write_bytes(encode_canonical(document))
    return both_refuse(path)


def document_of(path: Path) -> dict[str, Any]:
    return dict(decode_canonical(path.read_bytes()))


def trust_altered(whole: dict[str, Any], form: int) -> list[tuple[str, Any, str]]:
    """What may stand in the place of the trust files, and the check that refuses it."""
    if form == 1:
        other = founded(seed=2, form=1).trust.files[TRUST_NAME].decode()
        return [
            ("trust", other, "signatures"),
            ("trust", "{}", "trust-form"),
            ("trust", whole["trust"].replace("A", "B", 1), "trust-form"),
            ("trust", [whole["trust"]], "form"),
        ]
    chain = founded(seed=2).trust.chain
    assert chain is not None
    files = whole["trust"]
    return [
        ("trust", [text.decode() for text in chain_texts(chain)], "signatures"),
        ("trust", files[0], "form"),
        ("trust", [], "form"),
        ("trust", ["{}"], "trust-form"),
        ("trust", files[1:], "trust-form"),
        ("trust", [founded(form=1).trust.files[TRUST_NAME].decode()], "trust-form"),
        ("trust", files[:-1], "trust-form"),
        ("trust", files[:1], "trust-form"),
        ("trust", files[::-1], "trust-form"),
        ("trust", [*files, files[-1]], "trust-form"),
        ("trust", [files[0], *files], "trust-form"),
        ("trust", [*files[:-1], files[-1].replace("A", "B", 1)], "trust-form"),
    ]


def test_a_proof_with_any_member_altered_proves_nothing(form: int, proof_file: Path, tmp_path: Path) -> None:
    whole = document_of(proof_file)
    path = tmp_path / "altered.json"
    trust = founded(form=form).trust
    altered: list[tuple[str, Any, str]] = [
        ("consistency", whole["consistency"][:-1], "fork"),
        ("consistency", [*whole["consistency"], "00" * 32], "fork"),
        ("consistency", [*whole["consistency"][:-1], "00" * 32], "fork"),
        ("consistency", [], "fork"),
        ("consistency", ["zz"], "form"),
        ("prefix_root", "00" * 32, "fork"),
        (
            "prefix_root",
            parse_checkpoint(parse_fork_proof(proof_file.read_bytes()).first.text).root.hex(),
            "fork",
        ),
        ("prefix_root", None, "form"),
        ("first", whole["second"], "fork"),
        ("second", whole["first"], "fork"),
        ("first", whole["first"].replace("\n3\n", "\n2\n"), "signatures"),
        ("second", whole["second"].replace("\n4\n", "\n5\n"), "signatures"),
        ("first", "no note", "form"),
        ("origin", trust.log_of(BEL).origin, "signatures"),
        ("origin", "nowhere.example/log", "signatures"),
        *trust_altered(whole, form),
    ]
    for member, value, check in altered:
        verdicts = refused(path, {**whole, member: value})
        assert check in common_refusals(*verdicts), (member, value, [v.failures for v in verdicts])
    for member in whole:
        if member != "type":
            verdicts = refused(path, {name: value for name, value in whole.items() if name != member})
            assert "form" in common_refusals(*verdicts), member
    verdicts = refused(path, {**whole, "more": 1})
    assert common_refusals(*verdicts) == {"form"}


def bare_proof(path: Path) -> bytes:
    """The proof without cosignatures, whose lines a reader may ignore: every bit that is left counts."""
    proof = parse_fork_proof(path.read_bytes())
    first, second = (
        replace(note, lines=tuple(line for line in note.lines if line.name == proof.origin))
        for note in (proof.first, proof.second)
    )
    return replace(proof, first=first, second=second).to_bytes()


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data())
def test_a_proof_with_any_bit_flipped_proves_nothing(proof_file: Path, data: st.DataObject) -> None:
    whole = bare_proof(proof_file)
    position, bit = data.draw(st.integers(0, len(whole) - 1)), data.draw(st.integers(0, 7))
    path = proof_file.with_name("flipped.json")
    path.write_bytes(whole[:position] + bytes((whole[position] ^ 1 << bit,)) + whole[position + 1 :])
    assert statuses(path.with_name("fork.json")) == (0, 0)
    first, second = statuses(path)
    assert first in {1, 3}, "the first verifier is convinced"
    assert second in {1, 3}, "the second verifier is convinced"


def test_two_heads_that_agree_are_no_fork(form: int, tmp_path: Path) -> None:
    world = new_world(form=form)
    node = world.nodes[ARD]
    world.say(ARD, 1, 2, 3)
    publish_head(node)
    world.say(ARD, 4, 5)
    publish_head(node)
    empty, first, second = world.stores[ARD].checkpoints(node.log.origin)
    tree = node.tree(node.log.origin)

    def prove(one: Note, other: Note) -> ForkProof | None:
        return prove_fork(one, other, tree=tree, origin=node.log.origin, trust=node.trust.files)

    assert prove(first, second) is None
    assert prove(empty, second) is None
    with pytest.raises(RecordError, match="must be the larger one"):
        prove(second, first)
    path = tmp_path / "no-fork.json"
    for number, (one, other, prefix) in enumerate(
        (
            (first, second, tree.root(3)),
            (first, second, tree.root(2)),
            (first, second, tree.root(5)),
            (first, first, tree.root(3)),
            (empty, second, tree.root(0)),
            (empty, second, tree.root(5)),
            (second, first, tree.root(3)),
        )
    ):
        small = parse_checkpoint(one.text).size
        proof = ForkProof(
            origin=node.log.origin,
            first=one,
            second=other,
            prefix_root=prefix,
            consistency=tree.consistency(small, 5) if 0 < small < 5 and other is second else (),
            trust=parse_fork_proof(found_fork((400,), (999,), form=form).proof).trust,
            chained=form > 1,
        )
        path.write_bytes(proof.to_bytes())
        assert common_refusals(*both_refuse(path)) == {"fork"}, number


def test_heads_signed_with_another_partys_keys_are_no_fork(form: int, tmp_path: Path) -> None:
    """Belmar cannot make Ardania look two-faced: not with its own log key, nor with its witness key."""
    world = new_world(form=form)
    proof = parse_fork_proof(found_fork((400,), (999,), form=form).proof)
    trust, keys = world.founding.trust, world.keys[BEL].working
    path = tmp_path / "forged.json"
    for key in (keys.log, keys.witness, keys.author):
        for name in (trust.log_of(ARD).origin, trust.log_of(BEL).origin):
            text = proof.second.text
            forged = Note(text=text, lines=(sign_note(text, key, name=name),))
            document = {**decode_canonical(proof.to_bytes()), "second": forged.to_bytes().decode()}
            path.write_bytes(encode_canonical(document))
            first, second = both_refuse(path)
            assert "signatures" in common_refusals(first, second)


def test_a_fork_past_the_newest_head_held_here_is_refused_without_a_proof() -> None:
    """No head was signed over what differs, so there is nothing yet to show to a third."""
    told_belmar, told_auditor = two_faced((400,), (400, 999))
    told_belmar.say(ARD, 401)
    publish_head(told_auditor.nodes[AUD])
    with pytest.raises(Exception, match="past the newest checkpoint held here") as caught:
        import_bundle(told_belmar.nodes[ARD], told_auditor.export(AUD))
    assert not isinstance(caught.value, ForkFoundError)


def test_a_tree_of_one_history_does_not_prove_the_other() -> None:
    """The consistency proof must lead to the second head as it was signed."""
    told_belmar, told_auditor = two_faced((1, 2), (1, 2, 3))
    origin = told_belmar.nodes[ARD].log.origin
    first = told_belmar.stores[BEL].checkpoints(origin)[-1]
    second = told_auditor.stores[AUD].checkpoints(origin)[-1]
    other = HashTree([b"one", b"two", b"three"])
    proof = prove_fork(first, second, tree=other, origin=origin, trust=told_belmar.founding.trust.files)
    assert proof is not None
    verdict = verify_fork_proof(proof.to_bytes())
    assert not verdict.verified
    assert [check.name for check in verdict.checks if check.held is False] == ["fork"]
