"""The difference of two aggregate declarations of one party."""

from collections.abc import Iterable

from counterseal.declarations.aggregate import AggregateDeclaration
from counterseal.declarations.difference import Change, ChangeKind, Difference, Standing, require_comparable
from counterseal.declarations.explanation import Entry, Explanation, explain, notifications_between, unused_of
from counterseal.declarations.notifications import Notification
from counterseal.treaty.pack import Pack


def compare_aggregates(
    older: AggregateDeclaration,
    newer: AggregateDeclaration,
    *,
    pack: Pack,
    notifications: Iterable[Notification] = (),
    by_update_only: tuple[str, ...] = (),
) -> Difference:
    """Return how the figures of one party differ between two dates, and what explains each change.

    An effect counts towards a figure if it names the figure's category, or else a category of a
    breakdown that a closure of the pack adds to it.

    Args:
        older: The earlier declaration.
        newer: The later one.
        pack: The agreement.
        notifications: Notifications given; those of other parties or periods are listed as unused.
        by_update_only: Categories whose figures change by the periodic declaration alone, so that
            no notification is due.

    Raises:
        DeclarationError: different parties, dates in the wrong order, or an identifier given twice.
    """
    require_comparable(
        older_party=older.party,
        newer_party=newer.party,
        older_as_of=older.as_of,
        newer_as_of=newer.as_of,
    )
    between, others = notifications_between(
        notifications, party=older.party, older_as_of=older.as_of, newer_as_of=newer.as_of
    )
    categories = dict.fromkeys(category for category, _ in (*older.figures, *newer.figures))
    found = [
        _change(
            category,
            figures=(older.figure(category), newer.figure(category)),
            entries=_entries(category, between, pack=pack),
            none_due=category in by_update_only,
        )
        for category in categories
    ]
    changes = tuple(change for change in found if change is not None)
    return Difference(
        party=older.party,
        older_as_of=older.as_of,
        newer_as_of=newer.as_of,
        changes=changes,
        unchanged=sum(change is None or change.older == change.newer for change in found),
        unused=(*unused_of(between, changes), *others),
    )


def _entries(category: str, between: Iterable[Notification], *, pack: Pack) -> tuple[Entry, ...]:
    parts = {part for closure in pack.closures if closure.total == category for part in closure.sums}
    entries: list[Entry] = []
    for each in between:
        # A notification that states the total itself may also state its parts: they count once.
        effects = [effect for effect in each.effects if effect.category == category] or [
            effect for effect in each.effects if effect.category in parts
        ]
        entries += [
            Entry(notification=each.id, place=(category,), change=effect.change) for effect in effects
        ]
    return tuple(entries)


def _change(
    category: str, *, figures: tuple[int | None, int | None], entries: tuple[Entry, ...], none_due: bool
) -> Change | None:
    older, newer = figures
    kind = ChangeKind.CHANGED
    if older is None or newer is None:
        if older == newer:
            return None
        kind = ChangeKind.PROVIDED if older is None else ChangeKind.NO_LONGER_PROVIDED
        explanation = Explanation(
            standing=Standing.OPEN_QUESTION,
            notifications=tuple(dict.fromkeys(entry.notification for entry in entries)),
            reason="One of the two figures was not provided, so there is no change to explain.",
        )
    else:
        explanation = explain({(category,): newer - older}, entries)
        if older == newer:
            if not entries or explanation.standing is Standing.EXPLAINED:
                return None
            kind = ChangeKind.NOTIFIED_ONLY
        elif none_due and not entries:
            explanation = Explanation(
                standing=Standing.NONE_DUE,
                notifications=(),
                reason="Figures of this category change by the periodic declaration alone.",
            )
    return Change(
        kind=kind,
        subject=category,
        older=older,
        newer=newer,
        standing=explanation.standing,
        notifications=explanation.notifications,
        reason=explanation.reason,
    )
