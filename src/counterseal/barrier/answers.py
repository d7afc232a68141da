"""The one message that comes out of the closed room: 64 bytes, of which only the outcome is free.

An answer is, with integers big-endian::

    magic "CSBA" · version 1 [1] · outcome [1] · health [1] · zero [1] · attempt [8] · token [32] · zero [16]

For a given request there are exactly four byte strings that are an answer, one an outcome: the health
follows from the outcome, the attempt is that of the request, and the token is the one that both parties
committed to beforehand. Whoever receives an answer makes the four itself and compares; so two bits
come out, whatever the code in the room would like to say.
"""

import struct
from dataclasses import dataclass
from enum import StrEnum

from counterseal.barrier.errors import BarrierError
from counterseal.barrier.wire import OUTCOMES, Request
from counterseal.terms.outcomes import MeasurementOutcome

ANSWER_BYTES = 64

_MAGIC = b"CSBA"
_VERSION = 1
_ANSWER = struct.Struct(">4sBBBxQ32s16x")


class Health(StrEnum):
    """Whether the equipment worked. It says nothing about the item that the outcome does not say."""

    WELL = "well"
    """The room was closed in every way that is known."""
    REDUCED = "reduced"
    """The room was closed by the filter alone: this machine refuses namespaces. Known before any secret."""
    FAULT = "fault"
    """The outcome is malfunction, and then always."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What leaves the barrier.

    Attributes:
        outcome: One of four.
        health: Follows from the outcome, and from what was known before the secrets came in.
        attempt: Number of the attempt, echoed from the request.
        token: The one-time token of this outcome [32 bytes].
    """

    outcome: MeasurementOutcome
    health: Health
    attempt: int
    token: bytes


def make_answer(request: Request, *, outcome: MeasurementOutcome, room: Health = Health.WELL) -> Answer:
    """Return the answer to a request.

    Args:
        request: What was asked.
        outcome: What was decided.
        room: How well the room was closed, as known before the request went in.
    """
    fault = outcome is MeasurementOutcome.MALFUNCTION
    return Answer(
        outcome=outcome,
        health=Health.FAULT if fault else room,
        attempt=request.attempt,
        token=request.token(outcome),
    )


def encode_answer(request: Request, *, outcome: MeasurementOutcome) -> bytes:
    """Return the 64 bytes that answer a request with an outcome; there are no others."""
    fault = outcome is MeasurementOutcome.MALFUNCTION
    return _ANSWER.pack(
        _MAGIC, _VERSION, OUTCOMES.index(outcome), int(fault), request.attempt, request.token(outcome)
    )


def parse_answer(data: bytes, *, request: Request) -> MeasurementOutcome:
    """Return the outcome of an answer to ``request``.

    Raises:
        BarrierError: the bytes are none of the four answers to this request. The message does not say
            what they were.
    """
    for outcome in OUTCOMES:
        if data == encode_answer(request, outcome=outcome):
            return outcome
    raise BarrierError("answer: is none of the four that this request can have")
