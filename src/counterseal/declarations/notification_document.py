"""Notifications as JSON files."""

from collections.abc import Iterator
from typing import Any

from counterseal.declarations.admission import Admission
from counterseal.declarations.document import json_items, require_treaty
from counterseal.declarations.errors import DeclarationError
from counterseal.declarations.notifications import Effect, Notification
from counterseal.declarations.problems import Problems
from counterseal.declarations.strict_json import parse_json
from counterseal.declarations.structure import is_sound
from counterseal.declarations.wording import shown
from counterseal.terms.parties import PartyCode
from counterseal.treaty.pack import Pack


def read_notifications(data: bytes, *, where: str, pack: Pack) -> tuple[Notification, ...]:
    """Return the notifications of a JSON file, which holds one object or a list of them.

    Args:
        data: The whole file; its format is ``schema/notification-1.json``.
        where: Name of the file, for messages.
        pack: The agreement under which they are given.

    Raises:
        DeclarationError: anything in it breaks a rule.
    """
    problems = Problems(where)
    admission = Admission(pack, until=None, problems=problems)
    found: list[Notification] = []
    for path, item in json_items(parse_json(data, where=where)):
        if is_sound(
            item,
            schema="notification-1",
            definition="notification",
            path=path,
            where=where,
            problems=problems,
        ):
            found.extend(
                _notification(
                    item, place=f"{where}, {path}", pack=pack, admission=admission, problems=problems
                )
            )
    problems.require_none()
    return tuple(found)


def _notification(
    item: dict[str, Any], *, place: str, pack: Pack, admission: Admission, problems: Problems
) -> Iterator[Notification]:
    before = len(problems)
    require_treaty(item, place=place, pack=pack, problems=problems)
    event_date = admission.day(item["event_date"], place=f"{place}.event_date")
    admission.party(item["party"], place=f"{place}.party")
    admission.once("notification", item["id"], place=place)
    kinds = tuple(kind.id for kind in pack.notification_kinds)
    if item["kind"] not in kinds:
        problems.add(
            f"{place}.kind",
            f"found {shown(item['kind'])}, must be a kind of notification: {', '.join(kinds)}",
        )
    if event_date is None or len(problems) > before:
        return
    try:
        effects = tuple(_effect(effect) for effect in item["effects"])
        yield Notification(
            id=item["id"],
            party=PartyCode(item["party"]),
            kind=item["kind"],
            event_date=event_date,
            effects=effects,
        )
    except DeclarationError as error:
        problems.add(place, str(error))


def _effect(effect: dict[str, Any]) -> Effect:
    return Effect(
        category=effect["category"],
        system=effect.get("system"),
        site=effect.get("site"),
        uid=effect.get("uid"),
        change=effect["change"],
    )
