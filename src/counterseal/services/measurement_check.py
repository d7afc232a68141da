"""Check the measurements on a record: one named check for each rule, from the record alone."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from counterseal.barrier.budget import bits, disclosed, item_key, judge
from counterseal.records.countersignature import Meaning
from counterseal.records.measurement import KINDS
from counterseal.services.measurement_equipment import equipment_held
from counterseal.services.measurement_run import token_problem
from counterseal.services.measurement_state import Attempt, MeasurementShelf, other_party, read_measurements
from counterseal.services.measurement_treaty import NO_BUDGET, NO_PACK, treaty_budgets, treaty_problems
from counterseal.services.record_book import BookEntry, RecordBook
from counterseal.treaty.pack import Pack

NOT_AGREED = "not-agreed"
"""What the equipment is called where the version of a protocol has no word on it."""

_Problems = Callable[[MeasurementShelf, Attempt], Iterator[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasurementCheck:
    """One rule: whether it holds, and why; None where it does not apply."""

    name: str
    held: bool | None
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptShown:
    """One attempt as the record shows it.

    Attributes:
        record: Record id.
        item: Id of the item.
        number: Its number among the attempts on that item.
        protocol: Digest of the protocol.
        title: What was measured, in one line.
        outcome: The outcome, or None where there is none.
        health: One word on the equipment, or None.
        signed_by: The parties that stand by the outcome.
        equipment: What its protocol asks of the equipment: ``none``, ``dossier``, ``drawn``, ``not-agreed``.
    """

    record: str
    item: str
    number: int
    protocol: str
    title: str
    outcome: str | None
    health: str | None
    signed_by: tuple[str, ...]
    equipment: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemBudget:
    """What an item may have given away, and its budget, in bits as decimal text."""

    host: str
    item: str
    attempts: int
    bits: str
    budget: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasurementReport:
    """What a record shows of measurements.

    Attributes:
        checks: One for each rule.
        attempts: Every attempt, also those without an outcome.
        budgets: What each item may have given away.
        left_out: Records that count for nothing and speak against nothing, with the reason.
    """

    checks: tuple[MeasurementCheck, ...]
    attempts: tuple[AttemptShown, ...]
    budgets: tuple[ItemBudget, ...]
    left_out: tuple[str, ...] = ()

    @property
    def accepted(self) -> bool:
        """Whether there is an outcome and no rule speaks against anything."""
        answered = any(attempt.outcome is not None for attempt in self.attempts)
        return answered and all(check.held is not False for check in self.checks)


def check_measurements(book: RecordBook, *, pack: Pack | None = None) -> MeasurementReport:
    """Check everything that a record shows of measurements.

    Args:
        book: The record.
        pack: The treaty pack, of which the budgets hold; None where there is none.
    """
    shelf = read_measurements(book)
    return MeasurementReport(
        checks=tuple(_checks(shelf, pack)),
        attempts=tuple(_shown(shelf, attempt) for attempt in shelf.attempts),
        budgets=tuple(_budgets(shelf)),
        left_out=tuple(_left_out(shelf)),
    )


def _checks(shelf: MeasurementShelf, pack: Pack | None) -> Iterator[MeasurementCheck]:
    yield _rules(shelf)
    yield _over(
        shelf, "protocol-agreed", _agreed_problems, right="both parties agreed to it before each attempt"
    )
    yield _over(shelf, "numbered", _number_problems, right="the attempts on each item are numbered from 1")
    yield from _disclosure_checks(shelf)
    yield _treaty(shelf, pack)
    yield _equipment(shelf)
    yield _over(
        shelf, "countersigned-before", _order_problems, right="every attempt was signed by both first"
    )
    yield _over(shelf, "tokens", _token_problems, right="every token is the one that both committed to")
    yield _over(shelf, "one-outcome", _several_problems, right="no attempt has two outcomes")
    yield _over(shelf, "outcome-signed", _signed_problems, right="both parties stand by every outcome")
    yield _answered(shelf)


def _check(name: str, wrong: Iterable[str], *, right: str) -> MeasurementCheck:
    found = tuple(wrong)
    return MeasurementCheck(name=name, held=not found, reasons=found or (right,))


def _rules(shelf: MeasurementShelf) -> MeasurementCheck:
    wrong = [_told(entry, rule) for entry, rule in shelf.refused if shelf.is_of_its_parties(entry)]
    return _check(
        "form", wrong, right="every record of the parties of a measurement is in form and theirs to state"
    )


def _told(entry: BookEntry, why: str) -> str:
    return f"record {entry.record_id} of {entry.header.author}: {why}"


def _left_out(shelf: MeasurementShelf) -> Iterator[str]:
    """Yield what counts for nothing: refused records of others, and records that their party disowned."""
    for entry, rule in shelf.refused:
        if not shelf.is_of_its_parties(entry):
            yield _told(entry, rule)
    attempts = {attempt.entry.record_id for attempt in shelf.attempts}
    for entry in shelf.book.entries:
        if entry.header.kind in KINDS and not shelf.stands(entry):
            counted = "; its bits count all the same" if entry.record_id in attempts else ""
            yield _told(entry, f"{entry.header.kind} that its party does not stand by{counted}")


def _over(
    shelf: MeasurementShelf,
    name: str,
    problems: _Problems,
    *,
    right: str,
) -> MeasurementCheck:
    if not shelf.standing:
        return MeasurementCheck(name=name, held=None, reasons=("no attempt is on the record",))
    wrong = [f"{attempt.name}: {text}" for attempt in shelf.standing for text in problems(shelf, attempt)]
    return _check(name, wrong, right=right)


def _agreed_problems(shelf: MeasurementShelf, attempt: Attempt) -> Iterator[str]:
    stated = attempt.stated
    if not shelf.stands(stated.entry):
        yield f"{stated.entry.header.author} does not stand by the record of its protocol"
    other = other_party(stated.protocol, str(stated.entry.header.author))
    signed = shelf.agreement(stated.entry, by=other)
    if signed is None:
        yield f"{other} has not countersigned its protocol as agreed"
    elif not shelf.is_before(signed, attempt.entry):
        yield f"{other} agreed to its protocol only after it was opened, or the host had not seen that"


def _number_problems(shelf: MeasurementShelf, attempt: Attempt) -> Iterator[str]:
    place = attempt.terms.place
    own = shelf.host_attempts(str(attempt.entry.header.author))
    right = sum(one.query.same_item == item_key(place.item) for one in own[: own.index(attempt) + 1])
    if place.number != right:
        yield f"is the {right}. attempt on this item in its host's log"


def _disclosure_checks(shelf: MeasurementShelf) -> Iterator[MeasurementCheck]:
    found: dict[str, list[str]] = {"names": [], "thresholds": [], "repeats": [], "budget": []}
    for host in _hosts(shelf):
        attempts = shelf.host_attempts(host)
        for at, rule, problem in judge([attempt.query for attempt in attempts]):
            found[rule].append(f"{attempts[at].name}: {problem}")
    right = {
        "names": "every item is written in one way",
        "thresholds": "every attribute of every item has one threshold set",
        "repeats": "no item was asked more often than was agreed",
        "budget": "no item gave away more bits than were agreed",
    }
    for name, wrong in found.items():
        yield _check(name, wrong, right=right[name])


def _hosts(shelf: MeasurementShelf) -> Sequence[str]:
    return sorted({str(attempt.entry.header.author) for attempt in shelf.attempts})


def _treaty(shelf: MeasurementShelf, pack: Pack | None) -> MeasurementCheck:
    """Hold every protocol against the treaty's budgets, on the day that the host claims and both signed."""
    name = "treaty-budget"
    if pack is None:
        return MeasurementCheck(name=name, held=None, reasons=(NO_PACK,))
    days = [(one, one.stated.protocol, one.entry.header.claimed_time.date()) for one in shelf.standing]
    found = [one.held for _, protocol, day in days for one in treaty_budgets(pack, protocol, day=day)]
    if all(held is None for held in found):
        idle = "not applicable: no budget of the treaty pack binds on the day of an attempt"
        return MeasurementCheck(name=name, held=None, reasons=(idle if found else NO_BUDGET,))
    wrong = [
        f"{attempt.name}: {text}"
        for attempt, protocol, day in days
        for text in treaty_problems(pack, protocol, day=day)
    ]
    return _check(name, wrong, right="no protocol discloses more than the treaty pack lets it")


