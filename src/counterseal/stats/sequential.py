"""Tests that look more than once: item by item, period by period, year by year.

What a regime asks of them is one and the same thing: that looking often does not cry wolf. Each file holds
one answer; this is the door to all of them.

- items one by one, a share of false items: ``sprt`` (fewest items), ``curtailed`` (a fixed one, cut short)
- items one by one, a stratum of known size, stop when you like: ``confidence_sequence``, ``e_value``
- planned looks at growing evidence: ``repeated_looks``, ``pocock``, ``obrien_fleming``, ``spending_bounds``
- many tests at once: ``many_tests``, ``normal_limit``
- a figure every period: ``page_threshold``, ``page_alarms``, ``cusum_arl``, ``cusum_threshold``
"""

from counterseal.stats.alpha_spending import Looks, obrien_fleming, pocock, repeated_looks, spending_bounds
from counterseal.stats.confidence_sequences import ConfidenceSequence, confidence_sequence, e_value
from counterseal.stats.curtailed_plan import CurtailedPlan, curtailed
from counterseal.stats.cusum import cusum_arl, cusum_threshold
from counterseal.stats.many_tests import many_tests, normal_limit
from counterseal.stats.page import PageAlarms, page_alarms, page_threshold
from counterseal.stats.sequential_plan import Decision, OperatingPoint, SequentialPlan, sprt

__all__ = [
    "ConfidenceSequence",
    "CurtailedPlan",
    "Decision",
    "Looks",
    "OperatingPoint",
    "PageAlarms",
    "SequentialPlan",
    "confidence_sequence",
    "curtailed",
    "cusum_arl",
    "cusum_threshold",
    "e_value",
    "many_tests",
    "normal_limit",
    "obrien_fleming",
    "page_alarms",
    "page_threshold",
    "pocock",
    "repeated_looks",
    "spending_bounds",
    "sprt",
]
