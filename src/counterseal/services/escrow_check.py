"""Check an escrow as a reader finds it on the record: every opening, from its form to its sums."""

from collections.abc import Iterator
from dataclasses import dataclass

from counterseal.records.errors import RecordError
from counterseal.records.escrow import (
    COMMITMENT_KIND,
    OPENING_KIND,
    EscrowCommitment,
    EscrowOpening,
    parse_escrow_commitment,
    parse_escrow_opening,
    require_leads_to,
)
from counterseal.records.verification.tally import Check, Tally
from counterseal.services.disclose import Readings
from counterseal.services.errors import StatementError
from counterseal.services.escrow_contents import read_content
from counterseal.services.escrow_declared import Declared, name_faults
from counterseal.services.escrow_layout import parse_name
from counterseal.services.record_book import BookEntry, RecordBook

CHECKS = ("commitment", "openings", "root", "positions", "contents", "totals")
"""In order: form of the commitment; form and place of each opening; it leads to the root; each field's name
is its position; its value is a header or an item that belongs there; headers fit what is opened below."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedStep:
    """One opening that a reader can read.

    Attributes:
        record_id: Its id.
        audience: Who may read it.
        leaves: Size of its subtree; ``fields`` is the number of those that are not dummies.
        sound: Whether it leads to the root: only then does it count as opened.
        state: ``logged`` or ``settled``.
    """

    record_id: str
    stage: str
    reason: str
    audience: tuple[str, ...]
    first: int
    leaves: int
    fields: int
    sound: bool
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EscrowCheck:
    """What an escrow shows so far.

    Attributes:
        record_id: Id of the commitment; ``author``, ``title`` and ``leaves`` are its own.
        state: Of the commitment: ``settled`` where every side has cosigned a head over it, so that nobody
            can put another in its place; else ``logged``.
        checks: Every named check; ``held`` is None where there was nothing to check.
        steps: The openings, in order.
        unread: Number of openings that are not for this reader.
        declared: What was opened, put together.
    """

    record_id: str
    author: str
    title: str
    leaves: int
    state: str
    checks: tuple[Check, ...]
    steps: tuple[OpenedStep, ...]
    unread: int
    declared: Declared

    @property
    def verified(self) -> bool:
        """Whether something was opened and no check failed; sums may still wait for what is below them."""
        ran = {check.name: check.held for check in self.checks}
        return all(ran[name] for name in CHECKS[:-1]) and ran[CHECKS[-1]] is not False


def check_escrow(book: RecordBook, record: str) -> EscrowCheck:
    """Check one escrow on a record that was verified before.

    Args:
        book: The record, as far as it is open to this reader.
        record: Id of the commitment, or the first 8 digits of it or more.

    Raises:
        StatementError: there is no such record, it is of another kind, or it cannot be read.
    """
    entry = book.find(record)
    if entry is None or entry.header.kind != COMMITMENT_KIND:
        raise StatementError(
            f"escrow {record!r}: no one {COMMITMENT_KIND} on the record has an id that begins so"
        )
    readings, tally = Readings(book), Tally(names=CHECKS)
    commitment = _commitment(entry, readings)
    tally.ran("commitment")
    declared, steps, unread = Declared(), [], 0
    for opening in _openings(book, entry):
        readable = readings.of(opening.record_id)
        if readable is None or not readable.whole:
            unread += 1
            continue
        taken = _take(opening, readable.statement, commitment, place=entry, declared=declared, tally=tally)
        steps += [] if taken is None else [_step(opening, taken, state=book.standing(opening))]
    _check_sums(declared, tally)
    return EscrowCheck(
        record_id=entry.record_id,
        author=entry.header.author,
        title=commitment.title,
        leaves=commitment.leaves,
        state=book.standing(entry),
        checks=tally.checks(),
        steps=tuple(steps),
        unread=unread,
        declared=declared,
    )


def _commitment(entry: BookEntry, readings: Readings) -> EscrowCommitment:
    readable = readings.of(entry.record_id)
    if readable is None or not readable.whole:
        raise StatementError(f"escrow {entry.record_id}: the commitment is withheld from this reader")
    try:
        return parse_escrow_commitment(readable.statement)
    except RecordError as error:
        raise StatementError(f"escrow {entry.record_id}: {error}") from error


def _openings(book: RecordBook, commitment: BookEntry) -> Iterator[BookEntry]:
    for entry in book.entries:
        if entry.header.kind == OPENING_KIND and commitment.record_id in entry.header.refs:
            yield entry


def _take(
    entry: BookEntry,
    statement: dict[str, object],
    commitment: EscrowCommitment,
    *,
    place: BookEntry,
    declared: Declared,
    tally: Tally,
) -> tuple[EscrowOpening, bool] | None:
    """Return an opening in its place, and whether it leads to the root; what it opens is then taken."""
    tally.ran("openings")
    try:
        opening = parse_escrow_opening(statement)
    except RecordError as error:
        tally.refuse("openings", str(error), file=entry.record_id)
        return None
    if entry.header.refs != (opening.commitment,) or opening.commitment != place.record_id:
        tally.refuse("openings", "its refs name another record than it opens", file=entry.record_id)
        return None
    if entry.origin != place.origin or entry.index <= place.index:
        tally.refuse("openings", "does not stand after its commitment in the same log", file=entry.record_id)
        return None
    sound = _leads_to_root(entry, opening, commitment, tally)
    if sound:
        declared.ranges.add((opening.first, opening.leaves))
        _take_fields(entry, opening, commitment, declared=declared, tally=tally)
    return opening, sound


def _step(entry: BookEntry, taken: tuple[EscrowOpening, bool], *, state: str) -> OpenedStep:
    opening, sound = taken
    return OpenedStep(
        record_id=entry.record_id,
        stage=opening.stage,
        reason=opening.reason,
        audience=entry.header.audience,
        first=opening.first,
        leaves=opening.leaves,
        fields=sum(field != ("", "") for field in opening.fields),
        sound=sound,
        state=state,
    )


def _leads_to_root(
    entry: BookEntry, opening: EscrowOpening, commitment: EscrowCommitment, tally: Tally
) -> bool:
    tally.ran("root")
    try:
        require_leads_to(opening, commitment)
    except RecordError as error:
        tally.refuse("root", str(error), file=entry.record_id)
        return False
    return True


def _take_fields(
    entry: BookEntry,
    opening: EscrowOpening,
    commitment: EscrowCommitment,
    *,
    declared: Declared,
    tally: Tally,
) -> None:
    tally.ran("positions", "contents")
    for index, (name, value) in enumerate(opening.fields, start=opening.first):
        if not name:
            continue
        stated = parse_name(name)
        if stated is None or stated[1].leaves != commitment.leaves or not stated[1].holds(stated[0]):
            rule = f"field {index} is named {name!r}, which is no position in this escrow"
            tally.refuse("positions", rule, file=entry.record_id)
            continue
        slot, shape = stated
        declared.shape = declared.shape or shape
        if shape != declared.shape or shape.index(slot) != index:
            rule = f"field {index} is named {name!r}, the name of another position"
            tally.refuse("positions", rule, file=entry.record_id)
            continue
        try:
            content = read_content(value)
        except StatementError as error:
            tally.refuse("contents", f"field {name}: {error}", file=entry.record_id)
            continue
        if not declared.put(slot, content):
            rule = f"field {name}: what it says does not belong in that place"
            tally.refuse("contents", rule, file=entry.record_id)


def _check_sums(declared: Declared, tally: Tally) -> None:
    if declared.comparable():
        tally.ran("totals")
    for rule in name_faults(declared):
        tally.refuse("contents", rule)
    for rule in declared.sum_faults():
        tally.refuse("totals", rule)
