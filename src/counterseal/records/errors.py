"""Refusals of the records room."""

from counterseal.errors import CountersealError


class RecordError(CountersealError):
    """A record, or bytes that should be one, break the format."""


class TrustError(RecordError):
    """A trust file or key file breaks the format, or is not signed as it must be.

    Attributes:
        file: Which file of a chain it is, where there are several.
    """

    def __init__(self, message: str, *, file: str | None = None) -> None:
        super().__init__(message)
        self.file = file


class ManifestError(RecordError):
    """A bundle's manifest breaks the format."""


class NoBundleError(RecordError):
    """The path holds no bundle at all."""


class CardError(RecordError):
    """A party card breaks the format, or a key that stands in it has not signed it."""
