"""Refusals of the crypto room."""

from counterseal.errors import CountersealError


class CryptoError(CountersealError):
    """Bytes break a rule of this room."""


class CanonicalError(CryptoError):
    """Bytes are not the one canonical form of a document in the restricted profile."""


class SignatureRefusedError(CryptoError):
    """A public key or a signature breaks the strict rule, or does not verify."""


class CommitmentError(CryptoError):
    """Parts cannot be committed to, or an opening does not open its commitment."""
