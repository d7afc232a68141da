"""A witness's requests, answers and decisions as C2SP tlog-witness says, and what no sequence of requests may do."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from counterseal.crypto.ed25519 import signing_key
from counterseal.crypto.merkle import leaf_hash, root_of
from counterseal.crypto.mldsa import ML_DSA_44, mldsa_key
from counterseal.log.checkpoint import Checkpoint
from counterseal.log.cosignature import SUBTREE_COSIGNATURE, cosign_mldsa
from counterseal.log.errors import LogError, WitnessRequestError
from counterseal.log.note import ED25519, Note, NoteKey, parse_note, sign_note
from counterseal.log.tree import HashTree
from counterseal.log.witness import (
    SIZE_TYPE,
    AddCheckpoint,
    Decision,
    Outcome,
    answer,
    malformed,
    parse_add_checkpoint,
    parse_answer,
    write_lines,
)
from strategies.mutations import mutate_bytes

# The example request and the example answer of C2SP tlog-witness.
REQUEST = """\
old 20852014
PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=
jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=
5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=
/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=

example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
— example.com/behind-the-sofa opLqBQsREYCgu6xQkYQwJr9fo45a62DN9EdmHXnZdXNqlcVGlCum2Wks+49/V6267UEjw6QUXTS5Rovnzv++qbSzm9Q=
"""
ANSWER = """\
— witness.example/w1 CMp+6LWBU0anHGH5aNDTJkH/gj79sG+T6+iP2ThYN5krrDJbR1HDnucjL39QsZTSvVjyQLrdk3DXDqI5G2HgLatVs0pWh6Up69HVOw==
— witness.example/w1 I7rEps0pvK2UqkS2gSpVUDhrhVtQV9lgF6pRrWAvjJHjyWpW7VcE3SiOlVlbQNt64vWhO+DlkL0+UfzuOBMh9ChdMkP1vi/lCAsmlw==
— witness.example/w2 AWui8Sk55XjYLOijihBjhqEH6nS1ndDymE0a+6idX7pLcnoB+dhnz0854aLZgrrKbYKA7nC3HNJhm/kWl7oJlqU3rXXvpysAdyP3wQ==
"""

ORIGIN = "example.com/log"
PLAIN = signing_key(bytes([1]) * 32)
LASTING = mldsa_key(bytes([2]) * 32, algorithm=ML_DSA_44)
PLAIN_KEY = NoteKey(name=ORIGIN, public=PLAIN.public, algorithm=ED25519)
LASTING_KEY = NoteKey(name=ORIGIN, public=LASTING.public, algorithm=SUBTREE_COSIGNATURE)
KEYS = (PLAIN_KEY, LASTING_KEY)
OTHER = signing_key(bytes([3]) * 32)


def entries(count: int, *, fork_at: int | None = None) -> list[bytes]:
    """The log's entries; a forked log tells another story from ``fork_at`` on."""
    return [b"%d%s" % (n, b"!" if fork_at is not None and n >= fork_at else b"") for n in range(count)]


MAIN = HashTree(entries(64))


def head(size: int, *, fork_at: int | None = None) -> Checkpoint:
    tree = MAIN if fork_at is None else HashTree(entries(64, fork_at=fork_at))
    return Checkpoint(origin=ORIGIN, size=size, root=tree.root(size))


def signed(checkpoint: Checkpoint) -> Note:
    text = checkpoint.text()
    lines = (
        sign_note(text, PLAIN, name=checkpoint.origin),
        cosign_mldsa(checkpoint, LASTING, name=checkpoint.origin, at=None),
    )
    return Note(text=text, lines=lines)


def ask(old: int, new: int, *, tree: HashTree = MAIN) -> AddCheckpoint:
    proof = tree.consistency(old, new) if 0 < old <= new else ()
    root = tree.root(new)
    note = signed(Checkpoint(origin=ORIGIN, size=new, root=root))
    return AddCheckpoint(old_size=old, proof=proof, note=note)


