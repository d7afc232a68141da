"""Chances of sampling against exact fractions and 60 digits, at the edges, and what is refused."""

import math
from fractions import Fraction
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterseal.stats.errors import StatsError
from counterseal.stats.hypergeometric import chance_seen, needed_sample
from counterseal.stats.result import Result
from counterseal.stats.sampling import alarm_probability, nondetection, nondetection_general, plan_size
from counterseal.stats.sampling_arrays import nondetection_array
from strategies import exact_sampling

LARGEST_ERROR = 1e-12
SMALLEST = Fraction(1, 10**307)


def value(result: Result) -> float:
    assert result.value is not None
    return float(result.value)


def ln_value(result: Result) -> float:
    assert result.ln_value is not None
    return result.ln_value


def close(result: Result, exact: Fraction) -> bool:
    """Whether a chance is within 1e-12, and its logarithm within 1e-12 or a few units of its last place."""
    if exact == 0:
        return result.value == 0.0 and result.ln_value == -math.inf
    ln_exact = exact_sampling.ln_of(exact)
    ln_off = float(exact_sampling.ln_error(ln_value(result), ln_exact))
    right = ln_off <= LARGEST_ERROR + 2e-15 * abs(float(ln_exact))
    return right and (exact < SMALLEST or exact_sampling.relative(value(result), exact) <= LARGEST_ERROR)


def untyped(thing: object) -> Any:
    """Something of a wrong type, as a caller without a type checker may give it."""
    return thing


chances = st.one_of(
    st.sampled_from([0.0, 1.0, 0.5, 0.9, 0.99, 1e-6, 1 - 1e-9]), st.floats(0, 1, allow_subnormal=False)
)


@st.composite
def samples(draw: st.DrawFn, most: int) -> tuple[int, int, int]:
    N = draw(st.integers(1, most))
    return N, draw(st.integers(0, N)), draw(st.integers(0, N))


@given(samples(1000))
@settings(max_examples=25, deadline=None)
def test_a_perfect_test_is_the_hypergeometric_chance_of_none(sample: tuple[int, int, int]) -> None:
    N, d, n = sample
    exact = Fraction(math.comb(N - d, n), math.comb(N, n))
    assert close(nondetection(N, d, n), exact)
    assert exact == 1 - chance_seen(N, false_items=d, checked=n)


@given(samples(300), chances)
@settings(max_examples=100, deadline=None)
def test_a_test_that_errs_is_the_sum_over_what_is_drawn(sample: tuple[int, int, int], q: float) -> None:
    assert close(nondetection(*sample, q), exact_sampling.none_seen(*sample, q))


@pytest.mark.parametrize(
    ("N", "d", "n", "q"),
    [
        (3000, 1500, 200, 0.7),
        (3000, 200, 2900, 0.999),
        (2999, 120, 1400, 0.03),
        (3000, 41, 2980, 0.5),
        (3000, 40, 2980, 0.5),
    ],
)
def test_large_strata_in_fractions(N: int, d: int, n: int, q: float) -> None:
    assert close(nondetection(N, d, n, q), exact_sampling.none_seen(N, d, n, q))


@pytest.mark.parametrize("q", [1.0, 0.9, 0.3, 1e-4])
@pytest.mark.parametrize(
    ("N", "d", "n"),
    [
        (10**6, 1, 500_000),
        (10**6, 10, 300_000),
        (10**6, 700, 4_000),
        (10**6, 5_000, 20_000),
        (10**6, 60_000, 700),
        (999_983, 30_011, 9_999),
        (10**6, 999_000, 600),
    ],
)
def test_a_million_items_with_60_digits(N: int, d: int, n: int, q: float) -> None:
    found, ln_exact = nondetection(N, d, n, q), exact_sampling.ln_none_seen(N, d, n, q)
    assert float(exact_sampling.ln_error(ln_value(found), ln_exact)) <= 1e-12 + 4e-16 * abs(float(ln_exact))
    if ln_exact > -700:
        assert exact_sampling.relative_to_ln(value(found), ln_exact) <= LARGEST_ERROR


def test_chances_far_below_the_smallest_number_keep_their_logarithm() -> None:
    for N, d, n, q in (
        (10**6, 500_000, 500_000, 1.0),
        (10**6, 400_000, 400_000, 0.5),
        (3000, 1500, 1499, 1.0),
    ):
        tiny, ln_exact = nondetection(N, d, n, q), exact_sampling.ln_none_seen(N, d, n, q)
        assert tiny.value == 0.0
        assert "use its logarithm" in tiny.warnings[0]
        assert ln_exact < -1000
        assert float(exact_sampling.ln_error(ln_value(tiny), ln_exact) / -ln_exact) < 1e-15


def test_a_chance_of_1e_minus_300_survives() -> None:
    found = nondetection(1000, 1000, 300, 0.9)  # all are false: exactly 0.1^300
    assert value(found) == pytest.approx(1e-300, rel=1e-12)
    assert ln_value(found) == pytest.approx(-300 * math.log(10), rel=1e-15)


