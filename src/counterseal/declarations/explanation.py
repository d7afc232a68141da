"""How far notifications explain a change: exact sums, never a likeness."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from counterseal.declarations.difference import Change, Standing, UnusedNotification
from counterseal.declarations.errors import DeclarationError
from counterseal.declarations.notifications import Notification
from counterseal.terms.parties import PartyCode

Place = tuple[str, ...]
"""What an effect adds to: an aggregate category, or category, system and site."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One effect of one notification, at the place that it adds to [items]."""

    notification: str
    place: Place
    change: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """How a change stands, the notifications that speak of it, and a sentence."""

    standing: Standing
    notifications: tuple[str, ...]
    reason: str


def notifications_between(
    notifications: Iterable[Notification], *, party: PartyCode, older_as_of: date, newer_as_of: date
) -> tuple[tuple[Notification, ...], tuple[UnusedNotification, ...]]:
    """Return the notifications that can explain a change, and the others with the reason.

    An event on the date of the older data is in those data already, so the period begins on the
    day after it; the date of the newer data is its last day.

    Raises:
        DeclarationError: two notifications carry the same identifier.
    """
    between: list[Notification] = []
    others: list[UnusedNotification] = []
    seen: set[str] = set()
    for each in sorted(notifications, key=lambda notification: (notification.event_date, notification.id)):
        if each.id in seen:
            raise DeclarationError(f"notification {each.id}: the identifier stands twice among those given")
        seen.add(each.id)
        if each.party != party:
            others.append(UnusedNotification(id=each.id, reason=f"is of {each.party}, not of {party}"))
        elif not older_as_of < each.event_date <= newer_as_of:
            reason = f"its event of {each.event_date} is not after {older_as_of} and up to {newer_as_of}"
            others.append(UnusedNotification(id=each.id, reason=reason))
        else:
            between.append(each)
    return tuple(between), tuple(others)


def explain(expected: Mapping[Place, int], entries: Iterable[Entry]) -> Explanation:
    """Return how far ``entries`` explain the change ``expected``.

    Args:
        expected: Change at each place [items]; empty for a change of attributes alone.
        entries: The effects that speak of the subject of the change.
    """
    spoken = tuple(entries)
    ids = tuple(dict.fromkeys(entry.notification for entry in spoken))
    if not spoken:
        return Explanation(
            standing=Standing.OPEN_QUESTION,
            notifications=(),
            reason="No notification of the period speaks of it.",
        )
    wanted, noted = _nonzero(expected.items()), net(spoken)
    if wanted == noted:
        return Explanation(
            standing=Standing.EXPLAINED, notifications=ids, reason=f"Explained by {', '.join(ids)}."
        )
    if _is_part(noted, of=wanted):
        reason = f"{', '.join(ids)} explain {_sum_of(noted)} of {_sum_of(wanted)}."
        return Explanation(standing=Standing.PARTLY_EXPLAINED, notifications=ids, reason=reason)
    reason = f"{', '.join(ids)} add up to {_sum_of(noted)}, the declarations to {_sum_of(wanted)}."
    return Explanation(standing=Standing.OPEN_QUESTION, notifications=ids, reason=reason)


def net(entries: Iterable[Entry]) -> dict[Place, int]:
    """Return what ``entries`` add up to at each place [items]; places without a change are left out."""
    return _nonzero((entry.place, entry.change) for entry in entries)


def unused_of(between: Iterable[Notification], changes: Iterable[Change]) -> tuple[UnusedNotification, ...]:
    """Return the notifications of the period that no change names."""
    used = {each for change in changes for each in change.notifications}
    return tuple(
        UnusedNotification(id=each.id, reason="explains no change between the two declarations")
        for each in between
        if each.id not in used
    )


def _nonzero(pairs: Iterable[tuple[Place, int]]) -> dict[Place, int]:
    total: Counter[Place] = Counter()
    for place, change in pairs:
        total[place] += change
    return {place: change for place, change in total.items() if change != 0}


def _is_part(noted: Mapping[Place, int], *, of: Mapping[Place, int]) -> bool:
    return bool(noted) and all(
        place in of and 0 < change * (1 if of[place] > 0 else -1) <= abs(of[place])
        for place, change in noted.items()
    )


def _sum_of(changes: Mapping[Place, int]) -> str:
    if not changes:
        return "no change of a count"
    return " and ".join(
        f"{change:+d} ({', '.join(filter(None, place))})" for place, change in sorted(changes.items())
    )
