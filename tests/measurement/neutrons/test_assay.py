"""An assay gives a mass only where an item can be: each rule that says so, and what passes."""

import numpy as np
import pytest

from counterseal.measurement.assay import (
    AssayMethod,
    AssayState,
    assay_by_curve,
    assay_by_known_alpha,
    assay_by_point_model,
)
from counterseal.measurement.calibration_curve import CalibrationCurve
from counterseal.measurement.coincidence_rates import CoincidenceRates, CountedCycle, uncorrelated_rates
from counterseal.measurement.counted_item import CountedItem, assay_item, item_checks
from counterseal.measurement.errors import MeasurementError
from counterseal.measurement.known_alpha import KnownAlphaCalibration, PlutoniumComposition
from counterseal.measurement.neutron_counter import NeutronCounter
from counterseal.measurement.point_model import PointModelItem, expected_rates
from counterseal.measurement.pulse_quality import QualityCheck
from counterseal.measurement.pulses import CoincidenceCount

COUNTER = NeutronCounter(
    gate_us=64.0, predelay_us=4.5, efficiency=0.3128, doubles_gate_fraction=0.77, triples_gate_fraction=0.5929
)
ALPHA = KnownAlphaCalibration(rho_zero=0.0362, k=2.166, a_per_s=7.169626, b_per_s_g=2.465957)


def rates_of(multiplication: float, alpha: float, *, unc: tuple[float, float, float]) -> CoincidenceRates:
    item = PointModelItem(multiplication=multiplication, alpha=alpha, m240_g=20.0)
    return uncorrelated_rates(expected_rates(item, counter=COUNTER).values, uncertainties=unc)


def codes(rates: CoincidenceRates, *, checks: tuple[QualityCheck, ...] = ()) -> list[str]:
    found = assay_by_point_model(rates, counter=COUNTER, effective_percent=None, checks=checks)
    assert (found.state is AssayState.MEASURED) == (not found.reasons)
    return [reason.code for reason in found.reasons]


def test_a_sound_item_has_a_mass_and_no_reason() -> None:
    found = assay_by_point_model(
        rates_of(1.05, 0.8, unc=(3.0, 2.0, 3.0)), counter=COUNTER, effective_percent=20.0
    )
    assert (found.state, found.method) == (AssayState.MEASURED, AssayMethod.POINT_MODEL)
    assert found.m240_g is not None
    assert found.pu_mass_g is not None
    assert found.m240_g.value == pytest.approx(20.0)
    assert found.pu_mass_g.value == pytest.approx(100.0)
    assert found.pu_mass_g.unc == pytest.approx(5 * found.m240_g.unc)


def test_multiplication_below_one_by_more_than_two_uncertainties_is_no_decision() -> None:
    """The rule is M < 1 - 2u; what lies within is scatter."""
    rates = rates_of(0.97, 0.8, unc=(3.0, 2.0, 1.5))
    unc = assay_by_point_model(rates, counter=COUNTER, effective_percent=None).multiplication
    assert unc is not None
    assert 2 * unc.unc < 1.0 - 0.97
    assert codes(rates) == ["multiplication-below-1"]
    wide = rates_of(0.97, 0.8, unc=(3.0, 2.0, 30.0))
    assert codes(wide) == []


def test_alpha_below_zero_is_no_decision() -> None:
    assert codes(rates_of(1.0, -0.3, unc=(0.1, 0.1, 0.1))) == ["alpha-below-0"]


def test_doubles_and_triples_that_are_not_seen_are_no_decision() -> None:
    good = rates_of(1.05, 0.8, unc=(3.0, 2.0, 3.0))
    no_triples = uncorrelated_rates(good.values, uncertainties=(3.0, 2.0, good.triples_per_s * 0.6))
    assert "triples-not-above-0" in codes(no_triples)
    negative = uncorrelated_rates((5_000.0, -3.0, 1.0), uncertainties=(1.0, 2.0, 0.1))
    assert "doubles-not-above-0" in codes(negative)


def test_rates_that_the_model_has_no_item_for_are_no_decision() -> None:
    assert codes(uncorrelated_rates((100.0, 3.0, 1e6), uncertainties=(1.0, 0.1, 0.1))) == ["no-solution"]