def decide(request: AddCheckpoint, last: Checkpoint | None) -> Decision:
    return answer(request, last=last, log_keys=KEYS)


def test_the_published_request_reads_and_is_written_to_the_byte() -> None:
    request = parse_add_checkpoint(REQUEST.encode())
    assert (request.old_size, len(request.proof)) == (20852014, 4)
    assert {len(item) for item in request.proof} == {32}
    assert (request.checkpoint.origin, request.checkpoint.size) == ("example.com/behind-the-sofa", 20852163)
    assert len(request.note.lines) == 2
    assert request.to_bytes() == REQUEST.encode()


def test_the_published_answer_reads_and_is_written_to_the_byte() -> None:
    lines = parse_answer(ANSWER.encode())
    assert isinstance(lines, tuple)
    assert [line.name for line in lines] == ["witness.example/w1"] * 2 + ["witness.example/w2"]
    assert {len(line.signature) for line in lines} == {72}
    assert write_lines(lines) == ANSWER.encode()


def test_an_answer_may_be_put_behind_the_checkpoint_as_the_specification_says() -> None:
    request = parse_add_checkpoint(REQUEST.encode())
    whole = parse_note(request.note.to_bytes() + ANSWER.encode())
    assert len(whole.lines) == 5


def test_the_answer_to_a_conflict_is_a_size_on_a_line() -> None:
    assert parse_answer(b"20852014\n") == 20852014
    assert parse_answer(b"0\n") == 0
    assert SIZE_TYPE == "text/x.tlog.size"


@pytest.mark.parametrize(
    "data",
    [b"", b"\n", b"7", b"07\n", b"-7\n", b"7\n7\n", b"7\r\n", b"\xff\n", b"old 7\n", ANSWER.encode()[:-1]],
)
def test_other_answers_are_refused(data: bytes) -> None:
    with pytest.raises(WitnessRequestError, match="neither signature lines nor a size"):
        parse_answer(data)


def test_an_answer_of_any_size_is_not_read() -> None:
    with pytest.raises(WitnessRequestError, match="65537 bytes, at most 65536"):
        parse_answer(bytes(65537))


PROOF_LINE = "PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=\n"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "must be 'old <size>'"),
        (REQUEST.replace("old 20852014", "old 020852014").encode(), "must be 'old <size>'"),
        (REQUEST.replace("old 20852014", "old -1").encode(), "must be 'old <size>'"),
        (REQUEST.replace("old 20852014", "old  20852014").encode(), "must be 'old <size>'"),
        (REQUEST.replace("old 20852014", "old 20852014 ").encode(), "must be 'old <size>'"),
        (REQUEST.replace("old 20852014", "Old 20852014").encode(), "must be 'old <size>'"),
        (REQUEST.replace("old 20852014\n", "").encode(), "must be 'old <size>'"),
        (REQUEST.replace("old 20852014", "old " + "9" * 16).encode(), "must be 'old <size>'"),
        (REQUEST.replace("old 20852014", "old ٧").encode(), "must be 'old <size>'"),
        (b"old 0\n", "must be 'old <size>'"),
        (REQUEST.split("\n\n", maxsplit=1)[0].encode() + b"\n", "must be 'old <size>'"),
        (REQUEST.replace("5+pKl", "5+pK").encode(), "hash 3: base64"),
        (REQUEST.replace("\n5+pKl", "\n 5+pKl").encode(), "hash 3: base64"),
        (REQUEST.replace("\n5+pKl", "\r\n5+pKl").encode(), "hash 2: base64"),
        (REQUEST.replace("5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=", "AAAA").encode(), "hash 3: 3 bytes"),
        (
            REQUEST.replace("5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=", "A" * 44).encode(),
            "33 bytes, must be 32",
        ),
        (
            b"old 7\n" + PROOF_LINE.encode() * 64 + b"\n" + REQUEST.split("\n\n", 1)[1].encode(),
            "64 hashes, at most 63",
        ),
        (b"old 7\n\n" + b"x" * 70_000, "bytes, at most 69632"),
        (b"old 7\n\nnot a note\n", "no empty line"),
        (REQUEST.replace("\n20852163\n", "\n020852163\n").encode(), "without leading zeros"),
        (REQUEST.replace("jxq2I=\n\n", "jxq2I=\nextension\n\n").encode(), "checkpoint has 4 lines"),
    ],
)
def test_each_other_form_of_a_request_is_refused_with_400(data: bytes, said: str) -> None:
    with pytest.raises(WitnessRequestError, match=said) as caught:
        parse_add_checkpoint(data)
    decision = malformed(caught.value)
    assert (decision.outcome, decision.status, decision.accepted) == (Outcome.MALFORMED, 400, False)
    assert decision.refusal() == f"{caught.value}\n".encode()


