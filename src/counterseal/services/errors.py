"""Refusals of the use cases."""

from collections.abc import Mapping

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


class TrustForkError(BundleRefusedError):
    """A bundle has another trust file or key file of a version than this node, both signed by the keepers.

    Attributes:
        files: The two files, as ``held`` and ``brought``.
    """

    def __init__(self, message: str, *, files: Mapping[str, bytes]) -> None:
        super().__init__(message)
        self.files = dict(files)


class DrawRefusedError(RefusedInputError):
    """A step in a joint draw that its rules do not allow as the record stands; nothing was signed."""


class EnrolmentError(RefusedInputError):
    """A card, a draft or a fingerprint does not fit what this node knows; nothing was signed or stored."""


class KeepersError(RefusedInputError):
    """Keepers are too few, or not those of this party; nothing was signed."""
