"""The operating curve says the error rates that a protocol has, where these can be worked out in another way."""

import math
from collections.abc import Callable
from fractions import Fraction
from statistics import NormalDist

import numpy as np
import pytest

from counterseal.barrier.decide import judge, prepared
from counterseal.barrier.operating_curve.attempt import generator_of, simulate_attempt
from counterseal.barrier.operating_curve.curve import (
    OperatingCurve,
    Plan,
    Reading,
    blocks,
    operating_curve,
    work_out,
)
from counterseal.barrier.operating_curve.sweep import SYSTEMATIC, THRESHOLD, factor_axis, time_axis
from counterseal.barrier.operating_curve.tally import Risk
from counterseal.barrier.protocol import Protocol
from counterseal.measurement.efficiency import EfficiencyPoint, fit_efficiency
from counterseal.measurement.peak_width import PeakWidth
from counterseal.measurement.simulate_spectrum import SimulatedDetector, SimulatedSource, expected_counts
from counterseal.measurement.spectrum import EnergyScale
from counterseal.reference.nuclear_data import load_nuclear_data
from counterseal.terms.outcomes import MeasurementOutcome
from strategies.measurement_protocols import document, protocol
from strategies.operating_curves import (
    CHANNELS,
    KEV_PER_CHANNEL,
    gamma,
    items,
    neutron_protocol,
    plan,
    quiet_protocol,
)

CONFIDENCE = Fraction(99, 100)
RUNS = [2_000, pytest.param(20_000, marks=pytest.mark.soak)]
SEED = 20_261_120
Poisson = Callable[[int], float]


def curve_of(what: Plan) -> OperatingCurve:
    return operating_curve(what, [work_out(what, block) for block in blocks(what)], confidence=CONFIDENCE)


def beyond(quantile: str) -> float:
    """Return the chance that a normal deviate is above a quantile: what a protocol states by its factor."""
    return 1.0 - NormalDist().cdf(float(quantile))


def poisson(mean: float) -> tuple[range, list[float]]:
    """Return the counts that matter, with their chances."""
    if not mean:
        return range(1), [1.0]
    reach = range(max(0, int(mean - 9 * math.sqrt(mean) - 20)), int(mean + 9 * math.sqrt(mean) + 21))
    return reach, [math.exp(k * math.log(mean) - mean - math.lgamma(k + 1)) for k in reach]


def chance(gross: float, background: float, holds: Callable[[int, int], bool]) -> float:
    """Return the chance of something about two Poisson counts of these means, by adding up all pairs."""
    (pairs_g, chances_g), (pairs_b, chances_b) = poisson(gross), poisson(background)
    return math.fsum(
        p * q
        for b, q in zip(pairs_b, chances_b, strict=True)
        if q > 1e-12
        for g, p in zip(pairs_g, chances_g, strict=True)
        if p > 1e-12 and holds(g, b)
    )


def genuine(name: str = "nothing there") -> list[dict[str, object]]:
    return [{"name": name, "genuine": True, "gamma": None, "neutrons": None}]


def other(neutrons: object = None, spectrum: object = None) -> list[dict[str, object]]:
    return [{"name": "without", "genuine": False, "gamma": spectrum, "neutrons": neutrons}]


# --- presence of neutrons: the decision rule at its threshold ---


@pytest.mark.parametrize("runs", RUNS)
@pytest.mark.parametrize(("per_s", "coverage"), [("0.04", "2"), ("12", "1")])
def test_neutrons_at_the_threshold_pass_as_often_as_two_poisson_counts_do(
    runs: int, per_s: str, coverage: str
) -> None:
    place = {**items()["place"], "neutrons_per_s": per_s}
    agreed = neutron_protocol(coverage=coverage)
    (reading,) = curve_of(
        plan(agreed, on=items(place=place, populations=other()), seed=SEED, runs=runs)
    ).proposed
    mean = 100 * float(per_s)
    exact = chance(mean, mean, lambda g, b: g - b > float(coverage) * math.sqrt(g + b + 2))
    assert reading.whose is Risk.INSPECTOR
    assert reading.risk.interval.holds(exact), (reading.risk, exact)
    assert exact <= beyond(coverage)
    if mean > 1000:
        assert reading.risk.interval.holds(beyond(coverage)), reading.risk


# --- no radiation: critical limit and detection limit ---


def smooth(per_s: float) -> float:
    """Return what the smooth background gives in the band of the protocol [1/s]: edges of its channels."""
    return per_s * (math.exp(-(80 - 60) / 600) - math.exp(-(2520 - 60) / 600))


def seen(gross: int, background: int, *, factor: float) -> bool:
    """Return whether a net count is beyond the critical limit, half a count taken off for whole counts."""
    net = gross - background - 0.5
    return net > 0 and net * net > factor * factor * (net + 2 * background)


