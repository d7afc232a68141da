"""A draft: a trust file on its way round, with everything that it follows from and the signatures so far.

It is one plain file. Whoever gets it sees what is to be signed, checks that it follows from the cards in
it and from the trust file before, and adds the word of their own keepers.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from counterseal.crypto.canonical import encode_canonical
from counterseal.crypto.errors import CryptoError
from counterseal.crypto.keeper import KeeperKey, KeeperPublic, require_keeper_signature
from counterseal.records import forms
from counterseal.records.card import Card, read_card
from counterseal.records.envelope import (
    TRUST_TYPE_V2,
    Envelope,
    Signature,
    parse_envelope,
    pre_authentication,
)
from counterseal.records.errors import RecordError
from counterseal.records.trust import Trust
from counterseal.records.trust_chain import chain_files, chain_texts
from counterseal.records.trust_files import read_trust
from counterseal.records.trust_v2 import (
    MAX_PARTIES,
    MAX_ROOTS,
    RootedParty,
    TrustVersion,
    parse_trust_version,
)
from counterseal.services.errors import EnrolmentError, KeepersError
from counterseal.terms.parties import PartyCode

DRAFT_TYPE = "counterseal/trust-draft/v1"
MAX_DRAFT_BYTES = 64 * 2**20
_MEMBERS = "cards chain trust type"
_MAX_TEXTS = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A trust file that is being signed.

    Attributes:
        trust: What is to be signed.
        base: The trust before it; None when a treaty is founded.
        cards: The cards of parties that it changes, by party code.
        signatures: Of keepers, by root id; each of them holds.
    """

    trust: TrustVersion
    base: Trust | None
    cards: tuple[Card, ...]
    signatures: tuple[Signature, ...] = ()

    @property
    def envelope(self) -> Envelope:
        """The trust file with the signatures so far."""
        return Envelope(payload_type=TRUST_TYPE_V2, payload=self.trust.payload(), signatures=self.signatures)

    @property
    def complete(self) -> bool:
        """Whether every party's keepers have signed as they must."""
        return not any(word.missing for word in self.words())

    def words(self) -> "tuple[Word, ...]":
        """Whose word is asked for, and how far it is given."""
        signed = {item.key_id for item in self.signatures}
        before = self.base.chain.newest if self.base and self.base.chain else None
        found = [_word(party, signed, before=False) for party in self.trust.parties]
        return (*found, *(_word(party, signed, before=True) for party in (before.parties if before else ())))

    def to_bytes(self) -> bytes:
        """Return the file."""
        chain = chain_texts(self.base.chain) if self.base and self.base.chain else ()
        return encode_canonical(
            {
                "cards": [card.data.decode() for card in self.cards],
                "chain": [text.decode() for text in chain],
                "trust": self.envelope.to_bytes().decode(),
                "type": DRAFT_TYPE,
            }
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """How many keepers of a party have signed, of how many that must; ``before``: as it stood before."""

    party: PartyCode
    signed: int
    needed: int
    before: bool

    @property
    def missing(self) -> int:
        """How many are missing."""
        return max(0, self.needed - self.signed)


def _word(party: RootedParty, signed: set[str], *, before: bool) -> Word:
    count = len(signed & {root.root_id for root in party.roots})
    return Word(party=party.code, signed=count, needed=party.threshold, before=before)


def _roots(draft: Draft, party: PartyCode | None = None) -> dict[str, KeeperPublic]:
    """Who may sign, by root id: keepers of all parties or of one, as they will be and as they were."""
    before = draft.base.chain.newest.parties if draft.base and draft.base.chain else ()
    return {
        root.root_id: root
        for one in (*draft.trust.parties, *before)
        if party in (None, one.code)
        for root in one.roots
    }


def sign_draft(draft: Draft, *, party: PartyCode, keepers: Sequence[KeeperKey]) -> Draft:
    """Return the draft with the signatures of some of a party's keepers.

    Raises:
        KeepersError: one of them is no keeper of that party, before or after.
    """
    allowed = _roots(draft, party)
    message = pre_authentication(TRUST_TYPE_V2, draft.trust.payload())
    signed = {item.key_id: item for item in draft.signatures}
    for keeper in keepers:
        if keeper.root_id not in allowed:
            raise KeepersError(f"keeper {keeper.root_id[:16]}…: is no keeper of {party} in this trust file")
        if keeper.root_id not in signed:
            signed[keeper.root_id] = Signature(key_id=keeper.root_id, signature=keeper.sign(message))
    return replace(draft, signatures=_in_order(signed))


def _in_order(signed: Mapping[str, Signature]) -> tuple[Signature, ...]:
    return tuple(signed[key_id] for key_id in sorted(signed))


def merge_drafts(first: Draft, others: Iterable[Draft]) -> Draft:
    """Return the draft with everybody's signatures; all must be of the very same trust file.

    Raises:
        EnrolmentError: another one proposes something else; says what.
    """
    signed = {item.key_id: item for item in first.signatures}
    for other in others:
        if other.trust.payload() != first.trust.payload():
            told = "; ".join(differences(first.trust, other.trust)) or "other ids of earlier files"
            raise EnrolmentError(f"draft refused: it proposes another trust file than this node's: {told}")
        signed = {item.key_id: item for item in other.signatures} | signed
    return replace(first, signatures=_in_order(signed))


def differences(ours: TrustVersion, theirs: TrustVersion) -> tuple[str, ...]:
    """Say in words what two proposed trust files have different."""
    found = []
    if (ours.treaty, ours.version) != (theirs.treaty, theirs.version):
        found.append(f"{theirs.treaty} version {theirs.version}, here {ours.treaty} version {ours.version}")
    elif ours.previous != theirs.previous:
        found.append("it follows another trust file than the one in force here")
    for code in sorted({party.code for party in (*ours.parties, *theirs.parties)}):
        one, other = ours.party(code), theirs.party(code)
        if one is None or other is None:
            found.append(f"{code} is only {'in the draft' if one is None else 'here'}")
        elif one.fingerprint(ours.treaty) != other.fingerprint(theirs.treaty):
            found.append(f"other keepers of {code}")
        elif one.keys_version != other.keys_version:
            keys = f"key file {other.keys_version} of {code}, here {one.keys_version}"
            found.append(f"{keys} (exchange bundles first)")
        elif one != other:
            found.append(f"another name, kind, log or key file of {code}")
    if ours.sides != theirs.sides:
        found.append("other sides (see --side)")
    return tuple(found)


def parse_draft(data: bytes) -> Draft:
    """Return the draft that a file holds; every card, every earlier file and every signature holds.

    Whether it follows from its cards is judged where it is signed or installed, against an own proposal.

    Raises:
        EnrolmentError: not in form, or something in it does not hold.
    """
    if len(data) > MAX_DRAFT_BYTES:
        raise EnrolmentError(f"draft of {len(data)} bytes, at most {MAX_DRAFT_BYTES}")
    try:
        document = forms.members(forms.decoded(data, what="draft"), _MEMBERS, what="draft")
        forms.one_of(document["type"], (DRAFT_TYPE,), what="draft type")
        chain = forms.items(document["chain"], _text, what="draft chain", least=0, most=_MAX_TEXTS)
        cards = forms.items(document["cards"], _text, what="draft cards", least=0, most=MAX_PARTIES)
        envelope = parse_envelope(_text(document["trust"]), payload_type=TRUST_TYPE_V2, what="draft trust")
        draft = Draft(
            trust=parse_trust_version(envelope.payload),
            base=read_trust(chain_files(chain)) if chain else None,
            cards=tuple(read_card(card) for card in cards),
            signatures=envelope.signatures,
        )
        _require_signatures(draft)
    except EnrolmentError:
        raise
    except (RecordError, CryptoError) as error:
        raise EnrolmentError(f"draft refused: {error}") from error
    return draft


def _text(value: object) -> bytes:
    if not isinstance(value, str):
        raise EnrolmentError("draft: cards, chain and trust must be texts")
    return value.encode()


def _require_signatures(draft: Draft) -> None:
    allowed = _roots(draft)
    given = [item.key_id for item in draft.signatures]
    if given != sorted(set(given)) or len(given) > 2 * MAX_PARTIES * MAX_ROOTS:
        raise EnrolmentError("draft trust: signatures must be sorted by id, none twice")
    message = pre_authentication(TRUST_TYPE_V2, draft.trust.payload())
    for item in draft.signatures:
        if item.key_id not in allowed:
            raise EnrolmentError(f"draft trust: signed by {item.key_id[:16]}…, who is no keeper in it")
        require_keeper_signature(allowed[item.key_id], item.signature, message=message)
