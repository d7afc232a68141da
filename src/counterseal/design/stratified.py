"""How to spread effort over strata when the host may take the goal from any of them.

Three models, from rough to exact. With beta the chance that nothing is seen, n items checked of N, r of them
false, and a test that shows a false item with chance q:

``equalise``: ``beta = prod (1 - q n/N)^r``. The best plan makes every stratum pay the host the same for its
content; it is the stratum-wise rule of thumb of material accountancy.
``saddle``: ``beta = prod (1 - q r/N)^n``, which has a saddle point in closed form.
``integer``: whole numbers of items and exact sampling without replacement; both sides may draw by lot.

The two products differ, and so do their values: they are starting points, the third is the truth.

References:
    [AVENHAUS-CANTY-1996], chapter 2, on the sampling of attributes in several strata.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from counterseal.design.equilibrium import Equilibrium, Mix
from counterseal.design.errors import DesignError
from counterseal.design.stratified_integer import integer_game
from counterseal.stats.items import ItemTest, Stratum, require_amount
from counterseal.stats.result import Result, unreachable

Reals = NDArray[np.float64]
Model = Literal["equalise", "saddle", "integer"]

_HALVINGS = 200
_LARGE = 700.0
"""exp(-700) is as good as nothing."""
_ONE = ItemTest(name="1 person-day an item, shows every false one", detect_p=1.0, cost_pd=1.0)

ASSUMED = (
    "The host takes at least the goal, from whichever strata suit it, and knows how effort is spread.",
    "In each stratum the sample is drawn with equal chances for all items, after the host chose.",
    "A test shows a false item with the stated chance, item by item; false alarms are cleared at no effort.",
)
_EQUALISE = "n = N/q (1 - exp(-kappa mu)), effort spent: beta = exp(-kappa goal)"
_SADDLE = "r = N/q (1 - exp(-kappa eps)), goal reached; n ~ mu N/q exp(-kappa eps): beta = exp(-kappa effort)"
_ROUGH = (
    "a product stands for sampling without replacement, and parts of items count: this is the value of that "
    "game and no bound on the exact one, whose value may lie on either side; the integer model is exact"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    names: tuple[str, ...]
    N: Reals
    content_kg: Reals
    cost_pd: Reals
    q: Reals
    common_mode_p: float
    effort_pd: float
    goal_kg: float
    inputs: dict[str, Any]
    assumed: tuple[str, ...]


def stratified_plan(
    strata: Sequence[Stratum],
    effort_pd: float,
    goal_kg: float,
    model: Model = "equalise",
    *,
    tests: ItemTest | Mapping[str, ItemTest] | None = None,
    tol: float = 1e-6,
) -> Equilibrium:
    """Return how many items to check in each stratum, and the chance that the host's best choice goes unseen.

    The rows are plans ``((stratum, items checked), …)``, the columns ``((stratum, items falsified), …)``; the
    value is the chance that nothing is seen, which the inspector wants small.

    Args:
        strata: Where the items are, at least one, each with a name of its own.
        effort_pd: Effort for all checks [person-days], 0 or more.
        goal_kg: What the host takes at least [kg], 0 or more.
        model: ``equalise``, ``saddle`` or ``integer``.
        tests: The test of all strata, or of each by its name; where None, one that shows every false item at
            one person-day each, which is then among the assumptions.
        tol: Largest gap between the bounds of the integer model [a chance], above 0.

    Returns:
        The equilibrium; without a value where all strata together hold less than the goal. Of the two
        products it is the value of their own game: as a bound on the exact one it says no more than that a
        chance lies between that of a common failure and 1.

    Raises:
        DesignError: strata, tests and model do not fit together, or the integer game is too large.
        StatsError: a number is out of its range.

    Examples:
        >>> places = (Stratum(name="A", n_items=40, content_kg=2.0), Stratum(name="B", n_items=90))
        >>> told = stratified_plan(places, 30, 8)
        >>> round(told.value.value, 4), [(name, round(n, 2)) for name, n in told.row_mix[0][0]]
        (0.1957, [('A', 13.4), ('B', 16.6)])
        >>> round(stratified_plan(places, 30, 8, "integer").value.value, 4)
        0.1883
    """
    case = _case(strata, effort_pd, goal_kg, model, tests)
    held_kg = math.fsum(content_kg for stratum in strata for content_kg in _contents(stratum))
    if goal_kg > held_kg * (1.0 + 1e-12):
        why = (
            f"all strata together hold {held_kg:g} kg, less than the goal of {goal_kg:g} kg: nothing to find"
        )
        value = unreachable(method=model, inputs=case.inputs, why=why, assumptions=case.assumed)
        return Equilibrium(value=value, row_mix=(), col_mix=(), rounds=0, method=model)
    if model == "integer":
        given = _tests(strata, tests)
        return integer_game(
            tuple(strata), given, effort_pd, goal_kg, tol=tol, inputs=case.inputs, assumed=case.assumed
        )
    return _equalised(case) if model == "equalise" else _saddle(case)


def _contents(stratum: Stratum) -> tuple[float, ...]:
    sizes = stratum.items_by_size or ((stratum.content_kg, stratum.n_items),)
    return tuple(content_kg * number for content_kg, number in sizes)


def _tests(
    strata: Sequence[Stratum], tests: ItemTest | Mapping[str, ItemTest] | None
) -> tuple[ItemTest, ...]:
    if tests is None or isinstance(tests, ItemTest):
        return (tests or _ONE,) * len(strata)
    for stratum in strata:
        if stratum.name not in tests:
            raise DesignError(
                f"stratified_plan, tests: none for stratum {stratum.name}; must be one for each"
            )
    return tuple(tests[stratum.name] for stratum in strata)


def _case(
    strata: Sequence[Stratum],
    effort_pd: float,
    goal_kg: float,
    model: Model,
    tests: ItemTest | Mapping[str, ItemTest] | None,
) -> _Case:
    """Return the numbers in columns, checked."""
    require_amount(effort_pd, "stratified_plan, effort_pd")
    require_amount(goal_kg, "stratified_plan, goal_kg")
    names = tuple(stratum.name for stratum in strata)
    if not names or len(set(names)) != len(names):
        raise DesignError(f"stratified_plan, strata {', '.join(names)}: must be some, each with its own name")
    if model not in {"equalise", "saddle", "integer"}:
        raise DesignError(f"stratified_plan, model: {model!r}, must be equalise, saddle or integer")
    used = _tests(strata, tests)
    for test in used:
        if test.detect_p is None:
            raise DesignError(f"stratified_plan, test {test.name}: detect_p is unknown; must be stated here")
        if any(one.name == test.name and one.common_mode_p != test.common_mode_p for one in used):
            raise DesignError(
                f"stratified_plan, test {test.name}: common_mode_p stated in two ways; a test fails as a "
                "whole with one chance"
            )
    if model != "integer":
        _require_plain(strata, used, model)
    inputs = {
        "question": "stratified_plan",
        "model": model,
        "effort_pd": effort_pd,
        "goal_kg": goal_kg,
        "strata": [[one.name, one.n_items, one.content_kg, one.items_by_size] for one in strata],
        "tests": [[one.name, one.detect_p, one.cost_pd, one.common_mode_p] for one in used],
    }
    ceiling = tuple(
        f"Test {name} as a whole shows nothing with chance {common_mode_p:g}, wherever it is used."
        for name, common_mode_p in dict.fromkeys((one.name, one.common_mode_p) for one in used)
        if common_mode_p
    )
    default = () if tests is not None else (f"No test was stated: {_ONE.name}.",)
    return _Case(
        names=names,
        N=np.array([float(one.n_items) for one in strata]),
        content_kg=np.array([one.content_kg for one in strata]),
        cost_pd=np.array([one.cost_pd for one in used]),
        q=np.array([one.mean_detect_p for one in used]),
        common_mode_p=used[0].common_mode_p,
        effort_pd=float(effort_pd),
        goal_kg=float(goal_kg),
        inputs=inputs,
        assumed=(*ASSUMED, *ceiling, *default),
    )


def _require_plain(strata: Sequence[Stratum], tests: tuple[ItemTest, ...], model: str) -> None:
    """Require what the two products can express."""
    for stratum in strata:
        if stratum.items_by_size is not None:
            raise DesignError(
                f"stratified_plan, stratum {stratum.name}: items of several sizes; model {model} takes like "
                "items, the integer model takes sizes"
            )
    free = next((test.name for test in tests if model == "saddle" and not test.cost_pd), None)
    if free is not None:
        raise DesignError(
            f"stratified_plan, test {free}: takes no effort; model saddle weighs checks by theirs, the other "
            "models check all items of its strata"
        )
    if len({(test.name, test.common_mode_p) for test in tests}) > 1 and any(
        one.common_mode_p for one in tests
    ):
        raise DesignError(
            f"stratified_plan, tests: several, of which one may fail as a whole; model {model} then takes "
            "one test for all strata, the integer model takes several"
        )


def _equalised(case: _Case) -> Equilibrium:
    """Return the plan that leaves the host the same chance wherever it takes the goal."""
    with np.errstate(divide="ignore"):
        most = float(
            np.min(-np.log1p(-case.q) / case.content_kg)
        )  # beyond, all items of a stratum are checked

    def plan(kappa: float) -> Reals:
        with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
            part = -np.expm1(-kappa * case.content_kg) / case.q
        return case.N * np.where(case.q > 0.0, np.clip(part, 0.0, 1.0), 0.0)

    kappa = _reached(lambda at: float((case.cost_pd * plan(at)).sum()), case.effort_pd, case.content_kg, most)
    checked = np.where(case.cost_pd > 0.0, plan(kappa), case.N)
    if math.isinf(kappa):
        checked = case.N
    warnings = [_ROUGH]
    for name, held in zip(case.names, case.N * case.content_kg, strict=True):
        if held < case.goal_kg:
            warnings.append(
                f"stratum {name} holds {held:g} kg, less than the goal: the value is too high there"
            )
    if kappa >= most:
        with np.errstate(divide="ignore"):
            limits = -np.log1p(-case.q) / case.content_kg
        weights = np.where(limits <= most * (1.0 + 1e-12), 1.0, 0.0)
    else:
        weights = case.cost_pd * case.N * case.content_kg / case.q * np.exp(-kappa * case.content_kg)
    return _answer(
        case,
        -kappa * case.goal_kg if case.goal_kg else 0.0,
        (_plan(case, checked), 1.0),
        _mixed(case, weights),
        _EQUALISE,
        tuple(warnings),
    )


def _mixed(case: _Case, weights: Reals) -> Mix:
    """Return the host's mix over strata, in each of which it would take the whole goal."""
    if not float(weights.sum()) > 0.0:
        weights = np.ones(len(case.names))
    shares = weights / float(weights.sum())
    return tuple(
        (((name, case.goal_kg / float(content_kg)),), float(share))
        for name, content_kg, share in zip(case.names, case.content_kg, shares, strict=True)
        if share > 0.0
    )


