"""The answer of a game: its value between two bounds, and what both sides do, as chances of single plans."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from counterseal.stats.result import Result

Label = Hashable
"""What names a plan: a number, a text, or tuples of them."""
Mix = tuple[tuple[Label, float], ...]
"""Plans that are used, each with its chance; in the order of the game, the chances add up to 1."""

WANTED = 1e-13
"""A plan that is less likely than this is left out of a mix, and the others share its chance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Equilibrium:
    """The value of a game for two, and a mix of plans for each side that holds it.

    Against ``row_mix`` the other side reaches at most one of the bounds, against ``col_mix`` the row player
    at most the other one: both are worked out from the mixes, whatever solver found them.

    Attributes:
        value: The value, with ``lower`` and ``upper``; without one where the question has no answer.
        row_mix: ``(plan, chance)`` of the player of the rows (the inspector, where a game says no more).
        col_mix: ``(plan, chance)`` of the player of the columns (the host).
        rounds: Steps that the solver took.
        method: The solver, in one line.
        best_fixed: ``(plan, what it holds alone)`` of the row player's best plan without chance; None where
            that was not worked out.
    """

    value: Result
    row_mix: Mix
    col_mix: Mix
    rounds: int
    method: str
    best_fixed: tuple[Label, float] | None = None

    @property
    def lower(self) -> float | None:
        """Certified lower bound of the value, in its unit."""
        return self.value.lower

    @property
    def upper(self) -> float | None:
        """Certified upper bound of the value, in its unit."""
        return self.value.upper

    @property
    def gap(self) -> float | None:
        """How far the bounds lie apart, 0 or more; None where there is no value."""
        if self.value.lower is None or self.value.upper is None:
            return None
        return self.value.upper - self.value.lower

    @property
    def assumptions(self) -> tuple[str, ...]:
        """What it takes for granted, a sentence each."""
        return self.value.assumptions

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a reader must know before using it, a sentence each."""
        return self.value.warnings

    def sampler(self, seed: int) -> Label:
        """Return one plan of the row player, drawn with its chance.

        A real choice takes its randomness from the parties' joint draw, never from here.

        Args:
            seed: Of the draw; the same seed gives the same plan.
        """
        return drawn(self.row_mix, seed)

    def document(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {
            "value": self.value.document(),
            "gap": self.gap,
            "row_mix": [[plain(label), chance] for label, chance in self.row_mix],
            "col_mix": [[plain(label), chance] for label, chance in self.col_mix],
            "rounds": self.rounds,
            "method": self.method,
            "best_fixed": None
            if self.best_fixed is None
            else [plain(self.best_fixed[0]), self.best_fixed[1]],
        }


def drawn(mix: Mix, seed: int) -> Label:
    """Return one plan of a mix, drawn with its chance."""
    start = np.random.Generator(np.random.Philox(seed)).random()
    ends = np.cumsum([chance for _, chance in mix])
    place = int(np.searchsorted(ends, start * ends[-1], side="right"))
    return mix[min(place, len(mix) - 1)][0]


def mix_of(labels: Sequence[Label], chances: NDArray[np.float64]) -> Mix:
    """Return the plans that are used, each with its chance.

    Args:
        labels: Names of the plans, **shape** (plans,).
        chances: Their chances, **shape** (plans,), not all 0.
    """
    used = np.flatnonzero(chances > WANTED * chances.max())
    total = float(chances[used].sum())
    return tuple((labels[int(place)], float(chances[place]) / total) for place in used)


def plain(label: Label) -> Any:
    """Return a name of a plan as JSON can hold it: tuples as lists."""
    return [plain(one) for one in label] if isinstance(label, tuple) else label
