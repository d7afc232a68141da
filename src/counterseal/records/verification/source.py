"""Where a bundle's bytes come from."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundName:
    """A name found in a bundle: a ``file``, an ``empty-folder``, or something that is ``other``."""

    path: str
    kind: str
    size: int


class BundleSource(Protocol):
    """A folder of files, seen read-only."""

    def names(self) -> tuple[FoundName, ...]:
        """Return everything in it, links and empty folders too; paths with ``/``."""

    def read(self, path: str, *, most: int) -> bytes:
        """Return a file's bytes, at most ``most`` of them.

        Raises:
            RecordError: it cannot be read, or is larger.
        """

    def digest(self, path: str, *, most: int) -> tuple[int, str]:
        """Return a file's size and SHA-256 without holding it in memory.

        Raises:
            RecordError: it cannot be read, or is larger.
        """
