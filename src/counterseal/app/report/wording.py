"""The words and signs in which the report says things; a sign stands beside every word."""

from dataclasses import dataclass
from datetime import date

from counterseal.assessment.facts import Channel, Timing, TimingBasis
from counterseal.terms.outcomes import KnownAs, Outcome
from counterseal.terms.times import TimeInterval, format_instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A word with its sign and its meaning; ``css`` names its colour, which is never alone."""

    sign: str
    text: str
    css: str
    meaning: str


OUTCOMES = {
    Outcome.EXCEEDS: Word(
        sign=">",
        text="exceeds",
        css="o-exceeds",
        meaning="The figure, as this reading counts it, is above the limit.",
    ),
    Outcome.DISPUTED: Word(
        sign="⇄",
        text="disputed",
        css="o-disputed",
        meaning="Parties read the same facts differently; both readings stand.",
    ),
    Outcome.NOT_PROVIDED: Word(
        sign="∅",
        text="not provided",
        css="o-not-provided",
        meaning="What was to be provided was not. It is never read as zero.",
    ),
    Outcome.OVERDUE: Word(
        sign="!",
        text="overdue",
        css="o-overdue",
        meaning="What was owed by a date had not been provided when the date had passed.",
    ),
    Outcome.INCONCLUSIVE: Word(
        sign="≈",
        text="inconclusive",
        css="o-open",
        meaning="There is evidence, and it does not decide.",
    ),
    Outcome.OPEN_QUESTION: Word(
        sign="?",
        text="open question",
        css="o-open",
        meaning="The public record is silent, so nothing is concluded.",
    ),
    Outcome.WITHIN: Word(
        sign="≤",
        text="within",
        css="o-within",
        meaning="The figure is not above the limit, the quota or the stated total.",
    ),
    Outcome.MET: Word(sign="✓", text="met", css="o-within", meaning="What was owed was provided in time."),
    Outcome.NOT_APPLICABLE: Word(
        sign="–",
        text="not applicable",
        css="o-quiet",
        meaning="The rule does not hold on this date or in this reading.",
    ),
}
"""Every outcome, in the order in which a reader should look at them."""

ATTENTION = (
    Outcome.EXCEEDS,
    Outcome.DISPUTED,
    Outcome.NOT_PROVIDED,
    Outcome.OVERDUE,
    Outcome.INCONCLUSIVE,
    Outcome.OPEN_QUESTION,
)
"""The outcomes that a reader is shown first."""

KNOWN = {
    KnownAs.CONFIRMED: Word(
        sign="●", text="confirmed", css="k-confirmed", meaning="Read in the named source."
    ),
    KnownAs.PARTLY: Word(
        sign="◉",
        text="partly",
        css="k-partly",
        meaning="Some of it read in the named source, the rest recalled.",
    ),
    KnownAs.RECALLED: Word(
        sign="○",
        text="recalled",
        css="k-recalled",
        meaning="Recalled from the named source, which was not opened again.",
    ),
    KnownAs.NOT_PROVIDED: Word(
        sign="∅", text="not provided", css="k-none", meaning="There is no published fact."
    ),
}

CHANNELS = {
    Channel.EXCHANGE: "exchanged",
    Channel.PUBLICATION: "published by its declarant, not exchanged",
    Channel.TRANSCRIPTION: "copied from a published source",
}

NONE = "–"


def figure_text(figure: int | None) -> str:
    """Return a count with thousands marked, or a dash where there is none."""
    return NONE if figure is None else f"{figure:,}"


def day_text(day: date | None) -> str:
    """Return a date as ``YYYY-MM-DD``, or a dash where there is none."""
    return NONE if day is None else day.isoformat()


def span_text(*, start: date, until: date | None) -> str:
    """Return a span of days in words."""
    return f"from {start.isoformat()}" if until is None else f"{start.isoformat()} to {until.isoformat()}"


def interval_text(interval: TimeInterval) -> str:
    """Return what bounds a time, in words."""
    not_before, not_after = interval.not_before, interval.not_after
    if not_before and not_after:
        return f"between {format_instant(not_before)} and {format_instant(not_after)}"
    if not_after:
        return f"not after {format_instant(not_after)}"
    if not_before:
        return f"not before {format_instant(not_before)}"
    return "not bounded by anybody else"


def timing_text(timing: Timing) -> str:
    """Return what is known of when a thing was received, in words."""
    if timing.basis is TimingBasis.RECORD:
        if timing.received is None:
            return "no receipt is on record"
        return f"received {interval_text(timing.received)}, by the record's own evidence"
    if timing.received_on is None:
        return "no source gives the date of receipt"
    return f"received on {timing.received_on.isoformat()}, as a cited source says"


def plural(count: int, noun: str) -> str:
    """Return a count with its noun, in the plural where it is not one."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def listed(things: tuple[str, ...]) -> str:
    """Return ``a, b and c``."""
    if len(things) < 2:  # noqa: PLR2004 - two make a list
        return "".join(things)
    return f"{', '.join(things[:-1])} and {things[-1]}"


def capital(text: str) -> str:
    """Return ``text`` with its first letter a capital.

    >>> capital("warheads on ICBMs")
    'Warheads on ICBMs'
    """
    return f"{text[:1].upper()}{text[1:]}"
