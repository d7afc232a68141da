"""The chance that a sample without replacement shows at least one false item, exactly."""

from fractions import Fraction
from math import prod

from counterseal.stats.errors import StatsError


def chance_seen(population: int, *, false_items: int, checked: int) -> Fraction:
    """Return the chance that at least one false item is among those checked [0 to 1, exact].

    With N items, D of them false, and n checked that were drawn without replacement and with equal
    chances, it is ``1 - C(N - D, n) / C(N, n)``: one less the hypergeometric chance of none.

    Args:
        population: Number of items, N.
        false_items: How many of them are false, D.
        checked: How many are looked at, n.

    Raises:
        StatsError: more false or checked than there are items, or a number below 0.

    Examples:
        >>> chance_seen(100, false_items=5, checked=10)
        Fraction(79137, 190120)
        >>> round(float(chance_seen(100, false_items=5, checked=10)), 3)
        0.416
    """
    for what, number in (("false", false_items), ("checked", checked)):
        if not 0 <= number <= population:
            raise StatsError(f"{number} items {what} of {population}: must be between none and all")
    return 1 - Fraction(*_ways_to_miss(population, false_items, checked=checked))


def _ways_to_miss(population: int, false_items: int, *, checked: int) -> tuple[int, int]:
    """Return how many ordered samples show no false item, and how many there are."""
    fewer, more = sorted((false_items, checked))  # the chance is the same with the two exchanged
    missing = prod(range(max(0, population - more - fewer + 1), population - more + 1))
    return missing, prod(range(population - fewer + 1, population + 1))


def chance_seen_after_restarts(chance: Fraction, *, restarts: int) -> Fraction:
    """Return what is left of a chance if a party may have the draw made again, so many times.

    It asks for a new draw whenever a false item came up, and stops as soon as none did; it is found out
    only if every draw shows one. The draws are independent, so their chances multiply.

    Args:
        chance: That one draw shows a false item.
        restarts: How often the draw may be made again.

    Raises:
        StatsError: a chance outside 0 to 1, or fewer than no restarts.

    Examples:
        >>> one = chance_seen(100, false_items=5, checked=10)
        >>> [f"{float(chance_seen_after_restarts(one, restarts=n)):.3f}" for n in range(4)]
        ['0.416', '0.173', '0.072', '0.030']
    """
    if not 0 <= chance <= 1:
        raise StatsError(f"chance {chance}: must be from 0 to 1")
    if restarts < 0:
        raise StatsError(f"{restarts} restarts: must be none or more")
    return chance ** (restarts + 1)


def needed_sample(population: int, *, false_items: int, chance: Fraction) -> int:
    """Return the smallest sample that shows at least one false item with that chance or a better one.

    Raises:
        StatsError: no item is false and a chance is asked for, or a chance outside 0 to 1.

    Examples:
        >>> needed_sample(100, false_items=5, chance=Fraction(95, 100))
        45
    """
    if not 0 <= chance <= 1:
        raise StatsError(f"chance {chance} of seeing a false item: must be from 0 to 1")
    if not 0 <= false_items <= population:
        raise StatsError(f"{false_items} items false of {population}: must be from none to all")
    if not false_items and chance:
        raise StatsError(f"no item of {population} is false: no sample shows one")

    def suffices(checked: int) -> bool:
        missing, all_samples = _ways_to_miss(population, false_items, checked=checked)
        return missing <= (1 - chance) * all_samples

    too_few, enough = -1, 0
    while not suffices(enough):  # in growing steps: the numbers are as long as the sample is large
        too_few, enough = enough, min(2 * enough + 1, population)
    while enough - too_few > 1:
        middle = (too_few + enough) // 2
        too_few, enough = (too_few, middle) if suffices(middle) else (middle, enough)
    return enough
