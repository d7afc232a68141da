"""Countersign: say of another party's records that they were received, or more."""

from collections.abc import Iterable

from counterseal.records.countersignature import KIND, Countersignature, Meaning
from counterseal.records.envelope import split_record
from counterseal.records.header import parse_header
from counterseal.services.errors import ServiceError
from counterseal.services.node import Node
from counterseal.services.ports import Clock, Randomness
from counterseal.services.submit import Statement, submit


def countersign(
    node: Node,
    records: Iterable[str],
    *,
    meaning: Meaning,
    clock: Clock,
    randomness: Randomness,
    note: str | None = None,
) -> tuple[str, ...]:
    """Countersign records of other parties with one meaning; return the ids of the countersignatures.

    Raises:
        ServiceError: a record that this node does not hold, or its own.
    """
    statements = []
    for record in records:
        entry = node.store.find(record)
        if entry is None:
            raise ServiceError(
                f"{node.party}: record {record} is not in its store, so it cannot be countersigned"
            )
        if parse_header(split_record(entry.envelope)[0]).author == node.party:
            raise ServiceError(f"{node.party}: record {record} is its own; others countersign it")
        said = Countersignature(record=record, meaning=meaning, note=note)
        statements.append(Statement(kind=KIND, members=said.statement(), refs=(record,)))
    return submit(node, statements, clock=clock, randomness=randomness) if statements else ()
