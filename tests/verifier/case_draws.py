"""What must be refused. Joint draws (section 5.7)."""

from collections.abc import Callable
from functools import partial
from typing import Any

from verifier.builder import canon, dom, leaf, root_of, sha
from verifier.casebook import SOMEBODY, Edit, case, setter
from verifier.chains import ChainWorld

POOL = [f"item {n}" for n in range(20)]
STRATA = [{"count": 12, "name": "sites", "sample": 3}, {"count": 8, "name": "stores", "sample": 2}]
DEADLINE = "2020-01-02T00:00:00Z"
LATER = "2020-01-03T00:00:00Z"


def secret(code: str) -> bytes:
    return sha(f"random {code}".encode())


def positions(seed: bytes, strata: list[dict[str, Any]]) -> list[list[int]]:
    """Draw as section 5.7 says it, with the list a written out."""
    drawn, start = [], 0
    for number, stratum in enumerate(strata):
        a, block, words = list(range(stratum["count"])), 0, list[int]()
        for i in range(stratum["sample"]):
            below = stratum["count"] - i
            bits = (below - 1).bit_length()
            pick = 0
            while bits:
                if not words:
                    place = number.to_bytes(4, "big"), block.to_bytes(8, "big")
                    data = dom("counterseal/draw/stream/v1", seed, *place)
                    words = [int.from_bytes(data[at : at + 8], "big") for at in (0, 8, 16, 24)]
                    block += 1
                pick = int(f"{words.pop(0):064b}"[:bits], 2)
                if pick < below:
                    break
            a[i], a[i + pick] = a[i + pick], a[i]
        drawn.append([start + place for place in a[: stratum["sample"]]])
        start += stratum["count"]
    return drawn


class DrawWorld(ChainWorld):
    """A world with one draw; each step can be edited or left out by a case."""

    def __init__(self, codes: str = "RU US", edit: Edit | None = None, **more: Any) -> None:
        super().__init__(codes)
        self.codes, self.author = codes.split(), "US"
        self.opening: dict[str, Any] = {
            "algorithm": "counterseal/draw/v1",
            "deadline": DEADLINE,
            "participants": codes.split(),
            "pool": POOL,
            "pool_root": root_of([leaf(name.encode()) for name in POOL]).hex(),
            "strata": [dict(stratum) for stratum in STRATA],
            "title": "visits",
        }
        if edit:
            edit(self.opening)
        self.draw = self.add("US", self.opening, **({"kind": "draw.opening"} | more))
        self.fixed: dict[str, str] = {}
        self.seen: dict[str, str] = {}

    def agree(self, *codes: str, meaning: str = "agreed", **more: Any) -> None:
        for code in codes or [code for code in self.codes if code != "US"]:
            self.countersign(code, self.draw, meaning, **more)

    def commit(self, code: str, edit: Edit | None = None, **more: Any) -> str:
        value = dom("counterseal/draw/commit/v1", bytes.fromhex(self.draw), code.encode(), secret(code)).hex()
        statement = {"commitment": value, "draw": self.draw}
        if edit:
            edit(statement)
        name = self.add(code, statement, **({"kind": "draw.commitment", "refs": [self.draw]} | more))
        self.fixed.setdefault(code, name)
        return name

    def fix(self, *codes: str) -> None:
        """Make the present state of logs checkpoints that the others have seen."""
        for code in codes or self.codes:
            self.seen[code] = self.checkpoint(code)

    def reveal(self, code: str, edit: Edit | None = None, **more: Any) -> str:
        statement = {"draw": self.draw, "of": code, "value": secret(code).hex()}
        if edit:
            edit(statement)
        seen = [self.seen[other] for other in self.codes if other != code and other in self.seen]
        return self.add(
            code, statement, **({"kind": "draw.reveal", "refs": [self.draw], "not_before": seen} | more)
        )

    def draw_seed(self) -> bytes:
        pairs = [(bytes.fromhex(self.fixed[code]), secret(code)) for code in self.codes]
        parts = [part for pair in pairs for part in pair]
        return dom("counterseal/draw/seed/v1", bytes.fromhex(self.draw), *parts)

    def result(self, code: str = "RU", edit: Edit | None = None, **more: Any) -> str:
        seed = self.draw_seed()
        drawn = positions(seed, self.opening["strata"])
        statement = {"draw": self.draw, "forfeited": [], "positions": drawn, "seed": seed.hex()}
        if edit:
            edit(statement)
        return self.add(code, statement, **({"kind": "draw.result", "refs": [self.draw]} | more))

    def close(self) -> None:
        """Let every log end behind its last checkpoint."""
        for code in self.codes:
            self.add(code)


