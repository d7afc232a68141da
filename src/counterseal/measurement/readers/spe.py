"""SPE files: text in sections, each started by its name between ``$`` and ``:``.

The form is that which the IAEA's programs and ORTEC's Maestro and GammaVision write. Sections that say
nothing about counts, times or energies are passed over. ``$DATA`` says its first and last channel and
is taken at its word; ``$MCA_CAL`` is taken before ``$ENER_FIT``; ``$RT`` and ``$LT`` give the digits
that ``$MEAS_TIM`` rounded away.
"""

import re

from counterseal.measurement.errors import ReadingError
from counterseal.measurement.readers.exact import fractions, seconds_ns, shown, whole, whole_counts, words_of
from counterseal.measurement.readers.lines import text_of
from counterseal.measurement.readers.reading import Draft, Reading, free_lines
from counterseal.measurement.readers.scales import KEV_IN, Found, polynomial_scale, shifted
from counterseal.measurement.spectrum import MAX_CHANNELS, Counts, Spectrum

_SECTION = re.compile(r"^\$([A-Z][A-Z0-9_.]*):[ \t]*(?:\n|\Z)", re.MULTILINE | re.ASCII)
_USED = ("DATA", "MEAS_TIM", "RT", "LT", "MCA_CAL", "ENER_FIT", "DATE_MEA", "SPEC_ID", "SPEC_REM")
_ROUNDED_NS = 10**9
_PAIR = 2


def read_spe(data: bytes, *, repair: bool = False) -> tuple[Spectrum, ...]:
    """Return the one spectrum of an SPE file.

    Args:
        data: The file.
        repair: Mend a live time that is a little above the real time.

    Raises:
        ReadingError: it is not in the form, past a cap, or says what no instrument measures.
    """
    reading = Reading(data, form="spe", repair=repair)
    sections = _sections(text_of(data, form="spe"))
    if "DATA" not in sections:
        raise ReadingError("spe: has no section $DATA")
    first, counts = _counts(sections["DATA"], reading)
    live_ns, real_ns = _times(sections, reading)
    scale, reason = _scale(sections, channels=len(counts), first=first)
    title = free_lines(sections.get("SPEC_ID", ""), where="spe: $SPEC_ID")
    draft = Draft(
        counts=counts,
        live_time_ns=live_ns,
        real_time_ns=real_ns,
        where="spe",
        scale=scale,
        name=title[0] if title else "",
        remarks=(reason, _numbered_from(first), *_remarks(sections), *title[1:]),
    )
    return reading.spectra([draft])


def _sections(text: str) -> dict[str, str]:
    """Return the text of each section that is used, by its name."""
    heads = list(_SECTION.finditer(text))
    if not heads:
        raise ReadingError("spe: has no section")
    if text[: heads[0].start()].strip():
        raise ReadingError("spe: there is text before the first section")
    found: dict[str, str] = {}
    for number, head in enumerate(heads):
        end = heads[number + 1].start() if number + 1 < len(heads) else len(text)
        if head[1] in found:
            raise ReadingError(f"spe: section ${head[1]} stands twice")
        if head[1] in _USED:
            found[head[1]] = text[head.end() : end]
    return found


def _counts(section: str, reading: Reading) -> tuple[int, Counts]:
    """Return the number of the first channel, and the counts."""
    where = "spe: $DATA"
    line, _, rest = section.partition("\n")
    words = words_of(line)
    if len(words) != _PAIR:
        raise ReadingError(f"{where}: its first line is {shown(line)}, must be the first and last channel")
    first, last = (whole(word, where=f"{where}, range") for word in words)
    channels = last - first + 1
    if not 1 <= channels <= MAX_CHANNELS or first > MAX_CHANNELS:
        raise ReadingError(f"{where}: channels {first} to {last}, must be 1 to {MAX_CHANNELS} of them")
    reading.take(channels, where=where)
    counts = whole_counts(rest, where=where)
    if len(counts) != channels:
        raise ReadingError(
            f"{where}: {len(counts)} counts for channels {first} to {last}, must be {channels}"
        )
    return first, counts


def _times(sections: dict[str, str], reading: Reading) -> tuple[int, int]:
    """Return live and real time [ns]."""
    live, real = _measured(sections)
    live_ns = _finer(live, sections.get("LT"), where="spe: $LT")
    real_ns = _finer(real, sections.get("RT"), where="spe: $RT")
    if live_ns is None or real_ns is None:
        raise ReadingError("spe: has neither $MEAS_TIM nor both of $LT and $RT")
    return reading.times_ns(live_ns, real_ns, where="spe: $MEAS_TIM")


def _measured(sections: dict[str, str]) -> tuple[int, int] | tuple[None, None]:
    if "MEAS_TIM" not in sections:
        return None, None
    words = words_of(sections["MEAS_TIM"])
    if len(words) != _PAIR:
        raise ReadingError(f"spe: $MEAS_TIM: {len(words)} times, must be live and real time")
    live, real = (seconds_ns(word, where="spe: $MEAS_TIM") for word in words)
    return live, real


def _finer(rounded_ns: int | None, section: str | None, *, where: str) -> int | None:
    """Return the time of a section of its own, if it is what was rounded to a whole second."""
    words = words_of(section or "")
    if len(words) != 1:
        return rounded_ns
    fine_ns = seconds_ns(words[0], where=where)
    if rounded_ns is None or fine_ns == rounded_ns:
        return fine_ns
    if rounded_ns % _ROUNDED_NS or abs(fine_ns - rounded_ns) >= _ROUNDED_NS:
        raise ReadingError(f"{where}: {fine_ns} ns, but $MEAS_TIM says {rounded_ns} ns")
    return fine_ns


def _scale(sections: dict[str, str], *, channels: int, first: int) -> Found:
    """Return the scale of the first section that has one which can be used."""
    reasons = []
    for name, counted in (("MCA_CAL", True), ("ENER_FIT", False)):
        if name in sections:
            values = _coefficients(sections[name], counted=counted, where=f"spe: ${name}")
            scale, reason = polynomial_scale(shifted(values, by=first), channels=channels)
            if scale is not None:
                return scale, ""
            reasons.append(f"{reason} (${name})")
    return None, "; ".join(reasons) or "energy calibration: none"


def _coefficients(section: str, *, counted: bool, where: str) -> tuple[float, ...]:
    """Return coefficients [keV]; a unit may stand after them, and their number on a line before them."""
    words = words_of(section)
    unit = KEV_IN.get(words[-1].casefold()) if words else None
    if unit is not None:
        words = words[:-1]
    values = fractions(" ".join(words[1:] if counted else words), where=where)
    if counted and (not words or whole(words[0], where=f"{where}, number of coefficients") != len(values)):
        raise ReadingError(
            f"{where}: {len(values)} coefficients follow, which is not the number that it says"
        )
    return tuple((1.0 if unit is None else unit) * value for value in values)


def _remarks(sections: dict[str, str]) -> list[str]:
    date = free_lines(sections.get("DATE_MEA", ""), where="spe: $DATE_MEA")
    told = [f"began {date[0]}, zone not stated"] if date else []
    return told + free_lines(sections.get("SPEC_REM", ""), where="spe: $SPEC_REM")


def _numbered_from(first: int) -> str:
    return f"its channels are numbered from {first}" if first else ""
