"""Receive: countersign the records that an import brought."""

from collections.abc import Iterable, Iterator

from counterseal.assessment.facts import Channel
from counterseal.records.countersignature import KIND as COUNTERSIGNATURE
from counterseal.records.countersignature import Meaning
from counterseal.records.envelope import split_record
from counterseal.records.header import parse_header
from counterseal.services.acknowledgements import KIND as ACKNOWLEDGEMENT
from counterseal.services.countersign import countersign
from counterseal.services.node import Node
from counterseal.services.ports import Clock, Randomness, StoredEntry
from counterseal.services.record_book import opened
from counterseal.services.statements import AGGREGATE, AGREEMENT

_ANSWERS = (COUNTERSIGNATURE, ACKNOWLEDGEMENT)
"""What answers others is not answered in turn: two nodes would never come to an end."""


def acknowledge(
    node: Node, records: Iterable[str], *, clock: Clock, randomness: Randomness
) -> tuple[str, ...]:
    """Countersign new records of others: the agreement as agreed (by its parties), the rest as received.

    Answers are not countersigned in turn, and what a party published on its own is not received by another
    party: that would say that it was exchanged. Nobody receives what it cannot read. Another treaty pack
    than the node's own is received, and not agreed to: that is for people.

    Returns:
        Ids of the countersignatures.
    """
    by_meaning: dict[Meaning, list[str]] = {Meaning.AGREED: [], Meaning.RECEIVED: []}
    for record in records:
        entry = node.store.find(record)
        if entry is None or not _can_be_received(node, entry):
            continue
        by_meaning[Meaning.AGREED if _is_agreed(node, entry) else Meaning.RECEIVED].append(record)
    return tuple(
        done
        for meaning, ids in by_meaning.items()
        for done in countersign(node, ids, meaning=meaning, clock=clock, randomness=randomness)
    )


def not_received(node: Node) -> Iterator[str]:
    """Yield the records of others that this party has said nothing of yet, log by log."""
    answered = {
        ref
        for entry in node.store.entries(node.log.origin)
        if entry.kind == COUNTERSIGNATURE
        for ref in parse_header(split_record(entry.envelope)[0]).refs
    }
    for log in node.trust.logs:
        if log.party == node.party:
            continue
        for entry in node.store.entries(log.origin):
            if entry.record_id not in answered and _can_be_received(node, entry):
                yield entry.record_id


def _can_be_received(node: Node, entry: StoredEntry) -> bool:
    if entry.kind in _ANSWERS or entry.opening is None:
        return False
    return node.party not in node.pack.states or not _is_publication(entry)


def _is_publication(entry: StoredEntry) -> bool:
    return entry.kind == AGGREGATE and opened(entry).get("channel") == Channel.PUBLICATION.value


def _is_agreed(node: Node, entry: StoredEntry) -> bool:
    """Whether a record is, to the letter, the treaty pack that this party's node was set up with.

    Nothing of what a stranger wrote is parsed for it: another text is another pack.
    """
    if entry.kind != AGREEMENT or node.party not in node.pack.states or node.pack_text is None:
        return False
    return opened(entry).get("pack") == node.pack_text
