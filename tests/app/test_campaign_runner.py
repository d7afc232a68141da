"""The runner of campaigns: the same bytes on every engine, after a kill, after a torn block."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pytest

from counterseal.app.campaigns.block_files import whole_file, write_parquet
from counterseal.app.campaigns.engines import Engine, Outcome, Serial
from counterseal.app.campaigns.pool import Pool
from counterseal.app.campaigns.runner import Runner
from counterseal.app.campaigns.setup import Task
from counterseal.app.campaigns.status import status
from counterseal.app.campaigns.store import CampaignFolder, open_folder
from counterseal.design.campaigns.blocks import Plan, Sums
from counterseal.errors import RefusedInputError, WorkplaceError
from strategies.campaigns import die, new_campaign

SRC, TESTS = Path(__file__).parents[2] / "src", Path(__file__).parents[1]


def finish(campaign: CampaignFolder, engine: Engine | None = None) -> Runner:
    runner = Runner(campaign=campaign, engine=engine or Serial())
    for _ in runner.run():
        pass
    return runner


def summaries(folder: Path) -> tuple[bytes, bytes]:
    return (folder / "summary.json").read_bytes(), (folder / "summary.parquet").read_bytes()


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A campaign worked out one block after the other, in one block a strategy."""
    folder = tmp_path_factory.mktemp("whole") / "c"
    assert finish(new_campaign(folder, block_runs=6000)).finished
    return folder


@pytest.mark.parametrize("block_runs", [6000, 1700, 600])
def test_any_block_size_ends_in_the_same_bytes(tmp_path: Path, whole: Path, block_runs: int) -> None:
    finish(new_campaign(tmp_path / "c", block_runs=block_runs))
    assert summaries(tmp_path / "c") == summaries(whole)


def test_another_seed_ends_in_other_figures(tmp_path: Path, whole: Path) -> None:
    finish(new_campaign(tmp_path / "c", seed=6))
    assert summaries(tmp_path / "c")[1] != summaries(whole)[1]


def test_a_pool_of_processes_ends_in_the_same_bytes(tmp_path: Path, whole: Path) -> None:
    finish(new_campaign(tmp_path / "c"), Pool(2))
    assert summaries(tmp_path / "c") == summaries(whole)


@pytest.mark.soak
@pytest.mark.parametrize("workers", [1, 3])
def test_any_number_of_processes_ends_in_the_same_bytes(tmp_path: Path, whole: Path, workers: int) -> None:
    finish(new_campaign(tmp_path / "c"), Pool(workers))
    assert summaries(tmp_path / "c") == summaries(whole)


def test_a_killed_worker_is_replaced_and_its_block_repeated(tmp_path: Path, whole: Path) -> None:
    pool = Pool(1)
    runner = Runner(campaign=new_campaign(tmp_path / "c", block_runs=1000), engine=pool)
    killed: set[int] = set()
    for progress in runner.run():
        if progress.blocks == 2 and not killed:
            killed |= set(pool.process_ids)
            os.kill(pool.process_ids[0], signal.SIGKILL)
    assert runner.finished
    assert len(killed) == 1
    assert summaries(tmp_path / "c") == summaries(whole)


