"""What the sealed process runs: ``python -m counterseal.barrier.sealed``, and nothing else.

Nobody imports this file; `counterseal.app.sealed` starts it, with options and in an environment that it
sets itself. Started by hand it says, in 64 bytes, why it does not close its room, and ends. What decides, and
NumPy with it, is loaded by the warming up and not before: the first filter is on by then.
"""

from typing import TYPE_CHECKING

from counterseal.barrier.closed_room import Decided, serve

if TYPE_CHECKING:
    from counterseal.barrier.wire import Request


def _warm_up() -> None:
    from counterseal.barrier.decide import warm_up  # noqa: PLC0415 - behind the first filter

    warm_up()


def _decide(request: "Request") -> Decided:
    from counterseal.barrier.decide import decide  # noqa: PLC0415 - it is loaded by now

    return decide(request)


if __name__ == "__main__":
    serve(_decide, warm_up=_warm_up)
