"""Verify a bundle: all checks in order, none skipped silently."""

from dataclasses import dataclass, replace

from counterseal.crypto.selftest import require_sound_libraries
from counterseal.records.trust import Trust
from counterseal.records.verification.entries import EntryChecks
from counterseal.records.verification.files import SignedManifest, check_manifest, check_names
from counterseal.records.verification.heads import LogHeads, check_heads
from counterseal.records.verification.pins import Pin, check_manifest_signature, check_trust
from counterseal.records.verification.source import BundleSource
from counterseal.records.verification.tally import CHAIN_CHECKS, FULL_CHECKS, Tally, Verification
from counterseal.records.verification.trees import check_stated_heads, check_trees

CHAIN, FULL = "chain", "full"


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """A verification, and what it read on the way, for those who go on with the bundle.

    Attributes:
        signed: The manifest, where it is in form.
        trust: What its trust files say, where they are in form.
    """

    result: Verification
    paths: frozenset[str]
    logs: tuple[LogHeads, ...]
    signed: SignedManifest | None
    trust: Trust | None


def verify_bundle(source: BundleSource, *, depth: str = FULL, pins: tuple[Pin, ...] = ()) -> Verification:
    """Verify a bundle and say, check by check, what held.

    Args:
        source: The bundle's files.
        depth: ``chain`` (files, trust, checkpoints, trees) or ``full`` (every record too).
        pins: What the reader trusts beforehand; with none, the keys are taken from the bundle itself.

    Returns:
        The result; it never raises for what is in the files.
    """
    return examine_bundle(source, depth=depth, pins=pins).result


def examine_bundle(
    source: BundleSource, *, depth: str, pins: tuple[Pin, ...], known: Trust | None = None
) -> Examined:
    """Verify a bundle as ``verify_bundle`` does, and keep what was read.

    Args:
        source: The bundle's files.
        depth: ``chain`` or ``full``.
        pins: What the reader trusts beforehand.
        known: Newer trust than the bundle's, by which everything but its trust files is judged.
    """
    require_sound_libraries()
    tally = Tally(names=FULL_CHECKS if depth == FULL else CHAIN_CHECKS)
    found = check_names(source, tally)
    paths = found.paths
    signed = check_manifest(source, found, tally)
    trust = check_trust(source, paths, tally, pins=pins)
    logs: tuple[LogHeads, ...] = ()
    records = bodies = 0
    if trust is not None:
        trust = replace(known, logs=trust.logs) if known is not None else trust
        if signed is not None:
            check_manifest_signature(signed, trust, tally)
        else:
            tally.cut("roots")
        logs = check_heads(source, paths, trust, tally)
        walked = check_trees(source, paths, logs, tally)
        if signed is not None:
            check_stated_heads(signed.manifest, logs, tally)
        records = sum(heads.size for heads in walked)
        if depth == FULL:
            entries = EntryChecks(source, paths, tally, trust=trust, logs=logs, walked=walked)
            entries.run()
            records, bodies = entries.records, entries.bodies
    counts = (
        ("files", len(paths)),
        ("logs", len(logs)),
        ("records", records),
        ("bodies", bodies),
        ("checkpoints", sum(len(heads.seen) for heads in logs)),
    )
    result = _result(tally, depth=depth, trust=trust, pins=pins, counts=counts)
    return Examined(result=result, paths=paths, logs=logs, signed=signed, trust=trust)


def _result(
    tally: Tally,
    *,
    depth: str,
    trust: Trust | None,
    pins: tuple[Pin, ...],
    counts: tuple[tuple[str, int], ...],
) -> Verification:
    warnings = tuple(tally.warnings)
    if tally.dropped_warnings:
        warnings += (f"{tally.dropped_warnings} more warnings are not shown",)
    return Verification(
        depth=depth,
        checks=tally.checks(),
        trust_fingerprint=trust.fingerprint if trust else None,
        roots=tuple((str(party.code), party.fingerprint) for party in trust.parties) if trust else (),
        pinned=bool(pins),
        counts=counts,
        warnings=warnings,
    )
