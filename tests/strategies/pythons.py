"""Every Python at hand that could run the sealed process, and the surroundings that it must not depend on."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

NAMED = "COUNTERSEAL_PYTHONS"
"""Environment variable with the paths of further Pythons, between colons; each of them must do."""
OLDEST = (3, 11)
_NAME = re.compile(r"python3(\.(1[1-9]|[2-9][0-9]))?(\.exe)?")
_ASK = """
import json, sys
import numpy
try:
    from numpy._core import _multiarray_umath as core
except ImportError:
    from numpy.core import _multiarray_umath as core
features = [name for name in core.__cpu_dispatch__ if core.__cpu_features__.get(name)]
print(json.dumps([list(sys.version_info[:3]), numpy.__version__, numpy.__file__, sys.prefix, features]))
"""
_HWCAPS = "glibc.cpu.hwcaps=-AVX2,-FMA,-FMA4,-AVX512F,-AVX,-AVX2_Usable,-FMA_Usable,-AVX512F_Usable"


class NotAtHandError(Exception):
    """A Python that was named does not do."""


@dataclass(frozen=True, kw_only=True)
class Python:
    """A Python with NumPy.

    Attributes:
        path: Its program.
        version: Its version.
        numpy: That of its NumPy.
        features: What its NumPy chooses at run time on this processor, and can be told not to.
    """

    path: Path
    version: tuple[int, ...]
    numpy: str
    features: tuple[str, ...]

    def __str__(self) -> str:
        """Return both versions and the path."""
        return f"Python {'.'.join(map(str, self.version))} with NumPy {self.numpy} ({self.path})"

    def surroundings(self) -> Mapping[str, Mapping[str, str]]:
        """Return environments: as it is, and with other texts, hashes, threads, and a processor that can do less."""
        return {
            "here": {},
            "elsewhere": {
                "LC_ALL": "tr_TR.UTF-8",
                "PYTHONHASHSEED": "4711",
                "PYTHONUTF8": "0",
                "TZ": "Asia/Tokyo",
                "OMP_NUM_THREADS": "4",
                "OPENBLAS_NUM_THREADS": "4",
                "OPENBLAS_CORETYPE": "Nehalem",
                "NPY_DISABLE_CPU_FEATURES": " ".join(self.features),
                "GLIBC_TUNABLES": _HWCAPS,
            },
        }

    def run(self, program: str, *, folder: Path, where: str, data: bytes = b"") -> bytes:
        """Return what a program writes that imports from a folder, in some surroundings."""
        environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(folder), **self.surroundings()[where]}
        command = [str(self.path), "-B", "-s", "-W", "ignore", "-c", program]
        done = subprocess.run(
            command, env=environment, input=data, capture_output=True, timeout=120, check=False
        )
        assert done.returncode == 0, f"{self}: {done.stderr.decode(errors='replace')}"
        return done.stdout


def pythons(search: str, *, named: str = "", beside: Path = Path(sys.executable)) -> tuple[Python, ...]:
    """Return the Pythons from 3.11 on that have NumPy, each pair of them with its folder once.

    Args:
        search: Folders to look in, as in ``PATH``.
        named: Programs that must do, between colons.
        beside: A program; those in its folder are looked at first, and itself before them.

    Raises:
        NotAtHandError: one that is named is too old, has no NumPy, or does not start.
    """
    found: dict[tuple[object, ...], Python] = {}
    for path, wanted in _candidates(search, named=named, beside=beside):
        said = _said(path)
        if said is None or tuple(said[0]) < OLDEST:
            if wanted:
                raise NotAtHandError(f"{path}: no Python from {OLDEST[0]}.{OLDEST[1]} on with NumPy")
            continue
        version, numpy, place, prefix, features = said
        one = Python(path=path, version=tuple(version), numpy=numpy, features=tuple(features))
        found.setdefault((*version, place, prefix), one)
    return tuple(found.values())


def _candidates(search: str, *, named: str, beside: Path) -> Iterator[tuple[Path, bool]]:
    yield beside, True
    seen = {(beside.parent, beside.resolve())}
    for folder in dict.fromkeys([beside.parent, *map(Path, filter(None, search.split(os.pathsep)))]):
        for path in sorted(folder.glob("python3*")):
            if _NAME.fullmatch(path.name) and (folder, path.resolve()) not in seen:
                seen.add((folder, path.resolve()))
                yield path, False
    for text in filter(None, named.split(os.pathsep)):
        yield Path(text), True


def _said(path: Path) -> tuple[list[int], str, str, str, list[str]] | None:
    """Return what a Python says of itself, or None where it does not start or has no NumPy."""
    try:
        done = subprocess.run(
            [str(path), "-W", "ignore", "-c", _ASK],
            env={"PATH": os.environ["PATH"]},
            capture_output=True,
            timeout=60,
            check=False,
        )
        version, numpy, place, prefix, features = json.loads(done.stdout)
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return None
    return version, numpy, place, prefix, features
