"""Check ``inspections-within-quota``: inspections counted in one year window, held against the quota."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from counterseal.assessment.facts import Facts, InspectionCount, Suspension
from counterseal.assessment.finding import Finding, finding_id
from counterseal.assessment.statements import merged
from counterseal.assessment.wording import known_sentence, listed, name_of, sentence
from counterseal.terms.outcomes import Outcome, weakest
from counterseal.terms.parties import PartyCode
from counterseal.treaty.calendar import year_windows
from counterseal.treaty.pack import DutyKind, Pack, Quota

CHECK = "inspections-within-quota"


def inspections_within_quota(pack: Pack, facts: Facts) -> tuple[Finding, ...]:
    """Hold the inspections of each year window against each quota, in each State's reading.

    A window for which no count is on record is an open question; it is never read as zero.

    Args:
        pack: The agreement.
        facts: The record up to a day.

    Returns:
        One finding for each quota, holder, window that has begun, and reader.
    """
    return tuple(_finding(pack, facts, case=case) for case in _cases(pack, facts))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """One holder's year window under one quota, in one reading; ``counts`` is what is on record."""

    quota: Quota
    holder: PartyCode
    reader: PartyCode
    starts: date
    ends: date
    read_to: date
    counts: tuple[InspectionCount, ...]
    suspensions: tuple[Suspension, ...]

    @property
    def figures(self) -> tuple[int, ...]:
        """The distinct counts on record [inspections], ascending."""
        return tuple(sorted({fact.count for fact in self.counts}))

    @property
    def suspended(self) -> tuple[Suspension, ...]:
        """Suspensions that hold over the whole window, as far as it has run."""
        return tuple(
            held
            for held in self.suspensions
            if held.from_date <= self.starts and (held.until is None or self.read_to <= held.until)
        )

    @property
    def outcome(self) -> Outcome:
        if self.suspended:
            return Outcome.NOT_APPLICABLE
        if len(self.figures) != 1:
            return Outcome.INCONCLUSIVE if self.figures else Outcome.OPEN_QUESTION
        return Outcome.WITHIN if self.figures[0] <= self.quota.value else Outcome.EXCEEDS


def _cases(pack: Pack, facts: Facts) -> Iterator[_Case]:
    for quota in pack.quotas:
        until = min(facts.until, pack.life.expires or facts.until)
        for starts, ends in year_windows(quota, until=until):
            for holder in quota.held_by:
                for reader in pack.states:
                    yield _Case(
                        quota=quota,
                        holder=holder,
                        reader=reader,
                        starts=starts,
                        ends=ends,
                        read_to=min(ends, facts.until),
                        counts=tuple(
                            fact
                            for fact in facts.inspections
                            if (fact.party, fact.quota, fact.window_start) == (holder, quota.id, starts)
                        ),
                        suspensions=_suspensions(pack, facts, holder=holder, reader=reader),
                    )


def _suspensions(pack: Pack, facts: Facts, *, holder: PartyCode, reader: PartyCode) -> tuple[Suspension, ...]:
    """Return what the reader reads as suspending inspections by, or all that receive, ``holder``."""
    held = tuple(
        held
        for held in facts.suspensions
        if DutyKind.INSPECTIONS.value in held.covers and reader in held.in_reading_of
    )
    hosts = {state for state in pack.states if state != holder}
    own = tuple(one for one in held if one.by == holder)
    return own if own or not hosts <= {one.by for one in held} else held


def _finding(pack: Pack, facts: Facts, *, case: _Case) -> Finding:
    rests_on: tuple[InspectionCount | Suspension, ...] = (*case.counts, *case.suspended)
    return Finding(
        id=finding_id(as_of=case.read_to, party=case.holder, interpretation=case.reader, rule=case.quota.id),
        as_of=case.read_to,
        party=case.holder,
        interpretation=case.reader,
        clause=case.quota.clause,
        check=CHECK,
        outcome=case.outcome,
        figure=case.figures[0] if len(case.figures) == 1 else None,
        limit=case.quota.value,
        unit="inspections",
        known_as=weakest(tuple(fact.known_as for fact in rests_on)),
        reasons=tuple(_reasons(pack, case)),
        records=merged((*(fact.records for fact in rests_on), facts.in_force_records)),
    )


def _reasons(pack: Pack, case: _Case) -> Iterator[str]:
    window = f"between {case.starts.isoformat()} and {case.ends.isoformat()}"
    holder = name_of(pack, case.holder)
    if len(case.figures) > 1:
        told = listed(str(figure) for figure in case.figures)
        yield sentence(f"{told} inspections by {holder} {window} are on record; none of the counts is chosen")
    elif case.figures:
        yield sentence(f"{holder} conducted {case.figures[0]} inspections {window}")
    else:
        yield sentence(f"how many inspections {holder} conducted {window} under this quota is not on record")
    yield f"The quota ({case.quota.title}; {case.quota.clause}) is {case.quota.value} in that window."
    if case.read_to < case.ends:
        yield f"The window has not ended; the record is read to {case.read_to.isoformat()}."
    for fact in case.counts:
        yield known_sentence(pack, "this count", known=fact.known_as, citations=(fact.citation,))
    yield from _interruptions(pack, case)


def _interruptions(pack: Pack, case: _Case) -> Iterator[str]:
    for pause in pack.pauses:
        if pause.from_date <= case.read_to and (pause.until is None or case.starts <= pause.until):
            end = pause.until.isoformat() if pause.until else "a day that is not published"
            yield sentence(f"a pause of inspections is on record from {pause.began} to {end}: {pause.text}")
    for held in case.suspensions:
        if held.from_date <= case.read_to and (held.until is None or case.starts <= held.until):
            reach = "all" if held in case.suspended else "part"
            yield sentence(
                f"in the reading of {name_of(pack, case.reader)} inspections are suspended from"
                f" {held.from_date.isoformat()}, {reach} of this window: {held.text}"
            )
            yield known_sentence(pack, "this suspension", known=held.known_as, citations=(held.citation,))
