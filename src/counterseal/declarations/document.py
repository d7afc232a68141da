"""Declarations as JSON files."""

import json
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from counterseal.declarations.admission import Admission
from counterseal.declarations.aggregate import AggregateDeclaration
from counterseal.declarations.errors import DeclarationError
from counterseal.declarations.itemised import ItemisedDeclaration, ItemLine
from counterseal.declarations.problems import Problems
from counterseal.declarations.strict_json import member_path, parse_json
from counterseal.declarations.structure import is_sound
from counterseal.declarations.wording import shown
from counterseal.terms.outcomes import KnownAs
from counterseal.terms.parties import PartyCode
from counterseal.treaty.pack import Pack

Declaration = AggregateDeclaration | ItemisedDeclaration
"""A declaration of either form."""

DECLARATION_FORMAT = "counterseal.declaration/1"
"""Value of ``format`` in a declaration's JSON object."""
_KINDS = ("aggregate", "itemised")


def read_declaration_json(
    data: bytes, *, where: str, pack: Pack, until: date | None = None
) -> tuple[Declaration, ...]:
    """Return the declarations of a JSON file, which holds one object or a list of them.

    Args:
        data: The whole file; its format is ``schema/declaration-1.json``.
        where: Name of the file, for messages.
        pack: The agreement under which they are declared.
        until: Last date of data that may be declared; None: no such bound.

    Raises:
        DeclarationError: anything in it breaks a rule; up to 20 problems are told at once, each with
            its JSON path, and nothing is returned.
    """
    document = parse_json(data, where=where)
    problems = Problems(where)
    admission = Admission(pack, until=until, problems=problems)
    found: list[Declaration] = []
    for path, item in json_items(document):
        place = f"{where}, {path}"
        kind = item.get("kind") if isinstance(item, dict) else None
        if kind not in _KINDS:
            problems.add(place, f"found kind {shown(kind)}, must be an object of kind {' or '.join(_KINDS)}")
        elif is_sound(
            item, schema="declaration-1", definition=kind, path=path, where=where, problems=problems
        ):
            found.extend(_admitted(item, place=place, pack=pack, admission=admission, problems=problems))
    if not isinstance(document, dict) and not document:
        problems.add(f"{where}, $", "found an empty list, must hold a declaration")
    admission.require_asked_dates()
    problems.require_none()
    return tuple(found)


def write_declaration_json(declarations: Iterable[Declaration], *, treaty: str) -> bytes:
    """Return the JSON file of ``declarations``, one object or a list, keys in order, UTF-8 with LF.

    Args:
        declarations: The declarations, in the order in which they are written.
        treaty: Id of the treaty pack.
    """
    items = [declaration_as_json(each, treaty=treaty) for each in declarations]
    document = items[0] if len(items) == 1 else items
    text = json.dumps(document, ensure_ascii=False, sort_keys=True, indent=2, allow_nan=False)
    return f"{text}\n".encode()


def declaration_as_json(declaration: Declaration, *, treaty: str) -> dict[str, Any]:
    """Return the JSON object of one declaration."""
    head: dict[str, Any] = {
        "format": DECLARATION_FORMAT,
        "treaty": treaty,
        "party": str(declaration.party),
        "as_of": declaration.as_of.isoformat(),
        "known_as": declaration.known_as.value,
        "citation": declaration.citation,
    }
    if isinstance(declaration, AggregateDeclaration):
        return {**head, "kind": "aggregate", "figures": dict(declaration.figures)}
    return {**head, "kind": "itemised", "lines": [line_as_json(line) for line in declaration.lines]}


def line_as_json(line: ItemLine) -> dict[str, Any]:
    """Return the JSON object of one line."""
    return {
        "category": line.category,
        "system": line.system,
        "site": line.site,
        "uid": line.uid,
        "count": line.count,
        "attributes": dict(line.attributes),
    }


def json_items(document: Any) -> Iterator[tuple[str, Any]]:
    """Give each object of a file with its JSON path: the one object, or each of a list."""
    if isinstance(document, list):
        yield from ((f"$[{index}]", item) for index, item in enumerate(document))
    else:
        yield "$", document


def _admitted(
    item: dict[str, Any], *, place: str, pack: Pack, admission: Admission, problems: Problems
) -> Iterator[Declaration]:
    before = len(problems)
    require_treaty(item, place=place, pack=pack, problems=problems)
    as_of = admission.day(item["as_of"], place=f"{place}.as_of")
    if admission.party(item["party"], place=f"{place}.party"):
        admission.once(item["kind"], item["party"], item["as_of"], place=place)
    if item["kind"] == "aggregate":
        _require_categories(item["figures"], place=place, pack=pack, problems=problems)
    if as_of is None or len(problems) > before:
        return
    lines = _lines(item, place=place, problems=problems)
    try:
        if len(problems) == before:
            yield _built(item, as_of=as_of, pack=pack, lines=lines)
    except DeclarationError as error:
        problems.add(place, str(error))


def _built(item: dict[str, Any], *, as_of: date, pack: Pack, lines: tuple[ItemLine, ...]) -> Declaration:
    party = PartyCode(item["party"])
    known_as = KnownAs(item["known_as"])
    if item["kind"] == "itemised":
        return ItemisedDeclaration(
            party=party, as_of=as_of, lines=lines, known_as=known_as, citation=item["citation"]
        )
    figures = tuple((category.id, item["figures"][category.id]) for category in pack.categories)
    return AggregateDeclaration(
        party=party, as_of=as_of, figures=figures, known_as=known_as, citation=item["citation"]
    )


def _lines(item: dict[str, Any], *, place: str, problems: Problems) -> tuple[ItemLine, ...]:
    lines: list[ItemLine] = []
    for index, line in enumerate(item.get("lines", ())):
        try:
            lines.append(_line(line))
        except DeclarationError as error:
            problems.add(f"{place}.lines[{index}]", str(error))
    return tuple(lines)


def _line(line: dict[str, Any]) -> ItemLine:
    return ItemLine(
        category=line["category"],
        system=line["system"],
        site=line.get("site"),
        uid=line.get("uid"),
        count=line["count"],
        attributes=tuple(sorted(line.get("attributes", {}).items())),
    )


def require_treaty(item: dict[str, Any], *, place: str, pack: Pack, problems: Problems) -> None:
    """Note in ``problems`` if an object names another treaty than the one that was asked for."""
    if item["treaty"] != pack.id:
        problems.add(
            f"{place}.treaty", f"found {shown(item['treaty'])}, must be the treaty asked for, {pack.id!r}"
        )


def _require_categories(figures: dict[str, Any], *, place: str, pack: Pack, problems: Problems) -> None:
    known = tuple(category.id for category in pack.categories)
    for category in figures:
        if category not in known:
            problems.add(
                member_path(f"{place}.figures", category), f"unknown category; must be {', '.join(known)}"
            )
    for category in known:
        if category not in figures:
            problems.add(
                f"{place}.figures", f"category {category!r} is missing; null says that it was not provided"
            )
