"""I8: import is idempotent, the same for independent bundles in any order, and all of it or nothing."""

from collections.abc import Callable
from functools import lru_cache
from itertools import permutations
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assessment.fictional import ARD, BEL, CAR
from counterseal.app.storage.errors import StorageError
from counterseal.app.storage.sqlite_file import SqliteFile
from counterseal.services.cosigning import cosign_heads
from counterseal.services.import_bundle import import_bundle
from counterseal.services.memory_bundle import MemoryBundle
from counterseal.services.submit import Statement
from counterseal.terms.parties import PartyCode
from strategies.sticks import AUD, EVERYBODY, Sticks, meet, origins, record_in
from strategies.worlds import contents

Said = tuple[tuple[PartyCode, int], ...]
"""Who says something, and for whom: 0 for everybody, else for one other party."""

WORDS = st.lists(st.tuples(st.sampled_from((ARD, BEL, CAR)), st.integers(0, 2)), min_size=1, max_size=6).map(
    tuple
)
FEW = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@lru_cache(maxsize=256)
def sticks(said: Said) -> tuple[MemoryBundle, ...]:
    """One stick of each party that said something, none of whom has heard of another; cosigned or not."""
    world = meet()
    for party, audience in said:
        others = [code for code in EVERYBODY if code not in (party, AUD)]
        to = ("public",) if audience == 0 else tuple(sorted((others[audience - 1], "AUD")))
        world.say(party, Statement(kind="site.note", members={"text": f"{party} says"}, audience=to))
    speakers = sorted({party for party, _ in said})
    return tuple(world.stick(party, AUD) for party in speakers)


def taken(world: Sticks, bundles: tuple[MemoryBundle, ...]) -> dict[str, Any]:
    for bundle in bundles:
        import_bundle(world.nodes[AUD], bundle)
    return record_in(world.stores[AUD], origins(world))


@FEW
@given(said=WORDS)
def test_import_is_idempotent(said: Said) -> None:
    world = meet()
    taken(world, sticks(said))
    before = contents(world.stores[AUD])
    for bundle in sticks(said):
        report = import_bundle(world.nodes[AUD], bundle)
        assert (report.records, report.known, report.trust_changed) == ((), True, False)
    assert contents(world.stores[AUD]) == before


@FEW
@given(said=WORDS, data=st.data())
def test_independent_bundles_come_to_the_same_in_any_order_and_number(
    said: Said, data: st.DataObject
) -> None:
    bundles = sticks(said)
    order = data.draw(st.permutations(bundles))
    again = data.draw(st.lists(st.sampled_from(bundles), max_size=3))
    assert taken(meet(), (*order, *again)) == taken(meet(), bundles)


@FEW
@given(said=WORDS)
def test_words_of_witnesses_come_together_in_any_order(said: Said) -> None:
    """The same heads, carried back by two who have vouched for them apart."""
    outcomes = []
    for order in permutations((BEL, CAR)):
        world = meet()
        for party, _ in said:
            world.declare(party, 400)
        stick = world.stick(said[0][0], AUD)
        for witness in (BEL, CAR):
            if witness != said[0][0]:
                import_bundle(world.nodes[witness], stick)
                cosign_heads(world.nodes[witness], clock=world.clocks[witness])
        bundles = tuple(world.stick(witness, AUD) for witness in (BEL, CAR))
        outcomes.append(
            {
                origin: lines(record)
                for origin, record in taken(world, tuple(bundles[(BEL, CAR).index(w)] for w in order)).items()
                if origin != "trust"
            }
        )
    assert outcomes[0] == outcomes[1]


def lines(record: Any) -> Any:
    """Entries and heads, and by which keys they are signed; ML-DSA lines are random."""
    entries, _, heads = record
    return entries, {text: [(name, key) for name, key, _ in signed] for text, signed in heads.items()}


def failing_at(monkeypatch: pytest.MonkeyPatch, number: int) -> Callable[[], int]:
    """Let the disk fail at one of the statements that a store runs; return how many there were."""
    count = 0

    def counted(method: Callable[..., Any]) -> Callable[..., Any]:
        def run(self: SqliteFile, sql: str, *values: Any) -> Any:
            nonlocal count
            if not sql.startswith(("SELECT", "PRAGMA")):
                count += 1
                if count == number:
                    raise StorageError("store: database or disk is full")
            return method(self, sql, *values)

        return run

    monkeypatch.setattr(SqliteFile, "_run", counted(SqliteFile._run))
    monkeypatch.setattr(SqliteFile, "_run_many", counted(SqliteFile._run_many))
    return lambda: count


def spoken() -> tuple[Sticks, MemoryBundle]:
    world = meet()
    world.declare(ARD, 400)
    world.say(ARD, Statement(kind="site.note", members={"text": "for one"}, audience=("AUD",)))
    world.carry(ARD, BEL)
    world.carry(BEL, CAR)
    return world, world.stick(CAR, AUD)


def test_whatever_write_fails_nothing_is_kept_and_nothing_is_believed() -> None:
    """Every statement that changes the store, from the first to the last, COMMIT among them."""
    world, bundle = spoken()
    node, store = world.nodes[AUD], world.stores[AUD]
    before, trust = contents(store), node.trust
    writes = 1
    while True:
        with pytest.MonkeyPatch.context() as patch:
            counted = failing_at(patch, writes)
            try:
                import_bundle(node, bundle)
            except StorageError:
                assert contents(store) == before, f"write {writes} of the import"
                assert node.trust is trust
                assert not store._db.in_transaction
            else:
                assert counted() == writes - 1
                break
        writes += 1
    assert writes > 20
    clean, _ = spoken()
    import_bundle(clean.nodes[AUD], bundle)
    assert record_in(store, origins(world)) == record_in(clean.stores[AUD], origins(world))
