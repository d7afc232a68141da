"""The model of a region: which values are fitted, in which order, and what they make of each channel."""

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from counterseal.measurement.errors import MeasurementError
from counterseal.measurement.peak_shape import peak_contents, tail_contents
from counterseal.measurement.spectrum import Floats

_LENGTH_BOUNDS = (0.1, 20.0)


_BOUNDS = {
    "width": (0.4, 2.5),
    "step": (0.0, np.inf),
    "tail": (0.0, 0.95),
    "length": _LENGTH_BOUNDS,
    "background left": (1e-3, np.inf),
    "background right": (1e-3, np.inf),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What peaks have beside the Gaussian; the same for all peaks of a region.

    Attributes:
        step: Height of the step below a peak per count of its area [1/channel], at least 0; 0 for none.
        step_free: Whether it is fitted.
        tail: Part of the area that lies in the tail, 0 to below 1; 0 for none.
        tail_length: Mean length of the tail in units of sigma, above 0.
        tail_free: Whether that part is fitted.
        length_free: Whether the length is fitted as well; only a strong peak with a tail tells it.
    """

    step: float = 0.0
    step_free: bool = False
    tail: float = 0.0
    tail_length: float = 1.0
    tail_free: bool = False
    length_free: bool = False

    def __post_init__(self) -> None:
        """Refuse a tail that is no part of a peak."""
        if not 0 <= self.tail < 1 or not _LENGTH_BOUNDS[0] <= self.tail_length <= _LENGTH_BOUNDS[1]:
            raise MeasurementError(
                f"tail of {self.tail}, {self.tail_length} sigma long: must be 0 to below 1, and"
                f" {_LENGTH_BOUNDS[0]} to {_LENGTH_BOUNDS[1]}"
            )

    @property
    def has_tail(self) -> bool:
        """Whether there is a tail, or may be one."""
        return self.tail_free or self.length_free or self.tail > 0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Unpacked:
    """What a vector of values stands for."""

    background: tuple[float, float]
    position: Floats
    sigma: Floats
    area: Floats
    shape: Shape
    width: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Frame:
    """What a layout needs whatever the peaks; kept, as the fits of a spectrum share it.

    Attributes:
        place: Index of each name.
        pairs: Indices of two values, shape (2, pairs): first those of the lower triangle of a matrix of the
            values, then each value with an index one past the last.
        square: For each element of that matrix the index of its pair, shape (values, values).
        bounds: Lowest and highest of each value, shape (2, values).
        edges: Edges of the channels from the first one on [channel], shape (channels + 1,).
        background: Parts of the background at the first and the last channel, shape (2, channels).
    """

    place: dict[str, int]
    pairs: NDArray[np.intp]
    square: NDArray[np.intp]
    bounds: Floats
    edges: Floats
    background: Floats


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Layout:
    """Which values are fitted, and where each stands in their vector.

    Attributes:
        first: First channel of the region.
        last: Last channel.
        position: Expected positions of the peaks [channel].
        sigma: Expected standard deviations [channel].
        free: Whether each position is fitted.
        shape: Step and tail, held or to begin with.
        names: Names of the fitted values in their order.
        frame: What follows from which values there are, and from the number of channels.
    """

    first: int
    last: int
    position: tuple[float, ...]
    sigma: tuple[float, ...]
    free: tuple[bool, ...]
    shape: Shape
    names: tuple[str, ...]
    frame: Frame

    @classmethod
    def of(
        cls,
        peaks: list[tuple[float, float, bool]],
        *,
        shape: Shape,
        width_free: bool,
        region: tuple[int, int],
    ) -> "Layout":
        """Return the layout for peaks given as position, standard deviation, and whether it is fitted."""
        first, last = region
        free = tuple(peak[2] for peak in peaks)
        names = _names(free, (width_free, shape.step_free, shape.tail_free, shape.length_free))
        return cls(
            first=first,
            last=last,
            position=tuple(peak[0] for peak in peaks),
            sigma=tuple(peak[1] for peak in peaks),
            free=free,
            shape=shape,
            names=names,
            frame=_frame(names, max(last - first + 1, 2)),
        )

    def start(self, left: float, right: float, areas: list[float]) -> Floats:
        """Return a vector of values to begin with."""
        tail = max(self.shape.tail, 0.1) if self.shape.tail_free else self.shape.tail
        known = {"width": 1.0, "step": self.shape.step, "tail": tail, "length": self.shape.tail_length}
        known |= {"background left": left, "background right": right}
        known |= {f"area {i}": area for i, area in enumerate(areas)}
        known |= {f"channel {i}": position - self.first for i, position in enumerate(self.position)}
        return np.array([known[name] for name in self.names], dtype=np.float64)

    def held_in_bounds(self, values: Floats) -> Floats:
        """Return the values, pulled back to where the model means something."""
        held: Floats = np.minimum(np.maximum(values, self.frame.bounds[0]), self.frame.bounds[1])
        return held

    def unpacked(self, values: Floats) -> Unpacked:
        """Return what a vector stands for, positions from the first channel of the region on."""
        place, count = self.frame.place, len(self.position)
        held = [position - self.first for position in self.position]
        for i, free in enumerate(self.free):
            if free:
                held[i] = values[place[f"channel {i}"]]
        width = float(values[place["width"]]) if "width" in place else 1.0
        return Unpacked(
            background=(float(values[0]), float(values[1])),
            position=np.array(held, dtype=np.float64),
            sigma=np.array(self.sigma, dtype=np.float64) * width,
            area=values[2 : 2 + count],
            shape=self._shape(values),
            width=width,
        )

    def _shape(self, values: Floats) -> Shape:
        held = self.shape
        if not (held.step_free or held.tail_free or held.length_free):
            return held
        return replace(
            held,
            step=float(values[self.frame.place["step"]]) if held.step_free else held.step,
            tail=float(values[self.frame.place["tail"]]) if held.tail_free else held.tail,
            tail_length=float(values[self.frame.place["length"]]) if held.length_free else held.tail_length,
        )

    def unc_of(self, name: str, unc: Floats) -> float:
        """Return the uncertainty of a named value, 0 where it was held."""
        return float(unc[self.frame.place[name]]) if name in self.frame.place else 0.0


@lru_cache(maxsize=64)
def _names(positions_free: tuple[bool, ...], others_free: tuple[bool, bool, bool, bool]) -> tuple[str, ...]:
    names = ["background left", "background right"]
    names += [f"area {i}" for i in range(len(positions_free))]
    names += [f"channel {i}" for i, free in enumerate(positions_free) if free]
    others = zip(("width", "step", "tail", "length"), others_free, strict=True)
    return (*names, *(name for name, free in others if free))


@lru_cache(maxsize=64)
def _frame(names: tuple[str, ...], channels: int) -> Frame:
    size = len(names)
    rows, columns = np.tril_indices(size)
    square = np.empty((size, size), dtype=np.intp)
    square[rows, columns] = square[columns, rows] = np.arange(len(rows))
    each, along = np.arange(size), np.arange(channels) / (channels - 1)
    frame = Frame(
        place={name: index for index, name in enumerate(names)},
        pairs=np.array([[*rows, *each], [*columns, *np.full(size, size)]], dtype=np.intp),
        square=square,
        bounds=np.array([_bounds_of(name, channels) for name in names], dtype=np.float64).T,
        edges=np.arange(channels + 1, dtype=np.float64) - 0.5,
        background=np.array([1.0 - along, along]),
    )
    for shared in (frame.pairs, frame.square, frame.bounds, frame.edges, frame.background):
        shared.flags.writeable = False
    return frame


def _bounds_of(name: str, size: int) -> tuple[float, float]:
    if name.startswith("channel"):
        return -0.5, size - 0.5
    return _BOUNDS.get(name, (-np.inf, np.inf))


def model_and_slopes(
    values: Floats, layout: Layout, *, slopes: Floats | None = None
) -> tuple[Floats, Floats]:
    """Return the expected counts and their derivatives.

    Args:
        values: Fitted values in the order of the layout.
        layout: What they stand for.
        slopes: Where the derivatives are put; a new array without it.

    Returns:
        Expected counts, shape (channels,), and derivatives, shape (values, channels).
    """
    now, frame = layout.unpacked(values), layout.frame
    shape, count = now.shape, len(layout.position)
    if slopes is None:
        slopes = np.empty((len(layout.names), len(frame.edges) - 1))
    slopes[:2] = frame.background
    base = peak_contents(frame.edges, now.position, now.sigma)
    content, by_position, by_sigma = base.gauss, base.gauss_by_position, base.gauss_by_sigma
    area = now.area[:, None]
    if shape.has_tail:
        tail = tail_contents(frame.edges, now.position, now.sigma, length=shape.tail_length)
        part = shape.tail
        _put(slopes, layout, "tail", area * (tail.tail - content))
        _put(slopes, layout, "length", area * (part * tail.by_length))
        content = content + part * (tail.tail - content)
        by_position = by_position + part * (tail.by_position - by_position)
        by_sigma = by_sigma + part * (tail.by_sigma - by_sigma)
    if shape.step or shape.step_free:
        _put(slopes, layout, "step", area * base.step)
        content = content + shape.step * base.step
        by_position = by_position + shape.step * base.step_by_position
        by_sigma = by_sigma + shape.step * base.step_by_sigma
    slopes[2 : 2 + count] = content
    if all(layout.free):
        np.multiply(area, by_position, out=slopes[2 + count : 2 + 2 * count])
    elif any(layout.free):
        free = np.array(layout.free)
        slopes[2 + count : 2 + count + int(np.count_nonzero(free))] = (area * by_position)[free]
    if "width" in frame.place:
        _put(slopes, layout, "width", area * by_sigma * (now.sigma / now.width)[:, None])
    model = now.background[0] * slopes[0] + now.background[1] * slopes[1]
    return model + _over_peaks(area * content), slopes


def _put(slopes: Floats, layout: Layout, name: str, by_peak: Floats) -> None:
    if (row := layout.frame.place.get(name)) is not None:
        slopes[row] = _over_peaks(by_peak)


def _over_peaks(by_peak: Floats) -> Floats:
    """Return the sum over the peaks, one after the other."""
    added: Floats = by_peak[0]
    for row in by_peak[1:]:
        added = added + row
    return added
