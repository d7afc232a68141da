"""The chain of trust files: its form, the link from each version to the next, and whose signatures it needs.

``docs/reference/formats.md``, section 6.2, and what of 6.3 spans several files.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessment.fictional import ARD, BEL
from counterseal.crypto.canonical import encode_canonical
from counterseal.crypto.hashing import domain_hash
from counterseal.crypto.keeper import KeeperKey
from counterseal.records.envelope import (
    TRUST_TYPE_V2,
    parse_envelope,
    pre_authentication,
    seal_envelope,
)
from counterseal.records.errors import RecordError, TrustError
from counterseal.records.trust_chain import (
    TRUST_NAME,
    chain_files,
    chain_texts,
    history_path,
    keys_path,
    read_key_file,
)
from counterseal.records.trust_files import listed_files, read_trust, trust_list
from counterseal.records.trust_v2 import parse_trust_version
from counterseal.records.trusted import AUTHOR, SEAL, Side
from counterseal.records.verification.pins import pin_of_trust_file
from strategies.mutations import mutate_document, text_of
from strategies.trust_chains import ChainMaker, Document, give_roots, new_keeper, party_of, root_document
from strategies.worlds import AUD, PARTIES, founded

FIRST = ChainMaker.of(founded())
DOCUMENT = FIRST.document()
SMALL_ORDER = "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"
TWO, THREE = new_keeper("second of ARD"), new_keeper("third of ARD")


def first() -> ChainMaker:
    return FIRST.copy()


@lru_cache(maxsize=1)
def _grown() -> ChainMaker:
    """Ardania has three keepers of whom two must sign, then new author keys; Belmar has new seal keys."""
    maker = first()
    own = (*maker.keepers[ARD], TWO, THREE)
    maker.next_trust(
        lambda document: give_roots(document, ARD, own, threshold=2), [*maker.all_keepers(), TWO, THREE]
    )
    maker.keepers[ARD] = own
    maker.next_keys(ARD, at=3, roles=[AUTHOR], signers=own[:2])
    maker.next_keys(BEL, at=2, roles=[SEAL])
    maker.next_trust()
    return maker


def grown() -> ChainMaker:
    return _grown().copy()


def refused(maker: ChainMaker, said: str, *, file: str | None = None) -> None:
    with pytest.raises(TrustError, match=said) as caught:
        maker.read()
    if file is not None:
        assert caught.value.file == file


# --- One version by itself -----------------------------------------------------------------------------------


def changed(change: Callable[[Document], Any]) -> bytes:
    document = FIRST.document()
    change(document)
    return text_of(document)


def put(path: str, value: Any) -> Callable[[Document], None]:
    """A change that writes a value at ``a.0.b``."""

    def change(document: Document) -> None:
        *way, last = [int(step) if step.isdigit() else step for step in path.split(".")]
        node: Any = document
        for step in way:
            node = node[step]
        node[last] = value

    return change


def sides(*given: tuple[list[Any], Any]) -> Callable[[Document], None]:
    listed = [{"parties": parties, "threshold": threshold} for parties, threshold in given]
    return put("policy.sides", listed)


def same_root(half: str) -> Callable[[Document], None]:
    """Belmar's root shares one half with Ardania's."""

    def change(document: Document) -> None:
        ours, theirs = document["parties"][0]["roots"][0], document["parties"][2]["roots"][0]
        theirs[half] = ours[half]
        ids = (bytes.fromhex(theirs["ed25519"]), bytes.fromhex(theirs["ml_dsa_65"]))
        theirs["id"] = domain_hash("counterseal/root/v2", *ids).hex()

    return change


def seventeen_roots(document: Document) -> None:
    give_roots(document, ARD, [new_keeper(str(number)) for number in range(17)], threshold=1)


def unsorted_roots(document: Document) -> None:
    give_roots(document, ARD, [TWO, THREE], threshold=1)
    document["parties"][0]["roots"].reverse()


def seventeen_parties(document: Document) -> None:
    base = document["parties"][0]
    document["parties"] = [{**base, "code": f"P{number:02d}"} for number in range(17)]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (seventeen_parties, "trust file parties: must be a list of 1 to 16"),
        (put("v", 1), "trust file v 1: must be 2"),
        (put("v", 2.0), "float 2.0: only integers"),
        (put("v", True), "trust file v True: must be 2"),
        (put("version", 0), "version 0: must be a whole number from 1"),
        (put("version", True), "version True: must be a whole number"),
        (put("version", 1_000_000), "version 1000000"),
        (put("version", 2), "previous: null exactly in version 1, found None in version 2"),
        (put("previous", "00" * 32), "previous: null exactly in version 1, found '0000"),
        (put("treaty", "Lake Treaty"), "trust file treaty 'Lake Treaty'"),
        (put("treaty", "t" * 65), "1 to 64 of a-z"),
        (put("treaty", None), "trust file treaty None"),
        (put("parties", []), "trust file parties: must be a list of 1"),
        (put("parties.0.code", "ard"), "trust file party: "),
        (put("parties.0.kind", "empire"), "kind 'empire'"),
        (put("parties.0.kind", ["state"]), "kind"),
        (put("parties.0.name", ""), "name: must be a text of 1 to 200"),
        (put("parties.0.name", "n" * 201), "name: must be a text of 1 to 200"),
        (put("parties.0.log", "two words"), "log 'two words': cannot stand on a note"),
        (put("parties.0.log", "lake.example/bel/log"), "two parties have logs in one place"),
        (put("parties.0.log", "lake.example/bel/other"), "two parties have logs in one place"),
        (put("parties.0.log", "lake.example/log"), "two parties have logs in one place"),
        (put("parties.0.log", "log-of-ard"), "without '/' leaves no place"),
        (put("parties.0.roots", []), "roots: must be a list of 1 to 16"),
        (seventeen_roots, "roots: must be a list of 1 to 16"),
        (unsorted_roots, "roots: must be sorted, none twice"),
        (lambda d: d["parties"][0]["roots"].append(d["parties"][0]["roots"][0]), "sorted, none twice"),
        (put("parties.0.roots.0.alg", "r1"), "root alg 'r1'"),
        (put("parties.0.roots.0.ed25519", SMALL_ORDER), "small order"),
        (put("parties.0.roots.0.ed25519", "00" * 31), "must be 32 bytes"),
        (put("parties.0.roots.0.ed25519", "AA" * 32), "lower-case"),
        (put("parties.0.roots.0.ml_dsa_65", "00" * 1951), "must be 1952 bytes"),
        (put("parties.0.roots.0.id", "00" * 32), "the id is not that of its public keys"),
        (put("parties.0.roots.0.x", 1), "must have exactly alg, ed25519, id, ml_dsa_65"),
        (same_root("ed25519"), "one public key stands for two keepers"),
        (same_root("ml_dsa_65"), "one public key stands for two keepers"),
        (put("parties.0.threshold", 0), "threshold 0"),
        (put("parties.0.threshold", 2), "threshold 2: must be a whole number from 1 to 1"),
        (put("parties.0.threshold", True), "threshold True"),
        (put("parties.0.keys.version", 0), "keys version 0"),
        (put("parties.0.keys.id", "00"), "keys id '00'"),
        (put("parties.0.keys", None), "must have exactly id, version"),
        (lambda document: document["parties"].reverse(), "parties: must be sorted, none twice"),
        (put("parties.0.x", 1), "must have exactly code, keys"),
        (put("x", 1), "must have exactly parties, policy"),
        (lambda document: document.pop("policy"), "must have exactly"),
        (put("policy.rule", "any-side"), "rule 'any-side'"),
        (sides((["ARD", "AUD", "BEL"], 1)), "sides: must be a list of 2"),
        (sides((["ARD"], 1), ([], 1)), "side: must be a list of 1"),
        (sides((["BEL", "ARD"], 1), (["AUD"], 1)), "side: must be sorted"),
        (sides((["AUD"], 1), (["ARD"], 1)), "sides must be sorted by their first party"),
        (sides((["ARD"], 1), (["ARD", "BEL"], 1)), "ARD stands in two sides"),
        (sides((["ARD"], 1), (["ZED"], 1)), "ZED is no party of the file"),
        (sides((["ARD"], 0), (["BEL"], 1)), "threshold 0"),
        (sides((["ARD", "AUD"], 3), (["BEL"], 1)), "threshold 3"),
        (sides((["ARD"], True), (["BEL"], 1)), "threshold True"),
    ],
)
def test_each_other_form_of_a_version_is_refused_by_name(
    change: Callable[[Document], Any], said: str
) -> None:
    with pytest.raises(TrustError, match=said):
        parse_trust_version(changed(change))


def test_the_founding_gives_a_chain_of_one_that_reads_back() -> None:
    trust = founded().trust
    assert FIRST.read() == trust
    assert parse_trust_version(FIRST.payload(TRUST_NAME)).payload() == FIRST.payload(TRUST_NAME)
    assert (trust.version, [party.code for party in trust.parties]) == (1, [ARD, AUD, BEL])
    assert dict(trust.files) == FIRST.files


def test_ids_and_fingerprints_are_those_of_the_format() -> None:
    trust = grown().read()
    assert trust.chain is not None
    newest = grown().document()
    fields: list[bytes | str] = ["lake-treaty"]
    for party in newest["parties"]:
        roots = [bytes.fromhex(root["id"]) for root in party["roots"]]
        own = domain_hash(
            "counterseal/party/v2", "lake-treaty", party["code"], str(party["threshold"]), *roots
        )
        assert trust.party(party["code"]).fingerprint == own.hex()
        fields += (party["code"], own)
    assert trust.fingerprint == domain_hash("counterseal/trust/v2", *fields).hex()
    signed = pre_authentication(TRUST_TYPE_V2, grown().payload(TRUST_NAME))
    assert trust.chain.versions[-1].trust_id == sha256(b"counterseal/trust-file/v2\0" + signed).hexdigest()
    assert newest["previous"] == trust.chain.versions[1].trust_id


def test_a_reader_may_know_any_version_by_fingerprint_and_by_file() -> None:
    trust, old = grown().read(), founded().trust
    assert {trust.fingerprint, old.fingerprint, old.party(ARD).fingerprint} <= trust.fingerprints
    assert trust.party(ARD).fingerprint != old.party(ARD).fingerprint
    for path in (TRUST_NAME, history_path(1), history_path(2)):
        pin = pin_of_trust_file(grown().files[path])
        assert pin.whole
        assert pin.fingerprint in trust.whole
    assert pin_of_trust_file(ChainMaker.of(founded(seed=2)).files[TRUST_NAME]).fingerprint not in trust.whole
    assert founded(seed=2).trust.party(ARD).fingerprint not in trust.fingerprints


# --- From version to version ---------------------------------------------------------------------------------


def test_a_chain_of_three_versions_says_what_the_newest_does() -> None:
    maker = grown()
    trust = maker.read()
    assert trust.version == 3
    assert [key.key_id for key in trust.present(ARD, AUTHOR)] == [maker.keys[ARD].working.author.key_id]
    assert set(trust.files) == {
        TRUST_NAME,
        history_path(1),
        history_path(2),
        *(keys_path(code, 1) for code in PARTIES),
        keys_path(ARD, 2),
        keys_path(BEL, 2),
    }


def test_all_that_may_change_between_versions_may_change() -> None:
    maker = first()

    def change(document: Document) -> None:
        party_of(document, BEL)["name"] = "Province of Belmar"
        sides((["ARD", "AUD"], 2), (["BEL"], 1))(document)

    maker.next_trust(change)
    trust = maker.read()
    assert trust.party(BEL).name == "Province of Belmar"
    assert trust.sides == (Side(parties=(ARD, AUD), threshold=2), Side(parties=(BEL,)))


def test_nobody_waits_for_a_party_that_stands_in_no_side() -> None:
    maker = first()
    maker.next_trust(sides((["ARD"], 1), (["BEL"], 1)))
    trust = maker.read()
    assert trust.missing_sides(owner=ARD, cosigners=frozenset({"BEL"})) == ()
    assert trust.log_of(AUD).origin == "lake.example/aud/log"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (put("previous", "ab" * 32), "version 2: previous is not the id of the version before"),
        (put("treaty", "sea-treaty"), "version 2: of treaty 'sea-treaty', before 'lake-treaty'"),
        (put("parties.1.kind", "observer"), "version 2: kind or log of AUD changed"),
        (put("parties.1.log", "lake.example/aud/log2"), "version 2: kind or log of AUD changed"),
        (put("version", 3), "missing: the chain has a gap here"),
        (put("parties.0.keys.id", "00" * 32), "version 2: names another key file of ARD"),
    ],
)
def test_a_version_that_does_not_follow_is_refused(change: Callable[[Document], None], said: str) -> None:
    maker = first()
    maker.next_trust(change)
    refused(maker, said)


def test_the_first_trust_file_names_the_first_keys() -> None:
    maker = first()
    maker.next_keys(ARD, at=5)
    maker.resign(TRUST_NAME, lambda document: party_of(document, ARD).update(keys=maker.named_keys(ARD)))
    refused(maker, "trust file version 1: names keys of ARD of version 2", file=TRUST_NAME)


def test_a_party_never_goes() -> None:
    maker = first()

    def change(document: Document) -> None:
        document["parties"].pop(1)
        sides((["ARD"], 1), (["BEL"], 1))(document)

    maker.next_trust(change)
    for path in [path for path in maker.files if path.startswith("trust/keys/aud")]:
        del maker.files[path]
    refused(maker, "version 2: AUD is missing; a party never goes")


def test_older_keys_are_never_named_again() -> None:
    maker = grown()
    old = maker.document(history_path(1))
    maker.next_trust(put("parties.0.keys", party_of(old, ARD)["keys"]))
    refused(maker, "version 4: names older keys of ARD")


@pytest.mark.parametrize("path", [history_path(1), history_path(2), keys_path(ARD, 1), keys_path(BEL, 1)])
def test_a_chain_with_a_gap_is_refused_at_the_gap(path: str) -> None:
    maker = grown()
    del maker.files[path]
    refused(maker, "missing: the chain has a gap here", file=path)


def test_a_key_file_that_the_trust_file_names_must_be_there() -> None:
    maker = grown()
    del maker.files[keys_path(ARD, 2)]
    refused(maker, "missing: the chain has a gap here", file=keys_path(ARD, 2))


@pytest.mark.parametrize(
    ("path", "said"),
    [
        (history_path(3), "not earlier than the trust file, of version 3"),
        (history_path(9), "not earlier than the trust file, of version 3"),
        ("trust/keys/zed/1.json", "a key file of nobody in the trust file"),
    ],
)
def test_a_file_too_many_is_refused_by_its_name(path: str, said: str) -> None:
    maker = grown()
    maker.files[path] = maker.files[history_path(1)]
    refused(maker, said, file=path)


def test_a_key_file_is_no_larger_than_one_may_be() -> None:
    """Even where all its keepers have signed it, nobody need carry it."""
    path = keys_path(BEL, 1)
    chain = ChainMaker.of(founded())
    size = len(chain.files[path])
    read_key_file(chain.files[path], path=path)
    with pytest.raises(TrustError, match=f"key file of {2**20 + 1} bytes, at most {2**20}"):
        read_key_file(chain.files[path] + b" " * (2**20 + 1 - size), path=path)


def test_files_in_each_others_places_are_refused() -> None:
    maker = grown()
    one, two = history_path(1), history_path(2)
    maker.files[one], maker.files[two] = maker.files[two], maker.files[one]
    refused(maker, "trust file of version 2: must be 1 here", file=one)
    maker = grown()
    one, two = keys_path(ARD, 1), keys_path(BEL, 1)
    maker.files[one], maker.files[two] = maker.files[two], maker.files[one]
    refused(maker, "key file of BEL, treaty 'lake-treaty', version 1: must be of ARD", file=one)
    maker = grown()
    maker.files[keys_path(ARD, 1)] = maker.files[TRUST_NAME]
    refused(maker, "key file: payload type", file=keys_path(ARD, 1))


# --- Who must sign -------------------------------------------------------------------------------------------


def next_with(maker: ChainMaker, signers: list[KeeperKey]) -> ChainMaker:
    maker.next_trust(signers=signers)
    return maker


def test_every_party_must_sign_every_version() -> None:
    for left_out in PARTIES:
        signers = [keeper for code in PARTIES for keeper in FIRST.keepers[code] if code != left_out]
        refused(
            next_with(first(), signers),
            f"signed by 0 of the keepers of {left_out}, 1 are needed",
            file=TRUST_NAME,
        )


def test_as_many_keepers_must_sign_as_the_threshold_says_and_no_more_need_to() -> None:
    others = [*FIRST.keepers[AUD], *FIRST.keepers[BEL]]
    one, two, three = grown().keepers[ARD]
    for pair in ([one, two], [two, three], [one, three], [one, two, three]):
        assert next_with(grown(), [*pair, *others]).read().version == 4
    for alone in (one, two, three):
        refused(next_with(grown(), [alone, *others]), "signed by 1 of the keepers of ARD, 2 are needed")


def test_keepers_come_and_go_by_the_word_of_both_the_old_and_the_new() -> None:
    """Neither may those who leave be passed over, nor may somebody be made a keeper without knowing it."""
    others = [*FIRST.keepers[AUD], *FIRST.keepers[BEL]]
    old = FIRST.keepers[ARD][0]

    def handed_over(*signers: KeeperKey) -> ChainMaker:
        maker = first()
        maker.next_trust(lambda d: give_roots(d, ARD, [TWO], threshold=1), [*signers, *others])
        return maker

    assert handed_over(old, TWO).read().version == 2
    refused(handed_over(TWO), "signed by 0 of the keepers of ARD, 1 are needed")
    refused(handed_over(old), "signed by 0 of the keepers of ARD, 1 are needed")


def test_the_old_threshold_holds_until_it_is_lowered_by_as_many() -> None:
    others = [*FIRST.keepers[AUD], *FIRST.keepers[BEL]]
    one, two, three = grown().keepers[ARD]

    def lowered(*signers: KeeperKey) -> ChainMaker:
        maker = grown()
        maker.next_trust(lambda d: give_roots(d, ARD, [one, two, three], threshold=1), [*signers, *others])
        return maker

    assert lowered(one, three).read().version == 4
    refused(lowered(one), "signed by 1 of the keepers of ARD, 2 are needed")


def test_a_new_party_comes_with_its_own_word_and_that_of_all_others() -> None:
    zed = new_keeper("ZED")
    others = ChainMaker.of(founded(seed=2))

    def joined(*signers: KeeperKey, version: int = 1) -> ChainMaker:
        maker = first()
        source = others.document(keys_path(BEL, 1))
        keys = [{**key, "name": key["name"].replace("/bel/", "/zed/")} for key in source["keys"]]
        path = keys_path("ZED", 1)
        maker.files[path] = others.files[keys_path(BEL, 1)]
        maker.resign(path, lambda d: d.update(party="ZED", keys=keys), [zed])

        def change(document: Document) -> None:
            party = {
                **document["parties"][2],
                "code": "ZED",
                "name": "Zedland",
                "log": "lake.example/zed/log",
            }
            party |= {"roots": [root_document(zed)], "keys": maker.named_keys("ZED") | {"version": version}}
            document["parties"].append(party)

        maker.next_trust(change, signers)
        return maker

    everybody = FIRST.all_keepers()
    assert joined(*everybody, zed).read().log_of("ZED").origin == "lake.example/zed/log"
    refused(joined(*everybody), "signed by 0 of the keepers of ZED, 1 are needed")
    refused(joined(*everybody[:-1], zed), "signed by 0 of the keepers of BEL, 1 are needed")
    refused(joined(*everybody, zed, version=2), "ZED is new, its keys must be version 1")


def test_a_signature_of_nobodys_keeper_is_refused() -> None:
    stranger = new_keeper("stranger")
    refused(next_with(first(), [*FIRST.all_keepers(), stranger]), "which is no keeper's root here")
    first_alone = first()
    first_alone.resign(TRUST_NAME, lambda _: None, [*FIRST.all_keepers(), stranger])
    refused(first_alone, "which is no keeper's root here")


def test_a_keeper_that_was_replaced_has_no_word_any_more() -> None:
    old = FIRST.keepers[ARD][0]
    maker = first()
    maker.next_trust(lambda d: give_roots(d, ARD, [TWO], threshold=1), [*maker.all_keepers(), TWO])
    maker.keepers[ARD] = (TWO,)
    assert next_with(maker.copy(), maker.all_keepers()).read().version == 3
    refused(next_with(maker, [*maker.all_keepers(), old]), "which is no keeper's root here")


def with_signatures(path: str, change: Callable[[list[Document]], Any]) -> ChainMaker:
    """The grown chain, with other signatures under one of its files."""
    maker = grown()
    kind = TRUST_TYPE_V2 if "keys" not in path else "application/vnd.counterseal.keys.v1+json"
    envelope = parse_envelope(maker.files[path], payload_type=kind, what=path)
    document = json.loads(envelope.to_bytes())
    change(document["signatures"])
    maker.files[path] = encode_canonical(document)
    return maker


@pytest.mark.parametrize("path", [TRUST_NAME, history_path(1), keys_path(ARD, 1), keys_path(ARD, 2)])
def test_signatures_are_sorted_none_twice_and_each_must_hold(path: str) -> None:
    twice = with_signatures(path, lambda given: given.append(given[-1]))
    refused(twice, "root signatures must be sorted by id, none twice", file=path)
    for position, half in ((5, "Ed25519 half"), (100, "ML-DSA-65 half")):

        def flip(given: list[Document], position: int = position) -> None:
            raw = bytearray(b64decode(given[0]["sig"]))
            raw[position] ^= 1
            given[0]["sig"] = b64encode(bytes(raw)).decode()

        refused(with_signatures(path, flip), half, file=path)


def test_the_signature_of_one_file_does_not_hold_on_another() -> None:
    maker = first()
    other = seal_envelope(TRUST_TYPE_V2, b"{}", keys=FIRST.all_keepers())
    kept = parse_envelope(maker.files[TRUST_NAME], payload_type=TRUST_TYPE_V2, what="")
    maker.files[TRUST_NAME] = replace(kept, signatures=other.signatures).to_bytes()
    refused(maker, "Ed25519 half: .*ML-DSA-65 half: ", file=TRUST_NAME)


# --- One file of all -----------------------------------------------------------------------------------------


def test_a_chain_travels_as_one_file_and_back() -> None:
    trust = grown().read()
    assert listed_files(trust_list(trust)) == dict(trust.files)
    assert trust.chain is not None
    texts = chain_texts(trust.chain)
    assert chain_files(texts) == dict(trust.files)
    for wrong in (
        texts[1:2],
        texts[3:],
        (*texts[3:], *texts[:3]),
        (*texts, texts[-1]),
        texts[:3] + texts[:2:-1],
    ):
        with pytest.raises(TrustError):
            read_trust(chain_files(wrong))


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_a_changed_version_is_refused_or_no_longer_signed(data: st.DataObject) -> None:
    maker = grown()
    path = data.draw(st.sampled_from((TRUST_NAME, history_path(1), history_path(2))))
    document = maker.document(path)
    mutate_document(data.draw, document)
    payload = text_of(document)
    if payload == maker.payload(path):
        return
    envelope = parse_envelope(maker.files[path], payload_type=TRUST_TYPE_V2, what="")
    maker.files[path] = replace(envelope, payload=payload).to_bytes()
    with pytest.raises(RecordError):
        maker.read()
