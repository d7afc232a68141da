"""The tornado of an effort file: each uncertain input set to its ends, and the file read again."""

import pytest

from counterseal.design.errors import DesignError, EffortError
from counterseal.design.tornado_input import tornado_of, worst_over_life
from counterseal.treaty.load import packaged_pack
from strategies.efforts import effort

LINE = "  - {input: tests.count.detect_p, low: 0.5, high: 1}\n"


def test_bars_are_the_figures_of_files_that_say_so() -> None:
    wider = "  - {input: tests.count.detect_p, low: 0.25, high: 1}\n  - {input: strategies.spread.parts.missiles-1.n_items, low: 4, high: 30}\n  - {input: monitors.portal.rate_per_y, low: 0.1, high: 0.6}\n"
    read = effort((LINE, wider))
    told = tornado_of(read, pack_of=packaged_pack)
    assert told.base.value == worst_over_life(read)
    bars = {one.name: one for one in told.bars}
    weak = effort(("detect_p: 1,", "detect_p: 0.25,"))
    assert bars["tests.count.detect_p"].at_low == worst_over_life(weak)
    assert bars["tests.count.detect_p"].at_high == told.base.value
    few = effort(("{stratum: missiles-1, n_items: 10}", "{stratum: missiles-1, n_items: 4}"))
    assert bars["strategies.spread.parts.missiles-1.n_items"].at_low == worst_over_life(few)
    watched = effort(("rate_per_y: 0.1", "rate_per_y: 0.6"))
    assert bars["monitors.portal.rate_per_y"].at_high == worst_over_life(watched)
    assert [one.swing for one in told.bars] == sorted((one.swing for one in told.bars), reverse=True)


def test_a_value_that_the_file_could_not_hold_is_refused_with_its_line() -> None:
    read = effort((LINE, "  - {input: tests.count.detect_p, low: 0.5, high: 1.5}\n"))
    with pytest.raises(EffortError, match=r"quota\.yaml:\d+:\d+: tests\[0\]\.detect_p: found 1\.5"):
        tornado_of(read, pack_of=packaged_pack)


def test_half_an_item_is_refused() -> None:
    read = effort((LINE, "  - {input: strategies.spread.parts.missiles-1.n_items, low: 9.5, high: 11}\n"))
    with pytest.raises(EffortError, match=r"strategies\[0\]\.parts\[0\]\.n_items: found 9\.5"):
        tornado_of(read, pack_of=packaged_pack)


def test_a_range_that_leaves_out_the_files_own_value_is_refused() -> None:
    read = effort((LINE, "  - {input: tests.count.detect_p, low: 0.5, high: 0.9}\n"))
    with pytest.raises(DesignError, match=r"tests\.count\.detect_p: 1, not in its range 0\.5 to 0\.9"):
        tornado_of(read, pack_of=packaged_pack)


def test_a_file_in_which_nothing_is_uncertain_is_refused() -> None:
    with pytest.raises(DesignError, match="has no section 'sensitivity'"):
        tornado_of(effort(("sensitivity:\n" + LINE, "")), pack_of=packaged_pack)
