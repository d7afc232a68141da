"""Refusals of the declarations room."""

from counterseal.errors import RefusedInputError


class DeclarationError(RefusedInputError):
    """A declaration, a notification or their file breaks a rule; nothing of it was taken.

    Attributes:
        problems: Each problem by itself: where, what was found, and the rule.
    """

    def __init__(self, message: str, *, problems: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.problems = problems or (message,)
