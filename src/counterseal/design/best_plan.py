"""The best plan for a budget: what to do at each place, how good that is, and how good any plan could be.

The objective is the worst of the strategies that are considered (``worst``), a sum weighted by a prior
(``prior``), or the worst first and then the sum among plans that are as good (``lex``). Whatever it is, the
worst case of the plan is shown. Figures are worked out again on the regime that the plan stands for.

Strategies on which nothing that may be chosen bears are the same under every plan. They are shown, and the
worst case over all of them is; the search is over the others, or it would have nothing to choose by.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from counterseal.design.effort import Effort
from counterseal.design.errors import DesignError
from counterseal.design.mixed_plan import MixedPlan, mixed_plan
from counterseal.design.one_hot import LN_GAP, Choice, OneHot, Solved, solve_worst
from counterseal.design.one_hot_sum import Sum, solve_sum, solve_sum_as_good
from counterseal.design.placements import Placements
from counterseal.design.plan_duals import NextStep, duals, step_from
from counterseal.design.plan_limits import ExtraLimits, Limit, as_limits, limit_rows, stated_limits
from counterseal.design.plan_options import COST, Reals, RegimeOptions, fixed_figures
from counterseal.design.plan_result import Certificate, Chosen, Design, seen_between
from counterseal.design.plan_search import PlacementSearch
from counterseal.design.plan_tables import PlanTables, StrategyTable, TableBuilder, plan_tables, year_of
from counterseal.design.strategy import Strategy
from counterseal.design.workload import workload
from counterseal.stats.items import require_amount, require_chance
from counterseal.stats.result import Result

Objective = Literal["worst", "prior", "lex"]
OBJECTIVES: tuple[Objective, ...] = ("worst", "prior", "lex")
STEP_P = 0.01
"""The step of which the cost is said: one percent more."""
MIXED_GAP = 1e-3
_NEGLIGIBLE = 1e-12
Prior = Sequence[tuple[str, float]]


def design(
    regime_options: RegimeOptions | Effort,
    strategies: Sequence[Strategy] | None = None,
    budget_pd: float | None = None,
    objective: Objective = "worst",
    extra_limits: ExtraLimits | None = None,
    *,
    prior: Prior | None = None,
    placements: Sequence[Placements] = (),
    ln_gap: float = LN_GAP,
    mixed: bool = True,
    mixed_gap: float = MIXED_GAP,
    step_p: float | None = STEP_P,
    start: Sequence[Choice] = (),
) -> Design:
    """Return the best plan for a budget.

    Args:
        regime_options: What may be chosen, or an effort file that says it.
        strategies: What plans are held against; those of the effort file where None.
        budget_pd: Effort to spend in a year, the fixed part included [person-days]; the file's where None.
        objective: ``worst``, ``prior`` or ``lex``.
        extra_limits: ``{figure: most}`` or ``Limit``s, beside those of the effort file and the quotas.
        prior: ``(strategy, weight)``; where None those of the file, for the strategies asked about. For
            ``lex`` without any, all weigh the same.
        placements: Placements of false items that the host may choose beside the list (``worst`` alone).
        ln_gap: The search stops when plan and bound are this close, as logarithms of chances to stay unseen.
        mixed: Whether to look for a mix of plans and for prices.
        mixed_gap: Where that stops, relative to the chance to stay unseen.
        step_p: The step whose cost is said [0 to 1]; None for none.
        start: Plans to begin with, by the position of the option at each place.

    Raises:
        DesignError: nothing to choose from, no strategies, an unknown objective or strategy, or limits that
            no plan keeps.
        StatsError: a number out of range.
    """
    question = _question(regime_options, strategies, budget_pd, extra_limits, prior)
    _require_question(question, objective, placements, step_p)
    options = question.options
    tables = plan_tables(options, question.strategies)
    rows = limit_rows(options, tables.places, question.budget_pd, question.limits)
    told = tuple(one for one in tables.tables if one.places)
    sizes = tuple(len(one.options) for one in tables.places)
    problem = OneHot(options=sizes, tables=told, rows=rows)
    build = TableBuilder(options, tables.places)
    search = PlacementSearch(build, placements) if placements else None
    found = _solve(problem, question, objective, ln_gap=ln_gap, start=start, search=search)
    made = _Describing(question, objective, tables, problem, found, search)
    return made.design(mixed_gap=mixed_gap if mixed else None, step_p=step_p)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Question:
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
class _Found:
    choice: Choice
    worst: Solved | None
    total: Sum | None


def _question(
    given: RegimeOptions | Effort,
    strategies: Sequence[Strategy] | None,
    budget_pd: float | None,
    extra_limits: ExtraLimits | None,
    prior: Prior | None,
) -> _Question:
    """Return what was asked, with what an effort file says where nothing was."""
    limits = as_limits(extra_limits)
    if not isinstance(given, Effort):
        if strategies is None or budget_pd is None:
            raise DesignError("a plan from regime options: strategies and budget_pd must be given")
        return _Question(
            options=given,
            strategies=tuple(strategies),
            budget_pd=budget_pd,
            limits=limits,
            prior=tuple(prior or ()),
        )
    plan = given.plan
    if plan is None:
        raise DesignError(f"{given.id}: has no section 'plan'; it says what may be chosen")
    held = given.strategies if strategies is None else tuple(strategies)
    names = {one.name for one in held}
    return _Question(
        options=RegimeOptions(regime=given.regime, places=plan.places),
        strategies=held,
        budget_pd=plan.budget_pd_per_y if budget_pd is None else budget_pd,
        limits=(*stated_limits(plan), *limits),
        prior=tuple(one for one in plan.prior if one[0] in names) if prior is None else tuple(prior),
    )


def _require_question(
    question: _Question, objective: str, placements: Sequence[Placements], step_p: float | None
) -> None:
    if objective not in OBJECTIVES:
        raise DesignError(f"objective {objective!r}: must be one of {', '.join(OBJECTIVES)}")
    names = [one.name for one in question.strategies]
    if not names and not placements:
        raise DesignError("a plan against no strategies: give one at least, or placements")
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise DesignError(f"strategy {twice!r}: given twice to a plan; names must differ")
    for name, weight in question.prior:
        if name not in names:
            raise DesignError(f"prior of {name!r}: no such strategy; there is {', '.join(names)}")
        require_amount(weight, f"prior of {name}")
    if objective == "prior" and not any(weight for _, weight in question.prior):
        raise DesignError("objective prior: no weight above 0; say how likely each strategy is thought to be")
    families = [one.name for one in placements]
    alike = next((name for name in families if families.count(name) > 1), None)
    if alike is not None:
        raise DesignError(f"placements {alike}: given twice; what is found among them is named after them")
    if placements and objective != "worst":
        raise DesignError(f"objective {objective}: placements have no prior; use objective worst")
    if step_p is not None:
        require_chance(step_p, "step_p")


def _solve(
    problem: OneHot,
    question: _Question,
    objective: Objective,
    *,
    ln_gap: float,
    start: Sequence[Choice],
    search: PlacementSearch | None,
) -> _Found:
    nothing = (0,) * len(problem.options)
    if not problem.tables and search is None:
        raise DesignError("no option at any place bears on any strategy: there is nothing to choose by")
    weights = question.weights(problem.tables)
    if objective == "prior":
        summed = solve_sum(problem, weights, start=(*start, nothing))
        return _Found(choice=summed.choice, worst=None, total=summed)
    solved = solve_worst(problem, start=(*start, nothing), ln_gap=ln_gap, search=search)
    if objective == "lex":
        summed = solve_sum_as_good(problem, weights, ln_most=solved.value, start=solved.choice)
        return _Found(choice=summed.choice, worst=solved, total=summed)
    choice = solved.choice if search is not None else thrifty(problem, solved.choice)
    return _Found(choice=choice, worst=solved, total=None)


def thrifty(problem: OneHot, choice: Choice) -> Choice:
    """Return a plan as good in the worst case that spends nothing where it does not help, place by place.

    Args:
        problem: What may be chosen; the budget is its first limit.
        choice: A plan.
    """
    costs = np.split(problem.rows[0].weights, problem.starts[1:-1])
    worst = max(one.ln_unseen(choice) for one in problem.tables)
    for place in sorted(range(len(choice)), key=lambda one: -costs[one][choice[one]]):
        touched = [one for one in problem.tables if place in one.places]
        for option in np.argsort(costs[place], kind="stable").tolist():
            if costs[place][option] >= costs[place][choice[place]]:
                break
            changed = (*choice[:place], option, *choice[place + 1 :])
            if all(one.ln_unseen(changed) <= worst for one in touched) and problem.keeps(changed):
                choice = changed
                break
    return choice


@dataclass(slots=True)
class _Describing:
    """Works out every figure of a plan again, on the regime that it stands for."""

    question: _Question
    objective: Objective
    tables: PlanTables
    problem: OneHot
    found: _Found
    search: PlacementSearch | None

    def design(self, *, mixed_gap: float | None, step_p: float | None) -> Design:
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
                self.problem.rows, self.tables.places, mixed, next_step=self._step(certificate, step_p)
            ),
            mixed=mixed,
            regime=regime,
            workload=workload(regime),
            assumptions=self._assumptions(powers),
            warnings=self._warnings(powers, certificate, mixed),
            inputs=self._inputs(),
        )

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
        if not certificate.proven:
            said.append("plan and bound do not meet: a better plan may exist, up to the upper bound shown")
        said += [] if mixed is None else [f"mixed plan: {one}" for one in mixed.value.warnings]
        if self.tables.regime(self.found.choice).false_alarm_budget is not None:
            told = workload(self.tables.regime(self.found.choice))
            if told.within_budget is False:
                said.append(f"{told.false_alarms_per_y:.3g} false alarms a year, more than can be borne")
        return tuple(said)

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
