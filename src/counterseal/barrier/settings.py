"""From the settings of a protocol to those of an attribute: member by member, with nothing filled in.

The settings of an attribute are dataclasses; their fields say what a protocol must hold. Every field is
written out in the protocol, also one for which the code would know a value: what the parties
signed is all there is. Numbers are whole, or decimal text that is taken exactly.
"""

import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Any

from counterseal.barrier.protocol_form import Part, ProtocolError
from counterseal.errors import RefusedInputError

MAX_ITEMS = 4_096


@dataclass(frozen=True, slots=True, kw_only=True)
class Derived:
    """A field that is made of other members of the protocol and of the agreed nuclear data.

    Attributes:
        members: What the protocol holds in its place, by name, with the type of each.
        make: Makes the field of them; its one argument holds them by name.
    """

    members: Mapping[str, Any]
    make: Callable[[Mapping[str, Any]], Any]


def read_settings(kind: type, part: Part, *, derived: Mapping[str, Derived] | None = None) -> Any:
    """Return the settings of a type that a part of a protocol states.

    Args:
        kind: A dataclass.
        part: A mapping with one member for each of its fields.
        derived: Fields that are made of other members.

    Raises:
        ProtocolError: a member is missing, not known, of another type, or the settings refuse it.
    """
    made = derived or {}
    wanted = member_types(kind, derived=made)
    members = part.members(" ".join(wanted))
    values = {name: _value(wanted[name], members[name]) for name in wanted}
    given = {name: values[name] for name in wanted if name in _types(kind)}
    try:
        for name, one in made.items():
            given[name] = one.make({member: values[member] for member in one.members})
        return kind(**given)
    except ProtocolError:
        raise
    except RefusedInputError as error:
        raise ProtocolError(str(error), path=part.path) from error


def member_types(kind: type, *, derived: Mapping[str, Derived] | None = None) -> dict[str, Any]:
    """Return what a protocol must hold for the settings of a type: the type of each member, by name."""
    made = derived or {}
    wanted = {name: one for name, one in _types(kind).items() if name not in made}
    for one in made.values():
        wanted |= one.members
    return wanted


def _types(kind: type) -> dict[str, Any]:
    hints = typing.get_type_hints(kind)
    return {field.name: hints[field.name] for field in fields(kind) if field.init}


def _value(wanted: Any, part: Part) -> Any:
    """Return a member as the type that is wanted."""
    origin, arguments = typing.get_origin(wanted), typing.get_args(wanted)
    if origin in (types.UnionType, typing.Union):
        return _one_of(arguments, part)
    if origin is tuple:
        return _several(arguments, part)
    if is_dataclass(wanted) and isinstance(wanted, type):
        return read_settings(wanted, part)
    if isinstance(wanted, type) and issubclass(wanted, StrEnum):
        return wanted(part.one_of(tuple(wanted)))
    return _plain(wanted, part)


def _plain(wanted: Any, part: Part) -> Any:
    if wanted is bool:
        return part.yes_or_no()
    if wanted is int:
        return part.whole()
    if wanted is Fraction:
        return part.decimal()
    if wanted is float:
        return float(part.decimal())
    if wanted is str:
        return part.text()
    raise part.refusal(f"has no form in a protocol: {wanted}")


def _one_of(arguments: tuple[Any, ...], part: Part) -> Any:
    """Return null, or what fits the first of several types that takes it."""
    if part.value is None and types.NoneType in arguments:
        return None
    others = [one for one in arguments if one is not types.NoneType]
    if len(others) > 1:
        others = [one for one in others if _has_members(one, part)] or others
    return _value(others[0], part)


def _has_members(kind: Any, part: Part) -> bool:
    if not (is_dataclass(kind) and isinstance(kind, type) and isinstance(part.value, dict)):
        return False
    return set(part.value) == set(member_types(kind))


def _several(arguments: tuple[Any, ...], part: Part) -> tuple[Any, ...]:
    if len(arguments) == 2 and arguments[1] is Ellipsis:  # noqa: PLR2004 - tuple[X, ...]
        return tuple(_value(arguments[0], item) for item in part.items(least=0, most=MAX_ITEMS))
    items = part.items(least=len(arguments), most=len(arguments))
    return tuple(_value(kind, item) for kind, item in zip(arguments, items, strict=True))


def shape_of(wanted: Any) -> str:
    """Return the type of a member as people read it.

    >>> shape_of(tuple[Fraction, ...])
    'list of number'
    """
    origin, arguments = typing.get_origin(wanted), typing.get_args(wanted)
    if origin in (types.UnionType, typing.Union):
        named = [one for one in arguments if one is not types.NoneType]
        return " or ".join(map(shape_of, named)) + ("?" if len(named) < len(arguments) else "")
    if origin is tuple:
        several = arguments[-1] is Ellipsis
        return (
            f"list of {shape_of(arguments[0])}"
            if several
            else f"{len(arguments)} of {shape_of(arguments[0])}"
        )
    if is_dataclass(wanted) and isinstance(wanted, type):
        return f"{{{shapes_of(member_types(wanted))}}}"
    if isinstance(wanted, type) and issubclass(wanted, StrEnum):
        return "|".join(wanted)
    words: Mapping[Any, str] = {int: "whole", bool: "yes or no", str: "text"}
    return words.get(wanted, "number")


def shapes_of(members: Mapping[str, Any]) -> str:
    """Return names and types of members in one line."""
    return ", ".join(f"{name}: {shape_of(wanted)}" for name, wanted in members.items())


def decimal_text(number: Fraction) -> int | str:
    """Return a number as a protocol writes it, exactly.

    >>> decimal_text(Fraction("0.0150"))
    '0.015'

    Raises:
        ProtocolError: it has no decimal form of 15 places.
    """
    if number.denominator == 1:
        return number.numerator
    for places in range(1, 16):
        scaled = abs(number) * 10**places
        if scaled.denominator == 1:
            digits = str(scaled.numerator).zfill(places + 1)
            return f"{'-' if number < 0 else ''}{digits[:-places]}.{digits[-places:]}"
    raise ProtocolError(f"{number} has no decimal form of 15 places")
