"""`counterseal draw` on the command line: two parties and an auditor, each with its own folder."""

import json
import stat
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.cli.locked import kept_bytes, lock_node, unlock_node
from program import Program, Ran

POOL = "".join(f"TEL-{number:03}\n" for number in range(30))


@dataclass(slots=True)
class Desk:
    """The program, three nodes, and the sticks between them."""

    program: Program
    nodes: Path
    folder: Path
    sticks: int = 0
    pool: Path = field(init=False)

    def __post_init__(self) -> None:
        self.pool = self.folder / "pool.txt"
        self.pool.write_text(POOL, encoding="utf-8")

    def __call__(self, party: str, *arguments: object) -> Ran:
        return self.program("draw", *arguments, "--node", self.nodes / party)

    def open(self, *more: object, deadline: str | None = None) -> Ran:
        until = deadline or (datetime.now(tz=UTC) + timedelta(days=3)).strftime("%Y-%m-%dT%H:%M:%SZ")
        given = ("--pool", self.pool, "--title", "Launchers to be seen", "--deadline", until)
        return self("US", "open", *given, *(more or ("--sample", "3")), "--json")

    def carry(self) -> None:
        """Everybody's bundle goes to everybody, until nobody has anything to answer any more."""
        for _ in range(3):
            for sender in ("US", "RU", "AUDITOR"):
                self.sticks += 1
                stick = self.folder / f"stick-{self.sticks}"
                assert self.program("bundle", "export", stick, "--node", self.nodes / sender).code == 0
                for taker in {"US", "RU", "AUDITOR"} - {sender}:
                    assert self.program("bundle", "import", stick, "--node", self.nodes / taker).code == 0

    def agreed(self, *more: object) -> str:
        done = self.open(*more)
        assert done.code == 0, done.err
        draw: str = json.loads(done.out)["draw"]
        self.carry()
        said = self.program("log", "countersign", draw, "--meaning", "agreed", "--node", self.nodes / "RU")
        assert said.code == 0
        self.carry()
        return draw


@pytest.fixture
def desk(program: Program, nodes: Path, tmp_path: Path) -> Desk:
    return Desk(program=program, nodes=nodes, folder=tmp_path)


def test_two_parties_draw_and_an_auditor_replays_it_from_a_bundle(desk: Desk) -> None:
    draw = desk.agreed("--stratum", "north:20:2", "--stratum", "south:10:1")
    listed = desk("US", "check")
    assert listed.code == 1
    assert "NOT HELD committed   RU has not committed" in listed.out
    assert desk("US", "commit", draw[:12], "--dice", "3 5 1 6").code == 0
    paper = desk.folder / "envelope.txt"
    assert desk("RU", "commit", draw, "--paper", paper).code == 0
    assert stat.S_IMODE(paper.stat().st_mode) == 0o600
    assert desk("US", "commit", draw).code == 3
    assert desk("US", "reveal", draw).code == 3, "not settled yet"
    desk.carry()
    assert desk("US", "reveal", draw).code == 0
    desk.carry()
    text = paper.read_text(encoding="utf-8")
    again = desk("RU", "commit", draw, "--paper", desk.folder / "torn.txt")
    assert (again.code, "has committed already" in again.err, "`draw paper`" in again.err) == (3, True, True)
    assert desk("RU", "paper", draw, "--paper", desk.folder / "again.txt").code == 0
    assert (desk.folder / "again.txt").read_text(encoding="utf-8") == text
    value = "".join(text.split("Value of    RU\n")[1].split("Open it")[0].split())
    opened = desk(
        "US", "reveal", draw, "--of", "RU", "--value", " ".join((value[:32], value[32:].upper())), "--json"
    )
    assert json.loads(opened.out)["of"] == "RU"
    desk.carry()
    stated = json.loads(desk("RU", "result", draw, "--json").out)["result"]
    desk.carry()
    final = desk.folder / "final"
    assert desk.program("bundle", "export", final, "--node", desk.nodes / "AUDITOR").code == 0
    checked = desk.program("draw", "check", draw[:8], "--bundle", final, "--json")
    assert checked.code == 0, checked.out
    document = json.loads(checked.out)
    (report,) = document["draws"]
    assert document["accepted"] is report["accepted"] is True
    assert report["result"] == stated
    names = POOL.split()
    assert report["names"] == [[names[at] for at in drawn] for drawn in stated["positions"]]
    assert [given["party"] for given in report["replay"]["inputs"]] == ["RU", "US"]
    assert [pick["position"] for pick in report["replay"]["picks"][0]] == stated["positions"][0]
    shown = desk.program("draw", "check", "--bundle", final, "--replay")
    assert shown.code == 0
    assert shown.out.rstrip().endswith("ACCEPTED")
    assert report["replay"]["picks"][0][0]["words"][0] in shown.out
    assert report["replay"]["seed"] in shown.out
    assert "from an envelope: RU by US" in shown.out
    assert desk.program("verify", final).code == 0


