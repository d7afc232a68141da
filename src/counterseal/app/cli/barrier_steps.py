"""What ``counterseal barrier`` does: from files and options to one step of a measurement."""

from functools import partial
from pathlib import Path
from typing import Any, TypedDict

from counterseal.app.cli import measurement_store as store
from counterseal.app.cli.barrier_files import read_protocol_file
from counterseal.app.cli.barrier_papers_view import equipment_json, treaty_json
from counterseal.app.sealed import SealedProcess, SystemMonotonicClock, require_closed
from counterseal.barrier.answers import Answer
from counterseal.barrier.code_hash import require_code
from counterseal.barrier.decide import prepared
from counterseal.barrier.protocol import Protocol
from counterseal.barrier.template_file import require_template
from counterseal.barrier.tokens import PartsFile
from counterseal.barrier.wire import Role, RoomInput
from counterseal.errors import RefusedInputError
from counterseal.services import measurement as steps
from counterseal.services import measurement_alone as alone
from counterseal.services import measurement_run as running
from counterseal.services.checkpointing import publish_head
from counterseal.services.measurement_equipment import equipment_held
from counterseal.services.measurement_state import Attempt


class AttemptGiven(TypedDict):
    """The options that describe an attempt, as they were typed."""

    item: str | None
    copy: str | None
    dossier: str | None
    draw: str | None
    parts: Path | None


class RunGiven(TypedDict):
    """The options that describe a run, as they were typed."""

    check_source: Path | None
    backgrounds: tuple[Path, ...]
    items: tuple[Path, ...]
    template: Path | None
    template_salt: Path | None
    item_name: str | None
    ledger: Path | None
    attempt: str | None
    inspector_parts: Path | None


def inputs_of(protocol: Protocol, given: RunGiven) -> tuple[RoomInput, ...]:
    """Return what goes into the room: check source and background first, the item last.

    Raises:
        RefusedInputError: not the files that the protocol asks for, one cannot be read, or the template is
            not the one that was committed to.
    """
    roles = (
        (Role.CHECK_SOURCE, (given["check_source"],)),
        (Role.BACKGROUND, given["backgrounds"]),
        (Role.TEMPLATE, (given["template_salt"], given["template"])),
        (Role.ITEM, given["items"]),
    )
    named = [(role, path) for role, paths in roles for path in paths if path is not None]
    alone.require_inputs(protocol, [role for role, _ in named])
    inputs = store.read_inputs(named)
    if protocol.template is not None:
        require_template(protocol.template, [item.data for item in inputs if item.role is Role.TEMPLATE])
    return inputs


def checked_protocol(path: Path) -> Protocol:
    """Return the protocol in a file, after checking its form, its settings, its code and its nuclear data.

    Raises:
        RefusedInputError: something is not as it must be; says where.
    """
    protocol, document = read_protocol_file(path)
    with store.refusals_of(document):
        prepared(protocol)
    require_code(protocol.code)
    return protocol


def held_against_treaty(desk: steps.Desk, protocol: Protocol) -> dict[str, Any]:
    """Return the budgets of the node's treaty pack that are about a protocol, as of today."""
    return {"treaty": treaty_json(desk.node.pack, protocol, day=desk.today)}


def propose(desk: steps.Desk, protocol: Protocol) -> dict[str, Any]:
    """Put a protocol on the record."""
    record = steps.propose_protocol(desk, protocol)
    publish_head(desk.node)
    other = protocol.inspector if desk.party == protocol.host else protocol.host
    return {"record": record, "next": f"{other}: counterseal log countersign {record} --meaning agreed"}


def equipment_of(desk: steps.Desk, given: AttemptGiven) -> steps.Equipment | None:
    """Return the equipment that was named, with whole record ids.

    Raises:
        RefusedInputError: a record that is not there.
    """
    copy, dossier, draw = given["copy"], given["dossier"], given["draw"]
    if copy is None or dossier is None:
        return None
    return steps.Equipment(
        copy=copy,
        dossier=_record_id(desk, dossier, what="--dossier"),
        draw=None if draw is None else _record_id(desk, draw, what="--draw"),
    )


