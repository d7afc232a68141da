"""Defects that the model has found and that are not mended yet: it keeps clear of them, so as to find others.

Each has a test in ``test_found_by_the_model.py`` that is expected to fail; when it passes, its name goes.
"""

OTHER_SIGNATURES = "other-signatures"
"""A trust file or key file that comes again under other signatures of the same keepers cannot be stored."""

OPEN = frozenset((OTHER_SIGNATURES,))
