"""Openings of an escrow: one subtree each, or its halves where one record cannot or may not open it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import orjson

from counterseal.crypto.canonical import encode_canonical
from counterseal.crypto.seed_tree import subtree_seed
from counterseal.records.body import MAX_OPENING_BYTES
from counterseal.records.escrow import EscrowOpening, most_leaves
from counterseal.services.errors import StatementError
from counterseal.services.escrow_layout import Range
from counterseal.services.escrow_secret import Escrow

_SALTS_AND_FRAME = 4_096
"""What an opening of 8 parts holds beside their names and values, with room to spare [bytes]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of opening: why, under which stage of the procedure, and for whom."""

    reason: str
    stage: str
    audience: tuple[str, ...]


def outermost(ranges: Iterable[Range]) -> list[Range]:
    """Return the subtrees in order, without those that lie inside another."""
    kept: list[Range] = []
    for first, leaves in sorted(set(ranges), key=lambda each: (each[0], -each[1])):
        if not kept or first >= sum(kept[-1]):
            kept.append((first, leaves))
    return kept


def openings(
    escrow: Escrow, record: str, subtree: Range, *, step: Step, most: int = MAX_OPENING_BYTES
) -> Iterator[EscrowOpening]:
    """Yield the openings that together open one subtree: itself, or its halves where it is too large.

    Too large is what no record can hold, and what has far more leaves than fields are written.

    Args:
        escrow: What opens it.
        record: Id of the commitment.
        subtree: First leaf and number of leaves.
        step: Why, and under which stage.
        most: Largest opening of a body [bytes].

    Raises:
        StatementError: a single field is too large for a record.
    """
    first, leaves = subtree
    fields = _written(escrow, subtree)
    size = sum(len(name) + len(value) for name, value in fields)
    if size <= most and leaves <= most_leaves(len(fields)):  # else too large whatever is written around it
        opening = _opening(escrow, record, subtree, fields=fields, step=step)
        size = len(orjson.dumps(encode_canonical(opening.statement()).decode())) + _SALTS_AND_FRAME
        if size <= most:
            yield opening
            return
    if leaves == 1:
        raise StatementError(
            f"escrow {record}: field {first} alone makes a record of {size} bytes, at most {most}"
        )
    half = leaves // 2
    for start in (first, first + half):
        yield from openings(escrow, record, (start, half), step=step, most=most)


def _written(escrow: Escrow, subtree: Range) -> tuple[tuple[str, str], ...]:
    """Return the fields of a subtree up to the last that is not a dummy."""
    first, leaves = subtree
    end = min(first + leaves, len(escrow.layout.fields))
    while end > first and not any(escrow.layout.fields[end - 1]):
        end -= 1
    return escrow.layout.fields[first:end]


def _opening(
    escrow: Escrow, record: str, subtree: Range, *, fields: tuple[tuple[str, str], ...], step: Step
) -> EscrowOpening:
    first, leaves = subtree
    total = escrow.layout.shape.leaves
    return EscrowOpening(
        commitment=record,
        fields=fields,
        first=first,
        leaves=leaves,
        proof=tuple(item.hex() for item in escrow.tree.proof(first=first, leaves=leaves)),
        reason=step.reason,
        seed=subtree_seed(escrow.seed, total=total, first=first, leaves=leaves).hex(),
        stage=step.stage,
    )
