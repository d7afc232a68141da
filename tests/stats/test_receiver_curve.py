"""Receiver curves of known and of measured figures, against other libraries, sums and runs."""

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from counterseal.stats.clopper_pearson import clopper_pearson
from counterseal.stats.count_distributions import BinomialCounts, PoissonCounts
from counterseal.stats.distributions import Normal
from counterseal.stats.errors import StatsError
from counterseal.stats.false_alarms import false_alarms_per_year
from counterseal.stats.measured_roc import roc_from_samples
from counterseal.stats.receiver_curve import Figure, roc

PAIRS: tuple[tuple[Figure, Figure, Any, Any], ...] = (
    (PoissonCounts(mean=3.5), PoissonCounts(mean=9.0), stats.poisson(3.5), stats.poisson(9)),
    (PoissonCounts(mean=0.0), PoissonCounts(mean=2.0), stats.poisson(0), stats.poisson(2)),
    (BinomialCounts(n=30, p=0.1), BinomialCounts(n=30, p=0.4), stats.binom(30, 0.1), stats.binom(30, 0.4)),
    (BinomialCounts(n=9, p=0.0), PoissonCounts(mean=4.0), stats.binom(9, 0), stats.poisson(4)),
)


@pytest.mark.parametrize(("first", "second", "true", "false"), PAIRS)
def test_counts(first: Figure, second: Figure, true: Any, false: Any) -> None:
    curve = roc(first, second)
    counts = np.arange(80)
    area = true.pmf(counts) @ (false.sf(counts) + 0.5 * false.pmf(counts))
    assert curve.area.value == pytest.approx(area, abs=1e-10)
    for threshold in (-1.0, 0.0, 1.0, 2.5, 6.0, 31.0):
        point = curve.at(threshold)
        assert point.false_alarm.value == pytest.approx(true.sf(math.ceil(threshold) - 1), abs=1e-14)
        assert point.detection.value == pytest.approx(false.sf(math.ceil(threshold) - 1), abs=1e-14)
    for chance in (0.3, 0.05, 1e-6):
        threshold = curve.for_false_alarm(chance).threshold
        assert true.sf(threshold - 1) <= chance
        assert threshold == 0 or true.sf(threshold - 2) > chance
    assert curve.for_false_alarm(1.0).threshold == 0.0


def test_normal_figures() -> None:
    curve = roc(Normal(mean=1.0, sd=2.0), Normal(mean=4.0, sd=1.0))
    point = curve.for_false_alarm(0.01)
    assert point.threshold == pytest.approx(stats.norm.isf(0.01, 1, 2))
    assert point.detection.value == pytest.approx(stats.norm.sf(point.threshold, 4, 1))
    assert curve.area.value == pytest.approx(stats.norm.cdf(3 / math.sqrt(5)))
    assert curve.at(100.0).false_alarm.ln_value == pytest.approx(stats.norm.logsf(100, 1, 2))


@settings(max_examples=40, deadline=None)
@given(m=st.floats(0, 200), more=st.floats(0, 100), chance=st.floats(1e-6, 0.9))
def test_a_curve_rises_and_its_area_is_under_it(m: float, more: float, chance: float) -> None:
    for curve in (
        roc(PoissonCounts(mean=m), PoissonCounts(mean=m + more)),
        roc(Normal(mean=m, sd=10.0), Normal(mean=m + more, sd=7.0)),
    ):
        points = np.array(curve.curve(points=2001))
        assert (np.diff(points[:, 0]) < 0).all()
        assert (np.diff(points[:, 1:], axis=0) >= 0).all()
        whole = np.vstack(([0, 0, 0], points, [0, 1, 1]))
        area = np.trapezoid(whole[:, 2], whole[:, 1])
        assert curve.area.value == pytest.approx(area, abs=2e-3)
        found = curve.for_false_alarm(chance)
        assert (found.false_alarm.value or 0.0) <= chance * (1 + 1e-12)


def test_chances_of_next_to_nothing_keep_their_logarithm() -> None:
    poisson = roc(PoissonCounts(mean=3.0), PoissonCounts(mean=0.0)).at(400.0)
    assert poisson.false_alarm.value == 0.0
    assert poisson.false_alarm.ln_value == pytest.approx(stats.poisson.logpmf(400, 3), rel=1e-4)
    assert (poisson.detection.value, poisson.detection.ln_value) == (0.0, -math.inf)
    large = PoissonCounts(mean=1e6).ln_at_least(1_040_000)
    assert large == pytest.approx(stats.norm.logsf(40), rel=0.02)
    seam = PoissonCounts(mean=100.0)  # the two ways to the logarithm meet
    steps = np.diff([seam.ln_at_least(counts) for counts in range(600, 700)])
    assert (np.abs(np.diff(steps)) < 0.003).all()
    binomial = BinomialCounts(n=500, p=1e-3)
    assert binomial.ln_at_least(400) == pytest.approx(stats.binom.logpmf(400, 500, 1e-3), rel=1e-5)
    assert binomial.ln_at_least(501) == BinomialCounts(n=5, p=0.0).ln_at_least(1) == -math.inf
    never, always = (
        roc(PoissonCounts(mean=3.0), PoissonCounts(mean=9.0)).at(at) for at in (math.inf, -math.inf)
    )
    assert (never.detection.value, never.detection.ln_value) == (0.0, -math.inf)
    assert (always.detection.value, always.detection.ln_value) == (1.0, 0.0)
    assert never.document()["threshold"] is None


