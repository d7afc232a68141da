"""The files that ``counterseal treaty`` reads and writes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import click

from counterseal.errors import WorkplaceError
from counterseal.terms.times import parse_date
from counterseal.treaty.calendar import add_months
from counterseal.treaty.errors import PackError
from counterseal.treaty.load import load_pack, packaged_names, packaged_pack, packaged_pack_text
from counterseal.treaty.pack import Pack
from counterseal.treaty.packaged import packaged_folder
from counterseal.treaty.published import PublishedRecord, load_published, packaged_published
from counterseal.treaty.situations import FOLDER, load_situations, packaged_situations
from counterseal.treaty.template import new_pack_files


@dataclass(frozen=True, slots=True, kw_only=True)
class TreatyFolder:
    """A pack with what stands beside it.

    Attributes:
        where: The packaged name, or the path of the pack.
        published: What the parties published; None where there is no such file.
        situations: File name and document of each situations file.
    """

    where: str
    pack: Pack
    published: PublishedRecord | None
    situations: tuple[tuple[str, Mapping[str, Any]], ...]


def pack_named(name_or_file: str) -> Pack:
    """Return the pack that an argument names: a packaged name, a ``pack.yaml``, or its folder.

    Raises:
        PackError: it names neither, or the pack is refused.
    """
    path = _path_of(name_or_file)
    return packaged_pack(name_or_file) if path is None else load_pack(_read(path), where=str(path))


def pack_text_named(name_or_file: str) -> bytes:
    """Return the bytes of the pack that an argument names.

    Raises:
        PackError: it names none.
    """
    path = _path_of(name_or_file)
    return packaged_pack_text(name_or_file) if path is None else _read(path)


def folder_named(name_or_file: str) -> TreatyFolder:
    """Return the pack that an argument names, with its published record and situations.

    Raises:
        PackError: it names nothing, or one of the files is refused.
    """
    path = _path_of(name_or_file)
    return _packaged(name_or_file) if path is None else _on_disk(path)


def last_day(pack: Pack) -> date:
    """Return the day up to which due dates are shown: the last in force, else a year after the first."""
    return pack.life.expires or add_months(pack.life.in_force, 12)


def day_given(text: str, *, option: str) -> date:
    """Return the date that an option gives."""
    try:
        return parse_date(text)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint=option) from error


def write_new(folder: Path, *, pack_id: str | None) -> tuple[Path, ...]:
    """Write the template of a pack into ``folder``, which must be new or empty; return the files.

    Raises:
        PackError: the folder holds something, is a file, or the id is refused.
        WorkplaceError: it cannot be written.
    """
    if folder.is_file() or (folder.is_dir() and any(folder.iterdir())):
        raise PackError(f"{folder}: is there already; a new pack needs a new or empty folder")
    files = new_pack_files(folder.resolve().name.lower() if pack_id is None else pack_id)
    written = tuple(folder.joinpath(*path.split("/")) for path, _ in files)
    try:
        for target, (_, text) in zip(written, files, strict=True):
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(text)
    except OSError as error:
        raise WorkplaceError(f"{folder}: cannot be written: {error.strerror}") from error
    return written


def _path_of(name_or_file: str) -> Path | None:
    """Return the path of the pack file; None where a packaged name was given."""
    path = Path(name_or_file)
    if path.is_dir() and (path / "pack.yaml").is_file():
        return path / "pack.yaml"
    if path.is_file():
        return path
    names = packaged_names()
    if name_or_file in names:
        return None
    if path.is_dir():
        raise PackError(f"{name_or_file}: a folder without a pack.yaml")
    raise PackError(
        f"{name_or_file}: no such file, and no packaged treaty of that name (there is {', '.join(names)})"
    )


def _packaged(name: str) -> TreatyFolder:
    has_published = packaged_folder(name).joinpath("published.yaml").is_file()
    return TreatyFolder(
        where=name,
        pack=packaged_pack(name),
        published=packaged_published(name) if has_published else None,
        situations=packaged_situations(name),
    )


def _on_disk(path: Path) -> TreatyFolder:
    pack = load_pack(_read(path), where=str(path))
    beside = path.parent / "published.yaml"
    published = load_published(_read(beside), where=str(beside), pack=pack) if beside.is_file() else None
    return TreatyFolder(
        where=str(path),
        pack=pack,
        published=published,
        situations=tuple(
            (file.name, load_situations(_read(file), where=str(file), pack=pack))
            for file in sorted((path.parent / FOLDER).glob("*.yaml"))
        ),
    )


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise WorkplaceError(f"{path}: cannot be read: {error.strerror}") from error
