"""What an operating curve takes for granted: the systematic terms of a protocol, what differs in items."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

from counterseal.barrier.operating_curve.items import CurveItems, Population
from counterseal.barrier.operating_curve.quantity import Quantity, Spread
from counterseal.barrier.operating_curve.sweep import SYSTEMATIC, leaves
from counterseal.barrier.protocol import Protocol
from counterseal.barrier.protocol_form import shown_path


def assumptions(protocol: Protocol, items: CurveItems) -> tuple[str, ...]:
    """Return in sentences what a curve's risks rest on.

    Args:
        protocol: The proposed protocol.
        items: On what it is simulated.
    """
    terms = [f"{_short(shown_path(path))} {float(value):g}" for path, value in leaves(protocol, SYSTEMATIC)]
    varying = list(dict.fromkeys(spreads(items)))
    said = [
        f"Systematic terms of the protocol: {', '.join(terms) or 'none'}.",
        f"Differs from attempt to attempt in the items: {'; '.join(varying) or 'nothing but counting'}.",
    ]
    if terms and not varying:
        said.append("Nothing in the items stands for the systematic terms: only what they cost is shown.")
    return tuple(said)


def _short(place: str) -> str:
    """Return a place within what is asked, without the way there."""
    return place.split(".settings.", 1)[-1].split(".cross_check.", 1)[-1]


def spreads(items: CurveItems) -> Iterator[str]:
    """Yield each quantity that differs, with how: `gain normal 1, 0.0001`."""
    yield from _spreads(items, "")


def _spreads(value: Any, name: str) -> Iterator[str]:
    if isinstance(value, Quantity):
        if _differs(value):
            yield f"{name} {value.spread} {', '.join(f'{one:g}' for one in value.values)}"
    elif isinstance(value, tuple):
        for one in value:
            named = isinstance(one, tuple) and len(one) == 2 and isinstance(one[0], str)  # noqa: PLR2004 - a part
            yield from _spreads(one[1], f"{name} {one[0]}") if named else _spreads(one, name)
    elif is_dataclass(value):
        prefix = f"{value.name}, " if isinstance(value, Population) else ""
        inside = name.partition(", ")[0] + ", " if ", " in name else prefix
        for field in fields(value):
            yield from _spreads(getattr(value, field.name), inside + field.name)


def _differs(value: Quantity) -> bool:
    if value.spread in {Spread.NORMAL, Spread.LOGNORMAL}:
        return value.values[1] > 0
    return len(set(value.values)) > 1
