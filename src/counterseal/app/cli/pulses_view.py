"""What ``counterseal pulses`` prints."""

import math
from collections.abc import Iterator, Sequence
from typing import Any

from counterseal.app.cli.bundle_view import printable
from counterseal.measurement.assay import Assay, AssayState, Estimate
from counterseal.measurement.coincidence_rates import CoincidenceRates, sum_of_cycles
from counterseal.measurement.counted_item import CountedItem
from counterseal.measurement.feynman import FeynmanPoint
from counterseal.measurement.pulse_quality import QualityCheck
from counterseal.measurement.rossi_alpha import DieAway, RossiAlpha
from counterseal.reference.neutron_data import NeutronConstant
from counterseal.terms.outcomes import KnownAs

_RATES = ("singles_per_s", "doubles_per_s", "triples_per_s")
_FIGURES = ("multiplication", "alpha", "m240_g", "pu_mass_g")
_DECIMALS = 6
_NS_PER_S = 1e9
_PS_PER_US = 1e6


def rates_json(item: CountedItem, rates: CoincidenceRates, checks: Sequence[QualityCheck]) -> dict[str, Any]:
    """Return what ``rates --json`` prints of one file, without the file's name."""
    whole = sum_of_cycles(item.cycles)
    return {
        **_rates(rates),
        "uncertainty_from": "cycles" if len(item.cycles) > 1 else "counting",
        "cycles": len(item.cycles),
        "time_s": whole.count.time_ns / _NS_PER_S,
        "pulses": whole.count.singles,
        "histograms": {
            "with_reals": whole.count.with_reals.tolist(),
            "accidentals": whole.count.accidentals.tolist(),
        },
        "checks": _checks(checks),
    }


def assay_json(
    assay: Assay,
    checks: Sequence[QualityCheck],
    *,
    rates_from: str,
    constants: Sequence[NeutronConstant],
) -> dict[str, Any]:
    """Return what ``multiplicity --json`` prints of one file, without the file's name.

    Without a decision the figures are null, and stand apart under ``not_accepted``.

    Args:
        assay: The assay.
        checks: The checks of its measurement.
        rates_from: Whether the rates were ``counted`` or ``printed``.
        constants: The public constants that it rests on.
    """
    figures = _figures(assay)
    accepted = assay.state is AssayState.MEASURED
    document: dict[str, Any] = {**_rates(assay.rates)}
    document |= figures if accepted else dict.fromkeys(figures)
    document |= {"state": str(assay.state), "method": str(assay.method), "rates_from": rates_from}
    if not accepted:
        document["reasons"] = [{"code": reason.code, "found": reason.found} for reason in assay.reasons]
        document["not_accepted"] = figures
    document |= sources_json(constants)
    document["checks"] = _checks(checks)
    return document


def sources_json(constants: Sequence[NeutronConstant]) -> dict[str, Any]:
    """Return which public constants a result rests on, and which of them are not confirmed."""
    return {
        "sources": [
            {"constant": one.name, "citations": list(one.citations), "known_as": str(one.known_as)}
            for one in constants
        ],
        "recalled": [one.name for one in constants if one.known_as is not KnownAs.CONFIRMED],
    }


def recalled_line(document: dict[str, Any]) -> str:
    """Return the line that tells people which constants of a result are recalled; empty where none is."""
    weak = [one for one in document.get("sources", ()) if one["constant"] in document["recalled"]]
    told = "; ".join(f"{one['constant']} ({one['known_as']}, {_keys(one['citations'])})" for one in weak)
    return f"recalled figures are used: {told}" if told else ""


def _keys(citations: Sequence[str]) -> str:
    return " ".join(f"[{key}]" for key in citations)


def _figures(assay: Assay) -> dict[str, float | None]:
    found: dict[str, float | None] = {}
    for name in _FIGURES:
        estimate: Estimate | None = getattr(assay, name)
        found[name] = None if estimate is None else round(estimate.value, _DECIMALS)
        found[f"{name}_unc"] = None if estimate is None else round(estimate.unc, _DECIMALS)
    return found


