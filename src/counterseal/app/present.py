"""From an assessed record to what people and programs read: summary, table, report."""

import json
from dataclasses import dataclass

from counterseal import __version__
from counterseal.app.report.build import build_report
from counterseal.app.report.model import HeadView, ReportInput
from counterseal.assessment.summary import findings_csv, summary_document
from counterseal.services.assess_record import AssessedRecord
from counterseal.services.record_book import RecordBook
from counterseal.services.titles import titles

GENERATED_BY = f"counterseal {__version__}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Presented:
    """The derived views of one record, as bytes."""

    summary: bytes
    findings_csv: bytes
    report: bytes

    def views(self) -> dict[str, bytes]:
        """Return them by the names that they have in a bundle's ``view/``."""
        return {
            "findings.csv": self.findings_csv,
            "report.html": self.report,
            "summary.json": self.summary,
        }


def present(assessed: AssessedRecord, book: RecordBook) -> Presented:
    """Return summary, table and report; the same record gives the same bytes."""
    document = summary_document(
        assessed.pack,
        assessed.findings,
        generated_by=GENERATED_BY,
        left_out=[item.as_json() for item in assessed.left_out],
    )
    summary = json.dumps(document, indent=1, ensure_ascii=False) + "\n"
    return Presented(
        summary=summary.encode(),
        findings_csv=findings_csv(assessed.findings),
        report=build_report(_report_input(assessed, book)).encode(),
    )


def _report_input(assessed: AssessedRecord, book: RecordBook) -> ReportInput:
    lines = titles(book)
    closing = assessed.closing
    return ReportInput(
        pack=assessed.pack,
        facts=assessed.facts,
        findings=assessed.findings,
        records=tuple(book.view(entry, title=lines[entry.record_id]) for entry in book.entries),
        convention=closing.convention if closing else "",
        notes=closing.notes if closing else (),
        generated_by=GENERATED_BY,
        fingerprints=tuple((str(party.code), party.fingerprint) for party in book.trust.parties),
        trust_fingerprint=book.trust.fingerprint,
        heads=tuple(_head(book, origin) for origin in sorted(book.heads)),
    )


def _head(book: RecordBook, origin: str) -> HeadView:
    newest = book.heads[origin].newest.checkpoint
    _, cosigners = book.state(origin)
    return HeadView(origin=origin, size=newest.size, root=newest.root.hex(), cosigners=cosigners)
