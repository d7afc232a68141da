"""``counterseal campaign`` at a terminal: what is refused before a folder is made, how to go on, what is said."""

import json
import socket
from pathlib import Path

import pytest

from counterseal.app.campaigns.runner import Runner
from counterseal.app.cli.campaign_begin import require_place, require_scheduler
from counterseal.app.cli.campaign_view import resume_text
from counterseal.errors import WorkplaceError
from program import Program, Ran
from strategies.efforts import QUOTA


@pytest.fixture
def program(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Program:
    return Program(capsys, monkeypatch)


@pytest.fixture
def effort(tmp_path: Path) -> Path:
    path = tmp_path / "quota.yaml"
    path.write_text(QUOTA, encoding="utf-8")
    return path


def run(program: Program, effort: Path, folder: Path, *more: object) -> Ran:
    asked = ("--out", folder, "--seed", 3, "--runs", 200, "--engine", "serial", *more)
    return program("campaign", "run", effort, *asked)


def test_no_folder_is_made_where_no_scheduler_answers(program: Program, effort: Path, tmp_path: Path) -> None:
    pytest.importorskip("distributed")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    ran = run(program, effort, tmp_path / "c", "--engine", "dask", "--address", f"tcp://127.0.0.1:{port}")
    assert ran.code == 4
    assert f"--address tcp://127.0.0.1:{port}: no scheduler answers there" in ran.err
    assert "no campaign was begun" in ran.err
    assert not (tmp_path / "c").exists()


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:999999", "tcp://127.0.0.1", "tcp://:1"])
def test_an_address_that_nothing_can_answer_is_refused(address: str) -> None:
    with pytest.raises(WorkplaceError, match="no scheduler answers there"):
        require_scheduler(address)


def test_an_address_of_another_kind_is_left_to_the_cluster() -> None:
    require_scheduler(None)
    require_scheduler("ucx://127.0.0.1:1")
    with socket.create_server(("127.0.0.1", 0)) as there:
        require_scheduler(f"tcp://127.0.0.1:{there.getsockname()[1]}")


@pytest.mark.parametrize("folder", [".", "new", "new/inner"])
def test_a_folder_that_takes_nothing_is_refused_with_what_to_do(
    program: Program, effort: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: str
) -> None:
    monkeypatch.setattr("os.access", lambda _path, _mode: False)
    (tmp_path / "ro").mkdir()
    ran = run(program, effort, tmp_path / "ro" / folder)
    assert ran.code == 4
    assert f"{tmp_path / 'ro'} takes no new file" in ran.err
    assert "name a folder where you may write" in ran.err
    assert list((tmp_path / "ro").iterdir()) == []


def test_a_place_that_takes_files_is_no_matter(tmp_path: Path) -> None:
    require_place(tmp_path / "new" / "inner")
    assert not (tmp_path / "new").exists()


def test_an_interrupt_ends_with_130_and_says_how_to_go_on(
    program: Program, effort: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(_runner: Runner) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Runner, "run", interrupted)
    ran = run(program, effort, tmp_path / "my runs")
    assert ran.code == 130
    assert f"go on with: counterseal campaign resume '{tmp_path}/my runs'" in ran.err
    monkeypatch.undo()


def test_where_the_cluster_goes_away_nothing_is_lost_and_that_is_said(
    program: Program, effort: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(_runner: Runner) -> None:
        raise WorkplaceError("the cluster went away")

    with monkeypatch.context() as patch:
        patch.setattr(Runner, "run", gone)
        ran = run(program, effort, tmp_path / "c")
    assert ran.code == 4
    assert "nothing that is stored is lost" in ran.err
    assert f"go on with: counterseal campaign resume {tmp_path / 'c'}\n" in ran.err
    assert program("campaign", "resume", tmp_path / "c", "--engine", "serial").code == 0


def test_signs_in_the_name_of_a_folder_are_shown_and_not_obeyed(
    program: Program, effort: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "a\nVERIFIED\x1b[31m"
    assert program("campaign", "status", folder).err == (
        f"counterseal: {tmp_path}/a\\nVERIFIED\\x1b[31m: no campaign here; it would have a campaign.json\n"
    )
    assert run(program, effort, folder).code == 0
    shown = program("campaign", "status", folder).out
    assert "\x1b" not in shown
    assert "\nVERIFIED" not in shown
    assert resume_text(folder).endswith("/a\\nVERIFIED\\x1b[31m'")


def test_an_effort_file_that_is_a_folder_is_refused_as_by_design(program: Program, tmp_path: Path) -> None:
    ran = run(program, tmp_path, tmp_path / "c")
    assert ran.code == 4
    assert f"{tmp_path}: the effort file cannot be read: Is a directory" in ran.err


def test_figures_have_their_units_and_the_difference_to_power_is_said(
    program: Program, effort: Path, tmp_path: Path
) -> None:
    out = run(program, effort, tmp_path / "c", "--level", "item").out
    for begins in ("  false alarms  ", "  effort [person-days]  "):
        line = next(one for one in out.splitlines() if one.startswith(begins))
        assert line.endswith(" in all, over the horizon, with nothing amiss")
    played = next(one for one in out.splitlines() if one.startswith("  as played [person-days]   "))
    assert played.endswith("in all, over the horizon: visits and their checks alone")
    assert "there a strategy begins on its first day, here on average half of it is left" in out
    later = run(program, effort, tmp_path / "later", "--start", "400").out
    assert "here less of it is left; --start first makes the two comparable" in later
    for place, start in enumerate(("first", "0")):
        assert "design power" not in run(program, effort, tmp_path / str(place), "--start", start).out


def test_a_summary_of_what_is_not_complete_says_so_strategy_by_strategy(
    program: Program, effort: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "my runs"
    whole = run(program, effort, folder, "--block", "50")
    assert whole.code == 0
    assert "NOT complete" not in whole.out
    assert "no run yet" not in whole.out
    blocks = sorted((folder / "blocks").iterdir())
    blocks[0].write_bytes(b"PAR1")
    for block in blocks[4:8]:
        block.unlink()
    ran = program("campaign", "summarise", folder)
    go_on = f"counterseal campaign resume '{folder}'"
    assert ran.code == 4
    assert ran.out.startswith("200 runs asked of each strategy, ")
    assert ran.out.count("  150 of 200 runs\n") == 1
    assert ran.out.count("  no run yet\n") == 1
    assert ran.out.endswith(f"\n\nNOT complete: 5 of {len(blocks)} blocks missing; {go_on}\n")
    as_json = program("campaign", "summarise", folder, "--json")
    document = json.loads(as_json.out)
    first, second, *_ = (one.strip() for one in whole.out.splitlines() if one and not one.startswith(" "))
    assert first.startswith("200 runs of each strategy")
    assert (as_json.code, document["complete"]) == (4, False)
    assert second not in document["without_runs"]
    assert document["without_runs"] == [ran.out.split("\n  no run yet")[0].splitlines()[-1]]
    assert as_json.err == f"NOT complete: 5 of {len(blocks)} blocks missing; {go_on}\n"
    assert program("campaign", "resume", folder, "--engine", "serial").out == whole.out
    again = program("campaign", "summarise", folder)
    assert (again.code, again.out) == (0, whole.out)


def test_a_summary_of_nothing_says_only_that(program: Program, effort: Path, tmp_path: Path) -> None:
    run(program, effort, tmp_path / "c")
    for block in (tmp_path / "c" / "blocks").iterdir():
        block.unlink()
    ran = program("campaign", "summarise", tmp_path / "c")
    assert ran.code == 4
    assert ran.out.startswith("NOT complete: no block is stored yet, ")
    assert ran.out.count("\n") == 1
    as_json = program("campaign", "summarise", tmp_path / "c", "--json")
    assert (as_json.code, json.loads(as_json.out)["answers"]) == (4, [])
