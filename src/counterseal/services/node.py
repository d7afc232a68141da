"""A node: one party's keys, trust file, treaty pack and store, and the trees derived from the store."""

from dataclasses import dataclass, field

from counterseal.crypto.ed25519 import SigningKey
from counterseal.log.checkpoint import Checkpoint, parse_checkpoint
from counterseal.log.note import Note
from counterseal.log.tree import HashTree
from counterseal.records.header import feed_id
from counterseal.records.trust import TrustedLog, TrustFile
from counterseal.services.errors import ServiceError
from counterseal.services.ports import Store
from counterseal.terms.parties import PartyCode
from counterseal.treaty.pack import Pack


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeKeys:
    """A party's working keys, one for each role. Its root key is not among them."""

    author: SigningKey
    log: SigningKey
    witness: SigningKey


@dataclass(slots=True, kw_only=True)
class Node:
    """One party's place: everything that its use cases need but clock and randomness."""

    party: PartyCode
    trust: TrustFile
    trust_bytes: bytes
    keys: NodeKeys
    pack: Pack
    store: Store
    _trees: dict[str, HashTree] = field(default_factory=dict)

    @property
    def log(self) -> TrustedLog:
        """The party's own log."""
        return self.trust.log_of(self.party)

    @property
    def feed(self) -> str:
        """Id of the feed of the party's author key."""
        return feed_id(treaty=self.trust.treaty, author=self.party, public=self.keys.author.public)

    @property
    def witness_name(self) -> str:
        """The name under which the party cosigns.

        Raises:
            ServiceError: its witness key is not in the trust file.
        """
        key = self.trust.key(self.keys.witness.key_id)
        if key is None:
            raise ServiceError(f"{self.party}: its witness key is not in the trust file")
        return key.name

    def tree(self, origin: str) -> HashTree:
        """Return the hash tree of a log, brought up to what the store holds."""
        tree = self._trees.get(origin)
        if tree is None or tree.size > self.store.size(origin):
            tree = HashTree()
        if tree.size < self.store.size(origin):
            for number, leaf in enumerate(self.store.leaves(origin)):
                if number >= tree.size:
                    tree.append(leaf)
        self._trees[origin] = tree
        return tree

    def newest(self, origin: str) -> tuple[Checkpoint, Note] | None:
        """Return the newest checkpoint of a log that the store keeps, or None."""
        notes = self.store.checkpoints(origin)
        return (parse_checkpoint(notes[-1].text), notes[-1]) if notes else None
