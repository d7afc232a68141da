"""What is refused because of a checkpoint, its signatures or the witnesses' (I1, I4, I9)."""

from collections.abc import Callable

from vectors.chapters.sound import plain_world
from vectors.corpus import Files, fail
from verifier.builder import (
    Signer,
    World,
    b64,
    cosign_line,
    log_line,
    note_line,
    note_text,
)
from verifier.casebook import us_place

MAY = ["roots", "settled", "tiles", "references"]


def head(edit: Callable[[World, bytes, bytes, bytes], bytes]) -> Files:
    """Make a bundle with another newest checkpoint of US; `edit` gets its text and its two lines."""
    world = plain_world()
    text = world.text("US")
    log = log_line(world.parties["US"].log, text)
    witness = cosign_line(world.parties["RU"].witness, text, world.time)
    note = edit(world, text, log, witness)
    heads = world.manifest_doc(world.files())["heads"]
    place = f"{us_place(world)}/checkpoint"
    return world.files(lambda files: files.update({place: note}), lambda doc: doc.update(heads=heads))


def settled(world: World, text: bytes) -> bytes:
    """Return a checkpoint with any text, signed by the log of US and cosigned by RU."""
    lines = (
        log_line(world.parties["US"].log, text),
        cosign_line(world.parties["RU"].witness, text, world.time),
    )
    return text + b"\n" + b"".join(lines)


@fail(
    "unsettled-head",
    "The newest checkpoint carries the log's signature alone: issued and logged, not settled.",
    of="I9",
    section="7.4",
    refused=["settled"],
)
def _() -> Files:
    return head(lambda w, text, log, witness: text + b"\n" + log)


@fail(
    "own-witness",
    "The newest checkpoint is cosigned by the log's own party alone.",
    of="I9",
    section="7.3",
    refused=["settled"],
)
def _() -> Files:
    return head(
        lambda w, text, log, _: text + b"\n" + log + cosign_line(w.parties["US"].witness, text, w.time)
    )


@fail(
    "stranger-in-the-witness-name",
    "A stranger cosigned under the name of the witness: the key hash is another, the line is ignored.",
    of="I9",
    section="7.3",
    refused=["settled"],
)
def _() -> Files:
    def edit(world: World, text: bytes, log: bytes, _: bytes) -> bytes:
        stranger = Signer("stranger")
        stranger.name = world.parties["RU"].witness.name
        return text + b"\n" + log + cosign_line(stranger, text, world.time)

    return head(edit)


@fail(
    "bad-key-hint",
    "The log's line carries another key hash than that of its key.",
    of="I9",
    section="7.2",
    refused=["checkpoints"],
    may=MAY,
)
def _() -> Files:
    def edit(world: World, text: bytes, _: bytes, witness: bytes) -> bytes:
        log = world.parties["US"].log
        line = note_line(log.name, 1, b"x" * 32, log.sign(text))
        return text + b"\n" + line + witness

    return head(edit)


@fail(
    "witness-as-a-plain-signature",
    "The witness signed the text of the checkpoint as a log would, without a time: that is no cosignature.",
    of="I9",
    section="7.3",
    refused=["settled"],
)
def _() -> Files:
    return head(lambda w, text, log, _: text + b"\n" + log + log_line(w.parties["RU"].witness, text))


@fail(
    "origin-not-first",
    "The size stands before the origin; all have signed it so.",
    of="I9",
    section="7.2",
    refused=["checkpoints"],
    may=MAY,
)
def _() -> Files:
    def edit(world: World, text: bytes, *_: bytes) -> bytes:
        lines = text.split(b"\n")
        return settled(world, b"\n".join([lines[1], lines[0], lines[2], b""]))

    return head(edit)


@fail(
    "another-origin",
    "The checkpoint of US is that of another log, which the log key of US signed.",
    of="I9",
    section="7.2",
    refused=["checkpoints"],
    may=MAY,
)
def _() -> Files:
    return head(lambda w, text, *_: settled(w, text.replace(b"/us/log", b"/us/dog")))


@fail(
    "extension-line",
    "The text of a checkpoint has a fourth line.",
    of="I9",
    section="7.2",
    refused=["checkpoints"],
    may=MAY,
)
def _() -> Files:
    return head(lambda w, text, *_: settled(w, text + b"more\n"))


