"""A way in which an agreement could be departed from: how many items, where, by how much, when begun.

Strategies are abstract on purpose: amounts, places and times are all that a calculation of chances needs.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from counterseal.design.errors import DesignError
from counterseal.stats.items import Stratum, require_amount, require_count

Start = Literal["free", "blind", "watching"]
"""When a host begins: at any time (``free``), when it is best without seeing visits (``blind``), or when
it is best given the visits so far (``watching``)."""

PartForm = tuple[str, int] | tuple[str, int, float]
"""A part as the literature prints it: stratum, number of false items [items], missing share of each (all
of it where that is left out)."""

_ALMOST = 1e-9
_FORM = "must be a Part, (stratum, n_items) or (stratum, n_items, defect_fraction)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What a strategy does in one stratum: a number of items, or an amount taken from enough of them.

    Attributes:
        stratum: Name of the stratum.
        n_items: False items [items]; None where an amount is given.
        amount_kg: Amount taken in all [kg]; None where a number is given.
        defect_fraction: Share of an item that is missing from each false item, above 0, at most 1.
    """

    stratum: str
    n_items: int | None = None
    amount_kg: float | None = None
    defect_fraction: float = 1.0

    def __post_init__(self) -> None:
        """Refuse neither or both of number and amount, and shares out of range."""
        where = f"part in {self.stratum}"
        if (self.n_items is None) == (self.amount_kg is None):
            raise DesignError(f"{where}: give one of n_items and amount_kg")
        if self.n_items is not None:
            require_count(self.n_items, f"{where}, n_items")
        if self.amount_kg is not None:
            require_amount(self.amount_kg, f"{where}, amount_kg")
        require_amount(self.defect_fraction, f"{where}, defect_fraction", above=0.0)
        if self.defect_fraction > 1.0:
            raise DesignError(f"{where}, defect_fraction: {self.defect_fraction}, must be at most 1")

    def false_items(self, stratum: Stratum) -> int:
        """Return how many items of the stratum are false [items].

        An amount is taken from as few items as hold it, the largest first: the fewer, the less is seen.

        Raises:
            DesignError: more than the stratum has.
        """
        number = self.n_items
        if number is None:
            number = _fewest(stratum, (self.amount_kg or 0.0) / self.defect_fraction)
        if number > stratum.n_items:
            raise DesignError(f"part in {self.stratum}: {self._too_many(stratum, number)}")
        return number

    def _too_many(self, stratum: Stratum, number: int) -> str:
        if self.amount_kg is None:
            return f"{number} false items, the stratum has {stratum.n_items}"
        sizes = stratum.items_by_size or ((stratum.content_kg, stratum.n_items),)
        held_kg = sum(each_kg * there for each_kg, there in sizes)
        return (
            f"{self.amount_kg:g} kg, a share of {self.defect_fraction:g} of each item; all "
            f"{stratum.n_items} items hold {held_kg:g} kg, of which that share is less"
        )


def _fewest(stratum: Stratum, kg: float) -> int:
    """Return how many of the largest items hold so much; one more than there are where all hold less."""
    sizes = sorted(stratum.items_by_size or ((stratum.content_kg, stratum.n_items),), reverse=True)
    left_kg, number = kg * (1.0 - _ALMOST), 0
    for each_kg, there in sizes:
        taken = min(there, max(math.ceil(left_kg / each_kg), int(kg > 0.0 and not number)))
        number, left_kg = number + taken, left_kg - taken * each_kg
        if left_kg <= 0.0:
            return number
    return stratum.n_items + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Strategy:
    """One way to depart from the agreement.

    Attributes:
        name: How the effort file and the report name it.
        parts: What is done in each stratum; none for what only monitors could see is not a strategy. A part
            may be given as ``(stratum, n_items)`` or ``(stratum, n_items, defect_fraction)``.
        start: When it begins.
        gain: What it is worth to the host if it stays unseen, in the unit of ``utilities``; None where nobody
            said.
        rebuild_stages_d: Mean lengths of the stages to a usable result [days], in order; none where that does
            not apply.
        text: One sentence for the report.

    Examples:
        >>> Strategy(name="two", parts=[("store", 2, 0.5)]).parts[0].defect_fraction
        0.5
    """

    name: str
    parts: tuple[Part, ...]
    start: Start = "free"
    gain: float | None = None
    rebuild_stages_d: tuple[float, ...] = ()
    text: str = ""

    if TYPE_CHECKING:  # the same arguments; those for parts may have more forms than what is kept of them

        def __init__(
            self,
            *,
            name: str,
            parts: Iterable[Part | PartForm],
            start: Start = "free",
            gain: float | None = None,
            rebuild_stages_d: tuple[float, ...] = (),
            text: str = "",
        ) -> None:
            """Take parts in any of their forms."""

    def __post_init__(self) -> None:
        """Refuse a strategy without a false item, or with two parts in one stratum."""
        where = f"strategy {self.name}"
        object.__setattr__(self, "parts", _parts(self.parts, f"{where}, parts"))
        if not self.parts:
            raise DesignError(f"{where}: no parts, must have at least one")
        if not any(part.n_items or part.amount_kg for part in self.parts):
            raise DesignError(f"{where}: no false item in any part, must have at least one; leave it out")
        names = [part.stratum for part in self.parts]
        if len(set(names)) != len(names):
            raise DesignError(f"{where}: two parts in one stratum; one part a stratum")
        if self.gain is not None:
            require_amount(self.gain, f"{where}, gain")
        for stage_d in self.rebuild_stages_d:
            require_amount(stage_d, f"{where}, rebuild_stages_d", above=0.0)


def _parts(given: Any, where: str) -> tuple[Part, ...]:
    """Return parts that were given in any of their forms."""
    if isinstance(given, str) or not isinstance(given, Iterable):
        raise DesignError(f"{where}: {given!r}, must be a list of parts")
    return tuple(
        one if isinstance(one, Part) else _part(one, f"{where}[{place}]") for place, one in enumerate(given)
    )


def _part(given: Any, where: str) -> Part:
    match given:
        case (stratum, n_items):
            share = 1.0
        case (stratum, n_items, share):
            pass
        case _:
            raise DesignError(f"{where}: {given!r}, {_FORM}")
    if not isinstance(stratum, str):
        raise DesignError(f"{where}, stratum: {stratum!r}, must be a name")
    return Part(stratum=stratum, n_items=n_items, defect_fraction=share)
