"""Refusals of the log room."""

from counterseal.errors import CountersealError, RefusedInputError


class LogError(CountersealError):
    """A log, or a statement about one, breaks a rule of this room."""


class NoteError(LogError):
    """Bytes are not a signed note, or a line on it does not verify."""


class TileError(LogError):
    """A tile or its path is not what the tree calls for."""


class PolicyError(LogError, RefusedInputError):
    """A policy file is not in form, or what is to be written is no policy."""


class WitnessRequestError(LogError, RefusedInputError):
    """Bytes are not a request to a witness, or not a witness's answer."""
