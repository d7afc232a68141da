"""The sealed process with the code that really decides: the built-in example, through the closed room."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from counterseal.app.sealed import Program, SealedProcess, SystemMonotonicClock
from counterseal.barrier.answers import encode_answer
from counterseal.barrier.example import EXPECTED, example_requests
from counterseal.barrier.wire import Request, Role, RoomInput
from counterseal.measurement.readers import read_spectra
from counterseal.measurement.writers.n42_2012 import write_n42_2012
from counterseal.measurement.writers.spe import write_spe
from counterseal.terms.outcomes import MeasurementOutcome
from strategies.sealed_runs import Released, look, side_by_side

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="rooms are closed on Linux alone")

REAL = SealedProcess(clock=SystemMonotonicClock(), program=Program())
CONFIRMED, MALFUNCTION = MeasurementOutcome.CONFIRMED, MeasurementOutcome.MALFUNCTION


def with_item(request: Request, item: bytes) -> Request:
    inputs = tuple(each for each in request.inputs if each.role is not Role.ITEM)
    return replace(request, inputs=(*inputs, RoomInput(role=Role.ITEM, data=item)))


def stronger(request: Request, *, factor: int) -> Request:
    """Return a request for an item with more of everything, in a file of another form and size."""
    (spectrum,) = read_spectra(request.of(Role.ITEM)[0])
    return with_item(request, write_n42_2012([replace(spectrum, counts=spectrum.counts * factor)]))


def requests() -> dict[str, Request]:
    shows, does_not = example_requests()
    (spectrum,) = read_spectra(does_not.of(Role.ITEM)[0])
    return {
        "shows it": shows,
        "shows it strongly": stronger(shows, factor=1_000_000),
        "does not": does_not,
        "does not, in another form": with_item(does_not, write_spe(spectrum)),
        "no file": with_item(shows, b""),
        "hostile file": with_item(shows, b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"),
        "half a file": with_item(shows, shows.of(Role.ITEM)[0][:900]),
        "no protocol": replace(shows, protocol=b"{}"),
        "no check source": replace(shows, inputs=()),
    }


@pytest.fixture(scope="module")
def answers() -> dict[str, Released]:
    asked = requests()
    return dict(zip(asked, side_by_side([(REAL, request) for request in asked.values()]), strict=True))


def test_the_room_with_the_real_code_closes() -> None:
    assert REAL.probe().closed


def test_each_item_gets_its_outcome(answers: dict[str, Released]) -> None:
    outcomes = {name: run.answer.outcome for name, run in answers.items()}
    assert outcomes == {
        "shows it": EXPECTED[0],
        "shows it strongly": EXPECTED[0],
        "does not": EXPECTED[1],
        "does not, in another form": EXPECTED[1],
        **dict.fromkeys(list(outcomes)[4:], MALFUNCTION),
    }


def test_one_outcome_has_one_answer_at_one_tick(answers: dict[str, Released]) -> None:
    for outcome in {run.answer.outcome for run in answers.values()}:
        group = [run for run in answers.values() if run.answer.outcome is outcome]
        assert len(group) > 1
        assert len({(run.answer, run.waits_ns) for run in group}) == 1


def test_two_items_that_are_confirmed_look_the_same_to_the_parent(tmp_path: Path) -> None:
    shows = example_requests()[0]
    seen = [
        look(REAL.program, request, folder=tmp_path) for request in (shows, stronger(shows, factor=1_000_000))
    ]
    first, second = (replace(run, after_the_tick_ns=0) for run in seen)
    assert first == second
    assert first.stdout == encode_answer(shows, outcome=CONFIRMED)
    assert not first.before_the_tick
