"""Detection limits: what is a count above the background, and what would not be missed.

A decision threshold is passed by a source that is not there with an agreed small chance; a source at the
detection limit stays below the threshold with another. Currie gave both for counts
[CURRIE-1968], ISO 11929 for the quantity that is measured, with what is known of its factor [ISO-11929-1].
"""

import math
from dataclasses import dataclass

from counterseal.stats.errors import StatsError


@dataclass(frozen=True, slots=True, kw_only=True)
class CharacteristicLimits:
    """Decision threshold and detection limit of a measurement, in the unit of what is measured.

    Attributes:
        decision_threshold: A result above it is called seen.
        detection_limit: The smallest true value that is called seen with the agreed certainty; infinite
            where no value is, because the factor is not well enough known.
    """

    decision_threshold: float
    detection_limit: float


def currie_limits(
    background_counts: float,
    *,
    background_variance: float | None = None,
    k_alpha: float = 1.645,
    k_beta: float = 1.645,
) -> CharacteristicLimits:
    """Return the limits of Currie for a net count.

    Args:
        background_counts: Expected background in the gross count [counts], at least 0.
        background_variance: Variance of the number that is subtracted for it [counts squared]; without it,
            the background was counted once in the same time (paired), so that it is the same number.
        k_alpha: Quantile of the chance to call seen what is not there; 1.645 for 5 %.
        k_beta: Quantile of the chance to miss what is there at the detection limit.

    Returns:
        Both limits [counts].

    Raises:
        StatsError: a count or a variance is below 0, or a quantile is not above 0.

    References:
        [CURRIE-1968].
    """
    variance = background_counts if background_variance is None else background_variance
    if not (0 <= background_counts < math.inf and 0 <= variance < math.inf):
        raise StatsError(
            f"background of {background_counts} counts, variance {variance}: must be at least 0 and finite"
        )
    return _limits(
        variance_at_zero=background_counts + variance, per_unit=1.0, k_alpha=k_alpha, k_beta=k_beta
    )


def iso_limits(
    *,
    background_counts: int,
    background_time_s: float,
    gross_time_s: float,
    factor: float = 1.0,
    factor_relative_unc: float = 0.0,
    k_alpha: float = 1.645,
    k_beta: float = 1.645,
) -> CharacteristicLimits:
    """Return the limits of ISO 11929 for a net rate, or for what a factor makes of it.

    Args:
        background_counts: Counts of the background measurement, at least 0.
        background_time_s: Its time [s].
        gross_time_s: Time of the measurement of the item [s].
        factor: What a net rate of 1 /s stands for [unit of the result x s], above 0.
        factor_relative_unc: Relative standard uncertainty of that factor [1].
        k_alpha: Quantile of the chance to call seen what is not there; 1.645 for 5 %.
        k_beta: Quantile of the chance to miss what is there at the detection limit.

    Returns:
        Both limits, as rate [1/s] or in the unit that the factor gives.

    Raises:
        StatsError: a count, time, factor or uncertainty is out of range, or a quantile not above 0.

    References:
        [ISO-11929-1], for counting with preset time.
    """
    if background_counts < 0 or not (0 < background_time_s < math.inf and 0 < gross_time_s < math.inf):
        raise StatsError(
            f"{background_counts} counts in {background_time_s} s, item {gross_time_s} s:"
            " counts must be >= 0, times above 0"
        )
    if not 0 < factor < math.inf or not 0 <= factor_relative_unc < math.inf:
        raise StatsError(
            f"factor {factor}, relative uncertainty {factor_relative_unc}: must be above 0, and at least 0"
        )
    rate = background_counts / background_time_s
    return _limits(
        variance_at_zero=factor * factor * (rate / gross_time_s + rate / background_time_s),
        per_unit=factor / gross_time_s,
        square=factor_relative_unc * factor_relative_unc,
        k_alpha=k_alpha,
        k_beta=k_beta,
    )


def _limits(
    *, variance_at_zero: float, per_unit: float, k_alpha: float, k_beta: float, square: float = 0.0
) -> CharacteristicLimits:
    """Solve y = threshold + k_beta u(y) where u^2 = variance at zero + per_unit y + square y^2."""
    if not (0 < k_alpha < math.inf and 0 < k_beta < math.inf):
        raise StatsError(f"quantiles {k_alpha} and {k_beta}: must be above 0 and finite")
    threshold = k_alpha * math.sqrt(variance_at_zero)
    second = 1.0 - k_beta * k_beta * square
    if second <= 0:
        return CharacteristicLimits(decision_threshold=threshold, detection_limit=math.inf)
    half = threshold + 0.5 * k_beta * k_beta * per_unit
    rest = threshold * threshold - k_beta * k_beta * variance_at_zero
    limit = (half + math.sqrt(max(half * half - second * rest, 0.0))) / second
    return CharacteristicLimits(decision_threshold=threshold, detection_limit=limit)
