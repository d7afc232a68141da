"""The code hash names what answers: nothing else is read in the place of the files that it covers."""

import importlib.util
import json
import marshal
import shutil
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from counterseal.app.sealed import Program
from counterseal.barrier import code_hash
from counterseal.barrier.errors import BarrierError

SOURCE = Path(code_hash.__file__).parents[1]


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small package of this one's form, of which the code hash is taken."""
    package = tmp_path / "counterseal"
    for name in (*code_hash._OWN, *code_hash.RELEASING, *(f"{each}/a.py" for each in code_hash.FOLDERS)):
        (package / name).parent.mkdir(parents=True, exist_ok=True)
        (package / name).write_text(f"# {name}\n", encoding="utf-8")
    monkeypatch.setattr(code_hash, "files", lambda _: package)
    return package


def taken() -> str:
    return code_hash.code_hash.__wrapped__()


@pytest.mark.parametrize(
    "name", ["barrier/a.py", "app/sealed.py", "services/measurement_run.py", "errors.py"]
)
def test_the_hash_changes_with_each_file_that_answers_or_lets_out(name: str, tree: Path) -> None:
    before = taken()
    (tree / name).write_text("# another\n", encoding="utf-8")
    assert taken() != before


@pytest.mark.parametrize(
    "name",
    [
        "barrier/a.cpython-311-x86_64-linux-gnu.so",
        "barrier/a.so",
        "barrier/a.pyc",
        "terms/inner/a.pyd",
        "terms/a.PY",
        "errors.abi3.so",
        "terms/a",
    ],
)
def test_a_file_that_python_could_load_instead_is_refused(name: str, tree: Path) -> None:
    (tree / name).parent.mkdir(exist_ok=True)
    (tree / name).write_bytes(b"")
    with pytest.raises(BarrierError, match=f"code: {name} lies among the modules"):
        taken()


def test_what_is_never_loaded_does_not_change_the_hash(tree: Path) -> None:
    before = taken()
    for name in ("terms/README.md", "py.typed", "terms/__pycache__/a.cpython-311.pyc"):
        (tree / name).parent.mkdir(exist_ok=True)
        (tree / name).write_bytes(b"x")
    assert taken() == before


def test_the_files_that_count_are_there() -> None:
    names = {name for name, _ in code_hash.code_files()}
    assert {"app/sealed.py", "app/sealed_outside.py", "barrier/sealed.py", "errors.py"} <= names
    assert all((SOURCE / name).is_file() for name in names)


# what the sealed process reads


def told(folder: Path, code: str) -> list[str]:
    """Return what a program in a folder says in the environment of the sealed process."""
    (folder / "answering.py").write_text(f"import json\n{code}\n", encoding="utf-8")
    run = Program(module="answering", paths=(str(folder), *Program().paths))
    done = subprocess.run(run.command(), env=run.environment(), capture_output=True, check=True, cwd="/")
    said: list[str] = json.loads(done.stdout)
    return said


def forge(source: Path, code: str) -> None:
    """Put compiled code into the cache of a module that is not what its source says."""
    state = source.stat()
    head = struct.pack("<III", 0, int(state.st_mtime) & 0xFFFFFFFF, state.st_size & 0xFFFFFFFF)
    cache = Path(importlib.util.cache_from_source(str(source)))
    cache.parent.mkdir()
    body = marshal.dumps(compile(code, str(source), "exec"))
    cache.write_bytes(importlib.util.MAGIC_NUMBER + head + body)


def test_compiled_code_in_a_cache_is_not_read(tmp_path: Path) -> None:
    source = tmp_path / "helping.py"
    source.write_text("said = 'the source'\n", encoding="utf-8")
    forge(source, "said = 'the cache'\n")
    plain = subprocess.run(
        [sys.executable, "-c", "import helping; print(helping.said)"],
        cwd=tmp_path,
        capture_output=True,
        check=True,
        text=True,
    )
    assert plain.stdout == "the cache\n"
    assert told(tmp_path, "import helping; print(json.dumps([helping.said]))") == ["the source"]


@pytest.mark.parametrize("name", ["fractions", "array", "_struct", "json"])
def test_nothing_stands_before_the_standard_library(name: str, tmp_path: Path) -> None:
    (tmp_path / f"{name}.py").write_text("raise SystemExit(1)\n", encoding="utf-8")
    assert told(tmp_path, f"import fractions, array, {name}; print(json.dumps([{name}.__name__]))") == [name]


def test_a_file_of_foreign_place_is_seen(tmp_path: Path) -> None:
    (tmp_path / "helping.py").write_text("", encoding="utf-8")
    shutil.copytree(SOURCE / "terms", tmp_path / "elsewhere")
    (tmp_path / "colorsys.py").write_text("", encoding="utf-8")
    code = (
        "import sys, importlib.util as util, numpy, helping\n"
        "from counterseal.barrier.closed_room import foreign_modules\n"
        "def load(name, path):\n"
        "    spec = util.spec_from_file_location(name, path)\n"
        "    sys.modules[name] = util.module_from_spec(spec)\n"
        f"load('counterseal.other', {str(tmp_path / 'elsewhere' / 'outcomes.py')!r})\n"
        f"load('numpy.other', {str(tmp_path / 'helping.py')!r})\n"
        f"load('colorsys', {str(tmp_path / 'colorsys.py')!r})\n"
        "print(json.dumps(sorted(foreign_modules())))"
    )
    assert told(tmp_path, code) == ["colorsys", "counterseal.other", "helping", "numpy.other"]
