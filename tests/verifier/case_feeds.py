"""What must be refused. Feeds, references and countersignatures."""

from collections.abc import Callable
from typing import Any

from verifier.builder import (
    Signer,
    World,
    canon,
    checkpoint_id,
    dom,
    make_parts,
    record_id,
    small_world,
)
from verifier.casebook import (
    IDS,
    WORLD,
    case,
    entry_case,
)
from verifier.chains import ChainWorld, Key, chain_world


@case("replayed: a record twice", "duplicates", "stands twice")
def _() -> Any:
    world = small_world()
    world.log("US", world.parties["US"].entries[1], "")
    return world.files()


@case("told twice: another record of the same seq", "duplicates", "another record of its feed has seq 3")
def _() -> Any:
    world = small_world()
    world.add("US", seq=3, prev=world.parties["US"].ids[2])
    return world.files()


@case("feed: a gap", "feeds", "a gap: seq 5 follows on seq 3")
def _() -> Any:
    world = small_world()
    world.add("US", seq=5)
    return world.files()


@case("feed: the first record missing", "feeds", "a gap: seq 1 follows on seq -1")
def _() -> Any:
    world = World()
    world.add("US", seq=1, prev=IDS[0])
    return world.files()


@case("feed: out of order", "feeds", "seq 4 stands after seq 5")
def _() -> Any:
    world = small_world()
    world.add("US", seq=5)
    world.add("US", seq=4)
    return world.files()


@case("feed: prev is another record", "feeds", "prev is not the record before it in the feed")
def _() -> Any:
    world = small_world()
    world.add("US", prev=world.parties["US"].ids[0])
    return world.files()


@case("feed: another feed", "feeds", "the feed is not that of the key")
def _() -> Any:
    world = small_world()
    world.add("US", feed=IDS[1], seq=0, prev=None)
    return world.files()


entry_case(
    "refs nothing here", "references", f"the record {IDS[1]} in refs is not in this bundle", refs=[IDS[1]]
)


entry_case(
    "not_before nothing here", "references", f"the checkpoint {IDS[1]} is not here", not_before=[IDS[1]]
)


entry_case(
    "not_before a checkpoint of a size that is not here",
    "references",
    "is not here",
    not_before=[checkpoint_id(WORLD.text("RU", 1))],
)


def counter_case(name: str, rule: str, **more: Any) -> None:
    def make() -> Any:
        world = small_world()
        given = dict(more)
        record = (given.pop("own", False) and world.parties["RU"].ids[0]) or world.parties["US"].ids[1]
        meaning, note = given.pop("meaning", "received"), given.pop("note", None)
        if "refs" in given:
            given["refs"] = [world.parties["US"].ids[place] for place in given["refs"]]
        world.countersign("RU", record, meaning, note, **given)
        return world.files()

    case(f"countersignature: {name}", "countersignatures", rule)(make)


counter_case("a meaning that is none", "countersignature.meaning is not of the form", meaning="accepted")


counter_case(
    "a meaning that is no text", "countersignature.meaning is not of the form", statement={"meaning": [1]}
)


counter_case("a note that is no text", "countersignature.note is not of the form", statement={"note": 1})


counter_case("no reason for an objection", "a reservation or objection has no note", meaning="objects")


counter_case(
    "an empty reason", "a reservation or objection has no note", meaning="agreed-with-reservation", note=""
)


counter_case("a record that is none", "countersignature.record is not of the form", statement={"record": "x"})


counter_case("a member more", "countersignature has not exactly the members", statement={"more": 1})


counter_case("no refs", "refs is not exactly the record that it is about", refs=[])


counter_case("other refs", "refs is not exactly the record that it is about", refs=[2])


counter_case("more refs", "refs is not exactly the record that it is about", refs=[1, 2])


counter_case("one's own record", "is the signer's own", own=True)


@case(
    "countersignature: of a record of one's other feed, not yet logged",
    "countersignatures",
    "is the signer's own",
)
def _() -> Any:
    world = small_world()
    party, second = world.parties["RU"], Signer("second-author-of-RU")
    world.trust_keys.append((party, "author", second))
    parts = make_parts({"a": 1})
    feed = dom("counterseal/feed/v1", world.treaty.encode(), b"RU", second.public).hex()
    header = canon(world.header("RU", parts, seq=0, prev=None, feed=feed))
    world.countersign("RU", record_id(header))
    world.add("RU", header=header, signer=second, opened=False)
    return world.files()


# ---- under a chain, by the header alone ----


def header_case(name: str, rule: str, refs: Callable[[ChainWorld], list[str]]) -> None:
    def register(*, opened: bool) -> None:
        def make() -> Any:
            world = chain_world()
            said = {"meaning": "received", "note": None, "record": world.parties["US"].ids[1]}
            given: dict[str, Any] = {"refs": refs(world), "audience": ["RU", "US"], "opened": opened}
            world.add("RU", said, kind="countersignature", **given)
            world.add("RU")
            return world.files()

        case(f"countersignature: {name}, {'read' if opened else 'not read'}", "countersignatures", rule)(make)

    register(opened=True)
    register(opened=False)


ONE_REF = "the header has not exactly one id in refs"
header_case("no refs under a chain", ONE_REF, lambda w: [])
header_case("two refs under a chain", ONE_REF, lambda w: w.parties["US"].ids[1:3])
header_case("one's own under a chain", "is the signer's own", lambda w: w.parties["RU"].ids[:1])


@case(
    "countersignature: of one's own, logged later under a chain", "countersignatures", "is the signer's own"
)
def _() -> Any:
    world = chain_world()
    second = Key("second", "second", "author", "ed25519")
    world.rotate("RU", "seal", more=[second])
    feed = dom("counterseal/feed/v1", world.treaty.encode(), b"RU", second.public).hex()
    header = canon(world.header("RU", make_parts({"a": 1}), seq=0, prev=None, feed=feed))
    world.add("RU", kind="countersignature", refs=[record_id(header)], audience=["US"], opened=False)
    world.add("RU", header=header, signer=second.signer, opened=False)
    return world.files()
