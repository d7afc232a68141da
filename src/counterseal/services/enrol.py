"""Enrolment: parties that sit apart make one trust file, each from the cards of all.

What is signed follows from what was compared: the same cards, the same trust file before and the same
sides give the same bytes wherever they are put together, so that all keepers sign one thing.
``draft.py`` gathers their signatures; ``install`` brings the signed file into force.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

from counterseal.crypto.keeper import KeeperKey
from counterseal.crypto.merkle import EMPTY_ROOT
from counterseal.log.checkpoint import Checkpoint
from counterseal.log.note import Note
from counterseal.records.card import Card, FirstKeys, write_card
from counterseal.records.change import Change
from counterseal.records.envelope import KEYS_TYPE, seal_envelope
from counterseal.records.trust import Trust
from counterseal.records.trust_chain import TRUST_NAME, TrustChain, history_path
from counterseal.records.trust_files import read_trust
from counterseal.records.trust_v2 import RootedParty, TrustVersion
from counterseal.records.trusted import Side
from counterseal.services.checkpointing import publish_head
from counterseal.services.draft import Draft
from counterseal.services.errors import EnrolmentError
from counterseal.services.found import first_key_file, log_origin
from counterseal.services.keys import NodeKeys, sign_head
from counterseal.services.merge_trust import stored_form
from counterseal.services.node import Node
from counterseal.services.ports import Clock, Randomness, Store
from counterseal.services.statements import AGREEMENT
from counterseal.services.submit import Statement, submit
from counterseal.terms.parties import PartyCode
from counterseal.treaty.pack import Pack, Party


def pack_digest(pack_text: bytes) -> str:
    """Return by what parties tell that they hold one treaty pack [64 hexadecimal digits]."""
    return sha256(pack_text).hexdigest()


def first_card(
    pack: Pack,
    party: Party,
    *,
    pack_text: bytes,
    keys: NodeKeys,
    keepers: Sequence[KeeperKey],
    threshold: int,
) -> bytes:
    """Return the card of a party that is in no trust file yet.

    Args:
        pack: The agreement.
        party: Who it is.
        pack_text: The bytes that the pack was read from.
        keys: Its working keys.
        keepers: Keys of all its keepers.
        threshold: How many of them speak for it.
    """
    file = first_key_file(pack, party.code, keys=keys)
    origin = log_origin(pack, party.code)
    head = Checkpoint(origin=origin, size=0, root=EMPTY_ROOT)
    rooted = RootedParty(
        code=party.code,
        name=party.name,
        kind=party.kind,
        log=origin,
        roots=tuple(sorted((keeper.public for keeper in keepers), key=lambda root: root.root_id)),
        threshold=threshold,
        keys_version=1,
        keys_id=file.file_id,
    )
    signing = (keys.author, keys.log, keys.log_pq, keys.witness, keys.witness_pq)
    first = FirstKeys(
        key_file=seal_envelope(KEYS_TYPE, file.payload(), keys=keepers).to_bytes(),
        head=Note(text=head.text(), lines=tuple(sign_head(head, keys))),
        signers=tuple(key for key in signing if key is not None),
    )
    return write_card(rooted, treaty=pack.id, pack=pack_digest(pack_text), keepers=keepers, first=first)


def renewed_card(
    party: RootedParty, *, treaty: str, pack_text: bytes, keepers: Sequence[KeeperKey], threshold: int
) -> bytes:
    """Return the card by which a party that is in the trust file asks for other keepers.

    Args:
        party: The party as it stands in the newest trust file.
        treaty: Id of the treaty.
        pack_text: The bytes of the treaty pack.
        keepers: Keys of all who shall keep it from now on.
        threshold: How many of them shall speak for it.
    """
    roots = tuple(sorted((keeper.public for keeper in keepers), key=lambda root: root.root_id))
    renewed = replace(party, roots=roots, threshold=threshold)
    return write_card(renewed, treaty=treaty, pack=pack_digest(pack_text), keepers=keepers)


def require_card_of(card: Card, *, pack: Pack, pack_text: bytes) -> None:
    """Refuse a card that is not of this agreement, or is of another kind than it names.

    Raises:
        EnrolmentError: saying which.
    """
    code = card.party.code
    if card.treaty != pack.id:
        raise EnrolmentError(f"card of {code}: under treaty {card.treaty}, this node is under {pack.id}")
    if card.pack != pack_digest(pack_text):
        raise EnrolmentError(f"card of {code}: made under another text of the treaty pack than this node's")
    if card.party.log != log_origin(pack, code):
        raise EnrolmentError(
            f"card of {code}: its log is {card.party.log}, must be {log_origin(pack, code)} under this treaty"
        )
    named = {party.code: party.kind for party in pack.parties}
    if card.party.kind != named.get(code, card.party.kind):
        raise EnrolmentError(f"card of {code}: kind {card.party.kind}, the treaty has it as {named[code]}")
    if card.party.kind == "state" and code not in named:
        raise EnrolmentError(f"card of {code}: kind state, the treaty has no such State")


def propose(
    treaty: str, *, base: Trust | None, cards: Sequence[Card], sides: Sequence[Side] | None = None
) -> TrustVersion:
    """Return the trust file that follows: a pure function, so that all parties find the same bytes.

    Args:
        treaty: Id of the treaty.
        base: The trust now in force; None when the treaty is founded.
        cards: Of parties that join and of those whose keepers change, compared beforehand.
        sides: Who stands together and how many of them must vouch; by default as before, each new party
            a side of its own.

    Raises:
        EnrolmentError: a card does not fit, or nothing would change.
        TrustError: the result would break its own format.
    """
    chain = base.chain if base else None
    before = chain.newest if chain else None
    parties = {party.code: _with_newest_keys(chain, party) for party in chain.newest.parties} if chain else {}
    held = dict(parties)
    for card in cards:
        if not is_stale(card, base):
            parties[card.party.code] = _joined(card, held.get(card.party.code))
    chosen = _sides(before, new=sorted(parties.keys() - held.keys())) if sides is None else tuple(sides)
    if before and parties == held and chosen == before.sides:
        raise EnrolmentError(
            f"trust file version {before.version}: nothing to change: no new card, same sides"
        )
    trust = TrustVersion(
        treaty=treaty,
        version=before.version + 1 if before else 1,
        previous=chain.versions[-1].trust_id if chain else None,
        parties=tuple(parties[code] for code in sorted(parties)),
        sides=tuple(sorted(chosen, key=lambda side: side.parties[0])),
    )
    trust.payload()
    return trust


def is_stale(card: Card, base: Trust | None) -> bool:
    """Whether a card's keepers are, or once were, those of its party in the trust files already."""
    versions = base.chain.versions if base and base.chain else ()
    known = (signed.trust.party(card.party.code) for signed in versions)
    return card.fingerprint in {party.fingerprint(card.treaty) for party in known if party}


