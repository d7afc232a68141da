"""The words of trust: roles of keys, kinds of parties, and what is known of a key once all files are read."""

from dataclasses import dataclass
from functools import lru_cache

from counterseal.crypto.mldsa import ML_DSA_44
from counterseal.log.cosignature import COSIGNATURE, SUBTREE_COSIGNATURE
from counterseal.log.note import ED25519 as PLAIN
from counterseal.log.note import NoteKey
from counterseal.terms.parties import PartyCode

AUTHOR, LOG, WITNESS, SEAL = "author", "log", "witness", "seal"
PARTY_KINDS = ("state", "auditor", "observer")
MIN_SIDES = 2
ED25519 = "ed25519"
HYBRID_SEAL = "mlkem768-x25519"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustedKey:
    """A key, its one role, and for which part of the record its word counts.

    Attributes:
        name: The name under which it stands on notes.
        start: Index in its party's log from which it is in force.
        end: Index from which it no longer is, or None.
        founding: Whether it is one of its party's first keys.
        accepted: Number of records of its feed that its party stands by, or None for all of them.
        heads: Of a retired witness key: to which size of which origin its word counts; else None.
    """

    party: PartyCode
    role: str
    name: str
    public: bytes
    key_id: str
    algorithm: str = ED25519
    start: int = 0
    end: int | None = None
    founding: bool = True
    accepted: int | None = None
    heads: tuple[tuple[str, int], ...] | None = None

    def __hash__(self) -> int:
        """Hash the id alone: keys are looked up often, and two of one id hardly ever differ."""
        return hash(self.key_id)

    @property
    def note_key(self) -> NoteKey:
        """The key as notes know it (a log's or a witness's)."""
        return _note_key(self)

    def in_force(self, index: int) -> bool:
        """Whether its party's log was under this key at entry ``index``."""
        return self.start <= index and (self.end is None or index < self.end)

    def vouches_for(self, origin: str, size: int) -> bool:
        """Whether, as a witness, its word on that head counts."""
        return self.heads is None or size <= dict(self.heads).get(origin, -1)


@lru_cache(maxsize=1024)
def _note_key(key: TrustedKey) -> NoteKey:
    return NoteKey(name=key.name, public=key.public, algorithm=note_algorithm(key.role, key.algorithm))


def note_algorithm(role: str, algorithm: str) -> int:
    """Return the algorithm byte under which a log's or witness's key stands on notes."""
    if algorithm == ML_DSA_44:
        return SUBTREE_COSIGNATURE
    return PLAIN if role == LOG else COSIGNATURE


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustedParty:
    """A party: its code, name, kind, and the fingerprint of its root [64 hexadecimal digits]."""

    code: PartyCode
    name: str
    kind: str
    fingerprint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustedLog:
    """A party's log, by its origin."""

    origin: str
    party: PartyCode


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """Parties that stand together, and how many of them must vouch for a head."""

    parties: tuple[PartyCode, ...]
    threshold: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Witness:
    """The keys by which one party cosigns; its word counts when all of them signed, at one time."""

    party: PartyCode
    keys: tuple[TrustedKey, ...]
