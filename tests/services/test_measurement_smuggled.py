"""What the secret of an item can get onto the record through: every field, who fills it in, and how many bits it holds.

The closed room fills in nothing; it chooses one of the answers that were agreed. What the program around it
writes follows from that, from what was there before, and from its own salts and its own clock: whoever holds
the host's program can make these speak, and the page on what the barrier closes says with how many bits.
"""

import re
import sys
from base64 import b64decode
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from functools import partial
from math import ceil, log2
from typing import Any

import pytest

from assessment.fictional import ARD, BEL
from counterseal.barrier.answers import Answer, Health, make_answer
from counterseal.barrier.budget import alphabet, millibits_of
from counterseal.barrier.ledger import Ledger, read_ledger
from counterseal.barrier.protocol import Protocol
from counterseal.barrier.wire import OUTCOMES, Request, Role, RoomInput
from counterseal.log.cosignature import ML_DSA_44_SIGNATURE_BYTES
from counterseal.services.checkpointing import publish_head
from counterseal.services.export_bundle import write_record
from counterseal.services.measurement_alone import AttemptLedger, run_alone
from counterseal.services.measurement_run import let_out
from counterseal.services.memory_bundle import MemoryBundle
from counterseal.terms.outcomes import MeasurementOutcome
from strategies.measurement_protocols import spe
from strategies.measuring import OpenRoom, Site, agreed_protocol
from strategies.sealed_programs.smuggling import WAYS
from strategies.sealed_runs import asking, sealed, side_by_side

CONFIRMED, NOT_CONFIRMED, NO_DECISION, MALFUNCTION = OUTCOMES
HIDDEN = {"no_decision": "as-not-confirmed", "budget_bits": 6}
SECRETS = (0x55, 0xAA)
"""Of these, one has every bit that the other has not."""
ONE_BIT = b"\x01"
WITHOUT_EFFECT = {
    "late answer",
    "early answer",
    "answer and exit status",
    "name of the process",
    "name of memory",
    "flags of the pipe",
    "size of the pipe",
}
"""Ways that are closed without the answer being lost."""


# The closed room, and whatever runs it.


@pytest.mark.skipif(sys.platform != "linux", reason="rooms are closed on Linux alone")
def test_no_way_out_of_the_closed_room_tells_two_secrets_apart() -> None:
    """In a real sealed process: each way is tried with one bit, and comes to what it comes to with all others.

    What it comes to with all others is tried beside this, in the tests of the sealed process.
    """
    runs = side_by_side([(sealed("smuggling"), asking(way.encode(), ONE_BIT)) for way in WAYS])
    for way, run in zip(WAYS, runs, strict=True):
        outcome = CONFIRMED if way in WITHOUT_EFFECT else MALFUNCTION
        rooms = (Health.WELL, Health.REDUCED)
        assert run.answer in {make_answer(asking(b"p"), outcome=outcome, room=room) for room in rooms}, way
    assert len({run.answer for run in runs}) == len({CONFIRMED, MALFUNCTION})


def _asked(protocol: Protocol) -> Request:
    tokens = tuple(bytes(range(place, place + 32)) for place in range(4))
    return Request(
        attempt=3, protocol=protocol.to_bytes(), inputs=(), host_parts=tokens, inspector_parts=tokens[::-1]
    )


TALKING: dict[str, Callable[[Answer, int], Answer]] = {
    "token": lambda said, secret: replace(said, token=bytes([secret]) * 32),
    "one byte of the token": lambda said, secret: replace(said, token=bytes([secret]) + said.token[1:]),
    "number of the attempt": lambda said, secret: replace(said, attempt=secret + 4),
    "outcome": lambda said, secret: replace(said, outcome=OUTCOMES[secret % 4]),
    "health": lambda said, secret: replace(said, health=tuple(Health)[secret % 3]),
    "all": lambda said, secret: Answer(
        outcome=OUTCOMES[secret % 4],
        health=tuple(Health)[secret % 3],
        attempt=secret,
        token=bytes([secret]) * 32,
    ),
}
"""What corrupt code between room and record would say, with eight bits to tell."""


@pytest.mark.parametrize("way", TALKING)
@pytest.mark.parametrize("answer", [{}, {"answer": HIDDEN}], ids=["shown", "hidden"])
def test_whatever_a_runner_says_an_agreed_answer_gets_out_or_a_malfunction(
    way: str, answer: dict[str, Any]
) -> None:
    protocol = agreed_protocol(**answer)
    request = _asked(protocol)
    rooms = (Health.WELL, Health.REDUCED)
    agreed = {make_answer(request, outcome=one, room=room) for one in alphabet(protocol) for room in rooms}
    honest = make_answer(request, outcome=CONFIRMED)
    out = {let_out(TALKING[way](honest, secret), request=request, protocol=protocol) for secret in range(256)}
    assert out <= agreed
    outcomes = {one.outcome for one in out}
    assert ceil(1_000 * log2(len(outcomes))) <= millibits_of(protocol)
    assert outcomes <= set(alphabet(protocol))