def test_63_proof_lines_are_read() -> None:
    data = b"old 7\n" + PROOF_LINE.encode() * 63 + b"\n" + REQUEST.split("\n\n", 1)[1].encode()
    assert len(parse_add_checkpoint(data).proof) == 63


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_a_changed_request_is_refused_or_reads_back_to_the_byte(data: st.DataObject) -> None:
    changed = mutate_bytes(data.draw, ask(3, 7).to_bytes())
    try:
        request = parse_add_checkpoint(changed)
    except WitnessRequestError:
        return
    assert request.to_bytes() == changed
    if request.checkpoint.origin == ORIGIN and decide(request, head(3)).accepted:
        assert (request.checkpoint, request.proof) == (head(7), ask(3, 7).proof)


def strangers_proof() -> tuple[bytes, ...]:
    return HashTree(entries(64, fork_at=2)).consistency(3, 7)


def without_line(number: int) -> AddCheckpoint:
    request = ask(3, 7)
    lines = tuple(line for at, line in enumerate(request.note.lines) if at != number)
    return replace(request, note=replace(request.note, lines=lines))


def spoilt_line(number: int) -> AddCheckpoint:
    request = ask(3, 7)
    lines = list(request.note.lines)
    lines[number] = replace(lines[number], signature=bytes(len(lines[number].signature)))
    return replace(request, note=replace(request.note, lines=tuple(lines)))


def under_a_strange_key() -> AddCheckpoint:
    text = head(7).text()
    return replace(ask(3, 7), note=Note(text=text, lines=(sign_note(text, OTHER, name=ORIGIN),)))


EMPTY_WITH_A_ROOT = Checkpoint(origin=ORIGIN, size=0, root=bytes(32))

STATUSES: list[tuple[Callable[[], AddCheckpoint], Checkpoint | None, Outcome, int]] = [
    (lambda: ask(0, 3), None, Outcome.ACCEPTED, 200),
    (lambda: ask(0, 0), None, Outcome.ACCEPTED, 200),
    (lambda: ask(0, 3), head(0), Outcome.ACCEPTED, 200),
    (lambda: ask(3, 7), head(3), Outcome.ACCEPTED, 200),
    (lambda: ask(3, 3), head(3), Outcome.ACCEPTED, 200),
    (lambda: without_line(0), head(3), Outcome.NOT_SIGNED, 403),
    (lambda: without_line(1), head(3), Outcome.NOT_SIGNED, 403),
    (lambda: spoilt_line(0), head(3), Outcome.NOT_SIGNED, 403),
    (lambda: spoilt_line(1), head(3), Outcome.NOT_SIGNED, 403),
    (under_a_strange_key, head(3), Outcome.NOT_SIGNED, 403),
    (lambda: replace(ask(3, 7), old_size=8), head(3), Outcome.OLD_SIZE_TOO_LARGE, 400),
    (lambda: replace(ask(3, 3), old_size=8), head(8), Outcome.OLD_SIZE_TOO_LARGE, 400),
    (lambda: ask(2, 7), head(3), Outcome.OTHER_OLD_SIZE, 409),
    (lambda: ask(4, 7), head(3), Outcome.OTHER_OLD_SIZE, 409),
    (lambda: ask(0, 7), head(3), Outcome.OTHER_OLD_SIZE, 409),
    (lambda: ask(3, 7), None, Outcome.OTHER_OLD_SIZE, 409),
    (lambda: ask(2, 2), head(3), Outcome.OTHER_OLD_SIZE, 409),
    (lambda: ask(3, 3, tree=HashTree(entries(9, fork_at=1))), head(3), Outcome.FORKED, 409),
    (lambda: ask(0, 3, tree=HashTree(entries(9, fork_at=1))), head(3), Outcome.FORKED, 409),
    (lambda: ask(3, 7, tree=HashTree(entries(9, fork_at=1))), head(3), Outcome.PROOF_REFUSED, 422),
    (lambda: replace(ask(3, 7), proof=strangers_proof()), head(3), Outcome.PROOF_REFUSED, 422),
    (lambda: replace(ask(3, 7), proof=()), head(3), Outcome.PROOF_REFUSED, 422),
    (lambda: replace(ask(3, 7), proof=(*ask(3, 7).proof, bytes(32))), head(3), Outcome.PROOF_REFUSED, 422),
    (lambda: replace(ask(3, 3), proof=(bytes(32),)), head(3), Outcome.PROOF_REFUSED, 422),
    (lambda: replace(ask(0, 3), proof=(bytes(32),)), None, Outcome.PROOF_REFUSED, 422),
    (lambda: replace(ask(0, 3), proof=(bytes(32),)), head(0), Outcome.PROOF_REFUSED, 422),
    (lambda: replace(ask(0, 0), note=signed(EMPTY_WITH_A_ROOT)), None, Outcome.PROOF_REFUSED, 422),
]


