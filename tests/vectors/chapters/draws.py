"""Joint draws: computed, forfeited, and all that must not lead to a result (I13, I14)."""

from collections.abc import Callable
from typing import Any

from vectors.corpus import Files, fail, ok
from verifier.builder import World, dom, leaf, root_of, sha
from verifier.case_draws import DEADLINE, LATER, POOL, STRATA, positions, secret

Edit = Callable[[dict[str, Any]], object]


class Draw(World):
    """A world under a trust file of version 1, with one draw that US has opened."""

    def __init__(self, codes: str = "RU US", edit: Edit | None = None, **more: Any) -> None:
        super().__init__(codes)
        self.codes = codes.split()
        self.terms: dict[str, Any] = {
            "algorithm": "counterseal/draw/v1",
            "deadline": DEADLINE,
            "participants": self.codes,
            "pool": POOL,
            "pool_root": root_of([leaf(name.encode()) for name in POOL]).hex(),
            "strata": [dict(stratum) for stratum in STRATA],
            "title": "visits",
        }
        if edit:
            edit(self.terms)
        self.draw = self.add("US", self.terms, **({"kind": "draw.opening"} | more))
        self.fixed: dict[str, str] = {}
        self.seen: dict[str, str] = {}

    def say(self, code: str, kind: str, statement: dict[str, Any], edit: Edit | None, **more: Any) -> str:
        said = {"draw": self.draw} | statement
        if edit:
            edit(said)
        return self.add(code, said, **({"kind": kind, "refs": [self.draw]} | more))

    def agree(self) -> None:
        for code in self.codes:
            if code != "US":
                self.countersign(code, self.draw, "agreed")

    def commitment(self, code: str, whose: str = "") -> str:
        of = whose or code
        return dom("counterseal/draw/commit/v1", bytes.fromhex(self.draw), of.encode(), secret(of)).hex()

    def commit(self, code: str, edit: Edit | None = None, **more: Any) -> None:
        name = self.say(code, "draw.commitment", {"commitment": self.commitment(code)}, edit, **more)
        self.fixed.setdefault(code, name)

    def fix(self) -> None:
        """Make the present state of all logs checkpoints that everybody has seen."""
        self.seen = {code: self.checkpoint(code) for code in self.codes}

    def reveal(self, code: str, edit: Edit | None = None, **more: Any) -> None:
        seen = [self.seen[other] for other in self.codes if other != code and other in self.seen]
        statement = {"of": code, "value": secret(code).hex()}
        self.say(code, "draw.reveal", statement, edit, **({"not_before": seen} | more))

    def seed(self, codes: list[str] | None = None) -> bytes:
        pairs = [(bytes.fromhex(self.fixed[code]), secret(code)) for code in codes or self.codes]
        parts = [part for pair in pairs for part in pair]
        return dom("counterseal/draw/seed/v1", bytes.fromhex(self.draw), *parts)

    def result(self, code: str = "RU", edit: Edit | None = None, **more: Any) -> None:
        seed = self.seed()
        drawn = positions(seed, self.terms["strata"])
        statement = {"forfeited": [], "positions": drawn, "seed": seed.hex()}
        self.say(code, "draw.result", statement, edit, **more)

    def closed(self) -> Files:
        """Return the bundle, every log ending behind its last checkpoint."""
        for code in self.codes:
            self.add(code, claimed_time="2020-01-04T00:00:00Z")
        return self.files()


def committed(codes: str = "RU US") -> Draw:
    world = Draw(codes)
    world.agree()
    for code in world.codes:
        world.commit(code)
    world.fix()
    return world


def revealed(*whose: str, codes: str = "RU US") -> Draw:
    world = committed(codes)
    for code in whose or world.codes:
        world.reveal(code)
    return world


def forfeit(doc: dict[str, Any]) -> None:
    doc.update(forfeited=["US"], seed=None, positions=[[0, 5, 11], [12, 19]])


