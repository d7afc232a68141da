"""A measurement as it runs: once, countersigned by both before, its outcome on the record with its token."""

from collections.abc import Sequence
from dataclasses import dataclass

from counterseal.barrier.answers import Answer, Health, make_answer
from counterseal.barrier.budget import alphabet
from counterseal.barrier.protocol import Protocol
from counterseal.barrier.tokens import TokenParts, joined, parse_parts
from counterseal.barrier.wire import Request, RoomInput
from counterseal.records import measurement as form
from counterseal.records.countersignature import KIND as COUNTERSIGNATURE
from counterseal.records.countersignature import Countersignature, Meaning
from counterseal.records.measurement import MeasurementResult, commitments_to
from counterseal.services.measurement import Desk, MeasurementRefusedError, require_sound, secret_name
from counterseal.services.measurement_equipment import equipment_held
from counterseal.services.measurement_state import Attempt, MeasurementShelf
from counterseal.services.ports import SealedRunner
from counterseal.services.record_book import BookEntry
from counterseal.services.submit import Statement
from counterseal.terms.outcomes import MeasurementOutcome

NANOSECONDS = 10**9


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """An attempt that may run: countersigned by both, with the token parts that both committed to."""

    attempt: Attempt
    host_parts: TokenParts
    inspector_parts: TokenParts


def ready_attempt(desk: Desk, wanted: str, *, inspector_parts: TokenParts) -> Ready:
    """Return an attempt that may run now.

    Args:
        desk: The host's.
        wanted: Record id of the attempt, or its beginning.
        inspector_parts: What the inspector brought to the device.

    Raises:
        MeasurementRefusedError: it was run before, is not countersigned by both, its equipment is not what
            was agreed, a budget of the treaty speaks against it, or parts are not those committed to.
    """
    shelf = desk.shelf()
    attempt = shelf.find(wanted)
    protocol = attempt.stated.protocol
    if desk.party != protocol.host:
        raise MeasurementRefusedError(f"{attempt.name}: runs at a node of {protocol.host}, its host")
    if attempt.results or desk.secrets.fetch(_started(attempt)) is not None:
        raise _ran_already(attempt)
    require_sound(desk, shelf, attempt)
    if missing := unsigned(shelf, attempt):
        raise MeasurementRefusedError(
            f"{attempt.name}: {'; '.join(missing)}; nothing runs before both signed"
        )
    kept = desk.secrets.fetch(secret_name(attempt.terms.place, desk.party))
    if kept is None:
        raise MeasurementRefusedError(f"{attempt.name}: this node does not keep the host's token parts")
    ready = Ready(attempt=attempt, host_parts=parse_parts(kept), inspector_parts=inspector_parts)
    _require_parts(ready)
    return ready


def unsigned(shelf: MeasurementShelf, attempt: Attempt) -> list[str]:
    """Return the signatures that an attempt still needs before it may run."""
    protocol, missing = attempt.stated.protocol, []
    if not attempt.joins:
        missing.append(f"{protocol.inspector} has not joined it")
    elif shelf.agreement(attempt.joins[0][0], by=protocol.host) is None:
        record = attempt.joins[0][0].record_id
        missing.append(f"{protocol.host} has not countersigned the join {record} as agreed")
    if shelf.agreement(attempt.entry, by=protocol.inspector) is None:
        missing.append(f"{protocol.inspector} has not countersigned it as agreed")
    return missing


def run_attempt(
    desk: Desk, ready: Ready, *, inputs: Sequence[RoomInput], runner: SealedRunner
) -> tuple[Answer, str]:
    """Run an attempt once, put its outcome on the record, and return the answer and the record's id.

    Its run is claimed last of all before that, for good: after a crash in between it cannot be run again, and
    of two programs that run it at the same moment at this node one is refused.

    Raises:
        MeasurementRefusedError: another program has begun to run it.
    """
    attempt, protocol = ready.attempt, ready.attempt.stated.protocol
    request = Request(
        attempt=attempt.terms.place.number,
        protocol=protocol.to_bytes(),
        inputs=tuple(inputs),
        host_parts=ready.host_parts.parts,
        inspector_parts=ready.inspector_parts.parts,
    )
    if not desk.secrets.claim(_started(attempt)):
        raise _ran_already(attempt)
    said = runner.run(request, hold_ns=protocol.tick_s * NANOSECONDS, alphabet=alphabet(protocol))
    answer = let_out(said, request=request, protocol=protocol)
    record = attempt.entry.record_id
    result = MeasurementResult(
        attempt=record,
        outcome=answer.outcome,
        health=answer.health.value,
        host_part=ready.host_parts.of(answer.outcome),
        inspector_part=ready.inspector_parts.of(answer.outcome),
        token=answer.token,
    )
    return answer, desk.say(Statement(kind=form.OUTCOME, members=result.statement(), refs=(record,)))[0]


