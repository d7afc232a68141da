"""Can it be undone, and would it be seen first: the time to rebuild, and its race with detection.

Rebuilding goes through stages, one after the other, each with a mean length; how much it scatters is its
shape: 1 for a stage that may end at any moment (exponential), more for a steadier one (Erlang). Detection
comes without memory at a rate. Time, cost and visibility are shown apart: irreversibility is no single score.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from counterseal.design.errors import DesignError
from counterseal.stats.items import require_amount, require_chance, require_count
from counterseal.stats.result import Result, exactly

MAX_PHASES = 400
"""Most phases of all stages together."""
_HALVINGS = 200
ONE_AFTER_ANOTHER = "Stages follow each other, and their lengths do not depend on each other."
WITHOUT_MEMORY = "Detection comes without memory: how long nothing was seen says nothing."


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebuild:
    """The time to rebuild, as stages in order.

    Attributes:
        stages_d: Mean length of each [days], above 0.
        shapes: Shape of each, 1 for exponential, more for steadier; as many as stages.
    """

    stages_d: tuple[float, ...]
    shapes: tuple[int, ...]

    def __post_init__(self) -> None:
        """Refuse no stages, lengths that are none, and too many phases."""
        if not self.stages_d:
            raise DesignError("stages_d: none, must be at least one")
        if len(self.shapes) != len(self.stages_d):
            raise DesignError(f"shapes: {len(self.shapes)} for {len(self.stages_d)} stages, must be one each")
        for place, stage_d in enumerate(self.stages_d):
            require_amount(stage_d, f"stages_d[{place}]", above=0.0)
        for place, shape in enumerate(self.shapes):
            require_count(shape, f"shapes[{place}]", least=1, most=MAX_PHASES)
        if sum(self.shapes) > MAX_PHASES:
            raise DesignError(f"shapes: {sum(self.shapes)} phases in all, must be at most {MAX_PHASES}")

    @property
    def mean_d(self) -> float:
        """Mean time [days]."""
        return math.fsum(self.stages_d)

    @property
    def sd_d(self) -> float:
        """Standard deviation of the time [days]."""
        parts = zip(self.stages_d, self.shapes, strict=True)
        return math.sqrt(math.fsum(stage_d**2 / shape for stage_d, shape in parts))

    def done_by(self, time_d: float) -> float:
        """Return the chance that it is done by then [0 to 1].

        Args:
            time_d: Since its beginning [days], 0 or more.
        """
        require_amount(time_d, "time_d")
        from scipy.linalg import expm

        left = expm(self._generator() * time_d)[0]
        return min(1.0, max(0.0, 1.0 - math.fsum(left.tolist())))

    def quantile_d(self, chance: float) -> Result:
        """Return the time by which it is done with that chance [days].

        Args:
            chance: Above 0, below 1.
        """
        require_chance(chance, "chance")
        if not 0.0 < chance < 1.0:
            raise DesignError(f"chance: {chance}, must be above 0 and below 1")
        low, high = 0.0, self.mean_d + self.sd_d
        while self.done_by(high) < chance:
            high *= 2.0
        for _ in range(_HALVINGS):
            middle = 0.5 * (low + high)
            if middle in {low, high}:
                break
            low, high = (low, middle) if self.done_by(middle) >= chance else (middle, high)
        return exactly(
            high,
            method="matrix exponential of the phases, inverted by bisection",
            inputs={**self.inputs(), "chance": chance},
            assumptions=(ONE_AFTER_ANOTHER,),
            tol=1e-9 * high,
        )

    def ln_laplace(self, rate_per_d: float) -> float:
        """Return the logarithm of the chance that nothing comes at that rate while it lasts [at most 0]."""
        parts = zip(self.stages_d, self.shapes, strict=True)
        return -math.fsum(shape * math.log1p(stage_d * rate_per_d / shape) for stage_d, shape in parts)

    def _generator(self) -> NDArray[np.float64]:
        """Return the rates between phases, shape (phases, phases) [1/day]."""
        rates = [
            shape / stage_d
            for stage_d, shape in zip(self.stages_d, self.shapes, strict=True)
            for _ in range(shape)
        ]
        generator = np.diag(-np.asarray(rates))
        for place in range(len(rates) - 1):
            generator[place, place + 1] = rates[place]
        return generator

    def inputs(self) -> dict[str, Any]:
        """Return what was asked, by name."""
        return {"stages_d": list(self.stages_d), "shapes": list(self.shapes)}


def rebuild(stages_d: Sequence[float], shapes: Sequence[int] | None = None) -> Rebuild:
    """Return the time to rebuild from the mean lengths of its stages.

    Args:
        stages_d: Mean lengths, in order [days].
        shapes: Shape of each; None for 1, exponential, the most scattered.

    Examples:
        >>> round(rebuild([180, 360, 540]).quantile_d(0.05).value)
        273
    """
    given = (1,) * len(stages_d) if shapes is None else tuple(shapes)
    return Rebuild(stages_d=tuple(float(one) for one in stages_d), shapes=given)


@dataclass(frozen=True, slots=True, kw_only=True)
class Race:
    """Rebuilding against detection.

    Attributes:
        seen_first: Chance that it is seen before it is done.
        warning_index: How long the fastest of twenty rebuildings takes, in times within which nineteen of
            twenty are seen: above 1, warning comes before.
        rebuild_d: Times by which rebuilding is done with 5, 50 and 95 % [days].
        detection_d: Times by which it is seen with 5, 50 and 95 % [days]; without a value where it never is
            seen with so much.
    """

    seen_first: Result
    warning_index: Result
    rebuild_d: tuple[Result, Result, Result]
    detection_d: tuple[Result, Result, Result]

    def document(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {
            "seen_first": self.seen_first.document(),
            "warning_index": self.warning_index.document(),
            "rebuild_d": [one.document() for one in self.rebuild_d],
            "detection_d": [one.document() for one in self.detection_d],
        }


SHOWN = (0.05, 0.5, 0.95)
"""Chances whose times a race tells."""


def race(rebuild: Rebuild, hazard_per_d: float) -> Race:
    """Return how a rebuilding races with detection.

    Args:
        rebuild: Its stages.
        hazard_per_d: How often it would be seen [1/day], above 0: rate of visits times the chance of each.

    Examples:
        >>> round(race(rebuild([6, 12, 18]), 0.25 * 0.6).seen_first.value, 3)
        0.949
    """
    require_amount(hazard_per_d, "hazard_per_d", above=0.0)
    inputs = {**rebuild.inputs(), "hazard_per_d": hazard_per_d}
    said = (ONE_AFTER_ANOTHER, WITHOUT_MEMORY)
    unseen = rebuild.ln_laplace(hazard_per_d)
    seen = exactly(
        -math.expm1(unseen),
        method="one less the Laplace transform of the rebuild time at the hazard",
        inputs=inputs,
        assumptions=said,
        tol=1e-12,
    )
    times = tuple(rebuild.quantile_d(chance) for chance in SHOWN)
    spotted = tuple(
        exactly(
            -math.log1p(-chance) / hazard_per_d,
            method="quantile of the exponential distribution",
            inputs={**inputs, "chance": chance},
            assumptions=(WITHOUT_MEMORY,),
        )
        for chance in SHOWN
    )
    index = exactly(
        (times[0].value or 0.0) / (spotted[-1].value or math.inf),
        method="5 % quantile of the rebuild time over 95 % quantile of the detection time",
        inputs=inputs,
        assumptions=said,
    )
    return Race(
        seen_first=seen,
        warning_index=index,
        rebuild_d=(times[0], times[1], times[2]),
        detection_d=(spotted[0], spotted[1], spotted[2]),
    )
