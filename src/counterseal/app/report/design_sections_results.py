"""The sections of a regime's report that hold its results, each beside its figures."""

from counterseal.app.report.design_blocks import Block, Grid, Text
from counterseal.app.report.design_pictures import Pictures
from counterseal.app.report.design_study import Study
from counterseal.app.report.design_words import KINDS, figure, interval, percent, years
from counterseal.design.regime_power import StrategyPower


def results(study: Study, pictures: Pictures) -> tuple[Block, ...]:
    """Return the chances of being seen, and their figures."""
    return (
        _chances(study),
        Text(text="What kind of figure each is: " + "; ".join(KINDS.values()) + "."),
        *pictures.take("effort"),
        *pictures.take("size"),
        *pictures.take("delay"),
        *pictures.take("defect"),
        *pictures.take("race"),
        *pictures.take("flow"),
        *pictures.take("done"),
    )


def _chances(study: Study) -> Grid:
    ordered = sorted(study.power.strategies, key=lambda one: one.per_year.value or 0.0)
    kinds = [kind for kind, _ in ordered[0].per_visit]
    horizon = years(study.effort.horizon_years)

    def row(one: StrategyPower) -> tuple[str, ...]:
        visits = (percent(result.value) for _, result in one.per_visit)
        return (
            one.strategy,
            *visits,
            percent(one.per_year.value),
            percent(one.life.value),
            interval(one.per_year),
        )

    return Grid(
        caption="Chance of being seen, the least first",
        columns=(
            "strategy",
            *(f"one {kind} visit" for kind in kinds),
            "a year",
            horizon,
            "kind and interval",
        ),
        rows=tuple(row(one) for one in ordered),
    ).first()


def weakest(study: Study, pictures: Pictures) -> tuple[Block, ...]:
    """Return the weakest link and what would raise it."""
    worst = study.power.worst_year
    had = worst.per_year.value or 0.0
    told = (
        f"The weakest link is {worst.strategy}: seen with {percent(had)} in a year. Each row below changes "
        "one thing alone and works everything out again."
    )
    rows = tuple(
        (
            one.text,
            figure(one.more_pd_per_y),
            percent(one.seen),
            f"{percent(one.worst)} ({one.worst_name})",
            figure(one.more_pd_per_y / (100.0 * (one.seen - had))) if one.seen > had else "–",
        )
        for one in study.changes
    )
    columns = (
        "change",
        "person-days a year more",
        f"{worst.strategy}, a year",
        "least of all, a year",
        "person-days for a percent",
    )
    caption = "What single changes would bring, the most for a person-day first"
    nothing = "No visit checks a stratum that this strategy touches: more of the same raises nothing."
    table: Block = Grid(caption=caption, columns=columns, rows=rows) if rows else Text(text=nothing)
    return (Text(text=told), table, *pictures.take("frontier"), *pictures.take("deterrence"))


def completeness(pictures: Pictures) -> tuple[Block, ...]:
    """Return what is held of items that nobody declared."""
    said = (
        Text(
            text="Everything above is about declared items. Sampling them says nothing about items that "
            "nobody declared; what bears on those is how much was produced, whether real items that were "
            "seen are all in the declaration, and whether a search found any.",
            boxed=True,
        ),
        Text(
            text="There is a hard limit: the bound from a balance grows with the uncertainty of what was "
            "produced, divided by what one item holds. Completeness to a handful of items cannot come from "
            "a balance alone."
        ),
    )
    return (*said, *pictures.take("belief"))


def alarms(study: Study, pictures: Pictures) -> tuple[Block, ...]:
    """Return false alarms and how they would be resolved."""
    resolution = study.effort.regime.resolution
    how = (
        "The effort file foresees no second look: every alarm is counted as it comes."
        if resolution is None
        else "An alarm is looked at a second time before anybody is asked to explain: that clears a false "
        f"one with {percent(resolution.resolved_p)} and keeps a true one with {percent(resolution.kept_p)}, "
        f"for {figure(resolution.cost_pd)} person-days and {figure(resolution.delay_d)} days."
    )
    return (
        Text(text="An alarm is not a finding, and no alarm says what happened."),
        Text(text=how),
        *pictures.take("alarms"),
        *pictures.take("roc"),
    )
