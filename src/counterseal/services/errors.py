"""Refusals of the use cases."""

from counterseal.errors import CountersealError, RefusedInputError


class ServiceError(CountersealError):
    """A use case cannot be carried out as the node stands."""


class StatementError(RefusedInputError):
    """A statement on the record is not in the form of its kind."""


class BundleRefusedError(RefusedInputError):
    """A bundle was not accepted; nothing of it was stored."""


class ForkFoundError(BundleRefusedError):
    """A bundle shows another history of a log than the one that this node holds.

    Attributes:
        proof: Bytes of the fork proof, for anybody to check.
    """

    def __init__(self, message: str, *, proof: bytes) -> None:
        super().__init__(message)
        self.proof = proof
