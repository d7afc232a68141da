"""A short fuzz that needs nothing, and all that the long one ever found."""

import json
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from fuzz import judge, readers, run
from fuzz.choices import Choices, NothingLeft, change_bytes, change_document
from fuzz.forks import changed_fork
from fuzz.kinds import KINDS, Kind
from fuzz.score import score_of
from fuzz.worlds import WORLDS
from strategies.verdicts import ask_first, both_accept, statuses

INPUTS = 150
FOUND = sorted(judge.FOUND.glob("*")) if judge.FOUND.is_dir() else []


@pytest.fixture(scope="module")
def folder() -> Iterator[judge.Folder]:
    made = judge.Folder()
    yield made
    made.remove()


@pytest.mark.parametrize("name", WORLDS)
def test_what_is_played_again_unchanged_is_accepted(name: str, folder: judge.Folder) -> None:
    both_accept(folder.lay(score_of(judge.world(name)).play()))


def test_a_changed_record_takes_all_that_name_it_along(folder: judge.Folder) -> None:
    """Else every change would be refused for its references, and reach no other check."""
    score = score_of(judge.world("said_much"))
    score.logs[1].said[0].parts[0][1] = 77
    before = score_of(judge.world("said_much")).play()
    files = score.play()
    assert files["trust/trust.json"] == before["trust/trust.json"]
    assert sum(files[path] != data for path, data in before.items() if path in files) >= 5
    both_accept(folder.lay(files))


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_kind_of_change_is_refused_or_accepted_alike(kind: Kind, folder: judge.Folder) -> None:
    source = random.Random(KINDS.index(kind))
    for name in ("said_much", "changed_keys"):
        score = score_of(judge.world(name))
        try:
            kind(Choices(source.randbytes(16)), score)
            files = score.play()
        except NothingLeft:
            continue
        assert not judge.disagreement(folder.lay(files))


def test_both_verifiers_judge_alike_what_any_bytes_make(folder: judge.Folder) -> None:
    source = random.Random(20301120)
    refused = 0
    for _ in range(INPUTS):
        data = source.randbytes(14)
        try:
            files = judge.made(data)
        except NothingLeft:
            continue
        path = folder.lay(files)
        assert not judge.disagreement(path), data.hex()
        refused += statuses(path)[0] != 0
    assert INPUTS // 4 < refused < INPUTS


def test_forks_are_proved_and_refused(folder: judge.Folder) -> None:
    source = random.Random(3)
    for length in (2, 6, 10):
        seen = set()
        for _ in range(15):
            path = folder.lay({judge.FORK: changed_fork(Choices(source.randbytes(length)))})
            assert not judge.disagreement(path)
            seen.add(statuses(path))
        assert (seen == {(0, 0)}) is (length == 2)


@pytest.mark.parametrize("reader", readers.READERS, ids=lambda reader: reader.__name__)
def test_what_is_read_is_in_its_only_spelling(reader: readers.Reader) -> None:
    number = readers.READERS.index(reader)
    source = random.Random(number)
    for seed in readers.seeds()[reader]:
        readers.read(bytes([number]) + seed)
        for _ in range(40):
            readers.read(readers.changed(bytes([number]) + seed, 1 << 20, source.randbytes(12)))


def test_what_was_found_once_is_not_found_again(folder: judge.Folder) -> None:
    for place in FOUND:
        if place.name.startswith("fuzz_parsers"):
            readers.read(place.read_bytes())
        elif place.name.startswith("fuzz_verifiers"):
            assert not judge.disagreement(folder.lay(judge.made(place.read_bytes())))
        else:
            path = place / judge.FORK if (place / judge.FORK).exists() else place / "bundle"
            assert not judge.disagreement(path)


def test_what_is_found_is_kept_and_judged_again(tmp_path: Path) -> None:
    files = score_of(judge.world("small_world")).play()
    place = judge.keep(files, "said", b"input", tmp_path)
    assert json.loads((place / "said.json").read_text()) == {"from": b"input".hex(), "said": "said"}
    assert not judge.disagreement(place / "bundle")


def test_a_difference_is_seen(folder: judge.Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    """The judge itself: a verifier that accepts what the other refuses, or refuses it for something else."""
    score = score_of(judge.world("small_world"))
    score.logs[0].said[0].header["alg"] = "S9"
    refused = folder.lay(score.play())
    monkeypatch.setattr(judge, "ask_second", lambda path: ask_first(folder.above / "sound"))
    for path, data in score_of(judge.world("small_world")).play().items():
        target = folder.above / "sound" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    assert judge.disagreement(refused).startswith("verdict 1 and 0")


def test_choices_end_with_the_bytes() -> None:
    choices = Choices(b"\x01\x02")
    assert (choices.byte(), choices.byte(), choices.byte(), choices.ended) == (1, 2, 0, True)
    assert choices.pick("ab") == "a"
    with pytest.raises(NothingLeft):
        choices.pick(())


def test_a_change_changes_something_most_of_the_time() -> None:
    source = random.Random(5)
    changed = 0
    for _ in range(200):
        document = {"a": [1, {"b": "text"}], "c": None}
        change_document(Choices(source.randbytes(6)), document)
        changed += document != {"a": [1, {"b": "text"}], "c": None}
        assert isinstance(change_bytes(Choices(source.randbytes(6)), b"any bytes"), bytes)
    assert changed > 120


def test_without_atheris_the_long_form_says_so(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "find_spec", lambda name: None)
    assert run.main([]) == 0
    assert "skipped, there is no atheris" in capsys.readouterr().err
