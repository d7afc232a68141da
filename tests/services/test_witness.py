"""Witnessing between nodes: keep first, then sign; one state for both ways to a cosignature; answers come home."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from assessment.fictional import ARD, BEL
from counterseal.app.storage.sqlite_store import SqliteStore
from counterseal.log.checkpoint import Checkpoint, parse_checkpoint
from counterseal.log.cosignature import cosign, instant_of, require_log_line, witnessed_at
from counterseal.log.errors import PolicyError, WitnessRequestError
from counterseal.log.note import Note, find_line, parse_note
from counterseal.log.policy import evaluate
from counterseal.log.policy_file import parse_policy
from counterseal.log.tree import HashTree
from counterseal.log.witness import (
    AddCheckpoint,
    Outcome,
    parse_add_checkpoint,
    parse_answer,
    write_lines,
)
from counterseal.records.errors import TrustError
from counterseal.records.fork import verify_fork_proof
from counterseal.records.trusted import WITNESS
from counterseal.services.ask_witness import make_request, policy_of_log, take_answer
from counterseal.services.checkpointing import publish_head
from counterseal.services.cosigning import cosign_heads
from counterseal.services.errors import ServiceError
from counterseal.services.node import Node
from counterseal.services.witness import (
    WITNESSED,
    cosignatures,
    last_witnessed,
    remember_witnessed,
    require_witnessable,
    witness_request,
)
from counterseal.terms.parties import PartyCode
from strategies.witnessing import AUD, NOW, Clock, PowerCutError, asked, entry, forged, founded, write


class TrippingStore(SqliteStore):
    """A store whose disk fails while a head is being kept."""

    tripped: bool = False

    def add_witnessed(self, origin: str, *, size: int, text: str) -> None:
        super().add_witnessed(origin, size=size, text=text)
        if self.tripped:
            raise PowerCutError


def test_a_head_is_asked_for_witnessed_and_carries_the_answer_home() -> None:
    nodes = founded()
    write(nodes[ARD], 5)
    request = parse_add_checkpoint(asked(nodes[ARD], 0))
    assert {line.name for line in request.note.lines} == {nodes[ARD].log.origin}
    assert len(request.note.lines) == 2
    done = witness_request(nodes[BEL], request.to_bytes(), clock=Clock())
    assert (done.decision.outcome, done.decision.status) == (Outcome.ACCEPTED, 200)
    lines = parse_answer(done.response)
    assert isinstance(lines, tuple)
    assert len(lines) == 2
    note = Note(text=request.note.text, lines=lines)
    keys = [key.note_key for key in nodes[ARD].trust.present(BEL, WITNESS)]
    assert {witnessed_at(note, key) for key in keys} == {int(NOW.timestamp())}
    taken = take_answer(nodes[ARD], done.response)
    assert (taken.parties, taken.checkpoint.size) == ((BEL,), 5)
    kept = nodes[ARD].store.checkpoints(nodes[ARD].log.origin)[-1]
    assert all(find_line(kept, key) is not None for key in keys)


def test_a_request_carries_the_lines_of_the_log_alone() -> None:
    nodes = founded()
    write(nodes[ARD], 5)
    take_answer(nodes[ARD], witness_request(nodes[BEL], asked(nodes[ARD], 0), clock=Clock()).response)
    again = make_request(nodes[ARD], old_size=0)
    assert {line.name for line in again.note.lines} == {nodes[ARD].log.origin}


def test_a_witness_follows_the_log_as_it_grows() -> None:
    nodes = founded()
    old = 0
    for grow in (1, 2, 4, 9):
        write(nodes[ARD], grow)
        done = witness_request(nodes[BEL], asked(nodes[ARD], old), clock=Clock())
        assert done.decision.accepted
        old += grow
        kept = last_witnessed(nodes[BEL].store, nodes[ARD].log.origin)
        assert kept is not None
        assert kept.size == old
    again = witness_request(nodes[BEL], asked(nodes[ARD], old), clock=Clock())
    assert again.decision.accepted


def test_a_request_from_another_size_is_answered_with_the_size() -> None:
    nodes = founded()
    write(nodes[ARD], 5)
    assert witness_request(nodes[BEL], asked(nodes[ARD], 0), clock=Clock()).decision.accepted
    write(nodes[ARD], 2)
    done = witness_request(nodes[BEL], asked(nodes[ARD], 0), clock=Clock())
    assert (done.decision.outcome, done.response) == (Outcome.OTHER_OLD_SIZE, b"5\n")
    with pytest.raises(ServiceError, match="has last cosigned size 5; ask again from there"):
        take_answer(nodes[ARD], done.response)
    assert witness_request(nodes[BEL], asked(nodes[ARD], 5), clock=Clock()).decision.accepted


def test_nothing_is_signed_before_it_is_kept() -> None:
    """Power fails while signing: the head is kept, no signature left. It fails while keeping: neither."""
    nodes = founded()
    write(nodes[ARD], 5)
    origin = nodes[ARD].log.origin
    request = asked(nodes[ARD], 0)
    disk = trip(nodes[BEL])
    disk.tripped = True
    with pytest.raises(PowerCutError):
        witness_request(nodes[BEL], request, clock=Clock())
    assert last_witnessed(nodes[BEL].store, origin) is None
    disk.tripped = False
    with pytest.raises(PowerCutError):
        witness_request(nodes[BEL], request, clock=Clock(dead=True))
    kept = last_witnessed(nodes[BEL].store, origin)
    assert kept is not None
    assert kept.size == 5
    assert witness_request(nodes[BEL], request, clock=Clock()).response == b"5\n"
    assert witness_request(nodes[BEL], asked(nodes[ARD], 5), clock=Clock()).decision.accepted


def trip(node: Node) -> TrippingStore:
    """Put a disk under a node that fails when it is told to."""
    assert isinstance(node.store, SqliteStore)
    disk = TrippingStore(node.store._db)
    node.store = disk
    return disk


def test_two_heads_of_one_size_are_refused_and_kept_as_evidence() -> None:
    nodes = founded()
    write(nodes[ARD], 5)
    assert witness_request(nodes[BEL], asked(nodes[ARD], 0), clock=Clock()).decision.accepted
    lie = HashTree(entry(n, "lie").envelope for n in range(9))
    for old in (5, 0, 3):
        request = forged(nodes, lie, old=old, new=5)
        done = witness_request(nodes[BEL], request.to_bytes(), clock=Clock())
        assert (done.decision.outcome, done.decision.status) == (Outcome.FORKED, 409)
        assert done.response == b"5\n"
    kept_here = dict(nodes[BEL].store.evidence())
    (name,) = (name for name in kept_here if not name.startswith(WITNESSED))
    assert done.evidence == (name,)
    kept = parse_note(kept_here[name])
    assert kept.text == request.note.text
    for key in nodes[BEL].trust.log_keys(nodes[ARD].log.origin, 5):
        require_log_line(kept, key.note_key)


def test_a_head_that_is_not_shown_to_follow_is_kept_as_evidence() -> None:
    nodes = founded()
    write(nodes[ARD], 5)
    assert witness_request(nodes[BEL], asked(nodes[ARD], 0), clock=Clock()).decision.accepted
    lie = HashTree(entry(n, "lie").envelope for n in range(9))
    done = witness_request(nodes[BEL], forged(nodes, lie, old=5, new=9).to_bytes(), clock=Clock())
    assert (done.decision.outcome, done.decision.status) == (Outcome.PROOF_REFUSED, 422)
    assert len(done.evidence) == 1
    assert done.fork_proof is None


def test_a_fork_against_entries_held_here_is_proved_to_anybody() -> None:
    """The witness has not cosigned past the fork, but it holds the entries and the log's head over them."""
    nodes = founded()
    origin = nodes[ARD].log.origin
    write(nodes[ARD], 8)
    publish_head(nodes[ARD])
    write(nodes[BEL], 8, origin=origin)
    nodes[BEL].store.add_checkpoint(origin, size=8, note=nodes[ARD].store.checkpoints(origin)[-1])
    lie = HashTree(entry(n, "lie").envelope for n in range(9))
    done = witness_request(nodes[BEL], forged(nodes, lie, old=0, new=6).to_bytes(), clock=Clock())
    assert done.decision.outcome is Outcome.FORKED
    assert "entries held here have another root at size 6" in done.decision.reason
    assert last_witnessed(nodes[BEL].store, origin) is None
    assert done.fork_proof is not None
    assert verify_fork_proof(done.fork_proof).verified
    assert done.fork_proof in dict(nodes[BEL].store.evidence()).values()


