"""Instrument files of many makers: read in another process, and not believed until they are checked."""

import csv
import json
import struct
import sys
import textwrap
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from counterseal.app import foreign_formats
from counterseal.app.foreign_formats import ForeignLimits, read_foreign, read_spectrum_file
from counterseal.app.foreign_reader import answer
from counterseal.errors import WorkplaceError
from counterseal.measurement.errors import ReadingError
from counterseal.measurement.readers import read_spectra
from counterseal.measurement.spectrum import EnergyScale
from shared_data import shared
from strategies.instrument_files import chn, n42_2006, n42_2012, spe

needs_extra = pytest.mark.skipif(
    find_spec("SpecUtils") is None, reason="the extra 'formats' is not installed"
)

SOUND = {
    "counts": [1, 2, 3],
    "live_s": 9.5,
    "real_s": 10,
    "model": "Polynomial",
    "coefficients": [0.0, 3.0],
    "edges": None,
    "detector": "d",
    "title": "t",
    "started": "",
    "source": "Foreground",
    "sample": 1,
}


def index(folder: str) -> list[dict[str, str]]:
    with shared("spectra", folder, "index.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def answering(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Return the place of a program that runs instead of the one that reads."""
    program = tmp_path / "program.py"
    monkeypatch.setattr(foreign_formats, "PROGRAM", program)
    return program


def saying(document: object) -> str:
    return f"import sys\nsys.stdout.write({json.dumps(document)!r})"


def one(**changes: object) -> dict[str, object]:
    return {"spectra": [{key: value for key, value in {**SOUND, **changes}.items() if value is not ...}]}


def test_a_sound_answer_becomes_a_spectrum(answering: Path) -> None:
    answering.write_text(saying(one()))
    (found,) = read_foreign(b"data", name="file.xyz")
    assert found.counts.tolist() == [1, 2, 3]
    assert (found.live_time_ns, found.real_time_ns) == (9_500_000_000, 10_000_000_000)
    assert found.scale == EnergyScale(coefficients_kev=(0.0, 3.0))
    assert (found.name, found.provenance.form, found.started) == ("d", "foreign", None)
    assert "read by SandiaSpecUtils: times and calibration to seven digits" in found.provenance.remarks


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"counts": [1, 2**24, 3]}, "channel 1: count 16777216 may be rounded"),
        ({"counts": [1, -2, 3]}, "channel 1: -2 is no whole count"),
        ({"counts": [1, 2.5, 3]}, "channel 1: 2.5 is no whole count"),
        ({"counts": [1, "nan", 3]}, "channel 1: nan is no whole count"),
        ({"counts": [1, True, 3]}, "channel 1: True is no whole count"),
        ({"counts": []}, "must have 1 to 65536 channels"),
        ({"counts": [0] * 65_537}, "must have 1 to 65536 channels"),
        ({"counts": "123"}, "must have 1 to 65536 channels"),
        ({"counts": ...}, "is not told in full"),
        ({"live_s": 10.01}, "live time 10010000000 ns is above real time"),
        ({"live_s": "nan"}, "live_s: nan is no number"),
        ({"live_s": -1}, "no time in seconds"),
        ({"live_s": 1e39}, "no time in seconds"),
        ({"live_s": True}, "True is no number"),
        ({"coefficients": ["nan", 1]}, "coefficients: nan is no number"),
        ({"coefficients": [1e39, 1]}, "coefficients: a number is not finite"),
        ({"coefficients": [0.0] * 17}, "must be a list of at most 16"),
        ({"model": "LowerChannelEdge", "edges": [0, 1]}, "2 energy boundaries for 3 channels"),
        ({"edges": [0.0, 1.0]}, "2 energies for 3 channels"),
        ({"title": "x" * 10, "detector": ...}, "is not told in full"),
    ],
)
def test_an_answer_that_cannot_be_true_is_refused(
    answering: Path, changes: dict[str, object], reason: str
) -> None:
    answering.write_text(saying(one(**changes)))
    with pytest.raises(ReadingError, match=reason):
        read_foreign(b"data", name="file.xyz")


