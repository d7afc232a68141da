"""Commands start quickly, and the pages that follow from the code say what the code says."""

import subprocess
import sys
from pathlib import Path

import pytest

import counterseal

ROOT = Path(__file__).parents[2]
HEAVY = ("numpy", "jinja2", "yaml", "jsonschema", "rich", "cryptography", "sqlite3", "orjson")
PAGES = (
    "ARCHITECTURE.md",
    "docs/reference/cli.md",
    "docs/reference/citations.md",
    "docs/reference/effort-files.md",
    "docs/reference/python-interface.md",
)


def _loaded_by(*arguments: str) -> set[str]:
    code = (
        "import sys, contextlib, io\n"
        f"sys.argv = ['counterseal', *{list(arguments)!r}]\n"
        "from counterseal.app.cli.main import main\n"
        "with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):\n"
        "    main()\n"
        "print(','.join(sorted({name.split('.')[0] for name in sys.modules})))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    return set(done.stdout.strip().split(","))


@pytest.mark.parametrize("arguments", [("--help",), ("treaty", "--help"), ("demo", "--help")], ids=" ".join)
def test_help_imports_nothing_heavy(arguments: tuple[str, ...]) -> None:
    assert _loaded_by(*arguments) & set(HEAVY) == set()


@pytest.mark.parametrize("page", PAGES)
def test_a_page_built_from_the_code_is_up_to_date(page: str) -> None:
    tool = ROOT / "docs" / "tools" / "build_pages.py"
    done = subprocess.run(
        [sys.executable, str(tool), "--check", page], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_the_program_says_its_version() -> None:
    code = "import sys; sys.argv = ['counterseal', '--version']; from counterseal.app.cli.main import main; main()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=ROOT)
    assert (done.returncode, counterseal.__version__ in done.stdout) == (0, True)
