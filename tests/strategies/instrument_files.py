"""Instrument files made by hand, a function for each form; nothing here needs more than the program does."""

import struct
from collections.abc import Callable, Sequence
from functools import partial

import numpy as np

from counterseal.measurement.spectrum import Spectrum

NAMESPACE_2006 = "http://physics.nist.gov/Divisions/Div846/Gp4/ANSIN4242/2005/ANSIN4242"
NAMESPACE_2012 = "http://physics.nist.gov/N42/2011/N42"
LF = "\n"


def n42_2012(
    counts: str = "1 2 3",
    *,
    live: str = "PT9.5S",
    real: str = "PT10S",
    code: str = "",
    calibration: str = "<CoefficientValues>0 3 0</CoefficientValues>",
    inside: str = "",
    head: str = "",
    started: str = "2030-01-31T12:00:00Z",
    reference: str = "c",
) -> bytes:
    """Return an N42 file of 2012 with one spectrum."""
    return f"""<?xml version="1.0"?>{head}
<RadInstrumentData xmlns="{NAMESPACE_2012}">
<RadDetectorInformation id="d"><RadDetectorCategoryCode>Gamma</RadDetectorCategoryCode></RadDetectorInformation>
<EnergyCalibration id="c">{calibration}</EnergyCalibration>{inside}
<RadMeasurement id="m"><MeasurementClassCode>Foreground</MeasurementClassCode>
<StartDateTime>{started}</StartDateTime><RealTimeDuration>{real}</RealTimeDuration>
<Spectrum id="s" radDetectorInformationReference="d" energyCalibrationReference="{reference}">
<Remark>free text stands here</Remark>
<LiveTimeDuration>{live}</LiveTimeDuration><ChannelData{code}>{counts}</ChannelData></Spectrum>
</RadMeasurement></RadInstrumentData>""".encode()


def n42_2006(
    counts: str = "1 2 3",
    *,
    live: str = "PT9.5S",
    real: str = "<RealTime>PT10S</RealTime>",
    code: str = "",
    calibration: str = (
        '<Calibration Type="Energy" EnergyUnits="keV"><Equation Model="Polynomial">'
        "<Coefficients>0 3 0</Coefficients></Equation></Calibration>"
    ),
    attributes: str = "",
    around: str = "",
    namespace: str = f' xmlns="{NAMESPACE_2006}"',
) -> bytes:
    """Return an N42 file of 2006 with one spectrum."""
    return f"""<?xml version="1.0"?>
<N42InstrumentData{namespace}><Measurement>{around}
<Spectrum Detector="A1"{attributes}>{real}<LiveTime>{live}</LiveTime>{calibration}
<ChannelData{code}>{counts}</ChannelData></Spectrum></Measurement></N42InstrumentData>""".encode()


def spe(
    counts: Sequence[object] = (1, 2, 3),
    *,
    span: str | None = None,
    times: str = "9.5 10",
    more: str = "",
    end: str = LF,
) -> bytes:
    """Return an SPE file."""
    said = f"0 {len(counts) - 1}" if span is None else span
    rows = [
        "$SPEC_ID:",
        "a title",
        "$SPEC_REM:",
        "free text stands here",
        "$MEAS_TIM:",
        times,
        "$DATA:",
        said,
    ]
    text = LF.join([*rows, *map(str, counts), more])
    return text.replace(LF, end).encode()


def chn(
    counts: Sequence[int] = (1, 2, 3),
    *,
    live: int = 475,
    real: int = 500,
    first: int = 0,
    channels: int | None = None,
    mark: int = -1,
    trailer_mark: int | None = -102,
    coefficients: tuple[float, float, float] = (0.0, 3.0, 0.0),
    lengths: tuple[int, int] = (4, 6),
) -> bytes:
    """Return a CHN file."""
    number = len(counts) if channels is None else channels
    head = struct.pack("<hhh2sII8s4sHH", mark, 1, 2, b"07", real, live, b"31JAN301", b"1200", first, number)
    body = struct.pack(f"<{len(counts)}i", *counts)
    if trailer_mark is None:
        return head + body
    texts = struct.pack("<B63sB63s", lengths[0], b"HPGe", lengths[1], b"sample")
    tail = struct.pack("<hh6f", trailer_mark, 0, *coefficients, 0.0, 0.0, 0.0) + bytes(228) + texts
    return head + body + tail.ljust(512, b"\0")


def iec(
    counts: Sequence[int] = (1, 2, 3, 4, 5, 6),
    *,
    live: str = "9.50",
    real: str = "10.00",
    coefficients: str = " 0.00000000E+00 3.00000000E+00 0.00000000E+00 0.00000000E+00",
    pairs: Sequence[str] = (),
    padding: int = 0,
) -> bytes:
    """Return an IEC 1455 file."""
    rows = ["NUCICA   HPGE   0   0     0", f"{live:>13}{real:>12}{len(counts):>6}", "01/31/30 12:00:00"]
    rows += [coefficients, " 0.1 0.0", "free text stands here", *[""] * 4]
    rows += [*pairs, *[" 0.000000000E+00 0.000000000E+00"] * (48 - len(pairs))]
    padded = [*counts, *[padding] * (-len(counts) % 5)]
    for start in range(0, len(padded), 5):
        rows.append(f"{start:>6}" + "".join(f"{count:>10}" for count in padded[start : start + 5]))
    return LF.join(f"A004{row}" for row in rows).encode()


def csv(
    rows: Sequence[str] = ("0,1", "1,2", "2,3"),
    *,
    columns: str = "channel,counts",
    facts: Sequence[str] = ("# live_time_s: 9.5", "# real_time_s: 10", "# energy_coefficients_kev: 0 3"),
) -> bytes:
    """Return a table of counts as text."""
    return LF.join([*facts, "# free text stands here", columns, *rows, ""]).encode()


