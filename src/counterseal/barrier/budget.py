"""The budget: how many bits an item may give away, and never two threshold sets for one attribute of it.

With n questions of adapted thresholds a value is located to its range over 2**n; so one attribute of one
item has one threshold set, whatever the protocol. Every attempt counts from when it is put on the
record, whether it ran or not, and a repeat counts like any other. An item is named in one way: names that
differ only in capitals are one item, and the second spelling is refused.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from counterseal.barrier.errors import BarrierError, BudgetError
from counterseal.barrier.protocol import Protocol
from counterseal.terms.outcomes import MeasurementOutcome

MILLIBITS = MappingProxyType({3: 1_585, 4: 2_000})
"""log2 of the number of answers, rounded up [thousandths of a bit]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """One attempt, as far as budget and thresholds go.

    Attributes:
        item: Id of the item.
        protocol: Digest of the protocol.
        thresholds: Name and threshold set of each attribute that is asked for.
        millibits: What the answer can tell [thousandths of a bit].
        budget_millibits: What the protocol lets the item give away in all [thousandths of a bit].
        repeats: How often one item may be asked with these thresholds.
    """

    item: str
    protocol: str
    thresholds: tuple[tuple[str, str], ...]
    millibits: int
    budget_millibits: int
    repeats: int

    @property
    def same_item(self) -> str:
        """What all spellings of the item have in common; its letters are ASCII."""
        return item_key(self.item)

    @property
    def answers(self) -> tuple[MeasurementOutcome, ...]:
        """The answers that can leave the barrier, by how much one can tell."""
        return _answers(shown=self.millibits == MILLIBITS[len(MeasurementOutcome)])


@dataclass(frozen=True, slots=True, kw_only=True)
class Disclosed:
    """What an item may have given away, and what it may give away in all [thousandths of a bit]."""

    spent: int
    budget: int


def item_key(item: str) -> str:
    """Return what all spellings of the id of an item have in common.

    >>> item_key("TEL-7")
    'tel-7'
    """
    return item.lower()


def alphabet(protocol: Protocol) -> tuple[MeasurementOutcome, ...]:
    """Return the answers that can leave the barrier."""
    return _answers(shown=protocol.answer.shows_no_decision)


def _answers(*, shown: bool) -> tuple[MeasurementOutcome, ...]:
    hidden = () if shown else (MeasurementOutcome.NO_DECISION,)
    return tuple(outcome for outcome in MeasurementOutcome if outcome not in hidden)


def millibits_of(protocol: Protocol) -> int:
    """Return what one answer can tell [thousandths of a bit, rounded up]."""
    return MILLIBITS[len(alphabet(protocol))]


def query(protocol: Protocol, *, item: str) -> Query:
    """Return an attempt under a protocol."""
    return Query(
        item=item,
        protocol=protocol.digest,
        thresholds=tuple(sorted((asked.name, protocol.threshold_set(asked)) for asked in protocol.asked)),
        millibits=millibits_of(protocol),
        budget_millibits=protocol.answer.budget_millibits,
        repeats=protocol.measuring.repeats,
    )


def bits(millibits: int) -> str:
    """Return thousandths of a bit as people read them.

    >>> bits(1585)
    '1.585'
    """
    return f"{millibits // 1000}.{millibits % 1000:03}"


def disclosed(queries: Iterable[Query], *, item: str) -> Disclosed | None:
    """Return what an item may have given away by all attempts on it, or None where there are none.

    The budget is the smallest that any of their protocols states.
    """
    own = [one for one in queries if one.same_item == item_key(item)]
    if not own:
        return None
    return Disclosed(spent=sum(one.millibits for one in own), budget=min(one.budget_millibits for one in own))


def require_allowed(earlier: Sequence[Query], new: Query) -> Disclosed:
    """Return what an item will have given away with one more attempt, if that may be made.

    Raises:
        BarrierError: the item was spelled otherwise, the attempt has another threshold set than an earlier
            one, or is one repeat too many.
        BudgetError: it would go past the budget.
    """
    for problem in _problems(_on_item(earlier, new), new):
        raise problem
    found = disclosed([*earlier, new], item=new.item)
    assert found is not None  # noqa: S101 - the new one is among them
    return found


def judge(queries: Sequence[Query]) -> Iterator[tuple[int, str, BarrierError]]:
    """Yield what is wrong with attempts in their order: number from 0, rule, and the refusal.

    The rule is ``names``, ``thresholds``, ``repeats`` or ``budget``.
    """
    for at, new in enumerate(queries):
        for problem in _problems(_on_item(queries[:at], new), new):
            yield at, _rule_of(problem), problem


class ItemNameError(BarrierError):
    """An item was to be measured under another spelling of its name."""


class ThresholdError(BarrierError):
    """An attribute of an item was to be asked with a second threshold set."""


class RepeatError(BarrierError):
    """An item was to be measured more often than was agreed."""


def _rule_of(problem: BarrierError) -> str:
    names: Mapping[type[BarrierError], str] = {
        ItemNameError: "names",
        ThresholdError: "thresholds",
        RepeatError: "repeats",
    }
    return names.get(type(problem), "budget")


def _on_item(queries: Iterable[Query], new: Query) -> list[Query]:
    return [one for one in queries if one.same_item == new.same_item]


def _problems(earlier: Sequence[Query], new: Query) -> Iterator[BarrierError]:
    """Yield what is wrong with one more attempt on the item of those earlier ones."""
    if earlier and earlier[0].item != new.item:
        yield ItemNameError(
            f"item {new.item}: is on the record as {earlier[0].item}; an item is written in one way"
        )
    yield from _threshold_problems(earlier, new)
    yield from _repeat_problems(earlier, new)
    spent = sum(one.millibits for one in earlier) + new.millibits
    budget = min(one.budget_millibits for one in (*earlier, new))
    if spent > budget:
        yield BudgetError(
            f"item {new.item}: another attempt would make {bits(spent)} bits disclosed; "
            f"{bits(budget)} were agreed"
        )


def _threshold_problems(earlier: Sequence[Query], new: Query) -> Iterator[BarrierError]:
    known = {name: one for one in reversed(earlier) for name, _ in one.thresholds}
    for name, thresholds in new.thresholds:
        first = known.get(name)
        if first is not None and (name, thresholds) not in first.thresholds:
            yield ThresholdError(
                f"item {new.item}: {name} was asked with another threshold set, by protocol "
                f"{first.protocol[:16]}; one attribute of one item has one threshold set"
            )


def _repeat_problems(earlier: Sequence[Query], new: Query) -> Iterator[BarrierError]:
    """Yield the attributes that were asked often enough, by whatever protocol; the smallest number holds."""
    for pair in new.thresholds:
        same = [one for one in earlier if pair in one.thresholds]
        allowed = min(one.repeats for one in (*same, new))
        if len(same) >= allowed:
            yield RepeatError(
                f"item {new.item}: {pair[0]} has {len(same)} attempts with these thresholds; "
                f"{allowed} were agreed"
            )
