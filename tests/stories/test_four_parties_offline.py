"""Three States and an auditor; Belmar and Carvia are offline for a week, and everybody keeps writing.

Then they meet, in several orders, with a stick that is lost and one that comes twice: everybody ends with the
same record, nothing of anybody's is lost or altered, and what contradicts stands side by side.
"""

import ast
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import permutations
from pathlib import Path

import pytest

from assessment.fictional import ARD, BEL, CAR
from counterseal.records.countersignature import KIND as COUNTERSIGNATURE
from counterseal.records.verification.verify import verify_bundle
from counterseal.services.disputes import Case
from counterseal.services.exchange_status import Sent
from counterseal.services.export_bundle import export_bundle
from counterseal.services.memory_bundle import MemoryBundle
from counterseal.services.node_status import node_status
from counterseal.services.ports import StoredEntry
from counterseal.terms.parties import PartyCode
from strategies.sticks import AUD, EVERYBODY, PERIOD_END, Sticks, meet, origins, record_in
from strategies.verdicts import both_accept, write_folder

ONLINE = (ARD, AUD)
DAYS = 7
EARLIER = date(2030, 1, 31)
LAST_DAY = date(2030, 8, 20)


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """The world when the week is over, what is contrary in it, and what each party had written by then."""

    world: Sticks
    written: dict[PartyCode, list[StoredEntry]]
    own: str
    again: str
    copied: str
    objection: str


def a_week_apart() -> Week:
    """Everybody meets once; then two stay apart, and all four write every day."""
    world = meet()
    base = world.declare(ARD, 380, as_of=EARLIER)
    world.rounds(3)
    own = again = copied = objection = ""
    for day in range(DAYS):
        world.pass_time(days=1)
        if day == 1:
            own, copied = world.declare(ARD, 400), world.declare(BEL, 450, of=ARD)
        elif day == 3:
            world.declare(BEL, 300)
            world.declare(CAR, 210)
        elif day == 5:
            again = world.declare(CAR, 260)
            objection = world.object_to(BEL, base, "two silos were not counted")
        for party in EVERYBODY:
            world.declare(party, day, as_of=date(2031, 1, 1 + day)) if party != AUD else world.declare(
                AUD, day, of=ARD, as_of=date(2031, 1, 1 + day)
            )
        for sender, receiver in (ONLINE, ONLINE[::-1]):
            world.carry(sender, receiver)
    written = {party: list(world.stores[party].entries(world.nodes[party].log.origin)) for party in EVERYBODY}
    return Week(world=world, written=written, own=own, again=again, copied=copied, objection=objection)


def merge(world: Sticks, order: tuple[PartyCode, ...]) -> None:
    """They come together one after another. The first stick of each is lost; one comes twice, and late."""
    for sender in order:
        others = [party for party in EVERYBODY if party != sender]
        world.pass_time(hours=1)
        for receiver in others:
            world.stick(sender, receiver)  # lost
        late = world.stick(sender, others[0])
        for receiver in others:
            world.carry(sender, receiver)
        world.take(others[0], late)
        world.take(others[0], late)
    world.rounds(3)


ORDERS = {"".join(code[:2] for code in order): order for order in permutations((ARD, BEL, CAR, AUD))}
TRIED = ("ARBECAAU", "CABEAUAR", "BEARCAAU", "AUARCABE")


@lru_cache(maxsize=4)
def merged(name: str) -> Week:
    """The week, and everybody met again in that order: to be read, never changed."""
    week = a_week_apart()
    merge(week.world, ORDERS[name])
    return week


def test_apart_they_hold_different_records() -> None:
    world = a_week_apart().world
    assert len({str(record_in(world.stores[party], origins(world))) for party in EVERYBODY}) > 2


