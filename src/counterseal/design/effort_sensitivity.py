"""Inputs of an effort file that are uncertain: which number of the file, and from where to where."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from counterseal.design.errors import EffortError
from counterseal.treaty.document import Document, Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Sensitivity:
    """An input that is uncertain, and its range.

    Attributes:
        input: Place in the effort file, such as ``tests.neutron.detect_p``.
        path: The same as keys and positions.
        low: Low end.
        high: High end.
    """

    input: str
    path: Path
    low: float
    high: float


def read_sensitivity(document: Document) -> Iterator[Sensitivity]:
    """Yield the uncertain inputs of an effort file.

    Raises:
        EffortError: one names no number of the file, or its range is upside down.
    """
    first: dict[Path, int] = {}
    for index, entry in enumerate(document.data.get("sensitivity", ())):
        path = _input_path(document, index)
        if path in first:
            text = f"{entry['input']} names an input a second time, first on line {first[path]}"
            raise EffortError(document.problem("sensitivity", index, "input", text=text))
        first[path] = document.line_of("sensitivity", index, "input")
        low, high = float(entry["low"]), float(entry["high"])
        if low > high:
            text = f"found {high:g}, below low {low:g}"
            raise EffortError(document.problem("sensitivity", index, "high", text=text))
        yield Sensitivity(input=entry["input"], path=path, low=low, high=high)


def _input_path(document: Document, index: int) -> Path:
    """Return the keys and positions of an input named like ``tests.neutron.detect_p``."""
    given: str = document.data["sensitivity"][index]["input"]
    value: Any = document.data
    path: Path = ()
    for name in given.split("."):
        step = _step(value, name)
        if step is None:
            text = (
                f"found {given!r}: {name!r} names nothing there, or two things; write keys, names, positions"
            )
            raise EffortError(document.problem("sensitivity", index, "input", text=text))
        value, path = value[step], (*path, step)
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        text = f"found {given!r}, which is no number of this file"
        raise EffortError(document.problem("sensitivity", index, "input", text=text))
    return path


def _step(value: Any, name: str) -> str | int | None:
    """Return the key or position that a word names in a mapping or list; None where it names none or two."""
    if isinstance(value, dict):
        return name if name in value else None
    if not isinstance(value, list):
        return None
    named = [
        place
        for place, one in enumerate(value)
        if isinstance(one, dict) and name in {one.get("name"), one.get("kind"), one.get("stratum")}
    ]
    if len(named) == 1:
        return named[0]
    position = int(name) if name.isdecimal() else len(value)
    return position if not named and position < len(value) else None
