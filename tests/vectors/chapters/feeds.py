"""What is refused because its author told two stories, or left something out (I7); and countersignatures."""

from vectors.chapters.sound import plain_world
from vectors.corpus import Files, fail
from verifier.casebook import SOMEBODY


@fail(
    "two-at-one-seq",
    "Two headers by one key have the same seq and differ: the author told two stories.",
    of="I7",
    section="5.3",
    refused=["duplicates"],
)
def _() -> Files:
    world = plain_world()
    world.add("US", seq=3, prev=world.parties["US"].ids[2])
    return world.files()


@fail(
    "two-at-one-seq-behind-a-gap",
    "A feed leaves a number out, and then has one twice: the one does not excuse the other.",
    of="I7",
    section="9",
    refused=["duplicates", "feeds"],
)
def _() -> Files:
    world = plain_world()
    world.add("US", seq=5)
    world.add("US", seq=2, prev=world.parties["US"].ids[1])
    return world.files()


@fail(
    "replayed",
    "A record stands in its log twice, to the byte.",
    of="I7 I8",
    section="9",
    refused=["duplicates"],
)
def _() -> Files:
    world = plain_world()
    us = world.parties["US"]
    world.log("US", us.entries[1], us.ids[1], us.openings[1])
    return world.files()


@fail("gap", "A feed leaves a number out.", of="I7", section="5.3", refused=["feeds"])
def _() -> Files:
    world = plain_world()
    world.add("US", seq=5)
    return world.files()


@fail(
    "feed-begun-again",
    "A feed begins with number 0 a second time, as a node would that was restored from a backup.",
    of="I7",
    section="5.3",
    refused=["duplicates"],
)
def _() -> Files:
    world = plain_world()
    world.add("US", seq=0, prev=None)
    return world.files()


@fail(
    "prev-is-another-record",
    "prev is not the record before it in the feed.",
    of="I7",
    section="5.3",
    refused=["feeds"],
)
def _() -> Files:
    world = plain_world()
    world.add("US", prev=world.parties["US"].ids[0])
    return world.files()


@fail(
    "feed-of-another-key",
    "A record names a feed that is not that of the key that signed it.",
    of="I7",
    section="5.2",
    refused=["feeds"],
)
def _() -> Files:
    world = plain_world()
    world.add("US", feed=SOMEBODY, seq=0, prev=None)
    return world.files()


@fail(
    "speaks-for-another",
    "A record in the log of US says that RU is its author.",
    of="I10",
    section="9",
    refused=["headers"],
    may=["signatures", "feeds", "bodies", "duplicates", "references"],
)
def _() -> Files:
    world = plain_world()
    world.add("US", author="RU", opened=False)
    return world.files()


@fail(
    "countersigns-its-own",
    "A party countersigns its own record.",
    of="I9",
    section="5.4",
    refused=["countersignatures"],
)
def _() -> Files:
    world = plain_world()
    world.countersign("RU", world.parties["RU"].ids[0], "agreed")
    return world.files()


@fail(
    "objection-without-a-word",
    "A party objects and does not say why.",
    of="I9",
    section="5.4",
    refused=["countersignatures"],
)
def _() -> Files:
    world = plain_world()
    world.countersign("RU", world.parties["US"].ids[1], "objects", None)
    return world.files()
