"""Two parties at a measurement: desks over the nodes of a world, and a device that decides in this process."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from assessment.fictional import ARD, BEL
from counterseal.barrier.answers import Answer, make_answer
from counterseal.barrier.decide import decide
from counterseal.barrier.dossier import parse_dossier
from counterseal.barrier.protocol import Protocol
from counterseal.barrier.readiness import DOUBLED, EVERY_ACT, NEEDED, Obstacle, Readiness
from counterseal.barrier.tokens import TokenParts
from counterseal.barrier.wire import Request, Role, RoomInput
from counterseal.errors import RefusedInputError
from counterseal.records.countersignature import Meaning
from counterseal.records.draw import DrawOpening, Stratum, root_of_pool
from counterseal.services.checkpointing import publish_head
from counterseal.services.draw import commit_draw, open_draw, result_draw, reveal_draw
from counterseal.services.export_bundle import write_record
from counterseal.services.measurement import (
    Desk,
    Equipment,
    Made,
    join_attempt,
    open_attempt,
    propose_dossier,
    propose_protocol,
)
from counterseal.services.measurement_check import MeasurementReport, check_measurements
from counterseal.services.measurement_run import agree_to_outcome, ready_attempt, run_attempt
from counterseal.services.memory_bundle import MemoryBundle
from counterseal.services.record_book import RecordBook, open_book
from counterseal.terms.outcomes import MeasurementOutcome
from counterseal.terms.parties import PartyCode
from strategies.measurement_dossiers import dossier_document
from strategies.measurement_protocols import document, protocol, spe
from strategies.worlds import AUD, START, World, new_world

TREATY = new_world().founding.trust.treaty


@dataclass(slots=True)
class Drawer:
    """Secrets in memory: what is kept stays as it was."""

    kept: dict[str, bytes] = field(default_factory=dict)

    def keep(self, name: str, data: bytes) -> None:
        assert self.kept.setdefault(name, data) == data

    def fetch(self, name: str) -> bytes | None:
        return self.kept.get(name)

    def claim(self, name: str) -> bool:
        free = name not in self.kept
        self.kept.setdefault(name, b"claimed")
        return free


@dataclass(slots=True)
class OpenRoom:
    """Decides in this process: what a sealed one would answer, where the test is about something else."""

    ran: list[Request] = field(default_factory=list)
    before: Callable[[], None] | None = None

    def probe(self) -> Readiness:
        return Readiness(obstacle=Obstacle.NONE, layers=NEEDED | DOUBLED, refused=EVERY_ACT)

    def run(self, request: Request, *, hold_ns: int, alphabet: tuple[MeasurementOutcome, ...]) -> Answer:
        assert hold_ns > 0
        if self.before is not None:
            self.before()
        self.ran.append(request)
        try:
            outcome = decide(request).outcome
        except RefusedInputError:
            outcome = MeasurementOutcome.MALFUNCTION
        return make_answer(
            request, outcome=outcome if outcome in alphabet else MeasurementOutcome.MALFUNCTION
        )


def agreed_protocol(**changes: Any) -> Protocol:
    """Return a protocol of the world's treaty."""
    return protocol(**({"treaty": TREATY} | changes))


