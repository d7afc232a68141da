"""What a report of a regime is made from: the same each time, from its JSON alone, checked against others."""

import json
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from app.report.design_world import bare_study, full_study
from counterseal.app.report.design_again import difference, report_json, run_again
from counterseal.app.report.design_checks import check_values
from counterseal.app.report.design_choice_figures import tornado_figure
from counterseal.app.report.design_context import Context, LeftOut, seen_in_year_coarsely
from counterseal.app.report.design_source import EffortSource, source_of
from counterseal.app.report.design_study import study_of
from counterseal.app.report.design_sweep import sweep
from counterseal.design.errors import EffortError
from counterseal.design.regime_power import seen_in_year
from counterseal.errors import RefusedInputError
from counterseal.stats.items import ItemTest
from counterseal.treaty.load import packaged_names, packaged_pack_text

FIGURES = {
    "effort", "size", "delay", "defect", "race", "flow", "done", "frontier", "deterrence", "belief", "alarms",
    "roc", "tornado",
}  # fmt: skip


@pytest.fixture(scope="module")
def made() -> Any:
    return json.loads(json.dumps(report_json(bare_study())))


def test_an_effort_file_that_has_everything_leaves_no_figure_out() -> None:
    assert {one.name for one in full_study().figures} == FIGURES
    assert full_study().left_out == ()


def test_a_figure_without_its_section_is_left_out_with_the_reason() -> None:
    left = {one.name: one.why for one in bare_study().left_out}
    assert set(left) == {"delay", "race", "flow", "done", "frontier", "belief", "tornado", "defect"}
    for name, key in (("delay", "timeliness"), ("belief", "completeness"), ("tornado", "sensitivity")):
        assert key in left[name]


def test_every_published_number_comes_out_as_printed() -> None:
    assert [(one.what, one.found) for one in check_values() if not one.passed] == []
    assert not replace(check_values()[0], published="81, at most 7").passed


@pytest.mark.parametrize("name", ["bare", pytest.param("full", marks=pytest.mark.soak)])
def test_a_report_runs_again_from_its_json_alone(name: str) -> None:
    first = {"bare": bare_study, "full": full_study}[name]()
    study, parts = run_again(json.loads(json.dumps(report_json(first))))
    assert {part.name for part in parts} >= {f"figure {one.name}" for one in first.figures}
    assert [part for part in parts if part.differs is not None] == []
    assert study.document() == first.document()


def test_a_figure_that_was_changed_is_found(made: Any) -> None:
    changed = json.loads(json.dumps(made))
    changed["figures"][0]["data"]["worst"][3] += 1e-6
    changed["power"]["worst_year"] = "another"
    _, parts = run_again(changed)
    told = {part.name: part.differs for part in parts if part.differs is not None}
    assert set(told) == {"power", f"figure {made['figures'][0]['name']}"}
    assert "data.worst[3]: was" in str(told[f"figure {made['figures'][0]['name']}"])


def test_a_sentence_that_was_changed_is_found(made: Any) -> None:
    changed = json.loads(json.dumps(made))
    blocks = changed["document"]["sections"][0]["blocks"]
    place = next(number for number, one in enumerate(blocks) if one["kind"] == "text")
    blocks[place]["text"] += " All is well."
    _, parts = run_again(changed)
    told = {part.name: part.differs for part in parts if part.differs is not None}
    assert set(told) == {"document"}
    assert f"sections[0].blocks[{place}].text: was" in str(told["document"])


def test_a_report_without_what_is_shown_is_not_the_same(made: Any) -> None:
    _, parts = run_again({name: one for name, one in made.items() if name != "document"})
    assert [part.name for part in parts if part.differs is not None] == ["document"]


def test_other_versions_are_no_difference_in_what_is_shown(made: Any) -> None:
    versions = {**bare_study().made_with, "counterseal": "0.0.1", "numpy": "1.0"}
    then = report_json(replace(bare_study(), made_with=versions))
    assert "Counterseal 0.0.1" in json.dumps(then["document"])
    for given in (json.loads(json.dumps(then)), {**made, "made_with": None}):
        _, parts = run_again(given)
        assert [part for part in parts if part.differs is not None] == []


def test_what_is_worked_out_next_is_told() -> None:
    told: list[str] = []
    study_of(bare_study().source, seed=1, begin=told.append)
    assert told[0] == "chances of detection"
    assert "figure effort" in told
    assert len(told) == len(set(told))


