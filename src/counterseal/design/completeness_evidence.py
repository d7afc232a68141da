"""What bears on the number of items that nobody declared, each as a likelihood of that number."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from counterseal.design.errors import DesignError
from counterseal.stats.items import require_amount, require_chance, require_count

Floats = NDArray[np.float64]
_LEAST_SAMPLES = 100
_FAR = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class CountPrior:
    """What somebody holds of U beforehand: a chance that there are none, and a geometric tail.

    ``P(U = u) = zero_p [u = 0] + (1 - zero_p) tail_p (1 - tail_p)^u``.

    Attributes:
        zero_p: Extra chance that there are none [0 to 1].
        tail_p: How fast the rest falls off, above 0, at most 1; its mean is ``(1 - tail_p) / tail_p`` items.
    """

    zero_p: float
    tail_p: float

    def __post_init__(self) -> None:
        """Refuse chances out of range."""
        require_chance(self.zero_p, "prior, zero_p")
        require_chance(self.tail_p, "prior, tail_p")
        if not self.tail_p:
            raise DesignError("prior, tail_p: 0, must be above 0: a tail that never falls has no sum")

    def ln_weights(self, numbers: Floats) -> Floats:
        """Return the logarithm of the weight of each number; shape as given."""
        if self.tail_p == 1.0:
            return np.where(numbers == 0, 0.0, -np.inf)
        zero = math.log(self.zero_p) if self.zero_p else -math.inf
        rest = math.log1p(-self.zero_p) if self.zero_p < 1.0 else -math.inf
        weights = rest + math.log(self.tail_p) + numbers * math.log1p(-self.tail_p)
        return np.where(numbers == 0, np.logaddexp(zero, weights), weights)


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """A part of a country that is searched.

    Attributes:
        name: How the effort file names it.
        here_p: Chance that an undeclared item is here rather than elsewhere [0 to 1]; all regions together
            at most 1: the rest is where nobody searches.
        effort: How well it was searched: an item that is here is missed with chance ``exp(-effort)``.
    """

    name: str
    here_p: float
    effort: float

    def __post_init__(self) -> None:
        """Refuse chances and efforts out of range."""
        require_chance(self.here_p, f"region {self.name}, here_p")
        require_amount(self.effort, f"region {self.name}, effort")


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What bears on the number of undeclared items.

    Attributes:
        declared: Declared items [items], 1 or more.
        kg_per_item: What one holds [kg], above 0.
        production: ``(mean, standard deviation)`` of what was produced and is not in other forms [kg]; None
            where there is no estimate.
        production_samples: Such estimates drawn from their distribution [kg], at least 100; none where the
            mean and standard deviation are given.
        sightings: ``(seen, missing)``: independent observations of real items, and how many of them are
            not in the declaration; None where there are none.
        sighting_bias: How likely an undeclared item is seen, relative to a declared one, above 0, at most 1.
        search: Regions that were searched; none where none were.
        found: Undeclared items that the search found [items].
    """

    declared: int
    kg_per_item: float
    production: tuple[float, float] | None = None
    production_samples: tuple[float, ...] = ()
    sightings: tuple[int, int] | None = None
    sighting_bias: float = 1.0
    search: tuple[Region, ...] = ()
    found: int = 0

    def __post_init__(self) -> None:
        """Refuse numbers that cannot be."""
        require_count(self.declared, "declared", least=1)
        require_amount(self.kg_per_item, "kg_per_item", above=0.0)
        require_amount(self.sighting_bias, "sighting_bias", above=0.0)
        require_count(self.found, "found")
        self._require_production()
        if self.sighting_bias > 1.0:
            raise DesignError(f"sighting_bias: {self.sighting_bias}, must be at most 1")
        if self.sightings is not None:
            seen, missing = self.sightings
            require_count(seen, "sightings, seen")
            require_count(missing, "sightings, missing", most=seen)
        if sum(one.here_p for one in self.search) > 1.0 + 1e-9:
            raise DesignError("search: the chances here_p add up to more than 1")
        if self.found and not self.search_p:
            raise DesignError(f"found: {self.found} items by a search of no effort")

    def _require_production(self) -> None:
        if self.production is not None:
            if self.production_samples:
                raise DesignError("production: give the mean and standard deviation, or samples, not both")
            require_amount(self.production[0], "production, mean_kg")
            require_amount(self.production[1], "production, sd_kg", above=0.0)
        elif self.production_samples:
            if len(self.production_samples) < _LEAST_SAMPLES:
                raise DesignError(
                    f"production, samples: {len(self.production_samples)}, must be at least {_LEAST_SAMPLES}"
                )
            for sample in self.production_samples:
                require_amount(sample, "production, samples")
            if min(self.production_samples) == max(self.production_samples):
                raise DesignError("production, samples: all the same; a spread is needed")

    @property
    def far_beyond(self) -> int:
        """A number of undeclared items beyond all that a balance makes likely [items]; 0 without one."""
        most_kg = 0.0
        if self.production is not None:
            most_kg = self.production[0] + _FAR * self.production[1]
        elif self.production_samples:
            most_kg = max(self.production_samples) + _FAR * self._width_kg
        return max(0, math.ceil(most_kg / self.kg_per_item) - self.declared)

    @property
    def _width_kg(self) -> float:
        """Width of the kernel laid over each sample of production [kg], by the rule of [SILVERMAN-1986]."""
        samples = np.array(self.production_samples)
        return float(1.06 * samples.std(ddof=1) * len(samples) ** -0.2)

    @property
    def search_p(self) -> float:
        """Chance that one undeclared item would have been found [0 to 1]."""
        return sum(one.here_p * -math.expm1(-one.effort) for one in self.search)

    def ln_likelihood(self, numbers: Floats) -> Floats:
        """Return the logarithm of the likelihood of each number of undeclared items; shape as given."""
        total = np.zeros_like(numbers)
        for part in (self._ln_balance, self._ln_sightings, self._ln_search):
            total = total + part(numbers)
        return total

    def _ln_balance(self, numbers: Floats) -> Floats:
        made_kg = self.kg_per_item * (self.declared + numbers)
        if self.production is not None:
            return np.asarray(-0.5 * ((made_kg - self.production[0]) / self.production[1]) ** 2)
        if not self.production_samples:
            return np.zeros_like(numbers)
        samples = np.array(self.production_samples)
        width_kg = self._width_kg
        terms = np.stack([-0.5 * ((made_kg - one) / width_kg) ** 2 for one in np.sort(samples)])
        return np.asarray(np.logaddexp.reduce(terms, axis=0) - math.log(len(samples)))

    def _ln_sightings(self, numbers: Floats) -> Floats:
        if self.sightings is None:
            return np.zeros_like(numbers)
        seen, missing = self.sightings
        hidden = self.sighting_bias * numbers
        every = np.log(self.declared + hidden)
        with np.errstate(divide="ignore"):
            misses = missing * (np.log(hidden) - every) if missing else np.zeros_like(numbers)
        return np.asarray((seen - missing) * (math.log(self.declared) - every) + misses)

    def _ln_search(self, numbers: Floats) -> Floats:
        chance = self.search_p
        if not chance:
            return np.zeros_like(numbers)
        left = numbers - self.found
        ways = _ln_ways(numbers, self.found)
        missed = math.log1p(-chance) if chance < 1.0 else -math.inf
        with np.errstate(invalid="ignore"):
            rest = np.where(left > 0, left * missed, 0.0)
        return np.where(left < 0, -np.inf, ways + self.found * math.log(chance) + rest)


def _ln_ways(numbers: Floats, found: int) -> Floats:
    """Return the logarithm of the ways to choose which were found, -inf where there are too few."""
    ways = np.zeros_like(numbers)
    with np.errstate(divide="ignore", invalid="ignore"):
        for step in range(found):
            ways = ways + np.log(np.maximum(numbers - step, 0.0) / (step + 1.0))
    return ways
