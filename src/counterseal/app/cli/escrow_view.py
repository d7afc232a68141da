"""What ``counterseal escrow`` prints."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from counterseal.app.cli.bundle_view import printable
from counterseal.app.cli.escrow_files import Custody
from counterseal.app.cli.options import counted
from counterseal.services.escrow_chance import Chances
from counterseal.services.escrow_check import EscrowCheck
from counterseal.services.escrow_compare import Comparison, Fieldwork, Match
from counterseal.services.escrow_secret import Escrow
from counterseal.services.record_book import LOGGED, SETTLED

_WORDS = {True: "held", False: "REFUSED", None: "not run"}
_STATES = {
    LOGGED: "a side has not cosigned a head over it yet",
    SETTLED: "every side has cosigned a head over it",
}
_PLACES = 6


def committed_json(escrow: Escrow, record: str, *, custody: Custody | None, kept: bool) -> dict[str, Any]:
    """Return what ``commit --json`` prints."""
    shape = escrow.layout.shape
    return {
        "commitment": record,
        **escrow.commitment.statement(),
        "items": len(escrow.layout.items),
        "room": [shape.sites, shape.buildings, shape.items],
        "shares": None if custody is None else custody.as_json(),
        "kept_by_node": kept,
    }


def committed_lines(escrow: Escrow, record: str, *, custody: Custody | None, kept: bool) -> Iterator[str]:
    """Yield what ``commit`` prints for people."""
    return map(printable, _committed_lines(escrow, record, custody=custody, kept=kept))


def _committed_lines(escrow: Escrow, record: str, *, custody: Custody | None, kept: bool) -> Iterator[str]:
    shape = escrow.layout.shape
    yield f"committed to {counted(len(escrow.layout.items), 'item')}: record {record}"
    yield (
        f"  {shape.leaves} leaves: places for {shape.sites - 1} sites, {shape.buildings - 1} buildings in "
        f"each, {shape.items - 1} items in each"
    )
    yield f"  root {escrow.commitment.root}"
    if custody is not None:
        yield f"  the seed is shared in {custody.folder}: any {custody.threshold} of {custody.shares} join it"
    keeps = "what opens it" if kept else "nothing that opens it"
    yield f"  the node keeps {keeps}; keep the table of items as well"


def check_json(check: EscrowCheck, fieldwork: Fieldwork | None, chances: Chances) -> dict[str, Any]:
    """Return what ``check --json`` prints."""
    return {
        "escrow": check.record_id,
        "author": check.author,
        "title": check.title,
        "leaves": check.leaves,
        "state": check.state,
        "verified": check.verified,
        "checks": [
            {
                "check": each.name,
                "held": each.held,
                "failures": [{"record": failure.file, "rule": failure.rule} for failure in each.failures],
            }
            for each in check.checks
        ],
        "openings": [
            {
                "record": step.record_id,
                "state": step.state,
                "stage": step.stage,
                "reason": step.reason,
                "audience": list(step.audience),
                "first": step.first,
                "leaves": step.leaves,
                "fields": step.fields,
                "sound": step.sound,
            }
            for step in check.steps
        ],
        "openings_not_for_this_reader": check.unread,
        "opened": _opened_json(check),
        "found": None if fieldwork is None else _found_json(fieldwork),
        "chances": _chances_json(chances, hypothetical=fieldwork is None),
    }


def check_lines(check: EscrowCheck, fieldwork: Fieldwork | None, chances: Chances) -> Iterator[str]:
    """Yield what ``check`` prints for people."""
    return map(printable, _check_lines(check, fieldwork, chances))


def _check_lines(check: EscrowCheck, fieldwork: Fieldwork | None, chances: Chances) -> Iterator[str]:
    yield f"{check.title}, committed to by {check.author}: {check.leaves} leaves, record {check.record_id}"
    yield f"  {check.state:<8} the commitment: {_STATES[check.state]}"
    for each in check.checks:
        yield f"  {_WORDS[each.held]:<8} {each.name}"
        yield from (f"           {_where(failure.file)}{failure.rule}" for failure in each.failures)
    yield from _opened_lines(check)
    if fieldwork is not None:
        yield from _found_lines(fieldwork)
    yield from _chance_lines(chances, hypothetical=fieldwork is None)
    if not check.steps:
        yield "NOTHING OPENED YET" if not check.unread else "NOTHING OPENED TO THIS READER"
    else:
        yield "VERIFIED" if check.verified else "NOT VERIFIED"


def _where(record: str | None) -> str:
    return "" if record is None else f"record {record[:16]}…: "


def _opened_json(check: EscrowCheck) -> dict[str, Any]:
    declared = check.declared
    treaty = declared.treaty
    return {
        "treaty": None
        if treaty is None
        else {"sites": treaty.sites, "by_category": dict(treaty.by_category)},
        "sites": [
            {"site": each.site, "buildings": each.buildings, "by_category": dict(each.by_category)}
            for _, each in sorted(declared.sites.items())
        ],
        "buildings": [
            {"site": each.site, "building": each.building, "by_category": dict(each.by_category)}
            for _, inside in sorted(declared.buildings.items())
            for _, each in sorted(inside.items())
        ],
        "items": [
            {
                "site": item.site,
                "building": item.building,
                "item": item.item,
                "category": item.category,
                "more": dict(item.more),
            }
            for _, item in declared.all_items()
        ],
    }


def _opened_lines(check: EscrowCheck) -> Iterator[str]:
    declared = check.declared
    for step in check.steps:
        yield (
            f"  opened   {step.stage}, {step.state}: {counted(step.fields, 'field')} from leaf "
            f"{step.first} on, {counted(step.leaves, 'leaf')}, to {', '.join(step.audience)}: {step.reason}"
        )
    if check.unread:
        yield f"  closed   {counted(check.unread, 'opening')} not for this reader"
    treaty = declared.treaty
    if treaty is not None:
        yield f"  treaty   {counted(treaty.sites, 'site')}: {_totals(treaty.by_category)}"
    for _, site in sorted(declared.sites.items()):
        yield f"  site     {site.site}, {counted(site.buildings, 'building')}: {_totals(site.by_category)}"
    buildings = [header for inside in declared.buildings.values() for header in inside.values()]
    items = sum(len(inside) for inside in declared.items.values())
    yield f"  below    {counted(len(buildings), 'header')} of buildings, {counted(items, 'item')}"


def _totals(totals: tuple[tuple[str, int], ...]) -> str:
    return ", ".join(f"{count} {category}" for category, count in totals)


def _found_json(fieldwork: Fieldwork) -> dict[str, Any]:
    return {
        "counts": fieldwork.counts,
        "items": [
            {
                "site": each.place[0],
                "building": each.place[1],
                "item": each.place[2],
                "match": each.match.value,
                "differences": [
                    {"column": one.column, "declared": one.declared, "found": one.found}
                    for one in each.differences
                ],
            }
            for each in fieldwork.comparisons
        ],
    }


def _found_lines(fieldwork: Fieldwork) -> Iterator[str]:
    told = [f"{count} {name}" for name, count in fieldwork.counts.items() if count]
    yield f"declared against found: {', '.join(told) or 'nothing to compare'}"
    for each in fieldwork.comparisons:
        if each.match not in {Match.SAME, Match.NOT_CHECKED}:
            yield from _comparison_lines(each)


def _comparison_lines(each: Comparison) -> Iterator[str]:
    yield f"  {each.match.value:<14} {' / '.join(each.place)}"
    for one in each.differences:
        declared = "nothing" if one.declared is None else one.declared
        yield f"  {'':<14} {one.column}: declared {declared}, found {one.found}"


def _chances_json(chances: Chances, *, hypothetical: bool) -> dict[str, Any]:
    return {
        "declared_items": chances.population,
        "checked_items": chances.checked,
        "if_all_opened_were_checked": hypothetical,
        "lines": [
            {
                "false_items": line.false_items,
                "anywhere": _fraction_json(line.anywhere),
                "one_site": _fraction_json(line.one_site),
                "one_building": _fraction_json(line.one_building),
            }
            for line in chances.lines
        ],
        "assumptions": list(chances.assumptions),
    }


def _fraction_json(chance: Fraction | None) -> dict[str, str] | None:
    return None if chance is None else {"exact": str(chance), "decimal": _decimal(chance)}


def _decimal(chance: Fraction) -> str:
    """Return a chance with six decimals, rounded down: it never says more than is so."""
    return f"{chance.numerator * 10**_PLACES // chance.denominator / 10**_PLACES:.{_PLACES}f}"


def _chance_lines(chances: Chances, *, hypothetical: bool) -> Iterator[str]:
    if chances.lines:
        if_so = "if every item opened so far were checked" if hypothetical else "by the items checked so far"
        yield (
            f"chance that a false item has been seen, {if_so} ({chances.checked} of "
            f"{chances.population} declared):"
        )
        yield "  false items    anywhere    in one site    in one building"
        for line in chances.lines:
            shown = [_shown(chance) for chance in (line.anywhere, line.one_site, line.one_building)]
            yield f"  {line.false_items:>11}    {shown[0]}    {shown[1]:<11}    {shown[2]}"
    for sentence in chances.assumptions:
        yield f"  - {sentence}"


def _shown(chance: Fraction | None) -> str:
    return "not known" if chance is None else _decimal(chance)
