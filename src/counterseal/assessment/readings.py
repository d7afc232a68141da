"""How one party counts what another declared: the same facts, each reader's own count.

The declarant's own count is always its declared figure. Another party counts the same, unless it
stated its own count for that very date. Where it objects to how the other counts, and stated no
figure for the date, its count is unknown; no figure is projected from another date.
"""

from dataclasses import dataclass

from counterseal.assessment.facts import Assertion, Facts, Position
from counterseal.assessment.statements import Statement, merged, standing
from counterseal.assessment.wording import known_sentence, listed, name_of, sentence
from counterseal.terms.outcomes import KnownAs, Outcome
from counterseal.terms.parties import PartyCode
from counterseal.treaty.pack import Limit, Pack


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One reader's count of one statement under one limit.

    Attributes:
        figure: The figure that the reader counts [unit of the category], or None.
        unsettled: The outcome that stands where there is no figure; None where there is one.
        counted: Sentences that say how the figure came about, or why there is none.
        known: How well each fact it rests on is known.
        records: Ids of the records it rests on.
        assertions: The reader's own counts that it rests on; empty for the common count.
    """

    figure: int | None
    unsettled: Outcome | None
    counted: tuple[str, ...]
    known: tuple[KnownAs, ...]
    records: tuple[str, ...]
    assertions: tuple[Assertion, ...] = ()


def read(pack: Pack, facts: Facts, *, stated: Statement, limit: Limit, reader: PartyCode) -> Reading:
    """Return how ``reader`` counts a statement under ``limit``."""
    if stated.figure is None or reader == stated.party:
        return _common(pack, stated=stated)
    assertions = tuple(
        held
        for held in facts.assertions
        if (held.by, held.about, held.limit, held.as_of) == (reader, stated.party, limit.id, stated.as_of)
    )
    if assertions:
        return _asserted(pack, stated=stated, assertions=assertions)
    positions = positions_held(facts, stated=stated, limit=limit, reader=reader)
    if positions and limit.binds_on(stated.as_of):
        return _objected(pack, stated=stated, positions=positions)
    return _common(pack, stated=stated)


def positions_held(
    facts: Facts, *, stated: Statement, limit: Limit, reader: PartyCode
) -> tuple[Position, ...]:
    """Return the standing objections of ``reader`` that cover the statement's date."""
    return tuple(
        held
        for held in facts.positions
        if (held.by, held.about, held.limit) == (reader, stated.party, limit.id)
        and held.since <= stated.as_of
        and (held.until is None or stated.as_of <= held.until)
    )


def _common(pack: Pack, *, stated: Statement) -> Reading:
    name, day = name_of(pack, stated.party), stated.as_of.isoformat()
    unit = pack.category(stated.category).unit
    if not stated.figures:
        text = f"{name} provided no figure of {unit} for {day}; what was not provided is not read as zero"
    elif len(stated.figures) > 1:
        text = (
            f"{name} has {listed(str(figure) for figure in stated.figures)} {unit} on record for {day};"
            " none of them is chosen here"
        )
    else:
        text = f"{name} declared {stated.figure} {unit} for {day}"
    unsettled = {0: Outcome.NOT_PROVIDED, 1: None}.get(len(stated.figures), Outcome.INCONCLUSIVE)
    return Reading(
        figure=stated.figure,
        unsettled=unsettled,
        counted=(sentence(text), *standing(pack, stated)),
        known=stated.known if stated.figures else (),
        records=stated.records,
    )


def _asserted(pack: Pack, *, stated: Statement, assertions: tuple[Assertion, ...]) -> Reading:
    figures = {held.figure for held in assertions}
    about = {held.declared_figure for held in assertions}
    settled = about == {stated.figure} and len(figures) == 1
    return Reading(
        figure=figures.pop() if settled else None,
        unsettled=None if settled else Outcome.OPEN_QUESTION,
        counted=_asserted_sentences(pack, stated=stated, assertions=assertions),
        known=(*stated.known, *(held.known_as for held in assertions)),
        records=merged((stated.records, *(held.records for held in assertions))),
        assertions=assertions if settled else (),
    )


def _asserted_sentences(
    pack: Pack, *, stated: Statement, assertions: tuple[Assertion, ...]
) -> tuple[str, ...]:
    day, declarant = stated.as_of.isoformat(), name_of(pack, stated.party)
    unit = pack.category(stated.category).unit
    sentences: list[str] = []
    for held in assertions:
        added = listed(f"{addition.count} {addition.what}" for addition in held.additions)
        own = f"{name_of(pack, held.by)} counts {held.figure} {unit} for {day}"
        base = f"the {held.declared_figure} that {declarant} declared"
        sentences.append(sentence(f"{own}: {base}, and {added}" if added else f"{own}: {base}"))
        if held.declared_figure != stated.figure:
            sentences.append(
                f"That count was stated about a declared figure of {held.declared_figure}, and the figure on"
                f" record is {stated.figure}; which of the two it answers to is open."
            )
        sentences.append(sentence(held.text))
        sentences.append(known_sentence(pack, "this count", known=held.known_as, citations=(held.citation,)))
    if len({held.figure for held in assertions}) > 1:
        sentences.append("These counts of one reader differ; none of them is chosen here.")
    return (*sentences, *_common(pack, stated=stated).counted)


def _objected(pack: Pack, *, stated: Statement, positions: tuple[Position, ...]) -> Reading:
    day, declarant = stated.as_of.isoformat(), name_of(pack, stated.party)
    sentences: list[str] = []
    for held in positions:
        sentences.append(
            sentence(
                f"{name_of(pack, held.by)} objects to how {declarant} counts since {held.since.isoformat()};"
                f" its own figure for {day} is not on record, and no figure is projected from another date"
            )
        )
        sentences.append(sentence(held.text))
        sentences.append(
            known_sentence(pack, "this objection", known=held.known_as, citations=(held.citation,))
        )
    return Reading(
        figure=None,
        unsettled=Outcome.OPEN_QUESTION,
        counted=(*sentences, *_common(pack, stated=stated).counted),
        known=(*stated.known, *(held.known_as for held in positions)),
        records=merged((stated.records, *(held.records for held in positions))),
    )
