"""The keys of a party: its working keys, one for each role, and those of its root's keepers."""

from collections.abc import Mapping
from dataclasses import dataclass

from counterseal.crypto.ed25519 import SigningKey, signing_key
from counterseal.crypto.keeper import KeeperKey, keeper_key
from counterseal.crypto.mldsa import ML_DSA_44, MlDsaKey, mldsa_key
from counterseal.crypto.sealing import SealKey, seal_key
from counterseal.log.checkpoint import Checkpoint
from counterseal.log.cosignature import cosign_mldsa
from counterseal.log.note import NoteLine, sign_note
from counterseal.records.key_file import WorkingKey
from counterseal.records.trusted import AUTHOR, ED25519, HYBRID_SEAL, LOG, SEAL, WITNESS
from counterseal.services.errors import ServiceError
from counterseal.services.ports import Randomness

SEED_BYTES = 32
LOG_PQ, WITNESS_PQ = "log-pq", "witness-pq"
SEEDED = (AUTHOR, LOG, LOG_PQ, WITNESS, WITNESS_PQ, SEAL)
"""Every working key grows from a seed of its own; this is their order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeKeys:
    """A party's working keys; its root's keepers are not among them.

    Attributes:
        log_pq: The log's lasting key (ML-DSA-44); like the next two None under trust of the first form.
        witness_pq: The witness's lasting key.
        seal: What opens bodies that are sealed to the party now.
        earlier_seals: What opens those that were sealed to it before its seal key was changed.
    """

    author: SigningKey
    log: SigningKey
    witness: SigningKey
    log_pq: MlDsaKey | None = None
    witness_pq: MlDsaKey | None = None
    seal: SealKey | None = None
    earlier_seals: tuple[SealKey, ...] = ()

    @property
    def seals(self) -> tuple[SealKey, ...]:
        """Every key that opens something, the present one first."""
        return (*((self.seal,) if self.seal else ()), *self.earlier_seals)


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyKeys:
    """All keys of one party, and the seeds of the working ones.

    Attributes:
        keepers: Keys of those who speak for the party in trust files and key files, kept apart.
        keeper_seeds: The seed of each of them.
        seeds: By name, the seed of each working key.
    """

    keepers: tuple[KeeperKey, ...]
    keeper_seeds: tuple[bytes, ...]
    working: NodeKeys
    seeds: Mapping[str, bytes]


def make_seeds(randomness: Randomness) -> dict[str, bytes]:
    """Return new seeds for all working keys [32 random bytes each]."""
    return {name: randomness(SEED_BYTES) for name in SEEDED}


def keys_of_seeds(seeds: Mapping[str, bytes]) -> NodeKeys:
    """Return the working keys that grow from seeds.

    Raises:
        KeyError: the seed of a key that every node has is missing.
        ValueError: a seed is not 32 bytes.
    """
    return NodeKeys(
        author=signing_key(seeds[AUTHOR]),
        log=signing_key(seeds[LOG]),
        witness=signing_key(seeds[WITNESS]),
        log_pq=mldsa_key(seeds[LOG_PQ], algorithm=ML_DSA_44) if LOG_PQ in seeds else None,
        witness_pq=mldsa_key(seeds[WITNESS_PQ], algorithm=ML_DSA_44) if WITNESS_PQ in seeds else None,
        seal=seal_key(seeds[SEAL]) if SEAL in seeds else None,
    )


def make_keys(randomness: Randomness, *, keepers: int = 1) -> PartyKeys:
    """Return the keys of one party, each from 32 random bytes of its own."""
    keeper_seeds = tuple(randomness(SEED_BYTES) for _ in range(keepers))
    seeds = make_seeds(randomness)
    return PartyKeys(
        keepers=tuple(keeper_key(seed) for seed in keeper_seeds),
        keeper_seeds=keeper_seeds,
        working=keys_of_seeds(seeds),
        seeds=seeds,
    )


def working_keys(keys: NodeKeys, *, place: str) -> tuple[WorkingKey, ...]:
    """Return the public halves as a key file lists them.

    Args:
        keys: The party's working keys.
        place: What their names begin with.

    Raises:
        ServiceError: they are not all there: the keys of a node of the first form.
    """
    if keys.log_pq is None or keys.witness_pq is None or keys.seal is None:
        raise ServiceError("keys of a node of the first form cannot stand in a key file")
    listed = (
        (AUTHOR, f"{place}/author", ED25519, keys.author.public),
        (LOG, f"{place}/log", ED25519, keys.log.public),
        (LOG, f"{place}/log", ML_DSA_44, keys.log_pq.public),
        (WITNESS, f"{place}/witness", ED25519, keys.witness.public),
        (WITNESS, f"{place}/witness", ML_DSA_44, keys.witness_pq.public),
        (SEAL, f"{place}/seal", HYBRID_SEAL, keys.seal.public),
    )
    found = (
        WorkingKey(role=role, name=name, algorithm=algorithm, public=public)
        for role, name, algorithm, public in listed
    )
    return tuple(sorted(found, key=lambda key: key.key_id))


def sign_head(head: Checkpoint, keys: NodeKeys) -> list[NoteLine]:
    """Return the log's own lines under its head."""
    lines = [sign_note(head.text(), keys.log, name=head.origin)]
    if keys.log_pq is not None:
        lines.append(cosign_mldsa(head, keys.log_pq, name=head.origin, at=None))
    return lines
