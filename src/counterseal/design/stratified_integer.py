"""The exact game over strata: whole numbers of items, sampling without replacement, mixes for both sides.

Rows are the plans from which no effort is left for another check, columns the departures from which no item
can be left out: all others are worse for who would choose them. An entry is the chance that nothing is seen,
the product over strata of exact sampling. Small tables are solved whole; of large ones only those plans are
taken up that are the best answer to what is there, with bounds over all plans in each round.
"""

import math
import sys
from dataclasses import dataclass, replace
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from counterseal.design.equilibrium import Equilibrium, Label
from counterseal.design.errors import DesignError
from counterseal.design.matrix_games import matrix_game
from counterseal.design.stratified_sets import fullest_plans, leanest_departures, whole_units
from counterseal.stats.items import ItemTest, Stratum
from counterseal.stats.result import Result

Reals = NDArray[np.float64]
Wholes = NDArray[np.int64]

WHOLE_TABLE = 250_000
"""Entries up to which the whole table is solved at once."""
MOST_CHANCES = 20_000_000
"""Largest table of chances of one stratum."""
MOST_FAILING = 6
"""Most tests that may fail as a whole."""
MOST_ROUNDS = 1_000
"""Most rounds in which answers are taken up."""
TAKEN_UP = 8
"""Most answers of one side that are taken up in a round."""
MOST_LOOKS = 20_000
"""Most plans that are looked at for the best one without lot."""
METHOD = "exact sampling for every pair of plans; {}"
_GENERATED = "plans taken up one by one where they answer best, bounds over all"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Side:
    bound: float
    mix: tuple[tuple[int, float], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Game:
    """All plans of both sides, and the chances of each stratum: by state of the tests, plan, departure.

    Attributes:
        states: Chance of each state of the tests.
        chances: For each state, one table a stratum, **shape** (numbers checked, numbers falsified).
        rows: Place of each plan's number in the table of each stratum, **shape** (plans, strata).
        cols: The same of each departure.
    """

    states: tuple[float, ...]
    chances: tuple[tuple[Reals, ...], ...]
    rows: Wholes
    cols: Wholes

    def against_row(self, row: int, cols: Wholes) -> Reals:
        """Return the chance that nothing is seen with one plan against each of several departures."""
        total = np.zeros(len(cols))
        for share, tables in zip(self.states, self.chances, strict=True):
            part = np.full(len(cols), share)
            for i, table in enumerate(tables):
                part *= table[self.rows[row, i]][cols[:, i]]
            total += part
        return total

    def against_col(self, col: int, rows: Wholes) -> Reals:
        """Return it with each of several plans against one departure."""
        total = np.zeros(len(rows))
        for share, tables in zip(self.states, self.chances, strict=True):
            part = np.full(len(rows), share)
            for i, table in enumerate(tables):
                part *= table[:, self.cols[col, i]][rows[:, i]]
            total += part
        return total


def integer_game(
    strata: tuple[Stratum, ...],
    tests: tuple[ItemTest, ...],
    effort_pd: float,
    goal_kg: float,
    *,
    tol: float,
    inputs: dict[str, Any],
    assumed: tuple[str, ...],
) -> Equilibrium:
    """Return the equilibrium of the exact game.

    Args:
        strata: Where the items are.
        tests: The test of each, with a known chance to show a false item.
        effort_pd: Effort for all checks [person-days].
        goal_kg: What the host takes at least [kg]; no more than the strata hold.
        tol: Largest gap between the bounds [1].
        inputs: What was asked.
        assumed: What it takes for granted.

    Raises:
        DesignError: there are too many plans, or too many tests may fail as a whole.
    """
    *costs, effort = whole_units([*(one.cost_pd for one in tests), effort_pd], question="costs and effort")
    plans = fullest_plans([one.n_items for one in strata], costs, effort)
    held, goal = _held(strata, goal_kg)
    departures = leanest_departures(held, goal)
    game = _game(strata, tests, plans, departures)
    rows, cols = _labels(strata, plans), _labels(strata, departures)
    if len(plans) * len(departures) <= WHOLE_TABLE:
        table = np.array([game.against_row(row, game.cols) for row in range(len(plans))])
        found = matrix_game(table, tol, rows="minimise", row_labels=rows, col_labels=cols)
    else:
        found = _generated(game, tol, rows, cols)
    return replace(found, value=_value(found, inputs, assumed), method=METHOD.format(found.method))


def _held(strata: tuple[Stratum, ...], goal_kg: float) -> tuple[list[Wholes], int]:
    """Return what the largest items of each stratum hold together, and the goal, in whole units."""
    sizes = [sorted(one.items_by_size or ((one.content_kg, one.n_items),), reverse=True) for one in strata]
    *units, goal = whole_units(
        [*(kg for one in sizes for kg, _ in one), goal_kg], question="contents and goal"
    )
    left = iter(units)
    held = []
    for one in sizes:
        items = np.repeat([next(left) for _ in one], [number for _, number in one])
        held.append(np.concatenate(([0], np.cumsum(items, dtype=np.int64))))
    return held, goal


def _labels(strata: tuple[Stratum, ...], plans: Wholes) -> list[Label]:
    names = [one.name for one in strata]
    return [tuple(zip(names, plan, strict=True)) for plan in plans.tolist()]


def _game(
    strata: tuple[Stratum, ...], tests: tuple[ItemTest, ...], plans: Wholes, departures: Wholes
) -> _Game:
    failing = dict.fromkeys((one.name, one.common_mode_p) for one in tests if one.common_mode_p > 0.0)
    if len(failing) > MOST_FAILING:
        raise DesignError(
            f"integer model: {len(failing)} tests that may fail as a whole; must be <= {MOST_FAILING}"
        )
    rows, cols, usual = np.empty_like(plans), np.empty_like(departures), []
    for i, (stratum, test) in enumerate(zip(strata, tests, strict=True)):
        checked, rows[:, i] = np.unique(plans[:, i], return_inverse=True)
        false, cols[:, i] = np.unique(departures[:, i], return_inverse=True)
        usual.append(_unseen(stratum, test, checked, false))
    states, chances = [1.0], [tuple(usual)]
    for name, common_mode_p in failing:
        broken = [
            tuple(np.ones_like(t) if one.name == name else t for t, one in zip(tables, tests, strict=True))
            for tables in chances
        ]
        states = [s * (1.0 - common_mode_p) for s in states] + [s * common_mode_p for s in states]
        chances += broken
    return _Game(states=tuple(states), chances=tuple(chances), rows=rows, cols=cols)


def _unseen(stratum: Stratum, test: ItemTest, checked: Wholes, false: Wholes) -> Reals:
    from counterseal.stats.sampling_arrays import nondetection_array

    if len(checked) * len(false) > MOST_CHANCES:
        raise DesignError(
            f"integer model, stratum {stratum.name}: {len(checked)} numbers checked by {len(false)} "
            f"falsified; their product must be <= {MOST_CHANCES}"
        )
    return nondetection_array(stratum.n_items, false[None, :], checked[:, None], test.mean_detect_p)[0]


def _generated(game: _Game, tol: float, rows: list[Label], cols: list[Label]) -> Equilibrium:
    """Return the equilibrium by taking up the best answers to a growing table, until the bounds meet."""
    row_pool = [len(rows) // 2]
    col_pool = [int(np.argmax(game.against_row(row_pool[0], game.cols)))]
    table = game.against_row(row_pool[0], game.cols[col_pool])[None, :]
    upper, lower, done = _Side(bound=1.0), _Side(bound=0.0), 0
    while done < MOST_ROUNDS:
        done += 1
        near = max(0.1 * tol, 0.01 * (upper.bound - lower.bound))
        inner = matrix_game(table, near, rows="minimise")
        row_mix = tuple((row_pool[cast("int", place)], share) for place, share in inner.row_mix)
        col_mix = tuple((col_pool[cast("int", place)], share) for place, share in inner.col_mix)
        against_row = _summed([share * game.against_row(row, game.cols) for row, share in row_mix])
        against_col = _summed([share * game.against_col(col, game.rows) for col, share in col_mix])
        highest, lowest = float(against_row.max()), float(against_col.min())
        upper = _Side(bound=highest, mix=row_mix) if highest < upper.bound or not upper.mix else upper
        lower = _Side(bound=lowest, mix=col_mix) if lowest > lower.bound or not lower.mix else lower
        value = inner.value.value or 0.0
        more_rows = _best_answers(against_col, row_pool, value)
        more_cols = _best_answers(-against_row, col_pool, -value)
        if upper.bound - lower.bound <= 0.9 * tol or not (more_rows or more_cols):
            break
        table = np.vstack([table, *(game.against_row(row, game.cols[col_pool]) for row in more_rows)])
        row_pool += more_rows
        table = np.column_stack([table, *(game.against_col(col, game.rows[row_pool]) for col in more_cols)])
        col_pool += more_cols
    return Equilibrium(
        value=_between(lower, upper, tol, done),
        row_mix=tuple((rows[row], share) for row, share in upper.mix),
        col_mix=tuple((cols[col], share) for col, share in lower.mix),
        rounds=done,
        method=_GENERATED,
        best_fixed=_best_fixed(game, rows, col_pool),
    )


def _best_answers(worth: Reals, pool: list[int], value: float) -> list[int]:
    """Return the plans worth least, below the value and not there yet; of equal ones the first first."""
    known = set(pool)
    order = np.argsort(worth, kind="stable")[: len(pool) + TAKEN_UP].tolist()
    return [place for place in order if place not in known and worth[place] < value][:TAKEN_UP]


def _summed(parts: list[Reals]) -> Reals:
    total = np.zeros_like(parts[0])
    for part in parts:
        total += part
    return total


def _between(lower: _Side, upper: _Side, tol: float, done: int) -> Result:
    rounding = (len(lower.mix) + len(upper.mix) + 8) * sys.float_info.epsilon * upper.bound
    low, high = min(lower.bound, upper.bound) - rounding, upper.bound + rounding
    warnings: tuple[str, ...] = ()
    if high - low > tol:
        warnings = (
            f"the bounds lie {high - low:.3g} apart after {done} rounds, more than the {tol:g} asked for",
        )
    return Result(
        value=0.5 * (low + high),
        lower=low,
        upper=high,
        kind="equilibrium",
        method=_GENERATED,
        exact=False,
        tol=high - low,
        warnings=warnings,
    )


def _best_fixed(game: _Game, rows: list[Label], col_pool: list[int]) -> tuple[Label, float] | None:
    """Return the best plan without lot, looking first at those that the known answers hurt least.

    None where more than ``MOST_LOOKS`` of them would have to be looked at.
    """
    known = game.against_col(col_pool[0], game.rows)
    for col in col_pool[1:]:
        known = np.maximum(known, game.against_col(col, game.rows))
    best, place = math.inf, -1
    for looks, row in enumerate(np.argsort(known, kind="stable").tolist()):
        if known[row] >= best:
            return rows[place], best
        if looks == MOST_LOOKS:
            return None
        worst = float(game.against_row(row, game.cols).max())
        if worst < best:
            best, place = worst, row
    return rows[place], best


def _value(found: Equilibrium, inputs: dict[str, Any], assumed: tuple[str, ...]) -> Result:
    lower, upper = max(found.lower or 0.0, 0.0), min(found.upper or 0.0, 1.0)
    value = min(max(found.value.value or 0.0, lower), upper)
    return replace(
        found.value,
        value=value,
        lower=lower,
        upper=upper,
        ln_value=math.log(value) if value > 0.0 else -math.inf,
        inputs=inputs,
        assumptions=(*assumed, "Both sides may draw their plan by lot, and neither knows the other's draw."),
        method=METHOD.format(found.method),
    )
