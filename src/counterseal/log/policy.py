"""What a policy asks of a checkpoint: which logs, which witnesses, and how many of whom [C2SP-TLOG-POLICY].

A policy is judged with reasons: who signed, who cosigned and when, which groups are met, who is missing.
How it is written down is the business of ``policy_file.py``.
"""

from dataclasses import dataclass
from enum import StrEnum

from counterseal.log.checkpoint import Checkpoint, parse_checkpoint
from counterseal.log.cosignature import mldsa_cosigned_at, witnessed_at
from counterseal.log.errors import NoteError
from counterseal.log.note import ED25519, Note, NoteKey, find_line, require_signed


class Standing(StrEnum):
    """How a key of the policy stands on a note."""

    SIGNED = "signed"
    """Its line is there and verifies."""
    ABSENT = "absent"
    """There is no line of it."""
    REFUSED = "refused"
    """There is a line of it, and it does not verify."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyLog:
    """A log whose checkpoints are accepted; its key's name is its origin.

    Attributes:
        url: Where it is reached, opaque bytes, or None.
    """

    key: NoteKey
    url: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyWitness:
    """A witness under its name in this policy, which is opaque bytes."""

    name: bytes
    key: NoteKey
    url: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyGroup:
    """Witnesses and groups of which at least ``threshold`` must have vouched."""

    name: bytes
    threshold: int
    members: tuple[bytes, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Known logs, known witnesses, and the quorum.

    Attributes:
        groups: In an order in which each names only witnesses and groups before it.
        quorum: Name of a witness or group, or None where no cosignature is asked for (``quorum none``).
    """

    logs: tuple[PolicyLog, ...]
    witnesses: tuple[PolicyWitness, ...]
    groups: tuple[PolicyGroup, ...]
    quorum: bytes | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LogWord:
    """How one log of the policy stands on the note, and why."""

    origin: str
    key_hash: bytes
    standing: Standing
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WitnessWord:
    """How one witness of the policy stands on the note, and why.

    Attributes:
        seconds: POSIX time of its cosignature [s]; 0 says nothing of when; None where there is none.
    """

    name: bytes
    key: NoteKey
    standing: Standing
    seconds: int | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupWord:
    """How many members of a group vouched, who did not, and whether that is enough."""

    name: bytes
    threshold: int
    vouched: tuple[bytes, ...]
    missing: tuple[bytes, ...]

    @property
    def met(self) -> bool:
        """Whether enough members vouched."""
        return len(self.vouched) >= self.threshold


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyCheck:
    """One rule of the policy, whether it held, and a sentence."""

    name: str
    held: bool
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyResult:
    """What a policy says of one checkpoint: the checks ``log``, ``lines`` and ``quorum``.

    Attributes:
        missing: Names of witnesses and groups whose word the quorum still waits for.
    """

    checkpoint: Checkpoint
    logs: tuple[LogWord, ...]
    witnesses: tuple[WitnessWord, ...]
    groups: tuple[GroupWord, ...]
    checks: tuple[PolicyCheck, ...]
    missing: tuple[bytes, ...]

    @property
    def held(self) -> bool:
        """Whether every check held."""
        return all(check.held for check in self.checks)


def shown(name: bytes) -> str:
    """Return a policy's opaque name as text for people."""
    return name.decode("utf-8", "backslashreplace")


def evaluate(policy: Policy, note: Note) -> PolicyResult:
    """Judge a checkpoint by a policy.

    A policy without logs accepts none here: which log is meant must be said by it.

    Raises:
        NoteError: the note's text is no checkpoint.
    """
    checkpoint = parse_checkpoint(note.text)
    logs = tuple(_log_word(log.key, note, checkpoint) for log in policy.logs)
    witnesses = tuple(_witness_word(witness, note) for witness in policy.witnesses)
    groups, vouched = _group_words(policy, witnesses)
    missing = _missing(policy, groups, vouched)
    return PolicyResult(
        checkpoint=checkpoint,
        logs=logs,
        witnesses=witnesses,
        groups=groups,
        checks=(_log_check(logs, checkpoint), _lines_check(logs, witnesses), _quorum_check(policy, missing)),
        missing=missing,
    )


