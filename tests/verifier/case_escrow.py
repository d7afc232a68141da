"""What must be refused. Escrow (section 5.6)."""

from collections.abc import Callable
from typing import Any

from verifier.builder import World, dom, part_leaf, sha, small_world
from verifier.casebook import SOMEBODY, Edit, case, setter
from verifier.chains import chain_world

SEED = sha(b"escrow")
FIELDS = [[f"field {n}", f'{{"n":{n}}}'] for n in range(6)]


def child(seed: bytes, half: int) -> bytes:
    return dom("counterseal/escrow/seed/v1", seed, bytes([half]))


def salts(seed: bytes, leaves: int) -> list[bytes]:
    if leaves == 1:
        return [seed]
    return salts(child(seed, 0), leaves // 2) + salts(child(seed, 1), leaves // 2)


def tree(leaves: list[bytes]) -> list[list[bytes]]:
    """Return all levels of the tree, leaves first."""
    levels = [leaves]
    while len(levels[-1]) > 1:
        last = levels[-1]
        levels.append([sha(b"\x01" + last[at] + last[at + 1]) for at in range(0, len(last), 2)])
    return levels


def levels_of(total: int, fields: list[list[str]] = FIELDS) -> list[list[bytes]]:
    padded = fields + [["", ""]] * (total - len(fields))
    pairs = zip(padded, salts(SEED, total), strict=True)
    return tree([part_leaf(name, value, salt) for (name, value), salt in pairs])


def subtree_seed(total: int, first: int, leaves: int) -> bytes:
    seed = SEED
    while total > leaves:
        total //= 2
        seed = child(seed, first // total)
        first %= total
    return seed


def commit(
    world: World, total: int = 8, fields: list[list[str]] = FIELDS, code: str = "US", **more: Any
) -> str:
    statement = {"leaves": total, "root": levels_of(total, fields)[-1][0].hex(), "title": "baseline"}
    edit = more.pop("edit", None)
    if edit:
        edit(statement)
    return world.add(code, statement, **({"kind": "escrow.commitment"} | more))


def opened(
    record: str, first: int, leaves: int, total: int = 8, fields: list[list[str]] = FIELDS
) -> dict[str, Any]:
    levels, place, proof = levels_of(total, fields), first // leaves, []
    for level in levels[leaves.bit_length() - 1 : -1]:
        proof.append(level[place ^ 1].hex())
        place //= 2
    return {
        "commitment": record,
        "fields": [list(field) for field in fields[first : first + leaves]],
        "first": first,
        "leaves": leaves,
        "proof": proof,
        "reason": "inspection",
        "seed": subtree_seed(total, first, leaves).hex(),
        "stage": "1",
    }


def open_escrow(world: World, statement: dict[str, Any], **more: Any) -> str:
    return world.add(
        "US", statement, **({"kind": "escrow.opening", "refs": [statement["commitment"]]} | more)
    )


def escrow_case(
    name: str,
    rule: str,
    edit: Edit,
    *,
    at: tuple[int, int] = (4, 2),
    fields: list[list[str]] = FIELDS,
    **more: Any,
) -> None:
    def make() -> Any:
        world = chain_world()
        statement = opened(commit(world, fields=fields, opened=more.get("read", True)), *at, fields=fields)
        edit(statement)
        open_escrow(world, statement, **more.get("header", {}))
        return world.files()

    case(f"escrow: {name}", "escrows", rule)(make)


def commitment_case(name: str, rule: str, edit: Edit) -> None:
    def make() -> Any:
        world = chain_world()
        commit(world, edit=edit)
        return world.files()

    case(f"escrow.commitment: {name}", "escrows", rule)(make)


for path, value in (("leaves", 3), ("leaves", 2**23), ("leaves", "8"), ("root", "x"), ("title", None)):
    commitment_case(f"{path} {value!r}", f"escrow.commitment.{path} is not of the form", setter(path, value))
commitment_case("a member more", "escrow.commitment has not exactly the members", setter("more", 1))
commitment_case("a member less", "escrow.commitment has not exactly the members", setter("title!", None))

for place, wrong, rule in (
    ("fields", None, "escrow.opening.fields is not a list"),
    ("fields.0", "x", "escrow.opening.fields[0] is not a list"),
    ("fields.0", ["a"], "escrow.opening.fields[0] is too short or too long a list"),
    ("fields.0", ["a", 1], "escrow.opening.fields[0][1] is not of the form"),
    ("first", -2, "escrow.opening.first is not of the form"),
    ("first", 3, "first is not a multiple of 2 leaves"),
    ("first", 8, "the escrow ends at 8"),
    ("first", 2**53 - 2, "the escrow ends at 8"),
    ("leaves", 3, "escrow.opening.leaves is not of the form"),
    ("leaves", 0, "escrow.opening.leaves is not of the form"),
    ("leaves", 1, "the fields are more than 1"),
    ("leaves", 4, "the proof is not 1 hashes"),
    ("proof", {}, "escrow.opening.proof is not a list"),
    ("proof", [SOMEBODY] * 23, "escrow.opening.proof is too short or too long a list"),
    ("proof", [], "the proof is not 2 hashes"),
    ("proof", [SOMEBODY] * 3, "the proof is not 2 hashes"),
    ("proof.0", "x", "escrow.opening.proof[0] is not of the form"),
    ("proof.0", SOMEBODY, "do not give the root of the escrow"),
    ("proof.1", SOMEBODY, "do not give the root of the escrow"),
    ("reason", "", "escrow.opening.reason is not of the form"),
    ("seed", None, "escrow.opening.seed is not of the form"),
    ("seed", SOMEBODY, "do not give the root of the escrow"),
    ("stage", "", "escrow.opening.stage is not of the form"),
    ("stage", None, "escrow.opening.stage is not of the form"),
    ("more", 1, "escrow.opening has not exactly the members"),
    ("first", 2, "do not give the root of the escrow"),
    ("fields", [], "do not give the root of the escrow"),
    ("fields.0.1", '{"n":5}', "do not give the root of the escrow"),
    ("fields.0.0", "another", "do not give the root of the escrow"),
):
    escrow_case(f"{place} {str(wrong)[:20]!r} {rule[:20]}", rule, setter(place, wrong))

escrow_case("a field moved", "do not give the root", lambda s: s["fields"].reverse())
escrow_case("the proof reversed", "do not give the root", lambda s: s["proof"].reverse())
escrow_case("one leaf of its pair", "do not give the root", lambda s: s["fields"].pop())
escrow_case(
    "more than all",
    "the escrow ends at 8",
    lambda s: s.update(leaves=16, first=0, proof=[]),
    at=(0, 8),
)
escrow_case(
    "a commitment that is no id",
    "escrow.opening.commitment is not of the form",
    setter("commitment", "x"),
    header={"refs": []},
)
escrow_case("no refs", "refs is not exactly the record", lambda s: None, header={"refs": []})
escrow_case(
    "a dummy at the end",
    "the last of the fields is a dummy",
    lambda s: s["fields"].append(["", ""]),
    at=(4, 4),
)
escrow_case(
    "nothing but a dummy", "the last of the fields is a dummy", setter("fields", [["", ""]]), at=(6, 2)
)
ABOVE = "the leaves are above 4,096 and 64 for each field"
escrow_case("much work", ABOVE, lambda s: s.update(leaves=8192, first=0), read=False)
escrow_case(
    "much work without a field", ABOVE, lambda s: s.update(leaves=8192, first=0, fields=[]), read=False
)
escrow_case("no name", "the name of a field is not 1 to 200", setter("fields.0.0", ""))
escrow_case("a value without a name", "the name of a field is not 1 to 200", setter("fields.0", ["", "1"]))
escrow_case("a dummy in another's place", "do not give the root", setter("fields.0", ["", ""]))
LONG = [["x" * 201, "1"], *FIELDS[1:]]
escrow_case("a long name", "the name of a field is not 1 to 200", lambda s: None, at=(0, 1), fields=LONG)
LOOSE = [["a", "1.0"], *FIELDS[1:]]
escrow_case(
    "no canonical value", "the value of a field is not canonical", lambda s: None, at=(0, 1), fields=LOOSE
)
EMPTY = [["a", ""], *FIELDS[1:]]
escrow_case("no value", "the value of a field is not canonical", lambda s: None, at=(0, 1), fields=EMPTY)
escrow_case("unread: first", "first is not a multiple of 2 leaves", setter("first", 3), read=False)


def where_case(name: str, target: Callable[[World], str], make_world: Any = chain_world) -> None:
    def make() -> Any:
        world = make_world()
        open_escrow(world, opened(target(world), 0, 2))
        return world.files()

    rule = "its commitment does not stand before it in the same log"
    case(f"escrow: {name}", "escrows", rule)(make)


where_case("of another party", lambda w: commit(w, code="RU"))
where_case("of another party, read before", lambda w: commit(w, code="RU"), small_world)
where_case("of nothing here", lambda w: SOMEBODY)
where_case("of another kind", lambda w: w.parties["US"].ids[0])
where_case("of another kind, in form", lambda w: commit(w, kind="declaration.baseline"))