@pytest.mark.parametrize(("request_of", "last", "outcome", "status"), STATUSES)
def test_every_request_has_the_outcome_and_status_of_the_specification(
    request_of: Callable[[], AddCheckpoint], last: Checkpoint | None, outcome: Outcome, status: int
) -> None:
    request = parse_add_checkpoint(request_of().to_bytes())
    decision = decide(request, last)
    assert (decision.outcome, decision.status) == (outcome, status)
    assert decision.accepted is (status == 200)
    assert decision.last_size == (last.size if last else 0)
    assert (decision.evidence == request.note) is (outcome in {Outcome.FORKED, Outcome.PROOF_REFUSED})
    if status == 409:
        assert parse_answer(decision.refusal()) == decision.last_size
    elif status != 200:
        assert decision.refusal() == f"{decision.reason}\n".encode()


def test_the_table_leaves_out_no_outcome() -> None:
    """The other two need a log that is not known, and bytes that are no request."""
    seen = {outcome for _, _, outcome, _ in STATUSES}
    assert set(Outcome) - seen == {Outcome.UNKNOWN_ORIGIN, Outcome.MALFORMED}


def test_a_log_that_is_not_known_is_answered_with_404() -> None:
    for keys in ((), (replace(PLAIN_KEY, name="example.com/other"),), (*KEYS, replace(PLAIN_KEY, name="o"))):
        decision = answer(ask(0, 3), last=None, log_keys=keys)
        assert (decision.outcome, decision.status) == (Outcome.UNKNOWN_ORIGIN, 404)
        assert decision.evidence is None


def test_an_unknown_log_is_told_before_a_missing_signature_and_that_before_sizes() -> None:
    unsigned = replace(without_line(0), old_size=9)
    assert answer(unsigned, last=None, log_keys=()).status == 404
    assert decide(unsigned, head(3)).status == 403


def test_lines_of_unknown_keys_are_ignored() -> None:
    request = ask(3, 7)
    line = sign_note(request.note.text, OTHER, name=ORIGIN)
    assert decide(
        replace(request, note=replace(request.note, lines=(*request.note.lines, line))), head(3)
    ).accepted


def test_one_key_is_enough_where_the_log_has_one() -> None:
    assert answer(without_line(1), last=head(3), log_keys=(PLAIN_KEY,)).accepted
    assert answer(without_line(0), last=head(3), log_keys=(LASTING_KEY,)).accepted


