"""A document as plain data that remembers on which line each value stands."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from counterseal.treaty.errors import PackError

Path = tuple[str | int, ...]
"""Where a value stands in a document: keys and positions from the top."""
Place = tuple[int, int]
"""Line and column, both from 1."""


def format_path(path: Iterable[str | int]) -> str:
    """Return a path as people write it.

    >>> format_path(("limits", 0, "value"))
    'limits[0].value'
    """
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text or "the document"


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One YAML document as plain data, with the place of every value.

    Attributes:
        where: Name of the file, as messages show it.
        data: Mappings, lists, text, whole numbers, booleans and None.
        values: Place of each value, by its path.
        keys: Place of each key of a mapping, by the path of its value.
    """

    where: str
    data: Any
    values: dict[Path, Place] = field(default_factory=dict)
    keys: dict[Path, Place] = field(default_factory=dict)

    def line_of(self, *path: str | int) -> int:
        """Return the line on which ``path`` stands, or its nearest parent that is there [from 1]."""
        return self._place(path, on_key=False)[0]

    def problem(self, *path: str | int, text: str, on_key: bool = False) -> str:
        """Return one line that says where ``path`` stands and what is wrong with it."""
        line, column = self._place(path, on_key=on_key)
        return f"{self.where}:{line}:{column}: {format_path(path)}: {text}"

    def refusal(self, *path: str | int, text: str, on_key: bool = False) -> PackError:
        """Return the error to raise about the value at ``path``."""
        return PackError(self.problem(*path, text=text, on_key=on_key))

    def _place(self, path: Path, *, on_key: bool) -> Place:
        places = self.keys if on_key else self.values
        for length in range(len(path), -1, -1):
            found = places.get(path[:length]) or self.values.get(path[:length])
            if found:
                return found
        return (1, 1)
