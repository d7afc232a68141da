"""Situations beside the packs: they hold, and each would fail if the law or the facts were otherwise."""

import copy
from dataclasses import replace
from typing import Any

import pytest

from counterseal.assessment.situations import run_situations
from counterseal.treaty.errors import PackError
from counterseal.treaty.load import load_pack, packaged_names, packaged_pack
from counterseal.treaty.packaged import packaged_bytes
from counterseal.treaty.situations import load_situations, packaged_situations
from counterseal.treaty.template import new_pack_files

FILES = [(name, file, document) for name in packaged_names() for file, document in packaged_situations(name)]
SITUATIONS = [
    pytest.param(name, document, index, id=f"{name}: {situation['name']}")
    for name, _, document in FILES
    for index, situation in enumerate(document["situations"])
]
PACK = packaged_pack("new-start")
LIMITS = packaged_bytes("new-start", "situations", "limits.yaml").decode()


def run(name: str, situation: dict[str, Any]) -> bool:
    (result,) = run_situations(packaged_pack(name), {"situations": [situation]})
    return result.held


@pytest.mark.parametrize(("name", "document", "index"), SITUATIONS)
def test_the_situation_holds(name: str, document: dict[str, Any], index: int) -> None:
    (result,) = run_situations(packaged_pack(name), {"situations": [document["situations"][index]]})
    assert result.differences == ()
    assert result.held


@pytest.mark.parametrize(("name", "document", "index"), SITUATIONS)
def test_the_situation_fails_if_another_outcome_is_expected(
    name: str, document: dict[str, Any], index: int
) -> None:
    for place, wanted in enumerate(document["situations"][index]["expect"]):
        situation = copy.deepcopy(document["situations"][index])
        situation["expect"][place]["outcome"] = "met" if wanted["outcome"] != "met" else "overdue"
        assert not run(name, situation)


def test_there_are_enough_to_show_the_rules() -> None:
    assert len(SITUATIONS) >= 12


def test_another_limit_fails_a_situation() -> None:
    limits = tuple(replace(limit, value=limit.value - 1) for limit in PACK.limits)
    document = load_situations(LIMITS, where="limits.yaml", pack=PACK)
    results = run_situations(replace(PACK, limits=limits), document)
    assert not all(result.held for result in results)


def test_the_template_holds_as_it_stands() -> None:
    files = dict(new_pack_files("widgets"))
    pack = load_pack(files["pack.yaml"], where="pack.yaml")
    document = load_situations(files["situations/example.yaml"], where="example.yaml", pack=pack)
    results = run_situations(pack, document)
    assert [result.differences for result in results] == [()] * len(results)


REFUSED = {
    "rule": (
        ("rule: limit-warheads", "rule: limit-heads"),
        "found 'limit-heads', expected a rule id of this pack",
    ),
    "party": (("party: RU", "party: CN"), "found 'CN', expected a code of a state"),
    "category": (("deployed_warheads: 1796", "warheads: 1796"), "found 'warheads', expected a category id"),
    "outcome": (("outcome: not-applicable", "outcome: guilty"), "found 'guilty', expected one of: within"),
    "day": (("assess_on: 2016-12-31", "assess_on: 2016-12-32"), "there is no such day"),
    "key": (
        ("assess_on: 2016-12-31", "assess_at: 2016-12-31"),
        "unknown key 'assess_at'; did you mean 'assess_on'?",
    ),
    "fact": (
        ("      declared:", "      declare:"),
        "unknown key 'declare'; did you mean 'declared'?",
    ),
    "name twice": (
        ("name: One above the limit, in every reading", "name: What is missing is not zero"),
        "is named twice, first on line",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_file_that_does_not_fit_is_refused_with_its_line(case: str) -> None:
    (old, new), message = REFUSED[case]
    assert old in LIMITS
    with pytest.raises(PackError) as refused:
        load_situations(LIMITS.replace(old, new, 1), where="limits.yaml", pack=PACK)
    assert message in str(refused.value)
    assert str(refused.value).startswith("limits.yaml:")


def test_a_situation_that_expects_nothing_is_refused() -> None:
    text = """format: counterseal-situations/1
situations:
  - {name: a, why: b, assess_on: 2020-01-01, facts: {}, expect: []}
"""
    with pytest.raises(PackError, match="a situation that expects nothing cannot fail"):
        load_situations(text, where="x.yaml", pack=PACK)


def test_an_assertion_needs_its_position() -> None:
    text = packaged_bytes("new-start", "situations", "readings.yaml").decode()
    with pytest.raises(PackError, match=r"found 'none', expected a position of this situation: conversion"):
        load_situations(text.replace("position: conversion", "position: none", 1), where="x.yaml", pack=PACK)
