"""Effort files side by side: where their inputs differ, and what each sees, takes and asks.

Drafts of one treaty, or the stages of disarmament (its contexts) as one effort file each.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from counterseal.design.effort import Effort
from counterseal.design.errors import DesignError
from counterseal.design.power import Power, power

_NAMES = ("name", "kind", "stratum", "strategy", "monitor", "site", "input")
_FEWEST = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """An input in which effort files differ.

    Attributes:
        input: Its place, such as ``tests.neutron.detect_p``.
        values: What each file says, as text; None where it says nothing.
    """

    input: str
    values: tuple[str | None, ...]


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
        ids: Their names.
        contexts: The stage of disarmament of each, None where it does not say.
        treaty: Pack of the treaty that all name; None where they name none, or several.
        differences: Inputs that differ.
        year: Chance to see each strategy in a year.
        life: Chance over the treaty's life.
        workload: What each takes and asks in a year.
        worst: ``(strategy, chance over the treaty's life)`` of each file's worst strategy.
        demands: What each stage demands: a sentence for each file.
        powers: The figures with their assumptions, one for each file.
        warnings: What a reader must know before comparing.
    """

    ids: tuple[str, ...]
    contexts: tuple[str | None, ...]
    treaty: str | None
    differences: tuple[Difference, ...]
    year: tuple[Row, ...]
    life: tuple[Row, ...]
    workload: tuple[Row, ...]
    worst: tuple[tuple[str, float], ...]
    demands: tuple[str, ...]
    powers: tuple[Power, ...]
    warnings: tuple[str, ...]

    def document(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {
            "ids": list(self.ids),
            "contexts": list(self.contexts),
            "treaty": self.treaty,
            "differences": [{"input": one.input, "values": list(one.values)} for one in self.differences],
            **{name: [_row(one) for one in getattr(self, name)] for name in ("year", "life", "workload")},
            "worst": [list(one) for one in self.worst],
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


def compare(efforts: Sequence[Effort]) -> Comparison:
    """Return effort files side by side.

    Args:
        efforts: Two at least, with different ids.

    Raises:
        DesignError: fewer than two, or an id twice.
    """
    ids = tuple(one.id for one in efforts)
    if len(ids) < _FEWEST:
        raise DesignError(f"compare: {len(ids)} effort file, must be two at least")
    if len(set(ids)) != len(ids):
        raise DesignError(f"compare: ids {', '.join(ids)}; must differ")
    powers = tuple(
        power(one.regime, one.strategies, horizon_years=one.horizon_years, goal_p=one.goal_p)
        for one in efforts
    )
    packs = {None if one.treaty is None else one.treaty[0] for one in efforts}
    loads = [one.workload for one in powers]
    return Comparison(
        ids=ids,
        contexts=tuple(one.context for one in efforts),
        treaty=packs.pop() if len(packs) == 1 else None,
        differences=tuple(_differences(efforts)),
        year=_chances(powers, "per_year"),
        life=_chances(powers, "life"),
        workload=tuple(
            Row(name=name, values=tuple(getattr(load, name) for load in loads), unit=unit)
            for name, unit in _FIGURES
        ),
        worst=tuple((one.worst_life.strategy, one.worst_life.life.value or 0.0) for one in powers),
        demands=tuple(_demand(one, told) for one, told in zip(efforts, powers, strict=True)),
        powers=powers,
        warnings=tuple(_warnings(efforts)),
    )


def _chances(powers: Sequence[Power], over: str) -> tuple[Row, ...]:
    found = [{one.strategy: getattr(one, over).value for one in told.strategies} for told in powers]
    names = dict.fromkeys(name for chances in found for name in chances)
    return tuple(
        Row(name=name, values=tuple(chances.get(name) for chances in found), unit="chance") for name in names
    )


def _demand(effort: Effort, told: Power) -> str:
    load, worst = told.workload, told.worst_life
    stage = effort.context or effort.id
    reached = "reaches" if (worst.life.value or 0.0) >= effort.goal_p else "does not reach"
    return (
        f"{stage}: {load.cost_pd_per_y:g} person-days and {load.visits_per_y:g} visits a year; sees "
        f"{worst.strategy}, its worst strategy, with {worst.life.value or 0.0:.3f} over "
        f"{effort.horizon_years} years, which {reached} the goal of {effort.goal_p:g}"
    )


def _warnings(efforts: Sequence[Effort]) -> Iterator[str]:
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
    packs = {None if one.treaty is None else one.treaty[0] for one in efforts}
    if len(packs) > 1:
        yield "the files do not name one treaty: their quotas have different grounds"


def _differences(efforts: Sequence[Effort]) -> Iterator[Difference]:
    flat = [dict(_flat(one.data, "")) for one in efforts]
    for place in dict.fromkeys(place for one in flat for place in one):
        values = tuple(one.get(place) for one in flat)
        if len(set(values)) > 1 and place not in {"id", "title"}:
            yield Difference(input=place, values=values)


def _flat(value: Any, place: str) -> Iterator[tuple[str, str]]:
    """Yield every value with its place; entries of lists by their name where they have one."""
    if isinstance(value, dict):
        for key, one in value.items():
            yield from _flat(one, f"{place}.{key}" if place else str(key))
    elif isinstance(value, list) and any(isinstance(one, dict | list) for one in value):
        names = [_name(one, position) for position, one in enumerate(value)]
        if len(set(names)) != len(names):
            names = [str(position) for position in range(len(value))]
        for name, one in zip(names, value, strict=True):
            yield from _flat(one, f"{place}.{name}")
    elif isinstance(value, list):
        yield place, ", ".join(_text(one) for one in value)
    else:
        yield place, _text(value)


def _name(entry: Any, position: int) -> str:
    if isinstance(entry, dict):
        told = [str(entry[name]) for name in _NAMES if name in entry]
        if told:
            return " ".join(told)
    return str(position)


def _text(value: Any) -> str:
    """Return a value as text; 0.90 and 0.9 are the same number."""
    if isinstance(value, str | bool) or value is None:
        return str(value)
    return f"{float(value):.12g}"
