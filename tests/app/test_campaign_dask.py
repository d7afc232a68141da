"""A campaign on a small Dask cluster of processes on this machine, and what is said without one."""

import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from counterseal.app.campaigns import dask_engine
from counterseal.app.campaigns.dask_engine import DaskCluster
from counterseal.app.campaigns.engines import Serial
from counterseal.app.campaigns.runner import Runner
from counterseal.app.campaigns.setup import versions
from counterseal.app.cli.campaign import campaign
from counterseal.errors import RefusedInputError, WorkplaceError
from strategies.campaigns import new_campaign
from strategies.efforts import QUOTA


@pytest.mark.parametrize("workers", [1, pytest.param(2, marks=pytest.mark.soak)])
def test_a_dask_cluster_ends_in_the_same_bytes(tmp_path: Path, workers: int) -> None:
    pytest.importorskip("distributed")
    for name, engine in (("serial", Serial()), ("dask", DaskCluster(workers=workers))):
        runner = Runner(campaign=new_campaign(tmp_path / name, runs=3000), engine=engine)
        assert list(runner.run())[-1].blocks == 6
        assert runner.finished
    for file in ("summary.json", "summary.parquet", "blocks/000004.parquet"):
        assert (tmp_path / "dask" / file).read_bytes() == (tmp_path / "serial" / file).read_bytes()


def test_a_cluster_that_is_not_there_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed")
    monkeypatch.setattr(dask_engine, "_TIMEOUT_S", 1)
    engine = DaskCluster(address="tcp://127.0.0.1:9")
    runner = Runner(campaign=new_campaign(tmp_path / "c"), engine=engine)
    with pytest.raises(WorkplaceError, match=r"Dask cluster tcp://127\.0\.0\.1:9: cannot be reached"):
        list(runner.run())


def test_a_worker_of_other_versions_fails_its_block(tmp_path: Path) -> None:
    made = new_campaign(tmp_path / "c")
    plan, task = made.setup.plans(made.effort)[0], made.setup.tasks[0]
    other = tuple((name, "0" if name == "numba" else one) for name, one in versions())
    failed = dask_engine._remote(plan, task, other)
    assert failed.sums is None
    assert "the worker runs other versions: numba" in (failed.failure or "")
    assert dask_engine._remote(plan, task, versions()).sums is not None


def test_an_address_that_is_none_is_refused_before_anything_waits_for_it() -> None:
    with pytest.raises(RefusedInputError, match="must be like tcp"):
        DaskCluster(address="rubbish")


def test_without_dask_no_campaign_is_begun(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "quota.yaml").write_text(QUOTA, encoding="utf-8")
    monkeypatch.setitem(sys.modules, "distributed", None)
    asked = ["run", tmp_path / "quota.yaml", "--out", tmp_path / "c", "--seed", 1, "--runs", 10]
    ran = CliRunner().invoke(campaign, [str(one) for one in [*asked, "--engine", "dask"]])
    assert isinstance(ran.exception, WorkplaceError)
    assert "pip install 'counterseal[cluster]'" in str(ran.exception)
    assert not (tmp_path / "c").exists()
