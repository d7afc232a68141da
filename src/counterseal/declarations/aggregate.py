"""Aggregate declarations: the totals that a party states for one date."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from counterseal.declarations.errors import DeclarationError
from counterseal.declarations.wording import LONGEST_CITATION, text_fault
from counterseal.terms.outcomes import KnownAs
from counterseal.terms.parties import PartyCode
from counterseal.treaty.pack import ClockKind, DutyKind, Pack

LARGEST_COUNT = 2**53 - 1
"""Largest count [items]: the largest that every JSON reader keeps exactly."""


class DeclaredAs(StrEnum):
    """What kind of statement a declaration is."""

    BASELINE = "baseline"
    """The first one, as of the event that starts the regime."""
    PERIODIC = "periodic"
    """One of the updates that follow."""
    NIL = "nil"
    """States that there is nothing: every figure is provided, and zero."""
    NOT_PROVIDED = "not-provided"
    """No figure was provided. Never read as zero."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AggregateDeclaration:
    """The totals that a party states for one date.

    Attributes:
        party: The State that declares.
        as_of: The date of the data (not of the paper).
        figures: ``(category id, figure [items])`` pairs; a figure of None is *not provided*, never zero.
        known_as: How well the figures are known; ``not-provided`` exactly where no figure was provided.
        citation: Where the figures come from, one line.
    """

    party: PartyCode
    as_of: date
    figures: tuple[tuple[str, int | None], ...]
    known_as: KnownAs
    citation: str

    def __post_init__(self) -> None:
        seen: set[str] = set()
        for category, figure in self.figures:
            if category in seen:
                raise DeclarationError(f"{self.name}/{category}: stated twice, must be stated once")
            seen.add(category)
            if (fault := count_fault(figure)) is not None:
                raise DeclarationError(f"{self.name}/{category}: {fault}")
        if not self.figures:
            raise DeclarationError(
                f"{self.name}: names no category, must name each one, with None if not provided"
            )
        if (fault := standing_fault(self.known_as, provided=self.is_provided)) is not None:
            raise DeclarationError(f"{self.name}: {fault}")
        if (fault := text_fault(self.citation, longest=LONGEST_CITATION)) is not None:
            raise DeclarationError(f"{self.name}, citation: {fault}")

    @property
    def name(self) -> str:
        """The declaration as messages name it: party and date."""
        return f"{self.party} {self.as_of.isoformat()}"

    @property
    def is_provided(self) -> bool:
        """Whether at least one figure was provided."""
        return any(figure is not None for _, figure in self.figures)

    @property
    def is_partial(self) -> bool:
        """Whether some figures were provided and others were not."""
        return self.is_provided and any(figure is None for _, figure in self.figures)

    @property
    def is_nil(self) -> bool:
        """Whether every figure was provided, and is zero."""
        return all(figure == 0 for _, figure in self.figures)

    def figure(self, category: str) -> int | None:
        """Return the figure of ``category`` [items], or None if it was not provided."""
        return dict(self.figures).get(category)


def count_fault(count: object) -> str | None:
    """Return what is wrong with a count, or None; a count of None is *not provided* and sound.

    Example:
        >>> count_fault(-1)
        'count -1, must be >= 0'
    """
    if count is None:
        return None
    if type(count) is not int:
        return f"count of type {type(count).__name__}, must be a whole number"
    if count < 0:
        return f"count {count}, must be >= 0"
    if count > LARGEST_COUNT:
        return f"count of {count.bit_length()} bits, must be at most {LARGEST_COUNT}"
    return None


def standing_fault(known_as: KnownAs, *, provided: bool) -> str | None:
    """Return what is wrong between how figures are known and whether there are any, or None."""
    if provided and known_as is KnownAs.NOT_PROVIDED:
        return "figures are given, so the status must not be 'not provided'"
    if not provided and known_as is not KnownAs.NOT_PROVIDED:
        return f"no figure is given, so the status must be 'not provided' and not {known_as.value!r}"
    return None


def declared_as(declaration: AggregateDeclaration, *, pack: Pack) -> DeclaredAs:
    """Return what kind of statement ``declaration`` is under the agreement of ``pack``."""
    if not declaration.is_provided:
        return DeclaredAs.NOT_PROVIDED
    if declaration.is_nil:
        return DeclaredAs.NIL
    return DeclaredAs.BASELINE if declaration.as_of in _baseline_dates(pack) else DeclaredAs.PERIODIC


def _baseline_dates(pack: Pack) -> tuple[date, ...]:
    starts = {"entry-into-force": pack.life.in_force, "signature": pack.life.signed}
    return tuple(
        starts[clock.trigger]
        for clock in pack.clocks
        if clock.kind is ClockKind.ONCE
        and clock.duty is DutyKind.DECLARATIONS
        and clock.as_of_trigger
        and clock.trigger in starts
    )
