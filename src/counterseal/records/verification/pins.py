"""Checks 5 to 8: the trust file, its roots, what the reader pinned, and who signed the manifest."""

import re
from dataclasses import dataclass

from counterseal.crypto.ed25519 import require_signature
from counterseal.crypto.errors import CryptoError
from counterseal.records.envelope import TRUST_TYPE, parse_envelope
from counterseal.records.errors import RecordError, TrustError
from counterseal.records.manifest import MANIFEST_NAME, TRUST_NAME, size_cap
from counterseal.records.trust import AUTHOR, TrustFile, parse_trust, require_root_signatures
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
    """Return the pin that a trust file makes; one that is not signed by every root in it matches nothing."""
    try:
        return Pin(fingerprint=read_trust(data).fingerprint, whole=True)
    except RecordError as error:
        return Pin(fingerprint="", whole=True, problem=str(error))


def read_trust(data: bytes) -> TrustFile:
    """Return a trust file whose root signatures hold.

    Raises:
        RecordError: not in form, or a root signature does not hold.
    """
    envelope = parse_envelope(data, payload_type=TRUST_TYPE, what="trust file")
    trust = parse_trust(envelope.payload)
    require_root_signatures(envelope, trust)
    return trust


def check_trust(
    source: BundleSource, paths: frozenset[str], tally: Tally, *, pins: tuple[Pin, ...]
) -> TrustFile | None:
    """Run ``trust-form``, ``trust-signatures`` and ``trust-pinned``."""
    if TRUST_NAME not in paths:
        tally.refuse("trust-form", "the trust file is missing", file=TRUST_NAME)
        return None
    try:
        data = source.read(TRUST_NAME, most=size_cap(TRUST_NAME))
    except RecordError as error:
        tally.refuse("trust-form", str(error), file=TRUST_NAME)
        return None
    return check_trust_bytes(data, tally, pins=pins, file=TRUST_NAME)


def check_trust_bytes(
    data: bytes, tally: Tally, *, pins: tuple[Pin, ...], file: str | None
) -> TrustFile | None:
    """Run the three checks of a trust file on its bytes; return it if it is in form."""
    tally.ran("trust-form")
    try:
        envelope = parse_envelope(data, payload_type=TRUST_TYPE, what="trust file")
        trust = parse_trust(envelope.payload)
    except RecordError as error:
        tally.refuse("trust-form", str(error), file=file)
        return None
    tally.ran("trust-signatures")
    try:
        require_root_signatures(envelope, trust)
    except TrustError as error:
        tally.refuse("trust-signatures", str(error), file=file)
    for pin in pins:
        _check_pin(pin, trust, tally, file=file)
    return trust


def _check_pin(pin: Pin, trust: TrustFile, tally: Tally, *, file: str | None) -> None:
    tally.ran(PINNED)
    if pin.problem is not None:
        tally.refuse(PINNED, f"the trust file that was given: {pin.problem}", file="--trust")
        return
    accepted = {trust.fingerprint}
    if not pin.whole:
        accepted |= {party.fingerprint for party in trust.parties}
    if pin.fingerprint not in accepted:
        tally.refuse(
            PINNED, f"the roots in this trust file are not those pinned as {pin.fingerprint}", file=file
        )


def check_manifest_signature(signed: SignedManifest, trust: TrustFile, tally: Tally) -> None:
    """Run ``manifest-signature``."""
    tally.ran("manifest-signature")
    problem = _manifest_problem(signed, trust)
    if problem:
        tally.refuse("manifest-signature", problem, file=MANIFEST_NAME)


def _manifest_problem(signed: SignedManifest, trust: TrustFile) -> str | None:
    if signed.manifest.treaty != trust.treaty:
        return f"the manifest is of treaty {signed.manifest.treaty!r}, the trust file of {trust.treaty!r}"
    given = signed.envelope.signatures[0]
    key = trust.key(given.key_id)
    if key is None or key.role != AUTHOR or key.party != signed.manifest.sender:
        return f"signed by {given.key_id[:16]}…, which is no author key of {signed.manifest.sender}"
    try:
        require_signature(key.public, given.signature, message=signed.envelope.signed_bytes)
    except CryptoError as error:
        return f"signature of {signed.manifest.sender} on the manifest: {error}"
    return None
