"""Refusals of the stats room."""

from counterseal.errors import RefusedInputError


class StatsError(RefusedInputError):
    """Numbers that describe no sample or no population."""
