"""The items of an operating curve: with what, where and on what attempts are simulated.

Each population is a kind of item: genuine ones, which have what the protocol asks for, and others, which have
not. Only generic sources: nuclides with activities, or materials of stated composition and age, behind
plain shields. Nothing has a default; what is not there is null.
"""

from dataclasses import dataclass

from counterseal.barrier.operating_curve.quantity import Quantity
from counterseal.measurement.spectrum import EnergyScale

Curve = tuple[tuple[float, float], ...]
"""Energies [keV] in increasing order, with a value above 0 at each; between them straight in logarithms."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Germanium:
    """A gamma detector and its electronics.

    Attributes:
        channels: Number of channels.
        scale: Energy scale that its spectra state.
        fwhm: Square of the width of peaks: constant [keV^2], by energy [keV], by its square [1].
        efficiency: Counts in the peak per photon emitted, by energy.
        peak_to_total: Part of the counts of a line that is in its peak.
        lowest_kev: Energy below which nothing is counted [keV].
        dead_part: Part of the real time in which it cannot count.
    """

    channels: int
    scale: EnergyScale
    fwhm: tuple[float, float, float]
    efficiency: Curve
    peak_to_total: float
    lowest_kev: float
    dead_part: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Varying:
    """What is not the same from attempt to attempt, beside counting.

    Attributes:
        gain: Gain over the agreed one.
        drift: Relative change of the gain from the start to the end of a file.
        width: Width of peaks over the agreed one.
        placing: Counts over those expected, drawn for each file: distance, shadows.
        background: Background while the item is there, over that before, drawn for each file.
    """

    gain: Quantity
    drift: Quantity
    width: Quantity
    placing: Quantity
    background: Quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A nuclide with its activity [Bq]; its descendants in equilibrium come with it."""

    nuclide: str
    activity_bq: Quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """A mass of nuclides.

    Attributes:
        mass_g: Its mass [g].
        parts: Mass of each nuclide at the start, relative to one another.
        age_years: Time since then [years of 365.25 days].
    """

    mass_g: Quantity
    parts: tuple[tuple[str, Quantity], ...]
    age_years: Quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class Shield:
    """A layer before the item.

    Attributes:
        thickness_g_per_cm2: Its mass by area [g/cm^2].
        attenuation_cm2_per_g: Its mass attenuation [cm^2/g], by energy.
    """

    thickness_g_per_cm2: Quantity
    attenuation_cm2_per_g: Curve


@dataclass(frozen=True, slots=True, kw_only=True)
class GammaItem:
    """What an item gives a gamma detector; `sides` are relative strengths by file, or None where alike."""

    sources: tuple[Source, ...]
    materials: tuple[Material, ...]
    shields: tuple[Shield, ...]
    sides: tuple[Quantity, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NeutronItem:
    """What an item gives a neutron counter: effective Pu-240 [g], (alpha, n) ratio, multiplication."""

    m240_g: Quantity
    alpha: Quantity
    multiplication: Quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class Population:
    """A kind of item.

    Attributes:
        name: One line.
        genuine: Whether it has what the protocol asks for.
        gamma: What it gives a gamma detector, or None for nothing.
        neutrons: What it gives a neutron counter, or None for nothing.
    """

    name: str
    genuine: bool
    gamma: GammaItem | None
    neutrons: NeutronItem | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Counter:
    """A neutron counter with one die-away time; the agreed calibration may be off, attempt by attempt.

    Attributes:
        efficiency: Detected neutrons per neutron that leaves the item.
        die_away_us: Mean life of neutrons in it [us]; the share of pairs that a gate catches follows.
        dead_time_ns: A pulse is lost if another came less than this before it [ns].
        tick_ps: Length of a tick of its clock [ps].
    """

    efficiency: Quantity
    die_away_us: Quantity
    dead_time_ns: float
    tick_ps: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The place without the item.

    Attributes:
        time_s: How long the background is counted [s].
        smooth_per_s: Rate of a smooth background in the gamma detector [1/s].
        fall_kev: Energy over which that falls by a factor of e [keV].
        sources: Sources that stand about, as strong as they seem from the detector's place.
        neutrons_per_s: Rate of single pulses in the neutron counter [1/s].
    """

    time_s: float
    smooth_per_s: Quantity
    fall_kev: float
    sources: tuple[Source, ...]
    neutrons_per_s: Quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckMeasurement:
    """How the check source is measured: its sources, for a time [s]."""

    time_s: float
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateMeasurement:
    """How the template is made: of which population, in how many runs, how long each [s]."""

    population: str
    runs: int
    time_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CurveItems:
    """With what, where and on what attempts are simulated."""

    title: str
    detector: Germanium | None
    counter: Counter | None
    varying: Varying
    place: Place
    check_source: CheckMeasurement | None
    template: TemplateMeasurement | None
    populations: tuple[Population, ...]

    def population(self, name: str) -> Population:
        """Return the population of a name, which must be there."""
        return next(one for one in self.populations if one.name == name)
