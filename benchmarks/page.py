"""The table of figures in the documentation, made from a run: a row a figure, with how it was measured."""

import datetime as dt
import re
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

BEGIN, END = "<!-- figures: made by benchmarks/run.py --page -->", "<!-- end of figures -->"
_HEAD = (
    "| name | what | reached | peer or limit | ratio | target | | how measured | load |",
    "|---|---|---|---|---|---|---|---|---|",
)
_ROW = re.compile(r"^\| `([^`]+)` \|")
_LIBRARIES = ("numpy", "numba", "cryptography", "orjson", "becquerel", "lmfit", "iminuit")


def rewrite(page: Path, figures: list[dict[str, Any]], machine: dict[str, Any], *, whole: bool) -> None:
    """Put figures into the table of a page.

    Args:
        page: The page; its table lies between ``BEGIN`` and ``END``.
        figures: Figures of a run.
        machine: What it ran on.
        whole: Whether this was a run of everything: rows that it did not give are then dropped, else kept.
    """
    text = page.read_text(encoding="utf-8")
    page.write_text(remade(text, figures, machine, whole=whole), encoding="utf-8")


def require_table(page: Path) -> None:
    """End the run before it begins where the page has no table to rewrite."""
    _parts(page.read_text(encoding="utf-8"))


def remade(text: str, figures: list[dict[str, Any]], machine: dict[str, Any], *, whole: bool) -> str:
    """Return the text of a page with the figures in its table."""
    before, table, after = _parts(text)
    found = (_ROW.match(line) for line in table.splitlines())
    rows = {} if whole else {match[1]: match.string for match in found if match}
    rows |= {item["name"]: _row(item) for item in figures}
    lines = [BEGIN, "", _machine_line(machine), "", *_HEAD, *rows.values(), "", END]
    return before + "\n".join(lines) + after


def _parts(text: str) -> tuple[str, str, str]:
    before, begin, rest = text.partition(BEGIN)
    table, end, after = rest.partition(END)
    if not (begin and end):
        raise SystemExit(f"the page has no table between {BEGIN!r} and {END!r}")
    return before, table, after


def _row(item: dict[str, Any]) -> str:
    limit = "" if item["limit"] is None else f"{_number(item['limit'])} {item['unit']}: {item['limit_is']}"
    ratio = "" if item["ratio"] is None else _number(item["ratio"])
    met = {True: "met", False: "**not met**", None: "–"}[item["met"]]
    target = "information" if item["met"] is None else item["target"].replace("<", "below").replace(">=", "≥")
    how = item["how"] or f"once, {item['cpu_s']:.3g} s of processor time"
    if item["doubtful"]:
        how += f"; wall time {item['wall_s'] / item['cpu_s']:.1f} times that: doubtful"
    cells = (f"`{item['name']}`", item["what"], f"{_number(item['reached'])} {item['unit']}", limit, ratio)
    return "| " + " | ".join((*cells, target, met, how, f"{item['load']:.1f}")) + " |"


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def _machine_line(machine: dict[str, Any]) -> str:
    libraries = ", ".join(f"{name} {found}" for name in _LIBRARIES if (found := _version(name)))
    today = dt.datetime.now(tz=dt.UTC).date().isoformat()
    place = f"{machine['system']}, {machine['cores']} cores, Python {machine['python']}"
    load = "*load*: how many programs wanted the cores in the minute before the row."
    return f"Last run {today}: {place}, {libraries}. {load}"


def _version(library: str) -> str | None:
    try:
        return version(library)
    except PackageNotFoundError:
        return None
