"""A block of runs: the numbers of its runs go in, whole-number sums come out.

Sums of whole numbers do not depend on the order in which they are added, and each run has a stream of its
own: however runs are cut into blocks, and wherever these are worked out, the sums are the same to the bit.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from counterseal.design.campaigns.question import BINS, Question
from counterseal.design.campaigns.seeds import stream_key
from counterseal.design.campaigns.tables import Tables, tables_of
from counterseal.design.errors import DesignError

MAX_BLOCK_RUNS = 2_000_000
"""Largest block [runs]: sums of squared delays of 200 years must fit 63 bits."""
HOUR_D = 1.0 / 24.0
_HEAD = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a worker needs to work out any block of a question.

    Attributes:
        tables: The question as arrays.
        key: Key of its streams.
        level: Engine.
    """

    tables: Tables
    key: tuple[int, int]
    level: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """What some runs gave, in whole numbers.

    Attributes:
        runs: How many runs.
        detected: How many of them were seen within the horizon.
        delay_h: Sum of their delays, each rounded to an hour [hours].
        delay_h2: Sum of the squares of these [hours squared].
        false_alarms: Alarms with nothing behind them, in all runs.
        false_alarms_2: Sum over runs of their squares.
        items: Items drawn one by one, in all runs (``item`` alone, else 0).
        visits: Visits played, by visit to its site (``item`` alone, else noughts).
        delays: Histogram of delays: those of 0, then equal steps from 0 to the horizon.
    """

    runs: int
    detected: int
    delay_h: int
    delay_h2: int
    false_alarms: int
    false_alarms_2: int
    items: int
    visits: tuple[int, ...]
    delays: tuple[int, ...]


def plan_of(question: Question, *, seed: int, study: str) -> Plan:
    """Return what a worker needs for any block of a question.

    Args:
        question: The question.
        seed: Master seed, 0 to 2**64 - 1.
        study: Digest of what is studied.

    Raises:
        DesignError: the seed is out of its range.
    """
    key = stream_key(seed, study=study, strategy=question.strategy.name, level=question.level)
    return Plan(tables=tables_of(question), key=key, level=question.level)


def run_block(plan: Plan, *, first: int, runs: int) -> Sums:
    """Play runs ``first`` to ``first + runs - 1`` and return what they gave.

    Args:
        plan: The question with its key.
        first: Number of the first run, from 0.
        runs: How many.

    Raises:
        DesignError: too many for a block, or none.
    """
    if first < 0 or not 1 <= runs <= MAX_BLOCK_RUNS:
        raise DesignError(f"block of {runs} runs from {first}: must be 1 to {MAX_BLOCK_RUNS}, from 0 on")
    counts = np.zeros(_HEAD + len(plan.tables.visit_share), np.int64)
    delays = np.zeros(1 + BINS, np.int64)
    key_0, key_1 = (np.uint64(word) for word in plan.key)
    if plan.level == "item":
        from counterseal.design.campaigns.item_kernel import run_items

        run_items(plan.tables, key_0, key_1, first, runs, counts, delays)
    elif plan.level == "law":
        from counterseal.design.campaigns.law_kernel import run_law

        run_law(plan.tables, key_0, key_1, first, runs, counts, delays)
    else:
        from counterseal.design.campaigns.event_kernel import run_events

        run_events(plan.tables, key_0, key_1, first, runs, counts, delays)
    head: list[int] = counts.tolist()
    return Sums(
        runs=runs,
        detected=head[0],
        delay_h=head[1],
        delay_h2=head[2],
        false_alarms=head[3],
        false_alarms_2=head[4],
        items=head[5],
        visits=tuple(head[_HEAD:]),
        delays=tuple(delays.tolist()),
    )


def added(blocks: Iterable[Sums]) -> Sums:
    """Return the sums of some blocks together, whatever their order.

    Raises:
        DesignError: there is none.
    """
    given = list(blocks)
    if not given:
        raise DesignError("sums of blocks: no block, must be at least one")
    plain = ("runs", "detected", "delay_h", "delay_h2", "false_alarms", "false_alarms_2", "items")
    return Sums(
        **{name: sum(getattr(one, name) for one in given) for name in plain},
        visits=tuple(map(sum, zip(*(one.visits for one in given), strict=True))),
        delays=tuple(map(sum, zip(*(one.delays for one in given), strict=True))),
    )


def bin_edges_d(horizon_d: float) -> tuple[float, ...]:
    """Return the ends of the steps of the delay histogram [days]."""
    return tuple(horizon_d * step / BINS for step in range(BINS + 1))
