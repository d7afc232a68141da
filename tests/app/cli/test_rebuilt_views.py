"""Whoever builds the views of a bundle again, whenever, has the bytes that the bundle has."""

import json
import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from counterseal.app.bootstrap import SystemClock
from counterseal.app.found_nodes import found_nodes
from counterseal.treaty.load import packaged_pack, packaged_pack_text
from program import Program

MADE = datetime(2024, 6, 3, 10, 30, tzinfo=UTC)
LATER = MADE.replace(year=2025)
VIEWS = ("findings.csv", "report.html", "summary.json")
HEADER = "as_of,party,deployed_delivery_systems,deployed_warheads,deployed_and_nondeployed_launchers,status,source\n"

At = Callable[[datetime], None]


@pytest.fixture(scope="module")
def _founded_then(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("founded-then") / "nodes"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SystemClock, "now", lambda _: MADE.replace(day=1))
        pack, text = packaged_pack("new-start"), packaged_pack_text("new-start")
        found_nodes(folder, pack=pack, pack_text=text, auditor="AUDITOR", seed=1)
    return folder


@pytest.fixture
def nodes(_founded_then: Path, tmp_path: Path) -> Path:
    """The nodes US, RU and AUDITOR, founded two days before the exchange."""
    return Path(shutil.copytree(_founded_then, tmp_path / "nodes"))


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> At:
    """Puts the clock of this machine to an instant."""
    return lambda instant: monkeypatch.setattr(SystemClock, "now", lambda _: instant)


def declared(program: Program, nodes: Path, folder: Path, at: At) -> None:
    """The exchange itself: figures that are late, early or missing by the record's own times."""
    at(MADE)
    table = folder / "figures.csv"
    table.write_text(f"{HEADER}2024-03-01,US,662,1419,800,confirmed,exchange\n", encoding="utf-8")
    assert program("declaration", "import", table, "--basis", "record", "--node", nodes / "US").code == 0


def rounds(program: Program, nodes: Path, folder: Path) -> None:
    for turn in range(3):
        for party in ("US", "RU", "AUDITOR"):
            stick = folder / f"{turn}-{party}"
            assert program("bundle", "export", stick, "--node", nodes / party).code == 0
            for other in {"US", "RU", "AUDITOR"} - {party}:
                assert program("bundle", "import", stick, "--node", nodes / other).code == 0


def views(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in VIEWS}


@pytest.mark.parametrize("settled", [True, False], ids=["settled", "on its way"])
def test_a_year_later_the_views_of_a_bundle_are_built_again_byte_for_byte(
    program: Program, nodes: Path, tmp_path: Path, at: At, *, settled: bool
) -> None:
    """I20: the day up to which a bundle is assessed is the one that its manifest signs, not the reader's."""
    declared(program, nodes, tmp_path, at)
    if settled:
        rounds(program, nodes, tmp_path)
    bundle = tmp_path / "bundle"
    assert program("bundle", "export", bundle, "--node", nodes / "US", "--report").code == 0
    assert (program("verify", bundle).code == 0) is settled

    at(LATER)
    made = program("report", "build", tmp_path / "again", "--bundle", bundle, "--json")
    assert made.code == 0, made.err
    assert json.loads(made.out)["as_of"] == MADE.date().isoformat()
    assert views(tmp_path / "again") == views(bundle / "view")
    summary = json.loads((bundle / "view" / "summary.json").read_bytes())
    assert json.loads(program("assess", "--bundle", bundle, "--json").out) == summary
    table = (bundle / "view" / "findings.csv").read_text("utf-8")
    assert program("assess", "--bundle", bundle, "--csv").out == table

    states = {finding["state"] for finding in summary["findings"] if finding["records"]}
    assert states == ({"settled"} if settled else {"logged", "settled"})
    figures = [
        finding for finding in summary["findings"] if finding["as_of"] == "2024-03-01" and finding["records"]
    ]
    assert {finding["state"] for finding in figures} == {"settled" if settled else "logged"}
    assert ("not settled" in made.err) is not settled


def test_a_node_of_its_own_reads_its_clock(program: Program, nodes: Path, tmp_path: Path, at: At) -> None:
    declared(program, nodes, tmp_path, at)
    days = []
    for now in (MADE, LATER):
        at(now)
        built = program("report", "build", tmp_path / "own", "--node", nodes / "US", "--json")
        days.append(date.fromisoformat(json.loads(built.out)["as_of"]))
    assert days == [MADE.date(), LATER.date()]


def test_a_bundle_speaks_of_no_day_after_it_was_made(
    program: Program, nodes: Path, tmp_path: Path, at: At
) -> None:
    declared(program, nodes, tmp_path, at)
    assert program("bundle", "export", tmp_path / "bundle", "--node", nodes / "US").code == 0
    at(LATER)
    late = program("assess", "--bundle", tmp_path / "bundle", "--as-of", "2024-06-04")
    assert (late.code, "days up to 2024-06-03" in late.err) == (3, True)


def test_views_rest_on_the_agreement_that_is_in_the_bundle(
    program: Program, nodes: Path, tmp_path: Path, at: At, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What only the node has nobody else could build again: such a bundle is made without a view."""
    declared(program, nodes, tmp_path, at)
    monkeypatch.setattr("counterseal.services.assess_record._is_agreed", lambda *_: False)
    told = program("bundle", "export", tmp_path / "bundle", "--node", nodes / "US", "--report")
    assert (told.code, "no readable treaty pack on the record" in told.err) == (3, True)
    assert not (tmp_path / "bundle").exists()


def test_assess_shows_the_state_of_what_each_finding_rests_on(
    program: Program, nodes: Path, tmp_path: Path, at: At
) -> None:
    declared(program, nodes, tmp_path, at)
    asked = ("assess", "--node", nodes / "US", "--outcome", "within")
    assert "(confirmed, logged)" in program(*asked).out
    rounds(program, nodes, tmp_path)
    shown = program(*asked).out
    assert "(confirmed, settled)" in shown
    assert "logged" not in shown
