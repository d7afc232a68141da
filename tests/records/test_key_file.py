"""Key files: each party's working keys, from which entry on they count, and what became of those before.

``docs/reference/formats.md``, section 6.3.
"""

import json
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessment.fictional import ARD, BEL
from counterseal.crypto.ed25519 import key_id, signing_key
from counterseal.records.envelope import KEYS_TYPE, parse_envelope, pre_authentication
from counterseal.records.errors import RecordError, TrustError
from counterseal.records.key_file import parse_key_file
from counterseal.records.trust_chain import keys_path
from counterseal.records.trusted import AUTHOR, LOG, SEAL, WITNESS
from strategies.mutations import mutate_document, text_of
from strategies.trust_chains import ALL_ROLES, ChainMaker, Document, give_roots, new_keeper
from strategies.worlds import AUD, founded

FIRST = ChainMaker.of(founded())
PATH, NEXT = keys_path(ARD, 1), keys_path(ARD, 2)
DOCUMENT = FIRST.document(PATH)
SMALL_ORDER = "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"
ORIGIN = "lake.example/ard/log"


def first() -> ChainMaker:
    return FIRST.copy()


def refused(maker: ChainMaker, said: str, *, file: str | None = None) -> None:
    with pytest.raises(TrustError, match=said) as caught:
        maker.read()
    if file is not None:
        assert caught.value.file == file


# --- One key file by itself ----------------------------------------------------------------------------------


def of_role(role: str, document: Document) -> list[Document]:
    return [key for key in document["keys"] if key["role"] == role]


def key(role: str, *, algorithm: str = "ed25519", name: str = "n", seed: int = 0) -> Document:
    """A new key as a key file lists it."""
    public = signing_key(bytes([seed]) * 32).public if algorithm == "ed25519" else bytes([seed]) * 1312
    identity = key_id(public, algorithm=algorithm)
    return {"alg": algorithm, "id": identity, "name": name, "public": public.hex(), "role": role}


def resort(document: Document) -> None:
    document["keys"].sort(key=lambda item: str(item["id"]))


def add(*keys: Document) -> Callable[[Document], None]:
    def change(document: Document) -> None:
        document["keys"] += keys
        resort(document)

    return change


def drop(role: str, algorithm: str = "ed25519") -> Callable[[Document], None]:
    def change(document: Document) -> None:
        document["keys"] = [k for k in document["keys"] if (k["role"], k["alg"]) != (role, algorithm)]

    return change


def rename(role: str, name: str, *, algorithm: str | None = None) -> Callable[[Document], None]:
    def change(document: Document) -> None:
        for item in of_role(role, document):
            if algorithm in (None, item["alg"]):
                item["name"] = name

    return change


def swap_algorithm(role: str) -> Callable[[Document], None]:
    """Two Ed25519 keys in the place of one and a lasting one."""

    def change(document: Document) -> None:
        drop(role, "ml-dsa-44")(document)
        name = of_role(role, document)[0]["name"]
        add(key(role, name=name))(document)

    return change


def put(member: str, value: Any, *, role: str | None = None) -> Callable[[Document], None]:
    def change(document: Document) -> None:
        (of_role(role, document)[0] if role else document)[member] = value

    return change


def retired(**members: Any) -> Callable[[Document], None]:
    base: Document = {"accepted": None, "heads": [], "id": "00" * 32, "role": AUTHOR}
    return put("retired", [{**base, **members}])