# The record.


@dataclass(slots=True)
class Saying(OpenRoom):
    """Says what it likes, whatever it was asked."""

    way: Callable[[Answer, int], Answer] = field(kw_only=True)
    secret: int = field(kw_only=True)

    def run(self, request: Request, *, hold_ns: int, alphabet: tuple[MeasurementOutcome, ...]) -> Answer:
        said = OpenRoom.run(self, request, hold_ns=hold_ns, alphabet=alphabet)
        return self.way(said, self.secret)


def record_of(site: Site, **item: Any) -> dict[str, bytes]:
    """Measure an item, to the inspector's signature, and return every file of the host's whole record.

    ML-DSA signatures of heads are left out: the library makes each with 32 random bytes that nobody can give it.
    """
    site.measured(site.agreed(agreed_protocol()), **item)
    memory = MemoryBundle()
    publish_head(site.world.nodes[ARD])
    write_record(site.world.nodes[ARD], memory)
    return {path: re.sub(RANDOMISED, _unsigned, data) for path, data in memory.files.items()}


RANDOMISED = re.compile(rb"^(\xe2\x80\x94 \S+ )([A-Za-z0-9+/=]{2000,})$", re.MULTILINE)
"""A line of a note with a signature by ML-DSA-44."""


def _unsigned(line: re.Match[bytes]) -> bytes:
    signed = b64decode(line[2], validate=True)
    return line[1] + signed[:-ML_DSA_44_SIGNATURE_BYTES].hex().encode()


LONG = {"height": 3_999_999, "under": 100_000}
"""An item whose file is longer by half."""


@pytest.mark.parametrize(
    ("first", "second", "outcome"),
    [
        ({}, LONG, "confirmed"),
        ({"height": 0}, {"height": 0, "under": 100}, "not-confirmed"),
        ({"time_s": 7}, {"at": 99.25, "time_s": 70_000, **LONG}, "malfunction"),
    ],
)
def test_one_protocol_and_two_secrets_of_one_outcome_give_one_record_byte_for_byte(
    first: dict[str, Any], second: dict[str, Any], outcome: str
) -> None:
    """With given salts and times: nothing of the item but the outcome is in anything that was signed."""
    assert spe(**first) != spe(**second)
    one, other = Site(), Site()
    assert record_of(one, **first) == record_of(other, **second)
    assert [shown.outcome for shown in one.report(BEL).attempts] == [outcome]


@pytest.mark.parametrize("way", ["token", "number of the attempt", "all"])
def test_what_corrupt_code_says_beside_the_outcome_gets_onto_no_record(way: str) -> None:
    said = [Site(room=Saying(way=TALKING[way], secret=secret)) for secret in SECRETS]
    first, second = (record_of(site) for site in said)
    assert first == second
    assert [shown.outcome for shown in said[0].report(BEL).attempts] == ["malfunction"]


@dataclass(slots=True)
class Lines:
    """A ledger in memory."""

    data: bytes = b""

    def read(self) -> Ledger:
        return read_ledger(self.data, where="lines")

    def append(self, line: bytes) -> None:
        self.data += line


def _open(lines: Lines) -> AbstractContextManager[AttemptLedger]:
    return nullcontext(lines)


@pytest.mark.parametrize("way", ["token", "number of the attempt", "all"])
def test_nor_onto_a_ledger_or_into_an_answer_without_a_node(way: str) -> None:
    kept, said = [], []
    for secret in SECRETS:
        lines, room = Lines(), Saying(way=TALKING[way], secret=secret)
        inputs = (RoomInput(role=Role.ITEM, data=spe()),)
        said.append(
            run_alone(agreed_protocol(), item="A-1", inputs=inputs, ledger=partial(_open, lines), runner=room)
        )
        kept.append(lines.data)
    assert kept[0] == kept[1]
    assert [(one.outcome, one.attempt, one.token) for one in said] == [(MALFUNCTION, 1, bytes(32))] * 2


def test_two_outcomes_differ_in_the_outcome_its_token_and_nothing_else() -> None:
    """Not in size, time, order, or in what the records name."""
    sites = (Site(), Site(), Site())
    items: tuple[dict[str, Any], ...] = ({}, {"height": 0}, {"time_s": 7})
    for site, item in zip(sites, items, strict=True):
        site.run(site.countersigned(site.agreed(agreed_protocol())), **item)
    found = [site.desk(ARD).shelf().attempts[0].results[0] for site in sites]
    headers = [replace(entry.header, commit="") for entry, _ in found]
    assert headers[0] == headers[1] == headers[2]
    said = [result.statement() for _, result in found]
    differing = {name for name in said[0] if len({one[name] for one in said}) > 1}
    assert differing == {"outcome", "health", "host_part", "inspector_part", "token"}
    assert len({len(entry.envelope) for entry, _ in found}) == 1
