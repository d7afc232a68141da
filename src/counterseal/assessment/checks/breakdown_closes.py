"""Check ``breakdown-closes``: a declared aggregate against the sum of the lines behind it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from counterseal.assessment.facts import Breakdown, Facts
from counterseal.assessment.finding import Finding, finding_id
from counterseal.assessment.statements import Statement, merged, statement
from counterseal.assessment.wording import known_sentence, listed, name_of, sentence
from counterseal.terms.outcomes import Outcome, weakest
from counterseal.terms.parties import PartyCode
from counterseal.treaty.pack import Closure, Pack

CHECK = "breakdown-closes"


def breakdown_closes(pack: Pack, facts: Facts) -> tuple[Finding, ...]:
    """Compare each published breakdown with the aggregate that it stands behind.

    The figure is the declared aggregate less the sum of the lines, and the limit is 0. It is
    arithmetic over the declarant's own statements, so every State's reading is the same.

    Args:
        pack: The agreement.
        facts: The record up to a day.

    Returns:
        One finding for each date and party with a breakdown, closure that it touches, and reader.
    """
    return tuple(
        _finding(pack, case, reader=reader) for case in _cases(pack, facts) for reader in pack.states
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """One breakdown held against one aggregate.

    Attributes:
        sums: Distinct sums of the lines, one for each differing breakdown [unit of the total].
        missing: Categories of the closure for which no line was provided.
    """

    closure: Closure
    stated: Statement
    breakdowns: tuple[Breakdown, ...]
    sums: tuple[int, ...]
    missing: tuple[str, ...]

    @property
    def difference(self) -> int | None:
        """The aggregate less the sum of the lines [unit of the total], or None if either is open."""
        if self.missing or self.stated.figure is None or len(self.sums) != 1:
            return None
        return self.stated.figure - self.sums[0]

    @property
    def outcome(self) -> Outcome:
        if self.missing or not self.stated.figures:
            return Outcome.NOT_PROVIDED
        return Outcome.WITHIN if self.difference == 0 else Outcome.INCONCLUSIVE


def _cases(pack: Pack, facts: Facts) -> Iterator[_Case]:
    groups: dict[tuple[date, PartyCode], list[Breakdown]] = {}
    for breakdown in facts.breakdowns:
        groups.setdefault((breakdown.as_of, breakdown.party), []).append(breakdown)
    for (as_of, party), breakdowns in groups.items():
        for closure in pack.closures:
            given = [{line.category for line in breakdown.lines} for breakdown in breakdowns]
            if any(not have.isdisjoint(closure.sums) for have in given):
                yield _Case(
                    closure=closure,
                    stated=statement(facts, party=party, as_of=as_of, category=closure.total),
                    breakdowns=tuple(breakdowns),
                    sums=tuple(sorted({_sum(breakdown, closure) for breakdown in breakdowns})),
                    missing=tuple(name for name in closure.sums if any(name not in have for have in given)),
                )


def _sum(breakdown: Breakdown, closure: Closure) -> int:
    return sum(line.count for line in breakdown.lines if line.category in closure.sums)


def _finding(pack: Pack, case: _Case, *, reader: PartyCode) -> Finding:
    party, as_of = case.stated.party, case.stated.as_of
    known = (*case.stated.known, *(breakdown.known_as for breakdown in case.breakdowns))
    return Finding(
        id=finding_id(as_of=as_of, party=party, interpretation=reader, rule=case.closure.id),
        as_of=as_of,
        party=party,
        interpretation=reader,
        clause=case.closure.clause,
        check=CHECK,
        outcome=case.outcome,
        figure=case.difference,
        limit=0,
        unit=pack.category(case.closure.total).unit,
        known_as=weakest(known if case.stated.rows else ()),
        reasons=tuple(_reasons(pack, case)),
        records=merged((case.stated.records, *(breakdown.records for breakdown in case.breakdowns))),
    )


def _reasons(pack: Pack, case: _Case) -> Iterator[str]:
    name, day = name_of(pack, case.stated.party), case.stated.as_of.isoformat()
    unit = pack.category(case.closure.total).unit
    lines = listed(case.closure.sums)
    if case.missing:
        yield sentence(
            f"the breakdown of {name} for {day} has no line for {listed(case.missing)};"
            " what was not provided is not read as zero"
        )
    elif not case.stated.figures:
        yield sentence(f"{name} provided lines and no total of {unit} for {day}")
    elif case.difference is None:
        yield sentence(
            f"several statements of {name} on {unit} for {day} differ; none of them is chosen here"
        )
    else:
        yield sentence(
            f"{name} declared {case.stated.figure} {unit} for {day}; the lines for {lines} add up to"
            f" {case.sums[0]}, a difference of {case.difference}"
        )
    for row in case.stated.rows:
        yield known_sentence(pack, "the declaration", known=row.known_as, citations=(row.citation,))
    for given in case.breakdowns:
        yield known_sentence(pack, "the breakdown", known=given.known_as, citations=(given.citation,))
