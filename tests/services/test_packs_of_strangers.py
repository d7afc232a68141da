"""A treaty pack that came on a stick: agreed to letter by letter, parsed only when all agreed, and bounded."""

from typing import Any

import pytest

from counterseal.records.countersignature import Meaning
from counterseal.services.assess_record import MAX_PACK, agreed_pack
from counterseal.services.checkpointing import publish_head
from counterseal.services.countersign import countersign
from counterseal.services.errors import ServiceError
from counterseal.services.statements import AGREEMENT
from counterseal.services.submit import Statement
from counterseal.terms.parties import PartyCode
from counterseal.treaty.errors import PackError
from counterseal.treaty.load import load_pack, packaged_pack_text
from counterseal.treaty.packaged import packaged_schema
from counterseal.treaty.yaml_document import load_yaml_document
from services.test_receive import said_by
from strategies.sticks import Sticks, meet

PACK = packaged_pack_text("new-start").decode()
US, RU = PartyCode("US"), PartyCode("RU")


def put_forward(text: Any) -> tuple[Sticks, str]:
    """The United States puts a text forward, and Russia takes the stick that it is on."""
    world = meet(agreement=load_pack(PACK, where="test"), pack_text=PACK)
    members = {"id": "new-start", "pack": text, "version": "1"}
    (record,) = world.say(US, Statement(kind=AGREEMENT, members=members))
    world.carry(US, RU)
    return world, record


def test_another_text_of_the_same_meaning_is_received_and_not_parsed() -> None:
    text = f"# the same, with a word before it\n{PACK}"
    assert load_pack(text, where="test") == load_pack(PACK, where="test")
    world, _ = put_forward(text)
    assert [said["meaning"] for said in said_by(world, RU, "countersignature")] == ["received"]


@pytest.mark.parametrize("text", [None, ["x"], "x" * (MAX_PACK + 1)])
def test_what_was_agreed_to_and_is_no_text_of_bounded_length_is_refused_by_its_record(text: Any) -> None:
    world, record = put_forward(text)
    with pytest.raises(ServiceError, match="that every State has agreed to"):
        agreed_pack(world.book(RU))
    clock, randomness = world.clocks[RU], world.salts[RU]
    countersign(world.nodes[RU], [record], meaning=Meaning.AGREED, clock=clock, randomness=randomness)
    publish_head(world.nodes[RU])
    with pytest.raises(ServiceError, match=f"record {record}: its pack must be text of at most"):
        agreed_pack(world.book(RU))


@pytest.mark.parametrize("name", ["pack-1.json", "published-1.json", "situations-1.json"])
def test_every_list_of_a_schema_has_a_most(name: str) -> None:
    lists = [part for part in _parts(packaged_schema(name)) if part.get("type") == "array"]
    assert lists
    assert all(0 < part["maxItems"] <= (100 if part.get("uniqueItems") else 10_000) for part in lists)


def _parts(schema: Any) -> list[dict[str, Any]]:
    if isinstance(schema, list):
        return [part for item in schema for part in _parts(item)]
    if not isinstance(schema, dict):
        return []
    return [schema, *(part for item in schema.values() for part in _parts(item))]


def test_a_list_that_is_too_long_is_not_compared_item_by_item() -> None:
    schema = {"type": "array", "maxItems": 3, "uniqueItems": True}
    with pytest.raises(PackError, match="found the same item twice"):
        load_yaml_document("[1, a, 1]", schema=schema, where="f.yaml")
    with pytest.raises(PackError, match="a list of 4 items, expected at most 3") as refused:
        load_yaml_document("[1, a, 1, b]", schema=schema, where="f.yaml")
    assert "twice" not in str(refused.value)
