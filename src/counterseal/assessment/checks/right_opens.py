"""Check ``right-opens``: the day on which a right opens; nothing is owed by it."""

from counterseal.assessment.agenda import Due, clock_sentence, rights
from counterseal.assessment.facts import Facts
from counterseal.assessment.finding import Finding, finding_id
from counterseal.assessment.wording import known_sentence, name_of, sentence
from counterseal.terms.outcomes import Outcome
from counterseal.terms.parties import PartyCode
from counterseal.treaty.pack import Pack

CHECK = "right-opens"


def right_opens(pack: Pack, facts: Facts) -> tuple[Finding, ...]:
    """Say from which day a right is open, in each State's reading.

    Args:
        pack: The agreement.
        facts: The record up to a day.

    Returns:
        One finding for each right that has opened by then, party that holds it, and reader.
    """
    return tuple(
        _finding(pack, facts, due=due, reader=reader)
        for due in rights(pack, until=facts.until)
        for reader in pack.states
    )


def _finding(pack: Pack, facts: Facts, *, due: Due, reader: PartyCode) -> Finding:
    clock = due.clock
    opens = due.due.isoformat()
    cited = pack.cited(clock.citation)
    return Finding(
        id=finding_id(as_of=due.due, party=due.party, interpretation=reader, rule=clock.id),
        as_of=due.due,
        party=due.party,
        interpretation=reader,
        clause=clock.clause,
        check=CHECK,
        outcome=Outcome.NOT_APPLICABLE,
        figure=None,
        limit=None,
        unit="days",
        known_as=cited.known_as,
        reasons=(
            sentence(
                f"{clock.title}: a right of {name_of(pack, due.party)} opens on {opens};"
                " nothing is owed, so nothing can be overdue"
            ),
            clock_sentence(due),
            known_sentence(pack, "this provision", known=cited.known_as, citations=(clock.citation,)),
        ),
        records=facts.in_force_records,
    )
