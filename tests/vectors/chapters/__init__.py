"""The chapters of the conformance corpus: importing them fills the list of vectors."""

from vectors.chapters import (
    bodies,
    canonical,
    chains,
    checkpoints,
    draws,
    envelopes,
    escrows,
    feeds,
    forks,
    key_changes,
    rollback,
    sealed,
    sound,
    whole,
)

ALL = (
    sound,
    whole,
    canonical,
    envelopes,
    feeds,
    checkpoints,
    bodies,
    escrows,
    draws,
    chains,
    key_changes,
    rollback,
    sealed,
    forks,
)
