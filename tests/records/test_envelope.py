"""The envelope: DSSE's own example, one canonical form, and the quick reader against the careful one."""

import json
from base64 import b64decode
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterseal.crypto.ed25519 import require_signature, signing_key
from counterseal.records.envelope import (
    HEADER_TYPE,
    MANIFEST_TYPE,
    MAX_RECORD_BYTES,
    parse_envelope,
    pre_authentication,
    seal_envelope,
    split_record,
)
from counterseal.records.errors import RecordError
from strategies.forgery import raw_envelope
from strategies.mutations import mutate_bytes, mutate_document, text_of

KEY = signing_key(bytes(32))
OTHER = signing_key(bytes([1]) * 32)
SEALED = seal_envelope(HEADER_TYPE, b'{"v":1}', keys=(KEY,)).to_bytes()


def test_the_worked_example_of_dsse() -> None:
    """DSSE protocol.md, "Test Vectors": type http://example.com/HelloWorld, payload "hello world"."""
    assert pre_authentication("http://example.com/HelloWorld", b"hello world") == (
        b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    )


def test_lengths_are_of_bytes_not_of_characters() -> None:
    assert pre_authentication("é", "é".encode()) == "DSSEv1 2 é 2 é".encode()
    assert pre_authentication("", b"") == b"DSSEv1 0  0 "


def test_what_is_sealed_is_read_back_and_its_signature_holds() -> None:
    payload, key_id, signature = split_record(SEALED)
    assert (payload, key_id) == (b'{"v":1}', KEY.key_id)
    require_signature(KEY.public, signature, message=pre_authentication(HEADER_TYPE, payload))
    envelope = parse_envelope(SEALED, payload_type=HEADER_TYPE, what="record")
    assert envelope.to_bytes() == SEALED
    assert list(json.loads(SEALED)) == ["payload", "payloadType", "signatures"]


def test_several_signers_stand_in_order_of_key_id() -> None:
    for keys in ((KEY, OTHER), (OTHER, KEY)):
        ids = [item.key_id for item in seal_envelope(MANIFEST_TYPE, b"{}", keys=keys).signatures]
        assert ids == sorted((KEY.key_id, OTHER.key_id))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda data: data[:-1] + b',"x":1}', "nothing else"),
        (lambda data: data.replace(b"header", b"other"), "payload type"),
        (lambda data: data.replace(KEY.key_id.encode(), b"x" * 64), "keyid"),
        (lambda data: data.replace(KEY.key_id.encode(), KEY.key_id.upper().encode()), "keyid"),
        (lambda data: b" " + data, "not canonical"),
        (lambda data: data.replace(b'{"payload"', b'{"payload":"","payload"'), "given twice"),
        (lambda data: data.replace(b"eyJ2IjoxfQ==", b"eyJ2IjoxfQ="), "base64"),
        (lambda data: data.replace(b"eyJ2IjoxfQ==", b"eyJ2IjoxfR=="), "standard spelling"),
        (lambda data: data.replace(b"eyJ2IjoxfQ==", b"eyJ2IjoxfQ==\\n"), "standard spelling"),
        (lambda data: data.replace(b"eyJ2IjoxfQ==", b"eyJ2-_oxfQ=="), "standard spelling"),
        (lambda data: b"{}", "payload, payloadType and signatures"),
        (lambda data: b"[]", "payload, payloadType and signatures"),
        (lambda data: b"", "not JSON"),
        (lambda data: text_of({**json.loads(data), "signatures": []}), "at least one"),
        (lambda data: text_of({**json.loads(data), "signatures": {}}), "at least one"),
        (lambda data: text_of({**json.loads(data), "signatures": [1]}), "keyid and sig"),
        (lambda data: text_of({**json.loads(data), "payload": 1}), "must be base64 text"),
    ],
)
def test_each_other_form_is_refused_by_both_readers(change: Callable[[bytes], bytes], said: str) -> None:
    data = change(SEALED)
    with pytest.raises(RecordError, match=said):
        parse_envelope(data, payload_type=HEADER_TYPE, what="record")
    with pytest.raises(RecordError, match=said):
        split_record(data)


def test_a_record_has_one_signature_and_at_most_60000_bytes() -> None:
    twice = seal_envelope(HEADER_TYPE, b"{}", keys=(KEY, OTHER)).to_bytes()
    with pytest.raises(RecordError, match="exactly one signature"):
        split_record(twice)
    with pytest.raises(RecordError, match="60001 bytes, at most 60000"):
        split_record(bytes(MAX_RECORD_BYTES + 1))


def careful(data: bytes) -> tuple[bytes, str, bytes] | None:
    """What ``split_record`` must answer, by way of the general reader."""
    try:
        envelope = parse_envelope(data, payload_type=HEADER_TYPE, what="record")
    except RecordError:
        return None
    if len(envelope.signatures) != 1 or len(data) > MAX_RECORD_BYTES:
        return None
    return envelope.payload, envelope.signatures[0].key_id, envelope.signatures[0].signature


def quick(data: bytes) -> tuple[bytes, str, bytes] | None:
    try:
        return split_record(data)
    except RecordError:
        return None


@settings(max_examples=600, deadline=None)
@given(data=st.data())
def test_the_quick_reader_accepts_exactly_what_the_careful_one_does(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(["bytes", "document", "signature", "any"]))
    if kind == "bytes":
        entry = mutate_bytes(data.draw, SEALED)
        entry = mutate_bytes(data.draw, entry) if data.draw(st.booleans()) else entry
    elif kind == "document":
        document = json.loads(SEALED)
        mutate_document(data.draw, document)
        entry = text_of(document)
    elif kind == "signature":
        payload, sig = data.draw(st.binary(max_size=8)), data.draw(st.binary(min_size=60, max_size=68))
        entry = raw_envelope(payload, payload_type=HEADER_TYPE, signatures=[(KEY.key_id, sig)])
    else:
        entry = data.draw(st.binary(max_size=40))
    assert quick(entry) == careful(entry)


@given(st.binary(max_size=200))
def test_any_payload_goes_through_as_it_is(payload: bytes) -> None:
    sealed = seal_envelope(HEADER_TYPE, payload, keys=(KEY,)).to_bytes()
    assert split_record(sealed)[0] == payload
    assert b64decode(json.loads(sealed)["payload"]) == payload
