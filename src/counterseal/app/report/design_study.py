"""Everything that the report of a regime says, worked out once from the effort file, and checked by anybody.

The JSON of a study holds the texts it was made from, so that a third party can run it again from that alone.
"""

import platform
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import metadata
from typing import Any

from counterseal import __version__
from counterseal.app.report.design_alarm_figures import alarms_figure, roc_figure
from counterseal.app.report.design_belief_figure import belief_figure
from counterseal.app.report.design_checks import CheckValue, check_values
from counterseal.app.report.design_choice_figures import deterrence_figure, tornado_figure
from counterseal.app.report.design_context import Context, Drawn, LeftOut, plain
from counterseal.app.report.design_pace_figures import pace_figures
from counterseal.app.report.design_plan_figure import frontier_figure
from counterseal.app.report.design_power_figures import defect_figure, effort_figure, size_figure
from counterseal.app.report.design_sensitivity_run import Sensitive, sensitive
from counterseal.app.report.design_source import EffortSource, source_of
from counterseal.app.report.design_sweep import Change, changes, sweep
from counterseal.app.report.design_time_figures import delay_figure, race_figure
from counterseal.design.effort import Effort
from counterseal.design.effort_check import EffortCheck, check_effort
from counterseal.design.power import Power, power
from counterseal.errors import RefusedInputError

FORMAT = "counterseal.design-report/1"
_LIBRARIES = ("numpy", "scipy", "matplotlib", "jinja2", "PyYAML")
_CLOSE, _TINY = 1e-9, 1e-12


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    """Everything that the report says.

    Attributes:
        source: The texts that everything is made from.
        effort: What they say.
        seed: Seed of every estimate.
        check: What the file leaves open.
        power: What the regime would see.
        changes: What single changes would bring.
        sensitive: What uncertain inputs do; None where the file names none.
        figures: Those that are drawn, in the order of the report.
        left_out: Those that there is nothing to draw of, and why.
        checks: Published numbers, worked out again.
        made_with: Versions of the program and of what it uses.
    """

    source: EffortSource
    effort: Effort
    seed: int
    check: EffortCheck
    power: Power
    changes: tuple[Change, ...]
    sensitive: Sensitive | None
    figures: tuple[Drawn, ...]
    left_out: tuple[LeftOut, ...]
    checks: tuple[CheckValue, ...]
    made_with: Mapping[str, str]

    def figure(self, name: str) -> Drawn | None:
        """Return the figure of that name; None where it was left out."""
        return next((one for one in self.figures if one.name == name), None)

    def document(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {
            "format": FORMAT,
            "effort": self.source.document(),
            "effort_sha256": self.effort.sha256,
            "seed": self.seed,
            "made_with": dict(self.made_with),
            "power": plain(self.power.document()),
            "changes": plain(self.changes),
            "figures": [one.document() for one in self.figures],
            "left_out": [one.document() for one in self.left_out],
            "checks": [one.document() for one in self.checks],
        }


def study_of(source: EffortSource, *, seed: int) -> Study:
    """Return everything that the report of an effort file says.

    Args:
        source: The effort file.
        seed: Seed of every estimate.

    Raises:
        RefusedInputError: the file does not hold together.
    """
    effort = source.effort()
    told = power(effort.regime, effort.strategies, horizon_years=effort.horizon_years, goal_p=effort.goal_p)
    context = Context(source=source, effort=effort, power=told, seed=seed)
    swept, inputs = sweep(context), sensitive(context)
    drawn = (
        effort_figure(context, swept),
        size_figure(context),
        delay_figure(context),
        defect_figure(context),
        race_figure(context),
        deterrence_figure(context, swept),
        belief_figure(context),
        roc_figure(context),
        alarms_figure(context),
        tornado_figure(inputs),
        frontier_figure(context),
        *pace_figures(context),
    )
    return Study(
        source=source,
        effort=effort,
        seed=seed,
        check=check_effort(effort),
        power=told,
        changes=changes(context),
        sensitive=inputs,
        figures=tuple(one for one in drawn if isinstance(one, Drawn)),
        left_out=tuple(one for one in drawn if isinstance(one, LeftOut)),
        checks=check_values(),
        made_with=_made_with(),
    )


def _made_with() -> dict[str, str]:
    return {
        "counterseal": __version__,
        "python": platform.python_version(),
        **{name: metadata.version(name) for name in _LIBRARIES},
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """A part of a report, run again.

    Attributes:
        name: Which part.
        differs: Where it differs first, and how; None where it is the same.
    """

    name: str
    differs: str | None


def run_again(given: Any) -> tuple[Study, tuple[Again, ...]]:
    """Return a study made anew from the JSON of one, and which of its parts came out the same.

    Args:
        given: The JSON of a report.

    Raises:
        RefusedInputError: it is none, or its text does not hold together.
    """
    if not isinstance(given, dict) or given.get("format") != FORMAT:
        raise RefusedInputError(f"not a report of a regime as JSON: 'format' must be {FORMAT!r}")
    seed = given.get("seed")
    if isinstance(seed, bool) or not isinstance(seed, int):
        raise RefusedInputError(f"seed: found {seed!r}, must be a whole number")
    then = {one["name"]: one for one in listed(given, "figures")}
    study = study_of(source_of(given.get("effort", {})), seed=seed)
    made = study.document()
    now = {one["name"]: one for one in made["figures"]}
    parts = [(name, given.get(name), made[name]) for name in ("power", "changes", "left_out", "checks")]
    parts += [(f"figure {name}", then.get(name), now.get(name)) for name in dict.fromkeys([*then, *now])]
    return study, tuple(Again(name=name, differs=difference(was, is_)) for name, was, is_ in parts)


def listed(held: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    """Return a list of named things of a JSON report.

    Raises:
        RefusedInputError: it is none.
    """
    found = held.get(name)
    if not isinstance(found, list) or not all(isinstance(one, dict) and "name" in one for one in found):
        raise RefusedInputError(f"{name}: must be a list of things with a name")
    return found


def difference(was: Any, now: Any, where: str = "") -> str | None:
    """Return where two JSON values differ first; figures may differ by what another machine rounds.

    Examples:
        >>> difference({"a": [1.0, 2.0]}, {"a": [1.0, 2.5]})
        'a[1]: was 2.0, is 2.5'
        >>> difference([0.1 + 0.2], [0.3]) is None
        True
    """
    if isinstance(was, dict) and isinstance(now, dict):
        pairs = [
            (f"{where}.{key}" if where else str(key), was.get(key), now.get(key)) for key in {**was, **now}
        ]
    elif isinstance(was, list) and isinstance(now, list) and len(was) == len(now):
        pairs = [(f"{where}[{place}]", *both) for place, both in enumerate(zip(was, now, strict=True))]
    else:
        return None if _same(was, now) else f"{where}: was {_short(was)}, is {_short(now)}"
    return next((found for at, one, two in pairs if (found := difference(one, two, at))), None)


def _same(was: Any, now: Any) -> bool:
    if isinstance(was, float) or isinstance(now, float):
        if not all(isinstance(one, int | float) and not isinstance(one, bool) for one in (was, now)):
            return False
        return bool(abs(was - now) <= _TINY + _CLOSE * max(abs(was), abs(now)))
    return type(was) is type(now) and bool(was == now)


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…"  # noqa: PLR2004 - one line
