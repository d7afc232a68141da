"""Check a proof file: one record, one log head, and who has vouched for it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from counterseal.crypto.ed25519 import require_signature
from counterseal.crypto.errors import CryptoError
from counterseal.log.checkpoint import parse_checkpoint
from counterseal.log.errors import LogError
from counterseal.log.proof import LogProof, parse_log_proof
from counterseal.records.envelope import HEADER_TYPE, pre_authentication, split_record
from counterseal.records.errors import RecordError
from counterseal.records.header import parse_header, record_id
from counterseal.records.trust import Trust
from counterseal.records.trusted import AUTHOR
from counterseal.records.verification.heads import read_head
from counterseal.records.verification.pins import Pin, check_trust_files
from counterseal.records.verification.tally import PINNED, Check, Tally, check_json, pin_held

CHECKS = ("form", "trust-form", "trust-signatures", PINNED, "signature", "inclusion", "checkpoint", "settled")


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedProof:
    """What held of a proof file."""

    record: str | None
    checks: tuple[Check, ...]
    pinned: bool

    @property
    def verified(self) -> bool:
        """Whether every check ran and held, but for pinning where nothing was pinned."""
        return all(
            check.held or (check.held is None and check.name == PINNED and not self.pinned)
            for check in self.checks
        )

    def as_json(self) -> dict[str, Any]:
        """Return the result as JSON shows it."""
        return {
            "record": self.record,
            "verified": self.verified,
            "pinned": pin_held(self.checks),
            "checks": [check_json(check) for check in self.checks],
        }


def check_proof(
    data: bytes, *, entry: bytes, trust_files: Mapping[str, bytes], pins: tuple[Pin, ...]
) -> CheckedProof:
    """Check that a proof file shows ``entry`` in a log, under a head that the policy accepts.

    Args:
        data: The proof file.
        entry: The record's envelope.
        trust_files: The trust files with everybody's keys, by path in a bundle.
        pins: What the reader trusts beforehand.
    """
    tally = Tally(names=CHECKS)
    tally.ran("form")
    record, proof = None, None
    try:
        proof = parse_log_proof(data)
        record = record_id(split_record(entry)[0])
    except (LogError, RecordError) as error:
        tally.refuse("form", str(error))
    trust = check_trust_files(trust_files, tally, pins=pins)
    if proof is not None and record is not None and trust is not None:
        _check_signature(entry, trust, tally, index=proof.index)
        _check_inclusion(proof, entry, tally)
        _check_head(proof, trust, tally)
    return CheckedProof(record=record, checks=tally.checks(), pinned=bool(pins))


def _check_signature(entry: bytes, trust: Trust, tally: Tally, *, index: int) -> None:
    tally.ran("signature")
    try:
        header_bytes, key_id, signature = split_record(entry)
        header = parse_header(header_bytes)
        key = trust.key(header.author, key_id)
        if key is None or key.role != AUTHOR or key.party != header.author or not key.in_force(index):
            rule = f"signed by {key_id[:16]}…, no author key of {header.author} in force at entry {index}"
            tally.refuse("signature", rule)
            return
        require_signature(key.public, signature, message=pre_authentication(HEADER_TYPE, header_bytes))
    except (RecordError, CryptoError) as error:
        tally.refuse("signature", str(error))


def _check_inclusion(proof: LogProof, entry: bytes, tally: Tally) -> None:
    tally.ran("inclusion")
    try:
        proof.require_entry(entry)
    except (CryptoError, LogError) as error:
        tally.refuse("inclusion", str(error))


def _check_head(proof: LogProof, trust: Trust, tally: Tally) -> None:
    tally.ran("checkpoint")
    try:
        origin = parse_checkpoint(proof.note.text).origin
        log = next((log for log in trust.logs if log.origin == origin), None)
        if log is None:
            tally.refuse("checkpoint", f"no log {origin!r} in the trust file")
            return
        seen = read_head(proof.note, log=log, trust=trust)
    except LogError as error:
        tally.refuse("checkpoint", str(error))
        return
    tally.ran("settled")
    cosigners = frozenset(code for code, _ in seen.cosigned)
    for side in trust.missing_sides(owner=log.party, cosigners=cosigners):
        tally.refuse(
            "settled", f"the checkpoint is not cosigned by {' or '.join(side.parties)}, as the policy asks"
        )
