"""The house stays a house: door plates, names of rooms, sizes of files."""

import ast
import importlib
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "counterseal"
ROOMS = sorted(path.parent for path in PACKAGE.glob("*/__init__.py"))
NO_ROOMS = {"utils", "util", "common", "core", "helpers", "models", "misc", "shared"}


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_every_room_has_a_door_plate_of_5_to_15_lines(room: Path) -> None:
    plate = ast.get_docstring(ast.parse((room / "__init__.py").read_text(encoding="utf-8")))
    assert plate is not None
    assert 5 <= len(plate.splitlines()) <= 15
    assert "Read first:" in plate


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_a_door_plate_imports_nothing_when_it_is_read(room: Path) -> None:
    tree = ast.parse((room / "__init__.py").read_text(encoding="utf-8"))
    assert not [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]


def test_a_door_plate_costs_nothing_to_read() -> None:
    rooms = [f"counterseal.{room.name}" for room in ROOMS]
    read = (
        "import importlib, sys; before = set(sys.modules); "
        f"[importlib.import_module(name) for name in {rooms!r}]; "
        "print(*sorted(set(sys.modules) - before))"
    )
    done = subprocess.run([sys.executable, "-c", read], check=True, capture_output=True, text=True)
    assert done.stdout.split() == sorted(["counterseal", *rooms])


def test_what_a_door_plate_names_is_there_and_no_file_hides_it() -> None:
    for room in ROOMS:
        plate = importlib.import_module(f"counterseal.{room.name}")
        for name, file in getattr(plate, "_NAMES", {}).items():
            importlib.import_module(f"counterseal.{room.name}.{file}")
            assert callable(getattr(plate, name)), name
            assert not (room / f"{name}.py").exists(), name
            assert not (room / name).exists(), name


@pytest.mark.parametrize("room", ["design", "stats"])
def test_the_interface_can_be_listed_and_taken_whole_without_being_loaded_before(room: str) -> None:
    read = (
        f"import sys, counterseal.{room} as plate; named = set(plate._NAMES); "
        "print(named <= set(dir(plate)), set(plate.__all__) == named, '__doc__' in dir(plate)); "
        f"print(not [one for one in sys.modules if one.startswith('counterseal.{room}.')]); "
        f"there = {{}}; exec('from counterseal.{room} import *', there); "
        "print(all(there[name] is getattr(plate, name) for name in named))"
    )
    done = subprocess.run([sys.executable, "-c", read], check=True, capture_output=True, text=True)
    assert done.stdout.split() == ["True"] * 5


def test_no_room_is_a_drawer_for_everything() -> None:
    names = {
        part for path in PACKAGE.rglob("*.py") for part in path.relative_to(PACKAGE).with_suffix("").parts
    }
    assert not names & NO_ROOMS


def test_every_folder_with_code_is_a_package() -> None:
    folders = {path.parent for path in PACKAGE.rglob("*.py")}
    assert [_name(folder) for folder in sorted(folders) if not (folder / "__init__.py").exists()] == []


def test_every_room_stands_on_a_floor_of_the_import_contract() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    floors = {name.strip() for layer in contracts[0]["layers"] for name in layer.split("|")}
    assert {f"counterseal.{room.name}" for room in ROOMS} <= floors


def test_a_file_past_400_lines_wants_two_names() -> None:
    lengths = {
        _name(path): len(path.read_text(encoding="utf-8").splitlines()) for path in PACKAGE.rglob("*.py")
    }
    assert {name: length for name, length in lengths.items() if length > 400} == {}


def test_the_second_verifier_is_one_file_of_at_most_1160_lines_that_shares_no_code() -> None:
    path = ROOT / "verifier" / "verify_bundle.py"
    text = path.read_text(encoding="utf-8")
    assert [_name(other) for other in path.parent.rglob("*.py")] == ["verifier/verify_bundle.py"]
    assert len(text.splitlines()) <= 1160
    imported = {
        name.split(".")[0]
        for node in ast.walk(ast.parse(text))
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert imported - set(sys.stdlib_module_names) == {"cryptography"}
