"""What is on the record for one party, one date and one category, however often it was stated.

A later statement never overwrites an earlier one. Statements that agree support each other;
statements that differ are all kept, and no figure is chosen among them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from counterseal.assessment.facts import Channel, DeclaredFigures, Facts
from counterseal.assessment.wording import known_sentence, name_of, sentence
from counterseal.terms.outcomes import KnownAs, weakest
from counterseal.terms.parties import PartyCode
from counterseal.treaty.pack import Pack


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """Every declared figure of one category for one party and one date.

    Attributes:
        figures: The distinct figures stated [unit of the category], ascending; empty where none was.
        rows: The declarations that stand behind them (all of the date's where no figure was stated).
    """

    party: PartyCode
    as_of: date
    category: str
    figures: tuple[int, ...]
    rows: tuple[DeclaredFigures, ...]

    @property
    def figure(self) -> int | None:
        """The one figure stated, or None where none was, or where several differ."""
        return self.figures[0] if len(self.figures) == 1 else None

    @property
    def records(self) -> tuple[str, ...]:
        """Ids of the records behind it, declarations before what was added to them."""
        return merged(row.records for row in self.rows)

    @property
    def known(self) -> tuple[KnownAs, ...]:
        """How well each declaration behind it is known."""
        return tuple(row.known_as for row in self.rows)


def rows_for(facts: Facts, *, party: PartyCode, as_of: date) -> tuple[DeclaredFigures, ...]:
    """Return a party's declarations for one date, in the order of the record."""
    return tuple(row for row in facts.declared if row.party == party and row.as_of == as_of)


def statement(facts: Facts, *, party: PartyCode, as_of: date, category: str) -> Statement:
    """Return what ``party`` stated of ``category`` for ``as_of``."""
    rows = rows_for(facts, party=party, as_of=as_of)
    stating = tuple(row for row in rows if row.figure(category) is not None)
    figures = {figure for row in stating if (figure := row.figure(category)) is not None}
    return Statement(
        party=party,
        as_of=as_of,
        category=category,
        figures=tuple(sorted(figures)),
        rows=stating or rows,
    )


def merged(groups: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    """Return record ids of several facts in order, each once."""
    return tuple(dict.fromkeys(record for group in groups for record in group))


def standing(pack: Pack, stated: Statement) -> tuple[str, ...]:
    """Return the sentences on how a statement came onto the record and how well it is known."""
    sentences = [
        known_sentence(
            pack,
            "the declaration",
            known=weakest(stated.known),
            citations=(row.citation for row in stated.rows),
        )
    ] * bool(stated.rows)
    channels = {row.channel for row in stated.rows}
    name, day = name_of(pack, stated.party), stated.as_of.isoformat()
    if channels == {Channel.PUBLICATION}:
        text = f"{name} published its figures for {day} on its own and did not provide them in exchange"
        sentences.insert(0, sentence(text))
    if channels == {Channel.TRANSCRIPTION}:
        text = f"the figures of {name} for {day} were copied from a published source by another"
        sentences.insert(0, sentence(text))
    return tuple(sentences)
