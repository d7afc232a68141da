"""A question as arrays for the compiled loops; their names are those of the types of `regime.py`."""

import math
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from counterseal.design.campaigns.question import Question
from counterseal.design.regime import Monitor, Technique, Visit
from counterseal.design.workload import check_false_alarm
from counterseal.stats.items import ItemTest
from counterseal.stats.variables import flag_chance

_TIMINGS = {"random": 0, "poisson": 1, "spaced": 2}


class Tables(NamedTuple):
    """A question as arrays. Kinds of visits hold visits, these hold checks, these hold tests (slots)."""

    horizon_y: float
    start_y: float
    timing: int
    systematic: bool
    kept_p: float
    monitor_alarms_per_y: float
    kind_number: NDArray[np.int64]
    kind_visits: NDArray[np.int64]
    visit_share: NDArray[np.float64]
    visit_checks: NDArray[np.int64]
    visit_alarm_p: NDArray[np.float64]
    kind_alarm_p: NDArray[np.float64]
    check_items: NDArray[np.int64]
    check_drawn: NDArray[np.int64]
    check_false: NDArray[np.int64]
    check_accept: NDArray[np.int64]
    check_alarm_p: NDArray[np.float64]
    check_slots: NDArray[np.int64]
    slot_technique: NDArray[np.int64]
    slot_power: NDArray[np.float64]
    slot_alarm_p: NDArray[np.float64]
    technique_common_p: NDArray[np.float64]
    technique_beta: NDArray[np.float64]
    monitor_detect_p: NDArray[np.float64]
    monitor_rate_per_y: NDArray[np.float64]
    monitor_common_p: NDArray[np.float64]


def tables_of(question: Question) -> Tables:
    """Return a question as arrays."""
    return _Layout(question).tables()


class _Layout:
    """Arrays of a question, in the order of its kinds, visits, checks and tests."""

    def __init__(self, question: Question) -> None:
        self.question, self.regime, self.exposure = question, question.regime, question.exposure
        telling = self.exposure.telling()
        self.techniques = [one for one in telling if not isinstance(one, Monitor)]
        self.monitors = [one for one in telling if isinstance(one, Monitor)]
        shares = [self.regime.shares(kind) for kind in question.kinds]
        self.kind_sizes = [len(of_kind) for of_kind in shares]
        self.visits = [visit for of_kind in shares for visit, _ in of_kind]
        self.shares = [share for of_kind in shares for _, share in of_kind]
        self.checks = [check for visit in self.visits for check in visit.checks]

    def tables(self) -> Tables:
        regime, strata = self.regime, [self.regime.stratum(check.stratum) for check in self.checks]
        false_items, start_y = self.exposure.false_items, self.question.start_y
        kept_p = 1.0 if regime.resolution is None else regime.resolution.kept_p
        return Tables(
            horizon_y=self.question.horizon_y,
            start_y=-1.0 if start_y is None else start_y,
            timing=_TIMINGS[regime.timing],
            systematic=regime.allotment == "systematic" and regime.timing != "poisson",
            kept_p=kept_p,
            monitor_alarms_per_y=math.fsum(one.false_alarms_per_y for one in regime.monitors),
            kind_number=_wholes([regime.quota_per_year[kind] for kind in self.question.kinds]),
            kind_visits=_ends(self.kind_sizes),
            visit_share=_reals(self.shares),
            visit_checks=_ends([len(visit.checks) for visit in self.visits]),
            visit_alarm_p=_reals(alarm_p := [self._alarm_p(visit) for visit in self.visits]),
            kind_alarm_p=self._by_kind(alarm_p),
            check_items=_wholes([one.n_items for one in strata]),
            check_drawn=_wholes(
                [min(check.n_items, one.n_items) for check, one in zip(self.checks, strata, strict=True)]
            ),
            check_false=_wholes([false_items.get(check.stratum, 0) for check in self.checks]),
            check_accept=_wholes([check.accept for check in self.checks]),
            check_alarm_p=_reals([check_false_alarm(regime, check) for check in self.checks]),
            check_slots=_ends([len(check.with_) for check in self.checks]),
            **self._slots(),
            technique_common_p=_reals([one.common_mode_p for one in self.techniques]),
            technique_beta=np.array([_beta(one) for one in self.techniques], np.float64).reshape(-1, 2),
            monitor_detect_p=_reals([one.detect_p * kept_p for one in self.monitors]),
            monitor_rate_per_y=_reals([one.rate_per_y * kept_p for one in self.monitors]),
            monitor_common_p=_reals([one.common_mode_p for one in self.monitors]),
        )

    def _alarm_p(self, visit: Visit) -> float:
        """Return the chance that at least one check of a visit alarms for nothing."""
        return 1.0 - math.prod(1.0 - check_false_alarm(self.regime, check) for check in visit.checks)

    def _by_kind(self, of_visit: list[float]) -> NDArray[np.float64]:
        """Return a chance by visit as a chance by kind, each visit sent to its site by lot."""
        ends = _ends(self.kind_sizes).tolist()
        shared = [share * one for share, one in zip(self.shares, of_visit, strict=True)]
        return _reals([math.fsum(shared[first:end]) for first, end in pairwise(ends)])

    def _slots(self) -> dict[str, NDArray[Any]]:
        """Return technique, power and false alarm of each test of each check; -1 where no state bears."""
        places = {one.name: place for place, one in enumerate(self.techniques)}
        rows = []
        for check in self.checks:
            part = self.exposure.part(check.stratum)
            for name in check.with_:
                technique = self.regime.technique(name)
                power = 0.0 if part is None else _power(technique, part.defect_fraction)
                rows.append((places.get(name, -1), power, _alarm_p(technique)))
        return {
            "slot_technique": _wholes([row[0] for row in rows]),
            "slot_power": _reals([row[1] for row in rows]),
            "slot_alarm_p": _reals([row[2] for row in rows]),
        }


def _power(technique: Technique, defect_fraction: float) -> float:
    """Return the chance to show a false item; 0 where the state has it."""
    if isinstance(technique, ItemTest):
        return technique.detect_p or 0.0
    return flag_chance(technique, defect_fraction)


def _alarm_p(technique: Technique) -> float:
    return technique.false_alarm_p if isinstance(technique, ItemTest) else flag_chance(technique, 0.0)


def _beta(technique: Technique) -> tuple[float, float]:
    """Return the parameters of an unknown power, noughts where it is known."""
    return (technique.detect_beta or (0.0, 0.0)) if isinstance(technique, ItemTest) else (0.0, 0.0)


def _ends(sizes: list[int]) -> NDArray[np.int64]:
    """Return where each group begins, and where the last one ends."""
    return np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)


def _wholes(numbers: list[int]) -> NDArray[np.int64]:
    return np.array(numbers, np.int64)


def _reals(numbers: list[float]) -> NDArray[np.float64]:
    return np.array(numbers, np.float64)
