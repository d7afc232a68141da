"""A bundle that shows, on a terminal, how far its reader has come."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from counterseal.records.verification.source import BundleSource, FoundName

WORTH_SHOWING_BYTES = 32 * 2**20
"""Below this a bundle is verified in less than a second or two."""

_PASSES = 2
"""Files are hashed in one pass and read in another."""


class WatchedBundle:
    """Passes everything on to a bundle, and tells a progress bar of every byte."""

    def __init__(self, source: BundleSource, progress: Progress) -> None:
        self._source, self._progress = source, progress
        self._task = progress.add_task("Verifying", total=None)

    def names(self) -> tuple[FoundName, ...]:
        """Return everything in the bundle."""
        found = self._source.names()
        self._progress.update(self._task, total=_PASSES * sum(name.size for name in found))
        return found

    def read(self, path: str, *, most: int) -> bytes:
        """Return a file's bytes."""
        data = self._source.read(path, most=most)
        self._progress.advance(self._task, len(data))
        return data

    def digest(self, path: str, *, most: int) -> tuple[int, str]:
        """Return a file's size and SHA-256."""
        size, digest = self._source.digest(path, most=most)
        self._progress.advance(self._task, size)
        return size, digest


@contextmanager
def watched(source: BundleSource) -> Iterator[BundleSource]:
    """Give ``source``, with a progress bar if it is large and somebody is looking."""
    console = Console(stderr=True)
    if not console.is_terminal or sum(name.size for name in source.names()) < WORTH_SHOWING_BYTES:
        yield source
        return
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        yield WatchedBundle(source, progress)
