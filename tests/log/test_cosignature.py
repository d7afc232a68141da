"""The ML-DSA-44 line against the layout of C2SP tlog-cosignature, byte for byte, and every other length refused."""

from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from struct import pack

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterseal.crypto.ed25519 import signing_key
from counterseal.crypto.mldsa import ML_DSA_44, ML_DSA_65, mldsa_key, require_mldsa_signature
from counterseal.log.checkpoint import Checkpoint
from counterseal.log.cosignature import (
    COSIGNATURE,
    SUBTREE_COSIGNATURE,
    cosign,
    cosign_mldsa,
    cosigned_message,
    instant_of,
    mldsa_cosigned_at,
    require_log_line,
    witnessed_at,
)
from counterseal.log.errors import NoteError
from counterseal.log.note import ED25519, Note, NoteKey, NoteLine, parse_note, parse_verifier_key, sign_note

ORIGIN = "example.com/behind-the-sofa"
HEAD = Checkpoint(origin=ORIGIN, size=20852163, root=bytes(range(32)))
AT = datetime.fromtimestamp(1679315147, tz=UTC)
NAME = "witness.example.com/w1"
KEY = mldsa_key(bytes([7]) * 32, algorithm=ML_DSA_44)
WITNESS = NoteKey(name=NAME, public=KEY.public, algorithm=SUBTREE_COSIGNATURE)
PLAIN = signing_key(bytes([8]) * 32)
LINE = cosign_mldsa(HEAD, KEY, name=NAME, at=AT)
NOTE = Note(text=HEAD.text(), lines=(LINE,))


def by_the_specification(name: bytes, time: int, origin: bytes, size: int, root: bytes) -> bytes:
    """``cosigned_message`` of C2SP tlog-cosignature in the presentation language of RFC 8446, written apart."""
    label = bytes.fromhex("737562747265652f76310a00")
    return (
        label
        + pack(">B", len(name))
        + name
        + pack(">QB", time, len(origin))
        + origin
        + pack(">QQ", 0, size)
        + root
    )


def test_the_line_is_laid_out_as_the_specification_says() -> None:
    assert LINE.key_hash == sha256(NAME.encode() + b"\n\x06" + KEY.public).digest()[:4]
    assert len(LINE.signature) == 8 + 2420
    assert LINE.signature[:8] == pack(">Q", 1679315147)
    message = by_the_specification(NAME.encode(), 1679315147, ORIGIN.encode(), HEAD.size, HEAD.root)
    assert len(message) == 12 + 1 + 22 + 8 + 1 + 27 + 8 + 8 + 32
    require_mldsa_signature(KEY.public, LINE.signature[8:], message, algorithm=ML_DSA_44)
    assert message == cosigned_message(HEAD, name=NAME, seconds=1679315147)
    assert (COSIGNATURE, SUBTREE_COSIGNATURE) == (0x04, 0x06)


def test_the_line_reads_back_from_a_note_and_tells_its_time() -> None:
    note = parse_note(NOTE.to_bytes())
    assert note == NOTE
    assert mldsa_cosigned_at(note, WITNESS) == witnessed_at(note, WITNESS) == 1679315147
    assert mldsa_cosigned_at(replace(note, lines=()), WITNESS) is None


def test_two_signatures_of_one_head_differ_and_both_hold() -> None:
    again = cosign_mldsa(HEAD, KEY, name=NAME, at=AT)
    assert again.signature != LINE.signature
    assert mldsa_cosigned_at(replace(NOTE, lines=(again,)), WITNESS) == 1679315147


@settings(max_examples=60, deadline=None)
@given(length=st.integers(0, 2600).filter(lambda length: length != 2428))
def test_a_line_of_another_length_is_refused(length: int) -> None:
    field = (LINE.signature * 2)[:length]
    with pytest.raises(NoteError, match=f"{length} bytes, must be 2428"):
        mldsa_cosigned_at(replace(NOTE, lines=(replace(LINE, signature=field),)), WITNESS)


