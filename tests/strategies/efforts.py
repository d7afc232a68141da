"""Effort files about a fictional treaty, whole and with one thing changed."""

from counterseal.design.effort import Effort, read_effort
from counterseal.treaty.load import packaged_pack

QUOTA = """\
format: counterseal.effort/1
id: lake-quota
title: A quota of visits, and missiles that carry too much
horizon_years: 10
goal_p: 0.9
treaty: {pack: new-start, on: 2015-03-01}
sites:
  - name: base-1
  - name: base-2
strata:
  - {name: missiles-1, site: base-1, n_items: 200}
  - {name: missiles-2, site: base-2, n_items: 200}
tests:
  - {name: count, detect_p: 1, cost_pd: 0.5}
  - {name: neutrons, detect_beta: [19, 1], false_alarm_p: 0.001, cost_pd: 1, common_mode_p: 0.02}
methods:
  - {name: weigh, rel_random: 0.02, rel_systematic: 0.01, cost_pd: 0.25}
quotas:
  - {kind: type-one, from_treaty: type-one}
  - {kind: type-two, per_year: 2}
visits:
  - {kind: type-one, site: base-1, fixed_cost_pd: 30, checks: [{stratum: missiles-1, with: [count], n_items: 1}]}
  - {kind: type-one, site: base-2, fixed_cost_pd: 30, checks: [{stratum: missiles-2, with: [count], n_items: 1}]}
  - {kind: type-two, site: base-2, fixed_cost_pd: 20, burden_d: 3, intrusiveness: 2}
monitors:
  - {name: portal, sites: [base-1], detect_p: 0.2, rate_per_y: 0.1, cost_pd_per_y: 40}
timeliness: {step_d: 7, critical_time_d: 90, period_d: 364}
utilities: {loss_low: 1, loss_high: 10}
false_alarms: {per_year_max: 0.5, resolution: {resolved_p: 0.95, cost_pd: 4, delay_d: 10}}
strategies:
  - {name: spread, parts: [{stratum: missiles-1, n_items: 10}, {stratum: missiles-2, n_items: 10}], gain: 1}
  - {name: one-base, parts: [{stratum: missiles-1, n_items: 20}], start: watching, rebuild_stages_d: [30, 60]}
not_considered: [Items held at places that nobody declared.]
plan:
  budget_pd_per_y: 400
  places:
    - site: base-1
      kind: type-one
      visits_per_year: [0, 5, 10]
      checks: [{stratum: missiles-1, with: [count], n_items: [1, 5]}]
    - monitor: portal
  limits: {burden_d_per_y: 50}
  prior: [{strategy: spread, weight: 1}, {strategy: one-base, weight: 3}]
completeness:
  declared: 500
  kg_per_item: 4
  confidence: 0.95
  production: {mean_kg: 2000, sd_kg: 60}
  sightings: {seen: 40, missing: 0, bias: 0.5}
  search: {regions: [{name: north, here_p: 0.6, effort: 0.5}, {name: south, here_p: 0.3, effort: 0.1}]}
  priors: [{party: lake, zero_p: 0.7, tail_p: 0.05}, {party: river, zero_p: 0.3, tail_p: 0.02}]
sensitivity:
  - {input: tests.count.detect_p, low: 0.5, high: 1}
"""


def effort(*changes: tuple[str, str], text: str = QUOTA) -> Effort:
    """Return the file as read, each first text replaced by the second, once."""
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return read_effort(text, where="quota.yaml", pack_of=packaged_pack)


def line_of(part: str, text: str = QUOTA) -> int:
    """Return the line on which a part of the file first stands [from 1]."""
    return text[: text.index(part)].count("\n") + 1


