"""What a protocol can tell of an item: bits by answer and in all, and what adapted thresholds would tell."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from counterseal.barrier.budget import alphabet, millibits_of
from counterseal.barrier.protocol import Protocol
from counterseal.terms.outcomes import MeasurementOutcome

_TURNS = 2_000
_SETTLED = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Disclosure:
    """What a protocol can disclose about one item.

    Attributes:
        answers: The answers that can leave the barrier.
        millibits: What one answer is counted as [thousandths of a bit, rounded up].
        attempts: How many attempts on one item repeats and budget allow.
        budget_millibits: What may be disclosed in all [thousandths of a bit].
        told_bits: Mutual information of one answer and the kind of item, for simulated populations that are
            equally likely [bits].
        capacity_bits: The same, however likely each of them is taken to be: not more [bits].
    """

    answers: tuple[MeasurementOutcome, ...]
    millibits: int
    attempts: int
    budget_millibits: int
    told_bits: float
    capacity_bits: float

    @property
    def bound_bits(self) -> float:
        """What one answer cannot exceed whatever is asked of whatever item: log2 of the number of answers."""
        return math.log2(len(self.answers))

    @property
    def bound_in_all_bits(self) -> float:
        """What all allowed attempts on an item together cannot exceed [bits]."""
        return self.bound_bits * self.attempts

    def adapted(self) -> tuple[tuple[int, Fraction], ...]:
        """Return by number of questions the part of a figure's range that adapted thresholds would leave.

        If each threshold could follow from the answers before it, each question would halve what is left. The
        rule of one threshold set an item prevents it.
        """
        return tuple((questions, Fraction(1, 2**questions)) for questions in range(1, self.attempts + 1))


def disclosure(protocol: Protocol, shown: Sequence[Mapping[MeasurementOutcome, int]]) -> Disclosure:
    """Return what a protocol can disclose.

    Args:
        protocol: The protocol.
        shown: By simulated population, how often each answer left the barrier.
    """
    once, budget = millibits_of(protocol), protocol.answer.budget_millibits
    answers = alphabet(protocol)
    rows = [[counts.get(answer, 0) / sum(counts.values()) for answer in answers] for counts in shown]
    alike = [1.0 / len(rows)] * len(rows)
    return Disclosure(
        answers=answers,
        millibits=once,
        attempts=min(protocol.measuring.repeats, budget // once),
        budget_millibits=budget,
        told_bits=mutual_information_bits(rows, alike),
        capacity_bits=capacity_bits(rows),
    )


def mutual_information_bits(rows: Sequence[Sequence[float]], chances: Sequence[float]) -> float:
    """Return the mutual information of a kind and its answer [bits].

    Args:
        rows: By kind, the chance of each answer.
        chances: The chance of each kind.

    Examples:
        >>> mutual_information_bits([[1.0, 0.0], [0.0, 1.0]], [0.5, 0.5])
        1.0
    """
    mean = _mean(rows, chances)
    return max(math.fsum(p * _apart(row, mean) for row, p in zip(rows, chances, strict=True)), 0.0)


def capacity_bits(rows: Sequence[Sequence[float]]) -> float:
    """Return the largest mutual information over all chances of the kinds [bits].

    By the algorithm of Blahut and Arimoto (IEEE Transactions on Information Theory 18, 1972); what is
    returned is its upper bound when it has settled.
    """
    chances = [1.0 / len(rows)] * len(rows)
    for _ in range(_TURNS):
        mean = _mean(rows, chances)
        apart = [_apart(row, mean) for row in rows]
        if max(apart) - math.fsum(p * d for p, d in zip(chances, apart, strict=True)) < _SETTLED:
            break
        weights = [p * 2.0**d for p, d in zip(chances, apart, strict=True)]
        whole = math.fsum(weights)
        chances = [weight / whole for weight in weights]
    return max(*apart, 0.0)


def _mean(rows: Sequence[Sequence[float]], chances: Sequence[float]) -> list[float]:
    return [
        math.fsum(p * chance for p, chance in zip(chances, column, strict=True))
        for column in zip(*rows, strict=True)
    ]


def _apart(row: Sequence[float], mean: Sequence[float]) -> float:
    """Return the divergence of a row from the mean [bits]."""
    return math.fsum(p * math.log2(p / q) for p, q in zip(row, mean, strict=True) if p > 0)