def test_a_forfeit_waits_for_the_deadline(desk: Desk) -> None:
    draw = desk.agreed()
    early = desk("US", "result", draw, "--forfeit", "RU")
    assert early.code == 3
    assert "nobody forfeits before" in early.err
    assert desk("US", "result", draw, "--choose", "1,2,3").code == 2
    assert desk("US", "result", draw, "--forfeit", "RU", "--choose", "1,x,3").code == 3


def test_a_pool_may_come_from_a_column_and_its_names_may_stay_off_the_record(desk: Desk) -> None:
    table = desk.folder / "pool.csv"
    table.write_text('site,item\nA,"TEL, 1"\nB,TEL-2\nB,TEL-3\n', encoding="utf-8")
    until = (datetime.now(tz=UTC) + timedelta(days=3)).strftime("%Y-%m-%dT%H:%M:%SZ")
    given = ("open", "--pool", table, "--title", "t", "--deadline", until, "--sample", 1, "--apart")
    refused = desk("US", *given, "--column", "place")
    assert refused.code == 3
    assert "has no one column 'place'" in refused.err
    done = desk("US", *given, "--column", "item", "--participants", "AUDITOR,US", "--json")
    opening = json.loads(done.out)["opening"]
    assert (opening["pool"], opening["participants"]) == (None, ["AUDITOR", "US"])
    draw = json.loads(done.out)["draw"]
    assert desk("US", "check", draw, "--pool", table, "--column", "item").code == 1
    assert desk("US", "check", draw, "--pool", desk.pool).code == 3, "another pool"
    assert desk("US", "check", "--pool", desk.pool).code == 2
    again = desk("US", *given, "--column", "item")
    assert again.code == 3
    assert "a draw is never restarted" in again.err


@pytest.mark.parametrize(
    ("more", "why"),
    [
        (("--stratum", "north:20:2"), "30 names in the pool, 20 items in the strata"),
        (("--stratum", "north:20"), "must be NAME:COUNT:SAMPLE"),
        (("--stratum", "north:30:31"), "sample 31, must be from 0 to its count"),
        (("--sample", "3", "--stratum", "north:30:3"), "either --sample or one --stratum"),
        (("--sample", "31"), "sample 31, must be"),
        (("--sample", "3", "--participants", "US"), "1 participants, must be 2 to 64"),
        (("--sample", "3", "--participants", "RU,AUDITOR"), "US opens it and must be among"),
    ],
)
def test_an_opening_that_cannot_be_is_refused(desk: Desk, more: tuple[str, ...], why: str) -> None:
    done = desk.open(*more)
    assert done.code == 3
    assert why in done.err


