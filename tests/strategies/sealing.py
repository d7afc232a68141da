"""Whether this machine can close the room; what cannot be shown here is skipped, and says why."""

from functools import cache

import pytest

from counterseal.app.sealed import SealedProcess, SystemMonotonicClock, require_closed
from counterseal.errors import WorkplaceError


@cache
def _obstacle() -> str:
    try:
        require_closed(SealedProcess(clock=SystemMonotonicClock()).probe())
    except WorkplaceError as error:
        return str(error)
    return ""


def require_sealing() -> None:
    """Skip the test where nothing can be sealed, with the reason that a user is told."""
    if _obstacle():
        pytest.skip(_obstacle())
