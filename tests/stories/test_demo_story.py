"""The story of the demonstration: what it promises to a stranger who runs it, looks, doubts and checks.

Read from top to bottom. What the bundle says is read here by a few lines of its own, so that no code of
the program vouches for itself.
"""

import json
import re
import shutil
from base64 import b64decode
from dataclasses import dataclass
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from counterseal.assessment.summary import summary_schema
from stories.conftest import DemoRun
from stories.programs import run_counterseal, run_python

Found = dict[str, Any]
HEADER_TYPE = b"application/vnd.counterseal.header.v1+json"
BINDS = "2018-02-05"
MEMBERS = {
    *("id", "as_of", "party", "interpretation", "clause", "check", "outcome", "figure", "limit", "unit"),
    *("known_as", "reasons", "records", "state"),
}
OUTCOMES = {
    *("within", "exceeds", "not-applicable", "not-provided", "inconclusive", "open-question", "disputed"),
    *("met", "overdue"),
}


@pytest.fixture(scope="module")
def summary(demo_folder: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((demo_folder / "summary.json").read_text("utf-8"))
    return document


@pytest.fixture(scope="module")
def findings(summary: dict[str, Any]) -> list[Found]:
    found: list[Found] = summary["findings"]
    return found


def where(findings: list[Found], **wanted: Any) -> list[Found]:
    return [found for found in findings if all(found[name] == value for name, value in wanted.items())]


# --- One command plays three parties on one laptop, and says in a screenful what happened ---------------


def test_it_ends_well_and_prints_a_screenful(demo_run: DemoRun) -> None:
    assert demo_run.status == 0, demo_run.stdout + demo_run.stderr
    assert 10 <= len(demo_run.stdout.splitlines()) <= 50
    for promised in ("report.html", "verify_bundle.py", " assess ", " explain ", "2022-03-01.US.RU"):
        assert promised in demo_run.stdout
    assert demo_run.stdout.count("verified: ") == 2
    assert "Traceback" not in demo_run.stderr


def test_each_party_has_its_own_node_keys_and_store(demo_folder: Path) -> None:
    nodes = sorted((demo_folder / "nodes").iterdir())
    assert [node.name for node in nodes] == ["AUDITOR", "RU", "US"]
    keys = [seed for node in nodes for seed in json.loads((node / "keys.json").read_text()).values()]
    assert len(set(keys)) == len(keys) == 18
    assert all((node / "store.sqlite").stat().st_size > 0 for node in nodes)


# --- summary.json is a contract for other programs -------------------------------------------------------


def test_the_summary_keeps_its_schema(summary: dict[str, Any]) -> None:
    Draft202012Validator(summary_schema(), format_checker=FormatChecker()).validate(summary)
    assert set(summary) == {"schema", "treaty", "generated_by", "findings"}
    assert summary["schema"] == "summary-2"
    assert summary["treaty"] == "new-start"
    assert re.fullmatch(r"counterseal \d+\.\d+\.\d+\S*", summary["generated_by"])


def test_every_finding_says_everything(findings: list[Found]) -> None:
    assert len({found["id"] for found in findings}) == len(findings) > 300
    for found in findings:
        assert set(found) == MEMBERS
        assert re.fullmatch(r"\d{4}-\d\d-\d\d", found["as_of"])
        assert {found["party"], found["interpretation"]} <= {"US", "RU"}
        assert found["outcome"] in OUTCOMES
        assert found["known_as"] in {"confirmed", "partly", "recalled", "not-provided"}
        assert all(isinstance(found[name], int | None) for name in ("figure", "limit"))
        assert found["reasons"]
        assert all(reason.strip() for reason in found["reasons"])
        assert found["records"] or found["known_as"] == "not-provided"
        assert found["state"] == ("settled" if found["records"] else None), "a replay ends settled"
        assert "violat" not in json.dumps(found).lower()


# --- What it says of the treaty --------------------------------------------------------------------------


def test_in_the_declarant_s_own_reading_all_is_within_once_the_limits_bind(findings: list[Found]) -> None:
    own = [found for found in findings if found["interpretation"] == found["party"]]
    limits = [found for found in own if found["check"] == "aggregate-within-limit"]
    late = [found for found in limits if found["as_of"] >= BINDS and found["outcome"] != "not-provided"]
    assert {found["outcome"] for found in late} == {"within"}
    assert len(late) == 3 * 21  # three limits; eleven declarations of one State, ten of the other
    assert all(found["figure"] <= found["limit"] for found in late)
    early = [
        found for found in findings if found["check"] == "aggregate-within-limit" and found["as_of"] < BINDS
    ]
    assert {found["outcome"] for found in early} == {"not-applicable"}


def test_the_dispute_of_2022_is_kept_in_both_readings(findings: list[Found]) -> None:
    (exceeds,) = where(findings, outcome="exceeds")
    (disputed,) = where(findings, outcome="disputed")
    (within,) = where(findings, as_of="2022-03-01", party="US", interpretation="US", clause=exceeds["clause"])
    figures = [
        (found["party"], found["interpretation"], found["figure"], found["limit"])
        for found in (exceeds, within)
    ]
    assert figures == [("US", "RU", 901, 800), ("US", "US", 800, 800)]
    assert exceeds["as_of"] == disputed["as_of"] == "2022-03-01"
    assert within["outcome"] == "within"
    assert (disputed["party"], disputed["clause"]) == ("US", exceeds["clause"])
    assert exceeds["id"] in " ".join(disputed["reasons"])
    assert within["id"] in " ".join(disputed["reasons"])
    assert where(findings, figure=901) == [exceeds]


def test_the_declaration_that_was_not_provided_is_not_a_zero(findings: list[Found]) -> None:
    missing = [
        found
        for found in where(findings, as_of="2023-03-01", party="RU")
        if found["check"] == "aggregate-within-limit"
    ]
    assert len(missing) == 6
    assert {(found["outcome"], found["figure"], found["known_as"]) for found in missing} == {
        ("not-provided", None, "not-provided")
    }
    updates = {
        found["interpretation"]: found
        for found in where(findings, as_of="2023-03-31", party="RU", check="provided-in-time")
    }
    assert {reader: found["outcome"] for reader, found in updates.items()} == {
        "US": "overdue",
        "RU": "not-applicable",
    }
    assert "suspended" in " ".join(updates["RU"]["reasons"])
    assert where(findings, outcome="overdue") == [updates["US"]]


@pytest.mark.parametrize(
    ("due", "said"),
    [
        ("2011-02-10", "5 days from then end on 2011-02-10"),
        ("2011-03-02", "25 days from then end on 2011-03-02"),
        ("2011-03-22", "45 days from then end on 2011-03-22"),
        ("2011-04-06", "60 days from then end on 2011-04-06"),
        ("2011-09-30", "30 days from then end on 2011-09-30"),
    ],
)
def test_the_clocks_that_entry_into_force_started(findings: list[Found], due: str, said: str) -> None:
    due_then = where(findings, as_of=due)
    assert {(found["party"], found["interpretation"]) for found in due_then} == {
        (party, reader) for party in ("US", "RU") for reader in ("US", "RU")
    }
    assert all(said in " ".join(found["reasons"]) for found in due_then)


# --- What it says rests on records that are in the bundle ------------------------------------------------


@dataclass
class Read:
    header: dict[str, Any]
    body: dict[str, Any]


def read_records(bundle: Path) -> dict[str, Read]:
    """The records of a bundle by id, read as ``docs/reference/formats.md`` (5, 7.1, 8) says; nothing is verified."""
    records = {}
    for tile in bundle.glob("logs/*/tile/entries/**/*"):
        if not tile.is_file():
            continue
        entries = cut(tile.read_bytes(), 2)
        log = tile.relative_to(bundle / "logs").parts[0]
        number = tile.relative_to(bundle / "logs" / log / "tile" / "entries")
        bodies = cut((bundle / "bodies" / log / number).read_bytes(), 4)
        for entry, body in zip(entries, bodies, strict=True):
            header = b64decode(json.loads(entry)["payload"])
            signed = b"DSSEv1 %d %b %d %b" % (len(HEADER_TYPE), HEADER_TYPE, len(header), header)
            name = sha256(b"counterseal/record/v1\0" + signed).hexdigest()
            parts = json.loads(body)["parts"] if body else []
            records[name] = Read(
                json.loads(header), {key: json.loads(value) for key, value, _ in parts if key}
            )
    return records


def cut(data: bytes, width: int) -> list[bytes]:
    pieces = []
    while data:
        length = int.from_bytes(data[:width], "big")
        pieces.append(data[width : width + length])
        data = data[width + length :]
    return pieces


@pytest.fixture(scope="module")
def records(demo_folder: Path) -> dict[str, Read]:
    return read_records(demo_folder / "bundle")


def test_every_record_that_a_finding_names_is_in_the_bundle(
    findings: list[Found], records: dict[str, Read]
) -> None:
    named = {record for found in findings for record in found["records"]}
    assert len(records) > 100
    assert named <= set(records)
    for found in findings:
        assert len(set(found["records"])) == len(found["records"])


def test_every_declaration_is_signed_by_its_declarant_and_countersigned_by_the_other(
    findings: list[Found], records: dict[str, Read]
) -> None:
    signed = [name for name, read in records.items() if read.header["kind"] == "declaration.aggregate"]
    assert len(signed) == 49  # 25 dates of one State, 24 of the other, whose last was not provided
    for name in signed:
        read = records[name]
        received = {
            other.header["author"]: other.body["meaning"]
            for other in records.values()
            if other.header["kind"] == "countersignature" and other.body["record"] == name
        }
        exchanged = read.body["channel"] == "exchange"
        others = ({"US", "RU", "AUDITOR"} if exchanged else {"AUDITOR"}) - {read.header["author"]}
        assert read.body["party"] == read.header["author"]
        assert received == dict.fromkeys(others, "received")


def test_a_figure_that_is_within_stands_in_the_records_that_it_rests_on(
    findings: list[Found], records: dict[str, Read]
) -> None:
    for found in where(findings, check="aggregate-within-limit", outcome="within"):
        figures = [records[name].body.get("figures", {}) for name in found["records"]]
        assert any(found["figure"] in stated.values() for stated in figures)


# --- Anybody can check it, with either of two programs that share no code --------------------------------


def verify_twice(folder: Path, *more: str) -> tuple[int, int]:
    first = run_counterseal("verify", folder / "bundle", *more)
    second = run_python("-I", folder / "verify_bundle.py", folder / "bundle", *more)
    for done in (first, second):
        assert "Traceback" not in done.stderr + done.stdout
        assert done.stdout.strip()
    return first.returncode, second.returncode


def fingerprint_of(folder: Path) -> str:
    """The trust fingerprint, worked out as ``docs/reference/formats.md`` (1, 3, 6.2) says."""

    def domain(name: str, *fields: bytes) -> bytes:
        lengths = (len(field).to_bytes(4, "big") for field in fields)
        pieces = (piece for pair in zip(lengths, fields, strict=True) for piece in pair)
        return sha256(name.encode() + b"\0" + b"".join(pieces)).digest()

    envelope = json.loads((folder / "bundle" / "trust" / "trust.json").read_bytes())
    trust = json.loads(b64decode(envelope["payload"]))
    treaty = trust["treaty"].encode()
    fields = [treaty]
    for party in trust["parties"]:
        code = party["code"].encode()
        roots = [
            domain("counterseal/root/v2", bytes.fromhex(root["ed25519"]), bytes.fromhex(root["ml_dsa_65"]))
            for root in party["roots"]
        ]
        threshold = str(party["threshold"]).encode()
        fields += [code, domain("counterseal/party/v2", treaty, code, threshold, *roots)]
    return domain("counterseal/trust/v2", *fields).hex()


def test_both_programs_verify_it_under_the_fingerprint_of_its_roots(
    demo_run: DemoRun, demo_folder: Path
) -> None:
    fingerprint = fingerprint_of(demo_folder)
    assert fingerprint in demo_run.stdout.replace("\n", "")
    assert verify_twice(demo_folder) == (0, 0)
    assert verify_twice(demo_folder, "--trust", fingerprint) == (0, 0)
    assert verify_twice(demo_folder, "--trust", "00" * 32) == (1, 1)


@pytest.mark.parametrize(
    "name", ["view/report.html", "bundle.json", "trust/trust.json", "an entry tile", "a body"]
)
def test_one_flipped_bit_anywhere_is_refused_by_both(demo_folder: Path, tmp_path: Path, name: str) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(demo_folder, copy, ignore=shutil.ignore_patterns("nodes"))
    patterns = {"an entry tile": "logs/*/tile/entries/*/*", "a body": "bodies/*/*/*"}
    path = min((copy / "bundle").glob(patterns.get(name, name)))
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    assert verify_twice(copy) == (1, 1)
    if name == "view/report.html":
        for done in (
            run_counterseal("verify", copy / "bundle"),
            run_python("-I", copy / "verify_bundle.py", copy / "bundle"),
        ):
            assert "view/report.html" in done.stdout


# --- And there is a page to look at, from a USB stick ----------------------------------------------------


class References(HTMLParser):
    """Collects everything that a browser would fetch."""

    def __init__(self) -> None:
        super().__init__()
        self.fetched: list[str] = []
        self.ids: set[str] = set()
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        for name, value in attrs:
            if name == "id" and value:
                self.ids.add(value)
            if name in {"src", "href", "xlink:href", "srcset", "data", "action", "poster", "background"}:
                self.fetched.append(value or "")


def test_the_report_is_one_page_that_asks_nobody_for_anything(demo_folder: Path) -> None:
    text = (demo_folder / "report.html").read_text("utf-8")
    page = References()
    page.feed(text)
    assert page.tags.isdisjoint({"script", "iframe", "object", "embed", "base"})
    fetched = [name for name in page.fetched if name != "data:,"]  # an empty icon, so that none is asked for
    assert [name for name in fetched if not name.startswith("#")] == []
    assert {name[1:] for name in fetched if name != "#"} <= page.ids
    styles = " ".join(re.findall(r"<style[^>]*>(.*?)</style>", text, re.DOTALL)) + " ".join(
        re.findall(r'style="([^"]*)"', text)
    )
    assert "@import" not in styles
    assert "url(" not in styles.replace("url(#", "")
    assert "svg" in page.tags
    for said in ("901", "2023-03-01", "recalled", "2022-03-01"):
        assert said in text


def test_the_page_beside_the_bundle_is_the_one_that_the_manifest_lists(demo_folder: Path) -> None:
    envelope = json.loads((demo_folder / "bundle" / "bundle.json").read_bytes())
    listed = {item["path"]: item["sha256"] for item in json.loads(b64decode(envelope["payload"]))["files"]}
    for name in ("report.html", "summary.json"):
        assert listed[f"view/{name}"] == sha256((demo_folder / name).read_bytes()).hexdigest()
