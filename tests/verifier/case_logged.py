"""What must be refused. Changes of keys and trust that are not logged as section 6.4 asks."""

from collections.abc import Callable
from typing import Any

from verifier.builder import small_world
from verifier.casebook import SOMEBODY, case
from verifier.chains import ChainWorld, chain_world, long_world


def logged_case(
    name: str, rule: str, check: str = "trust-logged"
) -> Callable[[Callable[[ChainWorld], Any]], Any]:
    def register(change: Callable[[ChainWorld], Any]) -> Any:
        def make() -> Any:
            world = chain_world()
            return change(world) or world.files()

        case(f"logged: {name}", check, rule)(make)
        return change

    return register


NO_CHANGE = "of the log of US is no keys.change to it that is here"
NO_TRUST = "no log holds a trust.change to version 2 that is here"
HELD_BACK = "it names a file that is not here: something newer was held back"


@logged_case("nothing at all", NO_CHANGE)
def _(world: ChainWorld) -> None:
    world.rotate("US", "seal", log=False)
    world.add("US")


@logged_case("an entry behind the end", f"entry 9 {NO_CHANGE}")
def _(world: ChainWorld) -> None:
    world.rotate("US", "seal", log=False, at=9)


@logged_case("one entry late", f"entry 4 {NO_CHANGE}")
def _(world: ChainWorld) -> None:
    world.rotate("US", "seal", log=False)
    world.add("US")
    file = world.key_files["US"][1]
    world.add("US", {"id": file.id, "party": "US", "version": 2}, kind="keys.change")


@logged_case("one entry early", f"entry 5 {NO_CHANGE}")
def _(world: ChainWorld) -> None:
    world.rotate("US", "seal", at=5)
    world.add("US")


@logged_case("its body is not here", NO_CHANGE)
def _(world: ChainWorld) -> None:
    world.rotate("US", "seal", opened=False)


@logged_case("of another kind", NO_CHANGE)
def _(world: ChainWorld) -> None:
    world.rotate("US", "seal", kind="keys.note")


@logged_case("of version 1 in place of 2", NO_CHANGE)
def _(world: ChainWorld) -> None:
    statement = {"id": world.key_files["US"][0].id, "version": 1}
    world.rotate("US", "seal", statement=statement)


@logged_case("by the log of another", NO_CHANGE)
def _(world: ChainWorld) -> None:
    world.rotate("US", "seal", log=False)
    world.add("US")
    world.add("RU", {"id": world.key_files["US"][1].id, "party": "US", "version": 2}, kind="keys.change")


for name, rule, statement in (
    ("another id", HELD_BACK, {"id": SOMEBODY}),
    ("another version", HELD_BACK, {"version": 3}),
    ("an endless version", HELD_BACK, {"version": 2**53 - 1}),
    ("another party", "it names the keys of another party", {"party": "RU"}),
    ("version 0", "keys.change.version is not of the form", {"version": 0}),
    ("no version", "keys.change.version is not of the form", {"version": None}),
    ("no id", "keys.change.id is not of the form", {"id": "x"}),
    ("no party", "keys.change.party is not of the form", {"party": ""}),
    ("a member more", "keys.change has not exactly the members", {"more": 1}),
):

    @logged_case(f"keys.change: {name}", rule)
    def _(world: ChainWorld, statement: dict[str, Any] = statement) -> None:
        world.rotate("US", "seal", statement=statement)


@logged_case("a key file that is held back", HELD_BACK)
def _(world: ChainWorld) -> Any:
    world.rotate("US", "seal")
    return world.files(lambda files: files.pop("trust/keys/us/2.json"))


@logged_case("a trust file that is held back", HELD_BACK)
def _(world: ChainWorld) -> Any:
    world.add_trust()

    def older(files: dict[str, bytes]) -> None:
        files["trust/trust.json"] = files.pop("trust/history/1.json")

    return world.files(older)


@logged_case("a newer file of a trust file without a chain", HELD_BACK)
def _(world: ChainWorld) -> Any:
    old = small_world()
    old.add("US", {"id": world.trusts[0].id, "version": 1}, kind="trust.change")
    return old.files()


@logged_case("new keys of a trust file without a chain", HELD_BACK)
def _(world: ChainWorld) -> Any:
    old = small_world()
    old.add("US", {"id": world.key_files["US"][0].id, "party": "US", "version": 1}, kind="keys.change")
    return old.files()


@logged_case("no trust.change", NO_TRUST)
def _(world: ChainWorld) -> None:
    world.add_trust(log=False)


@logged_case("a trust.change that is not here", NO_TRUST)
def _(world: ChainWorld) -> None:
    file = world.add_trust(log=False)
    world.add("RU", {"id": file.id, "version": 2}, kind="trust.change", opened=False)


@logged_case("a trust.change to version 1", NO_TRUST)
def _(world: ChainWorld) -> None:
    world.add_trust(statement={"id": world.trusts[0].id, "version": 1})


for name, rule, statement in (
    ("another id", HELD_BACK, {"id": SOMEBODY}),
    ("another version", HELD_BACK, {"version": 3}),
    ("version 0", "trust.change.version is not of the form", {"version": 0}),
    ("a text as version", "trust.change.version is not of the form", {"version": "2"}),
    ("no id", "trust.change.id is not of the form", {"id": None}),
    ("a party", "trust.change has not exactly the members", {"party": "RU"}),
):

    @logged_case(f"trust.change: {name}", rule)
    def _(world: ChainWorld, statement: dict[str, Any] = statement) -> None:
        world.add_trust(statement=statement)


for kind in ("keys.change", "trust.change"):
    for audience in (["RU", "US"], ["RU", "public"]):
        for opened in (True, False):

            @logged_case(
                f"{kind}: for {audience}, {'read' if opened else 'not read'}",
                f"a {kind} is not for public alone",
            )
            def _(
                world: ChainWorld,
                kind: str = kind,
                audience: list[str] = audience,
                *,
                opened: bool = opened,
            ) -> None:
                file = world.rotate("US", "seal")
                said = {"id": file.id, "party": "US", "version": 2}
                if kind == "trust.change":
                    said = {"id": world.add_trust().id, "version": 2}
                world.add("US", said, kind=kind, audience=audience, opened=opened)


@case(
    "logged: not for public, under a trust file without a chain", "trust-logged", "a keys.change is not for"
)
def _() -> Any:
    world = small_world()
    world.add("US", kind="keys.change", audience=["RU"], opened=False)
    return world.files()


@case("logged: one of two changes", "trust-logged", "no log holds a trust.change to version 3")
def _() -> Any:
    world = long_world()
    world.add_trust(log=False)
    return world.files()
