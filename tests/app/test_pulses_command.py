"""``counterseal pulses``: what it prints, what it refuses, and with which exit code."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from counterseal.app.cli import main as main_module
from counterseal.app.cli import pulses_files
from counterseal.app.cli.pulses import pulses
from counterseal.measurement.readers.list_mode import read_list_mode
from counterseal.measurement.writers.list_mode import list_mode_files
from counterseal.reference.neutron_data import CONSTANTS
from counterseal.terms.outcomes import KnownAs
from program import Program
from shared_data import shared

FIGURES = ("multiplication", "alpha", "m240_g", "pu_mass_g")
RATES = ("singles_per_s", "doubles_per_s", "triples_per_s")


@pytest.fixture
def program(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Program:
    monkeypatch.setitem(main_module._COMMANDS, "pulses", ("pulses", "Analyse neutron pulses."))
    return Program(capsys, monkeypatch)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a made-up list of 100 s and its counter."""
    folder = tmp_path_factory.mktemp("made")
    arguments = [
        "simulate",
        str(folder / "list.zip"),
        "--m240-g",
        "2",
        "--alpha",
        "0.7",
        "--duration-s",
        "100",
    ]
    done = CliRunner().invoke(pulses, [*arguments, "--counter-out", str(folder / "counter.yaml")])
    assert done.exit_code == 0, done.output
    return folder


def test_multiplicity_of_a_list(program: Program, made: Path) -> None:
    ran = program("pulses", "multiplicity", made / "list.zip", "--counter", made / "counter.yaml", "--json")
    assert ran.code == 0, ran.err
    document = json.loads(ran.out)
    assert list(document)[:15] == [
        "file",
        *(key for name in RATES for key in (name, f"{name}_unc")),
        *(key for name in FIGURES for key in (name, f"{name}_unc")),
    ]
    assert (document["state"], document["method"]) == ("measured", "point-model")
    for name, truth in (("multiplication", 1.0), ("alpha", 0.7), ("m240_g", 2.0)):
        assert abs(document[name] - truth) < 3 * document[f"{name}_unc"]
    assert document["pu_mass_g"] is None


def test_rates_of_a_list_in_cycles_of_ones_own(program: Program, made: Path) -> None:
    command = ("pulses", "rates", made / "list.zip", "--counter", made / "counter.yaml", "--json")
    usual, other, one = (
        json.loads(program(*command, *more).out) for more in ((), ("--cycles", "10"), ("--cycles", "1"))
    )
    assert [document["cycles"] for document in (usual, other, one)] == [30, 10, 1]
    assert [document["uncertainty_from"] for document in (usual, other, one)] == [
        "cycles",
        "cycles",
        "counting",
    ]
    assert usual["time_s"] == pytest.approx(100.0)
    assert sum(one["histograms"]["with_reals"]) == one["pulses"]
    for name in RATES:
        assert other[name] == pytest.approx(one[name], rel=1e-3)