HEAD = {"origin": ORIGIN, "size": 1}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (put("v", 2), "key file v 2: must be 1"),
        (put("v", True), "key file v True: must be 1"),
        (put("version", 0), "key file version 0"),
        (put("version", True), "key file version True"),
        (put("version", 2), "key file previous: null exactly in version 1, found None in version 2"),
        (put("previous", "00" * 32), "key file previous: null exactly in version 1"),
        (put("treaty", "T"), "key file treaty 'T'"),
        (put("party", "ard"), "key file party: "),
        (put("party", None), "key file party: "),
        (put("at", 1), "key file at 1: version 1 begins at 0"),
        (put("at", -1), "key file at -1"),
        (put("at", False), "key file at False"),
        (put("x", 1), "must have exactly at, keys, party"),
        (put("keys", []), "key file keys: must be a list of 6"),
        (put("keys", None), "key file keys: must be a list of 6"),
        (lambda document: document["keys"].reverse(), "key file keys: must be sorted, none twice"),
        (lambda document: document["keys"].insert(0, document["keys"][0]), "must be sorted, none twice"),
        (drop(AUTHOR), "must be a list of 6"),
        (add(*(key(AUTHOR, seed=number) for number in range(16))), "must be a list of 6 to 21"),
        (lambda d: (drop(AUTHOR)(d), add(key(WITNESS))(d)), "must have 1 to 16 author keys"),
        (lambda d: (drop(SEAL, "mlkem768-x25519")(d), add(key(AUTHOR))(d)), "exactly one seal key"),
        (lambda d: (drop(LOG)(d), add(key(AUTHOR))(d)), "log must be one ed25519 and one ml-dsa-44 key"),
        (
            lambda d: (drop(LOG, "ml-dsa-44")(d), add(key(AUTHOR))(d)),
            "log must be one ed25519 and one ml-dsa",
        ),
        (swap_algorithm(LOG), "log must be one ed25519 and one ml-dsa-44 key"),
        (swap_algorithm(WITNESS), "witness must be one ed25519 and one ml-dsa-44 key"),
        (add(key(LOG, name=ORIGIN)), "log must be one ed25519 and one ml-dsa-44 key"),
        (add(key(WITNESS)), "witness must be one ed25519 and one ml-dsa-44 key"),
        (rename(LOG, "other", algorithm="ml-dsa-44"), "both log keys must have one name"),
        (rename(WITNESS, "other", algorithm="ed25519"), "both witness keys must have one name"),
        (rename(AUTHOR, "two words"), "key file key name 'two words': cannot stand on a note"),
        (rename(AUTHOR, "a+b"), "cannot stand on a note"),
        (rename(AUTHOR, "n" * 256), "cannot stand on a note"),
        (put("role", "root", role=AUTHOR), "key file key role 'root'"),
        (put("role", [], role=AUTHOR), "key file key role"),
        (put("alg", "ml-dsa-44", role=AUTHOR), "of role author: alg 'ml-dsa-44'"),
        (put("alg", "ed25519", role=SEAL), "of role seal: alg 'ed25519'"),
        (put("alg", "ml-dsa-65", role=LOG), "of role log: alg 'ml-dsa-65'"),
        (put("public", SMALL_ORDER, role=AUTHOR), "small order"),
        (put("public", "00" * 31, role=AUTHOR), r"public \(ed25519\): must be 32 bytes"),
        (put("public", "00" * 32, role=SEAL), r"public \(mlkem768-x25519\): must be 1216 bytes"),
        (put("id", "00" * 32, role=AUTHOR), "the id is not that of its public bytes"),
        (put("id", None, role=AUTHOR), "the id is not that of its public bytes"),
        (put("x", 1, role=AUTHOR), "must have exactly alg, id, name"),
        (put("retired", {}), "key file retired: must be a list"),
        (retired(role="root"), "retired key role 'root'"),
        (retired(id="00"), "retired key id '00'"),
        (retired(accepted=-1), "retired key accepted -1"),
        (retired(accepted=True), "retired key accepted True"),
        (retired(role=LOG, accepted=0), "accepted is an author's, heads are a witness's"),
        (retired(role=WITNESS, accepted=0), "accepted is an author's, heads are a witness's"),
        (retired(heads=[HEAD]), "accepted is an author's, heads are a witness's"),
        (retired(role=SEAL, heads=[HEAD]), "accepted is an author's, heads are a witness's"),
        (retired(role=WITNESS, heads=[HEAD, HEAD]), "heads: must be sorted, none twice"),
        (retired(role=WITNESS, heads=[HEAD, {**HEAD, "origin": "a"}]), "heads: must be sorted, none twice"),
        (retired(role=WITNESS, heads=[{**HEAD, "size": -1}]), "head size -1"),
        (
            retired(role=WITNESS, heads=[{**HEAD, "origin": f"{n:02}/log"} for n in range(17)]),
            "a list of 0 to 16",
        ),
        (retired(role=WITNESS, heads=[{**HEAD, "origin": "two words"}]), "head origin 'two words'"),
        (retired(role=WITNESS, heads=None), "retired key heads: must be a list"),
        (retired(x=1), "must have exactly accepted, heads, id, role"),
    ],
)
def test_each_other_form_is_refused_by_name(change: Callable[[Document], Any], said: str) -> None:
    document = FIRST.document(PATH)
    change(document)
    with pytest.raises(TrustError, match=said):
        parse_key_file(text_of(document))


