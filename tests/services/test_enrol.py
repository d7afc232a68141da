"""Enrolment: the same cards give the same trust file; what was not compared, or does not hold, is not signed."""

import base64
import json
from dataclasses import replace
from hashlib import sha256
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessment.fictional import pack as lake_pack
from counterseal.app.bootstrap import SeededRandomness
from counterseal.crypto.canonical import encode_canonical
from counterseal.crypto.keeper import KeeperKey, keeper_key
from counterseal.records.card import CARD_TYPE, Card, read_card
from counterseal.records.envelope import KEYS_TYPE, Signature, parse_envelope, seal_envelope
from counterseal.records.errors import CardError, TrustError
from counterseal.records.trusted import Side
from counterseal.services.draft import Draft, differences, merge_drafts, parse_draft, sign_draft
from counterseal.services.enrol import (
    first_card,
    propose,
    renewed_card,
    require_card_of,
    require_compared,
)
from counterseal.services.errors import EnrolmentError, KeepersError
from counterseal.services.keys import NodeKeys, keys_of_seeds, make_seeds
from counterseal.terms.parties import PartyCode
from counterseal.treaty.pack import Party

PACK = lake_pack()
TEXT = b"the text of the pack"
ARD, BEL = (PartyCode(code) for code in ("ARD", "BEL"))
AUD = Party(code=PartyCode("AUD"), name="Auditor", kind="auditor")
MEMBERS = {party.code: party for party in PACK.parties} | {AUD.code: AUD}
CODES = (ARD, AUD.code, BEL)


def seeds(name: str) -> SeededRandomness:
    return SeededRandomness(seed=3, name=name)


def working(code: str) -> NodeKeys:
    return keys_of_seeds(make_seeds(seeds(f"{code}/working")))


def keepers(code: str, count: int = 3, *, series: int = 0) -> list[KeeperKey]:
    source = seeds(f"{code}/keepers/{series}")
    return [keeper_key(source(32)) for _ in range(count)]


def card_data(code: PartyCode, *, threshold: int = 2) -> bytes:
    return first_card(
        PACK,
        MEMBERS[code],
        pack_text=TEXT,
        keys=working(code),
        keepers=keepers(code),
        threshold=threshold,
    )


CARDS = {code: read_card(card_data(code)) for code in CODES}


def founding(codes: tuple[PartyCode, ...] = CODES) -> Draft:
    cards = tuple(CARDS[code] for code in sorted(codes))
    return Draft(trust=propose(PACK.id, base=None, cards=cards), base=None, cards=cards)


def signed(draft: Draft, *codes: PartyCode) -> Draft:
    for code in codes:
        draft = sign_draft(draft, party=code, keepers=keepers(code)[:2])
    return draft


def test_the_proposal_does_not_depend_on_the_order_of_cards_and_sides() -> None:
    sides = [Side(parties=(ARD,)), Side(parties=(AUD.code, BEL), threshold=2)]
    payloads = {
        propose(PACK.id, base=None, cards=cards, sides=order).payload()
        for cards in permutations(CARDS.values())
        for order in permutations(sides)
    }
    assert len(payloads) == 1


def test_every_party_is_a_side_unless_they_say_otherwise() -> None:
    assert founding().trust.sides == tuple(Side(parties=(code,)) for code in CODES)


def test_one_party_alone_founds_nothing() -> None:
    with pytest.raises(TrustError, match="sides"):
        propose(PACK.id, base=None, cards=[CARDS[ARD]])


def test_a_draft_comes_back_from_its_file() -> None:
    draft = signed(founding(), ARD)
    again = parse_draft(draft.to_bytes())
    assert (again.trust, again.signatures, again.complete) == (draft.trust, draft.signatures, False)
    assert [card.data for card in again.cards] == [card.data for card in draft.cards]


@pytest.mark.parametrize("order", list(permutations(CODES)))
def test_signatures_add_up_in_any_order(order: tuple[PartyCode, ...]) -> None:
    drafts = [signed(founding(), code) for code in order]
    merged = merge_drafts(drafts[0], drafts[1:])
    assert merged.complete
    assert [item.key_id for item in merged.signatures] == sorted(item.key_id for item in merged.signatures)
    assert not merge_drafts(drafts[0], drafts[1:2]).complete


def test_words_say_who_is_missing() -> None:
    draft = sign_draft(signed(founding(), ARD), party=BEL, keepers=keepers(BEL)[:1])
    assert {(word.party, word.signed, word.needed, word.missing) for word in draft.words()} == {
        (ARD, 2, 2, 0),
        (AUD.code, 0, 2, 2),
        (BEL, 1, 2, 1),
    }


def test_a_keeper_signs_for_the_own_party_alone() -> None:
    with pytest.raises(KeepersError, match="is no keeper of BEL"):
        sign_draft(founding(), party=BEL, keepers=keepers(ARD))


