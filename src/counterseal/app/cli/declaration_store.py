"""``counterseal declaration import`` and ``export``: between files and the record."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from counterseal.app.cli.options import (
    bundle_option,
    counted,
    json_option,
    node_option,
    open_chosen_node,
    print_json,
    trust_option,
)
from counterseal.errors import WorkplaceError

if TYPE_CHECKING:
    from counterseal.assessment.facts import DeclaredFigures, Facts
    from counterseal.declarations.document import Declaration
    from counterseal.services.record_book import RecordBook
    from counterseal.treaty.pack import Pack


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@node_option
@click.option("--party", metavar="CODE", help="Party of a breakdown's table, which names none itself.")
@click.option(
    "--as-of", "as_of", metavar="DATE", help="Date of a breakdown's table, which names none itself."
)
@click.option(
    "--basis",
    type=click.Choice(["record", "publication"]),
    default="publication",
    show_default=True,
    help="record: this is the exchange, and its times count. publication: figures published earlier.",
)
@click.option("--supplement", is_flag=True, help="Add to what is declared already; nothing is overwritten.")
@json_option
def import_(
    *,
    file: Path,
    node_dir: Path | None,
    party: str | None,
    as_of: str | None,
    basis: str,
    supplement: bool,
    as_json: bool,
) -> None:
    """Read FILE strictly and put its declarations on the node's record, locked: all of them, or none.

    Rows of the node's own party become its declarations. Rows of another party become transcriptions:
    the node vouches for having copied them, not for the figures. A row without a figure is not provided,
    and nothing is signed for it.
    """
    from counterseal.app.bootstrap import SystemClock, SystemRandomness
    from counterseal.app.cli import declaration_files as given
    from counterseal.assessment.facts import TimingBasis
    from counterseal.services.checkpointing import publish_head
    from counterseal.services.declare import declare

    node = open_chosen_node(node_dir)
    clock = SystemClock()
    subject = given.breakdown_subject(party=party, as_of=as_of, date_option="--as-of")
    held = given.read_file(file, pack=node.pack, until=clock.now().date(), breakdown_of=subject)
    done = declare(
        node,
        held,
        basis=TimingBasis(basis),
        supplement=supplement,
        clock=clock,
        randomness=SystemRandomness(),
    )
    head = publish_head(node)
    if as_json:
        print_json(
            {
                "declared": list(done.own),
                "transcribed": list(done.transcribed),
                "not_provided": list(done.not_provided),
                "log_size": head.size,
            }
        )
        return
    click.echo(
        f"{counted(len(done.own), 'declaration')} of {node.party}, "
        f"{counted(len(done.transcribed), 'transcription')} of others"
    )
    for name in done.not_provided:
        click.echo(f"  not provided, nothing signed: {name}")
    size = counted(head.size, "record")
    click.echo(f"logged in {node.log.origin}, now {size}; settled when every side has cosigned")


@click.command("export")
@click.argument("file", type=click.Path(path_type=Path))
@node_option
@bundle_option
@trust_option
@click.option("--party", metavar="CODE", help="Only declarations of this party.")
@click.option("--format", "form", type=click.Choice(["csv", "json"]), default="csv", show_default=True)
@json_option
def export_(
    *,
    file: Path,
    node_dir: Path | None,
    bundle_dir: Path | None,
    trust: tuple[str, ...],
    party: str | None,
    form: str,
    as_json: bool,
) -> None:
    """Write the declared aggregate figures on a record to FILE, which must not exist.

    FILE has the form that import reads. Which declaration is logged and which settled is printed.
    """
    from counterseal.app.cli.assess import assessed_record

    assessed, book = assessed_record(node_dir, bundle_dir, trust, as_of=None)
    declared = _chosen(assessed.facts, party)
    rows = _declarations(declared, pack=assessed.pack)
    data = _written(rows, pack=assessed.pack, form=form)
    try:
        with file.open("xb") as target:
            target.write(data)
    except FileExistsError as error:
        raise WorkplaceError(f"{file}: is there already, and is not written over") from error
    except OSError as error:
        raise WorkplaceError(f"{file}: cannot be written: {error.strerror}") from error
    shown = _shown(declared, book)
    if as_json:
        print_json({"file": str(file), "declarations": len(rows), "rows": shown})
        return
    for row in shown:
        click.echo(f"  {row['as_of']} {row['party']}: {row['state']}")
    click.echo(f"wrote {counted(len(rows), 'declaration')} to {file}")


def _chosen(facts: "Facts", party: str | None) -> "tuple[DeclaredFigures, ...]":
    rows = (row for row in facts.declared if party in {None, row.party})
    return tuple(sorted(rows, key=lambda row: (row.as_of, row.party)))


def _shown(declared: "tuple[DeclaredFigures, ...]", book: "RecordBook") -> list[dict[str, Any]]:
    """Return each row with the records that state it, not those that answer it, and their weakest state."""
    from counterseal.records.countersignature import KIND as COUNTERSIGNATURE
    from counterseal.services.standing import state_of, states_of

    states = states_of(book)
    answers = {entry.record_id for entry in book.entries if entry.header.kind == COUNTERSIGNATURE}
    stated = [[record for record in row.records if record not in answers] for row in declared]
    return [
        {
            "as_of": row.as_of.isoformat(),
            "party": str(row.party),
            "records": records,
            "state": state_of(states, records),
        }
        for row, records in zip(declared, stated, strict=True)
    ]


def _declarations(declared: "tuple[DeclaredFigures, ...]", *, pack: "Pack") -> "tuple[Declaration, ...]":
    from counterseal.declarations.aggregate import AggregateDeclaration

    categories = [category.id for category in pack.categories]
    return tuple(
        AggregateDeclaration(
            party=row.party,
            as_of=row.as_of,
            figures=tuple((category, row.figure(category)) for category in categories),
            known_as=row.known_as,
            citation=row.citation,
        )
        for row in declared
    )


def _written(rows: "tuple[Declaration, ...]", *, pack: "Pack", form: str) -> bytes:
    from counterseal.declarations.aggregate import AggregateDeclaration
    from counterseal.declarations.document import write_declaration_json
    from counterseal.declarations.table import write_aggregate_table

    if form == "json":
        return write_declaration_json(rows, treaty=pack.id)
    aggregates = [row for row in rows if isinstance(row, AggregateDeclaration)]
    return write_aggregate_table(aggregates, pack=pack)
