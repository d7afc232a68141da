"""The sections of a regime's report on what its answer hangs on, takes for granted, and would change with."""

from counterseal.app.report.design_blocks import Block, Bullets, Grid, Heading, Text
from counterseal.app.report.design_pictures import Pictures
from counterseal.app.report.design_study import Study
from counterseal.app.report.design_words import listed, percent, share, years


def sensitivity(study: Study, pictures: Pictures) -> tuple[Block, ...]:
    """Return what the answer hangs on."""
    told, blocks = study.sensitive, list(pictures.take("tornado"))
    if told is not None and told.least is not None and told.most is not None:
        low, high = told.least.figure.value, told.most.figure.value
        blocks.append(
            Text(
                text="If all these inputs may be anywhere in their ranges at once, the least chance in a "
                f"year lies between {percent(low)} and {percent(high)} (robust interval; every corner of "
                "the ranges was worked out, which is exact where the figure rises or falls with each input "
                "throughout).",
                boxed=True,
            )
        )
    if told is not None and told.refused:
        blocks.append(Bullets(items=tuple(f"Not worked out: {one}" for one in told.refused)))
    return (*blocks, *_by_party(study))


def _by_party(study: Study) -> tuple[Block, ...]:
    given = study.effort.completeness
    said = "Chances of detection are the same for every party: they are read from the same effort file."
    if given is None:
        return (Heading(text="By party"), Text(text=f"{said} No party stated what it holds beforehand."))
    return (
        Heading(text="By party"),
        Text(
            text=f"{said} What differs is what a party holds beforehand of undeclared items "
            f"({listed(party for party, _ in given.priors)}); the evidence counts for all alike, and "
            "section 6 shows both. What being seen costs, and what a departure gains, is each party's own "
            "judgement."
        ),
    )


def assumptions(study: Study) -> tuple[Block, ...]:
    """Return what is taken for granted, and ceilings."""
    said = dict.fromkeys(
        [*study.check.assumptions, *(line for one in study.power.strategies for line in one.life.assumptions)]
    )
    more = [
        (drawn.title, " ".join(line for line in drawn.taken_for_granted() if line not in said))
        for drawn in study.figures
    ]
    single = Grid(
        caption="What single figures take for granted beside that",
        columns=("figure", "assumptions"),
        rows=tuple(row for row in more if row[1]),
        words=True,
    )
    rows = tuple(
        (one.strategy, percent(one.ceiling.value), percent(one.life.value)) for one in study.power.strategies
    )
    return (
        Bullets(items=tuple(said)),
        *((single,) if single.rows else ()),
        Text(
            text="That items are drawn without preference is delivered by the joint draw: declarations "
            "committed beforehand, and randomness that no party could choose alone. Where it is not used, "
            "nothing here holds."
        ),
        Grid(
            caption="Ceilings by common causes of failure: chances that no effort with these techniques "
            "could pass",
            columns=("strategy", "at most", f"in {years(study.effort.horizon_years)} as described"),
            rows=rows,
        ).first(),
    )


def change(study: Study) -> tuple[Block, ...]:
    """Return what evidence would change the conclusion."""
    goal_p = study.effort.goal_p
    found = [
        "A trial in which a test does worse than the effort file says: misses more, or alarms more often.",
        "A common cause of failure that nobody stated: equipment that is deceived, a way around all visits.",
        "A strategy that section 3 does not name.",
        "Evidence that the host knows beforehand which items or sites will be drawn.",
    ]
    if study.effort.completeness is not None:
        found.append("One item found that nobody declared, or a better estimate of what was produced.")
    for bar in study.sensitive.bars if study.sensitive is not None else ():
        low, high = sorted((bar.at_low, bar.at_high))
        if low < goal_p <= high:
            found.append(
                f"Where {bar.name} lies between {bar.low:g} and {bar.high:g}: within that range the least "
                f"chance in a year passes the {share(goal_p)} that is wanted."
            )
    return (Bullets(items=tuple(found)),)
