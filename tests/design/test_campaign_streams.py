"""The random numbers of a campaign: known answers, NumPy's generator, and the laws of what is drawn."""

import numpy as np
import pytest
from scipy import stats

from counterseal.design.campaigns.philox_kernel import beta_number, go_to_run, new_stream, next_word, philox
from counterseal.design.campaigns.seeds import stream_key
from counterseal.design.errors import DesignError

ALL = 2**64 - 1
KNOWN = (
    ((0, 0, 0, 0), (0, 0), "16554d9eca36314c db20fe9d672d0fdc d7e772cee186176b 7e68b68aec7ba23b"),
    ((ALL, ALL, ALL, ALL), (ALL, ALL), "87b092c3013fe90b 438c3c67be8d0224 9cc7d7c69cd777b6 a09caebf594f0ba0"),
    (
        (0x243F6A8885A308D3, 0x13198A2E03707344, 0xA4093822299F31D0, 0x082EFA98EC4E6C89),
        (0x452821E638D01377, 0xBE5466CF34E90C6C),
        "a528f45403e61d95 38c72dbd566e9788 a5a1610e72fd18b5 57bd43b5e52b7fe6",
    ),
)
"""Known answers of Random123 (kat_vectors, philox4x64 with ten rounds)."""


@pytest.mark.parametrize(("counter", "key", "answer"), KNOWN)
def test_philox_gives_the_known_answers(counter: tuple[int, ...], key: tuple[int, ...], answer: str) -> None:
    words = philox(*(np.uint64(word) for word in (*counter, *key)))
    assert " ".join(f"{int(word):016x}" for word in words) == answer


def test_a_stream_is_that_of_numpy_with_the_run_in_the_counter() -> None:
    key, run = stream_key(7, study="ab", strategy="x", level="event"), 4711
    stream = new_stream(*(np.uint64(word) for word in key))
    go_to_run(stream, run)
    before = run * 2**128 - 1  # numpy counts up before it encrypts
    numpys = np.random.Philox(key=key[0] + key[1] * 2**64, counter=before)
    assert [int(next_word(stream)) for _ in range(10)] == numpys.random_raw(10).tolist()


def test_streams_of_seeds_studies_strategies_and_levels_differ() -> None:
    keys = {
        stream_key(seed, study=study, strategy=strategy, level=level)
        for seed in (0, 1, ALL)
        for study in ("a", "ab")
        for strategy in ("", "b")
        for level in ("event", "item")
    }
    assert len(keys) == 24


@pytest.mark.parametrize("seed", [-1, 2**64, 1.0, True])
def test_a_seed_out_of_range_is_refused(seed: int) -> None:
    with pytest.raises(DesignError, match="seed: "):
        stream_key(seed, study="", strategy="", level="event")


@pytest.mark.parametrize(("a", "b"), [(4.0, 1.0), (0.5, 0.5), (19.0, 1.5), (0.02, 3.0)])
def test_drawn_powers_follow_the_beta_distribution(a: float, b: float) -> None:
    stream, drawn = new_stream(np.uint64(1), np.uint64(2)), []
    for run in range(4000):
        go_to_run(stream, run)
        drawn.append(beta_number(stream, a, b))
    assert stats.kstest(drawn, stats.beta(a, b).cdf).pvalue > 1e-4
