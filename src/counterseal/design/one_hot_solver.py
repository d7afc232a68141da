"""One option at each place, limits, and cuts: the program that HiGHS solves, relaxed or in whole options.

The solver works on one core, in the same order each time. What it says is used as a proposal: the bound of
the relaxed program is worked out again here from its prices, and callers work out each plan's figure again.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from counterseal.design.errors import DesignError
from counterseal.design.plan_limits import LimitRow
from counterseal.design.plan_options import Reals

FEASIBILITY = 1e-9
"""How far the solver lets a row stray."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Cut:
    """An extra variable is at least ``constant + slopes . shares`` of some columns.

    Attributes:
        columns: Columns, **shape** (m,).
        slopes: **shape** (m,).
        constant: What it is where none of them is taken.
        extra: Position of the extra variable.
    """

    columns: NDArray[np.int64]
    slopes: Reals
    constant: float
    extra: int = 0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Relaxed:
    """The answer where options may be taken in shares.

    Attributes:
        shares: Share of each option, **shape** (columns,).
        extras: The extra variables.
        bound: Lower bound of the objective over all plans, worked out again from the prices.
        cut_prices: How much each cut binds, 0 or more, in the order added.
        limit_prices: What one more unit of each limit is worth, in units of the objective: positive where
            the limit holds the objective up; negative for a least that does.
    """

    shares: Reals
    extras: Reals
    bound: float
    cut_prices: Reals
    limit_prices: Reals


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Whole:
    """The answer where one option is taken at each place.

    Attributes:
        shares: 1 for the option taken, else 0.
        bound: Lower bound of the objective over all plans, by the solver, less its tolerance; ``-inf`` where
            it stopped before it had one.
        feasible: Whether it found a plan.
        nodes: Nodes of its tree.
    """

    shares: Reals
    bound: float
    feasible: bool
    nodes: int


