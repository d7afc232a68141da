"""No radiation above a stated limit: stated rates hold for any background, to the exact Poisson sum."""

import math
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from counterseal.barrier.protocol_form import Part
from counterseal.barrier.settings import read_settings
from counterseal.measurement.attributes.no_radiation import (
    NoRadiationSettings,
    QuietBand,
    decide_no_radiation,
)
from counterseal.measurement.attributes.paired_counts import PairedCounts, counts_between
from counterseal.measurement.errors import MeasurementError
from counterseal.measurement.spectrum import EnergyScale, Spectrum
from counterseal.terms.outcomes import MeasurementOutcome
from strategies.stated_settings import stated

YES, NO = MeasurementOutcome.CONFIRMED, MeasurementOutcome.NOT_CONFIRMED
OPEN, BROKEN = MeasurementOutcome.NO_DECISION, MeasurementOutcome.MALFUNCTION
FACTOR = 1.6448536269514722
RATIOS = (0.1, 0.5, 1.0, 3.0)
MEANS = (0.05, 0.2, 0.5, 1.0, 2.0, 5.0, 20.0, 100.0)


def spectrum(counts: int, *, time_s: int = 100, channels: int = 100, kev: float = 10.0) -> Spectrum:
    """Return a spectrum with its counts in channel 50, at 500 keV."""
    held = np.zeros(channels, dtype=np.int64)
    held[50] = counts
    return Spectrum(
        counts=held,
        live_time_ns=time_s * 10**9,
        real_time_ns=max(time_s, 1) * 10**9,
        scale=EnergyScale(coefficients_kev=(0.0, kev)),
    )


def settings(limit: str = "1", **changed: Any) -> NoRadiationSettings:
    plain = NoRadiationSettings(
        bands=(QuietBand(band_kev=(Fraction(400), Fraction(600)), limit_rate_per_s=Fraction(limit)),),
        detection_factor=Fraction("1.645"),
        miss_factor=Fraction("1.645"),
        background_variation=Fraction(0),
    )
    return replace(plain, **changed)


def outcome(item: Spectrum, background: Spectrum | None, rule: NoRadiationSettings) -> tuple[Any, str]:
    answer = decide_no_radiation(item, background=background, settings=rule)
    return answer.outcome, answer.reason


def poisson(mean: float) -> list[float]:
    return [
        math.exp(k * math.log(mean) - mean - math.lgamma(k + 1))
        for k in range(int(mean + 12 * math.sqrt(mean) + 30))
    ]


def pair(gross: int, background: int, ratio: float, *, variation: float = 0.0) -> PairedCounts:
    return PairedCounts(
        gross=gross,
        gross_time_s=ratio,
        background=background,
        background_time_s=1.0,
        variation=variation,
    )


@pytest.mark.parametrize("ratio", RATIOS)
@pytest.mark.parametrize("mean", MEANS)
def test_chance_exceeds_the_critical_limit_as_often_as_stated_or_less(mean: float, ratio: float) -> None:
    """Currie's own form lets 24 % through at one expected count and equal times, where 5 % is stated."""
    gross = poisson(mean)
    alarms = math.fsum(
        under_chance * gross_chance
        for under, under_chance in enumerate(poisson(mean / ratio))
        for limit in [pair(0, under, ratio).critical_limit(FACTOR) + under * ratio]
        for count, gross_chance in enumerate(gross)
        if count > limit
    )
    assert alarms <= 0.05
    if mean >= 20:
        assert alarms > 0.025  # stated, and not without meaning


@pytest.mark.parametrize("ratio", RATIOS)
@pytest.mark.parametrize("mean", [0.2, 2.0, 20.0])
def test_a_source_at_the_stated_limit_is_confirmed_as_seldom_as_stated(mean: float, ratio: float) -> None:
    under_chances = poisson(mean / ratio)
    limits = [
        (
            pair(0, under, ratio).critical_limit(FACTOR) + under * ratio,
            pair(0, under, ratio).detection_limit(FACTOR, miss_factor=FACTOR),
        )
        for under in range(len(under_chances))
    ]
    for limit in range(4, 60, 2):
        gross = np.cumsum(poisson(mean + limit))
        confirmed = math.fsum(
            chance * float(gross[min(math.floor(critical), len(gross) - 1)])
            for chance, (critical, detection) in zip(under_chances, limits, strict=True)
            if detection <= limit
        )
        assert confirmed <= 0.05


