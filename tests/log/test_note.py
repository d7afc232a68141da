"""Signed notes, checkpoints and cosignatures against published examples, and every other form refused."""

from base64 import b64decode
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterseal.crypto.ed25519 import signing_key
from counterseal.log.checkpoint import Checkpoint, parse_checkpoint
from counterseal.log.cosignature import COSIGNATURE, cosign, cosigned_at
from counterseal.log.errors import NoteError
from counterseal.log.note import (
    ED25519,
    Note,
    NoteKey,
    NoteLine,
    find_line,
    parse_note,
    parse_verifier_key,
    require_signed,
    sign_note,
)
from strategies.mutations import mutate_bytes

# The worked example of golang.org/x/mod/sumdb/note (note_test.go, BSD-3-Clause), also in C2SP signed-note.
VERIFIER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
SIGNER_SEED = b64decode("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")[1:]
TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
SIGNED = (
    TEXT
    + "\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6Ryy"
    "BwJnAM=\n"
)

# The examples of C2SP tlog-checkpoint, tlog-witness and tlog-cosignature; their keys are not published.
CHECKPOINT = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
LOG_LINES = (
    "— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeM"
    "cTOAYQ8=\n"
    "— example.com/behind-the-sofa opLqBQsREYCgu6xQkYQwJr9fo45a62DN9EdmHXnZdXNqlcVGlCum2Wks+49/V6267UEjw6QUXTS5Rovnzv++"
    "qbSzm9Q=\n"
)
COSIGNATURE_FIELD = (
    "jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA=="
)

KEY = signing_key(bytes(32))
WITNESS = signing_key(bytes([1]) * 32)
WITNESS_KEY = NoteKey(name="witness.example", public=WITNESS.public, algorithm=COSIGNATURE)
LOG_KEY = NoteKey(name="example.com/log", public=KEY.public, algorithm=ED25519)
HEAD = Checkpoint(origin="example.com/log", size=7, root=bytes(range(32))).text()
AT = datetime(2030, 1, 10, 12, tzinfo=UTC)
NOTE = Note(
    text=HEAD,
    lines=(
        sign_note(HEAD, KEY, name="example.com/log"),
        cosign(HEAD, WITNESS, name="witness.example", at=AT),
    ),
)


def test_the_published_note_verifies_and_is_signed_again_to_the_byte() -> None:
    note = parse_note(SIGNED.encode())
    key = parse_verifier_key(VERIFIER)
    require_signed(note, key)
    assert note.text == TEXT
    assert note.to_bytes() == SIGNED.encode()
    again = sign_note(TEXT, signing_key(SIGNER_SEED), name="PeterNeumann")
    assert Note(text=TEXT, lines=(again,)).to_bytes() == SIGNED.encode()
    assert key.verifier_text() == VERIFIER
    assert key.key_hash.hex() == "c74f20a3"


def test_a_published_note_with_another_word_does_not_verify() -> None:
    note = parse_note(SIGNED.replace("problem is", "question is").encode())
    with pytest.raises(NoteError, match="does not verify"):
        require_signed(note, parse_verifier_key(VERIFIER))


@pytest.mark.parametrize(
    "text",
    [
        *[VERIFIER[:end] for end in range(len(VERIFIER))],
        *[VERIFIER[start:] for start in range(1, len(VERIFIER))],
        "PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==",
        VERIFIER.replace("c74f20a3", "C74F20A3"),
        VERIFIER.replace("PeterNeumann", "Peter Neumann"),
    ],
)
def test_manglings_of_a_published_verifier_key_are_refused(text: str) -> None:
    with pytest.raises(NoteError):
        parse_verifier_key(text)


def test_the_published_checkpoint_and_its_lines_are_read_as_they_stand() -> None:
    note = parse_note((CHECKPOINT + "\n" + LOG_LINES).encode())
    head = parse_checkpoint(note.text)
    assert (head.origin, head.size) == ("example.com/behind-the-sofa", 20852163)
    assert head.text() == CHECKPOINT
    assert note.to_bytes() == (CHECKPOINT + "\n" + LOG_LINES).encode()
    assert [line.key_hash.hex() for line in note.lines] == ["033de0ae", "a292ea05"]


