"""What others signed is shown, and nothing in it is obeyed by the terminal that shows it."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterseal.app.bootstrap import SystemClock, SystemRandomness
from counterseal.app.cli.draw_view import report_text
from counterseal.app.cli.options import print_json
from counterseal.app.storage.node_folder import open_node
from counterseal.records.draw import DrawOpening, DrawResult, Stratum, root_of_pool
from counterseal.records.said import Said
from counterseal.records.verification.draws import DrawRecords
from counterseal.services.checkpointing import publish_head
from counterseal.services.draw_check import DrawCheck, DrawReport
from counterseal.services.submit import Statement, submit
from program import Program

TRICK = "\x1b]0;pwned\x07\x1b[2J\u202e\u2066\x9b31m\x7f\nVERIFIED\r"
FORBIDDEN = "\x1b\x07\u202e\u2066\x9b\x7f\r"


@pytest.fixture
def signed(nodes: Path) -> dict[str, str]:
    """What the United States signed, full of tricks, at its own node; ids by kind."""
    pool = tuple(f"{TRICK}item {number}" for number in range(4))
    opening = DrawOpening(
        title=f"t{TRICK}",
        participants=("RU", "US"),
        deadline=datetime(2099, 1, 1, tzinfo=UTC),
        pool_root=root_of_pool(pool),
        strata=(Stratum(name=f"s{TRICK}", count=4, sample=1),),
        pool=pool,
    )
    said = [
        Statement(kind="draw.opening", members=opening.statement()),
        Statement(kind="escrow.commitment", members={"leaves": 2, "root": "ab" * 32, "title": f"T{TRICK}"}),
        Statement(kind="treaty.pack", members={"id": f"i{TRICK}", "pack": "", "version": TRICK}),
        Statement(kind="declaration.aggregate", members={"party": TRICK, "figures": [TRICK]}),
    ]
    node = open_node(nodes / "US")
    ids = submit(node, said, clock=SystemClock(), randomness=SystemRandomness())
    publish_head(node)
    node.store.close()
    return dict(zip((statement.kind for statement in said), ids, strict=True))


@pytest.mark.parametrize("as_json", [False, True])
def test_no_command_prints_what_a_terminal_obeys(
    program: Program, nodes: Path, signed: dict[str, str], *, as_json: bool
) -> None:
    commands: tuple[tuple[str, ...], ...] = (
        ("draw", "check"),
        ("draw", "check", signed["draw.opening"]),
        ("escrow", "check", signed["escrow.commitment"]),
        ("status",),
        ("assess",),
        ("explain", "2012-02-04.US.US.all"),
    )
    for command in commands:
        done = program(*command, "--node", nodes / "US", *(("--json",) if as_json else ()))
        assert done.code in {0, 1, 3}, command
        assert done.out or done.code == 3, command
        for text in (done.out, done.err):
            assert not set(FORBIDDEN) & set(text), (command, text)
            assert "\nVERIFIED" not in text, command


def test_a_title_is_shown_in_full_on_its_own_line(
    program: Program, nodes: Path, signed: dict[str, str]
) -> None:
    shown = program("draw", "check", signed["draw.opening"], "--node", nodes / "US").out
    assert "\\x1b]0;pwned\\x07" in shown
    assert "\\u202e" in shown
    document = json.loads(
        program("draw", "check", signed["draw.opening"], "--json", "--node", nodes / "US").out
    )
    assert document["draws"][0]["opening"]["title"] == f"t{TRICK}", "the same text, only written otherwise"


def test_a_statement_that_is_left_out_is_named(program: Program, nodes: Path, signed: dict[str, str]) -> None:
    record = signed["declaration.aggregate"]
    told = program("assess", "--node", nodes / "US").out
    assert f"left out: declaration.aggregate of US, record {record[:16]}: not readable as its kind" in told
    listed = json.loads(program("assess", "--json", "--node", nodes / "US").out)["left_out"]
    assert [(item["record"], item["author"]) for item in listed] == [(record, "US")]


def test_names_that_were_drawn_and_reasons_are_shown_and_not_obeyed() -> None:
    pool = tuple(f"{TRICK}item {number}" for number in range(4))
    opening = DrawOpening(
        title="t",
        participants=("RU", "US"),
        deadline=datetime(2099, 1, 1, tzinfo=UTC),
        pool_root=root_of_pool(pool),
        strata=(Stratum(name=f"s{TRICK}", count=4, sample=1),),
        pool=pool,
    )
    said = Said(
        record_id="ab" * 32,
        kind="draw.opening",
        origin="x.example/us",
        party="US",
        index=0,
        path="",
        refs=(),
        not_before=(),
        claimed_time="2030-01-01T00:00:00Z",
        public=True,
        statement={},
    )
    report = DrawReport(
        draw=DrawRecords(said=said, terms=opening),
        checks=(DrawCheck(name="rules", held=False, reasons=(TRICK, f"more {TRICK}")),),
        result=DrawResult(draw="ab" * 32, positions=((2,),), seed="cd" * 32),
        contested=(),
        replay=None,
        pool=pool,
    )
    text = report_text(report, replay=True)
    assert "\\x1b[2J" in text
    assert "item 2" in text
    assert not set(FORBIDDEN) & set(text)
    assert "\nVERIFIED" not in text


@given(text=st.text())
def test_json_is_printed_without_what_is_not_printed_and_reads_as_the_same(text: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        printed: list[str] = []
        patch.setattr("click.echo", printed.append)
        print_json({"a": [text], text: 1})
    assert all(sign.isprintable() or sign == "\n" for sign in printed[0])
    assert json.loads(printed[0]) == {"a": [text], text: 1}


def test_letters_of_any_script_are_printed_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    print_json({"name": "Озеро — 湖 é"})
    assert '"Озеро — 湖 é"' in capsys.readouterr().out
