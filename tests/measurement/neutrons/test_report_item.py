"""A report becomes an item, and what is not understood in it is refused; by a report of our own making."""

import re

import pytest

from counterseal.measurement.assay import AssayMethod, AssayState
from counterseal.measurement.counted_item import assay_item, item_checks, item_rates
from counterseal.measurement.errors import MeasurementError, ReadingError
from counterseal.measurement.readers.coincidence_report import read_coincidence_report
from counterseal.measurement.report_item import composition_of_report, cycles_of_report, item_of_report

REPORT = """INCC 5.1.2

                   Facility:  FACILITY-A
           Measurement date:  11.10.20  22:21:18

               Isotopics id:  ISOTOPICS-1
                      Pu238:    0.0650 +-   0.0000      0.0511 +-   0.0000
                      Pu239:   81.9400 +-   0.0000     82.8336 +-   0.0000
                      Pu240:   16.3500 +-   0.0000     16.4876 +-   0.0000
                      Pu241:    1.3000 +-   0.0000      0.2797 +-   0.0000
                      Pu242:    0.3440 +-   0.0000      0.3481 +-   0.0000
                    Pu date:  84.02.15                16.03.03
                      Am241:    0.1350 +-   0.0000      1.1330 +-   0.0000
                    Am date:  84.02.15                16.03.03

                   Predelay:      4.50
                Gate length:     64.00
            2nd gate length:     64.00
               High voltage:   1560
              Die away time:     41.0000
                 Efficiency:      0.3110
      Multiplicity deadtime:     35.9000
     Coefficient A deadtime:      0.1430
     Coefficient B deadtime:      0.0052
     Coefficient C deadtime:      0.0000
      Doubles gate fraction:      0.6302
      Triples gate fraction:      0.4460

     Normalization constant:      1.0000 +-    0.0000

 Passive singles background:      5.407 +-     0.108
 Passive doubles background:      0.083 +-     0.023
 Passive triples background:      0.010 +-     0.006

Passive summed raw data

                 Number of good cycles:                1
                      Total count time:              600
            Shift register singles sum:           493712
Shift register reals + accidentals sum:            43882
        Shift register accidentals sum:            25992

Passive summed multiplicity distributions

        R+A sums       A sums
   0      454024       469324
   1       35889        22863
   2        3446         1390
   3         315           86
   4          35            0
   5           2            0
   6           1            0

Results

       Singles:        817.471 +-     1.552
       Doubles:         29.737 +-     0.348
       Triples:          3.405 +-     0.180

                         PRIMARY RESULT

 Passive multiplicity results

                   Multiplication:          1.037 +-     0.004

                       END PRIMARY RESULT

Passive multiplicity calibration parameters

                Spontaneous fission rate:   4.735000e+002
1st factorial moment spontaneous fission:   2.154000e+000
2nd factorial moment spontaneous fission:   3.789000e+000
3rd factorial moment spontaneous fission:   5.211000e+000
    1st factorial moment induced fission:   3.163000e+000
    2nd factorial moment induced fission:   8.240000e+000
    3rd factorial moment induced fission:   1.732100e+001
                                       a:   1.000000e+000
                                       b:   0.000000e+000
                                       c:   0.000000e+000
                                 sigma x:   0.000000e+000
                            alpha weight:   0.000000e+000
            efficiency correction factor:   7.500000e-001

Known alpha calibration parameters

                     Alpha weight:   1.000000e+000
                         Rho zero:   3.620000e-002
                                k:   2.166000e+000
                                a:   0.000000e+000
                                b:   1.000000e+000
                       variance a:   4.000000e+000
                       variance b:   0.000000e+000
                    covariance ab:   0.000000e+000
                          sigma x:   0.000000e+000

Passive calibration curve calibration parameters

                         Equation:  D = a + b * m + c * m^2 + d * m^3
                                a:   0.000000e+000
                                b:   4.194109e+001
                                c:   9.398073e-002
                                d:   0.000000e+000
                       variance a:   0.000000e+000
                       variance b:   1.513353e-001
                       variance c:   8.522965e-004
                       variance d:   0.000000e+000
                    covariance ab:   0.000000e+000
                    covariance ac:   0.000000e+000
                    covariance ad:   0.000000e+000
                    covariance bc:  -3.918965e-003
                    covariance bd:   0.000000e+000
                    covariance cd:   0.000000e+000
                          sigma x:   0.000000e+000
"""


def changed(label: str, value: str) -> bytes:
    text, count = re.subn(rf"(?m)^( *{re.escape(label)}:).*$", rf"\1  {value}", REPORT, count=1)
    assert count == 1
    return text.encode()