def _equipment(shelf: MeasurementShelf) -> MeasurementCheck:
    if not shelf.standing:
        return MeasurementCheck(name="equipment", held=None, reasons=("no attempt is on the record",))
    found = [(attempt, equipment_held(shelf, attempt)) for attempt in shelf.standing]
    judged = [attempt for attempt, one in found if one.held is not None]
    wrong = [f"{attempt.name}: {text}" for attempt, one in found if one.held is False for text in one.reasons]
    silent = [f"{attempt.name}: {text}" for attempt, one in found if one.held is None for text in one.reasons]
    if not judged:
        return MeasurementCheck(name="equipment", held=None, reasons=tuple(silent))
    drawn = sum(attempt.terms.draw is not None for attempt in judged)
    right = (
        f"every copy that is named is certified, authenticated and tested; drawn by lot in {drawn} of "
        f"{len(shelf.standing)} attempts"
    )
    reasons = (*(wrong or (right,)), *silent)
    return MeasurementCheck(name="equipment", held=not wrong, reasons=reasons)


def _order_problems(shelf: MeasurementShelf, attempt: Attempt) -> Iterator[str]:
    """Yield what was not signed yet when an outcome was put on the record."""
    protocol = attempt.stated.protocol
    for entry, _ in attempt.results:
        join = attempt.joins[0][0] if attempt.joins else None
        needed = (
            ("the attempt itself", attempt.entry),
            (f"the join of {protocol.inspector}", join),
            (
                f"the agreement of {protocol.inspector} to it",
                shelf.agreement(attempt.entry, by=protocol.inspector),
            ),
            (
                f"the agreement of {protocol.host} to the join",
                None if join is None else shelf.agreement(join, by=protocol.host),
            ),
        )
        for what, record in needed:
            if record is None:
                yield f"has an outcome, and {what} is not on the record"
            elif not shelf.is_before(record, entry):
                yield f"has an outcome that is older than {what}"