def whole_draw(codes: str = "RU US", edit: Edit | None = None) -> DrawWorld:
    """Return a world in which a draw went well."""
    world = DrawWorld(codes, edit)
    world.agree()
    for code in world.codes:
        world.commit(code)
    world.fix()
    for code in world.codes:
        world.reveal(code)
    world.result()
    return world


def draw_case(name: str, rule: str, make_world: Callable[[], DrawWorld]) -> None:
    def make() -> Any:
        world = make_world()
        world.close()
        return world.files()

    case(f"draw: {name}", "draws", rule)(make)


def opening_case(name: str, rule: str, edit: Edit) -> None:
    draw_case(f"opening: {name}", rule, lambda: DrawWorld(edit=edit))


for path, value, rule in (
    ("algorithm", "counterseal/draw/v2", "draw.opening.algorithm is not of the form"),
    ("deadline", "tomorrow", "draw.opening.deadline is not of the form"),
    ("deadline", "2020-02-30T00:00:00Z", "draw.opening.deadline is no real date"),
    ("participants", ["US"], "draw.opening.participants is too short or too long"),
    ("participants", ["US", "RU"], "draw.opening.participants is not sorted"),
    ("participants", ["RU", "RU"], "draw.opening.participants has an item twice"),
    ("participants", ["ru", "us"], "draw.opening.participants[0] is not of the form"),
    ("participants", [f"P{n:02d}" for n in range(65)], "draw.opening.participants is too short or too long"),
    ("participants", ["GB", "US"], "a participant is no party of the trust file"),
    ("participants", ["AUD", "RU"], "the author of the draw is none of its participants"),
    ("pool", {}, "draw.opening.pool is not of the form None"),
    ("pool", [1] * 20, "draw.opening.pool[0] is not of the form"),
    ("pool", ["", *POOL[1:]], "draw.opening.pool[0] is not of the form"),
    ("pool", ["x" * 201, *POOL[1:]], "draw.opening.pool[0] is not of the form"),
    ("pool", POOL[:1] * 20, "draw.opening.pool has an item twice"),
    ("pool", POOL[:19], "the pool has not the 20 items of its strata"),
    ("pool", [], "the pool has not the 20 items of its strata"),
    ("pool", POOL[::-1], "pool_root is not the root of the pool"),
    ("pool_root", SOMEBODY, "pool_root is not the root of the pool"),
    ("pool_root", None, "draw.opening.pool_root is not of the form"),
    ("strata", [], "draw.opening.strata is too short or too long"),
    ("strata.0.count", 0, "draw.opening.strata[0].count is not of the form"),
    ("strata.0.count", True, "draw.opening.strata[0].count is not of the form"),
    ("strata.0.sample", -1, "draw.opening.strata[0].sample is not of the form"),
    ("strata.0.sample", 13, "a sample is larger than its stratum"),
    ("strata.0.name", "stores", "draw.opening.strata has an item twice"),
    ("strata.0.name", "", "draw.opening.strata[0].name is not of the form"),
    ("strata.0.more", 1, "draw.opening.strata[0] has not exactly the members"),
    ("title", None, "draw.opening.title is not of the form"),
    ("more", 1, "draw.opening has not exactly the members"),
    ("pool!", None, "draw.opening has not exactly the members"),
):
    opening_case(f"{path} {str(value)[:30]!r} {len(str(value))}", rule, setter(path, value))


def strata(*counts: tuple[int, int]) -> Edit:
    rows = [{"count": count, "name": str(n), "sample": sample} for n, (count, sample) in enumerate(counts)]
    return lambda doc: doc.update(pool=None, strata=rows)


opening_case("nothing to draw", "the samples are not 1 to 100,000 together", strata((5, 0), (6, 0)))
opening_case(
    "100,001", "the samples are not 1 to 100,000 together", strata((60_000, 50_000), (60_000, 50_001))
)
opening_case("more than 2^32", "the pool is larger than 2^32", strata((2**31, 1), (2**31 + 1, 1)))
opening_case("257 strata", "strata is too short or too long a list", strata(*((2, 1),) * 257))

# ---- commitments ----

NO_DRAW = "it names no opening of a draw that can be read"
NO_MEMBER = "its author is not a participant of the draw"