EVERY_FORM: dict[str, Callable[..., bytes]] = {
    "n42": n42_2012,
    "n42-2006": n42_2006,
    "spe": partial(spe, more="$MCA_CAL:\n3\n0 3 0"),
    "chn": chn,
    "iec": iec,
    "csv": csv,
}
"""A maker for each form; made without arguments, each file holds counts that start with 1, 2, 3."""


def report(
    *,
    cycles: Sequence[tuple[int, Sequence[tuple[int, int]], str]] = (
        (100, ((90, 95), (8, 4), (2, 1)), "Pass"),
        (101, ((95, 97), (6, 4)), "Pass"),
        (999, ((900, 900), (99, 99)), "Fail outlier test"),
    ),
    change: tuple[str, str] = ("", ""),
    program: str = "INCC 5.1.2",
) -> bytes:
    """Return a report of a coincidence counter whose sums are those of its cycles that passed."""
    good = [(singles, table) for singles, table, status in cycles if status == "Pass"]
    rows = max((len(table) for _, table in good), default=0)
    total = [
        [sum(table[row][side] for _, table in good if row < len(table)) for side in (0, 1)]
        for row in range(rows)
    ]
    seen = [sum(row * pair[side] for row, pair in enumerate(total)) for side in (0, 1)]
    text = LF.join(
        [
            program,
            "",
            *_report_header(),
            "",
            "Passive summed raw data",
            "",
            f"                 Number of good cycles: {len(good):>20}",
            f"                      Total count time: {20 * len(good):>20}",
            f"            Shift register singles sum: {sum(singles for singles, _ in good):>20}",
            f"Shift register reals + accidentals sum: {seen[0]:>20}",
            f"        Shift register accidentals sum: {seen[1]:>20}",
            "",
            "Passive summed multiplicity distributions",
            "",
            "        R+A sums       A sums",
            *(f"{row:>4}{pair[0]:>12}{pair[1]:>13}" for row, pair in enumerate(total)),
            "",
            "Results",
            "",
            "       Singles:          5.025 +-     0.025",
            "       Doubles:          0.100 +-     0.025",
            "       Triples:          0.010 +-     0.005",
            "",
            "                         PRIMARY RESULT",
            "",
            " Known alpha results",
            "",
            "                            Alpha:          0.525",
            "                  Pu240e mass (g):          1.250 +-     0.050",
            "",
            "                       END PRIMARY RESULT",
            "",
            *_report_cycles(cycles),
        ]
    )
    return text.replace(*change).encode() if change[0] else text.encode()


def _report_header() -> list[str]:
    shares = "  1.0000 +-   0.1000      2.0000 +-   0.2000"
    rows = [
        ("Measurement date", "30.01.31  12:00:00"),
        ("Isotopics id", "ISOTOPICS-1"),
        *((name, shares) for name in ("Pu238", "Pu239", "Pu240", "Pu241", "Pu242")),
        ("Pu date", "29.01.31                30.01.31"),
        ("Am241", shares),
        ("Am date", "29.01.31                30.01.31"),
        ("Predelay", "4.50"),
        ("Gate length", "64.00"),
        ("2nd gate length", "64.00"),
        ("Die away time", "41.0000"),
        ("Efficiency", "0.3110"),
        ("Multiplicity deadtime", "35.9000"),
        ("Coefficient A deadtime", "0.1430"),
        ("Coefficient B deadtime", "0.0052"),
        ("Coefficient C deadtime", "0.0000"),
        ("Doubles gate fraction", "0.6302"),
        ("Triples gate fraction", "0.4460"),
        ("Normalization constant", "1.0000 +-    0.0000"),
        ("Passive singles background", "5.407 +-     0.108"),
        ("Passive doubles background", "0.083 +-     0.023"),
        ("Passive triples background", "0.010 +-     0.006"),
    ]
    return [f"{label:>27}:  {text}" for label, text in rows]


def _report_cycles(cycles: Sequence[tuple[int, Sequence[tuple[int, int]], str]]) -> list[str]:
    rows = ["Passive cycle data", "", "Count time (sec):  20", ""]
    rows += ["Cycle   Singles     R+A         A        Scaler1    Scaler2  QC Tests"]
    for number, (singles, table, status) in enumerate(cycles, start=1):
        seen = [sum(row * pair[side] for row, pair in enumerate(table)) for side in (0, 1)]
        rows.append(f"{number:>4}{singles:>11}{seen[0]:>11}{seen[1]:>11}{7:>11}{8:>11}  {status}")
    rows += ["", "Cycle      Singles       Doubles       Triples          Mass  QC Tests"]
    for number, (singles, _, status) in enumerate(cycles, start=1):
        rows.append(f"{number:>4}{singles / 20:>14.3f}{0.1:>14.3f}{-0.01:>14.3f}{1.25:>14.3f}  {status}")
    rows += ["", "Passive multiplicity distributions"]
    for number, (_, table, _) in enumerate(cycles, start=1):
        rows += ["", f"Cycle {number}      R+A           A"]
        rows += [f"{row:>6}{pair[0]:>12}{pair[1]:>14}" for row, pair in enumerate(table)]
    return rows


def same_spectrum(one: Spectrum, other: Spectrum) -> bool:
    """Return whether two spectra say the same, whatever file they came from."""
    facts = ("live_time_ns", "real_time_ns", "scale", "started", "name")
    return np.array_equal(one.counts, other.counts) and all(
        getattr(one, fact) == getattr(other, fact) for fact in facts
    )
