"""What a level, a confidence or a seed may be."""

from counterseal.stats.errors import StatsError
from counterseal.stats.items import require_count
from counterseal.stats.sampling_inputs import number

LARGEST_SEED = 2**64 - 1


def require_level(value: float, name: str) -> float:
    """Require a chance above 0 and below 1, and return it as a float.

    Args:
        value: The chance.
        name: Field, as the message names it.

    Raises:
        StatsError: it is no number, or not between them.

    Examples:
        >>> require_level(0.05, "level")
        0.05
    """
    found = number(value, name)
    if not 0.0 < found < 1.0:
        raise StatsError(f"{name}: {found}, must be above 0 and below 1")
    return found


def require_seed(value: int, name: str) -> int:
    """Require a seed: a whole number from 0 to 2**64 - 1.

    Args:
        value: The seed.
        name: Field, as the message names it.

    Raises:
        StatsError: it is none.
    """
    require_count(value, name, most=LARGEST_SEED)
    return value
