"""What an effort file leaves open though it holds together: what nobody checks, uses or considers."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from jsonschema import Draft202012Validator

from counterseal.design.effort import Effort, effort_schema
from counterseal.design.exposure import Exposure
from counterseal.design.regime_power import assumptions
from counterseal.design.states import MAX_COMMON, MAX_UNKNOWN
from counterseal.stats.items import ItemTest
from counterseal.treaty.document import Path

_NOTICE = "The notice given before a visit (notice_d) is kept in the file; no figure depends on it."


@dataclass(frozen=True, slots=True, kw_only=True)
class EffortCheck:
    """What a reader must know of an effort file before using a figure that is made from it.

    Attributes:
        warnings: What is left open, a sentence each.
        assumptions: What chances of detection take for granted, a sentence each, and what they leave aside.
        not_considered: What the file itself says was left out.
    """

    warnings: tuple[str, ...]
    assumptions: tuple[str, ...]
    not_considered: tuple[str, ...]


def check_effort(effort: Effort) -> EffortCheck:
    """Return what an effort file leaves open.

    Args:
        effort: A file that holds together.
    """
    exposures = tuple(Exposure(regime=effort.regime, strategy=one) for one in effort.strategies)
    said = dict.fromkeys(sentence for exposure in exposures for sentence in assumptions(exposure))
    if any("notice_d" in visit for visit in effort.data.get("visits", ())):
        said[_NOTICE] = None
    warnings = (_of_regime, _of_techniques, _of_treaty, _of_plan, _of_sensitivity)
    found = [warning for exposure in exposures for warning in _of_strategy(exposure)]
    found += [warning for part in warnings for warning in part(effort)]
    if not effort.not_considered:
        found.append("not_considered is empty: no list of strategies is complete, so say what was left out")
    return EffortCheck(warnings=tuple(found), assumptions=tuple(said), not_considered=effort.not_considered)


def _of_strategy(exposure: Exposure) -> Iterator[str]:
    name, telling = exposure.strategy.name, exposure.telling()
    if not telling:
        yield f"strategy {name}: nothing in this regime bears on it"
    common = len([one for one in telling if one.common_mode_p])
    unknown = len([one for one in telling if isinstance(one, ItemTest) and one.detect_beta])
    for number, most, field in (
        (common, MAX_COMMON, "common_mode_p above 0"),
        (unknown, MAX_UNKNOWN, "detect_beta"),
    ):
        if number > most:
            yield (
                f"strategy {name}: {number} techniques with {field} bear on it; its chance of detection "
                f"can be worked out with at most {most}"
            )


def _of_regime(effort: Effort) -> Iterator[str]:
    regime = effort.regime
    checked = {
        check.stratum
        for visit in regime.visits
        if regime.quota_per_year[visit.kind]
        for check in visit.checks
        if check.n_items
    }
    touched = {part.stratum for strategy in effort.strategies for part in strategy.parts}
    for stratum in regime.strata:
        if stratum.name not in checked:
            yield f"stratum {stratum.name}: no visit checks it"
        if stratum.name not in touched:
            yield f"stratum {stratum.name}: no strategy touches it"
    for visit in regime.visits:
        for check in visit.checks:
            there = regime.stratum(check.stratum).n_items
            if check.n_items > there:
                where = f"visit {visit.kind} to {visit.site}"
                yield (
                    f"{where}: draws {check.n_items} of {check.stratum}, which has {there}; all {there} are "
                    "counted"
                )


def _of_techniques(effort: Effort) -> Iterator[str]:
    regime = effort.regime
    used = {name for visit in regime.visits for check in visit.checks for name in check.with_}
    for technique in regime.tests:
        if technique.name not in used:
            yield f"test or method {technique.name}: no check uses it"
        elif isinstance(technique, ItemTest) and technique.detect_p == 1.0:
            yield f"test {technique.name}: said never to miss a false item"


def _of_treaty(effort: Effort) -> Iterator[str]:
    if effort.treaty and not any("from_treaty" in one for one in effort.data.get("quotas", ())):
        yield f"treaty {effort.treaty[0]}: no quota is read from it, so nobody looked whether it is there"


def _of_plan(effort: Effort) -> Iterator[str]:
    for place in effort.plan.places if effort.plan else ():
        quota, most = (
            effort.regime.quota_per_year.get(place.kind or ""),
            max(place.visits_per_year, default=0),
        )
        if quota is not None and most > quota:
            yield (
                f"plan, {place.kind} to {place.site}: offers {most} visits a year, more than the quota of "
                f"{quota}; that can never be chosen"
            )


def _of_sensitivity(effort: Effort) -> Iterator[str]:
    for one in effort.sensitivity:
        value = _at(effort.data, one.path)
        where = f"sensitivity, {one.input}"
        if not one.low <= value <= one.high:
            yield f"{where}: the file's own {value} is not in its range {one.low:g} to {one.high:g}"
        allowed = Draft202012Validator(_schema_at(one.path))
        for name, end in (("low", one.low), ("high", one.high)):
            if not allowed.is_valid(int(end) if end.is_integer() else end):
                yield f"{where}: {name} {end:g} is no value that the file could hold there"


def _at(value: Any, path: Path) -> Any:
    for step in path:
        value = value[step]
    return value


def _schema_at(path: Path) -> dict[str, Any]:
    schema = effort_schema()
    for step in path:
        schema = schema["items"] if isinstance(step, int) else schema["properties"][step]
    return schema
