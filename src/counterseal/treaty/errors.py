"""Refusals of the treaty room."""

from counterseal.errors import RefusedInputError


class PackError(RefusedInputError):
    """A treaty pack, or a file beside it, breaks the format; the message has file, line and rule."""