def test_a_node_does_not_witness_its_own_log_or_a_stranger() -> None:
    nodes = founded()
    write(nodes[ARD], 5)
    request = make_request(nodes[ARD], old_size=0)
    assert witness_request(nodes[ARD], request.to_bytes(), clock=Clock()).decision.status == 404
    head = replace(request.checkpoint, origin="stranger.example/log")
    note = Note(text=head.text(), lines=request.note.lines)
    strange = AddCheckpoint(old_size=0, proof=(), note=note)
    assert witness_request(nodes[BEL], strange.to_bytes(), clock=Clock()).decision.status == 404


def test_both_keys_of_a_log_must_have_signed() -> None:
    nodes = founded()
    write(nodes[ARD], 5)
    request = make_request(nodes[ARD], old_size=0)
    for line in request.note.lines:
        half = replace(request, note=replace(request.note, lines=(line,)))
        assert witness_request(nodes[BEL], half.to_bytes(), clock=Clock()).decision.status == 403
    assert last_witnessed(nodes[BEL].store, nodes[ARD].log.origin) is None


def test_bytes_that_are_no_request_are_answered_with_400() -> None:
    done = witness_request(founded()[BEL], b"old\n", clock=Clock())
    assert (done.decision.status, done.checkpoint) == (400, None)
    assert done.response == f"{done.decision.reason}\n".encode()


