"""What ``counterseal draw`` reads from people and shows them: pools, strata, values, reports."""

import csv
import io
import os
import re
from collections.abc import Sequence
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import Any, TypedDict

from counterseal.app.cli.bundle_view import printable
from counterseal.errors import RefusedInputError, WorkplaceError
from counterseal.records.draw import DrawOpening, Stratum, require_pool, root_of_pool
from counterseal.services.draw_check import DrawCheck, DrawReport, Replay
from counterseal.stats.hypergeometric import chance_seen, chance_seen_after_restarts
from counterseal.terms.times import parse_instant

MAX_POOL_BYTES = 2**30
_VALUE = re.compile(r"[0-9a-f]{64}", re.ASCII)
_NUMBER = re.compile(r"[0-9]{1,10}", re.ASCII)
_WORDS = {True: "held", False: "NOT HELD", None: "-"}
_RESTARTS = 3
_STRATUM_FIELDS = 3


class OpeningGiven(TypedDict):
    """The options that describe a draw, as they were typed."""

    title: str
    pool: Path
    column: str | None
    apart: bool
    sample: int | None
    strata: tuple[str, ...]
    participants: str | None
    deadline: str


def opening_of(given: OpeningGiven, *, names: tuple[str, ...], states: Sequence[str]) -> DrawOpening:
    """Return the opening that was typed, over the names read; ``states`` draw if nobody is named."""
    require_pool(names)
    codes = given["participants"].split(",") if given["participants"] else states
    return DrawOpening(
        title=given["title"],
        participants=tuple(sorted(str(code) for code in codes)),
        deadline=parse_deadline(given["deadline"]),
        pool_root=root_of_pool(names),
        strata=parse_strata(given["strata"], sample=given["sample"], size=len(names)),
        pool=None if given["apart"] else names,
    )


