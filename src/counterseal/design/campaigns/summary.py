"""The summary of a campaign: estimates with their intervals, and the exact figures beside them.

Everything follows from whole-number sums and from the question, so that the same campaign has the same
summary whatever machine, engine or block worked it out.
"""

import math
from fractions import Fraction
from typing import Any

from counterseal.design.campaigns.answer import Campaign
from counterseal.design.campaigns.blocks import HOUR_D, Sums, bin_edges_d
from counterseal.design.campaigns.exact import Exact, exact
from counterseal.design.campaigns.question import BINS, Question
from counterseal.design.regime_power import assumptions
from counterseal.design.states import EXACT
from counterseal.design.workload import visit_load, workload
from counterseal.stats.clopper_pearson import clopper_pearson
from counterseal.stats.result import Result

CONFIDENCE = Fraction(19, 20)
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
STEPS = 16
"""In so many equal steps of the horizon the chance of detection within a delay is given."""
_NORMAL = 1.959963984540054
_ROUNDING_D = 0.5 * HOUR_D


def summary(question: Question, sums: Sums | None, *, seed: int | None) -> Campaign:
    """Return the summary of a campaign.

    Args:
        question: What was asked.
        sums: What its runs gave; None where only the formula was asked.
        seed: Master seed of the runs.
    """
    steps_d = tuple(question.horizon_d * step / STEPS for step in range(1, STEPS + 1))
    known = exact(question, delays_d=steps_d)
    return _Summary(question, sums, known, seed).campaign(steps_d)


class _Summary:
    """One campaign with its sums and its exact figures."""

    def __init__(self, question: Question, sums: Sums | None, known: Exact | None, seed: int | None) -> None:
        self.question, self.sums, self.known, self.seed = question, sums, known, seed
        self.asked = {**question.document(), "runs": 0 if sums is None else sums.runs}
        self.granted = (*assumptions(question.exposure), *_granted(question))

    def campaign(self, steps_d: tuple[float, ...]) -> Campaign:
        exact_p, exact_d = self.exact_detection(), self.exact_delay()
        detection, delay = self.detection() or exact_p, self.delay() or exact_d
        missing = _nothing(self.asked, "no runs, and no formula for equally spaced visits spread by one lot")
        return Campaign(
            strategy=self.question.strategy.name,
            runs=0 if self.sums is None else self.sums.runs,
            detection=detection or missing,
            exact_detection=exact_p,
            errors_apart=self.errors_apart(),
            delay=delay or missing,
            exact_delay=exact_d,
            delay_quantiles_d=tuple((share, self.quantile_d(share)) for share in QUANTILES),
            by_delay=self.by_delay(steps_d),
            false_alarms=self.false_alarms(),
            cost=self.cost(),
            cost_played_pd=self.cost_played_pd(),
        )

    def detection(self) -> Result | None:
        """Return the estimate of the chance of detection, None without runs."""
        if self.sums is None:
            return None
        seen, runs = self.sums.detected, self.sums.runs
        interval = clopper_pearson(seen, trials=runs, confidence=CONFIDENCE)
        value = seen / runs
        return self._estimate(
            value,
            min(interval.low, value),
            max(interval.high, value),
            method="share of the runs that were seen, interval of Clopper and Pearson",
            ln_value=math.log(value) if seen else -math.inf,
            tol=0.0,
        )

    def exact_detection(self) -> Result | None:
        """Return the exact chance of detection, None where there is no formula."""
        if self.known is None:
            return None
        value, error = self.known.detection_p, self.known.error
        return Result(
            value=value,
            lower=max(0.0, value - error),
            upper=min(1.0, value + error),
            kind="exact" if error <= EXACT else "bound",
            method="law of the delay for each state of the techniques, start dates integrated out",
            exact=error <= EXACT,
            tol=max(error, 1e-9),
            ln_value=math.log(value) if value > 0.0 else -math.inf,
            inputs=self.asked,
            assumptions=self.granted,
        )

    def errors_apart(self) -> float | None:
        """Return by how many standard errors of the exact chance the estimate differs from it."""
        if self.sums is None or self.known is None:
            return None
        spread = self.known.detection_p * (1.0 - self.known.detection_p) / self.sums.runs
        off = self.sums.detected / self.sums.runs - self.known.detection_p
        return off / math.sqrt(spread) if spread > 0.0 else None

    def delay(self) -> Result | None:
        """Return the estimate of the mean delay of what was seen, None without runs."""
        if self.sums is None:
            return None
        seen = self.sums.detected
        if not seen:
            return _nothing(self.asked, f"none of {self.sums.runs} runs was seen: there is no delay")
        mean_d = self.sums.delay_h / seen * HOUR_D
        error_d = _standard_error(self.sums.delay_h, self.sums.delay_h2, seen) * HOUR_D
        return self._estimate(
            mean_d,
            max(0.0, mean_d - _NORMAL * error_d - _ROUNDING_D),
            mean_d + _NORMAL * error_d + _ROUNDING_D,
            method="mean delay [days] of the runs that were seen, interval from its standard error",
            tol=_ROUNDING_D,
        )

    def exact_delay(self) -> Result | None:
        """Return the exact mean delay, None where there is no formula."""
        if self.known is None:
            return None
        value = self.known.mean_delay_d
        if value is None:
            return _nothing(self.asked, "it is never seen: there is no delay")
        off_d = self.known.delay_error_d
        settled = off_d <= EXACT * self.question.horizon_d
        return Result(
            value=value,
            lower=max(0.0, value - off_d),
            upper=min(self.question.horizon_d, value + off_d),
            kind="exact" if settled else "bound",
            method="mean [days] of the law of the delay, of what is seen within the horizon",
            exact=settled,
            tol=1e-6 + off_d,
            inputs=self.asked,
            assumptions=self.granted,
        )

    def quantile_d(self, share: float) -> float | None:
        """Return the delay within which a share of what was seen was seen, from the histogram [days]."""
        if self.sums is None or not self.sums.detected:
            return None
        at_once, *steps = self.sums.delays
        edges, wanted, below = bin_edges_d(self.question.horizon_d), share * self.sums.detected, at_once
        if wanted <= at_once:
            return 0.0
        for place, number in enumerate(steps):
            if number and below + number >= wanted:
                part = (wanted - below) / number
                return edges[place] + part * (edges[place + 1] - edges[place])
            below += number
        return edges[-1]

    def by_delay(self, steps_d: tuple[float, ...]) -> tuple[tuple[float, float, float | None], ...]:
        """Return the chance of being seen within each delay, from runs and exactly."""
        exactly = [None] * STEPS if self.known is None else [chance for _, chance in self.known.by_delay]
        rows = []
        for place, delay_d in enumerate(steps_d):
            within: float | None = exactly[place]
            if self.sums is not None:
                end = 1 + BINS * (place + 1) // STEPS
                within = sum(self.sums.delays[:end]) / self.sums.runs
            rows.append((delay_d, 0.0 if within is None else within, exactly[place]))
        return tuple(rows)

    def false_alarms(self) -> Result:
        """Return the false alarms over the horizon: from runs where there are any, else expected ones."""
        if self.sums is None:
            expected = workload(self.question.regime).false_alarms_per_y * self.question.horizon_y
            return self._exactly(expected, "expected number of false alarms over the horizon")
        mean = self.sums.false_alarms / self.sums.runs
        error = _standard_error(self.sums.false_alarms, self.sums.false_alarms_2, self.sums.runs)
        return self._estimate(
            mean,
            max(0.0, mean - _NORMAL * error),
            mean + _NORMAL * error,
            method="mean number of false alarms over the horizon, interval from its standard error",
            tol=0.0,
        )

    def cost(self) -> Result:
        """Return the expected effort over the horizon [person-days]."""
        cost_pd = workload(self.question.regime).cost_pd_per_y * self.question.horizon_y
        return self._exactly(cost_pd, "expected effort over the horizon [person-days]")

    def cost_played_pd(self) -> float | None:
        """Return the mean effort of the visits that were played and their checks [person-days]."""
        if self.sums is None or self.question.level != "item":
            return None
        regime = self.question.regime
        visits = [visit for kind in self.question.kinds for visit, _ in regime.shares(kind)]
        each = [visit_load(regime, visit).cost_pd for visit in visits]
        played = math.fsum(number * one for number, one in zip(self.sums.visits, each, strict=True))
        return played / self.sums.runs

    def _estimate(
        self,
        value: float,
        lower: float,
        upper: float,
        *,
        method: str,
        tol: float,
        ln_value: float | None = None,
    ) -> Result:
        return Result(
            value=value,
            lower=lower,
            upper=upper,
            kind="estimate",
            method=method,
            exact=False,
            tol=tol,
            ln_value=ln_value,
            seed=self.seed,
            n_rep=None if self.sums is None else self.sums.runs,
            confidence=float(CONFIDENCE),
            inputs=self.asked,
            assumptions=self.granted,
        )

    def _exactly(self, value: float, method: str) -> Result:
        return Result(
            value=value,
            lower=value,
            upper=value,
            kind="exact",
            method=method,
            exact=True,
            inputs=self.asked,
            assumptions=("Every item is as declared, whatever the strategy does.",),
        )


