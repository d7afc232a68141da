"""Rotation and revocation: a party's keepers sign its next key file, and its log announces it.

The switch is one transaction of the store: the new key file, the record that announces it at the very
entry where it comes into force, and the head over it under the new log keys. What the new keys grow from
is kept on disk before; a node that is killed in between has its old keys still, or its new ones whole.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from counterseal.crypto.keeper import KeeperKey
from counterseal.log.checkpoint import Checkpoint, parse_checkpoint
from counterseal.log.note import find_line
from counterseal.records.change import Change
from counterseal.records.envelope import KEYS_TYPE, seal_envelope
from counterseal.records.header import feed_id
from counterseal.records.key_file import KeyFile, RetiredKey, WorkingKey
from counterseal.records.trust import Trust
from counterseal.records.trust_chain import TrustChain, keys_path
from counterseal.records.trust_files import read_trust
from counterseal.records.trusted import AUTHOR, LOG, SEAL, WITNESS, TrustedKey
from counterseal.services.checkpointing import publish_head
from counterseal.services.errors import KeepersError, ServiceError
from counterseal.services.keys import (
    LOG_PQ,
    SEED_BYTES,
    WITNESS_PQ,
    NodeKeys,
    keys_of_seeds,
    working_keys,
)
from counterseal.services.merge_trust import stored_form
from counterseal.services.node import Node
from counterseal.services.ports import Clock, Randomness
from counterseal.services.restore import with_earlier_seal
from counterseal.services.submit import Statement, submit

ROLES = (AUTHOR, LOG, WITNESS, SEAL)
_SEEDS_OF = {AUTHOR: (AUTHOR,), LOG: (LOG, LOG_PQ), WITNESS: (WITNESS, WITNESS_PQ), SEAL: (SEAL,)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is to change.

    Attributes:
        roles: Whose keys are made new.
        accepted: By id of an author key, new or long retired: how many records of its feed are stood by.
        stolen: Ids of keys that may be in other hands: a witness key's word then counts only as far as
            this node knows that it gave it.
    """

    roles: frozenset[str]
    accepted: Mapping[str, int]
    stolen: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyChange:
    """A key file that came into force: its file, the record that announces it, the head over that."""

    file: KeyFile
    file_id: str
    record: str
    head: Checkpoint
    ended_recovery: bool


def change_keys(
    node: Node,
    seeds: Mapping[str, bytes],
    *,
    wish: Wish,
    keepers: Sequence[KeeperKey],
    keep: Callable[[str, Mapping[str, bytes]], None],
    clock: Clock,
    randomness: Randomness,
) -> KeyChange:
    """Bring the next version of the node's own key file into force, all of it or nothing.

    Args:
        node: The node; it has the new keys when this returns.
        seeds: What its present keys grow from.
        wish: What is to change.
        keepers: Keys of at least as many keepers as the threshold asks for.
        keep: Keeps the new seeds, durably, under the id of the key file that they are for.
        clock: Gives the claimed time of the record.
        randomness: Gives the new seeds.

    Raises:
        KeepersError: too few keepers, or somebody else's.
        ServiceError: the node cannot change its keys as it stands.
    """
    chain = _chain(node, wish)
    _require_keepers(node, chain, keepers)
    fresh = _fresh_seeds(node, seeds, roles=wish.roles, randomness=randomness)
    file = _next_file(node, chain, keys=keys_of_seeds(fresh), wish=wish)
    signed = seal_envelope(KEYS_TYPE, file.payload(), keys=keepers).to_bytes()
    trust = read_trust({**node.trust.files, keys_path(node.party, file.version): signed})
    keep(file.file_id, fresh)
    ended = node.recovering
    record, head = _switch(node, trust, file, seeds=fresh, clock=clock, randomness=randomness)
    return KeyChange(file=file, file_id=file.file_id, record=record, head=head, ended_recovery=ended)


def _chain(node: Node, wish: Wish) -> TrustChain:
    chain = node.trust.chain
    if chain is None:
        raise ServiceError(f"{node.party}: under a trust file of the first form keys cannot change")
    if node.recovering and not {AUTHOR, LOG, WITNESS, SEAL} <= wish.roles:
        raise ServiceError(f"{node.party}: restored from a backup, it has no signing key; make all roles new")
    if not wish.roles and not wish.accepted:
        raise ServiceError(f"{node.party}: no role is to get new keys, and no key is revoked")
    if not node.recovering:
        node.require_signing()
    return chain


def _require_keepers(node: Node, chain: TrustChain, keepers: Sequence[KeeperKey]) -> None:
    party = chain.newest.party(node.party)
    if party is None:
        raise ServiceError(f"{node.party}: is no party of trust file version {chain.newest.version}")
    roots = {root.root_id for root in party.roots}
    given = {keeper.root_id for keeper in keepers}
    if strangers := sorted(given - roots):
        raise KeepersError(
            f"keeper {strangers[0][:16]}…: is no keeper of {node.party} in trust file "
            f"version {chain.newest.version}"
        )
    if len(given) < party.threshold:
        raise KeepersError(
            f"{node.party}: found the word of {len(given)} of its keepers, "
            f"{party.threshold} of {len(party.roots)} are needed"
        )


