"""What a pack must hold to beside its schema: names that resolve, dates in order, clocks that run.

Each rule yields one line per problem, with file, line and column; a pack with problems is refused
with all of them.
"""

import re
from collections.abc import Callable, Iterator
from datetime import date
from fractions import Fraction
from itertools import pairwise
from typing import Any

from counterseal.treaty.document import Document, Path
from counterseal.treaty.errors import PackError

DISPUTE_SUFFIX = "-readings"
"""Ending of the rule ids of disputes (``<limit id>-readings``); no rule of a pack may end so."""
LAST_PERIOD_DAY = 28
"""Latest day of a month on which a period may begin, so that every month has it."""
MAX_PROBLEMS = 20
"""How many problems one message lists."""

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_ONE_DAY_TRIGGERS = ("entry-into-force", "signature")
_RULE_LISTS = ("limits", "closures", "clocks", "quotas", "disclosure_budgets")
_BINDING = (("limits", "a limit"), ("disclosure_budgets", "a budget of disclosure"))
"""Lists of what binds on the days from ``binds_from`` to ``binds_until``, and what one of them is called."""
_ID_LISTS = (
    "status_changes",
    "categories",
    "counting_rules",
    "pauses",
    "declaration_kinds",
    "notification_kinds",
    "roles",
    "release_labels",
    "interpretations",
)


def require_coherent(document: Document) -> None:
    """Require that a pack, which meets its schema, also holds together.

    Raises:
        PackError: it does not; one line for each problem.
    """
    require_real_days(document)
    raise_all(document, [problem for rule in _RULES for problem in rule(document)])


def raise_all(document: Document, problems: list[str]) -> None:
    """Raise one error that lists ``problems``, or return if there are none."""
    if not problems:
        return
    more = len(problems) - MAX_PROBLEMS
    tail = [f"{document.where}: and {more} more problems"] if more > 0 else []
    raise PackError("\n".join(problems[:MAX_PROBLEMS] + tail))


def require_real_days(document: Document) -> None:
    """Require that every value written as a date is a day of the calendar."""
    problems = []
    for path, value in walk(document.data, ()):
        if isinstance(value, str) and _DAY.fullmatch(value) and not _is_day(value):
            problems.append(document.problem(*path, text=f"found {value}, there is no such day"))
    raise_all(document, problems)


