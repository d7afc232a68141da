"""Refusals of the table of nuclear data."""

from counterseal.errors import RefusedInputError, WorkplaceError


class NuclearDataError(WorkplaceError):
    """The table of nuclear data is not the one that this edition of the program was made with."""


class UnknownNuclideError(RefusedInputError):
    """A nuclide, a line or a half-life is asked for that the table does not hold."""
