"""A regime: who is visited how often, what is checked there with which test, and what watches in between.

It is what an effort file describes and what every calculation of this room takes. A *visit* goes to one
site; visits of one *kind* share a quota, and each goes to one of the sites of its kind by lot. A *check*
draws items of one stratum without preference and puts each through all of its tests.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from counterseal.design.errors import DesignError
from counterseal.stats.items import (
    ItemTest,
    QuantMethod,
    Stratum,
    require_amount,
    require_chance,
    require_count,
)

Technique = ItemTest | QuantMethod
Allotment = Literal["independent", "systematic"]
"""How the visits of a kind are spread over its sites: by a lot for each, or one lot for the whole year."""
Timing = Literal["random", "poisson", "spaced"]
"""When visits come: the quota of each year at random times in it (``random``), at its rate without memory
(``poisson``), or at equal distances (``spaced``)."""

MAX_VISITS = 10_000
"""Most visits of a kind in a year."""
_ALMOST = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """What is done to items of one stratum on one visit.

    Attributes:
        stratum: Name of the stratum, which is at the visited site.
        with_: Names of the tests and methods that each drawn item goes through, at least one.
        n_items: How many items are drawn [items]; all of them where the stratum has fewer.
        accept: How many shown items pass without an alarm [items]: the acceptance number.
    """

    stratum: str
    with_: tuple[str, ...]
    n_items: int
    accept: int = 0

    def __post_init__(self) -> None:
        """Refuse a check with nothing, or of fewer than no items."""
        if not self.with_:
            raise DesignError(f"check of {self.stratum}: no test named in 'with', must be at least one")
        if len(set(self.with_)) != len(self.with_):
            raise DesignError(f"check of {self.stratum}: a test named twice in 'with'; each once")
        require_count(self.n_items, f"check of {self.stratum}, n_items")
        require_count(self.accept, f"check of {self.stratum}, accept")


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A kind of visit to one site.

    Attributes:
        site: Name of the site.
        fixed_cost_pd: Effort of one visit before anything is checked [person-days], 0 or more.
        max_per_year: Most visits of this kind to this site in a year; where nothing is said, its quota alone
            limits them.
        notice_d: Time between the announcement and the arrival [days], 0 or more.
        kind: The quota that it counts against.
        weight: Share of the kind's visits that goes to this site, relative to the others, above 0.
        burden_d: What one visit costs the host [person-days], 0 or more.
        intrusiveness: How deep one visit goes, on the scale that the parties agreed, 0 or more.
        checks: What is checked.
    """

    site: str
    fixed_cost_pd: float
    max_per_year: int = MAX_VISITS
    notice_d: float = 0.0
    kind: str = "visit"
    weight: float = 1.0
    burden_d: float = 0.0
    intrusiveness: float = 0.0
    checks: tuple[Check, ...] = ()

    def __post_init__(self) -> None:
        """Refuse negative costs, times and shares."""
        where = f"visit {self.kind} to {self.site}"
        require_amount(self.fixed_cost_pd, f"{where}, fixed_cost_pd")
        require_count(self.max_per_year, f"{where}, max_per_year", most=MAX_VISITS)
        require_amount(self.notice_d, f"{where}, notice_d")
        require_amount(self.weight, f"{where}, weight", above=0.0)
        require_amount(self.burden_d, f"{where}, burden_d")
        require_amount(self.intrusiveness, f"{where}, intrusiveness")


@dataclass(frozen=True, slots=True, kw_only=True)
class Monitor:
    """Equipment or another source that watches sites between visits.

    Attributes:
        name: How the effort file names it.
        sites: Names of the sites that it watches.
        detect_p: Chance that it shows the removal or the bringing in itself [0 to 1].
        rate_per_y: How often a year it shows what goes on at one of its sites [1/year], 0 or more.
        cost_pd_per_y: Effort [person-days a year].
        false_alarms_per_y: How often a year it shows something where there is nothing [1/year].
        common_mode_p: Chance that it shows nothing, whatever happens [0 to 1].
        intrusiveness: How deep it goes, on the scale that the parties agreed, 0 or more.
    """

    name: str
    sites: tuple[str, ...]
    detect_p: float = 0.0
    rate_per_y: float = 0.0
    cost_pd_per_y: float = 0.0
    false_alarms_per_y: float = 0.0
    common_mode_p: float = 0.0
    intrusiveness: float = 0.0

    def __post_init__(self) -> None:
        """Refuse a monitor of nothing, or with numbers out of range."""
        where = f"monitor {self.name}"
        if not self.sites:
            raise DesignError(f"{where}: watches no site, must watch at least one")
        require_chance(self.detect_p, f"{where}, detect_p")
        require_chance(self.common_mode_p, f"{where}, common_mode_p")
        require_amount(self.rate_per_y, f"{where}, rate_per_y")
        require_amount(self.cost_pd_per_y, f"{where}, cost_pd_per_y")
        require_amount(self.false_alarms_per_y, f"{where}, false_alarms_per_y")
        require_amount(self.intrusiveness, f"{where}, intrusiveness")


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """What is done about an alarm before anybody is asked to explain: a second look.

    Attributes:
        resolved_p: Chance that it clears a false alarm [0 to 1].
        kept_p: Chance that it keeps a true one [0 to 1].
        cost_pd: Effort [person-days].
        delay_d: Time [days].
    """

    resolved_p: float
    kept_p: float = 1.0
    cost_pd: float = 0.0
    delay_d: float = 0.0

    def __post_init__(self) -> None:
        """Refuse chances and amounts out of range."""
        require_chance(self.resolved_p, "resolution, resolved_p")
        require_chance(self.kept_p, "resolution, kept_p")
        require_amount(self.cost_pd, "resolution, cost_pd")
        require_amount(self.delay_d, "resolution, delay_d")


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """Effort that is there whatever is visited.

    Attributes:
        overhead_pd_per_y: Effort of the inspectorate itself [person-days a year], 0 or more.
    """

    overhead_pd_per_y: float = 0.0

    def __post_init__(self) -> None:
        """Refuse negative effort."""
        require_amount(self.overhead_pd_per_y, "costs, overhead_pd_per_y")


