"""Real files of real instruments: counts and times as published, and as another reader reads them."""

import csv
from importlib.util import find_spec

import pytest

from counterseal.app.foreign_formats import SINGLE_EXACT, read_foreign
from counterseal.measurement.readers import read_spectra
from counterseal.measurement.spectrum import EnergyScale
from counterseal.measurement.writers.n42_2012 import write_n42_2012
from counterseal.measurement.writers.spe import write_spe
from shared_data import shared
from strategies.instrument_files import same_spectrum

OURS = {"cbnm": 3, "sources": 12}
FOREIGN_ENDINGS = (".cnf", ".spc", ".txt")


def rows(folder: str) -> list[dict[str, str]]:
    with shared("spectra", folder, "index.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("folder", OURS)
def test_totals_and_live_times_are_the_published_ones(folder: str) -> None:
    ours = [row for row in rows(folder) if not row["file"].lower().endswith(FOREIGN_ENDINGS)]
    assert len(ours) == OURS[folder]
    for row in ours:
        found = read_spectra(shared("spectra", folder, row["file"]).read_bytes())
        assert sum(spectrum.total for spectrum in found) == int(row["total_counts"]), row["file"]
        live_ns = sum(spectrum.live_time_ns for spectrum in found)
        assert live_ns == round(float(row["live_time_s"]) * 10**9), row["file"]
        assert all(spectrum.provenance.sha256 == row["sha256"] for spectrum in found)
        assert all(spectrum.provenance.repairs == () for spectrum in found)


@pytest.mark.parametrize("folder", OURS)
def test_another_reader_reads_the_same(folder: str) -> None:
    if find_spec("SpecUtils") is None:
        pytest.skip("the extra 'formats' is not installed")
    for row in rows(folder):
        if row["file"].lower().endswith(FOREIGN_ENDINGS) or row["sandiaspecutils_0.0.11"] != "parsed":
            continue
        data = shared("spectra", folder, row["file"]).read_bytes()
        ours, theirs = read_spectra(data), read_foreign(data, name=row["file"])
        assert len(ours) == len(theirs)
        for one, other in zip(ours, theirs, strict=True):
            assert one.counts.max() < SINGLE_EXACT
            assert one.counts.tolist() == other.counts.tolist(), row["file"]
            assert one.live_time_ns == pytest.approx(other.live_time_ns, rel=1e-7)
            assert one.real_time_ns == pytest.approx(
                other.real_time_ns, rel=1e-5
            )  # $RT, which it passes over
            assert (one.scale is None) == (other.scale is None)
            if one.scale is not None and other.scale is not None:
                assert other.scale.coefficients_kev == pytest.approx(one.scale.coefficients_kev, rel=1e-6)


@pytest.mark.parametrize("folder", OURS)
def test_what_was_read_is_written_and_read_again(folder: str) -> None:
    for row in rows(folder):
        if row["file"].lower().endswith(FOREIGN_ENDINGS):
            continue
        found = read_spectra(shared("spectra", folder, row["file"]).read_bytes())
        again = read_spectra(write_n42_2012(found))
        assert all(same_spectrum(one, other) for one, other in zip(found, again, strict=True)), row["file"]
        (spe,) = read_spectra(write_spe(found[0]))
        assert spe.counts.tolist() == found[0].counts.tolist()
        assert (spe.live_time_ns, spe.real_time_ns) == (found[0].live_time_ns, found[0].real_time_ns)
        assert spe.scale == found[0].scale


def test_the_notes_on_reading_hold() -> None:
    def one(folder: str, name: str) -> object:
        (found,) = read_spectra(shared("spectra", folder, name).read_bytes())
        return found

    assert len(read_spectra(shared("spectra", "sources", "SGM102432.spe").read_bytes())[0].counts) == 4094
    assert len(read_spectra(shared("spectra", "sources", "nai_detector.spe").read_bytes())[0].counts) == 1001
    (plutonium,) = read_spectra(shared("spectra", "cbnm", "1461_0190727Pu240.spe").read_bytes())
    assert plutonium.real_time_ns == 59_360_600_000_000  # of $RT; $MEAS_TIM has it rounded
    assert plutonium.scale == EnergyScale(coefficients_kev=(-0.05109, 0.35746))
    assert plutonium.counts.max() > 10_000_000
    (europium,) = read_spectra(shared("spectra", "sources", "eu_calib_7cm.Spe").read_bytes())
    assert europium.scale == EnergyScale(coefficients_kev=(0.33973, 0.18297, 5.5683e-9))
    (zeroed,) = read_spectra(shared("spectra", "sources", "digibase_5min_30_1.spe").read_bytes())
    assert zeroed.scale is None
    (pairs,) = read_spectra(shared("spectra", "sources", "hpge_dummy_test_03.iec").read_bytes())
    assert pairs.scale is not None
    portal = read_spectra(shared("spectra", "sources", "ba133_source_640s_20100317.n42").read_bytes())
    assert [spectrum.name for spectrum in portal] == ["A1", "A2", "A3", "A4", "B1", "B2", "B3", "B4"]
    assert len({spectrum.scale for spectrum in portal}) == 8
