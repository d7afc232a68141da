"""Shapes that an uncertain number can have: what is known of it, written down as a distribution.

A number of an effort file is seldom known exactly. What is known of it is written as one of these shapes, and
propagation, sensitivity and receiver curves all take the same ones. Each gives its mean, its standard
deviation and its quantiles: a draw is the quantile at a uniform number, so the same uniform numbers give the
same draws.

References:
    [JCGM-101], 6.4, which says what knowledge calls for what shape.
"""

import math
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy import special

from counterseal.stats.errors import StatsError
from counterseal.stats.items import require_amount

Numbers = NDArray[np.float64]
_FINITE_VARIANCE = 2.0


class Spread(Protocol):
    """What is known of a number, as a distribution."""

    @property
    def mean(self) -> float:
        """Mean [unit of the number]."""

    @property
    def sd(self) -> float:
        """Standard deviation [unit of the number]; infinite where there is none."""

    def quantile(self, chance: Numbers) -> Numbers:
        """Return the values below which the number lies with these chances, each above 0 and below 1."""

    def document(self) -> dict[str, Any]:
        """Return it as JSON has it: its shape and its figures."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Normal:
    """A number of which an estimate and its standard deviation are known.

    Attributes:
        mean: Mean [unit of the number].
        sd: Standard deviation [unit of the number], above 0.

    Examples:
        >>> Normal(mean=10.0, sd=2.0).quantile(np.array([0.5, 0.975])).round(3).tolist()
        [10.0, 13.92]
    """

    mean: float
    sd: float

    def __post_init__(self) -> None:
        """Refuse a mean that is no number, and no spread."""
        require_amount(self.mean, "normal distribution, mean", least=-math.inf)
        require_amount(self.sd, "normal distribution, sd", above=0.0)

    def quantile(self, chance: Numbers) -> Numbers:
        """Return the values below which the number lies with these chances."""
        return self.mean + self.sd * np.asarray(special.ndtri(chance), dtype=np.float64)

    def document(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {"shape": "normal", "mean": self.mean, "sd": self.sd}


@dataclass(frozen=True, slots=True, kw_only=True)
class StudentT:
    """A number estimated from few repeats: Student's distribution, shifted and scaled.

    Attributes:
        mean: The estimate [unit of the number].
        scale: Its standard uncertainty from the repeats [unit of the number], above 0.
        dof: Degrees of freedom of that uncertainty, above 0; ``sd`` is infinite at 2 and below.
    """

    mean: float
    scale: float
    dof: float

    def __post_init__(self) -> None:
        """Refuse a centre that is no number, no scale, and no degrees of freedom."""
        require_amount(self.mean, "Student's distribution, mean", least=-math.inf)
        require_amount(self.scale, "Student's distribution, scale", above=0.0)
        require_amount(self.dof, "Student's distribution, dof", above=0.0)

    @property
    def sd(self) -> float:
        """Standard deviation [unit of the number]."""
        if self.dof <= _FINITE_VARIANCE:
            return math.inf
        return self.scale * math.sqrt(self.dof / (self.dof - _FINITE_VARIANCE))

    def quantile(self, chance: Numbers) -> Numbers:
        """Return the values below which the number lies with these chances."""
        return self.mean + self.scale * np.asarray(special.stdtrit(self.dof, chance), dtype=np.float64)

    def document(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {"shape": "student-t", "mean": self.mean, "scale": self.scale, "dof": self.dof}


@dataclass(frozen=True, slots=True, kw_only=True)
class Uniform:
    """A number of which only two limits are known.

    Attributes:
        low: Lower limit [unit of the number].
        high: Upper limit [unit of the number], above ``low``.
    """

    low: float
    high: float

    def __post_init__(self) -> None:
        """Refuse limits in the wrong order."""
        _require_order(self.low, self.high, "uniform distribution")

    @property
    def mean(self) -> float:
        """Mean [unit of the number]."""
        return 0.5 * (self.low + self.high)

    @property
    def sd(self) -> float:
        """Standard deviation [unit of the number]."""
        return (self.high - self.low) / math.sqrt(12.0)

    def quantile(self, chance: Numbers) -> Numbers:
        """Return the values below which the number lies with these chances."""
        return self.low + (self.high - self.low) * chance

    def document(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {"shape": "uniform", "low": self.low, "high": self.high}


@dataclass(frozen=True, slots=True, kw_only=True)
class Triangular:
    """A number with two limits and a likeliest value.

    Attributes:
        low: Lower limit [unit of the number].
        mode: Likeliest value [unit of the number], from ``low`` to ``high``.
        high: Upper limit [unit of the number], above ``low``.
    """

    low: float
    mode: float
    high: float

    def __post_init__(self) -> None:
        """Refuse limits in the wrong order, and a likeliest value outside them."""
        _require_order(self.low, self.high, "triangular distribution")
        if not self.low <= self.mode <= self.high:
            raise StatsError(
                f"triangular distribution, mode {self.mode}: must be from {self.low} to {self.high}"
            )

    @property
    def mean(self) -> float:
        """Mean [unit of the number]."""
        return (self.low + self.mode + self.high) / 3.0

    @property
    def sd(self) -> float:
        """Standard deviation [unit of the number]."""
        left, right = self.mode - self.low, self.high - self.mode
        return math.sqrt((left * left + left * right + right * right) / 18.0)

    def quantile(self, chance: Numbers) -> Numbers:
        """Return the values below which the number lies with these chances."""
        span, left, right = self.high - self.low, self.mode - self.low, self.high - self.mode
        rising = self.low + np.sqrt(chance * span * left)
        falling = self.high - np.sqrt((1.0 - chance) * span * right)
        return np.where(chance * span < left, rising, falling)

    def document(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {"shape": "triangular", "low": self.low, "mode": self.mode, "high": self.high}


@dataclass(frozen=True, slots=True, kw_only=True)
class Arcsine:
    """A number that swings between two limits like a pendulum, seen at an unknown moment.

    Attributes:
        low: Lower limit [unit of the number].
        high: Upper limit [unit of the number], above ``low``.
    """

    low: float
    high: float

    def __post_init__(self) -> None:
        """Refuse limits in the wrong order."""
        _require_order(self.low, self.high, "arcsine distribution")

    @property
    def mean(self) -> float:
        """Mean [unit of the number]."""
        return 0.5 * (self.low + self.high)

    @property
    def sd(self) -> float:
        """Standard deviation [unit of the number]."""
        return (self.high - self.low) / math.sqrt(8.0)

    def quantile(self, chance: Numbers) -> Numbers:
        """Return the values below which the number lies with these chances."""
        return self.low + (self.high - self.low) * np.sin(0.5 * np.pi * chance) ** 2

    def document(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {"shape": "arcsine", "low": self.low, "high": self.high}


@dataclass(frozen=True, slots=True, kw_only=True)
class InexactLimits:
    """A number of which only two limits are known, and these not exactly: the curvilinear trapezoid.

    Both limits lie, together and at equal distance from the middle, anywhere within ``slack`` of what is
    said of them.

    Attributes:
        low: Lower limit [unit of the number].
        high: Upper limit [unit of the number], above ``low``.
        slack: How far off either limit may be [unit of the number], above 0, below half of their distance.
    """

    low: float
    high: float
    slack: float

    def __post_init__(self) -> None:
        """Refuse limits in the wrong order, and a slack that lets them change places."""
        _require_order(self.low, self.high, "distribution of inexact limits")
        require_amount(self.slack, "distribution of inexact limits, slack", above=0.0)
        if 2.0 * self.slack >= self.high - self.low:
            raise StatsError(f"distribution of inexact limits, slack {self.slack}: limits change places")

    @property
    def mean(self) -> float:
        """Mean [unit of the number]."""
        return 0.5 * (self.low + self.high)

    @property
    def sd(self) -> float:
        """Standard deviation [unit of the number]."""
        return math.sqrt((self.high - self.low) ** 2 / 12.0 + self.slack**2 / 9.0)

    def quantile(self, chance: Numbers) -> Numbers:
        """Return the values below which the number lies with these chances.

        Within the surest limits the density is flat; beyond them it falls off with a logarithm, whose
        integral is undone by the lower branch of Lambert's function.
        """
        half = 0.5 * (self.high - self.low)
        inner, outer = half - self.slack, half + self.slack
        away = np.abs(2.0 * chance - 1.0)
        flat = away * 2.0 * self.slack / math.log(outer / inner)
        reached = np.minimum((away * 2.0 * self.slack + inner) / (outer * math.e), 1.0 / math.e)
        curved = -outer * reached * math.e / np.real(special.lambertw(-reached, k=-1))
        return self.mean + np.sign(chance - 0.5) * np.where(flat <= inner, flat, curved)

    def document(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {"shape": "inexact-limits", "low": self.low, "high": self.high, "slack": self.slack}


@dataclass(frozen=True, slots=True, kw_only=True)
class Beta:
    """A chance learnt from tests: ``a - 1`` went one way and ``b - 1`` the other.

    Attributes:
        a: First parameter, above 0.
        b: Second parameter, above 0.
    """

    a: float
    b: float

    def __post_init__(self) -> None:
        """Refuse parameters of no distribution."""
        require_amount(self.a, "beta distribution, a", above=0.0)
        require_amount(self.b, "beta distribution, b", above=0.0)

    @property
    def mean(self) -> float:
        """Mean [0 to 1]."""
        return self.a / (self.a + self.b)

    @property
    def sd(self) -> float:
        """Standard deviation [0 to 1]."""
        total = self.a + self.b
        return math.sqrt(self.a * self.b / (total + 1.0)) / total

    def quantile(self, chance: Numbers) -> Numbers:
        """Return the values below which the number lies with these chances."""
        return np.asarray(special.betaincinv(self.a, self.b, chance), dtype=np.float64)

    def document(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {"shape": "beta", "a": self.a, "b": self.b}


def _require_order(low: float, high: float, name: str) -> None:
    require_amount(low, f"{name}, low", least=-math.inf)
    require_amount(high, f"{name}, high", least=-math.inf)
    if low >= high:
        raise StatsError(f"{name}: low {low}, high {high}; low must be below high")
