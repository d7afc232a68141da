"""The second implementation of the plutonium ratio: whole numbers, published constants, and the first one's answers."""

import ast
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterseal.barrier import integer_peaks, integer_ratio
from counterseal.barrier.errors import BarrierError
from counterseal.barrier.integer_peaks import (
    SCALE,
    Span,
    area_between,
    centroid,
    critical_limit,
    exponential,
    fit_heights,
    gaussian,
    grouped,
    half_width,
    rounded,
    scaled,
)
from counterseal.barrier.integer_ratio import IntegerFractions, integer_plutonium_ratio
from counterseal.measurement.attributes.plutonium_ratio import decide_plutonium_ratio
from counterseal.measurement.spectrum import Spectrum
from counterseal.terms.outcomes import MeasurementOutcome
from strategies.plutonium_settings import integer_settings, ratio_settings
from strategies.plutonium_spectra import Detector, Item, counted, expected, peaks

YES, NO = MeasurementOutcome.CONFIRMED, MeasurementOutcome.NOT_CONFIRMED
OPEN, BROKEN = MeasurementOutcome.NO_DECISION, MeasurementOutcome.MALFUNCTION


def test_the_five_channel_centre_is_the_published_vector() -> None:
    """V1: [10, 40, 100, 60, 12] around channel 2 gives 2.2108 (p = 5400, q = 3520)."""
    found = centroid([10, 40, 100, 60, 12], 2)
    assert found is not None
    assert round(found / SCALE, 4) == 2.2108


def test_the_constants_are_the_published_ones() -> None:
    """V9, with 0.3255 x 16384 = 5333."""
    assert (scaled(256, 1490), scaled(820, 1490), scaled(71, 3640)) == (2815, 9017, 320)
    assert scaled(3255, 10_000) == 5333
    assert IntegerFractions() == IntegerFractions(of_637=2815, of_640=9017, of_641=320, ratio=5333)


@given(st.integers(0, 20 * SCALE))
def test_the_exponential_is_right_to_a_unit(x: int) -> None:
    assert abs(exponential(x) - SCALE * math.exp(-x / SCALE)) <= 0.6


@given(st.integers(-(10**12), 10**12), st.integers(1, 10**6))
def test_rounding_is_to_the_nearest(numerator: int, denominator: int) -> None:
    assert abs(2 * (rounded(numerator, denominator) * denominator - numerator)) <= denominator


def test_a_gaussian_has_half_its_height_at_half_its_width() -> None:
    assert gaussian(10, centre=10 * SCALE, width=6 * SCALE) == SCALE
    assert gaussian(13, centre=10 * SCALE, width=6 * SCALE) == pytest.approx(SCALE / 2, abs=1)


@given(st.integers(0, 5000), st.integers(0, 100))
def test_a_straight_line_leaves_nothing(floor: int, slope: int) -> None:
    """With the weight of the other band; with that of its own band it would leave up to a third of the line."""
    counts = [floor + slope * channel for channel in range(80)]
    area = area_between(
        counts, low=Span(first=10, last=14), peak=Span(first=20, last=40), high=Span(first=44, last=63)
    )
    assert abs(area.net) <= 2 * sum(counts)  # a unit of 1/16384 for each count of the bands
    assert area.net / SCALE == pytest.approx(0.0, abs=1 + sum(counts) / SCALE * 2)


def test_the_critical_limit_is_currie_s() -> None:
    """100 counts under the peak, 100 in the bands: 23.26 (Currie 1968)."""
    counts = [5] * 80
    area = area_between(
        counts, low=Span(first=0, last=9), peak=Span(first=20, last=39), high=Span(first=50, last=59)
    )
    assert critical_limit(area, factor_per_mille=1645) / SCALE == pytest.approx(23.26, abs=0.01)


