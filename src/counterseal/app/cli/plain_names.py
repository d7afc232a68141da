"""Commands whose refusals name files on one line, whatever signs the names have."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from counterseal.app.cli.bundle_view import printable
from counterseal.errors import CountersealError


class PlainCommand(click.Command):
    """A command; a line break in the name of a file that it was given starts no line of its own."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run it; where it refuses something, write the names that it was given without line breaks."""
        try:
            return super().invoke(ctx)
        except CountersealError as error:
            said = str(error)
            for name in _names(ctx.params.values()):
                said = said.replace(name, printable(name))
            if said == str(error):
                raise
            raise type(error)(said) from error


class PlainGroup(click.Group):
    """A group of such commands."""

    command_class = PlainCommand


def _names(values: Any) -> Iterator[str]:
    """Yield the names of files among what a command was given."""
    for value in values:
        if isinstance(value, tuple):
            yield from _names(value)
        elif isinstance(value, Path):
            yield str(value)
