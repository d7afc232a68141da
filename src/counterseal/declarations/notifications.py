"""Notifications of events that change what a party holds between two declarations."""

from dataclasses import dataclass
from datetime import date

from counterseal.declarations.aggregate import LARGEST_COUNT
from counterseal.declarations.errors import DeclarationError
from counterseal.declarations.wording import text_fault
from counterseal.terms.parties import PartyCode


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What one event adds to or takes from one line of a declaration.

    Attributes:
        category: Category of the breakdown, or an aggregate category of the pack.
        system: Type of the items, or None for an aggregate category.
        site: Where, or None where the notification does not say.
        uid: The one item, or None.
        change: Items more (positive) or fewer (negative); 0 says that something else changed.
    """

    category: str
    system: str | None
    site: str | None
    uid: str | None
    change: int

    def __post_init__(self) -> None:
        texts = (("category", self.category), ("system", self.system), ("site", self.site), ("uid", self.uid))
        for label, text in texts:
            if text is not None and (fault := text_fault(text)) is not None:
                raise DeclarationError(f"effect of a notification, {label}: {fault}")
        if type(self.change) is not int or abs(self.change) > LARGEST_COUNT:
            raise DeclarationError(
                f"effect on {self.category}: the change must be a whole number within 2^53 - 1"
            )
        if self.uid is not None and self.change not in {-1, 0, 1}:
            raise DeclarationError(
                f"effect on item {self.uid}: change {self.change}, must be -1, 0 or 1 for one item"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """A party's statement that something happened on a day.

    Attributes:
        id: Its identifier.
        party: The State that notifies.
        kind: Kind of notification, an id of the treaty pack.
        event_date: Day of the event (GMT), not of the paper.
        effects: What it changes; at least one.
    """

    id: str
    party: PartyCode
    kind: str
    event_date: date
    effects: tuple[Effect, ...]

    def __post_init__(self) -> None:
        if (fault := text_fault(self.id)) is not None:
            raise DeclarationError(f"identifier of a notification: {fault}")
        if not self.effects:
            raise DeclarationError(f"notification {self.id}: has no effect, must have at least one")
