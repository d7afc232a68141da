"""``counterseal doctor``: can this machine, and this node, do the work?"""

from pathlib import Path

import click

from counterseal.app.cli.options import json_option, node_option, print_json
from counterseal.errors import WorkplaceError


@click.command("doctor")
@node_option
@json_option
def doctor(*, node_dir: Path | None, as_json: bool) -> None:
    """Check libraries against pinned vectors, the machine, and the node if there is one.

    Exit status: 0 all is well, 4 something is not.
    """
    from counterseal.app.health import examine_machine, examine_node
    from counterseal.app.storage.errors import StorageError
    from counterseal.app.storage.node_folder import find_node

    answers = list(examine_machine(Path.cwd()))
    try:
        folder = node_dir if node_dir is not None else find_node(Path.cwd())
    except StorageError:
        folder = None
    if folder is not None:
        answers += examine_node(folder)
    if as_json:
        rows = [{"what": a.what, "good": a.good, "found": a.found} for a in answers]
        print_json({"good": all(a.good for a in answers), "checks": rows})
    else:
        for answer in answers:
            click.echo(f"  {'good' if answer.good else 'BAD ':<5} {answer.what}: {answer.found}")
        if folder is None:
            click.echo("  no node here or above; name one with --node DIR to check it")
    if bad := [answer.what for answer in answers if not answer.good]:
        raise WorkplaceError(f"not well: {', '.join(bad)}")
