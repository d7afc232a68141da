"""What may be chosen at each place, written out: every option with what it takes and what it tells.

A plan takes one option at each place. Doing nothing is always among them. What a place cannot choose stays as
the regime has it (the *fixed part*): kinds of visits that no place names, and monitors that are no place.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
from numpy.typing import NDArray

from counterseal.design.effort_plan import MAX_OPTIONS, CheckChoice, Place
from counterseal.design.errors import DesignError
from counterseal.design.regime import Check, Monitor, Regime, Visit
from counterseal.design.workload import visit_load, workload

Reals = NDArray[np.float64]
FIGURES = (
    "cost_pd_per_y",
    "visits_per_y",
    "items_per_y",
    "burden_d_per_y",
    "intrusiveness_per_y",
    "released_bits_per_y",
    "false_alarms_per_y",
)
"""What is counted for each option, as in ``Workload``."""
COST = FIGURES.index("cost_pd_per_y")
NOTHING = "nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class RegimeOptions:
    """A regime of which parts may be chosen.

    Attributes:
        regime: What there is, and what is visited and watched where no place says otherwise. The quota of a
            kind is the most visits that the places of that kind may have together.
        places: Where something may be chosen, at least one.
    """

    regime: Regime
    places: tuple[Place, ...]

    def __post_init__(self) -> None:
        """Refuse no places, places twice, and places that the regime does not have."""
        if not self.places:
            raise DesignError("places: none; a plan chooses at one at least")
        names = [name_of(place) for place in self.places]
        for name in names:
            if names.count(name) > 1:
                raise DesignError(f"place {name}: given twice; each place once")
        for place in self.places:
            _require_place(self.regime, place)

    @property
    def kinds(self) -> tuple[str, ...]:
        """Kinds of visits that are chosen."""
        return tuple(dict.fromkeys(place.kind for place in self.places if place.kind is not None))

    @property
    def monitors(self) -> frozenset[str]:
        """Names of the monitors that are chosen."""
        return frozenset(place.monitor for place in self.places if place.monitor is not None)

    @property
    def fixed(self) -> Regime:
        """The regime with nothing chosen."""
        return replace(
            self.regime,
            visits=tuple(one for one in self.regime.visits if one.kind not in self.kinds),
            quota_per_year={k: n for k, n in self.regime.quota_per_year.items() if k not in self.kinds},
            monitors=tuple(one for one in self.regime.monitors if one.name not in self.monitors),
        )

    @property
    def left_out(self) -> tuple[str, ...]:
        """Visits of the regime that no plan makes, because another place has their kind."""
        chosen = {(place.site, place.kind) for place in self.places}
        return tuple(
            f"{one.kind} to {one.site}"
            for one in self.regime.visits
            if one.kind in self.kinds and (one.site, one.kind) not in chosen
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One thing that may be done at a place.

    Attributes:
        label: It in words.
        visits: Visits a year; 0 for nothing and for a monitor.
        items: Items drawn of each check of the place on one visit [items].
        monitor: Whether the monitor is there.
    """

    label: str
    visits: int = 0
    items: tuple[int, ...] = ()
    monitor: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PlaceOptions:
    """A place with everything that may be done there.

    Attributes:
        name: The place in words.
        place: Where it is.
        options: What may be done, nothing first.
        figures: What each takes and tells in a year, **shape** (options, figures), in the order of
            ``FIGURES``.
    """

    name: str
    place: Place
    options: tuple[Option, ...]
    figures: Reals


def name_of(place: Place) -> str:
    """Return a place in words: ``visit to site-1`` or ``monitor portal``."""
    return f"monitor {place.monitor}" if place.monitor is not None else f"{place.kind} to {place.site}"


def visit_of(regime: Regime, place: Place) -> Visit:
    """Return the visit of the regime that a place is about."""
    return next(one for one in regime.visits if (one.site, one.kind) == (place.site, place.kind))


def monitor_of(regime: Regime, place: Place) -> Monitor:
    """Return the monitor of the regime that a place is about."""
    return next(one for one in regime.monitors if one.name == place.monitor)


def _require_place(regime: Regime, place: Place) -> None:
    name = name_of(place)
    if place.monitor is not None:
        if place.monitor not in {one.name for one in regime.monitors}:
            raise DesignError(f"place {name}: the regime has no such monitor")
        return
    if (place.site, place.kind) not in {(one.site, one.kind) for one in regime.visits}:
        raise DesignError(f"place {name}: the regime has no such visit")
    most, wanted = visit_of(regime, place).max_per_year, max(place.visits_per_year, default=0)
    if wanted > most:
        raise DesignError(f"place {name}: {wanted} visits a year to choose from, max_per_year is {most}")
    if place.options > MAX_OPTIONS:
        raise DesignError(f"place {name}: {place.options} options, must be at most {MAX_OPTIONS}")
    for choice in place.checks:
        _require_choice(regime, name, place, choice)


