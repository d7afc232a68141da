"""Token parts on their way to the device have one spelling: a file that can be read in two ways is refused."""

import json
from collections.abc import Callable

import pytest

from counterseal.app.bootstrap import SeededRandomness
from counterseal.barrier.errors import BarrierError
from counterseal.barrier.tokens import PartsFile, make_parts, read_parts_file

FILE = PartsFile(
    attempt="ab" * 32, party="ARD", parts=make_parts(SeededRandomness(seed=1, name="parts"))
).to_bytes()


def test_what_was_written_is_read() -> None:
    assert read_parts_file(FILE, where="parts.json").to_bytes() == FILE


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data.replace(b'","', b'", "', 1),
        lambda data: data[:-1],
        lambda data: data + b"\n",
        lambda data: json.dumps(json.loads(data), indent=1).encode(),
        lambda data: data.replace(b'"party":"ARD"', b'"party":"BEL","party":"ARD"'),
        lambda data: data.replace(b'"ARD"', b"7"),
        lambda data: data.replace(b'"parts":{"confirmed":"', b'"parts":{"confirmed":" '),
    ],
    ids=["blank", "no end", "two ends", "lines", "twice", "number", "blank in digits"],
)
def test_any_other_spelling_is_refused_and_nothing_of_it_is_shown(change: Callable[[bytes], bytes]) -> None:
    with pytest.raises(BarrierError, match=r"parts\.json: its bytes are not the one spelling") as refused:
        read_parts_file(change(FILE), where="parts.json")
    assert json.loads(FILE)["parts"]["confirmed"][:8] not in str(refused.value)
