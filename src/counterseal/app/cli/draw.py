"""``counterseal draw``: draw a sample together that none of the parties chose.

Agreeing to a draw is `counterseal log countersign DRAW --meaning agreed`; what is said travels in bundles.
"""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

import click

from counterseal.app.cli.options import (
    bundle_option,
    json_option,
    node_option,
    open_record,
    print_json,
    trust_option,
)
from counterseal.app.cli.party_keys import open_chosen_place, passphrase_option

if TYPE_CHECKING:
    from counterseal.app.cli.draw_view import OpeningGiven
    from counterseal.app.storage.secrets_folder import SecretsFolder
    from counterseal.services.node import Node
    from counterseal.services.record_book import RecordBook

NOT_ACCEPTED = 1
_FILE = click.Path(path_type=Path)
_COLUMN = click.option(
    "--column", metavar="NAME", help="Column of a CSV file with a header that holds the names."
)


@click.group("draw")
def draw() -> None:
    """Open, agree on, commit to, reveal and check a draw by lot between opposed parties."""


@draw.command("open")
@click.option("--title", required=True, help="What is drawn, in one line.")
@click.option("--pool", required=True, type=_FILE, help="File of names: one a line, or CSV with --column.")
@_COLUMN
@click.option("--apart", is_flag=True, help="Put the root of the names on the record, not the names.")
@click.option("--sample", type=click.IntRange(min=1), help="How many to draw from the whole pool.")
@click.option(
    "--stratum",
    "strata",
    multiple=True,
    metavar="NAME:COUNT:SAMPLE",
    help="Draw SAMPLE of the next COUNT names.",
)
@click.option("--participants", metavar="CODE,CODE", help="Who draws (default: the States of the treaty).")
@click.option(
    "--deadline", required=True, metavar="TIME", help="YYYY-MM-DDThh:mm:ssZ; reveal by then, or forfeit."
)
@node_option
@passphrase_option
@json_option
def open_(
    *,
    node_dir: Path | None,
    passphrase_file: Path | None,
    as_json: bool,
    **given: "Unpack[OpeningGiven]",
) -> None:
    """Open a draw from the names in a file; the order of the names counts.

    Refused while an earlier draw from the same pool, in this or another order, has no result: a draw is
    never restarted.
    """
    from counterseal.app.bootstrap import SystemClock, SystemRandomness
    from counterseal.app.cli import draw_view as view
    from counterseal.services.checkpointing import publish_head
    from counterseal.services.draw import open_draw

    node, book, _ = _at_table(node_dir, passphrase_file)
    names = view.read_pool(given["pool"], column=given["column"])
    opening = view.opening_of(given, names=names, states=node.pack.states)
    record = open_draw(
        node, opening, book=book, clock=SystemClock(), randomness=SystemRandomness(), names=names
    )
    publish_head(node)
    if as_json:
        print_json({"draw": record, "opening": opening.statement()})
        return
    click.echo(f"draw {record}")
    click.echo(f"  {view.terms_line(opening)}")
    others = ", ".join(code for code in opening.participants if code != node.party)
    click.echo(f"Export a bundle; to agree, {others}: counterseal log countersign {record} --meaning agreed")


@draw.command()
@click.argument("draw_id", metavar="DRAW")
@click.option(
    "--dice", metavar="TEXT", help="What you threw, such as '3 5 1 6 2'; mixed into the random value."
)
@click.option(
    "--paper", type=_FILE, help="Write what goes into the envelope to this new file, not to the screen."
)
@node_option
@passphrase_option
@json_option
def commit(
    *,
    draw_id: str,
    dice: str | None,
    paper: Path | None,
    node_dir: Path | None,
    passphrase_file: Path | None,
    as_json: bool,
) -> None:
    """Fix this party's random value in DRAW, keep it, and sign a commitment to it.

    Everybody must have agreed. What is printed is for an envelope that another party keeps sealed; hand
    it over when every commitment is settled.
    """
    from counterseal.app.bootstrap import SystemClock, SystemRandomness
    from counterseal.app.cli import draw_view as view
    from counterseal.services.checkpointing import publish_head
    from counterseal.services.draw import commit_draw

    if paper is not None:
        view.require_new(paper)
    node, book, secrets = _at_table(node_dir, passphrase_file)
    made = commit_draw(
        node,
        draw_id,
        book=book,
        secrets=secrets,
        clock=SystemClock(),
        randomness=SystemRandomness(),
        dice=dice,
    )
    publish_head(node)
    if paper is not None:
        view.write_secret(paper, made.paper)
    if as_json:
        print_json({"record": made.record_id, "paper": str(paper) if paper else made.paper})
        return
    click.echo(f"{node.party} is committed: record {made.record_id}")
    click.echo(f"For the envelope: {paper}" if paper else f"\n{made.paper}")


