"""What an announced plan is worth: the inspector binds itself to a mix, the host answers as pays it best.

One linear program for each of the host's strategies finds the best mix that makes this strategy the host's
answer; the best of them is taken (a strong Stackelberg equilibrium). There the host is as a rule indifferent,
and is supposed to do what suits the inspector; so a second mix is given, a little aside, against which the
wanted answer is strictly the best.

References:
    [VON-STENGEL-ZAMIR-2010]; [CONITZER-SANDHOLM-2006].
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from counterseal.design.equilibrium import Label, Mix, mix_of, plain
from counterseal.design.errors import DesignError
from counterseal.design.linear_program import minimise
from counterseal.stats.items import require_amount
from counterseal.stats.result import Result, unreachable

Reals = NDArray[np.float64]

MOST_ITERATIONS = 1_000_000
"""Steps of the simplex method for one program."""
ASSUMED = (
    "The inspector announces its mix, keeps to it, and is believed; the draw itself is not known beforehand.",
    "The host knows the mix and takes what pays it most; of what pays alike, what suits the inspector.",
    "What plans and strategies are worth to both is a judgement, stated by the user.",
)
_SIDES = 2
_METHOD = "one linear program for each strategy of the host (strong Stackelberg)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Leadership:
    """The best mix to announce.

    Attributes:
        value: What it is worth to the inspector.
        mix: ``(plan, chance)`` that reaches it, where the host decides ties as suits the inspector.
        host_choice: The strategy that the host then takes.
        host_value: What that pays the host.
        published_mix: ``(plan, chance)`` against which this strategy is better for the host than any other by
            ``margin``; none where there is no such mix.
        published_value: What that mix is worth to the inspector; without one where there is no such mix.
        margin: By how much, in the host's unit.
    """

    value: Result
    mix: Mix
    host_choice: Label
    host_value: float
    published_mix: Mix
    published_value: Result
    margin: float

    def document(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {
            "value": self.value.document(),
            "mix": [[plain(label), chance] for label, chance in self.mix],
            "host_choice": plain(self.host_choice),
            "host_value": self.host_value,
            "published_mix": [[plain(label), chance] for label, chance in self.published_mix],
            "published_value": self.published_value.document(),
            "margin": self.margin,
        }


def leadership(
    inspector_pay: ArrayLike,
    host_pay: ArrayLike,
    *,
    margin: float,
    row_labels: Sequence[Label] | None = None,
    col_labels: Sequence[Label] | None = None,
    assumptions: tuple[str, ...] = (),
) -> Leadership:
    """Return the best mix that the inspector could announce.

    Args:
        inspector_pay: What each plan is worth to the inspector against each strategy, **shape** (plans,
            strategies), finite.
        host_pay: What it pays the host, of the same shape.
        margin: By how much, in the host's unit, the wanted answer is better for the host than any other
            against the mix that is published, above 0.
        row_labels: Names of the plans; their numbers where None.
        col_labels: Names of the strategies.
        assumptions: What the figures take for granted.

    Raises:
        DesignError: the tables are none, or of different shapes.
        StatsError: the margin is not above 0.

    Examples:
        >>> told = leadership([[-1, -3], [0, -9]], [[-1, -5], [0, 4]], margin=0.01,
        ...                   row_labels=("visit", "none"), col_labels=("legal", "not"))
        >>> told.host_choice, round(told.value.value, 6), [round(chance, 3) for _, chance in told.mix]
        ('legal', -0.5, [0.5, 0.5])
    """
    lead, follow = _table(inspector_pay, "inspector_pay"), _table(host_pay, "host_pay")
    if lead.shape != follow.shape:
        raise DesignError(
            f"inspector_pay of shape {lead.shape}, host_pay of {follow.shape}: must be the same"
        )
    require_amount(margin, "margin", above=0.0)
    plans, strategies = _names(row_labels, lead.shape[0]), _names(col_labels, lead.shape[1])
    inputs = {"inspector_pay": lead.tolist(), "host_pay": follow.tolist(), "margin": margin}
    mix, choice = _best(lead, follow)
    aside = _mix_for(choice, lead, follow, margin)
    return Leadership(
        value=_worth(mix, lead[:, choice], inputs, (*ASSUMED, *assumptions)),
        mix=mix_of(plans, mix),
        host_choice=strategies[choice],
        host_value=_sum(mix, follow[:, choice]),
        published_mix=() if aside is None else mix_of(plans, aside),
        published_value=_worth(aside, lead[:, choice], inputs, (ASSUMED[0], ASSUMED[2], *assumptions)),
        margin=margin,
    )


def _table(pay: ArrayLike, name: str) -> Reals:
    try:
        table = np.array(pay, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise DesignError(f"{name}: {error}; must be a table of numbers") from error
    if len(table.shape) != _SIDES or not table.size or not np.all(np.isfinite(table)):
        raise DesignError(f"{name} of shape {table.shape}: must be a table of finite numbers, not empty")
    return table


def _names(labels: Sequence[Label] | None, number: int) -> Sequence[Label]:
    if labels is not None and len(labels) != number:
        raise DesignError(f"{len(labels)} labels for {number} plans or strategies; must be one each")
    return range(number) if labels is None else labels


def _best(lead: Reals, follow: Reals) -> tuple[Reals, int]:
    """Return the best mix and the host's answer to it; of equal ones that of the first strategy."""
    best: tuple[float, Reals, int] | None = None
    for choice in range(lead.shape[1]):
        mix = _mix_for(choice, lead, follow, 0.0)
        if mix is None:
            continue
        worth = _sum(mix, lead[:, choice])
        if best is None or worth > best[0]:
            best = worth, mix, choice
    if best is None:
        raise DesignError(
            "host_pay: no strategy is ever the host's best answer; the figures are too far apart"
        )
    return best[1], best[2]


def _mix_for(choice: int, lead: Reals, follow: Reals, margin: float) -> Reals | None:
    """Return the mix that suits the inspector best of those to which a strategy is the best answer.

    Strategies that pay the host the same whatever the plan are left out of the comparison.
    """
    ahead = (follow[:, [choice]] - follow).T
    others = ahead[np.any(ahead != 0.0, axis=1)]
    scale = float(np.max(np.abs(others), initial=0.0)) or 1.0
    rows = np.vstack([others / scale, np.ones(lead.shape[0])])
    worth = lead[:, choice]
    span = float(np.max(np.abs(worth))) or 1.0
    answer = minimise(
        -worth / span,
        rows,
        least=np.concatenate([np.full(len(others), margin / scale), [1.0]]),
        most=np.concatenate([np.full(len(others), np.inf), [1.0]]),
        most_iterations=MOST_ITERATIONS,
    )
    if answer.status != "optimal":
        return None
    mix: Reals = np.clip(answer.values, 0.0, None)
    return mix / float(mix.sum())


def _sum(mix: Reals, pay: Reals) -> float:
    return float((mix * pay).sum())


def _worth(mix: Reals | None, pay: Reals, inputs: dict[str, Any], assumptions: tuple[str, ...]) -> Result:
    if mix is None:
        why = "there is no mix against which the host's answer is better for it than all others by the margin"
        return unreachable(method=_METHOD, inputs=inputs, why=why, assumptions=assumptions)
    worth, rounding = _sum(mix, pay), 1e-9 * float(np.max(np.abs(pay)))
    return Result(
        value=worth,
        lower=worth - rounding,
        upper=worth + rounding,
        kind="equilibrium",
        method=_METHOD,
        exact=False,
        tol=rounding,
        inputs=inputs,
        assumptions=assumptions,
    )