def three(author: str = "RU US") -> DrawWorld:
    """A world of three parties, of which two take part."""
    world = DrawWorld("AUD RU US", lambda doc: doc.update(participants=author.split()))
    world.codes = author.split()
    return world


def after(
    step: Callable[[DrawWorld], Any], make_world: Callable[[], DrawWorld] = DrawWorld
) -> Callable[[], DrawWorld]:
    def make() -> DrawWorld:
        world = make_world()
        step(world)
        return world

    return make


draw_case(
    "commitment: no hash",
    "draw.commitment.commitment is not of the form",
    after(lambda w: w.commit("RU", setter("commitment", 1))),
)
draw_case(
    "commitment: more", "draw.commitment has not exactly", after(lambda w: w.commit("RU", setter("more", 1)))
)
draw_case("commitment: no refs", "refs is not exactly the record", after(lambda w: w.commit("RU", refs=[])))
draw_case(
    "commitment: to another draw",
    "refs is not exactly the record",
    after(lambda w: w.commit("RU", setter("draw", SOMEBODY))),
)
draw_case("commitment: by another", NO_MEMBER, after(lambda w: w.commit("AUD"), three))


def to_record(world: DrawWorld) -> None:
    world.draw = world.add("US")
    world.commit("RU")


draw_case("commitment: to a record that is none", NO_DRAW, after(to_record))
draw_case(
    "commitment: to an opening not here",
    NO_DRAW,
    after(lambda w: w.commit("RU"), lambda: DrawWorld(opened=False)),
)

# ---- reveals ----


def committed(codes: str = "RU US") -> DrawWorld:
    world = DrawWorld(codes)
    world.agree()
    for code in world.codes:
        world.commit(code)
    world.fix()
    return world


def reveal_with(path: str, value: Any) -> Callable[[DrawWorld], Any]:
    return lambda world: world.reveal("RU", setter(path, value))


for path, value, rule in (
    ("draw", SOMEBODY, "refs is not exactly the record"),
    ("of", "ru", "draw.reveal.of is not of the form"),
    ("of", "GB", "what is revealed is not of a participant"),
    ("of", "US", "this is not what US is committed to"),
    ("value", SOMEBODY, "this is not what RU is committed to"),
    ("value", "", "draw.reveal.value is not of the form"),
    ("more", None, "draw.reveal has not exactly the members"),
):
    draw_case(
        f"reveal: {path} {value!r}"[:40],
        rule,
        after(reveal_with(path, value), committed),
    )

NOT_FIXED = "a commitment is not fixed by not_before, or does not stand before it"
draw_case("reveal: nothing seen", NOT_FIXED, after(lambda w: w.reveal("RU", not_before=[]), committed))
draw_case(
    "reveal: one's own seen", NOT_FIXED, after(lambda w: w.reveal("RU", not_before=[w.seen["RU"]]), committed)
)
draw_case(
    "reveal: one of two not seen",
    NOT_FIXED,
    after(lambda w: w.reveal("RU", not_before=[w.seen["US"]]), lambda: committed("AUD RU US")),
)


def too_early(world: DrawWorld) -> None:
    """The checkpoint that was seen is as large as the index of the commitment, and so does not hold it."""
    world.commit("RU")
    world.fix("US")
    world.commit("US")
    world.reveal("RU")


draw_case("reveal: a checkpoint one too small", NOT_FIXED, after(too_early))


def before_own(world: DrawWorld) -> None:
    world.commit("US")
    world.fix("US")
    world.reveal("RU")
    world.commit("RU")


draw_case("reveal: before one's own commitment", NOT_FIXED, after(before_own))


def uncommitted(world: DrawWorld) -> None:
    world.commit("RU")
    world.fix("US")
    world.reveal("RU")


draw_case("reveal: one is not committed", "a participant is not committed", after(uncommitted))


def by_another(world: DrawWorld) -> None:
    world.commit("RU")
    world.commit("US")
    world.fix("RU", "US")
    seen = [world.seen["RU"], world.seen["US"]]
    world.reveal("AUD", lambda doc: doc.update(of="RU", value=secret("RU").hex()), not_before=seen)


draw_case("reveal: by no participant", NO_MEMBER, after(by_another, three))


