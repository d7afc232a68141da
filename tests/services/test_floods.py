"""What one party can pile up for ever, and how little of it an honest one must pass on."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assessment.fictional import ARD, BEL
from counterseal.log.checkpoint import Checkpoint, parse_checkpoint
from counterseal.log.note import MAX_LINES, MAX_NOTE_BYTES, Note, NoteLine
from counterseal.log.tree import HashTree
from counterseal.records import manifest
from counterseal.records.fork import parse_fork_proof, prove_fork, verify_fork_proof
from counterseal.records.trusted import WITNESS
from counterseal.records.verification.heads import read_head
from counterseal.records.verification.packs import read_pack
from counterseal.records.verification.verify import verify_bundle
from counterseal.services import export_bundle, submit
from counterseal.services.checkpointing import publish_head
from counterseal.services.cosigning import cosign_heads
from counterseal.services.errors import ForkFoundError, ServiceError
from counterseal.services.import_bundle import import_bundle
from counterseal.services.keep_heads import lines_that_count
from counterseal.services.keys import WITNESS_PQ
from counterseal.services.memory_bundle import MemoryBundle
from counterseal.services.record_book import RecordBook, open_book
from counterseal.terms.parties import PartyCode
from strategies import trust_chains
from strategies.forgery import Forgery
from strategies.verdicts import both_accept
from strategies.worlds import AUD, PARTIES, World, contents, new_world, spoken_world, twin

TIMES = 20


def refusals(bundle: MemoryBundle) -> list[tuple[str, str]]:
    """What a verifier refuses, but for heads that are not settled yet."""
    checks = verify_bundle(bundle).checks
    return [(check.name, bad.rule) for check in checks for bad in check.failures if check.name != "settled"]


def own_book(world: World, party: PartyCode) -> RecordBook:
    memory = MemoryBundle()
    publish_head(world.nodes[party])
    export_bundle.write_record(world.nodes[party], memory)
    return open_book(memory)


def everywhere(world: World, but: PartyCode) -> dict[str, int]:
    return {log.origin: 99 for log in world.founding.trust.logs if log.party != but}


def kept(world: World, holder: PartyCode, owner: PartyCode, size: int) -> Note:
    """A head as a party keeps it."""
    notes = world.stores[holder].checkpoints(world.nodes[owner].log.origin)
    return next(note for note in notes if parse_checkpoint(note.text).size == size)


# -- one witness under many keys ---------------------------------------------------------------------------


def flood(
    world: World, by: PartyCode, *roles: str, owner: PartyCode, holder: PartyCode, at: datetime
) -> tuple[int, Note]:
    """A witness changes keys again and again, and vouches under each for one head of another's log."""
    size = parse_checkpoint(world.stores[holder].checkpoints(world.nodes[owner].log.origin)[-1].text).size
    name = world.nodes[by].witness_name
    for _ in range(TIMES):
        world.rotate(by, *roles, heads=everywhere(world, by))
        publish_head(world.nodes[by])
        forged = Forgery.of(world.export(by))
        note = forged.logs[owner].notes[size]
        head = parse_checkpoint(note.text)
        others = [line for line in note.lines if line.name != name]
        lines = (*others, *forged.cosignatures(by, head, world.keys, at=at))
        forged.logs[owner].notes[size] = Note(text=note.text, lines=lines)
        stick = forged.build(by, world.keys)
        assert refusals(stick) == []
        import_bundle(world.nodes[holder], stick)
    return size, kept(world, holder, owner, size)


@pytest.fixture
def one_key(monkeypatch: pytest.MonkeyPatch) -> str:
    """A role under which the ML-DSA-44 key of a witness alone is changed."""
    monkeypatch.setitem(trust_chains._SEEDS, WITNESS_PQ, (WITNESS_PQ,))
    return WITNESS_PQ


@pytest.mark.parametrize("owner", [BEL, AUD])
def test_words_under_many_keys_never_make_a_note_too_large(one_key: str, owner: PartyCode) -> None:
    """Of the holder's own log, which goes on; and of a quiet one, whose newest head it must carry for ever."""
    world = spoken_world()
    shown, state = own_book(world, BEL), {}
    state = {entry.record_id: shown.view(entry, title="") for entry in shown.entries}
    _, note = flood(world, ARD, one_key, owner=owner, holder=BEL, at=world.clock.at)
    assert len(note.to_bytes()) > MAX_NOTE_BYTES, "what is kept here would not fit"
    bundle = world.export(BEL)
    assert refusals(bundle) == []
    import_bundle(world.nodes[AUD], bundle)
    book = own_book(world, BEL)
    for entry in book.entries:
        if entry.record_id in state:
            view = book.view(entry, title="")
            was = state[entry.record_id]
            assert (view.state, view.cosigners, view.time) == (was.state, was.cosigners, was.time)


