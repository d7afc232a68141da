"""What each budget buys: the best plan for each, and what the next percent costs.

A plan for a smaller budget is a plan for a larger one, so the chance never falls as the budget grows; each
search begins with the plan before it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from counterseal.design.best_plan import Objective, Prior, design
from counterseal.design.effort import Effort
from counterseal.design.errors import DesignError
from counterseal.design.one_hot import LN_GAP, Choice
from counterseal.design.placements import Placements
from counterseal.design.plan_limits import ExtraLimits
from counterseal.design.plan_options import RegimeOptions
from counterseal.design.plan_result import Design
from counterseal.design.strategy import Strategy

_LEAST_PD = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Percent:
    """What one more percent costs between two plans of a frontier.

    Attributes:
        from_pd: What the plan before costs [person-days a year].
        to_pd: What the next better plan costs.
        seen_from: Chance of detection before, by the objective [0 to 1].
        seen_to: And after.
        pd_per_percent: Effort for each percent between them [person-days].
    """

    from_pd: float
    to_pd: float
    seen_from: float
    seen_to: float
    pd_per_percent: float

    def document(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


def frontier(
    regime_options: RegimeOptions | Effort,
    strategies: Sequence[Strategy] | None = None,
    budgets_pd: Sequence[float] | None = None,
    objective: Objective = "worst",
    extra_limits: ExtraLimits | None = None,
    *,
    prior: Prior | None = None,
    placements: Sequence[Placements] = (),
    ln_gap: float = LN_GAP,
    mixed: bool = False,
) -> list[Design]:
    """Return the best plan for each budget, in ascending order.

    Args:
        regime_options: What may be chosen, or an effort file that says it.
        strategies: As for ``design``.
        budgets_pd: Budgets [person-days a year]; those of the effort file where None.
        objective: As for ``design``.
        extra_limits: As for ``design``.
        prior: As for ``design``.
        placements: As for ``design``.
        ln_gap: As for ``design``.
        mixed: Whether to look for a mix and prices at each budget.

    Raises:
        DesignError: no budgets, or as for ``design``.
    """
    budgets = _budgets(regime_options, budgets_pd)
    found: list[Design] = []
    for budget in budgets:
        start: tuple[Choice, ...] = (found[-1].choice,) if found else ()
        found.append(
            design(
                regime_options,
                strategies,
                budget,
                objective,
                extra_limits,
                prior=prior,
                placements=placements,
                ln_gap=ln_gap,
                mixed=mixed,
                step_p=None,
                start=start,
            )
        )
    return found


def _budgets(given: RegimeOptions | Effort, budgets_pd: Sequence[float] | None) -> list[float]:
    if budgets_pd is None and isinstance(given, Effort) and given.plan is not None:
        budgets_pd = given.plan.frontier_pd_per_y
    if not budgets_pd:
        raise DesignError(
            "frontier: no budgets; give budgets_pd, or plan.frontier_pd_per_y in the effort file"
        )
    return sorted(set(budgets_pd))


def not_dominated(designs: Sequence[Design]) -> list[Design]:
    """Return the plans of a frontier that no cheaper one equals, in ascending order of cost."""
    order = sorted(
        designs, key=lambda one: (one.workload.cost_pd_per_y, -(one.certificate.seen.value or 0.0))
    )
    found: list[Design] = []
    for one in order:
        if not found or (one.certificate.seen.value or 0.0) > (found[-1].certificate.seen.value or 0.0):
            found.append(one)
    return found


def next_percents(designs: Sequence[Design]) -> list[Percent]:
    """Return what one more percent costs along a frontier.

    Args:
        designs: Plans of a frontier.
    """
    steps = not_dominated(designs)
    found = []
    for low, high in pairwise(steps):
        seen = (low.certificate.seen.value or 0.0, high.certificate.seen.value or 0.0)
        cost_pd = (low.workload.cost_pd_per_y, high.workload.cost_pd_per_y)
        found.append(
            Percent(
                from_pd=cost_pd[0],
                to_pd=cost_pd[1],
                seen_from=seen[0],
                seen_to=seen[1],
                pd_per_percent=(cost_pd[1] - cost_pd[0]) / max(100.0 * (seen[1] - seen[0]), _LEAST_PD),
            )
        )
    return found