def test_a_key_file_reads_back_as_it_was_written_and_has_the_id_of_the_format() -> None:
    payload = FIRST.payload(PATH)
    file = parse_key_file(payload)
    assert file.payload() == payload
    assert (
        file.file_id
        == sha256(b"counterseal/key-file/v1\0" + pre_authentication(KEYS_TYPE, payload)).hexdigest()
    )
    roles = sorted((one.role, one.algorithm) for one in file.keys)
    assert roles == [
        (AUTHOR, "ed25519"),
        (LOG, "ed25519"),
        (LOG, "ml-dsa-44"),
        (SEAL, "mlkem768-x25519"),
        (WITNESS, "ed25519"),
        (WITNESS, "ml-dsa-44"),
    ]


def test_a_party_may_have_as_many_as_sixteen_author_keys() -> None:
    document = FIRST.document(PATH)
    add(*(key(AUTHOR, seed=number) for number in range(15)))(document)
    assert len(parse_key_file(text_of(document)).of_role(AUTHOR)) == 16


# --- From version to version ---------------------------------------------------------------------------------


def test_every_role_may_have_new_keys_and_the_old_ones_are_known_until_there() -> None:
    maker = first()
    maker.next_keys(ARD, at=5, accepted=2, heads={"lake.example/bel/log": 7})
    maker.next_keys(ARD, at=9, roles=[AUTHOR])
    trust = maker.read()
    rows = {
        (one.role, one.start, one.end, one.founding, one.accepted, one.heads)
        for one in trust.keys
        if one.party == ARD
    }
    seen = (("lake.example/bel/log", 7),)
    assert rows == {
        (AUTHOR, 0, 5, True, 2, None),
        (AUTHOR, 5, 9, False, None, None),
        (AUTHOR, 9, None, False, None, None),
        (LOG, 0, 5, True, None, None),
        (LOG, 5, None, False, None, None),
        (SEAL, 0, 5, True, None, None),
        (SEAL, 5, None, False, None, None),
        (WITNESS, 0, 5, True, None, seen),
        (WITNESS, 5, None, False, None, None),
    }
    assert [len({pair.party for pair in trust.witnesses if pair.party == code}) for code in (ARD, BEL)] == [
        1,
        1,
    ]
    assert len([pair for pair in trust.witnesses if pair.party == ARD]) == 2
    assert all(len(pair.keys) == 2 for pair in trust.witnesses)


def test_the_logs_keys_are_those_in_force_at_its_last_entry() -> None:
    maker = first()
    old = {one.key_id for one in maker.read().log_keys(ORIGIN, 0)}
    maker.next_keys(ARD, at=5)
    trust = maker.read()
    new = {one.key_id for one in trust.present(ARD, LOG)}
    assert not old & new
    by_size = {size: {one.key_id for one in trust.log_keys(ORIGIN, size)} for size in (0, 1, 5, 6, 1000)}
    assert by_size == {0: old, 1: old, 5: old, 6: new, 1000: new}


def test_the_second_version_may_be_in_force_from_the_first_entry_on_and_no_later_one() -> None:
    """A party that loses its first keys before it ever wrote a word."""
    maker = first()
    maker.next_keys(ARD, at=0)
    trust = maker.read()
    founding = {one.key_id for one in trust.log_keys(ORIGIN, 0)}
    assert founding == {one.key_id for one in FIRST.read().log_keys(ORIGIN, 0)}
    assert {one.key_id for one in trust.log_keys(ORIGIN, 1)} == {
        one.key_id for one in trust.present(ARD, LOG)
    }
    maker.next_keys(ARD, at=0)
    refused(maker, "key file version 3: at 0 is not after 0", file=keys_path(ARD, 3))


