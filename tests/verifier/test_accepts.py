"""What the second verifier accepts, what it says, and how it ends."""

import ast
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import verify_bundle
from verifier.builder import (
    Signer,
    World,
    canon,
    checkpoint_id,
    cosign_line,
    dom,
    fork_proof,
    leaf,
    log_line,
    make_parts,
    note_line,
    root_of,
    small_world,
    tile_name,
    write,
)
from verifier.casebook import other_history
from verifier.running import refusals, run, verify

NAMES = [
    "names",
    "manifest",
    "listing",
    "file-hashes",
    "trust-form",
    "trust-signatures",
    "trust-pinned",
    "manifest-signature",
    "checkpoints",
    "settled",
    "tiles",
    "roots",
    "envelopes",
    "headers",
    "signatures",
    "duplicates",
    "feeds",
    "references",
    "bodies",
    "countersignatures",
    "disclosures",
    "escrows",
    "draws",
    "trust-logged",
]


@pytest.mark.parametrize("count", [1, 2, 3, 255, 256, 257, 511, 512, 513, 600])
def test_logs_of_any_size_verify_with_every_checkpoint_on_the_way(count: int, tmp_path: Path) -> None:
    world = World()
    for size in (0, 1, 2, 3, 100, 255, 256, 257, 300, 511, 512, 513, 599):
        if size < count:
            world.fill("US", size)
            world.checkpoint("US")
    world.fill("US", count)
    status, result = verify(tmp_path, world.files())
    assert (status, result["verified"]) == (0, True), refusals(result)
    assert result["counts"]["records"] == count
    assert result["warnings"] == []


def test_a_log_of_more_than_65536_entries_has_three_levels(tmp_path: Path) -> None:
    world = World()
    entries = [n.to_bytes(3, "big") for n in range(65_536 + 300)]
    world.parties["US"].entries, world.parties["US"].openings = entries, [b""] * len(entries)
    files = world.files()
    assert any("/tile/2/000.p/1" in path for path in files)
    assert verify(tmp_path, files, "--depth", "chain")[0] == 0
    assert verify(tmp_path, files)[0] == 1


def test_everything_that_a_bundle_may_hold_is_accepted(tmp_path: Path) -> None:
    world = World("AUD RU US", [["AUD"], ["RU"], ["US"]])
    world.parties["AUD"].kind = "auditor"
    world.fill("US", 3)
    first = world.parties["US"].ids[0]
    statement = {
        "a": [],
        "b": {"x": None},
        "c": "",
        "d": 9007199254740991,
        "e": 'é\u2028\x7f"\\\n\x01',
        "f": True,
    }
    world.add("US", statement, audience=["RU", "US"], refs=[first])
    world.add("US", {f"m{n:02d}": "x" * 20_000 for n in range(33)})
    world.add("US", {"only": "x" * 1015}, kind="a-1.b-2")
    seen = world.checkpoint("US")
    world.add("US")
    later = "2020-01-02T00:00:00Z"
    world.countersign("RU", first, "received", "", not_before=[seen], claimed_time=later)
    world.countersign("RU", first, "agreed", not_before=[seen], claimed_time=later)
    world.countersign("AUD", first, "objects", "no")
    world.countersign("AUD", world.parties["RU"].ids[0], "agreed-with-reservation", "why", opened=False)
    status, result = verify(tmp_path, world.files())
    assert status == 0, refusals(result)
    assert result["counts"] == {"files": 16, "logs": 3, "records": 11, "bodies": 8, "checkpoints": 4}
    assert result["warnings"] == []


def test_two_parties_on_one_side_need_no_cosignature_of_each_other(tmp_path: Path) -> None:
    world = World("GB RU US", [["GB", "US"], ["RU"]])
    world.fill("US", 2)
    us, ru, text = world.parties["US"], world.parties["RU"], world.text("US")
    note = text + b"\n" + log_line(us.log, text) + cosign_line(ru.witness, text, 5)
    unknown = note_line("somebody.else/witness", 4, bytes(32), bytes(72))
    files = world.files(lambda files: files.update({f"{us.place}/checkpoint": note + unknown}))
    assert verify(tmp_path, files)[0] == 0


