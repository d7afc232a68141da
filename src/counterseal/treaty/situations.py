"""Situations: facts and the findings that must follow, as files that a lawyer can read and add to.

This file reads them and holds them against the format and the pack; running them is the business
of the assessment.
"""

from collections.abc import Callable, Iterator
from typing import Any

from counterseal.treaty.coherence import DISPUTE_SUFFIX, raise_all, require_real_days, unknown, walk
from counterseal.treaty.document import Document
from counterseal.treaty.load import packaged_pack
from counterseal.treaty.pack import Pack
from counterseal.treaty.packaged import packaged_bytes, packaged_folder, packaged_schema
from counterseal.treaty.yaml_document import read_yaml_document

FOLDER = "situations"
"""Name of the folder beside a pack that holds its situations."""


def load_situations(text: str | bytes, *, where: str, pack: Pack) -> dict[str, Any]:
    """Return the document of one situations file, as its schema ``situations-1.json`` describes it.

    Args:
        text: The file as it was read.
        where: Name of the file, as messages show it.
        pack: The pack that it stands beside.

    Raises:
        PackError: it breaks the format, or names what the pack does not have; each problem with
            file, line and rule.
    """
    document = read_yaml_document(text, schema=packaged_schema("situations-1.json"), where=where)
    require_real_days(document)
    raise_all(document, [problem for rule in _RULES for problem in rule(document, pack)])
    data: dict[str, Any] = document.data
    return data


def packaged_situations(name: str) -> tuple[tuple[str, dict[str, Any]], ...]:
    """Return the situations of a packaged treaty: file name and document of each, by file name."""
    folder = packaged_folder(name).joinpath(FOLDER)
    files = sorted(entry.name for entry in folder.iterdir()) if folder.is_dir() else []
    return tuple((file, _packaged(name, file)) for file in files if file.endswith(".yaml"))


def _packaged(name: str, file: str) -> dict[str, Any]:
    text = packaged_bytes(name, FOLDER, file)
    return load_situations(text, where=f"{name}/{FOLDER}/{file}", pack=packaged_pack(name))


def rule_ids(pack: Pack) -> set[str]:
    """Return the rule ids that findings under ``pack`` can name."""
    limits = {limit.id for limit in pack.limits}
    others = {closure.id for closure in pack.closures} | {quota.id for quota in pack.quotas}
    clocks = {clock.id for clock in pack.clocks}
    return limits | others | clocks | {limit + DISPUTE_SUFFIX for limit in limits}


def _names_resolve(document: Document, pack: Pack) -> Iterator[str]:
    states = ("code of a state", {str(code) for code in pack.states})
    known = {
        "party": states,
        "by": states,
        "about": states,
        "interpretation": states,
        "in_reading_of": states,
        "rule": ("rule id", rule_ids(pack)),
        "clock": ("clock id", {clock.id for clock in pack.clocks}),
        "quota": ("quota id", {quota.id for quota in pack.quotas}),
        "limit": ("limit id", {limit.id for limit in pack.limits}),
    }
    for path, value in walk(document.data, ()):
        keys = [step for step in path if isinstance(step, str)]
        if isinstance(value, str) and keys and keys[-1] in known:
            what, names = known[keys[-1]]
            if value not in names:
                yield document.problem(*path, text=unknown(value, what=what, names=names))


def _figures_name_categories(document: Document, pack: Pack) -> Iterator[str]:
    categories = {category.id for category in pack.categories}
    for path, value in walk(document.data, ()):
        if path and path[-1] == "figures":
            for name in sorted(set(value) - categories):
                text = unknown(name, what="category id", names=categories)
                yield document.problem(*path, name, text=text, on_key=True)


def _names_differ(document: Document, _pack: Pack) -> Iterator[str]:
    first: dict[str, int] = {}
    for index, situation in enumerate(document.data["situations"]):
        name = situation["name"]
        if name in first:
            line = document.line_of("situations", first[name])
            text = f"situation {name!r} is named twice, first on line {line}"
            yield document.problem("situations", index, "name", text=text)
        first.setdefault(name, index)


def _expects_something(document: Document, _pack: Pack) -> Iterator[str]:
    for index, situation in enumerate(document.data["situations"]):
        if not situation["expect"] and not situation.get("expect_none"):
            text = "no finding in 'expect' or 'expect_none'; a situation that expects nothing cannot fail"
            yield document.problem("situations", index, "expect", text=text)


def _assertions_have_positions(document: Document, _pack: Pack) -> Iterator[str]:
    for index, situation in enumerate(document.data["situations"]):
        facts = situation["facts"]
        positions = {position["id"] for position in facts.get("positions", ())}
        for at, assertion in enumerate(facts.get("assertions", ())):
            if assertion["position"] not in positions:
                there = ", ".join(sorted(positions)) or "none"
                text = f"found {assertion['position']!r}, expected a position of this situation: {there}"
                yield document.problem("situations", index, "facts", "assertions", at, "position", text=text)


_RULES: tuple[Callable[[Document, Pack], Iterator[str]], ...] = (
    _names_resolve,
    _figures_name_categories,
    _names_differ,
    _expects_something,
    _assertions_have_positions,
)
