"""Who takes part: States, inspectorates, auditors, each by a short code."""

import re
from typing import NewType

PartyCode = NewType("PartyCode", str)
"""A party's code within one agreement: capitals, digits and hyphens, 1 to 32 of them."""

_CODE = re.compile(r"[A-Z][A-Z0-9-]{0,31}", re.ASCII)


def parse_party_code(text: str) -> PartyCode:
    """Return ``text`` as a party code.

    Raises:
        ValueError: it is not 1 to 32 capitals, digits or hyphens, led by a capital.
    """
    if not _CODE.fullmatch(text):
        raise ValueError(f"party code {text!r}: must be 1 to 32 of A-Z, 0-9 and '-', beginning with a letter")
    return PartyCode(text)
