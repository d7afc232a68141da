"""The shape of a peak by channel: a Gaussian, a tail to low energy, and a step of the background below it.

Each part is given as its content of a channel, which is exact for narrow peaks too, with its derivatives.
Edges of channels are at -1/2, 1/2, 3/2, ... so that whole numbers are the middles of channels.
"""

from dataclasses import dataclass

import numpy as np

from counterseal.measurement import arithmetic
from counterseal.measurement.spectrum import Floats

_SQRT_HALF = 0.7071067811865476
_PER_SQRT_2PI = 0.3989422804014327


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PeakContents:
    """Contents of channels for peaks of area 1; every array has the shape (peaks, channels).

    Attributes:
        gauss: Content of the Gaussian.
        gauss_by_position: Derivative by the position [1/channel].
        gauss_by_sigma: Derivative by the standard deviation [1/channel].
        at_edges: Part of the peak above each edge and its derivatives by position and standard deviation,
            each of the shape (peaks, channels + 1); what the step is made of.
    """

    gauss: Floats
    gauss_by_position: Floats
    gauss_by_sigma: Floats
    at_edges: tuple[Floats, Floats, Floats]

    @property
    def step(self) -> Floats:
        """Part of the peak above each channel, from 1 far below to 0 far above."""
        return _middle(self.at_edges[0])

    @property
    def step_by_position(self) -> Floats:
        """Derivative of that by the position [1/channel]."""
        return _middle(self.at_edges[1])

    @property
    def step_by_sigma(self) -> Floats:
        """Derivative of that by the standard deviation [1/channel]."""
        return _middle(self.at_edges[2])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TailContents:
    """Contents of channels for tails of area 1: the Gaussian folded with an exponential to low energy.

    Attributes:
        tail: Content of the tail.
        by_position: Derivative by the position [1/channel].
        by_sigma: Derivative by the standard deviation, the length of the tail in sigma held [1/channel].
        by_length: Derivative by the length of the tail in sigma.
    """

    tail: Floats
    by_position: Floats
    by_sigma: Floats
    by_length: Floats


def peak_contents(edges: Floats, position: Floats, sigma: Floats) -> PeakContents:
    """Return the contents of Gaussian peaks and of the steps below them.

    Args:
        edges: Edges of the channels [channel], shape (channels + 1,).
        position: Positions of the peaks [channel], shape (peaks,).
        sigma: Their standard deviations [channel], above 0, shape (peaks,).
    """
    z, density = _scaled(edges, position, sigma)
    above = _part_above(z, density)
    per_sigma = (1.0 / sigma)[:, None]
    by_position = density * per_sigma
    by_sigma = z * by_position
    return PeakContents(
        gauss=above[:, :-1] - above[:, 1:],
        gauss_by_position=by_position[:, :-1] - by_position[:, 1:],
        gauss_by_sigma=by_sigma[:, :-1] - by_sigma[:, 1:],
        at_edges=(above, by_position, by_sigma),
    )


def tail_contents(edges: Floats, position: Floats, sigma: Floats, *, length: float) -> TailContents:
    """Return the contents of tails.

    Args:
        edges: Edges of the channels [channel], shape (channels + 1,).
        position: Positions of the peaks [channel], shape (peaks,).
        sigma: Their standard deviations [channel], above 0, shape (peaks,).
        length: Mean length of the exponential in units of sigma, above 0.
    """
    z, density = _scaled(edges, position, sigma)
    shift = 1.0 / length
    below = _folded(z, density, shift)
    per_sigma = (1.0 / sigma)[:, None]
    per_length = per_sigma * shift
    by_length = shift * (shift * (density - below * (z + shift)))
    # The content up to an edge is (1 - above) + below; its derivatives follow from those of both.
    inside = 1.0 - _part_above(z, density) + below
    by_position = -below * per_length
    by_sigma = z * by_position
    return TailContents(
        tail=inside[:, 1:] - inside[:, :-1],
        by_position=by_position[:, 1:] - by_position[:, :-1],
        by_sigma=by_sigma[:, 1:] - by_sigma[:, :-1],
        by_length=by_length[:, 1:] - by_length[:, :-1],
    )


def _scaled(edges: Floats, position: Floats, sigma: Floats) -> tuple[Floats, Floats]:
    z = (edges[None, :] - position[:, None]) / sigma[:, None]
    return z, _PER_SQRT_2PI * arithmetic.exp(-0.5 * z * z)


def _part_above(z: Floats, density: Floats) -> Floats:
    """Return the part of a Gaussian above z, from the density at z: one exponential serves both."""
    far = (density * (0.5 / _PER_SQRT_2PI)) * arithmetic.erfc_scaled(np.abs(z) * _SQRT_HALF)
    return np.where(z >= 0, far, 1.0 - far)


def _folded(z: Floats, density: Floats, shift: float) -> Floats:
    """Return exp(z shift + shift^2/2) times the part of a Gaussian above z + shift."""
    v = z + shift
    near = (density * (0.5 / _PER_SQRT_2PI)) * arithmetic.erfc_scaled(np.maximum(v, 0.0) * _SQRT_HALF)
    held = np.minimum(v, 0.0)
    outer = _PER_SQRT_2PI * arithmetic.exp(-0.5 * held * held)
    lower = arithmetic.exp(shift * (held - 0.5 * shift)) * _part_above(held, outer)
    return np.where(v >= 0, near, lower)


def _middle(at_edges: Floats) -> Floats:
    return 0.5 * (at_edges[:, :-1] + at_edges[:, 1:])
