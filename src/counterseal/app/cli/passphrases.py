"""Asking for passphrases: from a file, from the environment, or at a terminal; never from an argument."""

import os
import sys
from pathlib import Path

import click

from counterseal.errors import RefusedInputError, WorkplaceError

ENVIRONMENT = "COUNTERSEAL_PASSPHRASE"
_MOST_BYTES = 4096
_LEAST_CHARACTERS = 8
_TRIES = 3


class NodePassphrase:
    """Asks for a node's passphrase when it is called, and at no other time.

    Args:
        file: File whose first line it is, or None.
    """

    def __init__(self, file: Path | None = None) -> None:
        self._file = file

    def __call__(self) -> str:
        """Return it: from the file, else from the environment, else from whoever sits at the terminal."""
        given = self.given()
        if given is not None:
            return given
        return _ask("Passphrase of this node")

    def given(self) -> str | None:
        """Return it where it is given beforehand, or None."""
        return line_of(self._file) if self._file is not None else os.environ.get(ENVIRONMENT)


def new_passphrase(file: Path | None) -> str:
    """Return the passphrase of a new node: given beforehand, or typed twice."""
    given = NodePassphrase(file).given()
    return given if given is not None else _ask_twice("Passphrase of the new node")


def new_keeper_passphrases(count: int, files: tuple[Path, ...]) -> tuple[str, ...]:
    """Return the passphrases of new keepers, one for each: from files, or each typed twice.

    Raises:
        UsageError: files are given, and not one for each keeper.
    """
    if files and len(files) != count:
        raise click.UsageError(f"--keeper-passphrase-file: {len(files)} given, {count} keepers need one each")
    if files:
        return tuple(line_of(file) for file in files)
    return tuple(_ask_twice(f"Passphrase of keeper {number}") for number in range(1, count + 1))


class KeeperPassphrase:
    """Asks for the passphrase of one keeper's file when it is called."""

    def __init__(self, keeper: Path, file: Path | None) -> None:
        self._keeper, self._file = keeper, file

    def __call__(self) -> str:
        """Return it: from its file, or from the keeper at the terminal."""
        return line_of(self._file) if self._file is not None else _ask(f"Passphrase of {self._keeper}")


def line_of(file: Path) -> str:
    """Return the first line of a file.

    Raises:
        WorkplaceError: it cannot be read, or its first line is empty.
    """
    try:
        with file.open("rb") as source:
            text = source.read(_MOST_BYTES).decode()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "not UTF-8"
        raise WorkplaceError(f"{file}: a passphrase cannot be read from it: {why}") from error
    line = text.splitlines()[0] if text else ""
    if not line:
        raise WorkplaceError(f"{file}: its first line is empty, must be the passphrase")
    return line


def _ask(what: str) -> str:
    if not sys.stdin.isatty():
        raise WorkplaceError(
            f"there is no terminal to ask at for the {what[0].lower()}{what[1:]}; "
            f"give a passphrase file, or set {ENVIRONMENT} for a node's"
        )
    return str(click.prompt(what, hide_input=True, err=True))


def _ask_twice(what: str) -> str:
    if not sys.stdin.isatty():
        raise WorkplaceError(f"{what}: there is no terminal to ask at; give it in a file")
    asked = f"{what} ({_LEAST_CHARACTERS} characters or more)"
    for _ in range(_TRIES):
        text = str(click.prompt(asked, hide_input=True, confirmation_prompt=True, err=True))
        if len(text) >= _LEAST_CHARACTERS:
            return text
        click.echo(f"{what}: {len(text)} characters, must be at least {_LEAST_CHARACTERS}", err=True)
    raise RefusedInputError(f"{what}: too short {_TRIES} times; nothing was made")
