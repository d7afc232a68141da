"""Itemised declarations: breakdowns by system, and lists of single items."""

from dataclasses import dataclass
from datetime import date

from counterseal.declarations.aggregate import count_fault
from counterseal.declarations.errors import DeclarationError
from counterseal.declarations.wording import LONGEST_CITATION, shown, text_fault
from counterseal.terms.outcomes import KnownAs
from counterseal.terms.parties import PartyCode


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemLine:
    """One line: how many of one system stand in one category, at a site or anywhere.

    Attributes:
        category: Category of the breakdown, as the agreement names it.
        system: Type of the items.
        site: Where they are, or None where the declaration does not say.
        uid: Unique identifier of one item, or None for a line that counts several.
        count: How many [items]; 1 on a line with a uid.
        attributes: ``(name, value)`` pairs that the agreement asks for, in order of name.
    """

    category: str
    system: str
    site: str | None
    uid: str | None
    count: int
    attributes: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        named = (("category", self.category), ("system", self.system), ("site", self.site), ("uid", self.uid))
        for label, text in (*named, *self.attributes):
            if text is not None and (fault := text_fault(text)) is not None:
                raise DeclarationError(f"line {shown(self.name)}, {label}: {fault}")
        for label, _ in self.attributes:
            if (fault := text_fault(label)) is not None:
                raise DeclarationError(f"line {shown(self.name)}, name of an attribute: {fault}")
        if self.count is None or (fault := count_fault(self.count)) is not None:
            raise DeclarationError(f"{self.name}: {fault if self.count is not None else 'no count given'}")
        if self.uid is not None and self.count != 1:
            raise DeclarationError(f"{self.name}: count {self.count}, must be 1 on a line with a uid")
        names = [name for name, _ in self.attributes]
        if names != sorted(set(names)):
            raise DeclarationError(f"{self.name}: attributes must be in order of name, none of them twice")

    @property
    def key(self) -> tuple[str, str, str]:
        """Category, system and site, by which lines without a uid are known (no site: empty)."""
        return (self.category, self.system, self.site or "")

    @property
    def name(self) -> str:
        """The line as messages name it."""
        place = f" at {self.site}" if self.site is not None else ""
        item = f" [{self.uid}]" if self.uid is not None else ""
        return f"{self.system}{item}, {self.category}{place}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemisedDeclaration:
    """The lines that a party states for one date.

    Attributes:
        party: The State that declares.
        as_of: The date of the data.
        lines: The lines; a uid stands once, and so does a category, system and site without a uid.
        known_as: How well the lines are known.
        citation: Where they come from, one line.
    """

    party: PartyCode
    as_of: date
    lines: tuple[ItemLine, ...]
    known_as: KnownAs
    citation: str

    def __post_init__(self) -> None:
        if not self.lines:
            raise DeclarationError(f"{self.name}: has no line; nil is stated as a line with count 0")
        if self.known_as is KnownAs.NOT_PROVIDED:
            raise DeclarationError(f"{self.name}: lines are given, so they cannot be known as 'not-provided'")
        if (fault := text_fault(self.citation, longest=LONGEST_CITATION)) is not None:
            raise DeclarationError(f"{self.name}, citation of the lines: {fault}")
        if (repeated := first_repeated(self.lines)) is not None:
            raise DeclarationError(f"{self.name}: {repeat_fault(repeated)}")

    @property
    def name(self) -> str:
        """The declaration as messages name it: party and date."""
        return f"{self.party} {self.as_of.isoformat()}"


def first_repeated(lines: tuple[ItemLine, ...]) -> ItemLine | None:
    """Return the first line that repeats an earlier one's uid, or its key without a uid."""
    seen: set[object] = set()
    for line in lines:
        identity = line.uid if line.uid is not None else line.key
        if identity in seen:
            return line
        seen.add(identity)
    return None


def repeat_fault(line: ItemLine) -> str:
    """Return the sentence that refuses a repeated line."""
    if line.uid is not None:
        return f"uid {line.uid!r} stands twice; an item is declared once, in one place"
    return f"{line.name!r} stands twice without a uid; lines of one category, system and site are one line"