@settings(max_examples=100, deadline=None)
@given(at=st.integers(0, 2427), bit=st.integers(0, 7))
def test_a_line_with_one_other_bit_does_not_verify(at: int, bit: int) -> None:
    field = bytearray(LINE.signature)
    field[at] ^= 1 << bit
    with pytest.raises(NoteError, match="ML-DSA-44 line of witness"):
        mldsa_cosigned_at(replace(NOTE, lines=(replace(LINE, signature=bytes(field)),)), WITNESS)


@pytest.mark.parametrize(
    "head",
    [
        replace(HEAD, size=HEAD.size + 1),
        replace(HEAD, origin="example.com/behind-the-sofb"),
        replace(HEAD, root=bytes(32)),
    ],
)
def test_the_line_is_of_this_head_alone(head: Checkpoint) -> None:
    with pytest.raises(NoteError, match="does not verify"):
        mldsa_cosigned_at(Note(text=head.text(), lines=(LINE,)), WITNESS)


def test_the_line_is_of_this_cosigner_alone() -> None:
    other = NoteKey(name="witness.example.com/w2", public=KEY.public, algorithm=SUBTREE_COSIGNATURE)
    moved = replace(LINE, name=other.name, key_hash=other.key_hash)
    with pytest.raises(NoteError, match="does not verify"):
        mldsa_cosigned_at(replace(NOTE, lines=(moved,)), other)


def test_a_line_on_a_note_that_is_no_checkpoint_says_nothing() -> None:
    with pytest.raises(NoteError, match="must be origin, size and root"):
        mldsa_cosigned_at(replace(NOTE, text=NOTE.text + "extension\n"), WITNESS)


def test_names_and_origins_of_more_than_255_bytes_are_refused() -> None:
    longest = "o" * 255
    line = cosign_mldsa(replace(HEAD, origin=longest), KEY, name="n" * 255, at=AT)
    key = NoteKey(name="n" * 255, public=KEY.public, algorithm=SUBTREE_COSIGNATURE)
    note = Note(text=replace(HEAD, origin=longest).text(), lines=(line,))
    assert mldsa_cosigned_at(note, key) == 1679315147
    with pytest.raises(NoteError, match="log origin of 256 bytes"):
        cosign_mldsa(replace(HEAD, origin="o" * 256), KEY, name=NAME, at=AT)
    with pytest.raises(NoteError, match="log origin of 0 bytes"):
        cosign_mldsa(replace(HEAD, origin=""), KEY, name=NAME, at=AT)
    with pytest.raises(NoteError, match="1 to 255 printable ASCII"):
        cosign_mldsa(HEAD, KEY, name="n" * 256, at=AT)
    with pytest.raises(NoteError, match="cosigner name of 256 bytes"):
        cosigned_message(HEAD, name="n" * 256, seconds=0)


def test_a_time_that_no_clock_of_ours_shows_is_refused_when_signing() -> None:
    for at in (datetime(1970, 1, 1, tzinfo=UTC), datetime(1969, 7, 20, tzinfo=UTC)):
        with pytest.raises(NoteError, match="must be after 1970"):
            cosign_mldsa(HEAD, KEY, name=NAME, at=at)
        with pytest.raises(NoteError, match="must be after 1970"):
            cosign(HEAD.text(), PLAIN, name=NAME, at=at)


def test_a_key_of_another_parameter_set_signs_no_head() -> None:
    with pytest.raises(NoteError, match=r"key of ml-dsa-65, must be ml-dsa-44"):
        cosign_mldsa(HEAD, mldsa_key(bytes(32), algorithm=ML_DSA_65), name=NAME, at=AT)


def test_times_past_all_calendars_count_as_the_last_second() -> None:
    assert instant_of(2**63 - 1) == datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
    assert instant_of(1679315147) == AT


