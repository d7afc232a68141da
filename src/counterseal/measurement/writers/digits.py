"""Whole numbers and doubles as the text that reads back as the same."""

from datetime import datetime

_NS_DIGITS = 9


def seconds(time_ns: int) -> str:
    """Return a time [ns] in seconds, with as many decimals as it has and no exponent."""
    whole, part = divmod(time_ns, 10**_NS_DIGITS)
    digits = f"{part:0{_NS_DIGITS}d}".rstrip("0")
    return f"{whole}.{digits}" if digits else str(whole)


def shortest(value: float) -> str:
    """Return the shortest decimal that reads back as the same double."""
    return repr(float(value))


def gmt_text(moment: datetime) -> str:
    """Return a moment with its zone as text that ends in Z, with as many decimals as it has."""
    return moment.isoformat().removesuffix("+00:00").replace("+00:00", "") + "Z"
