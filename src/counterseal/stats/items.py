"""What is sampled and with what: a stratum of like items, a test of an item, a measurement of its content."""

import math
from dataclasses import dataclass

from counterseal.stats.errors import StatsError

MAX_ITEMS = 1_000_000
"""Largest stratum [items]."""


def require_chance(value: float, name: str) -> None:
    """Require a chance from 0 to 1.

    Raises:
        StatsError: it is not; the message names the field.
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise StatsError(f"{name}: {value!r}, must be a number from 0 to 1")
    if not 0.0 <= value <= 1.0:  # also refuses what is not a number
        raise StatsError(f"{name}: {value}, must be a chance from 0 to 1")


def require_amount(value: float, name: str, *, above: float | None = None, least: float = 0.0) -> None:
    """Require a finite number that is not too small.

    Args:
        value: The number.
        name: Field, as the message names it.
        above: It must be more than this; None for no such limit.
        least: It must be at least this.

    Raises:
        StatsError: it is not.
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise StatsError(f"{name}: {value!r}, must be a number")
    if not math.isfinite(value):
        raise StatsError(f"{name}: {value}, must be a finite number")
    if above is not None and value <= above:
        raise StatsError(f"{name}: {value}, must be above {above:g}")
    if value < least:
        raise StatsError(f"{name}: {value}, must be at least {least:g}")


def require_count(value: int, name: str, *, least: int = 0, most: int = MAX_ITEMS) -> None:
    """Require a whole number in a range.

    Args:
        value: The number.
        name: Field, as the message names it.
        least: Smallest allowed.
        most: Largest allowed.

    Raises:
        StatsError: it is no whole number, or out of the range.
    """
    if isinstance(value, bool) or not isinstance(value, int):
        raise StatsError(f"{name}: {value!r}, must be a whole number")
    if not least <= value <= most:
        raise StatsError(f"{name}: {value}, must be from {least} to {most}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stratum:
    """Like items in one place, of which a sample is drawn.

    Attributes:
        name: How the effort file and the report name it.
        n_items: How many are declared [items], 1 to 10**6.
        content_kg: What one holds [kg], above 0; 1 where items are only counted.
        items_by_size: ``((content_kg, n_items), …)`` where they differ; the numbers add up to ``n_items``.
    """

    name: str
    n_items: int
    content_kg: float = 1.0
    items_by_size: tuple[tuple[float, int], ...] | None = None

    def __post_init__(self) -> None:
        """Refuse no items, too many, or sizes that do not add up."""
        require_count(self.n_items, f"stratum {self.name}, n_items", least=1)
        require_amount(self.content_kg, f"stratum {self.name}, content_kg", above=0.0)
        if self.items_by_size is None:
            return
        for content_kg, number in self.items_by_size:
            require_amount(content_kg, f"stratum {self.name}, items_by_size, content_kg", above=0.0)
            require_count(number, f"stratum {self.name}, items_by_size, n_items", least=1)
        total = sum(number for _, number in self.items_by_size)
        if total != self.n_items:
            raise StatsError(
                f"stratum {self.name}, items_by_size: {total} items in all, n_items says {self.n_items}"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemTest:
    """A test that says of one item whether it is what was declared.

    Attributes:
        name: How the effort file names it.
        detect_p: Chance that it shows a false item [0 to 1], where that is known; else None.
        detect_beta: ``(a, b)`` of the Beta distribution from which that chance, one and the same for all
            items, is drawn, where it was learnt from tests: a - 1 seen and b - 1 not; else None.
        false_alarm_p: Chance that it shows a true item as false [0 to 1].
        cost_pd: Effort for one item [person-days], 0 or more.
        duration_d: How long one item takes [days], 0 or more.
        common_mode_p: Chance that the technique as a whole shows nothing, whatever is measured
            (spoofed or broken equipment) [0 to 1].
        released_bits: What one use tells about an item beyond its being as declared [bits], 0 or more.
    """

    name: str
    detect_p: float | None = None
    detect_beta: tuple[float, float] | None = None
    false_alarm_p: float = 0.0
    cost_pd: float = 0.0
    duration_d: float = 0.0
    common_mode_p: float = 0.0
    released_bits: float = 0.0

    def __post_init__(self) -> None:
        """Refuse a test of unknown power, or one out of range."""
        if (self.detect_p is None) == (self.detect_beta is None):
            raise StatsError(f"test {self.name}: give one of detect_p and detect_beta")
        if self.detect_p is not None:
            require_chance(self.detect_p, f"test {self.name}, detect_p")
        for number in self.detect_beta or ():
            require_amount(number, f"test {self.name}, detect_beta", above=0.0)
        require_chance(self.false_alarm_p, f"test {self.name}, false_alarm_p")
        require_chance(self.common_mode_p, f"test {self.name}, common_mode_p")
        require_amount(self.cost_pd, f"test {self.name}, cost_pd")
        require_amount(self.duration_d, f"test {self.name}, duration_d")
        require_amount(self.released_bits, f"test {self.name}, released_bits")

    @property
    def mean_detect_p(self) -> float:
        """Chance that it shows a false item, the mean where it is not known [0 to 1]."""
        if self.detect_p is not None:
            return self.detect_p
        first, second = self.detect_beta or (1.0, 1.0)
        return first / (first + second)


@dataclass(frozen=True, slots=True, kw_only=True)
class QuantMethod:
    """A measurement of what an item holds, compared with what was declared.

    Attributes:
        name: How the effort file names it.
        rel_random: Relative standard deviation that differs from item to item [1], 0 or more.
        rel_systematic: Relative standard deviation that all items of one campaign share [1], 0 or more; one
            of the two is above 0.
        alarm_sigma: At how many standard deviations of a difference an item is flagged, above 0.
        two_sided: Whether too much is flagged as well as too little.
        cost_pd: Effort for one item [person-days], 0 or more.
        systematic_group: Methods with the same group share their systematic error; None for none.
        common_mode_p: Chance that the method as a whole shows nothing, whatever is measured [0 to 1].
        released_bits: What one use tells about an item [bits], 0 or more.
    """

    name: str
    rel_random: float
    rel_systematic: float = 0.0
    alarm_sigma: float = 3.0
    two_sided: bool = True
    cost_pd: float = 0.0
    systematic_group: str | None = None
    common_mode_p: float = 0.0
    released_bits: float = 0.0

    def __post_init__(self) -> None:
        """Refuse a measurement without error, or with a negative one."""
        require_amount(self.rel_random, f"method {self.name}, rel_random")
        require_amount(self.rel_systematic, f"method {self.name}, rel_systematic")
        require_amount(self.alarm_sigma, f"method {self.name}, alarm_sigma", above=0.0)
        require_amount(self.cost_pd, f"method {self.name}, cost_pd")
        require_amount(self.released_bits, f"method {self.name}, released_bits")
        require_chance(self.common_mode_p, f"method {self.name}, common_mode_p")
        require_amount(
            self.rel_total, f"method {self.name}, rel_random and rel_systematic together", above=0.0
        )

    @property
    def rel_total(self) -> float:
        """Relative standard deviation of one difference [1]: both parts, added in squares."""
        return math.hypot(self.rel_random, self.rel_systematic)
