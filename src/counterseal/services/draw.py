"""A joint draw, step by step: open, agree, commit, settle, reveal, result. No step is taken too early.

Nothing here starts a draw again: whoever saw what would be drawn and may have another is not drawing by lot.
Agreeing is an ordinary countersignature of the opening.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from counterseal.crypto.hashing import domain_hash
from counterseal.records.draw import (
    COMMITMENT,
    OPENING,
    RESULT,
    REVEAL,
    VALUE_BYTES,
    DrawCommitment,
    DrawOpening,
    DrawResult,
    DrawReveal,
    commitment_to,
)
from counterseal.records.verification.draws import DrawRecords
from counterseal.services.draw_state import DrawShelf, read_draws
from counterseal.services.errors import DrawRefusedError
from counterseal.services.node import Node
from counterseal.services.ports import Clock, Randomness, Secrets
from counterseal.services.record_book import RecordBook, opened
from counterseal.services.submit import Statement, submit
from counterseal.stats.selection import positions_from
from counterseal.terms.times import format_instant

Positions = tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Committed:
    """A commitment that was made.

    Attributes:
        record_id: Its record.
        value: The value behind it [32 bytes]; nobody else may see it before the reveal.
        paper: What to print and seal in an envelope, for the day on which the party does not reveal.
    """

    record_id: str
    value: bytes
    paper: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A result that was stated, and its record."""

    record_id: str
    result: DrawResult


def open_draw(
    node: Node,
    opening: DrawOpening,
    *,
    book: RecordBook,
    clock: Clock,
    randomness: Randomness,
    names: Sequence[str] | None = None,
) -> str:
    """Open a draw and return its id, the id of its record.

    Args:
        node: The party's node.
        opening: What it puts forward.
        book: The record.
        clock: Gives the claimed time.
        randomness: Gives the salts of the body.
        names: Names in the pool, where the opening holds their root alone.

    Raises:
        DrawRefusedError: this party is not among the participants, one is unknown, the deadline has passed,
            or an earlier draw from the same pool, in whatever order, has no result.
    """
    if node.party not in opening.participants:
        raise DrawRefusedError(f"draw: {node.party} opens it and must be among the participants")
    known = {str(party.code) for party in node.trust.parties}
    if strangers := sorted(set(opening.participants) - known):
        raise DrawRefusedError(f"draw: {', '.join(strangers)}: no party of this treaty's trust file")
    if opening.deadline <= clock.now():
        raise DrawRefusedError(f"draw: its deadline {format_instant(opening.deadline)} has passed already")
    shelf = read_draws(book)
    for earlier in shelf.unfinished(opening.pool_root):
        raise DrawRefusedError(
            f"draw: {earlier.said.record_id} draws from the same pool and has no result; a draw is never "
            "restarted: finish it, or state who forfeits"
        )
    for earlier in shelf.unfinished_of_same_names(names or opening.pool or ()):
        raise DrawRefusedError(
            f"draw: {earlier.said.record_id} draws from the same names in another order and has no result; a "
            "pool is not drawn from anew by sorting it: finish that draw, or state who forfeits"
        )
    return _sign(node, OPENING, opening, clock=clock, randomness=randomness)


def commit_draw(
    node: Node,
    wanted: str,
    *,
    book: RecordBook,
    secrets: Secrets,
    clock: Clock,
    randomness: Randomness,
    dice: str | None = None,
) -> Committed:
    """Fix this party's random value, keep it, and sign the commitment to it.

    The value is kept before anything is signed: after a crash in between, the next call goes
    on with it.

    Args:
        node: The party's node.
        wanted: Id of the draw, or its beginning.
        book: The record.
        secrets: Where the value is kept until it is revealed.
        clock: Gives the claimed time.
        randomness: Gives the value.
        dice: What was thrown, or anything else that the machine could not know; mixed in.

    Raises:
        DrawRefusedError: this party takes no part, has committed before, or not everybody has agreed.
    """
    shelf, draw = _own_draw(node, wanted, book)
    draw_id = draw.said.record_id
    if node.party in draw.commitments or _has_committed(node, draw_id):
        raise DrawRefusedError(
            f"draw {draw_id}: {node.party} has committed already, and another commitment is void; "
            "`draw paper` writes its envelope again"
        )
    if missing := shelf.not_agreed(draw):
        raise DrawRefusedError(f"draw {draw_id}: {', '.join(missing)} did not agree to it yet; commit after")
    value = secrets.fetch(_secret(draw_id))
    if value is None:
        value = _new_value(randomness, dice)
        secrets.keep(_secret(draw_id), value)
    made = DrawCommitment(draw=draw_id, commitment=commitment_to(value, draw=draw_id, party=node.party))
    record = _sign(node, COMMITMENT, made, clock=clock, randomness=randomness)
    return Committed(record_id=record, value=value, paper=_paper(node, draw, value))


