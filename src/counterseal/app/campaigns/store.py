"""The folder of a campaign: what it is about, its blocks, and its summary at the end.

``campaign.json`` is written last when a folder is made, and never again: a folder without it is none. Effort
file and treaty packs are copied in, so that the folder alone is enough to go on, years later.
"""

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from counterseal.app.campaigns.block_files import BlockFiles, write_whole
from counterseal.app.campaigns.setup import EffortFile, Setup, read_setup
from counterseal.design.effort import Effort, read_effort
from counterseal.errors import RefusedInputError, WorkplaceError
from counterseal.treaty.load import load_pack
from counterseal.treaty.pack import Pack

SETUP, EFFORT, PACKS, BLOCKS, LOCK = "campaign.json", "effort.yaml", "packs", "blocks", "lock"
SUMMARY, SUMMARY_TABLE, FAILED = "summary.json", "summary.parquet", "failed.json"
_BEFORE_SETUP = {EFFORT, PACKS, BLOCKS, LOCK}


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignFolder:
    """A campaign that lies in a folder.

    Attributes:
        folder: The folder.
        setup: What it is about.
        effort: Its effort file.
        digest: SHA-256 of ``campaign.json`` [64 hexadecimal digits].
        blocks: Its blocks.
    """

    folder: Path
    setup: Setup
    effort: Effort
    digest: str
    blocks: BlockFiles

    def failures(self) -> dict[int, str]:
        """Return the blocks that failed in the last run, each with the reason."""
        path = self.folder / FAILED
        if not path.is_file():
            return {}
        try:
            return {int(number): str(why) for number, why in json.loads(_read(path)).items()}
        except (ValueError, AttributeError):
            return {}

    def note_failures(self, failures: Mapping[int, str]) -> None:
        """Write down which blocks failed, or that none did."""
        path = self.folder / FAILED
        if failures:
            write_whole(path, as_bytes({str(number): failures[number] for number in sorted(failures)}))
            return
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise WorkplaceError(f"{path}: cannot be removed: {error.strerror or error}") from error

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other runs out of the folder for a while.

        Raises:
            WorkplaceError: another run is at work in it.
        """
        with _locked(self.folder):
            yield

    def in_use(self) -> bool:
        """Return whether a run is at work in the folder."""
        try:
            with _locked(self.folder):
                return False
        except WorkplaceError:
            return True


def as_bytes(document: Any) -> bytes:
    """Return a JSON document as bytes: indented, ending in a line feed, the same for the same content."""
    return (json.dumps(document, indent=2, ensure_ascii=False) + "\n").encode()


def create(folder: Path, setup: Setup, *, file: EffortFile) -> CampaignFolder:
    """Make the folder of a new campaign.

    Args:
        folder: Where; it may be there if nothing is in it.
        setup: What it is about.
        file: The effort file, with the treaty packs that it names.

    Raises:
        RefusedInputError: the folder is not empty.
        WorkplaceError: it cannot be written.
    """
    _require_empty(folder)
    try:
        (folder / BLOCKS).mkdir(parents=True, exist_ok=True)
        (folder / PACKS).mkdir(exist_ok=True)
    except OSError as error:
        raise WorkplaceError(f"{folder}: cannot be made: {error.strerror or error}") from error
    write_whole(folder / EFFORT, file.data)
    for name, _ in setup.packs:
        write_whole(_pack_path(folder, name), file.packs[name])
    write_whole(folder / SETUP, as_bytes(setup.document()))
    return open_folder(folder)


def _require_empty(folder: Path) -> None:
    if (folder / SETUP).exists():
        raise RefusedInputError(
            f"{folder}: holds a campaign already; go on with 'counterseal campaign resume {folder}', "
            "or name another folder"
        )
    if folder.exists() and not folder.is_dir():
        raise RefusedInputError(f"{folder}: not a folder, must be one for a campaign")
    try:
        strange = sorted({one.name for one in folder.iterdir()} - _BEFORE_SETUP) if folder.exists() else []
    except OSError as error:
        raise WorkplaceError(f"{folder}: cannot be listed: {error.strerror or error}") from error
    if strange:
        raise RefusedInputError(
            f"{folder}: not empty, there is {strange[0]}; a new campaign needs a new folder"
        )


def open_folder(folder: Path) -> CampaignFolder:
    """Open the folder of a campaign.

    Raises:
        RefusedInputError: it is none, or its effort file is not the one it was begun with.
    """
    if not (folder / SETUP).is_file():
        raise RefusedInputError(f"{folder}: no campaign here; it would have a {SETUP}")
    described = _read(folder / SETUP)
    setup = read_setup(described, where=str(folder / SETUP))
    text = _read(folder / EFFORT)
    if sha256(text).hexdigest() != setup.effort_sha256:
        raise RefusedInputError(
            f"{folder / EFFORT}: changed since the campaign was begun; its SHA-256 differs"
        )
    packs = dict(setup.packs)

    def pack_of(name: str) -> Pack:
        if name not in packs:
            raise RefusedInputError(f"{folder / PACKS}: pack {name!r} was not copied into the campaign")
        data = _read(_pack_path(folder, name))
        if sha256(data).hexdigest() != packs[name]:
            raise RefusedInputError(f"{_pack_path(folder, name)}: changed since the campaign was begun")
        return load_pack(data, where=str(_pack_path(folder, name)))

    effort = read_effort(text, where=str(folder / EFFORT), pack_of=pack_of)
    digest = sha256(described).hexdigest()
    blocks = BlockFiles(folder / BLOCKS, campaign=digest)
    return CampaignFolder(folder=folder, setup=setup, effort=effort, digest=digest, blocks=blocks)


def _pack_path(folder: Path, name: str) -> Path:
    """Return where a pack is copied to; its name in the effort file may be a path."""
    return folder / PACKS / f"{sha256(name.encode()).hexdigest()[:16]}.yaml"


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise WorkplaceError(f"{path}: cannot be read: {error.strerror or error}") from error


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    path = folder / LOCK
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise WorkplaceError(f"{path}: cannot be opened: {error.strerror or error}") from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(descriptor)
        raise WorkplaceError(
            f"{folder}: another run is at work in this folder; wait for it, or end it"
        ) from error
    try:
        yield
    finally:
        os.close(descriptor)
