"""What the false alarms of a test come to in a year: how many there are, and how many of them accuse."""

from dataclasses import dataclass
from typing import Any

from counterseal.stats.items import require_amount, require_chance
from counterseal.stats.result import Result, exactly


@dataclass(frozen=True, slots=True, kw_only=True)
class FalseAlarms:
    """What false alarms of a test come to.

    Attributes:
        alarms_per_y: Mean number of false alarms [1 a year].
        accusations_per_y: Mean number of them that nothing resolves [1 a year].
    """

    alarms_per_y: Result
    accusations_per_y: Result

    def document(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {
            "alarms_per_y": self.alarms_per_y.document(),
            "accusations_per_y": self.accusations_per_y.document(),
        }


def false_alarms_per_year(
    tests_per_y: float, false_alarm_p: float, *, unresolved_p: float = 1.0
) -> FalseAlarms:
    """Return false alarms a year, and false accusations: those that repeats and explanations do not resolve.

    An alarm is not a finding: it is measured again, sampled further, explained. What is left accuses.

    Args:
        tests_per_y: Number of tests of true items a year, 0 or more.
        false_alarm_p: Chance of a false alarm at each [0 to 1].
        unresolved_p: Chance that a false alarm is not resolved [0 to 1].

    Returns:
        Mean numbers of false alarms and of false accusations.

    Raises:
        StatsError: a number is out of its range.

    Examples:
        >>> found = false_alarms_per_year(2700, 0.01, unresolved_p=0.02)
        >>> found.alarms_per_y.value, round(found.accusations_per_y.value or 0.0, 2)
        (27.0, 0.54)
    """
    require_amount(tests_per_y, "false alarms, tests_per_y")
    require_chance(false_alarm_p, "false alarms, false_alarm_p")
    require_chance(unresolved_p, "false alarms, unresolved_p")
    inputs = {"tests_per_y": tests_per_y, "false_alarm_p": false_alarm_p, "unresolved_p": unresolved_p}
    alarms = exactly(tests_per_y * false_alarm_p, method="tests times chance of a false alarm", inputs=inputs)
    accusations = exactly(
        tests_per_y * false_alarm_p * unresolved_p,
        method="false alarms times chance that one is not resolved",
        inputs=inputs,
        assumptions=("Whether an alarm is resolved does not depend on why it was raised.",),
    )
    return FalseAlarms(alarms_per_y=alarms, accusations_per_y=accusations)