def test_two_different_drafts_do_not_merge_and_say_why() -> None:
    sides = [Side(parties=(ARD,)), Side(parties=(AUD.code, BEL))]
    cards = tuple(CARDS.values())
    other = Draft(trust=propose(PACK.id, base=None, cards=cards, sides=sides), base=None, cards=cards)
    with pytest.raises(EnrolmentError, match="other sides"):
        merge_drafts(founding(), [other])
    with pytest.raises(EnrolmentError, match="BEL is only here"):
        merge_drafts(founding(), [founding((ARD, AUD.code))])


def test_differences_name_each_thing() -> None:
    ours = founding().trust
    party = ours.parties[0]
    changed = replace(ours, parties=(replace(party, threshold=1), *ours.parties[1:]))
    assert differences(ours, changed) == ("other keepers of ARD",)
    renamed = replace(ours, parties=(replace(party, name="Another"), *ours.parties[1:]))
    assert differences(ours, renamed) == ("another name, kind, log or key file of ARD",)
    newer = replace(ours, parties=(replace(party, keys_version=2), *ours.parties[1:]))
    assert differences(ours, newer) == ("key file 2 of ARD, here 1 (exchange bundles first)",)
    assert differences(ours, ours) == ()


@pytest.mark.parametrize("what", ["strange", "twice", "broken", "unsorted"])
def test_a_draft_with_a_signature_that_does_not_hold_is_refused(what: str) -> None:
    draft = signed(founding(), ARD)
    first, second = draft.signatures
    stranger = keeper_key(b"\7" * 32)
    lists = {
        "strange": [first, Signature(key_id=stranger.key_id, signature=stranger.sign(b"x"))],
        "twice": [first, first],
        "broken": [replace(first, signature=bytes(len(first.signature))), second],
        "unsorted": [second, first],
    }
    signatures = tuple(lists[what])
    if what == "strange":
        signatures = tuple(sorted(signatures, key=lambda item: item.key_id))
    with pytest.raises(EnrolmentError):
        parse_draft(replace(draft, signatures=signatures).to_bytes())


@given(st.data())
def test_no_byte_of_a_draft_can_be_changed_into_something_else(data: st.DataObject) -> None:
    """Whatever is changed: refused, or it still proposes and carries the same."""
    whole = DRAFT.to_bytes()
    at = data.draw(st.integers(0, len(whole) - 1))
    value = data.draw(st.integers(0, 255).filter(lambda byte: byte != whole[at]))
    try:
        again = parse_draft(whole[:at] + bytes([value]) + whole[at + 1 :])
    except EnrolmentError:
        return
    assert again.trust.payload() == DRAFT.trust.payload()
    assert again.signatures == DRAFT.signatures


DRAFT = signed(founding(), ARD)


def reseal(card: Card, change: dict[str, object], *, keys: list[KeeperKey]) -> bytes:
    """A card with other members, signed anew by these keepers."""
    payload = parse_envelope(card.data, payload_type=CARD_TYPE, what="card").payload
    document = json.loads(payload) | change
    return seal_envelope(CARD_TYPE, encode_canonical(document), keys=keys).to_bytes()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"name": "Another"}, "did not sign it"),
        ({"kind": "observer"}, "did not sign it"),
        ({"pack": "0" * 64}, "did not sign it"),
        ({"threshold": 1}, "did not sign it"),
        ({"threshold": 4}, "threshold 4"),
        ({"treaty": "another"}, "its key file is of"),
        ({"party": "BEL"}, "its key file is of"),
        ({"log": "elsewhere/log"}, "log keys must be named"),
        ({"possession": []}, "must have each key that can sign"),
        ({"head": None}, "did not sign it"),
        ({"keys": None}, "must have each key that can sign"),
        ({"v": 2}, "must be 1"),
        ({"more": 1}, "must have exactly"),
    ],
)
def test_even_the_keepers_cannot_make_a_card_that_the_working_keys_did_not_sign(
    change: dict[str, object], told: str
) -> None:
    card = CARDS[ARD]
    assert read_card(reseal(card, {}, keys=keepers(ARD))).fingerprint == card.fingerprint
    with pytest.raises(CardError, match=told):
        read_card(reseal(card, change, keys=keepers(ARD)))


def test_a_card_needs_the_word_of_every_keeper_in_it() -> None:
    for keys in (keepers(ARD)[:2], [*keepers(ARD)[:2], keepers(BEL)[0]]):
        with pytest.raises(CardError, match="must be signed by its 3 keepers"):
            read_card(reseal(CARDS[ARD], {}, keys=keys))


@pytest.mark.parametrize("number", range(5))
def test_each_working_key_proves_that_it_is_held(number: int) -> None:
    payload = parse_envelope(CARDS[ARD].data, payload_type=CARD_TYPE, what="card").payload
    possession = json.loads(payload)["possession"]
    assert len(possession) == 5
    raw = base64.b64decode(possession[number]["sig"])
    possession[number]["sig"] = base64.b64encode(bytes([raw[0] ^ 1]) + raw[1:]).decode()
    with pytest.raises(CardError, match="did not sign it"):
        read_card(reseal(CARDS[ARD], {"possession": possession}, keys=keepers(ARD)))