def test_a_width_is_found_at_half_height() -> None:
    counts = [round(1e5 * math.exp(-2.7726 * (channel - 30) ** 2 / 36)) + 500 for channel in range(60)]
    width = half_width(counts, 30, floor=500 * SCALE, within=Span(first=10, last=50))
    assert width is not None
    assert width / SCALE == pytest.approx(6.0, abs=0.05)
    assert half_width([1] * 60, 30, floor=0, within=Span(first=10, last=50)) is None


def test_heights_come_back_with_their_variance() -> None:
    draw = np.random.default_rng(4)
    one = [gaussian(channel, centre=15 * SCALE, width=6 * SCALE) for channel in range(40)]
    other = [gaussian(channel, centre=20 * SCALE, width=6 * SCALE) for channel in range(40)]
    flat = [SCALE] * 40
    true = np.array(one) / SCALE * 900 + np.array(other) / SCALE * 400 + 50
    found = []
    for _ in range(150):
        counts = draw.poisson(true).tolist()
        heights = fit_heights(
            [c * SCALE for c in counts], [one, other, flat], variances=[max(c, 1) for c in counts]
        )
        assert heights is not None
        found.append([height / SCALE for height in heights.heights])
        spread = [math.sqrt(variance / SCALE) for variance in heights.variances]
    assert np.mean(found, axis=0) == pytest.approx([900, 400, 50], rel=0.04)
    assert spread == pytest.approx(np.std(found, axis=0), rel=0.25)
    assert fit_heights([1, 2], [[1, 1], [1, 1]], variances=[1, 1]) is None


def test_grouping_adds_whole_groups() -> None:
    assert grouped([1, 2, 3, 4, 5], by=2) == [3, 7]


@pytest.mark.parametrize("file", [integer_peaks.__file__, integer_ratio.__file__])
def test_it_has_no_fractions_and_shares_nothing_with_the_measurement_room(file: str) -> None:
    tree = ast.parse(Path(file).read_text())
    for node in ast.walk(tree):
        assert not (isinstance(node, ast.Constant) and isinstance(node.value, float | complex))
        assert not isinstance(node, ast.Div)
        if isinstance(node, ast.ImportFrom):
            assert node.module is not None
            assert not node.module.startswith(("counterseal.measurement", "numpy"))
            assert node.module != "math" or {name.name for name in node.names} == {"isqrt"}
        if isinstance(node, ast.Import):
            assert not {name.name for name in node.names}


def plutonium(
    ratio: float, *, gain: float = 0.2162, am241: float = 0.002, counts_645: float = 2e4, seed: int = 1
) -> Spectrum:
    detector = Detector(kev_per_channel=gain, channels=int(900 / gain), fwhm_662_kev=1.5)
    item = Item(pu239=1 / (1 + ratio), pu240=ratio / (1 + ratio), am241=am241, pu241=am241 / 3)
    return counted(expected(item, detector), detector, counts_645=counts_645, seed=seed)


def answer(item: Spectrum, **changed: Any) -> tuple[MeasurementOutcome, str]:
    found = integer_plutonium_ratio(item.counts.tolist(), settings=integer_settings(item, **changed))
    return found.outcome, found.reason


@pytest.mark.parametrize(("ratio", "outcome"), [(0.03, YES), (0.06, YES), (0.16, NO), (0.25, NO), (0.4, NO)])
@pytest.mark.parametrize("gain", [0.1, 0.2162, 0.36])
def test_the_ratio_comes_back_and_decides(ratio: float, outcome: MeasurementOutcome, gain: float) -> None:
    item = plutonium(ratio, gain=gain)
    found = integer_plutonium_ratio(item.counts.tolist(), settings=integer_settings(item))
    assert found.outcome is outcome
    assert abs(found.ratio / SCALE * 1.0042 - ratio) <= 2 * found.uncertainty / SCALE
    assert found.ratio / SCALE == pytest.approx(ratio, rel=0.12, abs=0.006)


