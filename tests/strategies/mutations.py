"""Changes that a hostile hand may make to a document, a note, a log or a folder, drawn at random."""

import json
from collections.abc import Callable
from copy import deepcopy
from typing import Any

from hypothesis import strategies as st

Draw = Callable[[st.SearchStrategy[Any]], Any]

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
    "ARD",
    "BEL",
    "public",
    "author",
    "witness",
    "S1",
    "é",
    "\n",
    "\u2028",
    "a\nb",
    "x" * 65,
    "00" * 32,
    "FF" * 32,
    "2030-01-10T12:00:00Z",
    "2030-02-30T12:00:00Z",
    "2030-01-10T24:00:00Z",
    "2030-01-10T12:00:60Z",
    "2030-01-10 12:00:00Z",
    "0000-01-01T00:00:00Z",
    "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59Z",
    "２030-01-10T12:00:00Z",
    [],
    {},
    [[]],
    ["public"],
    ["ARD", "BEL"],
    ["BEL", "ARD"],
    {"a": 1},
)


def text_of(document: Any) -> bytes:
    """Encode without judging: what is outside the profile stays outside it."""
    return json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def mutate_document(draw: Draw, document: Any) -> None:
    """Change one place of a JSON document, in place."""
    places = list(_places(document))
    container, key = draw(st.sampled_from(places))
    act = draw(st.sampled_from(("set", "set", "set", "drop", "add", "repeat", "swap", "borrow", "text")))
    if act == "set":
        container[key] = deepcopy(draw(st.sampled_from(VALUES)))
    elif act == "drop":
        del container[key]
    elif act == "add" and isinstance(container, dict):
        container[draw(st.sampled_from(("a", "zz", "é", "v")))] = deepcopy(draw(st.sampled_from(VALUES)))
    elif act == "repeat" and isinstance(container, list):
        container.insert(key, deepcopy(container[key]))
    elif act == "swap" and isinstance(container, list) and len(container) > 1:
        container[key], container[key - 1] = container[key - 1], container[key]
    elif act == "borrow":
        other, at = draw(st.sampled_from(places))
        if at in other if isinstance(other, dict) else at < len(other):
            container[key] = json.loads(json.dumps(other[at]))
    elif isinstance(container[key], str):
        container[key] = draw(mutated_text(container[key]))


def _places(node: Any) -> Any:
    items = list(node.items()) if isinstance(node, dict) else list(enumerate(node))
    for key, value in items:
        yield node, key
        if isinstance(value, dict | list):
            yield from _places(value)


def mutated_text(text: str) -> st.SearchStrategy[str]:
    """The text with a character changed, dropped, doubled or put in."""
    signs = st.sampled_from('aAzZ09fF .-+/=_:é\u2028\x7f\x00\n"\\')
    at = st.integers(0, max(0, len(text) - 1))
    return st.one_of(
        st.builds(lambda i, sign: text[:i] + sign + text[i + 1 :], at, signs),
        st.builds(lambda i: text[:i] + text[i + 1 :], at),
        st.builds(lambda i, sign: text[:i] + sign + text[i:], at, signs),
        st.just(text.upper()),
        st.just(text.lower()),
        st.just(text + text),
    )


def mutate_bytes(draw: Draw, data: bytes) -> bytes:
    """Flip, cut, drop, double or put in bytes."""
    at = draw(st.integers(0, max(0, len(data) - 1)))
    bit = 1 << draw(st.integers(0, 7))
    end = min(len(data), at + draw(st.integers(1, 40)))
    put = draw(st.sampled_from((b" ", b"\n", b"\x00", b'"', b"\\u0041", b"=", b",")))
    changes: dict[str, bytes] = {
        "flip": data[:at] + bytes(byte ^ bit for byte in data[at : at + 1]) + data[at + 1 :],
        "drop": data[:at] + data[at + 1 :],
        "put": data[:at] + put + data[at:],
        "cut": data[:at],
        "grow": data + draw(st.sampled_from((b"\n", b" ", b"\x00", b"{}"))),
        "space": data.replace(b'","', b'", "', 1),
        "repeat": data[:end] + data[at:end] + data[end:],
    }
    kind: str = draw(st.sampled_from(("flip", *changes)))
    return changes[kind]
