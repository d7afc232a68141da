"""How soon: what a quota could do at best, and the delays of the regime as it is."""

from dataclasses import replace

import pytest

from counterseal.design.campaigns.exact import Exact, exact
from counterseal.design.campaigns.question import Question
from counterseal.design.time_to_detection import timeliness, visits_in
from strategies.efforts import effort


def test_visits_are_not_cut_to_the_steps_where_critical_time_needs_no_steps() -> None:
    changes = (
        (
            "timeliness: {step_d: 7, critical_time_d: 90, period_d: 364}",
            "timeliness: {step_d: 30.4375, critical_time_d: 14, period_d: 365.25}",
        ),
        ("{kind: type-two, per_year: 2}", "{kind: type-two, per_year: 18}"),
    )
    told = timeliness(effort(*changes))
    (kind,) = (one for one in told.kinds if one.kind == "type-two")
    assert kind.visits == 18
    assert kind.critical.value.value == pytest.approx(18 / 26)


def test_a_watching_host_is_seen_later_than_a_blind_one() -> None:
    for kind in timeliness(effort()).kinds:
        assert (kind.blind.value.value or 0) < (kind.watching.value.value or 0)
        assert kind.watching.value.value == pytest.approx(52 / (kind.visits + 1))


def test_that_the_end_of_the_treaty_cuts_delays_off_is_said() -> None:
    for one in timeliness(effort()).strategies:
        assert any("before its end counts as unseen" in line for line in one.mean_d.assumptions)


@pytest.mark.parametrize(
    ("number", "period_d", "visits"),
    [
        (10, 364.0, 10), (18, 364.0, 18), (333, 364.0, 333), (10, 365.25, 10), (10, 728.0, 20),
        (12, 91.0, 3), (10, 91.0, 3), (10, 200.0, 6), (10, 350.0, 10), (0, 364.0, 0),
    ],
)  # fmt: skip
def test_a_year_of_weeks_has_the_visits_of_a_year_and_a_part_counts_as_one(
    number: int, period_d: float, visits: int
) -> None:
    assert visits_in(number, period_d) == visits


def test_that_a_part_of_a_visit_was_counted_as_one_is_said() -> None:
    whole, part = timeliness(effort()), timeliness(effort(("period_d: 364", "period_d: 203")))
    assert whole.warnings == ()
    assert all("counted as one" in line for line in part.warnings)
    assert len(part.warnings) == len(part.kinds)


def test_a_delay_is_labelled_by_what_the_sum_leaves_open(monkeypatch: pytest.MonkeyPatch) -> None:
    settled = timeliness(effort()).strategies[0]
    assert {one.kind for _, one in settled.within} == {"exact"} == {settled.mean_d.kind}

    def open_(question: Question, *, delays_d: tuple[float, ...]) -> Exact | None:
        found = exact(question, delays_d=delays_d)
        return None if found is None else replace(found, error=1e-4)

    monkeypatch.setattr("counterseal.design.time_to_detection.exact", open_)
    told = timeliness(effort()).strategies[0]
    for one in (*(chance for _, chance in told.within), told.mean_d):
        assert (one.kind, one.exact) == ("bound", False)
        assert (one.lower or 0.0) < (one.value or 0.0) < (one.upper or 0.0)
    assert told.within[0][1].tol == 1e-4
    assert told.mean_d.tol > 1e-4 * 3652.5
