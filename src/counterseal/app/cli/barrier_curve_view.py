"""How ``counterseal barrier curve`` shows an operating curve: as one document, and as text."""

import math
from collections.abc import Iterator, Sequence
from typing import Any

from counterseal.app.cli.bundle_view import printable
from counterseal.barrier.budget import bits
from counterseal.barrier.operating_curve.curve import OperatingCurve, Reading
from counterseal.barrier.operating_curve.disclosure import Disclosure
from counterseal.barrier.operating_curve.stated import StatedRate
from counterseal.barrier.operating_curve.tally import Risk, rate
from counterseal.terms.outcomes import MeasurementOutcome

_SHOWN = 4
_ROUNDED = 6
_SCALE = 1e6


def curve_json(found: OperatingCurve) -> dict[str, Any]:
    """Return an operating curve as a document."""
    plan, protocol = found.plan, found.plan.protocol
    worst = {whose: found.worst(whose) for whose in Risk}
    return {
        "title": protocol.title,
        "protocol": protocol.digest,
        "items": plan.items.title,
        "seed": plan.seed,
        "runs": plan.runs,
        "confidence": float(found.confidence),
        "no_decision": "shown" if protocol.answer.shows_no_decision else "as-not-confirmed",
        "proposed": {
            "time_s": float(protocol.measuring.time_s),
            **{f"{whose}_risk": _worst_json(reading) for whose, reading in worst.items()},
            "populations": [_reading_json(found, reading) for reading in found.proposed],
        },
        "curves": [
            {
                "against": axis.name,
                "label": axis.label,
                "places": list(axis.places),
                "left_out": [{"value": float(value), "why": why} for value, why in axis.left_out],
                "points": [
                    {
                        "value": float(point.value),
                        "proposed": point.agreed,
                        "populations": [_reading_json(found, reading) for reading in row],
                    }
                    for point, row in zip(axis.points, rows, strict=True)
                ],
            }
            for axis, rows in found.axes
        ],
        "stated": [_stated_json(one) for one in found.stated],
        "assumed": list(found.assumed),
        "disclosure": _disclosure_json(found.disclosure),
    }


def _reading_json(found: OperatingCurve, reading: Reading) -> dict[str, Any]:
    tally = reading.tally
    undecided = rate(
        tally.count(MeasurementOutcome.NO_DECISION), runs=tally.runs, confidence=found.confidence
    )
    return {
        "population": reading.population,
        "genuine": reading.whose is Risk.HOST,
        **{outcome.value.replace("-", "_"): count for outcome, count in tally.counts},
        "risk_of": reading.whose.value,
        "risk": _rounded(reading.risk.share),
        "risk_low": _rounded(reading.risk.interval.low, down=True),
        "risk_high": _rounded(reading.risk.interval.high, down=False),
        "no_decision_share": _rounded(undecided.share),
        "no_decision_low": _rounded(undecided.interval.low, down=True),
        "no_decision_high": _rounded(undecided.interval.high, down=False),
    }


def _worst_json(reading: Reading | None) -> dict[str, Any] | None:
    if reading is None:
        return None
    return {
        "population": reading.population,
        "risk": _rounded(reading.risk.share),
        "low": _rounded(reading.risk.interval.low, down=True),
        "high": _rounded(reading.risk.interval.high, down=False),
    }


def _rounded(value: float, *, down: bool | None = None) -> float:
    """Return a share with six decimals; ends of intervals are rounded outwards."""
    if down is None:
        return round(value, _ROUNDED)
    scaled = value * _SCALE
    return float(math.floor(scaled) if down else math.ceil(scaled)) / _SCALE


def _stated_json(one: StatedRate) -> dict[str, Any]:
    held = one.at_most_held
    return {
        "attribute": one.attribute,
        "item": one.item,
        "answer": one.answer.value,
        "factor": float(one.factor),
        "at_most": _rounded(one.at_most, down=False),
        "at_most_held": None if held is None else _rounded(held, down=False),
    }


