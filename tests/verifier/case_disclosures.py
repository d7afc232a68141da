"""What must be refused. Disclosures and partial openings (sections 5.1 and 5.5)."""

from collections.abc import Callable
from typing import Any

from verifier.builder import World, body_of, canon, make_parts, part_leaf, small_world
from verifier.casebook import IDS, SOMEBODY, case
from verifier.chains import chain_world

PARTS = make_parts({"a": 1, "b": "text", "c": [True, None]})


def withheld(part: list[str]) -> str:
    return part_leaf(part[0], part[1], bytes.fromhex(part[2])).hex()


def partial(*places: int, parts: list[list[str]] | None = None) -> list[Any]:
    """Return the parts, of which those at these places are withheld."""
    return [withheld(part) if place in places else part for place, part in enumerate(parts or PARTS)]


def told(
    name: str, rule: str, *, parts: Any = None, of: list[list[str]] | None = None, **changes: Any
) -> None:
    """A record whose body is not here, and a disclosure of it by its author."""

    def make() -> Any:
        world: World = small_world() if changes.get("old") else chain_world()
        body = body_of(of or PARTS) | changes.get("body", {})
        record = world.add("US", parts=of or PARTS, opened=False, body=body, audience=["US"])
        opening = {"parts": partial(1) if parts is None else parts, "v": 1} | changes.get("opening", {})
        statement = {"opening": opening, "reason": "review", "record": record, "stage": None}
        more = {"kind": "disclosure", "refs": [record]} | changes.get("header", {})
        world.add("US", statement | changes.get("statement", {}), **more)
        return world.files()

    case(f"disclosure: {name}", "disclosures", rule)(make)


for name, rule, statement in (
    ("a member more", "disclosure has not exactly the members", {"more": 1}),
    ("no reason", "disclosure.reason is not of the form", {"reason": ""}),
    ("reason no text", "disclosure.reason is not of the form", {"reason": None}),
    ("stage no text", "disclosure.stage is not of the form", {"stage": 1}),
    ("record no id", "disclosure.record is not of the form", {"record": "x"}),
    ("record null", "disclosure.record is not of the form", {"record": None}),
    ("another record", "refs is not exactly the record that it is about", {"record": SOMEBODY}),
    ("opening null", "opening is not an object", {"opening": None}),
    ("opening a text", "opening is not an object", {"opening": "x"}),
    ("opening a list", "opening is not an object", {"opening": [1]}),
    ("opening empty", "opening has not exactly the members", {"opening": {}}),
):
    told(name, rule, statement=statement)

told("no refs", "refs is not exactly the record that it is about", header={"refs": []})
told("opening v", "opening.v is not of the form", opening={"v": 2})
told("opening with more", "opening has not exactly the members", opening={"x": 1})
told("parts no list", "opening.parts is not a list", opening={"parts": {}})
told("no parts", "opening.parts is too short or too long a list", opening={"parts": []})
told("a part withheld by another text", "opening.parts[0] is not of the form", parts=["x", *PARTS[1:]])
told("a part withheld by null", "opening.parts[0] is not of the form", parts=[None, *PARTS[1:]])
told("a part of two", "opening.parts[0] is too short or too long", parts=[PARTS[0][:2], *PARTS[1:]])
told("a part of numbers", "opening.parts[0][0] is not of the form", parts=[[1, 2, 3], *PARTS[1:]])
told("fewer parts", "the number of parts is not the header's", parts=partial(1)[:2])
told("nothing open", "the opening has no part that is not a dummy", parts=partial(0, 1, 2, 3))
told("a dummy alone open", "the opening has no part that is not a dummy", parts=partial(0, 1, 2))
told(
    "another value",
    "the parts do not give the header's commitment",
    parts=[["a", "2", PARTS[0][2]], *partial(0)[1:]][:4],
)
told("another hash", "the parts do not give the header's commitment", parts=[PARTS[0], IDS[1], *PARTS[2:]])
told(
    "withheld in another place",
    "the parts do not give the header's commitment",
    parts=[withheld(PARTS[1]), withheld(PARTS[0]), *PARTS[2:]],
)
told("a salt that is none", "a salt is not 64 hexadecimal digits", parts=[["a", "1", "x"], *partial(1)[1:]])


def forced(name: str, rule: str, edit: Callable[[list[list[str]]], Any], *places: int, **more: Any) -> None:
    """Parts whose commitment is right and whose form is not."""
    parts = [list(part) for part in PARTS]
    edit(parts)
    told(name, rule, of=parts, parts=partial(*places, parts=parts), **more)


forced("out of order", "the parts are not in order of name", lambda p: p.insert(2, p.pop(0)), 0)
forced("a name twice", "or a name stands twice", lambda p: p[2].__setitem__(0, "a"), 1)
forced(
    "a name that is none", "a part's name is not as section 5.1 asks", lambda p: p[0].__setitem__(0, "A"), 1
)
forced("a dummy before a part", "a dummy stands before a part", lambda p: p.insert(1, p.pop()), 0)
forced(
    "no canonical value", "the value of a part is not canonical JSON", lambda p: p[0].__setitem__(1, "1.0"), 1
)
told("all open, another size class", "the size class is another", parts=PARTS, body={"size_class": 2048})


def where_case(name: str, rule: str, target: Callable[[World], str], make_world: Any = chain_world) -> None:
    def make() -> Any:
        world = make_world()
        record = target(world)
        statement = {"opening": {"parts": partial(1), "v": 1}, "reason": "r", "record": record, "stage": "s"}
        world.add("US", statement, kind="disclosure", refs=[record])
        return world.files()

    case(f"disclosure: {name}", "disclosures", rule)(make)


NOT_BEFORE = "what is disclosed does not stand before it in the same log"
where_case("of a record of another party", NOT_BEFORE, lambda w: w.parties["RU"].ids[0])
where_case("of a record of another party, later", NOT_BEFORE, lambda w: w.parties["RU"].ids[0], small_world)
where_case("of nothing here", NOT_BEFORE, lambda w: SOMEBODY)
where_case("of another record", "the number of parts is not the header's", lambda w: w.parties["US"].ids[0])


@case("disclosure: of a record that stands after it", "disclosures", NOT_BEFORE)
def _() -> Any:
    from verifier.builder import Signer, dom, record_id  # noqa: PLC0415

    world, second = small_world(), Signer("second-author")
    world.trust_keys.append((world.parties["US"], "author", second))
    feed = dom("counterseal/feed/v1", world.treaty.encode(), b"US", second.public).hex()
    header = canon(world.header("US", PARTS, seq=0, prev=None, feed=feed))
    record = record_id(header)
    statement = {"opening": {"parts": PARTS, "v": 1}, "reason": "r", "record": record, "stage": None}
    world.add("US", statement, kind="disclosure", refs=[record])
    world.add("US", header=header, signer=second, opened=False)
    return world.files()


def body_case(name: str, parts: list[Any]) -> None:
    """A body pack holds openings, never partial ones."""

    def make() -> Any:
        world = chain_world()
        world.add("US", parts=PARTS, opening=canon({"parts": parts, "v": 1}))
        return world.files()

    case(f"opening: {name}", "bodies", "opening.parts[1] is not a list")(make)


body_case("partial, in a body pack", partial(1))
