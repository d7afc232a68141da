"""The difference of two itemised declarations of one party: by identifier, then line by line."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from counterseal.declarations.difference import Change, ChangeKind, Difference, Standing, require_comparable
from counterseal.declarations.explanation import (
    Entry,
    Explanation,
    Place,
    explain,
    net,
    notifications_between,
    unused_of,
)
from counterseal.declarations.itemised import ItemisedDeclaration, ItemLine
from counterseal.declarations.notifications import Effect, Notification

_Identity = str | Place
_Lines = Mapping[_Identity, ItemLine]
_ORDER = tuple(ChangeKind)


@dataclass(frozen=True, slots=True)
class _Pair:
    """The older and the newer line of one subject; at least one is there."""

    older: ItemLine | None
    newer: ItemLine | None
    proposed: bool = False

    @property
    def lines(self) -> tuple[ItemLine, ...]:
        return tuple(line for line in (self.older, self.newer) if line is not None)


def compare_itemised(
    older: ItemisedDeclaration, newer: ItemisedDeclaration, *, notifications: Iterable[Notification] = ()
) -> Difference:
    """Return how the lines of one party differ between two dates, and what explains each change.

    Lines with a uid are matched by it; the others by category, system and site. A line without a
    uid that vanished at one site and appeared at another with the same count is proposed as a move,
    for a person to confirm. An effect without a matching site counts towards a line without one.

    Args:
        older: The earlier declaration.
        newer: The later one.
        notifications: Notifications given; those of other parties or periods are listed as unused.

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
    before, after = _by_identity(older), _by_identity(newer)
    ledger = _ledger(between, known={*before, *after})
    pairs = _pairs(before, after)
    found = [_change(pair, ledger=ledger) for pair in pairs]
    known = {_identity(line) for pair in pairs for line in pair.lines}
    elsewhere = (entries for identity, entries in ledger.items() if identity not in known)
    changes = (*filter(None, found), *filter(None, map(_notified_elsewhere, elsewhere)))
    return Difference(
        party=older.party,
        older_as_of=older.as_of,
        newer_as_of=newer.as_of,
        changes=tuple(sorted(changes, key=lambda change: (_ORDER.index(change.kind), change.subject))),
        unchanged=sum(change is None or change.kind is ChangeKind.NOTIFIED_ONLY for change in found),
        unused=(*unused_of(between, changes), *others),
    )


def _identity(line: ItemLine) -> _Identity:
    return line.uid if line.uid is not None else line.key


def _by_identity(declaration: ItemisedDeclaration) -> _Lines:
    return {_identity(line): line for line in declaration.lines}


def _pairs(before: _Lines, after: _Lines) -> list[_Pair]:
    pairs = [_Pair(line, after[identity]) for identity, line in before.items() if identity in after]
    removed = [line for identity, line in before.items() if identity not in after]
    new = [line for identity, line in after.items() if identity not in before]
    moves = list(_proposed_moves(removed, new))
    moved = {id(line) for pair in moves for line in pair.lines}
    pairs += moves
    pairs += [_Pair(line, None) for line in removed if id(line) not in moved]
    pairs += [_Pair(None, line) for line in new if id(line) not in moved]
    return pairs


def _proposed_moves(removed: Iterable[ItemLine], new: Iterable[ItemLine]) -> Iterator[_Pair]:
    waiting: dict[tuple[str, str, int], list[ItemLine]] = defaultdict(list)
    for line in sorted(filter(_can_move, new), key=lambda line: line.key, reverse=True):
        waiting[line.category, line.system, line.count].append(line)
    for line in sorted(filter(_can_move, removed), key=lambda line: line.key):
        if arrivals := waiting[line.category, line.system, line.count]:
            yield _Pair(line, arrivals.pop(), proposed=True)


def _can_move(line: ItemLine) -> bool:
    return line.uid is None and line.site is not None and line.count > 0


def _ledger(between: Iterable[Notification], *, known: set[_Identity]) -> dict[_Identity, list[Entry]]:
    ledger: dict[_Identity, list[Entry]] = defaultdict(list)
    for each in between:
        for effect in each.effects:
            if effect.system is None:
                continue  # it speaks of a total, and totals have no line
            place = (effect.category, effect.system, effect.site or "")
            entry = Entry(notification=each.id, place=place, change=effect.change)
            ledger[_subject(effect, place=place, known=known)].append(entry)
    return ledger