CHANGES: dict[str, tuple[str, str, str]] = {
    "negative-items": ("n_items: 1}]}", "n_items: -1}]}", "checks[0].n_items: found -1"),
    "chance-above-one": (
        "detect_p: 1,",
        "detect_p: 1.2,",
        "tests[0].detect_p: found 1.2, expected a number of at most 1",
    ),
    "no-power": ("detect_p: 1, ", "", "give one of detect_p and detect_beta"),
    "two-powers": (
        "detect_beta: [19, 1],",
        "detect_beta: [19, 1], detect_p: 0.9,",
        "give one of detect_p and",
    ),
    "unknown-site": (
        "missiles-2, site: base-2",
        "missiles-2, site: base-3",
        "found 'base-3', which is no site",
    ),
    "site-twice": ("  - name: base-2", "  - name: base-1", "site 'base-1' a second time"),
    "stratum-twice": (
        "missiles-2, site: base-2",
        "missiles-1, site: base-2",
        "stratum 'missiles-1' a second time, first on line 11",
    ),
    "no-such-quota": (
        "from_treaty: type-one",
        "from_treaty: type-nine",
        "pack new-start has no quota 'type-nine'",
    ),
    "outside-its-days": ("on: 2015-03-01", "on: 2035-03-01", "does not hold on 2035-03-01: not applicable"),
    "no-such-day": ("on: 2015-03-01", "on: 2015-02-30", "'2015-02-30', which is no day"),
    "no-treaty": ("treaty: {pack: new-start, on: 2015-03-01}\n", "", "must name the treaty under 'treaty'"),
    "both-quotas": ("per_year: 2}", "per_year: 2, from_treaty: all}", "give one of per_year and from_treaty"),
    "quota-twice": ("kind: type-two, per_year", "kind: type-one, per_year", "quota 'type-one' a second time"),
    "unknown-kind": ("kind: type-two, site", "kind: type-six, site", "'type-six', which is no quota"),
    "too-often": (
        "fixed_cost_pd: 20,",
        "fixed_cost_pd: 20, max_per_year: 1,",
        "up to 2 a year by lot, max_per_year says 1",
    ),
    "elsewhere": (
        "{stratum: missiles-2, with: [count], n_items: 1}",
        "{stratum: missiles-1, with: [count], n_items: 1}",
        "checks stratum missiles-1, which is at base-1",
    ),
    "unknown-test": (
        "with: [count], n_items: 1}]}",
        "with: [cunt], n_items: 1}]}",
        "'cunt', which is no test or method",
    ),
    "too-many-false": (
        "{stratum: missiles-2, n_items: 10}",
        "{stratum: missiles-2, n_items: 201}",
        "201 false items, the stratum has 200",
    ),
    "nothing-done": (
        "{stratum: missiles-1, n_items: 20}",
        "{stratum: missiles-1}",
        "give one of n_items and amount_kg",
    ),
    "wrong-way-range": ("low: 0.5, high: 1}", "low: 0.5, high: 0.4}", "found 0.4, below low 0.5"),
    "no-such-input": ("tests.count.detect_p", "tests.cont.detect_p", "'cont' names nothing there"),
    "input-is-text": ("tests.count.detect_p", "tests.count.name", "which is no number of this file"),
    "loss-upside-down": ("loss_high: 10", "loss_high: 0.5", "found 0.5, below loss_low 1"),
    "step-too-long": ("step_d: 7", "step_d: 700", "longer than the period"),
    "weights-of-nothing": (
        "weight: 1}, {strategy: one-base, weight: 3}",
        "weight: 0}, {strategy: one-base, weight: 0}",
        "all weights are 0",
    ),
    "unknown-monitor": ("- monitor: portal", "- monitor: gate", "'gate', which is no monitor"),
    "place-twice": (
        "    - monitor: portal",
        "    - monitor: portal\n    - monitor: portal",
        "the same place as plan.places[1]",
    ),
    "half-a-place": ("      visits_per_year: [0, 5, 10]\n", "", "key 'visits_per_year' is missing"),
    "two-places": (
        "    - monitor: portal",
        "    - {monitor: portal, site: base-2}",
        "give one of site and monitor",
    ),
    "prior-twice": ("party: river", "party: lake", "prior of lake a second time"),
    "half-a-production": ("mean_kg: 2000, ", "", "give mean_kg and sd_kg, or samples_kg alone"),
    "more-missing-than-seen": ("missing: 0", "missing: 41", "sightings, missing: 41"),
    "steers-the-terminal": (
        "title: A quota of visits, and missiles that carry too much",
        'title: "A \\e[31mquota"',
        "in signs that can be seen",
    ),
    "misspelt": ("horizon_years", "horizon_year", "did you mean 'horizon_years'"),
    "not-a-number": ("goal_p: 0.9", "goal_p: high", "found 'high', expected a number"),
}
"""Name of a fault: what to replace, by what, and what the refusal says."""
