"""Check values: numbers that the program works out again whenever it writes a report.

Whoever reads a report sees that the formulas under it give, on the machine that made it, what others printed;
one number that nobody printed is worked out a second way instead.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from counterseal.design.delay_games import delay_game
from counterseal.design.inspection_stages import inspection_recursion
from counterseal.stats.alpha_spending import pocock, repeated_looks
from counterseal.stats.cusum import cusum_arl
from counterseal.stats.hypergeometric import chance_seen
from counterseal.stats.sampling import nondetection
from counterseal.stats.two_point import plan_two_point

_MANUAL = "manual of R's package AcceptanceSampling; Kiermeier, Journal of Statistical Software 26 (2008) 6"
_CHARTS = "Lucas and Crosier, Technometrics 24 (1982) 199"
_STEPS = 1_500


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckValue:
    """A known number, and what the program gives.

    Attributes:
        what: What it is.
        source: Where it was printed, or how else it was worked out.
        published: The number as printed, or as worked out in that other way.
        found: What the program gives, to as many digits.
    """

    what: str
    source: str
    published: str
    found: str

    @property
    def passed(self) -> bool:
        """Whether both are the same."""
        return self.published == self.found

    def document(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {
            "what": self.what,
            "source": self.source,
            "published": self.published,
            "found": self.found,
            "passed": self.passed,
        }


def check_values() -> tuple[CheckValue, ...]:
    """Return known numbers, each beside what the program gives on this machine."""
    printed = tuple(
        CheckValue(what=what, source=source, published=published, found=found())
        for what, source, published, found in _PUBLISHED
    )
    return (*printed, _in_fractions())


def _counted() -> str:
    plan = plan_two_point(None, (0.05, 0.95), (0.15, 0.075), "binom")
    return f"{plan.n}, at most {plan.c}"


def _measured() -> str:
    plan = plan_two_point(None, (0.05, 0.95), (0.15, 0.075), "normal")
    return f"{plan.n}, k {plan.k:.6f}"


def _run_length(h: float, shift: float, places: int) -> str:
    return f"{cusum_arl(0.5, h, shift, two_sided=True).value or 0.0:.{places}f}"


def _blind() -> str:
    return f"{(delay_game(_STEPS, 1).value.value or 0.0) / _STEPS:.3f}"


def _in_fractions() -> CheckValue:
    """Return a chance by the program's recurrence, beside the same in exact fractions."""
    missed = 1 - chance_seen(3000, false_items=10, checked=617)
    return CheckValue(
        what="Chance to miss 10 of 3,000 in a sample of 617",
        source="not published: worked out a second way, in exact fractions",
        published=f"{float(missed):.10f}",
        found=f"{nondetection(3000, 10, 617).value or 0.0:.10f}",
    )


_PUBLISHED: tuple[tuple[str, str, str, Callable[[], str]], ...] = (
    ("Plan by counting for two points (5 % with 95 %, 15 % with 7.5 %): items, most false", _MANUAL,
     "80, at most 7", _counted),
    ("Plan by measuring for the same points: items, distance of the mean", _MANUAL,
     "26, k 1.322271", _measured),
    ("Mean run length of a two-sided chart, h = 4, nothing wrong", _CHARTS,
     "168", lambda: _run_length(4.0, 0.0, 0)),
    ("The same, h = 5, mean moved by one standard deviation", _CHARTS,
     "10.4", lambda: _run_length(5.0, 1.0, 1)),
    ("Limit for five looks of equal strictness at 5 % in all", "Pocock, Biometrika 64 (1977) 191",
     "2.413", lambda: f"{pocock(5, 0.05).bounds[0]:.3f}"),
    ("False alarms of twenty looks at 5 % each",
     "Armitage, McPherson and Rowe, Journal of the Royal Statistical Society A 132 (1969) 235",
     "0.248", lambda: f"{repeated_looks(20, 0.05).value or 0.0:.3f}"),
    ("Four stages, two visits, one act, a loss of one: value to the host",
     "von Stengel, Mathematics of Operations Research 41 (2016) 935, closed form",
     "3/11", lambda: f"{inspection_recursion(4, 2).value}"),
    ("Expected delay against a blind host with one visit, in periods: 1/e",
     "Diamond, Mathematics of Operations Research 7 (1982) 139", "0.368", _blind),
)  # fmt: skip
