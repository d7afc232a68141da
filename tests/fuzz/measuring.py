"""The barrier's own readers in the fuzz: what they take has one spelling, and keeps what a reader may rely on."""

import json
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema

from counterseal.app.cli import barrier_files
from counterseal.app.cli.measurement_store import packaged_schema
from counterseal.barrier.answers import Health, encode_answer, parse_answer
from counterseal.barrier.budget import Query, disclosed, query
from counterseal.barrier.decide import decide, prepared
from counterseal.barrier.dossier import parse_dossier
from counterseal.barrier.ledger import START, Answered, Ledger, read_ledger
from counterseal.barrier.protocol import parse_protocol, read_protocol, written
from counterseal.barrier.readiness import (
    DOUBLED,
    EVERY_ACT,
    NEEDED,
    Obstacle,
    Readiness,
    encode_readiness,
    parse_readiness,
)
from counterseal.barrier.tokens import PartsFile, make_parts, read_parts_file
from counterseal.barrier.wire import Request, Role, RoomInput, encode_request, parse_request
from counterseal.crypto.canonical import decode_canonical, encode_canonical
from counterseal.crypto.hashing import domain_hash
from counterseal.measurement.readers import read_spectra
from counterseal.measurement.template import template_of
from counterseal.measurement.writers.n42_2012 import write_n42_2012
from counterseal.records.measurement import parse_attempt, parse_join, parse_result
from counterseal.terms.outcomes import MeasurementOutcome
from strategies.measurement_dossiers import dossier_document, first_dossier
from strategies.measurement_protocols import CHECKED, document, first_document, protocol, spe, spectrum

Reader = Callable[[bytes], object]
EXAMPLES = Path(__file__).parents[2] / "examples" / "measurement"
TOKENS = tuple(bytes(range(place, place + 32)) for place in range(4))
UNBOUND = {"code": "unbound", "tick_s": 1}


def _same(made: bytes, given: bytes) -> None:
    if made != given:
        raise AssertionError(f"{given!r} was read, and is written {made!r}")


def room_request(data: bytes) -> None:
    """A request as it goes into the closed room: one spelling, and a decision or a refusal."""
    found, deadline_ns = parse_request(data)
    _same(bytes(encode_request(found, deadline_ns=deadline_ns)), data)
    decide(found)


def room_answer(data: bytes) -> None:
    """An answer to a request that is always the same: one of four byte strings."""
    outcome = parse_answer(data, request=_request())
    _same(encode_answer(_request(), outcome=outcome), data)


def readiness(data: bytes) -> None:
    """What a room says of itself."""
    _same(encode_readiness(parse_readiness(data)), data)


def agreed(data: bytes) -> None:
    """A protocol in canonical bytes: as its schema says, with one digest, and ready or refused."""
    found = read_protocol(data)
    _same(found.to_bytes(), data)
    _require_schema("protocol", found.document)
    prepared(found)


def paper(data: bytes) -> None:
    """A protocol or a dossier as YAML: what is taken of it is what goes on the record."""
    what = "dossier" if data.startswith(b"D") else "protocol"
    document = barrier_files.paper(data[1:], what=what, where="paper.yaml")
    parse: Callable[[Any], Any] = parse_dossier if what == "dossier" else parse_protocol
    _same(encode_canonical(parse(document.data).document), written(document.data))


def dossier(data: bytes) -> None:
    """A dossier in canonical bytes."""
    found = parse_dossier(decode_canonical(data))
    _same(written(found.document), data)
    _require_schema("dossier", found.document)
    for copy in found.copies:
        found.works(copy)


def parts(data: bytes) -> None:
    """Token parts on their way to the device."""
    _same(read_parts_file(data, where="parts").to_bytes(), data)


def ledger(data: bytes) -> None:
    """A ledger of attempts: within its budgets, and it goes on where it ends."""
    found = read_ledger(data, where="ledger")
    for item in {one.query.item for one in found.opened}:
        spent = disclosed(found.queries, item=item)
        if spent is None or spent.spent > spent.budget:
            raise AssertionError(f"{item}: {spent}")
    waiting = found.unanswered()
    if len(waiting) + len(found.answered) != len(found.opened):
        raise AssertionError(f"{waiting} wait, {found.answered} are answered, of {found.opened}")
    if waiting:
        made = Answered(
            item=waiting[0].query.item,
            number=waiting[0].number,
            outcome=MeasurementOutcome.MALFUNCTION,
            health=Health.FAULT,
        )
        read_ledger(data + found.answer(made), where="ledger")


def ledger_lines(data: bytes) -> None:
    """A ledger whose lines are bound to each other whatever they say: changes reach the rules behind the hash."""
    try:
        lines = _bound(json.loads(data))
    except (ValueError, RecursionError):
        return  # the fuzz's own doing: no JSON, or none that can be written
    ledger(lines)


def _bound(rows: Any) -> bytes:
    lines, head = b"", START
    for row in rows[:20] if isinstance(rows, list) else ():
        line = written(row | {"prev": head} if isinstance(row, dict) else row)
        lines += line + b"\n"
        head = domain_hash("counterseal/measurement/ledger/v1", line).hex()
    return lines


