"""A bundle as it is handed over: a folder, or one ZIP; told apart by what lies there."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from counterseal.errors import WorkplaceError

if TYPE_CHECKING:
    from counterseal.app.storage.bundle_folder import BundleFolder
    from counterseal.records.verification.source import BundleSource

ZIP = ".zip"


def open_stick(path: Path) -> "BundleSource":
    """Return the bundle at ``path``, a folder or a file.

    Raises:
        NoBundleError: there is nothing, or nothing that is a bundle.
    """
    from counterseal.app.storage.bundle_folder import open_bundle
    from counterseal.app.storage.bundle_zip import open_bundle_zip

    return open_bundle_zip(path) if path.is_file() else open_bundle(path)


@contextmanager
def new_stick(path: Path, *, packed: bool) -> Iterator["BundleFolder"]:
    """Give a folder to write a bundle into; it appears at ``path``, packed or not, only when it is whole.

    Raises:
        StorageError: there is something at ``path`` already, or it cannot be written.
    """
    from counterseal.app.storage.bundle_folder import new_bundle, open_bundle
    from counterseal.app.storage.bundle_zip import write_bundle_zip
    from counterseal.app.storage.errors import StorageError

    if not packed:
        with new_bundle(path) as folder:
            yield folder
        return
    if path.exists() or path.is_symlink():  # before a number is used up for it
        raise StorageError(f"{path}: is there already; a packed bundle is never written over")
    try:
        made = Path(tempfile.mkdtemp(prefix=f".{path.name}.", dir=path.parent))
    except OSError as error:
        raise WorkplaceError(f"{path}: cannot be made: {error.strerror or error}") from error
    try:
        with new_bundle(made / "bundle") as folder:
            yield folder
        write_bundle_zip(open_bundle(made / "bundle"), path)
    finally:
        shutil.rmtree(made, ignore_errors=True)


def unpack_stick(path: Path, folder: Path) -> int:
    """Unpack the bundle in the ZIP at ``path`` into a new folder; return the number of files.

    Raises:
        NoBundleError: no ZIP, or one that is not a bundle packed as it must be; nothing is written.
        RecordError: a file in it is not what the ZIP says; nothing is left behind.
        StorageError: there is something at ``folder`` already, or it cannot be written.
    """
    from counterseal.app.storage.bundle_folder import new_bundle
    from counterseal.app.storage.bundle_zip import open_bundle_zip
    from counterseal.records.manifest import size_cap

    source = open_bundle_zip(path)
    names = source.names()
    with new_bundle(folder) as sink:
        for name in names:
            sink.write(name.path, source.read(name.path, most=size_cap(name.path)))
    return len(names)
