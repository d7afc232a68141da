"""SPE: text in sections, which nearly every program for gamma spectra reads."""

from datetime import UTC

from counterseal.measurement.errors import MeasurementError
from counterseal.measurement.spectrum import Spectrum
from counterseal.measurement.writers.digits import seconds, shortest

_MAX_LINE = 200


def write_spe(spectrum: Spectrum) -> bytes:
    """Return a spectrum as an SPE file, with line ends of DOS, as the form's own programs write it.

    The start, which the form states without a zone, is written in GMT and called so in a remark.

    Raises:
        MeasurementError: its energy scale has deviation pairs, for which the form has no place.
    """
    if spectrum.scale is not None and spectrum.scale.deviation_pairs_kev:
        raise MeasurementError("spe: the energy scale has deviation pairs, which the form cannot say")
    source = f"from {spectrum.provenance.form}, SHA-256 {spectrum.provenance.sha256}"
    remarks = [source, *(f"mended: {repair}" for repair in spectrum.provenance.repairs)]
    lines = ["$SPEC_ID:", _line(spectrum.name)]
    if spectrum.started is not None:
        remarks.append("date in GMT")
        lines += ["$DATE_MEA:", f"{spectrum.started.astimezone(UTC):%m/%d/%Y %H:%M:%S}"]
    lines += ["$SPEC_REM:", *map(_line, remarks)]
    lines += ["$MEAS_TIM:", f"{seconds(spectrum.live_time_ns)} {seconds(spectrum.real_time_ns)}"]
    lines += ["$DATA:", f"0 {len(spectrum.counts) - 1}", *map(str, spectrum.counts.tolist())]
    if spectrum.scale is not None:
        values = [shortest(value) for value in spectrum.scale.coefficients_kev]
        lines += ["$MCA_CAL:", str(len(values)), " ".join(values) + " keV"]
    return "\r\n".join([*lines, ""]).encode("ascii")


def _line(text: str) -> str:
    """Return a text as one line of ASCII that starts no section."""
    plain = "".join(sign if " " <= sign <= "~" else "?" for sign in text)[:_MAX_LINE]
    return f" {plain}" if plain.startswith("$") else plain
