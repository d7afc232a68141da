"""Times between pulses and excess scatter: by definition, and against what theory expects."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterseal.measurement import rossi_alpha as module
from counterseal.measurement.errors import MeasurementError
from counterseal.measurement.feynman import feynman_y
from counterseal.measurement.pulses import PulseTrain
from counterseal.measurement.rossi_alpha import RossiAlpha, fit_die_away, rossi_alpha, rossi_alpha_fast
from counterseal.measurement.simulate_pulses import SimulatedCounter, SimulatedItem, simulate_pulses


def train(ticks: list[int], *, duration: int) -> PulseTrain:
    times = np.array(sorted(ticks), dtype=np.int64)
    return PulseTrain(
        ticks=times, channels=np.zeros(len(times), np.uint8), tick_ps=10, duration_ticks=duration
    )


@given(
    ticks=st.lists(st.integers(0, 499), max_size=60),
    bins=st.integers(1, 8),
    bin_ticks=st.integers(1, 20),
)
@settings(deadline=None)
def test_both_forms_count_what_the_definition_says(ticks: list[int], bins: int, bin_ticks: int) -> None:
    pulses, window = train(ticks, duration=500), bins * bin_ticks
    times = pulses.ticks.tolist()
    expected = [0] * bins
    triggers = [(number, time) for number, time in enumerate(times) if time < 500 - window]
    for number, time in triggers:
        for other in times[number + 1 :]:
            if other - time < window:
                expected[(other - time) // bin_ticks] += 1
    for count in (rossi_alpha, rossi_alpha_fast):
        found = count(pulses, bin_ps=10 * bin_ticks, bins=bins)
        assert (found.counts.tolist(), found.triggers) == (expected, len(triggers))


def test_chunks_do_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    pulses = train(np.random.default_rng(2).integers(0, 10**6, 5_000).tolist(), duration=10**6)
    whole = rossi_alpha(pulses, bin_ps=100, bins=200).counts.tolist()
    monkeypatch.setattr(module, "_CHUNK", 17)
    assert rossi_alpha(pulses, bin_ps=100, bins=200).counts.tolist() == whole


@pytest.mark.parametrize(
    ("bin_ps", "bins", "match"),
    [(15, 10, "whole number"), (0, 10, "whole number"), (10, 0, "bins"), (10, 500, "too long")],
)
def test_bins_that_cannot_be_are_refused(bin_ps: int, bins: int, match: str) -> None:
    with pytest.raises(MeasurementError, match=match):
        rossi_alpha(train([1, 2], duration=500), bin_ps=bin_ps, bins=bins)


@pytest.fixture(scope="module")
def simulated() -> PulseTrain:
    return simulate_pulses(
        np.random.default_rng(7),
        item=SimulatedItem(m240_g=2.0, alpha=0.7),
        counter=SimulatedCounter(efficiency=0.5, die_away_us=50.0),
        duration_s=200.0,
    )


def test_the_die_away_time_comes_back(simulated: PulseTrain) -> None:
    histogram = rossi_alpha(simulated, bin_ps=1_000_000, bins=500)
    found = fit_die_away(histogram, from_bin=1)
    assert abs(found.die_away_us - 50.0) < 3 * found.die_away_unc_us
    assert found.die_away_unc_us < 1.0
    # By chance: one pulse a trigger at the singles rate.
    assert found.level_per_s == pytest.approx(1733.9, rel=0.01)


def test_a_level_alone_has_no_die_away_time() -> None:
    generator = np.random.default_rng(1)
    pulses = train(generator.integers(0, 10**8, 20_000).tolist(), duration=10**8)
    with pytest.raises(MeasurementError, match="no exponential stands out"):
        fit_die_away(rossi_alpha(pulses, bin_ps=1_000, bins=200))


def test_too_little_to_fit_is_refused() -> None:
    few = RossiAlpha(counts=np.zeros(50, dtype=np.int64), bin_ps=10, triggers=3)
    with pytest.raises(MeasurementError, match="too few to fit"):
        fit_die_away(few)
    assert few.rates_per_s() == [0.0] * 50


def test_feynman_y_is_the_variance_over_the_mean_less_one() -> None:
    ticks = [0, 1, 2, 10, 11, 35, 39, 40]
    found = feynman_y(train(ticks, duration=45), gates_ps=[100])[0]
    counts = np.array([3, 2, 0, 2])
    assert (found.gates, found.mean) == (4, 1.75)
    assert found.variance == pytest.approx(counts.var(ddof=1))
    assert found.y == pytest.approx(counts.var(ddof=1) / 1.75 - 1)


def test_feynman_y_grows_as_theory_has_it(simulated: PulseTrain) -> None:
    """Y(T) = 2 D_all / S (1 - (1 - exp(-T/tau)) tau / T), D_all every pair of a fission."""
    pairs = 2.0 * 473.5 * 0.25 * 3.789 / 2.0 / (2.0 * 473.5 * 0.5 * 2.154 * 1.7)
    for point in feynman_y(simulated, gates_ps=[20_000_000, 100_000_000, 1_000_000_000]):
        ratio = point.gate_ps / 50e6
        expected = 2.0 * pairs * (1.0 - (1.0 - math.exp(-ratio)) / ratio)
        assert abs(point.y - expected) < 4 * point.y_unc


def test_pulses_without_correlation_have_none() -> None:
    pulses = train(np.random.default_rng(5).integers(0, 10**7, 50_000).tolist(), duration=10**7)
    for point in feynman_y(pulses, gates_ps=[1_000, 20_000]):
        assert abs(point.y) < 4 * point.y_unc
    empty = feynman_y(train([], duration=1_000), gates_ps=[100])[0]
    assert (empty.y, empty.mean) == (0.0, 0.0)


@pytest.mark.parametrize("gate_ps", [0, 5, 2_000])
def test_gates_that_cannot_be_are_refused(gate_ps: int) -> None:
    with pytest.raises(MeasurementError, match="Feynman"):
        feynman_y(train([1, 2], duration=500), gates_ps=[gate_ps])
