"""Games: a dense table against the simplex method, dates of visits, and effort over strata."""

from functools import partial
from pathlib import Path

import numpy as np
from benchmarks.measure import Figure, Turns, milliseconds
from benchmarks.sizes import QUICK, Sizes
from scipy.optimize import linprog

from counterseal.design.delay_games import delay_game
from counterseal.design.location_games import location_game
from counterseal.design.matrix_games import matrix_game
from counterseal.design.stratified import stratified_plan
from counterseal.stats.items import ItemTest, Stratum

_GAP = 1e-5


def dense_game(_work: Path, sizes: Sizes) -> list[Figure]:
    """A dense random table at a certified gap, by regrets and by HiGHS's simplex method, in the same run."""
    number = 450 if sizes == QUICK else 1_500
    table = np.random.default_rng(1).random((number, number))
    matrix_game(np.random.default_rng(2).random((9, 9)), 1e-3, solver="regret")  # compiles, or loads what is
    own, peer = Turns(), Turns()
    for _ in range(1 if sizes == QUICK else 5):
        found = own.take(lambda: matrix_game(table, _GAP))
    exact = peer.take(lambda: _plain_simplex(table))
    if found.warnings or abs((found.value.value or 0.0) - exact) > _GAP:
        raise AssertionError(f"regrets give {found.value.value}, gap {found.gap}; simplex {exact}")
    return [
        Figure(
            name="dense-game",
            what=f"zero-sum games of {number} x {number}, certified gap {_GAP:g}, {found.rounds} rounds",
            reached=1.0 / own.median_s,
            unit="games/s",
            limit=1.0 / peer.median_s,
            limit_is="simplex method of HiGHS (scipy) on the usual linear program",
            at_least=None if sizes == QUICK else 100.0,
            compared="information" if sizes == QUICK else "ratio",
            how=own.shown,
            cpu_s=own.cpu_s + peer.cpu_s,
            wall_s=own.wall_s + peer.wall_s,
        )
    ]


def _plain_simplex(table: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> float:
    """Return the value from the usual program: the largest v with x . table >= v, where x adds up to 1."""
    rows, columns = table.shape
    answer = linprog(
        np.concatenate([np.zeros(rows), [-1.0]]),
        A_ub=np.hstack([-table.T, np.ones((columns, 1))]),
        b_ub=np.zeros(columns),
        A_eq=np.concatenate([np.ones(rows), [0.0]])[None, :],
        b_eq=[1.0],
        bounds=[(0, None)] * rows + [(None, None)],
        method="highs-ds",
    )
    return -float(answer.fun or 0.0)


def dates_of_visits(_work: Path, sizes: Sizes) -> list[Figure]:
    """The delay game of a year of weeks, and of ten years."""
    turns = 1 if sizes == QUICK else 15
    cases = ((52, 18, 1e-9, 1_000.0), (520, 60, 1e-3, 60_000.0))
    return [_delay(T, k, gap=gap, below_ms=below_ms, turns=turns) for T, k, gap, below_ms in cases]


def _delay(T: int, k: int, *, gap: float, below_ms: float, turns: int) -> Figure:
    own = Turns()
    for _ in range(turns):
        told = own.take(lambda: delay_game(T, k))
    if told.gap is None or told.gap > gap:
        raise AssertionError(f"delay game of {T} steps, {k} visits: gap {told.gap}")
    what = f"dates of {k} visits in {T} steps against a blind host, gap {told.gap:.1g}"
    return milliseconds(f"delay-game-{T}-{k}", what, own, below=below_ms)


def places_of_visits(_work: Path, sizes: Sizes) -> list[Figure]:
    """The location game of 2,000 places and 100 visits."""
    generator, own = np.random.default_rng(3), Turns()
    gain, loss, seen = (
        generator.random(2_000),
        1.0 + 4.0 * generator.random(2_000),
        0.5 + 0.5 * generator.random(2_000),
    )
    columns = gain.tolist(), loss.tolist(), seen.tolist()
    for _ in range(1 if sizes == QUICK else 25):
        own.take(lambda: location_game(*columns, quota=100.0))
    return [milliseconds("location-game", "marginals of 100 visits over 2,000 places", own, below=100.0)]


def effort_over_strata(_work: Path, sizes: Sizes) -> list[Figure]:
    """The exact integer game: a table that is solved whole, and one whose plans are taken up one by one."""
    test = ItemTest(name="look", detect_p=0.9, cost_pd=1.0)
    three = _strata((100, 2.0), (300, 1.0), (60, 4.0))
    four = _strata((40, 2.0), (90, 1.0), (60, 1.5), (30, 3.0))
    stratified_plan(three, 60, 16, "integer", tests=test)  # compiled, or read from the cache
    figures = []
    for name, strata in (
        ("three strata, whole table", three),
        ("four strata, plans taken up one by one", four),
    ):
        own = Turns()
        for _ in range(1 if sizes == QUICK else 3):
            told = own.take(partial(stratified_plan, strata, 60, 16, "integer", tests=test))
        if told.warnings:
            raise AssertionError(told.warnings[0])
        what = f"exact sampling game over {name}, gap {told.gap:.1g}"
        figures.append(milliseconds(f"strata-{name.split()[0]}", what, own, below=None))
    return figures


def _strata(*given: tuple[int, float]) -> tuple[Stratum, ...]:
    return tuple(Stratum(name=f"{n} of {kg} kg", n_items=n, content_kg=kg) for n, kg in given)