def test_equal_items_cannot_be_told_apart() -> None:
    assert roc(PoissonCounts(mean=20.0), PoissonCounts(mean=20.0)).area.value == pytest.approx(0.5)
    large = roc(PoissonCounts(mean=1e6), PoissonCounts(mean=1e6 + 2e3))
    assert large.area.value == pytest.approx(stats.norm.cdf(math.sqrt(2)), abs=1e-3)
    assert len(large.curve()) == 201


@pytest.mark.parametrize("seed", range(3))
def test_measured_curve(seed: int) -> None:
    generator = np.random.default_rng(seed)
    true, false = generator.poisson(10, 40).astype(float), generator.poisson(14, 25).astype(float)
    curve = roc_from_samples(true.tolist(), false.tolist())
    peer = stats.mannwhitneyu(false, true).statistic / (40 * 25)
    assert curve.area.value == pytest.approx(peer)
    for threshold, alarms, seen in curve.points:
        assert (alarms, seen) == ((true >= threshold).mean(), (false >= threshold).mean())
    point = curve.for_false_alarm(0.1)
    assert (true >= point.threshold).mean() <= 0.1
    lower = [threshold for threshold, _, _ in curve.points if threshold < point.threshold]
    assert (true >= max(lower)).mean() > 0.1
    count = int((false >= point.threshold).sum())
    interval = clopper_pearson(count, trials=25, confidence=Fraction(95, 100))
    assert (point.detection.lower, point.detection.upper) == (interval.low, interval.high)


def test_the_interval_of_a_measured_area_holds_the_truth_about_as_often_as_it_says() -> None:
    generator = np.random.default_rng(8)
    truth = stats.norm.cdf(1 / math.sqrt(2))
    held = 0
    for _ in range(1000):
        area = roc_from_samples(generator.normal(0, 1, 40).tolist(), generator.normal(1, 1, 40).tolist()).area
        assert area.lower is not None
        assert area.upper is not None
        held += area.lower <= truth <= area.upper
    assert 0.925 <= held / 1000 <= 0.975


def test_samples_that_do_not_overlap_give_no_interval() -> None:
    area = roc_from_samples([1.0, 2.0], [3.0, 4.0]).area
    assert (area.lower, area.value, area.upper) == (0.0, 1.0, 1.0)
    assert "do not overlap" in area.warnings[0]
    never = roc_from_samples([1.0, 5.0], [3.0, 4.0]).for_false_alarm(0.1)
    assert (never.threshold, never.detection.value) == (math.inf, 0.0)
    assert never.document()["threshold"] is None


def test_false_alarms_and_false_accusations() -> None:
    found = false_alarms_per_year(100, 0.03, unresolved_p=0.1)
    assert found.document()["alarms_per_y"]["value"] == 3.0
    assert found.accusations_per_y.value == pytest.approx(0.3)
    assert false_alarms_per_year(100, 0.03).accusations_per_y.value == 3.0


def test_documents() -> None:
    curve = roc(BinomialCounts(n=3, p=0.1), BinomialCounts(n=3, p=0.9)).document()
    assert curve["true_items"] == {"shape": "binomial", "n": 3, "p": 0.1}
    assert curve["curve"][-1] == [0.0, 1.0, 1.0]
    assert roc_from_samples([1.0, 2.0], [1.5, 4.0]).document()["n_true"] == 2


NORMAL = Normal(mean=0.0, sd=1.0)


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda: PoissonCounts(mean=-1.0), "Poisson counts, mean: -1.0"),
        (lambda: PoissonCounts(mean=1e10), "Poisson counts, mean: 10000000000.0"),
        (lambda: BinomialCounts(n=0, p=0.5), "binomial counts, n: 0"),
        (lambda: BinomialCounts(n=1, p=1.5), "binomial counts, p: 1.5"),
        (lambda: roc(NORMAL, PoissonCounts(mean=1.0)), "one figure is a count"),
        (lambda: roc(NORMAL, NORMAL).at(math.nan), "threshold: not a number"),
        (lambda: roc(NORMAL, NORMAL).for_false_alarm(-0.1), "false alarm: -0.1, must be a chance"),
        (lambda: roc(NORMAL, NORMAL).for_false_alarm(0.0), "false alarm: 0, must be above 0"),
        (lambda: roc(NORMAL, NORMAL).curve(1), "curve of a test, points: 1"),
        (lambda: roc_from_samples([1.0], [1.0, 2.0]), "measured curve, true items: 1 figures"),
        (lambda: roc_from_samples([1.0, 2.0], [1.0, math.nan]), "measured curve, false items: a figure"),
        (
            lambda: roc_from_samples([1.0, 2.0], [1.0, 3.0]).for_false_alarm(2.0),
            "measured curve, false alarm",
        ),
        (lambda: false_alarms_per_year(-1.0, 0.1), "false alarms, tests_per_y: -1.0"),
        (lambda: false_alarms_per_year(1.0, 1.1), "false alarms, false_alarm_p: 1.1"),
        (lambda: false_alarms_per_year(1.0, 0.1, unresolved_p=math.nan), "false alarms, unresolved_p: nan"),
    ],
)
def test_refused(ask: Callable[[], object], message: str) -> None:
    with pytest.raises(StatsError, match=message):
        ask()
