"""What ``counterseal declaration`` prints."""

import json
from collections.abc import Iterable
from typing import Any

from counterseal.app.cli.options import counted
from counterseal.declarations.aggregate import AggregateDeclaration, declared_as
from counterseal.declarations.closure import ClosureOutcome, ClosureReport, check_closure
from counterseal.declarations.difference import ChangeKind, Difference, Standing
from counterseal.declarations.document import Declaration
from counterseal.declarations.itemised import ItemisedDeclaration
from counterseal.treaty.pack import Pack

_SIGNS = {
    ChangeKind.NEW: "+",
    ChangeKind.REMOVED: "-",
    ChangeKind.MOVED: ">",
    ChangeKind.CHANGED: "~",
    ChangeKind.PROVIDED: "+",
    ChangeKind.NO_LONGER_PROVIDED: "-",
    ChangeKind.NOTIFIED_ONLY: "?",
}

Closed = tuple[ItemisedDeclaration, ClosureReport | None]
"""A breakdown, and how it closes; None where no totals of its party and date were given."""


def closures_of(held: Iterable[Declaration], *, pack: Pack) -> tuple[Closed, ...]:
    """Return how each breakdown closes against the totals of its party and date."""
    totals = {(each.party, each.as_of): each for each in held if isinstance(each, AggregateDeclaration)}
    return tuple(
        (each, check_closure(each, total, pack=pack) if total is not None else None)
        for each in held
        if isinstance(each, ItemisedDeclaration)
        for total in (totals.get((each.party, each.as_of)),)
    )


def fails(closures: Iterable[Closed]) -> bool:
    """Whether a breakdown adds up to something else than was declared, or lacks a category."""
    failing = {ClosureOutcome.DIFFERS, ClosureOutcome.INCOMPLETE}
    return any(result.outcome in failing for _, report in closures if report for result in report.results)


def check_json(held: Iterable[Declaration], closures: Iterable[Closed], *, pack: Pack) -> str:
    """Return what ``check --json`` prints."""
    return _json(
        {
            "treaty": pack.id,
            "declarations": [_held_json(each, pack=pack) for each in held],
            "closures": [_closed_json(breakdown, report) for breakdown, report in closures],
        }
    )


def check_text(held: tuple[Declaration, ...], closures: Iterable[Closed], *, pack: Pack) -> str:
    """Return what ``check`` prints for people."""
    rows: list[tuple[str, ...]] = [("party", "as of", "form", "declared as", "known as", "holds")]
    rows += [
        (
            str(each.party),
            each.as_of.isoformat(),
            _form(each),
            _declared_as(each, pack=pack),
            each.known_as.value,
            _holds(each),
        )
        for each in held
    ]
    lines = [
        f"{pack.short_title}: {counted(len(held), 'declaration')} read, none refused.",
        "",
        *_columns(rows),
    ]
    for breakdown, report in closures:
        lines += ["", *_closed_lines(breakdown, report)]
    return "\n".join(lines)


def diff_json(difference: Difference, *, pack: Pack) -> str:
    """Return what ``diff --json`` prints."""
    return _json({"treaty": pack.id, **difference.as_json()})


def diff_text(difference: Difference, *, pack: Pack) -> str:
    """Return what ``diff`` prints for people: totals and limits first, then each change."""
    summary = (
        f"{difference.party}: {difference.newer_as_of} against {difference.older_as_of}: "
        f"{counted(len(difference.changes), 'change')}, {difference.unchanged} unchanged, "
        f"{counted(len(difference.open_questions), 'open question')}"
    )
    limits = [
        f"  limit {limit.value} on {limit.category} ({limit.clause}) "
        + ("binds" if limit.binds_on(difference.newer_as_of) else "does not bind")
        + f" on {difference.newer_as_of}"
        for limit in pack.limits
        if any(change.subject == limit.category for change in difference.changes)
    ]
    lines = [summary, *limits]
    for change in difference.changes:
        moved = f" ({change.change:+d})" if change.change else ""
        figures = f"{_number(change.older)} → {_number(change.newer)}{moved}"
        proposal = " [proposed pairing, to be confirmed]" if change.proposed else ""
        lines.append(f"{_SIGNS[change.kind]} {change.kind.value}: {change.subject}: {figures}{proposal}")
        lines += [f"    {detail}" for detail in change.details]
        explained = change.standing is Standing.EXPLAINED
        lines.append(f"    {change.reason}" if explained else f"    {change.standing.value}: {change.reason}")
    lines += [f"! unused notification {each.id}: {each.reason}" for each in difference.unused]
    return "\n".join(lines)


def _json(document: Any) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2, sort_keys=True)


def _number(figure: int | None) -> str:
    return "none" if figure is None else str(figure)


def _form(each: Declaration) -> str:
    return "aggregate" if isinstance(each, AggregateDeclaration) else "itemised"


def _declared_as(each: Declaration, *, pack: Pack) -> str:
    return declared_as(each, pack=pack).value if isinstance(each, AggregateDeclaration) else "breakdown"


def _holds(each: Declaration) -> str:
    if isinstance(each, ItemisedDeclaration):
        return f"{len(each.lines)} lines"
    if not each.is_provided:
        return "not provided"
    return ", ".join("not provided" if figure is None else str(figure) for _, figure in each.figures)


def _held_json(each: Declaration, *, pack: Pack) -> dict[str, Any]:
    held: dict[str, Any] = {
        "party": str(each.party),
        "as_of": each.as_of.isoformat(),
        "form": _form(each),
        "known_as": each.known_as.value,
        "citation": each.citation,
    }
    if isinstance(each, ItemisedDeclaration):
        return {**held, "lines": len(each.lines)}
    kind = declared_as(each, pack=pack).value
    return {**held, "declared_as": kind, "partial": each.is_partial, "figures": dict(each.figures)}


def _closed_json(breakdown: ItemisedDeclaration, report: ClosureReport | None) -> dict[str, Any]:
    results = () if report is None else report.results
    return {
        "party": str(breakdown.party),
        "as_of": breakdown.as_of.isoformat(),
        "totals_given": report is not None,
        "results": [
            {
                "closure": result.closure,
                "clause": result.clause,
                "outcome": result.outcome.value,
                "total_category": result.total_category,
                "declared_total": result.declared_total,
                "lines_sum": result.lines_sum,
                "difference": result.difference,
                "lines_used": [line.name for line in result.used],
                "missing": list(result.missing),
            }
            for result in results
        ],
        "lines_not_used": [] if report is None else [line.name for line in report.not_used],
    }


def _closed_lines(breakdown: ItemisedDeclaration, report: ClosureReport | None) -> list[str]:
    if report is None:
        return [
            f"Breakdown of {breakdown.name}: no totals of this party and date were given to close against."
        ]
    lines = [f"Breakdown of {breakdown.name}:"]
    for result in report.results:
        terms = " + ".join(str(line.count) for line in result.used) or "no line"
        lines.append(
            f"  {result.outcome.value}: {result.total_category} ({result.clause}): "
            f"{terms} = {result.lines_sum}, declared {_number(result.declared_total)}"
        )
        lines += [f"    no line for {category}" for category in result.missing]
    unused = ", ".join(f"{line.name} ({line.count})" for line in report.not_used)
    return [*lines, f"  in no total: {unused}"] if unused else lines


def _columns(rows: list[tuple[str, ...]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]