def walk(value: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    """Yield every value of a document with its path, parents first."""
    yield path, value
    children: Any = ()
    if isinstance(value, dict):
        children = value.items()
    elif isinstance(value, list):
        children = enumerate(value)
    for step, child in children:
        yield from walk(child, (*path, step))


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _unique(document: Document) -> Iterator[str]:
    yield from _repeated(document, _ids(document, ("parties",), key="code"), what="party code")
    yield from _repeated(document, _ids(document, ("citations",), key="key"), what="citation key")
    yield from _repeated(document, _ids(document, ("articles",), key="clause"), what="clause")
    yield from _repeated(document, _ids(document, _RULE_LISTS), what="rule id")
    for name in _ID_LISTS:
        yield from _repeated(document, _ids(document, (name,)), what="id")
    for path, rule_id in _ids(document, _RULE_LISTS):
        if rule_id.endswith(DISPUTE_SUFFIX):
            text = f"found {rule_id!r}, the ending {DISPUTE_SUFFIX!r} is kept for findings of disputes"
            yield document.problem(*path, text=text)


def _ids(document: Document, lists: tuple[str, ...], *, key: str = "id") -> Iterator[tuple[Path, str]]:
    for name in lists:
        for index, entry in enumerate(document.data.get(name, ())):
            yield (name, index, key), entry[key]


def _repeated(document: Document, ids: Iterator[tuple[Path, str]], *, what: str) -> Iterator[str]:
    first: dict[str, Path] = {}
    for path, name in ids:
        if name in first:
            line = document.line_of(*first[name])
            yield document.problem(*path, text=f"{what} {name!r} is used twice, first on line {line}")
        first.setdefault(name, path)


def _references(document: Document) -> Iterator[str]:
    data = document.data
    states = {party["code"] for party in data["parties"] if party["kind"] == "state"}
    categories = {category["id"] for category in data["categories"]}
    known = {
        "citation": ("citation key", {citation["key"] for citation in data["citations"]}),
        "clause": ("clause of an article", {article["clause"] for article in data["articles"]}),
        "category": ("category id", categories),
        "total": ("category id", categories),
        "limit": ("limit id", {limit["id"] for limit in data["limits"]}),
        "clock": ("clock id", {clock["id"] for clock in data["clocks"]}),
        "changes_by": ("clock id", {clock["id"] for clock in data["clocks"]}),
        "release": ("release label", {label["id"] for label in data["release_labels"]}),
        "by": ("code of a state", states),
        "about": ("code of a state", states),
        "owed_by": ("code of a state", states),
        "held_by": ("code of a state", states),
        "in_reading_of": ("code of a state", states),
        "owed_to": ("party code", {party["code"] for party in data["parties"]} | {"other-parties"}),
    }
    for path, value in walk(data, ()):
        steps = [step for step in path if isinstance(step, str)]
        if isinstance(value, str) and steps and steps[-1] in known:
            what, names = known[steps[-1]]
            if value not in names:
                yield document.problem(*path, text=unknown(value, what=what, names=names))


def unknown(value: str, *, what: str, names: set[str]) -> str:
    """Return the words that refuse a name which resolves to nothing."""
    there = ", ".join(sorted(names)) or "none"
    return f"found {value!r}, expected a {what} of this pack: {there}"


def _provides(document: Document) -> Iterator[str]:
    data = document.data
    kinds = {kind["id"] for kind in data["declaration_kinds"] + data["notification_kinds"]}
    for index, clock in enumerate(data["clocks"]):
        if clock["kind"] != "right" and clock["provides"] not in kinds:
            what = "declaration or notification kind"
            text = unknown(clock["provides"], what=what, names=kinds)
            yield document.problem("clocks", index, "provides", text=text)


def _life_in_order(document: Document) -> Iterator[str]:
    life = document.data["life"]
    days = [(name, life[name]["date"]) for name in ("signed", "in_force", "expires") if name in life]
    for (before, first), (after, second) in pairwise(days):
        if second < first:
            text = f"found {second}, must not be before {before} ({first})"
            yield document.problem("life", after, "date", text=text)


def _stretches_in_order(document: Document) -> Iterator[str]:
    names = (
        *((name, "binds_from", "binds_until") for name, _ in _BINDING),
        ("status_changes", "from_date", "until"),
        ("pauses", "began", "until"),
        ("interpretations", "since", "until"),
    )
    for name, first, last in names:
        for index, entry in enumerate(document.data.get(name, ())):
            if last in entry and entry[last] < entry[first]:
                text = f"found {entry[last]}, must not be before {first} ({entry[first]})"
                yield document.problem(name, index, last, text=text)


def _binding_inside_life(document: Document) -> Iterator[str]:
    for name, what in _BINDING:
        for index, entry in enumerate(document.data.get(name, ())):
            for path, text in _outside_life(document, entry, what=what):
                yield document.problem(name, index, *path, text=text)


def _outside_life(document: Document, entry: dict[str, Any], *, what: str) -> Iterator[tuple[Path, str]]:
    life = document.data["life"]
    in_force = life["in_force"]["date"]
    expires = life.get("expires", {}).get("date")
    if entry["binds_from"] < in_force:
        text = f"found {entry['binds_from']}, {what} must not bind before entry into force ({in_force})"
        yield ("binds_from",), text
    if expires and "binds_until" not in entry:
        yield (), f"binds_until is missing; the agreement expires on {expires}, so {what} must end"
    elif expires and entry["binds_until"] > expires:
        text = f"found {entry['binds_until']}, {what} must not bind after the last day ({expires})"
        yield ("binds_until",), text


def _budgets_disclose(document: Document) -> Iterator[str]:
    for index, entry in enumerate(document.data.get("disclosure_budgets", ())):
        if Fraction(entry["bits"]) <= 0:
            text = f"found {entry['bits']!r}, a budget of disclosure must be above 0 bits"
            yield document.problem("disclosure_budgets", index, "bits", text=text)


def _clocks_run(document: Document) -> Iterator[str]:
    for index, clock in enumerate(document.data["clocks"]):
        problems = _periodic_clock(clock) if clock["kind"] == "periodic" else _other_clock(clock)
        for key, text in problems:
            yield document.problem("clocks", index, key, text=text)


def _periodic_clock(clock: dict[str, Any]) -> Iterator[tuple[str, str]]:
    if clock["trigger"] != "period-end":
        yield "trigger", f"found {clock['trigger']!r}, a periodic clock runs from 'period-end'"
    for key in ("period_months", "first_period_starts"):
        if key not in clock:
            yield "kind", f"{key} is missing, a periodic clock must have it"
    starts = clock.get("first_period_starts")
    if starts and int(starts[-2:]) > LAST_PERIOD_DAY:
        yield "first_period_starts", f"found {starts}, must be on day 1 to {LAST_PERIOD_DAY} of a month"


def _other_clock(clock: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for key in ("period_months", "first_period_starts"):
        if key in clock:
            yield key, f"only a periodic clock has {key}, this one is {clock['kind']!r}"
    if clock["kind"] in ("once", "right") and clock["trigger"] not in _ONE_DAY_TRIGGERS:
        allowed = " or ".join(_ONE_DAY_TRIGGERS)
        yield "trigger", f"found {clock['trigger']!r}, a clock that runs once starts from {allowed}"


def _readings_differ(document: Document) -> Iterator[str]:
    for index, entry in enumerate(document.data["interpretations"]):
        if entry["by"] == entry["about"]:
            text = f"found {entry['about']!r}, an interpretation is about another State than 'by'"
            yield document.problem("interpretations", index, "about", text=text)
        for position, stated in enumerate(entry["stated"]):
            if not entry["since"] <= stated["as_of"] <= entry.get("until", "9999-12-31"):
                until = f" until {entry['until']}" if "until" in entry else ""
                text = f"found {stated['as_of']}, the interpretation holds from {entry['since']}{until}"
                yield document.problem("interpretations", index, "stated", position, "as_of", text=text)


_RULES: tuple[Callable[[Document], Iterator[str]], ...] = (
    _unique,
    _references,
    _provides,
    _life_in_order,
    _stretches_in_order,
    _binding_inside_life,
    _budgets_disclose,
    _clocks_run,
    _readings_differ,
)
