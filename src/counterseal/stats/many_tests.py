"""Many tests at once with one budget of false alarms.

References:
    [BONFERRONI-1936]; [SIDAK-1967].
"""

import math
from typing import Literal

from scipy import special

from counterseal.stats.errors import StatsError
from counterseal.stats.items import require_count
from counterseal.stats.levels import require_level
from counterseal.stats.result import Result, exactly

Method = Literal["bonferroni", "sidak"]


def many_tests(
    tests: int, alpha: float = 0.05, *, method: Method = "bonferroni", two_sided: bool = False
) -> Result:
    """Return the chance of a false alarm that each of many tests may have within one budget for all.

    Args:
        tests: Number of tests, 1 or more.
        alpha: Chance of any false alarm [0 to 1].
        method: ``bonferroni`` holds whatever the tests have in common; ``sidak`` takes them as independent.
        two_sided: Whether the limit in the method line is for either side.

    Returns:
        The chance for each test; its method line gives the limit in standard deviations.

    Raises:
        StatsError: a number is out of its range, or the method is unknown.

    Examples:
        >>> found = many_tests(2700)
        >>> f"{found.value:.3g}", found.method
        ('1.85e-05', 'Bonferroni: limit at 4.13 standard deviations')
    """
    require_count(tests, "many tests, tests", least=1, most=10**12)
    require_level(alpha, "many tests, alpha")
    if method not in {"bonferroni", "sidak"}:
        raise StatsError(f"many tests, method {method!r}: must be bonferroni or sidak")
    level = alpha / tests if method == "bonferroni" else -math.expm1(math.log1p(-alpha) / tests)
    limit = normal_limit(level, two_sided=two_sided)
    return exactly(
        level,
        method=f"{method.capitalize()}: limit at {limit:.2f} standard deviations",
        inputs={"tests": tests, "alpha": alpha, "method": method, "two_sided": two_sided},
        assumptions=() if method == "bonferroni" else ("False alarms of the tests are independent.",),
        ln_value=math.log(level),
        tol=1e-14,
    )


def normal_limit(level: float, *, two_sided: bool = False) -> float:
    """Return the limit that a standardised normal figure exceeds with a chance [standard deviations].

    Args:
        level: That chance [0 to 1], above 0, below 1.
        two_sided: Whether on either side.

    Raises:
        StatsError: the chance is out of its range.

    Examples:
        >>> round(normal_limit(1.9e-5), 2)
        4.12
    """
    require_level(level, "limit, level")
    return -float(special.ndtri(level / (1 + two_sided)))
