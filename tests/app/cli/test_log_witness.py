"""The commands of witnessing on files: what is written, what is said, with which exit status."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from assessment.fictional import ARD, BEL
from counterseal.app.cli import log_witness
from counterseal.app.cli.log_witness import attach, check, policy, request, witness
from counterseal.errors import RefusedInputError, WorkplaceError
from counterseal.log.tree import HashTree
from counterseal.services.errors import ServiceError
from counterseal.services.node import Node
from counterseal.terms.parties import PartyCode
from strategies.witnessing import AUD, forged, founded, write

Run = Callable[..., Result]


@pytest.fixture
def nodes() -> dict[PartyCode, Node]:
    found = founded()
    write(found[ARD], 5)
    return found


@pytest.fixture
def run(nodes: dict[PartyCode, Node], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command at a party's node; refusals come out as the exceptions that main.py turns into statuses."""

    def at(party: PartyCode, command: click.Command, *args: object, fails: bool = False) -> Result:
        monkeypatch.setattr(log_witness, "open_chosen_node", lambda _: nodes[party])
        result = CliRunner().invoke(command, [str(item) for item in args])
        assert (result.exit_code != 0) is fails, result.output
        return result

    return at


def fetch_head(node: Node, path: Path) -> Path:
    path.write_bytes(node.store.checkpoints(node.log.origin)[-1].to_bytes())
    return path


def ask(run: Run, folder: Path, party: PartyCode, *, old: int = 0) -> Sequence[Path]:
    asked, answered = folder / f"{party}-{old}.request", folder / f"{party}-{old}.response"
    run(ARD, request, "--old", old, "--out", asked)
    return asked, answered


def test_files_go_there_and_back_and_the_head_is_settled(
    run: Run, nodes: dict[PartyCode, Node], tmp_path: Path
) -> None:
    rules = tmp_path / "ard.policy"
    run(BEL, policy, ARD, "--out", rules)
    for party in (BEL, AUD):
        asked, answered = ask(run, tmp_path, party)
        assert "cosigned" in run(party, witness, asked, "--out", answered).output
        head = fetch_head(nodes[ARD], tmp_path / f"{party}.before")
        before = run(ARD, check, head, "--policy", rules, fails=True)
        assert before.exit_code == 1
        assert "NOT ACCEPTED" in before.output
        taken = json.loads(run(ARD, attach, answered, "--json").output)
        assert taken == {"origin": nodes[ARD].log.origin, "size": 5, "cosigners": [party]}
    head = fetch_head(nodes[ARD], tmp_path / "after")
    document = json.loads(run(ARD, check, head, "--policy", rules, "--json").output)
    assert document["accepted"] is True
    assert document["missing"] == []
    assert [item["check"] for item in document["checks"]] == ["log", "lines", "quorum"]
    assert "ACCEPTED" in run(ARD, check, head, "--policy", rules).output


def test_a_conflict_is_refused_and_its_size_is_written(run: Run, tmp_path: Path) -> None:
    first, answered = ask(run, tmp_path, BEL)
    run(BEL, witness, first, "--out", answered)
    again = run(BEL, witness, first, "--out", tmp_path / "again", "--json", fails=True)
    assert isinstance(again.exception, RefusedInputError)
    assert "not cosigned (other-old-size)" in str(again.exception)
    document = json.loads(again.stdout)
    assert (document["outcome"], document["status"], document["last_size"]) == ("other-old-size", 409, 5)
    assert (tmp_path / "again").read_bytes() == b"5\n"
    refused = run(ARD, attach, tmp_path / "again", fails=True)
    assert isinstance(refused.exception, ServiceError)
    assert "ask again from there" in str(refused.exception)


def test_a_refusal_that_is_no_conflict_writes_no_answer(
    run: Run, nodes: dict[PartyCode, Node], tmp_path: Path
) -> None:
    asked, answered = ask(run, tmp_path, BEL)
    run(BEL, witness, asked, "--out", answered)
    lie = HashTree(b"%d" % number for number in range(9))
    (tmp_path / "lie").write_bytes(forged(nodes, lie, old=5, new=9).to_bytes())
    refused = run(BEL, witness, tmp_path / "lie", "--out", tmp_path / "none", fails=True)
    assert "not cosigned (proof-refused)" in str(refused.exception)
    assert "kept as evidence: head-" in str(refused.exception)
    assert not (tmp_path / "none").exists()


def test_what_is_no_request_and_what_is_not_there_is_refused(run: Run, tmp_path: Path) -> None:
    (tmp_path / "noise").write_bytes(b"noise")
    refused = run(BEL, witness, tmp_path / "noise", "--out", tmp_path / "out", fails=True)
    assert "not cosigned (malformed)" in str(refused.exception)
    missing = run(BEL, witness, tmp_path / "missing", "--out", tmp_path / "out", fails=True)
    assert isinstance(missing.exception, WorkplaceError)
    assert "cannot be read" in str(missing.exception)


def test_a_file_that_is_there_is_not_written_over_and_nothing_is_decided(
    run: Run, nodes: dict[PartyCode, Node], tmp_path: Path
) -> None:
    asked, answered = ask(run, tmp_path, BEL)
    answered.write_bytes(b"mine")
    refused = run(BEL, witness, asked, "--out", answered, fails=True)
    assert isinstance(refused.exception, WorkplaceError)
    assert answered.read_bytes() == b"mine"
    assert nodes[BEL].store.witnessed(nodes[ARD].log.origin) is None


def test_a_request_past_the_log_leaves_no_file(run: Run, tmp_path: Path) -> None:
    refused = run(ARD, request, "--old", 6, "--out", tmp_path / "r", fails=True)
    assert isinstance(refused.exception, ServiceError)
    assert not (tmp_path / "r").exists()
    assert run(ARD, request, "--old", -1, "--out", tmp_path / "r", fails=True).exit_code == 2


def test_the_policy_is_printed_and_the_json_holds_the_same(run: Run) -> None:
    printed = run(ARD, policy).output
    document = json.loads(run(ARD, policy, "--json").output)
    assert document == {"party": "ARD", "policy": printed, "file": None}
    assert printed.startswith("# Heads of ")
    assert run(ARD, policy, "no party", fails=True).exit_code == 2


def test_every_json_document_of_a_request_names_its_file(run: Run, tmp_path: Path) -> None:
    document = json.loads(run(ARD, request, "--old", 0, "--out", tmp_path / "r", "--json").output)
    assert document["file"] == str(tmp_path / "r")
    assert (document["size"], document["old_size"]) == (5, 0)
    answered = run(BEL, witness, tmp_path / "r", "--out", tmp_path / "a", "--json")
    assert json.loads(answered.output)["file"] == str(tmp_path / "a")
    assert json.loads(answered.output)["status"] == 200