def paper_of_draw(node: Node, wanted: str, *, book: RecordBook, secrets: Secrets) -> str:
    """Return once more what goes into this party's envelope: the first one was lost, or never written.

    Raises:
        DrawRefusedError: this party has not committed, its value is revealed, or it is not kept here.
    """
    _, draw = _own_draw(node, wanted, book)
    draw_id = draw.said.record_id
    value = secrets.fetch(_secret(draw_id))
    if node.party not in draw.commitments or value is None:
        raise DrawRefusedError(f"draw {draw_id}: {node.party} has no commitment whose value is kept here")
    if node.party in draw.values() or _has_revealed(node, draw_id, str(node.party)):
        raise DrawRefusedError(f"draw {draw_id}: {node.party} has revealed its value; no envelope is needed")
    return _paper(node, draw, value)


def reveal_draw(
    node: Node,
    wanted: str,
    *,
    book: RecordBook,
    secrets: Secrets,
    clock: Clock,
    randomness: Randomness,
    of: str | None = None,
    value: bytes | None = None,
) -> str:
    """Reveal this party's value, or another's whose envelope was opened; return the record's id.

    Args:
        node: The party's node.
        wanted: Id of the draw, or its beginning.
        book: The record.
        secrets: Where the party's own value was kept.
        clock: Gives the claimed time.
        randomness: Gives the salts of the body.
        of: Whose value it is; this party's own where it is not said.
        value: What the envelope says; not needed for the value that was kept.

    Raises:
        DrawRefusedError: a commitment is missing, cannot be read or is not settled, the value was revealed
            before, is not at hand, or does not give the commitment.
    """
    shelf, draw = _own_draw(node, wanted, book)
    draw_id, party = draw.said.record_id, str(of or node.party)
    if party not in draw.terms.participants:
        raise DrawRefusedError(f"draw {draw_id}: {party} takes no part in it and has no value to reveal")
    _require_readable(shelf, draw)
    if open_ones := shelf.unsettled(draw):
        raise DrawRefusedError(
            f"draw {draw_id}: the commitment of {', '.join(open_ones)} is missing or not settled; nobody "
            "reveals before every side has cosigned every commitment"
        )
    if party in draw.values() or _has_revealed(node, draw_id, party):
        raise DrawRefusedError(f"draw {draw_id}: the value of {party} is revealed already")
    if value is None and party == node.party:
        value = secrets.fetch(_secret(draw_id))
    if value is None:
        raise DrawRefusedError(
            f"draw {draw_id}: no value of {party} is kept here; give what its envelope says"
        )
    if commitment_to(value, draw=draw_id, party=party) != draw.commitments[party][1].commitment:
        raise DrawRefusedError(
            f"draw {draw_id}: the value does not give the commitment of {party}; was it copied rightly?"
        )
    made = DrawReveal(draw=draw_id, of=party, value=value)
    return _sign(node, REVEAL, made, clock=clock, randomness=randomness)


def result_draw(node: Node, wanted: str, *, book: RecordBook, clock: Clock, randomness: Randomness) -> Drawn:
    """Work out what was drawn and state it.

    Raises:
        DrawRefusedError: a value is not revealed, a commitment cannot be read, not everybody agreed, or this
            result is stated already.
    """
    shelf, draw = _own_draw(node, wanted, book)
    _require_readable(shelf, draw)
    _require_agreed(shelf, draw)
    seed = draw.seed()
    if seed is None:
        missing = sorted(set(draw.terms.participants) - draw.values().keys())
        raise DrawRefusedError(
            f"draw {draw.said.record_id}: {', '.join(missing)} did not reveal; open the envelope, or, after "
            "the deadline, state who forfeits"
        )
    positions = positions_from(seed, draw.terms.shape)
    if any(result.positions == positions for _, result in shelf.standing(draw)):
        raise DrawRefusedError(f"draw {draw.said.record_id}: this result is on the record already")
    made = DrawResult(draw=draw.said.record_id, positions=positions, seed=seed.hex())
    return Drawn(record_id=_sign(node, RESULT, made, clock=clock, randomness=randomness), result=made)


def forfeit_draw(
    node: Node,
    wanted: str,
    *,
    forfeited: Sequence[str],
    book: RecordBook,
    clock: Clock,
    randomness: Randomness,
    chosen: Sequence[int] | None = None,
) -> Drawn:
    """After the deadline, state who did not reveal, and choose the sample in their place.

    Args:
        node: The party's node.
        wanted: Id of the draw, or its beginning.
        forfeited: Codes of those whose value is not revealed.
        book: The record.
        clock: Tells whether the deadline has passed.
        randomness: Gives the sample where none is chosen.
        chosen: Positions in the pool that this party chooses, from 0; None to take them at random.

    Raises:
        DrawRefusedError: a result stands, a commitment cannot be read, the deadline has not passed, a
            forfeited value is revealed, a party cannot forfeit, or the positions are not those of a sample.
    """
    shelf, draw = _own_draw(node, wanted, book)
    _require_readable(shelf, draw)
    _require_agreed(shelf, draw)
    if shelf.standing(draw):
        raise DrawRefusedError(f"draw {draw.said.record_id}: has a result already, so nobody forfeits")
    gone = tuple(sorted(set(forfeited)))
    _require_forfeit(node, draw, gone, clock=clock)
    if chosen is None:
        positions = positions_from(randomness(VALUE_BYTES), draw.terms.shape)
    else:
        positions = _by_stratum(draw, chosen)
    made = DrawResult(draw=draw.said.record_id, positions=positions, forfeited=gone)
    return Drawn(record_id=_sign(node, RESULT, made, clock=clock, randomness=randomness), result=made)


