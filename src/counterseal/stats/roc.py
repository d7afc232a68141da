"""The old place of ``false_alarms_per_year``; import it from ``false_alarms.py``."""

from counterseal.stats.false_alarms import false_alarms_per_year

__all__ = ["false_alarms_per_year"]