def test_both_sides_and_the_margin() -> None:
    assert answer(plutonium(0.25), holds_below=False)[0] is YES
    assert answer(plutonium(0.03), holds_below=False)[0] is NO
    assert answer(plutonium(0.25), threshold="0.24") == (OPEN, "within-margin")
    assert answer(plutonium(0.16), systematic_per_mille=400) == (OPEN, "within-margin")


@pytest.mark.parametrize(
    "energies_kev", [[], [661.657], [1173.228], [344.28, 411.12, 443.96, 778.90], [662.40, 413.713]]
)
def test_other_sources_are_not_decided(energies_kev: list[float]) -> None:
    detector = Detector(kev_per_channel=0.2162, channels=4096)
    true = peaks(detector, np.array(energies_kev), np.full(len(energies_kev), 1e6)) + 60.0
    item = replace(plutonium(0.25), counts=np.random.default_rng(2).poisson(true).astype(np.int64))
    assert answer(item)[0] is OPEN


def test_what_is_missing_has_its_own_reason() -> None:
    item = plutonium(0.25)
    assert answer(item, most_americium=1) == (OPEN, "too-much-americium")
    assert answer(item, least_significance=10_000) == (OPEN, "too-few-counts")
    assert answer(item, width_ev=(2000, 2600)) == (OPEN, "width-at-662")
    narrow = tuple(replace(line, width_ev=(100, 200)) for line in integer_settings(item).lines)
    assert answer(item, lines=narrow) == (OPEN, "line-of-other-width")
    assert answer(replace(item, counts=item.counts[:3000])) == (BROKEN, "lines-outside-spectrum")
    assert answer(replace(item, counts=np.zeros(4000, dtype=np.int64)))[0] is OPEN


def test_hostile_counts_are_refused() -> None:
    settings = integer_settings(plutonium(0.25))
    with pytest.raises(BarrierError, match="a count below 0"):
        integer_plutonium_ratio([1, -1], settings=settings)
    with pytest.raises(BarrierError, match="65537 channels"):
        integer_plutonium_ratio([0] * 65_537, settings=settings)
    huge = integer_plutonium_ratio([2**53 - 1] * 4096, settings=settings)
    assert huge.outcome is OPEN


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"gain_mev": 0}, "gain 0 must be above 0"),
        ({"group_by": 65}, "group 65"),
        ({"lines": ()}, "with a line to look for"),
        ({"width_ev": (10, 10)}, "must be in increasing order"),
    ],
)
def test_settings_that_decide_nothing_are_refused(changed: dict[str, Any], said: str) -> None:
    with pytest.raises(BarrierError, match=said):
        replace(integer_settings(plutonium(0.25)), **changed)
    with pytest.raises(BarrierError, match="bands must be in increasing energy"):
        replace(integer_settings(plutonium(0.25)).lines[0], low_ev=(5, 4))


def check_agreement(seed: int) -> tuple[MeasurementOutcome, MeasurementOutcome]:
    """Both implementations on one drawn item: the same answer, or one of them does not decide."""
    draw = np.random.default_rng(seed)
    ratio = float(draw.choice([0.03, 0.06, 0.09, 0.11, 0.15, 0.25, 0.4]))
    item = plutonium(
        ratio,
        gain=float(draw.choice([0.09, 0.125, 0.2162, 0.36])),
        am241=float(10 ** draw.uniform(-3.5, -1.3)),
        counts_645=float(10 ** draw.uniform(2.3, 5)),
        seed=seed,
    )
    one = decide_plutonium_ratio(item, background=None, settings=ratio_settings()).outcome
    other = integer_plutonium_ratio(item.counts.tolist(), settings=integer_settings(item)).outcome
    assert one is other or OPEN in {one, other}
    return one, other


@pytest.mark.parametrize("seed", range(16))
def test_both_implementations_agree_or_one_does_not_decide(seed: int) -> None:
    check_agreement(seed)


@pytest.mark.soak
def test_both_implementations_agree_on_many() -> None:
    pairs = [check_agreement(seed) for seed in range(100, 600)]
    assert sum(one is other for one, other in pairs) > 0.9 * len(pairs)
