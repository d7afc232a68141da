"""What must be refused. Names, manifest, listing and file hashes."""

import contextlib
import os
import socket
from pathlib import Path
from typing import Any

from verifier.builder import (
    MANIFEST,
    canon,
    envelope,
    small_world,
    write,
)
from verifier.casebook import (
    SOMEBODY,
    case,
    on_disk,
    raw_case,
    setter,
)


@on_disk("a name that is none", "no file of a bundle has this name")
def _(root: Path) -> None:
    (root / "notes.txt").write_text("x")


@on_disk("a newline after a name", "no file of a bundle has this name")
def _(root: Path) -> None:
    (root / "view" / "a\n").write_text("x")


@on_disk("a name that is not UTF-8", "no file of a bundle has this name")
def _(root: Path) -> None:
    Path(os.fsdecode(bytes(root) + b"/view/\xff\xfe")).write_bytes(b"")


@on_disk("a tile number with a needless group", "no file of a bundle has this name")
def _(root: Path) -> None:
    tile = next(root.glob("logs/*/tile/0"))
    (tile / "x000").mkdir()
    (tile / "x000" / "000").write_text("x")


@on_disk("a link to a file", "it is a link")
def _(root: Path) -> None:
    (root / "view" / "link.html").symlink_to(root / "view" / "index.html")


@on_disk("a link to a folder", "it is a link")
def _(root: Path) -> None:
    (root / "bodies" / SOMEBODY).symlink_to(root / "view")


@on_disk("a link in place of a listed file", "it is a link")
def _(root: Path) -> None:
    (root / "view" / "index.html").rename(root.parent / "elsewhere")
    (root / "view" / "index.html").symlink_to(root.parent / "elsewhere")


@on_disk("a socket", "it is neither a file nor a folder")
def _(root: Path) -> None:
    with contextlib.chdir(root / "view"), socket.socket(socket.AF_UNIX) as made:
        made.bind("socket")


@on_disk("an empty folder", "the folder is empty")
def _(root: Path) -> None:
    (root / "view" / "empty").mkdir()


@on_disk("names that differ in case only", "no file of a bundle has this name")
def _(root: Path) -> None:
    (root / "view" / "INDEX.HTML").write_text("x")


@on_disk("a file that is too large", "it is larger than 16,777,216 bytes")
def _(root: Path) -> None:
    os.truncate(root / "trust" / "trust.json", 16 * 2**20 + 1)


@on_disk("a key file that is too large", "it is larger than 1,048,576 bytes")
def _(root: Path) -> None:
    (root / "trust" / "keys" / "us").mkdir(parents=True)
    (root / "trust" / "keys" / "us" / "1.json").write_bytes(b" " * (2**20 + 1))


@on_disk("too many files", "there are more than 65,534 files", patch={"MANY": 5})
def _(root: Path) -> None:
    (root / "view" / "more.html").write_text("x")


@case("a folder of a log that nobody has", "names", "the folder belongs to no log of the trust file")
def _() -> Any:
    return small_world().files(lambda files: files.update({f"bodies/{SOMEBODY}/000": b"x"}))


def manifest_case(name: str, rule: str, path: str, value: Any) -> None:
    case(name, "manifest", rule)(lambda: small_world().files(manifest=setter(path, value)))


raw_case("no manifest", "manifest", "the file is missing", "bundle.json", lambda _: None)


raw_case("a manifest of no bytes", "manifest", "it is not an envelope", "bundle.json", lambda _: b"")


raw_case(
    "a manifest of any bytes", "manifest", "it is not an envelope", "bundle.json", lambda _: bytes(range(256))
)


raw_case(
    "a line feed after the manifest", "manifest", "it is not an envelope", "bundle.json", lambda d: d + b"\n"
)


raw_case(
    "a manifest with a member more",
    "manifest",
    "it is not an envelope",
    "bundle.json",
    lambda d: d[:-1] + b',"z":1}',
)


raw_case(
    "a manifest of another type",
    "manifest",
    "the payload type is not",
    "bundle.json",
    lambda d: d.replace(b"vnd.counterseal.manifest", b"vnd.counterseal.header"),
)


raw_case(
    "a manifest without signature",
    "manifest",
    "it has not exactly one signature",
    "bundle.json",
    lambda d: d[: d.index(b'"signatures":[') + 14] + b"]}",
)


raw_case(
    "a manifest in loose base64",
    "manifest",
    "the payload is not base64 in its only spelling",
    "bundle.json",
    lambda d: d.replace(b'{"payload":"', b'{"payload":"='),
)


