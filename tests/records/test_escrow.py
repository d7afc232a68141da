"""Escrow: the form of commitments and openings, and that an opening leads to its root or is refused."""

from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterseal.crypto.seed_tree import SeedTree, subtree_seed
from counterseal.records.errors import RecordError
from counterseal.records.escrow import (
    COMMITMENT_KIND,
    MAX_LEAVES,
    OPENING_KIND,
    EscrowCommitment,
    parse_escrow_commitment,
    parse_escrow_opening,
    require_leads_to,
)
from counterseal.records.said import Heard, Placed, Said
from counterseal.records.verification.escrows import judge_escrows
from strategies.mutations import mutate_document

SEED = bytes(range(32))
FIELDS = [(f"name {number}", f'{{"n":{number}}}') for number in range(11)]
TOTAL = 16
RAW = [(name.encode(), value.encode()) for name, value in FIELDS]
TREE = SeedTree(RAW, seed=SEED, leaves=TOTAL)
COMMITMENT = EscrowCommitment(leaves=TOTAL, root=TREE.root.hex(), title="all vessels")
RECORD, OTHER = "aa" * 32, "bb" * 32


def statement(first: int, leaves: int) -> dict[str, Any]:
    return {
        "commitment": RECORD,
        "fields": [list(field) for field in FIELDS[first : first + leaves]],
        "first": first,
        "leaves": leaves,
        "proof": [item.hex() for item in TREE.proof(first=first, leaves=leaves)],
        "reason": "agreed step",
        "seed": subtree_seed(SEED, total=TOTAL, first=first, leaves=leaves).hex(),
        "stage": "site",
    }


SUBTREES = [(first, 1 << up) for up in range(5) for first in range(0, TOTAL, 1 << up)]


def said(kind: str, members: dict[str, Any], *, index: int, **changed: Any) -> Said:
    given: dict[str, Any] = {
        "record_id": RECORD if kind == COMMITMENT_KIND else f"{index:064x}",
        "kind": kind,
        "origin": "ard/log",
        "party": "ARD",
        "index": index,
        "path": "logs/x/tile/entries/000.p/6",
        "refs": () if kind == COMMITMENT_KIND else (RECORD,),
        "not_before": (),
        "claimed_time": "2030-01-10T12:00:00Z",
        "public": True,
        "statement": members,
    }
    return Said(**{**given, **changed})


COMMITTED = said(COMMITMENT_KIND, COMMITMENT.statement(), index=3)


PLACED = Placed(origin="ard/log", index=3, kind=COMMITMENT_KIND, commit="00" * 32, parts=4, size_class=1024)


def refusals(*records: Said, placed: Placed | None = PLACED) -> list[str]:
    heard = Heard(said=records, placed={} if placed is None else {RECORD: placed})
    return [rule for _, rule in judge_escrows(heard)]


@pytest.mark.parametrize(("first", "leaves"), SUBTREES)
def test_every_subtree_opens_and_comes_back_from_its_statement(first: int, leaves: int) -> None:
    opening = parse_escrow_opening(statement(first, leaves))
    require_leads_to(opening, COMMITMENT)
    assert opening.statement() == statement(first, leaves)
    assert refusals(COMMITTED, said(OPENING_KIND, statement(first, leaves), index=4)) == []


def test_dummies_between_fields_are_written_and_those_at_the_end_left_out() -> None:
    fields = [("a", "1"), ("", ""), ("", ""), ("b", "2")]
    raw = [(name.encode(), value.encode()) for name, value in fields]
    commitment = replace(COMMITMENT, root=SeedTree(raw, seed=SEED, leaves=TOTAL).root.hex())
    written = {**statement(0, TOTAL), "fields": [list(pair) for pair in fields]}
    require_leads_to(parse_escrow_opening(written), commitment)
    with pytest.raises(RecordError, match="dummies at the end are left out"):
        parse_escrow_opening({**written, "fields": [*written["fields"], ["", ""]]})


