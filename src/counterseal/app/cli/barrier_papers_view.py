"""How ``counterseal barrier`` shows what stands on paper: the agreed equipment, the treaty's budgets."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from counterseal.barrier.budget import bits
from counterseal.barrier.equipment_rule import EquipmentRule, agreed_words
from counterseal.barrier.protocol import Protocol
from counterseal.services.measurement_check import NOT_AGREED
from counterseal.services.measurement_equipment import EquipmentHeld
from counterseal.services.measurement_treaty import NO_BUDGET, TreatyBudget, treaty_budgets
from counterseal.treaty.pack import Pack

WORDS = {True: "held", False: "NOT HELD", None: "-"}
"""Whether a rule holds; a dash where it does not apply."""


def agreed_json(rule: EquipmentRule | None) -> dict[str, Any]:
    """Return what was agreed about the equipment."""
    return {"agreed": rule or NOT_AGREED, "meaning": agreed_words(rule)}


def equipment_json(found: EquipmentHeld) -> dict[str, Any]:
    """Return whether the equipment of an attempt is what was agreed, and why."""
    return {"agreed": found.agreed or NOT_AGREED, "held": found.held, "reasons": list(found.reasons)}


def treaty_json(pack: Pack, protocol: Protocol, *, day: date) -> dict[str, Any]:
    """Return the budgets of a treaty pack that are about a protocol, on one day."""
    found = treaty_budgets(pack, protocol, day=day)
    return {
        "pack": pack.id,
        "version": pack.version,
        "day": day.isoformat(),
        "budgets": [*map(_budget, found)],
    }


def _budget(found: TreatyBudget) -> dict[str, Any]:
    rule = found.rule
    return {
        "rule": rule.id,
        "clause": rule.clause,
        "attribute": rule.attribute,
        "bits": bits(rule.millibits),
        "binds_from": rule.binds_from.isoformat(),
        "binds_until": rule.binds_until.isoformat() if rule.binds_until else None,
        "citation": rule.citation,
        "held": found.held,
    }


def treaty_lines(document: dict[str, Any] | None) -> Iterator[str]:
    """Yield for people what the treaty lets a protocol disclose; None where there is no node."""
    if document is None:
        yield "not looked at; with --node the budget is held against its treaty pack"
        return
    where = f"{document['pack']} {document['version']}, {document['day']}"
    if not document["budgets"]:
        yield f"{where}: {NO_BUDGET}"
    for one in document["budgets"]:
        held = "not applicable" if one["held"] is None else WORDS[one["held"]]
        until = f" to {one['binds_until']}" if one["binds_until"] else ""
        yield (
            f"{where}: {one['rule']} (clause {one['clause']}): at most {one['bits']} bits an item, by "
            f"{one['attribute']}, from {one['binds_from']}{until}: {held}"
        )


def outcome_lines(document: dict[str, Any]) -> Iterator[str]:
    """Yield for people whether the equipment of an attempt is what was agreed."""
    for reason in document["reasons"]:
        yield f"  agreed equipment ({document['agreed']}) {WORDS[document['held']]}: {reason}"
