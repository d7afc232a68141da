"""What must be refused: one case for each rule, made as a corrupt party would make it, with its own keys.

A case makes what is to be verified in an empty folder and returns the command's arguments; it names the check
that must fail and words of the rule that must be given.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from verifier.builder import (
    World,
    cosign_line,
    log_line,
    note_line,
    small_world,
    write,
)

P = 2**255 - 19


L = 2**252 + 27742317777372353535851937790883648493


SOMEBODY = "ab" * 32


Edit = Callable[[Any], Any]


@dataclass(frozen=True)
class Case:
    """Something to refuse: how it is made, the check that fails, and words of the rule."""

    make: Callable[[Path], list[str]]
    check: str
    rule: str
    patch: dict[str, Any] = field(default_factory=dict)


CASES: dict[str, Case] = {}


def case(name: str, check: str, rule: str, *, patch: dict[str, Any] | None = None) -> Callable[[Any], Any]:
    """Register a function that makes files, or something else in the folder, as a case."""

    def register(make: Callable[..., Any]) -> Callable[..., Any]:
        def made(folder: Path) -> list[str]:
            result = make(folder) if make.__code__.co_argcount else make()
            if isinstance(result, dict):
                result = [str(write(folder / "bundle", result))]
            return list(result)

        assert name not in CASES or (CASES[name].check, CASES[name].rule) == (check, rule), name
        CASES[name] = Case(made, check, rule, patch or {})
        return make

    return register


def us_place(world: World) -> str:
    return world.parties["US"].place


def setter(path: str, value: Any) -> Edit:
    """Return an edit that sets one member, given by its path, of a document."""

    def edit(doc: Any) -> None:
        *above, last = path.split(".")
        for step in above:
            doc = doc[int(step) if step.isdigit() else step]
        if last.endswith("!"):
            del doc[last[:-1]]
        else:
            doc[int(last) if last.isdigit() else last] = value

    return edit


def on_disk(name: str, rule: str, **more: Any) -> Callable[[Any], Any]:
    def register(change: Callable[[Path], Any]) -> Callable[[Path], Any]:
        def make(folder: Path) -> list[str]:
            root = write(folder / "bundle", small_world().files())
            change(root)
            return [str(root)]

        case(name, "names", rule, **more)(make)
        return change

    return register


def raw_case(name: str, check: str, rule: str, path: str, edit: Callable[[bytes], bytes | None]) -> None:
    """Change a file after the manifest was made; None takes it away."""

    def make() -> Any:
        world = small_world()
        files = world.files()
        place = path.replace("US/", f"{us_place(world)}/")
        data = edit(files.pop(place))
        return files | ({} if data is None else {place: data})

    case(name, check, rule)(make)


def plus_order(signature: bytes) -> bytes:
    return signature[:32] + (int.from_bytes(signature[32:], "little") + L).to_bytes(32, "little")


WORLD = small_world()


def us_note(world: World, text: bytes | None = None, *more: bytes) -> bytes:
    text = text or world.text("US")
    lines = [
        log_line(world.parties["US"].log, text),
        cosign_line(world.parties["RU"].witness, text, 5),
        *more,
    ]
    return text + b"\n" + b"".join(lines)


def us_text(world: World, size: str = "4", root: str = "", origin: str = "") -> bytes:
    lines = world.text("US").decode().split("\n")
    return f"{origin or lines[0]}\n{size}\n{root or lines[2]}\n".encode()


UNKNOWN = [note_line(f"unknown/{n}", 1, bytes(32), bytes(64)) for n in range(40)]


def moved(old: str, new: str) -> Callable[[dict[str, bytes], str], Any]:
    return lambda files, place: files.update({place + new: files.pop(place + old)})


def changed(name: str, edit: Callable[[bytes], bytes]) -> Callable[[dict[str, bytes], str], Any]:
    return lambda files, place: files.update({place + name: edit(files[place + name])})


def entry_case(name: str, check: str, rule: str, **given: Any) -> None:
    """Log one more US record of which something is given, and have it settled by everybody."""

    def make() -> Any:
        world = small_world()
        world.add(
            "US",
            **{
                key: value(world) if key in {"header", "refs"} and callable(value) else value
                for key, value in given.items()
            },
        )
        return world.files()

    case(f"record: {name}", check, rule)(make)


IDS = [f"{n:064x}" for n in range(70)]


def other_history(world: World, size: int = 7) -> list[bytes]:
    entries = world.parties["US"].entries
    return [*entries[:2], b"other", *entries[3:4], *(b"more %d" % n for n in range(size - 4))]