def _record_id(desk: steps.Desk, wanted: str, *, what: str) -> str:
    entry = desk.book.find(wanted.lower())
    if entry is None:
        raise RefusedInputError(f"{what} {wanted}: no one record of that id is on the record")
    return entry.record_id


def attempt(desk: steps.Desk, protocol: Protocol, given: AttemptGiven) -> dict[str, Any]:
    """Open an attempt on an item at the host's node, or join the newest one at the inspector's."""
    item, parts = given["item"] or "", given["parts"]
    if parts is not None and (parts.exists() or parts.is_symlink()):
        raise RefusedInputError(f"--parts {parts}: exists already")
    if desk.party == protocol.inspector:
        made = steps.join_attempt(desk, newest_attempt(desk, protocol, item=item))
        after = (
            f"{protocol.host}: counterseal log countersign {made.record} --meaning agreed, then barrier run"
        )
    else:
        equipment = equipment_of(desk, given)
        made = steps.open_attempt(desk, protocol.digest, item=item, equipment=equipment)
        after = f"{protocol.inspector}: counterseal barrier prepare PROTOCOL.yaml --item {item} --node NODE"
    publish_head(desk.node)
    if parts is not None:
        file = PartsFile(attempt=made.attempt, party=desk.party, parts=made.parts)
        store.write_parts(parts, file)
    return {"record": made.record, "attempt": made.attempt, "number": made.number, "next": after}


def newest_attempt(desk: steps.Desk, protocol: Protocol, *, item: str) -> Attempt:
    """Return the newest attempt on an item under a protocol.

    Raises:
        RefusedInputError: there is none on this record.
    """
    found = [
        one
        for one in desk.shelf().host_attempts(protocol.host)
        if (one.stated.protocol.digest, one.terms.place.item) == (protocol.digest, item)
    ]
    if not found:
        raise RefusedInputError(
            f"item {item}: {protocol.host} has opened no attempt on it under this protocol"
        )
    return found[-1]


def run_alone(path: Path, given: RunGiven) -> Answer:
    """Run without a node, with a ledger."""
    protocol = checked_protocol(path)
    inputs = inputs_of(protocol, given)
    runner = SealedProcess(clock=SystemMonotonicClock())
    require_closed(runner.probe())
    item = given["item_name"] or given["items"][0].stem
    ledger = partial(store.open_ledger, given["ledger"] or path.parent / store.LEDGER)
    return alone.run_alone(protocol, item=item, inputs=inputs, ledger=ledger, runner=runner)


def run_at_node(desk: steps.Desk, path: Path, given: RunGiven) -> Answer:
    """Run an attempt that is on the record, and put its outcome there."""
    protocol = checked_protocol(path)
    parts = store.read_parts(given["inspector_parts"] or Path())
    ready = running.ready_attempt(desk, (given["attempt"] or "").lower(), inspector_parts=parts.parts)
    if ready.attempt.stated.protocol.digest != protocol.digest:
        raise RefusedInputError(f"{path}: is not the protocol of {ready.attempt.name}")
    inputs = inputs_of(protocol, given)
    runner = SealedProcess(clock=SystemMonotonicClock())
    require_closed(runner.probe())
    answer, _ = running.run_attempt(desk, ready, inputs=inputs, runner=runner)
    publish_head(desk.node)
    return answer


def outcome_json(desk: steps.Desk, wanted: str) -> dict[str, Any]:
    """Check the outcome of an attempt, and countersign it where this party is the inspector."""
    shelf = desk.shelf()
    found = shelf.find(wanted)
    entry, result = running.one_result(found)
    signed = None
    if desk.party == found.stated.protocol.inspector:
        _, signed = running.agree_to_outcome(desk, wanted)
        publish_head(desk.node)
    elif problem := running.token_problem(found, result):
        raise RefusedInputError(f"{found.name}: {problem}")
    return {
        "attempt": found.entry.record_id,
        "item": found.terms.place.item,
        "number": found.terms.place.number,
        "outcome": result.outcome.value,
        "health": result.health,
        "record": entry.record_id,
        "token": result.token.hex(),
        "countersigned": signed,
        "equipment": equipment_json(equipment_held(shelf, found)),
    }
