"""The figure of completeness: what each party holds of the number of items there are, before and after."""

import numpy as np

from counterseal.app.plots.design_frame import Curve
from counterseal.app.plots.design_posterior import PosteriorPicture, draw_posterior
from counterseal.app.report.design_blocks import Grid
from counterseal.app.report.design_context import Context, Drawn, LeftOut
from counterseal.app.report.design_words import count, percent, share
from counterseal.design.completeness_evidence import CountPrior
from counterseal.design.undeclared_items import Posterior

_BELIEF = "Items that there are in all: what each party holds"
_POINTS, _BEYOND = 160, 1.6


def belief_figure(context: Context) -> Drawn | LeftOut:
    """Return what each party holds of undeclared items, beforehand and after the evidence."""
    given = context.effort.completeness
    if given is None:
        why = "The effort file says nothing of undeclared items ('completeness')."
        return LeftOut(name="belief", title=_BELIEF, why=why)
    parties, declared = given.by_party(), given.evidence.declared
    free = parties[0][1].prior_free.value
    bounds = [told.bound.value or 0.0 for _, told in parties]
    last = (
        int(
            max([*bounds, 5.0, *([free] if free is not None and free < 4.0 * max(*bounds, 5.0) else [])])
            * _BEYOND
        )
        + 1
    )
    picture = PosteriorPicture(
        declared=declared,
        after=tuple(_after(party, told, last, declared) for party, told in parties),
        before=tuple(_before(party, prior, last, declared) for party, prior in given.priors),
        bounds=tuple(declared + bound for bound in bounds),
        free=None if free is None else declared + free,
        confidence=given.confidence,
    )
    sure = share(given.confidence)
    grid = Grid(
        caption="Undeclared items, by what a party holds beforehand",
        columns=(
            "party",
            "none, beforehand",
            "none, after the evidence",
            f"at most, with {sure} [items]",
            "at most 10",
        ),
        rows=tuple(
            (
                party,
                percent(float(np.exp(prior.ln_weights(np.zeros(1)))[0])),
                percent(told.none_p.value),
                count(told.bound.value),
                percent(told.at_most(10)),
            )
            for (party, told), (_, prior) in zip(parties, given.priors, strict=True)
        ),
    )
    alone = "puts no bound on them" if free is None else f"bounds them by {count(free)}"
    held = count(bounds[0]) if min(bounds) == max(bounds) else f"{count(min(bounds))} to {count(max(bounds))}"
    who = parties[0][0] if len(bounds) == 1 else "each party"
    reading = (
        f"After the evidence {who} holds, with {sure}, at most {held} undeclared items beside "
        f"{declared:,} declared ones; the evidence alone {alone}."
    )
    return Drawn(
        name="belief", title=_BELIEF, reading=reading, grid=grid, picture=picture,
        svg=draw_posterior(picture), results={party: told.document() for party, told in parties},
    )  # fmt: skip


def _places(last: int) -> list[int]:
    return sorted({round(one) for one in np.linspace(0, last, min(_POINTS, last + 1)).tolist()})


def _after(party: str, told: Posterior, last: int, declared: int) -> Curve:
    places = _places(last)
    return Curve(
        name=party,
        x=tuple(float(declared + place) for place in places),
        y=tuple(told.at_most(place) for place in places),
    )


def _before(party: str, prior: CountPrior, last: int, declared: int) -> Curve:
    places = _places(last)
    held = np.minimum(1.0, np.cumsum(np.exp(prior.ln_weights(np.arange(last + 1, dtype=np.float64)))))
    return Curve(
        name=f"{party}, beforehand",
        x=tuple(float(declared + place) for place in places),
        y=tuple(float(held[place]) for place in places),
    )