def _nothing(asked: dict[str, Any], why: str) -> Result:
    return Result(
        value=None,
        lower=None,
        upper=None,
        kind="estimate",
        method="runs of a campaign",
        exact=False,
        inputs=asked,
        warnings=(why,),
    )


def _standard_error(total: int, squares: int, number: int) -> float:
    """Return the standard error of a mean, from whole-number sums without loss."""
    if number < 2:  # noqa: PLR2004 - one value has no scatter
        return math.inf if number == 1 else 0.0
    spread = Fraction(squares * number - total * total, number * number * (number - 1))
    return math.sqrt(spread)


def _granted(question: Question) -> tuple[str, ...]:
    """Return what a campaign takes for granted beside the chances themselves."""
    said = []
    if question.start == "random":
        said.append("The strategy begins at a random date of the horizon, whatever visits came before.")
    elif question.start == "first":
        said.append("The strategy begins on the first day of the horizon.")
    else:
        said.append(f"The strategy begins {question.start:g} days after the first day of the horizon.")
    if question.strategy.start != "free":
        said.append(
            "A host that picks its date by what it knows of visits does better: see the games of timing."
        )
    timing = question.regime.timing
    if timing == "random":
        said.append("The visits of each year come at random times of that year.")
    elif timing == "poisson":
        said.append("Visits come without memory at their yearly rate; a year may have more or fewer.")
    else:
        said.append("Visits come at equal distances; their phase is not known to the host.")
    if question.regime.resolution is not None:
        said.append("A delay ends with the alarm that is kept; the time of the second look comes on top.")
    return tuple(said)