def test_a_last_head_of_another_log_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(LogError, match=r"asked to follow example\.com/log from a head of other"):
        decide(ask(3, 7), replace(head(3), origin="other"))


def test_exactly_the_true_successors_are_accepted() -> None:
    for old in range(1, 17):
        for new in range(old, 17):
            request = ask(old, new)
            assert decide(request, head(old)).accepted
            for number in range(len(request.proof)):
                proof = list(request.proof)
                proof[number] = bytes(32)
                assert decide(replace(request, proof=tuple(proof)), head(old)).status == 422


@settings(max_examples=200, deadline=None)
@given(length=st.integers(0, 64).filter(lambda length: length != 32), number=st.integers(0, 2))
def test_a_proof_hash_of_another_length_is_refused_by_the_rule_too(length: int, number: int) -> None:
    request = ask(3, 7)
    proof = list(request.proof)
    proof[number] = bytes(length)
    assert decide(replace(request, proof=tuple(proof)), head(3)).status == 422


BRANCHES = (None, 1, 3, 8)
TREES = {fork: HashTree(entries(24, fork_at=fork)) for fork in BRANCHES}


class Witness(RuleBasedStateMachine):
    """One witness, one lying log with all its keys, and a machine that may stop between any two steps.

    What is durable is ``kept``; ``signed`` is all that ever left the machine.
    """

    def __init__(self) -> None:
        super().__init__()
        self.kept: Checkpoint | None = None
        self.signed: list[Checkpoint] = []
        self.past: list[AddCheckpoint] = []

    def take(self, request: AddCheckpoint, *, crash: str) -> None:
        self.past.append(request)
        decision = decide(parse_add_checkpoint(request.to_bytes()), self.kept)
        if not decision.accepted or crash == "before keeping":
            return
        self.kept = request.checkpoint
        if crash == "before signing":
            return
        self.signed.append(request.checkpoint)

    crashes = st.sampled_from(["", "", "before keeping", "before signing"])

    @rule(fork=st.sampled_from(BRANCHES), grow=st.integers(0, 6), crash=crashes)
    def ask_from_the_last(self, fork: int | None, grow: int, crash: str) -> None:
        old = self.kept.size if self.kept else 0
        self.take(ask(old, min(old + grow, 24), tree=TREES[fork]), crash=crash)

    @rule(
        fork=st.sampled_from(BRANCHES),
        old=st.integers(0, 24),
        new=st.integers(0, 24),
        said=st.integers(0, 24),
        crash=crashes,
    )
    def ask_for_anything(self, fork: int | None, old: int, new: int, said: int, crash: str) -> None:
        self.take(replace(ask(old, new, tree=TREES[fork]), old_size=said), crash=crash)

    @rule(pick=st.integers(0, 10**6), crash=crashes)
    def replay(self, pick: int, crash: str) -> None:
        if self.past:
            self.take(self.past[pick % len(self.past)], crash=crash)

    @rule(fork=st.sampled_from(BRANCHES), other=st.sampled_from(BRANCHES), grow=st.integers(1, 6))
    def mix_proof_and_head(self, fork: int | None, other: int | None, grow: int) -> None:
        old = self.kept.size if self.kept else 0
        new = min(old + grow, 24)
        self.take(
            replace(ask(old, new, tree=TREES[fork]), proof=ask(old, new, tree=TREES[other]).proof), crash=""
        )

    @invariant()
    def one_history_that_never_shrinks(self) -> None:
        sizes = [item.size for item in self.signed]
        assert sizes == sorted(sizes)
        held = [*self.signed, *([self.kept] if self.kept else [])]
        assert any(all(tree.root(item.size) == item.root for item in held) for tree in TREES.values())


TestWitness = Witness.TestCase
TestWitness.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)


def test_the_trees_of_the_machine_do_part() -> None:
    roots = {fork: tree.root(24) for fork, tree in TREES.items()}
    assert len(set(roots.values())) == len(BRANCHES)
    assert root_of([leaf_hash(entry) for entry in entries(24)]) == roots[None]
