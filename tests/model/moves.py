"""The steps of honest parties, each told to the reference as it happens."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from counterseal.errors import CountersealError
from counterseal.records.countersignature import Countersignature, Meaning
from counterseal.records.trusted import Side
from counterseal.services import checkpointing, cosigning, countersign, export_bundle, import_bundle
from counterseal.services.draft import Draft, sign_draft
from counterseal.services.enrol import Place, install, propose
from counterseal.services.errors import (
    BundleRefusedError,
    EnrolmentError,
    ForkFoundError,
    ServiceError,
    TrustForkError,
)
from counterseal.services.memory_bundle import MemoryBundle
from counterseal.services.rotate import ROLES, Wish, change_keys
from counterseal.services.submit import Statement, submit
from counterseal.services.witness import witnessed_notes
from counterseal.terms.parties import PartyCode
from model import checks
from model.corrupt import REFUSED, SOUND
from model.readings import Reading, read_bundle, rows_of, statement
from model.reference import Expected, Known, Reference
from model.world import PACK, PARTIES, PowerCutError, Seat, founded, new_seat

MOST_VERSIONS = 3
MOST_STICKS = 12


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Stick:
    """A bundle on its way: what must become of it, and what is in it if it can be read plainly."""

    bundle: MemoryBundle
    fate: str
    reading: Reading | None
    honest: bool
    garbled: frozenset[str] = frozenset()


class HonestMoves:
    """One run: three honest seats, the corrupt party's laptops, sticks, and the reference."""

    def __init__(self, corrupt: str) -> None:
        founding = founded()
        self.corrupt = PartyCode(corrupt)
        self.seats = [new_seat(founding, code) for code in PARTIES if code != corrupt]
        self.laptops = [new_seat(founding, self.corrupt)]
        self.sticks: list[Stick] = []
        self.origins = {str(log.party): log.origin for log in founding.trust.logs}
        self.true = Reference(PARTIES, corrupt=corrupt, files=founding.trust.files)
        for _, note in founding.first_heads:
            self.true.heads[note.text] = ()
        self.agreed: dict[int, bytes] = {}
        self.backups: dict[PartyCode, Known] = {}
        self.proofs: list[bytes] = []
        self.touched = {seat.code for seat in self.seats}
        checks.listen(self.true, corrupt, self.laptops[0])
        self.check()

    def seat(self, who: int) -> Seat:
        seat = self.seats[who % 3]
        self.touched.add(seat.code)
        return seat

    def stick(self, which: int) -> Stick:
        return self.sticks[-1 - which % len(self.sticks)]

    def check(self) -> None:
        """Every honest party that did or was given anything is as it must be."""
        for seat in self.seats:
            if seat.code in self.touched:
                checks.check_party(self.true, seat, self.origins)
        self.touched.clear()

    def close(self) -> None:
        for seat in (*self.seats, *self.laptops):
            seat.store.close()

    # --- one act of one honest party

    def act(self, seat: Seat, cut: int | None, act: Callable[[], Any]) -> Any:
        """Do something; None where the power was cut. The program is then started again."""
        seat.store.writes_left = cut
        try:
            return act()
        except PowerCutError:
            seat.start()
            return None
        finally:
            seat.store.writes_left = None

    def silent(self, seat: Seat, act: Callable[[], Any]) -> bool:
        """Whether a party may sign nothing now; if so, that it does not."""
        if not seat.node.recovering:
            return False
        before = seat.store.image()
        try:
            act()
        except ServiceError:
            assert seat.store.image() == before
            return True
        raise AssertionError(f"{seat.code} signed after it was restored from a backup")

    def note_said(self, seat: Seat, *, readers: tuple[str, ...], amount: int) -> tuple[str, ...]:
        """Tell the reference what stands at the end of a party's log: all that was to be said, or nothing."""
        party = str(seat.code)
        new = list(seat.store.entries(seat.node.log.origin, len(self.true.known[party].logs[party])))
        assert len(new) in (0, amount), f"{party}: {len(new)} of {amount} records are kept"
        everybody = frozenset({*readers, party}) if readers else None
        statements = [statement(entry.opening or b"") for entry in new]
        envelopes = [entry.envelope for entry in new]
        self.true.says(party, envelopes, readers=everybody, statements=statements)
        return tuple(entry.record_id for entry in new)

    def note_heads(self, seat: Seat) -> None:
        for note in seat.store.checkpoints(seat.node.log.origin):
            self.true.publishes(str(seat.code), note.text)

    def say(self, who: int, *, amount: int, readers: tuple[str, ...], cut: int | None = None) -> None:
        seat = self.seat(who)
        said = [seat.statement() for _ in range(amount)]
        statements = [Statement(kind="note", members=one, audience=readers or ("public",)) for one in said]

        def act() -> tuple[str, ...]:
            return submit(seat.node, statements, clock=seat.clock, randomness=seat.salts)

        if self.silent(seat, act):
            return
        told = self.act(seat, cut, act)
        kept = self.note_said(seat, readers=readers, amount=amount)
        if told is not None:
            assert kept == told
            assert [self.true.records[record].statement for record in kept] == said
            self.true.acknowledges(str(seat.code), told)

    def countersign(self, who: int, which: int) -> None:
        seat = self.seat(who)
        origins = [log.origin for log in seat.node.trust.logs if log.party != seat.code]
        held = [entry.record_id for origin in origins for entry in seat.store.entries(origin)]
        if not held or seat.node.recovering:
            return
        record = held[which % len(held)]
        told = countersign.countersign(
            seat.node, [record], meaning=Meaning.AGREED, clock=seat.clock, randomness=seat.salts
        )
        assert self.note_said(seat, readers=(), amount=1) == told
        said = Countersignature(record=record, meaning=Meaning.AGREED, note=None)
        assert self.true.records[told[0]].statement == said.statement()
        self.true.acknowledges(str(seat.code), told)

    def make_stick(self, who: int, *, cut: int | None = None, checked: bool = True) -> Stick | None:
        seat, bundle = self.seat(who), MemoryBundle()

        def act() -> bool:
            checkpointing.publish_head(seat.node)
            export_bundle.export_bundle(seat.node, bundle, clock=seat.clock)
            return True

        if self.silent(seat, act):
            return None
        done = self.act(seat, cut, act)
        self.note_heads(seat)
        if not done:
            return None
        reading = read_bundle(bundle.files, self.origins)
        if checked:
            checks.check_stick(self.true, seat, bundle, reading)
        return self.keep(Stick(bundle=bundle, fate=SOUND, reading=reading, honest=True))

    def keep(self, stick: Stick) -> Stick:
        self.sticks = [*self.sticks, stick][-MOST_STICKS:]
        return stick

    def exchange(self, who: int, to: int, *, cut: int | None = None) -> None:
        if who % 3 != to % 3 and (stick := self.make_stick(who)) is not None:
            self.deliver(stick, to, cut=cut)
            self.cosign(to)

    def cosign(self, who: int, *, cut: int | None = None) -> None:
        seat = self.seat(who)

        def act() -> int:
            return cosigning.cosign_heads(seat.node, clock=seat.clock)

        if self.silent(seat, act):
            return
        try:
            self.act(seat, cut, act)
        except ServiceError:
            seat.store.revive()
            assert self.contradicts_its_word(seat), f"{seat.code} does not cosign"
        checks.listen(self.true, str(seat.code), seat)

    def contradicts_its_word(self, seat: Seat) -> bool:
        """Whether a party was given other entries than those under a head that it vouched for."""
        text = seat.store.witnessed(self.origins[self.corrupt])
        held = self.true.known[seat.code].logs[self.corrupt]
        under = self.true.heads[text] if text else ()
        shared = min(len(held), len(under))
        return held[:shared] != under[:shared]

    # --- a stick comes

    def deliver(self, stick: Stick, who: int, *, cut: int | None = None) -> bool:
        """Bring a stick to a party; return whether it was taken."""
        seat = self.seat(who)
        before, trust = seat.store.image(), seat.node.trust
        try:
            report = self.act(seat, cut, lambda: import_bundle.import_bundle(seat.node, stick.bundle))
        except CountersealError as error:
            assert seat.store.image() == before, "a bundle that was refused left something behind"
            assert seat.node.trust is trust
            self.refused(stick, seat, error)
            return False
        if report is None and seat.store.image() == before:
            return False
        if report is not None and not report.records and self.knows_all(stick, seat):
            assert seat.node.trust is trust
        self.accepted(stick, seat, report)
        return True

    def knows_all(self, stick: Stick, seat: Seat) -> bool:
        return stick.reading is not None and stick.reading.rows == self.true.known[seat.code].rows

    def expected(self, reading: Reading, seat: Seat) -> Expected:
        origin = self.origins[self.corrupt]
        newest = seat.store.witnessed(origin)
        words = {note.text for note in witnessed_notes(seat.store, origin)} | ({newest} if newest else set())
        recovering = seat.node.recovering
        return self.true.expected(seat.code, reading, recovering=recovering, words=words)

    def refused(self, stick: Stick, seat: Seat, error: CountersealError) -> None:
        assert isinstance(error, BundleRefusedError), f"refused by chance: {error!r}"
        if isinstance(error, ForkFoundError):
            checks.check_proof(self.true, error.proof)
            self.proofs.append(error.proof)
        if stick.fate != SOUND or stick.reading is None:
            return
        expected = self.expected(stick.reading, seat)
        assert not expected.accepted, f"{seat.code} refuses what is sound: {error}"
        assert isinstance(error, TrustForkError) == expected.trust_fork, repr(error)
        if expected.forked:
            assert expected.forked == self.corrupt
            assert isinstance(error, ForkFoundError), f"no proof of a fork: {error}"

    def accepted(self, stick: Stick, seat: Seat, report: Any) -> None:
        assert stick.fate != REFUSED, "a bundle was accepted that had to be refused"
        assert stick.reading is not None
        recovering = seat.node.recovering
        if stick.fate == SOUND:
            expected = self.expected(stick.reading, seat)
            assert expected.accepted, f"{seat.code} accepted a bundle that had to be refused: {expected}"
        known = self.true.known[seat.code]
        new = self.true.takes(seat.code, stick.reading, honest=stick.honest, recovering=recovering)
        self.true.garbled |= stick.garbled
        if report is not None:
            assert set(report.records) == new
            gaps = {number for low, high in report.missing for number in range(low, high + 1)}
            assert gaps == self.true.missing(seat.code, stick.reading)
            assert set(report.twice) == self.true.twice(seat.code, stick.reading)
            assert report.trust_version == len(known.rows["trust"])

    # --- keys and trust

    def rotate(self, who: int, *, roles: frozenset[str], cut: int | None = None) -> None:
        seat = self.seat(who)
        if seat.node.recovering:
            if not self.true.whole(seat.code):
                return
            roles = frozenset(ROLES)
        keepers = founded().keys[seat.code].keepers
        wish = Wish(roles=roles, accepted={})

        def act() -> object:
            return change_keys(
                seat.node,
                seat.seeds,
                wish=wish,
                keepers=keepers,
                keep=seat.keep,
                clock=seat.clock,
                randomness=seat.salts,
            )

        done = self.act(seat, cut, act)
        if done is not None:
            seat.start()
            assert not seat.node.recovering
        assert len(self.note_said(seat, readers=(), amount=1)) == 1 or done is None
        self.true.learns(seat.code, rows_of(seat.node.trust.files))
        self.note_heads(seat)

    def agree(self, who: int, which: int, *, cut: int | None = None) -> None:
        """All keepers sign one next trust file; whoever proposes the same brings it into force at home."""
        seat = self.seat(who)
        if seat.node.recovering or seat.node.trust.version >= MOST_VERSIONS:
            return
        with suppress(EnrolmentError):
            trust = propose(PACK.id, base=seat.node.trust, cards=(), sides=_sides(which))
            if self.agreed.setdefault(trust.version, trust.payload()) != trust.payload():
                return
            draft = self.signed(Draft(trust=trust, base=seat.node.trust, cards=()))
            place = Place(
                party=seat.code,
                pack=PACK,
                pack_text=b"",
                keys=seat.node.keys,
                store=seat.store,
                clock=seat.clock,
                randomness=seat.salts,
            )
            seat.node = self.act(seat, cut, lambda: install(place, draft)) or seat.node
            self.note_said(seat, readers=(), amount=1)
            self.true.learns(seat.code, rows_of(seat.node.trust.files))
            self.note_heads(seat)

    def signed(self, draft: Draft) -> Draft:
        """The draft with everybody's signatures, gathered anew by each who brings it into force."""
        for code, keys in founded().keys.items():
            draft = sign_draft(draft, party=code, keepers=keys.keepers)
        return draft

    def jump(self, who: int, days: int) -> None:
        for seat in [*self.seats, None][who : who + 1]:
            for one in [seat] if seat else self.laptops:
                one.clock.jump(days)


def _sides(which: int) -> tuple[Side, ...]:
    """Some ways in which four parties may stand together."""
    one, two, three, four = PARTIES
    return (
        tuple(Side(parties=(code,)) for code in PARTIES),
        (Side(parties=(one, two)), Side(parties=(three, four))),
        (Side(parties=(one, two), threshold=2), Side(parties=(three, four), threshold=2)),
        (Side(parties=(one, four)), Side(parties=(two,)), Side(parties=(three,))),
        (Side(parties=(one,)), Side(parties=(two, three, four), threshold=2)),
        (Side(parties=(one,)), Side(parties=(two, three)), Side(parties=(four,))),
    )[which]