@pytest.mark.parametrize("runs", RUNS)
@pytest.mark.parametrize("per_s", ["0.05", "40"])
def test_false_rejects_of_empty_places_are_those_of_two_poisson_counts(runs: int, per_s: str) -> None:
    place = {**items()["place"], "smooth_per_s": per_s}
    agreed = quiet_protocol(limit="5")
    what = plan(agreed, on=items(place=place, populations=genuine()), seed=SEED, runs=runs)
    (reading,) = curve_of(what).proposed
    mean = 100 * smooth(float(per_s))
    exact = chance(mean, mean, lambda g, b: seen(g, b, factor=1.645))
    assert reading.whose is Risk.HOST
    assert reading.risk.interval.holds(exact), (reading.risk, exact)
    assert exact <= beyond("1.645")
    if mean > 1000:
        assert reading.risk.interval.holds(beyond("1.645")), reading.risk


@pytest.mark.parametrize("runs", RUNS)
def test_false_accepts_of_a_source_are_those_of_two_poisson_counts(runs: int) -> None:
    place = {**items()["place"], "smooth_per_s": 40}
    source = other(spectrum=gamma("Cs-137", 400))
    what = plan(quiet_protocol(limit="5"), on=items(place=place, populations=source), seed=SEED, runs=runs)
    (reading,) = curve_of(what).proposed
    channels = expected_by_the_simulator("Cs-137", 400)
    background, net = 100 * smooth(40), 100 * float(channels[2:63].sum())
    exact = chance(background + net, background, lambda g, b: not seen(g, b, factor=1.645))
    assert 0.01 < exact < 0.9
    assert reading.risk.interval.holds(exact), (reading.risk, exact)