def _saddle(case: _Case) -> Equilibrium:
    """Return the saddle point of the other product: both sides' best fixed plans."""

    def falsified(kappa: float) -> Reals:
        with np.errstate(invalid="ignore", divide="ignore"):
            part = -np.expm1(-kappa * case.cost_pd) / case.q
        return case.N * np.where(case.q > 0.0, np.clip(part, 0.0, 1.0), 1.0)

    def held_kg(kappa: float) -> float:
        return float((case.content_kg * falsified(kappa)).sum())

    with np.errstate(divide="ignore"):
        limits = -np.log1p(-case.q) / case.cost_pd  # here all items of a stratum are false
    most = float(limits.max())
    kappa = _reached(held_kg, case.goal_kg, case.cost_pd, most) if held_kg(0.0) < case.goal_kg else 0.0
    false = falsified(kappa) if math.isfinite(kappa) else case.N
    open_ = (case.q > 0.0) & (false < case.N * (1.0 - 1e-12))
    if kappa > 0.0 and not open_.any():  # the limit, in which the plan is the strata's that fill up last
        open_ = limits >= most * (1.0 - 1e-12)
    if math.isinf(kappa):
        open_ &= case.cost_pd <= float(case.cost_pd[open_].min())
    with np.errstate(invalid="ignore", divide="ignore"):
        least_pd = float(case.cost_pd[open_].min()) if open_.any() else 0.0
        falling = np.exp(-min(kappa, _LARGE) * (case.cost_pd - least_pd))
        weights = np.where(open_, case.content_kg * case.N * falling / case.q, 0.0)
    spent = float((weights * case.cost_pd).sum())
    checked = weights * (case.effort_pd / spent) if spent > 0.0 else np.zeros(len(case.names))
    warnings = [_ROUGH]
    for name, n, N in zip(case.names, checked, case.N, strict=True):
        if n > N:
            warnings.append(
                f"stratum {name}: {n:.4g} checks of {N:g} items: the product is out of its range there"
            )
    ln_value = -kappa * case.effort_pd if case.effort_pd and kappa else 0.0
    host = ((_plan(case, np.asarray(false)), 1.0),)
    return _answer(case, ln_value, (_plan(case, checked), 1.0), host, _SADDLE, tuple(warnings))


