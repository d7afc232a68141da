"""What is refused because it is not in the only spelling that canonical JSON allows (I5), or says no real time."""

from collections.abc import Callable
from typing import Any

from vectors.chapters.sound import plain_world
from vectors.corpus import Files, fail
from verifier.builder import HEADER, MANIFEST, World, canon, envelope, make_parts, opening_of


def header(edit: Callable[[bytes], bytes]) -> Callable[[], Files]:
    """Make a bundle whose last header is written in another way, and is signed so."""

    def make() -> Files:
        world = plain_world()
        world.add("US", header=edit(canon(world.header("US", make_parts({"a": 1})))), opened=False)
        return world.files()

    return make


CUT = ["bodies", "signatures", "duplicates", "feeds", "references"]
HEADERS: tuple[tuple[str, str, Callable[[bytes], bytes]], ...] = (
    ("header-key-twice", "A member of a header stands twice.", lambda h: h[:-1] + b',"v":1}'),
    ("header-out-of-order", "The members of a header are not sorted.", lambda h: b'{"v":1,' + h[1:-7] + b"}"),
    ("header-with-a-fraction", "A header says v 1.0.", lambda h: h.replace(b'"v":1', b'"v":1.0')),
    ("header-with-minus-zero", "A header says seq -0.", lambda h: h.replace(b'"seq":4', b'"seq":-0')),
    (
        "header-with-a-large-number",
        "A header says seq 2^53.",
        lambda h: h.replace(b'"seq":4', b'"seq":9007199254740992'),
    ),
    (
        "header-with-an-escape",
        "A letter of a header is escaped without need.",
        lambda h: h.replace(b"baseline", b"b\\u0061seline"),
    ),
)
for _what, _why, _edit in HEADERS:
    fail(
        _what,
        f"{_why} Its author signed it so, and every witness cosigned the log.",
        of="I5",
        section="2",
        refused=["headers"],
        may=CUT,
    )(header(_edit))


def opened(edit: Callable[[bytes], bytes]) -> Files:
    """Make a bundle in which one opening is written in another way."""
    world, parts = plain_world(), make_parts({"a": 1, "b": "text"})
    world.add("US", parts=parts, opening=edit(opening_of(parts)))
    return world.files()


@fail(
    "value-of-17-levels",
    "A value is nested one level deeper than the profile allows.",
    of="I5",
    section="2",
    refused=["bodies"],
)
def _() -> Files:
    world = World()
    value: Any = 0
    for _level in range(17):
        value = [value]
    world.add("US", {"a": value})
    return world.files()


@fail(
    "manifest-with-a-space",
    "The payload of the manifest has a space between two tokens, and is signed so.",
    of="I5",
    section="8",
    refused=["manifest"],
    may=["file-hashes", "manifest-signature", "roots", "listing"],
)
def _() -> Files:
    world = plain_world()
    files = world.files()
    rest = {path: data for path, data in files.items() if path != "bundle.json"}
    payload = canon(world.manifest_doc(rest)).replace(b",", b", ", 1)
    return files | {"bundle.json": envelope(MANIFEST, payload, [world.parties["RU"].author])}


@fail(
    "envelope-with-a-space",
    "The envelope of a record has a space between two tokens; its payload is as it was signed.",
    of="I5",
    section="4",
    refused=["envelopes"],
    may=["headers", *CUT],
)
def _() -> Files:
    world = plain_world()
    world.add(
        "US",
        entry=lambda payload, signer: envelope(HEADER, payload, [signer]).replace(b",", b", ", 1),
        opened=False,
    )
    return world.files()


@fail(
    "envelope-in-loose-base64",
    "The unused bits at the end of a signature's base64 are not zero: it does not encode back to itself.",
    of="I5",
    section="4",
    refused=["envelopes"],
    may=["headers", *CUT],
)
def _() -> Files:
    digits = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

    def loosen(payload: bytes, signer: Any) -> bytes:
        data = envelope(HEADER, payload, [signer])
        at = data.rindex(b'=="}]}') - 1
        return data[:at] + digits[digits.index(data[at]) + 1 :][:1] + data[at + 1 :]

    world = plain_world()
    world.add("US", entry=loosen, opened=False)
    return world.files()


for _what, _instant, _why in (
    ("leap-day-that-was-not", "2021-02-29T00:00:00Z", "2021 had no 29 February"),
    ("hour-24", "2020-01-01T24:00:00Z", "no day has an hour 24"),
    ("other-digits", "202٠-01-01T00:00:00Z", "digits are those of ASCII, in every locale"),
):

    @fail(
        _what,
        f"A header claims {_instant}: {_why}.",
        of="I18",
        section="1",
        refused=["headers"],
        may=CUT,
    )
    def _(instant: str = _instant) -> Files:
        world = plain_world()
        world.add("US", opened=False, claimed_time=instant)
        return world.files()