@pytest.mark.parametrize("at", [5, 4, 0])
def test_each_version_comes_into_force_after_the_one_before(at: int) -> None:
    maker = first()
    maker.next_keys(ARD, at=5)
    maker.next_keys(ARD, at=at)
    refused(maker, f"key file version 3: at {at} is not after 5", file=keys_path(ARD, 3))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (put("previous", "ab" * 32), "key file version 2: previous is not the id of the version before"),
        (
            put("treaty", "sea-treaty"),
            "treaty 'sea-treaty', version 2: must be of ARD, 'lake-treaty', 2 here",
        ),
        (put("party", "BEL"), "key file of BEL, .* must be of ARD"),
        (put("version", 3), "version 3: must be of ARD, 'lake-treaty', 2 here"),
        (
            rename(LOG, "lake.example/ard/log2"),
            "key file of ARD: log keys must be named lake.example/ard/log",
        ),
        (put("retired", []), "retired must name exactly the keys no longer in it"),
        (lambda d: d["retired"].pop(), "retired must name exactly the keys no longer in it"),
        (
            lambda d: d["retired"].append({"accepted": None, "heads": [], "id": "ff" * 32, "role": AUTHOR}),
            "retired must name exactly the keys no longer in it",
        ),
        (
            lambda d: next(one for one in d["retired"] if one["role"] == SEAL).update(role=AUTHOR),
            "retired must name exactly the keys no longer in it",
        ),
    ],
)
def test_a_version_that_does_not_follow_is_refused(change: Callable[[Document], Any], said: str) -> None:
    maker = first()
    maker.next_keys(ARD, at=5, change=change)
    refused(maker, said, file=NEXT)


def test_a_key_that_is_still_in_the_file_cannot_be_retired() -> None:
    def change(document: Document) -> None:
        (author,) = of_role(AUTHOR, document)
        document["retired"].append({"accepted": None, "heads": [], "id": author["id"], "role": AUTHOR})
        document["retired"].sort(key=lambda one: str(one["id"]))

    maker = first()
    maker.next_keys(ARD, at=5, roles=[SEAL], change=change)
    refused(maker, "retired must name exactly the keys no longer in it", file=NEXT)


@pytest.mark.parametrize("role", ALL_ROLES)
def test_a_retired_key_never_comes_back(role: str) -> None:
    maker = first()
    old = of_role(role, maker.document(PATH))
    maker.next_keys(ARD, at=5)

    def change(document: Document) -> None:
        ids = {one["id"] for one in old}
        returned = [one for one in document["keys"] if one["role"] == role]
        document["keys"] = [one for one in document["keys"] if one["role"] != role] + old
        resort(document)
        gone = [{"accepted": None, "heads": [], "id": one["id"], "role": role} for one in returned]
        kept = [one for one in document["retired"] if one["id"] not in ids]
        document["retired"] = sorted([*kept, *gone], key=lambda one: str(one["id"]))

    maker.next_keys(ARD, at=9, roles=[], change=change)
    refused(maker, "was retired and is back", file=keys_path(ARD, 3))


def test_what_was_said_of_a_retired_key_is_said_again_and_may_be_said_better() -> None:
    """The newest file decides: that a key was stolen may be found out long after it was replaced."""
    maker = first()
    maker.next_keys(ARD, at=5, roles=[AUTHOR])
    assert [one.accepted for one in maker.read().keys_of(AUTHOR) if one.end == 5] == [None]

    def stolen(document: Document) -> None:
        next(one for one in document["retired"] if one["role"] == AUTHOR)["accepted"] = 4

    maker.next_keys(ARD, at=9, roles=[SEAL], change=stolen)
    assert [one.accepted for one in maker.read().keys_of(AUTHOR) if one.end == 5] == [4]


def said_of(role: str, **members: Any) -> Callable[[Document], None]:
    """Say something else of a party's first retired key of that role."""

    def change(document: Document) -> None:
        for one in document["retired"]:
            if one["role"] == role:
                one.update(members)

    return change


def head(size: int, origin: str = ORIGIN) -> Document:
    return {"origin": origin, "size": size}


