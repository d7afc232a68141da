"""What the second verifier accepts under a chain of trust files, and of the kinds of section 5."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import verify_bundle
from verifier.builder import World, canon, dom, leaf, opening_of, root_of, small_world, write
from verifier.case_disclosures import PARTS, partial
from verifier.case_draws import LATER, DrawWorld, committed, forfeit, positions, revealed, secret, whole_draw
from verifier.case_escrow import FIELDS, commit, open_escrow, opened
from verifier.case_mldsa_lines import rotated
from verifier.case_sealed import sealed_world
from verifier.casebook import other_history, us_place
from verifier.chains import ChainWorld, Key, Root, SharedKeys, chain_world, fork_proof2, long_world
from verifier.running import refusals, run, verify


def accepted(folder: Path, world: World, *more: str, **edits: Any) -> Any:
    status, result = verify(folder, world.files(**edits), *more)
    assert status == 0, {check: bad for check, bad in refusals(result).items() if bad}
    assert all(check["held"] for check in result["checks"] if check["check"] != "trust-pinned" or more)
    return result


# ---- trust ----


def test_a_small_chain_verifies_and_tells_its_fingerprints(tmp_path: Path) -> None:
    world = chain_world()
    result = accepted(tmp_path, world)
    assert len(result["checks"]) == 24
    roots = {code: world.root_fingerprint(code) for code in world.parties}
    assert result["fingerprints"] == {"trust": world.chain_fingerprint(), "roots": roots}
    assert result["counts"] == {"files": 14, "logs": 2, "records": 7, "bodies": 4, "checkpoints": 3}
    assert result["warnings"] == []


def test_a_chain_in_which_everything_changed_once_verifies(tmp_path: Path) -> None:
    world = long_world()
    result = accepted(tmp_path, world)
    assert result["fingerprints"]["trust"] == world.chain_fingerprint(2) != world.chain_fingerprint(1)
    assert (
        result["fingerprints"]["roots"]["RU"]
        == world.root_fingerprint("RU", 2)
        != world.root_fingerprint("RU", 1)
    )


def test_any_version_of_the_chain_is_a_pin(tmp_path: Path) -> None:
    world, pins = long_world(), list[str]()
    for version, file in enumerate(world.trusts, 1):
        path = tmp_path / f"{version}.json"
        path.write_bytes(file.data)
        pins += [str(path), world.chain_fingerprint(version), world.root_fingerprint("RU", version)]
    more = [word for pin in pins for word in ("--trust", pin)]
    assert accepted(tmp_path, world, *more)["pinned"] is True
    assert run([str(tmp_path / "bundle"), *more, "--trust", "0" * 64])[0] == 1


@pytest.mark.parametrize("at", [0, 1, 4, 5])
def test_all_keys_of_a_party_change_at_a_position(at: int, tmp_path: Path) -> None:
    world = ChainWorld()
    for size in range(at):
        world.add("US")
        world.checkpoint("US")
        assert size < at
    world.rotate("US")
    world.checkpoint("US")
    world.add("US")
    world.checkpoint("US")
    world.add("US")
    world.add("RU")
    result = accepted(tmp_path, world)
    assert result["counts"]["records"] == at + 4


def test_keys_change_twice_from_entry_0_on(tmp_path: Path) -> None:
    world = ChainWorld()
    world.rotate("US")
    world.rotate("US", "author log")
    world.checkpoint("US")
    world.rotate("US", "witness seal")
    world.rotate("RU", "seal")
    accepted(tmp_path, world)


def test_a_party_may_have_16_author_keys_each_its_own_feed(tmp_path: Path) -> None:
    world = chain_world()
    more = [Key(f"more {n}", f"author-{n}", "author", "ed25519") for n in range(15)]
    world.rotate("US", "seal", more=more)
    feed = dom("counterseal/feed/v1", world.treaty.encode(), b"US", more[3].public).hex()
    world.add("US", signer=more[3].signer, feed=feed, seq=0, prev=None)
    accepted(tmp_path, world)


def test_keys_may_stand_in_files_of_two_parties(tmp_path: Path) -> None:
    world = SharedKeys("RU US")
    world.fill("US", 2)
    other, root = world.get("US", "author"), world.roots["US"][0].ed25519
    more = [
        Key(key.seed, f"more {key.seed}".replace(" ", "-"), "author", "ed25519")
        for key in (other.signer, root)
    ]
    world.rotate("RU", "seal", more=more)
    for key in more:
        feed = dom("counterseal/feed/v1", world.treaty.encode(), b"RU", key.public).hex()
        world.add("RU", signer=key.signer, feed=feed, seq=0, prev=None)
    world.rotate("US", "author")
    accepted(tmp_path, world)


def test_a_witness_is_named_by_anything_in_its_partys_place(tmp_path: Path) -> None:
    class Named(ChainWorld):
        def key(self, code: str, role: str, alg: str, version: int) -> Key:
            name = f"{self.base(code)}/" + ("" if role == "witness" else role)
            return Key(f"{name} {role} {alg} {version}", name, role, alg)

    world = Named()
    world.fill("US", 2)
    accepted(tmp_path, world)


def test_a_retired_witness_counts_up_to_its_head(tmp_path: Path) -> None:
    world = chain_world()
    heads = [{"origin": "c.example/us/log", "size": 5}, {"origin": "c.example/zz/log", "size": 1}]
    world.rotate("RU", "witness", heads=heads)
    world.rotate("RU", "seal", heads=[heads[0] | {"size": 4}])
    world.rotate("RU", "seal", heads=[heads[0] | {"size": 4}])
    note = world.note("US", versions={"RU": 1})
    accepted(tmp_path, world, edit=lambda files: files.update({f"{us_place(world)}/checkpoint": note}))


def test_a_cosignature_at_the_last_moment_of_time_counts(tmp_path: Path) -> None:
    world = chain_world()
    world.time = 2**63 - 1
    accepted(tmp_path, world)


def test_the_same_keys_are_witnesses_whatever_else_changed(tmp_path: Path) -> None:
    world = chain_world()
    world.rotate("RU", "author log seal")
    note = world.note("US", versions={"RU": 1})
    accepted(tmp_path, world, edit=lambda files: files.update({f"{us_place(world)}/checkpoint": note}))


def test_records_that_a_party_does_not_stand_by_are_a_warning(tmp_path: Path) -> None:
    world = chain_world()
    world.rotate("US", "author", accepted=2)
    world.add("US")
    warnings = accepted(tmp_path, world)["warnings"]
    assert [warning.split(": ")[1] for warning in warnings] == ["entry 2", "entry 3"]
    assert all("disputed: its party stands by 2 records of this feed" in warning for warning in warnings)


def test_records_that_it_stands_by_are_none(tmp_path: Path) -> None:
    world = chain_world()
    world.rotate("US", "author", accepted=4)
    assert accepted(tmp_path, world)["warnings"] == []


def test_the_newest_key_file_says_what_is_disputed(tmp_path: Path) -> None:
    world = chain_world()
    world.rotate("US", "author", accepted=4)
    world.rotate("US", "seal", accepted=3)
    world.rotate("RU", "author")
    assert len(accepted(tmp_path, world)["warnings"]) == 1


def test_some_of_a_side_settle_a_record(tmp_path: Path) -> None:
    world = ChainWorld("FR GB RU US", sides=[(["FR", "GB", "RU"], 2), (["US"], 1)])
    world.fill("US", 2)
    text = world.text("US")
    lines = [world.cosign_lines(code, text, world.time) for code in ("GB", "RU")]
    note = text + b"\n" + world.log_lines("US", text) + b"".join(lines)
    accepted(tmp_path, world, edit=lambda files: files.update({f"{us_place(world)}/checkpoint": note}))


def test_nobody_waits_for_a_party_that_left(tmp_path: Path) -> None:
    world = ChainWorld("AUD RU US")
    world.fill("US", 2)
    world.add_trust([(["RU"], 1), (["US"], 1)])
    text = world.text("US")
    note = text + b"\n" + world.log_lines("US", text) + world.cosign_lines("RU", text, world.time)
    accepted(tmp_path, world, edit=lambda files: files.update({f"{us_place(world)}/checkpoint": note}))


def test_key_files_between_trust_files_are_signed_by_the_roots_of_their_time(tmp_path: Path) -> None:
    world = chain_world(threshold=2)
    world.rotate("US")
    world.roots["US"] = [Root(f"second root {n} of US") for n in range(3)]
    world.add_trust()
    world.rotate("US", "author")
    world.rotate("US", "log")
    world.roots["US"] = [Root("third root of US"), world.roots["US"][0]]
    world.add_trust()
    world.rotate("US", "seal")
    world.add_trust(via="RU")
    accepted(tmp_path, world)


def test_lines_of_unknown_keys_are_ignored(tmp_path: Path) -> None:
    world, other = chain_world(), ChainWorld(seed="other")
    text = world.text("US")
    note = world.note("US") + other.cosign_lines("RU", text, 5)
    accepted(tmp_path, world, edit=lambda files: files.update({f"{us_place(world)}/checkpoint": note}))


def test_depth_chain_asks_for_no_announcement(tmp_path: Path) -> None:
    world = chain_world()
    world.rotate("US", "seal", log=False)
    status, result = verify(tmp_path, world.files(), "--depth", "chain")
    assert status == 0
    assert [c["held"] for c in result["checks"][12:]] == [None] * 12


def test_nothing_else_runs_without_the_chain(tmp_path: Path) -> None:
    files = chain_world().files()
    status, result = verify(tmp_path, files | {"trust/keys/us/1.json": b"{}"})
    held = {check["check"]: check["held"] for check in result["checks"]}
    assert status == 1
    assert [name for name, value in held.items() if value is False] == ["file-hashes", "trust-form"]
    assert [bad["file"] for bad in result["checks"][4]["failures"]] == ["trust/keys/us/1.json"]
    assert held["trust-signatures"] is None
    assert result["fingerprints"] == {"trust": None, "roots": {}}


def test_a_fork_under_a_chain_convinces(tmp_path: Path) -> None:
    world = long_world()
    path = tmp_path / "fork.json"
    for first, size in ((1, 9), (4, 4), (5, 7), (6, 11)):
        other = [b"other", *other_history(world, size)[1:]]
        path.write_bytes(canon(fork_proof2(world, "US", first, other)))
        status, result = run(
            [str(path), "--trust", world.chain_fingerprint(1), "--trust", world.chain_fingerprint()]
        )
        assert status == 0, (first, size, refusals(result))
    assert result["origin"] == "c.example/us/log"
    assert result["fingerprints"]["trust"] == world.chain_fingerprint()


@pytest.mark.parametrize("algs", [(), ("ed25519", "ml-dsa-44")])
def test_a_head_under_keys_that_are_not_in_force_convinces(algs: tuple[str, ...], tmp_path: Path) -> None:
    world = rotated(*algs)
    path = tmp_path / "fork.json"
    for first in (4, 2):
        other = [b"other", *other_history(world, 9)[1:]]
        path.write_bytes(canon(fork_proof2(world, "US", first, other)))
        status, result = run([str(path)])
        assert status == 0, refusals(result)


def test_a_record_that_is_not_here_breaks_references_alone(tmp_path: Path) -> None:
    world = chain_world()
    world.add("US", refs=["0" * 64])
    _, result = verify(tmp_path, world.files())
    assert [check["check"] for check in result["checks"] if check["held"] is False] == ["references"]


# ---- kinds ----


def test_sealed_bodies_are_accepted_by_their_lengths(tmp_path: Path) -> None:
    world = sealed_world(["GB", "Press.1", "RU", "US"])
    world.seal("US", PARTS, ["RU", "US"], lambda texts: [b"", texts[1]])
    world.seal("RU", PARTS, ["US"], opened=True)
    result = accepted(tmp_path, world)
    assert result["counts"]["bodies"] == 5


@pytest.mark.parametrize("withheld", [(), (0,), (1, 3), (0, 1), (0, 1, 3)])
@pytest.mark.parametrize("make_world", [small_world, chain_world])
def test_disclosures_open_some_or_all(
    withheld: tuple[int, ...], make_world: Callable[[], World], tmp_path: Path
) -> None:
    world = make_world()
    record = world.add("US", parts=PARTS, opened=False, audience=["US"])
    opening = {"parts": partial(*withheld), "v": 1}
    for stage in (None, "first"):
        statement = {"opening": opening, "reason": "host review", "record": record, "stage": stage}
        world.add("US", statement, kind="disclosure", refs=[record], audience=["RU"])
    accepted(tmp_path, world)


def test_what_cannot_be_read_is_not_judged(tmp_path: Path) -> None:
    world = chain_world()
    for kind in ("disclosure", "escrow.opening", "escrow.commitment"):
        world.add("US", {"any": 1}, kind=kind, audience=["RU", "US"], opened=False)
    record = world.add("US", {"any": 1}, opened=False)
    unread: dict[str, Any] = {"kind": "countersignature", "audience": ["RU"], "opened": False}
    world.add("RU", {"any": 1}, refs=[record], **unread)
    for kind in ("draw.other", "draw", "escrow", "keys", "bundle.acknowledgement", "trust.changes"):
        world.add("US", {"any": 1}, kind=kind)
    accepted(tmp_path, world)


@pytest.mark.parametrize("total", [1, 2, 8, 16])
def test_an_escrow_is_opened_step_by_step(total: int, tmp_path: Path) -> None:
    world, fields = chain_world(), FIELDS[:total]
    record = commit(world, total, fields)
    unread = commit(world, total, fields, opened=False, audience=["RU"])
    size = 1
    while size <= total:
        for first in range(0, total, size):
            open_escrow(world, opened(record, first, size, total, fields))
        size *= 2
    open_escrow(world, opened(unread, 0, total, total, fields))
    accepted(tmp_path, world)


def test_an_escrow_of_65536_fields(tmp_path: Path) -> None:
    fields = [["", ""] if n % 3 == 1 else [f"field {n}", str(n)] for n in range(1024)]
    assert any(fields[-1])
    world = chain_world()
    record = commit(world, 65_536, fields)
    open_escrow(world, opened(record, 0, 65_536, 65_536, fields))
    open_escrow(world, opened(record, 61_440, 4096, 65_536, fields))
    open_escrow(world, opened(record, 0, 4, 65_536, fields))
    accepted(tmp_path, world)


@pytest.mark.parametrize("codes", ["RU US", "AUD RU US"])
def test_a_draw_is_followed_to_its_result(codes: str, tmp_path: Path) -> None:
    world = whole_draw(codes)
    world.result("US")
    world.close()
    accepted(tmp_path, world)


def test_a_draw_from_a_pool_of_2_to_the_32(tmp_path: Path) -> None:
    strata = [
        {"count": 1, "name": "one", "sample": 1},
        {"count": 7, "name": "none", "sample": 0},
        {"count": 2**32 - 8 - 5, "name": "many", "sample": 40},
        {"count": 5, "name": "all", "sample": 5},
    ]
    seed = bytes(range(32))
    drawn = verify_bundle.drawn(seed, strata)
    assert [len(part) for part in drawn] == [1, 0, 40, 5]
    assert drawn[0] == [0]
    assert sorted(drawn[3]) == list(range(2**32 - 5, 2**32))
    small = [{"count": 50, "sample": 50}, {"count": 3, "sample": 2}, {"count": 1, "sample": 0}]
    assert verify_bundle.drawn(seed, small) == positions(seed, small)

    def edit(doc: Any) -> None:
        doc.update(pool=None, strata=strata)

    world = DrawWorld(edit=edit)
    world.agree()
    for code in world.codes:
        world.commit(code)
    world.fix()
    for code in world.codes:
        world.reveal(code)
    picked = verify_bundle.drawn(world.draw_seed(), strata)
    statement = {"draw": world.draw, "forfeited": [], "positions": picked, "seed": world.draw_seed().hex()}
    world.add("RU", statement, kind="draw.result", refs=[world.draw])
    world.close()
    accepted(tmp_path, world)


def test_a_draw_goes_on_without_who_withholds(tmp_path: Path) -> None:
    world = revealed("RU US", "RU")
    world.result("RU", forfeit, claimed_time=LATER)
    world.close()
    accepted(tmp_path, world)


def test_who_saw_a_log_before_the_reveal_may_go_on(tmp_path: Path) -> None:
    """Earlier records of its log named checkpoints of the log of who forfeits, all of them before the reveal."""
    world = revealed("RU US", "RU")
    before = [world.seen["US"], (world.add("US"), world.checkpoint("US"))[1]]
    for name in before[::-1]:
        world.add("RU", not_before=[name])
    world.reveal("US")
    world.result("RU", forfeit, claimed_time=LATER)
    world.checkpoint("US")
    world.add("RU", not_before=[world.checkpoint("US")])
    world.close()
    accepted(tmp_path, world)


def forfeit_both(doc: Any) -> None:
    forfeit(doc)
    doc["forfeited"] = ["AUD", "US"]


def test_who_never_committed_forfeits_and_later_reveals_come_too_late(tmp_path: Path) -> None:
    world = DrawWorld("AUD RU US")
    world.agree()
    for code in world.codes:
        world.commit(code)
    world.fix()
    before = world.checkpoint("US")
    world.reveal("US")
    world.result(
        "RU",
        forfeit_both,
        claimed_time=LATER,
        not_before=[before],
    )
    world.reveal("RU", lambda doc: doc.update(of="US", value=secret("US").hex()), claimed_time=LATER)
    world.close()
    accepted(tmp_path, world)


def test_another_may_open_the_envelope_and_second_commitments_are_void(tmp_path: Path) -> None:
    world = committed()
    world.commit("US", lambda doc: doc.update(commitment="0" * 64))
    world.reveal("RU")
    world.reveal("RU", lambda doc: doc.update(of="US", value=secret("US").hex()))
    world.result()
    world.close()
    accepted(tmp_path, world)


def test_a_pool_has_the_root_of_rfc_6962() -> None:
    names = [b"a", b"b", b"c"]
    root = verify_bundle.tree_root([b"".join(map(leaf, names))])
    assert root == root_of([leaf(name) for name in names])


def test_an_opening_is_no_partial_one() -> None:
    body = bytes(32) + bytes([4, 11])
    with pytest.raises(verify_bundle.Refused, match=r"parts\[1\] is not a list"):
        verify_bundle.check_opening(canon({"parts": partial(1), "v": 1}), body)
    assert verify_bundle.PARTIAL != verify_bundle.OPENING
    assert opening_of(PARTS)


# ---- without its library ----


@pytest.mark.parametrize("broken", ["raise ImportError", "x = 1"])
def test_without_cryptography_it_says_so_and_ends_with_2(broken: str, tmp_path: Path) -> None:
    (tmp_path / "cryptography").mkdir()
    (tmp_path / "cryptography" / "__init__.py").write_text(broken)
    bundle = write(tmp_path / "bundle", small_world().files())
    command = [sys.executable, str(verify_bundle.__file__), str(bundle)]
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    ended = subprocess.run(
        command, capture_output=True, check=False, cwd=tmp_path, env=environment, text=True
    )
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr == "verify_bundle: it needs the Python package cryptography, 48.0.1 or newer\n"
