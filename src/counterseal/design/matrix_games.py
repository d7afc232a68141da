"""A game for two in which one wins what the other loses, from the table of what each pair of plans pays.

Small tables go to the simplex method, large dense ones to regret matching. Whatever a solver says, the bounds
are worked out from the two mixes that it leaves: what the other side's best answer to each of them pays.
"""

import hashlib
import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from counterseal.design.equilibrium import WANTED, Equilibrium, Label, mix_of
from counterseal.design.errors import DesignError
from counterseal.design.linear_program import WAYS, minimise
from counterseal.stats.items import require_amount
from counterseal.stats.result import Result

Reals = NDArray[np.float64]
Matrix = NDArray[np.floating[Any]]
Side = Literal["maximise", "minimise"]
Solver = Literal["auto", "simplex", "regret"]

SIMPLEX_UP_TO = 400
"""Plans of the side that has fewer, up to which the simplex method is quicker."""
MOST_ENTRIES = 200_000_000
"""Largest table [entries]."""
MOST_WORK = 2e11
"""Multiplications with entries after which a solver gives up; a minute or two."""
SINGLE_UP_TO = 1e-6
"""Gap, in spans of the table, down to which regrets are worked out in single precision."""

_ROUNDS = 20
_SIDES = 2
_PURE = "one plan each: neither side gains by another"
_SIMPLEX = "linear program by the simplex method (HiGHS)"
_REGRET = "regret matching with clipped regrets and a forecast, averages by squared round"
ASSUMED = (
    "What one side wins the other loses, and both know the table.",
    "Each chooses without knowing what the other chose; both may draw their plan by lot.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What two mixes hold.

    Attributes:
        lower: What the row player gets at least with its mix.
        upper: What it gets at most against the column player's.
        row: The row player's best answer to the other mix.
        col: The column player's.
    """

    lower: float
    upper: float
    row: int
    col: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    row: Reals
    col: Reals
    rounds: int
    method: str


def matrix_game(
    A: ArrayLike,
    tol: float = 1e-6,
    *,
    rows: Side = "maximise",
    row_labels: Sequence[Label] | None = None,
    col_labels: Sequence[Label] | None = None,
    solver: Solver = "auto",
    most_work: float = MOST_WORK,
    assumptions: tuple[str, ...] = (),
) -> Equilibrium:
    """Return the value of a game and a mix for each side, with bounds that the mixes themselves certify.

    Args:
        A: What the pair of plans pays, **shape** (rows, columns), up to 2e8 finite numbers.
        tol: Largest gap between the bounds, in the unit of ``A``, above 0.
        rows: Whether the player of the rows wants much of it or little; the other wants the contrary.
        row_labels: Names of the rows; their numbers from 0 where None.
        col_labels: Names of the columns.
        solver: ``simplex``, ``regret``, or by the size.
        most_work: Multiplications with entries after which the solver gives up.
        assumptions: What the table takes for granted.

    Returns:
        The equilibrium; with a warning where the gap stays above ``tol``.

    Raises:
        DesignError: no table of finite numbers, too large, or as many labels as it has not.
        StatsError: ``tol`` or ``most_work`` is out of range.

    Examples:
        >>> told = matrix_game([[0, 3], [4, 1]], 1e-9)
        >>> round(told.value.value, 9), [(name, round(chance, 9)) for name, chance in told.row_mix]
        (2.0, [(0, 0.5), (1, 0.5)])
    """
    table = _table(A)
    require_amount(tol, "tol", above=0.0)
    require_amount(most_work, "most_work", above=0.0)
    names = _names(row_labels, table.shape[0], "row"), _names(col_labels, table.shape[1], "column")
    sign = 1.0 if rows == "maximise" else -1.0
    inputs: dict[str, Any] = {
        "question": "matrix_game",
        "shape": list(table.shape),
        "table_sha256": hashlib.sha256(table.astype("<f8").tobytes()).hexdigest(),
        "rows": rows,
        "tol": tol,
    }
    if sign < 0.0:
        table = -table
    lows = table.min(axis=1)
    found = _pure(table, lows) or _solved(table, tol, solver=solver, most_work=most_work)
    bounds = certified(table, found.row, found.col)
    best = int(np.argmax(lows))
    return Equilibrium(
        value=_value(bounds, sign, found, tol, inputs, (*ASSUMED, *assumptions)),
        row_mix=mix_of(names[0], found.row),
        col_mix=mix_of(names[1], found.col),
        rounds=found.rounds,
        method=found.method,
        best_fixed=(names[0][best], float(sign * lows[best])),
    )


def certified(table: Reals, row: Reals, col: Reals) -> Bounds:
    """Return what two mixes hold, from the best answers to them, widened by what rounding could do.

    Products are added plan by plan, never by a library that splits sums as the processor likes.

    Args:
        table: What the row player gets, **shape** (rows, columns).
        row: Chances of its plans, **shape** (rows,).
        col: Chances of the other's plans, **shape** (columns,).
    """
    against_row, against_col = np.zeros(table.shape[1]), np.zeros(table.shape[0])
    for place in np.flatnonzero(row):
        against_row += row[place] * table[place]
    for place in np.flatnonzero(col):
        against_col += col[place] * table[:, place]
    best_row, best_col = int(np.argmax(against_col)), int(np.argmin(against_row))
    used = int(np.count_nonzero(row)), int(np.count_nonzero(col))
    rounding = 0.0
    if used != (1, 1):
        largest = max(abs(float(table.min())), abs(float(table.max())))
        rounding = (max(used) + 3) * sys.float_info.epsilon * largest
    return Bounds(
        lower=float(against_row[best_col]) - rounding,
        upper=float(against_col[best_row]) + rounding,
        row=best_row,
        col=best_col,
    )


def _table(A: ArrayLike) -> Reals:
    try:
        table = np.ascontiguousarray(A, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise DesignError(f"A: {error}; must be a table of numbers") from error
    if len(np.shape(A)) != _SIDES or not table.size:
        raise DesignError(f"A of shape {np.shape(A)}: must have rows and columns, at least one of each")
    if table.size > MOST_ENTRIES:
        raise DesignError(
            f"A of {table.size} entries: must be at most {MOST_ENTRIES}; generate plans instead"
        )
    if not np.all(np.isfinite(table)):
        row, column = np.argwhere(~np.isfinite(table))[0]
        raise DesignError(f"A, row {row}, column {column}: {table[row, column]}, must be a finite number")
    return table


def _names(labels: Sequence[Label] | None, number: int, side: str) -> Sequence[Label]:
    if labels is None:
        return range(number)
    if len(labels) != number:
        raise DesignError(f"{len(labels)} {side} labels of a table with {number}; must be one each")
    return labels


def _pure(table: Reals, lows: Reals) -> _Found | None:
    """Return the plans of a saddle point, where there is one."""
    highs = table.max(axis=0)
    best_row, best_col = int(np.argmax(lows)), int(np.argmin(highs))
    if lows[best_row] != highs[best_col]:
        return None
    row, col = np.zeros(table.shape[0]), np.zeros(table.shape[1])
    row[best_row], col[best_col] = 1.0, 1.0
    return _Found(row=row, col=col, rounds=0, method=_PURE)


def _solved(table: Reals, tol: float, *, solver: Solver, most_work: float) -> _Found:
    """Return two mixes of a game without a saddle point, on its entries brought to 0 to 1."""
    low, span = float(table.min()), float(table.max()) - float(table.min())
    if not math.isfinite(span) or not span > 0.0:
        raise DesignError(f"A: entries from {low:g} lie {span:g} apart; must be a finite span above 0")
    scaled = (table - low) / span
    small = min(table.shape) <= SIMPLEX_UP_TO
    if solver == "simplex" or (solver == "auto" and small):
        return _by_simplex(scaled, tol / span, most_work)
    return _by_regret(scaled, tol / span, most_work)


def _by_simplex(table: Reals, tol: float, most_work: float) -> _Found:
    """Return the best pair of mixes of the ways to run the simplex method, tried until one is good."""
    left, tried = max(1, min(int(most_work / table.size), 2**31 - 1)), []
    for way in range(len(WAYS)):
        found = _by_program(table, way, left)
        left -= found.rounds
        bounds = certified(table, found.row, found.col)
        tried.append((bounds.upper - bounds.lower, way, found))
        if tried[-1][0] <= tol or left < 1:
            break
    return min(tried)[2]


def _by_program(table: Reals, way: int, most_iterations: int) -> _Found:
    """Return two mixes from the program with as many rows as the side with fewer plans has.

    With entries from 1 to 2, the least sum of x with ``x . table >= 1`` is one over the value, and its duals
    are the other mix.
    """
    wide = table.shape[0] < table.shape[1]
    entries = 2.0 - table if wide else (1.0 + table).T  # seen from the side with more plans
    answer = minimise(
        np.ones(entries.shape[1]),
        entries,
        least=np.ones(entries.shape[0]),
        most=np.full(entries.shape[0], np.inf),
        way=way,
        most_iterations=most_iterations,
    )
    first, second = _as_mix(answer.values), _as_mix(answer.duals)
    row, col = (second, first) if wide else (first, second)
    return _Found(row=row, col=col, rounds=answer.iterations, method=_SIMPLEX)


def _as_mix(weights: Reals) -> Reals:
    kept = np.clip(weights, 0.0, None)
    kept[kept <= WANTED * kept.max()] = 0.0
    total = float(kept.sum())
    return kept / total if total > 0.0 else np.full(kept.size, 1.0 / kept.size)


def _by_regret(table: Reals, tol: float, most_work: float) -> _Found:
    from counterseal.design.regret_kernel import play

    shape = table.shape
    regrets = np.zeros(shape[0]), np.zeros(shape[1])
    mixes = np.full(shape[0], 1.0 / shape[0]), np.full(shape[1], 1.0 / shape[1])
    pays = table.mean(axis=1), table.mean(axis=0)
    sums = np.zeros(shape[0]), np.zeros(shape[1]), np.zeros(shape[0]), np.zeros(shape[1])
    done, most = 0, max(_ROUNDS, int(most_work / (2.0 * table.size)))
    for single, until in ((True, max(tol, SINGLE_UP_TO)), (False, tol)):
        entries: Matrix = table.astype(np.float32) if single else table
        turned = np.ascontiguousarray(entries.T)
        seen = math.inf
        while done < most and seen > until:
            play(entries, turned, regrets, mixes, pays, sums, done, _ROUNDS)
            done += _ROUNDS
            seen = (float(sums[2].max()) - float(sums[3].min())) / float(sums[0].sum())
            if seen <= until:
                bounds = certified(table, _as_mix(sums[0]), _as_mix(sums[1]))
                seen = bounds.upper - bounds.lower
                if seen <= tol:
                    return _Found(row=_as_mix(sums[0]), col=_as_mix(sums[1]), rounds=done, method=_REGRET)
                if single:
                    break
    return _Found(row=_as_mix(sums[0]), col=_as_mix(sums[1]), rounds=done, method=_REGRET)


def _value(
    bounds: Bounds,
    sign: float,
    found: _Found,
    tol: float,
    inputs: dict[str, Any],
    assumed: tuple[str, ...],
) -> Result:
    lower, upper = sorted((sign * bounds.lower, sign * bounds.upper))
    gap = upper - lower
    warnings: tuple[str, ...] = ()
    if gap > tol:
        why = f"the bounds lie {gap:.3g} apart, more than the {tol:g} asked for: {found.rounds} steps of "
        warnings = (f"{why}{found.method} were not enough, or rounding allows no less",)
    return Result(
        value=min(max(0.5 * (lower + upper), lower), upper),
        lower=lower,
        upper=upper,
        kind="equilibrium",
        method=found.method,
        exact=gap == 0.0,
        tol=gap,
        inputs=inputs,
        assumptions=assumed,
        warnings=warnings,
    )
