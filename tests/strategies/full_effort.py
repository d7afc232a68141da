"""An effort file that has something of everything, so that no figure of its report is left out."""

from strategies.efforts import QUOTA

_CHANGES = (  # what stands there, and what takes its place
    (
        "  - {name: missiles-2, site: base-2, n_items: 200}",
        (
            "  - {name: missiles-2, site: base-2, n_items: 200}\n"
            "  - {name: store, site: base-2, n_items: 200, content_kg: 0.5}"
        ),
    ),
    (
        "  - {name: weigh, rel_random: 0.02, rel_systematic: 0.01, cost_pd: 0.25}",
        (
            "  - {name: rough, rel_random: 0.25, cost_pd: 0.1}\n"
            "  - {name: fine, rel_random: 0.05, cost_pd: 0.5}\n"
            "  - {name: weigh, rel_random: 0.005, rel_systematic: 0.001, cost_pd: 1}"
        ),
    ),
    (
        "fixed_cost_pd: 20, burden_d: 3, intrusiveness: 2}",
        (
            "fixed_cost_pd: 20, burden_d: 3, intrusiveness: 2, checks: [{stratum: store, with: [rough], n_items: 24}, "
            "{stratum: store, with: [fine], n_items: 10}, {stratum: store, with: [weigh], n_items: 4}]}"
        ),
    ),
    (
        "start: watching, rebuild_stages_d: [30, 60]}",
        (
            "start: watching, gain: 2, rebuild_stages_d: [30, 60]}\n"
            "  - {name: little-from-many, parts: [{stratum: store, amount_kg: 8, defect_fraction: 0.1}]}\n"
            "  - {name: all-from-few, parts: [{stratum: store, amount_kg: 8}], rebuild_stages_d: [300, 400]}"
        ),
    ),
    (
        "detect_p: 0.2, rate_per_y: 0.1, cost_pd_per_y: 40}",
        "detect_p: 0.2, rate_per_y: 0.1, cost_pd_per_y: 40, false_alarms_per_y: 0.2, common_mode_p: 0.05}",
    ),
    ("  budget_pd_per_y: 400\n", "  budget_pd_per_y: 400\n  frontier_pd_per_y: [100, 300, 500]\n"),
    (
        "  - {input: tests.count.detect_p, low: 0.5, high: 1}",
        (
            "  - {input: tests.count.detect_p, low: 0.5, high: 1}\n"
            "  - {input: monitors.portal.detect_p, low: 0, high: 0.4}"
        ),
    ),
)
_PACE = """\
pace:
  backlog: 20
  deadline_d: 120
  runs: 40
  arrivals: {n_items: 5, rate_per_y: 40, shape: 1}
  stations:
    - {name: removal, time_h: 20, servers: 2, shape: 4, hours_per_week: 40, days_per_week: 5}
    - {name: safeguards, time_h: 60, shape: 4, storage: 10}
"""


def full_text() -> str:
    """Return the file."""
    text = QUOTA
    for old, new in _CHANGES:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text + _PACE
