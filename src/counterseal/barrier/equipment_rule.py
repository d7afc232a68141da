"""What a protocol asks of the equipment that measures: nothing, a dossier, or a copy drawn by lot.

Hardware that one party built is hardware that the other has to trust. What stands against that is paper
and chance: a bill of materials, the word of both parties, a functional test, and a joint draw of the copy.
Whether all that is asked for is part of what both sign, so that its absence is never an oversight.
"""

from enum import StrEnum


class EquipmentRule(StrEnum):
    """What must be on the record of the equipment before an attempt is opened."""

    NONE = "none"
    """Nothing, and both said so."""
    DOSSIER = "dossier"
    """A dossier that the host certified and the inspector authenticated, and a copy of it that was tested."""
    DRAWN = "drawn"
    """That, and the copy came out of a joint draw of both from all copies of the dossier."""


def agreed_words(rule: EquipmentRule | None) -> str:
    """Return in words what was agreed; None is a protocol of version 1, which has no word on it.

    >>> agreed_words(EquipmentRule.NONE)
    'no equipment dossier was agreed'
    """
    words = {
        None: "not agreed: a protocol of version 1 says nothing of the equipment",
        EquipmentRule.NONE: "no equipment dossier was agreed",
        EquipmentRule.DOSSIER: "a dossier, certified by the host and authenticated by the inspector, and a "
        "tested copy of it were agreed",
        EquipmentRule.DRAWN: "a dossier, certified by the host and authenticated by the inspector, and a "
        "tested copy of it, drawn by both by lot, were agreed",
    }
    return words[rule]
