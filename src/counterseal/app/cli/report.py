"""``counterseal report``: build the report of a record."""

from pathlib import Path

import click

from counterseal.app.cli.options import (
    as_of_option,
    bundle_option,
    json_option,
    node_option,
    parse_day,
    print_json,
    trust_option,
)
from counterseal.errors import WorkplaceError


@click.group("report")
def report() -> None:
    """Build the report of a record."""


@report.command()
@click.argument("folder", type=click.Path(path_type=Path))
@node_option
@bundle_option
@trust_option
@as_of_option
@json_option
def build(
    *,
    folder: Path,
    node_dir: Path | None,
    bundle_dir: Path | None,
    trust: tuple[str, ...],
    as_of: str | None,
    as_json: bool,
) -> None:
    """Write report.html, summary.json and findings.csv of a record into FOLDER.

    All three are derived: from the same record anybody builds the same bytes, whenever: of a bundle they
    are those of the day on which it was made.
    """
    from counterseal.app.cli.assess import assessed_record
    from counterseal.app.present import present

    assessed, book = assessed_record(node_dir, bundle_dir, trust, as_of=parse_day(as_of))
    views = present(assessed, book).views()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, data in views.items():
            (folder / name).write_bytes(data)
    except OSError as error:
        raise WorkplaceError(f"{folder}: cannot be written: {error.strerror}") from error
    written = [str(folder / name) for name in sorted(views)]
    if as_json:
        print_json({"as_of": assessed.facts.until.isoformat(), "files": written})
    else:
        click.echo("\n".join(f"wrote {path}" for path in written))
