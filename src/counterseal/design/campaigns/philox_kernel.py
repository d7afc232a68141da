"""Random numbers of one run as compiled loops: Philox4x64-10, uniform, exponential and Beta numbers.

A stream is an array of nine words: four numbers that wait, the place of the next one, the counter, the number
of the run, and the key. The counter that is encrypted is (block, 0, run, 0).

References:
    [SALMON-2011], for the generator; [MARSAGLIA-TSANG-2000], for gamma numbers.
"""

import math
from collections.abc import Callable
from importlib import import_module
from typing import Any, cast

import numpy as np
from numba import njit, types
from numba.extending import intrinsic
from numpy.typing import NDArray

_ir: Any = import_module("llvmlite.ir")
"""What numba itself writes instructions with; it comes with numba, and has no types."""

Stream = NDArray[np.uint64]
Words = tuple[np.uint64, np.uint64, np.uint64, np.uint64]

STREAM_WORDS = 9
WAITING, BLOCK, RUN, KEY_0, KEY_1 = 4, 5, 6, 7, 8
_ALL_USED = np.uint64(4)
_NONE, _ONE, _SHIFT = np.uint64(0), np.uint64(1), np.uint64(11)
_MULTIPLIER_0, _MULTIPLIER_1 = np.uint64(0xD2E7470EE14C6C93), np.uint64(0xCA5A826395121157)
_WEYL_0, _WEYL_1 = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBB67AE8584CAA73B)
_ROUNDS = 10
_STEP = 2.0**-53
_WORD_BITS, _PRODUCT_BITS = 64, 128


def _upper_half_code(_typing: Any, _first: Any, _second: Any) -> Any:
    """Tell numba how to make the upper 64 bits of a product: one instruction, for which it has no name."""

    def generated(_context: Any, builder: Any, _signature: Any, words: Any) -> Any:
        wide = _ir.IntType(_PRODUCT_BITS)
        product = builder.mul(builder.zext(words[0], wide), builder.zext(words[1], wide))
        upper = builder.lshr(product, _ir.Constant(wide, _WORD_BITS))
        return builder.trunc(upper, _ir.IntType(_WORD_BITS))

    return types.uint64(types.uint64, types.uint64), generated


_upper_half: Callable[[np.uint64, np.uint64], np.uint64] = cast("Any", intrinsic(_upper_half_code))


@njit(cache=True, nogil=True)
def philox(c0: np.uint64, c1: np.uint64, c2: np.uint64, c3: np.uint64, k0: np.uint64, k1: np.uint64) -> Words:
    """Return a counter of four words, encrypted with a key of two."""
    for _ in range(_ROUNDS):
        high_0, low_0 = _upper_half(_MULTIPLIER_0, c0), _MULTIPLIER_0 * c0
        high_1, low_1 = _upper_half(_MULTIPLIER_1, c2), _MULTIPLIER_1 * c2
        c0, c1, c2, c3 = high_1 ^ c1 ^ k0, low_1, high_0 ^ c3 ^ k1, low_0
        k0 += _WEYL_0
        k1 += _WEYL_1
    return c0, c1, c2, c3


@njit(cache=True, nogil=True)
def new_stream(key_0: np.uint64, key_1: np.uint64) -> Stream:
    """Return a stream with its key, not yet at any run."""
    stream = np.zeros(STREAM_WORDS, np.uint64)
    stream[KEY_0], stream[KEY_1] = key_0, key_1
    return stream


@njit(cache=True, nogil=True)
def go_to_run(stream: Stream, run: int) -> None:
    """Put a stream at the beginning of the numbers of a run."""
    stream[WAITING], stream[BLOCK], stream[RUN] = _ALL_USED, _NONE, np.uint64(run)


@njit(cache=True, nogil=True)
def next_word(stream: Stream) -> np.uint64:
    """Return the next 64 random bits."""
    place = stream[WAITING]
    if place == _ALL_USED:
        stream[0], stream[1], stream[2], stream[3] = philox(
            stream[BLOCK], _NONE, stream[RUN], _NONE, stream[KEY_0], stream[KEY_1]
        )
        stream[BLOCK] += _ONE
        place = _NONE
    stream[WAITING] = place + _ONE
    word: np.uint64 = stream[place]
    return word


@njit(cache=True, nogil=True)
def next_words(stream: Stream) -> Words:
    """Return four new words of a stream; those that wait go on waiting."""
    block = stream[BLOCK]
    stream[BLOCK] = block + _ONE
    return philox(block, _NONE, stream[RUN], _NONE, stream[KEY_0], stream[KEY_1])


@njit(cache=True, nogil=True)
def uniform(stream: Stream) -> float:
    """Return a number from 0 to below 1, a multiple of 2**-53."""
    return float(next_word(stream) >> _SHIFT) * _STEP


@njit(cache=True, nogil=True)
def exponential(stream: Stream) -> float:
    """Return an exponential number of mean 1."""
    return -math.log(1.0 - uniform(stream))


@njit(cache=True, nogil=True)
def _ln_gamma_number(stream: Stream, shape: float) -> float:
    """Return the logarithm of a gamma number: shapes far below 1 give numbers too small to hold."""
    if shape < 1.0:
        return _ln_gamma_number_above(stream, shape + 1.0) - exponential(stream) / shape
    return _ln_gamma_number_above(stream, shape)


@njit(cache=True, nogil=True)
def _ln_gamma_number_above(stream: Stream, shape: float) -> float:
    """Return the logarithm of a gamma number of a shape of 1 or more, as Marsaglia and Tsang draw it."""
    least = shape - 1.0 / 3.0
    scale = 1.0 / math.sqrt(9.0 * least)
    while True:
        normal = math.sqrt(2.0 * exponential(stream)) * math.cos(2.0 * math.pi * uniform(stream))
        root = 1.0 + scale * normal
        if root > 0.0:
            cube = root * root * root
            if math.log(1.0 - uniform(stream)) < 0.5 * normal * normal + least * (
                1.0 - cube + math.log(cube)
            ):
                return math.log(least) + math.log(cube)


@njit(cache=True, nogil=True)
def beta_number(stream: Stream, first: float, second: float) -> float:
    """Return a number from the Beta distribution of two parameters above 0."""
    difference = _ln_gamma_number(stream, second) - _ln_gamma_number(stream, first)
    if difference > 0.0:
        small = math.exp(-difference)
        return small / (1.0 + small)
    return 1.0 / (1.0 + math.exp(difference))