def _log_word(key: NoteKey, note: Note, checkpoint: Checkpoint) -> LogWord:
    standing, reason = _log_standing(key, note, checkpoint)
    return LogWord(origin=key.name, key_hash=key.key_hash, standing=standing, reason=reason)


def _log_standing(key: NoteKey, note: Note, checkpoint: Checkpoint) -> tuple[Standing, str]:
    if key.name != checkpoint.origin:
        return Standing.ABSENT, f"log {key.name}: the checkpoint is of {checkpoint.origin}"
    if find_line(note, key) is None:
        return Standing.ABSENT, f"log {key.name}: no line of key {key.key_hash.hex()}"
    try:
        if key.algorithm == ED25519:
            require_signed(note, key)
        else:
            mldsa_cosigned_at(note, key)
    except NoteError as error:
        return Standing.REFUSED, f"log {key.name}: {error}"
    return Standing.SIGNED, f"log {key.name}: signed by key {key.key_hash.hex()}"


def _witness_word(witness: PolicyWitness, note: Note) -> WitnessWord:
    standing, seconds, name = Standing.SIGNED, None, shown(witness.name)
    try:
        seconds = witnessed_at(note, witness.key)
    except NoteError as error:
        standing, reason = Standing.REFUSED, f"witness {name}: {error}"
    else:
        reason = f"witness {name}: cosigned at {seconds} s"
        if seconds is None:
            standing, reason = Standing.ABSENT, f"witness {name}: has not cosigned"
    return WitnessWord(name=witness.name, key=witness.key, standing=standing, seconds=seconds, reason=reason)


def _group_words(
    policy: Policy, witnesses: tuple[WitnessWord, ...]
) -> tuple[tuple[GroupWord, ...], frozenset[bytes]]:
    """Walk the groups in their order: each rests on what stands before it, so there is no recursion."""
    vouched = {word.name for word in witnesses if word.standing is Standing.SIGNED}
    words = []
    for group in policy.groups:
        word = GroupWord(
            name=group.name,
            threshold=group.threshold,
            vouched=tuple(name for name in group.members if name in vouched),
            missing=tuple(name for name in group.members if name not in vouched),
        )
        words.append(word)
        if word.met:
            vouched.add(group.name)
    return tuple(words), frozenset(vouched)


def _missing(policy: Policy, groups: tuple[GroupWord, ...], vouched: frozenset[bytes]) -> tuple[bytes, ...]:
    """From the quorum down: every group that is not met, and the members whose word it lacks."""
    by_name = {group.name: group for group in groups}
    waiting = [policy.quorum] if policy.quorum is not None and policy.quorum not in vouched else []
    found: list[bytes] = []
    while waiting:
        name = waiting.pop(0)
        found.append(name)
        if name in by_name:
            waiting += by_name[name].missing
    return tuple(found)


def _log_check(logs: tuple[LogWord, ...], checkpoint: Checkpoint) -> PolicyCheck:
    signed = [log.reason for log in logs if log.standing is Standing.SIGNED]
    if signed:
        return PolicyCheck(name="log", held=True, reason="; ".join(signed))
    if not logs:
        return PolicyCheck(name="log", held=False, reason="the policy names no log")
    reason = f"no log of the policy has signed this checkpoint of {checkpoint.origin}"
    return PolicyCheck(name="log", held=False, reason=reason)


def _lines_check(logs: tuple[LogWord, ...], witnesses: tuple[WitnessWord, ...]) -> PolicyCheck:
    words: tuple[LogWord | WitnessWord, ...] = (*logs, *witnesses)
    refused = [word.reason for word in words if word.standing is Standing.REFUSED]
    reason = "; ".join(refused) or "every line of a key of the policy verifies"
    return PolicyCheck(name="lines", held=not refused, reason=reason)


def _quorum_check(policy: Policy, missing: tuple[bytes, ...]) -> PolicyCheck:
    if policy.quorum is None:
        return PolicyCheck(name="quorum", held=True, reason="the policy asks for no cosignature")
    name = shown(policy.quorum)
    if not missing:
        return PolicyCheck(name="quorum", held=True, reason=f"quorum {name} is met")
    waits = ", ".join(map(shown, missing))
    return PolicyCheck(name="quorum", held=False, reason=f"quorum {name} is not met; it waits for {waits}")
