"""A party's own node, on its own machine: made, enrolled, given new keys, backed up and restored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from counterseal.app.bootstrap import SystemClock, SystemRandomness
from counterseal.app.storage.errors import StorageError
from counterseal.app.storage.key_change import forget_old_keys, key_keeper
from counterseal.app.storage.key_files import write_keeper
from counterseal.app.storage.node_folder import NewPlace, NodePlace, create_place
from counterseal.app.storage.party_papers import PartyPapers
from counterseal.crypto.keeper import KeeperKey, keeper_key
from counterseal.errors import RefusedInputError
from counterseal.records.card import Card, read_card
from counterseal.records.trust import Trust
from counterseal.records.trusted import Side
from counterseal.services.draft import Draft, merge_drafts, sign_draft
from counterseal.services.enrol import (
    Place,
    first_card,
    install,
    is_stale,
    propose,
    renewed_card,
    require_card_of,
    require_compared,
)
from counterseal.services.errors import EnrolmentError
from counterseal.services.keys import SEED_BYTES, keys_of_seeds, make_seeds
from counterseal.services.rotate import KeyChange, Wish, change_keys
from counterseal.treaty.pack import Pack, Party


@dataclass(frozen=True, slots=True, kw_only=True)
class Keepers:
    """New keepers: one passphrase (or None) for each, how many speak for the party, where the files go."""

    passphrases: tuple[str | None, ...]
    threshold: int
    folder: Path

    def __post_init__(self) -> None:
        if not 1 <= self.threshold <= len(self.passphrases):
            raise RefusedInputError(
                f"--threshold {self.threshold}: must be 1 to the number of keepers, {len(self.passphrases)}"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeParty:
    """A party's new node: its card, where that lies, and the keepers' files to be carried away."""

    card: Card
    card_path: Path
    keeper_files: tuple[Path, ...]


def make_party_node(
    folder: Path,
    *,
    pack: Pack,
    pack_text: bytes,
    party: Party,
    keepers: Keepers,
    passphrase: str | None,
) -> MadeParty:
    """Make one party's node; it is not in use until all parties have signed the trust file.

    Raises:
        StorageError: a folder is not empty, or cannot be written.
        RefusedInputError: the keepers' files would lie in the node.
    """
    _require_apart(folder, keepers)
    seeds = make_seeds(SystemRandomness())
    keeper_seeds = [SystemRandomness()(SEED_BYTES) for _ in keepers.passphrases]
    card = first_card(
        pack,
        party,
        pack_text=pack_text,
        keys=keys_of_seeds(seeds),
        keepers=[keeper_key(seed) for seed in keeper_seeds],
        threshold=keepers.threshold,
    )
    files = _write_keepers(party.code, keeper_seeds, keepers)
    new = NewPlace(party=party.code, pack_bytes=pack_text, seeds=seeds, card=card, passphrase=passphrase)
    try:
        create_place(folder, new).store.close()
    except BaseException:
        for file in files:  # they keep nothing
            file.unlink(missing_ok=True)
        raise
    return MadeParty(card=read_card(card), card_path=folder / f"{party.code}.card", keeper_files=files)


def _require_apart(folder: Path, keepers: Keepers) -> None:
    inside, node = keepers.folder.absolute().resolve(), folder.absolute().resolve()
    if inside == node or node in inside.parents:
        raise RefusedInputError(
            f"--keepers-dir {keepers.folder}: lies in the node; keepers' files are kept apart"
        )


def _write_keepers(party: str, seeds: Sequence[bytes], keepers: Keepers) -> tuple[Path, ...]:
    try:
        keepers.folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(f"{keepers.folder}: {error.strerror or error}") from error
    files: list[Path] = []
    try:
        for seed, passphrase in zip(seeds, keepers.passphrases, strict=True):
            path = keepers.folder / f"{party}-keeper-{keeper_key(seed).root_id[:8]}.key"
            write_keeper(path, seed, passphrase=passphrase)
            files.append(path)
    except BaseException:
        for file in files:
            file.unlink(missing_ok=True)
        raise
    return tuple(files)


def add_cards(place: NodePlace, cards: Sequence[Card], fingerprints: Mapping[str, str]) -> None:
    """Keep cards whose fingerprints were compared, and the fingerprints: all of them, or none.

    Raises:
        EnrolmentError: a card does not fit, or its fingerprint was not given, or is another one.
    """
    for card in cards:
        code = card.party.code
        require_card_of(card, pack=place.pack, pack_text=place.pack_bytes)
        if code == place.party:
            raise EnrolmentError(f"card of {code}: is this node's own party")
        if code not in fingerprints:
            raise EnrolmentError(
                f"card of {code}: no fingerprint given; have it read aloud, then --fingerprint {code}:…"
            )
        if fingerprints[code] != card.fingerprint:
            raise EnrolmentError(
                f"card of {code}: its fingerprint is {card.fingerprint}, you gave {fingerprints[code]}; "
                "the card is not the one that was read from"
            )
    papers = PartyPapers(place.folder)
    papers.keep_compared(fingerprints)
    for card in cards:
        papers.keep_card(card)


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment:
    """What an enrolment stands at: the draft, where it is kept, and the trust in force by it.

    Attributes:
        path: None while nobody has signed it.
        trust: None while somebody's word is missing.
    """

    draft: Draft
    path: Path | None
    trust: Trust | None


def draft_here(place: NodePlace, *, drafts: Sequence[Draft], sides: Sequence[Side] | None) -> Draft:
    """Return what this node proposes, with all signatures that came; what came must propose the same.

    A party that joins a treaty in force takes the trust files before it from the drafts; that they lead
    to the draft is checked, and whose they are is what its fingerprints are compared for.

    Raises:
        EnrolmentError: a draft proposes something else, or somebody in it was not compared.
    """
    papers = PartyPapers(place.folder)
    base = place.trust
    if base is None:
        base = next((draft.base for draft in drafts if draft.base is not None), None)
    cards = {card.party.code: card for draft in drafts for card in draft.cards}
    cards |= {card.party.code: card for card in papers.cards()}
    own = papers.own_card(place.party)
    enrolled = {str(party.code) for party in base.parties} if base else set()
    if own is not None and place.party not in enrolled:
        cards[place.party] = own
    for card in cards.values():
        require_card_of(card, pack=place.pack, pack_text=place.pack_bytes)
    ordered = tuple(cards[code] for code in sorted(cards) if not is_stale(cards[code], base))
    trust = propose(place.pack.id, base=base, cards=ordered, sides=sides)
    require_compared(trust, own=place.party, base=place.trust, compared=papers.compared())
    kept = papers.draft()
    known = [] if kept is None or kept.trust.payload() != trust.payload() else [kept]
    return merge_drafts(Draft(trust=trust, base=base, cards=ordered), [*known, *drafts])


def is_in_force(place: NodePlace, draft: Draft) -> bool:
    """Whether a draft is of a trust file that is in force at this node already."""
    chain = place.trust.chain if place.trust else None
    return chain is not None and draft.trust.payload() in {v.envelope.payload for v in chain.versions}


def enrol(place: NodePlace, draft: Draft, *, keepers: Sequence[KeeperKey]) -> Enrolment:
    """Sign a draft with some of the party's keepers; bring it into force when nobody's word is missing.

    Raises:
        KeepersError: somebody is no keeper of this party.
    """
    signed = sign_draft(draft, party=place.party, keepers=keepers)
    papers = PartyPapers(place.folder)
    path = papers.keep_draft(signed) if signed.signatures else None
    if not signed.complete:
        return Enrolment(draft=signed, path=path, trust=None)
    node = install(
        Place(
            party=place.party,
            pack=place.pack,
            pack_text=place.pack_bytes,
            keys=place.keys,
            store=place.store,
            clock=SystemClock(),
            randomness=SystemRandomness(),
        ),
        signed,
    )
    place.trust = node.trust
    papers.clear_cards()
    return Enrolment(draft=signed, path=path, trust=node.trust)


def renew_keepers(place: NodePlace, keepers: Keepers) -> MadeParty:
    """Make new keepers' keys for a party in force, and the card by which the others agree to them.

    Raises:
        EnrolmentError: the party is in no trust file of the second form.
    """
    chain = place.trust.chain if place.trust else None
    party = chain.newest.party(place.party) if chain else None
    if party is None:
        raise EnrolmentError(f"{place.party}: has no keepers in force that could be renewed")
    _require_apart(place.folder, keepers)
    seeds = [SystemRandomness()(SEED_BYTES) for _ in keepers.passphrases]
    data = renewed_card(
        party,
        treaty=place.pack.id,
        pack_text=place.pack_bytes,
        keepers=[keeper_key(seed) for seed in seeds],
        threshold=keepers.threshold,
    )
    files = _write_keepers(place.party, seeds, keepers)
    card = read_card(data)
    papers = PartyPapers(place.folder)
    papers.keep_card(card)
    return MadeParty(card=card, card_path=papers.card_path(place.party), keeper_files=files)


def give_new_keys(place: NodePlace, wish: Wish, *, keepers: Sequence[KeeperKey]) -> KeyChange:
    """Bring the next key file of a node's party into force, and forget the keys that it retires.

    Raises:
        KeepersError: too few keepers, or somebody else's.
    """
    node, kept = place.node(), key_keeper(place)

    def keep(file_id: str, seeds: Mapping[str, bytes]) -> None:
        kept(file_id, seeds)
        fresh.update(seeds)

    fresh: dict[str, bytes] = {}
    change = change_keys(
        node,
        place.seeds,
        wish=wish,
        keepers=keepers,
        keep=keep,
        clock=SystemClock(),
        randomness=SystemRandomness(),
    )
    place.trust, place.keys, place.seeds, place.recovering = node.trust, node.keys, fresh, False
    forget_old_keys(place, change.file_id)
    return change
