"""Working and locked declarations, and the supplements that correct without overwriting."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import pairwise

from counterseal.declarations.aggregate import AggregateDeclaration
from counterseal.declarations.errors import DeclarationError
from counterseal.terms.outcomes import KnownAs, weakest


@dataclass(frozen=True, slots=True, kw_only=True)
class LockedDeclaration:
    """A declaration that was submitted: it never changes again.

    Attributes:
        declaration_id: Its identifier, by which supplements refer to it (a record id, for one).
        content: What it states.
        supplements: Identifier of the locked declaration that it supplements, or None for an original.
    """

    declaration_id: str
    content: AggregateDeclaration
    supplements: str | None

    def __post_init__(self) -> None:
        if not self.declaration_id:
            raise DeclarationError(f"{self.content.name}: a locked declaration must have an identifier")
        if self.supplements == self.declaration_id:
            raise DeclarationError(f"{self.declaration_id}: a declaration cannot supplement itself")


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkingDeclaration:
    """A declaration in preparation: it may be changed, and nobody else has seen it.

    Attributes:
        content: What it states for now.
        supplements: Identifier of the locked declaration that it will supplement, or None.
    """

    content: AggregateDeclaration
    supplements: str | None = None

    def amend(
        self, *, figures: tuple[tuple[str, int | None], ...], known_as: KnownAs
    ) -> "WorkingDeclaration":
        """Return it with other figures [items]; party, date and citation stay."""
        return replace(self, content=replace(self.content, figures=figures, known_as=known_as))

    def lock(self, *, declaration_id: str) -> LockedDeclaration:
        """Return the locked declaration that is submitted under ``declaration_id``."""
        return LockedDeclaration(
            declaration_id=declaration_id, content=self.content, supplements=self.supplements
        )


def supplement(original: LockedDeclaration, *, content: AggregateDeclaration) -> WorkingDeclaration:
    """Return a working supplement of ``original``, which itself stays as it is.

    Args:
        original: The last locked declaration of its chain.
        content: The figures that are added or corrected; None where the supplement says nothing.

    Raises:
        DeclarationError: ``content`` is of another party or date.
    """
    _require_same_subject(original, content, supplement_id="the supplement")
    return WorkingDeclaration(content=content, supplements=original.declaration_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class CurrentFigure:
    """The figure of one category that now stands, and the declaration that states it.

    Attributes:
        figure: The figure [items], or None if no declaration of the chain provided it.
        stated_by: Identifier of the declaration that states it; None where none does.
    """

    category: str
    figure: int | None
    stated_by: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclarationChain:
    """An original declaration and its supplements, and what now stands.

    Attributes:
        declarations: The original first, then each supplement; all of them stay on the record.
        current: What now stands, category by category, in the order of first mention.
        known_as: The weakest standing of the declarations that state a current figure.
    """

    declarations: tuple[LockedDeclaration, ...]
    current: tuple[CurrentFigure, ...]
    known_as: KnownAs


def current_figures(declarations: Iterable[LockedDeclaration]) -> tuple[DeclarationChain, ...]:
    """Return each party's and date's chain of declarations, in order of date and party.

    The order in which the declarations are given makes no difference. A figure that a later
    supplement states stands; where it says nothing, the earlier one does.

    Raises:
        DeclarationError: an identifier stands twice; a supplement refers to an unknown declaration, to
            one of another party or date, or to one that is already supplemented; two originals
            are of one party and date; supplements refer to each other in a circle.
    """
    by_id = _by_id(declarations)
    followers = _followers(by_id)
    originals = sorted(
        (each for each in by_id.values() if each.supplements is None),
        key=lambda each: (each.content.as_of, each.content.party, each.declaration_id),
    )
    for earlier, later in pairwise(originals):
        if _subject(earlier.content) == _subject(later.content):
            raise DeclarationError(
                f"{later.declaration_id}: {later.content.name} is already declared by "
                f"{earlier.declaration_id}; what corrects it must be its supplement"
            )
    chains = tuple(_chain(original, followers) for original in originals)
    if sum(len(chain.declarations) for chain in chains) != len(by_id):
        raise DeclarationError(
            "supplements refer to each other in a circle; a chain must begin with an original"
        )
    return chains


def _by_id(declarations: Iterable[LockedDeclaration]) -> dict[str, LockedDeclaration]:
    by_id: dict[str, LockedDeclaration] = {}
    for each in declarations:
        if each.declaration_id in by_id:
            raise DeclarationError(
                f"{each.declaration_id}: the identifier stands twice, must be of one declaration"
            )
        by_id[each.declaration_id] = each
    return by_id


def _followers(by_id: dict[str, LockedDeclaration]) -> dict[str, LockedDeclaration]:
    followers: dict[str, LockedDeclaration] = {}
    for each_id in sorted(by_id):
        each = by_id[each_id]
        if each.supplements is None:
            continue
        if each.supplements not in by_id:
            raise DeclarationError(f"{each_id}: supplements {each.supplements!r}, which is not known")
        _require_same_subject(by_id[each.supplements], each.content, supplement_id=each_id)
        if each.supplements in followers:
            other = followers[each.supplements].declaration_id
            raise DeclarationError(
                f"{each_id}: supplements {each.supplements}, which {other} already supplements; "
                "a supplement must refer to the last of its chain"
            )
        followers[each.supplements] = each
    return followers


def _chain(original: LockedDeclaration, followers: dict[str, LockedDeclaration]) -> DeclarationChain:
    declarations = [original]
    while (following := followers.get(declarations[-1].declaration_id)) is not None:
        declarations.append(following)
    current: dict[str, CurrentFigure] = {}
    for each in declarations:
        for category, figure in each.content.figures:
            if figure is not None:
                current[category] = CurrentFigure(
                    category=category, figure=figure, stated_by=each.declaration_id
                )
            else:
                current.setdefault(category, CurrentFigure(category=category, figure=None, stated_by=None))
    stating = {figure.stated_by for figure in current.values()}
    known = tuple(each.content.known_as for each in declarations if each.declaration_id in stating)
    return DeclarationChain(
        declarations=tuple(declarations), current=tuple(current.values()), known_as=weakest(known)
    )


def _subject(content: AggregateDeclaration) -> tuple[object, object]:
    return (content.party, content.as_of)


def _require_same_subject(
    original: LockedDeclaration, content: AggregateDeclaration, *, supplement_id: str
) -> None:
    if _subject(original.content) != _subject(content):
        raise DeclarationError(
            f"{supplement_id}: is of {content.name} and supplements {original.declaration_id}, which is of "
            f"{original.content.name}; party and date must be the same"
        )
