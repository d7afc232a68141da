"""Wiring: real clocks, real randomness, and nodes opened from their folders."""

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256


class SystemClock:
    """The machine's clock, in whole seconds of GMT."""

    def now(self) -> datetime:
        """Return the present instant."""
        return datetime.now(tz=UTC).replace(microsecond=0)


class SystemRandomness:
    """The operating system's random bytes."""

    def __call__(self, count: int) -> bytes:
        """Return ``count`` random bytes."""
        return os.urandom(count)


@dataclass(slots=True)
class SeededRandomness:
    """Repeatable bytes for rehearsals: SHA-256 over a seed, a name and a counter. Never for secrets.

    Attributes:
        seed: Number of the run.
        name: Whose bytes they are, so that adding a party changes nobody else's.
    """

    seed: int
    name: str
    _block: int = 0
    _left: bytes = b""

    def __call__(self, count: int) -> bytes:
        """Return the next ``count`` bytes."""
        while len(self._left) < count:
            text = f"counterseal/rehearsal/v1|{self.seed}|{self.name}|{self._block}"
            self._left += sha256(text.encode()).digest()
            self._block += 1
        taken, self._left = self._left[:count], self._left[count:]
        return taken
