"""What a treaty lets a measurement disclose: the budgets of its pack, held against that of a protocol.

The budget of a protocol is for one item in all, whatever is asked of it, and the smallest of all its
protocols holds. So where no protocol that asks for an attribute may have more than a budget of the treaty,
no item gives away more than that either.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from counterseal.barrier.budget import bits
from counterseal.barrier.protocol import Protocol
from counterseal.treaty.pack import ANY_ATTRIBUTE, DisclosureBudget, Pack

NO_BUDGET = "the treaty pack states no budget for what is asked: the protocol's own holds alone"
NO_PACK = "there is no treaty pack here: the protocol's own budget holds alone"


@dataclass(frozen=True, slots=True, kw_only=True)
class TreatyBudget:
    """A budget of a treaty, held against a protocol on one day.

    Attributes:
        rule: The budget.
        held: Whether the protocol's budget is within it; None on a day on which it does not bind.
    """

    rule: DisclosureBudget
    held: bool | None


def treaty_budgets(pack: Pack, protocol: Protocol, *, day: date) -> tuple[TreatyBudget, ...]:
    """Return the budgets of a treaty pack for what a protocol asks, in the pack's order.

    Args:
        pack: The treaty pack.
        protocol: The protocol.
        day: The day (GMT) on which it is to be used.
    """
    asked = {ANY_ATTRIBUTE, *(one.name for one in protocol.asked)}
    return tuple(
        TreatyBudget(
            rule=rule,
            held=protocol.answer.budget_millibits <= rule.millibits if rule.binds_on(day) else None,
        )
        for rule in pack.disclosure_budgets
        if rule.attribute in asked
    )


def treaty_problems(pack: Pack, protocol: Protocol, *, day: date) -> Iterator[str]:
    """Yield what of a treaty pack speaks against a protocol on a day, with place and rule."""
    for one in treaty_budgets(pack, protocol, day=day):
        if one.held is False:
            rule = one.rule
            found_bits = bits(protocol.answer.budget_millibits)
            yield (
                f"answer.budget_bits: found {found_bits}; {rule.id} of the treaty pack (clause {rule.clause})"
                f" lets an item give away at most {bits(rule.millibits)} bits by {_asked(rule)}, on {day}"
            )


def _asked(rule: DisclosureBudget) -> str:
    return "any measurement" if rule.attribute == ANY_ATTRIBUTE else f"measurements of {rule.attribute}"
