"""Completeness: how many items nobody declared, from balance, sightings and search; what cannot be known.

Checking declared items says nothing about undeclared ones. What bears on them is how much was produced,
whether real items that were seen are all in the declaration, and whether a search found any. Each gives a
likelihood of U, the number of undeclared items, and the likelihoods multiply. The bound that no prior can
move is shown beside every posterior.

References:
    [STONE-1975], for search and its allocation; for how production is estimated long after, work on nuclear
    archaeology such as [JUNG-2025].
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from counterseal.design.completeness_evidence import CountPrior, Evidence, Floats, Region
from counterseal.design.errors import DesignError
from counterseal.stats.result import Result, exactly

MAX_UNDECLARED = 2_000_000
"""Largest number of undeclared items that is summed over."""
_LEFT_OUT, _FALLS = 1e-13, 0.999999
_FIRST = 1024
INDEPENDENT = (
    "Balance, sightings and search err independently of each other.",
    "All items hold the same amount.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Posterior:
    """What is held of the number of undeclared items after the evidence.

    Attributes:
        none_p: Chance that there are none; without a value where neither prior nor evidence puts a bound.
        bound: Smallest u with ``P(U <= u)`` at least the confidence [items]; without a value there.
        prior_free: The same from the evidence alone, every number counted alike beforehand; without a value
            where the evidence alone does not end it.
        chances: ``P(U = u)`` for u from 0, up to where less than 1e-13 is left; none where there is no bound.
        confidence: Of the bounds.
    """

    none_p: Result
    bound: Result
    prior_free: Result
    chances: tuple[float, ...]
    confidence: float

    def at_most(self, number: int) -> float:
        """Return ``C(u) = P(U <= u)`` [0 to 1]; 0 where nothing puts a bound on U."""
        return min(1.0, math.fsum(self.chances[: number + 1]))

    def document(self) -> dict[str, Any]:
        """Return it as JSON has it; the curve at no more than 200 places."""
        curve = np.minimum(1.0, np.cumsum(self.chances))
        places = sorted({round(one) for one in np.linspace(0, len(curve) - 1, min(200, len(curve)))})
        return {
            "none_p": self.none_p.document(),
            "bound": self.bound.document(),
            "prior_free": self.prior_free.document(),
            "confidence": self.confidence,
            "curve": [[place, float(curve[place])] for place in places],
        }


def completeness(
    declared: int,
    kg_per_item: float,
    production: tuple[float, float] | Sequence[float] | None = None,
    sightings: tuple[int, int] | None = None,
    search: Sequence[tuple[float, float]] = (),
    prior: CountPrior | None = None,
    *,
    confidence: float = 0.95,
) -> Posterior:
    """Return what is held of the number of undeclared items.

    Args:
        declared: Declared items.
        kg_per_item: What one holds [kg].
        production: ``(mean_kg, sd_kg)``, or 100 and more samples [kg].
        sightings: ``(seen, missing)``.
        search: ``(p_region, effort)`` of each region searched, in which nothing was found.
        prior: What is held beforehand; None for every number alike: without a bound, unless the evidence
            puts one.
        confidence: Of the bounds [above 0, below 1].

    Examples:
        >>> told = completeness(500, 4.0, (2000, 60), prior=CountPrior(zero_p=0.7, tail_p=0.05))
        >>> round(told.none_p.value, 3), told.bound.value
        (0.817, 12.0)
    """
    pair = production is not None and len(production) == len(("mean", "sd"))
    evidence = Evidence(
        declared=declared,
        kg_per_item=kg_per_item,
        production=(float(production[0]), float(production[1])) if production is not None and pair else None,
        production_samples=() if production is None or pair else tuple(float(one) for one in production),
        sightings=sightings,
        search=tuple(
            Region(name=f"{place + 1}", here_p=here_p, effort=effort)
            for place, (here_p, effort) in enumerate(search)
        ),
    )
    return posterior(evidence, prior, confidence=confidence)


def posterior(evidence: Evidence, prior: CountPrior | None, *, confidence: float) -> Posterior:
    """Return what is held after the evidence.

    Args:
        evidence: What bears on the number.
        prior: What is held beforehand; None for every number alike.
        confidence: Of the bounds [above 0, below 1].

    Returns:
        What is held; no chance and no bound, with a warning that says so, where there is no prior and the
        evidence alone puts none.

    Raises:
        DesignError: a confidence out of range, or evidence that no number explains.
    """
    if not 0.0 < confidence < 1.0:
        raise DesignError(f"confidence: {confidence}, must be above 0 and below 1")
    least = evidence.far_beyond
    flat = _chances(evidence.ln_likelihood, least=least)
    chances = (
        flat
        if prior is None
        else _chances(
            lambda numbers: evidence.ln_likelihood(numbers) + prior.ln_weights(numbers), least=least
        )
    )
    if chances is None and prior is not None:
        raise DesignError(
            f"posterior: more than {MAX_UNDECLARED} undeclared items remain likely; nothing to sum"
        )
    inputs = {"declared": evidence.declared, "kg_per_item": evidence.kg_per_item, "confidence": confidence}
    said = (*INDEPENDENT, *_assumed(evidence, prior))
    method = "sum over the number of undeclared items of prior times likelihood"
    free = _prior_free(flat, confidence, inputs=inputs, said=(*INDEPENDENT, *_assumed(evidence, None)))
    if chances is None:
        return Posterior(none_p=free, bound=free, prior_free=free, chances=(), confidence=confidence)
    return Posterior(
        none_p=exactly(
            min(1.0, float(chances[0])), method=method, inputs=inputs, assumptions=said, tol=1e-12
        ),
        bound=exactly(_bound(chances, confidence), method=method, inputs=inputs, assumptions=said),
        prior_free=free,
        chances=tuple(chances.tolist()),
        confidence=confidence,
    )


def _chances(ln_weight: Callable[[Floats], Floats], *, least: int) -> Floats | None:
    """Return the weights of 0, 1, 2, … brought to a sum of 1; None where their sum is not seen to end.

    Args:
        ln_weight: Logarithms of the weights.
        least: How many numbers to look at in any case: beyond all that a balance makes likely.
    """
    size = max(_FIRST, min(least, MAX_UNDECLARED))
    while size <= MAX_UNDECLARED:
        weights = ln_weight(np.arange(size, dtype=np.float64))
        top = float(weights.max())
        if top == -math.inf and 4 * size > MAX_UNDECLARED:
            raise DesignError("posterior: no number of undeclared items agrees with prior and evidence")
        if top == -math.inf:
            size *= 4
            continue
        shares = np.exp(weights - top)
        whole = math.fsum(shares.tolist())
        fall = float(shares[-1] / shares[-2]) if shares[-2] > 0.0 else 0.0
        left = float(shares[-1]) * fall / (1.0 - fall) if fall < 1.0 else math.inf
        if left <= _LEFT_OUT * whole and int(shares.argmax()) < size - 1 and fall < _FALLS:
            return np.asarray(shares / whole)
        size *= 4
    return None


def _bound(chances: Floats, confidence: float) -> float:
    reached = np.cumsum(chances) >= confidence - 1e-15
    return float(np.argmax(reached)) if reached.any() else float(len(chances))


def _prior_free(
    flat: Floats | None, confidence: float, *, inputs: Mapping[str, Any], said: tuple[str, ...]
) -> Result:
    method = "the evidence alone, every number of undeclared items counted alike beforehand"
    if flat is not None:
        return exactly(_bound(flat, confidence), method=method, inputs=inputs, assumptions=said)
    why = f"without a prior the sum does not end within {MAX_UNDECLARED} items: this evidence gives no bound"
    return Result(
        value=None, lower=None, upper=None, kind="bound", method=method, exact=True,
        inputs=inputs, assumptions=said, warnings=(why,),
    )  # fmt: skip


def _assumed(evidence: Evidence, prior: CountPrior | None) -> Iterator[str]:
    if evidence.sightings is not None:
        if evidence.sighting_bias == 1.0:
            yield "Sightings do not avoid undeclared items: they are seen as often as declared ones."
        else:
            yield f"Undeclared items are seen {evidence.sighting_bias:g} times as often as declared ones."
    if evidence.search:
        yield "Undeclared items lie in regions independently of each other, with the chances given."
    if evidence.found:
        yield f"The {evidence.found} items that the search found are among the undeclared ones."
    if evidence.production_samples:
        yield "Between samples of production a normal kernel is laid (Silverman's width)."
    if prior is not None:
        yield f"Beforehand: {prior.zero_p:g} for none, and a tail that falls by {prior.tail_p:g} an item."
