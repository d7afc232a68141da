"""Checks 9 and 10: the checkpoints of each log, and whether every side has vouched for the newest."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType

from counterseal.log.checkpoint import Checkpoint, parse_checkpoint
from counterseal.log.cosignature import instant_of, require_log_line, witnessed_at
from counterseal.log.errors import LogError, NoteError
from counterseal.log.note import Note, find_line, parse_note
from counterseal.records.errors import RecordError
from counterseal.records.manifest import log_folder, size_cap
from counterseal.records.trust import Trust
from counterseal.records.trusted import LOG, WITNESS, Side, TrustedKey, TrustedLog, Witness
from counterseal.records.verification.source import BundleSource
from counterseal.records.verification.tally import ENTRY_CHECKS, Tally

_KEPT_HEADS = 1024
"""Heads that are remembered verified: every bundle brings the same ones again [a few kB each]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenCheckpoint:
    """A checkpoint that is in form and signed, and who vouched for it when.

    Attributes:
        cosigned: Party code and time of each valid cosignature of another party.
    """

    path: str
    checkpoint: Checkpoint
    cosigned: tuple[tuple[str, datetime], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LogHeads:
    """The checkpoints of one log, smallest first; the last one is the newest."""

    log: TrustedLog
    folder: str
    seen: tuple[SeenCheckpoint, ...]

    @property
    def newest(self) -> SeenCheckpoint:
        """The checkpoint that the bundle stands on."""
        return self.seen[-1]

    @property
    def size(self) -> int:
        """Number of entries of the log in this bundle."""
        return self.newest.checkpoint.size


def read_head(
    note: Note, *, log: TrustedLog, trust: Trust, path: str = "", any_version: bool = False
) -> SeenCheckpoint:
    """Return a checkpoint of ``log`` after checking its signatures.

    Args:
        note: The checkpoint.
        log: Whose it must be.
        trust: Everybody's keys.
        path: Where it was found.
        any_version: Accept the log keys of any version of its party's key file, in force at that size or not.

    Raises:
        LogError: another origin, not signed by the log keys in force, or a known key's line does not verify.
    """
    checkpoint = parse_checkpoint(note.text)
    if checkpoint.origin != log.origin:
        raise NoteError(f"checkpoint of {checkpoint.origin!r}, must be of {log.origin!r}")
    times = _times(note, trust.keys)
    required = trust.log_keys(log.origin, checkpoint.size)
    if any_version:
        signed = [pair for pair in trust.log_pairs(log.origin) if all(key in times for key in pair)]
        required = signed[0] if signed else required
    if not required:
        raise NoteError(f"log {log.origin} has no key in force at size {checkpoint.size}")
    for key in required:
        if key not in times:
            raise NoteError(f"note is not signed by {key.name} with its {key.algorithm} key")
    cosigned: dict[str, datetime] = {}
    for witness in trust.witnesses:
        seconds = _vouched(witness, times, checkpoint) if witness.party != log.party else None
        if seconds is not None:
            at = instant_of(seconds)
            cosigned[witness.party] = min(at, cosigned.get(witness.party, at))
    return SeenCheckpoint(path=path, checkpoint=checkpoint, cosigned=tuple(sorted(cosigned.items())))


@lru_cache(maxsize=_KEPT_HEADS)
def _times(note: Note, keys: tuple[TrustedKey, ...]) -> Mapping[TrustedKey, int]:
    """Verify every line of a known key; return what time each states, by key (a log's own states none).

    The note and the keys decide it alone, so what held once is not computed again for the same bytes and
    keys; what did not hold is never remembered.
    """
    times = {}
    for role in (LOG, WITNESS):
        for key in keys:
            if key.role == role and find_line(note, key.note_key) is not None:
                times[key] = _verified(note, key)
    return MappingProxyType(times)


def _verified(note: Note, key: TrustedKey) -> int:
    if key.role == LOG:
        require_log_line(note, key.note_key)
        return 0
    return witnessed_at(note, key.note_key) or 0


def _vouched(witness: Witness, times: Mapping[TrustedKey, int], checkpoint: Checkpoint) -> int | None:
    """The time at which a witness cosigned, if its word counts on this head."""
    stated = {times.get(key) for key in witness.keys}
    counts = all(key.vouches_for(checkpoint.origin, checkpoint.size) for key in witness.keys)
    seconds = stated.pop() if len(stated) == 1 and counts else None
    return None if seconds == 0 and len(witness.keys) > 1 else seconds  # time 0 says nothing of when


def check_heads(
    source: BundleSource, paths: frozenset[str], trust: Trust, tally: Tally
) -> tuple[LogHeads, ...]:
    """Run ``checkpoints`` and ``settled``, and ``names`` for the folders of logs.

    Returns:
        The logs whose newest checkpoint is in form.
    """
    tally.ran("checkpoints", "settled")
    folders = {log_folder(log.origin): log for log in trust.logs}
    for path in sorted(paths):
        place = path.split("/")
        if place[0] in {"logs", "bodies", "sealed"} and place[1] not in folders:
            tally.refuse("names", "belongs to no log of the trust file", file=path)
    found = [
        _check_log(source, paths, trust, tally, log=log, folder=folder)
        for folder, log in sorted(folders.items())
    ]
    if None in found:
        tally.cut("settled", "tiles", "roots", *ENTRY_CHECKS)
    return tuple(heads for heads in found if heads is not None)


def _check_log(
    source: BundleSource,
    paths: frozenset[str],
    trust: Trust,
    tally: Tally,
    *,
    log: TrustedLog,
    folder: str,
) -> LogHeads | None:
    newest_path = f"logs/{folder}/checkpoint"
    if newest_path not in paths:
        tally.refuse("checkpoints", f"log {log.origin} has no checkpoint", file=newest_path)
        return None
    newest = _read(source, newest_path, tally, log=log, trust=trust)
    if newest is None:
        return None
    earlier = _read_earlier(source, paths, tally, log=log, trust=trust, newest=newest)
    cosigners = frozenset(code for code, _ in newest.cosigned)
    for side in trust.missing_sides(owner=log.party, cosigners=cosigners):
        tally.refuse(
            "settled",
            f"the newest checkpoint of {log.origin} (size {newest.checkpoint.size}) is not cosigned by "
            f"{' or '.join(side.parties)}, as the policy asks{_of(side)}",
            file=newest_path,
        )
    return LogHeads(log=log, folder=folder, seen=(*earlier, newest))


def _of(side: Side) -> str:
    return f" (of {side.threshold} of them)" if side.threshold > 1 else ""


def _read(
    source: BundleSource, path: str, tally: Tally, *, log: TrustedLog, trust: Trust
) -> SeenCheckpoint | None:
    try:
        note = parse_note(source.read(path, most=size_cap(path)))
        return read_head(note, log=log, trust=trust, path=path)
    except (LogError, RecordError) as error:
        tally.refuse("checkpoints", str(error), file=path)
        return None


def _read_earlier(
    source: BundleSource,
    paths: frozenset[str],
    tally: Tally,
    *,
    log: TrustedLog,
    trust: Trust,
    newest: SeenCheckpoint,
) -> list[SeenCheckpoint]:
    prefix = newest.path + "s/"
    seen = []
    for path in sorted(p for p in paths if p.startswith(prefix)):
        one = _read(source, path, tally, log=log, trust=trust)
        if one is None:
            continue
        size = one.checkpoint.size
        if path != f"{prefix}{size}":
            tally.refuse("checkpoints", f"states size {size}, which is not its name", file=path)
        if size >= newest.checkpoint.size:
            tally.refuse(
                "checkpoints",
                f"size {size} is not before the newest checkpoint, of size {newest.checkpoint.size}",
                file=path,
            )
        if size <= newest.checkpoint.size:
            seen.append(one)  # misnamed or not: what it states must be true of the entries
    return sorted(seen, key=lambda one: one.checkpoint.size)
