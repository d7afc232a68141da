"""What no prior can move: the limits of a balance and of sightings, and how a search is best spread."""

import math
from collections.abc import Sequence

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
        seen: Independent observations of real items, at least 1.
        missing: How many of them are not in the declaration.
        confidence: Of the bound [above 0, below 1].

    Examples:
        >>> round(completeness_from_sightings(60, 0).value, 3)
        0.951
    """
    require_count(seen, "sightings, seen", least=1)
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
    )


def search_allocation(regions: Sequence[tuple[float, float]], effort: float) -> tuple[float, ...]:
    """Return how an effort is best spread over regions so that an item is most likely found.

    ``z_i = max(0, ln(p_i w_i / lambda) / w_i)``: where the gain of a little more is the same everywhere.

    Args:
        regions: ``(p, w)`` of each: chance that an item is there, and how fast effort finds it [1/effort].
        effort: To spread, 0 or more.

    Returns:
        Effort for each region; they add up to ``effort`` where any region is worth it.

    Examples:
        >>> [round(one, 4) for one in search_allocation([(0.6, 1.0), (0.4, 1.0)], 2.0)]
        [1.2027, 0.7973]
    """
    require_amount(effort, "effort")
    for place, (here_p, rate) in enumerate(regions):
        require_chance(here_p, f"regions[{place}], chance")
        require_amount(rate, f"regions[{place}], rate", above=0.0)
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