class Master:
    """Columns for options, extra variables with cuts, limits; solved again as cuts are added."""

    def __init__(
        self,
        options: tuple[int, ...],
        rows: tuple[LimitRow, ...],
        *,
        costs: Reals,
        extra_costs: Reals,
        extra_lowest: float,
    ) -> None:
        """Make the program.

        Args:
            options: Number of options at each place.
            rows: Limits.
            costs: Objective of each column.
            extra_costs: Objective of each extra variable, 0 or more.
            extra_lowest: Lower bound of the extra variables.
        """
        import highspy

        self.starts = np.cumsum((0, *options))
        self.rows, self.costs, self.extra_costs, self.extra_lowest = rows, costs, extra_costs, extra_lowest
        self.cuts: list[Cut] = []
        self.solves = 0
        made: Any = highspy.Highs
        self._solver = made()
        for name, setting in (
            ("output_flag", False),
            ("parallel", "off"),
            ("random_seed", 0),
            ("primal_feasibility_tolerance", FEASIBILITY),
            ("dual_feasibility_tolerance", FEASIBILITY),
            ("mip_feasibility_tolerance", FEASIBILITY),
        ):
            self._solver.setOptionValue(name, setting)
        self._columns(options)

    @property
    def size(self) -> int:
        """Number of columns of options."""
        return int(self.starts[-1])

    def _columns(self, options: tuple[int, ...]) -> None:
        import highspy

        extras, infinite = len(self.extra_costs), highspy.kHighsInf
        self._solver.addVars(self.size, np.zeros(self.size), np.ones(self.size))
        lowest = max(self.extra_lowest, -infinite)
        self._solver.addVars(extras, np.full(extras, lowest), np.full(extras, infinite))
        every = np.arange(self.size + extras, dtype=np.int32)
        self._solver.changeColsCost(every.size, every, np.concatenate((self.costs, self.extra_costs)))
        for start, number in zip(self.starts, options, strict=False):
            self._row(1.0, 1.0, np.arange(start, start + number), np.ones(number))
        for row in self.rows:
            told = np.flatnonzero(row.weights)
            self._row(row.least, row.most, told, row.weights[told])

    def _row(self, least: float, most: float, columns: NDArray[Any], values: Reals) -> None:
        self._solver.addRow(least, most, columns.size, columns.astype(np.int32), values)

    def add(self, cuts: Iterable[Cut]) -> None:
        """Add cuts; they bind from the next solution on."""
        for cut in cuts:
            columns = np.append(cut.columns, self.size + cut.extra)
            self._row(-np.inf, -cut.constant, columns, np.append(cut.slopes, -1.0))
            self.cuts.append(cut)

    def _integrality(self, kind: int) -> None:
        every = np.arange(self.size, dtype=np.int32)
        self._solver.changeColsIntegrality(every.size, every, np.full(every.size, kind, dtype=np.uint8))

    def relaxed(self) -> Relaxed | None:
        """Return the answer where options may be taken in shares; None where limits leave nothing.

        Raises:
            DesignError: the solver gives no answer.
        """
        import highspy

        self._integrality(0)
        self._solver.run()
        self.solves += 1
        status = self._solver.getModelStatus()
        if status in {highspy.HighsModelStatus.kInfeasible, highspy.HighsModelStatus.kUnboundedOrInfeasible}:
            return None
        if status != highspy.HighsModelStatus.kOptimal:
            raise DesignError(f"plan: the solver stopped at {status} with options in shares")
        found = self._solver.getSolution()
        values, duals = np.array(found.col_value), np.array(found.row_dual)
        first = len(self.starts) - 1
        limits, prices = np.split(-duals[first:], [len(self.rows)])
        bound, prices = self._bound(limits, np.maximum(prices, 0.0))
        return Relaxed(
            shares=values[: self.size],
            extras=values[self.size :],
            bound=bound,
            cut_prices=prices,
            limit_prices=limits,
        )

    def _bound(self, limits: Reals, prices: Reals) -> tuple[float, Reals]:
        """Work the bound out again: whatever the prices are, no plan has less than this (Lagrange)."""
        prices = self._feasible(prices)
        reduced, total = self.costs.copy(), 0.0
        for cut, price in zip(self.cuts, prices, strict=True):
            reduced[cut.columns] += price * cut.slopes
            total += price * cut.constant
        for row, price in zip(self.rows, limits, strict=True):
            edge = row.most if price > 0.0 else row.least
            if price and np.isfinite(edge):
                reduced += price * row.weights
                total -= price * edge
        best = np.minimum.reduceat(reduced, self.starts[:-1])
        rounding = 1e-13 * (np.abs(reduced).max(initial=0.0) * best.size + abs(total))
        return float(total + best.sum() - rounding), prices

    def _feasible(self, prices: Reals) -> Reals:
        """Scale the prices of each extra variable's cuts to what its cost allows."""
        owner = np.array([cut.extra for cut in self.cuts], dtype=np.int64)
        sums = np.bincount(owner, weights=prices, minlength=len(self.extra_costs))
        exact = self.extra_lowest == -np.inf
        with np.errstate(divide="ignore", invalid="ignore"):
            scale = np.where(sums > 0.0, self.extra_costs / sums, 0.0)
        return prices * (scale if exact else np.minimum(scale, 1.0))[owner] if owner.size else prices

    def whole(self, hint: Reals | None, *, gap: float, most_nodes: int) -> Whole:
        """Return the answer where one option is taken at each place.

        Args:
            hint: Shares of a plan that keeps the limits, None where none is known.
            gap: It may stop when plan and bound are this close.
            most_nodes: It stops after so many nodes with the bound that it has.
        """
        import highspy

        self._integrality(1)
        self._solver.setOptionValue("mip_rel_gap", 0.0)
        self._solver.setOptionValue("mip_abs_gap", gap)
        self._solver.setOptionValue("mip_max_nodes", most_nodes)
        if hint is not None:
            start = highspy.HighsSolution()
            start.col_value = np.concatenate((hint, self.extras(hint))).tolist()
            self._solver.setSolution(start)
        self._solver.run()
        self.solves += 1
        info, status = self._solver.getInfo(), self._solver.getModelStatus()
        nothing = status in {
            highspy.HighsModelStatus.kInfeasible,
            highspy.HighsModelStatus.kUnboundedOrInfeasible,
        }
        values = np.array(self._solver.getSolution().col_value)
        found = not nothing and values.size > 0 and bool(np.isfinite(info.objective_function_value))
        dual = float(info.mip_dual_bound)
        return Whole(
            shares=values[: self.size] if found else np.zeros(self.size),
            bound=np.inf if nothing else dual - FEASIBILITY * max(1.0, abs(dual)),
            feasible=found,
            nodes=int(info.mip_node_count),
        )

    def cap(self, extra: int, most: float) -> None:
        """Bound an extra variable from above."""
        self._solver.changeColBounds(self.size + extra, -np.inf, most)

    def extras(self, shares: Reals) -> Reals:
        """Return the extra variables that the cuts leave to a plan."""
        found = np.full(len(self.extra_costs), self.extra_lowest)
        for cut in self.cuts:
            found[cut.extra] = max(found[cut.extra], cut.constant + float(cut.slopes @ shares[cut.columns]))
        return found