def test_a_failed_check_counts_only_where_rates_rest_on_it() -> None:
    rates = rates_of(1.05, 0.8, unc=(3.0, 2.0, 3.0))
    failed = [
        QualityCheck(check=name, passed=False, found="")
        for name in ("accidentals-follow-singles", "no-outlying-cycle", "no-trend-in-singles")
    ]
    assert codes(rates, checks=tuple(failed)) == ["accidentals-follow-singles"]


def test_known_alpha_refuses_what_is_not_an_item() -> None:
    good = uncorrelated_rates((3460.425, 94.967, 3.431), uncertainties=(2.255, 0.795, 0.827))
    found = assay_by_known_alpha(good, alpha=0.525, calibration=ALPHA, effective_percent=17.201)
    assert (found.state, found.reasons) == (AssayState.MEASURED, ())
    for values, code in (
        ((3460.425, 60.0, 0.0), "multiplication-below-1"),
        ((3460.425, -60.0, 0.0), "no-solution"),
        ((3460.425, 1.0, 0.0), "doubles-not-above-0"),
        ((100.0, 10.0, 0.0), "mass-below-0"),
    ):
        rates = uncorrelated_rates(values, uncertainties=(1.0, 0.6, 1.0))
        refused = assay_by_known_alpha(rates, alpha=0.525, calibration=ALPHA, effective_percent=17.2)
        assert refused.state is AssayState.NO_DECISION
        assert code in [reason.code for reason in refused.reasons]


def test_a_curve_refuses_what_is_not_on_it() -> None:
    curve = CalibrationCurve(coefficients=(5.0, 10.0, -1.0, 0.0))
    for doubles, code in ((40.0, "no-solution"), (2.0, "mass-below-0"), (-2.0, "doubles-not-above-0")):
        rates = uncorrelated_rates((100.0, doubles, 0.0), uncertainties=(1.0, 0.1, 0.1))
        found = assay_by_curve(rates, curve=curve, effective_percent=None)
        assert code in [reason.code for reason in found.reasons]


def item(*, with_reals: list[int], curve: bool = False, known_alpha: bool = False) -> CountedItem:
    count = CoincidenceCount(
        singles=10_000,
        with_reals=np.array(with_reals, dtype=np.int64),
        accidentals=np.array([9_994, 6], dtype=np.int64),
        time_ns=1_000 * 10**9,
    )
    return CountedItem(
        cycles=(CountedCycle(count=count),),
        counter=COUNTER,
        point_model=False,
        curve=CalibrationCurve(coefficients=(0.0, 1.0, 0.0, 0.0)) if curve else None,
        known_alpha=ALPHA if known_alpha else None,
    )


def test_missing_reals_are_no_decision_without_any_rate() -> None:
    lacking = item(with_reals=[0], curve=True)
    found = assay_item(lacking, checks=item_checks(lacking))
    assert (found.state, found.rates, found.m240_g) == (AssayState.NO_DECISION, None, None)
    assert [reason.code for reason in found.reasons] == ["reals-present"]


def test_an_item_is_assayed_by_the_methods_it_has_a_calibration_for() -> None:
    counted = item(with_reals=[9_000, 900, 100], curve=True)
    found = assay_item(counted, checks=item_checks(counted))
    assert (found.method, found.state) == (AssayMethod.CALIBRATION_CURVE, AssayState.MEASURED)
    with pytest.raises(MeasurementError, match="no calibration for point-model"):
        assay_item(counted, checks=(), method=AssayMethod.POINT_MODEL)
    bare = item(with_reals=[9_000, 900, 100])
    with pytest.raises(MeasurementError, match="no assay"):
        assay_item(bare, checks=())
    # Without a composition or an alpha that is given, there is none to take as known.
    assert item(with_reals=[10_000], known_alpha=True).methods() == ()


def test_alpha_as_given_goes_before_that_of_pure_oxide() -> None:
    composition = PlutoniumComposition(pu238=0.05, pu239=82.8, pu240=16.5, pu241=0.3, pu242=0.35, am241=1.1)
    base = item(with_reals=[9_000, 900, 100], known_alpha=True)
    rates = uncorrelated_rates((3460.425, 94.967, 3.431), uncertainties=(2.255, 0.795, 0.827))
    for given, expected in ((0.6, 0.6), (None, 0.52)):
        known = CountedItem(
            cycles=base.cycles,
            counter=COUNTER,
            composition=composition,
            point_model=False,
            known_alpha=ALPHA,
            alpha=given,
        )
        found = assay_item(known, checks=(), rates=rates)
        assert found.alpha is not None
        assert found.alpha.value == pytest.approx(expected, abs=0.01)
