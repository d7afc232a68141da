"""The head of the page: what agreement, what span, and what it comes to in figures."""

from dataclasses import dataclass

from counterseal.app.report.model import ReportInput
from counterseal.app.report.wording import KNOWN, OUTCOMES, Word, plural, span_text
from counterseal.terms.outcomes import KnownAs, Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """The figures at the head of the page.

    Attributes:
        tiles: Pairs of a number and what it counts.
        outcomes: For each outcome its word and how many findings each State's reading has.
        known: For each standing of a declared row its word and how many rows have it.
    """

    life: tuple[tuple[str, str], ...]
    tiles: tuple[tuple[str, str], ...]
    readings: tuple[str, ...]
    outcomes: tuple[tuple[Word, tuple[str, ...], str], ...]
    known: tuple[tuple[Word, str], ...]


def summary_of(report: ReportInput) -> Summary:
    """Return the figures of a report."""
    readings = tuple(dict.fromkeys(finding.interpretation for finding in report.findings))
    return Summary(
        life=_life(report),
        tiles=_tiles(report),
        readings=readings,
        outcomes=tuple(
            (OUTCOMES[outcome], _by_reading(report, outcome=outcome, readings=readings), str(total))
            for outcome in OUTCOMES
            if (total := sum(finding.outcome is outcome for finding in report.findings))
        ),
        known=_known(report),
    )


def _life(report: ReportInput) -> tuple[tuple[str, str], ...]:
    life = report.pack.life
    names = "; ".join(f"{party.code}: {party.name} ({party.kind})" for party in report.pack.parties)
    expires = (("Last day", life.expires.isoformat()),) if life.expires else ()
    return (
        ("Parties", names),
        ("Signed", life.signed.isoformat()),
        ("In force from", life.in_force.isoformat()),
        *expires,
        ("The record is read", span_text(start=life.in_force, until=report.facts.until)),
        ("Treaty pack", f"{report.pack.id}, version {report.pack.version}"),
    )


def _tiles(report: ReportInput) -> tuple[tuple[str, str], ...]:
    declared = tuple(row for row in report.facts.declared if not row.is_nil)
    dates = {row.as_of for row in report.facts.declared}
    logs = {head.origin for head in report.heads} or {record.log_origin for record in report.records}
    counted = (
        (len(declared), "declaration"),
        (len(dates), "data date"),
        (len(report.findings), "finding"),
        (len(report.records), "signed record"),
        (len(logs), "log"),
    )
    return tuple(_tile(count, noun=noun) for count, noun in counted)


def _tile(count: int, *, noun: str) -> tuple[str, str]:
    number, _, words = plural(count, noun).partition(" ")
    return number, words


def _by_reading(report: ReportInput, *, outcome: Outcome, readings: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(
        str(
            sum(
                finding.outcome is outcome and finding.interpretation == reading
                for finding in report.findings
            )
        )
        for reading in readings
    )


def _known(report: ReportInput) -> tuple[tuple[Word, str], ...]:
    counts = {known: sum(row.known_as is known for row in report.facts.declared) for known in KnownAs}
    return tuple((KNOWN[known], str(count)) for known, count in counts.items() if count)
