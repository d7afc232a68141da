"""``counterseal barrier curve``: what a user gets of a protocol before agreeing to it."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from counterseal.app.cli.barrier_curve import curve
from counterseal.app.cli.barrier_curve_view import curve_text
from counterseal.errors import RefusedInputError, WorkplaceError

ROOT = Path(__file__).parents[3]
EXAMPLES = ROOT / "examples" / "measurement"
PROTOCOL = EXAMPLES / "curve-empty-place.yaml"
ITEMS = EXAMPLES / "curve-empty-place-items.yaml"
PAGE = ROOT / "docs" / "how-to" / "choose-thresholds.md"


def run(*arguments: object, ok: bool = True) -> Result:
    typed = [str(one) for one in arguments]
    result = CliRunner().invoke(curve, typed, catch_exceptions=True, standalone_mode=ok)
    if ok:
        assert result.exit_code == 0, result.output
    return result


def figures(*arguments: object) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(run(PROTOCOL, "--seed", 1, "--json", *arguments).stdout)
    return document


def test_it_says_both_risks_with_intervals_against_time_thresholds_and_systematic_terms() -> None:
    found = figures("--items", ITEMS, "--runs", 60, "--jobs", 1)
    assert [one["against"] for one in found["curves"]] == ["time", "threshold", "systematic"]
    assert (found["runs"], found["seed"], found["confidence"]) == (60, 1, 0.99)
    for against in found["curves"]:
        (proposed,) = [point for point in against["points"] if point["proposed"]]
        assert proposed["populations"] == found["proposed"]["populations"]
        for point in against["points"]:
            for one in point["populations"]:
                counts = [one[name] for name in ("confirmed", "not_confirmed", "no_decision", "malfunction")]
                assert sum(counts) == 60
                assert one["risk_of"] == ("host" if one["genuine"] else "inspector")
                assert one["risk"] == pytest.approx(counts[1 if one["genuine"] else 0] / 60, abs=1e-6)
                assert one["risk_low"] <= one["risk"] <= one["risk_high"]
    host, inspector = (found["proposed"][f"{whose}_risk"] for whose in ("host", "inspector"))
    assert host["population"] == "empty place"
    assert inspector["risk"] == max(
        one["risk"] for one in found["proposed"]["populations"] if not one["genuine"]
    )


def test_it_says_the_bits_that_the_protocol_can_disclose() -> None:
    told = figures("--items", ITEMS, "--runs", 20, "--jobs", 1, "--times", "600")["disclosure"]
    assert told["answers"] == ["confirmed", "not-confirmed", "no-decision", "malfunction"]
    assert (told["bits_per_attempt"], told["attempts_per_item"]) == ("2.000", 2)
    assert (told["bits_in_all_at_most"], told["budget_bits"]) == ("4.000", "4.000")
    assert told["bound_per_attempt_bits"] == 2.0
    assert 0 <= told["mutual_information_bits"] <= told["mutual_information_at_most_bits"] <= 2
    assert told["if_thresholds_were_adapted"] == [
        {"questions": 1, "part_of_range_left": 0.5},
        {"questions": 2, "part_of_range_left": 0.25},
    ]


def test_it_says_what_the_factors_state_and_what_the_risks_rest_on() -> None:
    given = ("--items", ITEMS, "--runs", 5, "--jobs", 1, "--times", "600")
    found = figures(*given)
    empty, source = found["stated"]
    assert (empty["attribute"], empty["item"]) == ("no-radiation", "an empty place")
    assert (empty["answer"], source["answer"]) == ("not-confirmed", "confirmed")
    assert empty["factor"] == 1.645
    assert empty["at_most"] == pytest.approx(0.04998, abs=1e-5)
    assert empty["at_most_held"] == pytest.approx(0.095751, abs=1e-6)
    assert found["assumed"][0] == "Systematic terms of the protocol: background_variation 0.02."
    shown = run(PROTOCOL, "--seed", 1, *given).stdout
    assert "  no-radiation, an empty place: not-confirmed 5.00 (9.58)\n" in shown
    assert (
        "What the risks rest on:\n  Systematic terms of the protocol: background_variation 0.02.\n" in shown
    )


def test_it_says_where_nothing_is_stated() -> None:
    found = figures("--items", ITEMS, "--runs", 1, "--jobs", 1, "--times", "600")
    assert "limits of a template come from repeats" not in curve_text(found)
    assert "limits of a template come from repeats" in curve_text({**found, "stated": []})


def test_the_figures_are_the_same_on_any_number_of_processes() -> None:
    given = (PROTOCOL, "--seed", 7, "--runs", 101, "--json")
    axes = ("--times", "600", "--thresholds", "1", "--systematics", "1")
    alone, together = (run(*given, *axes, "--jobs", jobs).stdout_bytes for jobs in (1, 2))
    assert alone == together


def test_what_it_writes_can_be_used_again(tmp_path: Path) -> None:
    out = tmp_path / "out"
    found = figures("--runs", 30, "--jobs", 1, "--times", "300,600", "--systematics", "1,2", "--out", out)
    names = {path.name for path in out.iterdir()}
    assert names == set(found["files"])
    assert {"curve.json", "items.yaml", "curve-time.svg", "curve-time.png", "curve-systematic.svg"} <= names
    kept = json.loads((out / "curve.json").read_text("utf-8"))
    twice = tmp_path / "twice"
    given = ("--runs", 30, "--jobs", 1, "--times", "300,600", "--systematics", "1,2", "--out", twice)
    again = figures("--items", out / "items.yaml", *given)
    assert kept == {name: value for name, value in again.items() if name != "files"}
    for path in out.iterdir():
        assert path.read_bytes() == (twice / path.name).read_bytes(), path.name
    svg = (out / "curve-time.svg").read_text("utf-8")
    assert "<svg" in svg
    assert not re.search(r"<dc:date>|matplotlib v|\d{4}-\d\d-\d\dT", svg)
    assert (out / "curve-time.png").read_bytes().startswith(b"\x89PNG\r\n")


def test_another_number_can_be_varied_and_people_can_read_the_answer() -> None:
    place = "question.attributes[0].settings.detection_factor"
    shown = run(
        PROTOCOL, "--items", ITEMS, "--seed", 1, "--runs", 40, "--jobs", 1, "--vary", f"{place}=1.2,1.645,3"
    ).stdout
    assert f"Against {place} (* as proposed):" in shown
    assert re.search(r"^ +1\.645\* +\d", shown, re.MULTILINE)
    assert "[1] host risk: empty place" in shown
    assert "bits at most, 2 attempts an item" in shown


@pytest.mark.parametrize(
    ("options", "rule"),
    [
        (("--times", "600,fast"), "--times '600,fast': must be decimal numbers such as"),
        (("--vary", "tick_s"), "--vary 'tick_s': must be PLACE=NUMBER"),
        (("--vary", "question.none=1"), "'question.none': is not in the protocol"),
        (("--times", "0"), "time 0: measuring.time_s: found 0; must be above 0"),
    ],
)
def test_what_cannot_be_varied_is_refused(options: tuple[str, ...], rule: str) -> None:
    result = run(PROTOCOL, "--seed", 1, *options, ok=False)
    assert isinstance(result.exception, RefusedInputError)
    assert rule in str(result.exception)


def test_items_out_of_form_are_refused_with_file_and_line(tmp_path: Path) -> None:
    items = tmp_path / "items.yaml"
    items.write_text(ITEMS.read_text("utf-8").replace("nuclide: K-40", "nuclide: Potassium"), "utf-8")
    result = run(PROTOCOL, "--seed", 1, "--items", items, ok=False)
    assert isinstance(result.exception, RefusedInputError)
    assert re.search(
        r"items\.yaml:\d+:\d+: place\.sources\[0\]\.nuclide: .*such as Cs-137", str(result.exception)
    )


def test_a_nuclide_that_no_table_has_is_refused(tmp_path: Path) -> None:
    items = tmp_path / "items.yaml"
    items.write_text(ITEMS.read_text("utf-8").replace("nuclide: K-40", "nuclide: Xx-40"), "utf-8")
    result = run(PROTOCOL, "--seed", 1, "--runs", 1, "--jobs", 1, "--items", items, ok=False)
    assert isinstance(result.exception, RefusedInputError)
    assert "Xx-40" in str(result.exception)


def test_a_folder_with_something_in_it_stays_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("mine", "utf-8")
    result = run(PROTOCOL, "--seed", 1, "--out", tmp_path, ok=False)
    assert isinstance(result.exception, WorkplaceError)
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_a_seed_must_be_given() -> None:
    result = CliRunner().invoke(curve, [str(PROTOCOL)])
    assert result.exit_code == 2
    assert "--seed" in result.output


@pytest.mark.soak
def test_the_page_shows_what_the_program_prints() -> None:
    (block,) = re.findall(r"```text\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    shown = run(
        PROTOCOL, "--items", ITEMS, "--seed", 1, "--runs", 1000, "--times", "150,300,600,1200,2400"
    ).stdout
    assert block.strip() == shown.strip()
