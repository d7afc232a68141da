"""Refusals of the crypto room."""

from counterseal.errors import CountersealError, RefusedInputError


class CryptoError(CountersealError):
    """Bytes break a rule of this room."""


class CanonicalError(CryptoError):
    """Bytes are not the one canonical form of a document in the restricted profile."""


class SignatureRefusedError(CryptoError):
    """A public key or a signature breaks the strict rule, or does not verify."""


class CommitmentError(CryptoError):
    """Parts cannot be committed to, or an opening does not open its commitment."""


class SealRefusedError(CryptoError, RefusedInputError):
    """Something cannot be sealed to this public key, or does not open with this private key."""


class VaultError(CryptoError, RefusedInputError):
    """A vault does not open: it is malformed, was altered, or the passphrase is another."""


class ShareError(CryptoError, RefusedInputError):
    """Shares of a secret are malformed, too few, or not of one secret."""
