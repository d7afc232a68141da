"""What an effort file leaves open though it holds together: what nobody checks, uses or considers."""

from collections.abc import Iterator
from dataclasses import dataclass

from counterseal.design.effort import Effort
from counterseal.design.exposure import Exposure
from counterseal.design.power import assumptions
from counterseal.stats.items import ItemTest


@dataclass(frozen=True, slots=True, kw_only=True)
class EffortCheck:
    """What a reader must know of an effort file before using a figure that is made from it.

    Attributes:
        warnings: What is left open, a sentence each.
        assumptions: What chances of detection take for granted, a sentence each.
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
    said: dict[str, None] = {}
    for strategy in effort.strategies:
        said |= dict.fromkeys(assumptions(Exposure(regime=effort.regime, strategy=strategy)))
    return EffortCheck(
        warnings=tuple(_warnings(effort)), assumptions=tuple(said), not_considered=effort.not_considered
    )


def _warnings(effort: Effort) -> Iterator[str]:
    regime = effort.regime
    for strategy in effort.strategies:
        if not Exposure(regime=regime, strategy=strategy).telling():
            yield f"strategy {strategy.name}: nothing in this regime bears on it"
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
    used = {name for visit in regime.visits for check in visit.checks for name in check.with_}
    for technique in regime.tests:
        if technique.name not in used:
            yield f"test or method {technique.name}: no check uses it"
        elif isinstance(technique, ItemTest) and technique.detect_p == 1.0:
            yield f"test {technique.name}: said never to miss a false item"
    if not effort.not_considered:
        yield "not_considered is empty: no list of strategies is complete, so say what was left out"
