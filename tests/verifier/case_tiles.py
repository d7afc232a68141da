"""What must be refused. Tiles, roots and heads."""

from collections.abc import Callable
from typing import Any

from verifier.builder import (
    World,
    cosign_line,
    log_line,
    note_text,
    small_world,
    tile_files,
)
from verifier.casebook import Edit, case, changed, moved, setter, us_note, us_place


@case("no record at all", "tiles", "no log has an entry")
def _() -> Any:
    return World().files()


def tile_case(
    name: str, check: str, rule: str, edit: Callable[[dict[str, bytes], str], Any], count: int = 4
) -> None:
    def make() -> Any:
        world = World()
        world.fill("US", count)
        return world.files(lambda files: edit(files, f"{us_place(world)}/tile/"))

    case(f"tile: {name}", check, rule)(make)


tile_case(
    "none at all",
    "tiles",
    "0 tiles are too few for 4 entries",
    lambda f, p: [f.pop(k) for k in list(f) if k.startswith(p)],
)


tile_case("an entry tile missing", "tiles", "the file is missing", lambda f, p: f.pop(f"{p}entries/000.p/4"))


tile_case("a hash tile missing", "tiles", "the file is missing", lambda f, p: f.pop(f"{p}0/000.p/4"))


tile_case("level 1 missing", "tiles", "the file is missing", lambda f, p: f.pop(f"{p}1/000.p/1"), 256)


tile_case("another width", "tiles", "a log of 4 entries has no such tile", moved("0/000.p/4", "0/000.p/5"))


tile_case(
    "an old partial tile",
    "tiles",
    "a log of 4 entries has no such tile",
    lambda f, p: f.update({f"{p}0/000.p/2": f[f"{p}0/000.p/4"][:64]}),
)


tile_case(
    "a level too many",
    "tiles",
    "a log of 4 entries has no such tile",
    lambda f, p: f.update({f"{p}1/000.p/1": bytes(32)}),
)


tile_case(
    "entries at level 8", "tiles", "has no such tile", lambda f, p: f.update({f"{p}8/000.p/1": bytes(32)})
)


tile_case(
    "entry tile too short",
    "tiles",
    "the file ends before its item 4 does",
    changed("entries/000.p/4", lambda d: d[:-1]),
)


tile_case(
    "entry tile without length",
    "tiles",
    "the file goes on after its 4 items",
    changed("entries/000.p/4", lambda d: d + b"\0"),
)


tile_case(
    "entry tile too long",
    "tiles",
    "the file goes on after its 4 items",
    changed("entries/000.p/4", lambda d: d + b"\0\0"),
)


tile_case(
    "entry tile empty",
    "tiles",
    "the file ends before its item 4 does",
    changed("entries/000.p/4", lambda d: b""),
)


tile_case(
    "a hash changed",
    "tiles",
    "its hashes are not what the entries give",
    changed("0/000.p/4", lambda d: d[:-1] + b"x"),
)


tile_case(
    "a hash tile too long",
    "tiles",
    "its hashes are not what the entries give",
    changed("0/000.p/4", lambda d: d + bytes(32)),
)


tile_case(
    "a hash of level 1 changed",
    "tiles",
    "its hashes are not what the entries give",
    changed("1/000.p/1", lambda d: bytes(32)),
    257,
)


tile_case(
    "a full tile changed",
    "tiles",
    "its hashes are not what the entries give",
    changed("0/000", lambda d: d[:-1] + b"x"),
    256,
)


def rewritten(
    name: str, check: str, rule: str, edit: Callable[[list[bytes]], Any], *, sign: bool = False
) -> None:
    """The entries of the US log made anew with all its tiles, by its corrupt owner, who cannot get cosignatures."""

    def make() -> Any:
        world = World()
        world.fill("US", 4)
        old = world.text("US")
        edit(world.parties["US"].entries)
        entries = world.parties["US"].entries
        world.parties["US"].openings = [b""] * len(entries)

        def change(files: dict[str, bytes]) -> None:
            for path in [path for path in files if path.startswith(f"{us_place(world)}/tile/")]:
                del files[path]
            files |= {f"{us_place(world)}/tile/{path}": data for path, data in tile_files(entries).items()}
            text = world.text("US") if sign else old
            signed = log_line(world.parties["US"].log, text)
            cosigned = cosign_line(world.parties["RU"].witness, old, world.time)
            files[f"{us_place(world)}/checkpoint"] = text + b"\n" + signed + cosigned

        return world.files(change)

    case(f"rewritten: {name}", check, rule)(make)


AT4 = "the root at size 4 is not that of the entries"


rewritten("two swapped", "roots", AT4, lambda entries: entries.insert(1, entries.pop()))


rewritten("one replaced", "roots", AT4, lambda entries: entries.__setitem__(1, entries[0]))


rewritten("one dropped", "tiles", "the file is missing", lambda entries: entries.pop())


rewritten(
    "one dropped, signed anew",
    "checkpoints",
    "the Ed25519 signature does not verify",
    lambda e: e.pop(),
    sign=True,
)


def heads_case(name: str, edit: Edit) -> None:
    case(f"heads: {name}", "roots", "heads are not the newest checkpoints")(
        lambda: small_world().files(manifest=edit)
    )


heads_case("another root", setter("heads.0.root", "0" * 64))


heads_case("another size", setter("heads.0.size", 9))


heads_case("one missing", lambda doc: doc["heads"].pop())


heads_case("one more", lambda doc: doc["heads"].append({"origin": "z", "root": "0" * 64, "size": 0}))


@case("roots: a wrong root that all signed", "roots", AT4)
def _() -> Any:
    world = World()
    world.fill("US", 4)
    note = us_note(world, note_text(world.parties["US"].log.name, 4, bytes(32)))
    return world.files(lambda files: files.update({f"{us_place(world)}/checkpoint": note}))
