"""How ``counterseal barrier`` shows protocols, attributes, dossiers, answers and reports."""

from dataclasses import asdict
from typing import Any

from counterseal.app.cli.barrier_papers_view import WORDS, agreed_json, outcome_lines, treaty_lines
from counterseal.app.cli.bundle_view import printable
from counterseal.barrier.answers import Answer
from counterseal.barrier.attribute_table import ATTRIBUTES
from counterseal.barrier.budget import alphabet, bits, millibits_of
from counterseal.barrier.code_hash import code_hash
from counterseal.barrier.dossier import Dossier
from counterseal.barrier.protocol import UNBOUND, Protocol
from counterseal.barrier.settings import shape_of
from counterseal.services.measurement_check import MeasurementReport


def protocol_json(protocol: Protocol) -> dict[str, Any]:
    """Return what a protocol comes to."""
    once = millibits_of(protocol)
    return {
        "title": protocol.title,
        "protocol": protocol.digest,
        "host": protocol.host,
        "inspector": protocol.inspector,
        "asked": [
            {"attribute": one.name, "threshold_set": protocol.threshold_set(one)} for one in protocol.asked
        ],
        "code": code_hash(),
        "code_bound": protocol.code != UNBOUND,
        "nuclear_data": _edition(protocol.nuclear_data),
        "answers": [outcome.value for outcome in alphabet(protocol)],
        "bits_per_attempt": bits(once),
        "budget_bits": bits(protocol.answer.budget_millibits),
        "attempts_per_item": min(protocol.measuring.repeats, protocol.answer.budget_millibits // once),
        "tick_s": protocol.tick_s,
        "equipment": agreed_json(protocol.equipment),
        "treaty": None,
    }


def _edition(data: tuple[str, str]) -> dict[str, str]:
    return {"version": data[0], "sha256": data[1]}


def attributes_json() -> list[dict[str, Any]]:
    """Return what can be asked, and the shape of its settings."""
    return [
        {
            "attribute": name,
            "asked_of": [form.value for form in one.forms],
            "several": one.several,
            "settings": {member: shape_of(kind) for member, kind in one.method.members().items()},
            "cross_check": None
            if one.cross_check is None
            else {member: shape_of(kind) for member, kind in one.cross_check.members().items()},
        }
        for name, one in ATTRIBUTES.items()
    ]


def attributes_text(document: list[dict[str, Any]]) -> str:
    """Return what can be asked for people."""
    lines = []
    for one in document:
        number = "several files" if one["several"] else "one file"
        lines += ["", f"{one['attribute']}: asked of {number} of {' or '.join(one['asked_of'])}"]
        lines += [f"  {name}: {shape}" for name, shape in one["settings"].items()]
        if one["cross_check"] is not None:
            lines += ["  cross_check: may be null", *(f"    {n}: {s}" for n, s in one["cross_check"].items())]
    return "\n".join(lines[1:])


def answer_json(answer: Answer) -> dict[str, Any]:
    """Return all that an answer says, and nothing beside it."""
    return {"outcome": answer.outcome.value, "health": answer.health.value, "attempt": answer.attempt}


def answer_text(answer: Answer) -> str:
    """Return an answer for people."""
    return f"{answer.outcome.value}  (equipment: {answer.health.value}; attempt {answer.attempt})"


def outcome_text(document: dict[str, Any]) -> str:
    """Return an outcome for people."""
    lines = [
        f"item {document['item']}, attempt {document['number']}: {document['outcome']}",
        f"  equipment {document['health']}; record {document['record']}",
        f"  token {document['token']}: both parties committed to it for this outcome",
    ]
    lines += outcome_lines(document["equipment"])
    if document["countersigned"]:
        lines.append(f"  countersigned by record {document['countersigned']}")
    return "\n".join(map(printable, lines))


def protocol_text(document: dict[str, Any]) -> str:
    """Return a protocol for people."""
    asked = ", ".join(one["attribute"] for one in document["asked"])
    bound = "as the protocol is bound to" if document["code_bound"] else "the protocol is bound to none"
    data = document["nuclear_data"]
    lines = [
        document["title"],
        f"  protocol      {document['protocol']}",
        f"  parties       {document['host']} (host), {document['inspector']} (inspector)",
        f"  asked         {asked}",
        f"  code          {document['code']} ({bound})",
        f"  nuclear data  {data['sha256']} (edition {data['version']})",
        f"  answers       {', '.join(document['answers'])}, {document['tick_s']} s after the room is closed",
        f"  discloses     {document['bits_per_attempt']} bits an attempt",
        f"  budget        {document['budget_bits']} bits an item, whatever the protocol",
        *(f"  treaty        {line}" for line in treaty_lines(document["treaty"])),
        f"  attempts      {document['attempts_per_item']} on one item at most",
        f"  equipment     {document['equipment']['agreed']}: {document['equipment']['meaning']}",
    ]
    if "number" in document:
        lines.append(f"  attempt       {document['attempt']} (number {document['number']} on this item)")
    if "record" in document:
        lines += [f"  record        {document['record']}", f"Export a bundle; then {document['next']}"]
    return "\n".join(map(printable, lines))


def dossier_json(dossier: Dossier) -> dict[str, Any]:
    """Return what a dossier comes to."""
    return {
        "title": dossier.title,
        "host": dossier.host,
        "inspector": dossier.inspector,
        "copies": [{"copy": copy, "tested": dossier.works(copy)} for copy in dossier.copies],
        "components": len(dossier.components),
        "code": dossier.code,
        "nuclear_data": None if dossier.nuclear_data is None else _edition(dossier.nuclear_data),
    }


def dossier_text(document: dict[str, Any]) -> str:
    """Return a dossier for people."""
    data = document["nuclear_data"]
    lines = [
        document["title"],
        f"  code {document['code']}; {document['components']} lines of material",
        f"  nuclear data {data['sha256']} (edition {data['version']})"
        if data
        else "  nuclear data not named: a dossier of version 1, which no protocol takes that asks for one",
    ]
    lines += [
        f"  copy {one['copy']}: {'tests passed' if one['tested'] else 'TESTS NOT PASSED'}"
        for one in document["copies"]
    ]
    if "record" in document:
        record = document["record"]
        lines += [
            f"certified by {document['host']}: record {record}",
            f"{document['inspector']} authenticates it:",
            f"  counterseal log countersign {record} --meaning agreed",
        ]
    return "\n".join(map(printable, lines))


def report_json(report: MeasurementReport) -> dict[str, Any]:
    """Return a report as a JSON document."""
    return {
        "accepted": report.accepted,
        "checks": [
            {"check": check.name, "held": check.held, "reasons": list(check.reasons)}
            for check in report.checks
        ],
        "attempts": [asdict(one) | {"signed_by": list(one.signed_by)} for one in report.attempts],
        "items": [asdict(one) for one in report.budgets],
        "left_out": list(report.left_out),
    }


def report_text(report: MeasurementReport) -> str:
    """Return a report for people."""
    lines = []
    for check in report.checks:
        first, *rest = check.reasons
        lines.append(f"  {WORDS[check.held]:<8} {check.name:<20} {first}")
        lines += [f"  {'':<8} {'':<20} {more}" for more in rest]
    for one in report.attempts:
        signed = f", signed by {' and '.join(one.signed_by)}" if one.signed_by else ""
        shown = f"{one.outcome} (equipment {one.health}{signed})" if one.outcome else "no outcome"
        lines.append(f"  item {one.item}, attempt {one.number}: {shown}: {one.title}")
    lines += [
        f"  item {one.item} of {one.host}: {one.bits} of {one.budget} bits in {one.attempts} attempts"
        for one in report.budgets
    ]
    lines += [f"  left out: {text}" for text in report.left_out]
    return "\n".join(map(printable, [*lines, "ACCEPTED" if report.accepted else "NOT ACCEPTED"]))
