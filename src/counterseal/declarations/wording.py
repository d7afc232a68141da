"""What a name or a sentence in a declaration may be made of, and how a bad one is shown."""

import unicodedata

LONGEST_NAME = 200
"""Longest name of a system, site, item or attribute [characters]."""
LONGEST_CITATION = 1000
"""Longest citation [characters]."""

_SHOWN = 60
_NOT_TEXT = frozenset({"Cc", "Cs", "Zl", "Zp"})
# They change the order in which text is shown, so that a line can say one thing and mean another.
_DIRECTION = frozenset(map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A))))


def shown(text: object) -> str:
    """Return ``text`` quoted for a message, cut after 60 characters."""
    if not isinstance(text, str):
        return repr(text)[:_SHOWN]
    return (
        repr(text) if len(text) <= _SHOWN else f"{text[:_SHOWN]!r} (and {len(text) - _SHOWN} more characters)"
    )


def text_fault(text: str, *, longest: int = LONGEST_NAME) -> str | None:
    """Return what is wrong with a name or sentence, or None if nothing is.

    Args:
        text: The name or sentence.
        longest: Most characters that it may have.
    """
    if not text or text.strip() != text:
        return f"found {shown(text)}, must have text and no white space before or after it"
    if len(text) > longest:
        return f"found {len(text)} characters, must be at most {longest}"
    if text.isprintable():
        return None
    for character in text:
        if unicodedata.category(character) in _NOT_TEXT or character in _DIRECTION:
            return f"found the character U+{ord(character):04X}, must be one line of plain text"
    return None
