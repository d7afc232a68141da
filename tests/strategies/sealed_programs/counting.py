"""A closed room that decides, really, whether net counts are above a threshold (Currie's critical limit).

The protocol is ``b"<threshold in counts>"``; each input is decimal counts, one a line.
"""

import math
from dataclasses import dataclass
from fractions import Fraction

from counterseal.barrier.closed_room import serve
from counterseal.barrier.wire import Request, Role, RoomInput
from counterseal.terms.outcomes import MeasurementOutcome


@dataclass(frozen=True)
class Decided:
    outcome: MeasurementOutcome


def _total(data: bytes) -> int:
    counts = [int(line) for line in data.split()]
    if min(counts) < 0:
        raise ValueError(f"a secret text about {counts}")
    return sum(counts)


def decide(request: Request) -> Decided:
    threshold = Fraction(request.protocol.decode())
    gross = sum(_total(data) for data in request.of(Role.ITEM))
    ground = sum(_total(data) for data in request.of(Role.BACKGROUND))
    guard = Fraction(1645, 1000) * Fraction(math.isqrt(10**6 * (gross + ground)), 1000)
    if gross - ground - guard > threshold:
        return Decided(MeasurementOutcome.CONFIRMED)
    if gross - ground + guard < threshold:
        return Decided(MeasurementOutcome.NOT_CONFIRMED)
    return Decided(MeasurementOutcome.NO_DECISION)


def warm_up() -> None:
    decide(Request(attempt=0, protocol=b"10", inputs=(RoomInput(role=Role.ITEM, data=b"1\n2"),)))


if __name__ == "__main__":
    import numpy as np

    assert np.zeros(3).sum() == 0
    serve(decide, warm_up=warm_up)
