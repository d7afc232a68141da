"""An effort file: what it says when it holds together, and every refusal with its line."""

import re

import pytest

from counterseal.design.errors import EffortError
from strategies.efforts import CHANGES, QUOTA, effort, line_of


def test_an_effort_file_becomes_a_regime_and_strategies() -> None:
    read = effort()
    assert read.regime.quota_per_year == {"type-one": 10, "type-two": 2}
    assert [share for _, share in read.regime.shares("type-one")] == [0.5, 0.5]
    assert read.regime.technique("neutrons").common_mode_p == 0.02
    assert read.regime.resolution is not None
    assert read.regime.resolution.resolved_p == 0.95
    assert read.strategy("one-base").rebuild_stages_d == (30.0, 60.0)
    assert read.plan is not None
    assert [place.options for place in read.plan.places] == [5, 2]
    assert read.sensitivity[0].path == ("tests", 0, "detect_p")
    assert read.goal_p == 0.9


@pytest.mark.parametrize("fault", sorted(CHANGES))
def test_what_is_impossible_or_missing_is_refused_with_file_line_field_and_rule(fault: str) -> None:
    old, new, message = CHANGES[fault]
    with pytest.raises(EffortError) as refused:
        effort((old, new))
    first = str(refused.value).splitlines()[0]
    assert re.match(r"quota\.yaml:\d+:\d+: ", first), first
    assert message in str(refused.value)


@pytest.mark.parametrize("fault", ["chance-above-one", "unknown-site", "no-such-input", "unknown-monitor"])
def test_the_line_is_that_of_the_value(fault: str) -> None:
    old, new, _ = CHANGES[fault]
    with pytest.raises(EffortError, match=rf"quota\.yaml:{line_of(old.strip())}:"):
        effort((old, new))


def test_no_strategy_at_all_is_refused() -> None:
    start, end = QUOTA.index("strategies:"), QUOTA.index("not_considered")
    with pytest.raises(EffortError, match="expected at least 1: ways in which"):
        effort((QUOTA[start:end], "strategies: []\n"))


def test_the_digest_is_of_what_is_said_not_of_how_it_is_written() -> None:
    assert effort(("goal_p: 0.9", "goal_p: 0.90  # as usual")).sha256 == effort().sha256
    assert effort(("goal_p: 0.9", "goal_p: 0.91")).sha256 != effort().sha256