def test_a_party_may_sign_with_two_author_keys_each_its_own_feed(tmp_path: Path) -> None:
    world = small_world()
    party, second = world.parties["US"], Signer("w.example/us/author2")
    world.trust_keys.append((party, "author", second))
    feed = dom("counterseal/feed/v1", world.treaty.encode(), b"US", second.public).hex()
    world.add("US", signer=second, feed=feed, seq=0, prev=None)
    assert verify(tmp_path, world.files())[0] == 0


def test_the_result_for_programs_has_the_form_of_section_9(tmp_path: Path) -> None:
    world = small_world()
    status, result = verify(tmp_path, world.files())
    assert list(result) == [
        "bundle",
        "depth",
        "verified",
        "checks",
        "fingerprints",
        "pinned",
        "counts",
        "warnings",
    ]
    assert (status, result["bundle"], result["depth"]) == (0, str(tmp_path / "bundle"), "full")
    assert [check["check"] for check in result["checks"]] == NAMES
    assert {check["check"]: check["held"] for check in result["checks"]} == dict.fromkeys(NAMES, True) | {
        "trust-pinned": None
    }
    assert all(check["failures"] == [] for check in result["checks"])
    roots = {code: party.root.id for code, party in world.parties.items()}
    assert result["fingerprints"] == {"trust": world.trust_fingerprint(), "roots": roots}
    assert result["pinned"] is False
    assert result["counts"] == {"files": 12, "logs": 2, "records": 7, "bodies": 4, "checkpoints": 3}


def test_depth_chain_looks_at_no_record(tmp_path: Path) -> None:
    world = small_world()
    world.add("US", entry=lambda payload, signer: b"no envelope", opened=False)
    status, result = verify(tmp_path, world.files(), "--depth", "chain")
    held = {check["check"]: check["held"] for check in result["checks"]}
    assert status == 0
    assert [name for name in NAMES if held[name] is None] == ["trust-pinned", *NAMES[12:]]
    assert run([str(tmp_path / "bundle")])[0] == 1


@pytest.mark.parametrize(
    "spelling",
    [
        str,
        str.upper,
        lambda text: " ".join(text[at : at + 4] for at in range(0, 64, 4)),
        lambda text: ":".join(text[at : at + 2] for at in range(0, 64, 2)),
    ],
)
def test_a_pin_is_a_fingerprint_in_any_spelling(spelling: Callable[[str], str], tmp_path: Path) -> None:
    world = small_world()
    for pin in (world.trust_fingerprint(), world.parties["US"].root.id, world.parties["RU"].root.id):
        status, result = verify(tmp_path, world.files(), "--trust", spelling(pin))
        assert (status, result["pinned"]) == (0, True)


def test_a_pin_is_a_trust_file_and_every_pin_must_match(tmp_path: Path) -> None:
    world, other = small_world(), World(seed="other")
    (tmp_path / "ours.json").write_bytes(world.trust())
    (tmp_path / "other.json").write_bytes(other.trust())
    ours, theirs = ["--trust", str(tmp_path / "ours.json")], ["--trust", str(tmp_path / "other.json")]
    assert verify(tmp_path, world.files(), *ours)[0] == 0
    assert verify(tmp_path, world.files(), *ours, "--trust", world.trust_fingerprint())[0] == 0
    status, result = verify(tmp_path, world.files(), *ours, *theirs)
    assert (status, result["pinned"]) == (1, False)


