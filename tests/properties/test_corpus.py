"""Both verifiers say of every bundle of the conformance corpus what its ``expected.json`` says.

The bundles were made once and stay: whatever a later release of either verifier does, it judges them so.
"""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from counterseal.app.cli.main import main as first_program
from counterseal.crypto.canonical import decode_canonical
from counterseal.crypto.sealing import seal_key
from counterseal.log.tiles import read_entries
from counterseal.records.body import open_body
from counterseal.records.envelope import split_record
from counterseal.records.header import parse_header, record_id
from counterseal.records.sealed import SealedPlace, split_sealed, unseal_opening
from counterseal.records.verification.packs import read_pack
from strategies.verdicts import Verdict, ask_first, ask_second, statuses
from vectors import make_bundles
from vectors.corpus import BUNDLES, VECTORS

NAMES = sorted(path.name for path in BUNDLES.iterdir())
INVARIANTS = {f"I{number}" for number in (*range(1, 15), 16, 18, 20)}
MEMBERS = {"invariants", "runs", "section", "subject", "why"}
RUN_MEMBERS = {"depth", "may_refuse", "refused", "status", "trust", "verdict", "warned"}


@cache
def expected(name: str) -> Any:
    return json.loads((BUNDLES / name / "expected.json").read_text(encoding="utf-8"))


def pins(name: str, run: Any) -> list[str]:
    """Pins as the command takes them: a file beside the bundle, or a fingerprint."""
    places = [BUNDLES / name / pin for pin in run["trust"]]
    return [str(place) if place.is_file() else pin for pin, place in zip(run["trust"], places, strict=True)]


def is_as_expected(verdict: Verdict, run: Any) -> bool:
    must, may, refused = set(run["refused"]), set(run["may_refuse"]), set(verdict.refused)
    warned = bool(verdict.document.get("warnings"))
    return (
        verdict.status == run["status"]
        and verdict.verified is (run["verdict"] == "verified")
        and must <= refused <= must | may
        and (warned is run["warned"] or not verdict.verified)
    )


@pytest.mark.parametrize("name", NAMES)
def test_both_verifiers_say_what_is_expected(name: str) -> None:
    for run in expected(name)["runs"]:
        path = BUNDLES / name / expected(name)["subject"]
        if run["verdict"] == "no bundle":
            assert statuses(path) == (run["status"],) * 2 == (3, 3)
            continue
        for ask in (ask_first, ask_second):
            verdict = ask(path, trust=pins(name, run), depth=run["depth"])
            assert is_as_expected(verdict, run), (ask.__name__, run, verdict.failures)


@pytest.mark.parametrize("name", NAMES)
def test_a_name_says_the_verdict_and_the_invariant(name: str) -> None:
    found = re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)*_(?:ok|fail_(I[0-9]+))", name)
    assert found
    document = expected(name)
    assert document.keys() == MEMBERS
    assert all(run.keys() == RUN_MEMBERS for run in document["runs"])
    first = document["runs"][0]
    assert (first["verdict"] == "verified") is (found[1] is None)
    assert found[1] in {None, document["invariants"][0]}
    assert set(document["invariants"]) <= INVARIANTS
    assert re.fullmatch("[0-9]+(?:[.][0-9]+)?", document["section"])
    assert len(document["why"]) > 20


@pytest.mark.parametrize("name", NAMES)
def test_there_is_nothing_else_in_a_directory(name: str) -> None:
    beside = {pin for run in expected(name)["runs"] for pin in run["trust"] if pin.endswith(".json")}
    seeds = {"seal-seeds.json"} & {path.name for path in (BUNDLES / name).iterdir()}
    here = {path.name for path in (BUNDLES / name).iterdir()}
    assert here == {"expected.json", expected(name)["subject"]} | beside | seeds


def test_the_corpus_is_large_and_has_every_invariant_that_a_bundle_can_show() -> None:
    assert len(NAMES) >= 60
    assert {of for name in NAMES for of in expected(name)["invariants"]} == INVARIANTS
    assert sum(name.endswith("_ok") for name in NAMES) >= 30
    refused = {check for name in NAMES for run in expected(name)["runs"] for check in run["refused"]}
    known = {item["check"] for item in ask_first(BUNDLES / "small_ok" / "bundle").document["checks"]}
    assert known <= refused


