"""How likely a visit must be so that a departure does not pay: one place, one act, and tests that err.

Legal conduct costs the host a false alarm now and then; an act gains where it stays unseen and loses where
it is seen. At the chance of a visit where both are worth the same, an announced plan deters.

References:
    [AVENHAUS-2002].
"""

from collections.abc import Sequence
from typing import Any

from counterseal.stats.items import require_amount, require_chance
from counterseal.stats.result import Result, exactly, unreachable

METHOD = "p = d_h / ((b + d_h) (1 - miss) - f false_alarm)"
ASSUMED = (
    "The host knows the chance of a visit but not whether it comes, and weighs gains and losses by chances.",
    "A visit errs with the chances stated; where both are worth the same, the host stays legal.",
    "What an unseen act gains, being caught loses and a false alarm costs: judgements of the user.",
)


def deterring_chance(d_h: float, b: float, f: float, miss_p: float, false_alarm_p: float) -> Result:
    """Return the chance of a visit from which on an act does not pay.

    Args:
        d_h: What an act that is not seen gains the host, above 0.
        b: What it loses when seen, 0 or more, in the same unit.
        f: What a false alarm costs it, 0 or more, in the same unit.
        miss_p: Chance that a visit does not see the act [0 to 1].
        false_alarm_p: Chance that a visit raises an alarm where there is no act [0 to 1].

    Returns:
        The chance [0 to 1]; without a value where even a visit for sure does not deter.

    Raises:
        StatsError: a number is out of its range.

    Examples:
        >>> round(deterring_chance(1, 4, 0.5, miss_p=0.2, false_alarm_p=0.05).value, 6)
        0.251572
        >>> deterring_chance(1, 0.1, 0, miss_p=0.5, false_alarm_p=0).warnings[0][:33]
        'a visit for sure does not deter: '
    """
    require_amount(d_h, "deterring_chance, d_h", above=0.0)
    require_amount(b, "deterring_chance, b")
    require_amount(f, "deterring_chance, f")
    require_chance(miss_p, "deterring_chance, miss_p")
    require_chance(false_alarm_p, "deterring_chance, false_alarm_p")
    asked: dict[str, Any] = {
        "question": "deterring_chance",
        "d_h": d_h,
        "b": b,
        "f": f,
        "miss_p": miss_p,
        "false_alarm_p": false_alarm_p,
    }
    slope = (b + d_h) * (1.0 - miss_p) - f * false_alarm_p
    if slope < d_h:
        needed = f"a chance of {d_h / slope:.4g}" if slope > 0.0 else "no chance would be enough"
        why = (
            f"a visit for sure does not deter: {needed}; the technique misses too often for what is at stake"
        )
        return unreachable(method=METHOD, inputs=asked, why=why, assumptions=ASSUMED)
    return exactly(d_h / slope, method=METHOD, inputs=asked, assumptions=ASSUMED, tol=1e-15)


def deterrence_map(
    loss_over_gain: Sequence[float], f_over_gain: float, miss_p: float, false_alarm_p: float
) -> tuple[tuple[float, Result], ...]:
    """Return the chance of a visit that deters, for each ratio of loss to gain: the edge of the region.

    Args:
        loss_over_gain: What being caught loses, over what an unseen act gains, each 0 or more.
        f_over_gain: What a false alarm costs the host, over the same gain, 0 or more.
        miss_p: Chance that a visit does not see the act [0 to 1].
        false_alarm_p: Chance that a visit raises an alarm where there is no act [0 to 1].

    Returns:
        ``(ratio, chance)`` in the order given.

    Raises:
        StatsError: a number is out of its range.

    Examples:
        >>> [(ratio, told.value) for ratio, told in deterrence_map([0, 1, 3], 0, 0, 0)]
        [(0, 1.0), (1, 0.5), (3, 0.25)]
    """
    return tuple(
        (ratio, deterring_chance(1.0, ratio, f_over_gain, miss_p, false_alarm_p)) for ratio in loss_over_gain
    )
