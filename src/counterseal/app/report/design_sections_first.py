"""The first sections of a regime's report: the answer, the regime as understood, the strategies."""

from counterseal.app.report.design_blocks import Block, Bullets, Grid, Heading, Text
from counterseal.app.report.design_study import Study
from counterseal.app.report.design_words import count, figure, listed, percent, share, years
from counterseal.design.strategy import Part


def answer(study: Study) -> tuple[Block, ...]:
    """Return the question and the answer on one page."""
    effort, power, load = study.effort, study.power, study.power.workload
    worst, life = power.worst_year, power.worst_life
    horizon = years(effort.horizon_years)
    told = (
        "Under the regime as described and the assumptions of section 9, the strategy that is least likely "
        f"seen in a year is {worst.strategy}: with {percent(worst.per_year.value)} in a year"
    )
    told += (
        f" and {percent(worst.life.value)} in {horizon}."
        if life.strategy == worst.strategy
        else f". Over {horizon} it is {life.strategy}, with {percent(life.life.value)}."
    )
    return (
        Text(text=effort.question) if effort.question else Text(text="The effort file states no question."),
        Text(text=told, boxed=True),
        Text(text=_goal(study), boxed=True),
        Bullets(items=tuple(_points(study))),
        Grid(
            caption="On one page",
            columns=("", "in a year", f"in {horizon}"),
            rows=(
                ("least chance of being seen", percent(worst.per_year.value), percent(life.life.value)),
                ("wanted", share(effort.goal_p), share(effort.goal_p)),
                ("visits", f"{load.visits_per_y:g}", figure(load.visits_per_y * effort.horizon_years)),
                _spent("effort [person-days]", load.cost_pd_per_y, effort.horizon_years),
                _spent("host's burden [person-days]", load.burden_d_per_y, effort.horizon_years),
                _spent("false alarms expected", load.false_alarms_per_y, effort.horizon_years),
            ),
        ),
    )  # fmt: skip


def _spent(what: str, per_year: float, horizon_years: int) -> tuple[str, str, str]:
    return what, figure(per_year, 4), figure(per_year * horizon_years, 4)


def _goal(study: Study) -> str:
    effort, power = study.effort, study.power
    wanted, horizon = share(effort.goal_p), years(effort.horizon_years)
    year, life = power.worst_year.per_year.value or 0.0, power.worst_life.life.value or 0.0
    ceiling = min(power.strategies, key=lambda one: one.ceiling.value or 0.0)
    number = len(effort.strategies)
    of_all = (
        "of the one strategy considered" if number == 1 else f"of each of the {number} strategies considered"
    )
    if year >= effort.goal_p:
        return f"The {wanted} that the parties want is reached in a year {of_all}; nothing is said of others."
    if life >= effort.goal_p:
        return f"The {wanted} that the parties want is reached over {horizon}, not within a year, {of_all}."
    if (ceiling.ceiling.value or 0.0) < effort.goal_p:
        return (
            f"The {wanted} that the parties want is not reached in {horizon}, and no effort with these "
            f"techniques could reach it: of {ceiling.strategy} not more than "
            f"{percent(ceiling.ceiling.value)} can be seen."
        )
    return f"The {wanted} that the parties want is not reached, not even over {horizon}."


def _points(study: Study) -> list[str]:
    readings = ("size", "delay", "deterrence", "belief", "alarms")
    found = [drawn.reading for name in readings if (drawn := study.figure(name)) is not None]
    return [*found, "Checking declared items says nothing about undeclared ones; section 6 is about those."]


def regime(study: Study) -> tuple[Block, ...]:
    """Return treaty, declaration and regime as they were understood."""
    effort, regime, load = study.effort, study.effort.regime, study.power.workload
    weighed = any("content_kg" in one for one in effort.data["strata"])
    treaty = (
        f"Quotas were read from the treaty pack {effort.treaty[0]}, as of {effort.treaty[1]}."
        if effort.treaty
        else "No treaty pack was named; all numbers are those of the effort file."
    )
    timing = {
        "random": "at random times in each year",
        "poisson": "at random times, without memory",
        "spaced": "at equal distances",
    }[regime.timing]
    lots = {
        "independent": "each sent to a site of its kind by a lot of its own",
        "systematic": "spread over the sites of its kind by one lot a year",
    }[regime.allotment]
    kinds = listed(f"{number} {kind}" for kind, number in regime.quota_per_year.items())
    return (
        Text(text=treaty),
        Text(text=f"Visits a year: {kinds}; they come {timing}, {lots}."),
        Grid(
            caption="Strata",
            columns=("stratum", "site", "items", *(("each holds [kg]",) if weighed else ())),
            rows=tuple(
                (
                    one.name,
                    regime.site_of[one.name],
                    count(one.n_items),
                    *((figure(one.content_kg),) if weighed else ()),
                )
                for one in regime.strata
            ),
        ).first(),
        Grid(
            caption="Checks on a visit",
            columns=("visit", "site", "stratum", "items drawn", "tests of each"),
            rows=tuple(
                (visit.kind, visit.site, check.stratum, count(check.n_items), " and ".join(check.with_))
                for visit in regime.visits
                for check in visit.checks
            ),
            words=True,
        ).first(),
        Grid(
            caption="What a year takes, with nothing amiss",
            columns=("", "expected"),
            rows=(
                ("visits", f"{load.visits_per_y:g}"),
                ("items drawn", figure(load.items_per_y, 4)),
                ("effort [person-days]", figure(load.cost_pd_per_y, 4)),
                ("host's burden [person-days]", figure(load.burden_d_per_y, 4)),
                ("intrusiveness [agreed scale]", figure(load.intrusiveness_per_y, 4)),
                ("information released [bits]", figure(load.released_bits_per_y, 4)),
            ),
        ),
        Text(text=f"SHA-256 of what the effort file says: {effort.sha256}"),
        *_open(study),
    )


def _open(study: Study) -> tuple[Block, ...]:
    if not study.check.warnings:
        return ()
    return (Heading(text="Left open by the effort file"), Bullets(items=study.check.warnings))


def strategies(study: Study) -> tuple[Block, ...]:
    """Return strategies that were considered and those that were not."""
    effort = study.effort
    rows = tuple(
        (one.name, "; ".join(_part(part) for part in one.parts), one.text or "–") for one in effort.strategies
    )
    not_considered: Block = (
        Bullets(items=effort.not_considered)
        if effort.not_considered
        else Text(text="The effort file names nothing that was left out. No list is complete: read it so.")
    )
    return (
        Text(
            text="The regime is held against these strategies and no others. The least chance over them is "
            "reported, never their average: a host picks."
        ),
        Grid(
            caption="Considered", columns=("strategy", "what is done", "in words"), rows=rows, words=True
        ).first(),
        Heading(text="Not considered"),
        not_considered,
    )


def _part(part: Part) -> str:
    what = f"{part.amount_kg:g} kg" if part.n_items is None else f"{part.n_items:,} items"
    taken = part.defect_fraction
    return f"{what} in {part.stratum}" + ("" if taken == 1.0 else f", {share(taken)} of each")
