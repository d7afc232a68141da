"""Defects that the model has found and that are not mended yet: it keeps clear of them, so as to find others.

Each has a test in ``test_found_by_the_model.py`` that is expected to fail; when it passes, its name goes.
"""

WORD_AGAINST_ENTRIES = "word-against-entries"
"""A witness that holds entries cosigns a larger head that contradicts them, if it cosigned none before."""

OPEN: frozenset[str] = frozenset()
