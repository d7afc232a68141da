"""What must be refused. Checkpoints, and whether they are settled."""

from collections.abc import Callable
from typing import Any

from verifier.builder import (
    Signer,
    World,
    b64,
    cosign_line,
    log_line,
    note_line,
    note_text,
    small_world,
)
from verifier.casebook import UNKNOWN, case, us_note, us_place, us_text


def note_case(
    name: str, rule: str, edit: Callable[[bytes, World], bytes | None], check: str = "checkpoints"
) -> None:
    """Change the newest checkpoint of the US log, the manifest being made over the change."""

    def make() -> Any:
        world = small_world()

        def change(files: dict[str, bytes]) -> None:
            data = edit(files.pop(f"{us_place(world)}/checkpoint"), world)
            if data is not None:
                files[f"{us_place(world)}/checkpoint"] = data

        heads = world.manifest_doc(world.files())["heads"]
        return world.files(change, manifest=lambda doc: doc.update(heads=heads))

    case(f"note: {name}", check, rule)(make)


note_case("missing", "the file is missing", lambda n, w: None)


note_case("empty", "the note is not a text, an empty line", lambda n, w: b"")


note_case("too large", "the note is larger than 65,536 bytes", lambda n, w: n + b"x" * 65_536)


note_case("not UTF-8", "'utf-8' codec can't decode", lambda n, w: n + b"\xff")


note_case(
    "a carriage return", "the note holds a control character", lambda n, w: n.replace(b"\n", b"\r\n", 1)
)


note_case("no line feed at the end", "the note is not a text, an empty line", lambda n, w: n[:-1])


note_case(
    "an extension line",
    "the checkpoint has not exactly three lines",
    lambda n, w: us_note(w, w.text("US") + b"more\n"),
)


note_case(
    "size with a zero", "the checkpoint's size is no plain decimal", lambda n, w: us_note(w, us_text(w, "04"))
)


note_case(
    "size with a sign", "the checkpoint's size is no plain decimal", lambda n, w: us_note(w, us_text(w, "+4"))
)


note_case(
    "size without end",
    "the checkpoint's size is no plain decimal",
    lambda n, w: us_note(w, us_text(w, "9" * 17)),
)


note_case(
    "size 2^53", "the checkpoint's size is no plain decimal", lambda n, w: us_note(w, us_text(w, str(2**53)))
)


note_case(
    "root of 31 bytes",
    "the checkpoint's root is not 32 bytes",
    lambda n, w: us_note(w, us_text(w, root=b64(bytes(31)))),
)


note_case(
    "root in loose base64",
    "the checkpoint's root is not base64",
    lambda n, w: us_note(w, us_text(w, root="A" * 42 + "B=")),
)


note_case(
    "another origin",
    "the checkpoint's origin is not w.example/us/log",
    lambda n, w: us_note(w, us_text(w, origin="x")),
)


note_case("the note of another log", "the checkpoint's origin is not", lambda n, w: w.note("RU"))


note_case("a line that is none", "a signature line is no dash, name, base64", lambda n, w: n + b"\n")


note_case(
    "a line with a hyphen",
    "a signature line is no dash, name, base64",
    lambda n, w: n.replace("— ".encode(), b"- "),
)


note_case(
    "a line with a plus",
    "a signature line is no dash, name, base64",
    lambda n, w: n + note_line("a+b", 1, bytes(32), bytes(64)),
)


note_case(
    "a line with a no-break space",
    "a signature line is no dash, name, base64",
    lambda n, w: n + note_line("a\xa0b", 1, bytes(32), bytes(64)),
)


note_case(
    "a line of four bytes",
    "a signature line holds no signature",
    lambda n, w: n + note_line("a", 1, bytes(32), b""),
)


note_case(
    "a line in loose base64", "a signature line is not base64", lambda n, w: n + "— a AAAAAAB=\n".encode()
)


note_case(
    "a line twice", "two signature lines share name and key hash", lambda n, w: n + n.split(b"\n")[-2] + b"\n"
)


note_case("33 lines", "the note has more than 32 signature lines", lambda n, w: n + b"".join(UNKNOWN[:31]))


note_case(
    "not signed",
    "the checkpoint is not signed by the log's key",
    lambda n, w: b"\n".join([*n.split(b"\n")[:4], *n.split(b"\n")[5:]]),
)


note_case(
    "signed by another log",
    "the checkpoint is not signed by the log's key",
    lambda n, w: w.text("US") + b"\n" + log_line(w.parties["RU"].log, w.text("US")),
)


