"""Whether the equipment of an attempt is the one on paper: certified, authenticated, tested, drawn by lot."""

from collections.abc import Iterator

from counterseal.barrier.protocol import Protocol
from counterseal.records.measurement import MeasurementAttempt
from counterseal.services.draw_state import DrawShelf, read_draws
from counterseal.services.errors import DrawRefusedError
from counterseal.services.measurement_state import MeasurementShelf, StatedDossier
from counterseal.services.record_book import BookEntry


def equipment_problems(
    shelf: MeasurementShelf, terms: MeasurementAttempt, *, protocol: Protocol, at: BookEntry | None = None
) -> Iterator[str]:
    """Yield what speaks against the equipment that an attempt names; nothing where it names none.

    Args:
        shelf: The record.
        terms: What the attempt states.
        protocol: Its protocol.
        at: Its record; None for one that is yet to be signed, so that all on the record is before it.
    """
    if terms.dossier is None:
        return
    stated = shelf.dossiers.get(terms.dossier)
    if stated is None:
        yield f"dossier {terms.dossier}: is none that is accepted here"
        return
    yield from _paper_problems(shelf, stated, terms.copy or "", protocol=protocol, at=at)
    if terms.draw is not None:
        yield from _draw_problems(shelf, stated, terms, protocol=protocol, at=at)


def _paper_problems(
    shelf: MeasurementShelf, stated: StatedDossier, copy: str, *, protocol: Protocol, at: BookEntry | None
) -> Iterator[str]:
    dossier = stated.dossier
    if (dossier.host, dossier.inspector) != (protocol.host, protocol.inspector):
        yield f"the dossier is of {dossier.host} and {dossier.inspector}, not the parties of the protocol"
    signed = shelf.agreement(stated.entry, by=protocol.inspector)
    if signed is None:
        yield f"{protocol.inspector} has not authenticated it: the dossier is not countersigned as agreed"
    elif at is not None and not shelf.is_before(signed, at):
        yield f"{protocol.inspector} authenticated it only after the attempt"
    if dossier.code != protocol.code:
        yield "the dossier is about other code than the protocol"
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
