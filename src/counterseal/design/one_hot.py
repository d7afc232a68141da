"""The best plan as a mixed-integer program: one option at each place, the worst strategy as unlikely unseen.

Minimise t where, for every strategy, the logarithm of its chance to stay unseen is at most t; one option at
each place; every limit kept. Where a strategy has one state, or one place bears on it, that logarithm is
linear in the choice. Else it is convex (a sum of exponentials), and the program has tangents to it: each lies
below it, so the program's bound holds, and they are added where plans were found until bound and plan meet.

Nothing is taken from the solver's word alone: a plan's own figure and its limits are worked out again from
the tables, and the bound of the relaxed program is worked out again from its prices.
"""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from counterseal.design.errors import DesignError
from counterseal.design.one_hot_solver import Cut, Master, Relaxed
from counterseal.design.plan_limits import LimitRow
from counterseal.design.plan_options import Reals
from counterseal.design.plan_tables import StrategyTable, ln_total

Choice = tuple[int, ...]
LN_GAP = 1e-6
"""How close plan and bound must be, as logarithms of chances."""
MOST_ROUNDS = 300
"""Rounds of cuts, after which a search stops with the gap that is left."""
MOST_NODES = 2_000_000
"""Nodes of one program's tree, likewise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a search over strategies that nobody listed found against a plan.

    Attributes:
        tables: Strategies that stay unseen more often than asked; none where there are none.
        ln_bound: Logarithm of a chance that no strategy searched passes.
    """

    tables: tuple[StrategyTable, ...] = ()
    ln_bound: float = -math.inf


