"""What is refused because a body is not the one that its header binds (I11, I12); and disclosures."""

from collections.abc import Callable
from typing import Any

from vectors.chapters.sound import plain_world
from vectors.corpus import Files, fail, ok
from verifier.builder import body_of, canon, make_parts, opening_of
from verifier.case_disclosures import partial
from verifier.casebook import IDS

PARTS = make_parts({"a": 1, "b": "text", "c": [True, None]})


def opened(edit: Callable[[list[list[str]]], object]) -> Files:
    """Make a bundle whose last opening is not that of its record."""
    world, parts = plain_world(), [list(part) for part in PARTS]
    edit(parts)
    world.add("US", parts=PARTS, opening=opening_of(parts))
    return world.files()


def bound(edit: Callable[[list[list[str]]], object], **body: Any) -> Files:
    """Make a bundle whose last header binds parts that are not in their form."""
    world, parts = plain_world(), [list(part) for part in PARTS]
    edit(parts)
    world.add("US", parts=parts, body=body_of(parts) | body)
    return world.files()


OPENINGS: tuple[tuple[str, str, Callable[[list[list[str]]], object]], ...] = (
    ("another-salt", "A part is given with another salt.", lambda p: p[0].__setitem__(2, IDS[9])),
    ("another-value", "A part is given with another value.", lambda p: p[0].__setitem__(1, "2")),
    (
        "values-exchanged",
        "Two parts are given with each other's value and salt: position and name are bound too.",
        lambda p: (p[0].__setitem__(slice(1, 3), PARTS[1][1:]), p[1].__setitem__(slice(1, 3), PARTS[0][1:])),
    ),
)
for _what, _why, _edit in OPENINGS:

    @fail(_what, _why, of="I11", section="5.1", refused=["bodies"])
    def _(edit: Callable[[list[list[str]]], object] = _edit) -> Files:
        return opened(edit)


@fail(
    "opening-of-another-record",
    "The opening of one record stands in the place of another's.",
    of="I11",
    section="5.1",
    refused=["bodies"],
)
def _() -> Files:
    world = plain_world()
    openings = world.parties["US"].openings
    openings[1] = openings[0]
    return world.files()


@fail(
    "name-twice",
    "A header binds two parts of one name: which of them counts could be chosen later.",
    of="I11",
    section="5.1",
    refused=["bodies"],
)
def _() -> Files:
    return bound(lambda parts: parts[1].__setitem__(0, "a"))


@fail(
    "size-class-too-large",
    "A header states a larger size class than that of its body.",
    of="I12",
    section="5.1",
    refused=["bodies"],
)
def _() -> Files:
    return bound(lambda parts: None, size_class=2048)


@fail(
    "size-class-too-small",
    "A header states a smaller size class than that of its body.",
    of="I12",
    section="5.1",
    refused=["bodies"],
)
def _() -> Files:
    return bound(lambda parts: parts[1].__setitem__(1, canon("x" * 1030).decode()), size_class=1024)


@fail(
    "partial-opening-in-a-pack",
    "An opening in a pack withholds a part; only a disclosure may.",
    of="I11",
    section="5.1",
    refused=["bodies"],
)
def _() -> Files:
    world = plain_world()
    world.add("US", parts=PARTS, opening=canon({"parts": partial(1, parts=PARTS), "v": 1}))
    return world.files()


@fail(
    "body-that-must-be-there",
    "A disclosure for everybody comes without its body: what it shows must not depend on who carries it.",
    of="I8 I11",
    section="5.9",
    refused=["bodies"],
)
def _() -> Files:
    world = plain_world()
    record = world.add("US", parts=PARTS, opened=False, audience=["US"])
    world.add("US", {"any": 1}, kind="disclosure", refs=[record], opened=False)
    return world.files()


# ---- disclosures ----


def disclosed(parts: list[Any], *, own: bool = True, before: bool = True, **statement: Any) -> Files:
    """Make a bundle in which a record for US alone is disclosed to RU."""
    world = plain_world()
    record = IDS[7]
    if before:
        record = world.add("US" if own else "RU", parts=PARTS, opened=False, audience=["US"])
    said = {"opening": {"parts": parts, "v": 1}, "reason": "host review", "record": record, "stage": "1"}
    world.add("US", said | statement, kind="disclosure", refs=[record] if before else [], audience=["RU"])
    return world.files()


@ok("disclosure-of-all", "A record for its author alone is disclosed whole.", of="I11", section="5.5")
def _() -> Files:
    return disclosed(PARTS, stage=None)


@ok(
    "disclosure-of-one-part",
    "Two parts and the dummy stay commitments, one part is released.",
    of="I11",
    section="5.5",
)
def _() -> Files:
    return disclosed(partial(0, 2, 3, parts=PARTS))


@ok(
    "disclosed-step-by-step", "A record is disclosed part by part, in three records.", of="I11", section="5.5"
)
def _() -> Files:
    world = plain_world()
    record = world.add("US", parts=PARTS, opened=False, audience=["US"])
    for stage, places in enumerate(((1, 2, 3), (0, 2), ())):
        opening = {"parts": partial(*places, parts=PARTS), "v": 1}
        said = {"opening": opening, "reason": "step", "record": record, "stage": str(stage)}
        world.add("US", said, kind="disclosure", refs=[record], audience=["RU"])
    return world.files()


@fail(
    "disclosure-of-another-value",
    "A part is released with another value than the one that was committed to.",
    of="I11",
    section="5.5",
    refused=["disclosures"],
)
def _() -> Files:
    return disclosed([["a", "2", PARTS[0][2]], *partial(0, 1, 2, 3, parts=PARTS)[1:]])


@fail(
    "disclosure-in-another-place",
    "Two commitments that are withheld are given in each other's place.",
    of="I11",
    section="5.1",
    refused=["disclosures"],
)
def _() -> Files:
    parts = partial(1, 2, parts=PARTS)
    return disclosed([parts[0], parts[2], parts[1], parts[3]])


@fail(
    "disclosure-by-another",
    "A party discloses a record that stands in the log of another.",
    of="I11",
    section="5.5",
    refused=["disclosures"],
)
def _() -> Files:
    return disclosed(partial(1, parts=PARTS), own=False)
