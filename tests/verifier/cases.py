"""All that must be refused: importing the chapters fills the casebook."""

from verifier import (
    case_bodies,
    case_checkpoints,
    case_disclosures,
    case_draws,
    case_escrow,
    case_feeds,
    case_forks,
    case_key_files,
    case_logged,
    case_mldsa_lines,
    case_names,
    case_records,
    case_roots,
    case_sealed,
    case_tiles,
    case_trust,
    case_trust_chain,
)
from verifier.casebook import CASES, Case

CHAPTERS = (
    case_names,
    case_trust,
    case_trust_chain,
    case_key_files,
    case_mldsa_lines,
    case_sealed,
    case_disclosures,
    case_escrow,
    case_draws,
    case_logged,
    case_roots,
    case_checkpoints,
    case_tiles,
    case_records,
    case_feeds,
    case_bodies,
    case_forks,
)
__all__ = ["CASES", "CHAPTERS", "Case"]
