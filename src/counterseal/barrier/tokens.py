"""One-time outcome tokens: the only thing that an answer can be, fixed by both parties beforehand.

Before a run each party makes 32 random bytes for every outcome and puts their hashes on the record. The
device is told the bytes themselves, and releases for its one outcome the host's part XOR the
inspector's. Who sees a token that both commitments lead to knows that the device had this outcome; and a
device has nothing else to say. Each party trusts its own part alone, and no signature hides a bit.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from counterseal.barrier.errors import BarrierError
from counterseal.barrier.protocol import written
from counterseal.barrier.wire import OUTCOMES, TOKEN_BYTES
from counterseal.terms.outcomes import MeasurementOutcome

TYPE = "counterseal/token-parts/v1"
MAX_FILE_BYTES = 65_536


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class TokenParts:
    """One party's parts of the tokens of one attempt: a secret until the device has answered.

    Attributes:
        parts: One for each outcome, in the order of `OUTCOMES` [32 bytes each].
    """

    parts: tuple[bytes, ...]

    def __post_init__(self) -> None:
        """Refuse parts that cannot tell the outcomes apart."""
        if tuple(map(len, self.parts)) != (TOKEN_BYTES,) * len(OUTCOMES):
            raise BarrierError(f"token parts: must be {len(OUTCOMES)} of {TOKEN_BYTES} bytes")
        if len(set(self.parts)) != len(OUTCOMES):
            raise BarrierError("token parts: two outcomes have the same part")

    def of(self, outcome: MeasurementOutcome) -> bytes:
        """Return the part of one outcome [32 bytes]."""
        return self.parts[OUTCOMES.index(outcome)]

    def to_bytes(self) -> bytes:
        """Return the parts one after another, as they are kept [128 bytes]."""
        return b"".join(self.parts)

    def __repr__(self) -> str:
        """Say nothing: a secret stays out of tracebacks."""
        return "TokenParts(...)"


def make_parts(randomness: Callable[[int], bytes]) -> TokenParts:
    """Return new parts from a source of random bytes."""
    return TokenParts(parts=tuple(randomness(TOKEN_BYTES) for _ in OUTCOMES))


def parse_parts(data: bytes) -> TokenParts:
    """Return the parts that were kept as bytes.

    Raises:
        BarrierError: they are not parts.
    """
    at = range(0, len(data), TOKEN_BYTES)
    return TokenParts(parts=tuple(data[start : start + TOKEN_BYTES] for start in at))


def joined(host: bytes, inspector: bytes) -> bytes:
    """Return the token of two parts: host part XOR inspector part [32 bytes]."""
    return bytes(left ^ right for left, right in zip(host, inspector, strict=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class PartsFile:
    """What a party carries to the device: its parts, and what they are for.

    Attributes:
        attempt: Record id of the attempt.
        party: Code of the party.
        parts: Its parts.
    """

    attempt: str
    party: str
    parts: TokenParts

    def to_bytes(self) -> bytes:
        """Return the file: one line of JSON."""
        named = {outcome.value: part.hex() for outcome, part in zip(OUTCOMES, self.parts.parts, strict=True)}
        document = {"attempt": self.attempt, "parts": named, "party": self.party, "type": TYPE}
        return written(document) + b"\n"


def read_parts_file(data: bytes, *, where: str) -> PartsFile:
    """Return the parts in a file.

    Args:
        data: The file.
        where: Its name, for messages, which never show what is in it.

    Raises:
        BarrierError: it is no such file.
    """
    try:
        document = json.loads(data) if len(data) <= MAX_FILE_BYTES else None
        found = _from_document(document)
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise BarrierError(f"{where}: holds no token parts in the form {TYPE}") from error
    if found.to_bytes() != data:
        raise BarrierError(f"{where}: its bytes are not the one spelling of the token parts in it")
    return found


def _from_document(document: Any) -> PartsFile:
    if set(document) != {"attempt", "parts", "party", "type"} or document["type"] != TYPE:
        raise ValueError
    named = document["parts"]
    if set(named) != {outcome.value for outcome in OUTCOMES}:
        raise ValueError
    parts = TokenParts(parts=tuple(bytes.fromhex(named[outcome.value]) for outcome in OUTCOMES))
    return PartsFile(attempt=str(document["attempt"]), party=str(document["party"]), parts=parts)
