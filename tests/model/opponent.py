"""The steps of the corrupt party, loss and return of the honest ones, and what must be true in the end."""

import tempfile
from contextlib import suppress
from copy import deepcopy
from pathlib import Path

from counterseal.errors import CountersealError
from counterseal.services import cosigning, export_bundle, import_bundle, witness
from counterseal.services.ask_witness import make_request
from counterseal.services.errors import ServiceError
from counterseal.services.memory_bundle import MemoryBundle
from counterseal.services.rotate import Wish, change_keys
from counterseal.services.submit import Statement, submit
from model import checks
from model.corrupt import REFUSED, SOUND, TRICKS, Workshop, altered
from model.moves import HonestMoves, Stick
from model.readings import Reading, read_bundle
from model.world import Seat, branch, founded
from strategies.verdicts import ask_second, write_folder


class Moves(HonestMoves):
    """Everything that can happen in one run."""

    # --- loss and return

    def back_up(self, who: int) -> None:
        seat = self.seat(who)
        if not seat.node.recovering:
            seat.back_up()
            self.backups[seat.code] = self.true.backup(seat.code)

    @property
    def can_be_restored(self) -> bool:
        """Whether there is a backup, and nobody is on the way back already."""
        return bool(self.backups) and not any(seat.node.recovering for seat in self.seats)

    def restore(self, who: int) -> None:
        """A laptop is lost. What was on its sticks alone is lost with them, or a fork would be its own doing.

        Where the corrupt party alone holds the newest of its records, nothing is done: see the explanation.
        """
        seat = self.seat(who)
        if seat.backup is None:
            return
        party = str(seat.code)
        others = [known for code, known in self.true.known.items() if code != party]
        survives = max(len(known.logs[party]) for known in (*others, self.backups[seat.code]))
        if any(laptop.store.size(self.origins[party]) > survives for laptop in self.laptops):
            return
        self.sticks = [stick for stick in self.sticks if _length(stick.reading, party) <= survives]
        seat.restore(seat.backup)
        self.true.restore(party, self.backups[seat.code])

    # --- the corrupt party

    def laptop(self, which: int) -> Seat:
        return self.laptops[which % len(self.laptops)]

    def say_anything(self, which: int, *, amount: int, readers: tuple[str, ...]) -> None:
        seat = self.laptop(which)
        said = [seat.statement() for _ in range(amount)]
        statements = [Statement(kind="note", members=one, audience=readers or ("public",)) for one in said]
        submit(seat.node, statements, clock=seat.clock, randomness=seat.salts)

    def fork(self, which: int) -> None:
        self.laptops.append(branch(self.laptop(which), len(self.laptops)))

    def tell_two_stories(self, who: int, to: int, *, asked: bool) -> None:
        """Say different things on two laptops, show the one here and the other there."""
        if len(self.laptops) == 1:
            self.fork(0)
        for laptop, listener in ((0, who), (1, to)):
            self.say_anything(laptop, amount=1 + laptop, readers=())
            if asked:
                self.ask(laptop, who, old=0)
            elif (stick := self.lie(laptop, "plain", 0)) is not None:
                self.deliver(stick, listener)
                self.cosign(listener)
        self.exchange(who, to)

    def lie(self, which: int, name: str, pick: int) -> Stick | None:
        """Make a stick by one of the tricks; None where there is nothing to do it with."""
        made = TRICKS[name](Workshop.of(self.laptop(which), pick=pick))
        if made is None:
            return None
        reading = self.read(made.bundle, fate=made.fate)
        return self.keep(
            Stick(bundle=made.bundle, fate=made.fate, reading=reading, honest=False, garbled=made.garbled)
        )

    def read(self, bundle: MemoryBundle, *, fate: str) -> Reading | None:
        if fate == SOUND:
            return read_bundle(bundle.files, self.origins)
        with suppress(ValueError, KeyError, TypeError, IndexError):  # what is broken cannot be read plainly
            return read_bundle(bundle.files, self.origins)
        return None

    def tamper(self, stick: Stick, pick: int) -> None:
        self.keep(Stick(bundle=altered(stick.bundle, pick), fate=REFUSED, reading=None, honest=False))

    def take(self, stick: Stick, which: int) -> None:
        """It takes what it gets, vouches for it as an honest party would, and goes on with its own plans."""
        seat = self.laptop(which)
        with suppress(CountersealError):
            import_bundle.import_bundle(seat.node, stick.bundle)
        with suppress(CountersealError):
            cosigning.cosign_heads(seat.node, clock=seat.clock)
        checks.listen(self.true, str(seat.code), seat)

    def ask(self, which: int, who: int, *, old: int, cut: int | None = None) -> None:
        """It asks a witness to cosign the head of one of its branches, from any old size."""
        asking, seat = self.laptop(which), self.seat(who)
        if old < 0:
            text = seat.store.witnessed(self.origins[self.corrupt])
            old = 0 if text is None else int(text.split("\n")[1])
        try:
            request = make_request(asking.node, old_size=old)
        except ServiceError:  # it has said less than that
            return
        entries = tuple(entry.envelope for entry in asking.store.entries(asking.node.log.origin))
        head = request.note.text
        self.true.heads.setdefault(head, entries)

        def act() -> witness.Witnessing:
            return witness.witness_request(seat.node, request.to_bytes(), clock=seat.clock)

        if self.silent(seat, act):
            return
        given = self.act(seat, cut, act)
        if given is not None and given.decision.accepted:
            assert self.fits(seat, entries), f"{seat.code} cosigned what its entries contradict"
            self.true.voices[seat.code].add(head)
            self.true.cosigned(seat.code, seat.node.keys.witness.key_id, head)
        if given is not None and given.fork_proof is not None:
            checks.check_proof(self.true, given.fork_proof)
            self.proofs.append(given.fork_proof)

    def fits(self, seat: Seat, entries: tuple[bytes, ...]) -> bool:
        """Whether a party's entries of the corrupt log and these are one story."""
        held = self.true.known[seat.code].logs[self.corrupt]
        shared = min(len(held), len(entries))
        return held[:shared] == entries[:shared]

    def change_keys(self, which: int, *, roles: frozenset[str]) -> None:
        seat = self.laptop(which)
        change_keys(
            seat.node,
            seat.seeds,
            wish=Wish(roles=roles, accepted={}),
            keepers=founded().keys[seat.code].keepers,
            keep=seat.keep,
            clock=seat.clock,
            randomness=seat.salts,
        )
        seat.start()

    # --- in the end

    def finish(self) -> None:
        """Honest parties exchange until nothing new comes: whoever can still talk has the same record."""
        for _ in range(2 * len(self.seats)):
            before = deepcopy(self.held())
            taken = self.everybody_gives()
            held = self.held()
            waiting = any(seat.node.recovering and self.true.whole(seat.code) for seat in self.seats)
            if not waiting and (held == before or all(one == held[0] for one in held)):
                break
        else:
            raise AssertionError("the exchange does not come to rest")
        self.check()
        for one in self.seats:
            given = [other for other in self.seats if (one.code, other.code) in taken]
            assert not one.node.recovering or not self.has_friend(one, taken), f"{one.code} never came back"
            for other in given:
                if (other.code, one.code) in taken:
                    self.same_record(one, other)
        self.second_opinion()

    def held(self) -> list[object]:
        return [(known.logs, known.rows, known.bodies) for known in self.true.known.values()]

    def everybody_gives(self) -> set[tuple[str, str]]:
        """Return who took from whom, as giver and taker."""
        taken = set()
        for giver in range(3):
            if self.seat(giver).node.recovering:
                self.rotate(giver, roles=frozenset())
            stick = self.make_stick(giver, checked=False)
            for taker in range(3):
                if stick is not None and taker != giver and self.deliver(stick, taker):
                    taken.add((str(self.seats[giver].code), str(self.seats[taker].code)))
                    self.cosign(taker)
        return taken

    def has_friend(self, seat: Seat, taken: set[tuple[str, str]]) -> bool:
        """Whether somebody who has all of a restored party's log can still give it to it."""
        return any(
            self.true.known[other.code].logs[seat.code] == self.true.true[seat.code]
            for other in self.seats
            if (other.code, seat.code) in taken
        )

    def same_record(self, one: Seat, other: Seat) -> None:
        first, second = self.true.known[one.code], self.true.known[other.code]
        assert first.logs == second.logs, f"{one.code} and {other.code} do not have the same record"
        assert first.rows == second.rows
        for seat in (one, other):
            ids = {
                entry.record_id for origin in self.origins.values() for entry in seat.store.entries(origin)
            }
            for party in (one, other):
                assert ids.issuperset(self.true.acknowledged[party.code]), "an acknowledged record is nowhere"

    def second_opinion(self) -> None:
        """The second verifier accepts what an honest party gives away, and every proof of a fork."""
        seat, bundle = next(seat for seat in self.seats if not seat.node.recovering), MemoryBundle()
        export_bundle.export_bundle(seat.node, bundle, clock=seat.clock)
        with tempfile.TemporaryDirectory(prefix="counterseal-model-") as name:
            verdict = ask_second(write_folder(bundle, Path(name) / "bundle"))
            assert set(verdict.refused) <= checks.TO_COME, verdict.failures
            for number, proof in enumerate(self.proofs[-2:]):
                path = Path(name) / f"{number}.json"
                path.write_bytes(proof)
                told = ask_second(path)
                assert told.verified, told.failures


def _length(reading: Reading | None, party: str) -> int:
    return 0 if reading is None else len(reading.logs[party])