@pytest.mark.parametrize(
    ("program", "reason"),
    [
        (saying([]), "answer of the other process is no object"),
        (saying({}), "gave no spectra"),
        (saying({"spectra": []}), "there is no spectrum in the file"),
        (saying({"spectra": [5]}), "is not told in full"),
        (saying({"refused": "why\nnot\x1b"}), "the file was not read: why not?"),
        ("print('{')", "gave no answer that can be read"),
        ("print('[' * 100_000)", "gave no answer that can be read"),
        ("", "gave no answer that can be read"),
        ("import sys\nsys.exit(3)", "ended with status 3 while reading"),
        ("import os\nos.abort()", "ended with status -6 while reading"),
    ],
)
def test_a_process_that_does_not_answer_is_no_crash(answering: Path, program: str, reason: str) -> None:
    answering.write_text(program)
    with pytest.raises(ReadingError, match=reason):
        read_foreign(b"data", name="file.xyz")


def test_a_process_that_takes_too_long_or_says_too_much_is_stopped(answering: Path) -> None:
    answering.write_text("import time\ntime.sleep(60)")
    with pytest.raises(ReadingError, match=r"took more than 0.3 s and was stopped"):
        read_foreign(b"data", name="file.xyz", limits=ForeignLimits(seconds=0.3))
    answering.write_text("while True:\n    print('x' * 1000)")
    with pytest.raises(ReadingError, match="the answer has more than 5000 bytes"):
        read_foreign(b"data", name="file.xyz", limits=ForeignLimits(answer_bytes=5000))


def test_without_the_extra_it_is_said_which_to_install(answering: Path) -> None:
    answering.write_text(saying({"missing": True}))
    with pytest.raises(
        WorkplaceError, match=r"beach\.cnf: this form needs the extra 'formats'.*counterseal\[formats\]"
    ):
        read_foreign(b"data", name="folder/beach.cnf")


def test_without_the_library_the_program_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "SpecUtils", None)
    assert answer("file", "file") == {"missing": True}


