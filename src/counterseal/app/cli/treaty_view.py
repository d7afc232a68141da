"""What ``counterseal treaty`` prints as JSON and as plain lines."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import date
from typing import Any

import click

from counterseal.app.cli.treaty_files import TreatyFolder
from counterseal.assessment.situations import SituationResult
from counterseal.treaty.calendar import schedule, year_windows
from counterseal.treaty.pack import Pack

Runs = tuple[tuple[str, tuple[SituationResult, ...]], ...]
"""File name and results of each situations file."""


def emit(document: Any) -> None:
    """Print one JSON document on stdout."""
    click.echo(json.dumps(document, ensure_ascii=False, indent=2, default=str))


def list_json(packs: Iterable[Pack]) -> dict[str, Any]:
    """Return the packaged packs, a few facts of each."""
    return {
        "packs": [
            {
                "id": pack.id,
                "version": pack.version,
                "title": pack.title,
                "short_title": pack.short_title,
                "states": list(pack.states),
                "in_force": pack.life.in_force,
                "expires": pack.life.expires,
            }
            for pack in packs
        ]
    }


def show_json(pack: Pack, *, until: date) -> dict[str, Any]:
    """Return the whole pack, with every due date and year window up to ``until``."""
    return {
        "pack": asdict(pack),
        "until": until,
        "due_dates": [asdict(due) for due in schedule(pack, until=until)],
        "year_windows": [
            {"quota": quota.id, "first_day": first, "last_day": last}
            for quota in pack.quotas
            for first, last in year_windows(quota, until=until)
        ],
    }


def check_json(folder: TreatyFolder, runs: Runs) -> dict[str, Any]:
    """Return what was checked, and how each situation came out."""
    published = folder.published
    return {
        "where": folder.where,
        "pack": {"id": folder.pack.id, "version": folder.pack.version},
        "published": None if published is None else {"exchanges": len(published.exchanges)},
        "situations": [{"file": file, **asdict(result)} for file, results in runs for result in results],
        "held": all(result.held for _, results in runs for result in results),
    }


def check_text(folder: TreatyFolder, runs: Runs) -> str:
    """Return the same in lines for people: one for each file, and the differences."""
    return "\n".join(_check_lines(folder, runs))


def _check_lines(folder: TreatyFolder, runs: Runs) -> Iterator[str]:
    pack, published = folder.pack, folder.published
    rules = (*pack.limits, *pack.closures, *pack.clocks, *pack.quotas, *pack.disclosure_budgets)
    yield f"{folder.where}: pack {pack.id} {pack.version} holds together ({len(rules)} rules)"
    if published is None:
        yield "no published.yaml beside it"
    else:
        count, last = len(published.exchanges), published.until
        yield f"published.yaml: {count} exchanges up to {last}, within the format"
    if not runs:
        yield "no situations beside it: nothing shows yet that the pack says what is meant"
    for file, results in runs:
        held = sum(result.held for result in results)
        yield f"situations/{file}: {held} of {len(results)} situations hold"
        for result in results:
            if not result.held:
                yield f"  does not hold: {result.name}"
                yield from (f"    {difference}" for difference in result.differences)
