"""Replay: play a published record through real nodes, each with its own keys, log and store.

Every published exchange becomes a declaration signed by its declarant, countersigned on receipt,
logged, and put under checkpoints that every other party cosigns. The days on which records are
made are a convention of the replay; statements say so, and no conclusion on timeliness rests on them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from counterseal.assessment.facts import (
    Breakdown,
    BreakdownLine,
    Channel,
    DeclaredFigures,
    InspectionCount,
    Timing,
    TimingBasis,
    Withholding,
)
from counterseal.services.checkpointing import publish_head
from counterseal.services.cosigning import cosign_heads
from counterseal.services.export_bundle import export_bundle
from counterseal.services.facts import pack_assertions, pack_positions, pack_suspensions
from counterseal.services.import_bundle import import_bundle
from counterseal.services.memory_bundle import MemoryBundle
from counterseal.services.node import Node
from counterseal.services.ports import Randomness
from counterseal.services.receive import acknowledge
from counterseal.services.statements import AGREEMENT, CLOSING, Fact, kind_of, members_of
from counterseal.services.submit import Statement, submit
from counterseal.terms.parties import PartyCode
from counterseal.treaty.calendar import year_windows
from counterseal.treaty.pack import Pack
from counterseal.treaty.published import PublishedRecord

NOON = time(12, 0, tzinfo=UTC)
STEP = timedelta(minutes=10)
"""Between one act and the next of a replayed day."""


@dataclass(slots=True)
class ReplayClock:
    """A clock that stands where the replay puts it."""

    at: datetime
    stride: timedelta = STEP

    @classmethod
    def at_noon(cls, day: date) -> "ReplayClock":
        """Return a clock that stands at noon GMT of a day."""
        return cls(datetime.combine(day, NOON))

    def now(self) -> datetime:
        """Return where it stands."""
        return self.at

    def to_noon(self, day: date) -> None:
        """Put it to noon GMT of a day."""
        self.at = datetime.combine(day, NOON)

    def step(self) -> None:
        """Move it on by one step."""
        self.at += self.stride


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One statement of one party, on the day on which the replay has it made."""

    day: date
    party: PartyCode
    statement: Statement


@dataclass(slots=True, kw_only=True)
class ReplayReport:
    """What a replay did."""

    days: int = 0
    statements: int = 0
    countersignatures: int = 0
    cosignatures: int = 0
    bundles: int = 0
    by_party: dict[str, int] = field(default_factory=dict)


def agreement_event(pack: Pack, *, pack_text: str, day: date) -> Event:
    """Return the first statement of a record: the treaty pack itself, put forward by its first party."""
    members = {"id": pack.id, "pack": pack_text, "version": pack.version}
    return Event(day=day, party=pack.states[0], statement=Statement(kind=AGREEMENT, members=members))


def timeline(pack: Pack, published: PublishedRecord, *, pack_text: str) -> tuple[Event, ...]:
    """Return every statement of the published record, in the order in which it is replayed."""
    closing = Statement(
        kind=CLOSING,
        members={
            "convention": published.convention,
            "notes": list(published.notes),
            "until": published.until.isoformat(),
        },
    )
    facts = [*_declared(published), *_inspected(pack, published), *_stated(published), *_held(pack)]
    events = [
        agreement_event(pack, pack_text=pack_text, day=pack.life.in_force),
        *(Event(day=day, party=party, statement=_state(fact)) for day, party, fact in facts),
        Event(day=published.until, party=published.auditor.code, statement=closing),
    ]
    return tuple(sorted(events, key=lambda event: event.day))


def _state(fact: Fact) -> Statement:
    return Statement(kind=kind_of(fact), members=members_of(fact))


_Dated = list[tuple[date, PartyCode, Fact]]


def _declared(published: PublishedRecord) -> _Dated:
    rows: _Dated = []
    for row in published.exchanges:
        if all(figure is None for _, figure in row.figures):
            continue  # not provided: there is nothing that its declarant could have signed
        fact = DeclaredFigures(
            party=row.party,
            as_of=row.as_of,
            figures=row.figures,
            known_as=row.known_as,
            citation=f"{row.citation} ({row.note})" if row.note else row.citation,
            channel=Channel(row.channel),
            timing=Timing(basis=TimingBasis.PUBLICATION, received_on=row.received_on),
            records=(),
        )
        rows.append((row.published_on or row.as_of, row.party, fact))
    for lines in published.breakdowns:
        breakdown = Breakdown(
            party=lines.party,
            as_of=lines.as_of,
            lines=tuple(BreakdownLine(category=c, system=s, count=n) for c, s, n in lines.lines),
            known_as=lines.known_as,
            citation=lines.citation,
            records=(),
        )
        rows.append((lines.as_of, lines.party, breakdown))
    return rows


