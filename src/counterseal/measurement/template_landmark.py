"""A line that item and template both show, by which the calibration between them is checked again."""

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from counterseal.measurement.attributes.paired_spectra import Interval, peak_bands
from counterseal.measurement.errors import MeasurementError
from counterseal.measurement.side_bands import net_area, peak_form
from counterseal.measurement.spectrum import Spectrum


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

    Args:
        spectrum: A spectrum with an energy scale.
        landmark: The line and where to look for it.

    Raises:
        MeasurementError: the spectrum has no energy scale, or one that does not increase.
    """
    energies = spectrum.energies_kev()
    try:
        bands = peak_bands(
            energies, low=landmark.low_band_kev, peak=landmark.peak_kev, high=landmark.high_band_kev
        )
    except MeasurementError:
        # Channels so wide that bands share one: the line cannot be placed.
        return None
    if bands is None:
        return None
    counts = spectrum.counts.astype(np.float64)
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
