"""Counterseal: an open system to verify nuclear disarmament agreements.

This package file holds the version and nothing else. Start with
``ARCHITECTURE.md``, the map of the rooms, or with ``counterseal --help``.
"""

__version__ = "0.1.0"
