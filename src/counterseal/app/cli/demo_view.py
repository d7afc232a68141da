"""What ``counterseal demo`` ends with: a screenful of what happened, and where to look."""

import sys
from collections import Counter
from pathlib import Path
from shlex import quote

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from counterseal.app.demo import DemoResult
from counterseal.app.second_verifier import NAME
from counterseal.assessment.finding import Finding
from counterseal.terms.outcomes import Outcome

_LOOK_AT = (Outcome.EXCEEDS, Outcome.DISPUTED, Outcome.OVERDUE)
_MOST = 6


def show_demo(console: Console, result: DemoResult) -> None:
    """Print the end of a demonstration."""
    pack, done = result.assessed.pack, result.replayed
    parties = ", ".join(f"{code} {count}" for code, count in sorted(done.by_party.items()))
    console.print(f"[bold]{escape(pack.title)}[/bold]", soft_wrap=False)
    console.print(
        f"{done.statements} statements ({parties}) on {done.days} days, {done.countersignatures} "
        f"countersignatures, {done.cosignatures} cosignatures, {done.bundles} bundles exchanged.\n"
    )
    console.print(_outcomes(result.assessed.findings))
    console.print("\n[bold]To look at first[/bold] (evidence in each party's reading; the parties judge)")
    for finding in _first(result.assessed.findings):
        console.print(f"  {finding.outcome.value:<12} {finding.id}", highlight=False, soft_wrap=True)
    console.print()
    _show_verdicts(console, result)
    _show_where(console, result)


def _outcomes(findings: tuple[Finding, ...]) -> Table:
    table = Table(title=f"{len(findings)} findings", title_justify="left", box=None, pad_edge=False)
    readers = sorted({finding.interpretation for finding in findings})
    table.add_column("outcome")
    for reader in readers:
        table.add_column(f"in {reader}'s reading", justify="right")
    counts = Counter((finding.outcome, finding.interpretation) for finding in findings)
    for outcome in Outcome:
        row = [counts[outcome, reader] for reader in readers]
        if any(row):
            table.add_row(outcome.value, *(str(count) for count in row))
    return table


def _first(findings: tuple[Finding, ...]) -> list[Finding]:
    chosen = [finding for finding in findings if finding.outcome in _LOOK_AT]
    missing = [finding for finding in findings if finding.outcome is Outcome.NOT_PROVIDED]
    return [*chosen, *missing][:_MOST]


def _show_verdicts(console: Console, result: DemoResult) -> None:
    records = dict(result.first.counts)["records"]
    for name, good in (
        ("counterseal verify", result.first.verified),
        (f"{NAME} (shares no code with it)", result.second.status == 0),
    ):
        word = "[green]verified[/green]" if good else "[red]NOT verified[/red]"
        console.print(f"{word}: {records} records, by {name}")
    if result.second.status:
        console.print("\n".join(result.second.lines[-12:]), markup=False)


def _show_where(console: Console, result: DemoResult) -> None:
    example = _first(result.assessed.findings)[:1]
    program = _as_typed(Path(sys.argv[0]), otherwise="counterseal")
    python = _as_typed(Path(sys.executable), otherwise="python")
    page, script, bundle = (quote(str(result.out / name)) for name in ("report.html", NAME, "bundle"))
    rows = [
        ("read", page),
        ("doubt", f"{python} {script} {bundle} --trust {result.book.trust.fingerprint}"),
        ("assess", f"{program} assess --bundle {bundle} --outcome not-provided"),
    ]
    if example:
        rows.append(("explain", f"{program} explain {example[0].id} --bundle {bundle}"))
    for word, line in rows:
        console.print(f"  {word:<8}{line}", soft_wrap=True, highlight=False, markup=False)


def _as_typed(path: Path, *, otherwise: str) -> str:
    """A program as it can be typed here: by its place below this folder, else by its name."""
    here = Path.cwd()
    path = path.absolute()
    below = path.is_relative_to(here) and path.is_file() and path.suffix != ".py"
    return quote(str(path.relative_to(here))) if below else otherwise