def first_counts(world: DrawWorld) -> None:
    """RU commits twice, and reveals what it committed to the second time."""
    other = dom("counterseal/draw/commit/v1", bytes.fromhex(world.draw), b"RU", sha(b"other")).hex()
    world.commit("RU")
    world.commit("RU", setter("commitment", other))
    world.commit("US")
    world.fix()
    world.reveal("RU", setter("value", sha(b"other").hex()))


draw_case("reveal: of a second commitment", "this is not what RU is committed to", after(first_counts))


draw_case(
    "reveal: the opening cannot be read",
    NO_DRAW,
    after(lambda w: w.reveal("RU", not_before=[]), lambda: DrawWorld(opened=False)),
)

# ---- results ----


def revealed(codes: str = "RU US", *whose: str) -> DrawWorld:
    world = committed(codes)
    for code in whose or world.codes:
        world.reveal(code)
    return world


# ---- the audience ----


KINDS = {"commit": "commitment", "reveal": "reveal", "result": "result"}


def secret_case(step: str, make_world: Callable[[], DrawWorld], **more: Any) -> None:
    for audience in (["RU", "US"], ["RU", "public"]):
        for opened in (True, False):
            name = f"{step}: for {audience}, {'read' if opened else 'not read'}"
            given = {"audience": audience, "opened": opened} | more
            rule = f"a draw.{KINDS[step]} is not for public alone"
            draw_case(name, rule, audience_step(step, make_world, given))


def audience_step(
    step: str, make_world: Callable[[], DrawWorld], given: dict[str, Any]
) -> Callable[[], DrawWorld]:
    def make() -> DrawWorld:
        world = make_world()
        getattr(world, step)("RU", **given)
        return world

    return make


secret_case("commit", DrawWorld)
secret_case("reveal", committed)
secret_case("result", revealed)
draw_case(
    "opening: for two", "a draw.opening is not for public alone", lambda: DrawWorld(audience=["RU", "US"])
)


def result_case(
    name: str, rule: str, edit: Edit, make_world: Callable[[], DrawWorld] = revealed, **more: Any
) -> None:
    draw_case(f"result: {name}", rule, after(lambda w: w.result("RU", edit, **more), make_world))


FOLLOW = "the positions are not those that follow from the seed"
COUNT = "the positions are not as many as each sample"
for place, wrong, rule in (
    ("draw", SOMEBODY, "refs is not exactly the record"),
    ("forfeited", None, "draw.result.forfeited is not a list"),
    ("forfeited", ["us"], "draw.result.forfeited[0] is not of the form"),
    ("forfeited", ["US", "RU"], "draw.result.forfeited is not sorted"),
    ("positions", [], "draw.result.positions is too short or too long"),
    ("positions", [[], []], COUNT),
    ("positions", [[0, 1, 2], [12, 13], []], COUNT),
    ("positions.0", [0, 1], COUNT),
    ("positions.0", None, "draw.result.positions[0] is not a list"),
    ("positions.0", [0, 1, 1], "draw.result.positions[0] has an item twice"),
    ("positions.0.0", -1, "draw.result.positions[0][0] is not of the form"),
    ("positions.0", [0, 1, 2], FOLLOW),
    ("seed", SOMEBODY, "the seed is not that of the reveals"),
    ("seed", None, "the seed is not that of the reveals"),
    ("seed", 1, "draw.result.seed is not of the form"),
    ("more", 1, "draw.result has not exactly the members"),
):
    result_case(f"{place} {wrong!r}"[:50], rule, setter(place, wrong))

result_case("another order", FOLLOW, lambda doc: doc["positions"][0].reverse())
result_case("exchanged strata", COUNT, lambda doc: doc["positions"].reverse())
result_case("no refs", "refs is not exactly the record", lambda doc: None, refs=[])
result_case("a reveal is missing", "not all have revealed", lambda doc: None, lambda: revealed("RU US", "RU"))
result_case(
    "a reveal that came too early",
    "not all have revealed",
    lambda doc: None,
    after(lambda w: w.reveal("US", not_before=[]), lambda: revealed("RU US", "RU")),
)
result_case(
    "the opening cannot be read",
    NO_DRAW,
    lambda doc: None,
    after(lambda w: [w.commit("RU"), w.commit("US")], lambda: DrawWorld(opened=False)),
)

AGREED = "not all have agreed to the draw"


def unagreed(**more: Any) -> Callable[[], DrawWorld]:
    def make() -> DrawWorld:
        world = DrawWorld()
        if more:
            world.agree(**more)
        for code in world.codes:
            world.commit(code)
        world.fix()
        for code in world.codes:
            world.reveal(code)
        return world

    return make


