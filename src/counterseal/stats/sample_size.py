"""How large a sample must be: the smallest that reaches a goal, exactly, and two rules of thumb beside it."""

from typing import Literal, get_args

from counterseal.stats.errors import StatsError
from counterseal.stats.result import Result, exactly, unreachable
from counterseal.stats.sampling_inputs import DECIMALS, chance, require_stratum, taken_for_granted
from counterseal.stats.sampling_rules import rule_of_thumb
from counterseal.stats.sampling_ties import smallest_sample_surely

Rule = Literal["exact", "iaea", "half"]


def plan_size(N: int, d: int, beta_max: float, q: float = 1.0, rule: Rule = "exact") -> Result:
    """Return the smallest sample that leaves at most a given chance that no false item is shown.

    Args:
        N: Items in the stratum, 1 to 10**6.
        d: Items of them that are false, 0 to N.
        beta_max: Goal: largest chance that nothing is seen [0 to 1].
        q: Chance that the test shows a false item that was drawn [0 to 1].
        rule: ``exact``; or a rule of thumb to compare: ``iaea``, ``N (1 - beta^(1/d)) / q``, and ``half``,
            the same with ``N - (d-1)/2``, both rounded up. A rule's interval reaches to the exact size: it is
            too large, but for ``half`` with a test that errs, which may be too small.

    Returns:
        The sample [items]; without a value where not even all items reach the goal.

    Raises:
        StatsError: a number is none or out of its range, or another rule.

    Examples:
        >>> plan_size(500, 5, 0.05).value, plan_size(500, 5, 0.05, rule="iaea").value
        (225, 226)
        >>> plan_size(500, 5, 0.05, 0.5).value
        451
        >>> plan_size(500, 5, 0.03, 0.5).warnings
        ('This test cannot reach the goal: all 500 items tested, none is seen with chance 0.03125.',)
    """
    require_stratum(N, d, question="plan_size")
    beta_max, q = chance(beta_max, "plan_size, beta_max"), chance(q, "plan_size, q")
    if rule not in get_args(Rule):
        raise StatsError(f"plan_size, rule: {rule!r}, must be one of {', '.join(get_args(Rule))}")
    asked = {"question": "plan_size", "N": N, "d": d, "beta_max": beta_max, "q": q, "rule": rule}
    granted = (*taken_for_granted(q), DECIMALS)
    n = smallest_sample_of(N, d, beta_max, q)
    if n < 0:
        why = _why_not(N, d, q)
        return unreachable(method=_METHODS[rule], inputs=asked, why=why, assumptions=granted)
    if rule == "exact":
        return exactly(n, method=_METHODS[rule], inputs=asked, assumptions=granted)
    thumb = rule_of_thumb(N, d, beta_max, q, half=rule == "half") if d and beta_max < 1.0 else 0
    return Result(
        value=thumb,
        lower=min(n, thumb),
        upper=max(n, thumb),
        kind="bound",
        method=_METHODS[rule],
        exact=False,
        inputs=asked,
        assumptions=granted,
        warnings=(_RULE_WARNING.format(n=n),),
    )


def smallest_sample_of(N: int, d: int, beta_max: float, q: float) -> int:
    """Return the smallest sample [items], -1 where none reaches the goal; what is asked has been checked."""
    from counterseal.stats.kernels.sampling_kernel import smallest_sample

    n, close = smallest_sample(N, d, beta_max, q)
    return smallest_sample_surely(N, d, beta_max, q, near=n) if close else n


def _why_not(N: int, d: int, q: float) -> str:
    if not d:
        return "This test cannot reach the goal: no item is false, so none can be seen."
    all_tested = (1.0 - q) ** d
    return (
        f"This test cannot reach the goal: all {N} items tested, none is seen with chance {all_tested:.4g}."
    )


_RULE_WARNING = "A rule of thumb, to compare; the exact sample is {n}."

_METHODS = {
    "exact": "smallest n with sum over k of h(k) (1-q)^k at most beta_max",
    "iaea": "rule of thumb N (1 - beta_max^(1/d)) / q, rounded up",
    "half": "rule of thumb (N - (d-1)/2) (1 - beta_max^(1/d)) / q, rounded up",
}
