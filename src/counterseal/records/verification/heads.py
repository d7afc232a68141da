"""Checks 9 and 10: the checkpoints of each log, and whether every side has vouched for the newest."""

from dataclasses import dataclass
from datetime import datetime

from counterseal.log.checkpoint import Checkpoint, parse_checkpoint
from counterseal.log.cosignature import cosigned_at
from counterseal.log.errors import LogError, NoteError
from counterseal.log.note import Note, find_line, parse_note, require_signed
from counterseal.records.errors import RecordError
from counterseal.records.manifest import log_folder, size_cap
from counterseal.records.trust import LOG, WITNESS, TrustedLog, TrustFile
from counterseal.records.verification.source import BundleSource
from counterseal.records.verification.tally import ENTRY_CHECKS, Tally


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


def read_head(note: Note, *, log: TrustedLog, trust: TrustFile, path: str = "") -> SeenCheckpoint:
    """Return a checkpoint of ``log`` after checking its signatures.

    Raises:
        LogError: another origin, not signed by the log's key, or a known cosigner's line does not verify.
    """
    checkpoint = parse_checkpoint(note.text)
    if checkpoint.origin != log.origin:
        raise NoteError(f"checkpoint of {checkpoint.origin!r}, must be of {log.origin!r}")
    key = trust.key(log.key_id)
    if key is None:
        raise NoteError(f"log {log.origin} has no key in the trust file")
    require_signed(note, key.note_key)
    for other in trust.keys_of(LOG):
        if other != key and find_line(note, other.note_key) is not None:
            require_signed(note, other.note_key)
    cosigned = []
    for witness in trust.keys_of(WITNESS):
        at = cosigned_at(note, witness.note_key)
        if at is not None and witness.party != log.party:
            cosigned.append((str(witness.party), at))
    return SeenCheckpoint(path=path, checkpoint=checkpoint, cosigned=tuple(cosigned))


def check_heads(
    source: BundleSource, paths: frozenset[str], trust: TrustFile, tally: Tally
) -> tuple[LogHeads, ...]:
    """Run ``checkpoints`` and ``settled``, and ``names`` for the folders of logs.

    Returns:
        The logs whose newest checkpoint is in form.
    """
    tally.ran("checkpoints", "settled")
    folders = {log_folder(log.origin): log for log in trust.logs}
    for path in sorted(paths):
        place = path.split("/")
        if place[0] in {"logs", "bodies"} and place[1] not in folders:
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
    trust: TrustFile,
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
            f"{' or '.join(side)}, as the policy asks",
            file=newest_path,
        )
    return LogHeads(log=log, folder=folder, seen=(*earlier, newest))


def _read(
    source: BundleSource, path: str, tally: Tally, *, log: TrustedLog, trust: TrustFile
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
    trust: TrustFile,
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
