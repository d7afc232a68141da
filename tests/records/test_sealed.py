"""Sealed bodies: for each reader in the audience and nobody else, and as long as the header says.

``docs/reference/formats.md``, section 8.3.
"""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from counterseal.crypto.canonical import decode_canonical
from counterseal.crypto.sealing import SEAL_OVERHEAD, seal_key, seal_to
from counterseal.records.body import Body, open_body, seal_body
from counterseal.records.envelope import split_record
from counterseal.records.errors import RecordError
from counterseal.records.header import Header, feed_id, header_document, record_id
from counterseal.records.sealed import (
    SealedPlace,
    plaintext_bytes,
    seal_opening,
    split_sealed,
    unseal_opening,
)
from counterseal.services.submit import Statement
from counterseal.terms.parties import PartyCode
from strategies.sticks import meet
from strategies.worlds import START

ARD, BEL, CHD = (seal_key(bytes([number]) * 32) for number in (1, 2, 3))
AUDIENCE = ("ARD", "BEL", "CHD")
TEXT = {"launchers": 400, "note": "where they stand"}


def header_of(body: Body, audience: tuple[str, ...] = AUDIENCE, *, treaty: str = "lake-treaty") -> Header:
    return Header(
        treaty=treaty,
        author=PartyCode("ARD"),
        feed=feed_id(treaty=treaty, author="ARD", public=bytes(32)),
        seq=0,
        prev=None,
        kind="declaration.aggregate",
        claimed_time=START,
        commit=body.commit,
        parts=body.parts,
        size_class=body.size_class,
        audience=audience,
    )


BODY = seal_body(TEXT, salts=lambda count: bytes(range(count)))
HEADER = header_of(BODY)
PLACE = SealedPlace.of(HEADER, record=record_id(HEADER.to_bytes()))
DOCUMENT = header_document(HEADER.to_bytes())
KEYS = [("ARD", ARD.public), ("BEL", BEL.public), ("CHD", None)]
SEALED = seal_opening(BODY.opening, place=PLACE, keys=KEYS)
PIECES = split_sealed(SEALED, DOCUMENT)


def test_each_reader_opens_its_own_piece_and_reads_the_statement() -> None:
    for key, reader, piece in ((ARD, "ARD", PIECES[0]), (BEL, "BEL", PIECES[1])):
        opening = unseal_opening(piece, key=key, info=PLACE.info(reader))
        assert opening == BODY.opening
        assert open_body(opening, commit=HEADER.commit, parts=2, size_class=1024) == TEXT


def test_a_reader_without_a_key_gets_nothing_and_a_stranger_nothing_at_all() -> None:
    assert PIECES[2] == b""
    for reader, piece in zip(("ARD", "BEL"), PIECES, strict=False):
        with pytest.raises(RecordError, match="does not open with key"):
            unseal_opening(piece, key=CHD, info=PLACE.info(reader))
    assert b"where they stand" not in SEALED


@pytest.mark.parametrize(
    "place",
    [
        replace(PLACE, treaty="sea-treaty"),
        replace(PLACE, record="ab" * 32),
    ],
)
def test_a_body_that_was_sealed_for_another_place_is_refused(place: SealedPlace) -> None:
    with pytest.raises(RecordError, match="for another purpose"):
        unseal_opening(PIECES[1], key=BEL, info=place.info("BEL"))


def test_a_piece_in_the_place_of_another_readers_is_refused() -> None:
    """Sealed to the same key, for somebody else."""
    with pytest.raises(RecordError, match="another purpose"):
        unseal_opening(PIECES[1], key=BEL, info=PLACE.info("ARD"))


def test_the_info_cannot_be_read_two_ways() -> None:
    """Where one text ends and the next begins is part of it."""
    infos = {
        SealedPlace(treaty=treaty, record=record, parts=1, size_class=1024).info(reader)
        for treaty, record, reader in (("a", "bc", "d"), ("ab", "c", "d"), ("a", "b", "cd"), ("abc", "", "d"))
    }
    assert len(infos) == 4
    assert PLACE.info("BEL") == (
        b"counterseal/sealed/v1\0\0\0\0\x0blake-treaty\0\0\0\x40" + PLACE.record.encode() + b"\0\0\0\x03BEL"
    )


values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**40), 2**40) | st.text(max_size=300),
    lambda inner: st.lists(inner, max_size=4),
    max_leaves=8,
)
statements = st.dictionaries(
    st.from_regex(r"[a-z][a-z0-9_]{0,20}", fullmatch=True), values, min_size=1, max_size=9
)


@settings(max_examples=150, deadline=None)
@given(statement=statements)
def test_the_length_tells_no_more_than_the_header(statement: dict[str, Any]) -> None:
    """I12: what is sealed is as long as parts and size class say, whatever the words are."""
    body = seal_body(statement, salts=bytes)
    header = header_of(body)
    place = SealedPlace.of(header, record=record_id(header.to_bytes()))
    width = 2 * body.size_class + 80 * body.parts + 32
    assert plaintext_bytes(parts=body.parts, size_class=body.size_class) == width
    assert len(body.opening) + 4 <= width, "the opening always fits"
    pieces = split_sealed(
        seal_opening(body.opening, place=place, keys=KEYS), header_document(header.to_bytes())
    )
    assert [len(piece) for piece in pieces] == [width + SEAL_OVERHEAD, width + SEAL_OVERHEAD, 0]
    assert SEAL_OVERHEAD == 1136


