"""One campaign, asked and answered in one call.

Campaigns that run for long, on many processes or on a cluster, are the business of the command
``counterseal campaign``; they give the same figures.
"""

from typing import Literal

from counterseal.design.campaigns.answer import Campaign
from counterseal.design.campaigns.blocks import MAX_BLOCK_RUNS, added, plan_of, run_block
from counterseal.design.campaigns.law import has_law
from counterseal.design.campaigns.question import Level, Question, Start
from counterseal.design.campaigns.summary import summary
from counterseal.design.errors import DesignError
from counterseal.design.regime import Regime
from counterseal.design.strategy import Strategy

Method = Literal["auto", "exact", "mc"]
METHODS: tuple[Method, ...] = ("auto", "exact", "mc")
MAX_RUNS = 10**9


def campaign(
    regime: Regime,
    strategy: Strategy,
    horizon_d: float,
    method: Method = "auto",
    n_rep: int | None = None,
    seed: int | None = None,
    *,
    start: Start = "random",
    level: Level = "event",
    study: str = "",
) -> Campaign:
    """Return how likely and how soon a strategy is seen, with false alarms and cost.

    Args:
        regime: What is visited, checked and watched.
        strategy: What is done.
        horizon_d: How long the regime is held [days], above 0.
        method: ``exact`` (the formula alone), ``mc`` (runs, with the formula beside them), or ``auto``: the
            formula where the regime has one, else runs.
        n_rep: Number of runs, 1 to 10**9; needed where there are runs.
        seed: Master seed, 0 to 2**64 - 1; needed where there are runs.
        start: ``random`` (at a random date of the horizon), ``first`` (on its first day), or so many days
            after it.
        level: Engine of the runs: ``event``, ``item`` or ``law``.
        study: Digest of what is studied; it keeps the random numbers of studies apart.

    Raises:
        DesignError: a question that does not hold together, or runs without their number or seed.

    Examples:
        >>> from counterseal.design.regime import Check, Visit
        >>> from counterseal.design.strategy import Part
        >>> from counterseal.stats.items import ItemTest, Stratum
        >>> regime = Regime(
        ...     strata=(Stratum(name="store", n_items=60),),
        ...     site_of={"store": "north"},
        ...     tests=(ItemTest(name="weigh", detect_p=0.8),),
        ...     visits=(
        ...         Visit(
        ...             site="north",
        ...             fixed_cost_pd=5,
        ...             max_per_year=4,
        ...             checks=(Check(stratum="store", with_=("weigh",), n_items=6),),
        ...         ),
        ...     ),
        ...     quota_per_year={"visit": 4},
        ... )
        >>> strategy = Strategy(name="three", parts=(Part(stratum="store", n_items=3),))
        >>> answer = campaign(regime, strategy, 1461.0, start="first")
        >>> f"{answer.detection.value:.4f}, after {answer.delay.value:.0f} days"
        '0.9827, after 342 days'
    """
    if method not in METHODS:
        raise DesignError(f"method: {method!r}, must be one of {', '.join(METHODS)}")
    question = Question(regime=regime, strategy=strategy, horizon_d=horizon_d, start=start, level=level)
    if method == "exact" and not has_law(regime):
        raise DesignError(
            "method 'exact': there is no formula for equally spaced visits whose sites one lot a year fixes; "
            "take method 'mc', another timing, or a lot for each visit"
        )
    if method == "exact" or (method == "auto" and has_law(regime)):
        return summary(question, None, seed=None)
    if n_rep is None or isinstance(n_rep, bool) or not isinstance(n_rep, int) or not 1 <= n_rep <= MAX_RUNS:
        raise DesignError(f"n_rep: {n_rep!r}, must be a whole number from 1 to {MAX_RUNS}")
    if seed is None:
        raise DesignError("seed: none given; runs need a master seed, so that they can be repeated")
    plan = plan_of(question, seed=seed, study=study)
    blocks = (
        run_block(plan, first=first, runs=min(MAX_BLOCK_RUNS, n_rep - first))
        for first in range(0, n_rep, MAX_BLOCK_RUNS)
    )
    return summary(question, added(blocks), seed=seed)
