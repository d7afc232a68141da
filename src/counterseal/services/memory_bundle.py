"""A bundle in memory: for exchange between nodes of one process, and for tests."""

from dataclasses import dataclass, field
from hashlib import sha256

from counterseal.records.errors import RecordError
from counterseal.records.verification.source import FoundName


@dataclass(slots=True)
class MemoryBundle:
    """The files of a bundle by path; it can be written and read like a folder."""

    files: dict[str, bytes] = field(default_factory=dict)

    def write(self, path: str, data: bytes) -> None:
        """Keep one file."""
        self.files[path] = data

    def names(self) -> tuple[FoundName, ...]:
        """Return every file, sorted by path."""
        return tuple(
            FoundName(path=path, kind="file", size=len(data)) for path, data in sorted(self.files.items())
        )

    def read(self, path: str, *, most: int) -> bytes:
        """Return a file's bytes.

        Raises:
            RecordError: there is no such file, or it is larger than ``most``.
        """
        data = self.files.get(path)
        if data is None:
            raise RecordError(f"{path}: no such file in the bundle")
        if len(data) > most:
            raise RecordError(f"{path}: {len(data)} bytes, at most {most}")
        return data

    def digest(self, path: str, *, most: int) -> tuple[int, str]:
        """Return a file's size and SHA-256."""
        data = self.read(path, most=most)
        return len(data), sha256(data).hexdigest()