def test_a_report_without_cycles_is_one_run() -> None:
    item = item_of_report(read_coincidence_report(REPORT.encode()))
    assert len(item.cycles) == 1
    rates = item_rates(item)
    assert [round(value, 3) for value in rates.values] == [817.471, 29.737, 3.405]
    # What 323 cycles of the same item gave, scaled to this time; these electronics sample accidentals more
    # often than they trigger, so counting takes more scatter for doubles than there is.
    assert rates.uncertainties_per_s == pytest.approx((1.243, 0.395, 0.155), rel=0.3)
    assert item.methods() == (AssayMethod.POINT_MODEL, AssayMethod.KNOWN_ALPHA, AssayMethod.CALIBRATION_CURVE)
    assert assay_item(item, checks=item_checks(item)).state is AssayState.MEASURED


def test_parameters_are_those_of_the_report() -> None:
    item = item_of_report(read_coincidence_report(REPORT.encode()))
    assert item.counter.efficiency == pytest.approx(0.311 * 0.75)
    assert item.counter.spontaneous.second == 3.789
    assert item.counter.induced.third == 17.321
    assert item.known_alpha is not None
    assert item.known_alpha.covariance == ((4.0, 0.0), (0.0, 0.0))
    assert item.curve is not None
    assert item.curve.covariance[1][2] == item.curve.covariance[2][1] == -3.918965e-3


def test_the_composition_is_worked_out_between_its_decimals() -> None:
    """Half-lives as INCC has them give Pu-238 0.05106 where 0.0511 is printed."""
    found = composition_of_report(read_coincidence_report(REPORT.encode()))
    assert found is not None
    assert found.pu238 == pytest.approx(0.05106, abs=5e-6)
    assert found.am241 == pytest.approx(1.1330, abs=5e-5)


@pytest.mark.parametrize(
    ("label", "value"),
    [
        ("Pu date", "00.01.01                16.03.03"),
        ("Pu date", "84.02.31                16.03.03"),
        ("Pu date", "83.02.15                16.03.03"),
    ],
    ids=["not set", "no such day", "not that of americium"],
)
def test_without_a_sure_date_the_printed_composition_stands(label: str, value: str) -> None:
    found = composition_of_report(read_coincidence_report(changed(label, value)))
    assert found is not None
    assert found.pu238 == 0.0511


def test_a_wrong_date_moves_the_composition_by_no_more_than_its_decimals() -> None:
    text = REPORT.replace("84.02.15", "74.02.15").encode()
    found = composition_of_report(read_coincidence_report(text))
    assert found is not None
    assert found.pu238 == pytest.approx(0.05105)
    assert found.am241 == pytest.approx(1.13305)


def test_alpha_is_weighted_as_the_report_says() -> None:
    item = item_of_report(read_coincidence_report(changed("Alpha weight", "2.000000e+000")))
    assert item.alpha == pytest.approx(1.05, abs=1e-3)


@pytest.mark.parametrize(
    ("label", "value", "match"),
    [
        ("Coefficient C deadtime", "1.5", "dead time coefficient C is 1.5"),
        ("Normalization constant", "1.0120 +-    0.0010", "normalization 1.012"),
        ("b", "1.0e-001", "multiplication correction"),
        ("Equation", "D = a * m^b", "calibration curve"),
    ],
)
def test_what_is_not_understood_is_refused(label: str, value: str, match: str) -> None:
    with pytest.raises(ReadingError, match=match):
        item_of_report(read_coincidence_report(changed(label, value)))


def test_an_empty_composition_is_none() -> None:
    text = re.sub(r"(?m)^( +(?:Pu|Am)2..:).*$", r"\1 0.0 +- 0.0   0.0 +- 0.0", REPORT).encode()
    item = item_of_report(read_coincidence_report(text))
    assert item.composition is None
    assert assay_item(item, checks=()).pu_mass_g is None


def test_the_cycles_do_not_ask_what_the_item_is_made_of() -> None:
    """Attributes take the counts alone; shares that add up to no whole concern only the assay."""
    text = re.sub(r"(?m)^( +Pu239:).*$", r"\1 60.0 +- 0.1   60.0 +- 0.1", REPORT).encode()
    report = read_coincidence_report(text)
    with pytest.raises(MeasurementError, match="must be 100"):
        item_of_report(report)
    (mine,), (whole,) = (
        cycles_of_report(report),
        item_of_report(read_coincidence_report(REPORT.encode())).cycles,
    )
    assert mine.count.singles == whole.count.singles
    assert mine.count.with_reals.tolist() == whole.count.with_reals.tolist()
    assert mine.count.accidentals.tolist() == whole.count.accidentals.tolist()


def test_the_cycles_of_a_report_that_is_not_understood_are_refused_too() -> None:
    with pytest.raises(ReadingError, match=r"dead time coefficient C is 1\.5"):
        cycles_of_report(read_coincidence_report(changed("Coefficient C deadtime", "1.5")))
