"""A mapping of a counter's file that knows its lines: whatever is refused in it is named with its place."""

import math
import re
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from counterseal.errors import RefusedInputError
from counterseal.measurement.errors import MeasurementError
from counterseal.treaty.document import Document, Path
from counterseal.treaty.yaml_document import read_yaml_document

MAX_BYTES = 65_536


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A mapping of the document.

    Attributes:
        document: The whole file.
        path: Where the mapping stands in it.
        values: The mapping.
    """

    document: Document
    path: Path
    values: Mapping[str, Any]

    def require_only(self, known: Collection[str]) -> None:
        """Refuse a key that is not known.

        Raises:
            RefusedInputError: there is one; says at which line.
        """
        unknown = next((name for name in self.values if name not in known), None)
        if unknown is not None:
            text = f"{unknown!r} is not known; there is {', '.join(known)}"
            raise RefusedInputError(self.document.problem(*self.path, unknown, text=text, on_key=True))

    def refusal(self, name: str, text: str) -> RefusedInputError:
        """Return the error to raise about one key: file, line, key, what was found and the rule."""
        return RefusedInputError(self.document.problem(*self.path, name, text=text))

    def value(self, name: str) -> Any:
        """Return the value of a key.

        Raises:
            RefusedInputError: there is no such key.
        """
        if name not in self.values:
            raise RefusedInputError(self.document.problem(*self.path, text=f"{name} is missing"))
        return self.values[name]

    def number(self, name: str, *, default: float | None = None) -> float:
        """Return a number, or the default where the key is not there.

        Raises:
            RefusedInputError: it is no finite number, or not there and has no default.
        """
        if default is not None and name not in self.values:
            return default
        return float(self._number(self.value(name), name))

    def numbers(self, name: str, *, size: int) -> list[float]:
        """Return a list of so many numbers.

        Raises:
            RefusedInputError: it is no such list.
        """
        found = self.value(name)
        if not isinstance(found, list) or len(found) != size:
            raise self.refusal(name, f"{found!r}, must be a list of {size} numbers")
        return [float(self._number(value, name)) for value in found]

    def whole(self, name: str, *, per_unit: int, least: int, default: int | None = None) -> int:
        """Return a number in a smaller unit, in which it must be whole.

        Args:
            name: The key.
            per_unit: How many of the smaller unit make one of the file's.
            least: The least it may be, in the smaller unit.
            default: What it is where the key is not there, in the smaller unit; None where it must be.

        Raises:
            RefusedInputError: it is below the least, or not whole.
        """
        if default is not None and name not in self.values:
            return default
        given = self._number(self.value(name), name)
        exact = given * per_unit
        if exact < least:
            raise self.refusal(name, f"{given}, must be {'above 0' if least == 1 else f'at least {least}'}")
        if exact != exact.to_integral_value():
            raise self.refusal(name, f"{given}, must be a multiple of 1/{per_unit}")
        return int(exact)

    def table(self, name: str) -> "Table":
        """Return a mapping inside this one.

        Raises:
            RefusedInputError: it is none.
        """
        found = self.value(name)
        if not isinstance(found, dict):
            raise self.refusal(name, f"{found!r}, must be a mapping with names as keys")
        return Table(document=self.document, path=(*self.path, name), values=found)

    @contextmanager
    def refusals(self) -> Iterator[None]:
        """Say of a refusal inside at which line it is: that of the key which it names, or of the mapping."""
        try:
            yield
        except MeasurementError as error:
            named = [name for name in self.values if re.search(rf"\b{re.escape(name)}\b", str(error))]
            place = (*self.path, named[0]) if len(named) == 1 else self.path
            raise RefusedInputError(self.document.problem(*place, text=str(error))) from error

    def _number(self, value: object, name: str) -> Decimal:
        if isinstance(value, bool) or not isinstance(value, int | Decimal) or not math.isfinite(value):
            raise self.refusal(name, f"{value!r}, must be a number")
        return Decimal(value)


def read_table(text: bytes, *, where: str) -> Table:
    """Return the mapping that a strict YAML or JSON text is.

    Args:
        text: The file as it was read.
        where: Its name, as messages show it.

    Raises:
        RefusedInputError: it is too large, not strict YAML, or no mapping; says where.
    """
    if len(text) > MAX_BYTES:
        raise RefusedInputError(f"{where}: {len(text)} bytes, a file about a counter has at most {MAX_BYTES}")
    document = read_yaml_document(text, schema=None, where=where, fractions=True)
    if not isinstance(document.data, dict):
        raise RefusedInputError(document.problem(text="must be a mapping with names as keys"))
    return Table(document=document, path=(), values=document.data)
