"""Strict JSON: no key twice, no fraction, no huge number, no endless depth; refusals name the JSON path."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from counterseal.declarations.aggregate import LARGEST_COUNT
from counterseal.declarations.errors import DeclarationError
from counterseal.declarations.plain_text import decode_text
from counterseal.declarations.problems import Problems
from counterseal.declarations.wording import shown

DEEPEST = 16
"""Most brackets inside each other."""

_DIGITS = len(str(LARGEST_COUNT))
# Texts are skipped whole, so that a bracket inside one is not counted; an unclosed one ends the file.
_BRACKET = re.compile(r'"(?:[^"\\]|\\(?:.|\Z))*(?:"|\Z)|([\[{])|([\]}])', re.DOTALL)
_PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*", re.ASCII)


@dataclass(frozen=True, slots=True)
class _Refused:
    """Stands in the tree where the text holds something that is not admitted."""

    reason: str


class _Members(dict[str, Any]):
    """The members of an object, with the keys that stood in it more than once."""

    repeated: tuple[str, ...] = ()


def parse_json(data: bytes, *, where: str) -> Any:
    """Return the JSON document in ``data``: objects, lists, texts, whole numbers, true, false, null.

    Args:
        data: The whole file, UTF-8.
        where: Name of the file, for messages.

    Raises:
        DeclarationError: it is no such document, or nests deeper than 16.
    """
    text = decode_text(data, where=where)
    _require_shallow(text, where=where)
    try:
        document = json.loads(
            text,
            object_pairs_hook=_members,
            parse_int=_whole_number,
            parse_float=lambda number: _Refused(f"found {shown(number)}, a fraction; a number must be whole"),
            parse_constant=lambda name: _Refused(f"found {name}, which is not a number that JSON knows"),
        )
    except json.JSONDecodeError as error:
        raise DeclarationError(
            f"{where}:{error.lineno}, column {error.colno}: {error.msg.lower()}; must be JSON"
        ) from error
    problems = Problems(where)
    for path, reason in _refusals(document, "$"):
        problems.add(f"{where}, {path}", reason)
    problems.require_none()
    return document


def member_path(path: str, key: str) -> str:
    """Return the JSON path of the member ``key`` of the object at ``path``.

    Example:
        >>> member_path("$", "figures"), member_path("$", "a b")
        ('$.figures', "$['a b']")
    """
    return f"{path}.{key}" if _PLAIN_KEY.fullmatch(key) else f"{path}[{shown(key)}]"


def _require_shallow(text: str, *, where: str) -> None:
    depth = 0
    for match in _BRACKET.finditer(text):
        depth += (match.group(1) is not None) - (match.group(2) is not None)
        if depth > DEEPEST:
            line = text.count("\n", 0, match.start()) + 1
            raise DeclarationError(
                f"{where}:{line}: brackets nest deeper than {DEEPEST}, the most that is read"
            )


def _members(pairs: list[tuple[str, Any]]) -> _Members:
    members = _Members(pairs)
    if len(members) != len(pairs):
        counts = Counter(key for key, _ in pairs)
        members.repeated = tuple(key for key, count in counts.items() if count > 1)
    return members


def _whole_number(digits: str) -> int | _Refused:
    if len(digits.lstrip("-")) > _DIGITS:
        return _Refused(f"found a number of {len(digits)} characters; must be at most {LARGEST_COUNT}")
    return _Refused("found -0; zero must be written 0") if digits == "-0" else int(digits)


def _refusals(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, _Refused):
        yield path, value.reason
    elif isinstance(value, _Members):
        for key in value.repeated:
            yield member_path(path, key), "this key stands twice in its object, must stand once"
        for key, member in value.items():
            yield from _refusals(member, member_path(path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _refusals(item, f"{path}[{index}]")
