"""The best plan for a budget: what to do at each place, how good that is, and how good any plan could be.

The objective is the worst of the strategies that are considered (``worst``), a sum weighted by a prior
(``prior``), or the worst first and then the sum among plans that are as good (``lex``). Whatever it is, the
worst case of the plan is shown. Figures are worked out again on the regime that the plan stands for.

Strategies on which nothing that may be chosen bears are the same under every plan. They are shown, and the
worst case over all of them is; the search is over the others, or it would have nothing to choose by.
"""

from collections.abc import Sequence
from typing import Literal

import numpy as np

from counterseal.design.effort import Effort
from counterseal.design.errors import DesignError
from counterseal.design.one_hot import LN_GAP, Choice, OneHot, solve_worst
from counterseal.design.one_hot_sum import solve_sum, solve_sum_as_good
from counterseal.design.placements import Placements
from counterseal.design.plan_description import PlanDescription, PlanFound, PlanQuestion
from counterseal.design.plan_limits import ExtraLimits, as_limits, limit_rows, stated_limits
from counterseal.design.plan_options import RegimeOptions
from counterseal.design.plan_result import Design
from counterseal.design.plan_search import PlacementSearch
from counterseal.design.plan_tables import TableBuilder, plan_tables
from counterseal.design.strategy import Strategy
from counterseal.stats.items import require_amount, require_chance

Objective = Literal["worst", "prior", "lex"]
OBJECTIVES: tuple[Objective, ...] = ("worst", "prior", "lex")
STEP_P = 0.01
"""The step of which the cost is said: one percent more."""
MIXED_GAP = 1e-3
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
    made = PlanDescription(question, objective, tables, problem, found, search)
    return made.design(mixed_gap=mixed_gap if mixed else None, step_p=step_p)


def _question(
    given: RegimeOptions | Effort,
    strategies: Sequence[Strategy] | None,
    budget_pd: float | None,
    extra_limits: ExtraLimits | None,
    prior: Prior | None,
) -> PlanQuestion:
    """Return what was asked, with what an effort file says where nothing was."""
    limits = as_limits(extra_limits)
    if not isinstance(given, Effort):
        if strategies is None or budget_pd is None:
            raise DesignError("a plan from regime options: strategies and budget_pd must be given")
        return PlanQuestion(
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
    return PlanQuestion(
        options=RegimeOptions(regime=given.regime, places=plan.places),
        strategies=held,
        budget_pd=plan.budget_pd_per_y if budget_pd is None else budget_pd,
        limits=(*stated_limits(plan), *limits),
        prior=tuple(one for one in plan.prior if one[0] in names) if prior is None else tuple(prior),
    )


def _require_question(
    question: PlanQuestion, objective: str, placements: Sequence[Placements], step_p: float | None
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
    question: PlanQuestion,
    objective: Objective,
    *,
    ln_gap: float,
    start: Sequence[Choice],
    search: PlacementSearch | None,
) -> PlanFound:
    nothing = (0,) * len(problem.options)
    if not problem.tables and search is None:
        raise DesignError("no option at any place bears on any strategy: there is nothing to choose by")
    weights = question.weights(problem.tables)
    if objective == "prior":
        summed = solve_sum(problem, weights, start=(*start, nothing))
        return PlanFound(choice=summed.choice, worst=None, total=summed)
    solved = solve_worst(problem, start=(*start, nothing), ln_gap=ln_gap, search=search)
    if objective == "lex":
        summed = solve_sum_as_good(problem, weights, ln_most=solved.value, start=solved.choice)
        return PlanFound(choice=summed.choice, worst=solved, total=summed)
    choice = solved.choice if search is not None else thrifty(problem, solved.choice)
    return PlanFound(choice=choice, worst=solved, total=None)


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
