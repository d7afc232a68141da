"""The figure of the share taken from each item: the host's best share, and what a little of all would show."""

import pytest

from counterseal.app.report.design_context import Context, Drawn
from counterseal.app.report.design_defect_figure import defect_figure
from counterseal.app.report.design_source import EffortSource
from counterseal.design.effort import Effort
from counterseal.design.regime_power import power
from counterseal.stats.d_statistic import d_statistic_power
from counterseal.stats.items import QuantMethod, Stratum
from counterseal.stats.variables import flag_chance
from strategies.efforts import effort

WEIGHED = (
    "{stratum: missiles-1, with: [count], n_items: 1}]}",
    "{stratum: missiles-1, with: [weigh], n_items: 20}]}",
)
TAKEN = (
    "parts: [{stratum: missiles-1, n_items: 20}]",
    "parts: [{stratum: missiles-1, amount_kg: 8, defect_fraction: 0.5}]",
)
BASE = "{name: missiles-1, site: base-1, n_items: 200"


def drawn(given: Effort) -> Drawn:
    """Return the figure of an effort file."""
    told = power(given.regime, given.strategies, horizon_years=10, goal_p=0.9)
    context = Context(source=EffortSource(name="e.yaml", text=""), effort=given, power=told, seed=1)
    found = defect_figure(context)
    assert isinstance(found, Drawn)
    return found


def test_a_little_of_every_item_is_told_beside_by_the_d_statistic() -> None:
    """The errors of a method are those of differences, so half of their squares is each party's."""
    found = drawn(effort(WEIGHED, TAKEN, (BASE, f"{BASE}, content_kg: 4")))
    half = QuantMethod(name="half", rel_random=0.02 / 2**0.5, rel_systematic=0.01 / 2**0.5)
    alarm_p = flag_chance(QuantMethod(name="weigh", rel_random=0.02, rel_systematic=0.01), 0.0)
    stratum = Stratum(name="missiles-1", n_items=200, content_kg=4)
    alone = d_statistic_power(
        stratum, 20, found.picture.goal_kg, operator=half, inspector=half, false_alarm_p=alarm_p
    )
    assert found.results["evenly"]["power"]["value"] == pytest.approx(alone.power.value)
    assert found.grid.rows[-1][0] == "D statistic, a little of every item"
    assert "the D statistic, with the false alarm rate of one item) show it with" in found.reading


def test_items_of_several_sizes_give_up_the_largest_first() -> None:
    sizes = f"{BASE}, items_by_size: [{{content_kg: 2, n_items: 150}}, {{content_kg: 5, n_items: 50}}]"
    found = drawn(effort(WEIGHED, TAKEN, (BASE, sizes)))
    shares = found.picture.curves[0].x
    assert max(shares) == pytest.approx(found.picture.goal_kg / 10.0)  # two items of 5 kg hold what is taken
    assert min(shares) == pytest.approx(found.picture.goal_kg / 550.0)
    assert "evenly" not in found.results
