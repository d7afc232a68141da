"""The stream of random numbers of each run: a key for the campaign, and the number of the run as a counter.

A counter-based generator has no state to hand on: the numbers of run 4711 are the same whoever works it out,
in whichever block, on whichever machine. What a campaign draws here is for study alone; a real selection of
sites or items comes from a draw that the parties make together.

References:
    [SALMON-2011]: Philox4x64-10.
"""

import hashlib
import json

from counterseal.design.errors import DesignError

MAX_SEED = 2**64 - 1
_STREAM = "counterseal.campaign/1"
_WORD = 8


def require_seed(seed: int) -> None:
    """Require a master seed of 0 to 2**64 - 1.

    Raises:
        DesignError: it is none.
    """
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed <= MAX_SEED:
        raise DesignError(f"seed: {seed!r}, must be a whole number from 0 to {MAX_SEED}")


def stream_key(seed: int, *, study: str, strategy: str, level: str) -> tuple[int, int]:
    """Return the key of a campaign's streams, two words of 64 bits.

    Args:
        seed: Master seed, 0 to 2**64 - 1.
        study: Digest of what is studied, such as that of the effort file.
        strategy: Name of the strategy.
        level: Engine that plays it, so that engines can be held against each other.

    Raises:
        DesignError: the seed is out of its range.

    Examples:
        >>> stream_key(1, study="ab", strategy="one-base", level="event") == stream_key(
        ...     1, study="ab", strategy="one-base", level="item"
        ... )
        False
    """
    require_seed(seed)
    named = json.dumps([_STREAM, seed, study, strategy, level], separators=(",", ":"))
    words = hashlib.sha256(named.encode("ascii")).digest()
    return int.from_bytes(words[:_WORD], "little"), int.from_bytes(words[_WORD : 2 * _WORD], "little")