def test_words_under_many_keys_push_nobody_elses_word_off_a_head() -> None:
    world = spoken_world()
    world.rotate(AUD, WITNESS, heads=everywhere(world, AUD))
    for party in (ARD, BEL):
        import_bundle(world.nodes[party], world.export(AUD))
    size, note = flood(world, ARD, WITNESS, owner=BEL, holder=BEL, at=world.clock.at)
    assert len(note.lines) > MAX_LINES
    (head,) = (
        seen
        for seen in own_book(world, BEL).heads[world.nodes[BEL].log.origin].seen
        if seen.checkpoint.size == size
    )
    assert {code for code, _ in head.cosigned} == {ARD, AUD}
    assert refusals(world.export(BEL)) == []


@pytest.mark.parametrize("minutes", [-60, 60])
def test_of_many_words_of_one_party_the_earliest_is_passed_on(minutes: int) -> None:
    world = spoken_world()
    world.clock.pass_minutes(minutes)
    world.rotate(ARD, WITNESS, heads=everywhere(world, ARD))
    log, trust = world.nodes[BEL].log, world.nodes[ARD].trust
    note = world.stores[BEL].checkpoints(log.origin)[-1]
    head = parse_checkpoint(note.text)
    again = tuple(Forgery.of(world.export(ARD)).cosignatures(ARD, head, world.keys, at=world.clock.at))
    before = read_head(note, log=log, trust=trust)
    earliest = min(world.clock.at, dict(before.cosigned)[ARD])
    for lines in ((*again, *note.lines), (*note.lines, *again)):
        one = Note(
            text=note.text,
            lines=lines_that_count(Note(text=note.text, lines=lines), head, log=log, trust=trust),
        )
        assert len(one.lines) == len(note.lines)
        assert dict(read_head(one, log=log, trust=trust).cosigned) == {**dict(before.cosigned), ARD: earliest}


# -- proofs of forks ---------------------------------------------------------------------------------------


def forked(world: World, by: PartyCode = ARD) -> ForkFoundError:
    """Another story of a log that Belmar knows, as the auditor brings it."""
    other = twin(world.nodes[by])
    for node, story in ((world.nodes[by], 1), (other, 2)):
        statement = submit.Statement(kind="test.note", members={"story": story})
        submit.submit(node, [statement], clock=world.clock, randomness=world.salts[by])
        publish_head(node)
    import_bundle(world.nodes[BEL], world.export(by))
    told = MemoryBundle()
    export_bundle.export_bundle(other, told, clock=world.clock)
    with pytest.raises(ForkFoundError) as caught:
        import_bundle(world.nodes[BEL], told)
    return caught.value


def test_a_proof_is_no_larger_however_often_keys_changed(tmp_path: Path) -> None:
    world = spoken_world()
    for _ in range(6):
        world.rotate(ARD)
    data = forked(world).proof
    proof = parse_fork_proof(data)
    chain = world.nodes[BEL].trust.chain
    assert chain is not None
    assert proof.trust == (chain.versions[0].data, chain.keys[ARD][-1].data)
    path = tmp_path / "fork.json"
    path.write_bytes(data)
    both_accept(path, trust=[world.founding.trust.fingerprint])


def test_a_proof_across_a_change_of_keys_has_the_two_key_files_that_signed(tmp_path: Path) -> None:
    world = spoken_world()
    other = twin(world.nodes[ARD])
    submit.submit(
        other,
        [submit.Statement(kind="test.note", members={"story": 2})],
        clock=world.clock,
        randomness=world.salts[ARD],
    )
    publish_head(other)
    told = MemoryBundle()
    export_bundle.export_bundle(other, told, clock=world.clock)
    for _ in range(3):
        world.rotate(ARD)
    import_bundle(world.nodes[BEL], world.export(ARD))
    with pytest.raises(ForkFoundError) as caught:
        import_bundle(world.nodes[BEL], told)
    proof = parse_fork_proof(caught.value.proof)
    chain = world.nodes[BEL].trust.chain
    assert chain is not None
    row = chain.keys[ARD]
    assert proof.trust == (chain.versions[0].data, row[0].data, row[-1].data)
    path = tmp_path / "fork.json"
    path.write_bytes(caught.value.proof)
    both_accept(path, trust=[world.founding.trust.fingerprint])


