"""A plan with everything that a reader must know about it."""

import math
from dataclasses import dataclass
from typing import Any

from counterseal.design.mixed_plan import MixedPlan
from counterseal.design.plan_duals import Duals
from counterseal.design.regime import Regime
from counterseal.design.workload import Workload
from counterseal.stats.result import Result, digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What a plan does at one place.

    Attributes:
        place: The place in words.
        option: What is done there.
        position: Its position among the options.
        visits: Visits a year.
        items: Items drawn of each check on one visit [items].
        monitor: Whether the monitor is there.
        cost_pd_per_y: Effort [person-days a year].
    """

    place: str
    option: str
    position: int
    visits: int
    items: tuple[int, ...]
    monitor: bool
    cost_pd_per_y: float

    def document(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        found = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return found | {"items": list(self.items)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """How good the plan is by its objective, and how good any plan within the limits could be.

    Attributes:
        seen: Chance of detection in a year by the objective: ``value`` is the plan's own, worked out on its
            regime; ``upper`` is what no plan passes.
        bound_by_prices: What no plan passes, worked out from prices alone, without the solver's tree: less
            sharp, and a check of it; None where the objective was no worst case.
        covers: Over what set of strategies it holds, a sentence each.
        proven: Whether plan and bound meet within the gap asked for.
        programs: Programs solved.
    """

    seen: Result
    bound_by_prices: float | None
    covers: tuple[str, ...]
    proven: bool
    programs: int

    def document(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {
            "seen": self.seen.document(),
            "bound_by_prices": self.bound_by_prices,
            "covers": list(self.covers),
            "proven": self.proven,
            "programs": self.programs,
        }


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Design:
    """The best plan for a budget.

    Attributes:
        objective: What was asked for: ``worst``, ``prior`` or ``lex``.
        budget_pd: Effort to spend [person-days a year].
        plan: What is done at each place.
        certificate: How good it is, and how good any plan could be.
        worst: Chance of detection in a year of the strategy that it sees least, whatever the objective.
        strategies: ``(name, chance of detection in a year)`` of all, those found on the way at the end.
        duals: Prices; None where no mix was looked for.
        mixed: The best mix of plans; None where none was looked for.
        lottery: The same in words: ``(chance, ((place, what is done), …))``, the likeliest plan first.
        regime: The regime that the plan stands for.
        workload: What it takes and tells in a year.
        assumptions: What the figures take for granted.
        warnings: What a reader must know before using it.
        inputs: What was asked.
    """

    objective: str
    budget_pd: float
    plan: tuple[Chosen, ...]
    certificate: Certificate
    worst: Result
    strategies: tuple[tuple[str, Result], ...]
    duals: Duals | None
    mixed: MixedPlan | None
    lottery: tuple[tuple[float, tuple[tuple[str, str], ...]], ...]
    regime: Regime
    workload: Workload
    assumptions: tuple[str, ...]
    warnings: tuple[str, ...]
    inputs: dict[str, Any]

    @property
    def choice(self) -> tuple[int, ...]:
        """Position of the option taken at each place."""
        return tuple(one.position for one in self.plan)

    @property
    def inputs_digest(self) -> str:
        """SHA-256 of what was asked [64 hexadecimal digits]."""
        return digest(self.inputs)

    def document(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {
            "objective": self.objective,
            "budget_pd": self.budget_pd,
            "plan": [one.document() for one in self.plan],
            "certificate": self.certificate.document(),
            "worst": self.worst.document(),
            "strategies": {name: result.document() for name, result in self.strategies},
            "duals": None if self.duals is None else self.duals.document(),
            "mixed": None if self.mixed is None else self.mixed.document(),
            "lottery": [
                {"chance": chance, "plan": [list(one) for one in done]} for chance, done in self.lottery
            ],
            "workload": self.workload.document(),
            "inputs": self.inputs,
            "inputs_digest": self.inputs_digest,
            "assumptions": list(self.assumptions),
            "warnings": list(self.warnings),
        }


def seen_between(
    seen: float, most: float, *, method: str, inputs: dict[str, Any], assumptions: tuple[str, ...]
) -> Result:
    """Return a plan's chance of detection with what no plan passes.

    Args:
        seen: The plan's own [0 to 1].
        most: What no plan passes [0 to 1].
        method: How it was found.
        inputs: What was asked.
        assumptions: What it takes for granted.
    """
    return Result(
        value=seen,
        lower=seen,
        upper=max(seen, most),
        kind="equilibrium",
        method=method,
        exact=False,
        tol=max(most - seen, 0.0),
        ln_value=math.log(seen) if seen > 0.0 else -math.inf,
        inputs=inputs,
        assumptions=assumptions,
    )
