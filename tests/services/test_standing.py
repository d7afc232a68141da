"""What rests on several records is as well vouched for as the least of them."""

from assessment.fictional import ARD, BEL
from counterseal.assessment.assess import assess
from counterseal.services.checkpointing import publish_head
from counterseal.services.facts import facts_of
from counterseal.services.standing import state_of, states_of, weakest, with_states
from strategies.sticks import PERIOD_END, meet


def test_the_weakest_state_counts_and_nothing_rests_on_nothing() -> None:
    assert weakest(["settled", "logged", "settled"]) == "logged"
    assert weakest(["settled", "issued", "logged"]) == "issued"
    assert weakest(["settled"]) == "settled"
    assert weakest([]) is None
    assert state_of({"a": "settled"}, ["a", "b"]) == "issued", (
        "what is not in the book is under no head of it"
    )


def test_a_record_has_one_state_wherever_it_is_shown() -> None:
    world = meet()
    world.declare(ARD, 400)
    world.rounds()
    world.declare(BEL, 300)
    publish_head(world.nodes[BEL])
    book = world.book(BEL)
    states = states_of(book)
    assert set(states.values()) == {"logged", "settled"}
    for entry in book.entries:
        assert states[entry.record_id] == book.state(entry.origin, entry.index)[0]


def test_a_finding_on_settled_figures_and_an_answer_on_its_way_is_not_settled() -> None:
    world = meet()
    record = world.declare(ARD, 400)
    world.carry(ARD, BEL)
    world.rounds()
    pack = world.nodes[ARD].pack
    facts = facts_of(world.book(ARD), pack, until=PERIOD_END)
    (settled,) = {found.state for found in with_states(world.book(ARD), assess(pack, facts)) if found.records}
    assert settled == "settled"
    late = world.object_to(BEL, record, "we counted 460")
    world.carry(BEL, ARD)
    book = world.book(ARD)
    found = with_states(book, assess(pack, facts_of(book, pack, until=PERIOD_END)))
    assert {one.state for one in found if late in one.records} <= {"logged"}
    assert state_of(states_of(book), [record, late]) == "logged"