def test_words_on_a_head_do_not_get_into_a_proof(one_key: str, tmp_path: Path) -> None:
    """A friend of the liar fills the head that would convict it."""
    world = spoken_world()
    other = twin(world.nodes[ARD])
    world.say(ARD, 404)
    publish_head(world.nodes[ARD])
    for party in (BEL, AUD):
        import_bundle(world.nodes[party], world.export(ARD))
    _, note = flood(world, AUD, one_key, owner=ARD, holder=BEL, at=world.clock.at)
    assert len(note.to_bytes()) > MAX_NOTE_BYTES
    submit.submit(
        other,
        [submit.Statement(kind="test.note", members={"story": 2})],
        clock=world.clock,
        randomness=world.salts[ARD],
    )
    publish_head(other)
    told = MemoryBundle()
    export_bundle.export_bundle(other, told, clock=world.clock)
    with pytest.raises(ForkFoundError) as caught:
        import_bundle(world.nodes[BEL], told)
    proof = parse_fork_proof(caught.value.proof)
    origin = world.nodes[ARD].log.origin
    assert [line.name for head in (proof.first, proof.second) for line in head.lines] == [origin] * 4
    path = tmp_path / "fork.json"
    path.write_bytes(caught.value.proof)
    both_accept(path, trust=[world.founding.trust.fingerprint])


def test_a_line_of_the_logs_other_keys_spoils_no_proof() -> None:
    """The log asks a witness for its word on a head on which a retired key of its own has a line of rubbish."""
    world = spoken_world()
    origin, old = world.nodes[ARD].log.origin, world.nodes[ARD].trust.log_keys(world.nodes[ARD].log.origin, 1)
    first = world.stores[ARD].checkpoints(origin)[-1]
    head = parse_checkpoint(first.text)
    other = HashTree([b"%d" % number for number in range(head.size + 3)])
    world.rotate(ARD)
    second = Checkpoint(origin=origin, size=other.size, root=other.root())
    lines = Forgery.of(world.export(ARD)).own_lines(ARD, second, world.keys)
    rubbish = [
        NoteLine(name=origin, key_hash=key.note_key.key_hash, signature=line.signature)
        for key, line in zip(old, lines, strict=True)
    ]
    spoiled = Note(text=second.text(), lines=(*rubbish, *lines))
    proof = prove_fork(first, spoiled, tree=other, origin=origin, trust=world.nodes[ARD].trust.files)
    assert proof is not None
    assert verify_fork_proof(proof.to_bytes()).verified


# -- sealed bodies -----------------------------------------------------------------------------------------