def test_a_figure_that_was_taken_away_is_found(made: Any) -> None:
    _, parts = run_again({**made, "figures": made["figures"][1:]})
    assert [part.name for part in parts if part.differs is not None] == [
        f"figure {made['figures'][0]['name']}"
    ]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"format": "other"}, "'format' must be"),
        ({"seed": "1"}, "seed: found '1', must be a whole number"),
        ({"seed": True}, "seed: found True"),
        ({"seed": -1}, "seed: found -1, must be from 0 to"),
        ({"seed": 2**64}, "must be from 0 to 18446744073709551615"),
        ({"effort": {}}, "effort: no effort file in it"),
        ({"effort": None}, "effort: no effort file in it"),
        ({"effort": {"name": "a", "text": "b", "packs": {}, "sha256": "0"}}, "effort.text: SHA-256"),
        ({"figures": [1]}, "figures: must be a list of things with a name"),
        ({"figures": {}}, "figures: must be a list"),
    ],
    ids=lambda one: str(one)[:30],
)
def test_what_is_no_report_is_refused(made: Any, changes: dict[str, Any], said: str) -> None:
    with pytest.raises(RefusedInputError, match=said):
        run_again({**made, **changes})


@pytest.mark.parametrize("given", [None, [], "text", 3])
def test_json_of_another_kind_is_refused(given: Any) -> None:
    with pytest.raises(RefusedInputError, match="not a report of a regime"):
        run_again(given)


def test_a_source_says_where_a_file_breaks_a_rule() -> None:
    with pytest.raises(EffortError, match=r"bad\.yaml:1"):
        study_of(EffortSource(name="bad.yaml", text="format: other\n"), seed=1)


def test_a_pack_by_path_travels_with_the_report() -> None:
    text = packaged_pack_text(packaged_names()[0]).decode()
    source = EffortSource(name="a", text="b", packs={"own/pack.yaml": text})
    assert source_of(source.document()) == source
    assert source.pack("own/pack.yaml").id == packaged_names()[0]


def test_whole_numbers_and_truth_are_not_taken_for_each_other() -> None:
    assert difference({"a": True}, {"a": 1}) == "a: was True, is 1"
    assert difference([1, 2], [1, 2, 3]) == ": was [1, 2], is [1, 2, 3]"
    assert difference({"a": 1.0}, {"a": None}) == "a: was 1.0, is None"
    assert difference({"a": 1.0, "b": 2}, {"a": 1.0 + 1e-14, "b": 2}) is None


def test_fewer_nodes_over_an_unknown_power_change_no_figure_that_is_shown() -> None:
    unknown = ItemTest(name="t", detect_beta=(19.0, 1.0), common_mode_p=0.02)
    study = full_study()
    tests = tuple(
        replace(unknown, name=one.name) if one.name == "count" else one for one in study.effort.regime.tests
    )
    regime = replace(study.effort.regime, tests=tests)
    for strategy in study.effort.strategies:
        fine, coarse = seen_in_year(regime, strategy), seen_in_year_coarsely(regime, strategy)
        assert coarse == pytest.approx(fine, abs=1e-9)
        known = study.effort.regime
        assert seen_in_year_coarsely(known, strategy) == pytest.approx(
            seen_in_year(known, strategy), abs=1e-14
        )


def test_more_visits_never_see_less_and_the_quota_is_among_them() -> None:
    study = full_study()
    context = Context(source=study.source, effort=study.effort, power=study.power, seed=1)
    told = sweep(context)
    assert told is not None
    assert list(told.visits_per_y) == sorted(told.visits_per_y)
    for _, chances in told.seen:
        assert all(after >= before - 1e-12 for before, after in pairwise(chances))
    here = told.visits_per_y.index(study.power.workload.visits_per_y)
    assert told.worst[here] == pytest.approx(study.power.worst_year.per_year.value, abs=1e-12)
    assert told.effort_pd_per_y[here] == pytest.approx(study.power.workload.cost_pd_per_y)


def test_every_change_that_is_named_raises_the_weakest_link_and_costs() -> None:
    study = full_study()
    assert study.changes
    for one in study.changes:
        assert one.seen >= (study.power.worst_year.per_year.value or 0.0) - 1e-12
        assert one.more_pd_per_y > 0.0


def test_the_robust_interval_holds_the_figure_and_every_bar() -> None:
    told = full_study().sensitive
    assert told is not None
    assert told.least is not None
    assert told.most is not None
    low, high = told.least.figure.value or 0.0, told.most.figure.value or 1.0
    for figure in (told.base, *(end for bar in told.bars for end in (bar.at_low, bar.at_high))):
        assert low - 1e-12 <= figure <= high + 1e-12


def test_inputs_that_move_nothing_are_said_to_and_not_drawn() -> None:
    told = full_study().sensitive
    assert told is not None
    still = replace(told, bars=tuple(replace(bar, at_low=told.base, at_high=told.base) for bar in told.bars))
    left = tornado_figure(still)
    assert isinstance(left, LeftOut)
    assert left.why == "None of the uncertain inputs moves the least chance in a year."
