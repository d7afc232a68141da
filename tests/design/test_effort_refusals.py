"""Wrong effort files: each is refused in a line with its place, or said by ``design check``; none passes."""

import re

import pytest

from counterseal.design.effort import read_effort
from counterseal.design.effort_check import check_effort
from counterseal.design.errors import EffortError
from counterseal.treaty.load import packaged_pack
from strategies.efforts import QUOTA, effort

CHANCE = "between 0 and 1, such as 0.8; 80 % is 0.8"
TYPE_TWO = "  - {kind: type-two, per_year: 2}\n"
INPUT = "  - {input: tests.count.detect_p, low: 0.5, high: 1}\n"
SOUTH = "{name: south, here_p: 0.3, effort: 0.1}"

WRONG: dict[str, tuple[str, str, str]] = {
    "goal-per-cent": ("goal_p: 0.9", "goal_p: 80", f"goal_p: found 80, .*a chance {CHANCE}"),
    "goal-per-cent-sign": ("goal_p: 0.9", "goal_p: 80%", f"goal_p: found '80%', .*a chance {CHANCE}"),
    "goal-comma": ("goal_p: 0.9", "goal_p: 0,8", f"goal_p: found '0,8', .*a chance {CHANCE}"),
    "power-per-cent": ("detect_p: 1,", "detect_p: 90,", rf"tests\[0\]\.detect_p: found 90, .*{CHANCE}"),
    "alarm-negative": (
        "false_alarm_p: 0.001",
        "false_alarm_p: -1",
        rf"tests\[1\]\.false_alarm_p: found -1, .*{CHANCE}",
    ),
    "confidence-per-cent": (
        "confidence: 0.95",
        "confidence: 95",
        f"completeness.confidence: found 95, .*a chance {CHANCE}",
    ),
    "goal-huge": ("goal_p: 0.9", "goal_p: 1e400", r"goal_p: found 1E\+400, expected a number below 1"),
    "goal-tiny": ("goal_p: 0.9", "goal_p: 1e-400", "goal_p: found 1E-400, too near to 0 to be told from it"),
    "goal-all-but-certain": (
        "goal_p: 0.9",
        "goal_p: 0.99999999999999999999",
        "found 0.99999999999999999999, too near to 1",
    ),
    "time-tiny": ("step_d: 7", "step_d: 1e-400", r"timeliness\.step_d: found 1E-400, too near to 0"),
    "goal-not-a-number": ("goal_p: 0.9", "goal_p: .nan", "found .nan; a number is finite"),
    "goal-infinite": ("goal_p: 0.9", "goal_p: .inf", "found .inf; a number is finite"),
    "items-huge": ("n_items: 200}", "n_items: 1e400}", r"n_items: found 1E\+400, expected a whole number: "),
    "items-too-many": ("n_items: 200}", "n_items: 1000001}", "n_items: found 1000001, .* at most 1000000"),
    "items-with-comma": ("n_items: 200}", "n_items: '1,000'}", "found '1,000', .*write it like 1234"),
    "mass-huge": ("kg_per_item: 4", "kg_per_item: 1e400", "completeness.kg_per_item: found .* at most"),
    "effort-huge": ("effort: 0.5", "effort: 1e400", r"regions\[0\]\.effort: found .* at most"),
    "range-huge": ("high: 1}", "high: 1e400}", r"sensitivity\[0\]\.high: found 1E\+400, .* at most"),
    "nothing": ("goal_p: 0.9", "goal_p:", "goal_p: nothing after the colon"),
    "key-twice": ("goal_p: 0.9", "goal_p: 0.9\ngoal_p: 0.8", "'goal_p' a second time, first on line 5"),
    "near-name": ("utilities:", "utility:", "unknown key 'utility'; did you mean 'utilities'"),
    "anchor": ("title: A", "title: &a A", r"title: an anchor \(&a\)"),
    "alias": ("goal_p: 0.9", "goal_p: *x", r"goal_p: an alias \(\*x\)"),
    "merge": ("goal_p: 0.9", "<<: {goal_p: 0.9}", "a merge key"),
    "visit-twice": (
        "{kind: type-two, site",
        "{kind: type-one, site",
        r"visits\[2\]\.kind: visit 'type-one to base-2' a second time, first on line 23",
    ),
    "nowhere-to-go": (
        TYPE_TWO,
        f"{TYPE_TWO}  - {{kind: all, per_year: 3}}\n",
        r"quotas\[2\]: 3 visits a year and no site to go to; describe a visit of kind 'all'",
    ),
    "quota-gone": (TYPE_TWO, "", r"visits\[2\]\.kind: found 'type-two', which is no quota"),
    "elsewhere": (
        "{stratum: missiles-2, with: [count], n_items: 1}",
        "{stratum: missiles-1, with: [count], n_items: 1}",
        r"visits\[1\]\.checks\[0\]\.stratum: checks stratum missiles-1, which is at base-1, not at base-2",
    ),
    "no-room": (
        "fixed_cost_pd: 20,",
        "fixed_cost_pd: 20, max_per_year: 1,",
        r"visits\[2\]\.max_per_year: visit type-two to base-2: up to 2 a year by lot",
    ),
    "no-such-pack": (
        "pack: new-start",
        "pack: no-such",
        "treaty.pack: no packaged treaty 'no-such'; there is new-start",
    ),
    "more-false-than-there": (
        "[{stratum: missiles-1, n_items: 20}]",
        "[{stratum: missiles-1, n_items: 2000}]",
        r"strategies\[1\]\.parts\[0\]: part in missiles-1: 2000 false items, the stratum has 200",
    ),
    "same-test-twice": (
        "with: [count], n_items: 1}]}",
        "with: [count, count], n_items: 1}]}",
        r"checks\[0\]\.with: found the same item twice: 'count', at \[0\] and \[1\]",
    ),
    "monitor-visited": (
        "- monitor: portal",
        "- {monitor: portal, visits_per_year: [1]}",
        r"plan\.places\[1\]\.visits_per_year: a monitor is there or it is not",
    ),
    "weight-twice": (
        "{strategy: one-base, weight: 3}",
        "{strategy: spread, weight: 3}",
        r"plan\.prior\[1\]\.strategy: weight of strategy spread a second time",
    ),
    "region-twice": (
        SOUTH,
        SOUTH.replace("south", "north"),
        r"completeness\.search\.regions\[1\]\.name: region north a second time",
    ),
    "regions-beyond-one": (
        SOUTH,
        SOUTH.replace("0.3", "0.7"),
        r"completeness\.search: search: the chances here_p add up",
    ),
    "more-missing": (
        "missing: 0",
        "missing: 41",
        r"completeness\.sightings\.missing: sightings, missing: 41",
    ),
    "input-twice": (
        INPUT,
        INPUT + INPUT.replace("count", "0"),
        r"sensitivity\[1\]\.input: tests\.0\.detect_p names an input a second time, first on line 53",
    ),
}