def test_the_compiled_loop_gives_the_same_document(
    program: Program, made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = ("pulses", "rates", made / "list.zip", "--counter", made / "counter.yaml", "--json")
    plain = program(*command).out
    monkeypatch.setattr(pulses_files, "WORTH_COMPILING", 1)
    assert program(*command).out == plain


def test_a_folder_and_raw_ticks_are_read_too(program: Program, made: Path, tmp_path: Path) -> None:
    train = read_list_mode((made / "list.zip").read_bytes())
    folder = tmp_path / "list"
    folder.mkdir()
    for name, data in list_mode_files(train).items():
        (folder / name).write_bytes(data)
    ticks = tmp_path / "ticks.csv"
    rows = zip((train.ticks % 2**32).tolist(), train.channels.tolist(), strict=True)
    ticks.write_text("".join(f"{tick},{channel}\n" for tick, channel in rows))
    described = (made / "counter.yaml").read_text()
    counter = tmp_path / "counter.yaml"
    counter.write_text(f"{described}clock: {{tick_ps: 10000, duration_s: 100}}\n")
    ran = program("pulses", "rates", made / "list.zip", folder, ticks, "--counter", counter, "--json")
    assert ran.code == 0, ran.err
    documents = json.loads(ran.out)
    assert [document.pop("file") for document in documents] == [
        str(path) for path in (made / "list.zip", folder, ticks)
    ]
    assert documents[0] == documents[1]
    # The clock of 32 bits rolled over twice in 100 s.
    assert documents[0] == documents[2]


def test_rossi_finds_the_die_away_time(program: Program, made: Path) -> None:
    ran = program("pulses", "rossi", made / "list.zip", "--from-us", "1", "--json")
    document = json.loads(ran.out)
    assert abs(document["die_away_us"] - 50.0) < 3 * document["die_away_us_unc"]
    assert (len(document["pairs"]), document["bin_us"]) == (500, 1.0)
    assert [point["gate_us"] for point in document["feynman"]] == [10, 20, 50, 100, 200, 500, 1000]
    assert document["feynman"][-1]["y"] > document["feynman"][0]["y"] > 0


def test_rossi_says_so_where_nothing_dies_away(program: Program, tmp_path: Path) -> None:
    noise = tmp_path / "noise.zip"
    program("pulses", "simulate", noise, "--m240-g", "0", "--background-per-s", "1000", "--duration-s", "5")
    ran = program("pulses", "rossi", noise, "--json")
    assert (ran.code, json.loads(ran.out)["die_away_us"]) == (0, None)
    assert "no exponential" in json.loads(ran.out)["no_die_away"]


def test_the_same_seed_gives_the_same_file(program: Program, tmp_path: Path) -> None:
    options = ("--m240-g", "1", "--duration-s", "2", "--seed")
    for name, seed in (("a", "7"), ("b", "7"), ("c", "8")):
        assert program("pulses", "simulate", tmp_path / name, *options, seed).code == 0
    first, second, third = ((tmp_path / name).read_bytes() for name in "abc")
    assert first == second != third


def test_simulate_writes_over_nothing(program: Program, tmp_path: Path) -> None:
    there = tmp_path / "there"
    there.write_text("mine")
    ran = program("pulses", "simulate", there, "--m240-g", "1", "--duration-s", "1")
    assert (ran.code, there.read_text()) == (4, "mine")
    assert "stays as it is" in ran.err


def test_several_files_one_of_which_is_refused(program: Program, made: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.zip"
    bad.write_bytes(b"PK\x03\x04 not a list")
    command = ("pulses", "multiplicity", bad, made / "list.zip", "--counter", made / "counter.yaml")
    ran = program(*command, "--json")
    refused, good = json.loads(ran.out)
    assert ran.code == 3
    assert set(refused) == {"file", "refused"}
    assert good["state"] == "measured"
    plain = program(*command)
    assert (plain.code, "measured (point-model)" in plain.out) == (3, True)
    assert plain.err.startswith("counterseal: ")


def test_one_refused_file_is_an_error_with_nothing_on_standard_output(
    program: Program, tmp_path: Path
) -> None:
    bad = tmp_path / "bad.txt"
    for text, said in ((b"12\n13\n", "needs --counter"), (b"INCC 5.1.2\n", "report")):
        bad.write_bytes(text)
        ran = program("pulses", "rates", bad, "--json")
        assert (ran.code, ran.out) == (3, "")
        assert said in ran.err


def test_what_cannot_be_read_or_written_is_the_environment(
    program: Program, made: Path, tmp_path: Path
) -> None:
    below = made / "list.zip" / "more"
    for arguments, said in (
        (("rates", below), "cannot be read"),
        (("simulate", tmp_path / "no" / "such", "--m240-g", "1", "--duration-s", "1"), "cannot be written"),
        (("rates", made / "list.zip", "--counter", tmp_path), "the file of a counter cannot be read"),
    ):
        ran = program("pulses", *arguments)
        assert (ran.code, ran.out) == (4, "")
        assert said in ran.err


def test_a_file_past_the_cap_is_refused(
    program: Program, made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pulses_files, "MAX_LIST_BYTES", 1_000)
    ran = program("pulses", "rossi", made / "list.zip")
    assert (ran.code, ran.out) == (3, "")
    assert "larger than 1000 bytes" in ran.err


@pytest.mark.parametrize("verb", ["rates", "multiplicity", "rossi"])
def test_a_file_that_is_not_there(program: Program, tmp_path: Path, verb: str) -> None:
    ran = program("pulses", verb, tmp_path / "none.zip")
    assert (ran.code, ran.out) == (3, "")
    assert "there is no such list of pulses or report" in ran.err


def test_what_does_not_go_together_is_refused(program: Program, made: Path, tmp_path: Path) -> None:
    report = tmp_path / "report.txt"
    report.write_bytes(b"INCC 5.1.2\n")
    ticks = tmp_path / "ticks.txt"
    ticks.write_bytes(b"12\n13\n")
    counter = ("--counter", made / "counter.yaml")
    for arguments, said in (
        (("rates", report, *counter), "a report has its own counter"),
        (("rates", report, "--cycles", "3"), "a report has its own counter"),
        (("rossi", report), "no times of pulses"),
        (("rates", ticks, *counter), "raw ticks need a clock"),
        (("rates", tmp_path, *counter), "a folder without manifest.json"),
        (("multiplicity", made / "list.zip", *counter, "--rates", "printed"), "prints no rates"),
        (
            ("multiplicity", made / "list.zip", *counter, "--method", "known-alpha"),
            "no calibration for known-alpha",
        ),
        (("rates", made / "list.zip", *counter, "--cycles", "99999"), "too short"),
    ):
        ran = program("pulses", *arguments)
        assert (ran.code, ran.out) == (3, ""), arguments
        assert said in ran.err


@pytest.mark.parametrize(
    "options",
    [("--bin-us", "0"), ("--window-us", "-1"), ("--gates-us", "10,x"), ("--from-us", "900")],
    ids=str,
)
def test_options_that_cannot_be_are_wrong_use(program: Program, made: Path, options: tuple[str, str]) -> None:
    assert program("pulses", "rossi", made / "list.zip", *options).code == 2


COUNTER: dict[str, Any] = {
    "form": "counterseal/neutron-counter/v1",
    "predelay_us": 4.5,
    "gate_us": 64,
    "delay_us": 4000,
    "efficiency": 0.5,
    "doubles_gate_fraction": 0.66,
    "triples_gate_fraction": 0.4354,
    "dead_time": {"coefficient_a_us": 0.1, "coefficient_b_us_per_mcps": 0.005, "multiplicity_ns": 30},
    "background": {"singles_per_s": 5, "doubles_per_s": 0.1, "triples_per_s": 0.01, "singles_per_s_unc": 0.2},
    "composition": {"pu238": 0.1, "pu239": 80, "pu240": 19, "pu241": 0.5, "pu242": 0.4, "am241": 1},
    "fission": {
        "spontaneous": [2.154, 3.789, 5.211],
        "induced": [3.163, 8.24, 17.321],
        "rate_per_s_g": 473.5,
    },
    "known_alpha": {"rho_zero": 0.1, "k": 2.166, "a_per_s": 0, "b_per_s_g": 150},
    "calibration_curve": {"coefficients": [0, 150, 0.1, 0]},
}


def counter_file(folder: Path, **changes: object) -> Path:
    path = folder / "counter.json"
    document = {key: value for key, value in {**COUNTER, **changes}.items() if value is not None}
    path.write_text(json.dumps(document))
    return path


def test_a_counter_with_everything(program: Program, made: Path, tmp_path: Path) -> None:
    path = counter_file(tmp_path)
    for method in ("point-model", "known-alpha", "calibration-curve"):
        ran = program(
            "pulses", "multiplicity", made / "list.zip", "--counter", path, "--method", method, "--json"
        )
        assert ran.code == 0, ran.err
        document = json.loads(ran.out)
        assert document["method"] == method
        if document["state"] == "measured":
            share = (2.52 * 0.1 + 19 + 1.68 * 0.4) / 100
            assert document["pu_mass_g"] == pytest.approx(document["m240_g"] / share, rel=1e-4)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"form": "x"}, ": form: 'x', must be counterseal/neutron-counter/v1"),
        ({"gate": 64}, ": gate: 'gate' is not known"),
        ({"efficiency": "half"}, ": efficiency: 'half', must be a number"),
        ({"efficiency": True}, ": efficiency: True, must be a number"),
        ({"efficiency": None}, ": the document: efficiency is missing"),
        ({"efficiency": 1.5}, ": efficiency: counter: efficiency is 1.5, must be above 0 and at most 1"),
        ({"triples_gate_fraction": None}, "or neither and a die_away_us"),
        ({"gate_us": 64.0000001}, ": gate_us: 64.0000001, must be a multiple of 1/1000000"),
        ({"gate_us": -64}, ": gate_us: -64, must be above 0"),
        ({"gate_us": 0}, ": gate_us: 0, must be above 0"),
        ({"predelay_us": -4.5}, ": predelay_us: -4.5, must be at least 0"),
        ({"delay_us": 10}, ": delay_us: 10, must be at least a gate, 64"),
        ({"dead_time": [1]}, ": dead_time: [1], must be a mapping"),
        ({"dead_time": {"a": 1}}, ": dead_time.a: 'a' is not known"),
        (
            {"dead_time": {"multiplicity_ns": -1}},
            ": dead_time.multiplicity_ns: dead time: multiplicity_ns is -1",
        ),
        ({"fission": {"induced": [1, 2]}}, ": fission.induced: [1, 2], must be a list of 3 numbers"),
        ({"fission": {"induced": [1, 2, -3]}}, ": fission: counter: induced fission moments"),
        ({"composition": {"pu239": 100}}, ": composition: pu238 is missing"),
        (
            {"composition": {**COUNTER["composition"], "pu239": 50}},
            ": composition: composition: plutonium adds",
        ),
        ({"clock": {"tick_ps": 0, "duration_s": 1}}, ": clock.tick_ps: 0, must be above 0"),
        ({"clock": {"tick_ps": 10, "duration_s": 1, "form": "x"}}, ": clock.form: 'x', must be one of"),
        (
            {"clock": {"tick_ps": 10, "duration_s": 1, "bits": 99}},
            ": clock.bits: clock of 99 bits: must be 1 to 62",
        ),
    ],
    ids=lambda value: str(value)[:30],
)
def test_a_counter_that_is_not_in_form_is_refused(
    program: Program, made: Path, tmp_path: Path, changes: dict[str, object], said: str
) -> None:
    ran = program("pulses", "rates", made / "list.zip", "--counter", counter_file(tmp_path, **changes))
    assert (ran.code, ran.out) == (3, "")
    assert said in ran.err


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("form: a\nform: b\n", "counter.yaml:2:1: the document: key 'form' a second time, first on line 1"),
        ("a: &x 1\nb: *x\n", "counter.yaml:1:4: a: an anchor"),
        ("a: [1\n", "counter.yaml:2:1: not YAML"),
        ("- 1\n", "counter.yaml:1:1: the document: must be a mapping"),
        ("x" * 70_000, "larger than 65536 bytes"),
        ("a: " + "[" * 5_000, "nested deeper"),
        ("!!python/object/apply:os.system [ls]", "counter.yaml:1:1: the document: a tag"),
    ],
    ids=["twice", "alias", "broken", "list", "large", "deep", "code"],
)
def test_a_counter_file_that_is_no_plain_document_is_refused(
    program: Program, made: Path, tmp_path: Path, text: str, said: str
) -> None:
    path = tmp_path / "counter.yaml"
    path.write_text(text)
    ran = program("pulses", "rates", made / "list.zip", "--counter", path)
    assert (ran.code, ran.out) == (3, "")
    assert said in ran.err


