"""The wheel holds all that the program needs, and building it twice gives the same bytes."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DATA = {".yaml", ".json", ".j2", ".html", ".css", ".csv"}


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folders = [tmp_path_factory.mktemp("once"), tmp_path_factory.mktemp("again")]
    for folder in folders:
        command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
        subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return [next(folder.glob("*.whl")) for folder in folders]


def test_every_data_file_and_the_second_verifier_are_in_the_wheel(wheels: list[Path]) -> None:
    inside = set(zipfile.ZipFile(wheels[0]).namelist())
    package = ROOT / "src" / "counterseal"
    data = {path.relative_to(package.parent).as_posix() for path in package.rglob("*") if path.suffix in DATA}
    assert data
    assert data | {"counterseal/py.typed", "counterseal/app/verifier/verify_bundle.py"} <= inside


def test_building_twice_gives_the_same_bytes(wheels: list[Path]) -> None:
    assert wheels[0].read_bytes() == wheels[1].read_bytes()
