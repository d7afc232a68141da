"""Whatever stands in any member of a document that its signers agreed to, there is an answer and no traceback."""

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from verifier.builder import canon
from verifier.case_disclosures import PARTS, partial
from verifier.case_draws import LATER, DrawWorld, committed, forfeit, whole_draw
from verifier.case_escrow import commit, opened
from verifier.casebook import other_history
from verifier.chains import ChainWorld, chain_world, fork_proof2, long_world
from verifier.running import Shelf, run

SETTINGS = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
ANYTHING: list[Any] = [
    *(
        None,
        True,
        False,
        0,
        1,
        -1,
        2,
        2**31,
        2**32,
        2**53 - 1,
        1 - 2**53,
        "",
        "x",
        "\u00e9",
        "\x00",
        "0" * 64,
        "ab" * 1312,
    ),
    *([], {}, [[]], [{}], [None], [0, 0], {"a": 1}, [[1, 2, 3]], ["0" * 64] * 2, "RU", ["RU", "US"], "US"),
]


def places(doc: Any) -> Iterator[list[Any]]:
    """Yield the path of every member and item of a document."""
    items = doc.items() if isinstance(doc, dict) else enumerate(doc) if isinstance(doc, list) else ()
    for key, inner in items:
        yield [key]
        for path in places(inner):
            yield [key, *path]


def changed(doc: Any, draw: st.DataObject) -> None:
    """Change one place of a document: another value, a member more, or one less."""
    *above, last = draw.draw(st.sampled_from(list(places(doc))))
    for step in above:
        doc = doc[step]
    how = draw.draw(st.sampled_from(["set", "set", "set", "drop", "double"]))
    if how == "set":
        doc[last] = copy.deepcopy(draw.draw(st.sampled_from(ANYTHING)))
    elif how == "drop":
        del doc[last]
    elif isinstance(doc, list):
        doc.insert(last, doc[last])
    else:
        doc[f"{last}x"] = doc[last]


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    return Shelf(tmp_path_factory.mktemp("any") / "bundle")


def answers(shelf: Shelf, files: dict[str, bytes]) -> None:
    assert run([shelf.put(files)])[0] in {0, 1}


@pytest.mark.parametrize(
    "label", ["trust/1", "trust/2", "US/1", "US/2", "AUD/1", "trust/1 signatures", "US/2 signatures"]
)
@SETTINGS
@given(draw=st.data())
def test_trust_files_and_key_files(label: str, shelf: Shelf, draw: st.DataObject) -> None:
    def edit(doc: Any) -> None:
        if label not in done:
            done.add(label)
            changed(doc, draw)

    done: set[str] = set()
    try:
        files = long_world({label: edit}).files()
    except (TypeError, ValueError, AttributeError, IndexError, KeyError):
        return  # the world cannot be built on with such a document
    answers(shelf, files)


def statements() -> dict[str, tuple[ChainWorld, str, Any]]:
    """Return for each kind a world, the party that states it, and what it states."""
    world = chain_world()
    hidden = world.add("US", parts=PARTS, opened=False, audience=["US"])
    escrow = commit(world)
    keys, trust = world.rotate("US", "seal", log=False), world.add_trust(log=False)
    draw, fixed, whole = DrawWorld(), committed(), whole_draw()
    said = {"opening": {"parts": partial(1), "v": 1}, "reason": "r", "record": hidden, "stage": None}
    result: dict[str, Any] = {
        "draw": whole.draw,
        "seed": whole.draw_seed().hex(),
        "forfeited": [],
        "positions": [[0, 1, 2], [12, 13]],
    }
    other = result | {"seed": None}
    forfeit(other)
    return {
        "disclosure": (world, "US", said),
        "countersignature": (world, "RU", {"meaning": "agreed", "note": None, "record": hidden}),
        "escrow.commitment": (world, "US", {"leaves": 8, "root": "0" * 64, "title": "t"}),
        "escrow.opening": (world, "US", opened(escrow, 4, 2)),
        "keys.change": (world, "US", {"id": keys.id, "party": "US", "version": 2}),
        "trust.change": (world, "US", {"id": trust.id, "version": 2}),
        "draw.opening": (draw, "US", draw.opening),
        "draw.commitment": (draw, "RU", {"commitment": "0" * 64, "draw": draw.draw}),
        "draw.reveal": (fixed, "RU", {"draw": fixed.draw, "of": "RU", "value": "0" * 64}),
        "draw.result": (whole, "RU", result),
        "draw.result/": (whole, "RU", other),
    }


STATEMENTS = statements()


@pytest.mark.parametrize("kind", STATEMENTS)
@SETTINGS
@given(draw=st.data())
def test_statements(kind: str, shelf: Shelf, draw: st.DataObject) -> None:
    world, code, stated = STATEMENTS[kind]
    statement, party, feeds = copy.deepcopy(stated), world.parties[code], world.feeds
    changed(statement, draw)
    about = {"record", "draw"} | ({"commitment"} if kind == "escrow.opening" else set())
    refs = [value for name, value in stated.items() if name in about]
    size, ids = len(party.entries), copy.deepcopy(feeds)
    try:
        world.add(code, statement or {"a": 1}, kind=kind.rstrip("/"), refs=refs[:1], claimed_time=LATER)
        answers(shelf, world.files())
    finally:
        del party.entries[size:], party.ids[size:], party.openings[size:]
        feeds.clear()
        feeds.update(ids)


@SETTINGS
@given(draw=st.data())
def test_fork_proofs(tmp_path: Path, draw: st.DataObject) -> None:
    world = STATEMENTS["disclosure"][0]
    proof = fork_proof2(world, "US", 4, other_history(world))
    changed(proof, draw)
    path = tmp_path / "fork.json"
    path.write_bytes(canon(proof))
    assert run([str(path)])[0] in {0, 1, 3}
