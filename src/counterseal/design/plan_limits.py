"""Limits of a plan: budget, burden, intrusiveness, information, false alarms, visits at least or at most.

A limit bounds a sum over the places of a plan, the fixed part of the regime included.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from counterseal.design.effort_plan import PlanInput
from counterseal.design.errors import DesignError
from counterseal.design.plan_options import (
    COST,
    FIGURES,
    PlaceOptions,
    Reals,
    RegimeOptions,
    fixed_figures,
)
from counterseal.stats.items import require_amount

BUDGET = "budget"
_SLACK = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A bound on what a plan takes or tells in a year.

    Attributes:
        figure: What is bounded, one of the figures of ``Workload``, such as ``burden_d_per_y``.
        most: The sum is at most this, in the figure's unit; None for no such bound.
        least: The sum is at least this; None for no such bound.
        sites: Sites whose places count; none for all places and the fixed part of the regime.
    """

    figure: str
    most: float | None = None
    least: float | None = None
    sites: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a figure that nothing counts, and a bound on nothing."""
        if self.figure not in FIGURES:
            raise DesignError(f"limit on {self.figure!r}: must be on one of {', '.join(FIGURES)}")
        if self.most is None and self.least is None:
            raise DesignError(f"limit on {self.figure}: give most or least")
        for name, value in (("most", self.most), ("least", self.least)):
            if value is not None:
                require_amount(value, f"limit on {self.figure}, {name}")

    @property
    def name(self) -> str:
        """The limit in words."""
        where = f" at {', '.join(self.sites)}" if self.sites else ""
        return f"{self.figure}{where}"


ExtraLimits = Mapping[str, float] | Sequence[Limit]
"""Limits beside the budget: ``{figure: most}``, or ``Limit``s."""
_STATED = ("burden_d_per_y", "intrusiveness_per_y", "released_bits_per_y", "false_alarms_per_y")


def stated_limits(plan: PlanInput) -> tuple[Limit, ...]:
    """Return the limits that an effort file states.

    Args:
        plan: Its section ``plan``.
    """
    stated = ((name, getattr(plan, name)) for name in _STATED)
    return tuple(Limit(figure=name, most=most) for name, most in stated if most is not None)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LimitRow:
    """A limit on shares of options.

    Attributes:
        name: In words.
        weights: What each option adds, **shape** (columns,).
        least: The sum is at least this, ``-inf`` for no such bound.
        most: The sum is at most this, ``inf`` for no such bound.
        fixed: What the fixed part of the regime adds to the figure beside.
    """

    name: str
    weights: Reals
    least: float = -np.inf
    most: float = np.inf
    fixed: float = 0.0

    def kept(self, total: float) -> bool:
        """Tell whether a sum keeps the limit, but for rounding."""
        slack = _SLACK * max(1.0, abs(total))
        return self.least - slack <= total <= self.most + slack

    @property
    def binding(self) -> bool:
        """Whether it bounds anything."""
        return bool(np.isfinite(self.least) or np.isfinite(self.most))


def as_limits(given: ExtraLimits | None) -> tuple[Limit, ...]:
    """Return limits as ``Limit``s.

    Raises:
        DesignError: a figure that nothing counts.
    """
    if given is None:
        return ()
    if isinstance(given, Mapping):
        return tuple(Limit(figure=figure, most=most) for figure, most in given.items())
    return tuple(given)


def limit_rows(
    options: RegimeOptions, places: tuple[PlaceOptions, ...], budget_pd: float, limits: tuple[Limit, ...]
) -> tuple[LimitRow, ...]:
    """Return budget, quotas and further limits as rows, the budget first.

    Args:
        options: What may be chosen.
        places: The same written out.
        budget_pd: Effort to spend in a year, the fixed part included [person-days].
        limits: Further limits.

    Raises:
        DesignError: no plan keeps one of them, or a limit names a site that no place is at.
    """
    require_amount(budget_pd, "budget_pd")
    fixed, columns = fixed_figures(options), np.concatenate([one.figures for one in places])
    budget = LimitRow(
        name=BUDGET, weights=columns[:, COST], most=budget_pd - float(fixed[COST]), fixed=float(fixed[COST])
    )
    rows = (budget, *(_quota(options, places, kind) for kind in options.kinds))
    rows += tuple(_row(places, one, fixed) for one in limits)
    for row in rows:
        _require_possible(row, places)
    return rows


def _quota(options: RegimeOptions, places: tuple[PlaceOptions, ...], kind: str) -> LimitRow:
    visits = FIGURES.index("visits_per_y")
    weights = np.concatenate([one.figures[:, visits] * (one.place.kind == kind) for one in places])
    return LimitRow(name=f"quota of {kind}", weights=weights, most=float(options.regime.quota_per_year[kind]))


def _row(places: tuple[PlaceOptions, ...], limit: Limit, fixed_all: Reals) -> LimitRow:
    figure = FIGURES.index(limit.figure)
    for site in limit.sites:
        if site not in {one.place.site for one in places}:
            raise DesignError(f"limit on {limit.name}: no place of the plan is at {site!r}")
    counts = [1.0 if not limit.sites else float(one.place.site in limit.sites) for one in places]
    weights = np.concatenate(
        [count * one.figures[:, figure] for count, one in zip(counts, places, strict=True)]
    )
    fixed = 0.0 if limit.sites else float(fixed_all[figure])
    least = -np.inf if limit.least is None else limit.least - fixed
    most = np.inf if limit.most is None else limit.most - fixed
    return LimitRow(name=limit.name, weights=weights, least=least, most=most, fixed=fixed)


def _require_possible(row: LimitRow, places: tuple[PlaceOptions, ...]) -> None:
    """Refuse a limit that no plan keeps, even alone."""
    starts = np.cumsum([0, *(len(one.options) for one in places)])[:-1]
    smallest = float(np.minimum.reduceat(row.weights, starts).sum())
    largest = float(np.maximum.reduceat(row.weights, starts).sum())
    if not row.kept(max(smallest, row.least)) or row.most < smallest - _SLACK * max(1.0, smallest):
        least, most = row.fixed + smallest, row.fixed + row.most
        raise DesignError(
            f"{row.name}: {most:g} a year, and what is there whatever is chosen takes {least:g}; no plan"
        )
    if row.least > largest + _SLACK * max(1.0, largest):
        least, most = row.fixed + row.least, row.fixed + largest
        raise DesignError(f"{row.name}: at least {least:g} a year, and the places give at most {most:g}")