def expected_by_the_simulator(
    nuclide: str, activity_bq: float
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return expected counts per second on the channels themselves, without the curve's finer tables."""
    points = tuple(
        EfficiencyPoint(energy_kev=energy, efficiency=value, relative_unc=0.01)
        for energy, value in ((100.0, 0.01), (3000.0, 0.001))
    )
    detector = SimulatedDetector(
        channels=CHANNELS,
        scale=EnergyScale(coefficients_kev=(20.0, float(KEV_PER_CHANNEL))),
        width=PeakWidth(a_kev2=900.0, b_kev=2.5),
        efficiency=fit_efficiency(points, degree=1),
        peak_to_total=0.3,
        lowest_kev=60.0,
    )
    source = SimulatedSource(nuclide=nuclide, activity_bq=activity_bq)
    return expected_counts((source,), detector=detector, live_time_s=1.0, data=load_nuclear_data())


@pytest.mark.parametrize("runs", RUNS)
def test_a_background_that_varies_as_agreed_rejects_as_often_as_stated(runs: int) -> None:
    varying = {**items()["varying"], "background": {"normal": [1, "0.05"]}}
    place = {**items()["place"], "smooth_per_s": 400}
    on = items(varying=varying, place=place, populations=genuine())
    agreed = quiet_protocol(limit="500", variation="0.05")
    without = factor_axis(agreed, SYSTEMATIC, [Fraction(0), Fraction(1)])
    assert without is not None
    found = curve_of(plan(agreed, without, on=on, seed=SEED, runs=runs))
    assert found.proposed[0].risk.interval.holds(beyond("1.645")), found.proposed[0].risk
    ignored, agreed_on = (row[0].risk for row in found.axes[0][1])
    assert agreed_on == found.proposed[0].risk
    assert ignored.share > 4 * beyond("1.645")


# --- templates ---


@pytest.mark.parametrize("runs", RUNS)
def test_a_template_rejects_repeats_as_often_as_its_limit_is_set_for(runs: int) -> None:
    settings = {
        "grid": {"range_kev": [80, 1360], "edges": [0, 64, 128, 192, 256]},
        "systematic": [0] * 4,
        "chi_square_limit": "7.8147",  # 5 % of chi-square with 3 degrees of freedom, any table
        "kolmogorov_limit": 100,
        "least_counts": 100,
        "rate": None,
        "landmark": None,
    }
    agreed = protocol(question={"template": {"commitment": "0" * 64, "settings": settings}})
    alike = gamma("Eu-152", 200_000)
    on = items(
        populations=[{"name": "it", "genuine": True, "gamma": alike, "neutrons": None}],
        template={"population": "it", "runs": 2, "time_s": 100},
        place={**items()["place"], "smooth_per_s": 0},
    )
    (reading,) = curve_of(plan(agreed, on=on, seed=SEED, runs=runs)).proposed
    assert reading.risk.interval.holds(0.05), reading.risk


# --- what makes it the same for everybody ---


def test_blocks_may_come_in_any_order_and_more_runs_begin_as_fewer_do() -> None:
    few, many = (plan(quiet_protocol(limit="5"), runs=runs) for runs in (150, 250))
    judged = [work_out(few, block) for block in blocks(few)]
    assert operating_curve(few, judged[::-1], confidence=CONFIDENCE) == operating_curve(
        few, judged, confidence=CONFIDENCE
    )
    assert work_out(many, blocks(many)[0]).tallies == judged[0].tallies
    reseeded = plan(quiet_protocol(limit="5"), runs=150, seed=2)
    assert curve_of(reseeded).proposed != curve_of(few).proposed


def test_an_attempt_is_judged_by_the_code_of_the_closed_room() -> None:
    agreed = quiet_protocol(limit="3")
    what = plan(agreed, runs=40)
    population = what.items.populations[0]
    alone = []
    for run in range(40):
        generator = generator_of(1, population=population.name, time_s=Fraction(100), run=run)
        measured = simulate_attempt(generator, items=what.items, population=population, protocol=agreed)
        alone.append(judge(prepared(agreed), measured).outcome)
    counted = dict(curve_of(what).proposed[0].tally.counts)
    assert counted == {outcome: alone.count(outcome) for outcome in MeasurementOutcome}


def test_no_decision_is_the_hosts_risk_only_where_it_is_hidden() -> None:
    hidden = {"no_decision": "as-not-confirmed", "budget_bits": 6}
    shown, other_way = (
        curve_of(plan(agreed, runs=100)).proposed[0]
        for agreed in (quiet_protocol(limit="1"), quiet_protocol(limit="1", answer=hidden))
    )
    assert shown.tally == other_way.tally
    undecided = shown.tally.count(MeasurementOutcome.NO_DECISION)
    assert undecided > 50
    assert other_way.risk.count == shown.risk.count + undecided


def test_longer_counting_and_wider_thresholds_do_what_they_must() -> None:
    agreed = quiet_protocol(limit="3")
    times = time_axis(agreed, [Fraction(25), Fraction(100), Fraction(400)])
    limits = factor_axis(agreed, THRESHOLD, [Fraction(1, 2), Fraction(1), Fraction(2)])
    assert limits is not None
    place = {**items()["place"], "time_s": 800}
    found = curve_of(plan(agreed, times, limits, on=items(place=place, populations=genuine()), runs=200))
    for _, rows in found.axes:
        confirmed = [row[0].tally.count(MeasurementOutcome.CONFIRMED) for row in rows]
        assert confirmed == sorted(confirmed)
        assert confirmed[0] < confirmed[-1]
    assert found.worst(Risk.INSPECTOR) is None
    worst: Reading | None = found.worst(Risk.HOST)
    assert worst == found.proposed[0]


def checked() -> Protocol:
    """Return a protocol with a check source whose line may be off by a little."""
    line = {
        "energy_kev": "661.657",
        "fwhm_kev": "50.5",
        "largest_shift_ev": 10_000,
        "largest_width_permille": 300,
        "least_counts": 1000,
    }
    return quiet_protocol(limit="50", check_source={"nuclide": "Cs-137", "lines": [line]})


@pytest.mark.parametrize(("gain", "malfunctions"), [("1", 0), ("1.05", 30)])
def test_a_gain_that_has_moved_is_a_malfunction_and_nobodys_risk(gain: str, malfunctions: int) -> None:
    detector = {**items()["detector"], "channels": 512, "scale_kev": [20, 5]}
    source = {"time_s": 300, "sources": [{"nuclide": "Cs-137", "activity_bq": 100_000}]}
    on = items(
        detector=detector,
        check_source=source,
        varying={**items()["varying"], "gain": gain},
        populations=genuine(),
    )
    (reading,) = curve_of(plan(checked(), on=on, runs=30)).proposed
    assert reading.tally.count(MeasurementOutcome.MALFUNCTION) == malfunctions
    assert reading.risk.count <= 30 - malfunctions


def test_each_side_of_an_item_is_as_strong_as_stated() -> None:
    asked = {
        "sides": 3,
        "band_kev": [100, 1500],
        "tolerance": "0.2",
        "coverage": 2,
        "side_variation": 0,
        "least_net_counts": 100,
    }
    question = {"attributes": [{"attribute": "symmetry", "settings": asked, "cross_check": None}]}
    agreed = protocol(question=question, measuring={**document()["measuring"], "files": ["spectrum"] * 3})
    populations = [
        {
            "name": name,
            "genuine": name == "even",
            "gamma": gamma("Eu-152", 100_000, sides=sides),
            "neutrons": None,
        }
        for name, sides in (("even", None), ("uneven", [1, "0.3", 1]))
    ]
    even, uneven = curve_of(plan(agreed, on=items(populations=populations), runs=20)).proposed
    assert even.tally.count(MeasurementOutcome.CONFIRMED) == 20
    assert uneven.tally.count(MeasurementOutcome.NOT_CONFIRMED) == 20
