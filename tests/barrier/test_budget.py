"""I19: whatever is asked in whatever order, an item never gives away more bits than its budget."""

from dataclasses import replace
from math import log2
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterseal.barrier.budget import (
    ItemNameError,
    Query,
    RepeatError,
    ThresholdError,
    alphabet,
    bits,
    disclosed,
    judge,
    millibits_of,
    query,
    require_allowed,
)
from counterseal.barrier.errors import BarrierError, BudgetError
from counterseal.terms.outcomes import MeasurementOutcome
from strategies.measurement_protocols import CHECKED, asking, document, protocol

HIDDEN = document()["answer"] | {"no_decision": "as-not-confirmed"}


def test_an_answer_tells_the_logarithm_of_the_number_of_answers_rounded_up() -> None:
    shown, hidden = protocol(), protocol(answer=HIDDEN)
    assert len(alphabet(shown)) == 4
    assert MeasurementOutcome.NO_DECISION not in alphabet(hidden)
    for made in (shown, hidden):
        exact = log2(len(alphabet(made)))
        assert exact <= millibits_of(made) / 1000 < exact + 0.001


def test_attempts_are_allowed_up_to_the_budget_and_not_past_it() -> None:
    one = query(protocol(), item="A")
    queries: list[Query] = []
    for spent in (2000, 4000, 6000):
        assert require_allowed(queries, one).spent == spent
        queries.append(one)
    with pytest.raises(BudgetError, match=r"8\.000 bits disclosed; 6\.000 were agreed"):
        require_allowed([replace(old, repeats=9) for old in queries], replace(one, repeats=9))
    assert require_allowed(queries, replace(one, item="B")).spent == 2000, "another item has its own budget"


def test_a_repeat_counts_like_any_other_attempt_and_is_bounded_by_the_protocol() -> None:
    one = query(protocol(measuring=document()["measuring"] | {"repeats": 1}), item="A")
    with pytest.raises(RepeatError, match="has 1 attempts with these thresholds; 1 were agreed"):
        require_allowed([one], one)


def test_another_protocol_with_the_same_thresholds_gives_no_more_repeats() -> None:
    measuring = document()["measuring"]
    once = query(protocol(measuring=measuring | {"repeats": 1}), item="A")
    often = query(protocol(title="the same again", measuring=measuring | {"repeats": 9}), item="A")
    assert once.protocol != often.protocol
    for first, second in ((once, often), (often, once)):
        with pytest.raises(RepeatError, match="1 were agreed"):
            require_allowed([first], second)


@pytest.mark.parametrize(
    "changes",
    [
        {"measuring": document()["measuring"] | {"time_s": 150}},
        {"measuring": document()["measuring"] | {"tolerance_s": 2}},
        {"measuring": document()["measuring"] | {"preset": "real"}},
        {"background": {"least_time_s": 50, "most_rate_per_s": 600}},
        {"check_source": CHECKED["check_source"]},
        {"nuclear_data": {"version": "0", "sha256": "ab" * 32}},
    ],
    ids=["time", "tolerance", "preset", "background", "check source", "nuclear data"],
)
def test_the_terms_of_the_measurement_are_part_of_its_thresholds(changes: dict[str, Any]) -> None:
    with pytest.raises(ThresholdError):
        require_allowed([query(protocol(), item="A")], query(protocol(**changes), item="A"))


def test_names_that_differ_in_capitals_are_one_item_and_the_second_is_refused() -> None:
    one, other = query(protocol(), item="Tel-7"), query(protocol(), item="TEL-7")
    with pytest.raises(ItemNameError, match="item TEL-7: is on the record as Tel-7"):
        require_allowed([one], other)
    assert [rule for _, rule, _ in judge([one, other])] == ["names"]
    found = disclosed([one, other], item="tel-7")
    assert found is not None
    assert found.spent == 4000


def test_a_query_knows_the_answers_that_its_bits_stand_for() -> None:
    for made in (protocol(), protocol(answer=HIDDEN)):
        assert query(made, item="A").answers == alphabet(made)


def test_a_second_threshold_set_of_one_attribute_of_one_item_is_refused() -> None:
    one = query(protocol(), item="A")
    other = query(protocol(question=asking(least_rate_per_s="10.6")), item="A")
    with pytest.raises(ThresholdError, match="plutonium-presence was asked with another threshold set"):
        require_allowed([one], other)
    require_allowed([one], replace(other, item="B"))


def test_the_smallest_budget_of_all_protocols_on_an_item_holds() -> None:
    poor = protocol(title="poor", answer={"no_decision": "shown", "budget_bits": 4})
    rich = protocol(title="rich", answer={"no_decision": "shown", "budget_bits": 100})
    queries = [query(poor, item="A"), query(rich, item="A")]
    with pytest.raises(BudgetError):
        require_allowed(queries, query(rich, item="A"))
    with pytest.raises(BudgetError):
        require_allowed([query(rich, item="A")] * 2, query(poor, item="A"))


QUERIES = st.builds(
    Query,
    item=st.sampled_from(["A", "a", "B"]),
    protocol=st.sampled_from(["p", "q", "r"]),
    thresholds=st.lists(
        st.tuples(st.sampled_from(["presence", "ratio"]), st.sampled_from(["low", "high"])),
        min_size=1,
        max_size=2,
        unique_by=lambda pair: pair[0],
    ).map(lambda pairs: tuple(sorted(pairs))),
    millibits=st.sampled_from([1585, 2000]),
    budget_millibits=st.integers(1, 12_000),
    repeats=st.integers(1, 4),
)


@given(st.lists(QUERIES, max_size=40))
def test_any_sequence_of_attempts_stays_within_budget_with_one_threshold_set(asked: list[Query]) -> None:
    allowed: list[Query] = []
    for one in asked:
        try:
            require_allowed(allowed, one)
        except BarrierError:
            continue
        allowed.append(one)
    for item in ("A", "B"):
        own = [one for one in allowed if one.item.upper() == item]
        assert len({one.item for one in own}) <= 1
        found = disclosed(allowed, item=item)
        assert (found is None) == (not own)
        for one in own:
            assert sum(each.millibits for each in own) <= one.budget_millibits
            for pair in one.thresholds:
                assert sum(pair in each.thresholds for each in own) <= one.repeats
        for name in ("presence", "ratio"):
            assert len({value for one in own for key, value in one.thresholds if key == name}) <= 1
    assert list(judge(allowed)) == []


@given(st.lists(QUERIES, max_size=12))
def test_a_record_made_without_asking_is_judged_as_one_made_with_asking(asked: list[Query]) -> None:
    broken = {at for at, _, _ in judge(asked)}
    for at, one in enumerate(asked):
        earlier = asked[:at]
        if at in broken:
            with pytest.raises(BarrierError):
                require_allowed(earlier, one)
        else:
            require_allowed(earlier, one)


def test_bits_are_shown_as_people_read_them() -> None:
    assert [bits(value) for value in (0, 5, 1585, 12_000)] == ["0.000", "0.005", "1.585", "12.000"]
