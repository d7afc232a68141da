"""How the report of a regime writes numbers, and the words in which it says what kind of figure one is."""

from collections.abc import Iterable

from counterseal.stats.result import Kind, Result

NONE = "–"
KINDS: dict[Kind, str] = {
    "exact": "exact: nothing but rounding stands between the figure and the model",
    "bound": "bound: the truth of the model lies on one side of it, or in the interval told",
    "estimate": "estimate: from simulated runs or drawn points, in an interval that holds it nearly always",
    "equilibrium": "equilibrium: value of a game, between two certified bounds",
}
_THOUSAND, _ROUNDING = 999.5, 1e-6
_SURE, _NEARLY, _HARDLY, _FEW = 0.9999, 0.99, 0.0001, 0.0995


def percent(chance: float | None) -> str:
    """Return a chance as people read it; never 0 or 100 % where it is neither.

    Examples:
        >>> [percent(one) for one in (0.4013, 0.9939, 0.99997, 0.02, 1.0, 1e-9, None)]
        ['40.1 %', '99.39 %', '> 99.99 %', '2.00 %', '100 %', '< 0.01 %', '–']
    """
    if chance is None:
        return NONE
    if chance >= 1.0:
        return "100 %"
    if chance > _SURE:
        return "> 99.99 %"
    if chance <= 0.0:
        return "0 %"
    if chance < _HARDLY:
        return "< 0.01 %"
    return f"{100 * chance:.2f} %" if chance > _NEARLY or chance < _FEW else f"{100 * chance:.1f} %"


def share(chance: float) -> str:
    """Return an agreed chance as it was agreed.

    Examples:
        >>> share(0.9)
        '90 %'
    """
    return f"{100 * chance:g} %"


def figure(value: float | None, digits: int = 3) -> str:
    """Return an amount with so many significant digits, thousands marked.

    Examples:
        >>> figure(1234.5), figure(0.01234), figure(12.0)
        ('1,234', '0.0123', '12')
    """
    if value is None:
        return NONE
    return f"{value:,.0f}" if abs(value) >= _THOUSAND else f"{value:.{digits}g}"


def count(value: float | None) -> str:
    """Return a number of items."""
    return NONE if value is None else f"{value:,.0f}"


def interval(result: Result) -> str:
    """Return the interval of a chance, where it has one.

    Examples:
        >>> from counterseal.stats.result import exactly
        >>> interval(exactly(0.4, method="m", inputs={}))
        'exact'
    """
    if result.value is None:
        return NONE
    if (
        result.lower is None
        or result.upper is None
        or result.upper - result.lower <= result.tol * 2.0 <= _ROUNDING
    ):
        return result.kind
    return f"{result.kind}, {percent(result.lower)} to {percent(result.upper)}"


def visits(number: float) -> str:
    """Return a number of visits.

    Examples:
        >>> visits(1.0), visits(12.0)
        ('1 visit', '12 visits')
    """
    return "1 visit" if number == 1.0 else f"{number:,.5g} visits"


def years(number: int) -> str:
    """Return a number of years.

    Examples:
        >>> years(1), years(10)
        ('1 year', '10 years')
    """
    return f"{number} year" if number == 1 else f"{number} years"


def listed(names: Iterable[str]) -> str:
    """Return ``a, b and c``.

    Examples:
        >>> listed(["a", "b", "c"]), listed([])
        ('a, b and c', 'none')
    """
    given = list(names)
    if not given:
        return "none"
    return given[0] if len(given) == 1 else f"{', '.join(given[:-1])} and {given[-1]}"


def spread(number: int, wanted: int) -> list[int]:
    """Return so many places of a list of some length, first and last among them, or all of a shorter one.

    Examples:
        >>> spread(101, 3), spread(2, 3)
        ([0, 50, 100], [0, 1])
    """
    if number <= wanted:
        return list(range(number))
    return sorted({round(place * (number - 1) / (wanted - 1)) for place in range(wanted)})
