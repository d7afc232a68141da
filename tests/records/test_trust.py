"""The first form of the trust file, read for ever: who is who, signed by every root in it; and what trust says."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessment.fictional import ARD, BEL
from counterseal.crypto.ed25519 import key_id, signing_key
from counterseal.crypto.hashing import domain_hash
from counterseal.records.envelope import TRUST_TYPE, parse_envelope
from counterseal.records.errors import RecordError, TrustError
from counterseal.records.trust_chain import TRUST_NAME
from counterseal.records.trust_files import listed_files, read_trust, trust_list
from counterseal.records.trust_v1 import parse_trust, require_root_signatures
from counterseal.records.trusted import Side
from counterseal.records.verification.pins import parse_fingerprint, pin_of_trust_file
from strategies.forgery import roots, sign_trust
from strategies.founding_v1 import root_v1
from strategies.mutations import mutate_document, text_of
from strategies.worlds import AUD, founded

FOUNDING = founded(form=1)
DATA = FOUNDING.trust.files[TRUST_NAME]
ENVELOPE = parse_envelope(DATA, payload_type=TRUST_TYPE, what="trust file")
FILE = parse_trust(ENVELOPE.payload)
DOCUMENT = json.loads(ENVELOPE.payload)
ROOTS = roots(FOUNDING.keys, form=1)
SMALL_ORDER = "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"


def changed(change: Callable[[dict[str, Any]], None]) -> bytes:
    document = json.loads(ENVELOPE.payload)
    change(document)
    return text_of(document)


def put(path: str, value: Any) -> Callable[[dict[str, Any]], None]:
    """A change that writes a value at ``a.0.b``."""

    def change(document: dict[str, Any]) -> None:
        *way, last = [int(step) if step.isdigit() else step for step in path.split(".")]
        node: Any = document
        for step in way:
            node = node[step]
        node[last] = value

    return change


def test_the_founding_gives_a_trust_file_that_every_root_has_signed() -> None:
    trust = read_trust({TRUST_NAME: DATA})
    assert trust == FOUNDING.trust
    assert FILE.payload() == ENVELOPE.payload
    assert (trust.version, trust.chain, dict(trust.files)) == (1, None, {TRUST_NAME: DATA})
    assert listed_files(trust_list(trust)) == {TRUST_NAME: DATA}
    assert [party.code for party in trust.parties] == [ARD, AUD, BEL]
    assert len(ENVELOPE.signatures) == 3


def test_the_fingerprints_are_those_of_the_format() -> None:
    trust = FOUNDING.trust
    fields: list[bytes | str] = ["lake-treaty"]
    for code in (ARD, AUD, BEL):
        root = root_v1(FOUNDING.keys[code]).public
        assert trust.party(code).fingerprint == domain_hash("counterseal/key/v1", "ed25519", root).hex()
        fields += (code, root)
    assert trust.fingerprint == domain_hash("counterseal/trust/v1", *fields).hex()


def test_a_fingerprint_is_read_as_people_write_it() -> None:
    plain = FOUNDING.trust.fingerprint
    for spelling in (plain, plain.upper(), " ".join(plain), ":".join(plain), f" {plain}\n"):
        pin = parse_fingerprint(spelling)
        assert pin is not None
        assert pin.fingerprint == plain
    for wrong in (plain[:-1], plain + "0", plain.replace(plain[0], "g"), "", "trust.json"):
        assert parse_fingerprint(wrong) is None
    assert pin_of_trust_file(DATA).fingerprint == plain


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (put("v", 2), "v and version must be 1"),
        (put("v", True), "v and version must be 1"),
        (put("version", True), "v and version must be 1"),
        (put("previous", "00" * 32), "previous null"),
        (put("treaty", "Lake Treaty"), "trust file treaty"),
        (put("treaty", ""), "trust file treaty"),
        (put("parties", []), "at least one"),
        (put("parties.0.code", "ard"), "trust file party"),
        (put("parties.0.code", ["ARD"]), "trust file party"),
        (put("parties.0.kind", "empire"), "kind 'empire'"),
        (put("parties.0.kind", ["state"]), "kind"),
        (put("parties.0.root.alg", "rsa"), "only ed25519 is known"),
        (put("parties.0.root.public", "00" * 31), "64 hexadecimal digits"),
        (put("parties.0.root.public", SMALL_ORDER), "small order"),
        (put("parties.0.root.public", "ed" + "ff" * 30 + "7f"), "small order"),
        (put("parties.0.root.public", "f0" + "ff" * 30 + "7f"), "not encoded canonically"),
        (put("keys.0.public", SMALL_ORDER), "small order"),
        (put("keys.0.id", "00" * 32), "not that of its public bytes"),
        (put("keys.0.role", "root"), "role 'root' is unknown"),
        (put("keys.0.role", []), "is unknown"),
        (put("keys.0.name", "two words"), "cannot stand on a note"),
        (put("keys.0.name", "a+b"), "cannot stand on a note"),
        (put("keys.0.name", "é"), "cannot stand on a note"),
        (put("keys.0.party", "ZED"), "belongs to no party"),
        (put("logs.0.party", "ZED"), "belongs to no party"),
        (put("logs.0.origin", ""), "cannot name a log"),
        (put("logs.0.keyid", "00" * 32), "its key must be its party's"),
        (put("logs.0.keyid", None), "its key must be its party's"),
        (put("logs.0.origin", "a.example/log"), "its key must be its party's"),
        (put("policy.rule", "any-side"), "only every-side is known"),
        (put("policy.sides", [["ARD", "AUD", "BEL"]]), "at least two sides"),
        (put("policy.sides", [["ARD"], ["AUD"]]), "every party exactly once"),
        (put("policy.sides", [["ARD"], ["ARD", "AUD"], ["BEL"]]), "every party exactly once"),
        (put("policy.sides", [["ARD"], ["BEL", "AUD"]]), "must be sorted"),
        (put("policy.sides", [["AUD"], ["ARD"], ["BEL"]]), "must be sorted"),
        (put("policy.sides", [["ARD"], [], ["AUD"], ["BEL"]]), "at least one"),
        (lambda document: document["keys"].reverse(), "sorted, none twice"),
        (lambda document: document["parties"].reverse(), "sorted, none twice"),
        (lambda document: document["logs"].reverse(), "sorted, none twice"),
        (lambda document: document["keys"].insert(0, document["keys"][0]), "none twice"),
        (lambda document: document["logs"].pop(), "exactly one log"),
        (lambda document: document["keys"].pop(), "a key of each role|its key must be"),
        (lambda document: document.pop("policy"), "must have exactly"),
        (lambda document: document.update(x=1), "must have exactly"),
        (
            lambda document: document["parties"][0]["root"].update(
                public=document["parties"][1]["root"]["public"]
            ),
            "one public key stands for two things",
        ),
    ],
)
def test_each_other_form_is_refused_by_name(change: Callable[[dict[str, Any]], None], said: str) -> None:
    with pytest.raises(TrustError, match=said):
        parse_trust(changed(change))


def test_every_root_and_nobody_else_must_sign() -> None:
    everybody = ENVELOPE.signatures
    for signatures, said in (
        (everybody[:-1], "not signed by the root of"),
        ((), "not signed by the root of ARD, AUD, BEL"),
        (everybody[::-1], "sorted by key id"),
        ((*everybody, everybody[-1]), "none twice"),
    ):
        with pytest.raises(TrustError, match=said):
            require_root_signatures(replace(ENVELOPE, signatures=signatures), FILE)
    stranger = sign_trust(DOCUMENT, [*ROOTS, FOUNDING.keys[ARD].working.author])
    with pytest.raises(TrustError, match="which is no party's root"):
        read_trust({TRUST_NAME: stranger})
    wrong = replace(everybody[0], signature=everybody[1].signature)
    with pytest.raises(TrustError, match="root signature of"):
        require_root_signatures(replace(ENVELOPE, signatures=(wrong, *everybody[1:])), FILE)


def test_sides_other_than_the_owners_must_each_be_heard() -> None:
    one, other = Side(parties=(ARD, AUD)), Side(parties=(BEL,))
    trust = replace(FOUNDING.trust, sides=(one, other))
    assert trust.missing_sides(owner=ARD, cosigners=frozenset()) == (other,)
    assert trust.missing_sides(owner=BEL, cosigners=frozenset({"AUD"})) == ()
    assert trust.missing_sides(owner=BEL, cosigners=frozenset({"BEL"})) == (one,)


def test_of_a_side_as_many_parties_must_be_heard_as_its_threshold_says() -> None:
    two = Side(parties=(ARD, AUD), threshold=2)
    trust = replace(FOUNDING.trust, sides=(two, Side(parties=(BEL,))))
    assert trust.missing_sides(owner=BEL, cosigners=frozenset({"AUD"})) == (two,)
    assert trust.missing_sides(owner=BEL, cosigners=frozenset({"AUD", "ARD"})) == ()
    assert trust.missing_sides(owner=ARD, cosigners=frozenset({"BEL"})) == ()


def test_beside_a_trust_file_of_the_first_form_there_is_no_other() -> None:
    for path in ("trust/history/1.json", "trust/keys/ard/1.json"):
        with pytest.raises(TrustError, match="no others beside it"):
            read_trust({TRUST_NAME: DATA, path: DATA})
    with pytest.raises(TrustError, match="the trust file is missing"):
        read_trust({})


def test_a_second_log_key_under_the_logs_name_signs_nothing_and_is_not_asked_for() -> None:
    """The log's own key is the one that the file's ``logs`` names, whatever others are called."""
    extra = signing_key(bytes(32))
    key = {"alg": "ed25519", "id": extra.key_id, "party": "ARD", "public": extra.public.hex(), "role": "log"}
    origin = FOUNDING.trust.log_of(ARD).origin
    keys = sorted([*DOCUMENT["keys"], {**key, "name": origin}], key=lambda item: str(item["id"]))
    trust = read_trust({TRUST_NAME: sign_trust({**DOCUMENT, "keys": keys}, ROOTS)})
    for size in (0, 1, 1000):
        assert [key.public for key in trust.log_keys(origin, size)] == [FOUNDING.keys[ARD].working.log.public]


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_a_changed_trust_file_is_refused_or_no_longer_signed(data: st.DataObject) -> None:
    document = json.loads(ENVELOPE.payload)
    mutate_document(data.draw, document)
    payload = text_of(document)
    if payload == ENVELOPE.payload:
        return
    with pytest.raises(RecordError):
        read_trust({TRUST_NAME: replace(ENVELOPE, payload=payload).to_bytes()})


def test_key_ids_are_of_the_key_alone() -> None:
    for key in FOUNDING.trust.keys:
        assert key.key_id == key_id(key.public)
        assert FOUNDING.trust.key(key.party, key.key_id) == key
    assert FOUNDING.trust.key(ARD, "00" * 32) is None
    with pytest.raises(TrustError, match="no party 'ZED'"):
        FOUNDING.trust.party("ZED")
    with pytest.raises(TrustError, match="no log of 'ZED'"):
        FOUNDING.trust.log_of("ZED")
