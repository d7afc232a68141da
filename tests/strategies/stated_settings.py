"""The settings of an attribute as a protocol states them: whole numbers, decimal text, lists and mappings."""

from dataclasses import fields, is_dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Any


def stated(settings: Any, *, without: tuple[str, ...] = ()) -> Any:
    """Return what a protocol holds for settings, without fields that follow from the nuclear data."""
    if is_dataclass(settings):
        return {
            field.name: stated(getattr(settings, field.name))
            for field in fields(settings)
            if field.name not in without
        }
    if isinstance(settings, tuple):
        return [stated(one) for one in settings]
    if isinstance(settings, StrEnum):
        return str(settings)
    if isinstance(settings, Fraction):
        return _decimal(settings)
    return settings


def _decimal(value: Fraction) -> int | str:
    if value.denominator == 1:
        return value.numerator
    digits = next(n for n in range(1, 30) if (value * 10**n).denominator == 1)
    whole = abs(value.numerator * 10**digits // value.denominator)
    sign = "-" if value < 0 else ""
    return f"{sign}{whole // 10**digits}.{whole % 10**digits:0{digits}d}"
