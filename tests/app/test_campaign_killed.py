"""Campaigns whose processes are killed while blocks are in flight, and that go on to the same bytes."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

import pytest

from counterseal.app.campaigns.engines import Serial
from counterseal.app.campaigns.pool import Pool
from counterseal.app.campaigns.runner import Runner
from counterseal.app.campaigns.status import status
from counterseal.app.campaigns.store import CampaignFolder, open_folder
from strategies.campaigns import new_campaign
from strategies.efforts import QUOTA

SRC, TESTS = Path(__file__).parents[2] / "src", Path(__file__).parents[1]
ENVIRONMENT = {**os.environ, "PYTHONPATH": f"{SRC}{os.pathsep}{TESTS}", "OMP_NUM_THREADS": "1"}
PATIENCE_S = 90.0


@contextmanager
def started(*arguments: str | Path, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Start a Python program in a process of its own, and end it at the latest when the test ends."""
    command = [sys.executable, *map(str, arguments)]
    with (
        log.open("wb") as file,
        subprocess.Popen(command, env=ENVIRONMENT, stdout=file, stderr=subprocess.STDOUT) as process,
    ):
        try:
            yield process
        finally:
            with suppress(ProcessLookupError):
                process.kill()


def until(come: Callable[[], bool], what: str) -> None:
    """Wait until something has come, but not for ever."""
    end = time.monotonic() + PATIENCE_S
    while not come():
        assert time.monotonic() < end, what
        time.sleep(0.01)


def stored(folder: Path) -> int:
    return len(list((folder / "blocks").glob("*.parquet")))


def worked_out(campaign: CampaignFolder, engine: Serial | Pool) -> tuple[bytes, bytes]:
    """Work out what is missing, and return the summaries."""
    runner = Runner(campaign=campaign, engine=engine)
    for _ in runner.run():
        pass
    assert runner.finished
    folder = campaign.folder
    return (folder / "summary.json").read_bytes(), (folder / "summary.parquet").read_bytes()


def require_whole_blocks(folder: Path, *, least: int) -> None:
    found = status(open_folder(folder))
    assert least <= found.progress.blocks < found.progress.blocks_in_all
    assert found.torn == ()
    assert not found.running
    assert not found.finished


def gone(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return True
    return Path(f"/proc/{process_id}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] == "Z"


POOL_RUN = """\
import sys
from pathlib import Path
from counterseal.app.campaigns.pool import Pool
from counterseal.app.campaigns.runner import Runner
from counterseal.app.campaigns.store import open_folder
if __name__ == "__main__":
    pool = Pool(2)
    for one in Runner(campaign=open_folder(Path(sys.argv[1])), engine=pool).run():
        print(one.blocks, *pool.process_ids, flush=True)
"""


@pytest.mark.soak
def test_killing_a_pool_and_its_process_loses_only_blocks_in_flight(tmp_path: Path) -> None:
    folder, program, log = tmp_path / "c", tmp_path / "run.py", tmp_path / "log"
    program.write_text(POOL_RUN, encoding="utf-8")
    new_campaign(folder, runs=400_000, block_runs=20_000)
    with started(program, folder, log=log) as process:
        until(lambda: stored(folder) >= 3 or process.poll() is not None, "no three blocks")
        process.send_signal(signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL
    require_whole_blocks(folder, least=3)
    workers = {int(one) for line in log.read_text(encoding="utf-8").splitlines() for one in line.split()[1:]}
    assert len(workers) == 2
    for worker in workers:
        until(partial(gone, worker), f"worker {worker} outlives the process that started it")
    steady = worked_out(new_campaign(tmp_path / "steady", runs=400_000, block_runs=400_000), Serial())
    assert worked_out(open_folder(folder), Serial()) == steady


@contextmanager
def cluster(folder: Path) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """Start a scheduler and a worker on loopback, on ports that are free; give the scheduler and its address."""
    known = folder / "scheduler.json"
    listen = ("--host", "127.0.0.1", "--no-dashboard")
    here = ("--port", "0", "--scheduler-file", known)
    work = ("--nthreads", "1", "--no-nanny", "--death-timeout", "60", "--local-directory", folder / "work")
    begin = ("-m", "distributed.cli.dask_scheduler", *listen, *here)
    with started(*begin, log=folder / "scheduler.log") as scheduler:
        until(lambda: known.is_file() and known.read_bytes().endswith(b"}"), "no scheduler")
        address = json.loads(known.read_bytes())["address"]
        with started("-m", "distributed.cli.dask_worker", address, *listen, *work, log=folder / "worker.log"):
            yield scheduler, address


@pytest.mark.soak
def test_killing_the_scheduler_of_a_cluster_keeps_what_came_back(tmp_path: Path) -> None:
    pytest.importorskip("distributed")
    effort, folder, log = tmp_path / "quota.yaml", tmp_path / "c", tmp_path / "log"
    effort.write_text(QUOTA, encoding="utf-8")
    asked = ("--out", folder, "--seed", "5", "--runs", "3000000", "--block", "100000")
    with cluster(tmp_path) as (scheduler, address):
        begin = ("-m", "counterseal", "campaign", "run", effort, *asked)
        with started(*begin, "--engine", "dask", "--address", address, log=log) as run:
            until(lambda: stored(folder) >= 2 or run.poll() is not None, "no two blocks")
            scheduler.send_signal(signal.SIGKILL)
            code = run.wait(PATIENCE_S)
    said = log.read_text(encoding="utf-8")
    assert "counterseal: the Dask cluster went away; blocks that were handed back are stored" in said
    assert "Traceback" not in said
    assert code == 4
    require_whole_blocks(folder, least=2)
    steady = worked_out(new_campaign(tmp_path / "steady", runs=3_000_000, block_runs=500_000), Serial())
    assert worked_out(open_folder(folder), Pool(2)) == steady