def _disclosure_json(found: Disclosure) -> dict[str, Any]:
    return {
        "answers": [answer.value for answer in found.answers],
        "bits_per_attempt": bits(found.millibits),
        "attempts_per_item": found.attempts,
        "bits_in_all_at_most": bits(found.millibits * found.attempts),
        "budget_bits": bits(found.budget_millibits),
        "mutual_information_bits": round(found.told_bits, _SHOWN),
        "mutual_information_at_most_bits": round(found.capacity_bits, _SHOWN),
        "bound_per_attempt_bits": round(found.bound_bits, _SHOWN),
        "bound_in_all_bits": round(found.bound_in_all_bits, _SHOWN),
        "if_thresholds_were_adapted": [
            {"questions": questions, "part_of_range_left": float(part)} for questions, part in found.adapted()
        ],
    }


def curve_text(document: dict[str, Any]) -> str:
    """Return an operating curve for people."""
    return "\n".join(map(printable, _lines(document)))


def _lines(document: dict[str, Any]) -> Iterator[str]:
    yield document["title"]
    yield f"  on      {document['items']}"
    yield f"  runs    {document['runs']} attempts a point, seed {document['seed']}, intervals of 99 %"
    yield ""
    yield "  kinds of item; host risk: not confirmed though genuine; inspector risk: confirmed though not:"
    for number, reading in enumerate(document["proposed"]["populations"], start=1):
        yield f"    [{number}] {reading['risk_of']} risk: {reading['population']}"
    yield ""
    yield "Risk with its interval, and no decision, in per cent of attempts."
    yield f"As proposed ({document['proposed']['time_s']:g} s):"
    yield from _rows([(None, document["proposed"]["populations"])])
    for curve in document["curves"]:
        yield ""
        yield f"Against {curve['label']} (* as proposed):"
        yield from _rows([(point, point["populations"]) for point in curve["points"]])
        for left in curve["left_out"]:
            yield f"  {left['value']:g}  left out: {left['why']}"
    yield ""
    yield from _stated(document)
    yield ""
    yield from _told(document["disclosure"])
    if document.get("files"):
        yield f"Written: {', '.join(document['files'])}"


def _rows(points: Sequence[tuple[dict[str, Any] | None, Sequence[dict[str, Any]]]]) -> Iterator[str]:
    """Yield a table: a row a point, a column a kind of item."""
    count = len(points[0][1])
    yield f"  {'':>9} " + "".join(f" {f'[{number}]':<31}" for number in range(1, count + 1)).rstrip()
    for point, readings in points:
        name = "" if point is None else f"{point['value']:g}{'*' if point['proposed'] else ' '}"
        yield f"  {name:>9} " + "".join(f" {_cell(reading):<31}" for reading in readings).rstrip()


def _cell(reading: dict[str, Any]) -> str:
    risk, low, high = (100 * reading[name] for name in ("risk", "risk_low", "risk_high"))
    cell = f"{risk:.2f} ({low:.2f}-{high:.2f}), {100 * reading['no_decision_share']:.1f}"
    return f"{cell}, {reading['malfunction']} failed" if reading["malfunction"] else cell


def _stated(document: dict[str, Any]) -> Iterator[str]:
    yield "Wrong answers that the factors state, on the worst items, in per cent of attempts at most"
    yield "(in brackets where a systematic part stays at one standard uncertainty on the wrong side):"
    for one in document["stated"]:
        held = "" if one["at_most_held"] is None else f" ({100 * one['at_most_held']:.2f})"
        yield f"  {one['attribute']}, {one['item']}: {one['answer']} {100 * one['at_most']:.2f}{held}"
    if not document["stated"]:
        yield "  none: the limits of a template come from repeats"
    yield "What the risks rest on:"
    for sentence in document["assumed"]:
        yield f"  {sentence}"


def _told(told: dict[str, Any]) -> Iterator[str]:
    yield "What it can disclose:"
    yield f"  answers      {', '.join(told['answers'])}"
    attempts = told["attempts_per_item"]
    yield f"  an attempt   {told['bits_per_attempt']} bits at most, {attempts} attempts an item"
    yield f"  in all       {told['bits_in_all_at_most']} bits at most, of a budget of {told['budget_bits']}"
    yield (
        f"  on these     {told['mutual_information_bits']} bits an answer if all kinds are equally likely,"
        f" {told['mutual_information_at_most_bits']} at most"
    )
    for row in told["if_thresholds_were_adapted"][-1:]:
        yield (
            f"  if thresholds could be adapted, {row['questions']} questions would leave"
            f" {row['part_of_range_left']:g} of a figure's range: one threshold set an item prevents it"
        )
