"""What may be chosen under a budget, as an effort file describes it."""

from dataclasses import dataclass

from counterseal.design.effort_parts import numbers, require_named
from counterseal.design.errors import EffortError
from counterseal.design.regime import Regime
from counterseal.design.strategy import Strategy
from counterseal.treaty.document import Document, Path

MAX_OPTIONS = 2_000
"""Most options at one place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckChoice:
    """A check of which the number of items may be chosen.

    Attributes:
        stratum: Name of the stratum.
        with_: Names of the tests and methods that each drawn item goes through.
        n_items: Numbers of items to choose from [items].
    """

    stratum: str
    with_: tuple[str, ...]
    n_items: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A site where visits and checks may be chosen, or a monitor that may be there or not.

    Attributes:
        site: Name of the site; None for a monitor.
        kind: Kind of visit; None for a monitor.
        visits_per_year: Numbers of visits a year to choose from.
        checks: Checks to choose from.
        monitor: Name of the monitor; None for a site.
    """

    site: str | None = None
    kind: str | None = None
    visits_per_year: tuple[int, ...] = ()
    checks: tuple[CheckChoice, ...] = ()
    monitor: str | None = None

    @property
    def options(self) -> int:
        """How many options there are, doing nothing among them."""
        if self.monitor is not None:
            return 2
        number = len([one for one in self.visits_per_year if one])
        for check in self.checks:
            number *= len(check.n_items)
        return number + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanInput:
    """What may be chosen, and within which limits.

    Attributes:
        budget_pd_per_y: Effort to spend [person-days a year].
        frontier_pd_per_y: Budgets to compare [person-days a year]; none where nobody asked.
        places: Where something may be chosen.
        burden_d_per_y: Most that the host bears [person-days a year], None for no such limit.
        intrusiveness_per_y: Most intrusiveness in a year, on the parties' scale.
        released_bits_per_y: Most information released [bits a year].
        false_alarms_per_y: Most false alarms expected [1/year].
        prior: ``(strategy, weight)`` for the second view; none where nobody said.
    """

    budget_pd_per_y: float
    places: tuple[Place, ...]
    frontier_pd_per_y: tuple[float, ...] = ()
    burden_d_per_y: float | None = None
    intrusiveness_per_y: float | None = None
    released_bits_per_y: float | None = None
    false_alarms_per_y: float | None = None
    prior: tuple[tuple[str, float], ...] = ()


def read_plan(document: Document, *, regime: Regime, strategies: tuple[Strategy, ...]) -> PlanInput | None:
    """Return what may be chosen; None where the file has no plan.

    Args:
        document: The effort file.
        regime: What it describes.
        strategies: What it is held against.

    Raises:
        EffortError: a place, check or weight names nothing that the file describes, or a place has too many
            options.
    """
    entry = document.data.get("plan")
    if entry is None:
        return None
    names = [one.name for one in strategies]
    weights: dict[str, float] = {}
    for index, one in enumerate(entry.get("prior", ())):
        path = ("plan", "prior", index, "strategy")
        require_named(document, path, one["strategy"], there=names, what="strategy")
        if one["strategy"] in weights:
            text = f"weight of strategy {one['strategy']} a second time; each strategy once"
            raise EffortError(document.problem(*path, text=text))
        weights[one["strategy"]] = float(one["weight"])
    prior = tuple(weights.items())
    if prior and not sum(weight for _, weight in prior):
        raise EffortError(document.problem("plan", "prior", text="all weights are 0; one must be above"))
    limits = "burden_d_per_y intrusiveness_per_y released_bits_per_y false_alarms_per_y"
    return PlanInput(
        budget_pd_per_y=float(entry["budget_pd_per_y"]),
        places=tuple(_place(document, index, regime) for index in range(len(entry["places"]))),
        frontier_pd_per_y=tuple(sorted({float(one) for one in entry.get("frontier_pd_per_y", ())})),
        prior=prior,
        **numbers(entry.get("limits", {}), limits),
    )


def _place(document: Document, index: int, regime: Regime) -> Place:
    entry, path = document.data["plan"]["places"][index], ("plan", "places", index)
    if ("monitor" in entry) == ("site" in entry):
        raise EffortError(document.problem(*path, text="give one of site and monitor"))
    _require_new(document, index)
    if "monitor" in entry:
        there = [one.name for one in regime.monitors]
        require_named(document, (*path, "monitor"), entry["monitor"], there=there, what="monitor")
        for name in sorted(entry.keys() - {"monitor"}):
            text = "a monitor is there or it is not; only a site has this key"
            raise EffortError(document.problem(*path, name, text=text))
        return Place(monitor=entry["monitor"])
    missing = [name for name in ("kind", "visits_per_year", "checks") if name not in entry]
    if missing:
        raise EffortError(document.problem(*path, text=f"key {missing[0]!r} is missing; a site needs it"))
    visits = [one.kind for one in regime.visits if one.site == entry["site"]]
    require_named(document, (*path, "kind"), entry["kind"], there=visits, what=f"visit to {entry['site']}")
    checks = tuple(
        _choice(document, (*path, "checks", position), regime, site=entry["site"])
        for position in range(len(entry["checks"]))
    )
    place = Place(
        site=entry["site"],
        kind=entry["kind"],
        visits_per_year=tuple(sorted(entry["visits_per_year"])),
        checks=checks,
    )
    if place.options > MAX_OPTIONS:
        text = f"{place.options} options, must be at most {MAX_OPTIONS}; list fewer numbers"
        raise EffortError(document.problem(*path, text=text))
    return place


def _require_new(document: Document, index: int) -> None:
    places = document.data["plan"]["places"]
    same = ("site", "kind", "monitor")
    for earlier in range(index):
        if all(places[earlier].get(name) == places[index].get(name) for name in same):
            text = f"the same place as plan.places[{earlier}]; each place once"
            raise EffortError(document.problem("plan", "places", index, text=text))


def _choice(document: Document, path: Path, regime: Regime, *, site: str) -> CheckChoice:
    entry = document.data["plan"]["places"][path[2]]["checks"][path[4]]
    here = [name for name, at in regime.site_of.items() if at == site]
    require_named(document, (*path, "stratum"), entry["stratum"], there=here, what=f"stratum at {site}")
    names = [one.name for one in regime.tests]
    for position, name in enumerate(entry["with"]):
        require_named(document, (*path, "with", position), name, there=names, what="test or method")
    return CheckChoice(
        stratum=entry["stratum"], with_=tuple(entry["with"]), n_items=tuple(sorted(entry["n_items"]))
    )
