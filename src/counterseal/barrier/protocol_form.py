"""The form of a protocol, member by member: each refusal names the place, what was found and the rule.

The same code reads a protocol before it is signed and inside the closed room, so it needs nothing but
the standard library.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeVar

from counterseal.barrier.errors import BarrierError

Path = tuple[str | int, ...]

MAX_TEXT = 200
MAX_WHOLE = 2**53 - 1

_DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{1,15})?", re.ASCII)
_HEX32 = re.compile(r"[0-9a-f]{64}", re.ASCII)
_SHOWN = 60
_UNSHOWN = re.compile(
    "[\x00-\x1f\x7f-\xa0\xad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u1680\u180e\u2000-\u200f"
    "\u2028-\u202f\u205f-\u206f\u3000\ud800-\uf8ff\ufdd0-\ufdef\ufeff\ufff0-\ufffb\ufffe\uffff"
    "\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U0010ffff]"
)
"""What no text holds: controls, marks that steer or hide, blanks but the plain one, surrogates, private use.

A list of its own, for what counts as printable changes with the Unicode tables of each Python.
"""

T = TypeVar("T")


class ProtocolError(BarrierError):
    """A protocol or a dossier is not in its form.

    Attributes:
        path: Where in the document.
        rule: What was found there and what the rule is.
    """

    def __init__(self, rule: str, *, path: Path = ()) -> None:
        super().__init__(f"{shown_path(path)}: {rule}")
        self.path, self.rule = path, rule


def shown_path(path: Iterable[str | int]) -> str:
    """Return a path as people write it.

    >>> shown_path(("question", "attributes", 0))
    'question.attributes[0]'
    """
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text or "the document"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A value of a document with its place.

    Attributes:
        value: Mapping, list, text, whole number, true, false or None.
        path: Where it stands.
    """

    value: Any
    path: Path = ()

    def refusal(self, rule: str) -> ProtocolError:
        """Return the error to raise about this value."""
        return ProtocolError(f"found {_short(self.value)}; {rule}", path=self.path)

    def members(self, names: str) -> "dict[str, Part]":
        """Return the members of a mapping that has exactly these, given as words."""
        wanted = names.split()
        if not isinstance(self.value, dict):
            raise self.refusal(f"must be a mapping with {', '.join(wanted)}")
        if missing := [name for name in wanted if name not in self.value]:
            rule = f"{', '.join(missing)} missing; must have exactly {', '.join(wanted)}"
            raise ProtocolError(rule, path=self.path)
        if unknown := [str(name) for name in self.value if name not in wanted]:
            rule = f"{unknown[0][:_SHOWN]!r} is not known here; must have exactly {', '.join(wanted)}"
            raise ProtocolError(rule, path=(*self.path, unknown[0][:_SHOWN]))
        return {name: Part(value=self.value[name], path=(*self.path, name)) for name in wanted}

    def versioned(self, name: str, forms: Mapping[int, str]) -> "tuple[int, dict[str, Part]]":
        """Return the version that a mapping says it has, and the members that it must then have.

        Args:
            name: The member that says which version it is.
            forms: The other members of each version that is known, as words.
        """
        stated = self.value.get(name) if isinstance(self.value, dict) else None
        if type(stated) is int and stated in forms:
            return stated, self.members(f"{name} {forms[stated]}")
        parts = self.members(f"{name} {forms[max(forms)]}")
        raise parts[name].refusal(f"must be a version that is known: {', '.join(map(str, forms))}")

    def items(self, *, least: int, most: int) -> "tuple[Part, ...]":
        """Return the items of a list that has ``least`` to ``most`` of them."""
        if not isinstance(self.value, list) or not least <= len(self.value) <= most:
            raise self.refusal(f"must be a list of {least} to {most}")
        return tuple(Part(value=item, path=(*self.path, at)) for at, item in enumerate(self.value))

    def text(self, *, most: int = MAX_TEXT) -> str:
        """Return a text of 1 to ``most`` characters that can be printed."""
        value = self.value
        if not isinstance(value, str) or not 1 <= len(value) <= most or _UNSHOWN.search(value):
            raise self.refusal(f"must be printable text of 1 to {most} characters")
        return value

    def matching(self, pattern: str, *, rule: str) -> str:
        """Return a text that a pattern matches from end to end."""
        if not isinstance(self.value, str) or not re.fullmatch(pattern, self.value, re.ASCII):
            raise self.refusal(rule)
        return self.value

    def hex32(self) -> str:
        """Return 64 hexadecimal digits."""
        if not isinstance(self.value, str) or not _HEX32.fullmatch(self.value):
            raise self.refusal("must be 64 hexadecimal digits")
        return self.value

    def one_of(self, words: Iterable[str]) -> str:
        """Return one of these words."""
        known = tuple(words)
        if not isinstance(self.value, str) or self.value not in known:
            raise self.refusal(f"must be one of {', '.join(known)}")
        return self.value

    def yes_or_no(self) -> bool:
        """Return true or false."""
        if not isinstance(self.value, bool):
            raise self.refusal("must be true or false")
        return self.value

    def whole(self, *, least: int = -MAX_WHOLE, most: int = MAX_WHOLE) -> int:
        """Return a whole number from ``least`` to ``most``."""
        if type(self.value) is not int or not least <= self.value <= most:
            raise self.refusal(f"must be a whole number from {least} to {most}")
        return self.value

    def decimal(
        self, *, above: int | None = None, least: int | None = None, most: int | None = None
    ) -> Fraction:
        """Return a number given as a whole number or as a decimal text, exactly."""
        value = self.value
        if type(value) is not int and not (isinstance(value, str) and _DECIMAL.fullmatch(value)):
            raise self.refusal("must be a whole number, or a decimal number in quotes such as '0.25'")
        if type(value) is int and abs(value) > MAX_WHOLE:
            raise self.refusal(f"must be at most {MAX_WHOLE}, and at least its negative")
        number = Fraction(value)
        if above is not None and not number > above:
            raise self.refusal(f"must be above {above}")
        if least is not None and number < least:
            raise self.refusal(f"must be at least {least}")
        if most is not None and number > most:
            raise self.refusal(f"must be at most {most}")
        return number

    def or_none(self, parse: "Callable[[Part], T]") -> T | None:
        """Return what ``parse`` makes of the value, or None where it is null."""
        return None if self.value is None else parse(self)


def _short(value: Any) -> str:
    """Return a value in few characters, also a number that is too long to be written out."""
    if type(value) is int and abs(value) > MAX_WHOLE:
        return f"a number of {value.bit_length()} bits"
    found = repr(value)
    return found if len(found) <= _SHOWN else f"{found[: _SHOWN - 3]}..."
