"""What must be accepted under a trust file of version 1 of the format."""

from typing import Any

from vectors.corpus import Files, Made, Run, ok
from verifier.builder import (
    Signer,
    World,
    canon,
    cosign_line,
    dom,
    log_line,
    make_parts,
    note_line,
    sha,
    small_world,
)
from verifier.casebook import us_place


def plain_world() -> World:
    """Return a world in which US has said four things and RU has received one of them."""
    world = World()
    world.fill("US", 4)
    world.countersign("RU", world.parties["US"].ids[0])
    return world


INSTANTS = ("0001-01-01T00:00:00Z", "2020-02-29T23:59:59Z", "9999-12-31T23:59:59Z")


@ok(
    "small",
    "Two parties declare, see each other's checkpoints and countersign; all is settled.",
    of="I9",
    section="9",
)
def _() -> Files:
    return small_world().files()


@ok("one-log-is-empty", "Only one of the two parties has said anything.", of="I1", section="7.2")
def _() -> Files:
    world = World()
    world.fill("US", 2)
    return world.files()


@ok(
    "full-tile",
    "A log of 257 entries: a full tile, a partial one, a hash of level 1; and an earlier checkpoint in it.",
    of="I1 I2",
    section="7.1",
)
def _() -> Files:
    return long_log().files()


def long_log() -> World:
    """A log one entry longer than a tile."""
    world = World()
    while len(world.parties["US"].entries) < 257:
        size = len(world.parties["US"].entries)
        world.add("US", opened=size in {0, 256})
        if size in {100, 255}:
            world.checkpoint("US")
    return world


@ok(
    "countersignatures",
    "All four meanings; a note is there where one is asked for.",
    of="I9",
    section="5.4",
)
def _() -> Files:
    world = World()
    record = world.add("US")
    for meaning, note in (
        ("received", None),
        ("agreed", "without reserve"),
        ("agreed-with-reservation", "the site is B"),
        ("objects", "not what was seen"),
    ):
        world.countersign("RU", record, meaning, note)
    return world.files()


@ok(
    "two-author-keys",
    "A party signs with two author keys; each has a feed of its own.",
    of="I7 I10",
    section="5.3",
)
def _() -> Files:
    world, second = plain_world(), Signer("w.example/us/author2")
    world.trust_keys.append((world.parties["US"], "author", second))
    feed = dom("counterseal/feed/v1", world.treaty.encode(), b"US", second.public).hex()
    world.add("US", signer=second, feed=feed, seq=0, prev=None)
    return world.files()


@ok(
    "two-parties-on-one-side",
    "GB and US are one side: the log of US is settled by the other side alone.",
    of="I9",
    section="7.4",
)
def _() -> Files:
    world = World("GB RU US", [["GB", "US"], ["RU"]])
    world.fill("US", 2)
    us, ru, text = world.parties["US"], world.parties["RU"], world.text("US")
    note = text + b"\n" + log_line(us.log, text) + cosign_line(ru.witness, text, world.time)
    return world.files(lambda files: files.update({f"{us.place}/checkpoint": note}))


@ok(
    "lines-of-strangers",
    "A checkpoint carries lines of unknown names and of unknown key hashes under a known name, in any order: "
    "they are ignored.",
    of="I9",
    section="7.3",
)
def _() -> Files:
    world = plain_world()
    text, log, witness = world.text("US"), world.parties["US"].log, world.parties["RU"].witness
    strange = [
        note_line("somebody.else/witness", 4, bytes(32), bytes(72)),
        note_line(log.name, 7, log.public, b"x"),
        note_line(witness.name, 4, log.public, bytes(72)),
        note_line("é", 1, bytes(32), bytes(64)),
    ]
    note = text + b"\n" + b"".join(strange) + cosign_line(witness, text, world.time) + log_line(log, text)
    return world.files(lambda files: files.update({f"{us_place(world)}/checkpoint": note}))


@ok(
    "unsettled-earlier-head",
    "An earlier checkpoint is signed by its log alone: only the newest has to be settled.",
    of="I9",
    section="7.4",
)
def _() -> Files:
    world = plain_world()
    text = world.text("US", 2)
    note = text + b"\n" + log_line(world.parties["US"].log, text)
    return world.files(lambda files: files.update({f"{us_place(world)}/checkpoints/2": note}))


@ok("bodies-withheld", "No body is in the bundle: headers alone verify.", of="I11", section="5.1")
def _() -> Files:
    world = World()
    for _ in range(3):
        world.add("US", opened=False)
    return world.files()


@ok(
    "one-size-class",
    "Two statements of different length have one number of parts and one size class: the headers differ in the "
    "commitment and in their place in the feed alone.",
    of="I12",
    section="5.1",
)
def _() -> Files:
    world = World()
    for text in ("no", "x" * 700):
        parts = make_parts({"a": text, "b": 1, "c": None}, text[:2])
        parts += [["", "", sha(f"{text[:2]} {n}".encode()).hex()] for n in range(4)]
        world.add("US", parts=parts)
    return world.files()