note_case(
    "signed by the author key under the log's name",
    "the checkpoint is not signed by the log's key",
    lambda n, w: (
        w.text("US")
        + b"\n"
        + note_line(w.parties["US"].log.name, 1, w.parties["US"].author.public, bytes(64))
    ),
)


note_case(
    "a signature of the log that does not verify",
    "the Ed25519 signature does not verify",
    lambda n, w: w.text("US") + b"\n" + log_line(w.parties["US"].log, w.text("US", 3)),
)


note_case(
    "another log's line that does not verify",
    "the Ed25519 signature does not verify",
    lambda n, w: us_note(w, None, log_line(w.parties["RU"].log, w.text("US", 3))),
)


note_case(
    "a cosignature that does not verify",
    "the Ed25519 signature does not verify",
    lambda n, w: n.replace(n.split(b"\n")[-2], cosign_line(w.parties["RU"].witness, w.text("US", 3), 5)[:-1]),
)


note_case(
    "a cosignature without time",
    "a cosignature is not an 8-byte time and 64 bytes",
    lambda n, w: n.replace(
        n.split(b"\n")[-2],
        note_line(w.parties["RU"].witness.name, 4, w.parties["RU"].witness.public, bytes(64))[:-1],
    ),
)


note_case(
    "a cosignature at another time",
    "the Ed25519 signature does not verify",
    lambda n, w: n.replace(
        n.split(b"\n")[-2],
        note_line(
            w.parties["RU"].witness.name,
            4,
            w.parties["RU"].witness.public,
            (6).to_bytes(8, "big") + w.parties["RU"].witness.sign(b"cosignature/v1\ntime 5\n" + w.text("US")),
        )[:-1],
    ),
)


def earlier_case(
    name: str, rule: str, size: str, make: Callable[[World], bytes], check: str = "checkpoints"
) -> None:
    def made() -> Any:
        world = small_world()
        return world.files(lambda files: files.update({f"{us_place(world)}/checkpoints/{size}": make(world)}))

    case(f"earlier checkpoint: {name}", check, rule)(made)


earlier_case("another size", "its size is not in its name", "2", lambda w: w.note("US", 3))


earlier_case(
    "as large as the newest", "it is not smaller than the newest one", "4", lambda w: w.note("US", 4)
)


earlier_case(
    "larger than the newest",
    "it is not smaller than the newest one",
    "9",
    lambda w: us_note(w, us_text(w, "9")),
)


earlier_case(
    "not signed",
    "the checkpoint is not signed by the log's key",
    "2",
    lambda w: w.text("US", 2) + b"\n" + UNKNOWN[0],
)


earlier_case(
    "another root",
    "the root at size 2 is not that of the entries",
    "2",
    lambda w: us_note(w, note_text("w.example/us/log", 2, bytes(32))),
    "roots",
)


earlier_case(
    "another root of nothing",
    "the root at size 0 is not that of nothing",
    "0",
    lambda w: us_note(w, note_text("w.example/us/log", 0, bytes(32))),
    "roots",
)


note_case(
    "no cosignature",
    "no cosignature of the side RU",
    lambda n, w: w.text("US") + b"\n" + log_line(w.parties["US"].log, w.text("US")),
    "settled",
)


note_case(
    "cosigned by its own party",
    "no cosignature of the side RU",
    lambda n, w: (
        w.text("US")
        + b"\n"
        + log_line(w.parties["US"].log, w.text("US"))
        + cosign_line(w.parties["US"].witness, w.text("US"), 5)
    ),
    "settled",
)


note_case(
    "cosigned by a stranger in the witness's name",
    "no cosignature of the side RU",
    lambda n, w: (
        w.text("US")
        + b"\n"
        + log_line(w.parties["US"].log, w.text("US"))
        + cosign_line(_named(Signer("x"), w.parties["RU"].witness.name), w.text("US"), 5)
    ),
    "settled",
)


note_case(
    "cosigned by the witness as a plain signature",
    "no cosignature of the side RU",
    lambda n, w: (
        w.text("US")
        + b"\n"
        + log_line(w.parties["US"].log, w.text("US"))
        + log_line(w.parties["RU"].witness, w.text("US"))
    ),
    "settled",
)


def _named(signer: Signer, name: str) -> Signer:
    signer.name = name
    return signer


@case("policy: the third side did not cosign", "settled", "no cosignature of the side AUD")
def _() -> Any:
    world = World("AUD RU US")
    world.fill("US", 2)
    text = world.text("US")
    note = (
        text
        + b"\n"
        + log_line(world.parties["US"].log, text)
        + cosign_line(world.parties["RU"].witness, text, 5)
    )
    return world.files(lambda files: files.update({f"{us_place(world)}/checkpoint": note}))
