"""The operating curve of a protocol: its error rates by counting time, thresholds and systematic terms.

Every attempt is simulated from its own number, so it is the same whoever works it out and in whatever order.
Protocols of one counting time are asked about the same simulated data.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from counterseal.barrier.decide import judge
from counterseal.barrier.errors import BarrierError
from counterseal.barrier.operating_curve.assumed import assumptions
from counterseal.barrier.operating_curve.attempt import (
    generator_of,
    require_simulable,
    simulate_attempt,
)
from counterseal.barrier.operating_curve.disclosure import Disclosure, disclosure
from counterseal.barrier.operating_curve.items import CurveItems, Population
from counterseal.barrier.operating_curve.stated import StatedRate, stated_rates
from counterseal.barrier.operating_curve.sweep import Axis, Point
from counterseal.barrier.operating_curve.tally import Rate, Risk, Tally, risk
from counterseal.barrier.protocol import Protocol
from counterseal.terms.outcomes import MeasurementOutcome

MAX_RUNS = 1_000_000
BLOCK = 100
"""Attempts that are worked out in one go."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """All that is simulated.

    Attributes:
        protocol: The proposed protocol.
        items: On what.
        axes: Protocols beside it.
        seed: From which all chance follows.
        runs: Attempts for each population at each counting time.
    """

    protocol: Protocol
    items: CurveItems
    axes: tuple[Axis, ...]
    seed: int
    runs: int

    def __post_init__(self) -> None:
        """Refuse what cannot be simulated.

        Raises:
            BarrierError: says what is missing or out of range.
        """
        if not 1 <= self.runs <= MAX_RUNS:
            raise BarrierError(f"operating curve of {self.runs} runs: must be 1 to {MAX_RUNS}")
        require_simulable(self.items, self.protocol)

    @property
    def points(self) -> tuple[Point, ...]:
        """The proposed protocol, then those of the axes, in order."""
        proposed = Point(value=self.protocol.measuring.time_s, agreed=True, document=self.protocol.document)
        return (proposed, *(point for axis in self.axes for point in axis.points))


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Some attempts on one population for one counting time; `points` are numbers of points of the plan."""

    population: str
    points: tuple[int, ...]
    runs: range


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What a block came to: the tally of each of its points."""

    block: Block
    tallies: tuple[Tally, ...]


def blocks(plan: Plan) -> tuple[Block, ...]:
    """Return all attempts of a plan in blocks, each of which can be worked out on its own."""
    by_time: dict[Fraction, list[int]] = {}
    for number, point in enumerate(plan.points):
        by_time.setdefault(point.time_s, []).append(number)
    return tuple(
        Block(
            population=population.name, points=tuple(points), runs=range(first, min(first + BLOCK, plan.runs))
        )
        for points in by_time.values()
        for population in plan.items.populations
        for first in range(0, plan.runs, BLOCK)
    )


def work_out(plan: Plan, block: Block) -> Judged:
    """Return what the attempts of a block come to, by the code of the closed room."""
    points = [plan.points[number] for number in block.points]
    first = [next(at for at, other in enumerate(points) if other.document == one.document) for one in points]
    ready = {at: points[at].prepared() for at in sorted(set(first))}
    population = plan.items.population(block.population)
    outcomes: dict[int, list[MeasurementOutcome]] = {at: [] for at in ready}
    for run in block.runs:
        generator = generator_of(plan.seed, population=population.name, time_s=points[0].time_s, run=run)
        measured = simulate_attempt(
            generator, items=plan.items, population=population, protocol=ready[0].protocol
        )
        for at, protocol in ready.items():
            outcomes[at].append(judge(protocol, measured).outcome)
    return Judged(block=block, tallies=tuple(Tally.of(outcomes[at]) for at in first))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What one protocol comes to on one population.

    Attributes:
        population: Its name.
        tally: Attempts by outcome.
        whose: Whose risk it is.
        risk: How large that risk is.
    """

    population: str
    tally: Tally
    whose: Risk
    risk: Rate


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatingCurve:
    """The error rates of a protocol, and of those beside it.

    Attributes:
        plan: What was simulated.
        confidence: Confidence of all intervals.
        proposed: What the proposed protocol comes to, by population.
        axes: The same for each point of each axis.
        disclosure: What the proposed protocol can disclose.
        stated: What the proposed protocol states about wrong answers.
        assumed: What the risks rest on, in sentences.
    """

    plan: Plan
    confidence: Fraction
    proposed: tuple[Reading, ...]
    axes: tuple[tuple[Axis, tuple[tuple[Reading, ...], ...]], ...]
    disclosure: Disclosure
    stated: tuple[StatedRate, ...]
    assumed: tuple[str, ...]

    def worst(self, whose: Risk) -> Reading | None:
        """Return the population with the largest risk under the proposed protocol; None without one."""
        found = [reading for reading in self.proposed if reading.whose is whose]
        return max(found, key=lambda reading: reading.risk.count, default=None)


def operating_curve(plan: Plan, judged: Iterable[Judged], *, confidence: Fraction) -> OperatingCurve:
    """Return the curve of all judged blocks of a plan, which may come in any order."""
    tallies: dict[tuple[int, str], Tally] = {}
    for one in judged:
        for number, tally in zip(one.block.points, one.tallies, strict=True):
            key = (number, one.block.population)
            tallies[key] = tallies[key] + tally if key in tallies else tally
    rows = _readings(plan, tallies, confidence=confidence)
    proposed = next(rows)
    hides = not plan.protocol.answer.shows_no_decision
    return OperatingCurve(
        plan=plan,
        confidence=confidence,
        proposed=proposed,
        axes=tuple((axis, tuple(next(rows) for _ in axis.points)) for axis in plan.axes),
        disclosure=disclosure(
            plan.protocol, [reading.tally.shown(hides_no_decision=hides) for reading in proposed]
        ),
        stated=stated_rates(plan.protocol),
        assumed=assumptions(plan.protocol, plan.items),
    )


def _readings(
    plan: Plan, tallies: Mapping[tuple[int, str], Tally], *, confidence: Fraction
) -> Iterator[tuple[Reading, ...]]:
    """Yield the readings of each point of a plan."""
    for number, point in enumerate(plan.points):
        hides = point.document["answer"]["no_decision"] != "shown"
        yield tuple(
            _reading(
                population, tallies[number, population.name], hides_no_decision=hides, confidence=confidence
            )
            for population in plan.items.populations
        )


def _reading(
    population: Population, tally: Tally, *, hides_no_decision: bool, confidence: Fraction
) -> Reading:
    whose, found = risk(
        tally, genuine=population.genuine, hides_no_decision=hides_no_decision, confidence=confidence
    )
    return Reading(population=population.name, tally=tally, whose=whose, risk=found)