@dataclass(slots=True)
class Site:
    """Ardania hosts, Belmar inspects, an auditor looks on."""

    world: World = field(default_factory=new_world)
    room: OpenRoom = field(default_factory=OpenRoom)
    drawers: dict[PartyCode, Drawer] = field(
        default_factory=lambda: {ARD: Drawer(), BEL: Drawer(), AUD: Drawer()}
    )

    def book(self, party: PartyCode) -> RecordBook:
        node, memory = self.world.nodes[party], MemoryBundle()
        publish_head(node)
        write_record(node, memory)
        return open_book(memory)

    def desk(self, party: PartyCode) -> Desk:
        return Desk(
            node=self.world.nodes[party],
            book=self.book(party),
            secrets=self.drawers[party],
            clock=self.world.clock,
            randomness=self.world.salts[party],
        )

    def carry(self) -> None:
        """What each of the two has said comes to the other."""
        self.world.clock.pass_minutes(10)
        self._give(ARD, BEL)
        self._give(BEL, ARD)

    def _give(self, sender: PartyCode, receiver: PartyCode) -> None:
        if any(self.world.stores[sender].size(log.origin) for log in self.world.founding.trust.logs):
            self.world.give(sender, receiver)

    def agree(self, party: PartyCode, record: str) -> None:
        self.world.countersign(party, [record], meaning=Meaning.AGREED)

    def agreed(self, made: Protocol) -> Protocol:
        """Ardania proposes, Belmar agrees, everybody hears of it."""
        record = propose_protocol(self.desk(ARD), made)
        self.carry()
        self.agree(BEL, record)
        self.carry()
        return made

    def dossier(self, **changes: Any) -> str:
        record = propose_dossier(self.desk(ARD), parse_dossier(dossier_document(**changes)))
        self.carry()
        self.agree(BEL, record)
        self.carry()
        return record

    def drawn(self, copies: tuple[str, ...]) -> tuple[str, str]:
        """Both draw by lot the copy that is used: the draw, and the copy."""
        clock, salts, nodes = self.world.clock, self.world.salts, self.world.nodes
        opening = DrawOpening(
            title="Copy to be used",
            participants=(str(ARD), str(BEL)),
            deadline=START + timedelta(days=9),
            pool_root=root_of_pool(copies),
            strata=(Stratum(name="all", count=len(copies), sample=1),),
            pool=copies,
        )
        draw = open_draw(nodes[ARD], opening, book=self.book(ARD), clock=clock, randomness=salts[ARD])
        self.carry()
        self.agree(BEL, draw)
        self.carry()
        step: Callable[..., object]
        for step in (commit_draw, reveal_draw):
            for party in (ARD, BEL):
                kept, said = self.drawers[party], salts[party]
                step(nodes[party], draw, book=self.book(party), secrets=kept, clock=clock, randomness=said)
            for _ in range(2):
                self.world.round()
        drawn = result_draw(nodes[ARD], draw, book=self.book(ARD), clock=clock, randomness=salts[ARD])
        self.carry()
        return draw, copies[drawn.result.positions[0][0]]

    def open(self, made: Protocol, *, item: str = "A-1", equipment: Equipment | None = None) -> Made:
        return open_attempt(self.desk(ARD), made.digest, item=item, equipment=equipment)

    def join(self, opened: Made) -> Made:
        desk = self.desk(BEL)
        return join_attempt(desk, desk.shelf().find(opened.attempt))

    def countersigned(self, made: Protocol, *, item: str = "A-1", equipment: Equipment | None = None) -> Made:
        """An attempt is opened, joined and countersigned by both; return the inspector's part."""
        opened = self.open(made, item=item, equipment=equipment)
        self.carry()
        joined = self.join(opened)
        self.carry()
        self.agree(ARD, joined.record)
        return joined

    def run(self, joined: Made, *, parts: TokenParts | None = None, **item: Any) -> tuple[Answer, str]:
        desk = self.desk(ARD)
        ready = ready_attempt(desk, joined.attempt, inspector_parts=parts or joined.parts)
        inputs = (RoomInput(role=Role.ITEM, data=spe(**item)),)
        return run_attempt(desk, ready, inputs=inputs, runner=self.room)

    def measured(self, made: Protocol, *, item: str = "A-1", **shown: Any) -> Answer:
        """One whole attempt, to the inspector's signature under its outcome."""
        joined = self.countersigned(made, item=item)
        answer, _ = self.run(joined, **shown)
        self.carry()
        agree_to_outcome(self.desk(BEL), joined.attempt)
        self.carry()
        return answer

    def report(self, party: PartyCode = AUD) -> MeasurementReport:
        """Return what a party makes of the record; the auditor gets a stick from the host first."""
        if party == AUD:
            self._give(ARD, AUD)
        return check_measurements(self.book(party))


def held(report: MeasurementReport) -> dict[str, bool | None]:
    """Return whether each rule holds, by its name."""
    return {check.name: check.held for check in report.checks}


def reasons(report: MeasurementReport, name: str) -> str:
    """Return why a rule holds or not."""
    return "; ".join(reason for check in report.checks if check.name == name for reason in check.reasons)


__all__ = ["AUD", "Drawer", "OpenRoom", "Site", "agreed_protocol", "document", "held", "reasons"]
