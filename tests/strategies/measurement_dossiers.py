"""A dossier of equipment that never was."""

from copy import deepcopy
from typing import Any

from counterseal.barrier.code_hash import code_hash
from counterseal.reference.nuclear_data import load_nuclear_data


def dossier_document(**changes: Any) -> dict[str, Any]:
    """Return a dossier of three boxes, two of which are tested; named members are put in place of its own."""
    data = load_nuclear_data()
    whole = {
        "dossier": 2,
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
        "nuclear_data": {"version": data.version, "sha256": data.sha256},
    }
    return deepcopy(whole | changes)


def first_dossier(**changes: Any) -> dict[str, Any]:
    """Return such a dossier in version 1 of its form, which does not name the nuclear data."""
    whole = dossier_document(**({"dossier": 1} | changes))
    del whole["nuclear_data"]
    return whole
