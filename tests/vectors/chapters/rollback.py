"""Trust that would go back, or that is held back (I16)."""

from collections.abc import Callable
from typing import Any

from vectors.chapters.chains import ShortChain, short_chain
from vectors.chapters.sound import plain_world
from vectors.corpus import Files, Made, Run, fail

US2 = "trust/keys/us/2.json"


def held(what: str, why: str, refused: str, section: str = "6.4") -> Callable[[Callable[[], Files]], object]:
    """Register a bundle that is refused by one check of trust."""
    return fail(what, why, of="I16", section=section, refused=[refused])


@held(
    "key-file-held-back", "A record announces a second key file, which is not in the bundle.", "trust-logged"
)
def _() -> Files:
    world = short_chain()
    world.rotate("US", "seal")
    return world.files(lambda files: files.pop(US2))


@held(
    "trust-file-held-back",
    "A record announces a second trust file; the bundle comes with the first one alone.",
    "trust-logged",
)
def _() -> Files:
    world = short_chain()
    world.add_trust()

    def older(files: Files) -> None:
        files["trust/trust.json"] = files.pop("trust/history/1.json")

    return world.files(older)


@held(
    "chain-held-back",
    "A record announces a trust file of a chain; the bundle comes with one of version 1 of the format.",
    "trust-logged",
)
def _() -> Files:
    world = plain_world()
    world.add("US", {"id": "ab" * 32, "version": 2}, kind="trust.change")
    return world.files()


@held("key-change-not-announced", "A second key file is announced by no record.", "trust-logged")
def _() -> Files:
    world = short_chain()
    world.rotate("US", "seal", log=False)
    world.add("US")
    return world.files()


@held("key-change-for-some", "A change of keys is announced to some alone.", "trust-logged", "5.9")
def _() -> Files:
    world = short_chain()
    world.rotate("US", "seal", audience=["RU", "US"])
    return world.files()


@held("trust-change-not-announced", "A second trust file is announced by no record.", "trust-logged")
def _() -> Files:
    world = short_chain()
    world.add_trust(log=False)
    return world.files()


# ---- the chain itself ----


def changed(edits: dict[str, Callable[[Any], Any]], step: Callable[[ShortChain], object]) -> Files:
    """Make a bundle of a world that went on in some way."""
    world = short_chain(edits)
    step(world)
    return world.files()


@held("gap-in-the-chain", "The first of two trust files is missing.", "trust-form", "6.2")
def _() -> Files:
    world = short_chain()
    world.add_trust()
    return world.files(lambda files: files.pop("trust/history/1.json"))


def widened(version: int, role: str, **more: Any) -> Callable[[Any], None]:
    def edit(doc: dict[str, Any]) -> None:
        if doc["version"] == version:
            entry = next(entry for entry in doc["retired"] if entry["role"] == role)
            entry.update(more)

    return edit


@held(
    "stands-by-more-than-before",
    "The second key file stands by two records of a retired key, the third by three of them.",
    "trust-form",
    "6.3",
)
def _() -> Files:
    edits = {"US/2": widened(2, "author", accepted=2), "US/3": widened(3, "author", accepted=3)}
    return changed(edits, lambda w: (w.rotate("US", "author"), w.rotate("US", "seal")))


@held(
    "retired-witness-grows",
    "The third key file lets a retired witness count up to a larger head than the second.",
    "trust-form",
    "6.3",
)
def _() -> Files:
    def heads(size: int) -> list[dict[str, Any]]:
        return [{"origin": "c.example/us/log", "size": size}]

    def step(world: ShortChain) -> None:
        world.rotate("RU", "witness", heads=heads(2))
        world.rotate("RU", "seal", heads=heads(3))

    return changed({}, step)


@fail(
    "two-second-trust-files",
    "There are two second trust files, both signed by all roots: the bundle comes with one, and the other is "
    "pinned.",
    of="I16",
    section="9",
    refused=["trust-pinned"],
)
def _() -> Made:
    world, other = short_chain(), short_chain()
    world.add_trust()
    other.rotate("RU", "seal")
    pin = other.add_trust().data
    return Made(
        bundle=world.files(),
        beside={"other.json": pin},
        runs=(Run(trust=("other.json",), refused=("trust-pinned",)), Run()),
    )
