"""What must be refused. Sealed bodies: their number and lengths (section 8.3), and the packs that hold them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from verifier.builder import make_parts, small_world, write
from verifier.casebook import SOMEBODY, case, changed, moved
from verifier.chains import ChainWorld, chain_world

PARTS = make_parts({"site": "A", "secret": 7, "third": []})
DUE = 1120 + 2 * 1024 + 80 * 4 + 32 + 16


def sealed_world(audience: list[str] | None = None, edit: Any = None, **more: Any) -> ChainWorld:
    world = chain_world()
    world.seal("US", PARTS, audience or ["RU", "US"], edit, **more)
    return world


def sealed_case(
    name: str, rule: str, edit: Any = None, audience: list[str] | None = None, **more: Any
) -> None:
    case(f"sealed: {name}", "bodies", rule)(lambda: sealed_world(audience, edit, **more).files())


LENGTH = f"a ciphertext is not {DUE} bytes"
sealed_case("one byte short", LENGTH, lambda texts: [texts[0][:-1], texts[1]])
sealed_case("one byte long", LENGTH, lambda texts: [texts[0], texts[1] + b"x"])
sealed_case("of another record", LENGTH, lambda texts: [texts[0] * 2, texts[1]])
sealed_case("one reader short", "the ciphertexts are not as many as the audience", lambda texts: texts[:1])
sealed_case("one reader more", "the ciphertexts are not as many as the audience", lambda texts: [*texts, b""])
sealed_case("to nobody", "nothing is sealed to anybody", lambda texts: [b"", b""])
sealed_case("65 readers", "a sealed body does not end where the last", lambda texts: [b""] * 65)
sealed_case(
    "for public", "a sealed body stands for a record for public", lambda texts: [b"s" * DUE], ["public"]
)
sealed_case(
    "for public and a party", "a sealed body stands for a record for public", audience=["RU", "public"]
)
sealed_case(
    "to one without a seal key",
    "something is sealed to a reader that has no seal key",
    lambda texts: [b"s" * DUE] * 2,
    ["GB", "RU"],
)
sealed_case(
    "to a party in other letters",
    "something is sealed to a reader that has no seal key",
    lambda texts: [b"s" * DUE] * 2,
    ["RU", "us"],
)


def pack_case(
    name: str, rule: str, edit: Callable[[dict[str, bytes], str], Any], check: str = "bodies"
) -> None:
    def make() -> Any:
        world = sealed_world()
        return world.files(lambda files: edit(files, f"sealed/{world.parties['US'].folder}/"))

    case(f"sealed pack: {name}", check, rule)(make)


INSIDE = "a sealed body does not end where the last of its ciphertexts does"
NAME = "000.p/5"
pack_case("empty", "the pack does not end with its sealed body 5", changed(NAME, lambda d: b""))
pack_case("nothing sealed", "the pack holds no sealed body", changed(NAME, lambda d: bytes(20)))
pack_case("too long", "the pack does not end with its sealed body 5", changed(NAME, lambda d: d + b"\0"))
pack_case("too short", "the pack does not end with its sealed body 5", changed(NAME, lambda d: d[:-1]))
pack_case("one byte less inside", INSIDE, changed(NAME, lambda d: d[:19] + bytes([d[19] - 1]) + d[20:]))
pack_case("an endless length", INSIDE, changed(NAME, lambda d: d[:20] + b"\xff\xff\xff\xff" + d[24:]))
pack_case("of another width", "it stands beside no entry tile", moved(NAME, "000.p/4"))
pack_case("of another number", "it stands beside no entry tile", moved(NAME, "001"))
pack_case(
    "of a record for public",
    "a sealed body stands for a record for public",
    changed(NAME, lambda d: d[16:] + bytes(16)),
)
pack_case(
    "of no log",
    "the folder belongs to no log of the trust file",
    lambda files, place: files.update({f"sealed/{SOMEBODY}/000": b"x"}),
    "names",
)
pack_case(
    "with another name",
    "no file of a bundle has this name",
    lambda files, place: files.update({f"{place}notes": b"x"}),
    "names",
)


@case(
    "sealed: under a trust file of version 1",
    "bodies",
    "something is sealed to a reader that has no seal key",
)
def _() -> Any:
    world = small_world()
    world.add("US", parts=PARTS, audience=["RU"], opened=False)
    one = DUE.to_bytes(4, "big") + b"s" * DUE
    pack = bytes(16) + len(one).to_bytes(4, "big") + one
    return world.files(lambda files: files.update({f"sealed/{world.parties['US'].folder}/000.p/5": pack}))


@case("sealed: another opening beside it", "bodies", "the parts do not give the header's commitment")
def _() -> Any:
    from verifier.builder import opening_of  # noqa: PLC0415

    wrong = make_parts({"site": "B", "secret": 7, "third": []})
    return sealed_world(opened=True, opening=opening_of(wrong)).files()


@case("sealed: a pack that is too large", "bodies", "the pack is too large to be read")
def _(folder: Path) -> Any:
    import os  # noqa: PLC0415

    world = sealed_world()
    root = write(folder / "bundle", world.files())
    os.truncate(root / "sealed" / world.parties["US"].folder / "000.p" / "5", 2**30 + 1)
    return [str(root)]
