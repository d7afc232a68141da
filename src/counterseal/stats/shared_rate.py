"""When tests are not independent: a power that is not known, and a technique that fails as a whole.

A chance of detection learnt from a few tests is uncertain, and the same for all items: if it is low, it is
low everywhere. And equipment that is spoofed or broken shows nothing, however large the sample.
"""

import math

from counterseal.stats.errors import StatsError
from counterseal.stats.items import require_amount
from counterseal.stats.result import Result, exactly, unreachable
from counterseal.stats.sampling_inputs import (
    BLIND,
    NO_FALSE_ALARM,
    RELATIVE_ERROR,
    as_result,
    chance,
    number,
    require_sample,
    require_stratum,
)

_SHARED = (
    "The chance that the test shows a false item is not known; it is drawn once from a Beta distribution and "
    "is then the same for every item; given it, the tests are independent."
)
_METHOD = "sum over k of h(k) B(a,b+k) / B(a,b)"


def shared_rate_nondetection(N: int, d: int, n: int, detect_beta: tuple[float, float]) -> Result:
    """Return the chance that a sample shows no false item, if the test's power itself is uncertain.

    Args:
        N: Items in the stratum, 1 to 10**6.
        d: Items of them that are false, 0 to N.
        n: Items drawn, 0 to N.
        detect_beta: ``(a, b)`` of the Beta distribution of the chance to show a false item, both above 0.

    Raises:
        StatsError: a number is none, or out of its range.

    Examples:
        >>> f"{shared_rate_nondetection(50, 10, 25, (4, 1)).value:.4f}"
        '0.0132'
    """
    require_sample(N, d, n, question="shared_rate_nondetection")
    a, b = _rate(detect_beta, "shared_rate_nondetection")
    return as_result(
        *_pair(N, d, n, a, b),
        method=_METHOD,
        inputs={"question": "shared_rate_nondetection", "N": N, "d": d, "n": n, "detect_beta": [a, b]},
        assumptions=(BLIND, _SHARED, NO_FALSE_ALARM),
    )


def shared_rate_plan_size(N: int, d: int, beta_max: float, detect_beta: tuple[float, float]) -> Result:
    """Return the smallest sample that reaches a goal, if the test's power itself is uncertain.

    Args:
        N: Items in the stratum, 1 to 10**6.
        d: Items of them that are false, 0 to N.
        beta_max: Goal: largest chance that nothing is seen [0 to 1].
        detect_beta: ``(a, b)`` of the Beta distribution of the chance to show a false item, both above 0.

    Returns:
        The sample [items]; without a value where not even all items reach the goal.

    Raises:
        StatsError: a number is none, or out of its range.

    Examples:
        >>> shared_rate_plan_size(50, 10, 0.05, (4, 1)).value
        17
    """
    require_stratum(N, d, question="shared_rate_plan_size")
    a, b = _rate(detect_beta, "shared_rate_plan_size")
    beta_max = chance(beta_max, "shared_rate_plan_size, beta_max")
    asked = {
        "question": "shared_rate_plan_size",
        "N": N,
        "d": d,
        "beta_max": beta_max,
        "detect_beta": [a, b],
    }
    goal, granted = _ln(beta_max) + RELATIVE_ERROR, (BLIND, _SHARED, NO_FALSE_ALARM)
    if _ln_pair(N, d, N, a, b) > goal:
        why = (
            f"This test cannot reach the goal: with all {N} items tested, nothing is seen with chance "
            f"{math.exp(_ln_pair(N, d, N, a, b)):.4g}."
        )
        return unreachable(method=_METHOD, inputs=asked, why=why, assumptions=granted)
    low, high = -1, N
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if _ln_pair(N, d, middle, a, b) <= goal else (middle, high)
    return exactly(high, method=_METHOD, inputs=asked, assumptions=granted)


