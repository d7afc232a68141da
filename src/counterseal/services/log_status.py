"""How far the records of each log are vouched for, and whose word is waited for since when."""

from dataclasses import dataclass
from datetime import datetime

from counterseal.log.checkpoint import Checkpoint
from counterseal.records.envelope import split_record
from counterseal.records.header import feed_id, parse_header
from counterseal.records.trusted import AUTHOR, Side, TrustedLog
from counterseal.records.verification.heads import SeenCheckpoint, read_head
from counterseal.services.node import Node
from counterseal.services.record_book import ISSUED, LOGGED, SETTLED


@dataclass(frozen=True, slots=True, kw_only=True)
class Awaited:
    """A side whose word on the newest head is missing.

    Attributes:
        spoken: Size of the newest head that it has vouched for, or None.
        since: Size of the first head after that one.
    """

    side: Side
    spoken: int | None
    since: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LogStatus:
    """One log as a node holds it.

    Attributes:
        records: Number of entries; each is in one of the three states below.
        issued: Signed, and not under a head yet. ``logged``: under a head. ``settled``: under a head that
            every side has vouched for.
        head: The newest head, or None.
        state: Of that head.
        cosigners: Who has vouched for it.
        written: What the last record under it claims as its time; untrusted.
        vouched: When another party first vouched for it, by that party's clock.
        awaited: Whose word on it is missing.
        disputed: Ids of records that their own party does not stand by, their key having been lost.
    """

    log: TrustedLog
    records: int
    issued: int
    logged: int
    settled: int
    head: Checkpoint | None
    state: str
    cosigners: tuple[str, ...]
    written: datetime | None
    vouched: datetime | None
    awaited: tuple[Awaited, ...]
    disputed: tuple[str, ...]

    def state_of(self, index: int) -> str:
        """Return how far the entry at an index is vouched for."""
        if index < self.settled:
            return SETTLED
        return LOGGED if index < self.settled + self.logged else ISSUED

    @property
    def last_sign(self) -> datetime | None:
        """The latest time at which the newest head is known to have been there, by whatever clock."""
        return max((at for at in (self.written, self.vouched) if at is not None), default=None)


def log_statuses(node: Node) -> tuple[LogStatus, ...]:
    """Return how each log stands."""
    return tuple(_status(node, log) for log in node.trust.logs)


def _status(node: Node, log: TrustedLog) -> LogStatus:
    seen = tuple(read_head(note, log=log, trust=node.trust) for note in node.store.checkpoints(log.origin))
    newest = seen[-1] if seen else None
    records = node.store.size(log.origin)
    headed = min(newest.checkpoint.size, records) if newest else 0
    settled = max((one.checkpoint.size for one in seen if not _missing(node, log, one)), default=0)
    missing = (
        _missing(node, log, newest)
        if newest
        else node.trust.missing_sides(owner=log.party, cosigners=frozenset())
    )
    return LogStatus(
        log=log,
        records=records,
        issued=records - headed,
        logged=headed - settled,
        settled=settled,
        head=newest.checkpoint if newest else None,
        state=LOGGED if missing else SETTLED,
        cosigners=tuple(code for code, _ in newest.cosigned) if newest else (),
        written=_written(node, log, headed),
        vouched=min((at for _, at in newest.cosigned), default=None) if newest else None,
        awaited=tuple(_awaited(side, seen) for side in missing),
        disputed=tuple(_disputed(node, log)),
    )


def _missing(node: Node, log: TrustedLog, seen: SeenCheckpoint) -> tuple[Side, ...]:
    cosigners = frozenset(code for code, _ in seen.cosigned)
    return node.trust.missing_sides(owner=log.party, cosigners=cosigners)


def _awaited(side: Side, seen: tuple[SeenCheckpoint, ...]) -> Awaited:
    vouched = [
        one.checkpoint.size
        for one in seen
        if len({code for code, _ in one.cosigned} & set(side.parties)) >= side.threshold
    ]
    spoken = max(vouched, default=None)
    later = [one.checkpoint.size for one in seen if spoken is None or one.checkpoint.size > spoken]
    return Awaited(side=side, spoken=spoken, since=min(later, default=0))


def _written(node: Node, log: TrustedLog, headed: int) -> datetime | None:
    for entry in node.store.entries(log.origin, max(0, headed - 1), headed):
        return parse_header(split_record(entry.envelope)[0]).claimed_time
    return None


def _disputed(node: Node, log: TrustedLog) -> list[str]:
    limits = {
        feed_id(treaty=node.trust.treaty, author=log.party, public=key.public): key.accepted
        for key in node.trust.keys_of(AUTHOR)
        if key.party == log.party and key.accepted is not None
    }
    if not limits:
        return []
    found = []
    for entry in node.store.entries(log.origin):
        header = parse_header(split_record(entry.envelope)[0])
        if header.seq >= (limits.get(header.feed) or 0) and header.feed in limits:
            found.append(entry.record_id)
    return found