def _require_choice(regime: Regime, name: str, place: Place, choice: CheckChoice) -> None:
    if regime.site_of.get(choice.stratum) != place.site:
        raise DesignError(f"place {name}: checks {choice.stratum!r}, which is no stratum of {place.site}")
    if not choice.n_items:
        raise DesignError(f"place {name}: no number of items to choose from for {choice.stratum}")
    for technique in choice.with_:
        regime.technique(technique)
    for number in choice.n_items:
        Check(stratum=choice.stratum, with_=choice.with_, n_items=number)


def chosen_visit(regime: Regime, place: Place, items: tuple[int, ...]) -> Visit:
    """Return the visit that a place makes with these numbers of items.

    It has a kind of its own, so that the number of visits to the site is what the plan says and no lot.
    """
    checks = tuple(
        Check(stratum=choice.stratum, with_=choice.with_, n_items=number)
        for choice, number in zip(place.checks, items, strict=True)
        if number
    )
    return replace(visit_of(regime, place), kind=name_of(place), weight=1.0, checks=checks)


def written_out(options: RegimeOptions) -> tuple[PlaceOptions, ...]:
    """Return every place with all of its options."""
    return tuple(_place(options.regime, place) for place in options.places)


def _place(regime: Regime, place: Place) -> PlaceOptions:
    found = [Option(label=NOTHING, items=(0,) * len(place.checks)), *_choices(place)]
    rows = [_figures(regime, place, option) for option in found]
    return PlaceOptions(name=name_of(place), place=place, options=tuple(found), figures=np.array(rows))


def _choices(place: Place) -> Iterator[Option]:
    if place.monitor is not None:
        yield Option(label="there", monitor=True)
        return
    for visits in sorted({number for number in place.visits_per_year if number}):
        for items in product(*(sorted(set(choice.n_items)) for choice in place.checks)):
            drawn = ", ".join(
                f"{number} of {choice.stratum} ({' and '.join(choice.with_)})"
                for choice, number in zip(place.checks, items, strict=True)
                if number
            )
            yield Option(label=f"{visits} visits a year, {drawn or 'no check'}", visits=visits, items=items)


def _figures(regime: Regime, place: Place, option: Option) -> tuple[float, ...]:
    alarm_pd = 0.0 if regime.resolution is None else regime.resolution.cost_pd
    if option.monitor:
        one = monitor_of(regime, place)
        alarms = one.false_alarms_per_y
        return (one.cost_pd_per_y + alarms * alarm_pd, 0.0, 0.0, 0.0, one.intrusiveness, 0.0, alarms)
    if not option.visits:
        return (0.0,) * len(FIGURES)
    visit = chosen_visit(regime, place, option.items)
    load, number = visit_load(regime, visit), option.visits
    return (
        number * (load.cost_pd + load.false_alarms * alarm_pd),
        float(number),
        number * load.items,
        number * visit.burden_d,
        number * visit.intrusiveness,
        number * load.released_bits,
        number * load.false_alarms,
    )


def fixed_figures(options: RegimeOptions) -> Reals:
    """Return what the fixed part takes and tells in a year, in the order of ``FIGURES``."""
    found = workload(options.fixed)
    return np.array([getattr(found, name) for name in FIGURES], dtype=np.float64)


def regime_of(options: RegimeOptions, places: tuple[PlaceOptions, ...], choice: tuple[int, ...]) -> Regime:
    """Return the regime that a plan stands for.

    Args:
        options: What may be chosen.
        places: The same written out.
        choice: Position of the option taken at each place.
    """
    fixed, regime = options.fixed, options.regime
    visits, quotas, monitors = list(fixed.visits), dict(fixed.quota_per_year), list(fixed.monitors)
    for one, position in zip(places, choice, strict=True):
        option = one.options[position]
        if option.monitor:
            monitors.append(monitor_of(regime, one.place))
        elif option.visits:
            visits.append(chosen_visit(regime, one.place, option.items))
            quotas[one.name] = option.visits
    return replace(fixed, visits=tuple(visits), quota_per_year=quotas, monitors=tuple(monitors))


def widest(options: RegimeOptions, places: tuple[PlaceOptions, ...]) -> Regime:
    """Return the regime in which every place does the most: every technique that a plan may use is in it."""
    return regime_of(options, places, tuple(len(one.options) - 1 for one in places))