def test_the_keys_of_a_card_cannot_stand_on_another_s() -> None:
    """Somebody who copies another party's key file into a card of their own cannot sign with its keys."""
    payload = json.loads(parse_envelope(CARDS[BEL].data, payload_type=CARD_TYPE, what="card").payload)
    with pytest.raises(CardError, match="its key file is of BEL"):
        read_card(reseal(CARDS[ARD], {"keys": payload["keys"]}, keys=keepers(ARD)))


def signed_by_all(change: dict[str, object]) -> bytes:
    """A card of Ardania with other members that its keepers and working keys all have signed."""
    payload = parse_envelope(CARDS[ARD].data, payload_type=CARD_TYPE, what="card").payload
    document = json.loads(payload) | change
    del document["possession"]
    digest = sha256(encode_canonical(document)).digest()
    keys = working(ARD)
    signers = [key for key in (keys.author, keys.log, keys.log_pq, keys.witness, keys.witness_pq) if key]
    shown = [
        (key.key_id, key.sign(b"counterseal/card/v1\x00" + bytes.fromhex(key.key_id) + digest))
        for key in signers
    ]
    possession = [{"id": one, "sig": base64.b64encode(sig).decode()} for one, sig in sorted(shown)]
    return reseal(CARDS[ARD], {**change, "possession": possession}, keys=keepers(ARD))


HEAD = CARDS[ARD].head
assert HEAD is not None
OTHER = CARDS[BEL].head
assert OTHER is not None


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"head": None}, "head of the empty log comes with"),
        ({"head": OTHER.to_bytes().decode()}, "must be the head of"),
        ({"head": HEAD.to_bytes().decode().replace("\n0\n", "\n1\n", 1)}, "must be the head of"),
        ({"head": replace(HEAD, lines=HEAD.lines[:1]).to_bytes().decode()}, "must have the log's 2"),
        ({"head": replace(HEAD, lines=OTHER.lines).to_bytes().decode()}, "not signed by"),
        ({"kind": "king"}, "must be one of"),
        ({"name": ""}, "1 to 200"),
        ({"pack": "00"}, "64 hexadecimal digits"),
        ({"log": "elsewhere/log"}, "log keys must be named"),
    ],
)
def test_a_card_that_all_have_signed_is_looked_at_all_the_same(change: dict[str, object], told: str) -> None:
    assert read_card(signed_by_all({})).party == CARDS[ARD].party
    with pytest.raises(CardError, match=told):
        read_card(signed_by_all(change))


def test_a_key_file_on_a_card_is_signed_by_enough_of_its_keepers() -> None:
    keys = CARDS[ARD].keys
    assert keys is not None
    payload = keys.envelope.payload
    for signers, told in (
        (keepers(ARD)[:1], "signed by 1 keepers, 2 are needed"),
        (keepers(BEL)[:2], "no keeper's"),
    ):
        text = seal_envelope(KEYS_TYPE, payload, keys=signers).to_bytes().decode()
        with pytest.raises(CardError, match=told):
            read_card(signed_by_all({"keys": text}))


def test_a_card_of_another_agreement_is_refused() -> None:
    require_card_of(CARDS[ARD], pack=PACK, pack_text=TEXT)
    with pytest.raises(EnrolmentError, match="another text of the treaty pack"):
        require_card_of(CARDS[ARD], pack=PACK, pack_text=TEXT + b" ")
    with pytest.raises(EnrolmentError, match="this node is under other"):
        require_card_of(CARDS[ARD], pack=replace(PACK, id="other"), pack_text=TEXT)
    with pytest.raises(EnrolmentError, match="its log is"):
        require_card_of(CARDS[ARD], pack=replace(PACK, domain="other.example"), pack_text=TEXT)
    nobody = replace(PACK, parties=tuple(party for party in PACK.parties if party.code != ARD))
    with pytest.raises(EnrolmentError, match="the treaty has no such State"):
        require_card_of(CARDS[ARD], pack=nobody, pack_text=TEXT)


def test_nothing_is_signed_that_was_not_compared() -> None:
    trust = founding().trust
    prints = {str(code): card.fingerprint for code, card in CARDS.items()}
    require_compared(trust, own=ARD, base=None, compared=prints)
    for missing in (AUD.code, BEL):
        fewer = {code: text for code, text in prints.items() if code != missing}
        with pytest.raises(EnrolmentError, match=f"{missing}: its fingerprint"):
            require_compared(trust, own=ARD, base=None, compared=fewer)
        with pytest.raises(EnrolmentError, match="was not compared"):
            require_compared(trust, own=ARD, base=None, compared=prints | {str(missing): "0" * 64})


def test_a_later_card_does_not_found_a_party() -> None:
    data = renewed_card(
        CARDS[ARD].party, treaty=PACK.id, pack_text=TEXT, keepers=keepers(ARD, series=1), threshold=1
    )
    with pytest.raises(EnrolmentError, match="has no first key file"):
        propose(PACK.id, base=None, cards=[read_card(data), CARDS[BEL]])
