"""How uncertain a figure is that is worked out from uncertain ones.

Two answers: to first order by the slopes of the model, with covariances and with the degrees of freedom that
are left; and to second order, where slopes change over the width of the inputs. A third, by drawing the
inputs from their distributions, is in ``drawn_propagation.py``.

Slopes are taken by a step along the imaginary axis, which loses no digits. So a model must be made of
arithmetic and of functions of numpy that take complex numbers (``np.sqrt``, ``np.exp``, …), without ``abs``
and without comparisons.

References:
    [JCGM-100], 5.1.2 (first and second order), 5.2.2 (covariance), G.4.1 (effective degrees of freedom,
    Welch and Satterthwaite); [SQUIRE-TRAPP-1998], for the step along the imaginary axis.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import special

from counterseal.stats.errors import StatsError
from counterseal.stats.items import require_amount
from counterseal.stats.levels import require_level
from counterseal.stats.result import Result, digest, exactly, unreachable
from counterseal.stats.sampling_inputs import number

Numbers = NDArray[np.float64]
Model = Callable[[Any], Any]
_ROUNDING = 1e-9
_STEP = 1e-30
_REAL, _OFF = 0.03, 0.03
"""Real step beside the imaginary one, in standard uncertainties, and how far both may be apart."""
_PART = 1e-3
"""Step of second slopes, in standard uncertainties of an input."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """An uncertain input.

    Attributes:
        name: How the effort file and the report name it.
        value: Estimate [unit of the input].
        uncertainty: Standard uncertainty [unit of the input], 0 or more.
        dof: Degrees of freedom of that uncertainty, above 0; infinite where it is known.
    """

    name: str
    value: float
    uncertainty: float
    dof: float = math.inf

    def __post_init__(self) -> None:
        """Refuse what is no estimate with an uncertainty."""
        require_amount(self.value, f"quantity {self.name}, value", least=-math.inf)
        require_amount(self.uncertainty, f"quantity {self.name}, uncertainty")
        if not number(self.dof, f"quantity {self.name}, dof") > 0.0:
            raise StatsError(f"quantity {self.name}, dof: {self.dof}, must be above 0")


@dataclass(frozen=True, slots=True, kw_only=True)
class Propagated:
    """A figure with its uncertainty.

    Attributes:
        value: The model at the estimates [unit of the figure].
        first_order: Standard uncertainty by slopes alone [unit of the figure].
        second_order: Standard uncertainty with the change of slopes [unit of the figure].
        shift: By how much the mean of the figure is off ``value`` as slopes change [unit of the figure].
        dof: Effective degrees of freedom of ``first_order``; without a value where inputs are correlated and
            one of them has finite degrees of freedom.
        slopes: Derivative of the model by each input [unit of the figure by unit of the input], by name.
        contributions: Slope times uncertainty of each input [unit of the figure], by name.
    """

    value: float
    first_order: Result
    second_order: Result
    shift: float
    dof: Result
    slopes: tuple[tuple[str, float], ...]
    contributions: tuple[tuple[str, float], ...]

    def expanded(self, confidence: float) -> Result:
        """Return the half-width of an interval around the value at a confidence [unit of the figure].

        Args:
            confidence: How often such an interval holds the truth [0 to 1], above 0, below 1.

        Raises:
            StatsError: the confidence is out of its range.
        """
        require_level(confidence, "expanded uncertainty, confidence")
        inputs = {**self.first_order.inputs, "confidence": confidence}
        if self.dof.value is None:
            return unreachable(
                method="coverage by Student's distribution", inputs=inputs, why=self.dof.warnings[0]
            )
        tail = 0.5 * (1.0 - confidence)
        cover = (
            -special.stdtrit(self.dof.value, tail) if math.isfinite(self.dof.value) else -special.ndtri(tail)
        )
        return exactly(
            float(cover) * (self.first_order.value or 0.0),
            method=f"coverage by Student's distribution, factor {float(cover):.3f}",
            inputs=inputs,
            assumptions=(*self.first_order.assumptions, "The figure less its mean is nearly Student's."),
        )

    def document(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {
            "value": self.value,
            "inputs_digest": digest(self.first_order.inputs),
            "first_order": self.first_order.document(),
            "second_order": self.second_order.document(),
            "shift": self.shift,
            "dof": self.dof.document(),
            "slopes": dict(self.slopes),
            "contributions": dict(self.contributions),
        }


def propagate(
    model: Model, quantities: Sequence[Quantity], correlation: Sequence[Sequence[float]] | None = None
) -> Propagated:
    """Return a figure that a model works out from uncertain inputs, with its uncertainty.

    Args:
        model: Takes the inputs as one array of shape (n,), in order, and returns the figure.
        quantities: The inputs, shape (n,).
        correlation: Their correlation matrix, shape (n, n); None where none is correlated.

    Raises:
        StatsError: no input, names twice, a matrix that is none of correlations, or a model that returns no
            number, or that drops imaginary parts.

    Examples:
        >>> found = propagate(
        ...     lambda x: x[0] / x[1],
        ...     [
        ...         Quantity(name="mass_kg", value=10.0, uncertainty=0.1, dof=9),
        ...         Quantity(name="volume_l", value=2.0, uncertainty=0.01),
        ...     ],
        ... )
        >>> found.value, round(found.first_order.value or 0.0, 5), round(found.dof.value or 0.0, 1)
        (5.0, 0.0559, 14.1)
    """
    at, spread = _inputs(quantities)
    root = _root(correlation, spread)
    value = _figure(model, at)
    steps = np.where(spread > 0.0, spread, 1.0)
    slopes = _slopes(model, at, np.diag(steps))
    _require_real_steps_too(model, at, steps, slopes)
    slopes = slopes / steps
    first = float(np.linalg.norm(slopes @ root))
    more, shift = _second_order(model, at, root)
    inputs = _question(quantities, correlation)
    assumptions = _assumptions(correlation)
    names = [quantity.name for quantity in quantities]
    return Propagated(
        value=value,
        first_order=exactly(
            first, method="propagation by slopes, first order", inputs=inputs, assumptions=assumptions
        ),
        second_order=exactly(
            math.sqrt(max(first * first + more, 0.0)),
            method="propagation by slopes and their change, second order, inputs taken as normal",
            inputs=inputs,
            assumptions=(*assumptions, "Inputs are normal."),
            tol=1e-5 * first,
        ),
        shift=shift,
        dof=_dof(quantities, slopes, first, correlation, inputs),
        slopes=tuple(zip(names, slopes.tolist(), strict=True)),
        contributions=tuple(zip(names, (slopes * spread).tolist(), strict=True)),
    )


def _inputs(quantities: Sequence[Quantity]) -> tuple[Numbers, Numbers]:
    names = [quantity.name for quantity in quantities]
    if not names:
        raise StatsError("propagation: no input")
    if len(set(names)) != len(names):
        raise StatsError(f"propagation: inputs of one name among {', '.join(names)}")
    return (
        np.array([quantity.value for quantity in quantities]),
        np.array([quantity.uncertainty for quantity in quantities]),
    )


def _root(correlation: Sequence[Sequence[float]] | None, spread: Numbers) -> Numbers:
    """Return a matrix whose product with its transpose is the covariance of the inputs."""
    if correlation is None:
        return np.diag(spread)
    matrix = np.asarray(correlation, dtype=np.float64)
    if matrix.shape != (spread.size, spread.size):
        raise StatsError(f"correlation of shape {matrix.shape}: must be {spread.size} by {spread.size}")
    if not (np.allclose(matrix, matrix.T, atol=1e-12) and np.allclose(np.diag(matrix), 1.0, atol=1e-12)):
        raise StatsError("correlation: must be symmetric with 1 on its diagonal")
    sizes, axes = np.linalg.eigh(matrix)
    if not sizes[0] >= -_ROUNDING:
        raise StatsError(f"correlation: its smallest eigenvalue is {sizes[0]:.3g}, must not be below 0")
    return np.asarray(spread[:, None] * axes * np.sqrt(np.maximum(sizes, 0.0)), dtype=np.float64)


def _figure(model: Model, at: Numbers) -> float:
    value = np.asarray(model(at))
    if value.shape != () or not np.isfinite(value):
        raise StatsError(f"model: must return one finite figure at the estimates, found {value!r}")
    return float(np.real(value))


def _slopes(model: Model, at: Numbers, steps: Numbers) -> Numbers:
    """Return the derivatives of the model along each column of ``steps``."""
    found = []
    for step in steps.T:
        try:
            figure = model(at + 1j * _STEP * step)
        except (TypeError, np.exceptions.ComplexWarning) as error:
            raise StatsError(f"model: does not take complex inputs ({error})") from error
        if not np.iscomplexobj(figure):
            raise StatsError("model: drops the imaginary part of its inputs, so that slopes cannot be taken")
        found.append(float(np.imag(figure)) / _STEP)
    return np.array(found)


def _require_real_steps_too(model: Model, at: Numbers, steps: Numbers, slopes: Numbers) -> None:
    """Refuse a model that is not smooth, or of which a part drops imaginary parts: real steps show it."""
    middle = _figure(model, at)
    noise = _ROUNDING * (abs(middle) + float(np.abs(slopes).max()))
    for axis, (step, slope) in enumerate(zip(steps.tolist(), slopes.tolist(), strict=True)):

        def moved(part: float, axis: int = axis, step: float = step) -> float:
            place = at.copy()
            place[axis] += part * step
            return _figure(model, place)

        real = (moved(_REAL) - moved(-_REAL)) / (2.0 * _REAL)
        bend = abs(moved(1.0) - middle) + abs(moved(-1.0) - middle)
        if abs(real - slope) > _OFF * (abs(real) + abs(slope) + bend) + noise:
            raise StatsError(
                f"model: by input {axis + 1} it changes by {real:g} an uncertainty, by an imaginary step"
                f" {slope:g}; it must be smooth and take complex inputs throughout"
            )


def _second_order(model: Model, at: Numbers, root: Numbers) -> tuple[float, float]:
    """Return what the change of slopes adds to the variance, and the shift of the mean.

    In directions in which the inputs are independent with variance 1: the sum over all pairs of half the
    squared second derivative and of the first times the third (one, other, other).
    """
    first = _slopes(model, at, root)
    added = shift = 0.0
    for axis in range(root.shape[1]):
        step = _PART * root[:, axis]
        if not step.any():
            continue
        ahead, behind = _slopes(model, at + step, root), _slopes(model, at - step, root)
        second = (ahead - behind) / (2.0 * _PART)
        third = (ahead - 2.0 * first + behind) / _PART**2
        added += float(0.5 * second @ second + first @ third)
        shift += 0.5 * float(second[axis])
    return added, shift


def _question(
    quantities: Sequence[Quantity], correlation: Sequence[Sequence[float]] | None
) -> dict[str, Any]:
    rows = [[one.name, one.value, one.uncertainty, one.dof] for one in quantities]
    matrix = None if correlation is None else [[float(one) for one in row] for row in correlation]
    return {"quantities": rows, "correlation": matrix}


def _assumptions(correlation: Sequence[Sequence[float]] | None) -> tuple[str, ...]:
    return ("Inputs are independent.",) if correlation is None else ("Inputs have the correlations stated.",)


def _dof(
    quantities: Sequence[Quantity],
    slopes: Numbers,
    first: float,
    correlation: Sequence[Sequence[float]] | None,
    inputs: dict[str, Any],
) -> Result:
    """Return the effective degrees of freedom after Welch and Satterthwaite."""
    method = "effective degrees of freedom after Welch and Satterthwaite"
    finite = any(math.isfinite(quantity.dof) for quantity in quantities)
    if finite and correlation is not None and not np.array_equal(correlation, np.eye(len(quantities))):
        why = "Degrees of freedom are not defined: inputs are correlated and not all uncertainties are known."
        return unreachable(method=method, inputs=inputs, why=why)
    parts = sum(
        (slope * one.uncertainty) ** 4 / one.dof
        for slope, one in zip(slopes.tolist(), quantities, strict=True)
    )
    return exactly(
        first**4 / parts if parts > 0.0 else math.inf,
        method=method,
        inputs=inputs,
        assumptions=("Inputs are independent and normal.",),
    )
