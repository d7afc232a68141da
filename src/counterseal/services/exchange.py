"""Exchange: take a stick as a party does - keep what it brings, answer it, and vouch for what is held now.

Taking over is all or nothing; the answers are records of the party's own, made after it. What a crash cuts
off is made up for by the next import.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from counterseal.records.verification.source import BundleSource
from counterseal.services.acknowledgements import KIND as ACKNOWLEDGEMENT
from counterseal.services.acknowledgements import acknowledge_bundles, owed
from counterseal.services.checkpointing import publish_head
from counterseal.services.cosigning import cosign_heads
from counterseal.services.errors import ForkFoundError, TrustForkError
from counterseal.services.import_bundle import ImportReport, import_bundle
from counterseal.services.node import Node
from counterseal.services.ports import Clock, Randomness
from counterseal.services.receive import acknowledge, not_received
from counterseal.terms.times import format_instant

AHEAD = timedelta(days=1)
"""How far another's clock may be ahead of this machine's before it is worth a word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What became of a bundle.

    Attributes:
        report: What it brought.
        receipts: Ids of the countersignatures made.
        acknowledged: Ids of the acknowledgements made, of this bundle and of earlier ones.
        postponed: Number of bundles whose acknowledgement waits for the next news.
        cosigned: Number of heads that this node cosigned.
        warnings: What to look at, in this bundle and in the times that it states.
    """

    report: ImportReport
    receipts: tuple[str, ...]
    acknowledged: tuple[str, ...]
    postponed: int
    cosigned: int
    warnings: tuple[str, ...]


def take_bundle(
    node: Node, source: BundleSource, *, clock: Clock, randomness: Randomness, receipts: bool = True
) -> Taken:
    """Import a bundle and answer it.

    Every new record that can be read is countersigned as received, every bundle that came is acknowledged,
    the node's head is published, and the heads that it holds whole are cosigned. A bundle that brings
    nothing but acknowledgements is acknowledged with the next one that brings more: answers to answers
    would never end, and no head would ever be the last one.

    Args:
        node: Who takes it; one that is recovering answers nothing.
        source: The bundle.
        clock: Gives the times of what is signed.
        randomness: Gives the salts of what is signed.
        receipts: Whether to countersign and acknowledge; heads are cosigned in any case.

    Raises:
        BundleRefusedError: it does not hold; nothing is stored but, for a fork, what proves it.
    """
    report = import_with_evidence(node, source)
    warnings = (*report.warnings, *_ahead(report, now=clock.now()))
    if node.recovering:
        return Taken(
            report=report,
            receipts=(),
            acknowledged=(),
            postponed=len(owed(node)),
            cosigned=0,
            warnings=warnings,
        )
    done: tuple[str, ...] = ()
    acknowledged: tuple[str, ...] = ()
    if receipts:
        done = acknowledge(node, not_received(node), clock=clock, randomness=randomness)
        if done or report.kinds - {ACKNOWLEDGEMENT}:
            acknowledged = acknowledge_bundles(node, clock=clock, randomness=randomness)
        publish_head(node)
    return Taken(
        report=report,
        receipts=done,
        acknowledged=acknowledged,
        postponed=len(owed(node)),
        cosigned=cosign_heads(node, clock=clock),
        warnings=warnings,
    )


def import_with_evidence(node: Node, source: BundleSource) -> ImportReport:
    """Import a bundle; where it is refused for a fork, keep what proves it, and nothing else.

    Raises:
        BundleRefusedError: as ``import_bundle`` does.
    """
    try:
        return import_bundle(node, source)
    except ForkFoundError as error:
        node.store.keep_evidence(fork_name(error.proof), error.proof)
        raise
    except TrustForkError as error:
        both = sha256(b"".join(error.files[name] for name in sorted(error.files))).hexdigest()[:16]
        with node.store.transaction():
            for name, data in sorted(error.files.items()):
                node.store.keep_evidence(f"trust-fork-{both}.{name}.json", data)
        raise


def fork_name(proof: bytes) -> str:
    """Return the file name of a fork proof."""
    return f"fork-{sha256(proof).hexdigest()[:16]}.json"


def _ahead(report: ImportReport, *, now: datetime) -> tuple[str, ...]:
    """Say which log's new records claim a time that this machine's clock has not reached: the latest one."""
    return tuple(
        f"{latest.record_id}: claims {format_instant(latest.claimed)}, and this machine's clock stands at "
        f"{format_instant(now)}: one of the two clocks is wrong"
        for latest in report.latest
        if latest.claimed > now + AHEAD
    )
