"""What each State's reading says of one thing, as links to the findings, equal answers together."""

from dataclasses import dataclass

from counterseal.app.report.links import finding_anchor
from counterseal.app.report.wording import OUTCOMES, Word
from counterseal.assessment.finding import Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingLinks:
    """One outcome, with a link to the finding of each State whose reading gives it.

    Attributes:
        links: ``(State, address of its finding)`` pairs.
    """

    outcome: Word
    links: tuple[tuple[str, str], ...]


def reading_links(findings: tuple[Finding, ...]) -> tuple[ReadingLinks, ...]:
    """Return findings about one thing by outcome, in the order in which the outcomes first appear."""
    outcomes = tuple(dict.fromkeys(finding.outcome for finding in findings))
    return tuple(
        ReadingLinks(
            outcome=OUTCOMES[outcome],
            links=tuple(
                (finding.interpretation, f"#{finding_anchor(finding.id)}")
                for finding in findings
                if finding.outcome is outcome
            ),
        )
        for outcome in outcomes
    )