@pytest.mark.parametrize(("first", "leaves"), SUBTREES)
def test_a_wrong_seed_place_proof_or_field_leads_nowhere(first: int, leaves: int) -> None:
    good = statement(first, leaves)

    def refused(**changed: Any) -> None:
        with pytest.raises(RecordError):
            require_leads_to(parse_escrow_opening({**good, **changed}), COMMITMENT)

    for digit in range(0, 64, 7):
        refused(
            seed=good["seed"][:digit] + f"{int(good['seed'][digit], 16) ^ 1:x}" + good["seed"][digit + 1 :]
        )
    for other_first, other_leaves in SUBTREES:
        if (other_first, other_leaves) != (first, leaves):
            if other_leaves == leaves:
                refused(first=other_first)
            refused(seed=statement(other_first, other_leaves)["seed"])
            if good["proof"] and other_leaves == leaves:
                refused(proof=statement(other_first, other_leaves)["proof"])
    for step in range(len(good["proof"])):
        refused(proof=[*good["proof"][:step], "00" * 32, *good["proof"][step + 1 :]])
    refused(proof=[*good["proof"], "00" * 32])
    refused(proof=good["proof"][:-1] if good["proof"] else ["00" * 32])
    for position, (name, value) in enumerate(good["fields"]):
        for field in (
            [name + "x", value],
            [name, value.replace("n", "m")],
            ["", ""],
            [value, '"' + name + '"'],
        ):
            refused(fields=[*good["fields"][:position], field, *good["fields"][position + 1 :]])
    if len(good["fields"]) > 1:
        refused(fields=good["fields"][::-1])
    if len(good["fields"]) < leaves:
        refused(fields=[*good["fields"], ["more", "1"]])


def test_an_opening_holds_nothing_of_its_neighbour() -> None:
    """Only hashes over salted leaves stand for what is beside it: the seed of the one is not that of the other."""
    own, beside = statement(4, 4), statement(0, 4)
    shown = str(own)
    assert beside["seed"] not in shown
    assert not any(name in shown or value in shown for name, value in beside["fields"])
    for index in range(4):
        assert subtree_seed(SEED, total=TOTAL, first=index, leaves=1).hex() not in shown
    assert own["seed"] != beside["seed"]


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({"x": 1}, "exactly leaves, root and title"),
        ({"leaves": 0}, "power of two"),
        ({"leaves": 3}, "power of two"),
        ({"leaves": True}, "power of two"),
        ({"leaves": "16"}, "power of two"),
        ({"leaves": 2 * MAX_LEAVES}, "power of two up to 4194304"),
        ({"root": "AA" * 32}, "root"),
        ({"root": None}, "root"),
        ({"title": None}, "title"),
    ],
)
def test_a_commitment_out_of_form_is_refused(changed: dict[str, Any], rule: str) -> None:
    with pytest.raises(RecordError, match=rule):
        parse_escrow_commitment({**COMMITMENT.statement(), **changed})
    (found,) = refusals(said(COMMITMENT_KIND, {**COMMITMENT.statement(), **changed}, index=0))
    assert rule in found


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({"x": 1}, "exactly"),
        ({"commitment": "AA" * 32}, "commitment"),
        ({"seed": 5}, "seed"),
        ({"reason": ""}, "reason"),
        ({"stage": ""}, "stage"),
        ({"stage": None}, "stage"),
        ({"leaves": 3}, "power of two"),
        ({"leaves": False}, "power of two"),
        ({"first": 2}, "multiple of 4"),
        ({"first": -4}, "multiple of 4"),
        ({"first": "4"}, "multiple of 4"),
        ({"first": True, "leaves": 1, "fields": []}, "multiple of 1"),
        ({"proof": {}}, "proof: must be a list"),
        ({"proof": ["00"]}, "at most 22 hashes"),
        ({"proof": ["00" * 32] * 23}, "at most 22 hashes"),
        ({"fields": {}}, r"list of \[name, value\]"),
        ({"fields": [["a"]]}, r"list of \[name, value\]"),
        ({"fields": [["a", "1", "2"]]}, r"list of \[name, value\]"),
        ({"fields": [["a", 1]]}, "field 4: name and value must be texts"),
        ({"fields": [[None, "1"]]}, "field 4: name and value must be texts"),
        ({"fields": [["", "1"]]}, "field 4: a name of 0 characters"),
        ({"fields": [["a" * 201, "1"]]}, "field 4: a name of 201 characters"),
        ({"fields": [["a", ""]]}, "field 4, value: "),
        ({"fields": [["a", "1.5"]]}, "field 4, value: "),
        ({"fields": [["a", '{"b":1,"a":1}']]}, "field 4, value: "),
        ({"fields": [["a", "1"]] * 5}, "5 fields for 4 leaves"),
        ({"first": 0, "leaves": 8192}, "8192 leaves with 4 fields written, at most 4096"),
        ({"first": 0, "leaves": 8192, "fields": []}, "8192 leaves with 0 fields written, at most 4096"),
        ({"first": 0, "leaves": MAX_LEAVES}, "4194304 leaves with 4 fields written"),
        ({"first": 0, "leaves": 8192, "fields": [["a", "1"]] * 127}, "127 fields written, at most 8128"),
    ],
)
def test_an_opening_out_of_form_is_refused(changed: dict[str, Any], rule: str) -> None:
    with pytest.raises(RecordError, match=rule):
        parse_escrow_opening({**statement(4, 4), **changed})
    assert len(refusals(said(OPENING_KIND, {**statement(4, 4), **changed}, index=4))) == 1


