"""When a declaration was received: what a due date can and cannot be held against.

Provision is receipt. A cited date settles it; a record's own evidence gives an interval; a
published figure without a date of receipt leaves it open.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from counterseal.assessment.facts import DeclaredFigures, TimingBasis
from counterseal.assessment.wording import name_of, sentence
from counterseal.terms.outcomes import Outcome
from counterseal.terms.times import format_instant
from counterseal.treaty.pack import Pack

_MOST_TELLING = (Outcome.MET, Outcome.INCONCLUSIVE, Outcome.OPEN_QUESTION, Outcome.OVERDUE)
"""Of several declarations for one date, any received in time settles it; late only where all were."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What is known of a receipt, held against a due date: ``met``, ``overdue`` or undecided."""

    outcome: Outcome
    reasons: tuple[str, ...]


def receipt_of(pack: Pack, *, rows: tuple[DeclaredFigures, ...], due: date) -> Receipt:
    """Return what is known of when the first of ``rows`` was received.

    Args:
        pack: The agreement, for names.
        rows: The declarations for one date, at least one.
        due: The last day for providing.
    """
    receipts = [_single(pack, row=row, due=due) for row in rows]
    best = min(receipts, key=lambda receipt: _MOST_TELLING.index(receipt.outcome))
    missing = sorted({category for row in rows for category, figure in row.figures if figure is None})
    still = [name for name in missing if all(row.figure(name) is None for row in rows)]
    if not still:
        return best
    partial = f"No figure was provided for: {', '.join(pack.category(name).name for name in still)}."
    return Receipt(outcome=best.outcome, reasons=(*best.reasons, partial))


def _single(pack: Pack, *, row: DeclaredFigures, due: date) -> Receipt:
    what = f"the declaration of {name_of(pack, row.party)} as of {row.as_of.isoformat()}"
    if row.timing.basis is TimingBasis.PUBLICATION:
        return _by_citation(row, what=what, due=due)
    return _by_record(row, what=what, due=due)


def _by_citation(row: DeclaredFigures, *, what: str, due: date) -> Receipt:
    received = row.timing.received_on
    if received is None:
        text = (
            f"{what} is on record; its date of receipt is not in the published record,"
            " and the replay's own times are a convention that says nothing about it"
        )
        return Receipt(outcome=Outcome.OPEN_QUESTION, reasons=(sentence(text),))
    day = received.isoformat()
    if received <= due:
        text = f"{what} was received on {day}, by a cited date, not later than {due.isoformat()}"
        return Receipt(outcome=Outcome.MET, reasons=(sentence(text),))
    text = f"{what} was received on {day}, by a cited date, after {due.isoformat()}"
    return Receipt(outcome=Outcome.OVERDUE, reasons=(sentence(text),))


def _by_record(row: DeclaredFigures, *, what: str, due: date) -> Receipt:
    interval = row.timing.received
    if interval is None:
        text = f"{what} is on record, and no receipt of it is; provision is receipt, so this does not decide"
        return Receipt(outcome=Outcome.INCONCLUSIVE, reasons=(sentence(text),))
    last, first = interval.not_after, interval.not_before
    if last is not None and first is not None and last < first:
        text = (
            f"{what} is said to have existed as received by {format_instant(last)}, and builds on what others"
            f" wrote at {format_instant(first)}: one of their clocks is wrong, so this does not decide"
        )
        return Receipt(outcome=Outcome.INCONCLUSIVE, reasons=(sentence(text),))
    if last is not None and _day(last) <= due:
        text = f"{what} existed as received by {format_instant(last)}, not later than {due.isoformat()}"
        return Receipt(outcome=Outcome.MET, reasons=(sentence(text),))
    if first is not None and _day(first) > due:
        text = f"{what} was received no earlier than {format_instant(first)}, after {due.isoformat()}"
        return Receipt(outcome=Outcome.OVERDUE, reasons=(sentence(text),))
    start, end = (format_instant(end) if end else "an unknown time" for end in (first, last))
    text = f"{what} was received between {start} and {end}, which does not decide about {due.isoformat()}"
    return Receipt(outcome=Outcome.INCONCLUSIVE, reasons=(sentence(text),))


def _day(instant: datetime) -> date:
    return instant.astimezone(UTC).date()
