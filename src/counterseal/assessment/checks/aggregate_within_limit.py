"""Check ``aggregate-within-limit``: a declared figure held against a limit, in each State's reading."""

from datetime import date

from counterseal.assessment.agenda import assessed_dates, open_date
from counterseal.assessment.facts import Facts
from counterseal.assessment.finding import Finding, finding_id
from counterseal.assessment.readings import Reading, read
from counterseal.assessment.statements import Statement, statement
from counterseal.assessment.wording import binding_sentence, known_sentence, sentence
from counterseal.terms.outcomes import Outcome, weakest
from counterseal.terms.parties import PartyCode
from counterseal.treaty.pack import Limit, OpenDate, Pack

CHECK = "aggregate-within-limit"


def aggregate_within_limit(pack: Pack, facts: Facts) -> tuple[Finding, ...]:
    """Hold each declared figure against each limit, in each State's reading.

    A date on which the limit does not bind answers *not applicable*; a figure that was not
    provided answers *not provided*, never zero; a count that is not on record answers *open
    question*.

    Args:
        pack: The agreement.
        facts: The record up to a day.

    Returns:
        One finding for each date, party, limit and reader.
    """
    return tuple(
        _finding(pack, facts, party=party, as_of=as_of, limit=limit, reader=reader)
        for as_of, party in assessed_dates(pack, facts)
        for limit in pack.limits
        for reader in pack.states
    )


def _finding(
    pack: Pack, facts: Facts, *, party: PartyCode, as_of: date, limit: Limit, reader: PartyCode
) -> Finding:
    stated = statement(facts, party=party, as_of=as_of, category=limit.category)
    reading = read(pack, facts, stated=stated, limit=limit, reader=reader)
    silent = None if stated.rows else open_date(pack, as_of=as_of)
    return Finding(
        id=finding_id(as_of=as_of, party=party, interpretation=reader, rule=limit.id),
        as_of=as_of,
        party=party,
        interpretation=reader,
        clause=limit.clause,
        check=CHECK,
        outcome=_outcome(stated, reading=reading, limit=limit, silent=silent),
        figure=reading.figure,
        limit=limit.value,
        unit=pack.category(limit.category).unit,
        known_as=weakest(reading.known),
        reasons=_reasons(pack, reading=reading, limit=limit, as_of=as_of, silent=silent),
        records=reading.records,
    )


def _outcome(stated: Statement, *, reading: Reading, limit: Limit, silent: OpenDate | None) -> Outcome:
    if not limit.binds_on(stated.as_of):
        return Outcome.NOT_APPLICABLE
    if silent is not None:
        return Outcome.OPEN_QUESTION
    if reading.figure is None:
        return reading.unsettled or Outcome.INCONCLUSIVE
    return Outcome.WITHIN if reading.figure <= limit.value else Outcome.EXCEEDS


def _reasons(
    pack: Pack, *, reading: Reading, limit: Limit, as_of: date, silent: OpenDate | None
) -> tuple[str, ...]:
    binding = binding_sentence(limit, on=as_of)
    what = sentence(f"what is counted: {pack.category(limit.category).name}")
    if silent is None:
        head = f"{reading.counted[0].removesuffix('.')}; {binding[:1].lower()}{binding[1:]}"
        return (head, what, *reading.counted[1:])
    cited = pack.cited(silent.citation)
    return (
        sentence(silent.text),
        "The public record is silent for this date, so nothing is concluded.",
        binding,
        what,
        known_sentence(pack, "this", known=cited.known_as, citations=(silent.citation,)),
    )
