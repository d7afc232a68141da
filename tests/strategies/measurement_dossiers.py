"""A dossier of equipment that never was."""

from copy import deepcopy
from typing import Any

from counterseal.barrier.code_hash import code_hash


def dossier_document(**changes: Any) -> dict[str, Any]:
    """Return a dossier of three boxes, two of which are tested; named members are put in place of its own."""
    whole = {
        "dossier": 1,
        "title": "Box with one line",
        "host": "ARD",
        "inspector": "BEL",
        "copies": ["box-1", "box-2", "box-3"],
        "components": [
            {"name": "detector", "maker": "Ardania Works", "quantity": 1, "sha256": None},
            {"name": "firmware", "maker": "Ardania Works", "quantity": 1, "sha256": "ab" * 32},
        ],
        "code": code_hash(),
        "certification": "Tested for radio emission: none was found.",
        "authentication": "Box 3 was taken apart and is as the drawings say.",
        "tests": [
            {"copy": "box-1", "test": "Cs-137, 30 cm", "day": "2030-01-02", "passed": True},
            {"copy": "box-2", "test": "Cs-137, 30 cm", "day": "2030-01-02", "passed": True},
        ],
    }
    return deepcopy(whole | changes)
