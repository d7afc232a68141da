"""What ``counterseal campaign`` shows: progress, status, and the table of estimates and exact values."""

import math
import shlex
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

from counterseal.app.campaigns.progress import Estimate
from counterseal.app.campaigns.progress import Progress as Standing
from counterseal.app.campaigns.setup import Setup
from counterseal.app.campaigns.status import Status
from counterseal.app.campaigns.summaries import Answers
from counterseal.app.cli.bundle_view import printable
from counterseal.design.campaigns.answer import Campaign
from counterseal.stats.result import Result

_MINUTE_S, _HOUR_S = 60, 3600
_SHOWN = 10
_IN_ALL = "in all, over the horizon, with nothing amiss"
_AS_PLAYED = "in all, over the horizon: visits and their checks alone"


def watch(standings: Iterable[Standing]) -> None:
    """Follow a campaign to its end, and show on standard error how far it is where somebody looks."""
    console = Console(stderr=True)
    if not console.is_terminal:
        deque(standings, maxlen=0)
        return
    columns = (BarColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=None)
        for now in standings:
            bar.update(task, completed=now.runs, total=now.runs_in_all, description=progress_text(now))


def progress_text(standing: Standing) -> str:
    """Return one line: runs, rate, time left, and the lowest estimate so far."""
    said = [f"{standing.runs:,} of {standing.runs_in_all:,} runs"]
    if standing.rate_per_s is not None:
        said.append(f"{_figures(standing.rate_per_s)} a second")
    if standing.left_s is not None:
        said.append(f"{_time(standing.left_s)} left")
    if standing.failed:
        said.append(f"{standing.failed} blocks failed")
    known = [one for one in standing.estimates if one.detection_p is not None]
    if known:
        said.append(estimate_text(min(known, key=lambda one: one.detection_p or 0.0)))
    return ", ".join(said)


def estimate_text(one: Estimate) -> str:
    """Return an estimate with its interval, in words."""
    if one.detection_p is None:
        return f"{one.strategy}: no run yet"
    return f"{one.strategy}: seen {one.detection_p:.4f} [{one.lower:.4f} to {one.upper:.4f}]"


def status_text(status: Status, *, folder: Path) -> str:
    """Return how a campaign stands, as lines."""
    now = status.progress
    lines = [f"{now.blocks} of {now.blocks_in_all} blocks stored, {now.runs:,} of {now.runs_in_all:,} runs"]
    if status.running:
        lines.append("a run is at work in this folder")
    lines += [f"torn: block {number}, to be repeated" for number in status.torn[:_SHOWN]]
    if status.failed:
        lines.append(failures_text(dict(status.failed), folder=folder))
    lines += [f"  {estimate_text(one)}" for one in now.estimates]
    if status.finished:
        lines.append(f"finished: {resume_text(folder, 'summarise')}")
    elif not status.running:
        lines.append(f"go on with: {resume_text(folder)}")
    return "\n".join(lines)


def failures_text(failures: Mapping[int, str], *, folder: Path) -> str:
    """Return which blocks failed and why, and the command that repeats them."""
    shown = sorted(failures)[:_SHOWN]
    lines = [f"failed: block {number}: {failures[number]}" for number in shown]
    if len(failures) > len(shown):
        lines.append(f"... and {len(failures) - len(shown)} more")
    return "\n".join([*(printable(one) for one in lines), f"repeat them with: {resume_text(folder)}"])


def resume_text(folder: Path, command: str = "resume") -> str:
    """Return the command that goes on in a folder, as a shell takes it."""
    return f"counterseal campaign {command} {printable(shlex.quote(str(folder)))}"


def missing_text(answered: Answers, *, folder: Path) -> str:
    """Return that blocks are missing, how many, and the command that works them out."""
    what = f"{answered.missing:,} of {answered.blocks_in_all:,} blocks missing"
    none = "" if answered.blocks else "no block is stored yet, "
    return f"NOT complete: {none}{what}; {resume_text(folder)}"