@pytest.mark.parametrize(
    ("then", "now", "allowed"),
    [
        (said_of(AUTHOR, accepted=None), said_of(AUTHOR, accepted=7), True),
        (said_of(AUTHOR, accepted=7), said_of(AUTHOR, accepted=7), True),
        (said_of(AUTHOR, accepted=7), said_of(AUTHOR, accepted=0), True),
        (said_of(AUTHOR, accepted=7), said_of(AUTHOR, accepted=8), False),
        (said_of(AUTHOR, accepted=7), said_of(AUTHOR, accepted=None), False),
        (said_of(WITNESS, heads=[head(3)]), said_of(WITNESS, heads=[head(3)]), True),
        (said_of(WITNESS, heads=[head(3)]), said_of(WITNESS, heads=[head(2)]), True),
        (said_of(WITNESS, heads=[head(3)]), said_of(WITNESS, heads=[]), True),
        (said_of(WITNESS, heads=[head(3)]), said_of(WITNESS, heads=[head(4)]), False),
        (said_of(WITNESS, heads=[head(3)]), said_of(WITNESS, heads=[head(0, "a/log"), head(3)]), False),
        (said_of(WITNESS, heads=[]), said_of(WITNESS, heads=[head(0)]), False),
    ],
)
def test_what_is_said_of_a_retired_key_only_becomes_less(
    then: Callable[[Document], None], now: Callable[[Document], None], allowed: bool
) -> None:
    """Who steals the keepers' keys cannot make a stolen key's words good again."""
    maker = first()
    maker.next_keys(ARD, at=5, roles=[AUTHOR, WITNESS], change=then)
    maker.next_keys(ARD, at=9, roles=[SEAL], change=now)
    if allowed:
        assert maker.read().version == 1
    else:
        refused(maker, "stands by more of .* than version 2 did", file=keys_path(ARD, 3))


# --- A key is one thing --------------------------------------------------------------------------------------


def test_what_another_party_lists_proves_nothing_against_this_one() -> None:
    """Else whoever reads a new public key off a stick could list it too, and stop everybody's exchange."""
    maker = first()
    theirs = of_role(AUTHOR, maker.document(keys_path(BEL, 1)))
    maker.next_keys(ARD, at=5, roles=[], change=add(*theirs))
    assert maker.read() is not None


def test_a_witness_is_named_within_its_partys_own_place() -> None:
    maker = first()
    maker.next_keys(ARD, at=5, roles=[WITNESS], change=rename(WITNESS, "lake.example/bel/witness"))
    refused(maker, "names of witness keys must begin with lake.example/ard/", file=NEXT)


def test_one_public_key_does_not_have_two_roles() -> None:
    maker = first()
    own = of_role(WITNESS, maker.document(PATH))
    borrowed = next({**one, "role": AUTHOR} for one in own if one["alg"] == "ed25519")

    def change(document: Document) -> None:
        drop(WITNESS)(document)
        add(borrowed, key(WITNESS, name=own[0]["name"]))(document)

    maker.next_keys(ARD, at=5, roles=[], change=change)
    refused(maker, "changed its role or name", file=NEXT)


def test_a_key_that_stays_keeps_its_name() -> None:
    maker = first()
    maker.next_keys(ARD, at=5, roles=[], change=rename(AUTHOR, "other"))
    refused(maker, "changed its role or name", file=NEXT)


def test_no_two_keys_leave_lines_that_cannot_be_told_apart() -> None:
    """A line names its key by four bytes: who tries 100,000 keys finds two for which they are the same."""
    name = of_role(WITNESS, DOCUMENT)[0]["name"]
    seen: dict[bytes, bytes] = {}
    for number in range(1_000_000):
        public = sha256(number.to_bytes(4, "big")).digest()
        head = sha256(name.encode() + b"\n\x04" + public).digest()[:4]
        if head in seen:
            break
        seen[head] = public
    maker = first()
    for version, same in enumerate((seen[head], public), start=1):
        twin = {"id": key_id(same), "public": same.hex()}

        def change(document: Document, twin: Document = twin) -> None:
            next(one for one in of_role(WITNESS, document) if one["alg"] == "ed25519").update(twin)
            resort(document)

        maker.next_keys(ARD, at=version, roles=[WITNESS], change=change)
    refused(maker, "cannot be told apart: name and key hash are the same", file=keys_path(ARD, 3))


def test_one_public_key_does_not_have_two_roles_one_after_the_other() -> None:
    """Retired as a witness's, it would be back as an author's."""
    maker = first()
    lasting = next(one for one in of_role(WITNESS, maker.document(PATH)) if one["alg"] == "ed25519")
    maker.next_keys(ARD, at=5, roles=[WITNESS])

    def change(document: Document) -> None:
        add({**lasting, "role": AUTHOR})(document)
        document["retired"] = [one for one in document["retired"] if one["id"] != lasting["id"]]

    maker.next_keys(ARD, at=9, roles=[], change=change)
    refused(maker, "was retired and is back", file=keys_path(ARD, 3))