def test_the_published_cosignature_is_laid_out_as_ours() -> None:
    field = b64decode(COSIGNATURE_FIELD)
    assert len(field) == 4 + 8 + 64
    assert int.from_bytes(field[4:12], "big") == 1679315147
    line = cosign(CHECKPOINT, WITNESS, name="w", at=datetime.fromtimestamp(1679315147, tz=UTC))
    assert line.signature[:8] == field[4:12]
    assert len(line.signature) == 72
    message = f"cosignature/v1\ntime 1679315147\n{CHECKPOINT}".encode()
    assert line.signature[8:] == WITNESS.sign(message)


def test_key_hashes_tell_a_log_from_a_witness_of_the_same_key() -> None:
    as_log = NoteKey(name="a", public=KEY.public, algorithm=ED25519)
    as_witness = NoteKey(name="a", public=KEY.public, algorithm=COSIGNATURE)
    assert as_log.key_hash != as_witness.key_hash


def test_a_cosignature_tells_its_time_and_binds_it() -> None:
    assert cosigned_at(NOTE, WITNESS_KEY) == AT
    line = NOTE.lines[1]
    later = NoteLine(
        name=line.name, key_hash=line.key_hash, signature=bytes(7) + b"\x01" + line.signature[8:]
    )
    with pytest.raises(NoteError, match="does not verify"):
        cosigned_at(Note(text=HEAD, lines=(later,)), WITNESS_KEY)
    short = NoteLine(name=line.name, key_hash=line.key_hash, signature=line.signature[:-1])
    with pytest.raises(NoteError, match="71 bytes, must be 72"):
        cosigned_at(Note(text=HEAD, lines=(short,)), WITNESS_KEY)
    assert cosigned_at(Note(text=HEAD, lines=NOTE.lines[:1]), WITNESS_KEY) is None


def test_a_cosignature_of_another_head_or_by_another_key_does_not_hold() -> None:
    other = HEAD.replace("\n7\n", "\n8\n")
    with pytest.raises(NoteError, match="does not verify"):
        cosigned_at(Note(text=other, lines=NOTE.lines), WITNESS_KEY)
    plain = NoteLine(
        name="witness.example",
        key_hash=WITNESS_KEY.key_hash,
        signature=bytes(8) + WITNESS.sign(HEAD.encode()),
    )
    with pytest.raises(NoteError, match="does not verify"):
        cosigned_at(Note(text=HEAD, lines=(plain,)), WITNESS_KEY)


def test_a_time_past_all_calendars_is_a_time() -> None:
    seconds = 2**63 - 1
    message = f"cosignature/v1\ntime {seconds}\n{HEAD}".encode()
    signature = seconds.to_bytes(8, "big") + WITNESS.sign(message)
    line = NoteLine(name="witness.example", key_hash=WITNESS_KEY.key_hash, signature=signature)
    found = cosigned_at(Note(text=HEAD, lines=(line,)), WITNESS_KEY)
    assert found == datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)


def test_lines_of_strangers_are_kept_and_say_nothing() -> None:
    stranger = "— stranger.example/é " + COSIGNATURE_FIELD + "\n"
    note = parse_note(NOTE.to_bytes() + stranger.encode())
    require_signed(note, LOG_KEY)
    assert len(note.lines) == 3
    assert find_line(note, NoteKey(name="stranger.example", public=KEY.public, algorithm=1)) is None
    with pytest.raises(NoteError, match="not signed by"):
        require_signed(Note(text=HEAD, lines=note.lines[1:]), LOG_KEY)