def _token_problems(_: MeasurementShelf, attempt: Attempt) -> Iterator[str]:
    for entry, result in attempt.results:
        if problem := token_problem(attempt, result):
            yield f"outcome {entry.record_id}: {problem}"


def _several_problems(_: MeasurementShelf, attempt: Attempt) -> Iterator[str]:
    outcomes = sorted(result.outcome.value for _, result in attempt.results)
    if len(outcomes) > 1:
        yield f"{' and '.join(outcomes)} stand side by side, so there is no outcome"


def _signed_problems(shelf: MeasurementShelf, attempt: Attempt) -> Iterator[str]:
    inspector = attempt.stated.protocol.inspector
    for entry, _ in attempt.results:
        objecting = _objections(shelf, entry, by=inspector)
        if objecting:
            yield f"{inspector} objects to its outcome: {objecting}"
        elif shelf.agreement(entry, by=inspector) is None:
            yield f"{inspector} has not countersigned its outcome"


def _objections(shelf: MeasurementShelf, entry: BookEntry, *, by: str) -> str:
    notes = [
        str((said.statement or {}).get("note", Meaning.OBJECTS))
        for said in shelf.objected.get(entry.record_id, [])
        if said.header.author == by
    ]
    return "; ".join(notes)


def _answered(shelf: MeasurementShelf) -> MeasurementCheck:
    waiting = [attempt.name for attempt in shelf.standing if not attempt.results]
    if waiting:
        reasons = tuple(
            f"{name}: has no outcome on the record; its bits count all the same" for name in waiting
        )
        return MeasurementCheck(name="answered", held=None, reasons=reasons)
    return _over(shelf, "answered", _nothing, right="every attempt has an outcome")


def _nothing(_: MeasurementShelf, __: Attempt) -> Iterator[str]:
    return iter(())


def _shown(shelf: MeasurementShelf, attempt: Attempt) -> AttemptShown:
    protocol = attempt.stated.protocol
    signed: tuple[str, ...] = ()
    outcome = health = None
    if shelf.stands(attempt.entry) and len(attempt.results) == 1:
        entry, result = attempt.results[0]
        agreed = {str(one.header.author) for one in shelf.agreed.get(entry.record_id, [])}
        signed = tuple(sorted({protocol.host} | (agreed & {protocol.inspector})))
        outcome, health = result.outcome.value, result.health
    return AttemptShown(
        record=attempt.entry.record_id,
        item=attempt.terms.place.item,
        number=attempt.terms.place.number,
        protocol=protocol.digest,
        title=protocol.title,
        outcome=outcome,
        health=health,
        signed_by=signed,
        equipment=protocol.equipment or NOT_AGREED,
    )


def _budgets(shelf: MeasurementShelf) -> Iterator[ItemBudget]:
    for host in _hosts(shelf):
        queries = shelf.queries(host)
        spelled: dict[str, str] = {}
        for one in queries:
            spelled.setdefault(one.same_item, one.item)
        for item in spelled.values():
            found = disclosed(queries, item=item)
            if found is not None:
                yield ItemBudget(
                    host=host,
                    item=item,
                    attempts=sum(one.same_item == item_key(item) for one in queries),
                    bits=bits(found.spent),
                    budget=bits(found.budget),
                )
