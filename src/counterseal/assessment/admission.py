"""Whether facts can be assessed under a pack: every name in them must be one that it has."""

import re
from collections.abc import Iterable, Iterator

from counterseal.assessment.errors import FactsError
from counterseal.assessment.facts import Assertion, Facts, Position
from counterseal.treaty.pack import Pack

_RECORD_ID = re.compile(r"[0-9a-f]{64}", re.ASCII)


def require_facts(pack: Pack, facts: Facts) -> None:
    """Refuse facts that name what the pack does not have, or that carry figures that cannot be.

    Raises:
        FactsError: an unknown State, category, limit, clock or quota; a negative figure; a record
            id that is not 64 lower-case hexadecimal digits; the first that is found.
    """
    for problem in _problems(pack, facts):
        raise FactsError(problem)


def _problems(pack: Pack, facts: Facts) -> Iterator[str]:
    yield from _unknown_states(pack, facts)
    yield from _unknown_rules(pack, facts)
    yield from _impossible_figures(facts)
    yield from _malformed_records(facts)


def _unknown_states(pack: Pack, facts: Facts) -> Iterator[str]:
    named = [(f"declared {row.as_of}", row.party) for row in facts.declared]
    named += [(f"breakdown {fact.as_of}", fact.party) for fact in facts.breakdowns]
    named += [(f"withheld {fact.as_of}", fact.party) for fact in facts.withheld]
    named += [(f"inspections {fact.window_start}", fact.party) for fact in facts.inspections]
    for held in facts.suspensions:
        named += [(f"suspension {held.id}", party) for party in (held.by, *held.in_reading_of)]
    for said in _said(facts):
        named += [(f"statement {said.id}", said.by), (f"statement {said.id}", said.about)]
    for where, party in named:
        if party not in pack.states:
            states = ", ".join(pack.states)
            yield f"{where}: party {party!r}; must be a State of pack {pack.id} ({states})"


def _unknown_rules(pack: Pack, facts: Facts) -> Iterator[str]:
    categories = {category.id for category in pack.categories}
    for row in facts.declared:
        where = f"declared {row.as_of} {row.party}"
        yield from _not_among(categories, (name for name, _ in row.figures), where=where, what="category")
    limits = {limit.id for limit in pack.limits}
    for said in _said(facts):
        yield from _not_among(limits, (said.limit,), where=f"statement {said.id}", what="limit")
    clocks = {clock.id for clock in pack.clocks}
    for held in facts.withheld:
        where = f"withheld {held.as_of} {held.party}"
        yield from _not_among(clocks, (held.clock,), where=where, what="clock")
    quotas = {quota.id for quota in pack.quotas}
    for count in facts.inspections:
        where = f"inspections {count.window_start} {count.party}"
        yield from _not_among(quotas, (count.quota,), where=where, what="quota")


def _said(facts: Facts) -> tuple[Position | Assertion, ...]:
    return (*facts.positions, *facts.assertions)


def _not_among(known: set[str], names: Iterable[str], *, where: str, what: str) -> Iterator[str]:
    for name in names:
        if name not in known:
            yield f"{where}: {what} {name!r}; the pack has {', '.join(sorted(known)) or 'none'}"


def _impossible_figures(facts: Facts) -> Iterator[str]:
    counted = [
        (f"declared {row.as_of} {row.party}/{name}", figure)
        for row in facts.declared
        for name, figure in row.figures
        if figure is not None
    ]
    counted += [
        (f"breakdown {fact.as_of} {fact.party}/{line.category}/{line.system}", line.count)
        for fact in facts.breakdowns
        for line in fact.lines
    ]
    counted += [(f"inspections {fact.window_start} {fact.party}", fact.count) for fact in facts.inspections]
    for where, figure in counted:
        if figure < 0:
            yield f"{where}: figure {figure}, must be >= 0"


def _malformed_records(facts: Facts) -> Iterator[str]:
    groups = (
        facts.declared,
        facts.breakdowns,
        facts.suspensions,
        facts.positions,
        facts.assertions,
        facts.withheld,
        facts.inspections,
    )
    named = [record for group in groups for fact in group for record in fact.records]
    for record in (*named, *facts.in_force_records):
        if not _RECORD_ID.fullmatch(record):
            yield f"record id {record!r}: must be 64 of 0-9 and a-f"
