"""What one more unit of a limit is worth against the host's mix, beside differences of the program itself."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import Bounds, LinearConstraint, minimize

from counterseal.design.mixed_plan import mixed_plan
from counterseal.design.one_hot import OneHot, solve_worst
from counterseal.design.one_hot_sum import prices_of_sum
from strategies.plans import drawn_problem


def _weights(problem: OneHot, host: tuple[tuple[str, float], ...]) -> np.ndarray:
    return np.array([dict(host).get(one.name, 0.0) for one in problem.tables])


@pytest.mark.parametrize("seed", [3, 4, 8, 21, 32, 35])
def test_a_price_is_what_the_sum_gains_at_the_published_mix(seed: int) -> None:
    problem = drawn_problem(
        seed, places=5, options=4, strategies=8, states=1 + seed % 2, budget=0.3 + 0.1 * (seed % 4)
    )
    mixed = mixed_plan(problem, start=[solve_worst(problem).choice], rel_gap=1e-3)
    weights, (budget,) = _weights(problem, mixed.host), problem.rows
    step = 1e-3 * budget.most

    def smallest(most: float) -> float:
        rows = (replace(budget, most=most),)
        return prices_of_sum(replace(problem, rows=rows), weights, start=[(0,) * 5]).value

    more, less = smallest(budget.most + step), smallest(budget.most - step)
    assert mixed.prices.limits[0] == pytest.approx((less - more) / (2 * step), rel=1e-3, abs=1e-9)


@pytest.mark.parametrize("seed", [0, 1])
def test_the_program_in_shares_is_what_another_solver_finds(seed: int) -> None:
    problem = drawn_problem(seed, places=4, options=3, strategies=5, states=1 + seed, budget=0.4)
    weights, starts = np.random.Generator(np.random.Philox(seed)).dirichlet(np.ones(5)), problem.starts

    def unseen(x: np.ndarray) -> float:
        total = 0.0
        for weight, table in zip(weights, problem.tables, strict=True):
            ln = np.concatenate(table.ln)
            taken = x[np.concatenate([np.arange(starts[one], starts[one + 1]) for one in table.places])]
            if len(table.places) == 1:  # one option is taken: the chance itself is linear
                total += weight * float(taken @ np.exp(table.ln_chances + table.fixed + ln).sum(axis=1))
            else:
                total += weight * float(np.exp(table.ln_chances + table.fixed + taken @ ln).sum())
        return total

    (budget,) = problem.rows
    rows = np.kron(np.eye(4), np.ones(3))
    limits = [
        LinearConstraint(rows, 1.0, 1.0),
        LinearConstraint(budget.weights[None], -np.inf, budget.most),
    ]
    start = problem.shares((0,) * 4)
    found = minimize(
        unseen, start, method="SLSQP", bounds=Bounds(0.0, 1.0), constraints=limits, options={"ftol": 1e-12}
    )
    told = prices_of_sum(problem, weights, start=[(0,) * 4])
    assert told.value == pytest.approx(float(found.fun), rel=1e-6)
