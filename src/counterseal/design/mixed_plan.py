"""A plan drawn by lot from several: what chance adds, certified between two bounds.

Every plan of the mix keeps the budget and all limits by itself. The mix is the inspector's side of the game
of plans against strategies; plans are added where they are its best answer to the host's mix (the same
program as for a single plan, with the host's chances as weights), strategies where a search finds one that
stays unseen more often. The upper bound is what the mix itself holds; the lower one is what no plan, so no
mix, can pass against the host's mix.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from counterseal.design.equilibrium import Equilibrium
from counterseal.design.matrix_games import matrix_game
from counterseal.design.one_hot import Answer, Choice, OneHot
from counterseal.design.one_hot_sum import Prices, Sum, chances, prices_of_sum, solve_sum
from counterseal.design.plan_options import Reals
from counterseal.design.plan_search import PlacementSearch
from counterseal.design.plan_tables import StrategyTable
from counterseal.stats.result import Result

MOST_ROUNDS = 200
_STAY = 0.7
_TANGENTS = 25
"""Rounds of tangents for one best answer; what is left open then is in the bound."""
ASSUMED = (
    "Each year one of the plans is drawn by the parties' lot; the host knows the chances, not the draw.",
    "Every plan of the mix keeps the budget and the limits by itself.",
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MixedPlan:
    """Plans of which one is drawn each year.

    Attributes:
        game: The value (the largest chance of any strategy to stay unseen for a year) with its bounds; the
            inspector's mix over plans, each named by the option taken at each place; the host's mix over
            strategies.
        prices: What the limits are worth against the host's mix, with options in shares.
        tables: Strategies that took part.
    """

    game: Equilibrium
    prices: Prices
    tables: tuple[StrategyTable, ...]

    @property
    def value(self) -> Result:
        """The largest chance of any strategy to stay unseen for a year, with its bounds."""
        return self.game.value

    @property
    def plans(self) -> tuple[tuple[Choice, float], ...]:
        """Plans, by the position of the option taken at each place, each with its chance."""
        return tuple((_choice(label), chance) for label, chance in self.game.row_mix)

    @property
    def host(self) -> tuple[tuple[str, float], ...]:
        """Strategies of the host's mix, each with its chance."""
        return tuple((str(label), chance) for label, chance in self.game.col_mix)

    def document(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return self.game.document()


def _choice(label: object) -> Choice:
    return tuple(int(one) for one in label) if isinstance(label, tuple) else ()


def mixed_plan(
    problem: OneHot,
    *,
    start: Iterable[Choice],
    rel_gap: float = 1e-4,
    search: PlacementSearch | None = None,
    most_rounds: int = MOST_ROUNDS,
) -> MixedPlan:
    """Return the best mix of plans.

    Args:
        problem: What may be chosen, against what, within which limits.
        start: Plans to begin with; those that keep the limits, at least one.
        rel_gap: It stops when the bounds are this close, relative to the upper one.
        search: Looks for strategies that nobody listed; None where the list is all.
        most_rounds: Most rounds; then it stops with the gap that is left, and says so.
    """
    return _Mixing(problem, [one for one in start if problem.keeps(one)], search).solve(rel_gap, most_rounds)


class _Mixing:
    def __init__(self, problem: OneHot, pool: list[Choice], search: PlacementSearch | None) -> None:
        self.problem, self.search = problem, search
        self.tables = list(problem.tables)
        self.pool = list(dict.fromkeys(pool))
        self.rows = [chances(self.tables, choice) for choice in self.pool]
        self.lower = 0.0
        self.centre: dict[str, float] = {}

    def solve(self, rel_gap: float, most_rounds: int) -> MixedPlan:
        rounds, grown = 0, True
        while grown and rounds < most_rounds:
            rounds += 1
            table = np.array(self.rows)
            game = matrix_game(
                table / (float(table.max(axis=1).min()) or 1.0),
                0.1 * rel_gap,
                rows="minimise",
                row_labels=self.pool,
                col_labels=[one.name for one in self.tables],
            )
            held = float((table.T @ self._mix(game)).max())
            found = self._strategies(game, held * (1.0 + 0.5 * rel_gap))
            upper = max(held, math.exp(found.ln_bound))
            answer = self._plans(game, rel_gap, stay=_STAY)
            if answer.choice in self.pool:
                answer = self._plans(game, rel_gap, stay=0.0)
            grown = upper - self.lower > rel_gap * upper and self._grown(found, answer)
        return MixedPlan(
            game=self._certified(game, upper, rounds, rel_gap),
            prices=self._prices(game),
            tables=tuple(self.tables),
        )

    def _mix(self, game: Equilibrium) -> Reals:
        held = dict(game.row_mix)
        return np.array([held.get(choice, 0.0) for choice in self.pool])

    def _strategies(self, game: Equilibrium, level: float) -> Answer:
        if self.search is None:
            return Answer()
        mix = [(self.problem.shares(_choice(label)), chance) for label, chance in game.row_mix]
        return self.search.against(mix, math.log(level) if level > 0.0 else -math.inf)

    def _plans(self, game: Equilibrium, rel_gap: float, *, stay: float) -> Sum:
        """Return the inspector's best answer to weights between the host's mix and the best weights so far.

        The host's mix of a pool of few plans jumps about; weights that stay near those that gave the best
        bound lead to it in fewer rounds. Any weights give a bound.
        """
        held = {str(name): (1.0 - stay) * weight for name, weight in game.col_mix}
        centre = self.centre or {str(name): weight for name, weight in game.col_mix}
        for name, weight in centre.items():
            held[name] = held.get(name, 0.0) + stay * weight
        weights = np.array([held.get(one.name, 0.0) for one in self.tables])
        everything = OneHot(options=self.problem.options, tables=tuple(self.tables), rows=self.problem.rows)
        found = solve_sum(everything, weights, start=self.pool, rel_gap=0.25 * rel_gap, most_rounds=_TANGENTS)
        lower = found.lower / float(weights.sum())
        if lower > self.lower:
            self.lower, self.centre = lower, held
        return found

    def _prices(self, game: Equilibrium) -> Prices:
        """Return the prices at the host's mix itself: near it they are others."""
        held = dict(game.col_mix)
        weights = np.array([held.get(one.name, 0.0) for one in self.tables])
        everything = OneHot(options=self.problem.options, tables=tuple(self.tables), rows=self.problem.rows)
        return prices_of_sum(everything, weights, start=self.pool)

    def _grown(self, found: Answer, answer: Sum) -> bool:
        """Add the plan and the strategies found; tell whether there was anything new."""
        known = {one.name for one in self.tables}
        fresh = [one for one in found.tables if one.name not in known]
        for table in fresh:
            self.tables.append(table)
            column = [math.exp(table.ln_unseen(choice)) for choice in self.pool]
            self.rows = [np.append(row, one) for row, one in zip(self.rows, column, strict=True)]
        if answer.choice in self.pool:
            return bool(fresh)
        self.pool.append(answer.choice)
        self.rows.append(chances(self.tables, answer.choice))
        return True

    def _certified(self, game: Equilibrium, upper: float, rounds: int, rel_gap: float) -> Equilibrium:
        lower, open_ = min(self.lower, upper), upper - self.lower
        said = () if open_ <= rel_gap * upper else (f"the bounds are still {open_:.2g} apart",)
        single = [float(np.max(row)) for row in self.rows]
        best = int(np.argmin(single))
        value = Result(
            value=upper,
            lower=lower,
            upper=upper,
            kind="equilibrium",
            method="plans and strategies added in turn; both bounds worked out from the mixes",
            exact=False,
            tol=max(open_, 0.0),
            ln_value=math.log(upper) if upper > 0.0 else -math.inf,
            inputs={"strategies": [one.name for one in self.tables], "plans": len(self.pool)},
            assumptions=ASSUMED,
            warnings=said,
        )
        return Equilibrium(
            value=value,
            row_mix=game.row_mix,
            col_mix=game.col_mix,
            rounds=rounds,
            method=value.method,
            best_fixed=(self.pool[best], single[best]),
        )
