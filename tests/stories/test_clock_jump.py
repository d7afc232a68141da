"""One machine's clock jumps by ten years, either way: nothing is lost, nothing false is accepted, and it shows."""

import ast
from datetime import date, timedelta

import pytest

from assessment.fictional import ARD, BEL, CAR
from counterseal.records.verification.verify import verify_bundle
from counterseal.services.exchange import Taken
from counterseal.services.node_status import node_status
from counterseal.terms.parties import PartyCode
from strategies.sticks import AUD, EVERYBODY, MONDAY, Sticks, meet, origins, record_in
from strategies.worlds import contents

TEN_YEARS = timedelta(days=3652)
FORWARD, BACK = TEN_YEARS, -TEN_YEARS
JUMPS = pytest.mark.parametrize("jump", [FORWARD, BACK], ids=["forward", "back"])


def jumped(jump: timedelta) -> tuple[Sticks, str, Taken]:
    """Ardania's clock jumps between two declarations; Belmar takes the second."""
    world = meet()
    world.declare(ARD, 400, as_of=date(2030, 1, 31))
    world.rounds()
    world.clocks[ARD].off = jump
    record = world.declare(ARD, 401)
    return world, record, world.carry(ARD, BEL)


@JUMPS
def test_nothing_that_was_acknowledged_is_lost_and_everybody_still_ends_with_one_record(
    jump: timedelta,
) -> None:
    world = meet()
    world.declare(ARD, 400)
    world.rounds()
    before = record_in(world.stores[ARD], origins(world), shared=True)
    world.clocks[ARD].off = jump
    world.declare(ARD, 401)
    world.declare(BEL, 300)
    world.rounds()
    records = [record_in(world.stores[party], origins(world), shared=True) for party in EVERYBODY]
    assert all(record == records[0] for record in records[1:])
    for origin in origins(world):
        entries, _, heads = before[origin]
        now, _, heads_now = records[0][origin]
        assert now[: len(entries)] == entries
        assert heads.keys() <= heads_now.keys()
    result = verify_bundle(world.stick(BEL))
    assert result.verified, [check for check in result.checks if not check.held]
    assert world.nodes[ARD].trust is world.founding.trust


@JUMPS
def test_whoever_takes_the_next_stick_is_warned(jump: timedelta) -> None:
    _, record, taken = jumped(jump)
    about = [text for text in taken.warnings if text.startswith(record)]
    assert about
    claimed = (MONDAY + jump).year
    assert f"claims {claimed}-" in about[0]
    if jump is FORWARD:
        assert "this machine's clock stands at 2030-" in about[0]
    else:
        assert "of its predecessor" in about[0]
        assert "but builds on a checkpoint of 2030-" in about[1]


@JUMPS
def test_the_interval_of_the_record_shows_that_its_claim_does_not_fit(jump: timedelta) -> None:
    world, record, _ = jumped(jump)
    time = world.book(BEL).interval(record)
    assert not time.claim_fits
    assert time.not_before is not None
    assert time.not_after is not None
    assert time.not_before.year == time.not_after.year == 2030, (
        "bounded by the others' clocks, whatever it says"
    )
    assert time.not_before <= time.not_after


@JUMPS
def test_the_status_of_both_names_the_clock(jump: timedelta) -> None:
    world, _, _ = jumped(jump)
    wrong = {
        party: [
            text
            for text in node_status(world.nodes[party], clock=world.clocks[party]).warnings
            if "one of the two clocks is wrong" in text
        ]
        for party in (ARD, BEL)
    }
    behind, ahead = (BEL, ARD) if jump is FORWARD else (ARD, BEL)
    assert wrong[behind], "its own clock is behind what the record says"
    assert not wrong[ahead]


@JUMPS
@pytest.mark.parametrize("witness", [ARD, CAR])
def test_a_witness_with_a_wrong_clock_makes_no_late_declaration_timely(
    jump: timedelta, witness: PartyCode
) -> None:
    """Belmar receives it long after it was due; somebody vouches for that receipt, by a clock ten years off.

    Ardania, whose declaration it is, is no alibi for itself: its word does not count here.
    """
    world = meet()
    world.declare(ARD, 399, as_of=date(2030, 1, 31))
    world.rounds()
    world.pass_time(days=120)
    world.declare(CAR, 201, as_of=date(2030, 2, 1))
    world.carry(CAR, BEL)
    record = world.declare(ARD, 400, as_of=date(2030, 8, 1))
    world.carry(ARD, BEL)
    world.clocks[witness].off = jump
    world.carry(BEL, witness)
    found = ast.literal_eval(world.findings(witness, as_of=date(2031, 3, 1)).decode())["findings"]
    timely = [
        each
        for each in found
        if each["check"] == "provided-in-time" and record in each["records"] and "4.30" in each["clause"]
    ]
    assert {each["party"] for each in timely} == {"ARD"}
    misled = jump is BACK and witness is not ARD
    assert {each["outcome"] for each in timely} == {"inconclusive" if misled else "overdue"}
    if misled:
        assert "one of their clocks is wrong" in timely[0]["reasons"][0]


@JUMPS
def test_a_machine_whose_clock_jumped_still_refuses_what_it_must(jump: timedelta) -> None:
    world, _, _ = jumped(jump)
    world.clocks[BEL].off = jump
    bundle = world.stick(ARD, BEL)
    path = next(path for path in bundle.files if "/tile/entries/" in path)
    bundle.files[path] = bundle.files[path][:-1] + bytes((bundle.files[path][-1] ^ 1,))
    before = contents(world.stores[BEL])
    with pytest.raises(Exception, match="bundle refused: "):
        world.take(BEL, bundle)
    assert contents(world.stores[BEL]) == before


def test_a_clock_that_goes_back_makes_no_head_go_back() -> None:
    """Sizes and roots go forward; time is only ever a word beside them."""
    world = meet()
    world.declare(ARD, 400)
    world.rounds()
    size = world.stores[AUD].size(world.nodes[ARD].log.origin)
    world.clocks[AUD].off = BACK
    world.declare(ARD, 401)
    world.carry(ARD, AUD)
    newest = world.nodes[AUD].newest(world.nodes[ARD].log.origin)
    assert newest is not None
    assert newest[0].size > size
