"""The program ``counterseal``: commands that load when they are called, and its exit codes."""

import sys
from importlib import import_module

import click

from counterseal import __version__
from counterseal.errors import CountersealError, RefusedInputError, WorkplaceError

INPUT_REFUSED = 3
ENVIRONMENT = 4

_COMMANDS = {
    "assess": ("assess", "Say what the record supports, clause by clause, in each party's reading."),
    "barrier": ("barrier", "Measure behind the information barrier what two parties agreed on."),
    "bundle": ("bundle", "Export, import and inspect bundles of records."),
    "campaign": ("campaign", "Simulate years of a regime, beside the exact chance, and resume after a stop."),
    "declaration": ("declaration", "Import, check, compare and export declarations."),
    "demo": ("demo", "Replay a treaty from the figures that its parties published."),
    "design": ("design", "Ask of a regime how likely, how soon, at what cost it would see a departure."),
    "disclose": ("disclose", "Open a record, or parts of it, to a wider audience."),
    "doctor": ("doctor", "Check that this machine and this node can do the work."),
    "draw": ("draw", "Draw a sample together, so that nobody can steer it."),
    "escrow": ("escrow", "Commit to a complete declaration now, open it step by step."),
    "explain": ("explain", "Follow one finding to the records that it rests on, and their proofs."),
    "init": ("init", "Make one party's node, or the nodes of all parties side by side."),
    "log": ("log", "Show log heads, countersign and prove records, witness heads."),
    "node": ("node", "Back up a node, and restore it with a new feed."),
    "party": ("party", "Enrol parties, compare fingerprints, change and revoke keys."),
    "pulses": ("pulses", "Analyse neutron pulses: rates, multiplicity, Rossi-alpha, simulated trains."),
    "record": ("record", "Put a note on the record for those who may read it, and read one record."),
    "report": ("report", "Build the report of a record."),
    "spectrum": ("spectrum", "Read, draw, calibrate, search, identify and simulate gamma spectra."),
    "status": ("status", "Show what a node holds and how far it is vouched for."),
    "treaty": ("treaty", "List, show, check, compare and begin treaty packs."),
    "verify": ("verify", "Verify a bundle or a fork proof."),
}


class _LazyGroup(click.Group):
    """Knows every command's name and line; imports a command when it is called."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        return sorted(_COMMANDS)

    def get_command(self, _ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module = import_module(f"counterseal.app.cli.{_COMMANDS[cmd_name][0]}")
        command: click.Command = getattr(module, cmd_name)
        return command

    def format_commands(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in sorted(_COMMANDS.items())])


@click.group(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="counterseal")
def cli() -> None:
    """Counterseal: verify nuclear disarmament agreements on a record that anybody can re-verify.

    It shows evidence and how well it is known; what follows from it is for the parties.
    """


def main() -> None:
    """Run the program and end with its exit code.

    0 done, whatever the findings say; 1 not verified (verify and check commands); 2 wrong use; 3 input
    refused; 4 the machine or the folder cannot do it.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        code = cli.main(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except click.Abort:
        click.echo("stopped", err=True)
        code = 130
    except CountersealError as error:
        click.echo(f"counterseal: {_printable(str(error))}", err=True)
        code = _code_of(error)
    except OSError as error:
        click.echo(f"counterseal: {error}", err=True)
        code = ENVIRONMENT
    sys.exit(code if isinstance(code, int) else 0)


def _printable(message: str) -> str:
    """A message may quote hostile files: nothing in it reaches the terminal but what can be seen."""
    return "\n".join(
        "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in line)
        for line in message.split("\n")
    )


def _code_of(error: CountersealError) -> int:
    return (
        ENVIRONMENT
        if isinstance(error, WorkplaceError) and not isinstance(error, RefusedInputError)
        else INPUT_REFUSED
    )


if __name__ == "__main__":
    main()
