"""A little from every item: how likely the D statistic shows a bias that is the same everywhere.

The inspector measures n of N items and adds up the differences to what was declared: ``D = (N/n) sum of
(operator - inspector)`` estimates how much is missing in all. Errors that all items share do not shrink with
the sample: there is a floor.

References:
    [AVENHAUS-CANTY-1996], chapter 3, on the sampling of variables; [JAECH-1973].
"""

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

from counterseal.stats.errors import StatsError
from counterseal.stats.items import QuantMethod, Stratum, require_amount, require_count
from counterseal.stats.result import Result, exactly
from counterseal.stats.sampling_inputs import chance, number

_ASSUMED = (
    "The same amount is missing from every item, and every item holds what was declared before that.",
    "Measurement errors are normal with the stated standard deviations; shared ones are equal for all items.",
    "Operator and inspector measure independently of each other.",
    "One-sided: an alarm is raised where too much seems to be missing.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DStatisticPower:
    """How likely the D statistic shows an amount missing evenly, and how likely it could at most.

    Attributes:
        power: Chance of an alarm with this sample.
        floor: Chance of an alarm if the random errors were nothing: the best that any sample can do.
        sigma_kg: Standard deviation of D with this sample [kg].
        sigma_floor_kg: What is left of it without random errors [kg].
        threshold_kg: D above which an alarm is raised [kg].
    """

    power: Result
    floor: Result
    sigma_kg: float
    sigma_floor_kg: float
    threshold_kg: float

    def document(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {
            "power": self.power.document(),
            "floor": self.floor.document(),
            "sigma_kg": self.sigma_kg,
            "sigma_floor_kg": self.sigma_floor_kg,
            "threshold_kg": self.threshold_kg,
        }


def d_statistic_power(
    stratum: Stratum,
    n: int,
    goal_kg: float,
    *,
    operator: QuantMethod,
    inspector: QuantMethod,
    false_alarm_p: float,
) -> DStatisticPower:
    """Return how likely the D statistic shows that an amount is missing, the same from every item.

    ``DP = 1 - Phi(z_{1-alpha} - M / sigma_D)``, where ``sigma_D^2`` is
    ``(N x)^2 [(r_o^2 + r_i^2) / n + s_o^2 + s_i^2]``.

    Args:
        stratum: Items of one size.
        n: Items measured, 1 to all.
        goal_kg: Amount missing in all [kg], 0 to what the stratum holds.
        operator: Error of what was declared.
        inspector: Error of what is measured.
        false_alarm_p: Chance of an alarm if nothing is missing [above 0, below 1].

    Raises:
        StatsError: a number is out of its range, or items of several sizes.

    Examples:
        >>> rough = QuantMethod(name="declared", rel_random=0.02, rel_systematic=0.002)
        >>> fine = QuantMethod(name="measured", rel_random=0.05, rel_systematic=0.01)
        >>> found = d_statistic_power(
        ...     Stratum(name="store", n_items=200, content_kg=0.5), 20, 3.0,
        ...     operator=rough, inspector=fine, false_alarm_p=0.05)
        >>> f"{found.power.value:.3f} of {found.floor.value:.3f} at most"
        '0.601 of 0.903 at most'
    """
    alpha = chance(false_alarm_p, "d_statistic_power, false_alarm_p")
    _require(stratum, n, goal_kg, alpha)
    total_kg = stratum.n_items * stratum.content_kg
    random_kg = total_kg * math.hypot(operator.rel_random, inspector.rel_random) / math.sqrt(n)
    shared_kg = total_kg * math.hypot(operator.rel_systematic, inspector.rel_systematic)
    sigma_kg, z = math.hypot(random_kg, shared_kg), -NormalDist().inv_cdf(alpha)
    asked = {
        "question": "d_statistic_power",
        "N": stratum.n_items,
        "content_kg": stratum.content_kg,
        "n": n,
        "goal_kg": goal_kg,
        "operator": [operator.rel_random, operator.rel_systematic],
        "inspector": [inspector.rel_random, inspector.rel_systematic],
        "false_alarm_p": alpha,
    }
    return DStatisticPower(
        power=_power(goal_kg, sigma_kg, z, asked),
        floor=_power(goal_kg, shared_kg, z, asked | {"question": "d_statistic_power without random errors"}),
        sigma_kg=sigma_kg,
        sigma_floor_kg=shared_kg,
        threshold_kg=z * sigma_kg,
    )


def _power(goal_kg: float, sigma_kg: float, z: float, asked: dict[str, object]) -> Result:
    """Return ``1 - Phi(z - M / sigma)``; without any error everything above nothing is seen."""
    if sigma_kg > 0.0:
        value = 0.5 * math.erfc((z - goal_kg / sigma_kg) / math.sqrt(2.0))
    else:
        value = 1.0 if goal_kg > 0.0 else 0.5 * math.erfc(z / math.sqrt(2.0))
    return exactly(
        value,
        method="1 - Phi(z_{1-alpha} - M / sigma_D)",
        inputs=asked,
        assumptions=_ASSUMED,
        warnings=("Show it beside the chances of attribute sampling: the host picks the worse of the two.",),
        ln_value=math.log(value) if value > 0.0 else -math.inf,
        tol=1e-12,
    )


def _require(stratum: Stratum, n: int, goal_kg: float, alpha: float) -> None:
    if stratum.items_by_size is not None:
        raise StatsError(
            f"d_statistic_power, stratum {stratum.name}: items of several sizes, must be of one; "
            "ask for each size by itself"
        )
    require_count(n, "d_statistic_power, n", least=1, most=stratum.n_items)
    require_amount(number(goal_kg, "d_statistic_power, goal_kg"), "d_statistic_power, goal_kg")
    total_kg = stratum.n_items * stratum.content_kg
    if goal_kg > total_kg:
        raise StatsError(
            f"d_statistic_power, goal_kg: {goal_kg}, must be at most {total_kg:g}: stratum {stratum.name}"
        )
    if not 0.0 < alpha < 1.0:
        raise StatsError(f"d_statistic_power, false_alarm_p: {alpha}, must be above 0 and below 1")
