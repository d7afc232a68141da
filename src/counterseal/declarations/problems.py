"""The problems of one file, gathered so that its author can mend all of them at once."""

from typing import NoReturn

from counterseal.declarations.errors import DeclarationError

MOST_PROBLEMS = 20
"""Reading stops at this many problems: more of them would hide the first."""


class Problems:
    """Gathers the problems of one file, and refuses the whole file if there is any.

    Args:
        where: Name of the file, as the reader of the message knows it.
    """

    def __init__(self, where: str) -> None:
        self._where = where
        self._found: list[str] = []

    def __len__(self) -> int:
        return len(self._found)

    def add(self, place: str, text: str) -> None:
        """Note a problem at ``place``.

        Raises:
            DeclarationError: it is the last one that is gathered.
        """
        self._found.append(f"{place}: {text}")
        if len(self._found) == MOST_PROBLEMS:
            self._refuse(f"{MOST_PROBLEMS} problems, and reading stopped there; nothing of it was taken")

    def require_none(self) -> None:
        """Raise what was gathered.

        Raises:
            DeclarationError: there is at least one problem.
        """
        if len(self._found) == 1:
            raise DeclarationError(self._found[0])
        if self._found:
            self._refuse(f"{len(self._found)} problems; nothing of it was taken")

    def _refuse(self, summary: str) -> NoReturn:
        message = "\n".join((f"{self._where}: {summary}", *(f"- {problem}" for problem in self._found)))
        raise DeclarationError(message, problems=tuple(self._found))
