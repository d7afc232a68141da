"""Papers of a measurement on the command line: each in the version that it says, what was agreed, what a treaty lets it."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from counterseal.app.cli.barrier_papers_view import outcome_lines
from counterseal.app.cli.barrier_view import outcome_text
from counterseal.barrier.code_hash import code_hash
from program import Program, Ran
from strategies.measurement_dossiers import dossier_document, first_dossier
from strategies.measurement_protocols import document, first_document

BUDGET = """disclosure_budgets:
  - {id: budget-any, clause: "V", attribute: any, bits: 4, binds_from: 2011-02-05, binds_until: 2026-02-04, citation: CITED}
"""


def written(folder: Path, whole: Mapping[str, Any]) -> Path:
    path = folder / "paper.yaml"
    path.write_text(yaml.safe_dump(dict(whole), sort_keys=False), encoding="utf-8")
    return path


@pytest.mark.parametrize("rule", ["none", "dossier", "drawn"])
def test_prepare_shows_what_was_agreed_of_the_equipment(program: Program, tmp_path: Path, rule: str) -> None:
    path = written(tmp_path, document(code="unbound", equipment=rule))
    said = json.loads(program("barrier", "prepare", path, "--json").out)
    assert said["equipment"]["agreed"] == rule
    assert said["treaty"] is None
    text = program("barrier", "prepare", path).out
    assert f"equipment     {rule}: {said['equipment']['meaning']}" in text
    assert "with --node the budget is held against its treaty pack" in text


def test_a_protocol_of_the_first_version_is_taken_and_shown_as_not_agreed(
    program: Program, tmp_path: Path
) -> None:
    ran = program("barrier", "prepare", written(tmp_path, first_document(code="unbound")))
    assert ran.code == 0, ran.err
    assert "equipment     not-agreed: not agreed: a protocol of version 1" in ran.out


@pytest.mark.parametrize(
    ("whole", "said"),
    [
        (first_document(code="unbound") | {"protocol": 2}, "key 'equipment' is missing"),
        (document(code="unbound") | {"protocol": 1}, "unknown key 'equipment'"),
        (
            document(code="unbound") | {"protocol": 3},
            "paper.yaml:1:11: protocol: found 3, expected exactly 2",
        ),
        (document(code="unbound", equipment="some"), "found 'some', expected one of: none, dossier, drawn"),
    ],
)
def test_a_version_without_its_members_is_refused_with_its_line(
    program: Program, tmp_path: Path, whole: dict[str, Any], said: str
) -> None:
    ran = program("barrier", "prepare", written(tmp_path, whole))
    assert ran.code == 3
    assert said in ran.err
    assert "paper.yaml:" in ran.err


def test_a_dossier_says_which_nuclear_data_or_that_it_does_not(program: Program, tmp_path: Path) -> None:
    named = program("barrier", "dossier", written(tmp_path, dossier_document()))
    assert f"nuclear data {dossier_document()['nuclear_data']['sha256']} (edition" in named.out
    silent = program("barrier", "dossier", written(tmp_path, first_dossier()))
    assert "nuclear data not named: a dossier of version 1" in silent.out
    refused = program("barrier", "dossier", written(tmp_path, first_dossier() | {"dossier": 2}))
    assert refused.code == 3
    assert "key 'nuclear_data' is missing" in refused.err


def prepared(program: Program, nodes: Path, tmp_path: Path, *, bits: int, until: str) -> Ran:
    """The host's node has a budget of four bits in its pack, to some day."""
    pack = nodes / "RU" / "pack.yaml"
    text = pack.read_text("utf-8")
    whole = yaml.safe_load(text)
    entry = BUDGET.replace("CITED", whole["citations"][0]["key"]).replace("2026-02-04", until)
    entry = entry.replace('"V"', json.dumps(whole["articles"][0]["clause"]))
    pack.write_text(f"{text.rstrip()}\n{entry}", encoding="utf-8")
    protocol = document(
        treaty="new-start",
        host="RU",
        inspector="US",
        code=code_hash(),
        answer={"no_decision": "shown", "budget_bits": bits},
    )
    return program("barrier", "prepare", written(tmp_path, protocol), "--node", nodes / "RU", "--json")


def test_at_a_node_the_budget_is_held_against_its_pack(program: Program, nodes: Path, tmp_path: Path) -> None:
    ran = prepared(program, nodes, tmp_path, bits=6, until="2012-02-04")
    assert ran.code == 0, ran.err
    (budget,) = json.loads(ran.out)["treaty"]["budgets"]
    assert (budget["bits"], budget["held"], budget["binds_until"]) == ("4.000", None, "2012-02-04")


def test_without_a_budget_in_the_pack_that_is_said(program: Program, nodes: Path, tmp_path: Path) -> None:
    protocol = document(treaty="new-start", host="RU", inspector="US", code=code_hash())
    ran = program("barrier", "prepare", written(tmp_path, protocol), "--node", nodes / "RU")
    assert ran.code == 0, ran.err
    assert "states no budget for what is asked: the protocol's own holds alone" in ran.out


def test_an_outcome_is_shown_with_the_agreed_equipment() -> None:
    held = {"agreed": "drawn", "held": False, "reasons": ["BEL objects", "not the copy"]}
    assert list(outcome_lines(held)) == [
        "  agreed equipment (drawn) NOT HELD: BEL objects",
        "  agreed equipment (drawn) NOT HELD: not the copy",
    ]
    document = {"item": "A", "number": 1, "outcome": "confirmed", "health": "well", "record": "ab"}
    assert "NOT HELD" in outcome_text(document | {"token": "cd", "countersigned": None, "equipment": held})
