"""``counterseal spectrum``: what it prints, what it writes, what it refuses, and with which exit code."""

import json
from pathlib import Path

import numpy as np
import pytest

from counterseal.app.cli.spectrum_files import chosen, own_background
from counterseal.app.cli.spectrum_made import INSTRUMENTS
from counterseal.measurement.readers import read_spectra
from counterseal.measurement.spectrum import EnergyScale, Provenance, Spectrum
from counterseal.measurement.writers.n42_2012 import write_n42_2012
from counterseal.measurement.writers.spe import write_spe
from program import Program
from strategies.known_sources import made


@pytest.fixture
def program(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Program:
    return Program(capsys, monkeypatch)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with spectra of known sources, and of other things."""
    place = tmp_path_factory.mktemp("spectra")
    for name, kind, sources in (
        ("cs.spe", "nai", {"Cs-137": 30_000.0}),
        ("eu.spe", "hpge", {"Eu-152": 40_000.0}),
        ("empty.spe", "hpge", {}),
    ):
        (place / name).write_bytes(write_spe(made(kind, sources, seed=4)))
    bare = made("hpge", {"Co-60": 40_000.0, "Cs-137": 40_000.0}, seed=4)
    (place / "bare.spe").write_bytes(
        write_spe(
            Spectrum(counts=bare.counts, live_time_ns=bare.live_time_ns, real_time_ns=bare.real_time_ns)
        )
    )
    (place / "broken.spe").write_bytes(b"$SPEC_ID:\nbroken\n$DATA:\n0 5\n1\n2\n")
    return place


def test_read_says_what_is_in_a_file(program: Program, folder: Path) -> None:
    ran = program("spectrum", "read", folder / "eu.spe", "--json")
    assert ran.code == 0, ran.err
    document = json.loads(ran.out)
    assert list(document) == ["file", "form", "sha256", "repairs", "spectra"]
    assert (document["form"], len(document["sha256"]), document["repairs"]) == ("spe", 64, [])
    (one,) = document["spectra"]
    assert (one["channels"], one["live_time_s"], one["real_time_s"]) == (8192, 600.0, 600.0)
    assert one["counts"] == made("hpge", {"Eu-152": 40_000.0}, seed=4).total
    assert one["calibration"]["coefficients_kev"] == [0.0, 0.37]
    shown = program("spectrum", "read", folder / "eu.spe").out
    assert document["sha256"] in shown
    assert "8192" in shown


def test_read_writes_another_form_and_nothing_over(program: Program, folder: Path, tmp_path: Path) -> None:
    command = ("spectrum", "read", folder / "eu.spe", "--write", "n42", "--to", tmp_path, "--json")
    ran = program(*command)
    assert ran.code == 0, ran.err
    assert json.loads(ran.out)["written"] == [str(tmp_path / "eu.n42")]
    (back,) = read_spectra((tmp_path / "eu.n42").read_bytes())
    assert np.array_equal(back.counts, made("hpge", {"Eu-152": 40_000.0}, seed=4).counts)
    assert json.loads(program("spectrum", "read", folder / "eu.spe", "--json").out)["sha256"] in " ".join(
        back.provenance.remarks
    )
    again = program(*command)
    assert again.code == 4
    assert "is there already" in again.err


def test_identify_prints_exactly_what_is_agreed(program: Program, folder: Path) -> None:
    ran = program("spectrum", "identify", folder / "cs.spe", "--json")
    assert ran.code == 0, ran.err
    document = json.loads(ran.out)
    assert list(document) == ["file", "nuclides", "unexplained_kev"]
    assert document["file"] == str(folder / "cs.spe")
    (one,) = document["nuclides"]
    assert list(one) == ["nuclide", "lines_kev", "significance"]
    assert one["nuclide"] == "Cs-137"
    assert 661.7 in one["lines_kev"]
    assert one["significance"] > 20
    assert document["unexplained_kev"] == []


def test_identify_of_many_files_reports_the_refused_ones(program: Program, folder: Path) -> None:
    files = [folder / name for name in ("cs.spe", "broken.spe", "bare.spe", "gone.spe", "empty.spe")]
    ran = program("spectrum", "identify", *files, "--json")
    assert ran.code == 3
    documents = json.loads(ran.out)
    assert [document["file"] for document in documents] == [str(path) for path in files]
    assert [list(document)[1] for document in documents] == [
        "nuclides",
        "refused",
        "refused",
        "refused",
        "nuclides",
    ]
    reasons = [document["refused"] for document in documents[1:4]]
    assert "broken.spe: spe: " in reasons[0]
    assert "has no energy calibration; counterseal spectrum calibrate finds one" in reasons[1]
    assert "there is no such spectrum file" in reasons[2]
    assert all(f"counterseal: {reason}" in ran.err for reason in reasons)
    assert documents[4]["nuclides"] == []


def test_one_refused_file_is_refused(program: Program, folder: Path) -> None:
    ran = program("spectrum", "identify", folder / "bare.spe", "--json")
    assert (ran.code, ran.out) == (3, "")
    assert "no energy calibration" in ran.err


def test_identify_tells_people_about_background_and_scale(program: Program, folder: Path) -> None:
    ran = program("spectrum", "identify", folder / "empty.spe")
    assert ran.code == 0
    assert "nothing but natural background" in ran.out
    assert "K-40" in ran.out


def test_a_paired_background_and_an_own_source(program: Program, folder: Path) -> None:
    command = ("spectrum", "identify", folder / "cs.spe", "--json")
    paired = json.loads(program(*command, "--background", folder / "cs.spe").out)
    assert paired["nuclides"] == []
    own = json.loads(program(*command, "--own-source", "Cs-137").out)
    assert own["nuclides"] == []


def test_a_background_within_the_file_is_used(program: Program, tmp_path: Path) -> None:
    def told(spectrum: Spectrum, sort: str) -> Spectrum:
        return Spectrum(
            counts=spectrum.counts,
            live_time_ns=spectrum.live_time_ns,
            real_time_ns=spectrum.real_time_ns,
            scale=spectrum.scale,
            name="d",
            provenance=Provenance(sha256="0" * 64, form="made", remarks=(f"source type {sort}",)),
        )

    item, aside = (
        told(made("nai", {"Cs-137": 30_000.0}, seed=seed), sort)
        for seed, sort in ((1, "Item"), (2, "Background"))
    )
    spectra = (aside, item)
    (kept,) = chosen(spectra, number=None, path=tmp_path)
    assert kept is item
    found = own_background(spectra, kept)
    assert found is not None
    assert np.array_equal(found.counts, aside.counts)
    assert chosen(spectra, number=1, path=tmp_path) == (aside,)
    assert own_background((item,), item) is None


def test_detectors_of_one_file_are_taken_together(program: Program, tmp_path: Path) -> None:
    parts = []
    for seed in range(4):
        part = made("hpge", {"Eu-152": 4_000.0}, seed=seed)
        parts.append(
            Spectrum(
                counts=part.counts,
                live_time_ns=part.live_time_ns,
                real_time_ns=part.real_time_ns,
                scale=EnergyScale(coefficients_kev=(0.0, 0.37)),
                name=f"detector {seed % 2}",
            )
        )
    (tmp_path / "four.n42").write_bytes(write_n42_2012(parts))
    together, alone = (
        json.loads(program("spectrum", "identify", tmp_path / "four.n42", *more, "--json").out)["nuclides"]
        for more in ((), ("--spectrum", "2"))
    )
    strength = {one["nuclide"]: one["significance"] for one in together}["Eu-152"]
    assert strength > 1.6 * {one["nuclide"]: one["significance"] for one in alone}["Eu-152"]
    none = program("spectrum", "identify", tmp_path / "four.n42", "--spectrum", "9")
    assert none.code == 3
    assert "has 4 spectra, so none of number 9" in none.err


def test_peaks_are_listed_with_their_energies(program: Program, folder: Path) -> None:
    ran = program("spectrum", "peaks", folder / "eu.spe", "--from-kev", "100", "--to-kev", "1500", "--json")
    assert ran.code == 0, ran.err
    document = json.loads(ran.out)
    assert list(document) == ["file", "fwhm_661_kev", "width_from_peaks", "peaks"]
    energies = [peak["energy_kev"] for peak in document["peaks"]]
    for line in (121.78, 344.28, 778.9, 1408.01):
        assert min(abs(energy - line) for energy in energies) < 0.4
    assert all(100 <= energy <= 1500 for energy in energies)
    few = json.loads(program("spectrum", "peaks", folder / "eu.spe", "--threshold", "60", "--json").out)
    assert len(few["peaks"]) < len(energies)
    assert "1408.1" in program("spectrum", "peaks", folder / "eu.spe").out


@pytest.mark.parametrize("by", ["source", "lines"])
def test_calibrate_gives_a_bare_spectrum_its_scale(
    program: Program, folder: Path, tmp_path: Path, by: str
) -> None:
    known = (
        ("--source", "Co-60", "--source", "Cs-137")
        if by == "source"
        else ("--lines", "661.657,1173.228,1332.492")
    )
    ran = program(
        "spectrum", "calibrate", folder / "bare.spe", *known, "--degree", "1",
        "--write", tmp_path / "with.n42", "--json",
    )  # fmt: skip
    assert ran.code == 0, ran.err
    document = json.loads(ran.out)
    assert document["coefficients_kev"] == pytest.approx([0.0, 0.37], abs=0.05)
    assert abs(document["coefficients_kev"][1] - 0.37) < 1e-3
    assert all(abs(line["residual_kev"]) < 0.2 for line in document["lines"])
    found = json.loads(program("spectrum", "identify", tmp_path / "with.n42", "--json").out)
    assert {"Co-60", "Cs-137"} <= {one["nuclide"] for one in found["nuclides"]}


def test_calibrate_needs_to_know_what_is_there(program: Program, folder: Path) -> None:
    assert program("spectrum", "calibrate", folder / "bare.spe").code == 2
    assert program("spectrum", "calibrate", folder / "bare.spe", "--lines", "a,b").code == 2
    wrong = program("spectrum", "calibrate", folder / "bare.spe", "--source", "Xx-1")
    assert wrong.code == 3
    assert "Xx-1" in wrong.err


@pytest.mark.parametrize("form", ["svg", "png"])
def test_plot_writes_a_picture_and_the_same_one_again(
    program: Program, folder: Path, tmp_path: Path, form: str
) -> None:
    for place in ("one", "two"):
        (tmp_path / place).mkdir()
        ran = program(
            "spectrum", "plot", folder / "eu.spe", "--form", form, "--to", tmp_path / place, "--json"
        )
        assert ran.code == 0, ran.err
    document = json.loads(ran.out)
    assert document["picture"] == str(tmp_path / "two" / f"eu.{form}")
    assert any(abs(energy - 344.3) < 0.5 for energy in document["peaks_kev"])
    pictures = [(tmp_path / place / f"eu.{form}").read_bytes() for place in ("one", "two")]
    assert pictures[0] == pictures[1]
    assert pictures[0].startswith(b"\x89PNG" if form == "png" else b"<?xml")
    assert program("spectrum", "plot", folder / "eu.spe", "--form", form, "--to", tmp_path / "two").code == 4


def test_plot_of_a_spectrum_without_a_scale(program: Program, folder: Path, tmp_path: Path) -> None:
    ran = program("spectrum", "plot", folder / "bare.spe", "--out", tmp_path / "bare.svg", "--json")
    assert ran.code == 0, ran.err
    assert json.loads(ran.out)["peaks_kev"] == []


@pytest.mark.parametrize("kind", sorted(INSTRUMENTS))
def test_simulate_makes_the_same_spectrum_of_the_same_seed(
    program: Program, tmp_path: Path, kind: str
) -> None:
    command = ("--source", "Cs-137=50000", "--detector", kind, "--live-time-s", "600")
    for name, seed in (("a.n42", 1), ("b.n42", 1), ("c.n42", 2)):
        assert program("spectrum", "simulate", tmp_path / name, *command, "--seed", seed).code == 0
    one, same, other = ((tmp_path / name).read_bytes() for name in ("a.n42", "b.n42", "c.n42"))
    assert one == same
    assert one != other
    found = json.loads(program("spectrum", "identify", tmp_path / "a.n42", "--json").out)
    assert [nuclide["nuclide"] for nuclide in found["nuclides"]] == ["Cs-137"]


def test_simulate_from_a_file(program: Program, tmp_path: Path) -> None:
    description = tmp_path / "made.yaml"
    description.write_text(
        "form: counterseal/simulated-spectrum/v1\nsources_bq: {Co-60: 30000}\ndetector: nai\nlive_time_s: 300\n"
    )
    command = ("spectrum", "simulate", tmp_path / "x.spe", "--from", description)
    ran = program(*command, "--seed", "1", "--json")
    assert ran.code == 0, ran.err
    assert json.loads(ran.out)["live_time_s"] == 300.0
    assert read_spectra((tmp_path / "x.spe").read_bytes())[0].total == json.loads(ran.out)["counts"]
    assert program(*command).code == 2
    assert program(*command, "--seed", "1", "--detector", "nai").code == 2


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("form: other\n", "must be a mapping with form"),
        ("[", "is no YAML"),
        ("form: counterseal/simulated-spectrum/v1\nwhat: 1\n", "'what' is not known"),
        ("form: counterseal/simulated-spectrum/v1\ndetector: nai\n", "needs sources_bq"),
        (
            "form: counterseal/simulated-spectrum/v1\nsources_bq: {Co-60: x}\ndetector: nai\nlive_time_s: 1\n",
            "is no finite number",
        ),
        (
            "form: counterseal/simulated-spectrum/v1\nsources_bq: {}\ndetector: eye\nlive_time_s: 1\n",
            "must be one of hpge",
        ),
        (
            "form: counterseal/simulated-spectrum/v1\nsources_bq: {}\ndetector: nai\nlive_time_s: -1\n",
            "live time -1.0 s",
        ),
        (
            "form: counterseal/simulated-spectrum/v1\nsources_bq: {}\ndetector: nai\nlive_time_s: 1\nefficiency_661: 2\n",
            "efficiency 2.0",
        ),
    ],
)
def test_a_description_that_cannot_be_made_is_refused(
    program: Program, tmp_path: Path, text: str, reason: str
) -> None:
    (tmp_path / "d.yaml").write_text(text)
    ran = program("spectrum", "simulate", tmp_path / "x.n42", "--from", tmp_path / "d.yaml", "--seed", "1")
    assert ran.code == 3
    assert reason in ran.err
    assert not (tmp_path / "x.n42").exists()


def test_simulate_refuses_a_source_that_is_none(program: Program, tmp_path: Path) -> None:
    command = (
        "spectrum",
        "simulate",
        tmp_path / "x.n42",
        "--detector",
        "nai",
        "--live-time-s",
        "1",
        "--seed",
        "1",
    )
    for source, reason in (
        ("Cs-137", "must be NUCLIDE=BECQUEREL"),
        ("Cs-137=x", "no finite"),
        ("Q-1=1", "Q-1"),
    ):
        ran = program(*command, "--source", source)
        assert ran.code == 3
        assert reason in ran.err


def test_help_names_the_commands(program: Program) -> None:
    shown = program("spectrum", "--help").out
    assert all(verb in shown for verb in ("read", "plot", "calibrate", "peaks", "identify", "simulate"))
