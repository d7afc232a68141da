"""The point model of multiplicity counting: from singles, doubles, triples to an item, and back.

It takes the item as one point, detection and multiplication as the same for every neutron, and induced
fission as immediate.

References:
    [BOEHNEL-1985]; the cubic in the form of [ENSSLIN-1998].
"""

import math
from dataclasses import dataclass

from counterseal.measurement.coincidence_rates import CoincidenceRates
from counterseal.measurement.covariance import Matrix, propagated
from counterseal.measurement.errors import MeasurementError
from counterseal.measurement.neutron_counter import NeutronCounter

_STEPS = 60
_SETTLED = 1e-9
_BOUND = 1e6


class NoSolutionError(MeasurementError):
    """No item of the point model has these rates."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PointModelItem:
    """An item as the point model sees it.

    Attributes:
        multiplication: Neutrons that leave it per neutron born of spontaneous fission or (alpha, n);
            at least 1 in nature, below 1 only by scatter or a wrong model.
        alpha: Neutrons of (alpha, n) reactions per neutron of spontaneous fission.
        m240_g: Effective mass of Pu-240 [g].
        covariance: Covariance of the three in this order, shape (3, 3).
    """

    multiplication: float
    alpha: float
    m240_g: float
    covariance: Matrix = ((0.0,) * 3,) * 3

    @property
    def uncertainties(self) -> tuple[float, float, float]:
        """Standard uncertainties of multiplication, alpha and mass [g]."""
        first, second, third = (math.sqrt(max(0.0, self.covariance[i][i])) for i in range(3))
        return first, second, third


def expected_rates(item: PointModelItem, *, counter: NeutronCounter) -> CoincidenceRates:
    """Return the rates that a counter has from an item, without dead time, background or scatter.

    Args:
        item: The item.
        counter: The counter; its dead time plays no part.
    """
    born, induced = counter.spontaneous, counter.induced
    efficiency, multiplication = counter.efficiency, item.multiplication
    fissions = item.m240_g * counter.fission_rate_per_s_g
    source = born.first * (1.0 + item.alpha)
    chain = (multiplication - 1.0) / (induced.first - 1.0)
    seen = efficiency * multiplication
    pairs = born.second + chain * source * induced.second
    triplets = (
        born.third
        + chain * (3.0 * born.second * induced.second + source * induced.third)
        + 3.0 * chain * chain * source * induced.second * induced.second
    )
    return CoincidenceRates(
        singles_per_s=fissions * seen * source,
        doubles_per_s=fissions * seen * seen * counter.doubles_gate_fraction / 2.0 * pairs,
        triples_per_s=fissions * seen * seen * seen * counter.triples_gate_fraction / 6.0 * triplets,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cubic:
    """The cubic ``per_triples T/S + per_doubles D/S M + (per_square D/S - 1) M^2 + M^3 = 0``."""

    per_triples: float
    per_doubles: float
    per_square: float


def solve_point_model(rates: CoincidenceRates, *, counter: NeutronCounter) -> PointModelItem:
    """Return the item that has these rates, with the covariance that follows from theirs.

    The multiplication is the root of a cubic that Newton's method finds from 1, in a fixed number of
    steps; mass and alpha follow. The result may be unphysical: `assay` judges it.

    Args:
        rates: Net rates with their covariance.
        counter: The counter; its dead time plays no part.

    Raises:
        NoSolutionError: singles or efficiency-weighted pairs are not above 0, or there is no root.
    """
    singles, doubles, triples = rates.values
    if not singles > 0.0:
        raise NoSolutionError(f"singles rate {singles:g} /s: the point model needs more than 0")
    cubic = _cubic(counter)
    root = _root(cubic, doubles / singles, triples / singles)
    fissions, gradient = _fissions(root, rates, counter=counter)
    if not (math.isfinite(fissions) and fissions > 0.0):
        raise NoSolutionError(f"fission rate {fissions:g} /s: the point model needs more than 0")
    per_fission = counter.efficiency * counter.spontaneous.first * root
    slopes = _slopes_of_root(root, cubic, rates)
    mass_slopes = tuple(gradient[i] + gradient[3] * slopes[i] for i in range(3))
    one_more = singles / (fissions * per_fission)
    alpha_slopes = tuple(
        one_more * ((1.0 / singles if i == 0 else 0.0) - mass_slopes[i] / fissions - slopes[i] / root)
        for i in range(3)
    )
    rate = counter.fission_rate_per_s_g
    jacobian = (slopes, alpha_slopes, tuple(slope / rate for slope in mass_slopes))
    return PointModelItem(
        multiplication=root,
        alpha=one_more - 1.0,
        m240_g=fissions / rate,
        covariance=propagated(jacobian, rates.covariance),
    )


def _cubic(counter: NeutronCounter) -> _Cubic:
    born, induced, efficiency = counter.spontaneous, counter.induced, counter.efficiency
    mixed = born.second * induced.third - born.third * induced.second
    more = induced.first - 1.0
    doubles = efficiency * counter.doubles_gate_fraction
    return _Cubic(
        per_triples=-6.0
        * born.second
        * more
        / (efficiency * efficiency * counter.triples_gate_fraction * mixed),
        per_doubles=2.0 * (born.third * more - 3.0 * born.second * induced.second) / (doubles * mixed),
        per_square=6.0 * born.second * induced.second / (doubles * mixed),
    )


def _root(cubic: _Cubic, doubles: float, triples: float) -> float:
    constant, linear = cubic.per_triples * triples, cubic.per_doubles * doubles
    square = cubic.per_square * doubles - 1.0
    found, step = 1.0, 0.0
    for _ in range(_STEPS):
        slope = linear + found * (2.0 * square + 3.0 * found)
        if slope == 0.0 or not abs(found) < _BOUND:
            break
        step = (constant + found * (linear + found * (square + found))) / slope
        found -= step
    else:
        if abs(step) < _SETTLED and found > 0.0:
            return found
    raise NoSolutionError("no multiplication above 0 gives these rates")


def _slopes_of_root(root: float, cubic: _Cubic, rates: CoincidenceRates) -> tuple[float, ...]:
    """Return the derivatives of the root by singles, doubles and triples, from those of the cubic."""
    singles, doubles, triples = rates.values
    linear, square = cubic.per_doubles * doubles / singles, cubic.per_square * doubles / singles - 1.0
    slope = linear + root * (2.0 * square + 3.0 * root)
    by_triples = cubic.per_triples / singles
    by_doubles = root * (cubic.per_doubles + cubic.per_square * root) / singles
    by_singles = -(by_triples * triples + by_doubles * doubles) / singles
    return tuple(-by / slope for by in (by_singles, by_doubles, by_triples))


def _fissions(
    root: float, rates: CoincidenceRates, *, counter: NeutronCounter
) -> tuple[float, tuple[float, float, float, float]]:
    """Return the fission rate [1/s], and its derivatives by singles, doubles, triples, multiplication."""
    singles, doubles, _ = rates.values
    born, induced = counter.spontaneous, counter.induced
    pairs = 2.0 / (counter.efficiency * counter.doubles_gate_fraction)
    extra = induced.second / (induced.first - 1.0)
    below = counter.efficiency * root * root * born.second
    fissions = (pairs * doubles - root * (root - 1.0) * extra * singles) / below
    by_root = -(2.0 * root - 1.0) * extra * singles / below - 2.0 * fissions / root
    return fissions, (-root * (root - 1.0) * extra / below, pairs / below, 0.0, by_root)
