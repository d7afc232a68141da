"""A node: one party's keys, trust, treaty pack and store, and the trees derived from the store."""

from dataclasses import dataclass, field

from counterseal.log.checkpoint import Checkpoint, parse_checkpoint
from counterseal.log.note import Note
from counterseal.log.tree import HashTree
from counterseal.records.header import feed_id
from counterseal.records.trust import Trust
from counterseal.records.trusted import AUTHOR, LOG, WITNESS, TrustedLog
from counterseal.services.errors import ServiceError
from counterseal.services.keys import NodeKeys
from counterseal.services.ports import Store
from counterseal.terms.parties import PartyCode
from counterseal.treaty.pack import Pack


@dataclass(slots=True, kw_only=True)
class Node:
    """One party's place: everything that its use cases need but clock and randomness.

    Attributes:
        recovering: Whether it was restored from a backup: until its party's keepers have signed new keys for
            it, it takes back what others hold of its own log, and signs nothing.
        restored: Whether its store was ever put back from a backup: what it sent after that is not in it.
        pack_text: The text of its pack, as the node was set up with; None agrees to no pack unasked.
    """

    party: PartyCode
    trust: Trust
    keys: NodeKeys
    pack: Pack
    store: Store
    recovering: bool = False
    restored: bool = False
    pack_text: str | None = None
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
            ServiceError: its witness key is not in force.
        """
        key = self.trust.key(self.party, self.keys.witness.key_id)
        if key is None or key.end is not None:
            raise ServiceError(f"{self.party}: its witness key is not in force in the trust files")
        return key.name

    def require_signing(self) -> None:
        """Refuse to sign with keys that are not this party's present ones.

        Raises:
            ServiceError: the node is recovering, or its keys were retired.
        """
        if self.recovering:
            raise ServiceError(
                f"{self.party}: restored from a backup; bring in what the others hold, then have the "
                "keepers sign new keys (counterseal party rotate)"
            )
        own = {self.keys.author.key_id: AUTHOR, self.keys.log.key_id: LOG, self.keys.witness.key_id: WITNESS}
        for key_id, role in own.items():
            if key_id not in {key.key_id for key in self.trust.present(self.party, role)}:
                raise ServiceError(f"{self.party}: this node's {role} key is not in force in the trust files")

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
