"""Inspections that a watching host counts down: so many visits in so many stages.

In each stage the host acts legally or not, the inspector visits or not, and both see what happened. A host
that is caught pays ``b`` and the game ends; what is not seen gains 1; at most ``k`` such acts are planned.
Visits err in neither direction.

References:
    [DRESHER-1962]; [VON-STENGEL-2016].
"""

from dataclasses import dataclass
from fractions import Fraction
from math import comb

from counterseal.design.errors import DesignError
from counterseal.stats.items import require_count

MAX_STAGES = 5_000
"""Most stages."""
ASSUMED = (
    "The host sees every visit; the inspector sees every act that a visit meets, and no other.",
    "Visits err in neither direction.",
    "The game ends when the host is caught.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectionStage:
    """The value of such a game, and what both do in its first stage.

    Attributes:
        value: What the host expects to gain, in gains of one unseen act; exact where ``b`` is.
        p_visit: Chance that the inspector visits in the first stage [0 to 1].
        p_violate: Chance that the host acts in the first stage [0 to 1].
        assumptions: What it takes for granted.
    """

    value: Fraction
    p_visit: Fraction
    p_violate: Fraction
    assumptions: tuple[str, ...] = ASSUMED


def inspection_recursion(n: int, m: int, k: int = 1, b: Fraction | int | str = 1) -> InspectionStage:
    """Return the value of the game and the first stage of its equilibrium, exactly.

    Args:
        n: Stages, 1 to 5000.
        m: Visits that are left, 0 or more; more than the stages are as good as one in each.
        k: Acts that the host plans, 1 or more.
        b: What it loses when caught, in gains of one unseen act, above 0; a decimal as text is exact.

    Raises:
        DesignError: ``b`` is no positive number.
        StatsError: another number is out of range.

    Examples:
        >>> inspection_recursion(4, 2).value
        Fraction(3, 11)
        >>> inspection_recursion(8, 3, k=2).value
        Fraction(55, 93)
    """
    require_count(n, "n", least=1, most=MAX_STAGES)
    require_count(m, "m", most=MAX_STAGES)
    require_count(k, "k", least=1, most=MAX_STAGES)
    loss = _loss(b)
    if m >= n:
        return InspectionStage(value=Fraction(0), p_visit=Fraction(1), p_violate=Fraction(0))
    here = _value(n, m, k, loss)
    if not m:
        return InspectionStage(value=here, p_visit=Fraction(0), p_violate=Fraction(1))
    p_visit = _scale(n - 1, m - 1, loss) / _scale(n, m, loss)
    return InspectionStage(value=here, p_visit=p_visit, p_violate=_p_act(n, m, k, loss))


def _loss(b: Fraction | int | str) -> Fraction:
    try:
        loss = Fraction(b)
    except (ValueError, OverflowError, ZeroDivisionError) as error:
        raise DesignError(f"b: {b!r}, must be a number above 0") from error
    if loss <= 0:
        raise DesignError(f"b: {b}, must be above 0: a host that loses nothing is not deterred")
    return loss


def _scale(n: int, m: int, loss: Fraction) -> Fraction:
    """Return ``s(n, m)``, the sum over i up to m of ``C(n, i) b^(m - i)``."""
    total = Fraction(0)
    for chosen in range(min(m, n) + 1):
        total = total + comb(n, chosen) * loss ** (m - chosen)
    return total


def _value(n: int, m: int, k: int, loss: Fraction) -> Fraction:
    if n <= 0 or k <= 0:
        return Fraction(0)
    left = comb(n - k, m + 1) if n > k else 0
    return (comb(n, m + 1) - left) / _scale(n, m, loss)


def _p_act(n: int, m: int, k: int, loss: Fraction) -> Fraction:
    """Return the host's chance to act in the first stage: it makes the inspector's two moves worth the same.

    Visiting is worth ``p (-b) + (1 - p) v(n - 1, m - 1, k)`` to the host, not visiting
    ``p (1 + v(n - 1, m, k - 1)) + (1 - p) v(n - 1, m, k)``.
    """
    after_visit, after_none = _value(n - 1, m - 1, k, loss), _value(n - 1, m, k, loss)
    unseen = 1 + _value(n - 1, m, k - 1, loss)
    return (after_visit - after_none) / (after_visit - after_none + unseen + loss)
