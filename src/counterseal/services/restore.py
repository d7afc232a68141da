"""What a backup may hold of a node's keys, and what a node is that was restored from one.

A backup holds no signing key: two machines that sign as one party would tell two stories. What opens sealed
bodies is no voice and may be kept twice. A restored node takes back what others hold of its own log;
it speaks again when its party's keepers have signed new keys for it (``rotate.py``), in a new feed.
"""

from collections.abc import Mapping
from dataclasses import replace

from counterseal.crypto.sealing import SealKey, seal_key
from counterseal.records.trusted import SEAL
from counterseal.services.keys import SEED_BYTES, SEEDED, NodeKeys, keys_of_seeds
from counterseal.services.ports import Randomness

EARLIER_SEAL = "seal-earlier-"
"""Seal keys of before are kept under this name and a number, from 1, the oldest first."""

SECRETS = "secrets"
"""The key under which a locked node keeps its secrets."""


def with_earlier_seal(seeds: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return seeds in which the present seal key has become one of the earlier ones."""
    kept = dict(seeds)
    if SEAL in kept:
        number = sum(name.startswith(EARLIER_SEAL) for name in kept) + 1
        kept[f"{EARLIER_SEAL}{number}"] = kept.pop(SEAL)
    return kept


def without_voice(seeds: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the seeds that a backup may hold: nothing that signs."""
    return {
        name: seed for name, seed in seeds.items() if name in (SEAL, SECRETS) or name.startswith(EARLIER_SEAL)
    }


def node_keys(seeds: Mapping[str, bytes]) -> NodeKeys:
    """Return the keys that grow from a node's seeds, earlier seal keys among them.

    Raises:
        KeyError: the seed of a key that every node has is missing.
        ValueError: a seed is not 32 bytes.
    """
    return replace(keys_of_seeds(seeds), earlier_seals=_earlier_seals(seeds))


def voiceless_keys(seeds: Mapping[str, bytes], *, randomness: Randomness) -> NodeKeys:
    """Return the keys of a node that cannot sign: its seal keys, and keys of nobody for the rest."""
    nobody = {name: randomness(SEED_BYTES) for name in SEEDED if name != SEAL}
    return node_keys({**nobody, **without_voice(seeds)})


def _earlier_seals(seeds: Mapping[str, bytes]) -> tuple[SealKey, ...]:
    numbers = sorted(int(name.removeprefix(EARLIER_SEAL)) for name in seeds if name.startswith(EARLIER_SEAL))
    return tuple(seal_key(seeds[f"{EARLIER_SEAL}{number}"]) for number in reversed(numbers))
