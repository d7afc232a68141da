"""Chances of sampling worked out in whole numbers, another way than the package does."""

from collections.abc import Sequence
from decimal import Context, Decimal, localcontext
from fractions import Fraction
from itertools import product
from math import comb

DIGITS = Context(prec=60, Emax=999_999_999, Emin=-999_999_999)


def none_seen(N: int, d: int, n: int, q: float) -> Fraction:
    """The sum over the false items in the sample, in one fraction; q as the binary number it is."""
    missed, last = 1 - Fraction(q), min(d, n)
    ways = sum(
        comb(d, k) * comb(N - d, n - k) * missed.numerator**k * missed.denominator ** (last - k)
        for k in range(max(0, n + d - N), last + 1)
    )
    return Fraction(ways, comb(N, n) * missed.denominator**last)


def none_seen_general(N: int, d: int, groups: Sequence[tuple[int, float]]) -> Fraction:
    """The coefficient of z^d, by multiplying polynomials of fractions."""
    sizes = [*groups, (N - sum(n for n, _ in groups), 0.0)]
    whole = [Fraction(1)]
    for n, q in sizes:
        factor = [comb(n, k) * (1 - Fraction(q)) ** k for k in range(n + 1)]
        fresh = [Fraction(0)] * (len(whole) + n)
        for (i, one), (k, other) in product(enumerate(whole), enumerate(factor)):
            fresh[i + k] += one * other
        whole = fresh
    return whole[d] / comb(N, d)


def alarms(N: int, d: int, n: int, q: float, a: float, accept: int) -> Fraction:
    """The chance of more than so many alarms: every number of false items, of hits and of false alarms."""
    seen, wrong, total = Fraction(q), Fraction(a), Fraction(0)
    for k in range(max(0, n + d - N), min(d, n) + 1):
        drawn = Fraction(comb(d, k) * comb(N - d, n - k), comb(N, n))
        for hits, others in product(range(k + 1), range(n - k + 1)):
            if hits + others > accept:
                ways = comb(k, hits) * comb(n - k, others)
                chance = (
                    seen**hits * (1 - seen) ** (k - hits) * wrong**others * (1 - wrong) ** (n - k - others)
                )
                total += drawn * ways * chance
    return total


def ln_none_seen(N: int, d: int, n: int, q: float) -> Decimal:
    """The logarithm with 60 digits: the first term as a product, and the sum from it."""
    with localcontext(DIGITS):
        missed, gap = 1 - Decimal(q), N - d - n
        first, few, many = max(0, -gap), min(d, n), max(d, n)
        above, times = (N - many, few) if gap >= 0 else (d, N - n)
        start = missed**first if first else Decimal(1)
        for place in range(times):
            start = start * (above - place) / (N - place)
        total = term = Decimal(1)
        for k in range(first, few):
            term = term * missed * ((d - k) * (n - k)) / ((k + 1) * (gap + k + 1))
            total += term
        return start.ln() + total.ln()


def ln_of(value: Fraction) -> Decimal:
    with localcontext(DIGITS):
        return Decimal(value.numerator).ln() - Decimal(value.denominator).ln()


def ln_error(found: float, exact: Decimal) -> Decimal:
    """How far a logarithm is from the exact one."""
    with localcontext(DIGITS):
        return abs(Decimal(found) - exact)


def relative(found: float, exact: Fraction) -> float:
    """How far a chance is from the exact one, relative to it."""
    return float(abs(Fraction(found) / exact - 1))


def relative_to_ln(found: float, ln_exact: Decimal) -> float:
    """How far a chance is from the one whose logarithm is given, relative to it."""
    with localcontext(DIGITS):
        return float(abs(Decimal(found) / ln_exact.exp() - 1))