def test_a_recovering_node_vouches_for_nothing() -> None:
    nodes = founded()
    write(nodes[ARD], 5)
    nodes[BEL].recovering = True
    with pytest.raises(ServiceError, match="restored from a backup"):
        witness_request(nodes[BEL], asked(nodes[ARD], 0), clock=Clock())
    assert last_witnessed(nodes[BEL].store, nodes[ARD].log.origin) is None


def test_a_request_cannot_begin_past_the_log() -> None:
    nodes = founded()
    write(nodes[ARD], 5)
    with pytest.raises(ServiceError, match="has 5 entries, no proof leads there from 6"):
        make_request(nodes[ARD], old_size=6)


def bring(nodes: Mapping[PartyCode, Node], amount: int) -> None:
    """Ardania writes, and Belmar takes over entries and head as an import would."""
    origin = nodes[ARD].log.origin
    write(nodes[ARD], amount)
    publish_head(nodes[ARD])
    write(nodes[BEL], amount, origin=origin)
    newest = nodes[ARD].store.checkpoints(origin)[-1]
    nodes[BEL].store.add_checkpoint(
        origin, size=nodes[ARD].store.size(origin), note=replace(newest, lines=newest.lines[:2])
    )


def test_a_head_behind_one_cosigned_on_request_is_not_cosigned_on_import() -> None:
    nodes = founded()
    origin = nodes[ARD].log.origin
    bring(nodes, 3)
    write(nodes[ARD], 4)
    assert witness_request(nodes[BEL], asked(nodes[ARD], 3), clock=Clock()).decision.accepted
    assert cosign_heads(nodes[BEL], clock=Clock()) == 0
    smaller = parse_checkpoint(nodes[BEL].store.checkpoints(origin)[-1].text)
    assert remember_witnessed(nodes[BEL].store, smaller, tree=nodes[BEL].tree(origin)) is False


