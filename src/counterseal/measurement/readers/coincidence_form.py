"""What the text report of a coincidence counter holds: settings, counts, and results as it prints them.

Counts are whole numbers. Settings and printed results are the doubles nearest to the decimals that the
report prints; a result is what the program that wrote the report made of the counts, not ours.
"""

from dataclasses import dataclass

from counterseal.measurement.errors import MeasurementError
from counterseal.measurement.pulses import CoincidenceCount
from counterseal.measurement.spectrum import Provenance


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """A printed number, with its printed standard uncertainty where it has one."""

    value: float
    uncertainty: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedRates:
    """Printed rates [1/s] of singles, doubles and triples."""

    singles_per_s: Printed
    doubles_per_s: Printed
    triples_per_s: Printed


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedCounter:
    """How the counter was set up, in the units of the report.

    Attributes:
        predelay_us: Time between a pulse and its gate [us].
        gate_us: Length of the gate [us].
        die_away_us: Mean life of neutrons in the counter [us].
        efficiency: Detected neutrons per emitted neutron, 0 to 1, without the correction factor that a
            multiplicity calibration may print.
        multiplicity_dead_time_ns: Dead time of triples [ns].
        dead_time_a_us: Coefficient A of the dead time [us].
        dead_time_b_us_per_mcps: Coefficient B [us per million counts a second].
        dead_time_c_ns: Coefficient C [ns].
        doubles_gate_fraction: Share of pairs in the gate.
        triples_gate_fraction: Share of triplets in the gate.
    """

    predelay_us: float
    gate_us: float
    die_away_us: float
    efficiency: float
    multiplicity_dead_time_ns: float
    dead_time_a_us: float
    dead_time_b_us_per_mcps: float
    dead_time_c_ns: float
    doubles_gate_fraction: float
    triples_gate_fraction: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedIsotope:
    """A row of the isotopic composition [per cent by mass]: as declared, and decayed to the measurement."""

    nuclide: str
    declared: Printed
    at_measurement: Printed


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedRow:
    """A line of a result: its label, its text, and the number in it where it is one."""

    label: str
    text: str
    number: Printed | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedBlock:
    """A block of results, or of the calibration that one rests on.

    Attributes:
        title: Its title (``Passive multiplicity results``).
        primary: Whether the report calls it the primary result.
        rows: Its lines in their order.
    """

    title: str
    primary: bool
    rows: tuple[PrintedRow, ...]

    def number(self, label: str) -> Printed:
        """Return the number of the one line with a label.

        Raises:
            MeasurementError: there is no such line, or it holds no number.
        """
        found = [row.number for row in self.rows if row.label == label and row.number is not None]
        if len(found) != 1:
            raise MeasurementError(f"report, {self.title}: {len(found)} numbers named {label}, must be one")
        return found[0]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ReportCycle:
    """One cycle of counting.

    Attributes:
        number: Its number, from 1.
        count: What was counted in it.
        reals_and_accidentals: Sum of pulses seen in the R+A gates.
        accidentals: Sum of pulses seen in the A gates.
        status: What the report says of its tests; ``Pass`` where it counts.
        printed: Its rates as printed, or None where the report prints none.
    """

    number: int
    count: CoincidenceCount
    reals_and_accidentals: int
    accidentals: int
    status: str
    printed: PrintedRates | None

    @property
    def passed(self) -> bool:
        """Whether the cycle is in the sums."""
        return self.status == "Pass"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CoincidenceReport:
    """A text report of a passive neutron coincidence measurement.

    Attributes:
        program: First line: the program and its version.
        header: Every line of the header as text, ``(label, text)``.
        counter: How the counter was set up.
        normalization: Factor on rates, with its uncertainty.
        background: Background rates.
        isotopes: Isotopic composition.
        isotope_dates: Labels and texts of its dates (``Pu date``, ``84.02.15``, ``16.03.03``).
        summed: Counts of all good cycles.
        reals_and_accidentals: Sum of pulses seen in the R+A gates of all good cycles.
        accidentals: Sum of pulses seen in the A gates of all good cycles.
        good_cycles: Number of good cycles.
        rates: Rates that the report prints.
        blocks: Results and calibrations that it prints.
        cycles: Its cycles, or none where it prints none.
        provenance: Where it came from.
    """

    program: str
    header: tuple[tuple[str, str], ...]
    counter: PrintedCounter
    normalization: Printed
    background: PrintedRates
    isotopes: tuple[PrintedIsotope, ...]
    isotope_dates: tuple[tuple[str, str, str], ...]
    summed: CoincidenceCount
    reals_and_accidentals: int
    accidentals: int
    good_cycles: int
    rates: PrintedRates
    blocks: tuple[PrintedBlock, ...]
    cycles: tuple[ReportCycle, ...]
    provenance: Provenance

    def block(self, title: str) -> PrintedBlock | None:
        """Return the block with a title, or None."""
        return next((block for block in self.blocks if block.title == title), None)