def template(data: bytes) -> None:
    """A template: its spectra, of which one at most is a background."""
    found = template_of(read_spectra(data))
    if not found.runs:
        raise AssertionError("a template without a run")


def statement(data: bytes) -> None:
    """An attempt, a join or an outcome, as the first byte says, in canonical bytes."""
    parse: Callable[[Any], Any] = (parse_attempt, parse_join, parse_result)[data[0] % 3 if data else 0]
    said = decode_canonical(data[1:])
    if isinstance(said, dict):
        _same(written(parse(said).statement()), data[1:])


def _require_schema(what: str, found: Any) -> None:
    schema = packaged_schema(f"{what}-{found[what]}.json")
    error = next(_validator(json.dumps(schema)).iter_errors(found), None)
    if error is not None:
        raise AssertionError(f"taken, and not as its schema says: {error.message}")


@cache
def _validator(schema: str) -> Any:
    return jsonschema.Draft202012Validator(json.loads(schema))


@cache
def _request() -> Request:
    return _asking(document(**UNBOUND), spe())


def _asking(agreed_on: dict[str, Any], *items: bytes, more: Sequence[RoomInput] = ()) -> Request:
    inputs = (*more, *(RoomInput(role=Role.ITEM, data=item) for item in items))
    return Request(
        attempt=7,
        protocol=written(agreed_on),
        inputs=inputs,
        host_parts=TOKENS,
        inspector_parts=TOKENS[::-1],
    )


READERS: tuple[Reader, ...] = (
    room_request,
    room_answer,
    readiness,
    agreed,
    paper,
    dossier,
    parts,
    ledger,
    ledger_lines,
    template,
    statement,
)


def seeds() -> dict[Reader, list[bytes]]:
    """Return, for each reader, something that it accepts or nearly does."""
    checked = (
        RoomInput(role=Role.CHECK_SOURCE, data=spe()),
        RoomInput(role=Role.BACKGROUND, data=spe(height=0, under=1)),
    )
    requests = (_request(), _asking(document(**UNBOUND, **CHECKED), spe(height=0), more=checked))
    room = Readiness(obstacle=Obstacle.NONE, layers=NEEDED | DOUBLED, refused=EVERY_ACT)
    rows = _rows()
    carried = PartsFile(attempt="ab" * 32, party="ARD", parts=make_parts(_counting()))
    runs = [spectrum(seed=seed) for seed in range(2)]
    return {
        room_request: [bytes(encode_request(one, deadline_ns=10**9)) for one in requests],
        room_answer: [encode_answer(_request(), outcome=outcome) for outcome in MeasurementOutcome],
        readiness: [encode_readiness(room)],
        agreed: [written(document(**UNBOUND, **CHECKED)), written(first_document(**UNBOUND))],
        paper: [
            b"P" + (EXAMPLES / "plutonium.yaml").read_bytes(),
            b"D" + (EXAMPLES / "dossier.yaml").read_bytes(),
        ],
        dossier: [written(dossier_document()), written(first_dossier())],
        parts: [carried.to_bytes()],
        ledger: [_lines(rows), _lines(rows[:2])],
        ledger_lines: [written(rows)],
        template: [write_n42_2012(runs), spe()],
        statement: [bytes([at]) + written(said) for at, said in enumerate(_statements())],
    }


def _counting() -> Callable[[int], bytes]:
    """Return a source of bytes that counts."""
    made = iter(range(256))
    return lambda size: bytes([next(made)]) * size


def _rows() -> list[dict[str, Any]]:
    """Return the lines of a ledger of two items, one attempt of which waits."""
    found = Ledger()
    lines = b""
    for item in ("A-1", "A-1", "B 2"):
        opened, line = found.open(_query(item))
        lines += line
        found = read_ledger(lines, where="seed")
        if item != "B 2":
            word = Answered(
                item=item, number=opened.number, outcome=MeasurementOutcome.CONFIRMED, health=Health.WELL
            )
            lines += found.answer(word)
            found = read_ledger(lines, where="seed")
    return [json.loads(line) for line in lines.splitlines()]


def _query(item: str) -> Query:
    return query(protocol(**UNBOUND), item=item)


def _lines(rows: list[dict[str, Any]]) -> bytes:
    return b"".join(written(row) + b"\n" for row in rows)


def _statements() -> tuple[dict[str, Any], ...]:
    four = [f"{at:02x}" * 32 for at in range(4)]
    return (
        {
            "commitments": four,
            "copy": "box-1",
            "dossier": "cd" * 32,
            "draw": None,
            "item": "TEL-7",
            "number": 1,
            "protocol": "ab" * 32,
        },
        {"attempt": "ab" * 32, "commitments": four},
        {
            "attempt": "ab" * 32,
            "health": "well",
            "host_part": four[0],
            "inspector_part": four[1],
            "outcome": "confirmed",
            "token": four[2],
        },
    )
