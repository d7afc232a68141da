"""Refusals of the reference room."""

from counterseal.errors import CountersealError


class UnknownCitationError(CountersealError):
    """A text cites a key that the registry does not hold."""
