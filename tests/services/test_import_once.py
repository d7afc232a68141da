"""A bundle is judged twice only where this node knows more of keys than its sender did."""

from typing import Any

import pytest

from assessment.fictional import ARD, BEL
from counterseal.records.trust_chain import TRUST_NAME
from counterseal.records.verification.verify import examine_bundle
from counterseal.services.checkpointing import publish_head
from counterseal.services.import_bundle import import_bundle
from strategies.trust_chains import ChainMaker, as_it_is
from strategies.worlds import World, founded, new_world


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Gathers, for each time that a bundle is examined, by which newer trust."""
    times: list[object] = []

    def counted(*given: Any, **named: Any) -> Any:
        times.append(named.get("known"))
        return examine_bundle(*given, **named)

    monkeypatch.setattr("counterseal.services.import_bundle.examine_bundle", counted)
    return times


def said() -> World:
    world = new_world()
    world.say(ARD, 400)
    publish_head(world.nodes[ARD])
    return world


def test_the_same_trust_under_signatures_made_at_another_time_is_judged_once(judged: list[object]) -> None:
    world = said()
    maker = ChainMaker.of(founded())
    maker.resign(TRUST_NAME, as_it_is)
    other = maker.read()
    assert other.files != world.nodes[BEL].trust.files
    world.nodes[ARD].trust = other
    judged.clear()
    import_bundle(world.nodes[BEL], world.export(ARD))
    assert judged == [None]
    assert world.nodes[BEL].trust.files == founded().trust.files


def test_what_is_older_than_this_node_knows_is_judged_by_both(judged: list[object]) -> None:
    world = said()
    bundle = world.export(ARD)
    world.rotate(BEL)
    judged.clear()
    import_bundle(world.nodes[BEL], bundle)
    assert judged == [None, world.nodes[BEL].trust]