def _reached(amount: Callable[[float], float], wanted: float, scale: Reals, most: float) -> float:
    """Return the smallest kappa at which a growing amount reaches what is wanted; at most ``most``."""
    positive = scale[scale > 0.0]
    top = min(most, _LARGE / float(positive.min()) if positive.size else 1.0)
    if amount(top) <= wanted:
        return most
    low, high = 0.0, top
    for _ in range(_HALVINGS):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if amount(middle) < wanted else (low, middle)
    return high


def _plan(case: _Case, numbers: Reals) -> tuple[tuple[str, float], ...]:
    return tuple((name, float(number)) for name, number in zip(case.names, numbers, strict=True))


def _answer(
    case: _Case,
    ln_beta: float,
    row: tuple[tuple[tuple[str, float], ...], float],
    col_mix: Mix,
    method: str,
    warnings: tuple[str, ...],
) -> Equilibrium:
    c = case.common_mode_p
    beta = c + (1.0 - c) * math.exp(ln_beta)
    method = f"value of the product game, which stands for the exact one: {method}"
    value = Result(
        value=beta,
        lower=c,
        upper=1.0,
        kind="bound",
        method=method,
        exact=False,
        ln_value=ln_beta if not c else math.log(beta),
        inputs=case.inputs,
        assumptions=case.assumed,
        warnings=warnings,
    )
    return Equilibrium(value=value, row_mix=(row,), col_mix=col_mix, rounds=0, method=method)
