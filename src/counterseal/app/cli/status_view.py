"""What ``counterseal status`` prints."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from counterseal.app.cli.bundle_view import gaps_text, printable
from counterseal.app.cli.options import counted
from counterseal.services.bundle_numbers import rows_of
from counterseal.services.exchange_status import Sent
from counterseal.terms.times import format_instant

_SENT = {
    Sent.ACKNOWLEDGED: "acknowledged",
    Sent.OVERTAKEN: "not acknowledged, a later one was: lost, withheld or late",
    Sent.OPEN: "not acknowledged yet: under way, lost, stopped in the making, or answered with the next news",
    Sent.PUBLISHED: "made for everybody, not acknowledged",
    Sent.UNFINISHED: "never finished",
}

if TYPE_CHECKING:
    from counterseal.services.disputes import Case
    from counterseal.services.exchange_status import CameFrom, PartyExchange
    from counterseal.services.log_status import Awaited, LogStatus
    from counterseal.services.node import Node
    from counterseal.services.node_status import NodeStatus


def status_json(node: "Node", found: "NodeStatus") -> dict[str, Any]:
    """Return what ``status --json`` prints."""
    return {
        "party": node.party,
        "treaty": node.trust.treaty,
        "trust_fingerprint": node.trust.fingerprint,
        "trust_version": node.trust.version,
        "recovering": node.recovering,
        "at": format_instant(found.at),
        "logs": [_log_json(node, log, at=found.at) for log in found.logs],
        "exchange": [_exchange_json(exchange) for exchange in found.exchanges],
        "cases": [_case_json(case) for case in found.cases],
        "evidence": list(found.evidence),
        "warnings": list(found.warnings),
    }


def _log_json(node: "Node", log: "LogStatus", *, at: datetime) -> dict[str, Any]:
    kinds = Counter(entry.kind for entry in node.store.entries(log.log.origin))
    head = log.head
    return {
        "origin": log.log.origin,
        "party": log.log.party,
        "own": log.log.party == node.party,
        "records": log.records,
        "issued": log.issued,
        "logged": log.logged,
        "settled": log.settled,
        "head": None
        if head is None
        else {"size": head.size, "root": head.root.hex(), "checkpoint": head.checkpoint_id},
        "state": log.state,
        "cosigners": list(log.cosigners),
        "last_record_claims": _instant(log.written),
        "first_cosigned": _instant(log.vouched),
        "age_seconds": None if log.last_sign is None else int((at - log.last_sign).total_seconds()),
        "waiting_for": [
            {
                "side": list(awaited.side.parties),
                "threshold": awaited.side.threshold,
                "last_word_at_size": awaited.spoken,
                "since_size": awaited.since,
            }
            for awaited in log.awaited
        ],
        "disputed": list(log.disputed),
        "kinds": dict(sorted(kinds.items())),
    }


def _instant(at: datetime | None) -> str | None:
    return None if at is None else format_instant(at)


def _exchange_json(exchange: "PartyExchange") -> dict[str, Any]:
    return {
        "party": exchange.party,
        "own_log_vouched_to": exchange.reached,
        "sent": [
            {
                "to": bundle.to.split(","),
                "sequence": bundle.sequence,
                "manifest": bundle.manifest_id,
                "state": bundle.state.value,
                "acknowledgement": bundle.record_id,
            }
            for bundle in exchange.sent
        ],
        "received": [
            {
                "to": came.to.split(","),
                "for_this_party": came.ours,
                "count": came.count,
                "newest": came.newest,
                "missing": [list(gap) for gap in came.missing],
                "twice": list(came.twice),
                "not_acknowledged_yet": list(came.owed),
            }
            for came in exchange.came
        ],
        "strange_acknowledgements": [
            {"record": held.record_id, "sequence": held.said.sequence, "manifest": held.said.manifest_id}
            for held in exchange.strange
        ],
    }


def _case_json(case: "Case") -> dict[str, Any]:
    return {
        "about": case.about,
        "entries": [
            {
                "record": voice.record_id,
                "author": voice.author,
                "says": voice.says,
                "state": voice.state,
            }
            for voice in case.voices
        ],
    }


def status_text(node: "Node", found: "NodeStatus") -> str:
    """Return what ``status`` prints for people."""
    lines = [
        f"{node.party}, a node of treaty {node.trust.treaty}",
        f"  fingerprint of all roots: {node.trust.fingerprint}",
        f"  version {node.trust.version} of the trust file",
    ]
    if node.recovering:
        lines.append("  RECOVERING from a backup: it takes back what others hold, and signs nothing")
    for log in found.logs:
        lines += _log_lines(node, log, at=found.at)
    for exchange in found.exchanges:
        lines += _exchange_lines(exchange)
    for case in found.cases:
        lines += _case_lines(case)
    lines += [f"look at  {warning}" for warning in found.warnings]
    return "\n".join(map(printable, lines))


def _log_lines(node: "Node", log: "LogStatus", *, at: datetime) -> Iterator[str]:
    yield f"log {log.log.origin}{' (own)' if log.log.party == node.party else ''}"
    yield (
        f"  {counted(log.records, 'record')}: {log.settled} settled, {log.logged} logged, "
        f"{log.issued} issued and not under a head"
    )
    if log.head is not None:
        age = "" if log.last_sign is None else f", {_age(at - log.last_sign)}"
        yield f"  newest head: size {log.head.size}, {log.state}{age}"
    yield from (f"  {_awaited_text(awaited)}" for awaited in log.awaited)
    if log.disputed:
        disputed = counted(len(log.disputed), "record")
        yield f"  {disputed} that {log.log.party} does not stand by: its key was lost"
    kinds = Counter(entry.kind for entry in node.store.entries(log.log.origin))
    yield from (f"  {count:>6} {kind}" for kind, count in sorted(kinds.items()))


def _awaited_text(awaited: "Awaited") -> str:
    side = " or ".join(awaited.side.parties)
    several = f" ({awaited.side.threshold} of them)" if awaited.side.threshold > 1 else ""
    since = f"since the head of size {awaited.since}"
    last = "" if awaited.spoken is None else f"; its last word is on size {awaited.spoken}"
    return f"waiting for {side}{several} {since}{last}"


def _age(age: timedelta) -> str:
    hours = int(age.total_seconds()) // 3600
    if age < timedelta(0):
        return "dated after this machine's clock"
    return f"last sign of it {hours // 24} days and {hours % 24} hours ago"


def _exchange_lines(exchange: "PartyExchange") -> Iterator[str]:
    yield f"exchange with {exchange.party}"
    if not exchange.sent and not exchange.came:
        yield "  no bundle went or came"
    if exchange.sent:
        yield f"  has vouched for {counted(exchange.reached, 'record')} of this node's log"
    for to in dict.fromkeys(bundle.to for bundle in exchange.sent):
        for state in Sent:
            numbers = [bundle.sequence for bundle in exchange.in_state(state) if bundle.to == to]
            if numbers:
                yield f"  sent to {to}: no. {gaps_text(rows_of(numbers))}: {_SENT[state]}"
    for came in exchange.came:
        yield f"  {_came_text(came)}"


def _came_text(came: "CameFrom") -> str:
    missing = f", no. {gaps_text(came.missing)} never came" if came.missing else ""
    owed = f", no. {gaps_text(rows_of(came.owed))} to be acknowledged" if came.owed else ""
    return f"came for {came.to}: {counted(came.count, 'bundle')} up to no. {came.newest}{missing}{owed}"


def _case_lines(case: "Case") -> Iterator[str]:
    yield f"case: {case.about}"
    for voice in case.voices:
        yield f"  {voice.author} in {voice.record_id[:16]}, {voice.state}: {voice.says}"
