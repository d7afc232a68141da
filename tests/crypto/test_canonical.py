"""Canonical JSON: published RFC 8785 vectors inside the profile, refusal outside it."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterseal.crypto.canonical import MAX_DEPTH, decode_canonical, encode_canonical
from counterseal.crypto.errors import CanonicalError
from shared_data import shared

ascii_keys = st.text(st.characters(max_codepoint=127), max_size=8)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(ascii_keys, inner, max_size=4),
    max_leaves=20,
)


def _jcs(document: object) -> bytes:
    """RFC 8785 inside the profile, by another library: UTF-16 order is ASCII order for ASCII keys."""
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


@given(values)
def test_encoding_is_what_another_library_writes_and_reads_back(document: object) -> None:
    data = encode_canonical(document)
    assert data == _jcs(document)
    assert decode_canonical(data) == document


@given(st.binary(max_size=60))
def test_any_bytes_are_refused_or_are_their_own_encoding(data: bytes) -> None:
    try:
        document = decode_canonical(data)
    except CanonicalError:
        return
    assert encode_canonical(document) == data


PUBLISHED = ("arrays", "french", "structures", "unicode", "values", "weird")


@pytest.mark.parametrize("name", PUBLISHED)
def test_published_vectors_are_reproduced_or_refused(name: str) -> None:
    source = shared("vectors", "jcs", "input", f"{name}.json").read_bytes()
    want = shared("vectors", "jcs", "output", f"{name}.json").read_bytes()
    document = json.loads(source)
    if name == "french":
        assert not all(key.isascii() for key in document)
        with pytest.raises(CanonicalError, match="not an ASCII"):
            encode_canonical(document)
    elif name == "structures":
        with pytest.raises(CanonicalError, match=r"float 56\.0"):
            encode_canonical(document)  # the published input writes 56.0, which is outside the profile
        assert encode_canonical(decode_canonical(want)) == want
    elif name == "unicode":
        assert encode_canonical(document) == want
        assert decode_canonical(want) == document
    elif name == "arrays":
        assert encode_canonical(document) == want
    else:
        with pytest.raises(CanonicalError):
            decode_canonical(want)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b'{"a":1,"a":1}', "not canonical"),
        (b'{"b":1,"a":1}', "not canonical"),
        (b'{"a": 1}', "not canonical"),
        (b'{"a":"\\u0041"}', "not canonical"),
        (b'{"a":-0}', "not canonical|fraction"),
        (b'{"a":1.0}', "only integers"),
        (b'{"a":1e3}', "only integers"),
        (b'{"a":9007199254740992}', "2\\^53"),
        (b'{"a":18446744073709551616}', "2\\^53|only integers"),
        ('{"é":1}'.encode(), "not an ASCII"),
        (b'{"a":"\\ud800"}', "not JSON"),
        (b'{"a":NaN}', "not JSON"),
        (b'\xef\xbb\xbf{"a":1}', "not JSON"),
        (b'{"a":1}\n', "not canonical"),
        (b"", "not JSON"),
        (b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1), "deeper"),
        (b"[" * 100_000, "not JSON"),
    ],
)
def test_other_forms_are_refused_with_their_reason(data: bytes, message: str) -> None:
    with pytest.raises(CanonicalError, match=message):
        decode_canonical(data)


def test_sixteen_levels_are_allowed() -> None:
    data = b"[" * MAX_DEPTH + b"]" * MAX_DEPTH
    assert encode_canonical(decode_canonical(data)) == data
