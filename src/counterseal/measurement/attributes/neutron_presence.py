"""Presence of neutrons: the net rate of a neutron counter against an agreed one, with a paired background.

References:
    [ISO-11929-1], for a net rate of gross and background counts.
"""

from dataclasses import dataclass
from fractions import Fraction

from counterseal.measurement.attributes.decision import Side, Threshold, decide
from counterseal.measurement.attributes.judgement import Judgement
from counterseal.measurement.attributes.paired_counts import PairedCounts
from counterseal.measurement.errors import MeasurementError
from counterseal.measurement.pulses import PulseTrain
from counterseal.terms.outcomes import MeasurementOutcome

MAX_BUNCHING = 100
_PS_PER_S = 1e12


@dataclass(frozen=True, slots=True, kw_only=True)
class NeutronPresenceSettings:
    """What the parties agreed on for the presence of neutrons.

    Attributes:
        rate: The net rate that is compared [1/s]; the attribute must hold above it.
        background_variation: Relative standard uncertainty by which the background of the place varies.
        bunching: Variance of counts over their mean, at most: fissions and showers give neutrons in bursts,
            so that counts scatter more than single events do; at least 1.
    """

    rate: Threshold
    background_variation: Fraction
    bunching: Fraction

    def __post_init__(self) -> None:
        """Refuse a threshold that no neutrons would meet."""
        if self.rate.holds is not Side.ABOVE or self.rate.value < 0:
            raise MeasurementError("presence of neutrons: must hold above a rate of at least 0")
        if not 0 <= self.background_variation < 1:
            raise MeasurementError(
                "presence of neutrons: variation of the background must be at least 0, below 1"
            )
        if not 1 <= self.bunching <= MAX_BUNCHING:
            raise MeasurementError(f"presence of neutrons: bunching must be 1 to {MAX_BUNCHING}")


def decide_neutron_presence(
    item: PulseTrain, *, background: PulseTrain | None, settings: NeutronPresenceSettings
) -> Judgement:
    """Answer whether an item gives neutrons at more than the agreed net rate.

    Args:
        item: Pulses counted at the item.
        background: Pulses of the place without it, from the same counter.
        settings: What the parties agreed on.

    Returns:
        The answer of the decision rule to the net rate; or *malfunction* (``no-background``).
    """
    if background is None:
        return Judgement(outcome=MeasurementOutcome.MALFUNCTION, reason="no-background")
    pair = PairedCounts(
        gross=len(item.ticks),
        gross_time_s=item.duration_ticks * item.tick_ps / _PS_PER_S,
        background=len(background.ticks),
        background_time_s=background.duration_ticks * background.tick_ps / _PS_PER_S,
        variation=float(settings.background_variation),
        bunching=float(settings.bunching),
    )
    return decide(pair.net_rate("net_rate_per_s"), against=settings.rate)
