"""Refusals of the assessment."""

from counterseal.errors import CountersealError, RefusedInputError


class AssessmentError(CountersealError):
    """The facts, or a check, cannot be assessed as they stand."""


class FactsError(AssessmentError, RefusedInputError):
    """The facts name something that the treaty pack does not have, or contradict themselves."""


class SummaryError(AssessmentError, RefusedInputError):
    """A summary of findings breaks its schema; the message has the place and the rule."""


class SituationError(AssessmentError, RefusedInputError):
    """A file of situations breaks the format; the message has the situation, the fact and the rule."""