def summary_text(answered: Answers, *, setup: Setup) -> str:
    """Return estimates beside exact values, a few lines a strategy; those without a run yet are named."""
    asked = " asked" if answered.missing else ""
    lines = [
        f"{setup.runs:,} runs{asked} of each strategy, level {setup.level}, seed {setup.seed}, begun "
        + {"random": "at a random date", "first": "on the first day"}.get(
            str(setup.start), f"on day {setup.start}"
        )
        + f", horizon {setup.horizon_d:g} days",
        *_beside_power(setup),
    ]
    known = {one.strategy: one for one, _ in answered.given}
    for name in setup.strategies:
        lines += ["", name, *_strategy_lines(known.get(name), setup=setup)]
    if answered.missing:
        lines.append("")
    return "\n".join(lines)


def _beside_power(setup: Setup) -> Iterator[str]:
    """Yield why these chances are not those of ``design power``, where they are not."""
    if setup.start in {"first", 0.0}:
        return
    later = "here on average half of it is left" if setup.start == "random" else "here less of it is left"
    yield (
        "'counterseal design power' gives higher chances over the treaty's life: there a strategy begins "
        f"on its first day, {later}; --start first makes the two comparable."
    )


def _strategy_lines(one: Campaign | None, *, setup: Setup) -> Iterator[str]:
    """Yield what is known of a strategy, and from how many of its runs where that is not all of them."""
    if one is None:
        yield "  no run yet"
        return
    if one.runs < setup.runs:
        yield f"  {one.runs:,} of {setup.runs:,} runs"
    yield from _lines(one)


def _lines(one: Campaign) -> list[str]:
    lines = [f"  seen within the horizon   {_with_interval(one.detection, digits=6)}"]
    if one.exact_detection is None:
        lines.append("  exact                     no formula for such a regime")
    else:
        apart = "" if one.errors_apart is None else f", {abs(one.errors_apart):.2f} standard errors apart"
        lines.append(f"  exact                     {_value(one.exact_detection, digits=6)}{apart}")
    lines.append(f"  mean delay [days]         {_with_interval(one.delay, digits=1)}")
    if one.exact_delay is not None:
        lines.append(f"  exact                     {_value(one.exact_delay, digits=1)}")
    known = [(share, delay_d) for share, delay_d in one.delay_quantiles_d if delay_d is not None]
    if known:
        said = ", ".join(f"{share:.0%} {delay_d:.0f}" for share, delay_d in known)
        lines.append(f"  of those seen, by [days]  {said}")
    lines.append(f"  false alarms              {_with_interval(one.false_alarms, digits=3)} {_IN_ALL}")
    lines.append(f"  effort [person-days]      {_value(one.cost, digits=1)} {_IN_ALL}")
    if one.cost_played_pd is not None:
        lines.append(f"  as played [person-days]   {one.cost_played_pd:.1f} {_AS_PLAYED}")
    return lines


def _with_interval(result: Result, *, digits: int) -> str:
    if result.value is None or result.lower is None or result.upper is None:
        return _value(result, digits=digits)
    interval = f"[{result.lower:.{digits}f} to {result.upper:.{digits}f}]"
    return f"{result.value:.{digits}f} {interval}"


def _value(result: Result, *, digits: int) -> str:
    return f"none: {result.warnings[0]}" if result.value is None else f"{result.value:.{digits}f}"


def _figures(rate: float) -> str:
    return f"{rate:,.0f}" if rate >= 1.0 else f"{rate:.2g}"


def _time(time_s: float) -> str:
    if time_s < _MINUTE_S:
        return f"{math.ceil(time_s)} s"
    if time_s < _HOUR_S:
        return f"{math.ceil(time_s / _MINUTE_S)} min"
    return f"{time_s / _HOUR_S:.1f} h"
