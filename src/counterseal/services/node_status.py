"""The status of a node: what it holds, how far it is vouched for, what is under way, what does not agree."""

from dataclasses import dataclass
from datetime import datetime

from counterseal.services.disputes import Case, cases
from counterseal.services.exchange import AHEAD
from counterseal.services.exchange_status import PartyExchange, Sent, exchanges
from counterseal.services.log_status import LogStatus, log_statuses
from counterseal.services.node import Node
from counterseal.services.ports import Clock
from counterseal.services.witness import WITNESSED
from counterseal.terms.times import format_instant


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeStatus:
    """How a node stands.

    Attributes:
        at: This machine's time, by which ages are counted.
        evidence: Names of what was refused and kept because it proves something.
        cases: Contrary entries.
        warnings: What to look at first, in sentences.
    """

    at: datetime
    logs: tuple[LogStatus, ...]
    exchanges: tuple[PartyExchange, ...]
    evidence: tuple[str, ...]
    cases: tuple[Case, ...]
    warnings: tuple[str, ...]


def node_status(node: Node, *, clock: Clock) -> NodeStatus:
    """Return how a node stands now."""
    now = clock.now()
    logs, passed = log_statuses(node), exchanges(node)
    kept = (name for name, _ in node.store.evidence())
    evidence = tuple(name for name in kept if not name.startswith(WITNESSED))  # by itself it proves nothing
    warnings = [*_clocks(logs, now=now)]
    for exchange in passed:
        warnings += _lost(node, exchange)
    if evidence:
        warnings.append(f"evidence is kept of what others signed against each other: {', '.join(evidence)}")
    return NodeStatus(
        at=now,
        logs=logs,
        exchanges=passed,
        evidence=evidence,
        cases=cases(node, logs=logs),
        warnings=tuple(warnings),
    )


def _clocks(logs: tuple[LogStatus, ...], *, now: datetime) -> list[str]:
    """Say where the record knows of a later time than this machine: nothing is refused for it."""
    found = []
    for log in logs:
        at = log.last_sign
        if log.records and at is not None and at > now + AHEAD:
            what = "its last record claims" if at == log.written else "its newest head was cosigned at"
            found.append(
                f"{log.log.origin}: {what} {format_instant(at)}, and this machine's clock stands at "
                f"{format_instant(now)}: one of the two clocks is wrong"
            )
    return found


def _lost(node: Node, exchange: PartyExchange) -> list[str]:
    found = [
        f"bundle no. {bundle.sequence} to {bundle.to} was not acknowledged by {exchange.party}, a later one "
        "was: lost, withheld or late"
        for bundle in exchange.in_state(Sent.OVERTAKEN)
    ]
    for came in exchange.came:
        if str(node.party) in came.to.split(","):
            found += [
                f"bundles no. {first} to {last} from {exchange.party} to {came.to} never came"
                if first != last
                else f"bundle no. {first} from {exchange.party} to {came.to} never came"
                for first, last in came.missing
            ]
        found += [
            f"no. {number} from {exchange.party} to {came.to} was used twice, for different bundles"
            for number in came.twice
        ]
    found += [
        f"{exchange.party} acknowledges a bundle no. {held.said.sequence} that this node does not know to "
        "have made"
        for held in exchange.strange
    ]
    return found
