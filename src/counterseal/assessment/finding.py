"""Findings: one clause, one party, one date, one reading, with reasons."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from counterseal.assessment.errors import AssessmentError
from counterseal.terms.outcomes import KnownAs, Outcome
from counterseal.terms.parties import PartyCode


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What the record supports about one clause, for one party, in one State's reading.

    Attributes:
        id: Stable name, ``<as_of>.<party>.<interpretation>.<rule>``; the same facts give the same id.
        as_of: The date of the data; for a clock the last day for providing, or, where nothing
            was provided, the first day after it.
        party: The State assessed.
        interpretation: The State whose reading it is; for a dispute, the State whose reading departs
            from the declarant's.
        clause: The agreement's own clause, as the treaty pack names it.
        check: The name of the check.
        outcome: What the record supports.
        figure: The figure that the reading counts [unit], or None.
        limit: The limit it is held against [unit], or None.
        unit: What is counted.
        known_as: How well the facts it rests on are known.
        reasons: Sentences, never none.
        records: 64-hex ids of the records it rests on, sorted in the order in which they matter.
        state: How far the least vouched for of these records is: ``issued``, ``logged`` or ``settled``, as
            whoever reads the record finds it; None where it rests on none, or nobody has looked yet.
    """

    id: str
    as_of: date
    party: PartyCode
    interpretation: PartyCode
    clause: str
    check: str
    outcome: Outcome
    figure: int | None
    limit: int | None
    unit: str
    known_as: KnownAs
    reasons: tuple[str, ...]
    records: tuple[str, ...]
    state: str | None = None

    def __post_init__(self) -> None:
        if not self.reasons or not all(reason.strip() for reason in self.reasons):
            raise AssessmentError(f"finding {self.id}: a finding must carry at least one reason")

    @property
    def rule(self) -> str:
        """The id of the treaty pack's rule that the finding is about, as its own id ends."""
        return self.id.split(".", 3)[3]

    def as_json(self) -> dict[str, Any]:
        """Return the finding as the JSON object that ``summary.json`` prints."""
        return {
            "id": self.id,
            "as_of": self.as_of.isoformat(),
            "party": str(self.party),
            "interpretation": str(self.interpretation),
            "clause": self.clause,
            "check": self.check,
            "outcome": self.outcome.value,
            "figure": self.figure,
            "limit": self.limit,
            "unit": self.unit,
            "known_as": self.known_as.value,
            "reasons": list(self.reasons),
            "records": list(self.records),
            "state": self.state,
        }


def finding_id(*, as_of: date, party: str, interpretation: str, rule: str) -> str:
    """Return the stable name of a finding about ``rule`` (an id of the treaty pack)."""
    return f"{as_of.isoformat()}.{party}.{interpretation}.{rule}"
