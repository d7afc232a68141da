"""The bundles that are changed: few, small, and with something of everything."""

from collections.abc import Callable

from vectors.chapters.bodies import PARTS
from vectors.chapters.chains import ShortChain, short_chain
from vectors.chapters.draws import Draw, forfeit, revealed
from vectors.chapters.sealed import SealedWorld
from verifier.builder import Signer, World, dom, small_world
from verifier.case_disclosures import partial
from verifier.case_draws import LATER
from verifier.case_escrow import commit, open_escrow, opened
from verifier.chains import Root


def said_much() -> World:
    """Countersignatures, disclosures, an escrow and its openings, a second author key, acknowledgements."""
    world = small_world()
    for meaning, note in (("agreed", None), ("objects", "not so")):
        world.countersign("RU", world.parties["US"].ids[1], meaning, note)
    record = world.add("US", parts=PARTS, opened=False, audience=["US"])
    opening = {"parts": partial(1, parts=PARTS), "v": 1}
    said = {"opening": opening, "reason": "review", "record": record, "stage": None}
    world.add("US", said, kind="disclosure", refs=[record], audience=["RU"])
    escrow = commit(world)
    for first, leaves in ((5, 1), (0, 4), (0, 8)):
        open_escrow(world, opened(escrow, first, leaves))
    second = Signer("w.example/us/author2")
    world.trust_keys.append((world.parties["US"], "author", second))
    feed = dom("counterseal/feed/v1", world.treaty.encode(), b"US", second.public).hex()
    world.add("US", signer=second, feed=feed, seq=0, prev=None)
    world.add("RU", {"from": "US", "manifest": "ab" * 32, "sequence": 0}, kind="bundle.acknowledgement")
    return world


def drawn() -> World:
    """A joint draw that went well, and was stated twice."""
    world: Draw = revealed()
    world.result("RU")
    world.result("US")
    world.add("US")
    return world


def forfeited() -> World:
    """A joint draw of three in which one did not reveal."""
    world: Draw = revealed("AUD", "RU", codes="AUD RU US")
    world.result("RU", forfeit, claimed_time=LATER)
    return world


def changed_keys() -> World:
    """A chain in which keys, a witness, a root and the trust file changed."""
    world = short_chain()
    world.checkpoint("US")
    heads = [{"origin": "c.example/ru/log", "size": 2}]
    world.rotate("US", accepted=3, heads=heads)
    world.roots["RU"] = [Root("another root of RU")]
    world.add_trust()
    world.rotate("US", "seal witness", accepted=2, heads=heads)
    world.fill("US", 6)
    return world


def sealed() -> World:
    """Sealed bodies under a chain."""
    world = SealedWorld()
    world.add("US")
    world.seal_for("US", ["Journal.1", "RU", "US"])
    world.seal_for("US", ["RU"])
    world.add("RU")
    return world


def sided() -> World:
    """Three parties under a chain, two of them on one side, one of which is enough."""
    world = ShortChain("GB RU US", sides=[(["GB", "RU"], 1), (["US"], 1)])
    for code in ("GB", "RU", "US"):
        world.fill(code, 2)
    world.countersign("US", world.parties["GB"].ids[0], "agreed")
    return world


WORLDS: dict[str, Callable[[], World]] = {
    make.__name__: make
    for make in (small_world, said_much, drawn, forfeited, short_chain, changed_keys, sealed, sided)
}
