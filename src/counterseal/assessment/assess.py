"""Assess a record: every check of an agreement, for every party, in every State's reading."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date
from typing import Final

from counterseal.assessment.admission import require_facts
from counterseal.assessment.checks.aggregate_within_limit import aggregate_within_limit
from counterseal.assessment.checks.breakdown_closes import breakdown_closes
from counterseal.assessment.checks.inspections_within_quota import inspections_within_quota
from counterseal.assessment.checks.provided_in_time import provided_in_time
from counterseal.assessment.checks.readings_agree import readings_agree
from counterseal.assessment.checks.right_opens import right_opens
from counterseal.assessment.errors import AssessmentError
from counterseal.assessment.facts import DeclaredFigures, Facts
from counterseal.assessment.finding import Finding
from counterseal.treaty.pack import ClockKind, Pack

CHECKS: Final[tuple[Callable[[Pack, Facts], tuple[Finding, ...]], ...]] = (
    aggregate_within_limit,
    readings_agree,
    breakdown_closes,
    provided_in_time,
    right_opens,
    inspections_within_quota,
)
"""Every check, in the order in which a reader meets them."""


def assess(pack: Pack, facts: Facts) -> tuple[Finding, ...]:
    """Return what the record supports about every rule of the agreement.

    Only what is on the record by ``facts.until`` counts. The same pack and facts give the same
    findings in the same order: by date, party in the pack's order, rule, and reading in the
    pack's order.

    Args:
        pack: The agreement.
        facts: The record up to a day.

    Returns:
        The findings; none at all only where nothing has fallen due and nothing is on record.

    Raises:
        AssessmentError: the pack has no State, or no rule that a check holds facts against.
        FactsError: the facts name something that the pack does not have.
    """
    _require_rules(pack)
    require_facts(pack, facts)
    known = on_record(facts)
    findings = tuple(found for check in CHECKS for found in check(pack, known))
    _require_unique(findings)
    return tuple(sorted(findings, key=lambda found: _place(pack, found)))


def for_people(pack: Pack, findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Return findings as a person reads them: by check, then rule, date, party, own reading first."""
    order = (
        *(limit.id for limit in pack.limits),
        *(f"{limit.id}-readings" for limit in pack.limits),
        *(closure.id for closure in pack.closures),
        *(clock.id for clock in pack.clocks),
        *(quota.id for quota in pack.quotas),
    )
    rank = {rule: place for place, rule in enumerate(order)}
    states = {code: place for place, code in enumerate(pack.states)}

    def place(found: Finding) -> tuple[int, date, int, bool, int]:
        own = found.interpretation == found.party
        return (
            rank.get(found.rule, len(rank)),
            found.as_of,
            states[found.party],
            not own,
            states[found.interpretation],
        )

    return tuple(sorted(findings, key=place))


def on_record(facts: Facts) -> Facts:
    """Return the facts without what lies after the day to which the record is read."""
    until = facts.until
    return replace(
        facts,
        declared=tuple(row for row in facts.declared if row.as_of <= until and not _came_after(row, until)),
        breakdowns=tuple(fact for fact in facts.breakdowns if fact.as_of <= until),
        suspensions=tuple(fact for fact in facts.suspensions if fact.from_date <= until),
        positions=tuple(fact for fact in facts.positions if fact.since <= until),
        assertions=tuple(fact for fact in facts.assertions if fact.as_of <= until),
        withheld=tuple(fact for fact in facts.withheld if fact.as_of <= until),
        inspections=tuple(fact for fact in facts.inspections if fact.window_start <= until),
    )


def _came_after(row: DeclaredFigures, until: date) -> bool:
    received = row.timing.received
    first = received.not_before.astimezone(UTC).date() if received and received.not_before else None
    return any(day is not None and day > until for day in (row.timing.received_on, first))


def _require_rules(pack: Pack) -> None:
    if not pack.states:
        raise AssessmentError(f"pack {pack.id}: no party is a State, so there is nobody to assess")
    running = tuple(clock for clock in pack.clocks if clock.kind is not ClockKind.PER_EVENT)
    if not (pack.limits or pack.closures or pack.quotas or running):
        raise AssessmentError(
            f"pack {pack.id}: no limit, closure, quota or running clock;"
            " an empty set of rules is not assessed"
        )


def _require_unique(findings: tuple[Finding, ...]) -> None:
    seen: set[str] = set()
    for found in findings:
        if found.id in seen:
            raise AssessmentError(
                f"finding {found.id}: made twice; each rule of a pack needs an id of its own"
            )
        seen.add(found.id)


def _place(pack: Pack, found: Finding) -> tuple[date, int, str, int]:
    states = pack.states
    return found.as_of, states.index(found.party), found.rule, states.index(found.interpretation)
