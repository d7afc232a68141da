"""Decide the requests on standard input and write down all of each answer; run by any Python that has NumPy, no other package.

Each request is on the wire, after its length in 4 bytes. Each line of output is a JSON list: the 64 bytes of
the answer, then the reason, then name and floats, in hexadecimal to the last bit, of each figure.
"""

import json
import sys
import warnings
from collections.abc import Iterator

from counterseal.barrier.answers import encode_answer
from counterseal.barrier.decide import decide, prepared, read_measured
from counterseal.barrier.integer_ratio import IntegerRatioSettings, integer_plutonium_ratio
from counterseal.barrier.protocol import read_protocol
from counterseal.barrier.wire import Request, encode_request, parse_request
from counterseal.measurement.spectrum import Spectrum


def behind(request: Request) -> list[str]:
    """Return the answer to a request, and what it rests on."""
    found = decide(request)
    figures = [
        " ".join([one.name, *(part.hex() for part in (one.estimate, one.statistical, one.systematic))])
        for one in found.figures
    ]
    answer = encode_answer(request, outcome=found.outcome).hex()
    return [answer, found.outcome.value, found.reason, *figures, *_in_whole_numbers(request)]


def _in_whole_numbers(request: Request) -> Iterator[str]:
    """Yield what the second implementation finds, where one is asked."""
    ready = prepared(read_protocol(request.protocol))
    for question in ready.questions:
        (item, *_) = read_measured(request, protocol=ready.protocol).items
        if isinstance(question.cross_check, IntegerRatioSettings) and isinstance(item, Spectrum):
            found = integer_plutonium_ratio(item.counts.tolist(), settings=question.cross_check)
            yield f"integers {found.reason} {found.ratio} {found.uncertainty}"


def main() -> None:
    warnings.simplefilter("error")
    while head := sys.stdin.buffer.read(4):
        data = bytearray(sys.stdin.buffer.read(int.from_bytes(head, "big")))
        request, deadline_ns = parse_request(data)
        assert encode_request(request, deadline_ns=deadline_ns) == data
        sys.stdout.write(json.dumps(behind(request)) + "\n")


if __name__ == "__main__":
    main()
