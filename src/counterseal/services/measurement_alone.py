"""A measurement without a node: one person tries a protocol, and a ledger beside it keeps every attempt."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Protocol as Interface

from counterseal.barrier.answers import Answer
from counterseal.barrier.budget import alphabet, query
from counterseal.barrier.errors import BarrierError
from counterseal.barrier.ledger import Answered, Ledger
from counterseal.barrier.protocol import Protocol, parse_item
from counterseal.barrier.template_file import TEMPLATE_INPUTS
from counterseal.barrier.wire import Request, Role, RoomInput
from counterseal.services.measurement_run import NANOSECONDS, let_out
from counterseal.services.ports import SealedRunner


class AttemptLedger(Interface):
    """Keeps lines for good, and lets one program at a time do so."""

    def read(self) -> Ledger:
        """Return what it says."""

    def append(self, line: bytes) -> None:
        """Add a line, durably."""


def run_alone(
    protocol: Protocol,
    *,
    item: str,
    inputs: Sequence[RoomInput],
    ledger: Callable[[], AbstractContextManager[AttemptLedger]],
    runner: SealedRunner,
) -> Answer:
    """Write an attempt down, run it, write its outcome down, and return the answer.

    Args:
        protocol: What is asked.
        item: Id of the item.
        inputs: What was measured.
        ledger: Opens where attempts are kept, for as long as a line is added.
        runner: Runs the request.

    Raises:
        BarrierError: another spelling of the item, a second threshold set for an attribute of it, or one
            repeat too many.
        BudgetError: past the budget.
        WorkplaceError: the machine cannot seal; the attempt stays written down.
    """
    with ledger() as book:
        opened, line = book.read().open(query(protocol, item=parse_item(item)))
        request = Request(attempt=opened.number, protocol=protocol.to_bytes(), inputs=tuple(inputs))
        book.append(line)
    said = runner.run(request, hold_ns=protocol.tick_s * NANOSECONDS, alphabet=alphabet(protocol))
    answer = let_out(said, request=request, protocol=protocol)
    made = Answered(item=item, number=opened.number, outcome=answer.outcome, health=answer.health)
    with ledger() as book:
        book.append(book.read().answer(made))
    return answer


def require_inputs(protocol: Protocol, roles: Sequence[Role]) -> None:
    """Refuse files that are not those that a protocol asks for.

    Args:
        protocol: What is asked.
        roles: What each file that is given is to the measurement.

    Raises:
        BarrierError: too few or too many of one role.
    """
    wanted = {
        Role.CHECK_SOURCE: 0 if protocol.check_source is None else 1,
        Role.BACKGROUND: 0 if protocol.background is None else len(protocol.measuring.forms),
        Role.TEMPLATE: 0 if protocol.template is None else TEMPLATE_INPUTS,
        Role.ITEM: len(protocol.measuring.files),
    }
    for role, needed in wanted.items():
        given, name = roles.count(role), role.name.lower().replace("_", " ")
        if given != needed:
            raise BarrierError(f"{name}: {given} files are given, the protocol asks for {needed}")
