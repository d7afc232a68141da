"""How often something may happen before a stated rate is refuted."""

import math


def upper_bound(number: int, rate: float, *, confidence: float = 0.99) -> int:
    """Return the largest count that a true rate still gives with this confidence (one side of Clopper-Pearson).

    A count above it refutes the rate: the lower bound of Clopper and Pearson then lies above it.
    """
    at_most = 0.0
    for count in range(number + 1):
        at_most += math.exp(
            math.lgamma(number + 1)
            - math.lgamma(count + 1)
            - math.lgamma(number - count + 1)
            + count * math.log(rate)
            + (number - count) * math.log1p(-rate)
        )
        if at_most >= confidence:
            return count
    return number
