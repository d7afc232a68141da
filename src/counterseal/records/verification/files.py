"""Checks 1 to 4: the names, the manifest, the listing, the hashes."""

from dataclasses import dataclass

from counterseal.records.envelope import MANIFEST_TYPE, Envelope, parse_envelope
from counterseal.records.errors import RecordError
from counterseal.records.manifest import (
    ALLOWED,
    MANIFEST_NAME,
    MAX_FILES,
    MAX_MANIFEST_BYTES,
    Manifest,
    parse_manifest,
    size_cap,
)
from counterseal.records.verification.source import BundleSource, FoundName
from counterseal.records.verification.tally import Tally


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedManifest:
    """A manifest that is in form, and the envelope that it came in."""

    envelope: Envelope
    manifest: Manifest


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundFiles:
    """The files of a bundle: those whose names it may hold, and the strange ones, which nobody reads."""

    paths: frozenset[str]
    strange: frozenset[str]


def check_names(source: BundleSource, tally: Tally) -> FoundFiles:
    """Run ``names`` and return the files that were found."""
    tally.ran("names")
    found = source.names()
    if len(found) > MAX_FILES:
        tally.refuse("names", f"{len(found)} files, at most {MAX_FILES}")
    folded: dict[str, str] = {}
    for name in found:
        _check_name(name, tally)
        twin = folded.setdefault(name.path.casefold(), name.path)
        if twin != name.path:
            tally.refuse("names", f"differs from {twin} in case only", file=name.path)
    files = frozenset(name.path for name in found if name.kind == "file")
    paths = frozenset(path for path in files if ALLOWED.fullmatch(path))
    return FoundFiles(paths=paths, strange=files - paths)


def _check_name(name: FoundName, tally: Tally) -> None:
    if name.kind == "empty-folder":
        tally.refuse("names", "an empty folder has no place in a bundle", file=name.path)
    elif name.kind != "file":
        tally.refuse("names", "not a plain file (a link, a device, or unreadable)", file=name.path)
    elif not ALLOWED.fullmatch(name.path):
        tally.refuse("names", "no file of a bundle has this name", file=name.path)
    elif name.size > size_cap(name.path):
        tally.refuse("names", f"{name.size} bytes, at most {size_cap(name.path)}", file=name.path)


def check_manifest(source: BundleSource, found: FoundFiles, tally: Tally) -> SignedManifest | None:
    """Run ``manifest``, ``listing`` and ``file-hashes``; return the manifest if it is in form."""
    paths = found.paths
    tally.ran("manifest")
    if MANIFEST_NAME not in paths:
        tally.refuse("manifest", "the manifest is missing", file=MANIFEST_NAME)
        return None
    try:
        data = source.read(MANIFEST_NAME, most=MAX_MANIFEST_BYTES)
        envelope = parse_envelope(data, payload_type=MANIFEST_TYPE, what="manifest")
        signed = SignedManifest(envelope=envelope, manifest=parse_manifest(envelope.payload))
    except RecordError as error:
        tally.refuse("manifest", str(error), file=MANIFEST_NAME)
        return None
    if len(envelope.signatures) != 1:
        tally.refuse("manifest", "a manifest carries exactly one signature", file=MANIFEST_NAME)
    _check_listing(signed.manifest, paths | found.strange, tally)
    _check_hashes(source, signed.manifest, paths, tally)
    return signed


def _check_listing(manifest: Manifest, paths: frozenset[str], tally: Tally) -> None:
    tally.ran("listing")
    listed = {item.path for item in manifest.files}
    for path in sorted(paths - listed - {MANIFEST_NAME}):
        tally.refuse("listing", "present, and not listed in the manifest", file=path)
    for path in sorted(listed - paths):
        tally.refuse("listing", "listed in the manifest, and not present", file=path)


def _check_hashes(source: BundleSource, manifest: Manifest, paths: frozenset[str], tally: Tally) -> None:
    tally.ran("file-hashes")
    for item in manifest.files:
        if item.path not in paths:
            continue
        try:
            size, digest = source.digest(item.path, most=size_cap(item.path))
        except RecordError as error:
            tally.refuse("file-hashes", str(error), file=item.path)
            continue
        if size != item.size:
            tally.refuse("file-hashes", f"{size} bytes, the manifest says {item.size}", file=item.path)
        elif digest != item.sha256:
            tally.refuse("file-hashes", f"SHA-256 {digest}, the manifest says {item.sha256}", file=item.path)