@pytest.mark.parametrize("N", [1, 2, 7, 1000, 10**6])
def test_the_edges(N: int) -> None:
    half = N // 2
    assert nondetection(N, 0, half).value == 1.0
    assert nondetection(N, half, 0).value == 1.0
    assert nondetection(N, half, N // 3, 0.0).value == 1.0
    assert nondetection(N, 1, N).value == 0.0
    assert nondetection(N, 1, N).ln_value == -math.inf
    assert value(nondetection(N, N, 1, 0.25)) == pytest.approx(0.75, rel=1e-12)
    assert ln_value(nondetection(N, half, N, 0.25)) == pytest.approx(half * math.log(0.75), rel=1e-15)
    assert nondetection(N, N, 1).value == 0.0


@given(samples(400), chances)
@settings(max_examples=30, deadline=None)
def test_it_falls_with_false_items_and_with_the_sample(sample: tuple[int, int, int], q: float) -> None:
    N, d, n = sample
    by_d, ln_by_d = nondetection_array(N, np.arange(N + 1), n, q)
    by_n, _ = nondetection_array(N, d, np.arange(N + 1), q)
    assert np.all(np.diff(by_d) <= 1e-12 * by_d[:-1])
    assert np.all(np.diff(by_n) <= 1e-12 * by_n[:-1])
    if 1e-6 < q < 1.0 and n and d < N:
        assert ln_by_d[d + 1] < ln_by_d[d]


def test_it_is_what_counting_every_sample_and_every_set_of_false_items_gives() -> None:
    for N in range(1, 8):
        for n in range(N + 1):
            drawn = set(range(n))
            for d in range(N + 1):
                sets = list(combinations(range(N), d))
                missed = sum(Fraction(1, 4) ** len(drawn & set(false)) for false in sets)
                assert close(nondetection(N, d, n, 0.75), Fraction(missed) / len(sets))


def test_a_million_drawn_samples_agree_within_four_standard_errors() -> None:
    random = np.random.default_rng(20)
    N, d, n, q, a, runs = 200, 12, 30, 0.8, 0.01, 1_000_000
    drawn = random.hypergeometric(d, N - d, n, runs)
    shown = random.binomial(drawn, q)
    wrong = random.binomial(n - drawn, a)
    for seen, exact in (
        (np.mean(shown == 0), value(nondetection(N, d, n, q))),
        (np.mean(shown + wrong > 1), value(alarm_probability(N, d, n, q, a, accept=1))),
    ):
        assert abs(seen - exact) < 4 * math.sqrt(exact * (1 - exact) / runs)


@st.composite
def regimes(draw: st.DrawFn) -> tuple[int, int, list[tuple[int, float]]]:
    N = draw(st.integers(1, 45))
    left, groups = N, []
    for _ in range(draw(st.integers(0, 4))):
        n = draw(st.integers(0, left))
        left -= n
        groups.append((n, draw(chances)))
    return N, draw(st.integers(0, N)), groups


@given(regimes())
@settings(max_examples=80, deadline=None)
def test_several_methods_are_the_coefficient_of_a_product(
    regime: tuple[int, int, list[tuple[int, float]]],
) -> None:
    assert close(nondetection_general(*regime), exact_sampling.none_seen_general(*regime))


@given(regimes())
@settings(max_examples=40, deadline=None)
def test_the_order_of_the_methods_does_not_matter(regime: tuple[int, int, list[tuple[int, float]]]) -> None:
    N, d, groups = regime
    one, other = nondetection_general(N, d, groups), nondetection_general(N, d, groups[::-1])
    assert value(one) == pytest.approx(value(other), rel=1e-13, abs=1e-300)


@pytest.mark.parametrize(
    ("N", "d", "n", "q"), [(1000, 30, 200, 0.8), (10**6, 5_000, 2_000, 0.9), (10**6, 30_011, 9_999, 0.3)]
)
def test_one_method_in_the_general_form_is_the_simple_form(N: int, d: int, n: int, q: float) -> None:
    simple, general = nondetection(N, d, n, q), nondetection_general(N, d, [(n // 3, q), (n - n // 3, q)])
    assert ln_value(general) == pytest.approx(ln_value(simple), rel=4e-15, abs=1e-12)


def test_every_item_with_a_chance_of_its_own() -> None:
    random = np.random.default_rng(5)
    own = [(1, float(q)) for q in random.random(400)]
    numerators = np.array([1.0 - q for _, q in own])
    exact = [Fraction(1)]
    for missed in numerators:  # elementary symmetric polynomials, degree 12
        exact = [
            (exact[k] if k < len(exact) else 0) + Fraction(missed) * (exact[k - 1] if k else 0)
            for k in range(min(len(exact) + 1, 13))
        ]
    assert close(nondetection_general(400, 12, own), Fraction(exact[12]) / math.comb(400, 12))


def test_too_many_methods_are_refused_not_approximated() -> None:
    groups = [(50, 0.1 + 0.8 * place / 20_000) for place in range(20_000)]
    with pytest.raises(StatsError, match="different chances among 1000000 items take more than 2e"):
        nondetection_general(10**6, 300_000, groups)


@given(samples(14), chances, chances, st.integers(0, 15))
@settings(max_examples=150, deadline=None)
def test_alarms_are_the_double_sum(sample: tuple[int, int, int], q: float, a: float, accept: int) -> None:
    found, exact = (
        alarm_probability(*sample, q, a, accept=accept),
        exact_sampling.alarms(*sample, q, a, accept),
    )
    assert close(found, exact)


@given(samples(200), chances)
@settings(max_examples=40, deadline=None)
def test_without_false_alarms_an_alarm_is_detection(sample: tuple[int, int, int], q: float) -> None:
    assert value(alarm_probability(*sample, q, 0.0)) == pytest.approx(
        1.0 - value(nondetection(*sample, q)), rel=1e-12, abs=1e-12
    )


def test_a_false_alarm_far_out_keeps_its_digits() -> None:
    found = alarm_probability(1000, 0, 500, 0.9, 1e-4, accept=30)
    exact = sum(
        math.comb(500, j) * Fraction(1e-4) ** j * (1 - Fraction(1e-4)) ** (500 - j)
        for j in range(31, 61)  # the rest is below 1e-50 of it
    )
    assert exact < Fraction(1, 10**70)
    assert close(found, Fraction(exact))


def test_alarms_of_a_large_sample_where_only_the_largest_terms_are_summed() -> None:
    N, d, n, q = 10**6, 400_000, 20_000, 0.9
    found = alarm_probability(N, d, n, q, 0.0)
    assert found.value == 1.0
    many = alarm_probability(N, d, n, q, 0.001, accept=2)
    assert many.value == 1.0
    few = alarm_probability(N, 20, 20_000, 0.9, 1e-6, accept=0)
    expected = 1 - value(nondetection(N, 20, 20_000, 0.9)) * (1 - 1e-6) ** 20_000
    assert value(few) == pytest.approx(expected, rel=1e-5)


def test_too_many_accepted_alarms_are_refused() -> None:
    with pytest.raises(StatsError, match="alarm_probability, accept: 100000"):
        alarm_probability(10**6, 500_000, 500_000, 0.5, 0.1, accept=100_000)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: nondetection(10, 11, 2), "nondetection, d (items false of N): 11, must be from 0 to 10"),
        (lambda: nondetection(10, 1, 12), "nondetection, n (items sampled of N): 12, must be from 0 to 10"),
        (lambda: nondetection(0, 0, 0), "nondetection, N: 0, must be from 1 to 1000000"),
        (lambda: nondetection(10, -1, 2), "nondetection, d (items false of N): -1, must be from 0 to 10"),
        (lambda: nondetection(10, 1, 2, 1.5), "nondetection, q: 1.5, must be a chance from 0 to 1"),
        (lambda: nondetection(10, 1, 2, math.nan), "nondetection, q: nan, must be a chance from 0 to 1"),
        (lambda: nondetection(10, 1, 2, untyped("0.5")), "nondetection, q: '0.5', must be a number"),
        (lambda: nondetection(untyped(10.0), 1, 2), "nondetection, N: 10.0, must be a whole number"),
        (
            lambda: nondetection_general(10, 1, [(6, 0.5), (5, 1.0)]),
            "nondetection_general, groups: 11 items in all",
        ),
        (lambda: nondetection_general(10, 1, [(6, 2.0)]), "groups, number 1, q: 2.0, must be a chance"),
        (lambda: alarm_probability(10, 1, 2, 0.5, -0.1), "alarm_probability, a: -0.1, must be a chance"),
        (
            lambda: alarm_probability(10, 1, 2, 0.5, 0.1, accept=-1),
            "alarm_probability, accept: -1, must be from 0",
        ),
        (
            lambda: plan_size(10, 1, 0.5, rule=untyped("guess")),
            "plan_size, rule: 'guess', must be one of exact, iaea, half",
        ),
    ],
)
def test_what_cannot_be_is_refused_with_field_and_rule(call: object, message: str) -> None:
    assert callable(call)
    with pytest.raises(StatsError) as refused:
        call()
    assert message in str(refused.value)


def test_what_is_assumed_is_in_the_answer() -> None:
    assert any("equal chances" in one for one in nondetection(10, 1, 2).assumptions)
    assert any("shows every false item" in one for one in nondetection(10, 1, 2).assumptions)
    assert any("says nothing of another's" in one for one in nondetection(10, 1, 2, 0.5).assumptions)
    assert nondetection(10, 1, 2).inputs_digest != nondetection(10, 1, 2, 0.5).inputs_digest
    assert nondetection(10, 1, 2).document()["inputs"] == {
        "question": "nondetection",
        "N": 10,
        "d": 1,
        "n": 2,
        "q": 1.0,
    }


@given(st.integers(1, 150), st.data())
@settings(max_examples=40, deadline=None)
def test_it_agrees_with_the_sample_that_the_draw_asks_for(N: int, data: st.DataObject) -> None:
    d = data.draw(st.integers(1, N))
    percent = data.draw(st.integers(1, 99))
    needed = needed_sample(N, false_items=d, chance=1 - Fraction(percent, 100))
    assert plan_size(N, d, percent / 100).value == needed