def test_the_process_sees_no_secrets_and_only_the_ending_of_the_name(
    answering: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_OF_THE_TEST", "1")
    answering.write_text(
        textwrap.dedent("""
        import json, os, sys
        told = "SECRET_OF_THE_TEST" in os.environ
        print(json.dumps({"refused": f"{told} {sys.argv[2]} {sys.flags.isolated}"}))
        """)
    )
    with pytest.raises(ReadingError, match=r"not read: False file.cnf 1"):
        read_foreign(b"data", name="place/secret item.cnf")
    with pytest.raises(ReadingError, match="not read: False file 1"):
        read_foreign(b"data", name="x.a;b")


def test_the_form_goes_by_the_bytes_first() -> None:
    assert read_spectrum_file(spe(), name="misnamed.cnf")[0].provenance.form == "spe"
    with pytest.raises(ReadingError, match="spe: has no section"):
        read_spectrum_file(b"x", name="x.spe", form="spe")


@needs_extra
def test_what_single_precision_rounds_is_refused_and_our_own_reader_has_it() -> None:
    counts = [1, 16_777_217, *range(62)]
    data = spe(counts)
    with pytest.raises(ReadingError, match="channel 1: count 16777216 may be rounded"):
        read_foreign(data, name="file.spe")
    assert read_spectra(data)[0].counts.tolist() == counts


@needs_extra
@pytest.mark.parametrize("make", [spe, chn, n42_2012, n42_2006], ids=["spe", "chn", "2012", "2006"])
def test_both_readers_read_the_same(make: Callable[..., bytes]) -> None:
    """Of a CHN file the library drops the first two channels and the last two."""
    counts = [0, 0, *range(1, 61), 0, 0]
    data = make(" ".join(map(str, counts))) if make in (n42_2012, n42_2006) else make(counts)
    (ours,), (theirs,) = read_spectra(data), read_foreign(data, name="file.chn" if make is chn else "file")
    assert ours.counts.tolist() == theirs.counts.tolist() == counts
    assert (ours.live_time_ns, ours.real_time_ns) == (theirs.live_time_ns, theirs.real_time_ns)


@needs_extra
def test_a_chn_file_of_another_writer_is_read(tmp_path: Path) -> None:
    library = import_module("SpecUtils")
    held = library.SpecFile()
    (tmp_path / "a.spe").write_bytes(spe(range(64), more="$MCA_CAL:\n3\n0 3 0.001"))
    held.loadFile(str(tmp_path / "a.spe"), library.ParserType.Auto)
    held.writeToFile(
        str(tmp_path / "a.chn"), held.sampleNumbers(), held.detectorNames(), library.SaveSpectrumAsType.Chn
    )
    (found,) = read_spectra((tmp_path / "a.chn").read_bytes())
    assert found.counts.tolist() == list(range(64))
    assert (found.live_time_ns, found.real_time_ns) == (9_500_000_000, 10_000_000_000)
    assert found.scale is not None
    assert found.scale.coefficients_kev == pytest.approx((0.0, 3.0, 0.001), rel=1e-6)


@needs_extra
def test_pcf_is_read(tmp_path: Path) -> None:
    library = import_module("SpecUtils")
    held = library.SpecFile()
    (tmp_path / "a.n42").write_bytes(n42_2012(" ".join(map(str, range(64)))))
    held.loadFile(str(tmp_path / "a.n42"), library.ParserType.Auto)
    held.writeToFile(
        str(tmp_path / "a.pcf"), held.sampleNumbers(), held.detectorNames(), library.SaveSpectrumAsType.Pcf
    )
    (found,) = read_foreign((tmp_path / "a.pcf").read_bytes(), name="a.pcf")
    assert found.counts.tolist() == list(range(64))
    assert found.energies_kev().tolist() == pytest.approx([3.0 * channel for channel in range(64)])


@needs_extra
def test_bytes_of_no_form_are_refused_without_a_path_of_ours() -> None:
    with pytest.raises(ReadingError, match="the file was not read") as refused:
        read_foreign(struct.pack("<64d", *range(64)), name="file.cnf")
    assert "counterseal-foreign" not in str(refused.value)


@needs_extra
@pytest.mark.parametrize(
    ("name", "channels", "gain"),
    [("falcon5000_beach.cnf", 4096, 0.71899295), ("Alcatraz14.Spc", 8192, 0.37443596)],
)
def test_published_files_of_makers_are_read(name: str, channels: int, gain: float) -> None:
    path = shared("spectra", "sources", name)
    (row,) = (row for row in index("sources") if row["file"] == name)
    (found,) = read_spectrum_file(path.read_bytes(), name=name)
    assert len(found.counts) == channels
    assert found.total == int(row["total_counts"])
    assert found.live_time_ns == round(float(row["live_time_s"]) * 10**9)
    assert found.scale is not None
    assert found.scale.coefficients_kev[1] == gain


@needs_extra
def test_simulated_reference_spectra_are_read() -> None:
    for folder, channels, kev in (("Detective-EX", 8192, 0.364779), ("IdentiFINDER-NG", 1024, 2.974609)):
        path = shared("spectra", "simulated", folder, "Cs137_Unshielded.txt")
        (row,) = (row for row in index("simulated") if row["file"] == f"{folder}/{path.name}")
        (found,) = read_spectrum_file(path.read_bytes(), name=path.name)
        assert (len(found.counts), found.total) == (channels, int(row["total_counts"]))
        assert found.live_time_ns == 1_800_000_000_000
        # Deviation pairs bend the scale of the second; its mean gain stays that of the file.
        assert np.diff(found.energies_kev()).mean() == pytest.approx(kev, rel=0.03)
