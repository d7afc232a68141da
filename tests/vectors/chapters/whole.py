"""What is refused because the bundle is not whole, or not the one that its sender signed."""

from collections.abc import Callable

from vectors.chapters.sound import plain_world
from vectors.corpus import Files, Made, Run, fail
from verifier.builder import HEADER, World, canon, envelope, tile_files
from verifier.casebook import SOMEBODY, setter, us_place


def spoilt(change: Callable[[Files, str], object]) -> Files:
    """Change a bundle after its manifest was made, by somebody without keys."""
    world = plain_world()
    files = world.files()
    change(files, us_place(world))
    return files


def remade(change: Callable[[Files, str], object], world: World | None = None) -> Files:
    """Change a bundle before its manifest is made, by its sender."""
    world = world or plain_world()
    return world.files(lambda files: change(files, us_place(world)))


@fail(
    "changed-file",
    "One byte of a page was changed on the way.",
    of="I8 I20",
    section="8",
    refused=["file-hashes"],
)
def _() -> Files:
    return spoilt(lambda files, _: files.update({"view/index.html": b"<p>for People</p>\n"}))


@fail("missing-file", "A page was taken away.", of="I8", section="8", refused=["listing"])
def _() -> Files:
    return spoilt(lambda files, _: files.pop("view/index.html"))


@fail("unlisted-file", "A page was added on the way.", of="I8", section="8", refused=["listing"])
def _() -> Files:
    return spoilt(lambda files, _: files.update({"view/more.html": b"x"}))


@fail("strange-name", "A file has a name that no bundle has.", of="I8", section="8", refused=["names"])
def _() -> Files:
    return remade(lambda files, _: files.update({"notes.txt": b"x"}))


@fail("old-tile", "An earlier partial tile was left in.", of="I8", section="7.1", refused=["tiles"])
def _() -> Files:
    def change(files: Files, place: str) -> None:
        files[f"{place}/tile/0/000.p/2"] = files[f"{place}/tile/0/000.p/4"][:64]

    return remade(change)


@fail(
    "tile-of-level-64",
    "A tile lies at level 64; C2SP tlog-tiles has levels 0 to 63.",
    of="I8",
    section="7.1",
    refused=["names"],
    may=["tiles"],
)
def _() -> Files:
    return remade(lambda files, place: files.update({f"{place}/tile/64/000.p/1": bytes(32)}))


@fail(
    "missing-hash-tile",
    "A tile of hashes is missing: proofs could not be made.",
    of="I2",
    section="7.1",
    refused=["tiles"],
    may=["roots", "references", "bodies"],
)
def _() -> Files:
    return remade(lambda files, place: files.pop(f"{place}/tile/0/000.p/4"))


@fail(
    "changed-hash",
    "One hash in a tile of level 0 is not that of its entry; the sender lists the tile as it is.",
    of="I2",
    section="7.1",
    refused=["tiles"],
)
def _() -> Files:
    def change(files: Files, place: str) -> None:
        tile = f"{place}/tile/0/000.p/4"
        files[tile] = files[tile][:-1] + bytes([files[tile][-1] ^ 1])

    return remade(change)


@fail(
    "nothing-said",
    "No log has an entry: a bundle must show something.",
    of="I8",
    section="9",
    refused=["tiles"],
)
def _() -> Files:
    return World().files()


@fail(
    "no-bundle",
    "A folder with a page in it is no bundle at all: exit status 3.",
    of="I8",
    section="9",
    refused=["names"],
)
def _() -> Made:
    return Made(bundle={"view/index.html": b"<p>for people</p>\n"}, runs=(Run(status=3),))


@fail(
    "manifest-by-another",
    "The manifest names RU as its sender and is signed by an author key of US.",
    of="I10",
    section="8",
    refused=["manifest-signature"],
)
def _() -> Files:
    return plain_world().files(signer=plain_world().parties["US"].author)


@fail(
    "manifest-of-version-2",
    "The manifest is of a version that is not known.",
    of="I10",
    section="8",
    refused=["manifest"],
    may=["file-hashes", "manifest-signature", "roots"],
)
def _() -> Files:
    return plain_world().files(manifest=setter("v", 2))


@fail(
    "rewritten-entry",
    "The owner of a log put another record in the place of one, made all tiles anew, and kept the checkpoint that "
    "the other side had cosigned.",
    of="I1",
    section="9",
    refused=["roots", "feeds"],
)
def _() -> Files:
    world = plain_world()
    note = world.note("US")
    us = world.parties["US"]
    header = world.header("US", [["a", "1", "00" * 32]], seq=1, prev=us.ids[0])
    us.entries[1] = envelope(HEADER, canon(header), [us.author])
    us.openings[1] = b""

    def change(files: Files, place: str) -> None:
        files[f"{place}/checkpoint"] = note
        files |= {f"{place}/tile/{name}": data for name, data in tile_files(us.entries).items()}

    return remade(change, world)


@fail(
    "reference-to-nothing",
    "A record speaks of a record that is not in the bundle: a log was cut, or held back.",
    of="I8",
    section="9",
    refused=["references"],
)
def _() -> Files:
    world = plain_world()
    world.add("US", refs=[SOMEBODY])
    return world.files()


@fail(
    "checkpoint-seen-is-not-here",
    "A record names a checkpoint that its author had seen and that is not in the bundle.",
    of="I8",
    section="9",
    refused=["references"],
)
def _() -> Files:
    world = plain_world()
    world.add("US", not_before=[SOMEBODY])
    return world.files()


@fail(
    "one-bad-among-many",
    "One signature in a log of 257 records does not verify: all of the bundle is refused.",
    of="I8",
    section="9",
    refused=["signatures"],
)
def _() -> Files:
    world = plain_world()
    for index in range(20):
        signer = world.parties["RU"].author if index == 10 else None
        world.add("US", opened=False, signer=signer)
    return world.files()