def test_sealed_bodies_that_came_on_many_sticks_still_fit_into_a_bundle(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What is left out is left out whole, and the newest stays."""
    world = spoken_world()
    records = world.say(ARD, *range(20), audience=(BEL,))
    publish_head(world.nodes[ARD])
    full = world.export(ARD)
    places = [entry.index for record in records if (entry := world.stores[ARD].find(record))]
    (path,) = (path for path in full.files if path.startswith("sealed/"))
    monkeypatch.setattr(manifest, "MAX_SEALED_BYTES", len(full.files[path]) * 2 // 3)
    for part in (places[:10], places[10:]):
        half = Forgery.of(full)
        for index in part:
            del half.logs[ARD].sealed[index]
        import_bundle(world.nodes[BEL], half.build(ARD, world.keys))
    bundle = world.export(BEL)
    assert refusals(bundle) == []
    width = world.stores[BEL].size(world.nodes[ARD].log.origin)
    whole, carried = (read_pack(one.files[path], count=width) for one in (full, bundle))
    there = [index for index in places if carried[index]]
    assert there == places[-len(there) :]
    assert len(there) > 10
    assert all(carried[index] == whole[index] for index in there)


def test_nobody_seals_more_than_fits_beside_a_tile(monkeypatch: pytest.MonkeyPatch) -> None:
    world = new_world()
    world.say(ARD, 1, 2, audience=(BEL,))
    publish_head(world.nodes[ARD])
    (size,) = (len(data) for path, data in world.export(ARD).files.items() if path.startswith("sealed/"))
    monkeypatch.setattr(submit, "MAX_SEALED_BYTES", size + 2000)
    before = contents(world.stores[ARD])
    with pytest.raises(ServiceError, match=r"sealed bodies from entry 0 on take .* entry 256 has room again"):
        world.say(ARD, 3, audience=(BEL,))
    assert contents(world.stores[ARD]) == before
    world.say(ARD, *range(254))
    world.say(ARD, 3, audience=(BEL,))


# -- heads -------------------------------------------------------------------------------------------------


def many_heads(world: World, by: PartyCode) -> MemoryBundle:
    """The bundle of a party that has signed a head at every size of its log."""
    publish_head(world.nodes[by])
    forged = Forgery.of(world.export(by))
    log, tree = forged.logs[by], HashTree(forged.logs[by].entries)
    for size in range(1, tree.size):
        head = Checkpoint(origin=log.origin, size=size, root=tree.root(size))
        lines = tuple(forged.own_lines(by, head, world.keys))
        log.notes.setdefault(size, Note(text=head.text(), lines=lines))
    return forged.build(by, world.keys)


def test_heads_that_nobody_needs_are_kept_and_not_passed_on() -> None:
    world = new_world()
    world.say(ARD, *range(30))
    flooded = many_heads(world, ARD)
    import_bundle(world.nodes[BEL], flooded)
    origin = world.nodes[ARD].log.origin
    assert len(world.stores[BEL].checkpoints(origin)) == 31
    bundle = world.export(BEL)
    assert refusals(bundle) == []
    assert [seen.checkpoint.size for seen in open_book(bundle).heads[origin].seen] == [0, 30], (
        "every party vouched for the empty log"
    )
    world.say(ARD, 31)
    cosign_heads(world.nodes[BEL], clock=world.clock)
    world.say(BEL, 1)  # it names the head that it has seen
    publish_head(world.nodes[BEL])
    import_bundle(world.nodes[BEL], many_heads(world, ARD))
    assert [seen.checkpoint.size for seen in open_book(world.export(BEL)).heads[origin].seen] == [0, 30, 31]


def test_a_head_that_a_record_names_is_passed_on_whoever_vouched_for_it() -> None:
    world = new_world()
    for figure in (1, 2):
        world.say(ARD, figure)
        publish_head(world.nodes[ARD])
        import_bundle(world.nodes[BEL], world.export(ARD))
        world.say(BEL, figure)
    publish_head(world.nodes[BEL])
    bundle = world.export(BEL)
    assert refusals(bundle) == []
    origin = world.nodes[ARD].log.origin
    assert [seen.checkpoint.size for seen in open_book(bundle).heads[origin].seen] == [0, 1, 2]


@contextmanager
def all_of_them() -> Iterator[None]:
    """An export that passes on every head."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            export_bundle,
            "needed_heads",
            lambda notes, **_: tuple((parse_checkpoint(note.text), note) for note in notes),
        )
        yield


def shows_anything(world: World, party: PartyCode) -> bool:
    """Whether a party has a head over anything: a bundle without a record is none."""
    newest = (world.nodes[party].newest(log.origin) for log in world.founding.trust.logs)
    return any(head is not None and head[0].size for head in newest)


def say(world: World, party: PartyCode, _: PartyCode) -> None:
    world.say(party, 1)


def publish(world: World, party: PartyCode, _: PartyCode) -> None:
    publish_head(world.nodes[party])


def give(world: World, party: PartyCode, to: PartyCode) -> None:
    if party != to and shows_anything(world, party):
        import_bundle(world.nodes[to], world.export(party))


def vouch(world: World, party: PartyCode, _: PartyCode) -> None:
    cosign_heads(world.nodes[party], clock=world.clock)


def wait(world: World, _: PartyCode, to: PartyCode) -> None:
    """Clocks go on, and sometimes back."""
    world.clock.pass_minutes({ARD: 10, BEL: 25, AUD: -12}[to])


Step = Callable[[World, PartyCode, PartyCode], None]
STEPS = st.lists(
    st.tuples(
        st.sampled_from((say, publish, give, give, vouch, wait)),
        st.sampled_from(PARTIES),
        st.sampled_from(PARTIES),
    ),
    min_size=8,
    max_size=25,
)


def shown(bundle: MemoryBundle) -> dict[str, Any]:
    """All that a reader is told of each record, and what a verifier warns of."""
    book = open_book(bundle)
    told: dict[str, Any] = {
        entry.record_id: (book.view(entry, title=""), book.standing(entry)) for entry in book.entries
    }
    return told | {"warnings": verify_bundle(bundle).warnings, "refused": refusals(bundle)}


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps=STEPS)
def test_with_the_needed_heads_a_reader_is_told_the_same_as_with_all(
    steps: list[tuple[Step, PartyCode, PartyCode]],
) -> None:
    world = new_world()
    world.say(ARD, 400)
    publish_head(world.nodes[ARD])
    for step, party, to in steps:
        step(world, party, to)
    for party in PARTIES:
        if shows_anything(world, party):
            few = world.export(party)
            with all_of_them():
                every = world.export(party)
            assert few.files.keys() <= every.files.keys()
            assert shown(few) == shown(every)
