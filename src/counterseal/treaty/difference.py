"""The difference of two packs, entry by entry: what was added, removed or changed, and from when."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from datetime import date
from enum import StrEnum
from typing import Any

from counterseal.treaty.pack import Pack

_SCALARS = ("id", "version", "title", "short_title", "domain")
_DATES = ("signed", "in_force", "expires")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Section:
    """One list of a pack: what its entries are, what names them, and which date says when they hold."""

    name: str
    what: str
    key: str = "id"
    dated_by: str | None = None


_SECTIONS = (
    _Section(name="parties", what="party", key="code"),
    _Section(name="citations", what="citation", key="key"),
    _Section(name="articles", what="article", key="clause"),
    _Section(name="status_changes", what="status change", dated_by="from_date"),
    _Section(name="categories", what="category"),
    _Section(name="counting_rules", what="counting rule"),
    _Section(name="limits", what="limit", dated_by="binds_from"),
    _Section(name="disclosure_budgets", what="disclosure budget", dated_by="binds_from"),
    _Section(name="closures", what="closure"),
    _Section(name="clocks", what="clock"),
    _Section(name="quotas", what="quota", dated_by="window_start"),
    _Section(name="pauses", what="pause", dated_by="from_date"),
    _Section(name="declaration_kinds", what="declaration kind"),
    _Section(name="notification_kinds", what="notification kind"),
    _Section(name="roles", what="role"),
    _Section(name="release_labels", what="release label"),
    _Section(name="interpretations", what="interpretation", dated_by="since"),
)


class ChangeKind(StrEnum):
    """What became of an entry, from the old pack to the new."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class PackChange:
    """One difference between two packs.

    Attributes:
        what: Kind of entry, such as ``limit``, or ``agreement`` for what the pack has once.
        id: The entry's id, code, key or clause.
        field: The field that changed; None where the whole entry was added or removed.
        old: Value in the old pack, as text; None where it has none.
        new: Value in the new pack, as text; None where it has none.
        holds_from: Day from which the entry holds (in the new pack, else in the old); None if undated.
    """

    kind: ChangeKind
    what: str
    id: str
    field: str | None
    old: str | None
    new: str | None
    holds_from: date | None

    def as_json(self) -> dict[str, Any]:
        """Return the change as a JSON object."""
        holds_from = self.holds_from.isoformat() if self.holds_from else None
        return {**asdict(self), "kind": self.kind.value, "holds_from": holds_from}


def differences(old: Pack, new: Pack) -> tuple[PackChange, ...]:
    """Return what changed from ``old`` to ``new``, in the order of a pack.

    Moving an entry inside its list is no change.

    Args:
        old: The pack to compare with.
        new: The pack that is compared.
    """
    return (
        *_agreement(old, new),
        *(change for section in _SECTIONS for change in _section(section, old, new)),
        *_notes(old, new),
    )


def _agreement(old: Pack, new: Pack) -> Iterator[PackChange]:
    values = [(name, getattr(old, name), getattr(new, name)) for name in _SCALARS]
    values += [(f"life.{name}", getattr(old.life, name), getattr(new.life, name)) for name in _DATES]
    values.append(("life.citations", old.life.citations, new.life.citations))
    for name, before, after in values:
        if before != after:
            yield _changed("agreement", new.id, name, before=before, after=after, holds_from=None)


def _section(section: _Section, old: Pack, new: Pack) -> Iterator[PackChange]:
    before = {getattr(entry, section.key): entry for entry in getattr(old, section.name)}
    after = {getattr(entry, section.key): entry for entry in getattr(new, section.name)}
    for name in dict.fromkeys((*before, *after)):
        was, is_now = before.get(name), after.get(name)
        dated = getattr(is_now or was, section.dated_by) if section.dated_by else None
        if was is not None and is_now is not None:
            for field in fields(was):
                values = getattr(was, field.name), getattr(is_now, field.name)
                if values[0] != values[1]:
                    yield _changed(
                        section.what, name, field.name, before=values[0], after=values[1], holds_from=dated
                    )
        else:
            yield PackChange(
                kind=ChangeKind.ADDED if was is None else ChangeKind.REMOVED,
                what=section.what,
                id=name,
                field=None,
                old=None if was is None else _text(asdict(was)),
                new=None if is_now is None else _text(asdict(is_now)),
                holds_from=dated,
            )


def _notes(old: Pack, new: Pack) -> Iterator[PackChange]:
    for kind, notes, others in (
        (ChangeKind.REMOVED, old.notes, new.notes),
        (ChangeKind.ADDED, new.notes, old.notes),
    ):
        for note in notes:
            if note not in others:
                gone = kind is ChangeKind.REMOVED
                yield PackChange(
                    kind=kind,
                    what="note",
                    id=note,
                    field=None,
                    old=note if gone else None,
                    new=None if gone else note,
                    holds_from=None,
                )


def _changed(
    what: str, name: str, field: str, *, before: Any, after: Any, holds_from: date | None
) -> PackChange:
    return PackChange(
        kind=ChangeKind.CHANGED,
        what=what,
        id=name,
        field=field,
        old=None if before is None else _text(_plain(before)),
        new=None if after is None else _text(_plain(after)),
        holds_from=holds_from,
    )


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return asdict(value) if hasattr(value, "__dataclass_fields__") else value


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, date):
        return value.isoformat()
    return json.dumps(value, ensure_ascii=False, default=str)
