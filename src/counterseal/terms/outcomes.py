"""The words in which an assessment and a measurement answer, and how well facts are known."""

from enum import StrEnum


class Outcome(StrEnum):
    """What the record supports about one clause, for one party, in one reading.

    None of them says that an agreement was broken: that judgement is the parties'.
    """

    WITHIN = "within"
    """The figure is not above the limit, the quota or the stated total, on a date on which it holds."""
    EXCEEDS = "exceeds"
    """The figure, as this reading counts it, is above the limit."""
    NOT_APPLICABLE = "not-applicable"
    """The rule does not hold on this date or in this reading."""
    NOT_PROVIDED = "not-provided"
    """What was to be provided was not. Never read as zero."""
    INCONCLUSIVE = "inconclusive"
    """There is evidence, and it does not decide."""
    OPEN_QUESTION = "open-question"
    """The public record is silent, so nothing is concluded."""
    DISPUTED = "disputed"
    """Parties read the same facts differently; both readings stand."""
    MET = "met"
    """What was owed was provided in time."""
    OVERDUE = "overdue"
    """What was owed by a date had not been provided when the date had passed."""


class MeasurementOutcome(StrEnum):
    """What a measurement of an item says about its agreed attribute: two bits, and never "absent"."""

    CONFIRMED = "confirmed"
    """The measured data support the attribute, with the agreed certainty."""
    NOT_CONFIRMED = "not-confirmed"
    """The measured data do not support it, with the agreed certainty."""
    NO_DECISION = "no-decision"
    """The measured data decide neither way."""
    MALFUNCTION = "malfunction"
    """The equipment, its check source or its input was not as agreed; it says nothing about the item."""


class KnownAs(StrEnum):
    """How well a published fact is known to those who typed it in."""

    CONFIRMED = "confirmed"
    """Read in the named source."""
    PARTLY = "partly"
    """Some of it read in the named source, the rest recalled."""
    RECALLED = "recalled"
    """Recalled from the named source, which was not opened again."""
    NOT_PROVIDED = "not-provided"
    """There is no published fact to know well or badly; it does not say that anybody withheld one."""


_FROM_BEST = (KnownAs.CONFIRMED, KnownAs.PARTLY, KnownAs.RECALLED, KnownAs.NOT_PROVIDED)


def weakest(known: tuple[KnownAs, ...]) -> KnownAs:
    """Return how well a conclusion is known that rests on all of ``known``.

    Args:
        known: The standing of each fact it rests on; empty where there is none.

    Returns:
        The weakest of them, and ``not-provided`` for an empty tuple.
    """
    if not known:
        return KnownAs.NOT_PROVIDED
    return max(known, key=_FROM_BEST.index)
