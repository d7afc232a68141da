"""A line that item and template both show, by which the calibration between them is checked again."""

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from counterseal.measurement.errors import MeasurementError
from counterseal.measurement.side_bands import PeakBands, net_area, peak_form
from counterseal.measurement.spectrum import Spectrum

Interval = tuple[Fraction, Fraction]


@dataclass(frozen=True, slots=True, kw_only=True)
class Landmark:
    """A line and where to look for it.

    Attributes:
        energy_kev: Energy of the line [keV].
        low_band_kev: First and last energy of the band below it [keV].
        peak_kev: First and last energy of the peak [keV].
        high_band_kev: First and last energy of the band above it [keV].
        fwhm_kev: Full width at half maximum that the detector gives it [keV].
        least_significance: Net counts over their uncertainty from which it is seen.
        largest_shift_kev: How far it may be in the item from where it is in each run [keV].
    """

    energy_kev: Fraction
    low_band_kev: Interval
    peak_kev: Interval
    high_band_kev: Interval
    fwhm_kev: Fraction
    least_significance: Fraction
    largest_shift_kev: Fraction

    def __post_init__(self) -> None:
        """Refuse bands out of order and limits that check nothing."""
        edges = (*self.low_band_kev, *self.peak_kev, *self.high_band_kev)
        if list(edges) != sorted(set(edges)) or not edges[2] < self.energy_kev < edges[3]:
            raise MeasurementError(
                f"landmark at {float(self.energy_kev)} keV: its bands must go upwards, the line in the middle"
            )
        if min(self.fwhm_kev, self.least_significance, self.largest_shift_kev) <= 0:
            raise MeasurementError(
                f"landmark at {float(self.energy_kev)} keV: width, significance and shift must be above 0"
            )


def landmark_kev(spectrum: Spectrum, landmark: Landmark) -> float | None:
    """Return where a spectrum has its landmark [keV]; None where it is not seen or outside of it.

    Raises:
        MeasurementError: the spectrum has no energy scale, or one that does not increase.
    """
    energies = spectrum.energies_kev()
    places = []
    for low, high in (landmark.low_band_kev, landmark.peak_kev, landmark.high_band_kev):
        first = int(np.searchsorted(energies, float(low), side="left"))
        last = int(np.searchsorted(energies, float(high), side="right")) - 1
        if not 0 < first <= last < len(energies) - 1:
            return None
        places.append((first, last))
    counts = spectrum.counts.astype(np.float64)
    try:
        bands = PeakBands(low=places[0], peak=places[1], high=places[2])
    except MeasurementError:
        # Channels so wide that bands share one: the line cannot be placed.
        return None
    area = net_area(counts, bands)
    if not area.net >= float(landmark.least_significance) * max(area.unc, 1.0):
        return None
    near = int(np.searchsorted(energies, float(landmark.energy_kev)))
    width = float(energies[near] - energies[near - 1])
    expected = near - (float(energies[near]) - float(landmark.energy_kev)) / width
    form = peak_form(counts, bands, near=expected, fwhm=float(landmark.fwhm_kev) / width)
    if not math.isfinite(form.centre):
        return None
    return float(landmark.energy_kev) + (form.centre - expected) * width
