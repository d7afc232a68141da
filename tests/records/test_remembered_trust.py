"""What was verified once is remembered by its exact bytes and keys; nothing else is taken for it."""

from dataclasses import replace

import pytest

from counterseal.crypto.canonical import decode_canonical, encode_canonical
from counterseal.crypto.encoding import decode_base64, encode_base64
from counterseal.log.checkpoint import parse_checkpoint
from counterseal.log.errors import NoteError
from counterseal.log.note import Note, NoteLine
from counterseal.records.errors import TrustError
from counterseal.records.trust import Trust, trust_of_chain
from counterseal.records.trust_chain import TRUST_NAME, read_chain
from counterseal.records.trust_files import parse_trust_files, read_trust, trust_signature_problems
from counterseal.records.trusted import WITNESS
from counterseal.records.verification.heads import read_head
from strategies.worlds import founded


def head() -> tuple[Trust, Note]:
    """A founded treaty's first head: signed by its log, cosigned by everybody else."""
    founding = founded()
    return founding.trust, dict(founding.first_heads)[founding.trust.logs[0].origin]


def changed(line: NoteLine) -> NoteLine:
    return replace(line, signature=line.signature[:-1] + bytes((line.signature[-1] ^ 1,)))


@pytest.mark.parametrize("number", range(6))
def test_a_changed_line_is_refused_before_and_after_the_true_one_was_accepted(number: int) -> None:
    trust, note = head()
    lines = list(note.lines)
    lines[number] = changed(lines[number])
    forged = Note(text=note.text, lines=tuple(lines))
    for _ in range(2):
        with pytest.raises(NoteError):
            read_head(forged, log=trust.logs[0], trust=trust)
        assert len(read_head(note, log=trust.logs[0], trust=trust).cosigned) == 2


def test_an_accepted_head_is_judged_anew_under_other_keys() -> None:
    trust, note = head()
    assert len(read_head(note, log=trust.logs[0], trust=trust).cosigned) == 2
    gone = next(key for key in trust.keys_of(WITNESS) if key.party != trust.logs[0].party)
    for other in (replace(gone, name=gone.name + "x"), replace(gone, heads=())):
        assert hash(other) == hash(gone)
        assert other != gone
        less = replace(
            trust,
            keys=tuple(other if key == gone else key for key in trust.keys),
            witnesses=tuple(
                replace(one, keys=tuple(other if key == gone else key for key in one.keys))
                for one in trust.witnesses
            ),
        )
        seen = read_head(note, log=less.logs[0], trust=less)
        assert gone.party not in dict(seen.cosigned)


def test_the_text_of_another_size_is_another_head() -> None:
    _, note = head()
    assert parse_checkpoint(note.text).size == 0
    assert parse_checkpoint(note.text.replace("\n0\n", "\n1\n")).size == 1
    for _ in range(2):
        with pytest.raises(NoteError, match="without leading zeros"):
            parse_checkpoint(note.text.replace("\n0\n", "\n00\n"))


def forged(data: bytes) -> bytes:
    """The same file under a signature of which one bit differs."""
    document = decode_canonical(data)
    first = document["signatures"][0]
    signature = decode_base64(first["sig"])
    first["sig"] = encode_base64(signature[:-1] + bytes((signature[-1] ^ 1,)))
    return encode_canonical(document)


def test_changed_signatures_on_trust_files_are_refused_before_and_after_the_true_ones_held() -> None:
    files = dict(founded().trust.files)
    for path in sorted(files):
        other = files | {path: forged(files[path])}
        for _ in range(2):
            assert read_trust(files).files == files
            problems = list(trust_signature_problems(parse_trust_files(other)))
            assert {file for file, _ in problems} == {path}
            with pytest.raises(TrustError, match=path):
                read_trust(other)


def test_signatures_are_judged_of_the_chain_at_hand_and_not_of_files_that_stand_beside_it() -> None:
    """No parser makes such trust; if anything did, the remembered word on its files must not cover it."""
    true = founded().trust
    files = dict(true.files) | {TRUST_NAME: forged(true.files[TRUST_NAME])}
    mixed = replace(trust_of_chain(read_chain(files)), files=true.files)
    assert list(trust_signature_problems(true)) == []
    assert {file for file, _ in trust_signature_problems(mixed)} == {TRUST_NAME}
