"""Choices read from bytes: whoever gives the bytes steers what is made of them, byte by byte."""

import json
from collections.abc import Sequence
from typing import Any, TypeVar

T = TypeVar("T")

VALUES: tuple[Any, ...] = (
    None,
    True,
    False,
    0,
    1,
    -1,
    2,
    4,
    1000,
    1024,
    2**20,
    2**53 - 1,
    2**53,
    1.5,
    "",
    "A",
    "a",
    "RU",
    "US",
    "AUD",
    "public",
    "author",
    "witness",
    "S1",
    "agreed",
    "objects",
    "é",
    "\n",
    "\u2028",
    "🌍",
    "x" * 65,
    "x" * 201,
    "00" * 32,
    "FF" * 32,
    "2020-01-10T12:00:00Z",
    "2021-02-29T12:00:00Z",
    "2020-01-10T24:00:00Z",
    "2020-01-10T12:00:60Z",
    "0000-01-01T00:00:00Z",
    "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59Z",
    "２020-01-10T12:00:00Z",
    [],
    {},
    [[]],
    ["public"],
    ["RU", "US"],
    ["US", "RU"],
    {"a": 1},
)
"""What a hostile hand would write in the place of something else."""


class NothingLeft(Exception):  # noqa: N818 - no error: the bytes make no bundle
    """There is nothing to choose from any more."""


class Choices:
    """Bytes that are read as choices; where they end, every choice is the first."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    @property
    def ended(self) -> bool:
        """Whether nothing is left to choose from."""
        return self._at >= len(self._data)

    def byte(self) -> int:
        """Return the next byte, or 0."""
        if self.ended:
            return 0
        self._at += 1
        return self._data[self._at - 1]

    def below(self, end: int) -> int:
        """Return a number from 0 to ``end`` − 1."""
        if end <= 1:
            return 0
        number = self.byte() if end <= 256 else self.byte() << 8 | self.byte()
        return number % end

    def pick(self, items: Sequence[T]) -> T:
        """Return one of some items.

        Raises:
            NothingLeft: there is none.
        """
        if not items:
            raise NothingLeft
        return items[self.below(len(items))]

    def chance(self, one_in: int) -> bool:
        """Whether something happens that does not happen where the bytes have ended."""
        return self.below(one_in) == one_in - 1


def text_of(document: Any) -> bytes:
    """Encode without judging: what is outside the profile stays outside it."""
    text = json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "surrogatepass")


def change_document(choices: Choices, document: Any) -> None:
    """Change one place of a JSON document, in place."""
    places = list(_places(document))
    if not places:
        return
    container, key = choices.pick(places)
    act = choices.pick(("set", "step", "drop", "add", "repeat", "swap", "borrow", "text"))
    value = container[key]
    if act == "set":
        container[key] = _copy(choices.pick(VALUES))
    elif act == "step" and type(value) is int:
        container[key] = value + choices.pick((1, -1, 2, -2, 64, 256, 4096))
    elif act == "drop":
        del container[key]
    elif act == "add" and isinstance(container, dict):
        container[choices.pick(("a", "zz", "é", "v"))] = _copy(choices.pick(VALUES))
    elif act in {"add", "repeat"}:
        _repeat(container, key)
    elif act == "swap" and isinstance(container, list) and len(container) > 1:
        container[key], container[key - 1] = container[key - 1], container[key]
    elif act == "borrow":
        other, at = choices.pick(places)
        if at in other if isinstance(other, dict) else at < len(other):
            container[key] = _copy(other[at])
    elif isinstance(value, str):
        container[key] = change_text(choices, value)


def _copy(value: Any) -> Any:
    return json.loads(json.dumps(value))


def _repeat(container: Any, key: Any) -> None:
    if isinstance(container, list):
        container.insert(key, _copy(container[key]))


def _places(node: Any) -> Any:
    if not isinstance(node, dict | list):
        return
    for key, value in list(node.items() if isinstance(node, dict) else enumerate(node)):
        yield node, key
        yield from _places(value)


def change_text(choices: Choices, text: str) -> str:
    """Return a text with a character changed, dropped, doubled or put in."""
    at = choices.below(max(1, len(text)))
    sign = choices.pick('aAzZ09fF .-+/=_:é\u2028\x7f\x00\n"\\🌍')
    return choices.pick(
        (
            text[:at] + sign + text[at + 1 :],
            text[:at] + text[at + 1 :],
            text[:at] + sign + text[at:],
            text.upper(),
            text.lower(),
            text + text,
            text[:at],
        )
    )


def change_bytes(choices: Choices, data: bytes) -> bytes:
    """Return bytes of which some were flipped, cut, dropped, doubled or put in."""
    at = choices.below(max(1, len(data)))
    put = choices.pick((b" ", b"\n", b"\x00", b'"', b"\\u0041", b"=", b",", b"\xff"))
    end = min(len(data), at + 1 + choices.byte() % 40)
    bit = 1 << choices.below(8)
    return choices.pick(
        (
            data[:at] + bytes(byte ^ bit for byte in data[at : at + 1]) + data[at + 1 :],
            data[:at] + data[at + 1 :],
            data[:at] + put + data[at:],
            data[:at],
            data + put,
            data.replace(b'","', b'", "', 1),
            data[:end] + data[at:end] + data[end:],
        )
    )
