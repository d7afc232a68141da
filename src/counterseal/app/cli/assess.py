"""``counterseal assess``: what the record supports, clause by clause, in each party's reading."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from counterseal.app.cli.options import (
    as_of_option,
    bundle_option,
    counted,
    json_option,
    node_option,
    open_record,
    parse_day,
    print_json,
    trust_option,
)

if TYPE_CHECKING:
    from counterseal.assessment.finding import Finding
    from counterseal.services.assess_record import AssessedRecord
    from counterseal.services.record_book import RecordBook


@click.command("assess")
@node_option
@bundle_option
@trust_option
@as_of_option
@click.option("--party", metavar="CODE", help="Only findings about this party.")
@click.option("--reading", metavar="CODE", help="Only findings in this party's reading.")
@click.option("--outcome", metavar="WORD", help="Only findings with this outcome, such as open-question.")
@click.option("--clause", metavar="CLAUSE", help="Only findings about this clause, such as 'II.1(c)'.")
@click.option("--csv", "as_csv", is_flag=True, help="Print the findings as CSV.")
@json_option
def assess(  # noqa: PLR0913
    *,
    node_dir: Path | None,
    bundle_dir: Path | None,
    trust: tuple[str, ...],
    as_of: str | None,
    party: str | None,
    reading: str | None,
    outcome: str | None,
    clause: str | None,
    as_csv: bool,
    as_json: bool,
) -> None:
    """Assess a record as it stood at the end of one day.

    The record is a node's own, or a bundle's, which is verified first; without --as-of a bundle is
    assessed as of the day on which it was made, not of today. Each finding says whether its records are
    settled. The answer is evidence in each party's reading; what follows from it is for the parties.
    """
    from counterseal.app.present import GENERATED_BY
    from counterseal.assessment.summary import findings_csv, summary_document

    if as_csv and as_json:
        raise click.UsageError("--csv and --json: name one of them")
    assessed, _ = assessed_record(node_dir, bundle_dir, trust, as_of=parse_day(as_of))
    wanted = {"party": party, "interpretation": reading, "outcome": outcome, "clause": clause}
    _require_known(assessed, wanted)
    found = tuple(finding for finding in assessed.findings if _matches(finding, wanted))
    if as_csv:
        click.echo(findings_csv(found).decode(), nl=False)
    elif as_json:
        left_out = [item.as_json() for item in assessed.left_out]
        print_json(summary_document(assessed.pack, found, generated_by=GENERATED_BY, left_out=left_out))
    else:
        _show(assessed, found)


def assessed_record(
    node_dir: Path | None, bundle_dir: Path | None, trust: tuple[str, ...], *, as_of: date | None
) -> "tuple[AssessedRecord, RecordBook]":
    """Open a node's record or a bundle's, and assess it."""
    from counterseal.app.bootstrap import SystemClock
    from counterseal.services.assess_record import assess_record

    book, pack = open_record(node_dir, bundle_dir, trust)
    today = SystemClock().now().date()
    return assess_record(book, pack=pack, as_of=as_of, today=today), book


def _require_known(assessed: "AssessedRecord", wanted: dict[str, str | None]) -> None:
    from counterseal.terms.outcomes import Outcome

    known = {
        "party": [str(code) for code in assessed.pack.states],
        "interpretation": [str(code) for code in assessed.pack.states],
        "outcome": [outcome.value for outcome in Outcome],
        "clause": sorted({finding.clause for finding in assessed.findings}),
    }
    for name, value in wanted.items():
        if value is not None and value not in known[name]:
            option = "--reading" if name == "interpretation" else f"--{name}"
            raise click.BadParameter(f"{value!r} is none of {', '.join(known[name])}", param_hint=option)


def _matches(finding: "Finding", wanted: dict[str, str | None]) -> bool:
    return all(value is None or str(getattr(finding, name)) == value for name, value in wanted.items())


def _show(assessed: "AssessedRecord", found: "tuple[Finding, ...]") -> None:
    import shutil
    import textwrap

    from counterseal.app.cli.bundle_view import printable
    from counterseal.assessment.assess import for_people

    width = max(40, min(110, shutil.get_terminal_size().columns))
    for finding in for_people(assessed.pack, found):
        held = "" if finding.limit is None else f" against {finding.limit}"
        figure = "" if finding.figure is None else f": {finding.figure}{held}"
        known = ", ".join(word for word in (finding.known_as.value, finding.state) if word is not None)
        click.echo(f"{finding.outcome.value.upper()}{figure}  ({known})  {finding.id}")
        click.echo(
            textwrap.fill(
                printable(f"{finding.clause}: {finding.reasons[0]}"),
                width,
                initial_indent="    ",
                subsequent_indent="    ",
            )
        )
    for item in assessed.left_out:
        told = f"left out: {item.kind} of {item.author}, record {item.record_id[:16]}: {item.reason}"
        click.echo(printable(told))
    click.echo(
        f"{counted(len(found), 'finding')} up to {assessed.facts.until}. Follow one: counterseal explain ID"
    )
