"""How the tests run the verifier: as the command, in this process, with a result to look at."""

import contextlib
import io
import json
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import verify_bundle
from verifier.builder import write


def run(arguments: Sequence[str], module: ModuleType = verify_bundle) -> tuple[int, Any]:
    """Return exit status and the result for programs."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        status = module.main([*arguments, "--json"])
    return status, json.loads(out.getvalue()) if out.getvalue() else None


def refusals(result: Any) -> dict[str, list[str]]:
    """Return the rules that were broken, by check."""
    return {check["check"]: [bad["rule"] for bad in check["failures"]] for check in result["checks"]}


class Shelf:
    """One folder for many bundles, one after another: only the files that differ are written."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.files: dict[str, bytes] = {}

    def put(self, files: dict[str, bytes]) -> str:
        for path in self.files.keys() - files.keys():
            place = self.root / path
            place.unlink()
            while place.parent != self.root and not any(place.parent.iterdir()):
                place = place.parent
                place.rmdir()
        write(self.root, {path: data for path, data in files.items() if self.files.get(path) != data})
        self.files = dict(files)
        return str(self.root)


def verify(folder: Path, files: dict[str, bytes], *more: str) -> tuple[int, Any]:
    """Write a bundle into a new folder and verify it."""
    return run([str(write(folder / "bundle", files)), *more])
