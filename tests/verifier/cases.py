"""All that must be refused: importing the chapters fills the casebook."""

from verifier import (
    case_bodies,
    case_checkpoints,
    case_feeds,
    case_forks,
    case_names,
    case_records,
    case_roots,
    case_tiles,
    case_trust,
)
from verifier.casebook import CASES, Case

CHAPTERS = (
    case_names,
    case_trust,
    case_roots,
    case_checkpoints,
    case_tiles,
    case_records,
    case_feeds,
    case_bodies,
    case_forks,
)
__all__ = ["CASES", "CHAPTERS", "Case"]
