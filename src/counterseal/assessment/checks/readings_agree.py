"""Check ``readings-agree``: where two readings of one declared figure part, both are named."""

from counterseal.assessment.checks.aggregate_within_limit import aggregate_within_limit
from counterseal.assessment.facts import Facts
from counterseal.assessment.finding import Finding, finding_id
from counterseal.assessment.wording import name_of, sentence
from counterseal.terms.outcomes import Outcome, weakest
from counterseal.treaty.pack import Limit, Pack

CHECK = "readings-agree"


def readings_agree(pack: Pack, facts: Facts) -> tuple[Finding, ...]:
    """Join the readings of one declared figure that differ because a reader stated its own count.

    Neither reading is chosen. An objection without a figure makes no dispute here: the reading
    itself is already an open question.

    Args:
        pack: The agreement.
        facts: The record up to a day.

    Returns:
        One finding for each date, party, limit and reader that departs from the declarant.
    """
    counts = {
        (found.as_of, found.party, found.interpretation, found.rule): found
        for found in aggregate_within_limit(pack, facts)
    }
    return tuple(
        _disputed(pack, limit=pack.limit(limit_id), own=own, other=found)
        for (as_of, party, reader, limit_id), found in counts.items()
        if reader != party
        and (own := counts.get((as_of, party, party, limit_id))) is not None
        and _departs(own, found)
    )


def _departs(own: Finding, other: Finding) -> bool:
    counted = own.figure is not None and other.figure is not None
    return counted and (own.figure, own.outcome) != (other.figure, other.outcome)


def _disputed(pack: Pack, *, limit: Limit, own: Finding, other: Finding) -> Finding:
    rule = f"{limit.id}-readings"
    return Finding(
        id=finding_id(as_of=own.as_of, party=own.party, interpretation=other.interpretation, rule=rule),
        as_of=own.as_of,
        party=own.party,
        interpretation=other.interpretation,
        clause=limit.clause,
        check=CHECK,
        outcome=Outcome.DISPUTED,
        figure=None,
        limit=None,
        unit=own.unit,
        known_as=weakest((own.known_as, other.known_as)),
        reasons=(
            f"The readings of one declaration differ by {abs((other.figure or 0) - (own.figure or 0))}.",
            _side(pack, own),
            _side(pack, other),
            "Both readings rest on the same declaration, and both stand.",
        ),
        records=tuple(dict.fromkeys((*own.records, *other.records))),
    )


def _side(pack: Pack, found: Finding) -> str:
    reader = name_of(pack, found.interpretation)
    return sentence(
        f"In the reading of {reader} the figure is {found.figure}, the limit {found.limit} and the outcome"
        f" '{found.outcome.value}' (finding {found.id}): {found.reasons[0]}"
    )