def _rates(rates: CoincidenceRates | None) -> dict[str, float | None]:
    if rates is None:
        return {name: None for rate in _RATES for name in (rate, f"{rate}_unc")}
    values = zip(_RATES, rates.values, rates.uncertainties_per_s, strict=True)
    found: dict[str, float | None] = {}
    for name, value, unc in values:
        found[name], found[f"{name}_unc"] = round(value, _DECIMALS), round(unc, _DECIMALS)
    return found


def _checks(checks: Sequence[QualityCheck]) -> list[dict[str, Any]]:
    return [{"check": check.check, "passed": check.passed, "found": check.found} for check in checks]


def rossi_json(
    histogram: RossiAlpha, die_away: DieAway | None, why_not: str, points: Sequence[FeynmanPoint]
) -> dict[str, Any]:
    """Return what ``rossi --json`` prints of one file, without the file's name."""
    fitted: dict[str, Any] = {"die_away_us": None, "die_away_us_unc": None}
    if die_away is None:
        fitted["no_die_away"] = why_not
    else:
        fitted = {
            "die_away_us": round(die_away.die_away_us, _DECIMALS),
            "die_away_us_unc": round(die_away.die_away_unc_us, _DECIMALS)
            if math.isfinite(die_away.die_away_unc_us)
            else None,
            "height_per_s": round(die_away.height_per_s, _DECIMALS),
            "level_per_s": round(die_away.level_per_s, _DECIMALS),
        }
    return {
        **fitted,
        "bin_us": histogram.bin_ps / _PS_PER_US,
        "triggers": histogram.triggers,
        "pairs": histogram.counts.tolist(),
        "feynman": [
            {
                "gate_us": point.gate_ps / _PS_PER_US,
                "gates": point.gates,
                "mean": round(point.mean, 9),
                "y": round(point.y, 9),
                "y_unc": round(point.y_unc, 9),
            }
            for point in points
        ],
    }


def rates_lines(document: dict[str, Any]) -> Iterator[str]:
    """Yield what ``rates`` prints of one file for people."""
    yield printable(f"{document['file']}: {document['pulses']} pulses in {document['time_s']:g} s")
    yield from _rate_lines(document)
    yield f"  uncertainty from {document['uncertainty_from']}, {document['cycles']} cycle(s)"
    yield from _check_lines(document)


def assay_lines(document: dict[str, Any]) -> Iterator[str]:
    """Yield what ``multiplicity`` prints of one file for people."""
    yield printable(f"{document['file']}: {document['state']} ({document['method']})")
    yield from _rate_lines(document)
    labels = {
        "multiplication": "multiplication",
        "alpha": "alpha",
        "m240_g": "Pu-240 effective [g]",
        "pu_mass_g": "plutonium [g]",
    }
    for name, label in labels.items():
        if document[name] is not None:
            yield f"  {label:<22} {document[name]:>14.4f} +- {document[f'{name}_unc']:.4f}"
    keys = dict.fromkeys(key for one in document["sources"] for key in one["citations"])
    if keys:
        yield f"  constants from {_keys(tuple(keys))}"
    for reason in document.get("reasons", []):
        yield printable(f"  no decision: {reason['found']} [{reason['code']}]")
    yield from _check_lines(document)


def rossi_lines(document: dict[str, Any]) -> Iterator[str]:
    """Yield what ``rossi`` prints of one file for people."""
    yield printable(f"{document['file']}: {document['triggers']} triggers, {sum(document['pairs'])} pairs")
    if document["die_away_us"] is None:
        yield printable(f"  no die-away time: {document['no_die_away']}")
    else:
        unc = document["die_away_us_unc"]
        yield f"  die-away time {document['die_away_us']:.3f} +- {math.inf if unc is None else unc:.3f} us"
    for point in document["feynman"]:
        yield f"  Feynman-Y at {point['gate_us']:>8g} us {point['y']:>12.6f} +- {point['y_unc']:.6f}"


def _rate_lines(document: dict[str, Any]) -> Iterator[str]:
    for name in _RATES:
        if document[name] is None:
            continue
        label = f"{name.removesuffix('_per_s')} [1/s]"
        yield f"  {label:<22} {document[name]:>14.3f} +- {document[f'{name}_unc']:.3f}"


def _check_lines(document: dict[str, Any]) -> Iterator[str]:
    for check in document["checks"]:
        if not check["passed"]:
            yield printable(f"  look at {check['check']}: {check['found']}")
