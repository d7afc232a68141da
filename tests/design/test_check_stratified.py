"""What the rough models cannot say is refused, not answered."""

import pytest

from counterseal.design.errors import DesignError
from counterseal.design.stratified import stratified_plan
from counterseal.stats.items import ItemTest, Stratum

PLACES = (Stratum(name="A", n_items=15), Stratum(name="B", n_items=40, content_kg=0.5))
FREE = ItemTest(name="look", detect_p=0.9)


def test_checks_that_take_no_effort_have_no_saddle_point() -> None:
    """All 15 items of A are looked at for nothing; what is taken there is unseen with 0.1**r, not with 0."""
    tests = {"A": FREE, "B": ItemTest(name="weigh", detect_p=0.9, cost_pd=1.0)}
    with pytest.raises(DesignError, match="test look: takes no effort; model saddle weighs checks by theirs"):
        stratified_plan(PLACES, 10.0, 3.0, "saddle", tests=tests)
    alone = stratified_plan(PLACES[:1], 0.0, 3.0, "equalise", tests=FREE)
    assert alone.value.value == pytest.approx(0.1**3)
    assert stratified_plan(PLACES[:1], 0.0, 3.0, "integer", tests=FREE).value.value == pytest.approx(0.1**3)


def test_a_test_that_fails_as_a_whole_in_two_ways_is_refused() -> None:
    twice = {
        name: ItemTest(name="look", detect_p=0.9, cost_pd=1.0, common_mode_p=c)
        for name, c in (("A", 0.1), ("B", 0.2))
    }
    with pytest.raises(DesignError, match="test look: common_mode_p stated in two ways"):
        stratified_plan(PLACES, 10.0, 3.0, "integer", tests=twice)