# --- Who must sign -------------------------------------------------------------------------------------------


def test_the_partys_own_keepers_sign_and_nobody_else_can() -> None:
    maker = first()
    maker.next_keys(ARD, at=5, signers=maker.keepers[BEL])
    with pytest.raises(TrustError) as caught:
        maker.read()
    assert "which is no keeper's root here" in str(caught.value)
    both = first()
    both.next_keys(ARD, at=5, signers=[*both.keepers[ARD], *both.keepers[BEL]])
    refused(both, "which is no keeper's root here", file=NEXT)


def test_as_many_of_them_as_the_threshold_says() -> None:
    keepers = (*FIRST.keepers[ARD], new_keeper("two"), new_keeper("three"))
    maker = first()
    maker.next_trust(lambda d: give_roots(d, ARD, keepers, threshold=2), [*maker.all_keepers(), *keepers[1:]])
    one = maker.copy()
    one.next_keys(ARD, at=5, signers=keepers[2:])
    refused(one, "signed by 1 of the keepers of ARD, 2 are needed", file=NEXT)
    maker.next_keys(ARD, at=5, signers=keepers[1:])
    assert maker.read().version == 2


def handed_over(maker: ChainMaker) -> None:
    """Ardania's root goes to another keeper, by the word of both."""
    new = new_keeper("new of ARD")
    maker.next_trust(lambda d: give_roots(d, ARD, [new], threshold=1), [*maker.all_keepers(), new])
    maker.keepers[ARD] = (new,)


def test_keys_are_signed_by_the_keepers_of_the_last_trust_file_that_knows_fewer_of_them() -> None:
    old = FIRST.keepers[ARD]
    before, after = first(), first()
    before.next_keys(ARD, at=5)
    handed_over(before)
    handed_over(after)
    after.next_keys(ARD, at=5)
    assert before.read().version == after.read().version == 2
    late = first()
    handed_over(late)
    late.next_keys(ARD, at=5, signers=old)
    refused(late, "which is no keeper's root here", file=NEXT)
    early = first()
    early.next_keys(ARD, at=5, signers=[new_keeper("new of ARD")])
    handed_over(early)
    refused(early, "which is no keeper's root here", file=NEXT)


def test_the_first_key_file_is_signed_by_the_keepers_of_the_first_trust_file() -> None:
    maker = first()
    handed_over(maker)
    assert maker.read().version == 2
    maker.resign(PATH, lambda _: None, maker.keepers[ARD])
    refused(maker, "which is no keeper's root here", file=PATH)


def test_each_party_has_keys_of_its_own_pace() -> None:
    maker = first()
    for number in range(1, 6):
        maker.next_keys(AUD, at=number, roles=[AUTHOR])
    maker.next_keys(BEL, at=3, roles=[WITNESS])
    trust = maker.read()
    assert trust.version == 1
    assert [maker.newest_keys(code) for code in (ARD, AUD, BEL)] == [1, 6, 2]
    assert len([one for one in trust.keys_of(AUTHOR) if one.party == AUD]) == 6


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_a_changed_key_file_is_refused_or_no_longer_signed(data: st.DataObject) -> None:
    maker = first()
    maker.next_keys(ARD, at=5, accepted=2, heads={ORIGIN: 3})
    path = data.draw(st.sampled_from((PATH, NEXT)))
    document = maker.document(path)
    mutate_document(data.draw, document)
    payload = text_of(document)
    if payload == maker.payload(path):
        return
    envelope = parse_envelope(maker.files[path], payload_type=KEYS_TYPE, what="")
    maker.files[path] = replace(envelope, payload=payload).to_bytes()
    with pytest.raises(RecordError):
        maker.read()


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_whatever_is_accepted_reads_back_as_the_same_bytes(data: st.DataObject) -> None:
    document = json.loads(FIRST.payload(PATH))
    mutate_document(data.draw, document)
    payload = text_of(document)
    try:
        file = parse_key_file(payload)
    except TrustError:
        return
    assert file.payload() == payload
