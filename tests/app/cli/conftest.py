"""A program to run, and a treaty founded on disk, for tests of commands."""

import shutil
from pathlib import Path

import pytest

from counterseal.app.found_nodes import found_nodes
from counterseal.treaty.load import packaged_pack, packaged_pack_text
from program import Program


@pytest.fixture
def program(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Program:
    return Program(capsys, monkeypatch)


@pytest.fixture(scope="session")
def _founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("founded") / "nodes"
    found_nodes(
        folder,
        pack=packaged_pack("new-start"),
        pack_text=packaged_pack_text("new-start"),
        auditor="AUDITOR",
        seed=1,
    )
    return folder


@pytest.fixture
def nodes(_founded: Path, tmp_path: Path) -> Path:
    """A folder with the nodes US, RU and AUDITOR, founded and settled; fresh for each test."""
    return Path(shutil.copytree(_founded, tmp_path / "nodes"))
