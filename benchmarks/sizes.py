"""How many of everything a run works on."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """Numbers of records, groups and repetitions.

    Attributes:
        full: Records of the bundles that are verified at full depth and imported; ``chain`` at chain depth.
        singles: Records that are appended one by one.
        tiled: Leaves of the log whose tiles give so many ``proofs``.
        heads: Heads that are cosigned.
        zipped: Entries of the ZIP, ``strewn`` files of the folder and ``listed`` files of the manifest that
            are made to be refused.
    """

    full: int = 100_000
    chain: int = 1_000_000
    groups: int = 40
    leaves: int = 400_000
    documents: int = 200_000
    singles: int = 500
    proofs: int = 2_000
    tiled: int = 1_000_000
    heads: int = 200
    zipped: int = 65_534
    strewn: int = 200_000
    listed: int = 250_000


QUICK = Sizes(
    full=700,
    chain=1_500,
    groups=2,
    leaves=2_000,
    documents=500,
    singles=5,
    proofs=20,
    tiled=3_000,
    heads=3,
    zipped=500,
    strewn=500,
    listed=500,
)
"""Small enough to see that everything runs; the figures mean nothing."""