def with_common_mode(result: Result, common_mode_p: float) -> Result:
    """Return a chance of not seeing anything with the chance added that the whole technique shows nothing.

    Args:
        result: Chance that nothing is seen while the technique works, beta.
        common_mode_p: Chance that it shows nothing whatever is measured, c [0 to 1].

    Returns:
        ``c + (1 - c) beta``, of the kind of ``result`` and with all that it takes for granted; the largest
        chance of detection that any sample gives, 1 - c, is said in a warning.

    Raises:
        StatsError: the result has no value or is no chance, or the chance is out of its range.

    Examples:
        >>> from counterseal.stats.sampling import nondetection
        >>> total = with_common_mode(nondetection(100, 5, 45), 0.02)
        >>> f"{total.value:.4f}"
        '0.0653'
        >>> total.warnings
        ('No sample sees a false item with more than 0.98: the technique fails with chance 0.02.',)
    """
    c = chance(common_mode_p, "with_common_mode, common_mode_p")
    if result.value is None or result.lower is None or result.upper is None:
        raise StatsError("with_common_mode, result: has no value, must be a chance that nothing is seen")
    if not 0.0 <= result.lower <= result.upper <= 1.0:
        raise StatsError(f"with_common_mode, result: {result.value}, must be a chance from 0 to 1")
    ln_value = result.ln_value if c == 0.0 else _ln(c + (1.0 - c) * result.value)
    return Result(
        value=c + (1.0 - c) * result.value,
        lower=c + (1.0 - c) * result.lower,
        upper=c + (1.0 - c) * result.upper,
        kind=result.kind,
        method=f"c + (1 - c) beta, beta: {result.method}",
        exact=result.exact,
        tol=result.tol,
        ln_value=ln_value,
        seed=result.seed,
        n_rep=result.n_rep,
        confidence=result.confidence,
        inputs={"question": "with_common_mode", "common_mode_p": c, "of": dict(result.inputs)},
        assumptions=(*result.assumptions, _common(c)),
        warnings=(*result.warnings, *_limits(c)),
    )


def common_mode_ceiling(common_mode_p: float) -> Result:
    """Return the largest chance of detection that a technique gives, whatever the sample: ``1 - c``.

    Args:
        common_mode_p: Chance that the technique as a whole shows nothing, c [0 to 1].

    Raises:
        StatsError: it is no chance.

    Examples:
        >>> common_mode_ceiling(0.02).value
        0.98
    """
    c = chance(common_mode_p, "common_mode_ceiling, common_mode_p")
    return exactly(
        1.0 - c,
        method="1 - c",
        inputs={"question": "common_mode_ceiling", "common_mode_p": c},
        assumptions=(_common(c),),
        ln_value=math.log1p(-c) if c < 1.0 else -math.inf,
    )


def goal_left_for_sample(beta_max: float, common_mode_p: float) -> Result:
    """Return what the sample alone may leave undetected, so that goal and common mode together hold.

    Args:
        beta_max: Goal: largest chance that nothing is seen, all causes together [0 to 1].
        common_mode_p: Chance that the technique as a whole shows nothing, c [0 to 1].

    Returns:
        ``(beta_max - c) / (1 - c)``; without a value where the common mode alone exceeds the goal.

    Raises:
        StatsError: one of them is no chance.

    Examples:
        >>> f"{goal_left_for_sample(0.05, 0.02).value:.4f}"
        '0.0306'
        >>> goal_left_for_sample(0.05, 0.10).value is None
        True
    """
    goal = chance(beta_max, "goal_left_for_sample, beta_max")
    c = chance(common_mode_p, "goal_left_for_sample, common_mode_p")
    asked = {"question": "goal_left_for_sample", "beta_max": goal, "common_mode_p": c}
    if c > goal:
        why = f"No sample reaches the goal {goal:g}: the technique as a whole fails with chance {c:g}."
        return unreachable(
            method="(beta_max - c) / (1 - c)", inputs=asked, why=why, assumptions=(_common(c),)
        )
    left = (goal - c) / (1.0 - c) if c < 1.0 else 1.0
    return exactly(
        left, method="(beta_max - c) / (1 - c)", inputs=asked, assumptions=(_common(c),), ln_value=_ln(left)
    )


def _pair(N: int, d: int, n: int, a: float, b: float) -> tuple[float, float]:
    from counterseal.stats.kernels.sampling_kernel import none_seen_shared

    return none_seen_shared(N, d, n, a, b)


def _ln_pair(N: int, d: int, n: int, a: float, b: float) -> float:
    scaled, exponent = _pair(N, d, n, a, b)
    return _ln(scaled) + exponent


def _ln(value: float) -> float:
    return math.log(value) if value > 0.0 else -math.inf


def _rate(detect_beta: tuple[float, float], question: str) -> tuple[float, float]:
    if not isinstance(detect_beta, tuple | list) or len(detect_beta) != len(("a", "b")):
        raise StatsError(f"{question}, detect_beta: {detect_beta!r}, must be two numbers (a, b)")
    a, b = (number(one, f"{question}, detect_beta") for one in detect_beta)
    require_amount(a, f"{question}, detect_beta, a", above=0.0)
    require_amount(b, f"{question}, detect_beta, b", above=0.0)
    return a, b


def _common(c: float) -> str:
    if not c:
        return "The technique never fails as a whole."
    return f"The whole technique shows nothing with chance {c:g}, whatever is measured, else works as stated."


def _limits(c: float) -> tuple[str, ...]:
    if not c:
        return ()
    return (
        f"No sample sees a false item with more than {1.0 - c:g}: the technique fails with chance {c:g}.",
    )