def test_a_request_behind_a_head_cosigned_on_import_is_a_conflict() -> None:
    nodes = founded()
    bring(nodes, 6)
    assert cosign_heads(nodes[BEL], clock=Clock()) == 1
    write(nodes[ARD], 1)
    assert witness_request(nodes[BEL], asked(nodes[ARD], 3), clock=Clock()).response == b"6\n"
    assert witness_request(nodes[BEL], asked(nodes[ARD], 6), clock=Clock()).decision.accepted


def test_entries_that_contradict_a_cosigned_head_stop_the_witness() -> None:
    nodes = founded()
    origin = nodes[ARD].log.origin
    tree = HashTree(entry(n).envelope for n in range(9))
    head = Checkpoint(origin=origin, size=9, root=tree.root(9))
    with pytest.raises(ServiceError, match="entries held contradict the head of size 9"):
        require_witnessable(replace(head, root=bytes(32)), last=None, tree=tree)
    with pytest.raises(ServiceError, match="contradict the head of size 4 cosigned here"):
        require_witnessable(head, last=replace(head, size=4), tree=tree)
    nodes[BEL].store.add_witnessed(origin, size=4, text=replace(head, size=4).text())
    with pytest.raises(ServiceError, match="size 4 cosigned here"):
        remember_witnessed(nodes[BEL].store, head, tree=tree)
    assert nodes[BEL].store.witnessed(origin) == replace(head, size=4).text()


def test_half_an_answer_or_one_of_two_times_is_not_taken() -> None:
    nodes = founded()
    write(nodes[ARD], 5)
    done = witness_request(nodes[BEL], asked(nodes[ARD], 0), clock=Clock())
    lines = parse_answer(done.response)
    assert isinstance(lines, tuple)
    head = parse_checkpoint(nodes[ARD].store.checkpoints(nodes[ARD].log.origin)[-1].text)
    later = cosign(head.text(), nodes[BEL].keys.witness, name=lines[0].name, at=instant_of(2_000_000_000))
    spoilt = replace(lines[1], signature=bytes(2428))
    own = cosignatures(nodes[ARD], head, at=NOW)
    for broken in ((lines[0],), (lines[1],), (later, lines[1]), (lines[0], spoilt), own):
        with pytest.raises(WitnessRequestError, match="no whole cosignature of another party"):
            take_answer(nodes[ARD], write_lines(broken))
    assert len(nodes[ARD].store.checkpoints(nodes[ARD].log.origin)[-1].lines) == 2
    assert take_answer(nodes[ARD], write_lines((*lines, *own))).parties == (BEL,)


def test_an_answer_finds_the_head_that_it_was_made_over() -> None:
    nodes = founded()
    write(nodes[ARD], 5)
    done = witness_request(nodes[BEL], asked(nodes[ARD], 0), clock=Clock())
    write(nodes[ARD], 5)
    publish_head(nodes[ARD])
    assert take_answer(nodes[ARD], done.response).checkpoint.size == 5
    assert take_answer(nodes[ARD], done.response).checkpoint.size == 5


def test_the_policy_of_a_log_is_met_when_every_other_side_has_answered() -> None:
    nodes = founded()
    write(nodes[ARD], 5)
    policy = parse_policy(policy_of_log(nodes[ARD], ARD))
    assert policy_of_log(nodes[BEL], ARD) == policy_of_log(nodes[ARD], ARD)
    request = asked(nodes[ARD], 0)
    origin = nodes[ARD].log.origin
    for witness, held in ((BEL, False), (AUD, True)):
        take_answer(nodes[ARD], witness_request(nodes[witness], request, clock=Clock()).response)
        result = evaluate(policy, nodes[ARD].store.checkpoints(origin)[-1])
        assert result.held is held
    assert {witness.name.decode().split("/")[0] for witness in policy.witnesses} == {"AUD", "BEL"}
    assert len(policy.witnesses) == 4


