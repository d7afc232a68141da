"""The sections of an effort file, each made into the type that it describes, or refused with its line."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from counterseal.design.errors import EffortError
from counterseal.design.regime import (
    Check,
    Costs,
    Monitor,
    Regime,
    Resolution,
    Technique,
    Visit,
    require_room,
)
from counterseal.design.strategy import Part, Strategy
from counterseal.errors import RefusedInputError
from counterseal.stats.items import ItemTest, QuantMethod, Stratum
from counterseal.treaty.document import Document, Path
from counterseal.treaty.pack import Pack

Made = TypeVar("Made")
PackOf = Callable[[str], Pack]
"""Finds the treaty pack that an effort file names."""
_SHOWN = 20
_NAMED = (
    (("sites",), ("name",), "site"),
    (("strata",), ("name",), "stratum"),
    (("tests", "methods"), ("name",), "test or method"),
    (("quotas",), ("kind",), "quota"),
    (("visits",), ("kind", "site"), "visit"),
    (("monitors",), ("name",), "monitor"),
    (("strategies",), ("name",), "strategy"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeliness:
    """How time is counted where timing is a game.

    Attributes:
        step_d: Length of one step [days], above 0.
        critical_time_d: Time after the start within which detection counts [days], above 0.
        period_d: Length of what is played [days], at least one step.
    """

    step_d: float
    critical_time_d: float
    period_d: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Utilities:
    """What the host stands to lose when seen, as a range: political, never fixed by the program.

    Attributes:
        loss_low: Least that it loses, in the unit of ``Strategy.gain``, above 0.
        loss_high: Most that it loses.
        false_alarm_cost: What a false alarm costs it, 0 or more.
    """

    loss_low: float
    loss_high: float
    false_alarm_cost: float = 0.0


def made(document: Document, path: Path, make: Callable[..., Made], **given: Any) -> Made:
    """Return what is made of the value at a path; where its type refuses it, file, line and field are added.

    Args:
        document: The effort file.
        path: Where the value stands.
        make: The type.
        **given: What it is made of.

    Raises:
        EffortError: the type refuses it.
    """
    try:
        return make(**given)
    except EffortError:
        raise
    except RefusedInputError as error:
        field = _field_of(document, path, str(error))
        raise EffortError(document.problem(*field, text=str(error))) from error


def _field_of(document: Document, path: Path, message: str) -> Path:
    """Return the place that a message is about: it begins ``test count, detect_p: …``."""
    value: Any = document.data
    for step in path:
        value = value[step] if not isinstance(value, dict) or step in value else {}
    for name in message.partition(":")[0].split(", "):
        if isinstance(value, dict) and name in value:
            value, path = value[name], (*path, name)
    return path


def numbers(entry: Mapping[str, Any], names: str) -> dict[str, float]:
    """Return those of the named members that are there, as numbers with a fraction."""
    return {name: float(entry[name]) for name in names.split() if name in entry}


def require_named(document: Document, path: Path, name: str, *, there: list[str], what: str) -> None:
    """Require that a name is one of those that the file describes.

    Raises:
        EffortError: it is not.
    """
    if name not in there:
        some = ", ".join(there[:_SHOWN]) or "none"
        text = f"found {name!r}, which is no {what} of this file; expected one of: {some}"
        raise EffortError(document.problem(*path, text=text))


def read_regime(document: Document, pack_of: PackOf) -> Regime:
    """Return the regime that an effort file describes.

    Raises:
        EffortError: it does not hold together.
    """
    data = document.data
    _require_names_once(document)
    _require_sites(document)
    strata, techniques = tuple(_strata(document)), tuple(_techniques(document))
    visits = tuple(_visits(document, techniques))
    quotas = _quotas(document, pack_of)
    _require_visits(document, visits, quotas)
    alarms = data.get("false_alarms", {})
    given = {
        "strata": strata,
        "site_of": {one["name"]: one["site"] for one in data["strata"]},
        "tests": techniques,
        "visits": visits,
        "quota_per_year": quotas,
        "monitors": tuple(_monitors(document)),
        "costs": made(document, ("costs",), Costs, **numbers(data.get("costs", {}), "overhead_pd_per_y")),
        "false_alarm_budget": numbers(alarms, "per_year_max").get("per_year_max"),
        "resolution": _resolution(document),
        **{name: data[name] for name in ("allotment", "timing") if name in data},
    }
    return made(document, ("visits",) if "visits" in data else (), Regime, **given)


def _require_names_once(document: Document) -> None:
    """Require that nothing of one sort is named twice: a name must mean one thing."""
    for sections, keys, what in _NAMED:
        first: dict[str, int] = {}
        for section in sections:
            for index, entry in enumerate(document.data.get(section, ())):
                name = " to ".join(entry[key] for key in keys)
                if name in first:
                    text = f"{what} {name!r} a second time, first on line {first[name]}"
                    raise EffortError(document.problem(section, index, keys[0], text=text))
                first[name] = document.line_of(section, index, keys[0])


def _require_sites(document: Document) -> None:
    data = document.data
    sites = [one["name"] for one in data["sites"]]
    for section in ("strata", "visits"):
        for index, entry in enumerate(data.get(section, ())):
            require_named(document, (section, index, "site"), entry["site"], there=sites, what="site")
    for index, entry in enumerate(data.get("monitors", ())):
        for position, site in enumerate(entry["sites"]):
            path = ("monitors", index, "sites", position)
            require_named(document, path, site, there=sites, what="site")


def _strata(document: Document) -> Iterator[Stratum]:
    for index, entry in enumerate(document.data["strata"]):
        given: dict[str, Any] = {
            "name": entry["name"],
            "n_items": entry["n_items"],
            **numbers(entry, "content_kg"),
        }
        if "items_by_size" in entry:
            sizes = entry["items_by_size"]
            given["items_by_size"] = tuple((float(one["content_kg"]), one["n_items"]) for one in sizes)
        yield made(document, ("strata", index), Stratum, **given)


def _techniques(document: Document) -> Iterator[Technique]:
    shared = "cost_pd common_mode_p released_bits"
    for index, entry in enumerate(document.data.get("tests", ())):
        given: dict[str, Any] = numbers(entry, f"detect_p false_alarm_p duration_d {shared}")
        if "detect_beta" in entry:
            first, second = entry["detect_beta"]
            given["detect_beta"] = (float(first), float(second))
        yield made(document, ("tests", index), ItemTest, name=entry["name"], **given)
    for index, entry in enumerate(document.data.get("methods", ())):
        given = numbers(entry, f"rel_random rel_systematic alarm_sigma {shared}")
        given |= {name: entry[name] for name in ("two_sided", "systematic_group") if name in entry}
        yield made(document, ("methods", index), QuantMethod, name=entry["name"], **given)


def _visits(document: Document, techniques: tuple[Technique, ...]) -> Iterator[Visit]:
    data = document.data
    strata = [one["name"] for one in data["strata"]]
    names = [one.name for one in techniques]
    kinds = [one["kind"] for one in data.get("quotas", ())]
    for index, entry in enumerate(data.get("visits", ())):
        path: Path = ("visits", index)
        require_named(document, (*path, "kind"), entry["kind"], there=kinds, what="quota")
        for position, check in enumerate(entry.get("checks", ())):
            at: Path = (*path, "checks", position)
            require_named(document, (*at, "stratum"), check["stratum"], there=strata, what="stratum")
            for place, name in enumerate(check["with"]):
                require_named(document, (*at, "with", place), name, there=names, what="test or method")
        checks = tuple(
            made(document, (*path, "checks", position), Check, **_check(check))
            for position, check in enumerate(entry.get("checks", ()))
        )
        given = numbers(entry, "fixed_cost_pd notice_d weight burden_d intrusiveness")
        named = {name: entry[name] for name in ("site", "kind", "max_per_year") if name in entry}
        yield made(document, path, Visit, **named, checks=checks, **given)


def _check(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "stratum": entry["stratum"],
        "with_": tuple(entry["with"]),
        "n_items": entry["n_items"],
        "accept": entry.get("accept", 0),
    }


def _require_visits(document: Document, visits: tuple[Visit, ...], quotas: Mapping[str, int]) -> None:
    """Require that a quota has somewhere to go, that a site has room for it, and what is checked there."""
    weights: dict[str, float] = {}
    for visit in visits:
        weights[visit.kind] = weights.get(visit.kind, 0.0) + visit.weight
    for index, (kind, number) in enumerate(quotas.items()):
        if number and kind not in weights:
            text = f"{number} visits a year and no site to go to; describe a visit of kind {kind!r}"
            raise EffortError(document.problem("quotas", index, text=text))
    site_of = {one["name"]: one["site"] for one in document.data["strata"]}
    by_lot = document.data.get("allotment") != "systematic"
    for index, visit in enumerate(visits):
        _require_there(document, index, visit, site_of)
        most = quotas[visit.kind] * (1.0 if by_lot else visit.weight / weights[visit.kind])
        made(document, ("visits", index, "max_per_year"), require_room, visit=visit, most=most)


def _require_there(document: Document, index: int, visit: Visit, site_of: Mapping[str, str]) -> None:
    for position, check in enumerate(visit.checks):
        if site_of[check.stratum] != visit.site:
            text = (
                f"checks stratum {check.stratum}, which is at {site_of[check.stratum]}, not at {visit.site}"
            )
            raise EffortError(document.problem("visits", index, "checks", position, "stratum", text=text))


def _quotas(document: Document, pack_of: PackOf) -> dict[str, int]:
    data = document.data
    quotas: dict[str, int] = {}
    for index, entry in enumerate(data.get("quotas", ())):
        path: Path = ("quotas", index)
        if ("per_year" in entry) == ("from_treaty" in entry):
            raise EffortError(document.problem(*path, text="give one of per_year and from_treaty"))
        quotas[entry["kind"]] = (
            entry["per_year"] if "per_year" in entry else _treaty_quota(document, index, pack_of)
        )
    return quotas


def _treaty_quota(document: Document, index: int, pack_of: PackOf) -> int:
    """Return a quota of the treaty pack on the day that the file names; outside its days there is none."""
    path: Path = ("quotas", index, "from_treaty")
    treaty, wanted = document.data.get("treaty"), document.data["quotas"][index]["from_treaty"]
    if treaty is None:
        text = "a quota of a treaty; the file must name the treaty under 'treaty'"
        raise EffortError(document.problem(*path, text=text))
    pack = made(document, ("treaty", "pack"), lambda: pack_of(treaty["pack"]))
    day = _day(document, treaty["on"])
    there = {quota.id: quota for quota in pack.quotas}
    if wanted not in there:
        text = f"pack {pack.id} has no quota {wanted!r}; it has {', '.join(there) or 'none'}"
        raise EffortError(document.problem(*path, text=text))
    last = pack.life.expires
    if day < there[wanted].window_start or (last is not None and day > last):
        text = f"quota {wanted} of pack {pack.id} does not hold on {day}: not applicable"
        raise EffortError(document.problem(*path, text=text))
    return there[wanted].value


def _day(document: Document, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        found = f"found {text!r}, which is no day of the calendar"
        raise EffortError(document.problem("treaty", "on", text=found)) from error


def _monitors(document: Document) -> Iterator[Monitor]:
    names = "detect_p rate_per_y cost_pd_per_y false_alarms_per_y common_mode_p intrusiveness"
    for index, entry in enumerate(document.data.get("monitors", ())):
        named = {"name": entry["name"], "sites": tuple(entry["sites"])}
        yield made(document, ("monitors", index), Monitor, **named, **numbers(entry, names))


def _resolution(document: Document) -> Resolution | None:
    entry = document.data.get("false_alarms", {}).get("resolution")
    if entry is None:
        return None
    path = ("false_alarms", "resolution")
    return made(document, path, Resolution, **numbers(entry, "resolved_p kept_p cost_pd delay_d"))


def read_strategies(document: Document, regime: Regime) -> Iterator[Strategy]:
    """Yield the strategies of an effort file, each held against the strata.

    Raises:
        EffortError: one does not fit the regime.
    """
    strata = [one.name for one in regime.strata]
    entries = document.data["strategies"]
    for index, entry in enumerate(entries):
        path: Path = ("strategies", index)
        parts = []
        for position, part in enumerate(entry["parts"]):
            at: Path = (*path, "parts", position)
            require_named(document, (*at, "stratum"), part["stratum"], there=strata, what="stratum")
            number = {"n_items": part["n_items"]} if "n_items" in part else {}
            given = numbers(part, "amount_kg defect_fraction")
            parts.append(made(document, at, Part, stratum=part["stratum"], **number, **given))
            made(document, at, parts[-1].false_items, stratum=regime.stratum(part["stratum"]))
        stages = tuple(float(one) for one in entry.get("rebuild_stages_d", ()))
        more = {name: entry[name] for name in ("start", "text") if name in entry}
        named = {"name": entry["name"], "parts": tuple(parts), "rebuild_stages_d": stages, **more}
        yield made(document, path, Strategy, **named, **numbers(entry, "gain"))


def read_timeliness(document: Document) -> Timeliness | None:
    """Return how time is counted in games of timing, None where the file does not say.

    Raises:
        EffortError: a period shorter than a step or than the critical time.
    """
    entry = document.data.get("timeliness")
    if entry is None:
        return None
    found = Timeliness(**numbers(entry, "step_d critical_time_d period_d"))
    for name in ("step_d", "critical_time_d"):
        if getattr(found, name) > found.period_d:
            text = f"found {getattr(found, name):g} days, longer than the period of {found.period_d:g}"
            raise EffortError(document.problem("timeliness", name, text=text))
    return found


def read_utilities(document: Document) -> Utilities | None:
    """Return what the host stands to lose, None where the file does not say.

    Raises:
        EffortError: the range is upside down.
    """
    entry = document.data.get("utilities")
    if entry is None:
        return None
    found = Utilities(**numbers(entry, "loss_low loss_high false_alarm_cost"))
    if found.loss_low > found.loss_high:
        text = f"found {found.loss_high:g}, below loss_low {found.loss_low:g}"
        raise EffortError(document.problem("utilities", "loss_high", text=text))
    return found
