"""How many of everything a run works on."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """Numbers of records, groups and repetitions."""

    full: int = 100_000
    chain: int = 1_000_000
    groups: int = 40
    leaves: int = 400_000
    documents: int = 200_000


QUICK = Sizes(full=700, chain=1_500, groups=2, leaves=2_000, documents=500)
"""Small enough to see that everything runs; the figures mean nothing."""
