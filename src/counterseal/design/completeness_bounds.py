"""What no prior can move: the limits of a balance and of sightings, and how a search is best spread."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from counterseal.design.errors import DesignError
from counterseal.stats.items import require_amount, require_chance, require_count
from counterseal.stats.result import Result, exactly


def balance_bound(total_kg: float, rel_sd: float, kg_per_item: float, *, confidence: float = 0.95) -> Result:
    """Return how many undeclared items a balance alone cannot exclude [items]: the hard limit.

    The balance closes exactly; every number of undeclared items is counted alike beforehand.

    Args:
        total_kg: What was produced in all [kg].
        rel_sd: Relative standard deviation of that estimate [1].
        kg_per_item: What one item holds [kg].
        confidence: Of the bound [above 0, below 1].

    Examples:
        >>> round(balance_bound(100_000, 0.02, 4.0).value)
        980
    """
    require_amount(total_kg, "total_kg", above=0.0)
    require_amount(rel_sd, "rel_sd", above=0.0)
    require_amount(kg_per_item, "kg_per_item", above=0.0)
    if not 0.0 < confidence < 1.0:
        raise DesignError(f"confidence of a balance: {confidence}, must be above 0 and below 1")
    from scipy.special import ndtri

    value = float(ndtri((1.0 + confidence) / 2.0)) * rel_sd * total_kg / kg_per_item
    return exactly(
        value,
        method="quantile of the half-normal distribution",
        inputs={"total_kg": total_kg, "rel_sd": rel_sd, "kg_per_item": kg_per_item, "confidence": confidence},
        assumptions=("The balance closes exactly, and its error is normal.",),
    )


def completeness_from_sightings(seen: int, missing: int, *, confidence: float = 0.95) -> Result:
    """Return the least share of items that is declared, from sightings of real items [0 to 1].

    Args:
        seen: Independent observations of real items; none put no bound, which a warning says.
        missing: How many of them are not in the declaration.
        confidence: Of the bound [above 0, below 1].

    Examples:
        >>> round(completeness_from_sightings(60, 0).value, 3)
        0.951
    """
    require_count(seen, "sightings, seen")
    require_count(missing, "sightings, missing", most=seen)
    if not 0.0 < confidence < 1.0:
        raise DesignError(f"confidence of sightings: {confidence}, must be above 0 and below 1")
    from scipy.special import betaincinv

    value = 0.0 if missing == seen else float(betaincinv(seen - missing, missing + 1, 1.0 - confidence))
    return Result(
        value=value,
        lower=value,
        upper=1.0,
        kind="bound",
        method="lower limit of Clopper and Pearson",
        exact=True,
        tol=1e-12,
        confidence=confidence,
        inputs={"seen": seen, "missing": missing, "confidence": confidence},
        assumptions=("Sightings do not avoid undeclared items, and do not depend on each other.",),
        warnings=() if seen else ("No item was seen: sightings put no bound on what is declared.",),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchAllocation:
    """How an effort for a search is best spread.

    Attributes:
        effort: For each region, in their order; they add up to all of it where any region is worth it.
        found_p: Chance that an item is found so: the largest that this effort can buy.
    """

    effort: tuple[float, ...]
    found_p: Result

    @property
    def assumptions(self) -> tuple[str, ...]:
        """What it takes for granted, a sentence each."""
        return self.found_p.assumptions

    def document(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {"effort": list(self.effort), "found_p": self.found_p.document()}


def search_allocation(regions: Sequence[tuple[float, float]], effort: float) -> SearchAllocation:
    """Return how an effort is best spread over regions so that an item is most likely found.

    ``z_i = max(0, ln(p_i w_i / lambda) / w_i)``: where the gain of a little more is the same everywhere.

    Args:
        regions: ``(p, w)`` of each: chance that an item is there, in all at most 1, and how fast effort
            finds it [1/effort].
        effort: To spread, 0 or more.

    Returns:
        Effort for each region, and the chance that the item is found.

    Raises:
        DesignError: the chances add up to more than 1.
        StatsError: a number is out of its range.

    Examples:
        >>> told = search_allocation([(0.6, 1.0), (0.4, 1.0)], 2.0)
        >>> [round(one, 4) for one in told.effort], round(told.found_p.value, 4)
        ([1.2027, 0.7973], 0.6396)
    """
    require_amount(effort, "effort")
    for place, (here_p, rate) in enumerate(regions):
        require_chance(here_p, f"regions[{place}], chance")
        require_amount(rate, f"regions[{place}], rate", above=0.0)
    total_p = math.fsum(here_p for here_p, _ in regions)
    if total_p > 1.0 + 1e-9:
        raise DesignError(
            f"regions: chances add up to {total_p:g}; an item is in one place, at most 1 in all"
        )
    spread = _spread(regions, effort)
    found = math.fsum(p * -math.expm1(-w * z) for (p, w), z in zip(regions, spread, strict=True))
    return SearchAllocation(
        effort=spread,
        found_p=exactly(
            min(1.0, found),
            method="sum of p_i (1 - exp(-w_i z_i)), z_i = max(0, ln(p_i w_i / lambda) / w_i)",
            inputs={
                "question": "search_allocation",
                "regions": [[float(p), float(w)] for p, w in regions],
                "effort": float(effort),
            },
            assumptions=_SEARCHED,
            ln_value=math.log(min(1.0, found)) if found > 0.0 else -math.inf,
            tol=1e-12,
        ),
    )


_SEARCHED = (
    "The item lies in one of the regions with the chances given, or where nobody searches, and stays there.",
    "Effort finds at random: an item that is in a region is missed with chance exp(-rate effort).",
    "Effort can be divided at will, and moving it from region to region takes none.",
)


def _spread(regions: Sequence[tuple[float, float]], effort: float) -> tuple[float, ...]:
    worth = sorted(((p * w, w, place) for place, (p, w) in enumerate(regions) if p), reverse=True)
    spread = [0.0] * len(regions)
    for used in range(len(worth), 0, -1):
        chosen = worth[:used]
        ln_price = (sum(math.log(gain) / rate for gain, rate, _ in chosen) - effort) / sum(
            1.0 / rate for _, rate, _ in chosen
        )
        if math.log(chosen[-1][0]) >= ln_price:
            for gain, rate, place in chosen:
                spread[place] = (math.log(gain) - ln_price) / rate
            break
    return tuple(spread)
