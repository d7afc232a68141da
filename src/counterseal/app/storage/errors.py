"""Refusals of the storage room."""

from counterseal.errors import RefusedInputError, WorkplaceError
from counterseal.records.errors import NoBundleError


class StorageError(WorkplaceError):
    """A folder, a file or a store cannot be used as it stands."""


class ZipRefusedError(NoBundleError):
    """A file is not a bundle packed as ``docs/reference/formats.md``, section 8.2, asks."""


class LockedError(StorageError):
    """Keys are locked, and no passphrase was given."""


class NotEnrolledError(StorageError):
    """A node has its keys, and no trust file says yet that they are its party's."""


class BackupError(RefusedInputError):
    """A backup is not whole, or not one of this program's."""
