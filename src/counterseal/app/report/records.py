"""The section on the records: what each is, where it stands in its log, and what proves it."""

import json
from dataclasses import dataclass

from counterseal.app.report.links import record_anchor
from counterseal.app.report.wording import NONE, listed
from counterseal.services.views import RecordView
from counterseal.terms.times import format_instant


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordCard:
    """One record as the page shows it."""

    anchor: str
    record_id: str
    title: str
    terms: tuple[tuple[str, str], ...]
    hashes: tuple[tuple[str, str], ...]
    proof: tuple[str, ...]
    statement: tuple[tuple[str, str], ...]


def record_cards(records: tuple[RecordView, ...]) -> tuple[RecordCard, ...]:
    """Return the card of every record, in the order given."""
    return tuple(_card(record) for record in records)


def _card(record: RecordView) -> RecordCard:
    return RecordCard(
        anchor=record_anchor(record.record_id),
        record_id=record.record_id,
        title=record.title,
        terms=(
            ("Kind", record.kind),
            ("Signed by", f"{record.author}, as number {record.seq} of its feed"),
            ("Log", record.log_origin),
            ("Place in it", f"index {record.index}, under the checkpoint of size {record.tree_size}"),
            ("State", record.state),
            ("Cosigned by", listed(record.cosigners) or "nobody"),
            *_time_terms(record),
        ),
        hashes=(
            ("Feed", record.feed),
            ("Leaf hash", record.leaf_hash),
            ("Root", record.root),
        ),
        proof=record.proof,
        statement=tuple((name, _value_text(value)) for name, value in record.statement.items()),
    )


def _time_terms(record: RecordView) -> tuple[tuple[str, str], ...]:
    time = record.time
    fits = "inside" if time.claim_fits else "outside"
    return (
        ("Time claimed by its author", f"{format_instant(time.claimed)} ({fits} what others vouch for)"),
        ("Not before", format_instant(time.not_before) if time.not_before else NONE),
        ("Not after", format_instant(time.not_after) if time.not_after else NONE),
    )


def _value_text(value: object) -> str:
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
