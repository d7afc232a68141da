"""What must be refused. Bodies."""

from collections.abc import Callable
from typing import Any

from verifier.builder import (
    World,
    body_of,
    canon,
    make_parts,
    small_world,
)
from verifier.casebook import IDS, case, changed, entry_case, moved
from verifier.chains import chain_world


def opening_case(
    name: str, rule: str, opening: Any, parts: list[list[str]] | None = None, **changes: Any
) -> None:
    data = opening if isinstance(opening, bytes) else canon(opening)
    entry_case(f"opening: {name}", "bodies", rule, opening=data, parts=parts or PARTS, **changes)


PARTS = make_parts({"a": 1, "b": "text", "c": [True, None]})


def forced(name: str, rule: str, edit: Callable[[list[list[str]]], Any], **body: Any) -> None:
    """An opening whose commitment is right, as its corrupt author can make it, and whose form is not."""
    parts = [list(part) for part in PARTS]
    edit(parts)
    changes = {"body": body_of(parts) | body} if all(len(part[2]) == 64 for part in parts) else {}
    opening_case(name, rule, {"parts": parts, "v": 1}, parts, **changes)


opening_case("any bytes", "the opening is not canonical JSON", b"\xff")


opening_case("too large", "the opening is larger than 1,048,576 bytes", b" " * (2**20 + 1))


opening_case("a space", "it does not encode back to the same bytes", canon({"parts": PARTS, "v": 1}) + b" ")


opening_case("v", "opening.v is not of the form", {"parts": PARTS, "v": 2})


opening_case("a member more", "opening has not exactly the members", {"parts": PARTS, "v": 1, "x": 1})


opening_case("no list", "opening.parts is not a list", {"parts": {}, "v": 1})


opening_case(
    "a part of two", "opening.parts[0] is too short or too long a list", {"parts": [["a", "1"]], "v": 1}
)


opening_case(
    "a part of a number", "opening.parts[0][0] is not of the form", {"parts": [[1, "1", IDS[0]]], "v": 1}
)


opening_case("no parts", "opening.parts is too short or too long a list", {"parts": [], "v": 1})


opening_case("fewer parts", "the number of parts is not the header's", {"parts": PARTS[:2], "v": 1})


opening_case(
    "another salt",
    "the parts do not give the header's commitment",
    {"parts": [[*PARTS[0][:2], IDS[9]], *PARTS[1:]], "v": 1},
)


opening_case(
    "another value",
    "the parts do not give the header's commitment",
    {"parts": [["a", "2", PARTS[0][2]], *PARTS[1:]], "v": 1},
)


opening_case(
    "a salt that is none",
    "a salt is not 64 hexadecimal digits",
    {"parts": [[*PARTS[0][:2], "0" * 63 + "G"], *PARTS[1:]], "v": 1},
)


forced("out of order", "the parts are not in order of name", lambda p: p.insert(1, p.pop(0)))


forced("a name twice", "or a name stands twice", lambda p: p[1].__setitem__(0, "a"))


forced("a name that is none", "a part's name is not as section 5.1 asks", lambda p: p[0].__setitem__(0, "A"))


forced("a name too long", "a part's name is not as section 5.1 asks", lambda p: p[0].__setitem__(0, "a" * 65))


forced("a part without name", "a part's name is not as section 5.1 asks", lambda p: p[0].__setitem__(0, ""))


forced("a dummy before a part", "a dummy stands before a part", lambda p: p.insert(0, p.pop()))


forced(
    "a value that is not canonical",
    "the value of a part is not canonical JSON",
    lambda p: p[0].__setitem__(1, "1.0"),
)


forced("a part without value", "the value of a part is not canonical JSON", lambda p: p[0].__setitem__(1, ""))


forced(
    "nothing but dummies",
    "the opening has no part that is not a dummy",
    lambda p: [part.__setitem__(slice(2), ["", ""]) for part in p],
)


forced("another size class", "the size class is another", lambda p: None, size_class=2048)


forced(
    "size class one too small",
    "the size class is another",
    lambda p: p[0].__setitem__(1, '"' + "x" * 1030 + '"'),
    size_class=1024,
)


def pack_case(name: str, rule: str, edit: Callable[[dict[str, bytes], str], Any]) -> None:
    def make() -> Any:
        world = small_world()
        return world.files(lambda files: edit(files, f"bodies/{world.parties['US'].folder}/"))

    case(f"pack: {name}", "bodies", rule)(make)


pack_case("too short", "the file ends before its item 4 does", changed("000.p/4", lambda d: d[:-1]))


pack_case("too long", "the file goes on after its 4 items", changed("000.p/4", lambda d: d + b"x"))


pack_case("empty", "the pack holds no opening", changed("000.p/4", lambda d: bytes(16)))


pack_case(
    "of another width",
    "it stands beside no entry tile of its name and width",
    moved("000.p/4", "000.p/3"),
)


pack_case(
    "of another number", "it stands beside no entry tile of its name and width", moved("000.p/4", "001")
)


@case("pack: openings of one another", "bodies", "the parts do not give the header's commitment")
def _() -> Any:
    world = small_world()
    openings = world.parties["US"].openings
    openings[0], openings[1] = openings[1], openings[0]
    return world.files()


# ---- bodies that must be there (section 5.9) ----

MUST = (
    "disclosure",
    "escrow.commitment",
    "escrow.opening",
    "draw.opening",
    "draw.commitment",
    "draw.reveal",
    "draw.result",
    "keys.change",
    "trust.change",
)


def missing_case(kind: str, audience: list[str], make_world: Callable[[], World], where: str) -> None:
    def make() -> Any:
        world = make_world()
        refs = [world.parties["RU"].ids[0]]
        world.add("US", kind=kind, audience=audience, refs=refs, opened=False)
        return world.files()

    name = f"body of a {kind} for {audience} {where}"
    case(f"missing: {name}", "bodies", f"the body must be in the bundle and is not; found '{kind}'")(make)


for audience in (["public"], ["US", "public"]):
    for kind in (*MUST, "countersignature"):
        missing_case(kind, audience, chain_world, "under a chain")
    for kind in MUST:
        missing_case(kind, audience, small_world, "without one")