@fail(
    "duplicate-signature-lines",
    "The witness's line stands twice.",
    of="I9",
    section="7.3",
    refused=["checkpoints"],
    may=MAY,
)
def _() -> Files:
    return head(lambda w, text, log, witness: text + b"\n" + log + witness + witness)


@fail(
    "no-log-signature",
    "The newest checkpoint is cosigned and not signed by its log.",
    of="I10",
    section="7.2",
    refused=["checkpoints"],
    may=MAY,
)
def _() -> Files:
    return head(lambda w, text, log, witness: text + b"\n" + witness)


@fail(
    "cosignature-at-another-time",
    "A cosignature states another time than the one that was signed.",
    of="I9",
    section="7.3",
    refused=["checkpoints"],
    may=MAY,
)
def _() -> Files:
    def edit(world: World, text: bytes, log: bytes, _: bytes) -> bytes:
        witness = world.parties["RU"].witness
        signature = witness.sign(b"cosignature/v1\ntime 5\n" + text)
        line = note_line(witness.name, 4, witness.public, (6).to_bytes(8, "big") + signature)
        return text + b"\n" + log + line

    return head(edit)


@fail(
    "log-key-in-anothers-note",
    "A line of another log's key stands in the note and does not verify: every line of a known key must.",
    of="I9",
    section="7.3",
    refused=["checkpoints"],
    may=MAY,
)
def _() -> Files:
    return head(
        lambda w, text, log, witness: (
            text + b"\n" + log + witness + log_line(w.parties["RU"].log, b"another text\n")
        )
    )


@fail(
    "third-side-is-missing",
    "Three sides; the newest checkpoint of US is cosigned by one of the two others.",
    of="I9",
    section="7.4",
    refused=["settled"],
)
def _() -> Files:
    world = World("AUD RU US")
    world.fill("US", 2)
    note = settled(world, world.text("US"))
    return world.files(lambda files: files.update({f"{us_place(world)}/checkpoint": note}))


@fail(
    "wrong-root",
    "The log and every witness signed a root that is not that of the entries.",
    of="I1 I4",
    section="9",
    refused=["roots"],
)
def _() -> Files:
    world = World()
    world.fill("US", 4)
    note = settled(world, note_text(world.parties["US"].log.name, 4, bytes(32)))
    return world.files(lambda files: files.update({f"{us_place(world)}/checkpoint": note}))


def earlier(size: str, make: Callable[[World], bytes]) -> Files:
    """Make a bundle with one more earlier checkpoint of US."""
    world = plain_world()
    return world.files(lambda files: files.update({f"{us_place(world)}/checkpoints/{size}": make(world)}))


@fail(
    "earlier-head-of-another-history",
    "A witness cosigned two heads of a log, and no log can have had both: the entries give another root at the "
    "earlier size.",
    of="I4 I1",
    section="9",
    refused=["roots"],
)
def _() -> Files:
    return earlier("2", lambda w: settled(w, note_text("w.example/us/log", 2, bytes(32))))


@fail(
    "earlier-head-is-larger",
    "A checkpoint among the earlier ones is larger than the newest.",
    of="I4",
    section="8",
    refused=["checkpoints"],
    may=["roots"],
)
def _() -> Files:
    return earlier("9", lambda w: settled(w, note_text("w.example/us/log", 9, bytes(32))))


@fail(
    "root-of-31-bytes",
    "The root in a checkpoint is 31 bytes.",
    of="I3",
    section="7.2",
    refused=["checkpoints"],
    may=MAY,
)
def _() -> Files:
    def edit(world: World, text: bytes, *_: bytes) -> bytes:
        lines = text.split(b"\n")
        return settled(world, b"\n".join([lines[0], lines[1], b64(bytes(31)).encode(), b""]))

    return head(edit)


@fail(
    "hash-tile-of-a-half-hash",
    "A tile of hashes ends in the middle of a hash.",
    of="I3",
    section="7.1",
    refused=["tiles"],
    may=["roots", "bodies", "references"],
)
def _() -> Files:
    world = plain_world()

    def edit(files: Files) -> None:
        tile = f"{us_place(world)}/tile/0/000.p/4"
        files[tile] = files[tile][:-16]

    return world.files(edit)
