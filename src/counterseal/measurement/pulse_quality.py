"""Whether a coincidence measurement hangs together: accidentals, cycles that stand out, a trend.

References:
    The tests are those that INCC makes (accidentals over singles, outliers), with medians in place of means
    [INCC-5].
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from counterseal.measurement.coincidence_rates import (
    CoincidenceRates,
    CountedCycle,
    net_rates,
    sum_of_cycles,
    weights_for,
)
from counterseal.measurement.errors import MeasurementError
from counterseal.measurement.neutron_counter import NeutronCounter

_NS_PER_S = 1e9
_US_PER_S = 1e6
_MAD_TO_SIGMA = 1.4826
"""Standard deviation over median absolute deviation of a normal distribution."""
MIN_FOR_OUTLIERS = 5
REALS_PRESENT = "reals-present"
ACCIDENTALS_FOLLOW = "accidentals-follow-singles"


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityLimits:
    """How far from the expected a measurement may be.

    Attributes:
        accidentals_share: Accidentals against those that the singles give, relative, whatever the counts.
        sigmas: The same, cycles and trend, in standard deviations.
    """

    accidentals_share: float = 0.001
    sigmas: float = 4.0

    def __post_init__(self) -> None:
        """Refuse limits that would pass nothing."""
        if not (self.accidentals_share >= 0.0 and self.sigmas > 0.0):
            raise MeasurementError(
                f"quality limits {self.accidentals_share}, {self.sigmas}: must be at least 0 and above 0"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityCheck:
    """One check of a measurement.

    Attributes:
        check: Its name.
        passed: Whether it holds.
        found: What was found against what is allowed, in a line.
    """

    check: str
    passed: bool
    found: str


def check_quality(
    cycles: Sequence[CountedCycle], *, counter: NeutronCounter, limits: QualityLimits | None = None
) -> tuple[QualityCheck, ...]:
    """Return the checks of a measurement's cycles: accidentals first, then cycles that stand out, and trend.

    Args:
        cycles: The cycles, in the order in which they were counted; one undivided run counts as one.
        counter: The counter.
        limits: What is allowed; None for the usual.
    """
    allowed = limits or QualityLimits()
    whole = sum_of_cycles(cycles)
    checks = [check_reals(whole), check_accidentals(cycles, counter=counter, limits=allowed)]
    triggered = all(sum(cycle.count.with_reals.tolist()) or not cycle.count.singles for cycle in cycles)
    if len(cycles) >= MIN_FOR_OUTLIERS and triggered:
        weights = weights_for(whole, counter=counter)
        rates = [net_rates(cycle, counter=counter, weights=weights) for cycle in cycles]
        checks += [check_outliers(rates, limits=allowed), check_trend(rates, limits=allowed)]
    return tuple(checks)


def check_reals(cycle: CountedCycle) -> QualityCheck:
    """Check that R+A data are there at all."""
    triggers, singles = sum(cycle.count.with_reals.tolist()), cycle.count.singles
    return QualityCheck(
        check=REALS_PRESENT,
        passed=triggers > 0 or singles == 0,
        found=f"{singles} pulses, R+A histogram of {triggers} triggers",
    )


def check_accidentals(
    cycles: Sequence[CountedCycle], *, counter: NeutronCounter, limits: QualityLimits
) -> QualityCheck:
    """Check that accidentals are the square of the singles rate times the gate.

    Singles are squared cycle by cycle, so a source that moves between cycles does not fail it. Pulses that
    come in fissions scatter more: as if the gate caught half of their pairs.

    Args:
        cycles: What was counted in each.
        counter: The counter, for the length of its gate.
        limits: How far accidentals may be off: a share of what is expected, or so many standard deviations.
    """
    gate_s = counter.gate_us / _US_PER_S
    found = expected = 0.0
    pairs, singles = 0, 0
    for cycle in cycles:
        seconds = cycle.count.time_ns / _NS_PER_S
        expected += cycle.count.singles * (cycle.count.singles / seconds) * gate_s
        found += _accidentals(cycle)
        pairs += _reals(cycle)
        singles += cycle.count.singles
    if singles == 0:
        return QualityCheck(check=ACCIDENTALS_FOLLOW, passed=True, found="no pulses")
    chains = max(1.0, 1.0 + 4.0 * (pairs - found) / singles)
    allowed = max(limits.accidentals_share * expected, limits.sigmas * chains * math.sqrt(max(expected, 1.0)))
    return QualityCheck(
        check=ACCIDENTALS_FOLLOW,
        passed=abs(found - expected) <= allowed,
        found=f"{found:.0f} accidentals, {expected:.0f} +- {allowed:.0f} expected from singles",
    )


def _accidentals(cycle: CountedCycle) -> int:
    if cycle.accidentals_sum is not None:
        return cycle.accidentals_sum
    return sum(number * seen for number, seen in enumerate(cycle.count.accidentals.tolist()))


def _reals(cycle: CountedCycle) -> int:
    if cycle.with_reals_sum is not None:
        return cycle.with_reals_sum
    return sum(number * seen for number, seen in enumerate(cycle.count.with_reals.tolist()))


def check_outliers(rates: Sequence[CoincidenceRates], *, limits: QualityLimits) -> QualityCheck:
    """Check that no cycle's singles or doubles stand far from the median of all.

    Args:
        rates: Rates of each cycle, in their order.
        limits: From how many standard deviations on a cycle stands out.
    """
    outlying = sorted(
        {
            number
            for kind in range(2)
            for number in outliers([rate.values[kind] for rate in rates], sigmas=limits.sigmas)
        }
    )
    named = ", ".join(str(number + 1) for number in outlying[:20])
    return QualityCheck(
        check="no-outlying-cycle",
        passed=not outlying,
        found=f"cycles {named} stand out" if outlying else f"{len(rates)} cycles",
    )


def outliers(values: Sequence[float], *, sigmas: float) -> tuple[int, ...]:
    """Return which values (from 0) are more than so many standard deviations from the median.

    The standard deviation is the median distance from the median times 1.4826: outliers do not widen it.

    Args:
        values: The values, at least one.
        sigmas: So many standard deviations are let pass, above 0.
    """
    middle = _median(values)
    spread = _MAD_TO_SIGMA * _median([abs(value - middle) for value in values])
    if spread == 0.0:
        return ()
    return tuple(number for number, value in enumerate(values) if abs(value - middle) > sigmas * spread)


def _median(values: Sequence[float]) -> float:
    ordered = sorted(values)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else 0.5 * (ordered[half - 1] + ordered[half])


def check_trend(rates: Sequence[CoincidenceRates], *, limits: QualityLimits) -> QualityCheck:
    """Check that singles neither rise nor fall from cycle to cycle, against their scatter about a line.

    Args:
        rates: Rates of each cycle, in their order, at least 3.
        limits: How many standard uncertainties the slope may have.
    """
    singles = [rate.singles_per_s for rate in rates]
    number = len(singles)
    middle, mean = (number - 1) / 2.0, math.fsum(singles) / number
    places = math.fsum((i - middle) * (i - middle) for i in range(number))
    slope = math.fsum((i - middle) * (value - mean) for i, value in enumerate(singles)) / places
    left = math.fsum(
        (value - mean - slope * (i - middle)) * (value - mean - slope * (i - middle))
        for i, value in enumerate(singles)
    )
    slope_unc = math.sqrt(left / (number - 2) / places)
    return QualityCheck(
        check="no-trend-in-singles",
        passed=abs(slope) <= limits.sigmas * slope_unc,
        found=f"{slope:.4g} +- {slope_unc:.2g} /s per cycle",
    )
