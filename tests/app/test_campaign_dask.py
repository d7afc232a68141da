"""A campaign on a small Dask cluster of processes on this machine, and what is said without one."""

import sys
from pathlib import Path

import pytest

from counterseal.app.campaigns import dask_engine
from counterseal.app.campaigns.dask_engine import DaskCluster
from counterseal.app.campaigns.engines import Serial
from counterseal.app.campaigns.runner import Runner
from counterseal.app.campaigns.setup import versions
from counterseal.errors import RefusedInputError, WorkplaceError
from strategies.campaigns import new_campaign


@pytest.mark.parametrize("workers", [1, pytest.param(2, marks=pytest.mark.soak)])
def test_a_dask_cluster_ends_in_the_same_bytes(tmp_path: Path, workers: int) -> None:
    pytest.importorskip("distributed")
    for name, engine in (("serial", Serial()), ("dask", DaskCluster(workers=workers))):
        runner = Runner(campaign=new_campaign(tmp_path / name, runs=3000), engine=engine)
        assert list(runner.run())[-1].blocks == 6
        assert runner.finished
    for file in ("summary.json", "summary.parquet", "blocks/000004.parquet"):
        assert (tmp_path / "dask" / file).read_bytes() == (tmp_path / "serial" / file).read_bytes()


def test_without_dask_the_command_that_installs_it_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    runner = Runner(campaign=new_campaign(tmp_path / "c"), engine=DaskCluster())
    with pytest.raises(WorkplaceError, match=r"pip install 'counterseal\[cluster\]'"):
        list(runner.run())


def test_a_cluster_that_is_not_there_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed")
    monkeypatch.setattr(dask_engine, "_TIMEOUT_S", 1)
    engine = DaskCluster(address="tcp://127.0.0.1:9")
    runner = Runner(campaign=new_campaign(tmp_path / "c"), engine=engine)
    with pytest.raises(WorkplaceError, match=r"Dask cluster tcp://127\.0\.0\.1:9: cannot be reached"):
        list(runner.run())


def test_a_worker_of_other_versions_fails_its_block(tmp_path: Path) -> None:
    campaign = new_campaign(tmp_path / "c")
    plan, task = campaign.setup.plans(campaign.effort)[0], campaign.setup.tasks[0]
    other = tuple((name, "0" if name == "numba" else one) for name, one in versions())
    failed = dask_engine._remote(plan, task, other)
    assert failed.sums is None
    assert "the worker runs other versions: numba" in (failed.failure or "")
    assert dask_engine._remote(plan, task, versions()).sums is not None


def test_an_address_that_is_none_is_refused_before_anything_waits_for_it() -> None:
    with pytest.raises(RefusedInputError, match="must be like tcp"):
        DaskCluster(address="rubbish")