def submitted(statement: dict[str, Any]) -> bytes:
    """The header under which a party that says this, at one moment of one history, signs it."""
    world = meet()
    said = Statement(kind="site.note", members=statement, audience=("BEL",))
    (record,) = world.say(PartyCode("ARD"), said)
    entry = world.stores[PartyCode("ARD")].find(record)
    assert entry is not None
    return split_record(entry.envelope)[0]


small = st.none() | st.booleans() | st.integers(-(2**40), 2**40) | st.text(max_size=40)
names = st.from_regex(r"[a-z][a-z0-9_]{0,20}", fullmatch=True)


@settings(max_examples=60, deadline=None)
@given(
    one=st.dictionaries(names, small, min_size=1, max_size=4),
    other=st.dictionaries(names, small, min_size=1, max_size=4),
)
def test_headers_of_two_bodies_of_one_size_class_differ_in_the_commitment_alone(
    one: dict[str, Any], other: dict[str, Any]
) -> None:
    """I12: nobody who is not to read a record can tell by its header which of two things it says."""
    bodies = [seal_body(statement, salts=bytes) for statement in (one, other)]
    assume(len({(body.parts, body.size_class) for body in bodies}) == 1)
    headers = [submitted(statement) for statement in (one, other)]
    shown = [decode_canonical(header) for header in headers]
    commitments = [document["body"].pop("commit") for document in shown]
    assert shown[0] == shown[1]
    assert (commitments[0] == commitments[1]) == (one == other)
    assert len(headers[0]) == len(headers[1])


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "for ARD 0 bytes|must be 0 or"),
        (SEALED[:-1], "must be 0 or|its audience of 3 makes"),
        (SEALED + b"\0", "its audience of 3 makes"),
        (SEALED + b"\0\0\0\0", "its audience of 3 makes"),
        (bytes(12), "sealed body: sealed to nobody"),
        (bytes(8), "must be 0 or|sealed to nobody"),
        (b"\0\0\0\x01x" + bytes(8), "for ARD 1 bytes, must be 0 or 3376"),
        (SEALED[4:], "must be 0 or"),
        (b"\xff\xff\xff\xff" + SEALED[4:], "for ARD 4294967295 bytes, must be 0 or"),
    ],
)
def test_numbers_and_lengths_are_those_of_the_header(data: bytes, said: str) -> None:
    with pytest.raises(RecordError, match=said):
        split_sealed(data, DOCUMENT)


def test_another_audience_or_body_asks_for_other_numbers_and_lengths() -> None:
    for members in ({"audience": ["ARD", "BEL"]}, {"audience": ["ARD", "BEL", "CHD", "DEL"]}):
        with pytest.raises(RecordError):
            split_sealed(SEALED, {**DOCUMENT, **members})
    for body in ({"parts": 4}, {"size_class": 2048}):
        with pytest.raises(RecordError, match="must be 0 or"):
            split_sealed(SEALED, {**DOCUMENT, "body": {**DOCUMENT["body"], **body}})
    with pytest.raises(RecordError, match="the record is for everybody"):
        split_sealed(SEALED, {**DOCUMENT, "audience": ["public"]})


def test_what_is_for_nobody_with_a_key_is_not_sealed() -> None:
    with pytest.raises(RecordError, match="nobody in its audience has a seal key"):
        seal_opening(BODY.opening, place=PLACE, keys=[("ARD", None), ("BEL", None)])


@pytest.mark.parametrize(
    "filled",
    [
        b"\0\0\xff\xff" + b"x" * 100,
        b"\0\0\0\x03abc" + b"\0" * 50 + b"x",
        b"\xff\xff\xff\xff",
        b"\0\0\0\x01a\x01",
    ],
)
def test_what_was_sealed_badly_is_said_to_be_no_opening(filled: bytes) -> None:
    """The author may seal anything: the reader says what it found, and has no body."""
    piece = seal_to(BEL.public, filled, info=PLACE.info("BEL"))
    with pytest.raises(RecordError, match="is no opening filled up with zero bytes"):
        unseal_opening(piece, key=BEL, info=PLACE.info("BEL"))


@settings(max_examples=150, deadline=None)
@given(position=st.integers(0, len(PIECES[1]) - 1), bit=st.integers(0, 7))
def test_a_piece_with_any_bit_flipped_does_not_open(position: int, bit: int) -> None:
    data = bytearray(PIECES[1])
    data[position] ^= 1 << bit
    with pytest.raises(RecordError, match="altered since"):
        unseal_opening(bytes(data), key=BEL, info=PLACE.info("BEL"))
