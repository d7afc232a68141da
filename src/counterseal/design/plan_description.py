"""A best plan put into words and figures: every figure worked out again on the regime that it stands for."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from counterseal.design.errors import DesignError
from counterseal.design.mixed_plan import MixedPlan, mixed_plan
from counterseal.design.one_hot import Choice, OneHot, Solved
from counterseal.design.one_hot_sum import Sum
from counterseal.design.plan_duals import NextStep, duals, step_from
from counterseal.design.plan_limits import Limit
from counterseal.design.plan_options import COST, Reals, RegimeOptions, fixed_figures
from counterseal.design.plan_result import Certificate, Chosen, Design, seen_between
from counterseal.design.plan_search import PlacementSearch
from counterseal.design.plan_tables import PlanTables, StrategyTable, year_of
from counterseal.design.strategy import Strategy
from counterseal.design.workload import workload
from counterseal.stats.result import Result

_NEGLIGIBLE, _CLOSE = 1e-12, 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanQuestion:
    """What was asked of a plan, with what an effort file says where nothing was."""

    options: RegimeOptions
    strategies: tuple[Strategy, ...]
    budget_pd: float
    limits: tuple[Limit, ...]
    prior: tuple[tuple[str, float], ...]

    def weights(self, tables: Sequence[StrategyTable]) -> Reals:
        """Return the weight of each strategy; all the same where nobody gave any."""
        given = dict(self.prior)
        total = sum(given.values())
        if not total:
            return np.full(len(tables), 1.0 / max(len(tables), 1))
        return np.array([given.get(one.name, 0.0) / total for one in tables])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PlanFound:
    """What a search found: the plan, and the answers of the searches that were made for it."""

    choice: Choice
    worst: Solved | None
    total: Sum | None


@dataclass(slots=True)
class PlanDescription:
    """Works out every figure of a plan again, on the regime that it stands for."""

    question: PlanQuestion
    objective: str
    tables: PlanTables
    problem: OneHot
    found: PlanFound
    search: PlacementSearch | None

    def design(self, *, mixed_gap: float | None, step_p: float | None) -> Design:
        """Return the plan with every figure.

        Args:
            mixed_gap: Where the search for a mix stops; None for no mix and no prices.
            step_p: The step whose cost is said [0 to 1]; None for none.
        """
        regime, mixed = self.tables.regime(self.found.choice), self._mixed(mixed_gap)
        extra = () if self.search is None else tuple(self.search.strategies.values())
        powers = tuple((one.name, year_of(regime, one)) for one in (*self.question.strategies, *extra))
        worst = max((result for _, result in powers), key=_ln_unseen) if powers else None
        certificate = self._certificate(powers)
        return Design(
            objective=self.objective,
            budget_pd=self.question.budget_pd,
            plan=self._plan(),
            certificate=certificate,
            worst=certificate.seen if worst is None else worst,
            strategies=powers,
            duals=None
            if mixed is None
            else duals(
                self.problem,
                self.tables.places,
                mixed,
                self.found.choice,
                self._step(certificate, step_p),
            ),
            mixed=mixed,
            lottery=() if mixed is None else self._lottery(mixed),
            regime=regime,
            workload=workload(regime),
            assumptions=self._assumptions(powers),
            warnings=self._warnings(powers, certificate, mixed),
            inputs=self._inputs(),
        )

    def _lottery(self, mixed: MixedPlan) -> tuple[tuple[float, tuple[tuple[str, str], ...]], ...]:
        """Return the plans of a mix in words, the likeliest first, without places where nothing is done."""
        told = []
        for choice, chance in sorted(mixed.plans, key=lambda one: -one[1]):
            chosen = zip(self.tables.places, choice, strict=True)
            done = tuple(
                (one.name, one.options[option].label)
                for one, option in chosen
                if one.figures[option, COST] > 0.0
            )
            told.append((chance, done))
        return tuple(told)

    def _plan(self) -> tuple[Chosen, ...]:
        return tuple(
            Chosen(
                place=one.name,
                option=one.options[position].label,
                position=position,
                visits=one.options[position].visits,
                items=one.options[position].items,
                monitor=one.options[position].monitor,
                cost_pd_per_y=float(one.figures[position, COST]),
            )
            for one, position in zip(self.tables.places, self.found.choice, strict=True)
        )

    def _certificate(self, powers: tuple[tuple[str, Result], ...]) -> Certificate:
        solved, total = self.found.worst, self.found.total
        named, covers = dict(powers), self._covers()
        if solved is None and total is not None:
            weights = self.question.weights(self.tables.tables)
            seen = [named[one.name].value or 0.0 for one in self.tables.tables]
            value, gap = float(weights @ np.array(seen)), total.value - total.lower
            method = "one option a place, smallest weighted chance to stay unseen"
            result = self._seen(value, value + gap, method)
            proven = gap <= 1e-5 * max(total.value, _NEGLIGIBLE)
            return Certificate(
                seen=result, bound_by_prices=None, covers=covers, proven=proven, programs=total.programs
            )
        if solved is None:
            raise DesignError("a plan without a search; nothing was asked")
        told = [one.name for one in self.problem.tables]
        told += [] if self.search is None else list(self.search.strategies)
        unseen = max([_ln_unseen(named[name]) for name in told], default=-math.inf)
        if self.search is not None:
            unseen = max(unseen, solved.value)
        method = "one option a place, smallest worst chance to stay unseen"
        return Certificate(
            seen=self._seen(-math.expm1(unseen), -math.expm1(solved.lower), method),
            bound_by_prices=-math.expm1(min(solved.relaxed, unseen)),
            covers=covers,
            proven=solved.proven,
            programs=solved.programs,
        )

    def _seen(self, value: float, most: float, method: str) -> Result:
        said = ("No plan outside the options listed is looked at.",)
        return seen_between(value, min(most, 1.0), method=method, inputs=self._inputs(), assumptions=said)

    def _covers(self) -> tuple[str, ...]:
        told = tuple(one.name for one in self.problem.tables)
        listed = (f"the strategies {', '.join(told)}",) if told else ()
        return (*listed, *(() if self.search is None else self.search.covers))

    def _mixed(self, gap: float | None) -> MixedPlan | None:
        solved = self.found.worst
        if gap is None or (solved is not None and solved.value < math.log(_NEGLIGIBLE)):
            return None
        tables = self.problem.tables if solved is None else solved.tables
        problem = OneHot(options=self.problem.options, tables=tables, rows=self.problem.rows)
        start = [self.found.choice] if solved is None else [self.found.choice, solved.choice]
        return mixed_plan(problem, start=start, rel_gap=gap, search=self.search)

    def _step(self, certificate: Certificate, step_p: float | None) -> NextStep | None:
        if step_p is None or self.found.worst is None:
            return None
        problem = OneHot(options=self.problem.options, tables=self.found.worst.tables, rows=self.problem.rows)
        fixed_pd = float(fixed_figures(self.question.options)[COST])
        seen = certificate.seen.value or 0.0
        return step_from(problem, seen=seen, step_p=step_p, fixed_pd=fixed_pd, search=self.search)

    def _assumptions(self, powers: tuple[tuple[str, Result], ...]) -> tuple[str, ...]:
        said = [
            "Each place has the number of visits that the plan says; the host may know the plan.",
            "The budget is for one year, the fixed part of the regime included.",
        ]
        if self.objective == "lex" and not any(weight for _, weight in self.question.prior):
            said.append("Among plans as good in the worst case, all strategies weigh the same.")
        said += [one for _, result in powers for one in result.assumptions]
        return tuple(dict.fromkeys(said))

    def _warnings(
        self, powers: tuple[tuple[str, Result], ...], certificate: Certificate, mixed: MixedPlan | None
    ) -> tuple[str, ...]:
        helpless = [one.name for one in self.tables.tables if not one.places]
        said = [
            f"nothing that may be chosen bears on {name}: its chance is the same under every plan"
            for name in helpless
        ]
        unseen = [name for name, result in powers if not result.value and name not in helpless]
        said += [f"worst case 0: nothing in this plan bears on {name}" for name in unseen]
        said += [f"{one}: not made under any plan, its kind goes to the places of the plan alone" for one in
                 self.question.options.left_out]  # fmt: skip
        said += self._too_small()
        said += self._coarse(powers)
        if not certificate.proven:
            said.append("plan and bound do not meet: a better plan may exist, up to the upper bound shown")
        said += [] if mixed is None else [f"mixed plan: {one}" for one in mixed.value.warnings]
        if self.tables.regime(self.found.choice).false_alarm_budget is not None:
            told = workload(self.tables.regime(self.found.choice))
            if told.within_budget is False:
                said.append(f"{told.false_alarms_per_y:.3g} false alarms a year, more than can be borne")
        return tuple(said)

    def _coarse(self, powers: tuple[tuple[str, Result], ...]) -> list[str]:
        """Say where the search saw a chance otherwise than a finer sum over unknown powers does."""
        named = dict(powers)
        apart = {
            one.name: abs(math.exp(one.ln_unseen(self.found.choice)) - math.exp(_ln_unseen(named[one.name])))
            for one in self.tables.tables
        }
        name, most = max(apart.items(), key=lambda pair: pair[1], default=("", 0.0))
        if most <= _CLOSE:
            return []
        said = (
            f"the search weighed {name} with a chance that is {most:.2g} off, by few nodes over an unknown "
            "power: another plan may be better by as much, and the bound holds but for that"
        )
        return [said]

    def _too_small(self) -> list[str]:
        """Say where the budget buys nothing at all."""
        costs = self.problem.rows[0].weights
        dear = [float(part[1:].min(initial=np.inf)) for part in np.split(costs, self.problem.starts[1:-1])]
        least = min(dear)
        if least <= self.problem.rows[0].most:
            return []
        fixed_pd = float(fixed_figures(self.question.options)[COST])
        said = (
            f"a budget of {self.question.budget_pd:g} person-days a year buys nothing that may be chosen; "
            f"the least costs {fixed_pd + least:g} with what is there anyway"
        )
        return [said]

    def _inputs(self) -> dict[str, Any]:
        return {
            "objective": self.objective,
            "budget_pd": self.question.budget_pd,
            "limits": [
                [one.name, one.least, one.most] for one in self.problem.rows if one.name and one.binding
            ],
            "prior": [list(one) for one in self.question.prior],
            "strategies": [one.name for one in self.question.strategies],
            "places": [one.name for one in self.tables.places],
            "covers": list(self._covers()),
        }


def _ln_unseen(result: Result) -> float:
    return float(result.inputs["ln_unseen"])
