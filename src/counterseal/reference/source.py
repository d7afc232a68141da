"""What an entry of the registry is: an outside text, what sort of text, and how well it is known."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from counterseal.terms.outcomes import KnownAs


class SourceKind(StrEnum):
    """What sort of text is cited."""

    SOURCE_DOCUMENT = "source document"
    """A United Nations document that says what the system is for."""
    STANDARD = "standard"
    """A published specification that the bytes follow."""
    PAPER = "paper"
    """A published paper that a design decision rests on."""
    BOOK = "book or report"
    """A published book, report or manual that a method follows."""
    DATA = "data"
    """Published figures, or a published program or file that holds them."""
    VECTORS = "test vectors"
    """Published inputs and answers that the code is held against."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One outside text.

    Attributes:
        key: What stands between the brackets where it is cited.
        text: Full citation, enough to find it in a library.
        kind: What sort of text it is.
        known_as: How well it is known to those who cite it.
        read_on: When it was last read; None where it is cited from memory.
    """

    key: str
    text: str
    kind: SourceKind
    known_as: KnownAs
    read_on: date | None


def partly_known(key: str, kind: SourceKind, text: str) -> Source:
    """Return a text of which some was read, as its abstract, and the rest is recalled."""
    return Source(key=key, text=text, kind=kind, known_as=KnownAs.PARTLY, read_on=None)


def recalled(key: str, kind: SourceKind, text: str) -> Source:
    """Return a text that is cited from memory."""
    return Source(key=key, text=text, kind=kind, known_as=KnownAs.RECALLED, read_on=None)