Search = Callable[[Reals, float], Answer]
"""Takes shares of the options, one a column, and the logarithm that is to be passed."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OneHot:
    """A choice of one option at each place, against strategies and within limits.

    Attributes:
        options: Number of options at each place.
        tables: Strategies; positions of places are positions in ``options``.
        rows: Limits.
    """

    options: tuple[int, ...]
    tables: tuple[StrategyTable, ...]
    rows: tuple[LimitRow, ...] = ()

    @property
    def starts(self) -> NDArray[np.int64]:
        """Column of the first option of each place, and the number of columns."""
        return np.cumsum((0, *self.options), dtype=np.int64)

    def shares(self, choice: Choice) -> Reals:
        """Return a plan as shares of the options: 1 for the option taken at each place, else 0."""
        starts = self.starts
        found = np.zeros(starts[-1])
        found[starts[:-1] + np.array(choice, dtype=np.int64)] = 1.0
        return found

    def choice(self, shares: Reals) -> Choice:
        """Return the option with the largest share at each place."""
        return tuple(int(np.argmax(part)) for part in np.split(shares, self.starts[1:-1]))

    def keeps(self, choice: Choice) -> bool:
        """Tell whether a plan keeps every limit; the sums are worked out here, without the solver."""
        shares = self.shares(choice)
        return all(row.kept(float(row.weights @ shares)) for row in self.rows)

    def columns(self, table: StrategyTable) -> NDArray[np.int64]:
        """Return the columns of the places that bear on a strategy."""
        starts = self.starts
        spans = [np.arange(starts[place], starts[place + 1]) for place in table.places]
        return np.concatenate(spans) if spans else np.zeros(0, dtype=np.int64)


def is_linear(table: StrategyTable) -> bool:
    """Tell whether the logarithm of staying unseen is linear in the choice."""
    return len(table.ln_chances) == 1 or len(table.places) <= 1


def linear_cut(problem: OneHot, table: StrategyTable) -> Cut:
    """Return the cut that says the logarithm itself, where it is linear."""
    start, columns = table.ln_chances + table.fixed, problem.columns(table)
    if not table.places:
        return Cut(columns=columns, slopes=np.zeros(0), constant=max(ln_total(start), -1e4))
    if len(start) == 1:
        slopes = np.concatenate([one[:, 0] for one in table.ln])
        return Cut(columns=columns, slopes=slopes, constant=float(start[0]))
    (ln,) = table.ln
    return Cut(columns=columns, slopes=np.array([ln_total(start + row) for row in ln]), constant=0.0)


def at_shares(problem: OneHot, table: StrategyTable, shares: Reals) -> tuple[float, Reals, Reals]:
    """Return logarithm of the chance at shares of options, its slopes by column, and the columns' logarithms.

    Args:
        problem: The choice.
        table: A strategy.
        shares: One a column.
    """
    ln = np.concatenate(table.ln) if table.ln else np.zeros((0, len(table.ln_chances)))
    terms = table.ln_chances + table.fixed + shares[problem.columns(table)] @ ln
    total = ln_total(terms)
    parts = np.exp(terms - total)
    return total, ln @ parts, ln


def tangent(problem: OneHot, table: StrategyTable, shares: Reals) -> Cut:
    """Return the tangent to the logarithm at shares of options: nowhere above it."""
    total, slopes, _ = at_shares(problem, table, shares)
    columns = problem.columns(table)
    return Cut(columns=columns, slopes=slopes, constant=total - float(slopes @ shares[columns]))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Solved:
    """The best plan found, and how good any plan could be.

    Attributes:
        choice: Position of the option taken at each place.
        value: Logarithm of the worst chance to stay unseen.
        lower: No plan has less, by the solver's tree.
        relaxed: No plan has less, worked out again from the relaxed program's prices; at most ``lower``.
        prices: The relaxed program's answer.
        programs: Programs solved.
        tables: Strategies that took part; those found on the way at the end.
        proven: Whether plan and bound meet within the gap asked for.
    """

    choice: Choice
    value: float
    lower: float
    relaxed: float
    prices: Relaxed
    programs: int
    tables: tuple[StrategyTable, ...]
    proven: bool


class WorstCase:
    """The search for the plan whose worst strategy is least likely unseen."""

    def __init__(self, problem: OneHot, search: Search | None = None) -> None:
        """Make the program with the strategies of the list.

        Args:
            problem: What may be chosen, against what, within which limits.
            search: Looks for strategies that nobody listed; None where the list is all.
        """
        self.problem, self.search = problem, search
        self.tables = list(problem.tables)
        size = int(problem.starts[-1])
        self.master = Master(
            problem.options, problem.rows, costs=np.zeros(size), extra_costs=np.ones(1), extra_lowest=-np.inf
        )
        self.master.add(linear_cut(problem, one) for one in self.tables if is_linear(one))
        even = problem.shares((0,) * len(problem.options))
        self.master.add(tangent(problem, one, even) for one in self.tables if not is_linear(one))
        self.master.add(self._found(even, -math.inf))
        self.best: Choice | None = None
        self.value = math.inf

    def solve(self, *, start: Iterable[Choice] = (), ln_gap: float = LN_GAP) -> Solved:
        """Return the best plan; see ``solve_worst``."""
        relaxed = self._relax(ln_gap)
        lower = relaxed.bound
        for choice in start:
            self._offer(choice, level=math.inf)
        for _ in range(MOST_ROUNDS):
            hint = None if self.best is None else self.problem.shares(self.best)
            found = self.master.whole(hint, gap=0.25 * ln_gap, most_nodes=MOST_NODES)
            if not found.feasible and self.best is None:
                raise _no_plan(self.problem)
            lower = max(lower, found.bound)
            if not found.feasible:
                break
            choice = self.problem.choice(found.shares)
            cuts = self._offer(choice, level=max(lower, found.bound) + 0.5 * ln_gap)
            if self.value - lower <= ln_gap or not cuts:
                break
            self.master.add(cuts)
        if self.best is None:
            raise _no_plan(self.problem)
        return Solved(
            choice=self.best,
            value=self.value,
            lower=min(lower, self.value),
            relaxed=min(relaxed.bound, lower, self.value),
            prices=relaxed,
            programs=self.master.solves,
            tables=tuple(self.tables),
            proven=self.value - lower <= ln_gap,
        )

    def _relax(self, ln_gap: float) -> Relaxed:
        """Add tangents and strategies where options in shares would pass, until they hardly do."""
        for _ in range(MOST_ROUNDS):
            found = self.master.relaxed()
            if found is None:
                raise _no_plan(self.problem)
            relaxed = found
            level = float(relaxed.extras[0]) + max(0.5 * ln_gap, 1e-7)
            cuts = [
                tangent(self.problem, one, relaxed.shares)
                for one in self.tables
                if not is_linear(one) and at_shares(self.problem, one, relaxed.shares)[0] > level
            ]
            cuts += self._found(relaxed.shares, level)
            if not cuts:
                break
            self.master.add(cuts)
        return relaxed

    def _found(self, shares: Reals, level: float) -> list[Cut]:
        answer = Answer() if self.search is None else self.search(shares, level)
        return [self._cut(one, shares) for one in self._new(answer)]

    def _new(self, answer: Answer) -> list[StrategyTable]:
        """Take up the strategies found that are not there yet: one that is has its cut already."""
        known = {one.name for one in self.tables}
        fresh = [one for one in answer.tables if one.name not in known]
        self.tables.extend(fresh)
        return fresh

    def _cut(self, table: StrategyTable, shares: Reals) -> Cut:
        if is_linear(table):
            return linear_cut(self.problem, table)
        return tangent(self.problem, table, shares)

    def _offer(self, choice: Choice, *, level: float) -> list[Cut]:
        """Take a plan if it is better, and return cuts that say what the program did not know of it."""
        if not self.problem.keeps(choice):
            return []
        shares = self.problem.shares(choice)
        figures = [one.ln_unseen(choice) for one in self.tables]
        cuts = [
            tangent(self.problem, one, shares)
            for one, figure in zip(self.tables, figures, strict=True)
            if figure > level and not is_linear(one)
        ]
        answer = Answer() if self.search is None else self.search(shares, level)
        cuts += [self._cut(one, shares) for one in self._new(answer)]
        figures += [one.ln_unseen(choice) for one in answer.tables]
        value = max([*figures, answer.ln_bound])
        if value < self.value:
            self.best, self.value = choice, value
        return cuts


def solve_worst(
    problem: OneHot, *, start: Iterable[Choice] = (), ln_gap: float = LN_GAP, search: Search | None = None
) -> Solved:
    """Return the plan whose worst strategy is least likely to stay unseen.

    Args:
        problem: What may be chosen, against what, within which limits.
        start: Plans to begin with.
        ln_gap: The search stops when plan and bound are this close, as logarithms of chances.
        search: Looks for strategies that nobody listed; None where the list is all.

    Raises:
        DesignError: no plan keeps the limits.
    """
    return WorstCase(problem, search).solve(start=start, ln_gap=ln_gap)


def _no_plan(problem: OneHot) -> DesignError:
    names = ", ".join(row.name for row in problem.rows if row.binding)
    return DesignError(f"no plan keeps all limits together: {names}; each alone could be kept")
