"""Two more questions about a choice: the smallest weighted sum of chances, the cheapest plan as good.

The weighted sum answers for a prior over strategies, and is the inspector's best answer to a host who draws
its strategy by lot. A chance is linear in the choice where one place bears on a strategy; else it is convex
in the logarithms, and the program has tangents to it.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from counterseal.design.errors import DesignError
from counterseal.design.one_hot import MOST_ROUNDS, Choice, OneHot, at_shares, is_linear, linear_cut, tangent
from counterseal.design.one_hot_solver import Cut, Master, Relaxed
from counterseal.design.plan_limits import LimitRow
from counterseal.design.plan_options import Reals
from counterseal.design.plan_tables import StrategyTable, ln_total

SUM_NODES = 100_000
"""Nodes of one program's tree; where it stops there, its bound is less sharp, and holds."""
_LEAST_SCALE = 1e-300
AS_GOOD = 1e-7
"""How much a logarithm may pass another and count as the same."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sum:
    """The plan with the smallest weighted sum of chances to stay unseen.

    Attributes:
        choice: Position of the option taken at each place.
        value: Its sum.
        lower: No plan has less, by the solver's tree.
        prices: The relaxed program's answer, in units of ``scale``.
        scale: What the program counted in.
        programs: Programs solved.
    """

    choice: Choice
    value: float
    lower: float
    prices: Relaxed
    scale: float
    programs: int


def chances(tables: Iterable[StrategyTable], choice: Choice) -> Reals:
    """Return the chance of each strategy to stay unseen by a plan for a year, **shape** (strategies,)."""
    return np.exp([one.ln_unseen(choice) for one in tables])


def solve_sum(
    problem: OneHot,
    weights: Reals,
    *,
    start: Iterable[Choice],
    rel_gap: float = 1e-6,
    most_rounds: int = MOST_ROUNDS,
) -> Sum:
    """Return the plan with the smallest weighted sum of chances to stay unseen.

    Args:
        problem: What may be chosen, against what, within which limits.
        weights: One for each strategy, 0 or more.
        start: Plans to begin with; the first that keeps the limits sets the scale.
        rel_gap: It stops when plan and bound are this close, relative to the plan's sum.
        most_rounds: Most rounds of tangents; then it stops with the gap that is left.

    Raises:
        DesignError: no plan keeps the limits.
    """
    return _Summing(problem, weights, tuple(start)).solve(rel_gap, most_rounds)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Prices:
    """What the limits are worth where options may be taken in shares.

    Attributes:
        limits: What one more unit of each limit takes off the weighted sum of chances to stay unseen, in the
            order of the problem's limits; negative for a least that holds the sum up.
        value: That sum.
    """

    limits: Reals
    value: float


def prices_of_sum(
    problem: OneHot, weights: Reals, *, start: Iterable[Choice], rel_gap: float = 1e-9
) -> Prices:
    """Return the prices of the smallest weighted sum of chances with options in shares.

    Args:
        problem: What may be chosen, against what, within which limits.
        weights: One for each strategy, 0 or more.
        start: Plans to begin with; the first that keeps the limits sets the scale.
        rel_gap: It stops when tangents and sum are this close, relative to the sum of the best of them.

    Raises:
        DesignError: no plan keeps the limits, even with options in shares.
    """
    return _Summing(problem, weights, tuple(start)).prices(rel_gap)


class _Summing:
    def __init__(self, problem: OneHot, weights: Reals, start: tuple[Choice, ...]) -> None:
        self.problem, self.weights = problem, weights
        told = [place for place, weight in enumerate(weights) if weight > 0.0]
        self.single = [place for place in told if len(problem.tables[place].places) <= 1]
        self.several = [place for place in told if len(problem.tables[place].places) > 1]
        self.best: Choice | None = None
        self.value = math.inf
        kept = [choice for choice in start if problem.keeps(choice)]
        for choice in kept:
            self._offer(choice)
        self.scale = max(self.value, _LEAST_SCALE) if math.isfinite(self.value) else 1.0
        costs, self.constant = self._costs()
        self.master = Master(
            problem.options,
            problem.rows,
            costs=costs,
            extra_costs=weights[self.several],
            extra_lowest=0.0,
        )
        for choice in (*kept, (0,) * len(problem.options)):
            self.master.add(self._tangents(problem.shares(choice)))

    def _costs(self) -> tuple[Reals, float]:
        """Return what each option adds by strategies on which one place bears, and what is always."""
        problem, constant = self.problem, 0.0
        costs = np.zeros(int(problem.starts[-1]))
        for place in self.single:
            table, weight = problem.tables[place], self.weights[place] / self.scale
            start = table.ln_chances + table.fixed
            if not table.places:
                constant += weight * math.exp(ln_total(start))
                continue
            costs[problem.columns(table)] += weight * np.exp([ln_total(start + row) for row in table.ln[0]])
        return costs, constant

    def _tangents(self, shares: Reals, least: Reals | None = None) -> list[Cut]:
        cuts = []
        for extra, place in enumerate(self.several):
            table = self.problem.tables[place]
            total, slopes, _ = at_shares(self.problem, table, shares)
            height = math.exp(total) / self.scale
            if least is not None and height <= least[extra] + 1e-9 * max(1.0, height):
                continue
            columns, slopes = self.problem.columns(table), slopes * height
            constant = height - float(slopes @ shares[columns])
            cuts.append(Cut(columns=columns, slopes=slopes, constant=constant, extra=extra))
        return cuts

    def _offer(self, choice: Choice) -> None:
        if not self.problem.keeps(choice):
            return
        value = float(self.weights @ chances(self.problem.tables, choice))
        if value < self.value:
            self.best, self.value = choice, value

    def solve(self, rel_gap: float, most_rounds: int) -> Sum:
        relaxed = self._relax(rel_gap, most_rounds)
        lower = (relaxed.bound + self.constant) * self.scale
        for _ in range(most_rounds):
            hint = None if self.best is None else self.problem.shares(self.best)
            gap = 0.25 * rel_gap * (1.0 if hint is None else self.value / self.scale)
            found = self.master.whole(hint, gap=max(gap, 1e-12), most_nodes=SUM_NODES)
            if found.feasible:
                lower = max(lower, (found.bound + self.constant) * self.scale)
                choice = self.problem.choice(found.shares)
                self._offer(choice)
                cuts = self._tangents(
                    self.problem.shares(choice), self.master.extras(self.problem.shares(choice))
                )
            if not found.feasible or self.value - lower <= rel_gap * self.value or not cuts:
                break
            self.master.add(cuts)
        if self.best is None:
            raise DesignError("no plan keeps the limits: nothing to weigh")
        return Sum(
            choice=self.best,
            value=self.value,
            lower=min(lower, self.value),
            prices=relaxed,
            scale=self.scale,
            programs=self.master.solves,
        )

    def prices(self, rel_gap: float) -> Prices:
        relaxed = self._relax(rel_gap, MOST_ROUNDS)
        return Prices(
            limits=relaxed.limit_prices * self.scale, value=(relaxed.bound + self.constant) * self.scale
        )

    def _relax(self, rel_gap: float, most_rounds: int) -> Relaxed:
        for _ in range(most_rounds):
            found = self.master.relaxed()
            if found is None:
                raise DesignError("no plan keeps the limits, even with options in shares")
            relaxed = found
            cuts = self._tangents(relaxed.shares, relaxed.extras)
            if self._missing(relaxed) <= 0.25 * rel_gap or not cuts:
                break
            self.master.add(cuts)
        return relaxed

    def _missing(self, relaxed: Relaxed) -> float:
        """Return by how much the tangents fall short of the sum at shares of options, in units of scale."""
        heights = [
            math.exp(at_shares(self.problem, self.problem.tables[place], relaxed.shares)[0]) / self.scale
            for place in self.several
        ]
        return float(self.weights[self.several] @ (np.array(heights) - relaxed.extras)) if heights else 0.0


def solve_sum_as_good(
    problem: OneHot, weights: Reals, *, ln_most: float, start: Choice, rel_gap: float = 1e-6
) -> Sum:
    """Return the smallest weighted sum among plans whose worst strategy stays unseen so often at most.

    Args:
        problem: What may be chosen, against what, within which limits.
        weights: One for each strategy, 0 or more.
        ln_most: Logarithm of that chance.
        start: A plan that is as good.
        rel_gap: As for ``solve_sum``.
    """
    cuts = [linear_cut(problem, one) for one in problem.tables if is_linear(one)]
    curved = [one for one in problem.tables if not is_linear(one)]
    cuts += [tangent(problem, one, problem.shares(start)) for one in curved]
    rows = [row for cut in cuts for row in _as_row(problem, cut, ln_most)]
    for _ in range(MOST_ROUNDS):
        narrowed = OneHot(options=problem.options, tables=problem.tables, rows=(*problem.rows, *rows))
        found = solve_sum(narrowed, weights, start=(start,), rel_gap=rel_gap)
        over = [one for one in curved if one.ln_unseen(found.choice) > ln_most + AS_GOOD]
        if not over:
            break
        shares = problem.shares(found.choice)
        rows += [row for one in over for row in _as_row(problem, tangent(problem, one, shares), ln_most)]
    return found


def _as_row(problem: OneHot, cut: Cut, ln_most: float) -> list[LimitRow]:
    if not cut.columns.size:
        return []
    weights = np.zeros(int(problem.starts[-1]))
    weights[cut.columns] = cut.slopes
    return [LimitRow(name="as good", weights=weights, most=ln_most - cut.constant)]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Cheapest:
    """The cheapest plan that is as good as asked.

    Attributes:
        choice: Position of the option taken at each place.
        cost: Its cost.
        lower: No plan as good costs less, by the solver's tree.
    """

    choice: Choice
    cost: float
    lower: float


def cheapest(problem: OneHot, costs: Reals, *, ln_most: float) -> Cheapest | None:
    """Return the cheapest plan whose worst strategy stays unseen with at most a given chance.

    Args:
        problem: What may be chosen, against what, within which limits.
        costs: What each option costs, **shape** (columns,).
        ln_most: Logarithm of that chance.

    Returns:
        None where no plan is as good.
    """
    master = Master(problem.options, problem.rows, costs=costs, extra_costs=np.zeros(1), extra_lowest=-np.inf)
    master.cap(0, ln_most)
    master.add(linear_cut(problem, one) for one in problem.tables if is_linear(one))
    even = problem.shares((0,) * len(problem.options))
    master.add(tangent(problem, one, even) for one in problem.tables if not is_linear(one))
    for _ in range(MOST_ROUNDS):
        found = master.whole(None, gap=1e-9, most_nodes=SUM_NODES)
        if not found.feasible:
            return None
        choice = problem.choice(found.shares)
        shares = problem.shares(choice)
        over = [one for one in problem.tables if one.ln_unseen(choice) > ln_most + AS_GOOD]
        if not over:
            return Cheapest(choice=choice, cost=float(costs @ shares), lower=found.bound)
        cuts = [tangent(problem, one, shares) for one in over if not is_linear(one)]
        if not cuts:
            return None
        master.add(cuts)
    return None
