"""Propagation of uncertainty: against another program, exact variances, and draws."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from counterseal.stats.distributions import Normal, Spread, Uniform
from counterseal.stats.drawn_propagation import propagate_by_drawing
from counterseal.stats.errors import StatsError
from counterseal.stats.propagation import Propagated, Quantity, propagate

gtc = pytest.importorskip("GTC")


def two(a: tuple[float, float, float], b: tuple[float, float, float]) -> list[Quantity]:
    return [
        Quantity(name=name, value=value, uncertainty=u, dof=dof)
        for name, (value, u, dof) in zip("ab", (a, b), strict=True)
    ]


@settings(max_examples=40, deadline=None)
@given(
    a=st.floats(0.5, 20),
    b=st.floats(0.5, 20),
    u=st.tuples(st.floats(0.001, 0.3), st.floats(0.001, 0.3)),
    dof=st.tuples(st.floats(1, 50), st.floats(1, 50)),
)
def test_another_program_gives_the_same(
    a: float, b: float, u: tuple[float, float], dof: tuple[float, float]
) -> None:
    own = propagate(
        lambda x: np.exp(-x[0] / 10) * x[1] ** 2 / x[0], two((a, u[0], dof[0]), (b, u[1], dof[1]))
    )
    first, second = gtc.ureal(a, u[0], dof[0]), gtc.ureal(b, u[1], dof[1])
    peer = gtc.exp(-first / 10) * second**2 / first
    assert own.value == pytest.approx(gtc.value(peer), rel=1e-12)
    assert own.first_order.value == pytest.approx(gtc.uncertainty(peer), rel=1e-12)
    assert own.dof.value == pytest.approx(gtc.dof(peer), rel=1e-9)
    assert dict(own.contributions)["a"] == pytest.approx(
        gtc.component(peer, first) * np.sign(dict(own.slopes)["a"])
    )


def test_correlation_too() -> None:
    quantities = two((4.0, 0.1, math.inf), (7.0, 0.2, math.inf))
    own = propagate(lambda x: x[0] * x[1], quantities, [[1.0, -0.6], [-0.6, 1.0]])
    first, second = gtc.ureal(4, 0.1, independent=False), gtc.ureal(7, 0.2, independent=False)
    gtc.set_correlation(-0.6, first, second)
    assert own.first_order.value == pytest.approx(gtc.uncertainty(first * second), rel=1e-12)
    assert own.dof.value == math.inf
    total = propagate(lambda x: x[0] + x[1], quantities, [[1.0, 1.0], [1.0, 1.0]])
    assert total.first_order.value == pytest.approx(0.3)
    none = propagate(lambda x: x[0] * x[1], quantities, [[1.0, 0.0], [0.0, 1.0]])
    assert none.second_order.value == pytest.approx(
        propagate(lambda x: x[0] * x[1], quantities).second_order.value
    )


@given(rho=st.floats(-0.99, 0.99), u=st.floats(0.05, 2), v=st.floats(0.05, 2), a=st.floats(-3, 3))
@settings(max_examples=60, deadline=None)
def test_second_order_is_exact_for_products_of_normal_inputs(
    rho: float, u: float, v: float, a: float
) -> None:
    """Var(XY) of two normal numbers with correlation: known in closed form, and all of it of second order."""
    own = propagate(lambda x: x[0] * x[1], two((a, u, math.inf), (2.0, v, math.inf)), [[1, rho], [rho, 1]])
    exact = a * a * v * v + 4 * u * u + 2 * a * 2 * rho * u * v + u * u * v * v * (1 + rho * rho)
    assert own.second_order.value == pytest.approx(math.sqrt(exact), rel=1e-6)
    assert own.shift == pytest.approx(rho * u * v, abs=1e-6)


def test_second_order_of_a_cube_has_its_third_derivative() -> None:
    own = propagate(lambda x: x[0] ** 3, [Quantity(name="x", value=2.0, uncertainty=0.1)])
    # 9 m^4 s^2 + 36 m^2 s^4 to second order (the exact variance has 15 s^6 more)
    assert own.second_order.value == pytest.approx(math.sqrt(9 * 16 * 0.01 + 36 * 4 * 1e-4), rel=1e-5)
    assert own.shift == pytest.approx(3 * 2 * 0.01, rel=1e-5)
    assert own.first_order.value == pytest.approx(1.2)


def test_where_slopes_are_nothing_only_the_second_order_sees() -> None:
    own = propagate(lambda x: x[0] ** 2, [Quantity(name="x", value=0.0, uncertainty=0.5)])
    assert own.first_order.value == 0.0
    assert own.second_order.value == pytest.approx(math.sqrt(2) * 0.25, rel=1e-6)
    assert own.dof.value == math.inf


def test_a_known_input_adds_nothing() -> None:
    own = propagate(lambda x: x[0] * x[1], two((3.0, 0.0, 5.0), (2.0, 0.1, 8.0)))
    assert own.first_order.value == pytest.approx(0.3)
    assert own.dof.value == pytest.approx(8.0)
    assert dict(own.slopes) == pytest.approx({"a": 2.0, "b": 3.0})


def test_slopes_lose_no_digits() -> None:
    own = propagate(lambda x: np.sin(1e8 * x[0]) / 1e8, [Quantity(name="x", value=1.0, uncertainty=1e-12)])
    assert dict(own.slopes)["x"] == pytest.approx(math.cos(1e8), rel=1e-14)


def found() -> Propagated:
    return propagate(lambda x: x[0] + x[1], two((1.0, 0.3, 9.0), (2.0, 0.4, math.inf)))


def test_expanded_uncertainty_has_students_factor() -> None:
    own = found()
    dof = own.dof.value or 0.0
    assert dof == pytest.approx(0.5**4 / (0.3**4 / 9))
    assert own.expanded(0.95).value == pytest.approx(stats.t.ppf(0.975, dof) * 0.5)
    normal = propagate(lambda x: x[0], [Quantity(name="x", value=1.0, uncertainty=1.0)])
    assert normal.expanded(0.95).value == pytest.approx(1.959964, abs=1e-6)


def test_correlated_inputs_of_few_repeats_have_no_degrees_of_freedom() -> None:
    own = propagate(lambda x: x[0] + x[1], two((1.0, 0.3, 9.0), (2.0, 0.4, 5.0)), [[1, 0.5], [0.5, 1]])
    assert own.dof.value is None
    assert "not defined" in own.dof.warnings[0]
    assert own.expanded(0.95).value is None


def test_documents() -> None:
    document = found().document()
    assert document["slopes"] == {"a": 1.0, "b": 1.0}
    assert document["first_order"]["assumptions"] == ["Inputs are independent."]
    drawn = propagate_by_drawing(lambda x: x[0], {"a": Uniform(low=0.0, high=1.0)}, n=1000, seed=3).document()
    assert drawn["mean"]["seed"] == 3
    assert drawn["coverage"] == 0.95


def test_draws_agree_with_slopes_where_the_model_is_straight() -> None:
    inputs: dict[str, Spread] = {"a": Normal(mean=1.0, sd=0.3), "b": Uniform(low=0.0, high=1.0)}
    drawn = propagate_by_drawing(lambda x: 2 * x[0] - x[1], inputs, n=1_000_000, seed=5, coverage=0.9)
    exact = math.sqrt(0.36 + 1 / 12)
    for result, truth in ((drawn.mean, 1.5), (drawn.uncertainty, exact)):
        assert result.value is not None
        assert result.upper is not None
        assert abs(result.value - truth) < 4 * (result.upper - result.value) / 1.96
    inside = propagate_by_drawing(lambda x: 2 * x[0] - x[1], inputs, n=100_000, seed=6)
    figures = 2 * np.random.default_rng(1).normal(1, 0.3, 10**6) - np.random.default_rng(2).random(10**6)
    for low, high in (inside.shortest, inside.symmetric):
        assert ((figures > low) & (figures < high)).mean() == pytest.approx(0.95, abs=0.004)
    again = propagate_by_drawing(lambda x: 2 * x[0] - x[1], inputs, n=100_000, seed=6)
    assert again == inside


def test_the_shortest_interval_of_a_skewed_figure_is_shorter() -> None:
    drawn = propagate_by_drawing(
        lambda x: np.exp(x[0]), {"a": Normal(mean=0.0, sd=1.0)}, n=50_000, seed=1, coverage=0.9
    )
    assert drawn.shortest[1] - drawn.shortest[0] < drawn.symmetric[1] - drawn.symmetric[0]
    assert drawn.shortest[0] < drawn.symmetric[0]


def one(x: Any) -> Any:
    return x[0]


NORMAL = Normal(mean=0.0, sd=1.0)
A = Quantity(name="a", value=1.0, uncertainty=0.1)
B = Quantity(name="b", value=1.0, uncertainty=0.1)


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda: Quantity(name="x", value=math.nan, uncertainty=0.1), "quantity x, value: nan"),
        (lambda: Quantity(name="x", value=0.0, uncertainty=-0.1), "quantity x, uncertainty: -0.1"),
        (lambda: Quantity(name="x", value=0.0, uncertainty=0.1, dof=0.0), "quantity x, dof: 0.0"),
        (lambda: Quantity(name="x", value=0.0, uncertainty=0.1, dof=math.nan), "quantity x, dof: nan"),
        (lambda: propagate(one, []), "propagation: no input"),
        (lambda: propagate(one, [A, A]), "inputs of one name among a, a"),
        (lambda: propagate(one, [A, B], [[1.0]]), r"correlation of shape \(1, 1\)"),
        (lambda: propagate(one, [A, B], [[1.0, 0.1], [0.2, 1.0]]), "must be symmetric"),
        (lambda: propagate(one, [A, B], [[1.0, 0.1], [0.1, 2.0]]), "with 1 on its diagonal"),
        (lambda: propagate(one, [A, B], [[1.0, 1.5], [1.5, 1.0]]), "its smallest eigenvalue is -0.5"),
        (lambda: propagate(lambda x: x, [A, B]), "must return one finite figure"),
        (lambda: propagate(lambda x: x[0] / 0.0, [A]), "must return one finite figure"),
        (lambda: propagate(lambda x: abs(x[0]), [A]), "drops the imaginary part"),
        (lambda: propagate(lambda x: math.exp(x[0]), [A]), "does not take complex inputs"),
        (lambda: propagate(lambda x: x[0] + np.abs(x[0] - 0.5), [A]), "by input 1 it changes by"),
        (lambda: propagate(lambda x: x[0] + x[1].real, [A, B]), "by input 2 it changes by 0.1"),
        (lambda: found().expanded(1.0), "expanded uncertainty, confidence: 1.0"),
        (lambda: Quantity(name="x", value=0.0, uncertainty=0.1, dof=True), "quantity x, dof: True"),
        (lambda: propagate_by_drawing(one, {"a": NORMAL}, n=1000, seed=-1), "drawing, seed: -1"),
        (lambda: propagate_by_drawing(one, {}, n=1000, seed=1), "drawing: no input to draw"),
        (lambda: propagate_by_drawing(one, {"a": NORMAL}, n=99, seed=1), "drawing, n: 99"),
        (
            lambda: propagate_by_drawing(one, {"a": NORMAL}, n=100, seed=1, coverage=1.0),
            "drawing, coverage: 1.0",
        ),
        (
            lambda: propagate_by_drawing(lambda x: x, {"a": NORMAL}, n=100, seed=1),
            "must return 100 finite figures",
        ),
    ],
)
@pytest.mark.filterwarnings("ignore:divide by zero")
def test_refused(ask: Callable[[], object], message: str) -> None:
    with pytest.raises(StatsError, match=message):
        ask()
