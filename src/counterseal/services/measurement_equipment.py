"""Whether the equipment of an attempt is what its protocol asks for: on paper, tested, drawn by lot."""

from collections.abc import Iterator
from dataclasses import dataclass

from counterseal.barrier.equipment_rule import EquipmentRule, agreed_words
from counterseal.barrier.protocol import Protocol
from counterseal.records.measurement import MeasurementAttempt
from counterseal.services.draw_state import DrawShelf, read_draws
from counterseal.services.errors import DrawRefusedError
from counterseal.services.measurement_state import Attempt, MeasurementShelf, StatedDossier
from counterseal.services.record_book import BookEntry

_NEEDING = (EquipmentRule.DOSSIER, EquipmentRule.DRAWN)


@dataclass(frozen=True, slots=True, kw_only=True)
class EquipmentHeld:
    """Whether the equipment of one attempt is what was agreed.

    Attributes:
        agreed: What the protocol asks for; None where its version has no word on it.
        held: None where nothing was agreed and the attempt names nothing.
        reasons: Why, for a third party; what was agreed where nothing speaks against it.
    """

    agreed: EquipmentRule | None
    held: bool | None
    reasons: tuple[str, ...]


def equipment_held(shelf: MeasurementShelf, attempt: Attempt) -> EquipmentHeld:
    """Return whether the equipment of an attempt is what its protocol asks for."""
    protocol, terms = attempt.stated.protocol, attempt.terms
    outcome = attempt.results[0][0] if attempt.results else None
    wrong = tuple(equipment_problems(shelf, terms, protocol=protocol, at=attempt.entry, outcome=outcome))
    silent = protocol.equipment not in _NEEDING and terms.dossier is None
    return EquipmentHeld(
        agreed=protocol.equipment,
        held=None if silent else not wrong,
        reasons=wrong or (agreed_words(protocol.equipment),),
    )


def equipment_problems(
    shelf: MeasurementShelf,
    terms: MeasurementAttempt,
    *,
    protocol: Protocol,
    at: BookEntry | None = None,
    outcome: BookEntry | None = None,
) -> Iterator[str]:
    """Yield what speaks against the equipment of an attempt, as its protocol asks for it.

    What an attempt names is held against the record also where the protocol does not ask for it.

    Args:
        shelf: The record.
        terms: What the attempt states.
        protocol: Its protocol.
        at: Its record; None for one that is yet to be signed, so that all on the record is before it.
        outcome: The record of its outcome; None where there is none yet, so that every objection counts.
    """
    if terms.dossier is None:
        if protocol.equipment in _NEEDING:
            yield f"equipment: {protocol.equipment} was agreed, and the attempt names no dossier"
        return
    if terms.draw is None and protocol.equipment is EquipmentRule.DRAWN:
        yield "equipment: drawn was agreed, and the attempt names no draw of its copy"
    stated = shelf.dossiers.get(terms.dossier)
    if stated is None:
        yield f"dossier {terms.dossier}: is none that is accepted here"
        return
    yield from _word_problems(shelf, stated, protocol=protocol, at=at, outcome=outcome)
    yield from _paper_problems(stated, terms.copy or "", protocol=protocol)
    if terms.draw is not None:
        yield from _draw_problems(shelf, stated, terms, protocol=protocol, at=at)


def _word_problems(
    shelf: MeasurementShelf,
    stated: StatedDossier,
    *,
    protocol: Protocol,
    at: BookEntry | None,
    outcome: BookEntry | None,
) -> Iterator[str]:
    """Yield what the words of the two parties on a dossier lack, or say against it."""
    dossier = stated.dossier
    if (dossier.host, dossier.inspector) != (protocol.host, protocol.inspector):
        yield f"the dossier is of {dossier.host} and {dossier.inspector}, not the parties of the protocol"
    signed = shelf.agreement(stated.entry, by=protocol.inspector)
    if signed is None:
        yield f"{protocol.inspector} has not authenticated it: the dossier is not countersigned as agreed"
    elif at is not None and not shelf.is_before(signed, at):
        yield f"{protocol.inspector} authenticated it only after the attempt"
    for said in shelf.objected.get(stated.entry.record_id, ()):
        in_time = outcome is None or shelf.is_before(said, outcome)
        if said.header.author == protocol.inspector and in_time:
            yield f"{protocol.inspector} objects to the dossier, by record {said.record_id}"


def _paper_problems(stated: StatedDossier, copy: str, *, protocol: Protocol) -> Iterator[str]:
    """Yield what in a dossier is not as in the protocol, or not as it must be."""
    dossier = stated.dossier
    if dossier.code != protocol.code:
        yield "the dossier is about other code than the protocol"
    if dossier.nuclear_data is None:
        if protocol.equipment in _NEEDING:
            yield "the dossier is of version 1 and does not name the nuclear data, which was agreed"
    elif dossier.nuclear_data != protocol.nuclear_data:
        yield (
            f"the dossier is about nuclear data of edition {' '.join(dossier.nuclear_data)}, "
            f"the protocol about {' '.join(protocol.nuclear_data)}"
        )
    if copy not in dossier.copies:
        yield f"copy {copy!r} is none of those in the dossier"
    elif not dossier.works(copy):
        yield f"copy {copy} has not passed its functional tests"


def _draw_problems(
    shelf: MeasurementShelf,
    stated: StatedDossier,
    terms: MeasurementAttempt,
    *,
    protocol: Protocol,
    at: BookEntry | None,
) -> Iterator[str]:
    draws: DrawShelf = read_draws(shelf.book)
    try:
        draw = draws.find(terms.draw or "")
    except DrawRefusedError as error:
        yield str(error)
        return
    results = draws.standing(draw)
    if not {protocol.host, protocol.inspector} <= set(draw.terms.participants):
        yield "host and inspector did not both take part in the draw of the copy"
    if draw.terms.pool is None or tuple(sorted(draw.terms.pool)) != stated.dossier.copies:
        yield "the draw was not from the copies in the dossier"
    elif len(results) != 1:
        yield "the draw of the copy has no one result"
    elif terms.copy not in {draw.terms.pool[at] for drawn in results[0][1].positions for at in drawn}:
        yield f"copy {terms.copy} is not the one that was drawn"
    elif at is not None and not shelf.is_before(shelf.entry(results[0][0].record_id), at):
        yield "the draw of the copy had its result only after the attempt"