def _subject(effect: Effect, *, place: Place, known: set[_Identity]) -> _Identity:
    if effect.uid is not None and effect.uid in known:
        return effect.uid
    anywhere = (*place[:2], "")
    for line in (place, anywhere):
        if line in known:
            return line
    return effect.uid if effect.uid is not None else place


def _change(pair: _Pair, *, ledger: Mapping[_Identity, list[Entry]]) -> Change | None:
    entries = _entries(pair, ledger=ledger)
    details = _details(pair)
    if pair.older is not None and pair.newer is not None and not details:
        return _notified_only(pair.newer, entries)
    explanation = _explanation(pair, entries)
    return Change(
        kind=_kind(pair, details),
        subject=pair.lines[-1].name,
        older=None if pair.older is None else pair.older.count,
        newer=None if pair.newer is None else pair.newer.count,
        older_line=pair.older,
        newer_line=pair.newer,
        details=details,
        proposed=pair.proposed,
        standing=explanation.standing,
        notifications=explanation.notifications,
        reason=explanation.reason,
    )


def _entries(pair: _Pair, *, ledger: Mapping[_Identity, list[Entry]]) -> list[Entry]:
    identities = dict.fromkeys(_identity(line) for line in pair.lines)
    entries = [entry for identity in identities for entry in ledger.get(identity, ())]
    if all(line.site is None for line in pair.lines):
        # The lines do not say where, so that what an event says of it makes no difference.
        return [
            Entry(notification=e.notification, place=(*e.place[:2], ""), change=e.change) for e in entries
        ]
    return entries


def _explanation(pair: _Pair, entries: list[Entry]) -> Explanation:
    expected: dict[Place, int] = defaultdict(int)
    if pair.older is not None:
        expected[pair.older.key] -= pair.older.count
    if pair.newer is not None:
        expected[pair.newer.key] += pair.newer.count
    if len(pair.lines) == 1 and not any(expected.values()) and not entries:
        return Explanation(
            standing=Standing.NONE_DUE,
            notifications=(),
            reason="The line counts 0: there is no item to explain.",
        )
    return explain(expected, entries)


def _notified_only(line: ItemLine, entries: list[Entry]) -> Change | None:
    if not net(entries):
        return None
    explanation = explain({}, entries)
    return Change(
        kind=ChangeKind.NOTIFIED_ONLY,
        subject=line.name,
        older=line.count,
        newer=line.count,
        older_line=line,
        newer_line=line,
        standing=explanation.standing,
        notifications=explanation.notifications,
        reason=explanation.reason,
    )


def _notified_elsewhere(entries: list[Entry]) -> Change | None:
    noted = net(entries)
    if not noted:
        return None
    explanation = explain({}, entries)
    category, system, site = min(noted)
    return Change(
        kind=ChangeKind.NOTIFIED_ONLY,
        subject=f"{system}, {category}" + (f" at {site}" if site else ""),
        older=None,
        newer=None,
        standing=explanation.standing,
        notifications=explanation.notifications,
        reason=f"{explanation.reason} Neither declaration has such a line.",
    )


def _kind(pair: _Pair, details: tuple[str, ...]) -> ChangeKind:
    if pair.older is None:
        return ChangeKind.NEW
    if pair.newer is None:
        return ChangeKind.REMOVED
    only_site = len(details) == 1 and details[0].startswith("site: ")
    stated = pair.older.site is not None and pair.newer.site is not None
    return ChangeKind.MOVED if only_site and stated else ChangeKind.CHANGED


def _details(pair: _Pair) -> tuple[str, ...]:
    if pair.older is None or pair.newer is None:
        return ()
    before, after = _fields(pair.older), _fields(pair.newer)
    return tuple(
        f"{name}: {before.get(name, 'not stated')} → {after.get(name, 'not stated')}"
        for name in dict.fromkeys((*before, *after))
        if before.get(name) != after.get(name)
    )


def _fields(line: ItemLine) -> dict[str, str]:
    fields = {"category": line.category, "system": line.system, "count": str(line.count)}
    if line.site is not None:
        fields["site"] = line.site
    return fields | {f"attribute {name}": value for name, value in line.attributes}