@dataclass(frozen=True, slots=True, kw_only=True)
class Regime:
    """What a treaty foresees, and how it would be used.

    Attributes:
        strata: What there is to check.
        site_of: Site of each stratum, by name.
        tests: Tests and methods, by which checks name them.
        visits: Kinds of visits to sites.
        quota_per_year: Visits a year of each kind.
        monitors: What watches in between.
        costs: Effort that is always there.
        false_alarm_budget: False alarms that the parties can bear [1/year]; None where they did not say.
        allotment: How the visits of a kind are spread over sites.
        timing: When visits come.
        resolution: What is done about an alarm; None where nothing is foreseen.
    """

    strata: tuple[Stratum, ...]
    site_of: Mapping[str, str]
    tests: tuple[Technique, ...]
    visits: tuple[Visit, ...]
    quota_per_year: Mapping[str, int]
    monitors: tuple[Monitor, ...] = ()
    costs: Costs = field(default_factory=Costs)
    false_alarm_budget: float | None = None
    allotment: Allotment = "independent"
    timing: Timing = "random"
    resolution: Resolution | None = None
    _by_name: Mapping[str, Stratum] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Refuse names that nothing has, names used twice, and quotas that the sites cannot take."""
        _require_once([one.name for one in self.strata], "stratum")
        _require_once([one.name for one in self.tests], "test or method")
        _require_once([one.name for one in self.monitors], "monitor")
        _require_once([f"{one.kind} to {one.site}" for one in self.visits], "visit")
        object.__setattr__(self, "_by_name", {one.name: one for one in self.strata})
        for stratum in self.strata:
            if stratum.name not in self.site_of:
                raise DesignError(f"stratum {stratum.name}: no site, must be at one")
        for visit in self.visits:
            self._require_visit(visit)
        for kind, number in self.quota_per_year.items():
            self._require_quota(kind, number)
        if self.false_alarm_budget is not None:
            require_amount(self.false_alarm_budget, "false_alarm_budget")

    def _require_visit(self, visit: Visit) -> None:
        where = f"visit {visit.kind} to {visit.site}"
        if visit.kind not in self.quota_per_year:
            raise DesignError(f"{where}: no quota named {visit.kind!r}, must be one of quota_per_year")
        for check in visit.checks:
            if check.stratum not in self.site_of:
                raise DesignError(f"{where}: checks stratum {check.stratum!r}, which is not described")
            if self.site_of[check.stratum] != visit.site:
                at = self.site_of[check.stratum]
                raise DesignError(f"{where}: checks stratum {check.stratum}, which is at {at}")
            for name in check.with_:
                self.technique(name)

    def _require_quota(self, kind: str, number: int) -> None:
        require_count(number, f"quota_per_year of {kind}", most=MAX_VISITS)
        shares = self.shares(kind)
        if number and not shares:
            raise DesignError(f"quota_per_year of {kind}: {number} visits and no site to go to")
        for visit, share in shares:
            most = float(number) if self.allotment == "independent" else number * share
            require_room(visit, most)

    def stratum(self, name: str) -> Stratum:
        """Return the stratum of that name.

        Raises:
            DesignError: there is none.
        """
        if name not in self._by_name:
            there = ", ".join(self._by_name)
            raise DesignError(f"stratum {name!r}: not described; there is {there}")
        return self._by_name[name]

    def technique(self, name: str) -> Technique:
        """Return the test or method of that name.

        Raises:
            DesignError: there is none.
        """
        for one in self.tests:
            if one.name == name:
                return one
        there = ", ".join(one.name for one in self.tests)
        raise DesignError(f"test or method {name!r}: not described; there is {there}")

    def shares(self, kind: str) -> tuple[tuple[Visit, float], ...]:
        """Return the visits of a kind, each with the chance that a visit of the kind goes there [0 to 1]."""
        of_kind = [one for one in self.visits if one.kind == kind]
        total = sum(one.weight for one in of_kind)
        return tuple((one, one.weight / total) for one in of_kind)

    @property
    def sites(self) -> tuple[str, ...]:
        """Names of all sites, in order of first mention."""
        return tuple(dict.fromkeys([*self.site_of.values(), *(one.site for one in self.visits)]))


def require_room(visit: Visit, most: float) -> None:
    """Require that a site may be visited as often as the lot may send a visit there.

    Args:
        visit: A kind of visit to one site.
        most: Most visits of the kind to the site that the lot gives [1/year].

    Raises:
        DesignError: ``max_per_year`` is less.
    """
    if most > visit.max_per_year + _ALMOST:
        raise DesignError(
            f"visit {visit.kind} to {visit.site}: up to {most:g} a year by lot, max_per_year says "
            f"{visit.max_per_year}; raise it, lower the quota, or allot systematically"
        )


def _require_once(names: list[str], what: str) -> None:
    twice = sorted(name for name, number in Counter(names).items() if number > 1)
    if twice:
        raise DesignError(f"{what} {twice[0]!r}: described twice; names must differ")
