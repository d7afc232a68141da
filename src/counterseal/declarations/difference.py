"""What the difference of two declarations says: each change, and what explains it."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from counterseal.declarations.errors import DeclarationError
from counterseal.declarations.itemised import ItemLine
from counterseal.terms.parties import PartyCode


class ChangeKind(StrEnum):
    """What happened to a figure or a line between two declarations."""

    NEW = "new"
    """Only the newer declaration has it."""
    REMOVED = "removed"
    """Only the older declaration has it."""
    MOVED = "moved"
    """The same, at another site."""
    CHANGED = "changed"
    """The same, with another figure, category, system or attribute."""
    PROVIDED = "provided"
    """Not provided in the older declaration, provided in the newer one."""
    NO_LONGER_PROVIDED = "no-longer-provided"
    """Provided in the older declaration, not provided in the newer one."""
    NOTIFIED_ONLY = "notified-only"
    """Notifications add up to a change that the declarations do not show."""


class Standing(StrEnum):
    """How far notifications explain a change."""

    EXPLAINED = "explained"
    """They add up to it exactly."""
    PARTLY_EXPLAINED = "partly-explained"
    """They add up to some of it, and contradict none of it."""
    OPEN_QUESTION = "open-question"
    """None speaks of it, or they add up to something else."""
    NONE_DUE = "none-due"
    """No notification is asked for such a change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change, and what explains it.

    Attributes:
        subject: What changed, as a reader would name it.
        older: Its figure in the older declaration [items]; None: not there, or not provided.
        newer: Its figure in the newer declaration [items]; None: not there, or not provided.
        older_line: Its line in the older declaration, for itemised ones.
        newer_line: Its line in the newer declaration, for itemised ones.
        details: Which of its fields changed, each as ``name: older → newer``.
        proposed: Whether the pairing of the two lines is a proposal that a person must confirm.
        notifications: Identifiers of the notifications that speak of it, in order of event and id.
        reason: A sentence that says why it stands as it does.
    """

    kind: ChangeKind
    subject: str
    older: int | None
    newer: int | None
    older_line: ItemLine | None = None
    newer_line: ItemLine | None = None
    details: tuple[str, ...] = ()
    proposed: bool = False
    standing: Standing
    notifications: tuple[str, ...]
    reason: str

    @property
    def change(self) -> int | None:
        """Newer minus older [items]; a line that is not there counts 0, a figure not provided gives None."""
        if self.kind in {ChangeKind.PROVIDED, ChangeKind.NO_LONGER_PROVIDED}:
            return None
        return (self.newer or 0) - (self.older or 0)

    def as_json(self) -> dict[str, Any]:
        """Return the change as a JSON object."""
        return {
            "kind": self.kind.value,
            "subject": self.subject,
            "older": self.older,
            "newer": self.newer,
            "change": self.change,
            "details": list(self.details),
            "proposed": self.proposed,
            "standing": self.standing.value,
            "notifications": list(self.notifications),
            "reason": self.reason,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class UnusedNotification:
    """A notification that explains no change, with the reason."""

    id: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """How two declarations of one party differ.

    Attributes:
        older_as_of: Date of the older data; events on this day are in them already.
        newer_as_of: Date of the newer data; events up to this day are in them.
        changes: What changed, in a fixed order.
        unchanged: How many figures or lines are the same in both.
        unused: Notifications that explain no change.
    """

    party: PartyCode
    older_as_of: date
    newer_as_of: date
    changes: tuple[Change, ...]
    unchanged: int
    unused: tuple[UnusedNotification, ...]

    @property
    def open_questions(self) -> tuple[Change, ...]:
        """The changes that notifications do not explain, or not wholly."""
        asked = {Standing.OPEN_QUESTION, Standing.PARTLY_EXPLAINED}
        return tuple(change for change in self.changes if change.standing in asked)

    def as_json(self) -> dict[str, Any]:
        """Return the difference as a JSON object."""
        return {
            "party": str(self.party),
            "older_as_of": self.older_as_of.isoformat(),
            "newer_as_of": self.newer_as_of.isoformat(),
            "unchanged": self.unchanged,
            "open_questions": len(self.open_questions),
            "changes": [change.as_json() for change in self.changes],
            "unused_notifications": [{"id": each.id, "reason": each.reason} for each in self.unused],
        }


def require_comparable(
    *, older_party: PartyCode, newer_party: PartyCode, older_as_of: date, newer_as_of: date
) -> None:
    """Require that two declarations can be compared.

    Raises:
        DeclarationError: they are of different parties, or the older one is later than the newer.
    """
    if older_party != newer_party:
        raise DeclarationError(f"a declaration of {older_party} cannot be compared with one of {newer_party}")
    if older_as_of > newer_as_of:
        raise DeclarationError(
            f"the older declaration is as of {older_as_of}, after the newer one of {newer_as_of}"
        )
