"""Refusals of the design room."""

from counterseal.errors import RefusedInputError


class DesignError(RefusedInputError):
    """A regime, a strategy or a question about them that does not hold together."""


class EffortError(DesignError):
    """An effort file breaks its form; each problem with file, line, field and rule."""
