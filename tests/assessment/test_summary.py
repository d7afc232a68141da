"""The summary that other programs read, and the table of findings."""

import csv
import io
import json
from dataclasses import replace
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from assessment.fictional import ARD, BEL, SECOND, assertion, facts, pack, position, row
from counterseal.assessment.assess import CHECKS, assess
from counterseal.assessment.errors import AssessmentError, SummaryError
from counterseal.assessment.summary import (
    COLUMNS,
    findings_csv,
    parse_summary,
    summary_document,
    summary_schema,
)
from counterseal.terms.outcomes import KnownAs, Outcome

FINDINGS = assess(
    pack(),
    facts(
        row(ARD, SECOND, 500),
        row(BEL, SECOND, None),
        positions=(position(BEL, ARD),),
        assertions=(assertion(BEL, ARD, SECOND),),
    ),
)


def document() -> Any:
    made = summary_document(pack(), FINDINGS, generated_by="counterseal 0.1.0")
    return json.loads(json.dumps(made))


def test_the_document_has_its_four_keys_and_nothing_else() -> None:
    made = document()
    assert list(made) == ["schema", "treaty", "generated_by", "findings"]
    assert made["schema"] == "summary-2"
    assert (made["treaty"], made["generated_by"]) == ("lake-treaty", "counterseal 0.1.0")
    assert {tuple(entry) for entry in made["findings"]} == {COLUMNS}


def test_the_schema_is_a_schema_and_knows_every_word() -> None:
    schema = summary_schema()
    Draft202012Validator.check_schema(schema)
    known = schema["$defs"]["finding"]["properties"]
    assert known["outcome"]["enum"] == [outcome.value for outcome in Outcome]
    assert known["known_as"]["enum"] == [value.value for value in KnownAs]
    assert known["check"]["enum"] == [check.__name__.replace("_", "-") for check in CHECKS]
    assert schema["additionalProperties"] is schema["$defs"]["finding"]["additionalProperties"] is False


def test_a_document_read_back_gives_the_same_findings() -> None:
    assert parse_summary(document()) == FINDINGS


@pytest.mark.parametrize("column", COLUMNS)
def test_every_column_is_required(column: str) -> None:
    made = document()
    del made["findings"][0][column]
    with pytest.raises(SummaryError, match=f"'{column}' is a required property"):
        parse_summary(made)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("id", "first"),
        ("id", "2031-02-01.ARD.ARD.launchers-500"),
        ("as_of", None),
        ("as_of", "2031-02-30"),
        ("party", "ard"),
        ("party", "ARD\n"),
        ("interpretation", "BEL\n"),
        ("clause", ""),
        ("check", "aggregate"),
        ("outcome", "bad"),
        ("figure", "400"),
        ("figure", 400.0),
        ("figure", True),
        ("limit", 1.5),
        ("unit", " "),
        ("known_as", "rumoured"),
        ("reasons", []),
        ("reasons", [" "]),
        ("records", ["abc"]),
        ("records", ["a" * 64 + "\n"]),
        ("records", ["a" * 64, "a" * 64]),
        ("state", "seen"),
        ("note", "more"),
    ],
)
def test_a_document_that_breaks_its_schema_is_refused_with_its_place(column: str, value: object) -> None:
    made = document()
    made["findings"][0][column] = value
    with pytest.raises(SummaryError, match="summary, "):
        parse_summary(made)


@pytest.mark.parametrize("state", ["issued", "logged", "settled", None])
def test_a_finding_says_how_far_its_records_are_vouched_for(state: str | None) -> None:
    findings = (replace(FINDINGS[0], state=state),)
    made = summary_document(pack(), findings, generated_by="counterseal 0.1.0")
    assert made["findings"][0]["state"] == state
    assert parse_summary(json.loads(json.dumps(made))) == findings
    (_, shown) = csv.reader(io.StringIO(findings_csv(findings).decode("utf-8"), newline=""))
    assert shown[COLUMNS.index("state")] == (state or "")


def test_a_document_of_the_first_version_is_read_for_ever() -> None:
    made = document()
    del made["schema"]
    for finding in made["findings"]:
        del finding["state"]
    assert parse_summary(made) == FINDINGS
    made["findings"][0]["state"] = "settled"
    with pytest.raises(SummaryError, match="'state' was unexpected"):
        parse_summary(made)


def test_a_document_names_the_schema_that_it_follows() -> None:
    for name in ("summary-1", "summary-3", None):
        with pytest.raises(SummaryError, match="summary-2"):
            parse_summary(document() | {"schema": name})


def test_an_id_stands_once() -> None:
    made = document()
    made["findings"].append(made["findings"][0])
    with pytest.raises(SummaryError, match="stands 2 times"):
        parse_summary(made)


def test_a_finding_without_a_reason_cannot_be_made() -> None:
    with pytest.raises(AssessmentError, match="at least one reason"):
        replace(FINDINGS[0], reasons=())


def test_the_table_is_utf_8_with_lf_and_the_same_content() -> None:
    table = findings_csv(FINDINGS)
    assert b"\r" not in table
    rows = list(csv.reader(io.StringIO(table.decode("utf-8"), newline="")))
    assert tuple(rows[0]) == COLUMNS
    assert len(rows) == len(FINDINGS) + 1
    first = dict(zip(COLUMNS, rows[1], strict=True))
    assert first["id"] == FINDINGS[0].id
    assert first["reasons"] == " ".join(FINDINGS[0].reasons)
    assert {row[COLUMNS.index("figure")] for row in rows[1:]} >= {"", "500", "560"}


@pytest.mark.parametrize("lead", ["=", "+", "-", "@"])
def test_a_cell_that_a_spreadsheet_would_run_is_neutralised(lead: str) -> None:
    table = findings_csv((replace(FINDINGS[0], clause=f"\r\t{lead}1+1", figure=-3),))
    rows = list(csv.reader(io.StringIO(table.decode("utf-8"), newline="")))
    assert rows[1][COLUMNS.index("clause")] == f"'{lead}1+1"
    assert rows[1][COLUMNS.index("figure")] == "-3"