@pytest.mark.parametrize("name", TRIED)
def test_everybody_ends_with_the_same_record_whatever_the_order(name: str, tmp_path: Path) -> None:
    week = merged(name)
    world = week.world

    # The same record everywhere: heads, who signed them, entries, openings, trust; and the same findings.
    records = [record_in(world.stores[party], origins(world), shared=True) for party in EVERYBODY]
    assert all(record == records[0] for record in records[1:])
    findings = {world.findings(party, as_of=LAST_DAY) for party in EVERYBODY}
    assert len(findings) == 1

    # Nothing was lost or altered: every log begins with what its party wrote while it was alone.
    for party, written in week.written.items():
        origin = world.nodes[party].log.origin
        for other in EVERYBODY:
            kept = list(world.stores[other].entries(origin, 0, len(written)))
            assert [entry.envelope for entry in kept] == [entry.envelope for entry in written]
            assert [entry.opening for entry in kept] == [entry.opening for entry in written]
    held = {entry.record_id for entry in world.book(CAR).entries}
    assert set(world.said) <= held

    # All of it is settled, and both verifiers agree.
    bundle = MemoryBundle()
    export_bundle(world.nodes[BEL], bundle, clock=world.clocks[BEL], numbered=False)
    assert verify_bundle(bundle).verified
    both_accept(write_folder(bundle, tmp_path / "bundle"), trust=[world.founding.trust.fingerprint])


def test_contrary_entries_stand_side_by_side_and_no_last_writer_wins() -> None:
    week = merged(TRIED[0])
    world = week.world
    shown = [node_status(world.nodes[party], clock=world.clocks[party]).cases for party in EVERYBODY]
    assert all(cases == shown[0] for cases in shown[1:]), "everybody sees the same cases"
    assert {week.own, week.copied} == voices(shown[0], lambda case: f"of ARD for {PERIOD_END}" in case.about)
    twice = voices(shown[0], lambda case: f"of CAR for {PERIOD_END}" in case.about)
    assert week.again in twice
    assert len(twice) == 2, "Carvia's first figure was not replaced by its second"
    assert week.objection in voices(shown[0], lambda case: "objects: two silos" in case.voices[-1].says)


def voices(cases: tuple[Case, ...], wanted: Callable[[Case], bool]) -> set[str]:
    return {voice.record_id for case in cases if wanted(case) for voice in case.voices}


def test_an_assessment_takes_a_partys_own_word_and_chooses_between_no_two_of_them() -> None:
    world = merged(TRIED[1]).world
    found = ast.literal_eval(world.findings(ARD, as_of=LAST_DAY).decode())["findings"]
    text = " ".join(reason for finding in found for reason in finding["reasons"])
    assert f"Carvia has 210 and 260 launchers on record for {PERIOD_END}; none of them is chosen here" in text
    assert f"Ardania declared 400 launchers for {PERIOD_END}" in text
    assert "450 launchers" not in text, (
        "a copy does not contest its party's own word; it stands on the record as a case"
    )
    objections = [
        entry.statement
        for entry in world.book(AUD).entries
        if entry.header.kind == COUNTERSIGNATURE and (entry.statement or {}).get("meaning") == "objects"
    ]
    assert [said["note"] for said in objections if said] == ["two silos were not counted"]


def test_every_lost_stick_shows_at_its_sender_and_at_its_receiver() -> None:
    world = merged(TRIED[0]).world
    for sender in EVERYBODY:
        for exchange in node_status(world.nodes[sender], clock=world.clocks[sender]).exchanges:
            lost = [bundle.sequence for bundle in exchange.in_state(Sent.OVERTAKEN)]
            theirs = node_status(world.nodes[exchange.party], clock=world.clocks[exchange.party]).exchanges
            (back,) = (one for one in theirs if one.party == sender)
            (came,) = back.came
            never = [number for first, last in came.missing for number in range(first, last + 1)]
            assert lost == never, (sender, exchange.party)
            assert len(lost) == 1


def test_a_week_apart_shows_in_what_is_waited_for() -> None:
    """Nobody who is away can be taken to have agreed: the record waits, and says for whom."""
    world = a_week_apart().world
    found = node_status(world.nodes[ARD], clock=world.clocks[ARD])
    own = next(log for log in found.logs if log.log.party == ARD)
    assert {one.side.parties for one in own.awaited} >= {(BEL,), (CAR,)}
    assert own.logged > 0
    assert own.settled < own.records
    theirs = next(log for log in found.logs if log.log.party == BEL)
    assert theirs.last_sign is not None
    assert (found.at - theirs.last_sign).days >= DAYS
