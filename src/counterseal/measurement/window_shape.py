"""The shape of a line in a window of channels: a Gaussian with a tail on either side, and a step below it.

The distribution of a line, in ``z = (channel - centre) / sigma``, is

    H(z) = Phi(z) + f T(z; t) - g T(-z; s),   T(z; t) = exp(z/t + 1/(2 t^2)) erfc(z/sqrt2 + 1/(t sqrt2)) / 2

with ``f`` the fraction of counts in the low tail and ``t`` its length in units of sigma, ``g`` and ``s``
those of the high tail (pile-up, at high rates); ``Phi + T`` is the normal law convolved with an
exponential. What falls in a channel is the difference of ``H`` at its two edges, so a line narrower
than a channel is right too.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from counterseal.measurement.arithmetic import erfc_scaled, exp

Floats = NDArray[np.float64]

_SQRT_HALF = 0.7071067811865476
_DENSITY = 0.3989422804014327
"""1 / sqrt(2 pi)."""
_FARTHEST = 37.0
"""Sigmas beyond which a normal density is 0 in double precision."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineShape:
    """What all lines of a window share.

    Attributes:
        tail: Fraction of a line's counts in its low-energy tail, 0 to 1.
        tail_length: Length of that tail in units of sigma, above 0.
        high_tail: Fraction in its high-energy tail.
        high_length: Length of that tail.
        step: Height of the step below a line, per count of the line and channel.
    """

    tail: float
    tail_length: float
    high_tail: float
    high_length: float
    step: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LineCounts:
    """What lines of one count each leave in each channel, and how that changes; shapes (lines, channels).

    Attributes:
        counts: Share of a line's counts in a channel, with its step.
        by_centre: Change with the centre [per channel].
        by_log_sigma: Change with the logarithm of sigma.
        by_tail: Change with the fraction in the tail.
        by_log_length: Change with the logarithm of its length.
        by_high_tail: Change with the fraction in the high tail.
        by_log_high_length: Change with the logarithm of its length.
        by_step: Change with the height of the step.
    """

    counts: Floats
    by_centre: Floats
    by_log_sigma: Floats
    by_tail: Floats
    by_log_length: Floats
    by_high_tail: Floats
    by_log_high_length: Floats
    by_step: Floats


def line_counts(edges: Floats, *, centres: Floats, sigmas: Floats, shape: LineShape) -> LineCounts:
    """Return what lines of unit area leave in channels.

    Args:
        edges: Edges of the channels [channels], shape (channels + 1,), one apart.
        centres: Centres of the lines [channels], shape (lines,).
        sigmas: Their widths [channels], each above 0, shape (lines,).
        shape: The rest of their shape.

    Returns:
        The shares and their changes.
    """
    z = (edges[None, :] - centres[:, None]) / sigmas[:, None]
    z = np.minimum(np.maximum(z, -_FARTHEST), _FARTHEST)
    bell = exp(-0.5 * z * z)
    density = _DENSITY * bell
    normal = _normal(z, bell)
    tail, by_length = _tail(z, bell, length=shape.tail_length)
    high, by_high_length = _tail(-z, bell, length=shape.high_length)
    slope = density + shape.tail * (tail / shape.tail_length - density)
    slope = slope + shape.high_tail * (high / shape.high_length - density)
    above = 1.0 - normal
    per_sigma = 1.0 / sigmas[:, None]
    return LineCounts(
        counts=_between(normal + shape.tail * tail - shape.high_tail * high) + shape.step * _middle(above),
        by_centre=(shape.step * _middle(density) - _between(slope)) * per_sigma,
        by_log_sigma=shape.step * _middle(z * density) - _between(z * slope),
        by_tail=_between(tail),
        by_log_length=shape.tail * _between(by_length),
        by_high_tail=-_between(high),
        by_log_high_length=-shape.high_tail * _between(by_high_length),
        by_step=_middle(above),
    )


def _between(values: Floats) -> Floats:
    """Return the difference over each channel."""
    return values[:, 1:] - values[:, :-1]


def _middle(values: Floats) -> Floats:
    """Return the mean of both edges of each channel."""
    return 0.5 * (values[:, 1:] + values[:, :-1])


def _normal(z: Floats, bell: Floats) -> Floats:
    """Return the normal distribution at ``z``; ``bell`` is exp(-z^2/2)."""
    outer = 0.5 * bell * erfc_scaled(np.abs(z) * _SQRT_HALF)
    return np.where(z < 0, outer, 1.0 - outer)


def _tail(z: Floats, bell: Floats, *, length: float) -> tuple[Floats, Floats]:
    """Return ``T(z)`` and its change with the logarithm of the length."""
    inverse = 1.0 / length
    u = _SQRT_HALF * (z + inverse)
    near = 0.5 * bell * erfc_scaled(np.abs(u))
    far = exp(np.minimum(inverse * z + 0.5 * inverse * inverse, 0.0))
    tail = np.where(u < 0, far - near, near)
    return tail, inverse * (_DENSITY * bell - tail * (z + inverse))