@draw.command()
@click.argument("draw_id", metavar="DRAW")
@click.option("--paper", type=_FILE, help="Write it to this new file, not to the screen.")
@node_option
@passphrase_option
@json_option
def paper(
    *,
    draw_id: str,
    paper: Path | None,
    node_dir: Path | None,
    passphrase_file: Path | None,
    as_json: bool,
) -> None:
    """Write once more what goes into this party's envelope, until its value is revealed."""
    from counterseal.app.cli import draw_view as view
    from counterseal.services.draw import paper_of_draw

    if paper is not None:
        view.require_new(paper)
    node, book, secrets = _at_table(node_dir, passphrase_file)
    text = paper_of_draw(node, draw_id, book=book, secrets=secrets)
    if paper is not None:
        view.write_secret(paper, text)
    if as_json:
        print_json({"paper": str(paper) if paper else text})
        return
    click.echo(f"For the envelope: {paper}" if paper else text)


@draw.command()
@click.argument("draw_id", metavar="DRAW")
@click.option(
    "--of", metavar="CODE", help="Whose value, where an envelope was opened (default: this party's)."
)
@click.option("--value", metavar="HEX", help="What the envelope says: 64 hexadecimal digits, spaces allowed.")
@node_option
@passphrase_option
@json_option
def reveal(
    *,
    draw_id: str,
    of: str | None,
    value: str | None,
    node_dir: Path | None,
    passphrase_file: Path | None,
    as_json: bool,
) -> None:
    """Reveal this party's value in DRAW, once every commitment is settled."""
    from counterseal.app.bootstrap import SystemClock, SystemRandomness
    from counterseal.app.cli import draw_view as view
    from counterseal.services.checkpointing import publish_head
    from counterseal.services.draw import reveal_draw

    given = None if value is None else view.parse_value(value)
    node, book, secrets = _at_table(node_dir, passphrase_file)
    record = reveal_draw(
        node,
        draw_id,
        book=book,
        secrets=secrets,
        clock=SystemClock(),
        randomness=SystemRandomness(),
        of=of,
        value=given,
    )
    publish_head(node)
    if as_json:
        print_json({"record": record, "of": of or node.party})
    else:
        click.echo(f"the value of {of or node.party} is revealed: record {record}")


@draw.command()
@click.argument("draw_id", metavar="DRAW")
@click.option("--forfeit", "forfeited", multiple=True, metavar="CODE", help="Who did not reveal in time.")
@click.option(
    "--choose", metavar="N,N,...", help="After a forfeit: positions that you choose (default: at random)."
)
@node_option
@passphrase_option
@json_option
def result(
    *,
    draw_id: str,
    forfeited: tuple[str, ...],
    choose: str | None,
    node_dir: Path | None,
    passphrase_file: Path | None,
    as_json: bool,
) -> None:
    """Work out what was drawn in DRAW and state it; or, after the deadline, state who forfeits."""
    from counterseal.app.bootstrap import SystemClock, SystemRandomness
    from counterseal.app.cli import draw_view as view
    from counterseal.services.checkpointing import publish_head
    from counterseal.services.draw import forfeit_draw, result_draw

    if choose is not None and not forfeited:
        raise click.UsageError("--choose goes with --forfeit: nobody chooses what was drawn")
    node, book, _ = _at_table(node_dir, passphrase_file)
    clock, randomness = SystemClock(), SystemRandomness()
    if forfeited:
        drawn = forfeit_draw(
            node,
            draw_id,
            forfeited=forfeited,
            chosen=None if choose is None else view.parse_positions(choose),
            book=book,
            clock=clock,
            randomness=randomness,
        )
    else:
        drawn = result_draw(node, draw_id, book=book, clock=clock, randomness=randomness)
    publish_head(node)
    if as_json:
        print_json({"record": drawn.record_id, "result": drawn.result.statement()})
        return
    click.echo(f"result of {drawn.result.draw}: record {drawn.record_id}")
    for number, positions in enumerate(drawn.result.positions):
        click.echo(f"  stratum {number}: positions {', '.join(map(str, positions)) or 'none'}")
    click.echo("Names and reasons: counterseal draw check")


