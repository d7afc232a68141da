"""What one reading of one file knows: its hash, what it has taken in, and what it mended."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from counterseal.measurement.errors import MeasurementError, ReadingError
from counterseal.measurement.readers.limits import (
    MAX_CELLS,
    MAX_FILE_BYTES,
    MAX_REMARKS,
    MAX_SPECTRA,
    MAX_TEXT,
)
from counterseal.measurement.spectrum import Counts, EnergyScale, Provenance, Spectrum

MENDABLE_EXCESS = 100
"""A live time above the real time is mended when it is so by less than one part in this many."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Draft:
    """What a reader found of one spectrum; ``where`` names its place in the file."""

    counts: Counts
    live_time_ns: int
    real_time_ns: int
    where: str
    scale: EnergyScale | None = None
    started: datetime | None = None
    name: str = ""
    remarks: tuple[str, ...] = ()


class Reading:
    """One reading of one file.

    Attributes:
        form: Form of the file.
        sha256: SHA-256 of its bytes.
        repair: Whether what can be mended honestly is mended; never inside the barrier.
        repairs: What was mended, a line each.
    """

    __slots__ = ("_cells", "_spectra", "form", "repair", "repairs", "sha256")

    def __init__(self, data: bytes, *, form: str, repair: bool = False, most: int = MAX_FILE_BYTES) -> None:
        """Take the file's hash, if it may be that large.

        Raises:
            ReadingError: it is empty, or larger than ``most`` bytes.
        """
        if not data:
            raise ReadingError(f"{form}: the file is empty")
        if len(data) > most:
            raise ReadingError(f"{form}: {len(data)} bytes, may have {most}")
        self.form = form
        self.sha256 = sha256(data).hexdigest()
        self.repair = repair
        self.repairs: list[str] = []
        self._cells = 0
        self._spectra = 0

    def mend(self, *, refusal: str, mended: str) -> None:
        """Note a mend where mending was asked for, else refuse.

        Args:
            refusal: What is wrong, as the refusal says it.
            mended: What was done about it, as the provenance says it.

        Raises:
            ReadingError: with ``refusal``, where nothing is to be mended.
        """
        if not self.repair:
            raise ReadingError(f"{self.form}: {refusal}")
        if mended not in self.repairs:
            self.repairs.append(mended)

    def take(self, channels: int, *, where: str) -> None:
        """Count another spectrum against the caps, before memory is taken for it.

        Args:
            channels: Channels of the spectrum.
            where: Place in the file, for messages.

        Raises:
            ReadingError: there are too many spectra, or too many channels in all.
        """
        self._spectra += 1
        self._cells += channels
        if self._spectra > MAX_SPECTRA:
            raise ReadingError(f"{where}: more than {MAX_SPECTRA} spectra in one file")
        if self._cells > MAX_CELLS:
            raise ReadingError(f"{where}: more than {MAX_CELLS} channels in all in one file")

    def times_ns(self, live_ns: int, real_ns: int, *, where: str) -> tuple[int, int]:
        """Return live and real time [ns], if they can be true of one measurement.

        A live time that is above the real time by less than a hundredth is mended by raising the real
        time to it: rates rest on the live time, and the dead time that is lost by it was not known.

        Args:
            live_ns: Live time as written [ns], at least 0.
            real_ns: Real time as written [ns], at least 0.
            where: Place in the file, for messages.

        Raises:
            ReadingError: the live time is above the real time.
        """
        if live_ns <= real_ns:
            return live_ns, real_ns
        told = f"{where}: live time {live_ns} ns is above real time {real_ns} ns"
        if (live_ns - real_ns) * MENDABLE_EXCESS >= live_ns:
            raise ReadingError(f"{self.form}: {told}, by more than rounding explains")
        self.mend(refusal=f"{told}; must not be", mended=f"{told}: the real time was raised to it")
        return live_ns, live_ns

    def provenance(self, remarks: tuple[str, ...] = ()) -> Provenance:
        """Return where what was read came from."""
        return Provenance(sha256=self.sha256, form=self.form, repairs=tuple(self.repairs), remarks=remarks)

    def spectra(self, drafts: Iterable[Draft]) -> tuple[Spectrum, ...]:
        """Return the spectra of a file, each with all that was mended in it.

        Raises:
            ReadingError: there is none, or one is no spectrum; names its place.
        """
        made = tuple(map(self._spectrum, tuple(drafts)))
        if not made:
            raise ReadingError(f"{self.form}: there is no spectrum in the file")
        return made

    def _spectrum(self, draft: Draft) -> Spectrum:
        try:
            return Spectrum(
                counts=draft.counts,
                live_time_ns=draft.live_time_ns,
                real_time_ns=draft.real_time_ns,
                scale=draft.scale,
                started=draft.started,
                name=draft.name,
                provenance=self.provenance(tuple(remark for remark in draft.remarks if remark)),
            )
        except MeasurementError as error:
            raise ReadingError(f"{draft.where}: {error}") from error


def free_text(text: str, *, where: str) -> str:
    """Return a text in one line that can be printed: white space is one blank, nothing steers a terminal.

    Raises:
        ReadingError: it is longer than 4,096 characters.
    """
    if len(text) > MAX_TEXT:
        raise ReadingError(f"{where}: a text of {len(text)} characters, may have {MAX_TEXT}")
    plain = " ".join(text.split())
    return plain if plain.isprintable() else "".join(sign if sign.isprintable() else "?" for sign in plain)


def free_lines(text: str, *, where: str) -> list[str]:
    """Return the lines of a free text that are not empty.

    Raises:
        ReadingError: there are more than 1,000, or one is too long.
    """
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) > MAX_REMARKS:
        raise ReadingError(f"{where}: {len(lines)} lines of free text, may have {MAX_REMARKS}")
    return [free_text(line, where=where) for line in lines]
