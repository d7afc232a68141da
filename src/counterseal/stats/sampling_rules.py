"""Rules of thumb for the size of a sample, shown beside the exact one and never used for it.

References:
    [KRIEGER-BURR-NORMAN], who find that the plain rule asks for at most 3 items more than are needed.
"""

import math
from decimal import ROUND_CEILING, Decimal, localcontext

from counterseal.stats.sampling_ties import DIGITS

_UNCLEAR = 1e-9
_SAME = Decimal("1e-30")


def rule_of_thumb(N: int, d: int, beta_max: float, q: float, *, half: bool) -> int:
    """Return ``N (1 - beta^(1/d)) / q`` rounded up, or with ``N - (d-1)/2`` in the place of N.

    Args:
        N: Items.
        d: False items, 1 to N.
        beta_max: Goal for the chance that nothing is seen [0 to 1].
        q: Chance that a test shows a false item, above 0.
        half: Whether half of the other false items are taken off N.

    Examples:
        >>> rule_of_thumb(100, 5, 0.05, 1.0, half=False), rule_of_thumb(100, 5, 0.05, 1.0, half=True)
        (46, 45)
    """
    middle = N - (d - 1) / 2 if half else float(N)
    place = middle * -math.expm1(math.log(beta_max) / d) / q if beta_max > 0.0 else middle / q
    if abs(place - round(place)) > _UNCLEAR * N:
        return math.ceil(place)
    with localcontext() as digits:
        digits.prec = DIGITS
        part = 1 - Decimal(repr(beta_max)) ** (Decimal(1) / d)
        exact = Decimal(middle) * part / Decimal(repr(q))
        return int((exact - _SAME).to_integral_value(rounding=ROUND_CEILING))