def _own_draw(node: Node, wanted: str, book: RecordBook) -> tuple[DrawShelf, DrawRecords]:
    shelf = read_draws(book)
    draw = shelf.find(wanted)
    if node.party not in draw.terms.participants:
        raise DrawRefusedError(f"draw {draw.said.record_id}: {node.party} takes no part in it")
    return shelf, draw


def _sign(
    node: Node,
    kind: str,
    said: DrawOpening | DrawCommitment | DrawReveal | DrawResult,
    *,
    clock: Clock,
    randomness: Randomness,
) -> str:
    refs = () if isinstance(said, DrawOpening) else (said.draw,)
    statement = Statement(kind=kind, members=said.statement(), refs=refs)
    return submit(node, [statement], clock=clock, randomness=randomness)[0]


def _secret(draw_id: str) -> str:
    return f"draw/{draw_id}"


def _new_value(randomness: Randomness, dice: str | None) -> bytes:
    value = randomness(VALUE_BYTES)
    return domain_hash("counterseal/draw/dice/v1", value, dice) if dice else value


def _stated(node: Node, kind: str, draw_id: str) -> list[dict[str, object]]:
    """What this party said of a draw, under a head or not yet."""
    entries = [opened(entry) for entry in node.store.entries(node.log.origin) if entry.kind == kind]
    return [members for members in entries if members.get("draw") == draw_id]


def _has_committed(node: Node, draw_id: str) -> bool:
    return bool(_stated(node, COMMITMENT, draw_id))


def _has_revealed(node: Node, draw_id: str, party: str) -> bool:
    return any(members.get("of") == party for members in _stated(node, REVEAL, draw_id))


def _require_readable(shelf: DrawShelf, draw: DrawRecords) -> None:
    if shelf.hides_commitment(draw):
        raise DrawRefusedError(
            f"draw {draw.said.record_id}: a commitment to it is here without its body; while it cannot be "
            "read, every reveal and result is refused"
        )


def _require_agreed(shelf: DrawShelf, draw: DrawRecords) -> None:
    if missing := shelf.not_agreed(draw):
        raise DrawRefusedError(
            f"draw {draw.said.record_id}: {', '.join(missing)} did not agree to it, so it has no result"
        )


def _require_forfeit(node: Node, draw: DrawRecords, gone: tuple[str, ...], *, clock: Clock) -> None:
    draw_id, deadline = draw.said.record_id, draw.terms.deadline
    if clock.now() <= deadline:
        until = format_instant(deadline)
        raise DrawRefusedError(f"draw {draw_id}: nobody forfeits before {until} has passed")
    if not gone or node.party in gone or not set(gone) <= set(draw.terms.participants):
        raise DrawRefusedError(
            f"draw {draw_id}: those who forfeit must be participants other than {node.party}"
        )
    if shown := sorted(set(gone) & draw.values().keys()):
        raise DrawRefusedError(f"draw {draw_id}: the value of {', '.join(shown)} is revealed: no forfeit")


def _by_stratum(draw: DrawRecords, chosen: Sequence[int]) -> Positions:
    draw_id, positions, start = draw.said.record_id, [], 0
    if len(set(chosen)) != len(chosen):
        raise DrawRefusedError(f"draw {draw_id}: a position is chosen twice")
    if outside := [position for position in chosen if not 0 <= position < draw.terms.size]:
        raise DrawRefusedError(f"draw {draw_id}: position {outside[0]} is not in a pool of {draw.terms.size}")
    for stratum in draw.terms.strata:
        end = start + stratum.count
        inside = tuple(position for position in chosen if start <= position < end)
        if len(inside) != stratum.sample:
            raise DrawRefusedError(
                f"draw {draw_id}: {len(inside)} positions chosen from {stratum.name} ({start} to {end - 1}), "
                f"must be {stratum.sample}"
            )
        positions.append(inside)
        start = end
    return tuple(positions)


def _paper(node: Node, draw: DrawRecords, value: bytes) -> str:
    """Return what goes into the envelope; of a title nothing is taken that could pass for another line."""
    text = value.hex()
    title = "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in draw.terms.title)
    groups = [text[at : at + 8] for at in range(0, len(text), 8)]
    return "\n".join(
        (
            "SEAL THIS IN AN ENVELOPE. Hand it over when every commitment is settled, not sooner.",
            f"Draw of     {title}",
            f"Draw        {draw.said.record_id}",
            f"Treaty      {node.trust.treaty}",
            f"Value of    {node.party}",
            f"            {' '.join(groups[:4])}",
            f"            {' '.join(groups[4:])}",
            f"Open it if {node.party} has not revealed by {format_instant(draw.terms.deadline)}.",
            "",
        )
    )