@pytest.mark.parametrize(
    ("leaves", "fields"), [(4096, 0), (4096, 1), (8192, 128), (16_384, 256), (MAX_LEAVES, 65_536)]
)
def test_an_opening_may_have_so_many_leaves_for_its_fields(leaves: int, fields: int) -> None:
    """Dummies that are written count: each makes the record longer."""
    written = [["", ""]] * (fields - 1) + [["a", "1"]] * (fields > 0)
    opening = parse_escrow_opening({**statement(0, 1), "leaves": leaves, "fields": written})
    assert (opening.leaves, len(opening.fields)) == (leaves, fields)
    if fields > 64:
        with pytest.raises(
            RecordError, match=f"with {fields - 1} fields written, at most {64 * fields - 64}"
        ):
            parse_escrow_opening({**statement(0, 1), "leaves": leaves, "fields": written[1:]})


def test_an_opening_outside_its_commitment_is_refused() -> None:
    small = replace(COMMITMENT, leaves=4)
    with pytest.raises(RecordError, match="none in a tree of 4"):
        require_leads_to(parse_escrow_opening(statement(4, 4)), small)
    with pytest.raises(RecordError, match="none in a tree of 4"):
        require_leads_to(parse_escrow_opening(statement(0, 16)), small)
    with pytest.raises(RecordError, match="2 hashes, must be 0"):
        require_leads_to(parse_escrow_opening(statement(0, 4)), small)


@pytest.mark.parametrize("refs", [(), (OTHER,), (RECORD, OTHER)])
def test_refs_name_the_commitment_alone(refs: tuple[str, ...]) -> None:
    (found,) = refusals(COMMITTED, said(OPENING_KIND, statement(4, 4), index=4, refs=refs))
    assert "refs must name that record alone" in found


def test_the_commitment_stands_before_it_in_the_same_log() -> None:
    for index in (2, 3):
        (found,) = refusals(COMMITTED, said(OPENING_KIND, statement(4, 4), index=index))
        assert "does not stand before it" in found
    (found,) = refusals(COMMITTED, said(OPENING_KIND, statement(4, 4), index=9, origin="bel/log"))
    assert "stands in the log ard/log, another" in found


def test_an_opening_that_does_not_lead_to_the_root_is_refused_where_the_commitment_is_heard() -> None:
    wrong = {**statement(4, 4), "seed": "00" * 32}
    (found,) = refusals(said(OPENING_KIND, wrong, index=4), COMMITTED)  # in whatever order they are heard
    assert "does not lead to the committed root" in found


def test_an_opening_of_no_commitment_is_refused() -> None:
    good = said(OPENING_KIND, statement(4, 4), index=4)
    for placed in (None, replace(PLACED, kind="declaration.aggregate")):
        (found,) = refusals(good, placed=placed)
        assert "no such commitment is in the bundle" in found


def test_an_opening_whose_commitment_is_withheld_is_judged_on_form_and_place() -> None:
    wrong = {**statement(4, 4), "seed": "00" * 32}
    assert refusals(said(OPENING_KIND, wrong, index=4)) == []
    assert len(refusals(said(OPENING_KIND, {**wrong, "stage": ""}, index=4))) == 1


def test_records_of_other_kinds_are_left_alone() -> None:
    assert refusals(said("draw.opening", {}, index=0), said("declaration.aggregate", {}, index=1)) == []


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_a_changed_opening_leads_to_no_other_fields(data: st.DataObject) -> None:
    first, leaves = data.draw(st.sampled_from(SUBTREES))
    document = deepcopy(statement(first, leaves))
    mutate_document(data.draw, document)
    try:
        opening = parse_escrow_opening(document)
        require_leads_to(opening, COMMITMENT)
    except RecordError:
        return
    told = dict(enumerate(opening.fields, start=opening.first))
    known = [*FIELDS, *[("", "")] * (TOTAL - len(FIELDS))]
    assert all(known[index] == field for index, field in told.items())
