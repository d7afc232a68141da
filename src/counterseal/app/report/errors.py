"""Refusals of the report."""

from counterseal.errors import CountersealError


class ReportError(CountersealError):
    """What a report was asked to show does not fit together."""
