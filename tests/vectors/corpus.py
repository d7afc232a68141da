"""What a conformance bundle is: how it is made, what a verifier must say of it, and why."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Files = dict[str, bytes]
"""Path to bytes."""

BUNDLES = Path(__file__).parent / "bundles"


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One question to a verifier, and its answer.

    Attributes:
        depth: ``chain`` or ``full``.
        trust: Pins: fingerprints, or names of files beside the bundle.
        refused: Checks that must be refused.
        may_refuse: Checks that may be refused too, or not be run, because an earlier one failed.
        warned: Whether there is a warning.
        status: Exit status, where it does not follow from ``refused``.
    """

    depth: str = "full"
    trust: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    may_refuse: tuple[str, ...] = ()
    warned: bool = False
    status: int | None = None

    def as_json(self) -> dict[str, Any]:
        status = int(bool(self.refused)) if self.status is None else self.status
        return {
            "depth": self.depth,
            "may_refuse": sorted(self.may_refuse),
            "refused": sorted(self.refused),
            "status": status,
            "trust": list(self.trust),
            "verdict": {0: "verified", 1: "refused", 3: "no bundle"}[status],
            "warned": self.warned,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What was made: a bundle or one file, things that lie beside it, and runs other than the plain one."""

    bundle: Files = field(default_factory=dict)
    fork: bytes = b""
    beside: Files = field(default_factory=dict)
    runs: tuple[Run, ...] = ()

    def files(self) -> Files:
        """Return all files of the directory but ``expected.json``."""
        inside = {f"bundle/{path}": data for path, data in self.bundle.items()}
        return inside | self.beside | ({"fork.json": self.fork} if self.fork else {})


@dataclass(frozen=True, slots=True, kw_only=True)
class Vector:
    """A directory of the corpus.

    Attributes:
        name: Its name: ``<what>_ok`` or ``<what>_fail_<invariant>``.
        why: One or two sentences for people: what was done, and what must follow from it.
        of: Invariants that it is an example of.
        section: Section of the page on formats that decides.
        make: Makes it.
    """

    name: str
    why: str
    of: tuple[str, ...]
    section: str
    make: Callable[[], Made]

    def expected(self, made: Made) -> bytes:
        """Return ``expected.json``."""
        document = {
            "invariants": list(self.of),
            "runs": [run.as_json() for run in made.runs],
            "section": self.section,
            "subject": "fork.json" if made.fork else "bundle",
            "why": self.why,
        }
        return (json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n").encode()


VECTORS: dict[str, Vector] = {}

Maker = Callable[[], Made | Mapping[str, bytes] | bytes]


def _register(vector: Vector) -> None:
    if vector.name in VECTORS:
        raise ValueError(f"{vector.name}: two vectors have this name")
    VECTORS[vector.name] = vector


def _finish(result: "Made | Mapping[str, bytes] | bytes", plain: Run) -> Made:
    if isinstance(result, bytes):
        return Made(fork=result, runs=(plain,))
    if isinstance(result, Made):
        return Made(
            bundle=result.bundle, fork=result.fork, beside=result.beside, runs=result.runs or (plain,)
        )
    return Made(bundle=dict(result), runs=(plain,))


def ok(what: str, why: str, *, of: str, section: str, warned: bool = False) -> Callable[[Maker], Maker]:
    """Register the maker of something that must be accepted.

    Args:
        what: First part of the name.
        why: What it is, for people.
        of: Invariants, separated by spaces.
        section: Section of the page on formats.
        warned: Whether it is accepted with a warning.
    """

    def register(make: Maker) -> Maker:
        plain = Run(warned=warned)
        _register(
            Vector(
                name=f"{what}_ok",
                why=why,
                of=tuple(of.split()),
                section=section,
                make=lambda: _finish(make(), plain),
            )
        )
        return make

    return register


def fail(
    what: str,
    why: str,
    *,
    of: str,
    section: str,
    refused: Sequence[str],
    may: Sequence[str] = (),
) -> Callable[[Maker], Maker]:
    """Register the maker of something that must be refused.

    Args:
        what: First part of the name; the first invariant is the last.
        why: What it is, for people.
        of: Invariants, separated by spaces.
        section: Section of the page on formats.
        refused: Checks that must be refused.
        may: Checks that may be refused too.
    """

    def register(make: Maker) -> Maker:
        plain = Run(refused=tuple(refused), may_refuse=tuple(may))
        _register(
            Vector(
                name=f"{what}_fail_{of.split(maxsplit=1)[0]}",
                why=why,
                of=tuple(of.split()),
                section=section,
                make=lambda: _finish(make(), plain),
            )
        )
        return make

    return register


def write(vector: Vector, into: Path) -> Path:
    """Write the directory of a vector, which must not be there."""
    folder = into / vector.name
    made = vector.make()
    for path, data in {**made.files(), "expected.json": vector.expected(made)}.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("xb") as file:
            file.write(data)
    return folder
