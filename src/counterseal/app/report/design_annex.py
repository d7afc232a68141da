"""The last two sections of a regime's report: what a reader needs to check it, and what it does not say."""

from counterseal.app.report.design_blocks import Block, Bullets, Grid, Heading, Text
from counterseal.app.report.design_study import Study

_NOT_CONDUCT = (
    "It says nothing about what any party has done or will do; it is about a regime, not about conduct."
)
_NOTHING_ELSE = "of section 3 under the assumptions of section 9, and for nothing else."
_GIVEN = (
    "Error rates, costs, gains and losses are those of the effort file; the program cannot know whether "
    "they are right."
)


def annex(study: Study) -> tuple[Block, ...]:
    """Return inputs, versions, seeds, formulas and check values.

    Args:
        study: What was worked out.
    """
    return (
        Text(
            text="Beside this report stands a JSON file with the effort file itself, every number and "
            "every table. From that file alone anybody can run the report again: counterseal design report "
            "--from FILE.json"
        ),
        Grid(
            caption="Made from",
            columns=("what", "value"),
            rows=(
                ("effort file", study.source.name),
                ("SHA-256 of its text", study.source.sha256),
                ("SHA-256 of what it says", study.effort.sha256),
                ("treaty packs", ", ".join(study.source.packs) or "none"),
                ("seed of estimates", str(study.seed)),
                *study.made_with.items(),
            ),
            words=True,
        ),
        Heading(text="Formulas"),
        Bullets(items=tuple(_formulas(study))),
        Heading(text="Check values"),
        _check_text(study),
        Grid(
            caption="Known numbers, worked out again when this report was made",
            columns=("what", "published, or worked out otherwise", "here", "the same", "source"),
            rows=tuple(
                (one.what, one.published, one.found, "yes" if one.passed else "NO", one.source)
                for one in study.checks
            ),
            words=True,
        ),
    )


def _check_text(study: Study) -> Text:
    failed = [one for one in study.checks if not one.passed]
    if failed:
        return Text(
            text=f"{len(failed)} of {len(study.checks)} check values DIFFER from what is known: do not "
            "use this report before it is known why.",
            boxed=True,
        )
    return Text(
        text=f"All {len(study.checks)} check values came out as published, or as worked out in a second way."
    )


def _formulas(study: Study) -> dict[str, None]:
    results = [
        result
        for one in study.power.strategies
        for result in (one.per_year, one.life, *(visit for _, visit in one.per_visit))
    ]
    results += [one.life for one in study.power.smallest]
    methods = dict.fromkeys(result.method for result in results)
    for drawn in study.figures:
        methods |= dict.fromkeys(_methods(drawn.results))
    return methods


def _methods(value: object) -> list[str]:
    """Return the methods of all results in plain data, in order."""
    if isinstance(value, dict):
        own = [str(value["method"])] if isinstance(value.get("method"), str) else []
        return own + [text for one in value.values() for text in _methods(one)]
    if isinstance(value, list | tuple):
        return [text for one in value for text in _methods(one)]
    return []


def limits_of_this_report(study: Study) -> tuple[Block, ...]:
    """Return what the report does not say.

    Args:
        study: What was worked out.
    """
    number = len(study.effort.strategies)
    return (
        Bullets(
            items=(
                _NOT_CONDUCT,
                f"It holds for the {'strategy' if number == 1 else f'{number} strategies'} {_NOTHING_ELSE}",
                _GIVEN,
                "A chance that is high is no proof, and a chance that is low is no accusation.",
                "That nothing is seen does not show that there is nothing.",
                "What the figures mean for an agreement is for the parties to judge.",
            )
        ),
    )