@ok(
    "odd-times",
    "The first and the last instant of the calendar and a leap day are claimed, in any order: real times, of "
    "which a verifier may have doubts to report.",
    of="I18",
    section="7.5",
    warned=True,
)
def _() -> Files:
    world = World()
    for instant in INSTANTS[1:] + INSTANTS[:1]:
        world.add("US", claimed_time=instant)
    return world.files()


@ok(
    "any-text",
    "Statements in several scripts, with characters outside the basic plane and with all that JSON escapes.",
    of="I5 I18",
    section="2",
)
def _() -> Files:
    world = World()
    every = "".join(chr(code) for code in range(32)) + '"\\/\x7f\x85\u2028\ufeff\ufffd'
    statement = {"escapes": every, "scripts": "Ωмегà 数 ا 🌍", "z": {"": [2**53 - 1, 1 - 2**53, True, None]}}
    world.add("US", statement)
    world.countersign("RU", world.parties["US"].ids[0], "objects", "é\u2028\n🌍")
    return world.files()


@ok(
    "acknowledgement",
    "RU acknowledges two bundles; no check asks for the form of what it says, so that the last record, which "
    "says nonsense, is accepted too.",
    of="I8",
    section="5.8",
)
def _() -> Files:
    world = plain_world()
    for number in range(2):
        said = {"from": "US", "manifest": sha(b"%d" % number).hex(), "sequence": number}
        world.add("RU", said, kind="bundle.acknowledgement")
    world.add("RU", {"any": []}, kind="bundle.acknowledgement")
    return world.files(manifest=lambda doc: doc.update(sequence=7, to=["RU", "US"]))


def record_table(world: World) -> bytes:
    """Return a table of all records that anybody can make again from what is signed."""
    rows = [
        f"{code},{n},{name}\n" for code, party in world.parties.items() for n, name in enumerate(party.ids)
    ]
    return ("log,index,record\n" + "".join(rows)).encode()


@ok(
    "view-table",
    "view/records.csv has a row for every record (party, index, record id): all of it can be made again from "
    "the logs.",
    of="I20",
    section="8",
)
def _() -> Files:
    world = plain_world()
    return world.files(lambda files: files.update({"view/records.csv": record_table(world)}))


@ok(
    "view-says-otherwise",
    "A page in view/ tells another story than the records: it is never trusted, and nothing follows from it.",
    of="I20",
    section="8",
)
def _() -> Files:
    world = plain_world()
    page = b"<p>Nothing was ever declared.</p>\n"
    return world.files(lambda files: files.update({"view/index.html": page}))


@ok(
    "garbage-in-the-log",
    "One entry is no envelope. Depth chain looks at no entry and accepts; depth full refuses.",
    of="I1",
    section="9",
)
def _() -> Made:
    world = plain_world()
    world.add("US", entry=lambda payload, signer: b"no envelope", opened=False)
    return Made(bundle=world.files(), runs=(Run(depth="chain"), Run(refused=("envelopes",))))


@ok(
    "pinned",
    "The fingerprint of the trust file, that of a root, and the trust file itself pin it; nothing else does.",
    of="I10",
    section="9",
)
def _() -> Made:
    world, other = plain_world(), World(seed="other")
    good = (world.trust_fingerprint(), world.parties["US"].root.id, "trust.json")
    loose = ":".join(good[0].upper()[at : at + 4] for at in range(0, 64, 4))
    wrong = tuple(Run(trust=(pin,), refused=("trust-pinned",)) for pin in ("0" * 64, "other.json"))
    return Made(
        bundle=world.files(),
        beside={"trust.json": world.trust(), "other.json": other.trust()},
        runs=(
            Run(trust=good),
            *(Run(trust=(pin,)) for pin in (*good, loose)),
            *wrong,
            Run(trust=(good[0], "0" * 64), refused=("trust-pinned",)),
        ),
    )


@ok(
    "made-again-by-others",
    "Somebody made parties of the same names, with other root keys. It is consistent with itself, and is refused "
    "as soon as a fingerprint is given.",
    of="I10",
    section="9",
)
def _() -> Made:
    world = World(seed="forger")
    world.fill("US", 3)
    pin = plain_world().trust_fingerprint()
    return Made(bundle=world.files(), runs=(Run(), Run(trust=(pin,), refused=("trust-pinned",))))


def unread(kinds: tuple[str, ...], world: World) -> None:
    """Log records of kinds that have a form, whose bodies are not here."""
    anything: dict[str, Any] = {"any": 1}
    for kind in kinds:
        world.add("US", anything, kind=kind, opened=False, audience=["RU", "US"])


@ok(
    "what-cannot-be-read",
    "Records of kinds with a form of their own, not for everybody and without bodies here, are not judged by it; kinds "
    "that nobody knows have none.",
    of="I11",
    section="9",
)
def _() -> Files:
    world = plain_world()
    unread(("disclosure", "escrow.opening", "escrow.commitment"), world)
    for kind in ("draw.other", "draw", "escrow", "keys", "trust.changes"):
        world.add("US", {"any": 1}, kind=kind)
    assert canon(1) == b"1"
    return world.files()
