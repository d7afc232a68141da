"""The root of every refusal that Counterseal makes."""


class CountersealError(Exception):
    """Something was refused; the message says what was found, what the rule is, and where."""


class RefusedInputError(CountersealError):
    """Input from outside (a file, a table, an option) breaks a rule; nothing of it was stored."""


class WorkplaceError(CountersealError):
    """The machine or the folder cannot do what was asked (missing file, permission, disk)."""
