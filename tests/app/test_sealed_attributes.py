"""Every attribute through the real closed room, pulses before all: what is decided outside must be decided inside."""

import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from counterseal.app.sealed import Program, SealedProcess, SystemMonotonicClock
from counterseal.barrier.answers import encode_answer
from counterseal.barrier.decide import decide
from counterseal.barrier.wire import Request, Role, RoomInput
from counterseal.terms.outcomes import MeasurementOutcome
from program import Program as CommandLine
from strategies.fixed_requests import FIXED, plutonium_mass
from strategies.sealed_runs import Released, look, side_by_side
from strategies.sealing import require_sealing

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="rooms are closed on Linux alone")

REAL = SealedProcess(clock=SystemMonotonicClock(), program=Program())
HOLD_NS = 2_000_000_000
"""Longer than for the built-in example: some of these decide for a tenth of a second on a machine at rest."""
CONFIRMED, NOT_CONFIRMED, NO_DECISION, MALFUNCTION = MeasurementOutcome


def with_item(request: Request, item: bytes) -> Request:
    inputs = tuple(each for each in request.inputs if each.role is not Role.ITEM)
    return replace(request, inputs=(*inputs, RoomInput(role=Role.ITEM, data=item)))


def of_pulses() -> dict[str, tuple[Request, MeasurementOutcome]]:
    mass = plutonium_mass()
    (item,) = mass.of(Role.ITEM)
    return {
        "mass above": (mass, CONFIRMED),
        "mass below": (plutonium_mass(grams=50), NOT_CONFIRMED),
        "neutrons": (FIXED["neutron-presence"](), CONFIRMED),
        "half a list": (with_item(mass, item[: len(item) // 2]), MALFUNCTION),
    }


def more_of_pulses() -> dict[str, tuple[Request, MeasurementOutcome]]:
    mass, neutrons = plutonium_mass(), FIXED["neutron-presence"]()
    (item,), (place,) = mass.of(Role.ITEM), mass.of(Role.BACKGROUND)
    flipped = item[:5000] + bytes([item[5000] ^ 1]) + item[5001:]
    return {
        "empty place for an item": (with_item(mass, place), NO_DECISION),
        "no neutrons": (with_item(neutrons, place), NOT_CONFIRMED),
        "report": (FIXED["plutonium-mass, report"](), CONFIRMED),
        "one byte off": (with_item(mass, flipped), MALFUNCTION),
    }


def released(requests: list[Request]) -> list[Released]:
    """Run four at once: each computes, beside waiting for its tick."""
    runs = [(REAL, request) for request in requests]
    return [one for at in range(0, len(runs), 4) for one in side_by_side(runs[at : at + 4], hold_ns=HOLD_NS)]


def check(asked: dict[str, tuple[Request, MeasurementOutcome]]) -> None:
    """Run requests, and check that each comes to its outcome, with the token of it."""
    runs = released([request for request, _ in asked.values()])
    outcomes = {name: run.answer.outcome for name, run in zip(asked, runs, strict=True)}
    assert outcomes == {name: outcome for name, (_, outcome) in asked.items()}
    for (request, _), run in zip(asked.values(), runs, strict=True):
        assert run.answer.token == request.token(run.answer.outcome)
    for outcome in set(outcomes.values()):
        group = [run for run in runs if run.answer.outcome is outcome]
        assert len({(run.answer, run.waits_ns) for run in group}) == 1


def test_lists_of_pulses_are_decided_in_the_room() -> None:
    require_sealing()
    check(of_pulses())


@pytest.mark.soak
def test_other_lists_of_pulses_are_decided_in_the_room() -> None:
    require_sealing()
    check(more_of_pulses())


@pytest.mark.soak
def test_every_attribute_is_decided_in_the_room_as_outside() -> None:
    require_sealing()
    requests = [make() for make in FIXED.values()]
    for request, run in zip(requests, released(requests), strict=True):
        assert run.answer.outcome is decide(request).outcome


@pytest.mark.soak
def test_lists_of_pulses_of_one_outcome_look_the_same_to_the_parent(tmp_path: Path) -> None:
    require_sealing()
    many, few = (FIXED[name]() for name in ("plutonium-mass, one cycle", "neutron-presence"))
    first, second = (
        replace(look(REAL.program, request, folder=tmp_path, hold_ns=HOLD_NS), after_the_tick_ns=0)
        for request in (many, few)
    )
    assert first == second
    assert first.stdout == encode_answer(many, outcome=CONFIRMED)
    assert not first.before_the_tick


def test_a_list_of_pulses_is_measured_from_the_command_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    require_sealing()
    request = plutonium_mass()
    files = {"protocol.json": request.protocol, "place.zip": request.of(Role.BACKGROUND)[0]}
    for name, data in (files | {"item.zip": request.of(Role.ITEM)[0]}).items():
        (tmp_path / name).write_bytes(data)
    ran = CommandLine(capsys, monkeypatch)(
        *("barrier", "run", tmp_path / "protocol.json", "--item", tmp_path / "item.zip"),
        *("--background", tmp_path / "place.zip", "--json"),
    )
    assert (ran.code, ran.err) == (0, "")
    said = json.loads(ran.out)
    assert (said["outcome"], said["attempt"]) == ("confirmed", 1)
