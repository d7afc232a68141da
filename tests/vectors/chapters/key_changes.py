"""Keys that change: what holds where, what is disputed, and which witnesses count (I9, I10)."""

from collections.abc import Callable
from typing import Any

from vectors.chapters.chains import ShortChain, short_chain
from vectors.corpus import Files, fail, ok
from verifier.builder import cosign_line, dom
from verifier.casebook import us_place
from verifier.chains import ml_line

TIME = 1_600_000_000
US_HEAD = {"origin": "c.example/us/log", "size": 4}


@ok(
    "disputed-records",
    "A retired author key has signed four records, and its party stands by two of them: the others are reported, "
    "and refused by nobody.",
    of="I10",
    section="6.3",
    warned=True,
)
def _() -> Files:
    world = short_chain()
    world.rotate("US", "author", accepted=2)
    world.fill("US", 6)
    return world.files()


@ok(
    "retired-witness-up-to-its-head",
    "The witness keys of RU were retired; its cosignatures count up to the head that it states.",
    of="I9",
    section="7.3",
)
def _() -> Files:
    return witnessed([US_HEAD])


def witnessed(heads: list[dict[str, Any]]) -> Files:
    """Make a bundle in which the head of US is cosigned by the retired witness keys of RU."""
    world = short_chain()
    world.rotate("RU", "witness", heads=heads)
    note = world.note("US", versions={"RU": 1})
    return world.files(lambda files: files.update({f"{us_place(world)}/checkpoint": note}))


@fail(
    "retired-witness-beyond-its-head",
    "The witness keys of RU were retired; the head that it states is smaller than the one that they cosigned.",
    of="I9",
    section="7.3",
    refused=["settled"],
)
def _() -> Files:
    return witnessed([US_HEAD | {"size": 3}])


def many_heads(count: int) -> list[dict[str, Any]]:
    """Return what is said of a retired witness key for so many logs, of which US has one."""
    others = [{"origin": f"x{number:02}.example/log", "size": 1} for number in range(count - 1)]
    return [US_HEAD, *others]


@ok(
    "retired-witness-in-16-logs",
    "A key file says of a retired witness key up to where it counts in 16 logs, as many as there can be.",
    of="I9",
    section="6.3",
)
def _() -> Files:
    return witnessed(many_heads(16))


@fail(
    "retired-witness-in-17-logs",
    "A key file says of a retired witness key up to where it counts in 17 logs: a file without such a limit "
    "could be made too large to be passed on.",
    of="I9",
    section="6.3",
    refused=["trust-form"],
)
def _() -> Files:
    return witnessed(many_heads(17))


@fail(
    "record-by-a-retired-key",
    "A record is signed by a key that was retired before it.",
    of="I10",
    section="6.3",
    refused=["signatures"],
)
def _() -> Files:
    world = short_chain()
    old = world.parties["US"].author
    world.rotate("US", "author")
    feed = dom("counterseal/feed/v1", world.treaty.encode(), b"US", old.public).hex()
    ids = world.feeds[old.id]
    world.add("US", signer=old, feed=feed, seq=len(ids), prev=ids[-1])
    return world.files()


@fail(
    "head-by-retired-log-keys",
    "The newest checkpoint is signed by the log keys that were in force before.",
    of="I10",
    section="7.2",
    refused=["checkpoints"],
    may=["roots", "settled", "tiles", "references", "trust-logged"],
)
def _() -> Files:
    world = short_chain()
    old = world.key_files["US"][0].keys
    world.rotate("US", "log")
    new, world.key_files["US"][1].keys = world.key_files["US"][1].keys, old
    note = world.note("US")
    world.key_files["US"][1].keys = new
    return world.files(lambda files: files.update({f"{us_place(world)}/checkpoint": note}))


# ---- two lines, one witness ----


def lines(make: Callable[[ShortChain, bytes], bytes], *, log: bool = True) -> Files:
    """Make a bundle with other lines under the newest checkpoint of US."""
    world = short_chain()
    text = world.text("US")
    note = text + b"\n" + (world.log_lines("US", text) if log else b"") + make(world, text)
    heads = world.manifest_doc(world.files())["heads"]
    place = f"{us_place(world)}/checkpoint"
    return world.files(lambda files: files.update({place: note}), lambda doc: doc.update(heads=heads))


def half(world: ShortChain, text: bytes, alg: str, time: int = TIME, code: str = "RU") -> bytes:
    """Return one of the two lines of a witness."""
    key = world.get(code, "witness", alg)
    return cosign_line(key.signer, text, time) if alg == "ed25519" else ml_line(key, text, time)


LAST_SECOND = 253_402_300_799
"""POSIX time of the last second of the year 9999."""
UNSETTLED: tuple[tuple[str, str, Callable[[ShortChain, bytes], bytes]], ...] = (
    (
        "ed25519-witness-alone",
        "A witness signed with its Ed25519 key alone.",
        lambda w, t: half(w, t, "ed25519"),
    ),
    (
        "witness-at-time-0",
        "Both lines of a witness state the time 0, with which nobody vouches for having seen what came before.",
        lambda w, t: half(w, t, "ed25519", 0) + half(w, t, "ml-dsa-44", 0),
    ),
    (
        "witness-at-two-times-after-9999",
        "The lines of a witness state two times, both after the year 9999: as calendar dates they would be one.",
        lambda w, t: half(w, t, "ed25519", LAST_SECOND + 1) + half(w, t, "ml-dsa-44", LAST_SECOND + 2),
    ),
)
for _what, _why, _lines in UNSETTLED:

    @fail(_what, _why, of="I9", section="7.3", refused=["settled"])
    def _(make: Callable[[ShortChain, bytes], bytes] = _lines) -> Files:
        return lines(make)


@fail(
    "log-without-its-ml-dsa-line",
    "The newest checkpoint lacks the log's ML-DSA-44 line.",
    of="I10",
    section="7.2",
    refused=["checkpoints"],
    may=["roots", "settled", "tiles", "references"],
)
def _() -> Files:
    def make(world: ShortChain, text: bytes) -> bytes:
        return world.log_lines("US", text).split(b"\n")[0] + b"\n" + world.cosign_lines("RU", text, TIME)

    return lines(make, log=False)


@fail(
    "countersignature-without-body",
    "Under a chain a countersignature for everybody comes without its body.",
    of="I9",
    section="5.9",
    refused=["bodies"],
)
def _() -> Files:
    world = short_chain()
    world.countersign("RU", world.parties["US"].ids[1], "agreed", opened=False)
    return world.files()