def test_a_log_signs_its_own_head_without_a_time() -> None:
    own = NoteKey(name=ORIGIN, public=KEY.public, algorithm=SUBTREE_COSIGNATURE)
    line = cosign_mldsa(HEAD, KEY, name=ORIGIN, at=None)
    assert line.signature[:8] == bytes(8)
    require_log_line(Note(text=HEAD.text(), lines=(line,)), own)
    timed = cosign_mldsa(HEAD, KEY, name=ORIGIN, at=AT)
    with pytest.raises(NoteError, match="a log's own line has time 0"):
        require_log_line(Note(text=HEAD.text(), lines=(timed,)), own)
    with pytest.raises(NoteError, match="no ML-DSA-44 line of example"):
        require_log_line(NOTE, own)


def test_a_log_signs_its_own_head_plainly_too() -> None:
    own = NoteKey(name=ORIGIN, public=PLAIN.public, algorithm=ED25519)
    require_log_line(Note(text=HEAD.text(), lines=(sign_note(HEAD.text(), PLAIN, name=ORIGIN),)), own)
    with pytest.raises(NoteError, match="not signed by"):
        require_log_line(NOTE, own)


def test_a_witness_key_is_no_log_key_and_the_other_way_round() -> None:
    as_witness = NoteKey(name=NAME, public=PLAIN.public, algorithm=COSIGNATURE)
    note = Note(text=HEAD.text(), lines=(cosign(HEAD.text(), PLAIN, name=NAME, at=AT),))
    assert witnessed_at(note, as_witness) == 1679315147
    with pytest.raises(NoteError, match="0x04 is not a log's"):
        require_log_line(note, as_witness)
    with pytest.raises(NoteError, match="0x01 is not a cosigner's"):
        witnessed_at(note, replace(as_witness, algorithm=ED25519))


@pytest.mark.parametrize(
    ("algorithm", "public"),
    [(ED25519, PLAIN.public), (COSIGNATURE, PLAIN.public), (SUBTREE_COSIGNATURE, KEY.public)],
)
def test_verifier_keys_of_all_three_types_read_back(algorithm: int, public: bytes) -> None:
    key = NoteKey(name=NAME, public=public, algorithm=algorithm)
    assert parse_verifier_key(key.verifier_text()) == key
    name, key_hash, encoded = key.verifier_text().split("+", 2)
    assert (name, key_hash) == (
        NAME,
        sha256(NAME.encode() + b"\n" + bytes([algorithm]) + public).hexdigest()[:8],
    )
    assert len(encoded) == 4 * -(-(1 + len(public)) // 3)


@pytest.mark.parametrize(
    ("algorithm", "public", "said"),
    [
        (SUBTREE_COSIGNATURE, PLAIN.public, "32 bytes, must be 1312"),
        (SUBTREE_COSIGNATURE, KEY.public[:-1], "1311 bytes, must be 1312"),
        (SUBTREE_COSIGNATURE, bytes(1952), "1952 bytes, must be 1312"),
        (COSIGNATURE, KEY.public, "1312 bytes, must be 32"),
        (ED25519, PLAIN.public + b"\x00", "33 bytes, must be 32"),
        (0x02, PLAIN.public, "algorithm byte 0x02, must be one of 0x01, 0x04, 0x06"),
        (0xFF, PLAIN.public, "algorithm byte 0xff"),
    ],
)
def test_a_key_of_another_length_or_type_is_refused(algorithm: int, public: bytes, said: str) -> None:
    with pytest.raises(NoteError, match=said):
        NoteKey(name=NAME, public=public, algorithm=algorithm)


def test_a_verifier_key_with_nothing_behind_the_hash_is_refused() -> None:
    with pytest.raises(NoteError, match="no key behind the hash"):
        parse_verifier_key("witness.example+00000000+")


def test_a_log_and_fifteen_witnesses_with_both_keys_fit_on_a_note() -> None:
    plain = NoteLine(name="x", key_hash=bytes(4), signature=bytes(72))
    names = [f"witness-{number:02}.example" for number in range(16)]
    lines = tuple(replace(line, name=name) for name in names for line in (plain, LINE))
    assert parse_note(Note(text=HEAD.text(), lines=lines).to_bytes()).lines == lines
