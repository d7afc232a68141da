"""Where published data lie beside the project, when they do."""

import os
from pathlib import Path

import pytest


def shared(*parts: str) -> Path:
    """Return a path under the folder of published data, or skip the test and say so."""
    base = Path(os.environ.get("COUNTERSEAL_SHARED", Path(__file__).parents[2] / "shared"))
    path = base.joinpath("data", *parts)
    if not path.exists():
        pytest.skip(f"published data not present: {path}")
    return path