@pytest.mark.parametrize("name", ["small_ok", "unsettled-head_fail_I9", "no-bundle_fail_I8", "fork_ok"])
def test_the_first_program_ends_with_the_expected_status(
    name: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = str(BUNDLES / name / expected(name)["subject"])
    monkeypatch.setattr("sys.argv", ["counterseal", "verify", path, "--json"])
    with pytest.raises(SystemExit) as leaving:
        first_program()
    assert (leaving.value.code or 0) == expected(name)["runs"][0]["status"]
    assert capsys.readouterr()


def test_what_is_not_there_is_made_and_what_is_there_stays(tmp_path: Path) -> None:
    wanted = ["small_ok", "unsettled-head_fail_I9", "fork_ok"]
    for into in (tmp_path / "one", tmp_path / "other"):
        assert make_bundles.main([*wanted, "--into", str(into)]) == 0
    assert _contents(tmp_path / "one") == _contents(tmp_path / "other")
    page = tmp_path / "one" / "small_ok" / "expected.json"
    page.write_bytes(b"kept")
    assert make_bundles.main([*wanted, "--into", str(tmp_path / "one")]) == 0
    assert page.read_bytes() == b"kept"


def _contents(root: Path) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()
    }


def test_every_vector_that_can_be_made_is_there() -> None:
    assert set(VECTORS) <= set(NAMES)


# ---- what a verifier does not look at ----


def _records(name: str) -> list[tuple[str, bytes, bytes]]:
    """Id, header and sealed body of each record of a log of fewer than 256."""
    root, found = BUNDLES / name / "bundle", []
    for tile in sorted(root.glob("logs/*/tile/entries/000.p/*")):
        folder, width = tile.parts[-5], int(tile.name)
        pack = root / "sealed" / folder / "000.p" / tile.name
        sealed = read_pack(pack.read_bytes(), count=width) if pack.exists() else [b""] * width
        entries = read_entries(tile.read_bytes(), width=width)
        headers = [split_record(entry)[0] for entry in entries]
        found += [(record_id(header), header, body) for header, body in zip(headers, sealed, strict=True)]
    return found


def test_sealed_bodies_open_with_the_seeds_beside_them_and_open_their_headers() -> None:
    """The seals were made by another program than the one that opens them."""
    seeds = json.loads((BUNDLES / "sealed_ok" / "seal-seeds.json").read_text())
    opened = 0
    for name, data, sealed in _records("sealed_ok"):
        header = parse_header(data)
        place = SealedPlace.of(header, record=name)
        pieces = split_sealed(sealed, decode_canonical(data)) if sealed else []
        for reader, piece in zip(header.audience, pieces, strict=bool(sealed)):
            if piece:
                key = seal_key(bytes.fromhex(seeds[reader]))
                opening = unseal_opening(piece, key=key, info=place.info(reader))
                body = decode_canonical(data)["body"]
                assert open_body(opening, **body) == {"secret": 7, "site": "A", "third": []}
                opened += 1
            else:
                assert reader not in seeds
    assert opened == 3


def test_two_bodies_of_one_size_class_are_told_apart_by_nothing_but_their_commitments() -> None:
    one, other = (decode_canonical(header) for _, header, _ in _records("one-size-class_ok"))
    differ = {member for member in one if one[member] != other[member]}
    assert differ == {"body", "claimed_time", "prev", "seq"}
    assert one["body"].pop("commit") != other["body"].pop("commit")
    assert one["body"] == other["body"]


def test_the_table_in_view_can_be_made_again_from_the_logs() -> None:
    records = [(decode_canonical(header), name) for name, header, _ in _records("view-table_ok")]
    rows = sorted((str(header["author"]), int(header["seq"]), name) for header, name in records)
    table = "log,index,record\n" + "".join(f"{author},{seq},{name}\n" for author, seq, name in rows)
    view = BUNDLES / "view-table_ok" / "bundle" / "view" / "records.csv"
    assert view.read_text(encoding="utf-8") == table
