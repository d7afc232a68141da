"""Check ``provided-in-time``: what was owed by a day, and what is known of when it came."""

from dataclasses import dataclass
from datetime import date, timedelta

from counterseal.assessment.agenda import Due, clock_sentence, dues, open_date
from counterseal.assessment.facts import Channel, DeclaredFigures, Facts, Suspension, Withholding
from counterseal.assessment.finding import Finding, finding_id
from counterseal.assessment.receipts import Receipt, receipt_of
from counterseal.assessment.statements import merged, rows_for
from counterseal.assessment.wording import known_sentence, name_of, sentence
from counterseal.terms.outcomes import KnownAs, Outcome, weakest
from counterseal.terms.parties import PartyCode
from counterseal.treaty.pack import OpenDate, Pack

CHECK = "provided-in-time"


def provided_in_time(pack: Pack, facts: Facts) -> tuple[Finding, ...]:
    """Say of each due date whether what was owed had come by it, in each State's reading.

    A clock for declared figures leaves a trace on the record, so their absence shows once the
    day has passed. Other clocks leave none, and their findings are open questions.

    Args:
        pack: The agreement.
        facts: The record up to a day.

    Returns:
        One finding for each due date, party that owes, and reader; none for what is not yet due
        and not yet provided.
    """
    cases = (_case(pack, facts, due=due) for due in dues(pack, until=facts.until))
    return tuple(
        _finding(pack, case, reader=reader) for case in cases if case is not None for reader in pack.states
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """One due date of one party with all that is on record about it."""

    facts: Facts
    due: Due
    rows: tuple[DeclaredFigures, ...]
    published: tuple[DeclaredFigures, ...]
    withheld: tuple[Withholding, ...]
    silent: OpenDate | None
    receipt: Receipt | None

    @property
    def leaves_trace(self) -> bool:
        """Whether what the clock asks for appears on the record, so that its absence shows."""
        return self.due.as_of is not None

    @property
    def as_of(self) -> date:
        """The last day for providing, or the first day after it where nothing had come by then."""
        if self.receipt is not None:
            absent = self.receipt.outcome is Outcome.OVERDUE
        else:
            absent = bool(self.withheld) or (self.leaves_trace and self.silent is None)
        return self.due.due + timedelta(days=1) if absent else self.due.due


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    outcome: Outcome
    reasons: tuple[str, ...]
    known: tuple[KnownAs, ...] = ()
    records: tuple[str, ...] = ()


def _case(pack: Pack, facts: Facts, *, due: Due) -> _Case | None:
    clock = due.clock
    rows = rows_for(facts, party=due.party, as_of=due.as_of) if due.as_of is not None else ()
    stated = tuple(row for row in rows if not row.is_nil)
    provided = tuple(row for row in stated if row.channel is not Channel.PUBLICATION)
    if not provided and facts.until <= due.due:
        return None
    return _Case(
        facts=facts,
        due=due,
        rows=provided,
        published=tuple(row for row in stated if row.channel is Channel.PUBLICATION),
        withheld=tuple(
            held
            for held in facts.withheld
            if (held.party, held.clock, held.as_of) == (due.party, clock.id, due.as_of)
        ),
        silent=open_date(pack, as_of=due.as_of, clock=clock),
        receipt=receipt_of(pack, rows=provided, due=due.due) if provided else None,
    )


def _finding(pack: Pack, case: _Case, *, reader: PartyCode) -> Finding:
    answer = _answer(pack, case, reader=reader)
    party, clock = case.due.party, case.due.clock
    return Finding(
        id=finding_id(as_of=case.as_of, party=party, interpretation=reader, rule=clock.id),
        as_of=case.as_of,
        party=party,
        interpretation=reader,
        clause=clock.clause,
        check=CHECK,
        outcome=answer.outcome,
        figure=None,
        limit=None,
        unit="days",
        known_as=weakest(answer.known),
        reasons=(*answer.reasons, clock_sentence(case.due)),
        records=merged((answer.records, case.facts.in_force_records)),
    )


def _answer(pack: Pack, case: _Case, *, reader: PartyCode) -> _Answer:
    suspensions = tuple(
        held
        for held in case.facts.suspensions
        if held.holds(duty=case.due.clock.duty.value, of=case.due.party, reader=reader, on=case.due.due)
    )
    if suspensions:
        return _suspended(pack, case, reader=reader, suspensions=suspensions)
    if case.receipt is not None:
        return _provided(pack, case, receipt=case.receipt)
    if case.withheld:
        return _withheld(pack, case, reader=reader)
    if case.silent is not None:
        return _silent(pack, case.silent)
    return _absent(pack, case) if case.leaves_trace else _untraced(pack, case)


def _provided(pack: Pack, case: _Case, *, receipt: Receipt) -> _Answer:
    denied = tuple(
        sentence(f"{name_of(pack, held.party)} says all the same that it did not provide this: {held.text}")
        for held in case.withheld
    )
    rests_on: tuple[DeclaredFigures | Withholding, ...] = (*case.rows, *case.withheld)
    return _Answer(
        outcome=receipt.outcome,
        reasons=(*receipt.reasons, *denied),
        known=tuple(fact.known_as for fact in rests_on),
        records=merged(fact.records for fact in rests_on),
    )


def _suspended(pack: Pack, case: _Case, *, reader: PartyCode, suspensions: tuple[Suspension, ...]) -> _Answer:
    owing = name_of(pack, case.due.party)
    reasons = [
        sentence(
            f"in the reading of {name_of(pack, reader)} this duty of {owing} is suspended from"
            f" {held.from_date.isoformat()}, so that it does not hold on {case.due.due.isoformat()}"
        )
        for held in suspensions
    ]
    reasons += [sentence(held.text) for held in suspensions]
    reasons += [
        known_sentence(pack, "this suspension", known=held.known_as, citations=(held.citation,))
        for held in suspensions
    ]
    if case.receipt is not None:
        reasons += ["What the duty asks for is on record all the same.", *case.receipt.reasons]
    return _Answer(
        outcome=Outcome.NOT_APPLICABLE,
        reasons=tuple(reasons),
        known=tuple(held.known_as for held in suspensions),
        records=merged((*(held.records for held in suspensions), *(row.records for row in case.rows))),
    )


def _withheld(pack: Pack, case: _Case, *, reader: PartyCode) -> _Answer:
    owing = name_of(pack, case.due.party)
    reasons = [sentence(held.text) for held in case.withheld]
    if reader == case.due.party:
        outcome = Outcome.NOT_PROVIDED
        reasons.insert(0, sentence(f"{owing} says itself that it did not provide this in exchange"))
    else:
        outcome = Outcome.OPEN_QUESTION
        reasons.insert(
            0,
            sentence(
                f"{owing} says that it did not provide this in exchange;"
                f" how {name_of(pack, reader)} reads that is not on record"
            ),
        )
    reasons += [
        known_sentence(pack, "this statement", known=held.known_as, citations=(held.citation,))
        for held in case.withheld
    ]
    rests_on: tuple[Withholding | DeclaredFigures, ...] = (*case.withheld, *case.published)
    return _Answer(
        outcome=outcome,
        reasons=(*reasons, *_published_alone(pack, case)),
        known=tuple(fact.known_as for fact in rests_on),
        records=merged(fact.records for fact in rests_on),
    )


def _silent(pack: Pack, silent: OpenDate) -> _Answer:
    cited = pack.cited(silent.citation)
    return _Answer(
        outcome=Outcome.OPEN_QUESTION,
        reasons=(
            sentence(silent.text),
            "The public record is silent for this due date, so nothing is concluded.",
            known_sentence(pack, "this", known=cited.known_as, citations=(silent.citation,)),
        ),
    )


def _absent(pack: Pack, case: _Case) -> _Answer:
    owing, day = name_of(pack, case.due.party), case.due.due.isoformat()
    subject = f"as of {case.due.as_of.isoformat()} " if case.due.as_of else ""
    return _Answer(
        outcome=Outcome.OVERDUE,
        reasons=(
            sentence(f"no declaration {subject}provided by {owing} in exchange is on record by {day}"),
            *_published_alone(pack, case),
        ),
        known=tuple(row.known_as for row in case.published),
        records=merged(row.records for row in case.published),
    )


def _untraced(pack: Pack, case: _Case) -> _Answer:
    owing = name_of(pack, case.due.party)
    return _Answer(
        outcome=Outcome.OPEN_QUESTION,
        reasons=(
            sentence(f"{case.due.clock.title}: owed by {owing} by {case.due.due.isoformat()}"),
            "Nothing about it is published, so the record cannot show whether or when it was provided.",
        ),
    )


def _published_alone(pack: Pack, case: _Case) -> tuple[str, ...]:
    if not case.published:
        return ()
    return (
        sentence(
            f"{name_of(pack, case.due.party)} published figures for this date on its own: as figures they are"
            " known, as an exchange they are not provided"
        ),
    )
