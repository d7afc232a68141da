"""Refusals of the records room."""

from counterseal.errors import CountersealError


class RecordError(CountersealError):
    """A record, or bytes that should be one, break the format."""


class TrustError(RecordError):
    """A trust file breaks the format, or is not signed by every root in it."""


class ManifestError(RecordError):
    """A bundle's manifest breaks the format."""


class NoBundleError(RecordError):
    """The path holds no bundle at all."""