@draw.command()
@click.argument("draw_id", metavar="[DRAW]", required=False)
@click.option("--pool", type=_FILE, help="Names in the pool, where the record holds their root alone.")
@_COLUMN
@click.option("--replay", is_flag=True, help="Show every word of the stream that was read.")
@node_option
@bundle_option
@trust_option
@json_option
def check(
    *,
    draw_id: str | None,
    pool: Path | None,
    column: str | None,
    replay: bool,
    node_dir: Path | None,
    bundle_dir: Path | None,
    trust: tuple[str, ...],
    as_json: bool,
) -> None:
    """Check DRAW, or all draws on the record, rule by rule, and show how the result follows.

    Exit status: 0 accepted; 1 no draw, no result (yet), or something speaks against it.
    """
    from counterseal.app.cli import draw_view as view
    from counterseal.services.draw_check import check_draw, check_draws

    if pool is not None and draw_id is None:
        raise click.UsageError("--pool goes with one DRAW")
    book, _ = open_record(node_dir, bundle_dir, trust)
    names = None if pool is None else view.read_pool(pool, column=column)
    reports = check_draws(book) if draw_id is None else (check_draw(book, draw_id.lower(), pool=names),)
    accepted = bool(reports) and all(report.accepted for report in reports)
    if as_json:
        print_json({"accepted": accepted, "draws": [view.report_json(report) for report in reports]})
    else:
        click.echo(
            "\n\n".join(view.report_text(report, replay=replay) for report in reports) or "no draw here"
        )
    if not accepted:
        sys.exit(NOT_ACCEPTED)


@draw.command()
@click.option("--population", required=True, type=click.IntRange(1, 2**32), help="Items in the pool.")
@click.option("--false", "false_items", required=True, type=click.IntRange(min=1), help="How many are false.")
@click.option("--sample", type=click.IntRange(min=0), help="How many are drawn.")
@click.option("--chance", type=click.IntRange(1, 100), help="Or: the chance that is wanted, in per cent.")
@json_option
def odds(*, population: int, false_items: int, sample: int | None, chance: int | None, as_json: bool) -> None:
    """Say how likely a sample shows a false item, and what restarts would leave of that."""
    from fractions import Fraction

    from counterseal.app.cli import draw_view as view
    from counterseal.stats.hypergeometric import needed_sample

    if (sample is None) == (chance is None):
        raise click.UsageError("name one of --sample and --chance")
    if sample is None:
        sample = needed_sample(population, false_items=false_items, chance=Fraction(chance or 0, 100))
    document = view.odds_json(population, false_items=false_items, sample=sample)
    if as_json:
        print_json(document)
    else:
        click.echo(view.odds_text(document))


def _at_table(
    node_dir: Path | None, passphrase_file: Path | None
) -> "tuple[Node, RecordBook, SecretsFolder]":
    """Open a node, its record with everything that it has signed under a head, and its secrets."""
    from counterseal.services.checkpointing import publish_head
    from counterseal.services.export_bundle import write_record
    from counterseal.services.memory_bundle import MemoryBundle
    from counterseal.services.record_book import open_book

    place, memory = open_chosen_place(node_dir, passphrase_file), MemoryBundle()
    node = place.node()
    publish_head(node)
    write_record(node, memory)
    return node, open_book(memory), place.secrets()
