"""Refusals of the log room."""

from counterseal.errors import CountersealError


class LogError(CountersealError):
    """A log, or a statement about one, breaks a rule of this room."""


class NoteError(LogError):
    """Bytes are not a signed note, or a line on it does not verify."""


class TileError(LogError):
    """A tile or its path is not what the tree calls for."""
