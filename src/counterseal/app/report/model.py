"""What a report is made from."""

from dataclasses import dataclass

from counterseal.app.report.errors import ReportError
from counterseal.assessment.facts import Facts
from counterseal.assessment.finding import Finding
from counterseal.services.views import RecordView
from counterseal.treaty.pack import Pack


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadView:
    """The newest checkpoint of one log.

    Attributes:
        origin: Origin line of the log.
        size: Number of records under it.
        root: 64-hex root hash.
        cosigners: Codes of the parties whose cosignatures stand on it.
    """

    origin: str
    size: int
    root: str
    cosigners: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportInput:
    """Everything that a report shows; the same input gives the same bytes.

    Attributes:
        records: The records that findings and facts name, in the order in which to show them.
        convention: How the replay chose times that no source gives, in sentences; may be empty.
        notes: What is not known beside what the pack says, sentences for the reader.
        generated_by: Name and version of the program, nothing else.
        fingerprints: ``(party code, fingerprint of its root key)`` pairs.
        trust_fingerprint: Fingerprint of the trust file, as the verifier takes it.
        heads: The newest checkpoint of each log.
    """

    pack: Pack
    facts: Facts
    findings: tuple[Finding, ...]
    records: tuple[RecordView, ...]
    convention: str
    notes: tuple[str, ...]
    generated_by: str
    fingerprints: tuple[tuple[str, str], ...]
    trust_fingerprint: str
    heads: tuple[HeadView, ...]

    def __post_init__(self) -> None:
        seen: set[str] = set()
        for finding in self.findings:
            if finding.id in seen:
                raise ReportError(f"finding {finding.id}: given twice; an id names one finding")
            seen.add(finding.id)
