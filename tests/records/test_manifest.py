"""A bundle's manifest and names: every file listed once, every name foreseen."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterseal.log.tiles import log_paths
from counterseal.records.envelope import MANIFEST_TYPE, parse_envelope
from counterseal.records.errors import ManifestError
from counterseal.records.manifest import ALLOWED, log_folder, parse_manifest, size_cap
from counterseal.records.verification.tally import MAX_SHOWN, MAX_TEXT, Tally
from strategies.mutations import mutate_document, text_of
from strategies.worlds import settled_bundle

BUNDLE = settled_bundle()
PAYLOAD = parse_envelope(BUNDLE.files["bundle.json"], payload_type=MANIFEST_TYPE, what="manifest").payload
DOCUMENT: dict[str, Any] = json.loads(PAYLOAD)
H = "0" * 64


def test_a_manifest_reads_back_as_it_was_written() -> None:
    manifest = parse_manifest(PAYLOAD)
    assert manifest.payload() == PAYLOAD
    assert {item.path for item in manifest.files} == BUNDLE.files.keys() - {"bundle.json"}
    assert [item.path for item in manifest.files] == sorted(item.path for item in manifest.files)


@pytest.mark.parametrize(
    ("member", "value", "said"),
    [
        ("v", 2, "v must be 1"),
        ("v", True, "v must be 1"),
        ("purpose", "draft", "purpose 'record'"),
        ("sequence", -1, "manifest sequence"),
        ("sequence", True, "manifest sequence"),
        ("treaty", None, "manifest treaty"),
        ("from", "ard", "party code"),
        ("from", None, "party code"),
        ("created", "today", "must be written"),
        ("created", 7, "must be written"),
        ("to", [], "1 to 64 readers"),
        ("to", ["b", "a"], "sorted"),
        ("to", ["a", "a"], "none twice"),
        ("to", [f"a{n:02d}" for n in range(65)], "1 to 64 readers"),
        ("to", "public", "1 to 64 readers"),
        ("to", [1], "1 to 64 readers"),
        ("heads", [], "manifest heads"),
        ("heads", DOCUMENT["heads"][::-1], "sorted by origin"),
        ("heads", [{**DOCUMENT["heads"][0], "size": -1}], "manifest head"),
        ("heads", [{**DOCUMENT["heads"][0], "origin": "two words"}], "manifest head"),
        ("heads", [{**DOCUMENT["heads"][0], "x": 1}], "manifest head"),
        ("files", {}, "list of at most"),
        ("files", DOCUMENT["files"][::-1], "sorted by path"),
        ("files", DOCUMENT["files"][:1] * 2, "none twice"),
        ("files", [{**DOCUMENT["files"][0], "size": True}], "manifest file"),
        ("files", [{**DOCUMENT["files"][0], "sha256": "00"}], "manifest file"),
        ("files", [1], "manifest file"),
    ],
)
def test_each_other_form_is_refused(member: str, value: Any, said: str) -> None:
    with pytest.raises(ManifestError, match=said):
        parse_manifest(text_of({**DOCUMENT, member: value}))


@pytest.mark.parametrize("member", DOCUMENT)
def test_no_member_may_be_missing(member: str) -> None:
    with pytest.raises(ManifestError, match="must have exactly"):
        parse_manifest(text_of({name: value for name, value in DOCUMENT.items() if name != member}))


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_a_changed_manifest_is_refused_or_reads_back(data: st.DataObject) -> None:
    document = json.loads(PAYLOAD)
    mutate_document(data.draw, document)
    payload = text_of(document)
    try:
        manifest = parse_manifest(payload)
    except ManifestError:
        return
    assert manifest.payload() == payload


def test_the_names_of_any_log_are_foreseen() -> None:
    for size in (1, 255, 256, 257, 70_000, 256_001):
        for path in log_paths(size):
            assert ALLOWED.fullmatch(f"logs/{H}/{path}"), path
            if path.startswith("tile/entries/"):
                for kind in ("bodies", "sealed"):
                    assert ALLOWED.fullmatch(f"{kind}/{H}/{path.removeprefix('tile/entries/')}"), path
    assert log_folder("lake.example/ard/log") in {path.split("/")[1] for path in BUNDLE.files if "/" in path}


@pytest.mark.parametrize(
    "path",
    [
        "trust/trust.json",
        "trust/history/1.json",
        "trust/history/999999.json",
        "trust/keys/a/1.json",
        f"trust/keys/{'a' * 32}/999999.json",
        "trust/keys/ard-2/17.json",
    ],
)
def test_the_names_of_trust_files_are(path: str) -> None:
    assert ALLOWED.fullmatch(path)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "bundle.json/",
        "/bundle.json",
        "Bundle.json",
        "bundle.json\n",
        "trust/trust.json.bak",
        "trust/../bundle.json",
        "trust/history/0.json",
        "trust/history/01.json",
        "trust/history/1000000.json",
        "trust/history/1",
        "trust/keys/ard/0.json",
        "trust/keys/ARD/1.json",
        "trust/keys/1ard/1.json",
        f"trust/keys/{'a' * 33}/1.json",
        "trust/keys/1.json",
        f"sealed/{H}/entries/000",
        f"sealed/{H}/000.p/256",
        f"logs/{H}/checkpoint/",
        f"logs/{H}/checkpoints/007",
        f"logs/{H}/checkpoints/-1",
        f"logs/{'A' * 64}/checkpoint",
        f"logs/{H[1:]}/checkpoint",
        f"logs/{H}/tile/0/000.p/0",
        f"logs/{H}/tile/0/000.p/256",
        f"logs/{H}/tile/0/000.p/01",
        f"logs/{H}/tile/0/00",
        f"logs/{H}/tile/0/0000",
        f"logs/{H}/tile/0/x000/000",
        f"logs/{H}/tile/0/001/000",
        f"logs/{H}/tile/64/000",
        f"logs/{H}/tile/00/000",
        f"logs/{H}/tile/data/000",
        f"bodies/{H}/entries/000",
        "view/",
        "view/.htaccess",
        "view/a/b",
        "view/Ä",
        "view/A",
        "view/" + "a" * 101,
    ],
)
def test_no_other_name_is(path: str) -> None:
    assert not ALLOWED.fullmatch(path)


def test_each_kind_of_file_has_its_cap() -> None:
    paths = (
        "bundle.json",
        "view/page.html",
        "trust/trust.json",
        "trust/keys/bel/1.json",
        f"bodies/{H}/000",
        f"sealed/{H}/000",
    )
    assert [size_cap(path) for path in paths] == [
        16 * 2**20,
        256 * 2**20,
        16 * 2**20,
        2**20,
        268_436_480,
        2**30,
    ]


def test_what_hostile_files_say_cannot_command_a_terminal_or_fake_a_line() -> None:
    tally = Tally(names=("listing",))
    tally.refuse("listing", "rule\x1b[2J\u2028\u202e" + "x" * 5000, file="a\nVERIFIED\r\x00")
    (failure,) = tally.checks()[0].failures
    assert failure.file == "a\\nVERIFIED\\r\\x00"
    assert failure.rule.startswith("rule\\x1b[2J\\u2028\\u202exxx")
    assert len(failure.rule) < MAX_TEXT + 50
    assert failure.rule.isprintable()


def test_a_flood_of_refusals_is_counted_not_shown() -> None:
    tally = Tally(names=("names",))
    for number in range(MAX_SHOWN + 7):
        tally.refuse("names", f"rule {number}")
    failures = tally.checks()[0].failures
    assert len(failures) == MAX_SHOWN + 1
    assert failures[-1].rule == "7 more of this check are not shown"


def test_a_check_that_was_cut_short_does_not_hold() -> None:
    tally = Tally(names=("tiles", "roots", "feeds"))
    tally.ran("tiles", "roots")
    tally.cut("roots")
    assert [check.held for check in tally.checks()] == [True, None, None]
    tally.refuse("roots", "differs")
    assert [check.held for check in tally.checks()] == [True, False, None]
