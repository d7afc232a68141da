"""Receive: acknowledge the records that an import brought."""

from collections.abc import Iterable

from counterseal.assessment.facts import Channel
from counterseal.records.countersignature import KIND as COUNTERSIGNATURE
from counterseal.records.countersignature import Meaning
from counterseal.services.countersign import countersign
from counterseal.services.node import Node
from counterseal.services.ports import Clock, Randomness, StoredEntry
from counterseal.services.record_book import opened
from counterseal.services.statements import AGGREGATE, AGREEMENT


def acknowledge(
    node: Node, records: Iterable[str], *, clock: Clock, randomness: Randomness
) -> tuple[str, ...]:
    """Countersign new records of others: the agreement as agreed (by its parties), the rest as received.

    Countersignatures are not countersigned in turn, and what a party published on its own is not received
    by another party: that would say that it was exchanged.

    Returns:
        Ids of the countersignatures.
    """
    by_meaning: dict[Meaning, list[str]] = {Meaning.AGREED: [], Meaning.RECEIVED: []}
    for record in records:
        entry = node.store.find(record)
        if entry is None or entry.kind == COUNTERSIGNATURE:
            continue
        if node.party in node.pack.states and _is_publication(entry):
            continue  # published by its declarant: nobody received it in exchange
        joins = entry.kind == AGREEMENT and node.party in node.pack.states
        by_meaning[Meaning.AGREED if joins else Meaning.RECEIVED].append(record)
    return tuple(
        done
        for meaning, ids in by_meaning.items()
        for done in countersign(node, ids, meaning=meaning, clock=clock, randomness=randomness)
    )


def _is_publication(entry: StoredEntry) -> bool:
    return entry.kind == AGGREGATE and opened(entry).get("channel") == Channel.PUBLICATION.value
