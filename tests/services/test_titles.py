"""One line for people about each kind of record, and about what it is about."""

from typing import Any

import pytest

from assessment.fictional import ARD
from counterseal.services.checkpointing import publish_head
from counterseal.services.export_bundle import write_record
from counterseal.services.memory_bundle import MemoryBundle
from counterseal.services.record_book import open_book
from counterseal.services.submit import Statement, submit
from counterseal.services.titles import titles
from strategies.worlds import World, new_world


def title_of(world: World, kind: str, members: dict[str, Any], *refs: str) -> str:
    said = Statement(kind=kind, members=members, refs=refs)
    (record,) = submit(world.nodes[ARD], [said], clock=world.clock, randomness=world.salts[ARD])
    publish_head(world.nodes[ARD])
    own = MemoryBundle()
    write_record(world.nodes[ARD], own)
    return titles(open_book(own))[record]


@pytest.mark.parametrize(
    ("kind", "members", "line"),
    [
        ("draw.opening", {"title": "Launchers", "pool": None}, "Draw: Launchers"),
        ("escrow.commitment", {"title": "All vessels", "leaves": 4}, "Escrow: All vessels"),
        ("keys.change", {"party": "ARD", "version": 2}, "Keys of ARD from its key file of version 2"),
        ("trust.change", {"version": 3}, "Trust file of version 3"),
        ("bundle.acknowledgement", {"from": "BEL", "sequence": 7}, "Bundle no. 7 from BEL came"),
        ("draw.opening", {"titel": "Launchers"}, "Record of kind draw.opening"),
        ("draw.other", {"title": "Launchers"}, "Record of kind draw.other"),
    ],
)
def test_a_record_by_itself(kind: str, members: dict[str, Any], line: str) -> None:
    assert title_of(new_world(), kind, members) == line


@pytest.mark.parametrize(
    ("kind", "members", "line"),
    [
        ("draw.commitment", {"commitment": "0" * 64}, "ARD is committed to its random value"),
        ("draw.reveal", {"of": "BEL"}, "Random value of BEL revealed"),
        ("draw.result", {"positions": []}, "What was drawn, by ARD"),
        ("escrow.opening", {"stage": "site", "reason": "agreed"}, "Opened in step site"),
        ("disclosure", {"reason": "agreed", "stage": None}, "Disclosed (agreed)"),
    ],
)
def test_a_record_about_another(kind: str, members: dict[str, Any], line: str) -> None:
    world = new_world()
    opening = Statement(kind="draw.opening", members={"title": "Launchers"})
    (first,) = submit(world.nodes[ARD], [opening], clock=world.clock, randomness=world.salts[ARD])
    assert title_of(world, kind, members, first) == f"{line} - Draw: Launchers"
    assert title_of(world, kind, members) == line
    assert title_of(world, kind, members, "0" * 64) == f"{line} - a record that is not here"