def test_a_refusal_names_the_line_in_a_file_of_many(program: Program, made: Path, tmp_path: Path) -> None:
    path = tmp_path / "counter.yaml"
    path.write_text((made / "counter.yaml").read_text() + "background:\n  singles_per_s: five\n")
    ran = program("pulses", "rates", made / "list.zip", "--counter", path)
    assert (ran.code, ran.out) == (3, "")
    assert f"{path}:8:18: background.singles_per_s: 'five', must be a number" in ran.err


def test_a_counter_that_is_not_there_is_refused(program: Program, made: Path, tmp_path: Path) -> None:
    ran = program("pulses", "rates", made / "list.zip", "--counter", tmp_path / "none.yaml")
    assert (ran.code, ran.out) == (3, "")
    assert "none.yaml: there is no such file of a counter" in ran.err


def test_a_mass_says_which_public_constants_it_rests_on(program: Program, made: Path, tmp_path: Path) -> None:
    command = ("pulses", "multiplicity", made / "list.zip", "--counter")
    usual = json.loads(program(*command, made / "counter.yaml", "--json").out)
    assert [(one["constant"], one["citations"], one["known_as"]) for one in usual["sources"]] == [
        ("spontaneous fissions of Pu-240 per second and gram", ["INCC-5"], "confirmed"),
        ("moments of spontaneous fission of Pu-240", ["INCC-5"], "confirmed"),
        ("moments of fission of Pu-239 at 2 MeV", ["INCC-5"], "confirmed"),
    ]
    assert usual["recalled"] == []
    own = counter_file(
        tmp_path, fission={"spontaneous": [2.1, 3.7, 5.1], "induced": [3.1, 8.1, 17.1], "rate_per_s_g": 470}
    )
    known = json.loads(program(*command, own, "--method", "known-alpha", "--json").out)
    assert [one["constant"] for one in known["sources"]] == [
        "weights of effective Pu-240",
        "weights of alpha of the pure dioxide",
    ]
    stated = json.loads(program(*command, own, "--method", "point-model", "--json").out)
    assert [one["constant"] for one in stated["sources"]] == ["weights of effective Pu-240"]
    assert "  constants from [INCC-5]\n" in program(*command, made / "counter.yaml").out


