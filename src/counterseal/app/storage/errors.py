"""Refusals of the storage room."""

from counterseal.errors import WorkplaceError


class StorageError(WorkplaceError):
    """A folder, a file or a store cannot be used as it stands."""
