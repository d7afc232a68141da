"""A way in which an agreement could be departed from: how many items, where, by how much, when begun.

Strategies are abstract on purpose: amounts, places and times are all that a calculation of chances needs.
"""

import math
from dataclasses import dataclass
from typing import Literal

from counterseal.design.errors import DesignError
from counterseal.stats.items import Stratum, require_amount, require_count

Start = Literal["free", "blind", "watching"]
"""When a host begins: at any time (``free``), when it is best without seeing visits (``blind``), or when
it is best given the visits so far (``watching``)."""

_ALMOST = 1e-9


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

        Raises:
            DesignError: more than the stratum has.
        """
        number = self.n_items
        if number is None:
            each_kg = self.defect_fraction * stratum.content_kg
            number = max(math.ceil((self.amount_kg or 0.0) / each_kg * (1.0 - _ALMOST)), bool(self.amount_kg))
        if number > stratum.n_items:
            raise DesignError(
                f"part in {self.stratum}: {number} false items, the stratum has {stratum.n_items}"
            )
        return number


@dataclass(frozen=True, slots=True, kw_only=True)
class Strategy:
    """One way to depart from the agreement.

    Attributes:
        name: How the effort file and the report name it.
        parts: What is done in each stratum; none for what only monitors could see is not a strategy.
        start: When it begins.
        gain: What it is worth to the host if it stays unseen, in the unit of ``utilities``; None where nobody
            said.
        rebuild_stages_d: Mean lengths of the stages to a usable result [days], in order; none where that does
            not apply.
        text: One sentence for the report.
    """

    name: str
    parts: tuple[Part, ...]
    start: Start = "free"
    gain: float | None = None
    rebuild_stages_d: tuple[float, ...] = ()
    text: str = ""

    def __post_init__(self) -> None:
        """Refuse a strategy without a false item, or with two parts in one stratum."""
        where = f"strategy {self.name}"
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