@ok(
    "draw-computed",
    "Two parties commit, reveal when both are fixed, and both state the result that follows.",
    of="I13 I14",
    section="5.7",
)
def _() -> Files:
    world = revealed()
    world.result("RU")
    world.result("US")
    return world.closed()


@ok("draw-of-three", "Three parties; the order of the seed is that of their codes.", of="I13", section="5.7")
def _() -> Files:
    world = revealed(codes="AUD RU US")
    world.result("AUD")
    return world.closed()


@ok(
    "draw-forfeited",
    "US does not reveal; after the deadline RU chooses, in the ranges of the strata.",
    of="I13",
    section="5.7",
)
def _() -> Files:
    world = revealed("RU")
    world.result("RU", forfeit, claimed_time=LATER)
    return world.closed()


@ok(
    "draw-not-finished",
    "One party has revealed, nobody has stated a result: nothing speaks against it.",
    of="I13",
    section="5.7",
)
def _() -> Files:
    return revealed("RU").closed()


@ok(
    "draw-second-commitment-is-void",
    "A party commits a second time after its first commitment, which counts.",
    of="I13",
    section="5.7",
)
def _() -> Files:
    world = Draw()
    world.agree()
    world.commit("RU")
    world.commit("RU", lambda doc: doc.update(commitment=sha(b"other").hex()))
    world.commit("US")
    world.fix()
    for code in world.codes:
        world.reveal(code)
    world.result()
    return world.closed()


@ok(
    "draw-forfeited-two-ways",
    "After a forfeit one author states two different results. Each follows from what it builds on, and neither is "
    "the result of the draw: a reader must show both, and take none.",
    of="I14",
    section="5.7",
)
def _() -> Files:
    world = revealed("RU")
    for chosen in ([0, 1, 2], [3, 4, 5]):

        def edit(doc: dict[str, Any], chosen: list[int] = chosen) -> None:
            forfeit(doc)
            doc["positions"][0] = chosen

        world.result("RU", edit, claimed_time=LATER)
    return world.closed()


# ---- refused ----


def drawn(what: str, why: str, make: Callable[[], Draw], of: str = "I13") -> None:
    """Register a draw that must be refused."""
    fail(what, why, of=of, section="5.7", refused=["draws"])(lambda: make().closed())


def resulting(edit: Edit, **more: Any) -> Callable[[], Draw]:
    def make() -> Draw:
        world = revealed()
        world.result("RU", edit, **more)
        return world

    return make


def after(start: Callable[[], Draw], step: Callable[[Draw], object]) -> Callable[[], Draw]:
    def make() -> Draw:
        world = start()
        step(world)
        return world

    return make


def first_position(doc: dict[str, Any]) -> None:
    first = doc["positions"][0]
    first[0] = next(place for place in range(12) if place not in first)


drawn(
    "draw-wrong-position",
    "One position is not the one that follows from the seed.",
    resulting(first_position),
)
drawn(
    "draw-wrong-seed",
    "The seed is not that of the values revealed.",
    resulting(lambda doc: doc.update(seed="ab" * 32)),
)


def parties_exchanged(world: Draw) -> None:
    seed = world.seed(world.codes[::-1])
    drawn_now = positions(seed, world.terms["strata"])
    world.result("RU", lambda doc: doc.update(seed=seed.hex(), positions=drawn_now))


drawn(
    "draw-parties-out-of-order",
    "The seed was made of the values in another order of the parties; the positions follow from it.",
    after(revealed, parties_exchanged),
)
drawn(
    "draw-other-pool",
    "The opening gives a pool whose root is another: an item was exchanged after the root was agreed.",
    lambda: Draw(edit=lambda terms: terms.update(pool=[*POOL[:19], "another item"])),
)
drawn(
    "draw-early-reveal",
    "A party reveals before it has seen that the other's commitment is fixed.",
    after(committed, lambda world: world.reveal("RU", not_before=[])),
)
drawn(
    "draw-reveal-of-another-value",
    "A party reveals a value that it is not committed to.",
    after(committed, lambda world: world.reveal("RU", lambda doc: doc.update(value="ab" * 32))),
)


