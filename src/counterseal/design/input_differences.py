"""Where the inputs of effort files differ: every value under its place, entries of lists by their names."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from counterseal.design.effort import Effort

_NAMES = ("name", "kind", "stratum", "strategy", "monitor", "site", "input")
_APART = {"id", "title"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """An input in which effort files differ.

    Attributes:
        input: Its place, such as ``tests.neutron.detect_p``.
        values: What each file says, as text; None where it says nothing.
    """

    input: str
    values: tuple[str | None, ...]


def differences(efforts: Sequence[Effort]) -> Iterator[Difference]:
    """Yield the inputs in which effort files differ; their ids and titles are no inputs.

    Args:
        efforts: The effort files.
    """
    flat = [dict(_flat(one.data, "")) for one in efforts]
    for place in dict.fromkeys(place for one in flat for place in one):
        values = tuple(one.get(place) for one in flat)
        if len(set(values)) > 1 and place not in _APART:
            yield Difference(input=place, values=values)


def _flat(value: Any, place: str) -> Iterator[tuple[str, str]]:
    """Yield every value with its place; entries of lists by their name where they have one."""
    if isinstance(value, dict):
        for key, one in value.items():
            yield from _flat(one, f"{place}.{key}" if place else str(key))
    elif isinstance(value, list) and any(isinstance(one, dict | list) for one in value):
        names = [_name(one, position) for position, one in enumerate(value)]
        if len(set(names)) != len(names):
            names = [str(position) for position in range(len(value))]
        for name, one in zip(names, value, strict=True):
            yield from _flat(one, f"{place}.{name}")
    elif isinstance(value, list):
        yield place, ", ".join(_text(one) for one in value)
    else:
        yield place, _text(value)


def _name(entry: Any, position: int) -> str:
    if isinstance(entry, dict):
        told = [str(entry[name]) for name in _NAMES if name in entry]
        if told:
            return " ".join(told)
    return str(position)


def _text(value: Any) -> str:
    """Return a value as text; 0.90 and 0.9 are the same number."""
    if isinstance(value, str | bool) or value is None:
        return str(value)
    return f"{float(value):.12g}"