def test_made_again_with_other_roots_it_passes_unless_pinned(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    forged = World(seed="forger")
    forged.fill("US", 3)
    root = str(write(tmp_path / "bundle", forged.files()))
    assert verify_bundle.main([root]) == 0
    said = capsys.readouterr().out
    assert (
        "The keys were taken from the bundle itself: it is only shown to be consistent with itself." in said
    )
    assert forged.parties["US"].root.id in said
    assert forged.trust_fingerprint() in said
    assert verify_bundle.main([root, "--trust", small_world().trust_fingerprint()]) == 1
    assert "is not the one with the pinned fingerprint" in capsys.readouterr().out


def test_people_read_what_held_and_what_did_not_and_why(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    world = small_world()
    root = write(tmp_path / "bundle", world.files())
    (root / "view" / "\x1b[31m\n.html").write_text("x")
    assert verify_bundle.main([str(root), "--trust", world.trust_fingerprint()]) == 1
    said = capsys.readouterr().out
    assert "    held  roots\n" in said
    assert "  FAILED  names\n          - view/\\x1b[31m\\n.html: no file of a bundle has this name\n" in said
    assert said.endswith("NOT VERIFIED\n")
    assert "The keys were taken" not in said
    assert "not run" not in said


def test_checks_that_cannot_run_are_not_run(tmp_path: Path) -> None:
    files = small_world().files()
    status, result = verify(tmp_path, files | {"trust/trust.json": b"{}"})
    held = {check["check"]: check["held"] for check in result["checks"]}
    assert status == 1
    assert held == dict.fromkeys(NAMES) | {
        "names": True,
        "manifest": True,
        "listing": True,
        "file-hashes": False,
        "trust-form": False,
    }
    assert result["fingerprints"] == {"trust": None, "roots": {}}


def test_a_log_whose_tiles_are_not_whole_leaves_its_records_unchecked(tmp_path: Path) -> None:
    world = small_world()
    files = {
        path: data
        for path, data in world.files().items()
        if "tile/entries" not in path or world.parties["RU"].place in path
    }
    _, result = verify(tmp_path, files)
    held = {check["check"]: check["held"] for check in result["checks"]}
    assert [name for name in NAMES if held[name] is False] == ["listing", "tiles", "references"]
    assert [name for name in NAMES[11:] if held[name] is None] == [
        name for name in NAMES[11:] if name != "references"
    ]


def test_fifty_failures_of_a_check_are_told_and_the_others_counted(tmp_path: Path) -> None:
    world = World()
    for _ in range(60):
        world.add("US", kind="NO", opened=False)
    _, result = verify(tmp_path, world.files())
    told = refusals(result)["headers"]
    assert len(told) == 51
    assert told[50] == "and 10 more failures"
    assert "entry 49: header.kind is not of the form" in told[49]


# ---- time ----


def test_a_claim_before_what_its_author_had_seen_is_a_warning(tmp_path: Path) -> None:
    world = World()
    world.add("US", claimed_time="2021-06-01T00:00:00Z")
    seen = world.checkpoint("US", 1_630_000_000)
    world.add("US", claimed_time="2021-07-01T00:00:00Z")
    world.add("RU", claimed_time="2021-05-31T23:59:59Z", not_before=[seen])
    world.add("RU", claimed_time="2021-05-31T23:59:59Z")
    world.add("RU", claimed_time="2021-06-01T00:00:00Z")
    world.time = 1_640_000_000
    status, result = verify(tmp_path, world.files())
    assert status == 0
    assert len(result["warnings"]) == 2
    assert "entry 0: it claims 2021-05-31T23:59:59Z, before 2021-06-01T00:00:00Z" in result["warnings"][0]
    assert "entry 1: " in result["warnings"][1]


def test_ones_own_checkpoint_says_nothing_of_time(tmp_path: Path) -> None:
    world = World()
    world.add("US", claimed_time="2022-01-01T00:00:00Z")
    seen = world.checkpoint("US", 1_700_000_000)
    world.add("US", claimed_time="2022-01-01T00:00:00Z", not_before=[seen])
    world.time = 1_700_000_000
    assert verify(tmp_path, world.files())[1]["warnings"] == []


def test_a_claim_after_a_cosignature_is_a_warning(tmp_path: Path) -> None:
    world = World()
    world.add("US", claimed_time="2020-09-13T12:26:40Z")
    world.add("US", claimed_time="2020-09-13T12:26:41Z")
    world.checkpoint("US", 1_600_000_000)
    world.add("US", claimed_time="2020-09-13T12:26:42Z")
    world.time = 1_700_000_000
    status, result = verify(tmp_path, world.files())
    assert status == 0
    assert [warning.split("entry ")[1] for warning in result["warnings"]] == [
        "1: it claims 2020-09-13T12:26:41Z, after 2020-09-13T12:26:40Z, when another party cosigned it"
    ]


def test_a_claim_before_the_one_before_it_is_a_warning(tmp_path: Path) -> None:
    world = World()
    world.add("US", claimed_time="2020-01-02T00:00:00Z")
    world.add("US", claimed_time="2020-01-01T00:00:00Z")
    status, result = verify(tmp_path, world.files())
    assert status == 0
    assert len(result["warnings"]) == 1
    assert "before 2020-01-02T00:00:00Z, the claim of the record before it" in result["warnings"][0]


def test_a_cosignature_at_the_end_of_time_is_no_reason_to_fail(tmp_path: Path) -> None:
    world = World()
    world.fill("US", 1)
    world.time = 2**64 - 1
    assert verify(tmp_path, world.files())[0] == 0


# ---- fork proofs ----


def test_a_fork_convinces_and_names_its_log(tmp_path: Path) -> None:
    world = small_world()
    for first in (1, 3, 4):
        for size in range(max(first, 4), 12):
            other = [b"other", *other_history(world, size)[1:]]
            (tmp_path / "fork.json").write_bytes(canon(fork_proof(world, "US", first, other)))
            status, result = run([str(tmp_path / "fork.json"), "--trust", world.trust_fingerprint()])
            assert status == 0, (first, size, refusals(result))
    assert list(result) == ["fork_proof", "origin", "verified", "checks", "fingerprints", "pinned"]
    assert result["origin"] == "w.example/us/log"
    assert [check["check"] for check in result["checks"]] == [
        "form",
        "trust-form",
        "trust-signatures",
        "trust-pinned",
        "signatures",
        "fork",
    ]
    assert result["pinned"] is True
    assert run([str(tmp_path / "fork.json")])[0] == 0


# ---- exit statuses ----


def test_what_is_no_bundle_ends_with_3(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "view").mkdir()
    (tmp_path / "text").write_text("{}")
    (tmp_path / "trust.json").write_bytes(World().trust())
    os.mkfifo(tmp_path / "pipe")
    for name in ("nothing", "empty", "other", "text", "trust.json", "pipe", "a\0b", "x" * 5000):
        assert verify_bundle.main([str(tmp_path / name)]) == 3
        said = capsys.readouterr()
        assert said.out == ""
        assert "neither a bundle nor a fork proof" in said.err


@pytest.mark.parametrize("name", ["bundle.json", "logs", "trust"])
def test_one_part_of_a_bundle_is_a_bundle_that_is_refused(name: str, tmp_path: Path) -> None:
    (tmp_path / name).mkdir()
    assert run([str(tmp_path)])[0] == 1


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["a", "b"],
        ["a", "--depth", "half"],
        ["a", "--trust", "/nothing/here"],
        ["a", "--trust", ""],
        ["a", "--trust", "a\0b"],
        ["a", "--wrong"],
    ],
)
def test_wrong_use_ends_with_2(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        verify_bundle.main(arguments)
    assert stopped.value.code == 2


def test_it_runs_alone_from_anywhere(tmp_path: Path) -> None:
    root = write(tmp_path / "bundle", small_world().files())
    script = tmp_path / "verify_bundle.py"
    script.write_bytes(Path(str(verify_bundle.__file__)).read_bytes())
    command = [sys.executable, "-I", "-W", "error", str(script), str(root)]
    ended = subprocess.run(
        [*command, "--json"], capture_output=True, check=False, cwd=tmp_path, env={"LANG": "C"}
    )
    assert (ended.returncode, ended.stderr) == (0, b"")
    assert json.loads(ended.stdout)["verified"] is True
    ended = subprocess.run(command, capture_output=True, check=False, cwd=tmp_path, env={"LANG": "C"})
    assert (ended.returncode, ended.stdout.split(b"\n")[-2]) == (0, b"VERIFIED")


def test_it_imports_the_standard_library_and_cryptography_alone() -> None:
    tree = ast.parse(Path(str(verify_bundle.__file__)).read_text(encoding="utf-8"))
    modules = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    modules |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {module.split(".")[0] for module in modules} - sys.stdlib_module_names == {"cryptography"}


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = write(tmp_path / "bundle", small_world().files())
    read = Path.read_bytes

    def denied(self: Path) -> bytes:
        if self.name == "trust.json":
            raise PermissionError(13, "Permission denied")
        return read(self)

    monkeypatch.setattr(Path, "read_bytes", denied)
    status, result = run([str(root)])
    assert status == 1
    assert "it cannot be read: PermissionError" in refusals(result)["trust-form"][0]


# ---- names and numbers of the specification ----


@pytest.mark.parametrize(
    ("index", "width", "name"),
    [
        (0, 256, "000"),
        (999, 256, "999"),
        (1000, 256, "x001/000"),
        (1234067, 256, "x001/x234/067"),
        (273, 112, "273.p/112"),
    ],
)
def test_tiles_are_named_as_the_specification_prints_them(index: int, width: int, name: str) -> None:
    assert verify_bundle.tile_name(index, width) == name == tile_name(index, width)


def test_a_log_of_70000_has_the_tiles_that_the_specification_prints() -> None:
    names = {level: [name for name, _ in verify_bundle.tiles(70_000 >> 8 * level)] for level in range(4)}
    assert (len(names[0]), names[0][-1]) == (274, "273.p/112")
    assert (names[1], names[2], names[3]) == (["000", "001.p/17"], ["000.p/1"], [])


@pytest.mark.parametrize("count", [0, 1, 2, 3, 5, 255, 256, 257, 700])
def test_the_root_is_that_of_rfc_6962(count: int) -> None:
    leaves = [leaf(bytes([n % 256, n // 256])) for n in range(count)]
    full = [root_of(leaves[at : at + 256]) for at in range(0, count - 255, 256)]
    levels = [b"".join(leaves[256 * len(full) :]), b"".join(full)]
    assert verify_bundle.tree_root(levels) == root_of(leaves)


def test_ids_of_checkpoints_cover_no_signature() -> None:
    world = small_world()
    note = world.note("US")
    assert verify_bundle.Checkpoint(note, "").id == checkpoint_id(world.text("US"))
    assert make_parts({"a": 1}) == [["a", "1", make_parts({"a": 1})[0][2]]]


# ---- at the edges ----


def test_a_file_above_64_mib_is_no_fork_proof(tmp_path: Path) -> None:
    world = small_world()
    proof = canon(fork_proof(world, "US", 4, other_history(world)))
    path = tmp_path / "fork.json"
    path.write_bytes(proof.rjust(2**26))
    assert run([str(path)])[0] == 1
    for larger in (proof.rjust(2**26 + 1), proof.ljust(2**26 + 1), proof.rjust(2**26 + 2**20)):
        path.write_bytes(larger)
        assert run([str(path)]) == (3, None)


def test_a_cosignature_at_time_0_counts_without_a_chain(tmp_path: Path) -> None:
    world = small_world()
    us, text = world.parties["US"], world.text("US")
    note = text + b"\n" + log_line(us.log, text) + cosign_line(world.parties["RU"].witness, text, 0)
    files = world.files(lambda files: files.update({f"{us.place}/checkpoint": note}))
    assert verify(tmp_path, files)[0] == 0