@pytest.mark.parametrize("fault", sorted(WRONG))
def test_a_wrong_file_is_refused_in_one_line_at_its_place(fault: str) -> None:
    old, new, message = WRONG[fault]
    with pytest.raises(EffortError) as refused:
        effort((old, new))
    assert re.fullmatch(rf"quota\.yaml:\d+:\d+: .*{message}.*", str(refused.value)), str(refused.value)


NO_EFFORT: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "the file is empty"),
    "binary": (b"\x7fELF\x00\x01", "zero byte at offset 4: binary data"),
    "picture": (b"\x89PNG\r\n", "f.yaml:1: byte 0x89 is not UTF-8"),
    "text": (b"hello", "found 'hello', expected a mapping: an effort file"),
    "deep": (b"[" * 10**6, "nested deeper than 24 levels"),
    "deep-keys": (b"{a: " * 200_000, "nested deeper than 24 levels"),
    "round": (b"a: &x [*x]\n", "an anchor"),
    "two": (QUOTA.encode() + b"---\na: 1\n", "a second document begins here"),
    "too-large": (b"#" * 1_048_577, "1048577 bytes, must be at most 1048576"),
    "other-form": (QUOTA.replace("effort/1", "effort/2").encode(), "expected exactly 'counterseal.effort/1'"),
}


@pytest.mark.parametrize("fault", sorted(NO_EFFORT))
def test_what_is_no_effort_file_is_refused(fault: str) -> None:
    text, message = NO_EFFORT[fault]
    with pytest.raises(EffortError, match=re.escape(message)):
        read_effort(text, where="f.yaml", pack_of=packaged_pack)


SAID: dict[str, tuple[tuple[tuple[str, str], ...], str]] = {
    "pack-not-read": (
        (("pack: new-start", "pack: no-such"), ("from_treaty: type-one", "per_year: 10")),
        "treaty no-such: no quota is read from it, so nobody looked whether it is there",
    ),
    "plan-beyond-quota": (
        (("visits_per_year: [0, 5, 10]", "visits_per_year: [0, 5, 11]"),),
        "plan, type-one to base-1: offers 11 visits a year, more than the quota of 10; that can never be chosen",
    ),
    "own-value-outside": (
        (("low: 0.5, high: 1}", "low: 0.5, high: 0.7}"),),
        "sensitivity, tests.count.detect_p: the file's own 1 is not in its range 0.5 to 0.7",
    ),
    "end-impossible": (
        (("low: 0.5, high: 1}", "low: -3, high: 1}"),),
        "sensitivity, tests.count.detect_p: low -3 is no value that the file could hold there",
    ),
}


@pytest.mark.parametrize("fault", sorted(SAID))
def test_what_may_be_meant_is_said_by_the_check(fault: str) -> None:
    changes, warning = SAID[fault]
    assert warning in check_effort(effort(*changes)).warnings
    assert warning not in check_effort(effort()).warnings


def test_more_common_causes_than_can_be_summed_are_said_by_the_check() -> None:
    names = [f"more-{number}" for number in range(13)]
    tests = "".join(f"  - {{name: {name}, detect_p: 0.5, common_mode_p: 0.1}}\n" for name in names)
    beta = "".join(f"  - {{name: beta-{number}, detect_beta: [2, 1]}}\n" for number in range(4))
    every = ", ".join([*names, *(f"beta-{number}" for number in range(4))])
    read = effort(("tests:\n", f"tests:\n{tests}{beta}"), ("with: [count]", f"with: [{every}]"))
    warnings = check_effort(read).warnings
    assert (
        "strategy spread: 13 techniques with common_mode_p above 0 bear on it; its chance of detection can be "
        "worked out with at most 12"
    ) in warnings
    assert (
        "strategy spread: 4 techniques with detect_beta bear on it; its chance of detection can be worked out "
        "with at most 3"
    ) in warnings
