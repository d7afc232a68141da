"""A copy of the equipment that is drawn by lot only after the attempt that names it was not drawn by lot."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from assessment.fictional import ARD, BEL
from counterseal.app.bootstrap import SeededRandomness
from counterseal.barrier.tokens import make_parts
from counterseal.records import measurement as form
from counterseal.records.draw import DrawOpening, Stratum, root_of_pool
from counterseal.records.measurement import MeasurementAttempt, TokenPlace, commitments_to
from counterseal.services.checkpointing import publish_head
from counterseal.services.draw import commit_draw, open_draw, result_draw, reveal_draw
from counterseal.services.measurement import Made, MeasurementRefusedError
from counterseal.services.submit import Statement, submit
from counterseal.terms.parties import PartyCode
from strategies.measuring import Site, agreed_protocol, held, reasons
from strategies.worlds import START


@pytest.fixture
def site() -> Site:
    return Site()


def say(site: Site, party: PartyCode, kind: str, members: dict[str, Any], *refs: str) -> str:
    """A party states whatever it likes, past every rule of its own program."""
    statement = Statement(kind=kind, members=members, refs=refs)
    (record,) = submit(
        site.world.nodes[party], [statement], clock=site.world.clock, randomness=site.world.salts[party]
    )
    publish_head(site.world.nodes[party])
    return record


def test_a_copy_that_was_drawn_after_the_attempt_was_not_drawn_by_lot(site: Site) -> None:
    copies = ("box-1", "box-2", "box-3")
    tests = [{"copy": one, "test": "line", "day": "2030-01-02", "passed": True} for one in copies]
    dossier, protocol = site.dossier(tests=tests), site.agreed(agreed_protocol())
    draw = opened_draw(site, copies)
    stated = site.desk(ARD).shelf().of_digest(protocol.digest)
    assert stated is not None
    made = {
        copy: attempt_with(
            site, TokenPlace(protocol=stated.entry.record_id, item=copy, number=1), dossier, draw
        )
        for copy in copies
    }
    copy = finished_draw(site, draw, copies)
    report = site.report()
    assert held(report)["equipment"] is False
    late = f"item {copy}, attempt 1: the draw of the copy had its result only after the attempt"
    assert late in reasons(report, "equipment")
    with pytest.raises(MeasurementRefusedError, match="had its result only after the attempt"):
        site.join(Made(attempt=made[copy], record=made[copy], number=1, parts=NOBODYS))


NOBODYS = make_parts(SeededRandomness(seed=9, name="nobody"))


def attempt_with(site: Site, place: TokenPlace, dossier: str, draw: str) -> str:
    """The host opens an attempt with each copy, before one is drawn."""
    terms = MeasurementAttempt(
        place=place,
        commitments=commitments_to(NOBODYS.parts, place=place, party="ARD"),
        copy=place.item,
        dossier=dossier,
        draw=draw,
    )
    return say(site, ARD, form.ATTEMPT, terms.statement(), *terms.refs)


def opened_draw(site: Site, copies: tuple[str, ...]) -> str:
    opening = DrawOpening(
        title="Copy to be used",
        participants=(str(ARD), str(BEL)),
        deadline=START + timedelta(days=9),
        pool_root=root_of_pool(copies),
        strata=(Stratum(name="all", count=len(copies), sample=1),),
        pool=copies,
    )
    world = site.world
    book, salt = site.book(ARD), world.salts[ARD]
    draw = open_draw(world.nodes[ARD], opening, book=book, clock=world.clock, randomness=salt)
    site.carry()
    site.agree(BEL, draw)
    site.carry()
    return draw


def finished_draw(site: Site, draw: str, copies: tuple[str, ...]) -> str:
    """Both finish a draw; return the copy."""
    world = site.world
    step: Callable[..., object]
    for step in (commit_draw, reveal_draw):
        for party in (ARD, BEL):
            kept, salt = site.drawers[party], world.salts[party]
            step(
                world.nodes[party],
                draw,
                book=site.book(party),
                secrets=kept,
                clock=world.clock,
                randomness=salt,
            )
        for _ in range(2):
            world.round()
    book, salt = site.book(ARD), world.salts[ARD]
    drawn = result_draw(world.nodes[ARD], draw, book=book, clock=world.clock, randomness=salt)
    site.carry()
    return copies[drawn.result.positions[0][0]]