def let_out(said: Answer, *, request: Request, protocol: Protocol) -> Answer:
    """Return an answer of the protocol to a request: what a runner says if it is one, else a malfunction.

    All of them are made here, so that no token, number or word of a runner gets any further.
    """
    rooms = (Health.WELL, Health.REDUCED)
    known = (
        make_answer(request, outcome=outcome, room=room) for outcome in alphabet(protocol) for room in rooms
    )
    malfunction = make_answer(request, outcome=MeasurementOutcome.MALFUNCTION)
    return next((made for made in known if made == said), malfunction)


def agree_to_outcome(desk: Desk, wanted: str) -> tuple[MeasurementResult, str]:
    """Countersign the outcome of an attempt as agreed, after checking its token; return both.

    Raises:
        MeasurementRefusedError: there is no one outcome, its token is not the one committed to, its equipment
            is not what was agreed, or this party is not the inspector or has signed already.
    """
    shelf = desk.shelf()
    attempt = shelf.find(wanted)
    if desk.party != attempt.stated.protocol.inspector:
        raise MeasurementRefusedError(
            f"{attempt.name}: {attempt.stated.protocol.inspector} countersigns its outcome"
        )
    entry, result = one_result(attempt)
    if problem := token_problem(attempt, result):
        raise MeasurementRefusedError(
            f"{attempt.name}: {problem}; object to it by counterseal log countersign"
        )
    if (equipment := equipment_held(shelf, attempt)).held is False:
        raise MeasurementRefusedError(
            f"{attempt.name}: {'; '.join(equipment.reasons)}; an outcome of other equipment than agreed "
            f"is not signed as agreed"
        )
    if shelf.agreement(entry, by=desk.party) is not None:
        raise MeasurementRefusedError(f"{attempt.name}: {desk.party} has countersigned its outcome already")
    agreed = Countersignature(record=entry.record_id, meaning=Meaning.AGREED)
    statement = Statement(kind=COUNTERSIGNATURE, members=agreed.statement(), refs=(entry.record_id,))
    return result, desk.say(statement)[0]


def one_result(attempt: Attempt) -> tuple[BookEntry, MeasurementResult]:
    """Return the one outcome of an attempt.

    Raises:
        MeasurementRefusedError: there is none, or several that contest each other.
    """
    if not attempt.results:
        raise MeasurementRefusedError(f"{attempt.name}: no outcome is on the record")
    if len(attempt.results) > 1:
        raise MeasurementRefusedError(f"{attempt.name}: two outcomes are on the record, so there is none")
    return attempt.results[0]


def token_problem(attempt: Attempt, result: MeasurementResult) -> str | None:
    """Return why the token of an outcome is not the one that both parties committed to, or None."""
    if not attempt.joins:
        return "nobody joined it, so no token was committed to by both"
    protocol, at = attempt.stated.protocol, form.OUTCOMES.index(result.outcome)
    sides = (
        (protocol.host, result.host_part, attempt.terms.commitments),
        (protocol.inspector, result.inspector_part, attempt.joins[0][1].commitments),
    )
    for party, part, commitments in sides:
        made = form.commitment_to(part, place=attempt.terms.place, party=party, outcome=result.outcome)
        if made != commitments[at]:
            return f"the part of {party} does not give its commitment to {result.outcome}"
    if joined(result.host_part, result.inspector_part) != result.token:
        return "the token is not what both parts give together"
    return None


def _require_parts(ready: Ready) -> None:
    place, protocol = ready.attempt.terms.place, ready.attempt.stated.protocol
    sides = (
        (protocol.host, ready.host_parts, ready.attempt.terms.commitments),
        (protocol.inspector, ready.inspector_parts, ready.attempt.joins[0][1].commitments),
    )
    for party, parts, commitments in sides:
        if commitments_to(parts.parts, place=place, party=party) != commitments:
            raise MeasurementRefusedError(
                f"{ready.attempt.name}: the token parts of {party} are not those that it committed to"
            )


def _ran_already(attempt: Attempt) -> MeasurementRefusedError:
    return MeasurementRefusedError(
        f"{attempt.name}: was run already; an attempt runs once, another one is put on the record first"
    )


def _started(attempt: Attempt) -> str:
    return f"measurement/begun-{attempt.entry.record_id}"
