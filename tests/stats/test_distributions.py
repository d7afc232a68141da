"""Shapes of uncertain numbers against another library, and their own moments."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy import integrate, stats

from counterseal.stats.distributions import (
    Arcsine,
    Beta,
    InexactLimits,
    Normal,
    Spread,
    StudentT,
    Triangular,
    Uniform,
)
from counterseal.stats.errors import StatsError

CHANCES = np.array([1e-12, 0.01, 0.2, 0.5, 0.77, 0.999])
PEERS = (
    (Normal(mean=3.0, sd=2.0), stats.norm(3, 2)),
    (StudentT(mean=1.0, scale=0.5, dof=7.0), stats.t(7, 1, 0.5)),
    (Uniform(low=-1.0, high=4.0), stats.uniform(-1, 5)),
    (Triangular(low=0.0, mode=1.0, high=5.0), stats.triang(0.2, 0, 5)),
    (Triangular(low=0.0, mode=5.0, high=5.0), stats.triang(1.0, 0, 5)),
    (Arcsine(low=2.0, high=6.0), stats.arcsine(2, 4)),
    (Beta(a=2.5, b=0.7), stats.beta(2.5, 0.7)),
)


@pytest.mark.parametrize(("own", "peer"), PEERS)
def test_another_library_gives_the_same(own: Spread, peer: Any) -> None:
    assert own.quantile(CHANCES) == pytest.approx(peer.ppf(CHANCES), rel=1e-9, abs=1e-11)
    assert own.mean == pytest.approx(peer.mean())
    assert own.sd == pytest.approx(peer.std())


def test_inexact_limits_are_a_uniform_number_of_uncertain_width() -> None:
    """Against its definition: limits anywhere within the slack, at equal distance from the middle."""
    own = InexactLimits(low=-1.0, high=5.0, slack=0.6)
    generator = np.random.default_rng(2)
    runs = 1_000_000
    drawn = 2.0 + generator.uniform(2.4, 3.6, runs) * generator.uniform(-1, 1, runs)
    for chance, value in zip(CHANCES[1:], own.quantile(CHANCES[1:]), strict=True):
        share = (drawn < value).mean()
        assert abs(share - chance) < 4 * math.sqrt(chance * (1 - chance) / runs)
    assert own.quantile(np.array([1e-15, 0.5, 1 - 1e-15])) == pytest.approx([-1.6, 2.0, 5.6], abs=1e-6)
    assert own.mean == 2.0
    second = integrate.quad(lambda u: float(own.quantile(np.array([u]))[0] - 2.0) ** 2, 0, 1, limit=200)[0]
    assert own.sd == pytest.approx(math.sqrt(second), rel=1e-7)


def test_few_repeats_have_no_standard_deviation() -> None:
    assert StudentT(mean=0.0, scale=1.0, dof=2.0).sd == math.inf


def test_documents_name_their_shape() -> None:
    shapes = [own.document()["shape"] for own, _ in PEERS]
    assert shapes == ["normal", "student-t", "uniform", "triangular", "triangular", "arcsine", "beta"]
    assert InexactLimits(low=0.0, high=1.0, slack=0.1).document()["slack"] == 0.1


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Normal(mean=math.nan, sd=1.0), "normal distribution, mean: nan"),
        (lambda: Normal(mean=0.0, sd=0.0), "normal distribution, sd: 0.0"),
        (lambda: StudentT(mean=math.inf, scale=1.0, dof=1.0), "Student's distribution, mean"),
        (lambda: StudentT(mean=0.0, scale=-1.0, dof=1.0), "Student's distribution, scale"),
        (lambda: StudentT(mean=0.0, scale=1.0, dof=0.0), "Student's distribution, dof"),
        (lambda: Uniform(low=1.0, high=1.0), "uniform distribution: low 1.0, high 1.0"),
        (lambda: Uniform(low=-math.inf, high=1.0), "uniform distribution, low"),
        (lambda: Uniform(low=0.0, high=math.nan), "uniform distribution, high"),
        (lambda: Triangular(low=0.0, mode=2.0, high=1.0), "triangular distribution, mode 2.0"),
        (lambda: Triangular(low=2.0, mode=2.0, high=1.0), "triangular distribution: low 2.0"),
        (lambda: Arcsine(low=2.0, high=1.0), "arcsine distribution: low 2.0"),
        (lambda: InexactLimits(low=2.0, high=1.0, slack=0.1), "inexact limits: low 2.0"),
        (lambda: InexactLimits(low=0.0, high=1.0, slack=0.0), "inexact limits, slack: 0.0"),
        (lambda: InexactLimits(low=0.0, high=1.0, slack=0.5), "slack 0.5: limits change places"),
        (lambda: Beta(a=0.0, b=1.0), "beta distribution, a"),
        (lambda: Beta(a=1.0, b=-1.0), "beta distribution, b"),
    ],
)
def test_refused(make: Callable[[], object], message: str) -> None:
    with pytest.raises(StatsError, match=message):
        make()
