"""Several planned looks at growing evidence without crying wolf.

A test that is done again and again at 5 % raises a false alarm far more often than once in twenty. Here is
how often (``repeated_looks``), and which limits keep the whole series at its budget: the same at every look
(``pocock``), strict at first (``obrien_fleming``), or a budget spent as evidence comes in, whenever the looks
are (``spending_bounds``). For many tests at once see ``many_tests.py``.

References:
    [ARMITAGE-1969], for repeated looks; [POCOCK-1977]; [OBRIEN-FLEMING-1979]; [LAN-DEMETS-1983], for the
    spending of a budget. Constants as printed in [JENNISON-TURNBULL-2000], tables 2.1 and 2.3.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from scipy import special

from counterseal.stats.crossing import (
    START,
    crossing,
    crossing_chances,
    edge_that_spends,
    go_on,
    where_falls_to,
)
from counterseal.stats.errors import StatsError
from counterseal.stats.items import require_amount, require_count
from counterseal.stats.levels import require_level
from counterseal.stats.result import Result, digest, exactly

Spending = Literal["obrien-fleming", "pocock", "power"]
ASSUMPTIONS = (
    "The evidence is a sum of independent normal parts whose variances are known.",
    "Looks are at stated amounts of information, not chosen by what was seen.",
)
_MAX_LOOKS = 1000
_LEAST_STEP = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class Looks:
    """Limits for a series of planned looks.

    Attributes:
        name: How the limits were found.
        alpha: Chance of a false alarm in the whole series [0 to 1].
        two_sided: Whether evidence on either side raises an alarm.
        information: Share of all information at each look, rising to 1 at most [0 to 1], shape (K,).
        bounds: Limit of the standardised evidence at each look [standard deviations], shape (K,); infinite
            where nothing is spent yet.
        spent: Chance of a false alarm up to and at each look [0 to 1], shape (K,).
    """

    name: str
    alpha: float
    two_sided: bool
    information: tuple[float, ...]
    bounds: tuple[float, ...]
    spent: tuple[float, ...]

    @property
    def nominal(self) -> tuple[float, ...]:
        """Chance of a false alarm at each look if it were the only one [0 to 1], shape (K,)."""
        return tuple((1 + self.two_sided) * float(special.ndtr(-bound)) for bound in self.bounds)

    @property
    def inputs(self) -> dict[str, Any]:
        """What was asked, by name."""
        return {
            "name": self.name,
            "alpha": self.alpha,
            "two_sided": self.two_sided,
            "information": list(self.information),
        }

    def power(self, drift: float) -> Result:
        """Return the chance of an alarm at any look if there is something to see.

        Args:
            drift: Mean of the standardised evidence at full information [standard deviations].

        Raises:
            StatsError: it is no finite number.
        """
        require_amount(drift, "looks, drift", least=-math.inf)
        reached = crossing_chances(
            self.information, self.bounds, two_sided=self.two_sided, drift=float(drift)
        )
        return exactly(
            reached[-1],
            method="chance of crossing limits at planned looks, by quadrature",
            inputs={**self.inputs, "drift": float(drift)},
            assumptions=ASSUMPTIONS,
            ln_value=math.log(reached[-1]) if reached[-1] > 0.0 else -math.inf,
            tol=1e-10,
        )

    def document(self) -> dict[str, Any]:
        """Return it as JSON has it; a limit that no evidence reaches is None."""
        return {
            **self.inputs,
            "inputs_digest": digest(self.inputs),
            "bounds": [bound if math.isfinite(bound) else None for bound in self.bounds],
            "nominal": list(self.nominal),
            "spent": list(self.spent),
            "assumptions": list(ASSUMPTIONS),
        }


def repeated_looks(looks: int, level: float = 0.05, *, two_sided: bool = True) -> Result:
    """Return the chance that a test repeated at equal steps of information ever raises a false alarm.

    Args:
        looks: Number of looks [1], 1 to 1000.
        level: Chance of a false alarm at each look by itself [0 to 1].
        two_sided: Whether evidence on either side raises an alarm.

    Raises:
        StatsError: a number is out of its range.

    Examples:
        >>> [f"{100 * (repeated_looks(k).value or 0.0):.1f} %" for k in (1, 2, 5, 10, 20)]
        ['5.0 %', '8.3 %', '14.2 %', '19.3 %', '24.8 %']
    """
    information = _equal_steps(looks)
    require_level(level, "level")
    bound = -float(special.ndtri(level / (1 + two_sided)))
    chance = crossing_chances(information, (bound,) * looks, two_sided=two_sided)[-1]
    return exactly(
        chance,
        method="repeated significance tests at equal steps of information, by quadrature",
        inputs={"looks": looks, "level": level, "two_sided": two_sided},
        assumptions=ASSUMPTIONS,
        ln_value=math.log(chance),
        tol=1e-10,
    )


def pocock(looks: int, alpha: float = 0.05, *, two_sided: bool = True) -> Looks:
    """Return Pocock's limits: the same at each of K looks at equal steps of information.

    Args:
        looks: Number of looks, K, 1 to 1000.
        alpha: Chance of a false alarm in the whole series [0 to 1].
        two_sided: Whether evidence on either side raises an alarm.

    Raises:
        StatsError: a number is out of its range.

    Examples:
        >>> [round(pocock(k).bounds[0], 3) for k in (2, 5, 10)]
        [2.178, 2.413, 2.555]
    """
    return _scaled("pocock", (1.0,) * looks, _equal_steps(looks), alpha, two_sided=two_sided)


def obrien_fleming(looks: int, alpha: float = 0.05, *, two_sided: bool = True) -> Looks:
    """Return the limits of O'Brien and Fleming: strict at first, nearly those of a single test at the end.

    Args:
        looks: Number of looks at equal steps of information, K, 1 to 1000.
        alpha: Chance of a false alarm in the whole series [0 to 1].
        two_sided: Whether evidence on either side raises an alarm.

    Returns:
        Limits that fall as the square root of K by k; the last is the constant of the tables.

    Raises:
        StatsError: a number is out of its range.

    Examples:
        >>> [round(obrien_fleming(k).bounds[-1], 3) for k in (2, 5, 10)]
        [1.977, 2.04, 2.087]
    """
    information = _equal_steps(looks)
    shape = tuple(1.0 / math.sqrt(share) for share in information)
    return _scaled("obrien-fleming", shape, information, alpha, two_sided=two_sided)


def spending_bounds(
    information: Sequence[float],
    alpha: float = 0.05,
    *,
    spending: Spending = "obrien-fleming",
    exponent: float = 1.0,
    two_sided: bool = True,
) -> Looks:
    """Return limits that spend the budget as information comes in, whenever the looks are.

    Args:
        information: Share of all information at each look, rising by 1e-6 or more, at most 1.
        alpha: Chance of a false alarm in the whole series, spent at share 1 [0 to 1].
        spending: ``obrien-fleming`` (little at first), ``pocock`` (nearly even) or ``power``.
        exponent: Power of the share by which ``power`` spends, above 0; 1 spends in proportion.
        two_sided: Whether evidence on either side raises an alarm; each side then spends half.

    Raises:
        StatsError: a number is out of its range, or the shares do not rise.

    Examples:
        >>> looks = spending_bounds((0.25, 0.5, 0.75, 1.0), two_sided=False)
        >>> [round(bound, 3) for bound in looks.bounds]
        [3.75, 2.54, 2.016, 1.72]
    """
    shares = tuple(float(share) for share in information)
    _require_shares(shares)
    require_level(alpha, "alpha")
    require_amount(exponent, "spending, exponent", above=0.0)
    sides = 1 + two_sided
    spend = _spending_function(spending, alpha / sides, exponent)
    bounds: list[float] = []
    course, spent = START, 0.0
    for share, after in zip(shares, (*shares[1:], math.inf), strict=True):
        edge = edge_that_spends(course, share, sides * spend(share) - spent, two_sided=two_sided)
        spent += crossing(course, share, edge, two_sided=two_sided)
        course = go_on(course, share, edge, after=after, two_sided=two_sided)
        bounds.append(edge / math.sqrt(share))
    return Looks(
        name=f"spending, {spending}" + (f" {exponent:g}" if spending == "power" else ""),
        alpha=alpha,
        two_sided=two_sided,
        information=shares,
        bounds=tuple(bounds),
        spent=crossing_chances(shares, tuple(bounds), two_sided=two_sided),
    )


def _equal_steps(looks: int) -> tuple[float, ...]:
    require_count(looks, "looks", least=1, most=_MAX_LOOKS)
    return tuple(look / looks for look in range(1, looks + 1))


def _require_shares(shares: tuple[float, ...]) -> None:
    if not 1 <= len(shares) <= _MAX_LOOKS:
        raise StatsError(f"information at {len(shares)} looks: must be 1 to {_MAX_LOOKS} looks")
    for before, share in zip((0.0, *shares), shares, strict=False):
        if not before + _LEAST_STEP <= share <= 1.0:
            raise StatsError(
                f"information, {share} after {before}: must rise by {_LEAST_STEP:g} at least, to 1 at most"
            )


def _spending_function(spending: Spending, alpha: float, exponent: float) -> Callable[[float], float]:
    """Return how much of one side's budget is spent at a share of the information."""
    if spending == "obrien-fleming":
        edge = -float(special.ndtri(0.5 * alpha))
        return lambda share: 2.0 * float(special.ndtr(-edge / math.sqrt(share)))
    if spending == "pocock":
        return lambda share: alpha * math.log1p((math.e - 1.0) * share)
    if spending == "power":
        return lambda share: alpha * share**exponent
    raise StatsError(f"spending {spending!r}: must be obrien-fleming, pocock or power")


def _scaled(
    name: str, shape: tuple[float, ...], information: tuple[float, ...], alpha: float, *, two_sided: bool
) -> Looks:
    """Return limits of a given shape, raised until the whole series keeps its budget."""
    require_level(alpha, f"alpha of {name}")

    def bounds(constant: float) -> tuple[float, ...]:
        return tuple(constant * one for one in shape)

    def spent(constant: float) -> float:
        return crossing_chances(information, bounds(constant), two_sided=two_sided)[-1]

    found = bounds(where_falls_to(spent, alpha))
    return Looks(
        name=name,
        alpha=alpha,
        two_sided=two_sided,
        information=information,
        bounds=found,
        spent=crossing_chances(information, found, two_sided=two_sided),
    )