def test_a_clean_place_is_confirmed_and_a_source_is_not() -> None:
    assert outcome(spectrum(100), spectrum(100), settings()) == (YES, "below-critical-limit")
    assert outcome(spectrum(300), spectrum(100), settings()) == (NO, "above-critical-limit")


def test_a_measurement_too_short_for_the_stated_limit_confirms_nothing() -> None:
    short = settings("0.3")
    assert outcome(spectrum(100), spectrum(100), short) == (OPEN, "limit-not-reached")
    longer = spectrum(10_000, time_s=10_000), spectrum(10_000, time_s=10_000)
    assert outcome(*longer, short) == (YES, "below-critical-limit")
    assert outcome(spectrum(300), spectrum(100), short)[0] is NO  # a source is seen nevertheless


def test_nothing_counted_in_a_moment_confirms_nothing() -> None:
    assert outcome(spectrum(0, time_s=1), spectrum(0, time_s=1), settings())[0] is OPEN
    assert outcome(spectrum(0), spectrum(0), settings())[0] is YES


def test_variation_of_the_place_is_in_both_limits() -> None:
    varied = settings(background_variation=Fraction("0.1"))
    assert outcome(spectrum(11_000), spectrum(10_000), settings("20"))[0] is NO
    assert outcome(spectrum(11_000), spectrum(10_000), replace(varied, bands=settings("50").bands))[0] is YES
    assert outcome(spectrum(11_000), spectrum(10_000), replace(varied, bands=settings("30").bands))[0] is OPEN
    figure = pair(11_000, 10_000, 1.0, variation=0.1).net_rate("net")
    assert (figure.estimate, figure.systematic) == (1000.0, 1000.0)


def test_every_band_is_asked() -> None:
    quiet = QuietBand(band_kev=(Fraction(100), Fraction(200)), limit_rate_per_s=Fraction(1))
    both = settings(bands=(quiet, *settings().bands))
    assert outcome(spectrum(300), spectrum(100), both) == (NO, "above-critical-limit")
    assert outcome(spectrum(100), spectrum(100), both)[0] is YES


def test_channels_belong_to_a_band_by_their_middles() -> None:
    held = spectrum(7)
    assert counts_between(held, (Fraction(500), Fraction(501))) == 7
    assert counts_between(held, (Fraction(501), Fraction(510))) == 0
    assert counts_between(held, (Fraction(502), Fraction(505))) is None  # no channel has its middle there
    assert counts_between(held, (Fraction(500), Fraction(991))) is None
    assert (
        counts_between(
            replace(held, scale=EnergyScale(coefficients_kev=(5.0, 10.0))), (Fraction(0), Fraction(90))
        )
        is None
    )


@pytest.mark.parametrize(
    ("background", "reason"),
    [
        (None, "no-background"),
        (spectrum(1, time_s=0), "not-counting"),
        (spectrum(1, channels=99), "background-not-paired"),
        (spectrum(1, kev=10.5), "background-not-paired"),
    ],
)
def test_what_was_not_as_agreed_is_a_malfunction(background: Spectrum | None, reason: str) -> None:
    assert outcome(spectrum(0), background, settings()) == (BROKEN, reason)


def test_an_item_that_did_not_count_or_a_band_beyond_it_is_a_malfunction() -> None:
    assert outcome(spectrum(0, time_s=0), spectrum(0), settings()) == (BROKEN, "not-counting")
    beyond = settings(
        bands=(QuietBand(band_kev=(Fraction(900), Fraction(1000)), limit_rate_per_s=Fraction(1)),)
    )
    assert outcome(spectrum(0), spectrum(0), beyond) == (BROKEN, "band-outside-spectrum")


@pytest.mark.parametrize(
    "changed",
    [
        {"bands": ()},
        {"detection_factor": Fraction(0)},
        {"miss_factor": Fraction(11)},
        {"background_variation": Fraction(1)},
        {"background_variation": Fraction(-1)},
    ],
)
def test_settings_that_any_place_would_meet_are_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(MeasurementError, match="no radiation"):
        settings(**changed)


@pytest.mark.parametrize(("low", "high", "limit"), [(5, 5, 1), (-1, 5, 1), (1, 5, 0)])
def test_a_band_without_width_or_limit_is_refused(low: int, high: int, limit: int) -> None:
    with pytest.raises(MeasurementError, match="quiet band"):
        QuietBand(band_kev=(Fraction(low), Fraction(high)), limit_rate_per_s=Fraction(limit))


def test_a_protocol_can_state_the_settings() -> None:
    assert read_settings(NoRadiationSettings, Part(value=stated(settings()))) == settings()