def test_wrong_input_is_refused_and_says_why(desk: Desk) -> None:
    assert "--deadline" in desk.open(deadline="tomorrow").err
    desk.pool.write_bytes(b"a\n\xff\n")
    assert "byte 2 is not UTF-8" in desk.open().err
    desk.pool.write_text("a\n\nb\n", encoding="utf-8")
    assert "name 1 in the pool: must be text of 1 to 200" in desk.open("--sample", "1").err
    desk.pool.write_text("a\nb\na\n", encoding="utf-8")
    assert "'a' stands twice in the pool" in desk.open("--sample", "1").err
    desk.pool.unlink()
    assert "the pool cannot be read" in desk.open().err
    assert "63 characters, must be 64" in desk("US", "reveal", "0" * 64, "--value", "0" * 63).err
    assert "no one record of that id" in desk("US", "commit", "0" * 64).err
    taken = desk.folder / "taken"
    taken.write_text("kept", encoding="utf-8")
    assert "exists already" in desk("US", "commit", "0" * 64, "--paper", taken).err
    assert taken.read_text(encoding="utf-8") == "kept"


def test_a_record_without_a_draw_is_not_accepted(desk: Desk) -> None:
    done = desk("US", "check")
    assert (done.code, done.out) == (1, "no draw here\n")


def test_odds_are_those_of_the_books(program: Program) -> None:
    told = program("draw", "odds", "--population", 100, "--false", 5, "--sample", 10, "--json")
    assert json.loads(told.out) == {
        "population": 100,
        "false": 5,
        "sample": 10,
        "chance": "0.416",
        "chance_after_restarts": ["0.173", "0.072", "0.030"],
    }
    asked = program("draw", "odds", "--population", 100, "--false", 5, "--chance", 95)
    assert asked.out.startswith("45 of 100 drawn, 5 false:\n  0.95")
    assert program("draw", "odds", "--population", 100, "--false", 5).code == 2
    assert program("draw", "odds", "--population", 100, "--false", 101, "--sample", 1).code == 3


def test_on_a_locked_node_a_value_is_kept_sealed_and_its_passphrase_opens_it(desk: Desk) -> None:
    draw, node = desk.agreed(), desk.nodes / "US"
    word = lock_node(node)
    shut = desk("US", "commit", draw)
    assert (shut.code, "no terminal to ask at" in shut.err) == (4, True)
    assert not (node / "secrets").exists()
    made = json.loads(desk("US", "commit", draw, "--passphrase-file", word, "--json").out)
    value = "".join(made["paper"].split("Value of    US\n")[1].split("Open it")[0].split())
    assert kept_bytes(node)
    assert bytes.fromhex(value) not in kept_bytes(node)
    assert value.encode() not in kept_bytes(node)

    assert desk("RU", "commit", draw).code == 0
    assert kept_bytes(desk.nodes / "RU"), "in the clear, like the keys of a rehearsal"
    unlock_node(node)
    desk.carry()
    lock_node(node)
    assert desk("US", "reveal", draw).code == 4
    assert desk("US", "reveal", draw, "--passphrase-file", word).code == 0
    assert desk("RU", "reveal", draw).code == 0
    unlock_node(node)
    desk.carry()
    lock_node(node)
    assert desk("US", "result", draw).code == 4
    assert desk("US", "result", draw, "--passphrase-file", word).code == 0


@pytest.mark.parametrize("apart", [(), ("--apart",)])
def test_the_same_names_in_another_order_open_no_second_draw(desk: Desk, apart: tuple[str, ...]) -> None:
    first = json.loads(desk.open().out)["draw"]
    desk.pool.write_text("\n".join(reversed(POOL.split())) + "\n", encoding="utf-8")
    again = desk.open("--sample", "3", *apart)
    assert (again.code, f"{first} draws from the same names in another order" in again.err) == (3, True)


def test_a_draw_is_opened_on_a_locked_node(desk: Desk) -> None:
    word = lock_node(desk.nodes / "US")
    assert desk.open().code == 4
    assert desk.open("--sample", "3", "--passphrase-file", word).code == 0
