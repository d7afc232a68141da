"""Everything that the report of a regime says, worked out once from the effort file."""

import platform
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib import metadata
from typing import Any

from counterseal import __version__
from counterseal.app.report.design_alarm_figures import alarms_figure, roc_figure
from counterseal.app.report.design_belief_figure import belief_figure
from counterseal.app.report.design_checks import CheckValue, check_values
from counterseal.app.report.design_choice_figures import deterrence_figure, tornado_figure
from counterseal.app.report.design_context import Context, Drawn, LeftOut, plain
from counterseal.app.report.design_defect_figure import defect_figure
from counterseal.app.report.design_pace_figures import pace_figures
from counterseal.app.report.design_plan_figure import frontier_figure
from counterseal.app.report.design_power_figures import effort_figure, size_figure
from counterseal.app.report.design_race_figure import race_figure
from counterseal.app.report.design_sensitivity_run import Sensitive, sensitive
from counterseal.app.report.design_source import EffortSource
from counterseal.app.report.design_sweep import Change, Sweep, changes, sweep
from counterseal.app.report.design_time_figures import delay_figure
from counterseal.design.effort import Effort
from counterseal.design.effort_check import EffortCheck, check_effort
from counterseal.design.regime_power import Power, power

FORMAT = "counterseal.design-report/1"
_LIBRARIES = ("numpy", "scipy", "matplotlib", "jinja2", "PyYAML")
Begin = Callable[[str], None]
"""Is told what is worked out next."""


def nobody(_what: str) -> None:
    """Nobody looks."""


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


def study_of(source: EffortSource, *, seed: int, begin: Begin = nobody) -> Study:
    """Return everything that the report of an effort file says.

    Args:
        source: The effort file.
        seed: Seed of every estimate.
        begin: Told what is worked out next.

    Raises:
        RefusedInputError: the file does not hold together.
    """
    effort = source.effort()
    begin("chances of detection")
    told = power(effort.regime, effort.strategies, horizon_years=effort.horizon_years, goal_p=effort.goal_p)
    context = Context(source=source, effort=effort, power=told, seed=seed)
    begin("other numbers of visits")
    swept = sweep(context)
    begin("uncertain inputs")
    inputs = sensitive(context)
    drawn = tuple(_drawn(context, swept, inputs, begin))
    begin("single changes")
    changed = changes(context)
    begin("published numbers")
    return Study(
        source=source,
        effort=effort,
        seed=seed,
        check=check_effort(effort),
        power=told,
        changes=changed,
        sensitive=inputs,
        figures=tuple(one for one in drawn if isinstance(one, Drawn)),
        left_out=tuple(one for one in drawn if isinstance(one, LeftOut)),
        checks=check_values(),
        made_with=_made_with(),
    )


def _drawn(
    context: Context, swept: Sweep | None, inputs: Sensitive | None, begin: Begin
) -> Iterator[Drawn | LeftOut]:
    """Yield each figure, or why it is left out, in the order of the report."""
    figures: tuple[tuple[str, Callable[[], Drawn | LeftOut]], ...] = (
        ("effort", lambda: effort_figure(context, swept)),
        ("size", lambda: size_figure(context)),
        ("delay", lambda: delay_figure(context)),
        ("defect", lambda: defect_figure(context)),
        ("race", lambda: race_figure(context)),
        ("deterrence", lambda: deterrence_figure(context, swept)),
        ("belief", lambda: belief_figure(context)),
        ("roc", lambda: roc_figure(context)),
        ("alarms", lambda: alarms_figure(context)),
        ("tornado", lambda: tornado_figure(inputs)),
        ("frontier", lambda: frontier_figure(context)),
    )
    for name, draw in figures:
        begin(f"figure {name}")
        yield draw()
    begin("figures of pace")
    yield from pace_figures(context)


def _made_with() -> dict[str, str]:
    return {
        "counterseal": __version__,
        "python": platform.python_version(),
        **{name: metadata.version(name) for name in _LIBRARIES},
    }
