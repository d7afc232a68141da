"""Stats: chances, samples, sequential tests and intervals; nothing else computes a sample size or a chance.

What lives here: the sampler of the joint draw; exact sampling of attributes and of amounts, with tests
that err and rates that nobody knows; sequential tests, thresholds for a whole life, confidence
sequences; propagation of uncertainty and sensitivity. Every answer is a `Result` that says what kind of
figure it is and what it takes for granted.

What does not: who takes part in a draw (`records/draw.py`), games and plans (`design/`), and any rule
of an agreement. Nothing here reads a clock or asks for random bytes: a seed is an argument.

Read first: `result.py` and `items.py`, then `sampling.py`. It follows any textbook of sampling without
replacement, and [AVENHAUS-CANTY-1996].
"""

_NAMES = {
    "ItemTest": "items",
    "Plan": "two_point",
    "QuantMethod": "items",
    "Result": "result",
    "Stratum": "items",
    "alarm_probability": "sampling",
    "common_mode_ceiling": "shared_rate",
    "confidence_sequence": "confidence_sequences",
    "currie_limits": "currie",
    "curtailed": "curtailed_plan",
    "cusum_arl": "cusum",
    "cusum_threshold": "cusum",
    "d_statistic_power": "d_statistic",
    "detection_curve": "variables",
    "e_value": "confidence_sequences",
    "false_alarms_per_year": "false_alarms",
    "goal_left_for_sample": "shared_rate",
    "iso_limits": "currie",
    "nondetection": "sampling",
    "nondetection_array": "sampling_arrays",
    "nondetection_general": "sampling",
    "obrien_fleming": "alpha_spending",
    "page_alarms": "page",
    "page_threshold": "page",
    "plan_size": "sample_size",
    "plan_size_array": "sampling_arrays",
    "plan_two_point": "two_point",
    "pocock": "alpha_spending",
    "propagate": "propagation",
    "propagate_by_drawing": "drawn_propagation",
    "ranges_of": "sensitivity",
    "repeated_looks": "alpha_spending",
    "roc": "receiver_curve",
    "roc_from_samples": "measured_roc",
    "shared_rate_nondetection": "shared_rate",
    "shared_rate_plan_size": "shared_rate",
    "sobol": "sensitivity",
    "spending_bounds": "alpha_spending",
    "sprt": "sequential_plan",
    "tornado": "sensitivity",
    "with_common_mode": "shared_rate",
    "worst_defect_fraction": "worst_defect",
}
"""The interface: each name and the file that it lives in."""

__all__ = tuple(_NAMES)


def __dir__() -> list[str]:
    """Return what the room has, the names of the interface among them, loaded or not."""
    return sorted({*globals(), *_NAMES})


def __getattr__(name: str) -> object:
    """Return a name of the interface from the file that it lives in, loaded when first asked for."""
    if name not in _NAMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_NAMES[name]}"), name)
