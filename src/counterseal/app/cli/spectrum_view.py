"""What ``counterseal spectrum`` prints."""

from collections.abc import Iterator, Sequence
from typing import Any

from counterseal.app.cli.bundle_view import printable
from counterseal.measurement.identify import Identification, IdentifiedNuclide
from counterseal.measurement.line_calibration import LineCalibration
from counterseal.measurement.peak_search import FoundPeak
from counterseal.measurement.spectrum import Spectrum

_DECIMALS = 6
_LINES = 8


def reading_json(spectra: Sequence[Spectrum]) -> dict[str, Any]:
    """Return what ``read --json`` prints of one file, without the file's name."""
    first = spectra[0].provenance
    return {
        "form": first.form,
        "sha256": first.sha256,
        "repairs": list(first.repairs),
        "spectra": [_spectrum(spectrum) for spectrum in spectra],
    }


def _spectrum(spectrum: Spectrum) -> dict[str, Any]:
    calibration: dict[str, Any] | None = None
    if spectrum.scale is not None:
        energies = spectrum.energies_kev()
        pairs = spectrum.scale.deviation_pairs_kev
        table = len(pairs) == len(spectrum.counts)
        calibration = {
            "coefficients_kev": None if table else list(spectrum.scale.coefficients_kev),
            "deviation_pairs_kev": [] if table else [list(pair) for pair in pairs],
            "from_kev": round(float(energies[0]), _DECIMALS),
            "to_kev": round(float(energies[-1]), _DECIMALS),
        }
    return {
        "name": spectrum.name,
        "channels": len(spectrum.counts),
        "counts": spectrum.total,
        "live_time_s": spectrum.live_time_s,
        "real_time_s": spectrum.real_time_s,
        "started": None if spectrum.started is None else spectrum.started.isoformat(),
        "calibration": calibration,
        "remarks": list(spectrum.provenance.remarks),
    }


def reading_lines(document: dict[str, Any]) -> Iterator[str]:
    """Yield what ``read`` prints of one file for people."""
    count = len(document["spectra"])
    yield printable(
        f"{document['file']}: {document['form']}, {count} {'spectrum' if count == 1 else 'spectra'}"
    )
    yield f"  SHA-256 {document['sha256']}"
    for repair in document["repairs"]:
        yield printable(f"  mended: {repair}")
    yield f"  {'':>4} {'channels':>8} {'counts':>13} {'live [s]':>12} {'real [s]':>12}  energies, name"
    for number, one in enumerate(document["spectra"], start=1):
        scale = one["calibration"]
        span = "no calibration" if scale is None else f"{scale['from_kev']:.4g} to {scale['to_kev']:.6g} keV"
        times = f"{one['live_time_s']:>12.6g} {one['real_time_s']:>12.6g}"
        yield printable(
            f"  {number:>4} {one['channels']:>8} {one['counts']:>13} {times}  {span}  {one['name']}".rstrip()
        )


def peaks_json(peaks: Sequence[FoundPeak], *, fwhm_kev: float, from_peaks: int) -> dict[str, Any]:
    """Return what ``peaks --json`` prints of one file, without the file's name."""
    return {
        "fwhm_661_kev": round(fwhm_kev, 4),
        "width_from_peaks": from_peaks,
        "peaks": [
            {
                "energy_kev": round(peak.energy_kev, 3),
                "channel": round(peak.channel, 3),
                "significance": round(peak.significance, 2),
                "net_counts": round(peak.net_counts, 1),
                "fwhm_kev": round(peak.fwhm_kev, 3),
            }
            for peak in peaks
        ],
    }


