"""``counterseal design``: each question asked of an effort file, in words and as JSON, and what is refused."""

import json
from pathlib import Path

import pytest

from program import Program
from strategies.efforts import CHANGES, QUOTA

EXAMPLES = Path(__file__).parents[3] / "examples" / "effort"
STORAGE = EXAMPLES / "storage-low-numbers.yaml"
PAST = EXAMPLES / "past-programme.yaml"
LAKE = EXAMPLES / "lake-quota.yaml"


@pytest.fixture
def program(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Program:
    return Program(capsys, monkeypatch)


@pytest.mark.parametrize("file", sorted(EXAMPLES.glob("**/*-*.yaml")), ids=lambda path: path.stem)
def test_every_example_holds_together_and_says_what_it_leaves_out(program: Program, file: Path) -> None:
    ran = program("design", "check", file)
    assert ran.code == 0, ran.err
    assert "Taken for granted" in ran.out
    assert "Not considered" in ran.out
    told = json.loads(program("design", "check", file, "--json").out)
    assert told["not_considered"]
    assert len(told["sha256"]) == 64


def test_the_stages_of_one_treaty_side_by_side_say_what_each_demands(program: Program) -> None:
    """Of one made-up treaty: from forty too many at bases to one hidden in a room, the goal takes ever more."""
    stages = sorted((EXAMPLES / "stages").glob("*.yaml"))
    told = json.loads(program("design", "compare", *stages, "--json").out)
    assert told["contexts"] == ["reduce-and-limit", "approach-zero", "maintain-zero"]
    assert told["treaty"] == "lake-and-river"
    assert not any("do not name one treaty" in one for one in told["warnings"])
    costs = [one["value"] for one in told["goal_costs"]]
    for said, stage, cost in zip(told["demands"], told["contexts"], costs, strict=True):
        assert said.startswith(f"{stage}: ")
        assert f"takes {cost:.5g} person-days" in said
    assert costs[2] > 5 * costs[0]
    shown = program("design", "compare", *stages)
    assert shown.out.index("What each demands") < shown.out.index("Inputs that differ")


def test_power_says_how_soon_and_which_quota_deters(program: Program) -> None:
    ran = program("design", "power", LAKE)
    assert ran.code == 0, ran.err
    assert "How soon, after a start on a random day" in ran.out
    assert "host watching" in ran.out
    said = [line for line in ran.out.splitlines() if line.startswith("  - ")]
    assert len(said) == len(set(said))
    assert "costs the host 0.5 in the unit of the gains, it takes 23 visits a year to" in ran.out
    told = json.loads(program("design", "power", LAKE, "--json").out)
    assert [one["loss"] for one in told["deterring_quota"]] == [0.5, 5.0]
    assert told["timeliness"]["kinds"][0]["watching_steps"]["value"] == pytest.approx(52 / 11)
    alone = json.loads(program("design", "power", PAST, "--json").out)
    assert (alone["timeliness"], alone["deterring_quota"]) == (None, [])


def test_a_plan_says_what_the_wanted_chance_would_take(program: Program) -> None:
    ran = program("design", "plan", LAKE)
    assert "The cheapest plan with the wanted 90 % in a year takes 522.35 person-days." in ran.out
    assert json.loads(program("design", "plan", LAKE, "--json").out)["goal_cost"]["kind"] == "exact"


def test_power_leads_with_the_worst_and_names_ceiling_and_assumptions(program: Program) -> None:
    ran = program("design", "power", PAST)
    assert ran.code == 0, ran.err
    assert "in a year twenty-cans, seen with 90.61 %" in ran.out
    assert "effort [person-days]" in ran.out
    told = json.loads(program("design", "power", PAST, "--json").out)
    (one,) = told["strategies"]
    assert one["ceiling"]["value"] == pytest.approx(0.99)
    assert one["life"]["kind"] == "exact"
    assert one["life"]["assumptions"]
    assert told["workload"]["cost_pd_per_y"] == pytest.approx(70.0)


def test_completeness_shows_each_party_and_the_bound_that_no_prior_moves(program: Program) -> None:
    ran = program("design", "completeness", PAST)
    assert ran.code == 0, ran.err
    assert "From the evidence alone" in ran.out
    assert "Checking declared items says nothing about undeclared ones." in ran.out
    told = json.loads(program("design", "completeness", PAST, "--json").out)
    assert set(told["parties"]) == {"lake", "river"}
    assert told["parties"]["lake"]["prior_free"] == told["parties"]["river"]["prior_free"]


def test_timeliness_plays_a_blind_and_a_watching_host(program: Program, tmp_path: Path) -> None:
    file = tmp_path / "quota.yaml"
    file.write_text(QUOTA, encoding="utf-8")
    ran = program("design", "timeliness", file)
    assert ran.code == 0, ran.err
    assert "host blind" in ran.out
    told = json.loads(program("design", "timeliness", file, "--json").out)
    for kind in told["kinds"]:
        blind, watching = kind["blind_steps"]["value"], kind["watching_steps"]["value"]
        assert blind < watching == pytest.approx(52 / (kind["visits"] + 1))
    within = dict(told["strategies"][0]["within"])
    assert within[90.0]["value"] < within[730.5]["value"]


def test_plan_gives_a_plan_a_bound_and_what_more_is_worth(program: Program) -> None:
    ran = program("design", "plan", STORAGE, "--budget", 300)
    assert ran.code == 0, ran.err
    assert "no plan within the limits passes" in ran.out
    told = json.loads(program("design", "plan", STORAGE, "--budget", 300, "--json").out)
    seen = told["certificate"]["seen"]
    assert seen["value"] <= seen["upper"] + 1e-12
    assert told["workload"]["cost_pd_per_y"] <= 300
    assert told["workload"]["burden_d_per_y"] <= 200


def test_frontier_rises_with_the_budget(program: Program) -> None:
    told = json.loads(program("design", "frontier", STORAGE, "--json").out)
    seen = [one["certificate"]["seen"]["value"] for one in told["plans"]]
    assert seen == sorted(seen)
    assert len(seen) == 6
    assert "What more costs" in program("design", "frontier", STORAGE).out


def test_compare_puts_files_side_by_side(program: Program) -> None:
    ran = program("design", "compare", PAST, LAKE)
    assert ran.code == 0, ran.err
    assert "What each demands" in ran.out
    told = json.loads(program("design", "compare", PAST, LAKE, "--json").out)
    assert told["ids"] == ["past-programme", "lake-quota"]
    assert told["contexts"] == ["maintain-zero", "reduce-and-limit"]
    assert program("design", "compare", PAST).code == 3


def test_drafts_of_one_id_are_told_apart_by_their_files(program: Program, tmp_path: Path) -> None:
    old, new = tmp_path / "old.yaml", tmp_path / "more" / "old.yaml"
    new.parent.mkdir()
    old.write_text(QUOTA, encoding="utf-8")
    new.write_text(QUOTA.replace("per_year: 2}", "per_year: 4}"), encoding="utf-8")
    renamed = new.with_name("new.yaml")
    renamed.write_bytes(new.read_bytes())
    ran = program("design", "compare", old, renamed)
    assert ran.code == 0, ran.err
    assert "  - old.yaml: lake-quota, A quota of visits" in ran.out
    assert "  - new.yaml: lake-quota, A quota of visits" in ran.out
    assert "the worst of these" in ran.out
    told = json.loads(program("design", "compare", old, new, "--json").out)
    assert told["names"] == [str(old), str(new)], "files of one name are told apart by their paths"
    assert told["worst_year"][0][0] == "spread"


def test_a_draft_is_not_compared_with_itself(program: Program, tmp_path: Path) -> None:
    file = tmp_path / "old.yaml"
    file.write_text(QUOTA, encoding="utf-8")
    ran = program("design", "compare", file, tmp_path / "." / "old.yaml")
    assert ran.code == 3
    assert f"{file}: named twice; a draft is compared with another" in ran.err


def test_where_no_input_differs_that_is_said(program: Program, tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).write_text(QUOTA.replace("id: lake-quota", f"id: {name}"), encoding="utf-8")
    assert "No input differs." in program("design", "compare", tmp_path / "a", tmp_path / "b").out


def test_pace_names_the_bottleneck_and_repeats_with_its_seed(program: Program) -> None:
    ran = program("design", "pace", STORAGE, "--seed", 7)
    assert ran.code == 0, ran.err
    assert "Most is gained at: dismantlement." in ran.out
    assert program("design", "pace", STORAGE, "--seed", 7).out == ran.out
    told = json.loads(program("design", "pace", STORAGE, "--seed", 7, "--json").out)
    assert 0 < told["done"]["lower"] < told["done"]["value"] < told["done"]["upper"] < 1


@pytest.mark.parametrize("fault", ["chance-above-one", "unknown-site", "too-many-false"])
def test_what_is_impossible_is_refused_with_file_line_field_and_rule(
    program: Program, tmp_path: Path, fault: str
) -> None:
    old, new, message = CHANGES[fault]
    file = tmp_path / "quota.yaml"
    file.write_text(QUOTA.replace(old, new, 1), encoding="utf-8")
    ran = program("design", "power", file)
    assert ran.code == 3
    assert ran.out == ""
    assert f"{file}:" in ran.err
    assert message in ran.err


@pytest.mark.parametrize(
    ("question", "section"),
    [("completeness", "completeness"), ("plan", "plan"), ("frontier", "plan"), ("timeliness", "timeliness")],
)
def test_a_question_without_its_section_is_refused(
    program: Program, tmp_path: Path, question: str, section: str
) -> None:
    lines, kept, skipping = QUOTA.splitlines(), [], False
    for line in lines:
        if not line.startswith((" ", "-")):
            skipping = line.startswith(f"{section}:")
        kept += [] if skipping else [line]
    file = tmp_path / "less.yaml"
    file.write_text("\n".join(kept) + "\n", encoding="utf-8")
    ran = program("design", question, file)
    assert ran.code == 3
    assert f"no section '{section}'" in ran.err


def test_a_file_that_is_not_there_is_said(program: Program, tmp_path: Path) -> None:
    ran = program("design", "check", tmp_path / "nothing.yaml")
    assert ran.code == 3
    assert "nothing.yaml" in ran.err
