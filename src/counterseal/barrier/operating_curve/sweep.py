"""Protocols beside the proposed one: other counting times, thresholds and systematic terms, one at a time.

Thresholds and systematic terms are found by their names in the settings; all of one kind are multiplied by
one factor. Any other number of a protocol can be varied by its place.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from counterseal.barrier.decide import Prepared, prepared
from counterseal.barrier.errors import BarrierError
from counterseal.barrier.protocol import Protocol, parse_protocol
from counterseal.barrier.protocol_form import Part, Path, ProtocolError, shown_path
from counterseal.errors import RefusedInputError

TIME, THRESHOLD, SYSTEMATIC = "time", "threshold", "systematic"
MAX_VALUES = 32
_DECIMALS = 15
_TIME_PATH: Path = ("measuring", "time_s")
_THRESHOLDS = frozenset(
    {
        "limit_rate_per_s",
        "tolerance",
        "lower",
        "upper",
        "least_rate_per_s",
        "chi_square_limit",
        "kolmogorov_limit",
    }
)
_STEP = re.compile(r"([A-Za-z0-9_]+)|\[([0-9]{1,4})\]", re.ASCII)

Values = tuple[Fraction, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One protocol of an axis.

    Attributes:
        value: Time [s], factor or number, whatever the axis is about.
        agreed: Whether it is the proposed protocol itself.
        document: The protocol as data.
    """

    value: Fraction
    agreed: bool
    document: Mapping[str, Any]

    @property
    def time_s(self) -> Fraction:
        """Counting time of this protocol [s]."""
        return Fraction(self.document["measuring"]["time_s"])

    def prepared(self) -> Prepared:
        """Return the protocol ready to judge, with *no decision* shown, so that it can be counted apart."""
        answer = {**self.document["answer"], "no_decision": "shown"}
        return prepared(parse_protocol({**self.document, "answer": answer}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """Protocols that differ in one thing.

    Attributes:
        name: ``time``, ``threshold``, ``systematic``, or the place of what is varied.
        label: What it is, with its unit.
        places: Where the varied numbers stand.
        points: The protocols, in increasing value.
        left_out: Values that give no protocol in form, with the reason.
    """

    name: str
    label: str
    places: tuple[str, ...]
    points: tuple[Point, ...]
    left_out: tuple[tuple[Fraction, str], ...] = ()


def time_axis(protocol: Protocol, times_s: Sequence[Fraction]) -> Axis:
    """Return the same protocol for several counting times [s].

    Raises:
        BarrierError: none or too many are given, or one gives no protocol in form.
    """
    agreed = protocol.measuring.time_s
    return _axis(
        protocol, name=TIME, label="counting time [s]", values=times_s, agreed=agreed, places=(_TIME_PATH,)
    )


def factor_axis(protocol: Protocol, kind: str, factors: Sequence[Fraction]) -> Axis | None:
    """Return the protocol with all thresholds, or all systematic terms, times each of some factors.

    Values that give no protocol in form are left out. None where there is nothing of the kind.

    Raises:
        BarrierError: none or too many are given.
    """
    places = tuple(place for place, _ in leaves(protocol, kind))
    if not places:
        return None
    label = "thresholds, times" if kind == THRESHOLD else "systematic terms, times"
    return _axis(protocol, name=kind, label=label, values=factors, agreed=Fraction(1), places=places)


def place_axis(protocol: Protocol, place: str, values: Sequence[Fraction]) -> Axis:
    """Return the protocol with other numbers at one place; see `parse_place` for how that is written.

    Raises:
        BarrierError: there is no number at that place, none or too many values are given, or one gives no
            protocol in form.
    """
    path = parse_place(place)
    agreed = _number(protocol.document, path, shown=place)
    return _axis(protocol, name=place, label=place, values=values, agreed=agreed, places=(path,))


def leaves(protocol: Protocol, kind: str) -> list[tuple[Path, Fraction]]:
    """Return the thresholds or the systematic terms of what is asked, with their places; zeros are none."""
    wanted = _is_threshold if kind == THRESHOLD else _is_systematic
    found = [
        (path, Fraction(value))
        for asked in protocol.asked
        for settings, place in ((asked.settings, "settings"), (asked.cross_check, "cross_check"))
        for path, value, parents in _numbers(settings, (*asked.path[:-1], place), ())
        if wanted(path, parents)
    ]
    return [(path, value) for path, value in found if value]


def parse_place(place: str) -> Path:
    """Return a place as keys and positions.

    Raises:
        BarrierError: it is not written as ``a.b[0].c``.

    >>> parse_place("question.attributes[0].settings")
    ('question', 'attributes', 0, 'settings')
    """
    steps: list[str | int] = [
        match[1] if match[1] is not None else int(match[2]) for match in _STEP.finditer(place)
    ]
    if shown_path(steps) != place or not steps:
        raise BarrierError(f"place {place[:80]!r}: must be written as question.attributes[0].settings.name")
    return tuple(steps)


def _is_threshold(path: Path, parents: tuple[Mapping[str, Any], ...]) -> bool:
    if path[-1] == "threshold":  # a plain number is that of the second implementation
        return "cross_check" in path
    return path[-1] in _THRESHOLDS or (path[-1] == "value" and "holds" in parents[-1])


def _is_systematic(path: Path, _: object) -> bool:
    name = next(str(step) for step in reversed(path) if isinstance(step, str))
    if name.endswith("_unc"):  # of a method they are what a fit starts from, no term of the decision
        return "method" not in path
    return "systematic" in name or name.endswith(("variation", "_floor"))


def _numbers(
    value: Any, path: Path, parents: tuple[Mapping[str, Any], ...]
) -> Iterator[tuple[Path, Any, tuple[Mapping[str, Any], ...]]]:
    if isinstance(value, Mapping):
        for key, one in value.items():
            yield from _numbers(one, (*path, key), (*parents, value))
    elif isinstance(value, list):
        for at, one in enumerate(value):
            yield from _numbers(one, (*path, at), parents)
    elif _is_number(value, path):
        yield path, value, parents


def _is_number(value: Any, path: Path) -> bool:
    try:
        Part(value=value, path=path).decimal()
    except ProtocolError:
        return False
    return True


def _axis(
    protocol: Protocol,
    *,
    name: str,
    label: str,
    values: Sequence[Fraction],
    agreed: Fraction,
    places: tuple[Path, ...],
) -> Axis:
    if not 1 <= len(set(values)) <= MAX_VALUES:
        raise BarrierError(f"{name}: {len(set(values))} values, must be 1 to {MAX_VALUES}")
    made = {
        value: _point(
            protocol, value, agreed=agreed, places=places, is_factor=name in {THRESHOLD, SYSTEMATIC}
        )
        for value in sorted(set(values))
    }
    left_out = tuple((value, str(one)) for value, one in made.items() if not isinstance(one, Point))
    if left_out and name not in {THRESHOLD, SYSTEMATIC}:
        value, why = left_out[0]
        raise BarrierError(f"{name} {decimal_text(value)}: {why}")
    return Axis(
        name=name,
        label=label,
        places=tuple(map(shown_path, places)),
        points=tuple(one for one in made.values() if isinstance(one, Point)),
        left_out=left_out,
    )


def _point(
    protocol: Protocol, value: Fraction, *, agreed: Fraction, places: tuple[Path, ...], is_factor: bool
) -> Point | RefusedInputError:
    """Return a protocol of an axis, or why it is none."""
    if value == agreed:
        return Point(value=value, agreed=True, document=protocol.document)
    document = deepcopy(dict(protocol.document))
    for path in places:
        _change(document, path, _scaled(value) if is_factor else _put(value))
    point = Point(value=value, agreed=False, document=document)
    try:
        point.prepared()
    except RefusedInputError as error:
        return error
    return point


def _scaled(factor: Fraction) -> Callable[[Fraction], Fraction]:
    return lambda number: number * factor


def _put(value: Fraction) -> Callable[[Fraction], Fraction]:
    return lambda _: value


def _number(document: Any, path: Path, *, shown: str) -> Fraction:
    value = document
    for step in path:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError) as error:
            raise BarrierError(f"place {shown!r}: is not in the protocol") from error
    if not _is_number(value, path):
        raise BarrierError(f"place {shown!r}: holds no number")
    return Fraction(value)


def _change(document: Any, path: Path, change: Callable[[Fraction], Fraction]) -> None:
    parent = document
    for step in path[:-1]:
        parent = parent[step]
    number = change(Fraction(parent[path[-1]]))
    if "cross_check" in path:  # the second implementation works in whole numbers
        number = Fraction(round(number))
    parent[path[-1]] = number.numerator if number.denominator == 1 else decimal_text(number)


def decimal_text(number: Fraction) -> str:
    """Return a number as a decimal text, rounded to 15 decimals where it needs more.

    >>> decimal_text(Fraction(1, 8)), decimal_text(Fraction(600)), decimal_text(Fraction(-1, 3))
    ('0.125', '600', '-0.333333333333333')
    """
    scaled = round(number * 10**_DECIMALS)
    whole, part = divmod(abs(scaled), 10**_DECIMALS)
    text = f"{whole}.{part:0{_DECIMALS}}".rstrip("0").rstrip(".")
    return f"-{text}" if scaled < 0 else text