def copied(world: Draw) -> None:
    """RU copies the commitment of US, and reveals its value when US has."""
    world.agree()
    world.commit("US")
    world.commit("RU", lambda doc: doc.update(commitment=world.commitment("US")))
    world.fix()
    world.reveal("US")
    world.reveal("RU", lambda doc: doc.update(value=secret("US").hex()))


drawn(
    "draw-copied-commitment",
    "RU copied the commitment of US, and reveals its value: the code of the party is hashed with it.",
    after(Draw, copied),
)


def unread(world: Draw) -> None:
    world.agree()
    world.commit("US", opened=False)
    world.commit("US")
    world.commit("RU")
    world.fix()
    world.reveal("RU")


fail(
    "draw-unread-commitment",
    "A commitment to the draw has no body in the bundle; it might be the first of its party.",
    of="I13",
    section="5.9",
    refused=["bodies"],
    may=["draws"],
)(lambda: after(Draw, unread)().closed())
drawn(
    "draw-for-some",
    "The opening of a draw is not for everybody.",
    lambda: Draw(audience=["RU", "US"]),
)
drawn(
    "draw-for-some-unread",
    "The opening of a draw is not for everybody, and its body is not here: its header shows it.",
    lambda: Draw(audience=["RU", "US"], opened=False),
)


def not_agreed(world: Draw) -> None:
    for code in world.codes:
        world.commit(code)
    world.fix()
    for code in world.codes:
        world.reveal(code)
    world.result()


def agreed_for_few(world: Draw) -> None:
    world.countersign("RU", world.draw, "agreed", audience=["RU", "US"])
    not_agreed(world)


drawn(
    "draw-agreed-for-few",
    "RU agreed in words that not everybody may read, which bind nobody here; the body happens to be in the bundle.",
    after(Draw, agreed_for_few),
    "I13",
)
drawn("draw-not-agreed", "RU never agreed to the draw that US opened.", after(Draw, not_agreed), "I13")
drawn(
    "draw-two-computed-results",
    "Two results are stated; only one of them follows from the reveals.",
    after(resulting(lambda doc: None), lambda world: world.result("US", first_position)),
    "I14",
)


def again(world: Draw) -> None:
    other = sha(b"another value")
    value = dom("counterseal/draw/commit/v1", bytes.fromhex(world.draw), b"RU", other).hex()
    world.commit("RU", lambda doc: doc.update(commitment=value))
    world.reveal("RU", lambda doc: doc.update(value=other.hex()))


drawn(
    "draw-restarted",
    "A reveal of a second commitment: whoever may commit again may draw again.",
    after(committed, again),
    "I14",
)


def forfeiting(edit: Edit, moment: str = LATER) -> Callable[[], Draw]:
    def both(doc: dict[str, Any]) -> None:
        forfeit(doc)
        edit(doc)

    def make() -> Draw:
        world = revealed("RU")
        world.result("RU", both, claimed_time=moment)
        return world

    return make


drawn(
    "draw-forfeited-out-of-range",
    "After a forfeit a position is chosen that is in the next stratum.",
    forfeiting(lambda doc: doc.update(positions=[[0, 1, 12], [13, 19]])),
)


def seen_reveal(world: Draw) -> None:
    world.reveal("US")
    world.result("RU", forfeit, claimed_time=LATER, not_before=[world.checkpoint("US")])


def seen_before(world: Draw) -> None:
    world.reveal("US")
    world.add("RU", not_before=[world.checkpoint("US")])
    world.result("RU", forfeit, claimed_time=LATER)


drawn(
    "draw-forfeited-though-seen-before",
    "US is said to forfeit by one that had seen its reveal, as an earlier record of its log shows.",
    after(lambda: revealed("RU"), seen_before),
)
drawn(
    "draw-forfeited-though-revealed",
    "US is said to forfeit by one that had seen its reveal.",
    after(lambda: revealed("RU"), seen_reveal),
)
