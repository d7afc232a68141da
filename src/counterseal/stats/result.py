"""The answer of a calculation: a figure, what kind of figure it is, and what it takes for granted.

A figure alone is no answer: a reader must see whether it is exact, a bound, an estimate from runs or the
value of a game, in which interval it lies, and what was assumed. So every calculation of chances, samples and
regimes answers with a ``Result``; a report prints its assumptions, and its digest lets anybody check that two
people asked the same question.
"""

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from counterseal.stats.errors import StatsError

Kind = Literal["exact", "bound", "estimate", "equilibrium"]
KINDS: tuple[Kind, ...] = ("exact", "bound", "estimate", "equilibrium")


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """A figure with its kind, its interval, its method and its assumptions.

    Attributes:
        value: The figure; None where the question has no answer (a goal that no sample reaches): a warning
            then says why.
        lower: Lower end of the interval that holds it; equal to ``value`` where it is exact, None where there
            is no value.
        upper: Upper end.
        kind: ``exact`` (closed form or full enumeration), ``bound`` (the truth is on one side of it),
            ``estimate`` (from runs, with an interval at ``confidence``), ``equilibrium`` (value of a game,
            certified to lie between ``lower`` and ``upper``).
        method: Formula or algorithm, in one line.
        exact: Whether nothing but rounding stands between ``value`` and the truth of the model.
        tol: Largest error of ``value`` by rounding or by stopping, relative for chances, else in its unit.
        ln_value: Natural logarithm of ``value`` where that is a chance: it survives where the chance itself
            is below 1e-300; ``-inf`` for a chance of nothing, None for what is no chance.
        seed: Master seed of an estimate, None elsewhere.
        n_rep: Number of runs of an estimate, None elsewhere.
        confidence: How often such an interval holds the truth (an estimate), None elsewhere.
        inputs: What was asked, by name; only what JSON can hold.
        assumptions: What the figure takes for granted, a sentence each.
        warnings: What a reader must know before using it, a sentence each.
    """

    value: float | None
    lower: float | None
    upper: float | None
    kind: Kind
    method: str
    exact: bool
    tol: float = 0.0
    ln_value: float | None = None
    seed: int | None = None
    n_rep: int | None = None
    confidence: float | None = None
    inputs: Mapping[str, Any] = field(default_factory=dict)
    assumptions: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a figure outside its own interval, and a kind that nobody knows; no zero has a sign."""
        for name in ("value", "lower", "upper", "ln_value"):
            if getattr(self, name) == 0.0:
                object.__setattr__(self, name, abs(getattr(self, name)))
        if self.kind not in KINDS:
            raise StatsError(f"result of kind {self.kind!r}: must be one of {', '.join(KINDS)}")
        if self.value is None:
            if not self.warnings:
                raise StatsError("result without a value: a warning must say why there is none")
            return
        if math.isnan(self.value):
            raise StatsError(f"result of {self.method}: not a number")
        if self.lower is None or self.upper is None or not self.lower <= self.value <= self.upper:
            raise StatsError(f"result {self.value}: not in its interval {self.lower} to {self.upper}")

    @property
    def inputs_digest(self) -> str:
        """SHA-256 of what was asked [64 hexadecimal digits]; equal questions have equal digests."""
        return digest(self.inputs)

    def document(self) -> dict[str, Any]:
        """Return it as JSON has it: every field, the digest, and infinite figures as text."""
        return {
            "value": _plain(self.value),
            "lower": _plain(self.lower),
            "upper": _plain(self.upper),
            "kind": self.kind,
            "method": self.method,
            "exact": self.exact,
            "tol": self.tol,
            "ln_value": _plain(self.ln_value),
            "seed": self.seed,
            "n_rep": self.n_rep,
            "confidence": self.confidence,
            "inputs": _plain(self.inputs),
            "inputs_digest": self.inputs_digest,
            "assumptions": list(self.assumptions),
            "warnings": list(self.warnings),
        }


def digest(inputs: Any) -> str:
    """Return the SHA-256 of a question as JSON with sorted keys and no spaces [64 hexadecimal digits].

    Args:
        inputs: Mappings, lists, text, numbers, booleans and None; numbers as Python's shortest text.

    Raises:
        StatsError: something else is in it.

    Examples:
        >>> digest({"N": 100, "d": 5}) == digest({"d": 5, "N": 100})
        True
    """
    try:
        text = json.dumps(_plain(inputs), sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    except TypeError as error:
        raise StatsError(f"question that cannot be written as JSON: {error}") from error
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def exactly(
    value: float,
    *,
    method: str,
    inputs: Mapping[str, Any],
    assumptions: tuple[str, ...] = (),
    warnings: tuple[str, ...] = (),
    ln_value: float | None = None,
    tol: float = 0.0,
) -> Result:
    """Return an exact figure as a result.

    Args:
        value: The figure.
        method: Formula, in one line.
        inputs: What was asked, by name.
        assumptions: What it takes for granted.
        warnings: What a reader must know.
        ln_value: Its natural logarithm, where it is a chance.
        tol: Largest error by rounding.
    """
    return Result(
        value=value,
        lower=value,
        upper=value,
        kind="exact",
        method=method,
        exact=True,
        tol=tol,
        ln_value=ln_value,
        inputs=inputs,
        assumptions=assumptions,
        warnings=warnings,
    )


def unreachable(
    *, method: str, inputs: Mapping[str, Any], why: str, assumptions: tuple[str, ...] = ()
) -> Result:
    """Return the answer to a question that has none, with the sentence that says why.

    Args:
        method: Formula or algorithm, in one line.
        inputs: What was asked, by name.
        why: Why no figure answers it.
        assumptions: What that takes for granted.
    """
    return Result(
        value=None,
        lower=None,
        upper=None,
        kind="exact",
        method=method,
        exact=True,
        inputs=inputs,
        assumptions=assumptions,
        warnings=(why,),
    )


def _plain(value: Any) -> Any:
    """Return it as JSON can hold it: infinities as text, sequences as lists, mappings with text keys."""
    if isinstance(value, bool | int | str) or value is None:
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(one) for one in value]
    if hasattr(value, "document"):
        return _plain(value.document())
    return value
