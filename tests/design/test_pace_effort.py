"""The section ``pace`` of an effort file: what it becomes, and every refusal with its line."""

import re

import pytest

from counterseal.design.effort import effort_schema
from counterseal.design.effort_pace import PaceInput, read_pace
from counterseal.design.errors import EffortError
from counterseal.treaty.errors import PackError
from counterseal.treaty.yaml_document import read_yaml_document
from strategies.efforts import QUOTA

PACE = """\
pace:
  backlog: 200
  deadline_d: 3650
  runs: 50
  arrivals: {n_items: 20, rate_per_y: 12.5, shape: 1}
  presence: {hours_per_week: 36, days_per_week: 4, away: [{from_d: 20, to_d: 30.5}]}
  stations:
    - {name: removal, text: out of their bases, time_h: 6.5, servers: 2, hours_per_week: 40, days_per_week: 5, inspected: true}
    - {name: road, time_h: 30, return_h: 20, servers: 2, batch: 10, shape: 9, storage: 100}
    - {name: safeguards, time_h: 12, storage: 60, shutdowns: [{from_d: 5, to_d: 9}, {from_d: 40, to_d: 41}]}
"""


def pace(*changes: tuple[str, str]) -> PaceInput | None:
    text = QUOTA + PACE
    for old, new in changes:
        assert old in PACE, old
        text = text.replace(old, new, 1)
    return read_pace(read_yaml_document(text, schema=effort_schema(), where="quota.yaml", fractions=True))


def test_the_section_becomes_a_line_and_a_question() -> None:
    read = pace()
    assert read is not None
    removal, road, safeguards = read.line.stations
    assert (removal.time_h, removal.servers, removal.inspected, removal.storage) == (6.5, 2, True, None)
    assert (road.batch, road.return_h, road.shape, road.days_per_week) == (10, 20.0, 9.0, 7)
    assert safeguards.shutdowns == ((5.0, 9.0), (40.0, 41.0))
    assert read.line.arrivals is not None
    assert read.line.arrivals.rate_per_y == 12.5
    assert read.line.presence is not None
    assert read.line.presence.away == ((20.0, 30.5),)
    assert (read.deadline_d, read.horizon_d, read.runs, read.more_hours_per_week) == (3650.0, None, 50, 8.0)
    assert read.texts == (("removal", "out of their bases"),)
    told = read.pace(seed=1)
    assert told.done.value == 1.0
    assert told.what_if


def test_a_file_without_it_has_none() -> None:
    assert read_pace(read_yaml_document(QUOTA, schema=effort_schema(), where="q", fractions=True)) is None


CHANGES = {
    "no-deadline": ("  deadline_d: 3650\n", "", "key 'deadline_d' is missing"),
    "no-places": ("servers: 2, batch", "servers: 0, batch", "pace.stations[1].servers: found 0"),
    "long-week": ("hours_per_week: 40", "hours_per_week: 169", "found 169, expected a number of at most 168"),
    "long-days": (
        "hours_per_week: 40, days_per_week: 5",
        "hours_per_week: 40, days_per_week: 1",
        "1 days have 24",
    ),
    "small-store": ("storage: 100", "storage: 9", "can never fill a batch of 10"),
    "store-first": ("inspected: true}", "inspected: true, storage: 4}", "before the first station all items"),
    "name-twice": ("name: road", "name: removal", "station 'removal' a second time, first on line"),
    "backwards": ("{from_d: 5, to_d: 9}", "{from_d: 5, to_d: 4}", "must end after it begins"),
    "overlap": ("{from_d: 40, to_d: 41}", "{from_d: 8, to_d: 41}", "before the last ends on day 9"),
    "early-end": ("  runs: 50\n", "  runs: 50\n  horizon_d: 300\n", "found 300, before the deadline of 3650"),
    "misspelt": ("return_h: 20", "returns_h: 20", "did you mean 'return_h'"),
    "none-come": ("n_items: 20,", "n_items: 0,", "pace.arrivals.n_items: found 0"),
}


@pytest.mark.parametrize("fault", sorted(CHANGES))
def test_what_does_not_hold_together_is_refused_with_its_line(fault: str) -> None:
    old, new, message = CHANGES[fault]
    with pytest.raises((EffortError, PackError)) as refused:
        pace((old, new))
    assert message in str(refused.value)
    assert re.match(r"quota\.yaml:\d+:\d+: ", str(refused.value))
