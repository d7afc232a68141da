"""Linear programs by the simplex method of HiGHS, always on one core and in the same order: same bytes."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from counterseal.design.errors import DesignError

Reals = NDArray[np.float64]
Status = Literal["optimal", "infeasible", "unbounded", "stopped"]

Settings = tuple[tuple[str, str | int | float], ...]

_TIGHT: Settings = (("primal_feasibility_tolerance", 1e-10), ("dual_feasibility_tolerance", 1e-10))
_STILL: Settings = (("dual_simplex_cost_perturbation_multiplier", 0.0),)
WAYS: tuple[Settings, ...] = (
    _TIGHT,
    (("primal_feasibility_tolerance", 1e-9), ("dual_feasibility_tolerance", 1e-9), *_STILL),
    (*_TIGHT, *_STILL, ("factor_pivot_threshold", 0.5)),
    (*_TIGHT, ("simplex_strategy", 4), ("primal_simplex_bound_perturbation_multiplier", 0.0)),
)
"""Settings in the order in which they are tried: the quickest first, then those that stay exact where many
corners are almost alike (costs left as they are, safer pivots, the primal method)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinearAnswer:
    """What the solver found.

    Attributes:
        status: ``optimal``, ``infeasible``, ``unbounded``, or ``stopped`` at the limit of iterations.
        values: The variables, **shape** (columns,).
        duals: What one more unit of each row's bound is worth, **shape** (rows,).
        objective: What is minimised, at the values.
        iterations: Steps of the simplex method.
    """

    status: Status
    values: Reals
    duals: Reals
    objective: float
    iterations: int


def minimise(
    cost: Reals,
    rows: Reals,
    *,
    least: Reals,
    most: Reals,
    lowest: Reals | None = None,
    way: int = 0,
    most_iterations: int,
) -> LinearAnswer:
    """Return the smallest ``cost . values`` with ``least <= rows . values <= most`` and values above a floor.

    Args:
        cost: **shape** (columns,).
        rows: **shape** (rows, columns).
        least: Lower bounds of the rows, ``-inf`` for none, **shape** (rows,).
        most: Upper bounds of the rows, ``inf`` for none, **shape** (rows,).
        lowest: Lower bounds of the values, **shape** (columns,); 0 for each where None.
        way: Which of the settings ``WAYS`` is used.
        most_iterations: Limit of work.

    Raises:
        DesignError: the solver refuses the numbers.

    Examples:
        >>> told = minimise(np.ones(2), np.array([[1.0, 2.0], [3.0, 1.0]]), least=np.array([4.0, 6.0]),
        ...                 most=np.full(2, np.inf), most_iterations=100)
        >>> told.status, round(told.objective, 9)
        ('optimal', 2.8)
    """
    import highspy

    made: Any = highspy.Highs  # untyped where it is made, as some releases are
    solver = made()
    for name, setting in (
        ("output_flag", False),
        ("solver", "simplex"),
        ("parallel", "off"),
        ("random_seed", 0),
        ("presolve", "off"),
        ("simplex_iteration_limit", most_iterations),
        *WAYS[way],
    ):
        solver.setOptionValue(name, setting)
    program = highspy.HighsLp()
    program.num_row_, program.num_col_ = rows.shape
    program.col_cost_ = cost
    program.col_lower_ = np.zeros(rows.shape[1]) if lowest is None else lowest
    program.col_upper_ = np.full(rows.shape[1], highspy.kHighsInf)
    program.row_lower_, program.row_upper_ = least, most
    columns, places = np.nonzero(rows.T)
    program.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    program.a_matrix_.start_ = np.concatenate(([0], np.cumsum(np.bincount(columns, minlength=rows.shape[1]))))
    program.a_matrix_.index_ = places
    program.a_matrix_.value_ = rows.T[columns, places]
    if solver.passModel(program) == highspy.HighsStatus.kError:
        raise DesignError(f"linear program of {rows.shape[0]} rows: the solver refuses its numbers")
    solver.run()
    found = solver.getSolution()
    return LinearAnswer(
        status=_status(solver.getModelStatus()),
        values=np.array(found.col_value, dtype=np.float64),
        duals=np.array(found.row_dual, dtype=np.float64),
        objective=float(solver.getInfo().objective_function_value),
        iterations=int(solver.getInfo().simplex_iteration_count),
    )


def _status(status: object) -> Status:
    import highspy

    known: dict[object, Status] = {
        highspy.HighsModelStatus.kOptimal: "optimal",
        highspy.HighsModelStatus.kInfeasible: "infeasible",
        highspy.HighsModelStatus.kUnbounded: "unbounded",
        highspy.HighsModelStatus.kUnboundedOrInfeasible: "infeasible",
    }
    return known.get(status, "stopped")
