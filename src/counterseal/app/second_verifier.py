"""Where the second, independent verifier lies, and how it is run: as a program, never imported."""

import subprocess
import sys
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from counterseal.app.storage.errors import StorageError

NAME = "verify_bundle.py"


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondOpinion:
    """What the second verifier answered: its exit status and its lines."""

    status: int
    lines: tuple[str, ...]


def verifier_source() -> bytes:
    """Return the one-file verifier, from the installed package or from the source tree.

    Raises:
        StorageError: it is in neither.
    """
    packaged = files("counterseal.app").joinpath("verifier", NAME)
    if packaged.is_file():
        return packaged.read_bytes()
    beside = Path(__file__).parents[3] / "verifier" / NAME
    if beside.is_file():
        return beside.read_bytes()
    raise StorageError(f"{NAME}: not in this installation")


def run_second_verifier(script: Path, bundle: Path, *, trust: str) -> SecondOpinion:
    """Run the verifier as an isolated program on a bundle and return what it said."""
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-I", str(script), str(bundle), "--trust", trust],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=600,
    )
    return SecondOpinion(status=done.returncode, lines=tuple((done.stdout + done.stderr).splitlines()))
