"""Check 22: commitments and openings of escrow are in form, and every opening leads to its root."""

from collections.abc import Iterator, Mapping

from counterseal.records.errors import RecordError
from counterseal.records.escrow import (
    COMMITMENT_KIND,
    OPENING_KIND,
    EscrowCommitment,
    parse_escrow_commitment,
    parse_escrow_opening,
    require_leads_to,
)
from counterseal.records.said import Heard, Said


def judge_escrows(heard: Heard) -> Iterator[tuple[Said, str]]:
    """Yield every record of escrow that breaks a rule, with the rule that it breaks first.

    An opening whose commitment cannot be read, or is itself refused, is judged on its form and place alone.
    """
    committed: dict[str, EscrowCommitment] = {}
    for said in heard.said:
        if said.kind == COMMITMENT_KIND:
            try:
                committed[said.record_id] = parse_escrow_commitment(said.statement)
            except RecordError as error:
                yield said, str(error)
    for said in heard.said:
        if said.kind == OPENING_KIND:
            try:
                _require_sound(said, heard, committed)
            except RecordError as error:
                yield said, str(error)


def _require_sound(said: Said, heard: Heard, committed: Mapping[str, EscrowCommitment]) -> None:
    opening = parse_escrow_opening(said.statement)
    if said.refs != (opening.commitment,):
        raise RecordError(f"escrow opening of {opening.commitment}: refs must name that record alone")
    placed = heard.placed.get(opening.commitment)
    if placed is None or placed.kind != COMMITMENT_KIND:
        raise RecordError(f"escrow opening of {opening.commitment}: no such commitment is in the bundle")
    if placed.origin != said.origin:
        raise RecordError(f"escrow opening: its commitment stands in the log {placed.origin}, another")
    if placed.index >= said.index:
        raise RecordError("escrow opening: its commitment does not stand before it")
    if opening.commitment in committed:
        require_leads_to(opening, committed[opening.commitment])
