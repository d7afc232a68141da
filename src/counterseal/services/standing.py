"""How far what is shown is vouched for: a chain of records is as strong as the weakest of them."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from counterseal.assessment.finding import Finding
from counterseal.services.record_book import ISSUED, LOGGED, SETTLED, RecordBook

_WEAKEST_FIRST = (ISSUED, LOGGED, SETTLED)


def weakest(states: Iterable[str]) -> str | None:
    """Return the state of what rests on records in these states, or None where it rests on none.

    >>> weakest(["settled", "logged"])
    'logged'
    """
    return min(states, key=_WEAKEST_FIRST.index, default=None)


def states_of(book: RecordBook) -> dict[str, str]:
    """Return the state of every record by its id."""
    return {entry.record_id: book.standing(entry) for entry in book.entries}


def state_of(states: Mapping[str, str], records: Iterable[str]) -> str | None:
    """Return the weakest state of some records; one that is not in the book is under no head in it."""
    return weakest(states.get(record, ISSUED) for record in records)


def with_states(book: RecordBook, findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return findings with the weakest state of the records that each rests on."""
    states = states_of(book)
    return tuple(replace(found, state=state_of(states, found.records)) for found in findings)
