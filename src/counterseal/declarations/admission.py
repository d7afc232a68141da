"""What a treaty pack admits: whose declarations, of which categories, for which dates."""

from bisect import bisect_left
from datetime import date, timedelta

from counterseal.declarations.problems import Problems
from counterseal.declarations.wording import shown
from counterseal.terms.times import parse_date
from counterseal.treaty.calendar import declaration_dates
from counterseal.treaty.pack import Pack

# Nearest dates are looked for a little beyond a date; no agreement runs to the end of the calendar.
_HORIZON = timedelta(days=400)
_LAST_DAY = date(9990, 1, 1)


class Admission:
    """Checks parties and dates of one file against a pack, and gathers what it does not admit.

    Args:
        pack: The agreement.
        until: Last date of data that may be declared, or None for no such bound.
        problems: Gathers what is not admitted.
    """

    def __init__(self, pack: Pack, *, until: date | None, problems: Problems) -> None:
        self._pack = pack
        self._until = until
        self._problems = problems
        self._dates: list[tuple[str, date]] = []
        self._first: dict[tuple[str, ...], str] = {}

    def party(self, text: str, *, place: str) -> bool:
        """Note ``text`` if it is no State party of the agreement; return whether it is one."""
        if text in self._pack.states:
            return True
        known = ", ".join(self._pack.states)
        self._problems.add(place, f"found {shown(text)}, must be a party to {self._pack.id}: {known}")
        return False

    def day(self, text: str, *, place: str) -> date | None:
        """Return the date that ``text`` names, or note why it names none."""
        try:
            day = parse_date(text)
        except ValueError:
            self._problems.add(
                place, f"found {shown(text)}, must be a day of the calendar, written YYYY-MM-DD"
            )
            return None
        self._dates.append((place, day))
        return day

    def once(self, *identity: str, place: str) -> None:
        """Note that ``identity`` was met before, if it was, with the place where."""
        if (earlier := self._first.setdefault(identity, place)) != place:
            self._problems.add(place, f"found {' '.join(identity)} again, declared once already ({earlier})")

    def require_asked_dates(self) -> None:
        """Note each date met for which the agreement asks for no data."""
        if not self._dates:
            return
        latest = max(self._pack.life.in_force, *(day for _, day in self._dates))
        asked = declaration_dates(self._pack, until=min(latest, _LAST_DAY) + _HORIZON)
        admitted = frozenset(asked)
        for place, day in self._dates:
            if self._until is not None and day > self._until:
                self._problems.add(
                    place, f"found {day}, must not be after {self._until}, up to which data are read"
                )
            elif day not in admitted:
                self._problems.add(
                    place, f"found {day}, for which {self._pack.id} asks for no data; {_nearest(asked, day)}"
                )


def _nearest(asked: tuple[date, ...], day: date) -> str:
    if not asked:
        return "it asks for data on no date"
    place = bisect_left(asked, day)
    around = asked[max(place - 1, 0) : place + 1]
    return f"nearest dates asked for: {' and '.join(each.isoformat() for each in around)}"