def test_there_is_no_policy_for_the_log_of_nobody() -> None:
    with pytest.raises(TrustError, match="no log of"):
        policy_of_log(founded()[ARD], PartyCode("NOBODY"))


def test_a_party_alone_on_every_side_has_no_policy() -> None:
    nodes = founded()
    side = replace(nodes[ARD].trust.sides[0], parties=(ARD,))
    nodes[ARD].trust = replace(nodes[ARD].trust, sides=(side,))
    with pytest.raises(PolicyError, match="no side beside the log's own"):
        policy_of_log(nodes[ARD], ARD)


STORIES = ("", "lie", "other lie")
FORESTS = {
    (story, at): HashTree(entry(n, story if n >= at else "").envelope for n in range(16))
    for story in STORIES
    for at in (0, 2, 5)
}


class OneWitness(RuleBasedStateMachine):
    """I4 on a real store: a lying log, replays, imports, and power cuts on either side of the commit."""

    def __init__(self) -> None:
        super().__init__()
        self.nodes = founded()
        self.origin = self.nodes[ARD].log.origin
        self.disk = trip(self.nodes[BEL])
        self.signed: list[Checkpoint] = []
        self.past: list[bytes] = []

    def ask(self, data: bytes, *, cut: str) -> None:
        self.past.append(data)
        self.disk.tripped = cut == "while keeping"
        with suppress(PowerCutError):
            done = witness_request(self.nodes[BEL], data, clock=Clock(dead=cut == "while signing"))
            if done.decision.accepted:
                self.signed.append(parse_add_checkpoint(data).checkpoint)
        self.disk.tripped = False

    cuts = st.sampled_from(["", "", "while keeping", "while signing"])
    trees = st.sampled_from(sorted(FORESTS))

    @rule(which=trees, grow=st.integers(0, 5), cut=cuts)
    def follow(self, which: tuple[str, int], grow: int, cut: str) -> None:
        last = last_witnessed(self.nodes[BEL].store, self.origin)
        old = last.size if last else 0
        request = forged(self.nodes, FORESTS[which], old=old, new=min(old + grow, 16))
        self.ask(request.to_bytes(), cut=cut)

    @rule(which=trees, old=st.integers(0, 16), new=st.integers(0, 16), cut=cuts)
    def anything(self, which: tuple[str, int], old: int, new: int, cut: str) -> None:
        self.ask(forged(self.nodes, FORESTS[which], old=old, new=new).to_bytes(), cut=cut)

    @rule(pick=st.integers(0, 10**6), cut=cuts)
    def replay(self, pick: int, cut: str) -> None:
        if self.past:
            self.ask(self.past[pick % len(self.past)], cut=cut)

    @rule(which=trees, size=st.integers(0, 16))
    def cosign_from_entries(self, which: tuple[str, int], size: int) -> None:
        head = Checkpoint(origin=self.origin, size=size, root=FORESTS[which].root(size))
        with suppress(ServiceError):
            if remember_witnessed(self.nodes[BEL].store, head, tree=FORESTS[which]):
                self.signed.append(head)

    @invariant()
    def one_history_that_never_shrinks(self) -> None:
        sizes = [head.size for head in self.signed]
        assert sizes == sorted(sizes)
        last = last_witnessed(self.nodes[BEL].store, self.origin)
        held = [*self.signed, *([last] if last else [])]
        assert any(all(tree.root(head.size) == head.root for head in held) for tree in FORESTS.values())


TestOneWitness = OneWitness.TestCase
TestOneWitness.settings = settings(max_examples=15, stateful_step_count=20, deadline=None)
