"""Supplements: one row of figures for each chain of a declaration and what was added to it."""

from collections.abc import Sequence
from dataclasses import replace

from counterseal.assessment.facts import DeclaredFigures
from counterseal.declarations.aggregate import AggregateDeclaration
from counterseal.declarations.errors import DeclarationError
from counterseal.declarations.lifecycle import LockedDeclaration, current_figures


def with_supplements(
    rows: Sequence[tuple[DeclaredFigures, tuple[str, ...]]],
) -> tuple[DeclaredFigures, ...]:
    """Return the figures that now stand: a supplement adds to what it refers to, and both are named.

    Args:
        rows: Figures as each record states them, and the records that it refers to.

    Returns:
        One row for each chain, in the order of the originals; a chain that does not hold together (a
        supplement to nothing known, or to another party's declaration) is left as separate rows.
    """
    done: list[DeclaredFigures] = []
    for group in _subjects(rows).values():
        done += _joined(group)
    return tuple(done)


_Row = tuple[DeclaredFigures, tuple[str, ...]]


def _subjects(rows: Sequence[_Row]) -> dict[tuple[object, ...], list[_Row]]:
    groups: dict[tuple[object, ...], list[_Row]] = {}
    for row in rows:
        fact = row[0]
        groups.setdefault((fact.party, fact.as_of, fact.channel), []).append(row)
    return groups


def _joined(group: list[_Row]) -> list[DeclaredFigures]:
    facts = [fact for fact, _ in group]
    if len(group) == 1 or not any(refs for _, refs in group):
        return facts
    by_id = {fact.records[0]: fact for fact in facts}
    try:
        chains = current_figures(_locked(fact, refs) for fact, refs in group)
    except DeclarationError:
        return facts
    joined = []
    for chain in chains:
        links = [by_id[each.declaration_id] for each in chain.declarations]
        joined.append(
            replace(
                links[0],
                figures=tuple((current.category, current.figure) for current in chain.current),
                known_as=chain.known_as,
                citation="; ".join(dict.fromkeys(link.citation for link in links)),
                records=tuple(record for link in links for record in link.records),
            )
        )
    return joined


def _locked(fact: DeclaredFigures, refs: tuple[str, ...]) -> LockedDeclaration:
    content = AggregateDeclaration(
        party=fact.party,
        as_of=fact.as_of,
        figures=fact.figures,
        known_as=fact.known_as,
        citation=fact.citation,
    )
    return LockedDeclaration(
        declaration_id=fact.records[0], content=content, supplements=refs[0] if refs else None
    )
