"""The summary of an assessment: a document with a schema of its own, for other programs."""

import csv
import io
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from importlib import resources
from typing import Any, Final

from jsonschema import Draft202012Validator

from counterseal.assessment.errors import SummaryError
from counterseal.assessment.finding import Finding, finding_id
from counterseal.terms.outcomes import KnownAs, Outcome
from counterseal.terms.parties import parse_party_code
from counterseal.terms.times import parse_date
from counterseal.treaty.pack import Pack

COLUMNS: Final = (
    "id",
    "as_of",
    "party",
    "interpretation",
    "clause",
    "check",
    "outcome",
    "figure",
    "limit",
    "unit",
    "known_as",
    "reasons",
    "records",
    "state",
)
"""Columns of the table of findings; new ones are added at the end."""

SCHEMA: Final = "summary-2"
"""The schema of what is written; one that came before is read for ever."""

_FIRST = "summary-1"
"""What a document follows that names no schema: it says nothing of states."""

_READ_AS_FORMULA = ("=", "+", "-", "@")


def summary_document(
    pack: Pack,
    findings: Iterable[Finding],
    *,
    generated_by: str,
    left_out: Iterable[Mapping[str, str]] = (),
) -> dict[str, Any]:
    """Return the findings as the document that ``schema/summary-2.json`` describes.

    Args:
        pack: The agreement.
        findings: In the order in which they are to stand.
        generated_by: Name and version of the program, nothing else.
        left_out: Statements on the record that the findings do not rest on; the document names none where
            there is none.
    """
    document: dict[str, Any] = {
        "schema": SCHEMA,
        "treaty": pack.id,
        "generated_by": generated_by,
        "findings": [found.as_json() for found in findings],
    }
    listed = [dict(item) for item in left_out]
    return document | {"left_out": listed} if listed else document


@cache
def summary_schema(name: str = SCHEMA) -> dict[str, Any]:
    """Return a JSON Schema of the summary, as it ships in the package."""
    text = resources.files("counterseal.assessment").joinpath(f"schema/{name}.json").read_text("utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


def parse_summary(document: Any) -> tuple[Finding, ...]:
    """Return the findings of a summary, of this version or of the first.

    Args:
        document: The JSON document, already decoded.

    Raises:
        SummaryError: it breaks the schema, has a date that does not exist, or one id twice.
    """
    first = isinstance(document, dict) and "schema" not in document
    validator = Draft202012Validator(summary_schema(_FIRST if first else SCHEMA))
    errors = sorted(validator.iter_errors(document), key=lambda error: error.json_path)
    if errors:
        raise SummaryError(f"summary, {errors[0].json_path}: {errors[0].message}")
    findings = tuple(_finding(entry) for entry in document["findings"])
    for found_id, times in Counter(found.id for found in findings).items():
        if times > 1:
            raise SummaryError(f"summary, finding {found_id}: stands {times} times; an id names one finding")
    return findings


def _finding(entry: dict[str, Any]) -> Finding:
    where = f"summary, finding {entry['id']!r}"
    for column in ("figure", "limit"):
        if isinstance(entry[column], float):
            raise SummaryError(f"{where}: {column} {entry[column]!r}; must be a whole number, written as one")
    try:
        as_of, party = parse_date(entry["as_of"]), parse_party_code(entry["party"])
        interpretation = parse_party_code(entry["interpretation"])
    except ValueError as error:
        raise SummaryError(f"{where}: {error}") from error
    _require_named(entry, as_of=as_of, where=where)
    return Finding(
        id=entry["id"],
        as_of=as_of,
        party=party,
        interpretation=interpretation,
        clause=entry["clause"],
        check=entry["check"],
        outcome=Outcome(entry["outcome"]),
        figure=entry["figure"],
        limit=entry["limit"],
        unit=entry["unit"],
        known_as=KnownAs(entry["known_as"]),
        reasons=tuple(entry["reasons"]),
        records=tuple(entry["records"]),
        state=entry.get("state"),
    )


def _require_named(entry: dict[str, Any], *, as_of: date, where: str) -> None:
    rule = entry["id"].split(".", 3)[3]
    party, interpretation = entry["party"], entry["interpretation"]
    name = finding_id(as_of=as_of, party=party, interpretation=interpretation, rule=rule)
    if entry["id"] != name or rule != rule.strip():
        raise SummaryError(f"{where}: by its date, party and reading its id must be {name!r}")


def findings_csv(findings: Iterable[Finding]) -> bytes:
    """Return findings as a table: UTF-8, LF, one header row.

    Several reasons stand in one cell with a space between them, several records likewise, and
    every run of white space is one space. A cell that a spreadsheet would read as a formula is led
    by an apostrophe; whole numbers are left as they are.
    """
    table = io.StringIO(newline="")
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(COLUMNS)
    for found in findings:
        entry = found.as_json()
        writer.writerow([_cell(entry[column]) for column in COLUMNS])
    return table.getvalue().encode("utf-8")


def _cell(value: Any) -> str | int:
    if isinstance(value, int):
        return value
    text = " ".join((" ".join(value) if isinstance(value, list) else value or "").split())
    return f"'{text}" if text.startswith(_READ_AS_FORMULA) else text
