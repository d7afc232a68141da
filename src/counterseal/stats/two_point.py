"""Plans through two points: accept a good stratum with at least one chance, a bad one with at most another.

Attributes (count the false items in a sample of n, accept with c at most): of a finite stratum (``hyper``)
or of a process (``binom``). Variables (measure, and accept if the mean lies k standard deviations from the
limit): ``normal``, with the standard deviation known or taken from the sample.

References:
    [SCHILLING-1982]; [GUENTHER-1977]; [KIERMEIER-2008].
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from counterseal.stats.errors import StatsError
from counterseal.stats.items import MAX_ITEMS, require_count
from counterseal.stats.result import Result, exactly, unreachable
from counterseal.stats.sampling_inputs import BLIND, chance
from counterseal.stats.two_point_search import (
    accepted_binomial,
    accepted_hypergeometric,
    accepted_normal,
    attributes_plan,
    variables_plan,
)

Kind = Literal["hyper", "binom", "normal"]
Sigma = Literal["known", "unknown"]
Point = tuple[float, float]

_FORGIVEN = 1e-9
"""Part of an item by which a fraction may miss a whole number of items: rounding."""

_ASSUMED = {
    "hyper": (BLIND, "A test errs in neither direction."),
    "binom": (
        "Items are false independently of one another with the same chance.",
        "A test errs in neither direction.",
    ),
    "normal": (
        "The measured quantity is normal, and an item is false where it lies beyond one limit.",
        "Items are drawn independently of one another.",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A plan through two points, and its operating characteristic.

    Attributes:
        kind: ``hyper``, ``binom`` or ``normal``.
        size: Items to draw, n; without a value where no plan reaches both points.
        n: The same as a number; None there.
        c: Most false items in the sample with which it is accepted; None for ``normal``.
        k: Distance of the mean from the limit [standard deviations] that is asked for; for ``normal``.
        N: Items in the stratum; None for a process.
        sigma: Whether the standard deviation is known; for ``normal``.
        good: ``(p, pa)``: fraction of false items, and smallest chance that it is accepted.
        bad: ``(p, pa)``: fraction of false items, and largest chance that it is accepted.
    """

    kind: Kind
    size: Result
    n: int | None
    c: int | None
    k: float | None
    N: int | None
    sigma: Sigma
    good: Point
    bad: Point

    def accepted(self, p: float) -> Result:
        """Return the chance that the plan accepts a stratum with a fraction p of false items.

        Args:
            p: Fraction of false items [0 to 1]; for ``hyper`` a whole number of N.

        Raises:
            StatsError: p is out of its range or no whole number of items, or there is no plan.
        """
        p = chance(p, "plan, p")
        if self.n is None:
            raise StatsError("plan, accepted: no plan reaches both points, so none accepts")
        ln_value = self._ln_accepted(p)
        return exactly(
            math.exp(ln_value),
            method="chance of acceptance",
            inputs=dict(self.size.inputs) | {"question": "Plan.accepted", "p": p},
            assumptions=self.size.assumptions,
            ln_value=ln_value,
            tol=1e-12 if self.kind != "normal" else 1e-9,
        )

    def _ln_accepted(self, p: float) -> float:
        n, c, k = self.n or 0, self.c or 0, self.k or 0.0
        if self.kind == "hyper":
            return accepted_hypergeometric(self.N or 0, _whole(p, self.N or 0), n, c)
        if self.kind == "binom":
            return accepted_binomial(p, n, c)
        return accepted_normal(p, n, k, known=self.sigma == "known")

    def oc_curve(self, fractions: Sequence[float]) -> tuple[tuple[float, float], ...]:
        """Return ``(p, chance of acceptance)`` for fractions of false items: the operating characteristic."""
        return tuple((float(p), self.accepted(p).value or 0.0) for p in fractions)

    def document(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {
            "kind": self.kind,
            "size": self.size.document(),
            "n": self.n,
            "c": self.c,
            "k": self.k,
            "N": self.N,
            "sigma": self.sigma if self.kind == "normal" else None,
            "good": list(self.good),
            "bad": list(self.bad),
        }


def plan_two_point(
    N: int | None, good: Point, bad: Point, kind: Kind = "hyper", *, sigma: Sigma = "known"
) -> Plan:
    """Return the smallest plan that accepts the good and refuses the bad often enough.

    Args:
        N: Items in the stratum, for ``hyper``; None for a process.
        good: ``(p, pa)``: fraction of false items that is still good, accepted with pa at least.
        bad: ``(p, pa)``: fraction of false items that is bad, accepted with pa at most.
        kind: ``hyper``, ``binom`` or ``normal``.
        sigma: For ``normal``: whether the standard deviation is ``known`` or comes from the sample.

    Returns:
        The plan; where the smallest n leaves a choice, the good point is met exactly (``normal``).

    Raises:
        StatsError: a number is out of its range, the points do not differ, or another kind.

    Examples:
        >>> plan = plan_two_point(None, (0.05, 0.95), (0.15, 0.075), "binom")
        >>> plan.n, plan.c
        (80, 7)
        >>> plan = plan_two_point(None, (0.05, 0.95), (0.15, 0.075), "normal")
        >>> plan.n, round(plan.k, 6)
        (26, 1.322271)
        >>> plan_two_point(None, (0.05, 0.95), (0.15, 0.075), "normal", sigma="unknown").n
        49
    """
    _require(N, good, bad, kind, sigma)
    question = {
        "question": "plan_two_point",
        "N": N,
        "good": list(good),
        "bad": list(bad),
        "kind": kind,
        "sigma": sigma if kind == "normal" else None,
    }
    false = (_rounded(good[0], N, up=True), _rounded(bad[0], N, up=False)) if N is not None else None
    if kind == "normal":
        n, k = variables_plan(good, bad, known=sigma == "known")
        c = None
    else:
        n, c = attributes_plan(N, false, good, bad)
        k = None
    return Plan(
        kind=kind,
        size=_size(n, question, kind, _rounding(good[0], bad[0], N, false)),
        n=n,
        c=c if n is not None else None,
        k=k if n is not None else None,
        N=N,
        sigma=sigma,
        good=good,
        bad=bad,
    )


def _size(n: int | None, question: dict[str, Any], kind: Kind, warnings: tuple[str, ...]) -> Result:
    method = "smallest n with which both points are met"
    if n is None:
        why = f"No plan with {MAX_ITEMS} items or fewer reaches both points."
        return unreachable(method=method, inputs=question, why=why, assumptions=_ASSUMED[kind])
    return exactly(n, method=method, inputs=question, assumptions=_ASSUMED[kind], warnings=warnings)


def _rounding(good_p: float, bad_p: float, N: int | None, false: tuple[int, int] | None) -> tuple[str, ...]:
    """Return what a reader must know where a fraction is no whole number of items."""
    if N is None or false is None:
        return ()
    if all(abs(p * N - n) <= _FORGIVEN for p, n in zip((good_p, bad_p), false, strict=True)):
        return ()
    taken = f"good is taken as {false[0]} false ones, bad as {false[1]}"
    return (f"Fractions are no whole number of {N} items: {taken}, both on the side that asks for more.",)


def _rounded(p: float, N: int, *, up: bool) -> int:
    """Return a fraction of the stratum as whole items, on the side that is harder for a plan."""
    return math.ceil(p * N - _FORGIVEN) if up else math.floor(p * N + _FORGIVEN)


def _whole(p: float, N: int) -> int:
    """Return a fraction of the stratum as whole items."""
    items = round(p * N)
    if abs(p * N - items) > _FORGIVEN:
        raise StatsError(f"plan, p: {p} of {N} items, must be a whole number of items")
    return items


def _require(N: int | None, good: Point, bad: Point, kind: str, sigma: str) -> None:
    if kind not in get_args(Kind):
        raise StatsError(f"plan_two_point, kind: {kind!r}, must be one of {', '.join(get_args(Kind))}")
    if sigma not in get_args(Sigma):
        raise StatsError(f"plan_two_point, sigma: {sigma!r}, must be one of {', '.join(get_args(Sigma))}")
    if (N is None) == (kind == "hyper"):
        raise StatsError(
            f"plan_two_point, N: {N} for kind {kind}, must be given for hyper and for nothing else"
        )
    if N is not None:
        require_count(N, "plan_two_point, N", least=1, most=MAX_ITEMS)
    for name, point in (("good", good), ("bad", bad)):
        _require_point(name, point, kind)
    _require_apart(N, good, bad)


def _require_point(name: str, point: Point, kind: str) -> None:
    if not isinstance(point, tuple | list) or len(point) != len(("p", "pa")):
        raise StatsError(f"plan_two_point, {name}: {point!r}, must be two chances (p, pa)")
    for what, value in zip(("p", "pa"), point, strict=True):
        found = chance(value, f"plan_two_point, {name}, {what}")
        if not 0.0 < found < 1.0 and kind == "normal":
            raise StatsError(f"plan_two_point, {name}, {what}: {found}, must be above 0, below 1 for normal")


def _require_apart(N: int | None, good: Point, bad: Point) -> None:
    """Refuse points that no plan can tell apart."""
    if good[0] >= bad[0]:
        raise StatsError(f"plan_two_point, good p {good[0]}: must be below bad p {bad[0]}")
    if good[1] <= bad[1]:
        raise StatsError(f"plan_two_point, good pa {good[1]}: must be above bad pa {bad[1]}")
    if N is not None and _rounded(good[0], N, up=True) >= _rounded(bad[0], N, up=False):
        raise StatsError(f"plan_two_point, good and bad p: not a whole false item apart in {N} items")
