"""Equipment and place for a protocol that comes without items: generic, made up, and fitting its settings.

Energies, widths and times follow from the protocol; all else is a plain germanium detector or neutron counter
that stands for none. It shows what a protocol would do, not what a given instrument would.
"""

import math
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from counterseal.barrier.operating_curve.sweep import decimal_text
from counterseal.barrier.protocol import Form, Protocol
from counterseal.reference.nuclear_data import load_nuclear_data

_FINE_CHANNELS, _COARSE_CHANNELS = 8192, 1024
_LEAST_KEV_PER_CHANNEL = 0.125
_HEADROOM = 1.06
_FWHM_KEV, _AT_KEV = 1.5, 662.0
_SMOOTH_PER_S, _NEUTRONS_PER_S = 20.0, 1.0
_CHECK_FACTOR = 20.0
_LOWEST_KEV, _FILTER = 20.0, 0.5
"""What lies below half of the lowest energy that is asked about is filtered away."""
_WHERE = ("energy_kev", "peak_kev", "band_kev", "window_kev", "range_kev", "lines_kev")
_EFFICIENCY = ((60, 0.0001), (120, 0.0004), (200, 0.0004), (1000, 0.0001), (3000, 0.00003))
_MEV_PER_KEV = 1_000_000
_NS_PER_US, _MOST_DIE_AWAY, _HALVINGS = 1_000, 100.0, 60


def text(value: float) -> str:
    """Return a number as a document holds it: decimal text of about 9 significant digits."""
    if not value:
        return "0"
    digits = 8 - math.floor(math.log10(abs(value)))
    return decimal_text(Fraction(round(Fraction(value) * Fraction(10) ** digits)) / Fraction(10) ** digits)


def usual_detector(protocol: Protocol) -> dict[str, Any]:
    """Return a germanium detector over all energies of a protocol, with the widths that it expects."""
    energies = [float(value) for name, value in _named(protocol) if name.endswith(_WHERE)]
    top_kev, bottom_kev = max(energies, default=_AT_KEV), min(energies, default=_AT_KEV)
    fine = protocol.check_source is not None or any(name == "fwhm_kev" for name, _ in _named(protocol))
    channels = _FINE_CHANNELS if fine else _COARSE_CHANNELS
    gain = max(_HEADROOM * top_kev / channels, _LEAST_KEV_PER_CHANNEL)
    a_kev2, b_kev = _width(protocol)
    return {
        "channels": channels,
        "scale_kev": _agreed_scale(protocol) or ["0.1", text(gain)],
        "fwhm": [text(a_kev2), text(b_kev), 0],
        "efficiency": [[energy, text(value)] for energy, value in _EFFICIENCY],
        "peak_to_total": "0.2",
        "lowest_kev": text(max(bottom_kev * _FILTER, _LOWEST_KEV)),
        "dead_part": 0,
    }


def _agreed_scale(protocol: Protocol) -> list[str] | None:
    """Return the energy scale that a second implementation was given, or None."""
    for asked in protocol.asked:
        if asked.cross_check is not None and "gain_mev" in asked.cross_check:
            offset, gain = (int(asked.cross_check[name]) for name in ("offset_mev", "gain_mev"))
            return [decimal_text(Fraction(value, _MEV_PER_KEV)) for value in (offset, gain)]
    return None


def _width(protocol: Protocol) -> tuple[float, float]:
    """Return constant [keV^2] and growth [keV] of the square of the width, as the protocol has it."""
    if protocol.check_source is not None:
        lines = sorted((float(line.energy_kev), float(line.fwhm_kev)) for line in protocol.check_source.lines)
        (first, narrow), (last, wide) = lines[0], lines[-1]
        if last > first:
            growth = max((wide * wide - narrow * narrow) / (last - first), 0.0)
            return max(narrow * narrow - growth * first, 0.1 * narrow * narrow), growth
        return 0.5 * narrow * narrow, 0.5 * narrow * narrow / first
    for asked in protocol.asked:
        for mapping in _mappings(asked.settings):
            if "fwhm_kev" in mapping:
                fwhm_kev = float(Fraction(mapping["fwhm_kev"]))
                at_kev = float(Fraction(mapping.get("fwhm_at_kev") or mapping.get("energy_kev") or _AT_KEV))
                return 0.5 * fwhm_kev * fwhm_kev, 0.5 * fwhm_kev * fwhm_kev / at_kev
    return 0.5 * _FWHM_KEV**2, 0.5 * _FWHM_KEV**2 / _AT_KEV


def usual_counter(agreed: Mapping[str, Any]) -> dict[str, Any]:
    """Return a counter of the agreed calibration, off from attempt to attempt as that may be.

    The die-away time is the one at which the agreed gate catches the agreed share of pairs. With it both
    shares move, that of triplets about twice as fast; it moves so that neither is off by more than agreed.
    """
    efficiency, share = (float(Fraction(agreed[name])) for name in ("efficiency", "doubles_gate_fraction"))
    by_efficiency, by_gates = (
        float(Fraction(agreed[name])) for name in ("efficiency_unc", "gate_fractions_unc")
    )
    gate_us, predelay_us = (float(agreed[name]) / _NS_PER_US for name in ("gate_ns", "predelay_ns"))
    die_away_us = _die_away_us(share, gate_us=gate_us, predelay_us=predelay_us)
    step = 1.01
    slope = math.log(
        _caught(die_away_us * step, gate_us=gate_us, predelay_us=predelay_us)
        / _caught(die_away_us / step, gate_us=gate_us, predelay_us=predelay_us)
    ) / math.log(step * step)
    return {
        "efficiency": off(efficiency, by_efficiency),
        "die_away_us": off(die_away_us, by_gates / max(2.0 * abs(slope), 1.0)),
        "dead_time_ns": 0,
        "tick_ps": 10_000,
    }