@on_disk("a manifest that is too large", "it is larger than 16,777,216 bytes")
def _(root: Path) -> None:
    os.truncate(root / "bundle.json", 16 * 2**20 + 1)


@case("a file too large to be hashed", "file-hashes", "it is too large to be hashed")
def _(folder: Path) -> Any:
    root = write(folder / "bundle", small_world().files())
    os.truncate(root / "trust" / "trust.json", 16 * 2**20 + 1)
    return [str(root)]


@case("a manifest too large to be read", "manifest", "the file is too large to be read")
def _(folder: Path) -> Any:
    root = write(folder / "bundle", small_world().files())
    os.truncate(root / "bundle.json", 16 * 2**20 + 1)
    return [str(root)]


@case("a manifest with two signatures", "manifest", "it has not exactly one signature")
def _() -> Any:
    world = small_world()
    doc = world.manifest_doc(world.files())
    both = [world.parties["RU"].author, world.parties["US"].author]
    return world.files() | {"bundle.json": envelope(MANIFEST, canon(doc), both)}


for path, value, rule in (
    ("v", 2, "manifest.v is not of the form 1"),
    ("v", True, "manifest.v is not of the form 1"),
    ("purpose", "other", "manifest.purpose is not of the form"),
    ("purpose!", None, "manifest has not exactly the members"),
    ("extra", 1, "manifest has not exactly the members"),
    ("created", "2020-02-30T00:00:00Z", "manifest.created is no real date and time"),
    ("created", "2020-02-01 00:00:00Z", "manifest.created is not of the form"),
    ("created", "2020-02-01T00:00:60Z", "manifest.created is no real date and time"),
    ("from", "us", "manifest.from is not of the form"),
    ("sequence", -1, "manifest.sequence is not of the form"),
    ("sequence", "0", "manifest.sequence is not of the form"),
    ("sequence", 2**53, "a number is not an integer below 2^53"),
    ("sequence", 0.5, "a number is not an integer below 2^53"),
    ("to", [], "manifest.to is too short or too long a list"),
    ("to", ["b", "a"], "manifest.to is not sorted"),
    ("to", ["a", "a"], "manifest.to has an item twice"),
    ("to", ["a b"], "manifest.to[0] is not of the form"),
    ("to", "public", "manifest.to is not a list"),
    ("treaty", None, "manifest.treaty is not of the form"),
    ("files", {}, "manifest.files is not a list"),
    ("files.0", [], "manifest.files[0] is not an object"),
    ("files.0.path", 1, "manifest.files[0].path is not of the form"),
    ("files.0.sha256", "AB" * 32, "manifest.files[0].sha256 is not of the form"),
    ("files.0.size", None, "manifest.files[0].size is not of the form"),
    ("files.0.path", "zzz", "manifest.files is not sorted"),
    ("heads.0.origin", "zzz", "manifest.heads is not sorted"),
    ("heads.0.origin", "a b", "manifest.heads[0].origin is not of the form"),
    ("heads.0.root", "", "manifest.heads[0].root is not of the form"),
    ("heads.0.size", "1", "manifest.heads[0].size is not of the form"),
):
    manifest_case(f"manifest: {path} {value!r}"[:60], rule, path, value)


@case("a file listed twice", "manifest", "manifest.files has an item twice")
def _() -> Any:
    return small_world().files(manifest=lambda doc: doc["files"].insert(0, doc["files"][0]))


@case("a manifest that lists itself", "manifest", "the manifest lists itself")
def _() -> Any:
    itself = {"path": "bundle.json", "sha256": SOMEBODY, "size": 1}
    return small_world().files(
        manifest=lambda doc: doc.update(files=sorted([*doc["files"], itself], key=lambda file: file["path"]))
    )


@case("a file that is not listed", "listing", "the file is not in the manifest")
def _() -> Any:
    return small_world().files() | {"view/more.html": b"x"}


raw_case(
    "a listed file that is not there",
    "listing",
    "the file is in the manifest and not here",
    "view/index.html",
    lambda _: None,
)


raw_case("a file that is longer", "file-hashes", "its size is not the", "view/index.html", lambda d: d + b" ")


raw_case(
    "a file that is changed",
    "file-hashes",
    "its SHA-256 is not the",
    "view/index.html",
    lambda d: d[:-1] + b" ",
)


raw_case(
    "a changed tile", "file-hashes", "its SHA-256 is not the", "US/tile/0/000.p/4", lambda d: d[:-1] + b" "
)
