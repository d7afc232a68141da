"""What the sealed process runs: ``python -P -s -S -B -m counterseal.barrier.sealed``, and nothing else.

Nobody imports this file; `counterseal.app.sealed` starts it, in an environment that it sets itself.
Started by hand it says, in 64 bytes, why it does not close its room, and ends.
"""

from counterseal.barrier.closed_room import refuse, serve
from counterseal.barrier.readiness import Obstacle

if __name__ == "__main__":
    try:
        from counterseal.barrier.decide import decide, warm_up
    except Exception:  # noqa: BLE001 - no secret is here yet, and none will come
        refuse(Obstacle.CODE)
    serve(decide, warm_up=warm_up)
