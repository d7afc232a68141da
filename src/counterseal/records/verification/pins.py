"""Checks 5 to 8: the trust file, its roots, what the reader pinned, and who signed the manifest."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from counterseal.crypto.ed25519 import require_signature
from counterseal.crypto.errors import CryptoError
from counterseal.records.errors import RecordError, TrustError
from counterseal.records.manifest import MANIFEST_NAME, size_cap
from counterseal.records.trust import Trust
from counterseal.records.trust_chain import TRUST_NAME, read_trust_version
from counterseal.records.trust_files import (
    is_chained,
    parse_trust_files,
    read_trust,
    trust_signature_problems,
)
from counterseal.records.trusted import AUTHOR
from counterseal.records.verification.files import SignedManifest
from counterseal.records.verification.source import BundleSource
from counterseal.records.verification.tally import PINNED, Tally

_FINGERPRINT = re.compile(r"[0-9a-f]{64}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """What a reader trusts beforehand: a fingerprint that was compared by other means.

    Attributes:
        fingerprint: Of all roots together, or of one party's root [64 hexadecimal digits].
        whole: Whether it must be that of all roots (it came from a trust file).
        problem: Why the trust file that was given is none; such a pin matches nothing.
    """

    fingerprint: str
    whole: bool
    problem: str | None = None


def parse_fingerprint(text: str) -> Pin | None:
    """Return the pin that a typed fingerprint makes, or None if ``text`` is none."""
    folded = re.sub(r"[\s:]", "", text).lower()
    return Pin(fingerprint=folded, whole=False) if _FINGERPRINT.fullmatch(folded) else None


def pin_of_trust_file(data: bytes) -> Pin:
    """Return the pin that a trust file makes; one that is not sound matches nothing.

    Of the first form, all root signatures are checked and its fingerprint is pinned; one of the second
    form is pinned by its id, which stands for every byte that was signed.
    """
    try:
        if is_chained(data):
            return Pin(fingerprint=read_trust_version(data, path="--trust").trust_id, whole=True)
        return Pin(fingerprint=read_trust({TRUST_NAME: data}).fingerprint, whole=True)
    except RecordError as error:
        return Pin(fingerprint="", whole=True, problem=str(error))


def check_trust(
    source: BundleSource, paths: frozenset[str], tally: Tally, *, pins: tuple[Pin, ...]
) -> Trust | None:
    """Run ``trust-form``, ``trust-signatures`` and ``trust-pinned``."""
    files = {}
    for path in sorted(path for path in paths if path.startswith("trust/")):
        try:
            files[path] = source.read(path, most=size_cap(path))
        except RecordError as error:
            tally.refuse("trust-form", str(error), file=path)
            return None
    return check_trust_files(files, tally, pins=pins)


def check_trust_files(
    files: Mapping[str, bytes],
    tally: Tally,
    *,
    pins: tuple[Pin, ...],
    named: bool = True,
    whole: bool = True,
) -> Trust | None:
    """Run the three checks on trust files by path; return what they say if they are in form.

    Args:
        files: Their bytes, by path in a bundle.
        tally: Where the checks are kept.
        pins: What the reader trusts beforehand.
        named: Whether failures name the files: in a fork proof there are none.
        whole: Whether a chain must have all its key files.
    """
    tally.ran("trust-form")
    try:
        trust = parse_trust_files(files, whole=whole)
    except TrustError as error:
        tally.refuse("trust-form", str(error), file=error.file if named else None)
        return None
    tally.ran("trust-signatures")
    for path, rule in trust_signature_problems(trust):
        tally.refuse("trust-signatures", rule, file=path if named else None)
    for pin in pins:
        _check_pin(pin, trust, tally, file=TRUST_NAME if named else None)
    return trust


def _check_pin(pin: Pin, trust: Trust, tally: Tally, *, file: str | None) -> None:
    tally.ran(PINNED)
    if pin.problem is not None:
        tally.refuse(PINNED, f"the trust file that was given: {pin.problem}", file="--trust")
        return
    if pin.fingerprint not in (trust.whole if pin.whole else trust.fingerprints):
        tally.refuse(
            PINNED, f"the roots in this trust file are not those pinned as {pin.fingerprint}", file=file
        )


def check_manifest_signature(signed: SignedManifest, trust: Trust, tally: Tally) -> None:
    """Run ``manifest-signature``."""
    tally.ran("manifest-signature")
    problem = _manifest_problem(signed, trust)
    if problem:
        tally.refuse("manifest-signature", problem, file=MANIFEST_NAME)


def _manifest_problem(signed: SignedManifest, trust: Trust) -> str | None:
    if signed.manifest.treaty != trust.treaty:
        return f"the manifest is of treaty {signed.manifest.treaty!r}, the trust file of {trust.treaty!r}"
    given = signed.envelope.signatures[0]
    key = trust.key(signed.manifest.sender, given.key_id)
    if key is None or key.role != AUTHOR or key.end is not None or key.party != signed.manifest.sender:
        return f"signed by {given.key_id[:16]}…, which is no author key of {signed.manifest.sender}"
    try:
        require_signature(key.public, given.signature, message=signed.envelope.signed_bytes)
    except CryptoError as error:
        return f"signature of {signed.manifest.sender} on the manifest: {error}"
    return None