def peaks_lines(document: dict[str, Any]) -> Iterator[str]:
    """Yield what ``peaks`` prints of one file for people."""
    count = len(document["peaks"])
    known = "found from its peaks" if document["width_from_peaks"] else "guessed from its channels"
    yield printable(
        f"{document['file']}: {count} {'peak' if count == 1 else 'peaks'},"
        f" width at 661.7 keV {document['fwhm_661_kev']:.3g} keV ({known})"
    )
    if count:
        yield f"  {'keV':>9} {'channel':>9} {'significance':>13} {'net counts':>12} {'FWHM keV':>9}"
    for peak in document["peaks"]:
        yield (
            f"  {peak['energy_kev']:>9.2f} {peak['channel']:>9.2f} {peak['significance']:>13.1f}"
            f" {peak['net_counts']:>12.0f} {peak['fwhm_kev']:>9.2f}"
        )


def identification_json(found: Identification) -> dict[str, Any]:
    """Return what ``identify --json`` prints of one file, without the file's name."""
    return {
        "nuclides": [
            {"nuclide": one.nuclide, "lines_kev": list(one.lines_kev), "significance": one.significance}
            for one in found.nuclides
        ],
        "unexplained_kev": list(found.unexplained_kev),
    }


def identification_lines(file: str, found: Identification) -> Iterator[str]:
    """Yield what ``identify`` prints of one file for people."""
    names = ", ".join(one.nuclide for one in found.nuclides)
    yield printable(f"{file}: {names or 'nothing but natural background'}")
    for one in found.nuclides:
        yield f"  {_nuclide(one)}"
    for one in found.natural:
        yield f"  natural background, or the instrument's own: {_nuclide(one)}"
    if found.unexplained_kev:
        yield f"  unexplained [keV]: {', '.join(f'{energy:.1f}' for energy in found.unexplained_kev)}"
    most = max((abs(found.shift.at(energy)) for energy in (0.0, 3000.0)), default=0.0)
    if most:
        yield f"  the energy scale was off by {found.shift.at(661.7):+.2f} keV at 661.7 keV; allowed for"
    if not found.width.from_peaks:
        yield "  too few peaks say how wide peaks are: the width is a guess"


def _nuclide(one: IdentifiedNuclide) -> str:
    lines = ", ".join(f"{energy:.1f}" for energy in one.lines_kev[:_LINES])
    more = ", ..." if len(one.lines_kev) > _LINES else ""
    told = f", by its descendant {one.because}" if one.because else ""
    return f"{one.nuclide:<8} significance {one.significance:>7.1f}  lines [keV] {lines}{more}{told}"


def calibration_json(found: LineCalibration) -> dict[str, Any]:
    """Return what ``calibrate --json`` prints of one file, without the file's name."""
    width = found.width
    return {
        "coefficients_kev": list(found.calibration.scale.coefficients_kev),
        "chi_square": round(found.calibration.chi_square, 3),
        "degrees_of_freedom": found.calibration.degrees_of_freedom,
        "fwhm_squared": {"a_kev2": width.a_kev2, "b_kev": width.b_kev, "c": width.c},
        "lines": [
            {
                "energy_kev": line.energy_kev,
                "channel": round(line.channel, 4),
                "channel_unc": round(line.channel_unc, 4),
                "fwhm_kev": round(line.fwhm_kev, 4),
                "residual_kev": round(line.residual_kev, 4),
            }
            for line in found.lines
        ],
    }


def calibration_lines(document: dict[str, Any]) -> Iterator[str]:
    """Yield what ``calibrate`` prints of one file for people."""
    terms = " + ".join(f"{value:.8g} c^{power}" for power, value in enumerate(document["coefficients_kev"]))
    yield printable(f"{document['file']}: energy [keV] = {terms.replace(' c^0', '').replace('c^1', 'c')}")
    chi_square, free = document["chi_square"], document["degrees_of_freedom"]
    yield f"  chi-square {chi_square:.3g} with {free} degrees of freedom"
    yield f"  {'keV':>10} {'channel':>11} {'FWHM keV':>9} {'residual keV':>13}"
    for line in document["lines"]:
        yield (
            f"  {line['energy_kev']:>10.3f} {line['channel']:>11.3f} {line['fwhm_kev']:>9.3f}"
            f" {line['residual_kev']:>+13.3f}"
        )