def _inspected(pack: Pack, published: PublishedRecord) -> _Dated:
    rows: _Dated = []
    for item in published.inspections:
        quota = next(quota for quota in pack.quotas if quota.id == item.quota)
        ends = [
            end for start, end in year_windows(quota, until=published.until) if start == item.window_start
        ]
        fact = InspectionCount(
            party=item.party,
            quota=item.quota,
            window_start=item.window_start,
            count=item.count,
            known_as=item.known_as,
            citation=item.citation,
            records=(),
        )
        rows.append((min(ends[0], published.until), item.party, fact))
    return rows


def _stated(published: PublishedRecord) -> _Dated:
    return [
        (
            item.stated_on or item.as_of,
            item.party,
            Withholding(
                party=item.party,
                clock=item.clock,
                as_of=item.as_of,
                text=item.text,
                citation=item.citation,
                known_as=item.known_as,
                records=(),
            ),
        )
        for item in published.withheld
    ]


def _held(pack: Pack) -> _Dated:
    return [
        *((fact.from_date, fact.by, fact) for fact in pack_suspensions(pack)),
        *((fact.since, fact.by, fact) for fact in pack_positions(pack)),
        *((fact.as_of, fact.by, fact) for fact in pack_assertions(pack)),
    ]


@dataclass(slots=True, kw_only=True)
class Replay:
    """Nodes of all parties, side by side, and the clock that they share.

    Attributes:
        nodes: One node for each party, the auditor included.
        randomness: One source for each party.
        clock: Where the replay stands in time.
        report: What was done so far.
    """

    nodes: Mapping[PartyCode, Node]
    randomness: Mapping[PartyCode, Randomness]
    clock: ReplayClock
    report: ReplayReport = field(default_factory=ReplayReport)

    def run(self, events: tuple[Event, ...], *, progress: Callable[[date], None]) -> None:
        """Play all events, day by day, until everything is settled."""
        days = sorted({event.day for event in events})
        for day in days:
            self.clock.to_noon(day)
            self.play([event for event in events if event.day == day])
            progress(day)
        self.settle()

    def settle(self) -> None:
        """One more exchange, after which every head that anybody holds is cosigned by everybody."""
        self._round()

    def play(self, events: list[Event]) -> None:
        """Play statements that fall on one day: sign, exchange, acknowledge, exchange again."""
        for party, node in self.nodes.items():
            said = [event.statement for event in events if event.party == party]
            if said:
                submit(node, said, clock=self.clock, randomness=self.randomness[party])
                self.report.statements += len(said)
                self.report.by_party[party] = self.report.by_party.get(party, 0) + len(said)
        new = self._round()
        for party, records in new.items():
            done = acknowledge(
                self.nodes[party], records, clock=self.clock, randomness=self.randomness[party]
            )
            self.report.countersignatures += len(done)
        self._round()
        self.report.days += 1

    def _round(self) -> dict[PartyCode, list[str]]:
        """Every party publishes its head and gives everybody a bundle; everybody takes it and cosigns.

        These bundles never leave the program: they have no numbers, and nobody acknowledges them.
        """
        self.clock.step()
        for node in self.nodes.values():
            publish_head(node)
        new: dict[PartyCode, list[str]] = {party: [] for party in self.nodes}
        for sender, node in self.nodes.items():
            bundle = MemoryBundle()
            receivers = tuple(sorted(code for code in self.nodes if code != sender))
            export_bundle(node, bundle, clock=self.clock, to=receivers, numbered=False)
            self.report.bundles += 1
            for receiver in receivers:
                taken = import_bundle(self.nodes[receiver], bundle, numbered=False)
                new[receiver] += taken.records
                self.report.cosignatures += cosign_heads(self.nodes[receiver], clock=self.clock)
        return new
