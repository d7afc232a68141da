"""Learning while sampling: Wald's sequential test of a share of false items, cut off after so many items.

Items are taken one by one. After each, the likelihoods of a small share ``p0`` and of a large one ``p1`` are
compared; the test ends as soon as one is much larger. On average it needs fewer items than a fixed sample
with the same errors, but nobody knows beforehand how many: for a strict quota take a fixed or a curtailed
plan.

Nothing here is taken from Wald's approximations but the two limits: errors and numbers of items follow
exactly, from the chance of each number of false items after each item.

References:
    [WALD-1947], chapters 3 to 5; limits and cut-off.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from counterseal.stats.errors import StatsError
from counterseal.stats.items import MAX_ITEMS, require_chance, require_count
from counterseal.stats.levels import require_level
from counterseal.stats.result import Result, digest, exactly
from counterseal.stats.sampling_inputs import TOO_SMALL
from counterseal.stats.two_point_search import attributes_plan

Outcome = Literal["accept", "reject", "go on"]
ASSUMPTIONS = (
    "Each item shows as false with one and the same chance, independently of the others.",
    "Items are drawn at random, one by one, and each is looked at once.",
)
_CUT_OFF = 3
_ROUNDING = 1e-9
_LN_SMALLEST = math.log(5e-324)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Where a sequential test stands.

    Attributes:
        outcome: ``accept`` (the small share is taken), ``reject`` (the large one), or ``go on``.
        items: After how many items that was decided, or how many there are so far.
        false_items: How many of these showed as false.
    """

    outcome: Outcome
    items: int
    false_items: int

    def document(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {"outcome": self.outcome, "items": self.items, "false_items": self.false_items}


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatingPoint:
    """How a plan behaves at one share of false items.

    Attributes:
        p: Chance that an item shows as false [0 to 1]; None where a stratum of known make-up is meant.
        accept: Chance that the plan ends with "accept".
        reject: Chance that it ends with "reject".
        expected_number: Mean number of items looked at [items].
        stopping: ``(items, chance of accept, chance of reject)`` for each number of items at which it can
            end.
    """

    p: float | None
    accept: Result
    reject: Result
    expected_number: Result
    stopping: tuple[tuple[int, float, float], ...]

    def quantile(self, chance: float) -> int:
        """Return the smallest number of items with which the plan has ended with at least that chance.

        Args:
            chance: Above 0, at most 1.

        Raises:
            StatsError: the chance is out of its range.
        """
        if not 0.0 < chance <= 1.0:
            raise StatsError(f"quantile of the number of items, chance {chance}: must be above 0, at most 1")
        reached = 0.0
        for items, accepted, rejected in self.stopping:
            reached += accepted + rejected
            if reached >= chance * (1.0 - _ROUNDING):
                return items
        return self.stopping[-1][0]

    def document(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {
            "p": self.p,
            "accept": self.accept.document(),
            "reject": self.reject.document(),
            "expected_number": self.expected_number.document(),
            "stopping": [list(one) for one in self.stopping],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class SequentialPlan:
    """A sequential test with its two limits, straight lines in a chart of false items against items.

    Attributes:
        p0: Share of false items that should be accepted [0 to 1].
        p1: Share that should be rejected [0 to 1], above ``p0``.
        alpha: Wanted chance of rejecting ``p0`` [0 to 1].
        beta: Wanted chance of accepting ``p1`` [0 to 1].
        slope: By how much both limits rise with each item [items an item].
        accept_intercept: How far the limit to accept is below the origin [items], above 0.
        reject_intercept: How far the limit to reject is above the origin [items], above 0.
        truncate_at: After how many items the nearer limit decides [items].
        fixed_items: Smallest fixed sample that keeps both errors [items].
        fixed_accept: How many false items that sample may show and still be accepted.
    """

    p0: float
    p1: float
    alpha: float
    beta: float
    slope: float
    accept_intercept: float
    reject_intercept: float
    truncate_at: int
    fixed_items: int
    fixed_accept: int

    @property
    def inputs(self) -> dict[str, float | int]:
        """What was asked, by name."""
        return {
            "p0": self.p0,
            "p1": self.p1,
            "alpha": self.alpha,
            "beta": self.beta,
            "truncate_at": self.truncate_at,
        }

    @property
    def assumptions(self) -> tuple[str, ...]:
        """What the plan takes for granted, a sentence each."""
        return (*ASSUMPTIONS, f"After {self.truncate_at} items the nearer of the two limits decides.")

    def bounds(self, items: int) -> tuple[int, int]:
        """Return the most false items to accept with, and the fewest to reject with, after so many items.

        Args:
            items: 1 to ``truncate_at``.

        Returns:
            Both numbers; -1 where none is few enough, ``items + 1`` where none is enough.
        """
        require_count(items, "sequential test, items", least=1, most=self.truncate_at)
        accept_at, reject_at = self._limits()
        return int(accept_at[items - 1]), int(reject_at[items - 1])

    def path(self) -> tuple[tuple[int, int, int], ...]:
        """Return ``(items, accept at, reject at)`` for 1 to ``truncate_at`` items."""
        accept_at, reject_at = self._limits()
        rows = zip(accept_at.tolist(), reject_at.tolist(), strict=True)
        return tuple((item, low, high) for item, (low, high) in enumerate(rows, start=1))

    @property
    def clean_items_to_stop(self) -> int:
        """How many items in a row without a false one end the test with "accept" [items]."""
        accept_at, _ = self._limits()
        return int(np.argmax(accept_at >= 0)) + 1

    def decide(self, shown_false: Iterable[bool]) -> Decision:
        """Return where the test stands after these items, in the order in which they were taken.

        Args:
            shown_false: For each item whether it showed as false; what follows a decision is not looked at.
        """
        accept_at, reject_at = self._limits()
        items = false_items = 0
        for shown in shown_false:
            false_items += bool(shown)
            items += 1
            if false_items <= accept_at[items - 1]:
                return Decision(outcome="accept", items=items, false_items=false_items)
            if false_items >= reject_at[items - 1]:
                return Decision(outcome="reject", items=items, false_items=false_items)
        return Decision(outcome="go on", items=items, false_items=false_items)

    def operating_point(self, p: float) -> OperatingPoint:
        """Return the chances of both ends and the number of items where a share of items shows as false.

        Args:
            p: Chance that an item shows as false [0 to 1].

        Raises:
            StatsError: it is no chance.
        """
        from counterseal.stats.kernels.sequential_kernel import walk

        require_chance(p, "sequential test, p")
        accept_at, reject_at = self._limits()
        accepted, rejected = np.zeros(self.truncate_at), np.zeros(self.truncate_at)
        ln_accept, ln_reject = walk(float(p), accept_at, reject_at, accepted, rejected).tolist()
        return point_of(
            p=float(p),
            items=np.arange(1, self.truncate_at + 1),
            ends=(accepted, rejected),
            ln_ends=(ln_accept, ln_reject),
            method="sequential probability ratio test, exact recursion over items and false items",
            inputs={**self.inputs, "p": float(p)},
            assumptions=self.assumptions,
        )

    @property
    def false_alarm(self) -> Result:
        """Chance that it rejects the small share [0 to 1]: what ``alpha`` has become."""
        return self.operating_point(self.p0).reject

    @property
    def miss(self) -> Result:
        """Chance that it accepts the large share [0 to 1]: what ``beta`` has become."""
        return self.operating_point(self.p1).accept

    def document(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {
            **self.inputs,
            "inputs_digest": digest(self.inputs),
            "slope": self.slope,
            "accept_intercept": self.accept_intercept,
            "reject_intercept": self.reject_intercept,
            "fixed_items": self.fixed_items,
            "fixed_accept": self.fixed_accept,
            "clean_items_to_stop": self.clean_items_to_stop,
            "false_alarm": self.false_alarm.document(),
            "miss": self.miss.document(),
            "assumptions": list(self.assumptions),
        }

    def _limits(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        items = np.arange(1, self.truncate_at + 1, dtype=np.float64)
        accept_at = np.floor(self.slope * items - self.accept_intercept + _ROUNDING).astype(np.int64)
        reject_at = np.ceil(self.slope * items + self.reject_intercept - _ROUNDING).astype(np.int64)
        middle = self.slope * self.truncate_at + 0.5 * (self.reject_intercept - self.accept_intercept)
        accept_at[-1] = math.floor(middle)
        reject_at[-1] = accept_at[-1] + 1
        return np.maximum(accept_at, -1), np.minimum(reject_at, items.astype(np.int64) + 1)


def point_of(
    *,
    p: float | None,
    items: NDArray[np.int64],
    ends: tuple[NDArray[np.float64], NDArray[np.float64]],
    ln_ends: tuple[float, float],
    method: str,
    inputs: dict[str, Any],
    assumptions: tuple[str, ...],
) -> OperatingPoint:
    """Return the operating point of a plan whose chances to end at each item are known.

    Args:
        p: Chance that an item shows as false; None where that is not one number.
        items: Numbers of items, shape (T,).
        ends: Chances to end there with "accept" and with "reject", each of shape (T,).
        ln_ends: Logarithms of both sums.
        method: Formula, in one line.
        inputs: What was asked, by name.
        assumptions: What is taken for granted.
    """
    accepted, rejected = ends
    either = accepted + rejected
    accept, reject = (
        exactly(
            math.exp(min(ln_end, 0.0)),
            method=method,
            inputs=inputs,
            assumptions=assumptions,
            warnings=(TOO_SMALL,) if -math.inf < ln_end < _LN_SMALLEST else (),
            ln_value=min(ln_end, 0.0),
            tol=1e-10,
        )
        for ln_end in ln_ends
    )
    rows = ((int(items[at]), float(accepted[at]), float(rejected[at])) for at in np.flatnonzero(either))
    return OperatingPoint(
        p=p,
        accept=accept,
        reject=reject,
        expected_number=exactly(
            float(items @ either), method=method, inputs=inputs, assumptions=assumptions, tol=1e-10
        ),
        stopping=tuple(rows),
    )


def sprt(
    p0: float, p1: float, alpha: float, beta: float, *, truncate_at: int | None = None
) -> SequentialPlan:
    """Return Wald's sequential test between two shares of false items, with a last item.

    Args:
        p0: Share that should be accepted, with test errors in it [0 to 1], above 0.
        p1: Share that should be rejected [0 to 1], above ``p0``, below 1.
        alpha: Chance of rejecting ``p0`` that is aimed at [0 to 1], above 0; with ``beta`` below 1.
        beta: Chance of accepting ``p1`` that is aimed at [0 to 1], above 0.
        truncate_at: Last item, at which the nearer limit decides; by default three times the smallest fixed
            sample of the same errors.

    Returns:
        The plan; its ``false_alarm`` and ``miss`` say what became of ``alpha`` and ``beta``, exactly.

    Raises:
        StatsError: a number is out of its range, or the shares are too close for 10**6 items.

    Examples:
        >>> plan = sprt(0.01, 0.10, 0.05, 0.10)
        >>> plan.clean_items_to_stop, (plan.fixed_items, plan.fixed_accept)
        (24, (52, 2))
        >>> [round(plan.operating_point(p).expected_number.value or 0.0) for p in (0.01, 0.10)]
        [30, 22]
    """
    _require_shares(p0, p1, alpha, beta)
    fixed_items, fixed_accept = _fixed_sample(p0, p1, alpha, beta)
    last = min(_CUT_OFF * fixed_items, MAX_ITEMS) if truncate_at is None else truncate_at
    require_count(last, "sequential test, truncate_at", least=1)
    ln_false, ln_true = math.log(p1 / p0), math.log1p(-p0) - math.log1p(-p1)
    return SequentialPlan(
        p0=p0,
        p1=p1,
        alpha=alpha,
        beta=beta,
        slope=ln_true / (ln_false + ln_true),
        accept_intercept=(math.log1p(-alpha) - math.log(beta)) / (ln_false + ln_true),
        reject_intercept=(math.log1p(-beta) - math.log(alpha)) / (ln_false + ln_true),
        truncate_at=last,
        fixed_items=fixed_items,
        fixed_accept=fixed_accept,
    )


def _require_shares(p0: float, p1: float, alpha: float, beta: float) -> None:
    for name, value in (("p0", p0), ("p1", p1), ("alpha", alpha), ("beta", beta)):
        require_level(value, f"sequential test, {name}")
    if p0 >= p1:
        raise StatsError(f"sequential test, p0 {p0}, p1 {p1}: p0 must be below p1")
    if alpha + beta >= 1.0:
        raise StatsError(f"sequential test, alpha {alpha}, beta {beta}: together they must be below 1")


def _fixed_sample(p0: float, p1: float, alpha: float, beta: float) -> tuple[int, int]:
    """Return the smallest fixed sample that keeps both errors, and how many false items it may show.

    Where even the information in its items does not suffice for the errors, no sample is looked for.
    """
    n: int | None = None
    c: int | None = None
    if _information(1.0 - beta, alpha) <= MAX_ITEMS * _information(p1, p0):
        n, c = attributes_plan(None, None, (p0, 1.0 - alpha), (p1, beta))
    if n is None or c is None:
        raise StatsError(
            f"sequential test, p0 {p0}, p1 {p1}: too close to be told apart with {MAX_ITEMS} items"
        )
    return n, c


def _information(p: float, other: float) -> float:
    """Return what one trial of chance ``p`` says against another chance [nats], on average."""
    return p * math.log(p / other) + (1.0 - p) * math.log((1.0 - p) / (1.0 - other))
