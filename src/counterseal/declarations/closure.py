"""Arithmetic closure: whether the lines of a breakdown add up to the totals that were declared."""

from dataclasses import dataclass
from enum import StrEnum

from counterseal.declarations.aggregate import AggregateDeclaration
from counterseal.declarations.errors import DeclarationError
from counterseal.declarations.itemised import ItemisedDeclaration, ItemLine
from counterseal.treaty.pack import Closure, Pack


class ClosureOutcome(StrEnum):
    """What adding up one closure says."""

    CLOSES = "closes"
    """The lines add up to the declared total, exactly."""
    DIFFERS = "differs"
    """They add up to another number."""
    INCOMPLETE = "incomplete"
    """A category of the closure has no line; nil would be a line with count 0."""
    NO_TOTAL = "no-total"
    """The total was not provided, so there is nothing to close to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosureResult:
    """What one closure of the pack says about a breakdown.

    Attributes:
        closure: Id of the closure in the pack.
        clause: Clause of the agreement.
        total_category: Category id of the declared total.
        declared_total: The declared total [items], or None if it was not provided.
        lines_sum: Sum of the lines used [items].
        used: The lines that were added.
        missing: Categories of the closure for which the breakdown has no line.
    """

    closure: str
    clause: str
    total_category: str
    declared_total: int | None
    lines_sum: int
    used: tuple[ItemLine, ...]
    missing: tuple[str, ...]

    @property
    def difference(self) -> int | None:
        """Sum of the lines minus the declared total [items], or None without a total."""
        return None if self.declared_total is None else self.lines_sum - self.declared_total

    @property
    def outcome(self) -> ClosureOutcome:
        """What adding up says; a category without a line leaves it incomplete, whatever the sum."""
        if self.declared_total is None:
            return ClosureOutcome.NO_TOTAL
        if self.missing:
            return ClosureOutcome.INCOMPLETE
        return ClosureOutcome.CLOSES if self.difference == 0 else ClosureOutcome.DIFFERS


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosureReport:
    """What all closures of a pack say about one breakdown.

    Attributes:
        results: One for each closure of the pack, in its order.
        not_used: Lines that no closure adds; they were declared and enter no total.
    """

    results: tuple[ClosureResult, ...]
    not_used: tuple[ItemLine, ...]

    @property
    def closes(self) -> bool:
        """Whether there is a closure, and each one closes."""
        return bool(self.results) and all(result.outcome is ClosureOutcome.CLOSES for result in self.results)


def check_closure(
    breakdown: ItemisedDeclaration, totals: AggregateDeclaration, *, pack: Pack
) -> ClosureReport:
    """Return what adding up ``breakdown`` says about the declared ``totals``.

    Args:
        breakdown: The lines of one party for one date.
        totals: The figures of the same party for the same date.
        pack: The agreement, whose closures say which categories add up to which total.

    Raises:
        DeclarationError: they are of different parties or dates.
    """
    if (breakdown.party, breakdown.as_of) != (totals.party, totals.as_of):
        raise DeclarationError(
            f"the breakdown of {breakdown.name} cannot be closed against totals of {totals.name}"
        )
    added = {category for closure in pack.closures for category in closure.sums}
    return ClosureReport(
        results=tuple(_result(closure, breakdown, totals) for closure in pack.closures),
        not_used=tuple(line for line in breakdown.lines if line.category not in added),
    )


def _result(closure: Closure, breakdown: ItemisedDeclaration, totals: AggregateDeclaration) -> ClosureResult:
    used = tuple(line for line in breakdown.lines if line.category in closure.sums)
    present = {line.category for line in used}
    return ClosureResult(
        closure=closure.id,
        clause=closure.clause,
        total_category=closure.total,
        declared_total=totals.figure(closure.total),
        lines_sum=sum(line.count for line in used),
        used=used,
        missing=tuple(category for category in closure.sums if category not in present),
    )
