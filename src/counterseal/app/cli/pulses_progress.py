"""A progress bar for many files, on a terminal that somebody looks at."""

from collections.abc import Iterable, Iterator
from typing import TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

_Done = TypeVar("_Done")
WORTH_SHOWING = 2


def watched(done: Iterable[_Done], *, total: int) -> Iterator[_Done]:
    """Yield what is done, and show how many of ``total`` are, on standard error."""
    console = Console(stderr=True)
    if not console.is_terminal or total < WORTH_SHOWING:
        yield from done
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("Files", total=total)
        for one in done:
            progress.advance(task)
            yield one
