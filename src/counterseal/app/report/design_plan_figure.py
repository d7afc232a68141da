"""The figure of what effort buys: the best plan for each budget, and the best for the one that was named."""

from counterseal.app.plots.design_frontier import FrontierPicture, draw_frontier
from counterseal.app.report.design_blocks import Grid
from counterseal.app.report.design_context import Context, Drawn, LeftOut
from counterseal.app.report.design_words import NONE, figure, percent, share
from counterseal.design.cost_of_goal import goal_cost
from counterseal.design.frontiers import frontier, next_percents, not_dominated
from counterseal.design.plan_result import Design
from counterseal.errors import RefusedInputError
from counterseal.stats.result import Result

_FRONTIER = "What more effort buys, with the best plan for each budget"


def frontier_figure(context: Context) -> Drawn | LeftOut:
    """Return the plans that no cheaper one equals, and what the next percent costs."""
    plan = context.effort.plan
    if plan is None or len(plan.frontier_pd_per_y) < 2:  # noqa: PLR2004 - one budget is no frontier
        why = "The effort file names no budgets to compare ('plan.frontier_pd_per_y')."
        return LeftOut(name="frontier", title=_FRONTIER, why=why)
    try:
        found, goal = not_dominated(frontier(context.effort)), goal_cost(context.effort)
    except RefusedInputError as error:
        return LeftOut(name="frontier", title=_FRONTIER, why=f"No plan could be worked out: {error}")
    load, worst = context.power.workload, context.weakest.per_year.value or 0.0
    picture = FrontierPicture(
        cost_pd_per_y=tuple(one.workload.cost_pd_per_y for one in found),
        seen_p=tuple(one.worst.value or 0.0 for one in found),
        next_percent_pd=tuple(step.pd_per_percent for step in next_percents(found)),
        goal_p=context.effort.goal_p,
        as_described=(load.cost_pd_per_y, worst),
    )
    return Drawn(
        name="frontier",
        title=_FRONTIER,
        reading=f"{_reading(found, picture)}; {_goal_text(context, goal)}.",
        grid=_grid(found, picture),
        picture=picture,
        svg=draw_frontier(picture),
        results={"plans": [one.document() for one in found], "goal_cost": goal.document()},
    )


def _grid(found: list[Design], picture: FrontierPicture) -> Grid:
    after = [*(figure(step) for step in picture.next_percent_pd), NONE]
    return Grid(
        caption="Plans that no cheaper one equals; the numbers are those of the figure",
        columns=(
            "plan",
            "person-days a year",
            "least chance",
            "no plan passes",
            "next percent [person-days]",
            "what it does",
        ),
        rows=tuple(
            (
                f"{number}",
                figure(one.workload.cost_pd_per_y),
                percent(one.worst.value),
                percent(one.certificate.seen.upper),
                after[number - 1],
                "; ".join(
                    f"{chosen.place}: {chosen.option}" for chosen in one.plan if chosen.cost_pd_per_y > 0.0
                )
                or "nothing",
            )
            for number, one in enumerate(found, start=1)
        ),
        words=True,
    )


def _goal_text(context: Context, goal: Result) -> str:
    wanted = share(context.effort.goal_p)
    if goal.value is None:
        return f"{wanted} in a year is out of reach: {goal.warnings[0]}"
    mind = f" ({goal.warnings[0]})" if goal.warnings else ""
    return f"{wanted} takes {figure(goal.value)} person-days at least{mind}"


def _reading(found: list[Design], picture: FrontierPicture) -> str:
    """Return what a plan for the same effort would see."""
    cost, seen = picture.as_described
    as_dear = [one for one in found if one.workload.cost_pd_per_y <= cost * (1.0 + 1e-9)]
    now = f"For the {figure(cost)} person-days a year of the regime as described"
    better = max((one.worst.value or 0.0 for one in as_dear), default=0.0)
    return (
        f"{now} the best plan sees every strategy with {percent(better)} at least, instead of {percent(seen)}"
        if better > seen
        else f"{now} no plan that was compared sees more than {percent(seen)} in the worst case"
    )