result_case("nobody agreed", AGREED, lambda doc: None, unagreed())
result_case("it was received only", AGREED, lambda doc: None, unagreed(meaning="received"))
result_case(
    "with reservation",
    AGREED,
    lambda doc: None,
    unagreed(meaning="agreed-with-reservation", note="only once"),
)
result_case("an agreement that cannot be read", AGREED, lambda doc: None, unagreed(opened=False))


def by_no_participant(world: DrawWorld) -> None:
    world.commit("RU")
    world.commit("US")
    world.agree("RU")
    world.result("AUD")


draw_case(
    "result: by no participant",
    NO_MEMBER,
    after(by_no_participant, three),
)


def forfeit(doc: Any) -> None:
    doc.update(forfeited=["US"], seed=None, positions=[[0, 1, 2], [12, 19]])


def forfeit_case(name: str, rule: str, edit: Edit, make_world: Callable[[], DrawWorld], **more: Any) -> None:
    def both(doc: Any) -> None:
        forfeit(doc)
        edit(doc)

    result_case(f"forfeit: {name}", rule, both, make_world, **({"claimed_time": LATER} | more))


def alone() -> DrawWorld:
    """US, which opened the draw, does not reveal."""
    return revealed("RU US", "RU")


def noop(doc: Any) -> None:
    del doc


NO_OTHER = "who forfeits is no other participant"
forfeit_case("of all", NO_OTHER, setter("forfeited", ["RU", "US"]), alone)
forfeit_case("of its author", NO_OTHER, setter("forfeited", ["RU"]), alone)
forfeit_case("of a stranger", NO_OTHER, setter("forfeited", ["GB"]), alone)
forfeit_case("with a seed", "a result after a forfeit has a seed", setter("seed", SOMEBODY), alone)
BEFORE = f"it claims no time after the deadline {DEADLINE}"
forfeit_case("at the deadline", BEFORE, noop, alone, claimed_time=DEADLINE)
forfeit_case("before the deadline", BEFORE, noop, alone, claimed_time="2020-01-01T12:00:00Z")
OUTSIDE = "a position is not in its stratum"
forfeit_case("of the next stratum", OUTSIDE, setter("positions.0", [0, 1, 12]), alone)
forfeit_case("of the stratum before", OUTSIDE, setter("positions.1", [11, 12]), alone)
forfeit_case("behind the pool", OUTSIDE, setter("positions.1", [12, 20]), alone)
forfeit_case("too few", COUNT, setter("positions.1", [12]), alone)
forfeit_case("one twice", "has an item twice", setter("positions.1", [12, 12]), alone)
SEEN = "one whose reveal its author had seen forfeits"


def seen_result(world: DrawWorld, *, by: str = "US") -> None:
    """US (or another for it) revealed, and the author of the result had seen a checkpoint that holds it."""
    world.reveal(by, lambda doc: doc.update(of="US", value=secret("US").hex()))
    seen = [world.checkpoint(by)] if by != "RU" else []
    world.result("RU", forfeit, claimed_time=LATER, not_before=seen)


draw_case("result: forfeit: after a reveal that was seen", SEEN, after(seen_result, alone))


def seen_before(world: DrawWorld, *, larger_first: bool) -> None:
    """An earlier record of the author's log named the checkpoint with the reveal, and the result none or a smaller."""
    smaller = world.seen["US"]
    world.reveal("US")
    seen = [world.checkpoint("US"), smaller]
    for name in seen if larger_first else seen[::-1]:
        world.add("RU", not_before=[name])
    world.result("RU", forfeit, claimed_time=LATER, not_before=[smaller] if larger_first else [])


for larger_first in (True, False):
    draw_case(
        f"result: forfeit: after a reveal seen earlier, largest {'first' if larger_first else 'last'}",
        SEEN,
        after(partial(seen_before, larger_first=larger_first), alone),
    )
draw_case(
    "reveal: a commitment named by an earlier record alone",
    NOT_FIXED,
    after(
        lambda w: [w.add("RU", not_before=[w.seen["US"]]), w.reveal("RU", not_before=[])],
        committed,
    ),
)
draw_case(
    "result: forfeit: after a reveal in its own log", SEEN, after(lambda w: seen_result(w, by="RU"), alone)
)
assert canon(positions(b"", [{"count": 1, "sample": 1}])) == b"[[0]]"
