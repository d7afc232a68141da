"""What a campaign folder says it is about: the effort file, seed, runs, engine level, versions."""

import json
import platform
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import version
from typing import Any, cast

from counterseal import __version__
from counterseal.design.campaigns.blocks import MAX_BLOCK_RUNS, Plan, plan_of
from counterseal.design.campaigns.campaign import MAX_RUNS
from counterseal.design.campaigns.question import LEVELS, YEAR_D, Level, Question, Start
from counterseal.design.campaigns.seeds import require_seed
from counterseal.design.effort import Effort
from counterseal.errors import RefusedInputError

FORMAT = "counterseal.campaign/1"
BLOCK_RUNS: Mapping[Level, int] = {"event": 500_000, "item": 10_000, "law": 2_000_000}
"""Usual size of a block [runs]: between a quarter of a second and a second of one core."""
_PACKAGES = ("numpy", "numba", "scipy", "duckdb")
_BINDING = ("counterseal", "numpy", "numba", "scipy")


@dataclass(frozen=True, slots=True, kw_only=True)
class EffortFile:
    """An effort file as it was read, with the treaty packs that it names.

    Attributes:
        effort: What it says.
        data: Its bytes.
        packs: Bytes of each pack, by the name in the effort file.
    """

    effort: Effort
    data: bytes
    packs: Mapping[str, bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One block to work out.

    Attributes:
        number: Its number, from 0.
        strategy: Place of its strategy among those of the campaign.
        first: Number of its first run.
        runs: How many runs.
    """

    number: int
    strategy: int
    first: int
    runs: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """What a campaign folder says it is about.

    Attributes:
        effort_sha256: SHA-256 of the bytes of the effort file.
        study: Digest of what the effort file says; streams of random numbers depend on it.
        packs: ``(name in the effort file, SHA-256 of its bytes)`` of the treaty packs that were read.
        seed: Master seed.
        runs: Runs of each strategy.
        block_runs: Runs of a block.
        level: Engine level.
        start: When strategies begin.
        horizon_d: How long the regime is held [days].
        strategies: Names.
        versions: ``(package, version)`` with which it was begun.
    """

    effort_sha256: str
    study: str
    packs: tuple[tuple[str, str], ...]
    seed: int
    runs: int
    block_runs: int
    level: Level
    start: Start
    horizon_d: float
    strategies: tuple[str, ...]
    versions: tuple[tuple[str, str], ...]

    def __post_init__(self) -> None:
        """Refuse numbers out of range."""
        require_seed(self.seed)
        if not 1 <= self.runs <= MAX_RUNS:
            raise RefusedInputError(f"runs: {self.runs}, must be from 1 to {MAX_RUNS}")
        if not 1 <= self.block_runs <= MAX_BLOCK_RUNS:
            raise RefusedInputError(f"block_runs: {self.block_runs}, must be from 1 to {MAX_BLOCK_RUNS}")
        if not self.strategies:
            raise RefusedInputError("strategies: none; a campaign plays at least one")

    @property
    def tasks(self) -> tuple[Task, ...]:
        """All blocks, in order."""
        return tuple(self._tasks())

    def _tasks(self) -> Iterator[Task]:
        number = 0
        for strategy in range(len(self.strategies)):
            for first in range(0, self.runs, self.block_runs):
                runs = min(self.block_runs, self.runs - first)
                yield Task(number=number, strategy=strategy, first=first, runs=runs)
                number += 1

    def questions(self, effort: Effort) -> tuple[Question, ...]:
        """Return the question of each strategy."""
        return tuple(
            Question(
                regime=effort.regime,
                strategy=effort.strategy(name),
                horizon_d=self.horizon_d,
                start=self.start,
                level=self.level,
            )
            for name in self.strategies
        )

    def plans(self, effort: Effort) -> tuple[Plan, ...]:
        """Return what workers need, one a strategy."""
        return tuple(plan_of(one, seed=self.seed, study=self.study) for one in self.questions(effort))

    def document(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {
            "format": FORMAT,
            "effort": {"file": "effort.yaml", "sha256": self.effort_sha256, "study": self.study},
            "packs": dict(self.packs),
            "seed": self.seed,
            "runs": self.runs,
            "block_runs": self.block_runs,
            "level": self.level,
            "start": self.start,
            "horizon_d": self.horizon_d,
            "strategies": list(self.strategies),
            "versions": dict(self.versions),
        }


def setup_of(
    file: EffortFile,
    *,
    seed: int,
    runs: int,
    level: Level = "event",
    start: Start = "random",
    strategies: tuple[str, ...] = (),
    block_runs: int | None = None,
) -> Setup:
    """Return what a new campaign is about, after all of its questions were made once.

    Args:
        file: The effort file.
        seed: Master seed, 0 to 2**64 - 1.
        runs: Runs of each strategy.
        level: Engine level.
        start: When strategies begin.
        strategies: Which of the effort file's; none for all.
        block_runs: Runs of a block; None for the usual number.

    Raises:
        RefusedInputError: something of it cannot be asked.
    """
    effort = file.effort
    setup = Setup(
        effort_sha256=sha256(file.data).hexdigest(),
        study=effort.sha256,
        packs=tuple((name, sha256(file.packs[name]).hexdigest()) for name in sorted(file.packs)),
        seed=seed,
        runs=runs,
        block_runs=BLOCK_RUNS[level] if block_runs is None else block_runs,
        level=level,
        start=start,
        horizon_d=effort.horizon_years * YEAR_D,
        strategies=tuple(dict.fromkeys(strategies)) or tuple(one.name for one in effort.strategies),
        versions=versions(),
    )
    setup.plans(effort)
    return setup


def versions() -> tuple[tuple[str, str], ...]:
    """Return the versions on which the last bit of a sum may depend."""
    own = [("counterseal", __version__), ("python", platform.python_version())]
    return tuple(sorted([*own, *((name, version(name)) for name in _PACKAGES)]))


def other_versions(expected: tuple[tuple[str, str], ...]) -> tuple[str, ...]:
    """Return where this process runs another version of what figures are computed with, in words."""
    here = dict(versions())
    return tuple(
        f"{name} {here.get(name)} here, {one} there"
        for name, one in expected
        if name in _BINDING and here.get(name) != one
    )


def read_setup(text: bytes, *, where: str) -> Setup:
    """Return what ``campaign.json`` says.

    Raises:
        RefusedInputError: it is not such a file.
    """
    try:
        data = json.loads(text)
        if data["format"] != FORMAT:
            raise RefusedInputError(f"{where}: format {data['format']!r}, must be {FORMAT!r}")
        if data["level"] not in LEVELS:
            raise RefusedInputError(f"{where}: level {data['level']!r}, must be one of {', '.join(LEVELS)}")
        return Setup(
            effort_sha256=str(data["effort"]["sha256"]),
            study=str(data["effort"]["study"]),
            packs=tuple(sorted(data["packs"].items())),
            seed=data["seed"],
            runs=data["runs"],
            block_runs=data["block_runs"],
            level=cast("Level", data["level"]),
            start=data["start"],
            horizon_d=float(data["horizon_d"]),
            strategies=tuple(data["strategies"]),
            versions=tuple(sorted(data["versions"].items())),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise RefusedInputError(f"{where}: not a description of a campaign: {error!r}") from error