LINE = NOTE.lines[0].text()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "no empty line"),
        (HEAD.encode(), "no empty line"),
        (HEAD.encode() + b"\n", "line feed|begin with an em dash|no empty line"),
        ((HEAD + "\n" + LINE)[:-1].encode(), "line feed"),
        ((HEAD + "\n" + LINE + "\n").encode(), "line feed|em dash"),
        ((HEAD + "\n" + LINE * 2).encode(), "two signature lines of one key"),
        ((HEAD + "\n" + LINE.replace("—", "-")).encode(), "em dash"),
        ((HEAD + "\n" + LINE.replace("— ", "—")).encode(), "em dash"),
        ((HEAD + "\n" + LINE.replace("example.com/log", "")).encode(), "no key name|base64"),
        ((HEAD + "\n" + LINE.replace("example.com/log", "a+b")).encode(), "no key name"),
        ((HEAD + "\n" + LINE.replace("example.com/log", "a\u00a0b")).encode(), "no key name"),
        ((HEAD + "\n" + "— a AAAA\n").encode(), "no signature behind the key hash"),
        ((HEAD + "\n" + "— a AAAAAAA\n").encode(), "base64|signature line"),
        ((HEAD + "\n" + LINE[:-1] + " \n").encode(), "signature line"),
        ((HEAD + "\n" + LINE.replace("\n", "\r\n")).encode(), "control character"),
        ((HEAD + "\n" + LINE).encode().replace(b"\n7\n", b"\n7\t\n"), "control character"),
        ((HEAD + "\n" + LINE).encode("utf-16"), "not UTF-8"),
        (
            (HEAD + "\n" + "".join(f"— k{n} {COSIGNATURE_FIELD}\n" for n in range(33))).encode(),
            "33 signature lines, at most 32",
        ),
        (bytes(65_537), "65537 bytes, at most 65536"),
    ],
)
def test_each_other_form_of_a_note_is_refused(data: bytes, said: str) -> None:
    with pytest.raises(NoteError, match=said):
        parse_note(data)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (HEAD + "more\n", "4 lines"),
        (HEAD[:-1], "lines, must be origin, size and root"),
        ("\n7\n" + HEAD.split("\n")[2] + "\n", "cannot name a log"),
        (HEAD.replace("\n7\n", "\n07\n"), "without leading zeros"),
        (HEAD.replace("\n7\n", "\n+7\n"), "must be decimal"),
        (HEAD.replace("\n7\n", "\n-7\n"), "must be decimal"),
        (HEAD.replace("\n7\n", "\n７\n"), "must be decimal"),
        (HEAD.replace("\n7\n", "\n\n"), "must be decimal"),
        (HEAD.replace("\n7\n", f"\n{10**18}\n"), "must be decimal"),
        ("a\n7\nAAAA\n", "3 bytes, must be 32"),
        ("a\n7\n!\n", "checkpoint root"),
        (HEAD.replace("AAECAw", "AAECA"), "checkpoint root"),
        (HEAD.replace("example.com/log", "example.com/ log"), "cannot name a log"),
    ],
)
def test_each_other_form_of_a_checkpoint_is_refused(text: str, said: str) -> None:
    with pytest.raises(NoteError, match=said):
        parse_checkpoint(text)


def test_the_id_of_a_checkpoint_is_of_its_text_whoever_signed_it() -> None:
    head = parse_checkpoint(HEAD)
    assert head.checkpoint_id == parse_checkpoint(HEAD).checkpoint_id
    assert head.checkpoint_id != parse_checkpoint(HEAD.replace("\n7\n", "\n8\n")).checkpoint_id


@settings(max_examples=500, deadline=None)
@given(data=st.data())
def test_a_changed_note_is_refused_or_lacks_a_signature_or_reads_back(data: st.DataObject) -> None:
    changed = mutate_bytes(data.draw, NOTE.to_bytes())
    try:
        note = parse_note(changed)
        head = parse_checkpoint(note.text)
        require_signed(note, LOG_KEY)
        cosigned = cosigned_at(note, WITNESS_KEY)
    except NoteError:
        return
    assert note.to_bytes() == changed
    assert head.text() == HEAD
    assert cosigned in {AT, None}
