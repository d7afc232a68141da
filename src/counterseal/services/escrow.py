"""Escrow: commit to a complete declaration now, and open it later, step by step."""

from collections.abc import Sequence

from counterseal.records.escrow import (
    COMMITMENT_KIND,
    OPENING_KIND,
    EscrowCommitment,
    parse_escrow_commitment,
)
from counterseal.services.disclose import checked_audience
from counterseal.services.errors import ServiceError
from counterseal.services.escrow_layout import Selection, Shape, lay_out
from counterseal.services.escrow_openings import Step, openings, outermost
from counterseal.services.escrow_secret import Escrow, read_kept, secret_name, write_kept
from counterseal.services.escrow_table import Item
from counterseal.services.node import Node
from counterseal.services.ports import Clock, Randomness, Secrets
from counterseal.services.record_book import opened
from counterseal.services.submit import Statement, submit


def commit_escrow(
    node: Node, escrow: Escrow, *, secrets: Secrets | None, clock: Clock, randomness: Randomness
) -> str:
    """Sign the public commitment, and return its record id; seed and items are kept before it is signed.

    Args:
        node: The declaring party's node.
        escrow: What is committed to.
        secrets: Where the node keeps what opens it; None: others keep the seed (in shares) and the table.
        clock: Gives the claimed time.
        randomness: Gives the salts of the record.
    """
    if secrets is not None:
        secrets.keep(secret_name(escrow.commitment), write_kept(escrow))
    statement = Statement(kind=COMMITMENT_KIND, members=escrow.commitment.statement())
    return submit(node, [statement], clock=clock, randomness=randomness)[0]


def kept_escrow(node: Node, record: str, *, secrets: Secrets) -> Escrow:
    """Return what the node keeps to open one of its own commitments.

    Raises:
        ServiceError: it is not the node's own commitment, or what opens it is not kept here.
    """
    commitment = own_commitment(node, record)
    data = secrets.fetch(secret_name(commitment))
    if data is None:
        raise ServiceError(
            f"{node.party}: what opens {record} is not kept by this node; open it from shares of the seed "
            "and the table of items"
        )
    return read_kept(data)


def rebuilt_escrow(
    node: Node, record: str, *, items: Sequence[Item], seed: bytes, room: Shape | None = None
) -> Escrow:
    """Return what opens one of the node's own commitments, from the seed and the table of items.

    Raises:
        ServiceError: they do not give the committed root.
    """
    commitment = own_commitment(node, record)
    layout = lay_out(items, room=room)
    if layout.shape.leaves != commitment.leaves:
        raise ServiceError(
            f"escrow {record}: these items make {layout.shape.leaves} leaves, it has {commitment.leaves}; "
            "give the room that was given when it was made"
        )
    escrow = Escrow(title=commitment.title, seed=seed, layout=layout)
    if escrow.commitment.root != commitment.root:
        raise ServiceError(
            f"escrow {record}: seed and items do not give the committed root; the seed is another, or "
            "an item was changed"
        )
    return escrow


def own_commitment(node: Node, record: str) -> EscrowCommitment:
    """Return the commitment in one of the node's own records.

    Raises:
        ServiceError: there is no such record in its log, or it is of another kind.
    """
    entry = node.store.find(record)
    if entry is None or entry.origin != node.log.origin:
        raise ServiceError(f"{node.party}: record {record} is not in its own log; only its owner can open it")
    if entry.kind != COMMITMENT_KIND:
        raise ServiceError(f"{node.party}: record {record} is of kind {entry.kind}, not {COMMITMENT_KIND}")
    return parse_escrow_commitment(opened(entry))


def open_escrow(
    node: Node,
    record: str,
    *,
    escrow: Escrow,
    selections: Sequence[Selection],
    step: Step,
    clock: Clock,
    randomness: Randomness,
) -> tuple[str, ...]:
    """Open parts of a commitment, all or none, and return the ids of the openings.

    Each opening covers one aligned subtree; one that is too large for a record is opened as its halves.

    Args:
        node: The owner's node.
        record: Id of the commitment [64 hexadecimal digits].
        escrow: What opens it.
        selections: What to open.
        step: Why, under which stage, and for whom.
        clock: Gives the claimed time.
        randomness: Gives the salts of the records.

    Raises:
        ServiceError: what is given does not open this commitment, or the audience is no party.
        StatementError: a site, building or item that is not declared.
    """
    if escrow.commitment.root != own_commitment(node, record).root:
        raise ServiceError(f"escrow {record}: what is kept opens another commitment")
    audience = checked_audience(node, step.audience)
    ranges = outermost(each for selection in selections for each in escrow.layout.ranges(selection))
    statements = [
        Statement(kind=OPENING_KIND, members=opening.statement(), refs=(record,), audience=audience)
        for each in ranges
        for opening in openings(escrow, record, each, step=step)
    ]
    return submit(node, statements, clock=clock, randomness=randomness) if statements else ()
