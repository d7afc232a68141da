"""Effort files side by side: where their inputs differ, and what each sees, takes and asks.

Drafts of one treaty, or the stages of disarmament (its contexts) as one effort file each.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from counterseal.design.cost_of_goal import goal_cost
from counterseal.design.effort import Effort
from counterseal.design.errors import DesignError
from counterseal.design.input_differences import Difference, differences
from counterseal.design.regime_power import Power, StrategyPower, power
from counterseal.stats.result import Result

_FEWEST = 2
_Over = Literal["per_year", "life"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A figure of each effort file.

    Attributes:
        name: The strategy or the figure.
        values: One for each file; None where it has none.
        unit: In which it is.
    """

    name: str
    values: tuple[float | None, ...]
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Effort files side by side, in the order given.

    Attributes:
        ids: Their ids.
        names: What each is called here: its id, or another name where ids are equal.
        titles: Their titles.
        contexts: The stage of disarmament of each, None where it does not say.
        treaty: Pack of the treaty that all name; None where they name none, or several.
        differences: Inputs that differ.
        year: Chance to see each strategy in a year.
        life: Chance over the treaty's life.
        workload: What each takes and asks in a year.
        worst_year: ``(strategy, chance in a year)`` of each file's worst strategy.
        worst: The same over the treaty's life.
        goal_costs: Effort of the cheapest plan with which each reaches its goal in a year; None where it says
            nothing of what may be chosen.
        demands: What each stage demands: a sentence for each file.
        powers: The figures with their assumptions, one for each file.
        warnings: What a reader must know before comparing.
    """

    ids: tuple[str, ...]
    names: tuple[str, ...]
    titles: tuple[str, ...]
    contexts: tuple[str | None, ...]
    treaty: str | None
    differences: tuple[Difference, ...]
    year: tuple[Row, ...]
    life: tuple[Row, ...]
    workload: tuple[Row, ...]
    worst_year: tuple[tuple[str, float], ...]
    worst: tuple[tuple[str, float], ...]
    goal_costs: tuple[Result | None, ...]
    demands: tuple[str, ...]
    powers: tuple[Power, ...]
    warnings: tuple[str, ...]

    def document(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {
            "ids": list(self.ids),
            "names": list(self.names),
            "titles": list(self.titles),
            "contexts": list(self.contexts),
            "treaty": self.treaty,
            "differences": [{"input": one.input, "values": list(one.values)} for one in self.differences],
            **{name: [_row(one) for one in getattr(self, name)] for name in ("year", "life", "workload")},
            "worst_year": [list(one) for one in self.worst_year],
            "worst": [list(one) for one in self.worst],
            "goal_costs": [None if one is None else one.document() for one in self.goal_costs],
            "demands": list(self.demands),
            "powers": [one.document() for one in self.powers],
            "warnings": list(self.warnings),
        }


def _row(row: Row) -> dict[str, Any]:
    return {"name": row.name, "values": list(row.values), "unit": row.unit}


_FIGURES = (
    ("cost_pd_per_y", "person-days a year"),
    ("visits_per_y", "visits a year"),
    ("items_per_y", "items a year"),
    ("burden_d_per_y", "person-days of the host a year"),
    ("intrusiveness_per_y", "on the parties' scale, a year"),
    ("released_bits_per_y", "bits a year"),
    ("false_alarms_per_y", "false alarms a year"),
    ("false_accusations_per_y", "false accusations a year"),
)


def compare(efforts: Sequence[Effort], *, names: Sequence[str] | None = None) -> Comparison:
    """Return effort files side by side.

    Args:
        efforts: Two at least.
        names: What each is called, all different; None for their ids, which then must differ.

    Raises:
        DesignError: fewer than two, or a name twice.
    """
    drafts = _drafts(efforts, tuple(one.id for one in efforts) if names is None else tuple(names))
    packs = {one.pack for one in drafts}
    loads = [one.told.workload for one in drafts]
    return Comparison(
        ids=tuple(one.id for one in efforts),
        names=tuple(one.name for one in drafts),
        titles=tuple(one.title for one in efforts),
        contexts=tuple(one.context for one in efforts),
        treaty=packs.pop() if len(packs) == 1 else None,
        differences=tuple(differences(efforts)),
        year=_chances(drafts, "per_year"),
        life=_chances(drafts, "life"),
        workload=tuple(
            Row(name=name, values=tuple(getattr(load, name) for load in loads), unit=unit)
            for name, unit in _FIGURES
        ),
        worst_year=tuple(one.worst("per_year") for one in drafts),
        worst=tuple(one.worst("life") for one in drafts),
        goal_costs=tuple(one.goal_cost for one in drafts),
        demands=tuple(one.demand(stage) for one, stage in zip(drafts, _stages(drafts), strict=True)),
        powers=tuple(one.told for one in drafts),
        warnings=tuple(_warnings(drafts)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Draft:
    """An effort file under the name that it has here, and what it would see.

    Attributes:
        name: What it is called.
        effort: What it says.
        told: What it would see.
        goal_cost: What reaching its goal in a year would take; None where nothing may be chosen.
    """

    name: str
    effort: Effort
    told: Power
    goal_cost: Result | None

    @property
    def pack(self) -> str | None:
        """Pack of the treaty that it names."""
        return None if self.effort.treaty is None else self.effort.treaty[0]

    def worst(self, over: _Over) -> tuple[str, float]:
        """Return the strategy that is seen least, with its chance."""
        least = self.told.worst_year if over == "per_year" else self.told.worst_life
        return least.strategy, _chance(least, over).value or 0.0

    def demand(self, stage: str) -> str:
        """Return what it takes and sees, in one sentence."""
        load, years = self.told.workload, self.effort.horizon_years
        taken = f"{load.cost_pd_per_y:.5g} person-days and {_counted(load.visits_per_y, 'visit')} a year"
        seen = (
            self._seen("per_year", "in a year"),
            self._seen("life", f"over {_counted(years, 'year')}"),
        )
        return f"{stage}: {taken}; its worst strategies are {', and '.join(seen)}{self._goal()}"

    def _goal(self) -> str:
        """Return what reaching the goal in a year would take, where something may be chosen."""
        if self.goal_cost is None:
            return ""
        if self.goal_cost.value is None:
            return f". In a year the goal is out of reach: {self.goal_cost.warnings[0]}"
        mind = f" ({self.goal_cost.warnings[0]})" if self.goal_cost.warnings else ""
        return (
            ". Of what may be chosen, the cheapest that reaches the goal in a year takes "
            f"{self.goal_cost.value:.5g} person-days{mind}"
        )

    def _seen(self, over: _Over, when: str) -> str:
        """Return a worst strategy with its chance, as it stands in the tables, and whether that is enough."""
        name, seen_p = self.worst(over)
        reached = "reaches" if seen_p >= self.effort.goal_p else "does not reach"
        return (
            f"{name}, seen with {100 * seen_p:.{_digits(seen_p, self.effort.goal_p)}f} % {when}, "
            f"which {reached} the goal of {100 * self.effort.goal_p:g} %"
        )


def _digits(seen_p: float, goal_p: float) -> int:
    """Return the digits with which a chance in percent lies on the side of the goal on which it is."""
    for digits in range(2, 12):
        if (round(100 * seen_p, digits) >= 100 * goal_p) == (seen_p >= goal_p):
            return digits
    return 12


def _counted(number: float, noun: str) -> str:
    return f"{number:g} {noun}{'' if number == 1 else 's'}"


def _drafts(efforts: Sequence[Effort], names: tuple[str, ...]) -> tuple[_Draft, ...]:
    if len(efforts) < _FEWEST:
        raise DesignError(f"compare: {len(efforts)} effort file, must be two at least")
    if len(names) != len(efforts) or len(set(names)) != len(names):
        raise DesignError(
            f"compare: {len(efforts)} effort files called {', '.join(names)}; must differ, one name each"
        )
    return tuple(
        _Draft(
            name=name,
            effort=one,
            told=power(one.regime, one.strategies, horizon_years=one.horizon_years, goal_p=one.goal_p),
            goal_cost=None if one.plan is None else goal_cost(one),
        )
        for name, one in zip(names, efforts, strict=True)
    )


def _stages(drafts: Sequence[_Draft]) -> tuple[str, ...]:
    """Return the stage of disarmament of each where that tells them apart, else their names."""
    contexts = tuple(one.effort.context or one.name for one in drafts)
    return contexts if len(set(contexts)) == len(drafts) else tuple(one.name for one in drafts)


def _chance(one: StrategyPower, over: _Over) -> Result:
    return one.per_year if over == "per_year" else one.life


def _chances(drafts: Sequence[_Draft], over: _Over) -> tuple[Row, ...]:
    found = [{one.strategy: _chance(one, over).value for one in draft.told.strategies} for draft in drafts]
    names = dict.fromkeys(name for chances in found for name in chances)
    return tuple(
        Row(name=name, values=tuple(chances.get(name) for chances in found), unit="chance") for name in names
    )


def _warnings(drafts: Sequence[_Draft]) -> Iterator[str]:
    efforts = [one.effort for one in drafts]
    if len({one.horizon_years for one in efforts}) > 1:
        years = ", ".join(str(one.horizon_years) for one in efforts)
        yield f"the lives differ ({years} years): chances over the treaty's life are over different times"
    names = [{one.name for one in effort.strategies} for effort in efforts]
    alone = sorted(names[0].union(*names[1:]) - names[0].intersection(*names[1:]))
    if alone:
        yield f"not held against every file: {', '.join(alone)}; worst cases are over different lists"
    same = sorted(names[0].intersection(*names[1:]))
    differ = [name for name in same if len({one.strategy(name).parts for one in efforts}) > 1]
    if differ:
        yield f"the same name, not the same strategy: {', '.join(differ)}"
    if len({one.pack for one in drafts}) > 1:
        yield "the files do not name one treaty: their quotas have different grounds"