def _fresh_seeds(
    node: Node, seeds: Mapping[str, bytes], *, roles: frozenset[str], randomness: Randomness
) -> dict[str, bytes]:
    kept = with_earlier_seal(seeds) if SEAL in roles else dict(seeds)
    for role in ROLES:
        if role in roles:
            kept |= {name: randomness(SEED_BYTES) for name in _SEEDS_OF[role]}
    missing = sorted({name for names in _SEEDS_OF.values() for name in names} - kept.keys())
    if missing:
        raise ServiceError(f"{node.party}: what its {missing[0]} key grows from is not in its folder")
    return kept


def _next_file(node: Node, chain: TrustChain, *, keys: NodeKeys, wish: Wish) -> KeyFile:
    newest = chain.keys[node.party][-1]
    listed = working_keys(keys, place=node.log.origin.removesuffix("/log"))
    present = {key.key_id for key in listed}
    retired = {key.key_id: key for key in newest.file.retired}
    for key in newest.file.keys:
        if key.key_id not in present:
            retired[key.key_id] = _retired(node, key, wish)
    for key_id, accepted in wish.accepted.items():
        if key_id not in retired or retired[key_id].role != AUTHOR:
            raise ServiceError(f"key {key_id[:16]}…: is no author key of {node.party} that is retired hereby")
        retired[key_id] = replace(retired[key_id], accepted=accepted)
    return KeyFile(
        treaty=node.trust.treaty,
        party=node.party,
        version=newest.file.version + 1,
        previous=newest.file_id,
        at=node.store.size(node.log.origin),
        keys=listed,
        retired=tuple(retired.values()),
    )


def _retired(node: Node, key: WorkingKey, wish: Wish) -> RetiredKey:
    heads = tuple(
        (log.origin, _vouched(node, known, log.origin, stolen=key.key_id in wish.stolen))
        for known in node.trust.keys_of(WITNESS)
        for log in node.trust.logs
        if known.key_id == key.key_id and log.party != node.party
    )
    return RetiredKey(key_id=key.key_id, role=key.role, heads=heads)


def _vouched(node: Node, key: TrustedKey, origin: str, *, stolen: bool) -> int:
    """Up to which size a witness key's word on a log counts: what is kept here, and what others show."""
    text = node.store.witnessed(origin)
    sizes = [0, parse_checkpoint(text).size if text else 0]
    if not stolen:
        notes = node.store.checkpoints(origin)
        sizes += [parse_checkpoint(n.text).size for n in notes if find_line(n, key.note_key) is not None]
    return max(sizes)


def _switch(
    node: Node,
    trust: Trust,
    file: KeyFile,
    *,
    seeds: Mapping[str, bytes],
    clock: Clock,
    randomness: Randomness,
) -> tuple[str, Checkpoint]:
    keys = replace(keys_of_seeds(seeds), earlier_seals=node.keys.earlier_seals)
    if keys.seal != node.keys.seal and node.keys.seal is not None:
        keys = replace(keys, earlier_seals=node.keys.seals)
    successor = Node(party=node.party, trust=trust, keys=keys, pack=node.pack, store=node.store)
    change = Change(version=file.version, file_id=file.file_id, party=node.party)
    statement = Statement(kind=change.kind, members=change.statement(), refs=_last_words(node, file))
    with node.store.transaction():
        node.store.add_trust_documents(stored_form(trust))
        (record,) = submit(successor, [statement], clock=clock, randomness=randomness)
        head = publish_head(successor)
    node.trust, node.keys, node.recovering = trust, keys, False
    return record, head


def _last_words(node: Node, file: KeyFile) -> tuple[str, ...]:
    """Ids of the last known records of the feeds that end here: a new feed begins by naming them."""
    present = {key.key_id for key in file.keys}
    ended = [key for key in node.trust.present(node.party, AUTHOR) if key.key_id not in present]
    feeds = [feed_id(treaty=file.treaty, author=file.party, public=key.public) for key in ended]
    heads = [head for feed in feeds if (head := node.store.feed_head(feed)) is not None]
    return tuple(sorted(head.record_id for head in heads))


def key_named(node: Node, text: str) -> TrustedKey:
    """Return the node's own key whose id begins so, present or retired.

    Raises:
        ServiceError: none, or several.
    """
    found = [key for key in node.trust.keys if key.party == node.party and key.key_id.startswith(text)]
    if len(found) != 1:
        raise ServiceError(
            f"key {text}: {len(found)} keys of {node.party} have an id that begins so, must be one"
        )
    return found[0]


def wish_to_revoke(key: TrustedKey, *, accepted: int | None, known: int) -> Wish:
    """Return what is to change when a key may be in other hands.

    Args:
        key: The key, present or retired.
        accepted: Of an author key: how many records of its feed the party stands by.
        known: How many records of its feed are here.

    Raises:
        ServiceError: the number is missing, is not for this key, or there is nothing to change.
    """
    if (key.role == AUTHOR) != (accepted is not None):
        raise ServiceError(
            f"key {key.key_id[:16]}… ({key.role}): --accepted is for an author key, and needed there"
        )
    if accepted is not None and accepted > known:
        raise ServiceError(f"--accepted {accepted}: only {known} records of that feed are here")
    if key.end is not None and key.role != AUTHOR:
        raise ServiceError(f"key {key.key_id[:16]}… ({key.role}): is retired already")
    return Wish(
        roles=frozenset((key.role,)) if key.end is None else frozenset(),
        accepted={} if accepted is None else {key.key_id: accepted},
        stolen=frozenset((key.key_id,)),
    )
