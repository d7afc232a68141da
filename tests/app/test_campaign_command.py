"""``counterseal campaign``: run, status, resume, summarise; wrong use and wrong input."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from counterseal.app.cli.campaign import campaign
from counterseal.errors import CountersealError, RefusedInputError
from counterseal.treaty.load import packaged_pack_text
from strategies.efforts import QUOTA


def call(*arguments: str | Path) -> Result:
    return CliRunner().invoke(campaign, [str(one) for one in arguments])


@pytest.fixture
def effort(tmp_path: Path) -> Path:
    path = tmp_path / "quota.yaml"
    path.write_text(QUOTA)
    return path


def run(effort: Path, folder: Path, *more: str) -> Result:
    return call("run", effort, "--out", folder, "--seed", "3", "--runs", "2000", "--engine", "serial", *more)


def refusal(result: Result) -> str:
    assert isinstance(result.exception, CountersealError), result.output
    return str(result.exception)


def test_a_campaign_shows_estimates_beside_exact_values(effort: Path, tmp_path: Path) -> None:
    result = run(effort, tmp_path / "c", "--block", "500")
    assert result.exit_code == 0, result.output
    assert "2,000 runs of each strategy, level event, seed 3, begun at a random date" in result.output
    assert "one-base" in result.output
    assert "standard errors apart" in result.output
    assert "of those seen, by [days]" in result.output
    assert call("summarise", tmp_path / "c").output == result.output
    assert "8 of 8 blocks stored" in call("status", tmp_path / "c").output
    assert call("resume", tmp_path / "c", "--engine", "serial").output == result.output


def test_one_strategy_by_item_from_the_first_day_as_json(effort: Path, tmp_path: Path) -> None:
    more = ("--strategy", "spread", "--level", "item", "--start", "first", "--json")
    answer = json.loads(run(effort, tmp_path / "c", *more).output)
    assert answer["complete"] is True
    assert [one["strategy"] for one in answer["answers"]] == ["spread"]
    assert answer["campaign"]["start"] == "first"
    assert answer["answers"][0]["cost_played_pd"] > 0
    assert sum(answer["answers"][0]["histogram"]) == round(answer["answers"][0]["detection"]["value"] * 2000)
    assert json.loads(call("summarise", tmp_path / "c", "--json").output) == answer
    stored = json.loads((tmp_path / "c" / "summary.json").read_text())
    assert stored == answer


def test_failed_and_missing_blocks_come_with_the_command_that_repeats_them(
    effort: Path, tmp_path: Path
) -> None:
    run(effort, tmp_path / "c", "--block", "500")
    (tmp_path / "c" / "blocks" / "000002.parquet").write_bytes(b"PAR1")
    (tmp_path / "c" / "failed.json").write_text('{"2": "MemoryError: full", "3": "done since"}')
    said = call("status", tmp_path / "c").output
    assert "torn: block 2" in said
    assert "failed: block 2: MemoryError: full" in said
    assert "block 3" not in said
    assert f"counterseal campaign resume {tmp_path / 'c'}" in said
    document = json.loads(call("status", tmp_path / "c", "--json").output)
    assert (document["torn"], document["blocks"], document["finished"]) == ([2], 7, False)


def test_nothing_stored_yet_is_said(effort: Path, tmp_path: Path) -> None:
    run(effort, tmp_path / "c")
    for block in (tmp_path / "c" / "blocks").iterdir():
        block.unlink()
    assert "no block is stored yet" in call("summarise", tmp_path / "c").output


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (("--strategy", "none-such"), "no strategy 'none-such'"),
        (("--level", "law"), "level 'law' with visits of timing 'random'"),
        (("--start", "4000"), "start: day 4000.0, must be from 0"),
    ],
)
def test_what_cannot_be_asked_is_refused_and_makes_no_folder(
    effort: Path, tmp_path: Path, more: tuple[str, ...], message: str
) -> None:
    assert message in refusal(run(effort, tmp_path / "c", *more))
    assert not (tmp_path / "c").exists()


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (("--start", "later"), "must be random, first or a number of days"),
        (("--address", "tcp://127.0.0.1:1"), "--address goes with --engine dask"),
        (("--workers", "2"), "--workers goes with --engine pool"),
    ],
)
def test_wrong_use(effort: Path, tmp_path: Path, more: tuple[str, ...], message: str) -> None:
    result = run(effort, tmp_path / "c", *more)
    assert result.exit_code == 2
    assert message in result.output


def test_a_pack_beside_the_effort_file_is_read_and_kept(tmp_path: Path) -> None:
    (tmp_path / "draft").mkdir()
    (tmp_path / "draft" / "pack.yaml").write_bytes(packaged_pack_text("new-start"))
    effort = tmp_path / "quota.yaml"
    effort.write_text(QUOTA.replace("pack: new-start", "pack: draft"))
    assert run(effort, tmp_path / "c").exit_code == 0
    (tmp_path / "draft" / "pack.yaml").unlink()
    assert call("status", tmp_path / "c").exit_code == 0


@pytest.mark.parametrize("name", ["nothing.yaml", "broken.yaml"])
def test_an_effort_file_that_is_none_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "broken.yaml").write_text(QUOTA.replace("detect_p: 1,", "detect_p: 2,"))
    result = run(tmp_path / name, tmp_path / "c")
    assert isinstance(result.exception, RefusedInputError)
    assert name in str(result.exception)
