"""The ledger of attempts without a node: a file that only grows, each line bound to the one before it.

An attempt is written down before it runs and answered after; a line that is missing, changed or out of
order is noticed by whoever kept the hash of a later one. The record of a node takes its place where there
is one: there, both parties sign.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from counterseal.barrier.answers import Health
from counterseal.barrier.budget import MILLIBITS, Query, item_key, require_allowed
from counterseal.barrier.errors import BarrierError
from counterseal.barrier.protocol import parse_item
from counterseal.barrier.protocol_form import Part, ProtocolError
from counterseal.crypto.canonical import decode_canonical, encode_canonical
from counterseal.crypto.errors import CryptoError
from counterseal.crypto.hashing import domain_hash
from counterseal.terms.outcomes import MeasurementOutcome

MAX_BYTES = 2**26
START = "0" * 64
"""What the first line is bound to."""

_OPENED = "budget_millibits item line millibits number prev protocol repeats thresholds"
_ANSWERED = "health item line number outcome prev"


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """An attempt that was written down: its number among those of its item, from 1, and what it asks."""

    number: int
    query: Query


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What became of an attempt; the equipment is at fault exactly when it is a malfunction."""

    item: str
    number: int
    outcome: MeasurementOutcome
    health: Health

    def __post_init__(self) -> None:
        """Refuse a word on the equipment that does not go with the outcome."""
        if (self.health is Health.FAULT) != (self.outcome is MeasurementOutcome.MALFUNCTION):
            raise BarrierError(
                f"ledger: item {self.item}: health {self.health.value} with {self.outcome.value}; "
                f"a malfunction is a fault, and nothing else is"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """All that a ledger says.

    Attributes:
        opened: Attempts in their order.
        answered: Answers in their order.
        head: Hash of the last line [64 hexadecimal digits].
    """

    opened: tuple[Opened, ...] = ()
    answered: tuple[Answered, ...] = ()
    head: str = START

    @property
    def queries(self) -> tuple[Query, ...]:
        """What was asked, in order."""
        return tuple(one.query for one in self.opened)

    def unanswered(self) -> tuple[Opened, ...]:
        """Return the attempts of which no outcome was written down."""
        known = {(one.item, one.number) for one in self.answered}
        return tuple(one for one in self.opened if (one.query.item, one.number) not in known)

    def open(self, new: Query) -> tuple[Opened, bytes]:
        """Return the next attempt on an item, and the line to append before it runs.

        Raises:
            BarrierError: another threshold set than before, or one repeat too many.
            BudgetError: past the budget.
        """
        require_allowed(self.queries, new)
        made = Opened(number=1 + sum(one.same_item == new.same_item for one in self.queries), query=new)
        return made, _line({"line": "opened", "number": made.number, "prev": self.head, **_asked(new)})

    def answer(self, made: Answered) -> bytes:
        """Return the line to append when an attempt was answered.

        Raises:
            BarrierError: there is no such attempt without an answer, or its protocol does not have that one.
        """
        waiting = {(one.query.item, one.number): one.query for one in self.unanswered()}
        _require_answer(waiting, made)
        document = {
            "health": made.health.value,
            "item": made.item,
            "line": "answered",
            "number": made.number,
            "outcome": made.outcome.value,
            "prev": self.head,
        }
        return _line(document)


def read_ledger(data: bytes, *, where: str) -> Ledger:
    """Return what a ledger says.

    Args:
        data: The file; empty for one that has no line yet.
        where: Its name, for messages.

    Raises:
        BarrierError: it is too large, cut off within a line, or a line is not in form, not bound to the one
            before it, or against the rules of a ledger; says which line.
    """
    if len(data) > MAX_BYTES:
        raise BarrierError(f"{where}: {len(data)} bytes, a ledger has at most {MAX_BYTES}")
    *lines, rest = data.split(b"\n")
    if rest:
        raise BarrierError(f"{where}:{len(lines) + 1}: the last line has no end; it was cut off")
    reading = _Reading()
    for number, line in enumerate(lines, start=1):
        try:
            reading.take(line)
        except (BarrierError, CryptoError) as error:
            raise BarrierError(f"{where}:{number}: {error}") from error
    return Ledger(opened=tuple(reading.opened), answered=tuple(reading.answered), head=reading.head)


@dataclass(slots=True)
class _Reading:
    """What was read so far, by item, so that a long ledger is read in one pass."""

    opened: list[Opened] = field(default_factory=list)
    answered: list[Answered] = field(default_factory=list)
    head: str = START
    asked: dict[str, list[Query]] = field(default_factory=dict)
    waiting: dict[tuple[str, int], Query] = field(default_factory=dict)

    def take(self, line: bytes) -> None:
        """Take in a line."""
        document = decode_canonical(line)
        kind = document.get("line") if isinstance(document, dict) else None
        parts = Part(value=document).members(_OPENED if kind == "opened" else _ANSWERED)
        if parts["prev"].hex32() != self.head:
            raise parts["prev"].refusal(f"must be the hash of the line before it, {self.head}")
        if kind == "opened":
            self._take_opened(parts)
        else:
            parts["line"].one_of(("opened", "answered"))
            self._take_answered(parts)
        self.head = _hash(line)

    def _take_opened(self, parts: dict[str, Part]) -> None:
        query = _query(parts)
        earlier = self.asked.setdefault(item_key(query.item), [])
        require_allowed(earlier, query)
        earlier.append(query)
        number = parts["number"].whole(least=len(earlier), most=len(earlier))
        self.opened.append(Opened(number=number, query=query))
        self.waiting[(query.item, number)] = query

    def _take_answered(self, parts: dict[str, Part]) -> None:
        made = Answered(
            item=parts["item"].text(),
            number=parts["number"].whole(least=1),
            outcome=MeasurementOutcome(parts["outcome"].one_of(MeasurementOutcome)),
            health=Health(parts["health"].one_of(Health)),
        )
        _require_answer(self.waiting, made)
        del self.waiting[(made.item, made.number)]
        self.answered.append(made)


def _query(parts: dict[str, Part]) -> Query:
    if parts["millibits"].value not in MILLIBITS.values():
        raise parts["millibits"].refusal("must be what one of three or four answers can tell")
    return Query(
        item=parse_item(parts["item"].value),
        protocol=parts["protocol"].hex32(),
        thresholds=_thresholds(parts["thresholds"]),
        millibits=parts["millibits"].whole(least=1),
        budget_millibits=parts["budget_millibits"].whole(least=1),
        repeats=parts["repeats"].whole(least=1),
    )


def _require_answer(waiting: Mapping[tuple[str, int], Query], made: Answered) -> None:
    query = waiting.get((made.item, made.number))
    if query is None:
        raise BarrierError(f"ledger: item {made.item} has no attempt {made.number} that waits for an answer")
    if made.outcome not in query.answers:
        raise BarrierError(
            f"ledger: item {made.item}, attempt {made.number}: {made.outcome.value} is none of the answers "
            f"of its protocol, {', '.join(query.answers)}"
        )


def _thresholds(part: Part) -> tuple[tuple[str, str], ...]:
    pairs = [row.items(least=2, most=2) for row in part.items(least=1, most=64)]
    found = tuple((name.text(), value.hex32()) for name, value in pairs)
    if list(found) != sorted(set(found)):
        raise ProtocolError("must be sorted, none twice", path=part.path)
    return found


def _asked(query: Query) -> dict[str, Any]:
    return {
        "budget_millibits": query.budget_millibits,
        "item": query.item,
        "millibits": query.millibits,
        "protocol": query.protocol,
        "repeats": query.repeats,
        "thresholds": [list(pair) for pair in query.thresholds],
    }


def _line(document: dict[str, Any]) -> bytes:
    return encode_canonical(document) + b"\n"


def _hash(line: bytes) -> str:
    return domain_hash("counterseal/measurement/ledger/v1", line).hex()
