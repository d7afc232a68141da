"""Gossip: every bundle carries the newest heads of all logs, and a log shown in two ways is found out."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from assessment.fictional import ARD, BEL, CAR
from counterseal.log.checkpoint import parse_checkpoint
from counterseal.log.note import MAX_LINES, Note, NoteLine, parse_note, sign_note
from counterseal.records.fork import verify_fork_proof
from counterseal.records.manifest import log_folder
from counterseal.records.verification.heads import read_head
from counterseal.records.verification.verify import verify_bundle
from counterseal.services.ask_witness import make_request
from counterseal.services.checkpointing import publish_head
from counterseal.services.errors import BundleRefusedError, ForkFoundError, TrustForkError
from counterseal.services.exchange import import_with_evidence
from counterseal.services.import_bundle import import_bundle
from counterseal.services.memory_bundle import MemoryBundle
from counterseal.services.witness import cosignatures, witness_request
from counterseal.terms.parties import PartyCode
from strategies.forgery import Forgery
from strategies.sticks import AUD, MONDAY, Sticks, meet, origins, record_in
from strategies.verdicts import both_accept
from strategies.worlds import contents


def head_path(world: Sticks, party: PartyCode) -> str:
    return f"logs/{log_folder(world.nodes[party].log.origin)}/checkpoint"


def test_a_bundle_carries_the_newest_head_of_every_log_with_every_word_on_it() -> None:
    """Carvia never met Ardania; what Ardania said, and who vouched for it, reaches it by way of Belmar."""
    world = meet()
    world.declare(ARD, 400)
    stick = world.stick(ARD, BEL, AUD)
    world.take(AUD, stick)
    world.take(BEL, stick)
    world.carry(AUD, BEL)
    world.carry(BEL, CAR)
    for party in (ARD, AUD, BEL):
        origin = world.nodes[party].log.origin
        held, theirs = world.stores[BEL].checkpoints(origin), world.stores[CAR].checkpoints(origin)
        assert held[-1].text == theirs[-1].text
    note = world.stores[CAR].checkpoints(world.nodes[ARD].log.origin)[-1]
    assert {line.name for line in note.lines} == {
        f"lake.example/{name}" for name in ("ard/log", "aud/witness", "bel/witness", "car/witness")
    }


def two_faced() -> tuple[Sticks, Sticks]:
    """Carvia, with one set of keys, tells Ardania one story and Belmar another."""
    to_ardania, to_belmar = meet(), meet()
    for world, receiver, figure in ((to_ardania, ARD, 200), (to_belmar, BEL, 999)):
        world.declare(CAR, figure)
        world.carry(CAR, receiver)
        world.declare(CAR, figure + 1)
        world.carry(CAR, receiver)
    return to_ardania, to_belmar


def test_two_that_were_told_two_stories_find_out_at_the_first_stick_between_them(tmp_path: Path) -> None:
    to_ardania, to_belmar = two_faced()
    stick = to_ardania.stick(ARD, BEL)
    before = record_in(to_belmar.stores[BEL], origins(to_belmar))
    with pytest.raises(ForkFoundError, match=r"lake\.example/car/log has another history") as caught:
        to_belmar.take(BEL, stick)
    assert record_in(to_belmar.stores[BEL], origins(to_belmar)) == before
    assert verify_fork_proof(caught.value.proof).verified
    path = tmp_path / "fork.json"
    path.write_bytes(caught.value.proof)
    for verdict in both_accept(path, trust=[to_belmar.founding.trust.fingerprint]):
        assert verdict.document["origin"] == "lake.example/car/log"
    kept = to_belmar.stores[BEL].evidence()
    assert [data for _, data in kept] == [caught.value.proof], "the proof outlives the stick"
    with pytest.raises(ForkFoundError):
        to_belmar.take(BEL, stick)
    assert to_belmar.stores[BEL].evidence() == kept, "once, however often it is shown"


def test_a_split_view_is_found_through_a_fourth_that_only_carries() -> None:
    to_ardania, to_belmar = two_faced()
    to_ardania.carry(ARD, AUD)
    with pytest.raises(ForkFoundError) as caught:
        to_belmar.take(BEL, to_ardania.stick(AUD, BEL))
    assert verify_fork_proof(caught.value.proof).verified


def test_a_fork_that_only_a_cosignature_remembers_is_refused() -> None:
    """Belmar vouched for a head on request, without its entries; the stick then shows another history."""
    to_ardania, to_belmar = meet(), meet()
    to_ardania.declare(CAR, 200)
    to_belmar.declare(CAR, 999)
    asked = make_request(to_belmar.nodes[CAR], old_size=0)
    done = witness_request(to_belmar.nodes[BEL], asked.to_bytes(), clock=to_belmar.clocks[BEL])
    assert done.decision.accepted
    before = contents(to_belmar.stores[BEL])
    with pytest.raises(ForkFoundError, match="than under a head that this node cosigned") as caught:
        import_bundle(to_belmar.nodes[BEL], to_ardania.stick(CAR, BEL))
    assert verify_fork_proof(caught.value.proof).verified
    assert contents(to_belmar.stores[BEL]) == before


def junk(number: int) -> NoteLine:
    return NoteLine(name=f"stranger.example/{number}", key_hash=bytes(4), signature=bytes(72))


def with_lines(
    world: Sticks, bundle: MemoryBundle, party: PartyCode, lines: tuple[NoteLine, ...]
) -> MemoryBundle:
    """The bundle with other lines on the newest head of a log, signed anew by its sender."""
    forgery = Forgery.of(bundle)
    log = forgery.log(party)
    size = max(log.notes)
    log.notes[size] = replace(log.notes[size], lines=lines)
    return forgery.build(ARD, world.founding.keys)


def test_lines_of_nobodys_keys_go_no_further() -> None:
    """A carrier who fills a head with them would leave no room for those who vouch for it."""
    world = meet()
    world.declare(ARD, 400)
    bundle = world.stick(ARD, BEL)
    own = parse_note(bundle.files[head_path(world, ARD)]).lines
    filled = with_lines(world, bundle, ARD, (*own, *map(junk, range(MAX_LINES - len(own)))))
    assert len(parse_note(filled.files[head_path(world, ARD)]).lines) == MAX_LINES
    world.take(BEL, filled)
    (_, note) = world.stores[BEL].checkpoints(world.nodes[ARD].log.origin)
    assert {line.name for line in note.lines} == {"lake.example/ard/log", "lake.example/bel/witness"}
    world.carry(BEL, CAR)
    assert world.stores[CAR].size(world.nodes[ARD].log.origin) == 1


def test_half_a_word_does_not_keep_the_place_of_the_whole_one() -> None:
    """Belmar vouched twice for one head. Of the first word a carrier cuts one line of the two."""
    world = meet()
    world.declare(ARD, 400)
    world.carry(ARD, BEL)
    bundle = world.stick(ARD, CAR)
    note = parse_note(bundle.files[head_path(world, ARD)])
    head = parse_checkpoint(note.text)
    first, second = (
        cosignatures(world.nodes[BEL], head, at=MONDAY + timedelta(hours=hours)) for hours in (1, 2)
    )
    half = with_lines(world, bundle, ARD, (*note.lines, first[0]))
    whole = with_lines(world, bundle, ARD, (*note.lines, *second))
    for stick in (half, whole):
        world.take(CAR, stick, receipts=False)
    kept = world.stores[CAR].checkpoints(head.origin)[-1]
    seen = read_head(kept, log=world.nodes[ARD].log, trust=world.founding.trust)
    assert dict(seen.cosigned)[BEL] == MONDAY + timedelta(hours=2)


def test_a_head_signed_by_its_log_alone_settles_nothing() -> None:
    world = meet()
    world.declare(ARD, 400)
    bundle = world.stick(ARD, BEL)
    import_bundle(world.nodes[BEL], bundle)
    book = world.book(BEL)
    assert [book.state(entry.origin, entry.index)[0] for entry in book.entries] == ["logged"]
    assert not verify_bundle(bundle).verified


def test_two_trust_files_of_one_version_are_kept_side_by_side(monkeypatch: pytest.MonkeyPatch) -> None:
    world = meet()
    world.declare(ARD, 400)
    files = {"held": b"one", "brought": b"another"}

    def forked(*_: object, **__: object) -> None:
        raise TrustForkError("bundle refused: trust fork", files=files)

    monkeypatch.setattr("counterseal.services.exchange.import_bundle", forked)
    with pytest.raises(TrustForkError):
        import_with_evidence(world.nodes[BEL], world.stick(ARD, BEL))
    kept = dict(world.stores[BEL].evidence())
    assert sorted(kept.values()) == [b"another", b"one"]
    assert [name.split(".")[1] for name in sorted(kept)] == ["brought", "held"]


def test_a_head_without_its_entries_never_gets_in() -> None:
    """Heads travel with what is under them: a bundle whose newest head says more than it holds is refused."""
    world = meet()
    world.declare(ARD, 400)
    bundle = world.stick(ARD, BEL)
    world.declare(ARD, 401)
    head = publish_head(world.nodes[ARD])
    line = sign_note(head.text(), world.founding.keys[ARD].working.log, name=head.origin)
    bundle.files[head_path(world, ARD)] = Note(text=head.text(), lines=(line,)).to_bytes()
    assert parse_checkpoint(head.text()).size == 2
    before = contents(world.stores[BEL])
    with pytest.raises(BundleRefusedError):
        import_bundle(world.nodes[BEL], bundle)
    assert contents(world.stores[BEL]) == before