def test_a_recalled_constant_is_shown_as_such(
    program: Program, made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = (
        "pulses",
        "multiplicity",
        made / "list.zip",
        made / "list.zip",
        "--counter",
        made / "counter.yaml",
    )
    assert "recalled" not in program(*command).err
    recalled = replace(CONSTANTS["pu239_induced"], known_as=KnownAs.RECALLED)
    monkeypatch.setitem(CONSTANTS, "pu239_induced", recalled)
    ran = program(*command, "--json")
    assert all(one["recalled"] == [recalled.name] for one in json.loads(ran.out))
    line = f"counterseal: recalled figures are used: {recalled.name} (recalled, [INCC-5])\n"
    assert ran.err.count(line) == 1


def test_a_made_up_train_says_what_of_it_is_recalled(program: Program, tmp_path: Path) -> None:
    options = ("--m240-g", "1", "--duration-s", "1", "--multiplication", "1.1", "--json")
    ran = program("pulses", "simulate", tmp_path / "chains", *options)
    assert json.loads(ran.out)["recalled"] == [
        "numbers of neutrons from spontaneous fission of Pu-240",
        "numbers of neutrons from fission of Pu-239 at 2 MeV",
    ]
    assert "(partly, [LLNL-FISSION] [ZUCKER-HOLDEN-1986])" in ran.err


def test_published_reports(program: Program) -> None:
    folder = Path(shared("neutron", "incc"))
    files = [folder / f"{name}.VER" for name in ("1AKW2118", "1AHW5944", "633L1453")]
    ran = program("pulses", "multiplicity", *files, "--rates", "printed", "--json")
    assert ran.code == 0
    box, unphysical, oxide = json.loads(ran.out)
    assert (box["state"], oxide["state"], unphysical["state"]) == ("measured", "measured", "no-decision")
    assert (oxide["method"], round(oxide["pu_mass_g"], 3)) == ("known-alpha", 170.144)
    assert box["m240_g"] == pytest.approx(0.636, abs=1e-3)
    assert "half-lives with which INCC decays a composition" in {one["constant"] for one in oxide["sources"]}
    assert {unphysical[name] for name in FIGURES} == {None}
    assert unphysical["not_accepted"]["multiplication"] == pytest.approx(0.951, abs=1e-3)
    text = program("pulses", "multiplicity", *files).out
    assert "no-decision (point-model)" in text
    assert "[multiplication-below-1]" in text
    single = json.loads(program("pulses", "rates", files[0], "--json").out)
    assert np.round([single[name] for name in RATES], 3).tolist() == [817.471, 29.737, 3.405]
    assert single["cycles"] == 20