def test_a_block_whose_workers_always_die_fails_and_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each worker is told to end before it hears of its block; the others go on."""
    monkeypatch.setattr("counterseal.app.campaigns.pool._work", die)
    campaign = new_campaign(tmp_path / "c", runs=1000)
    campaign.blocks.write(campaign.setup.tasks[1], next(_first(campaign, 1)))
    runner = finish(campaign, Pool(1))
    assert not runner.finished
    assert runner.failures == {0: "its worker died 3 times, at last with exit status 7"}
    assert dict(status(campaign).failed) == runner.failures
    assert finish(open_folder(tmp_path / "c")).finished
    assert status(open_folder(tmp_path / "c")).failed == ()


def _first(campaign: CampaignFolder, place: int) -> Iterator[Sums]:
    plans, tasks = campaign.setup.plans(campaign.effort), campaign.setup.tasks
    for outcome in Serial().outcomes(plans, tasks[place : place + 1]):
        assert outcome.sums is not None
        yield outcome.sums


class _Breaking:
    """Fails the blocks with some numbers."""

    def __init__(self, *numbers: int) -> None:
        self._numbers = numbers

    def outcomes(self, plans: Sequence[Plan], tasks: Sequence[Task]) -> Iterator[Outcome]:
        for outcome in Serial().outcomes(plans, tasks):
            broken = outcome.task.number in self._numbers
            yield Outcome(task=outcome.task, failure="MemoryError: full") if broken else outcome


def test_failed_blocks_are_listed_and_only_they_are_repeated(tmp_path: Path, whole: Path) -> None:
    first = finish(new_campaign(tmp_path / "c"), _Breaking(1, 4))
    assert first.failures == {1: "MemoryError: full", 4: "MemoryError: full"}
    assert not (tmp_path / "c" / "summary.json").exists()
    asked: list[int] = []

    class Watching(Serial):
        def outcomes(self, plans: Sequence[Plan], tasks: Sequence[Task]) -> Iterator[Outcome]:
            asked.extend(task.number for task in tasks)
            return super().outcomes(plans, tasks)

    assert finish(open_folder(tmp_path / "c"), Watching()).finished
    assert asked == [1, 4]
    assert summaries(tmp_path / "c") == summaries(whole)


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-40])


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _changed(path: Path) -> None:
    """Write a sound file with another number in it."""
    with duckdb.connect(":memory:") as place:
        place.execute(f"CREATE TABLE one AS SELECT * REPLACE (detected + 1 AS detected) FROM '{path}'")
        place.execute(f"COPY one TO '{path}' (FORMAT parquet)")


def _another(path: Path) -> None:
    """Put the block of another place there."""
    path.write_bytes(path.with_name("000001.parquet").read_bytes())


@pytest.mark.parametrize("harm", [_cut, _empty, _changed, _another, Path.unlink])
def test_a_block_that_does_not_hold_is_repeated(
    tmp_path: Path, whole: Path, harm: Callable[[Path], None]
) -> None:
    campaign = new_campaign(tmp_path / "c")
    finish(campaign)
    harm(campaign.blocks.path(3))
    found = status(campaign)
    assert not found.finished
    assert found.torn == (() if harm is Path.unlink else (3,))
    assert finish(open_folder(tmp_path / "c")).finished
    assert summaries(tmp_path / "c") == summaries(whole)


def test_a_block_of_another_campaign_does_not_count(tmp_path: Path) -> None:
    one, other = new_campaign(tmp_path / "c"), new_campaign(tmp_path / "d", seed=6)
    finish(other)
    for number in range(12):
        one.blocks.path(number).write_bytes(other.blocks.path(number).read_bytes())
    assert status(one).progress.blocks == 0


def test_killing_the_whole_process_loses_only_blocks_in_flight(tmp_path: Path, whole: Path) -> None:
    folder = tmp_path / "c"
    new_campaign(folder, block_runs=600)
    program = (
        "import sys, time\n"
        "from pathlib import Path\n"
        "from counterseal.app.campaigns.engines import Serial\n"
        "from counterseal.app.campaigns.runner import Runner\n"
        "from counterseal.app.campaigns.store import open_folder\n"
        "for one in Runner(campaign=open_folder(Path(sys.argv[1])), engine=Serial()).run():\n"
        "    print(one.blocks, flush=True)\n"
        "    time.sleep(60 if one.blocks == 4 else 0)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(folder)],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": f"{SRC}{os.pathsep}{TESTS}"},
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if int(line) == 4:
                with pytest.raises(WorkplaceError, match="another run is at work in this folder"):
                    finish(open_folder(folder))
                process.send_signal(signal.SIGKILL)
                break
    before = status(open_folder(folder))
    assert before.progress.blocks == 4
    assert not before.running
    assert finish(open_folder(folder)).finished
    assert summaries(folder) == summaries(whole)


def _write_half(path: Path) -> None:
    with whole_file(path) as partial:
        partial.write_bytes(b"ne")
        raise ZeroDivisionError


def test_a_file_is_there_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_bytes(b"old")
    with pytest.raises(ZeroDivisionError):
        _write_half(path)
    assert path.read_bytes() == b"old"
    assert [one.name for one in tmp_path.iterdir()] == ["f"]


def test_the_bytes_are_on_the_disk_before_the_name_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = []
    synced, replaced = os.fsync, Path.replace

    def fsync(descriptor: int) -> None:
        order.append(Path(f"/proc/self/fd/{descriptor}").readlink().name)
        synced(descriptor)

    def replace(self: Path, target: Path) -> Path:
        order.append("renamed")
        return replaced(self, target)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(Path, "replace", replace)
    with whole_file(tmp_path / "f") as partial:
        partial.write_bytes(b"new")
    assert order == ["f.partial", "renamed", tmp_path.name]


@pytest.mark.parametrize(
    "error", [OSError(28, "No space left on device"), duckdb.IOException("no space left")]
)
def test_a_full_disk_is_said_and_leaves_nothing_half(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    campaign = new_campaign(tmp_path / "c")

    def full(*_: object, **__: object) -> None:
        raise error if isinstance(error, OSError) else WorkplaceError("x: cannot be written: no space left")

    monkeypatch.setattr("counterseal.app.campaigns.block_files.write_parquet", full)
    with pytest.raises(WorkplaceError, match=r"cannot be written: [Nn]o space left"):
        finish(campaign)
    assert list((tmp_path / "c" / "blocks").iterdir()) == []
    assert not campaign.in_use()


def test_duckdb_that_cannot_write_is_a_matter_of_the_workplace(tmp_path: Path) -> None:
    campaign = new_campaign(tmp_path / "c")
    (tmp_path / "c" / "blocks").rmdir()
    with pytest.raises(WorkplaceError, match=r"000000\.parquet.*cannot be written"):
        finish(campaign)


def test_a_folder_with_a_campaign_or_with_anything_else_is_refused(tmp_path: Path) -> None:
    new_campaign(tmp_path / "c")
    with pytest.raises(RefusedInputError, match="holds a campaign already"):
        new_campaign(tmp_path / "c")
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "letter").touch()
    with pytest.raises(RefusedInputError, match="not empty, there is letter"):
        new_campaign(tmp_path / "d")
    with pytest.raises(RefusedInputError, match="no campaign here"):
        open_folder(tmp_path / "d")
    with pytest.raises(RefusedInputError, match="not a folder"):
        new_campaign(tmp_path / "d" / "letter")


@pytest.mark.parametrize(
    ("name", "message"),
    [("effort.yaml", "effort.yaml: changed since"), ("packs", "changed since the campaign was begun")],
)
def test_an_effort_file_or_pack_that_was_changed_is_refused(tmp_path: Path, name: str, message: str) -> None:
    new_campaign(tmp_path / "c")
    path = tmp_path / "c" / name
    path = next(path.iterdir()) if path.is_dir() else path
    path.write_bytes(path.read_bytes() + b"# \n")
    with pytest.raises(RefusedInputError, match=message):
        open_folder(tmp_path / "c")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"seed": 5', '"seed": -5', "seed: -5, must be"),
        ('"runs": 6000', '"runs": 0', "runs: 0, must be"),
        ('"block_runs": 1000', '"block_runs": 0', "block_runs: 0, must be"),
        ('"level": "event"', '"level": "atom"', "level 'atom', must be"),
        ("campaign/1", "campaign/2", "format 'counterseal.campaign/2', must be"),
        ('"seed"', '"sed"', "not a description of a campaign"),
    ],
)
def test_a_description_that_makes_no_sense_is_refused(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    new_campaign(tmp_path / "c")
    path = tmp_path / "c" / "campaign.json"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    with pytest.raises(RefusedInputError, match=message):
        open_folder(tmp_path / "c")


def test_other_versions_are_refused_when_going_on(tmp_path: Path) -> None:
    new_campaign(tmp_path / "c")
    path = tmp_path / "c" / "campaign.json"
    path.write_text(path.read_text().replace('"numba": "', '"numba": "0.'))
    with pytest.raises(RefusedInputError, match="begun with other versions: numba"):
        finish(open_folder(tmp_path / "c"))


def test_progress_has_rate_time_left_and_an_estimate_with_interval(tmp_path: Path) -> None:
    steps = list(Runner(campaign=new_campaign(tmp_path / "c"), engine=Serial()).run())
    assert [one.blocks for one in steps] == list(range(13))
    assert steps[0].rate_per_s is None
    half = steps[6]
    assert half.rate_per_s is not None
    assert half.left_s == pytest.approx((half.runs_in_all - half.runs) / half.rate_per_s)
    first, second = half.estimates
    assert first.detection_p is not None
    assert first.lower < first.detection_p < first.upper
    assert (second.runs, second.detection_p, second.lower, second.upper) == (0, None, 0.0, 1.0)


def test_tasks_cut_each_strategy_into_blocks(tmp_path: Path) -> None:
    tasks = new_campaign(tmp_path / "c", runs=2500).setup.tasks
    assert tasks[2] == Task(number=2, strategy=0, first=2000, runs=500)
    assert tasks[3] == Task(number=3, strategy=1, first=0, runs=1000)
    assert len(tasks) == 6


@pytest.mark.soak
def test_ten_million_runs_survive_kills_of_workers_and_of_the_whole(tmp_path: Path) -> None:
    steady, folder = tmp_path / "steady", tmp_path / "c"
    finish(new_campaign(steady, runs=10_000_000, block_runs=500_000), Pool(2))
    new_campaign(folder, runs=10_000_000, block_runs=250_000)
    for _ in range(3):
        pool = Pool(2)
        runs = Runner(campaign=open_folder(folder), engine=pool).run()
        for place, _progress in enumerate(runs):
            if place % 4 == 3 and pool.process_ids:
                os.kill(pool.process_ids[-1], signal.SIGKILL)
            if place == 20:
                break
        del runs
        time.sleep(0.1)
    finish(open_folder(folder), Pool(2))
    assert summaries(folder) == summaries(steady)


def test_ctrl_c_while_duckdb_writes_is_ctrl_c(tmp_path: Path) -> None:
    """DuckDB tells of it as an error of its own."""

    class Interrupted:
        def execute(self, _: str) -> None:  # as its executemany and COPY do
            raise RuntimeError("Query interrupted")

    place: Any = Interrupted()
    with pytest.raises(KeyboardInterrupt):
        write_parquet(place, tmp_path / "x.parquet", columns=("a INTEGER",), rows=[[1]])
