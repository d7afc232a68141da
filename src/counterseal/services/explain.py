"""Explain: from a finding's sentence to the records that it rests on, and their proofs."""

from dataclasses import dataclass

from counterseal.assessment.finding import Finding
from counterseal.log.note import parse_note
from counterseal.log.proof import LogProof
from counterseal.services.assess_record import AssessedRecord
from counterseal.services.errors import StatementError
from counterseal.services.record_book import BookEntry, RecordBook
from counterseal.services.titles import titles
from counterseal.services.views import RecordView


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """A finding with everything that it rests on."""

    finding: Finding
    clause_text: str
    records: tuple[RecordView, ...]


def explain(assessed: AssessedRecord, book: RecordBook, *, finding_id: str) -> Explanation:
    """Return what one finding rests on.

    Raises:
        StatementError: no finding has that id.
    """
    finding = next((item for item in assessed.findings if item.id == finding_id), None)
    if finding is None:
        near = [item.id for item in assessed.findings if finding_id in item.id][:3]
        hint = f"; near: {', '.join(near)}" if near else ""
        raise StatementError(f"finding {finding_id!r}: there is none of that id{hint}")
    texts = [article.text for article in assessed.pack.articles if article.clause == finding.clause]
    lines = titles(book)
    views = tuple(
        book.view(entry, title=lines[entry.record_id])
        for record in finding.records
        if (entry := book.find(record)) is not None
    )
    return Explanation(finding=finding, clause_text=texts[0] if texts else "", records=views)


def prove_record(book: RecordBook, wanted: str) -> tuple[BookEntry, LogProof]:
    """Return a record and the proof file that it stands under the newest head of its log.

    Raises:
        StatementError: no record, or more than one, has an id that begins so.
    """
    entry = book.find(wanted)
    if entry is None:
        raise StatementError(f"record {wanted!r}: no one record has an id that begins so (8 digits at least)")
    tree = book.tree(entry.origin)
    hashes = tree.inclusion(entry.index, tree.size)
    note = parse_note(book.note_bytes(entry.origin))
    return entry, LogProof(index=entry.index, hashes=hashes, note=note)
