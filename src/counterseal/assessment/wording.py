"""The words of reasons: plain sentences that give figures, dates and how well a thing is known.

Nothing here judges. A sentence says who stated what, for which date, under which clause, and
where the fact was found; the reader draws the conclusion.
"""

from collections.abc import Iterable
from datetime import date

from counterseal.terms.outcomes import KnownAs
from counterseal.terms.parties import PartyCode
from counterseal.treaty.pack import Limit, Pack

_TAKES_ARTICLE = frozenset({"Emirates", "Federation", "Kingdom", "Republic", "States", "Union"})
"""English puts an article before the name of a State that has one of these words."""

_KNOWN = {
    KnownAs.CONFIRMED: "confirmed: read in the named source",
    KnownAs.PARTLY: "partly confirmed: some of it read in the named source, the rest recalled",
    KnownAs.RECALLED: "recalled from the named source, which was not opened again",
    KnownAs.NOT_PROVIDED: "without a published source that gives it",
}


def name_of(pack: Pack, party: PartyCode) -> str:
    """Return a party's name as it stands inside a sentence, with its article where English has one."""
    for known in pack.parties:
        if known.code == party:
            words = known.name.split()
            bare = words[0].lower() != "the" and not _TAKES_ARTICLE.isdisjoint(words)
            return f"the {known.name}" if bare else known.name
    return str(party)


def sentence(text: str) -> str:
    """Return ``text`` as a sentence: first letter a capital, one full stop at the end."""
    text = text.strip()
    end = "" if text.endswith((".", "?", "!")) else "."
    return text[:1].upper() + text[1:] + end


def known_sentence(pack: Pack, what: str, *, known: KnownAs, citations: Iterable[str]) -> str:
    """Return how well a fact is known, and from where.

    Args:
        pack: The agreement, whose citations are looked up by key.
        what: The fact, as the subject of the sentence.
        known: The standing of the fact.
        citations: Citation keys of the pack, or citations in full.
    """
    texts = {citation.key: citation.text for citation in pack.citations}
    places = sorted({texts.get(citation, citation) for citation in citations if citation})
    where = f" ({'; '.join(places)})" if places else ""
    return sentence(f"{what} is {_KNOWN[known]}{where}")


def binding_sentence(limit: Limit, *, on: date) -> str:
    """Return a limit, its clause, and whether it binds on a day."""
    head = f"the limit of {limit.value} ({limit.clause})"
    if on < limit.binds_from:
        return sentence(f"{head} binds from {limit.binds_from.isoformat()} and not yet on {on.isoformat()}")
    if limit.binds_until is not None and limit.binds_until < on:
        until = limit.binds_until.isoformat()
        return sentence(f"{head} bound until {until} and no longer does on {on.isoformat()}")
    return sentence(f"{head} binds from {limit.binds_from.isoformat()}")


def listed(things: Iterable[str]) -> str:
    """Return ``a``, ``a and b`` or ``a, b and c``.

    >>> listed(["four", "five", "six"])
    'four, five and six'
    """
    *most, last = [*things] or [""]
    return f"{', '.join(most)} and {last}" if most else last
