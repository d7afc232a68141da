"""Refusals of the barrier room."""

from counterseal.errors import RefusedInputError


class BarrierError(RefusedInputError):
    """A protocol, a token, an attempt or an answer breaks a rule of the barrier."""


class BudgetError(BarrierError):
    """What was asked would disclose more bits about an item than was agreed."""
