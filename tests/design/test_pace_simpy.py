"""Runs of a line against another engine with the same random numbers: the same hours, one by one."""

import numpy as np
import pytest

from counterseal.design.pace_runs import Horizon, play
from counterseal.design.stations import Arrivals, Line, Presence, Station, transport
from strategies.pace_lines import SimpyLine, units_of

HORIZON = Horizon(deadline_d=200.0, end_d=2000.0, step_d=50.0)
FIXED = Line(
    stations=(
        Station(name="removal", time_h=5.5, servers=2, hours_per_week=40, days_per_week=5, inspected=True),
        transport("road", vehicles=2, load=4, out_h=13.25, back_h=7.5, storage=9),
        Station(name="taking-apart", time_h=20.5, servers=3, storage=5, shutdowns=((10, 17), (40, 41))),
        Station(name="disposition", time_h=3, batch=2, storage=2, hours_per_week=96, days_per_week=6),
    ),
    backlog=70,
    arrivals=Arrivals(n_items=13, rate_per_y=8766 / 12.5),
    presence=Presence(hours_per_week=24, days_per_week=4, away=((20, 24),)),
)
OPEN = Line(
    stations=(
        Station(name="removal", time_h=5, servers=2, shape=1.0),
        transport("road", vehicles=2, load=4, out_h=13, back_h=7, shape=9.0, storage=6),
        Station(name="taking-apart", time_h=20, servers=5, storage=3, shape=0.5),
        Station(name="disposition", time_h=3, storage=1, shape=2.5),
    ),
    backlog=60,
    arrivals=Arrivals(n_items=23, rate_per_y=1500, shape=1.0),
)


def other_engine(line: Line, *, seed: int, run: int) -> list[float]:
    return SimpyLine(line, units_of(line, HORIZON, seed=seed, run=run)).run(HORIZON.end_d * 24)


def test_with_fixed_times_each_station_ends_in_the_same_hour() -> None:
    assert (24 * play(FIXED, HORIZON, seed=1, n_rep=1).left_d[0]).tolist() == other_engine(
        FIXED, seed=1, run=0
    )


def test_with_scatter_each_run_ends_in_the_same_hour_to_the_bit() -> None:
    own = play(OPEN, HORIZON, seed=5, n_rep=40).left_d
    others = [other_engine(OPEN, seed=5, run=run) for run in range(40)]
    assert (own == np.asarray(others) / 24).all()
    assert len(set(own[:, -1].tolist())) == 40


@pytest.mark.parametrize("servers", [1, 3])
@pytest.mark.parametrize("storage", [1, 2, None])
@pytest.mark.parametrize("batch", [1, 2])
def test_small_lines_with_shifts_and_scatter(servers: int, storage: int | None, batch: int) -> None:
    storage = storage and storage * batch
    line = Line(
        stations=(
            Station(name="a", time_h=6, servers=servers, shape=2.0, hours_per_week=60, days_per_week=5),
            Station(name="b", time_h=9, servers=2, batch=batch, storage=storage, shape=1.0, return_h=4),
            Station(name="c", time_h=6, batch=batch, storage=storage, shape=3.0, shutdowns=((2, 5),)),
        ),
        backlog=31,
    )
    own = 24 * play(line, HORIZON, seed=2, n_rep=6).left_d
    for run in range(6):
        assert own[run].tolist() == pytest.approx(other_engine(line, seed=2, run=run), rel=1e-12)


def test_the_law_of_completion_is_that_of_the_other_engine() -> None:
    """With random numbers of its own: the mean of 120 against the mean of 10 000, four standard errors."""
    own = play(OPEN, HORIZON, seed=11, n_rep=10_000).completion_d
    random = np.random.Generator(np.random.Philox(77))
    ends = []
    shapes = (1.0, *np.repeat([1.0, 9.0, 0.5, 2.5], 2).tolist())
    counts = [len(part) for part in units_of(OPEN, HORIZON, seed=1, run=0)]
    for _ in range(120):
        units = [
            random.standard_gamma(shape, count) / shape for shape, count in zip(shapes, counts, strict=True)
        ]
        ends.append(SimpyLine(OPEN, units).run(HORIZON.end_d * 24)[-1] / 24)
    error = np.hypot(np.std(ends) / np.sqrt(len(ends)), own.std() / np.sqrt(len(own)))
    assert abs(np.mean(ends) - own.mean()) < 4 * error
    assert np.std(ends) == pytest.approx(own.std(), rel=4 / np.sqrt(2 * len(ends)))
