"""The sampler: the bytes of the specification, by another hand; every item with the same chance."""

import json
import tracemalloc
from collections import Counter
from hashlib import sha256
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterseal.stats.errors import StatsError
from counterseal.stats.selection import picks_from, positions_from
from stats import naive_draw

CHI_SQUARE_49_999 = 85.351
"""0.999 quantile of chi-square with 49 degrees of freedom; 11 below. Tables, e.g. NIST/SEMATECH, 1.3.6.7.4."""
CHI_SQUARE_11_999 = 31.264

seeds = st.binary(min_size=32, max_size=32)
strata = st.lists(
    st.integers(1, 40).flatmap(lambda count: st.tuples(st.just(count), st.integers(0, count))),
    min_size=1,
    max_size=4,
)


def vectors(name: str) -> Any:
    return json.loads((naive_draw.VECTORS / name).read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", sorted(naive_draw.MADE))
def test_the_published_vectors_are_those_of_the_plain_form(name: str) -> None:
    assert vectors(name) == naive_draw.MADE[name]()


@pytest.mark.parametrize("case", vectors("selection.json")["cases"], ids=lambda case: str(case["strata"]))
def test_the_sampler_agrees_with_the_published_vectors(case: dict[str, Any]) -> None:
    drawn = positions_from(bytes.fromhex(case["seed"]), [(count, k) for count, k in case["strata"]])
    assert [list(one) for one in drawn] == case["positions"]


@settings(deadline=None)
@given(seed=seeds, shape=strata)
def test_the_sampler_is_the_plain_form_on_anything(seed: bytes, shape: list[tuple[int, int]]) -> None:
    drawn = positions_from(seed, shape)
    assert [list(one) for one in drawn] == naive_draw.positions(seed.hex(), shape)
    start = 0
    for (count, sample), one in zip(shape, drawn, strict=True):
        assert len(set(one)) == len(one) == sample
        assert all(start <= position < start + count for position in one)
        start += count


@given(seed=seeds)
def test_a_smaller_sample_is_the_beginning_of_a_larger_one(seed: bytes) -> None:
    drawn = [positions_from(seed, [(50, sample)])[0] for sample in range(51)]
    assert all(longer[: len(shorter)] == shorter for shorter, longer in pairwise(drawn))


@given(seed=seeds, count=st.integers(1, 200), data=st.data())
def test_each_pick_shows_the_words_that_it_came_from(seed: bytes, count: int, data: st.DataObject) -> None:
    sample = data.draw(st.integers(0, count))
    read: list[int] = []
    for pick in picks_from(seed, [(count, sample)])[0]:
        bits = (pick.below - 1).bit_length()
        firsts = [word >> (64 - bits) for word in pick.words]
        assert all(first >= pick.below for first in firsts[:-1])
        assert firsts[-1:] == ([pick.answer] if bits else [])
        assert 0 <= pick.answer < pick.below
        read += pick.words
    stream = b"".join(
        naive_draw.domain("counterseal/draw/stream/v1", seed, bytes(4), block.to_bytes(8, "big"))
        for block in range(len(read) // 4 + 1)
    )
    assert read == [int.from_bytes(stream[at : at + 8], "big") for at in range(0, 8 * len(read), 8)]


def chi_square(counts: Counter[Any], *, cells: int) -> float:
    expected = sum(counts.values()) / cells
    seen = sum((count - expected) ** 2 / expected for count in counts.values())
    return seen + (cells - len(counts)) * expected


def test_every_item_has_the_same_chance() -> None:
    first: Counter[int] = Counter()
    for number in range(20_000):
        ((position,),) = positions_from(sha256(f"uniform {number}".encode()).digest(), [(50, 1)])
        first[position] += 1
    assert chi_square(first, cells=50) < CHI_SQUARE_49_999


def test_every_ordered_pair_has_the_same_chance() -> None:
    pairs: Counter[tuple[int, ...]] = Counter()
    for number in range(6_000):
        (pair,) = positions_from(sha256(f"pairs {number}".encode()).digest(), [(4, 2)])
        pairs[pair] += 1
    assert chi_square(pairs, cells=12) < CHI_SQUARE_11_999


def test_strata_read_streams_of_their_own() -> None:
    one, two = positions_from(bytes(32), [(1000, 20), (1000, 20)])
    assert [at + 1000 for at in one] != list(two)


def test_a_huge_pool_takes_no_memory_of_its_size() -> None:
    tracemalloc.start()
    (drawn,) = positions_from(bytes(32), [(2**32, 1000)])
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(set(drawn)) == 1000
    assert peak < 2**21


@pytest.mark.parametrize(
    ("seed", "shape", "rule"),
    [
        (bytes(31), [(5, 2)], "seed of 31 bytes"),
        (bytes(32), [(5, 6)], "stratum 0: 6 of 5"),
        (bytes(32), [(5, 2), (5, -1)], "stratum 1: -1 of 5"),
        (bytes(32), [(0, 0)], "stratum 0: 0 of 0"),
        (bytes(32), [(2**32, 1), (1, 1)], "larger than 4294967296"),
    ],
)
def test_what_cannot_be_drawn_is_refused(seed: bytes, shape: list[tuple[int, int]], rule: str) -> None:
    with pytest.raises(StatsError, match=rule):
        positions_from(seed, shape)