def _caught(die_away_us: float, *, gate_us: float, predelay_us: float) -> float:
    """Return the share of pairs that a gate catches."""
    return math.exp(-predelay_us / die_away_us) * -math.expm1(-gate_us / die_away_us)


def _die_away_us(share: float, *, gate_us: float, predelay_us: float) -> float:
    """Return the die-away time at which a gate catches a share of pairs: the longer one of two [us]."""
    lower, upper = _best_die_away_us(gate_us, predelay_us), _MOST_DIE_AWAY * (gate_us + predelay_us)
    for _ in range(_HALVINGS):
        middle = 0.5 * (lower + upper)
        if _caught(middle, gate_us=gate_us, predelay_us=predelay_us) > share:
            lower = middle
        else:
            upper = middle
    return lower


def _best_die_away_us(gate_us: float, predelay_us: float) -> float:
    """Return the die-away time of which a gate catches most; shorter ones are over before it opens [us]."""
    return gate_us / math.log1p(gate_us / predelay_us) if predelay_us else 0.01 * gate_us


def off(value: float, relative: float) -> Any:
    """Return a number that is off from attempt to attempt by a relative standard uncertainty."""
    return {"normal": [text(value), text(value * relative)]} if relative and value else text(value)


def usual_place(
    protocol: Protocol, *, smooth_per_s: float | None, neutrons_per_s: float | None
) -> dict[str, Any]:
    """Return a quiet place, below the background that the protocol allows."""
    rule = protocol.background
    most = math.inf if rule is None else float(rule.most_rate_per_s) / 2
    time_s = protocol.measuring.time_s if rule is None else max(protocol.measuring.time_s, rule.least_time_s)
    return {
        "time_s": decimal_text(time_s),
        "smooth_per_s": text(min(_SMOOTH_PER_S if smooth_per_s is None else smooth_per_s, most)),
        "fall_kev": 400,
        "sources": [],
        "neutrons_per_s": text(min(_NEUTRONS_PER_S if neutrons_per_s is None else neutrons_per_s, most)),
    }


def usual_check_source(protocol: Protocol) -> dict[str, Any] | None:
    """Return the check source of a protocol, strong enough for its lines in ten minutes."""
    rule = protocol.check_source
    if rule is None:
        return None
    data, time_s = load_nuclear_data(), 600
    needed = [
        _CHECK_FACTOR
        * line.least_counts
        / (time_s * _EFFICIENCY[0][1] * data.line(rule.nuclide, float(line.energy_kev)).intensity)
        for line in rule.lines
    ]
    return {"time_s": time_s, "sources": [{"nuclide": rule.nuclide, "activity_bq": text(max(needed))}]}


def usual_items(
    protocol: Protocol,
    *,
    populations: list[dict[str, Any]],
    counter: dict[str, Any] | None = None,
    smooth_per_s: float | None = None,
    neutrons_per_s: float | None = None,
    background: Any = 1,
    template: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Return a whole document of items for some populations."""
    plain = {"efficiency": "0.2", "die_away_us": 50, "dead_time_ns": 0, "tick_ps": 10_000}
    measures = protocol.measuring.forms
    gamma = Form.SPECTRUM in measures or protocol.check_source is not None
    return {
        "items": 1,
        "title": "Generic made-up equipment and sources, fitted to the protocol; name your own by --items",
        "detector": usual_detector(protocol) if gamma else None,
        "counter": (counter or plain) if Form.PULSES in measures else None,
        "varying": {
            "gain": {"normal": [1, "0.0001"]},
            "drift": {"normal": [0, "0.00005"]},
            "width": 1,
            "placing": {"lognormal": [1, "0.01"]},
            "background": background,
        },
        "place": usual_place(protocol, smooth_per_s=smooth_per_s, neutrons_per_s=neutrons_per_s),
        "check_source": usual_check_source(protocol),
        "template": template,
        "populations": populations,
    }


def _named(protocol: Protocol) -> Iterator[tuple[str, Fraction]]:
    """Yield the numbers of what is asked and of the check source, with the name that each stands under."""
    for asked in protocol.asked:
        yield from _numbers(asked.settings, "")
    yield from _numbers(protocol.document["check_source"], "")


def _numbers(value: Any, name: str) -> Iterator[tuple[str, Fraction]]:
    if isinstance(value, Mapping):
        for key, one in value.items():
            yield from _numbers(one, key)
    elif isinstance(value, list):
        for one in value:
            yield from _numbers(one, name)
    elif isinstance(value, int | str) and not isinstance(value, bool):
        try:
            yield name, Fraction(value)
        except ValueError:
            return


def _mappings(value: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, Mapping):
        yield value
        for one in value.values():
            yield from _mappings(one)
    elif isinstance(value, list):
        for one in value:
            yield from _mappings(one)
