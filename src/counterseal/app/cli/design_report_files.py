"""Where ``counterseal design report`` writes: refused before the work begins, written whole or not at all."""

import os
from collections.abc import Mapping
from pathlib import Path

import click

from counterseal.app.campaigns.block_files import write_whole
from counterseal.app.cli.bundle_view import printable
from counterseal.errors import WorkplaceError


def require_targets(wanted: Mapping[str, Path], *, read: Path | None) -> None:
    """Require that every file can be written, before anything is worked out.

    Args:
        wanted: Each file by its option.
        read: The file that the report is made from.

    Raises:
        UsageError: two options name one file, or one names what is read, or a folder.
        WorkplaceError: a folder is not there, or takes no file.
    """
    taken = {} if read is None else {_real(read): "what the report is made from"}
    for option, path in wanted.items():
        shown, place = printable(str(path)), _real(path)
        if place in taken:
            raise click.UsageError(f"{option} {shown}: that is {taken[place]}; name another file")
        taken[place] = f"the file of {option}"
        if path.is_dir():
            raise click.UsageError(f"{option} {shown}: that is a folder; name a file in it")
        _require_place(option, path)


def _require_place(option: str, path: Path) -> None:
    folder = _real(path).parent
    if not folder.is_dir():
        where = printable(str(path.parent))
        raise WorkplaceError(f"{option} {path}: there is no folder {where}; make it, or name another")
    if _apart(path):
        return
    if path.exists() and not os.access(path, os.W_OK):
        raise WorkplaceError(f"{option} {path}: that file may not be overwritten; name another")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise WorkplaceError(f"{option} {path}: its folder takes no new file; name one where you may write")


def _real(path: Path) -> Path:
    """Return where a path leads, links followed; a ring of links leads to itself."""
    return Path(os.path.realpath(path))


def _apart(path: Path) -> bool:
    """Return whether a path names a pipe or a device, which is written to and never replaced."""
    return path.exists() and not path.is_file()


def write_all(made: Mapping[Path, bytes]) -> None:
    """Write files, each whole or not at all.

    Args:
        made: The bytes of each.

    Raises:
        WorkplaceError: the disk or the folder does not take one.
    """
    for path, data in made.items():
        if _apart(path):
            _write_into(path, data)
        else:
            write_whole(_real(path), data)


def _write_into(path: Path, data: bytes) -> None:
    try:
        path.write_bytes(data)
    except OSError as error:
        raise WorkplaceError(f"{path}: nothing can be written into it: {error.strerror or error}") from error