def read_pool(path: Path, *, column: str | None) -> tuple[str, ...]:
    """Return the names in a file, in order: one a line, or those in a column of a CSV file.

    Raises:
        RefusedInputError: it cannot be read, is not UTF-8, or has no such column.
    """
    try:
        if path.stat().st_size > MAX_POOL_BYTES:
            raise RefusedInputError(f"{path}: larger than {MAX_POOL_BYTES} bytes, too large for a pool")
        text = path.read_text("utf-8")
    except OSError as error:
        raise WorkplaceError(f"{path}: the pool cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise RefusedInputError(f"{path}: byte {error.start} is not UTF-8") from error
    if column is not None:
        return _column(text, column, path=path)
    lines = text.split("\n")  # the reader made one line feed of each line's end
    return tuple(lines[:-1] if lines[-1] == "" else lines)


def _column(text: str, column: str, *, path: Path) -> tuple[str, ...]:
    try:
        rows = list(csv.reader(io.StringIO(text), strict=True))
    except csv.Error as error:
        raise RefusedInputError(f"{path}: not CSV: {error}") from error
    if not rows or rows[0].count(column) != 1:
        raise RefusedInputError(f"{path}: has no one column {column!r} in its first line")
    place = rows[0].index(column)
    for number, row in enumerate(rows[1:], start=2):
        if len(row) != len(rows[0]):
            raise RefusedInputError(f"{path}: row {number} has {len(row)} fields, must be {len(rows[0])}")
    return tuple(row[place] for row in rows[1:])


def parse_strata(texts: tuple[str, ...], *, sample: int | None, size: int) -> tuple[Stratum, ...]:
    """Return the strata that were typed, or the whole pool as one.

    Raises:
        RefusedInputError: both or neither are given, or one is not NAME:COUNT:SAMPLE.
    """
    if bool(texts) == (sample is not None):
        raise RefusedInputError("a draw needs either --sample or one --stratum or more")
    if sample is not None:
        return (Stratum(name="all", count=size, sample=sample),)
    return tuple(_stratum(text) for text in texts)


def _stratum(text: str) -> Stratum:
    fields = text.rsplit(":", 2)
    if len(fields) != _STRATUM_FIELDS or not all(_NUMBER.fullmatch(field) for field in fields[1:]):
        raise RefusedInputError(f"--stratum {text!r}: must be NAME:COUNT:SAMPLE, such as north:30:4")
    return Stratum(name=fields[0], count=int(fields[1]), sample=int(fields[2]))


def parse_deadline(text: str) -> datetime:
    """Return the deadline that was typed.

    Raises:
        RefusedInputError: it is no instant in the form YYYY-MM-DDThh:mm:ssZ.
    """
    try:
        return parse_instant(text)
    except ValueError as error:
        raise RefusedInputError(f"--deadline: {error}") from error


def parse_value(text: str) -> bytes:
    """Return the value that was copied from an envelope [32 bytes].

    Raises:
        RefusedInputError: it is not 64 hexadecimal digits.
    """
    digits = "".join(text.split()).lower()
    if not _VALUE.fullmatch(digits):
        raise RefusedInputError(f"--value: {len(digits)} characters, must be 64 hexadecimal digits")
    return bytes.fromhex(digits)


def parse_positions(text: str) -> tuple[int, ...]:
    """Return the positions that were typed.

    Raises:
        RefusedInputError: one is not a whole number.
    """
    fields = [field.strip() for field in text.split(",")]
    if wrong := [field for field in fields if not _NUMBER.fullmatch(field)]:
        raise RefusedInputError(f"--choose: {wrong[0]!r} is no position in a pool")
    return tuple(map(int, fields))


def require_new(path: Path) -> None:
    """Refuse to write where something is already, before anything is signed.

    Raises:
        WorkplaceError: it exists.
    """
    if path.exists() or path.is_symlink():
        raise WorkplaceError(f"--paper {path}: exists already; an envelope is never written over")


def write_secret(path: Path, text: str) -> None:
    """Write a new file that only its owner may read.

    Raises:
        WorkplaceError: it cannot be written.
    """
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        why = error.strerror or error
        raise WorkplaceError(
            f"{path}: cannot be written: {why}; the commitment is signed and its value kept"
        ) from error


def terms_line(opening: DrawOpening) -> str:
    """Return what is drawn, by whom and until when, in one line."""
    strata = ", ".join(f"{item.sample} of {item.count} ({item.name})" for item in opening.strata)
    until = opening.statement()["deadline"]
    line = f"{opening.title}: {strata}; drawn by {', '.join(opening.participants)}; reveal by {until}"
    return printable(line)


def report_json(report: DrawReport) -> dict[str, Any]:
    """Return a report as a JSON document."""
    terms = report.draw.terms.statement()
    return {
        "draw": report.draw.said.record_id,
        "opened_by": report.draw.said.party,
        "opening": terms | {"pool": len(terms["pool"]) if terms["pool"] is not None else None},
        "accepted": report.accepted,
        "checks": [
            {"check": check.name, "held": check.held, "reasons": list(check.reasons)}
            for check in report.checks
        ],
        "result": None if report.result is None else report.result.statement(),
        "names": [list(names) for names in report.names()] or None,
        "contested": [
            {"record": said.record_id, "by": said.party, "result": result.statement()}
            for said, result in report.contested
        ],
        "replay": None if report.replay is None else _replay_json(report.replay),
    }


def _replay_json(replay: Replay) -> dict[str, Any]:
    return {
        "inputs": [
            {"party": given.party, "commitment": given.record_id, "value": given.value.hex()}
            for given in replay.inputs
        ],
        "seed": replay.seed.hex(),
        "picks": [
            [
                {
                    "below": pick.below,
                    "words": [f"{word:016x}" for word in pick.words],
                    "answer": pick.answer,
                    "position": pick.position,
                }
                for pick in picks
            ]
            for picks in replay.picks
        ],
    }


def report_text(report: DrawReport, *, replay: bool) -> str:
    """Return a report for people."""
    draw = report.draw
    lines = [f"draw {draw.said.record_id}", f"  {terms_line(draw.terms)}", ""]
    for check in report.checks:
        lines += _check_lines(check)
    lines += ["", *_result_lines(report)]
    if report.replay is not None:
        lines += _replay_lines(report.replay, words=replay)
    return "\n".join(map(printable, [*lines, "ACCEPTED" if report.accepted else "NOT ACCEPTED"]))


def _check_lines(check: DrawCheck) -> list[str]:
    first, *rest = check.reasons
    return [
        f"  {_WORDS[check.held]:<8} {check.name:<11} {first}",
        *(f"  {'':<8} {'':<11} {more}" for more in rest),
    ]


def _result_lines(report: DrawReport) -> list[str]:
    if report.result is None:
        return []
    names, lines = report.names(), []
    for number, (stratum, drawn) in enumerate(
        zip(report.draw.terms.strata, report.result.positions, strict=True)
    ):
        lines.append(f"  {stratum.name}: {stratum.sample} of {stratum.count}")
        for place, position in enumerate(drawn):
            lines.append(f"    {position:>10}  {names[number][place] if names else ''}".rstrip())
    return [*lines, ""]


def _replay_lines(replay: Replay, *, words: bool) -> list[str]:
    lines = ["  The seed is made of the draw's id and, in this order:"]
    for given in replay.inputs:
        lines += [
            f"    {given.party}",
            f"      commitment {given.record_id}",
            f"      value      {given.value.hex()}",
        ]
    lines += [f"    seed {replay.seed.hex()}", ""]
    for number, picks in enumerate(replay.picks if words else ()):
        lines.append(f"  stratum {number}: below, words read, answer, position")
        for pick in picks:
            read = " ".join(f"{word:016x}" for word in pick.words) or "none"
            lines.append(f"    {pick.below:>10}  {read}  {pick.answer}  {pick.position}")
        lines.append("")
    return lines


def odds_json(population: int, *, false_items: int, sample: int) -> dict[str, Any]:
    """Return the chance that a sample shows a false item, and what is left of it after free restarts."""
    one = chance_seen(population, false_items=false_items, checked=sample)
    after = [chance_seen_after_restarts(one, restarts=number) for number in range(_RESTARTS + 1)]
    return {
        "population": population,
        "false": false_items,
        "sample": sample,
        "chance": decimal(one),
        "chance_after_restarts": [decimal(chance) for chance in after[1:]],
    }


def decimal(chance: Fraction) -> str:
    """Return a chance with three decimals, rounded half up: no fraction of a machine stands between."""
    thousandths = (chance.numerator * 2000 + chance.denominator) // (2 * chance.denominator)
    return f"{thousandths // 1000}.{thousandths % 1000:03}"


def odds_text(document: dict[str, Any]) -> str:
    """Return the odds for people."""
    after = document["chance_after_restarts"]
    return "\n".join(
        (
            f"{document['sample']} of {document['population']} drawn, {document['false']} false:",
            f"  {document['chance']}  that at least one false item is drawn",
            *(
                f"  {chance}  if the draw may be made again {number} time{'s' if number > 1 else ''}"
                for number, chance in enumerate(after, start=1)
            ),
        )
    )
