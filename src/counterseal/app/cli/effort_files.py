"""Effort files as commands are given them: read, with the treaty packs that they name."""

from pathlib import Path
from typing import TypeVar

from counterseal.app.campaigns.setup import EffortFile
from counterseal.app.cli.input_files import read_input
from counterseal.design.effort import Effort, read_effort
from counterseal.design.errors import EffortError
from counterseal.treaty.load import load_pack, packaged_pack_text
from counterseal.treaty.pack import Pack

Section = TypeVar("Section")
MAX_EFFORT_BYTES = 16 * 2**20


def read_effort_file(path: Path) -> Effort:
    """Return what an effort file says.

    Args:
        path: The effort file.

    Raises:
        RefusedInputError: there is no such file, or it does not hold together.
        WorkplaceError: it cannot be read.
    """
    return read_effort_source(path).effort


def require_section(section: Section | None, name: str, *, where: Path) -> Section:
    """Return a section of an effort file that a command is about.

    Args:
        section: What the file says there; None where it says nothing.
        name: Its key.
        where: The effort file.

    Raises:
        EffortError: the file has no such section.
    """
    if section is None:
        raise EffortError(f"{where}: no section {name!r}, which this command is about")
    return section


def read_effort_source(path: Path) -> EffortFile:
    """Return what an effort file says, with its bytes and those of the packs that it names.

    A pack is named by a path from the effort file's own folder (a ``pack.yaml``, or a folder with one), or by
    the name of a packaged treaty.

    Args:
        path: The effort file.

    Raises:
        RefusedInputError: there is no such file, or it does not hold together.
        WorkplaceError: it cannot be read.
    """
    data = read_input(path, most=MAX_EFFORT_BYTES, what="effort file")
    packs: dict[str, bytes] = {}

    def pack_of(name: str) -> Pack:
        text, where = _pack_text(path.parent, name)
        packs[name] = text
        return load_pack(text, where=where)

    effort = read_effort(data, where=str(path), pack_of=pack_of)
    return EffortFile(effort=effort, data=data, packs=packs)


def _pack_text(folder: Path, name: str) -> tuple[bytes, str]:
    """Return the bytes of a pack, and where they were found."""
    for beside in (folder / name / "pack.yaml", folder / name):
        if beside.is_file():
            return read_input(beside, most=MAX_EFFORT_BYTES, what="treaty pack"), str(beside)
    return packaged_pack_text(name), f"{name}/pack.yaml"