def _with_newest_keys(chain: TrustChain, party: RootedParty) -> RootedParty:
    newest = chain.keys[party.code][-1]
    return replace(party, keys_version=newest.file.version, keys_id=newest.file_id)


def _joined(card: Card, held: RootedParty | None) -> RootedParty:
    party = card.party
    if held is None:
        if card.keys is None:
            raise EnrolmentError(
                f"card of {party.code}: has no first key file, and the party is not enrolled"
            )
        return party
    if card.keys is not None:
        raise EnrolmentError(
            f"card of {party.code}: a first card, and the party is enrolled; other keepers come by "
            "`counterseal party renew`"
        )
    if (party.kind, party.log) != (held.kind, held.log):
        raise EnrolmentError(f"card of {party.code}: names another kind or log than the trust file")
    return replace(held, name=party.name, roots=party.roots, threshold=party.threshold)


def _sides(before: TrustVersion | None, *, new: Sequence[PartyCode]) -> tuple[Side, ...]:
    return (*(before.sides if before else ()), *(Side(parties=(code,)) for code in new))


def require_compared(
    trust: TrustVersion, *, own: PartyCode, base: Trust | None, compared: Mapping[str, str]
) -> None:
    """Refuse a trust file with keepers that this party has not compared by other means.

    Args:
        trust: The trust file that is to be signed.
        own: The party that is to sign.
        base: The trust in force at this party's own node, in which everybody was compared before.
        compared: Fingerprints by party code, as read aloud and typed in.

    Raises:
        EnrolmentError: naming the party and what is to be done.
    """
    known = {str(party.code): party.fingerprint for party in base.parties} if base else {}
    for party in trust.parties:
        found = party.fingerprint(trust.treaty)
        if party.code == own or found in (known.get(party.code), compared.get(party.code)):
            continue
        raise EnrolmentError(
            f"{party.code}: its fingerprint {found[:16]}… was not compared; have it read aloud, then "
            f"counterseal party add --fingerprint {party.code}:…"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What a party has where it joins: its name, keys and store, the agreement, and clock and chance."""

    party: PartyCode
    pack: Pack
    pack_text: bytes
    keys: NodeKeys
    store: Store
    clock: Clock
    randomness: Randomness


def install(place: Place, draft: Draft) -> Node:
    """Bring a draft that everybody has signed into force at one node: all of it, or nothing.

    The heads of new parties' empty logs are kept, so that bundles can be made; the first version brings
    the treaty pack as the first record of the first State, each later one a record that it is in force.

    Raises:
        TrustError: a signature is missing or does not hold.
        ServiceError: this node's keys are not in force under it.
    """
    trust = read_trust(_files(draft))
    node = Node(party=place.party, trust=trust, keys=place.keys, pack=place.pack, store=place.store)
    with place.store.transaction():
        place.store.add_trust_documents(stored_form(trust))
        for card in draft.cards:
            if card.head is not None and not place.store.checkpoints(card.party.log):
                place.store.add_checkpoint(card.party.log, size=0, note=card.head)
        said = _first_words(place, draft)
        if said:
            submit(node, said, clock=place.clock, randomness=place.randomness)
        publish_head(node)
    return node


def _files(draft: Draft) -> dict[str, bytes]:
    files = dict(draft.base.files) if draft.base else {}
    if TRUST_NAME in files:
        files[history_path(draft.trust.version - 1)] = files.pop(TRUST_NAME)
    files |= {card.keys.path: card.keys.data for card in draft.cards if card.keys is not None}
    return files | {TRUST_NAME: draft.envelope.to_bytes()}


def _first_words(place: Place, draft: Draft) -> list[Statement]:
    if draft.trust.version > 1:
        change = Change(version=draft.trust.version, file_id=draft.trust.trust_id)
        return [Statement(kind=change.kind, members=change.statement())]
    if place.pack.states and place.party == place.pack.states[0]:
        text = place.pack_text.decode()
        members = {"id": place.pack.id, "pack": text, "version": place.pack.version}
        return [Statement(kind=AGREEMENT, members=members)]
    return []
