"""Where a date and a count stand on a plot [user units of the drawing]."""

from dataclasses import dataclass
from datetime import date

STEPS = (1, 2, 5)
YEAR_STEPS = (1, 2, 3, 5, 10, 20, 50)


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """The size of a drawing and of what is on it [user units]."""

    name: str
    width: float
    height: float
    start: float
    end: float
    top: float
    bottom: float
    font: float
    marker: float
    year_labels: int

    @property
    def end_x(self) -> float:
        """Where the plot area ends along the time axis."""
        return self.width - self.end

    @property
    def bottom_y(self) -> float:
        """Where the plot area ends below."""
        return self.height - self.bottom


WIDE = Frame(
    name="wide", width=960, height=400, start=62, end=58, top=40, bottom=34, font=14, marker=5, year_labels=16
)
NARROW = Frame(
    name="narrow",
    width=344,
    height=350,
    start=42,
    end=30,
    top=34,
    bottom=28,
    font=12,
    marker=3.6,
    year_labels=5,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeScale:
    """Days along the plot, from ``first`` to ``last``."""

    frame: Frame
    first: date
    last: date

    def x(self, day: date) -> float:
        """Where ``day`` stands; days outside the span stand on its ends."""
        span_days = max((self.last - self.first).days, 1)
        share = min(max((day - self.first).days / span_days, 0), 1)
        return self.frame.start + share * (self.frame.end_x - self.frame.start)

    def years(self) -> tuple[date, ...]:
        """First days of the years to label, no more than the frame has room for."""
        years = range(self.first.year + 1, self.last.year + 1)
        step = next((s for s in YEAR_STEPS if len(years) <= s * self.frame.year_labels), YEAR_STEPS[-1])
        return tuple(date(year, 1, 1) for year in years if year % step == 0 or step == 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class CountScale:
    """Counts up the plot, from ``lowest`` to ``highest``."""

    frame: Frame
    lowest: int
    highest: int
    step: int

    def y(self, count: float) -> float:
        """Where ``count`` stands."""
        share = (count - self.lowest) / (self.highest - self.lowest)
        return self.frame.bottom_y - share * (self.frame.bottom_y - self.frame.top)

    def ticks(self) -> tuple[int, ...]:
        """The counts to label."""
        return tuple(range(self.lowest, self.highest + 1, self.step))


def count_scale(counts: tuple[int, ...], *, frame: Frame) -> CountScale:
    """Return a scale that holds ``counts`` on round ticks, with room below them for notes.

    The axis begins at zero only if the counts come near it; the plot says where it begins.

    Args:
        counts: Every count to show; empty where there is none.
        frame: The drawing it is for.
    """
    low, high = (min(counts), max(counts)) if counts else (0, 1)
    step = _step(max(high - low, 1))
    lowest = max((low - step) // step * step, 0)
    highest = -(-(high + step // 3) // step) * step
    return CountScale(frame=frame, lowest=lowest, highest=max(highest, lowest + step), step=step)


def _step(span: int) -> int:
    """Return the smallest round step that cuts ``span`` into at most six."""
    power = 1
    while True:
        for step in STEPS:
            if span <= 6 * step * power:
                return step * power
        power *= 10
