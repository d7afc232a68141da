"""Joint draws: the form of each statement, and whether one follows from those that it builds on."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterseal.crypto.merkle import leaf_hash, node_hash
from counterseal.records import draw as form
from counterseal.records.errors import RecordError
from counterseal.records.said import Heard, Said
from counterseal.records.verification import draws as judging
from counterseal.records.verification.draws import examine_draws, judge_draws
from stats import naive_draw

POOL = tuple(f"item {number}" for number in range(12))
SHAPE = ((8, 3), (4, 1))
DEADLINE = "2030-01-12T12:00:00Z"
BEFORE, AFTER = "2030-01-11T12:00:00Z", "2030-01-12T12:00:01Z"


def hex_of(*words: object) -> str:
    return sha256(repr(words).encode()).hexdigest()


def value_of(party: str) -> str:
    return hex_of("value", party)


@dataclass(slots=True)
class Scene:
    """Logs of some parties, written line by line; every checkpoint of every size exists."""

    parties: tuple[str, ...] = ("ARD", "BEL")
    pool: tuple[str, ...] = POOL
    values: dict[str, str] = field(default_factory=dict)
    agreed: set[str] = field(default_factory=set)
    logs: dict[str, list[Said]] = field(default_factory=dict)
    trusted: frozenset[str] = frozenset(("ARD", "AUD", "BEL", "CAR"))
    draw: str = ""

    def __post_init__(self) -> None:
        self.values = {party: value_of(party) for party in self.parties} | self.values

    def log(self, party: str) -> list[Said]:
        return self.logs.setdefault(party, [])

    def say(
        self,
        party: str,
        kind: str,
        statement: dict[str, Any],
        *,
        at: str = BEFORE,
        seen: tuple[str, ...] | None = None,
        refs: tuple[str, ...] | None = None,
    ) -> Said:
        """A party says something; ``seen`` are the checkpoints it names, the newest of all others if None."""
        newest = tuple(f"{code}@{len(log)}" for code, log in self.logs.items() if code != party and log)
        place = len(self.log(party))
        said = Said(
            record_id=hex_of(party, place, kind, statement),
            kind=kind,
            origin=f"log of {party}",
            party=party,
            index=place,
            path=f"entries of {party}",
            refs=refs if refs is not None else (() if kind == form.OPENING else (self.draw,)),
            not_before=newest if seen is None else seen,
            claimed_time=at,
            public=True,
            statement=statement,
        )
        self.log(party).append(said)
        return said

    def opening(self, **changed: Any) -> dict[str, Any]:
        return {
            "algorithm": "counterseal/draw/v1",
            "deadline": DEADLINE,
            "participants": sorted(self.parties),
            "pool": list(self.pool),
            "pool_root": form.root_of_pool(self.pool),
            "strata": [
                {"count": 8, "name": "north", "sample": 3},
                {"count": 4, "name": "south", "sample": 1},
            ],
            "title": "Items",
        } | changed

    def open(self, **changed: Any) -> None:
        self.draw = self.say(self.parties[0], form.OPENING, self.opening(**changed)).record_id
        self.agreed = set(self.parties[1:])

    def commit(self, party: str, *, of: str | None = None) -> Said:
        made = naive_draw.commitment(self.draw, of or party, self.values[of or party])
        return self.say(party, form.COMMITMENT, {"commitment": made, "draw": self.draw})

    def reveal(self, party: str, *, of: str | None = None, **changed: Any) -> Said:
        whose = of or party
        keywords = {name: changed.pop(name) for name in ("seen", "at") if name in changed}
        statement = {"draw": self.draw, "of": whose, "value": self.values.get(whose, "")} | changed
        return self.say(party, form.REVEAL, statement, **keywords)

    def result(self, party: str, **changed: Any) -> Said:
        keywords = {name: changed.pop(name) for name in ("seen", "at", "refs") if name in changed}
        return self.say(party, form.RESULT, self.right_result() | changed, **keywords)

    def right_result(self) -> dict[str, Any]:
        seed = self.seed()
        return {
            "draw": self.draw,
            "forfeited": [],
            "positions": naive_draw.positions(seed, SHAPE),
            "seed": seed,
        }

    def seed(self) -> str:
        firsts = {
            said.party: said.record_id
            for log in self.logs.values()
            for said in reversed(log)
            if said.kind == form.COMMITMENT
        }
        return naive_draw.seed(self.draw, [(firsts[p], self.values[p]) for p in sorted(self.parties)])

    def forfeit(self, party: str, *gone: str, **changed: Any) -> Said:
        statement = {
            "draw": self.draw,
            "forfeited": sorted(gone),
            "positions": [[0, 1, 2], [8]],
            "seed": None,
        }
        keywords: dict[str, Any] = {
            name: changed.pop(name) for name in ("seen", "at", "refs") if name in changed
        }
        return self.say(party, form.RESULT, statement | changed, **{"at": AFTER, **keywords})

    def heard(self) -> Heard:
        return Heard(
            said=tuple(said for log in self.logs.values() for said in log),
            agreed={self.draw: frozenset(self.agreed)},
            covered={
                f"{code}@{size}": (f"log of {code}", size)
                for code, log in self.logs.items()
                for size in range(len(log) + 1)
            },
            parties=self.trusted,
        )

    def refused(self) -> list[tuple[str, str]]:
        return [(said.record_id, rule) for said, rule in judge_draws(self.heard())]

    def hide(self, said: Said) -> None:
        """Take a record's body away; its header stays."""
        self.logs = {
            code: [replace(one, kind="unread") if one is said else one for one in log]
            for code, log in self.logs.items()
        }


def committed(*parties: str, **given: Any) -> Scene:
    scene = Scene(parties=parties or ("ARD", "BEL"), **given)
    scene.open()
    for party in scene.parties:
        scene.commit(party)
    return scene


def finished(*parties: str, **given: Any) -> Scene:
    scene = committed(*parties, **given)
    for party in scene.parties:
        scene.reveal(party)
    scene.result(scene.parties[0])
    return scene


def refuses(scene: Scene, said: Said, rule: str) -> None:
    """Exactly that record is refused, with that rule."""
    found = scene.refused()
    assert [record for record, _ in found] == [said.record_id]
    assert rule in found[0][1]


@pytest.mark.parametrize("parties", [("ARD", "BEL"), ("ARD", "AUD", "BEL")])
def test_a_draw_that_keeps_the_rules_is_refused_nowhere(parties: tuple[str, ...]) -> None:
    scene = finished(*parties)
    scene.result(parties[1])
    assert scene.refused() == []
    (draw,) = examine_draws(scene.heard()).draws
    assert draw.seed() == bytes.fromhex(scene.seed())
    assert len(draw.results) == 2


def test_statements_read_back_as_they_were_written() -> None:
    scene = finished()
    parsers: dict[str, Callable[[dict[str, Any]], Any]] = {
        form.OPENING: form.parse_opening,
        form.COMMITMENT: form.parse_commitment,
        form.REVEAL: form.parse_reveal,
        form.RESULT: form.parse_result,
    }
    for log in scene.logs.values():
        for said in log:
            assert parsers[said.kind](said.statement).statement() == said.statement


def test_commitments_and_seeds_are_those_of_the_published_vectors() -> None:
    for name in ("draws.json", "by_hand.json"):
        document = json.loads((naive_draw.VECTORS / name).read_text(encoding="utf-8"))
        for case in document.get("cases", [document]):
            for row in case["participants"]:
                made = form.commitment_to(bytes.fromhex(row["value"]), draw=case["draw"], party=row["party"])
                assert made == row["commitment"]
            inputs = [(row["record"], bytes.fromhex(row["value"])) for row in case["participants"]]
            assert form.seed_of(case["draw"], inputs).hex() == case["seed"]


def test_the_root_of_a_pool_is_that_of_rfc_6962() -> None:
    a, b, c = (leaf_hash(name.encode()) for name in ("a", "b", "é"))
    assert form.root_of_pool(("a", "b", "é")) == node_hash(node_hash(a, b), c).hex()


# I13: the result is a pure function of what is logged, and nothing of that can be changed without another seed.


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_another_value_name_order_or_participant_gives_another_seed(data: st.DataObject) -> None:
    parties = data.draw(st.sampled_from([("ARD", "BEL"), ("ARD", "AUD", "BEL")]))
    what = data.draw(st.sampled_from(["value", "name", "order", "participants"]))
    pool, values, others = list(POOL), {}, parties
    if what == "value":
        party, bit = data.draw(st.sampled_from(parties)), data.draw(st.integers(0, 255))
        values[party] = (int(value_of(party), 16) ^ (1 << bit)).to_bytes(32, "big").hex()
    elif what == "name":
        pool[data.draw(st.integers(0, 11))] += data.draw(st.text(min_size=1, max_size=3, alphabet="xyz "))
    elif what == "order":
        one, two = data.draw(st.lists(st.integers(0, 11), min_size=2, max_size=2, unique=True))
        pool[one], pool[two] = pool[two], pool[one]
    else:
        others = ("ARD", "BEL", "CAR") if len(parties) == 2 else ("ARD", "BEL")
    before, after = finished(*parties), finished(*others, pool=tuple(pool), values=values)
    assert before.refused() == after.refused() == []
    assert before.seed() != after.seed()
    assert (before.draw != after.draw) == (what != "value")


@settings(max_examples=30, deadline=None)
@given(order=st.permutations(["ARD", "AUD", "BEL"]))
def test_the_order_in_which_logs_are_read_changes_nothing(order: list[str]) -> None:
    scene = finished("ARD", "AUD", "BEL")
    seed = scene.seed()
    scene.logs = {code: scene.logs[code] for code in order}
    (draw,) = examine_draws(scene.heard()).draws
    assert draw.seed() == bytes.fromhex(seed)


# I14: no draw has two results.


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_no_other_result_is_accepted(data: st.DataObject) -> None:
    scene = finished()
    right = scene.right_result()
    positions = [
        data.draw(st.permutations(range(8)).map(lambda drawn: drawn[:3])),
        data.draw(st.lists(st.integers(8, 11), min_size=1, max_size=1)),
    ]
    seed = data.draw(st.sampled_from([right["seed"], hex_of("another seed")]))
    said = scene.result("BEL", positions=positions, seed=seed)
    if (positions, seed) == (right["positions"], right["seed"]):
        assert scene.refused() == []
    else:
        refuses(scene, said, "draw result: the ")


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({"seed": hex_of("mine")}, "the seed is not the one that follows"),
        ({"seed": None}, "the seed is not the one that follows"),
        ({"positions": [[0, 1, 2]]}, "the number of positions is not the sample of each stratum"),
        ({"positions": [[0, 1, 2], [8, 9]]}, "the number of positions is not the sample"),
        ({"positions": [[0, 1, 2], [8]]}, "the positions are not those that follow"),
    ],
)
def test_an_altered_result_is_refused(changed: dict[str, Any], rule: str) -> None:
    scene = finished()
    assert scene.right_result()["positions"] != [[0, 1, 2], [8]]
    refuses(scene, scene.result("BEL", **changed), rule)


def test_the_order_of_what_was_drawn_belongs_to_the_result() -> None:
    scene = finished()
    north, south = scene.right_result()["positions"]
    refuses(scene, scene.result("BEL", positions=[north[::-1], south]), "the positions are not those")


# Commitments and reveals.


def test_a_commitment_copied_from_another_party_cannot_be_revealed() -> None:
    scene = Scene()
    scene.open()
    scene.commit("ARD")
    scene.commit("BEL", of="ARD")  # Belmar copies, to bring what Ardania brings
    scene.reveal("ARD")
    copied = scene.reveal("BEL", value=value_of("ARD"))
    refuses(scene, copied, "does not give the commitment of BEL")


def test_a_commitment_of_another_draw_cannot_be_revealed() -> None:
    scene = Scene()
    scene.open()
    old = scene.commit("BEL")
    scene.open(title="Items again")
    scene.commit("ARD")
    again = {"commitment": old.statement["commitment"], "draw": scene.draw}
    scene.say("BEL", form.COMMITMENT, again)
    refuses(scene, scene.reveal("BEL"), "does not give the commitment of BEL")


def test_nobody_reveals_before_every_commitment_is_cited() -> None:
    scene = committed("ARD", "AUD", "BEL")
    early = scene.reveal("ARD", seen=("AUD@1", "BEL@0"))  # a head of Belmar's log without its commitment
    refuses(scene, early, "holds the commitment of BEL")


@pytest.mark.parametrize("seen", [(), ("BEL@0",), ("ARD@2",), ("nobody's",)])
def test_a_reveal_without_the_others_heads_is_refused(seen: tuple[str, ...]) -> None:
    scene = committed()
    refuses(scene, scene.reveal("ARD", seen=seen), "holds the commitment of BEL")


def test_a_reveal_while_somebody_has_not_committed_is_refused() -> None:
    scene = Scene()
    scene.open()
    scene.commit("ARD")
    refuses(scene, scene.reveal("ARD"), "BEL has not committed")


def test_nobody_reveals_before_it_has_committed_itself() -> None:
    scene = Scene(parties=("ARD", "AUD", "BEL"))
    scene.open()
    scene.commit("AUD")
    scene.commit("BEL")
    scene.values["ARD"] = value_of("ARD")
    early = scene.reveal("ARD", of="BEL")  # its envelope was opened
    scene.commit("ARD")
    refuses(scene, early, "nor its own log before it holds the commitment of ARD")


def test_the_first_commitment_counts_and_later_ones_are_void() -> None:
    scene = committed()
    scene.reveal("ARD")
    first = scene.values["BEL"]
    scene.values["BEL"] = hex_of("a better value")
    late = scene.commit("BEL")
    better = scene.reveal("BEL")
    refuses(scene, better, "does not give the commitment of BEL that counts")
    scene.logs["BEL"].pop()
    scene.values["BEL"] = first
    scene.reveal("BEL")
    scene.result("ARD")
    assert scene.refused() == []
    (draw,) = examine_draws(scene.heard()).draws
    assert draw.void == [late]


def test_another_may_reveal_what_an_envelope_says_if_it_had_seen_every_commitment() -> None:
    scene = committed("ARD", "AUD", "BEL")
    scene.reveal("ARD")
    scene.reveal("AUD")
    scene.reveal("AUD", of="BEL")
    scene.result("ARD")
    assert scene.refused() == []
    refuses(scene, scene.reveal("ARD", of="BEL", seen=("AUD@1",)), "holds the commitment of BEL")


@pytest.mark.parametrize(
    ("speak", "rule"),
    [
        (lambda scene: scene.say("CAR", form.COMMITMENT, {"commitment": "0" * 64, "draw": scene.draw}),
         "draw.commitment: its author CAR is not a participant"),
        (lambda scene: scene.reveal("CAR", of="ARD"), "draw.reveal: its author CAR is not a participant"),
        (lambda scene: scene.result("CAR"), "draw.result: its author CAR is not a participant"),
        (lambda scene: scene.reveal("ARD", of="CAR", value="0" * 64), "CAR, whose value it is, is not"),
        (lambda scene: scene.reveal("ARD", value="0" * 64), "does not give the commitment of ARD"),
        (lambda scene: scene.result("ARD", refs=()), "refs must be exactly the draw"),
        (lambda scene: scene.result("ARD", refs=(scene.draw, "0" * 64)), "refs must be exactly the draw"),
    ],
)  # fmt: skip
def test_what_a_stranger_says_or_says_of_one_is_refused(speak: Callable[[Scene], Said], rule: str) -> None:
    scene = finished()
    refuses(scene, speak(scene), rule)


def test_a_result_needs_everybodys_word_and_everybodys_value() -> None:
    scene = finished("ARD", "AUD", "BEL")
    scene.agreed = {"AUD"}
    refuses(scene, scene.logs["ARD"][-1], "BEL did not countersign the opening as agreed")
    scene = committed()
    scene.reveal("ARD")
    refuses(scene, scene.result("ARD"), "no value of BEL is revealed here, and nobody is said to forfeit")
    scene = committed()
    scene.agreed = set()
    refuses(scene, scene.forfeit("ARD", "BEL"), "BEL did not countersign")


# Forfeits, rule by rule.


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({"seed": hex_of("mine")}, "positions are chosen, and seed must be null"),
        ({"at": DEADLINE}, "nobody forfeits before the deadline"),
        ({"forfeited": ["CAR"]}, "CAR cannot forfeit, not being a participant"),
        ({"forfeited": ["ARD"]}, "its author ARD cannot be among those who forfeit"),
        ({"forfeited": ["ARD", "BEL"]}, "its author ARD cannot be among those who forfeit"),
        ({"positions": [[0, 1, 2]]}, "too many or too few positions"),
        ({"positions": [[0, 1], [8, 9]]}, "too many or too few positions"),
        ({"positions": [[0, 1, 1], [8]]}, "a position of stratum 'north' is chosen twice"),
        ({"positions": [[0, 1, 8], [8]]}, "a position is chosen that is not in stratum 'north'"),
        ({"positions": [[0, 1, 2], [12]]}, "a position is chosen that is not in stratum 'south'"),
        ({"positions": [[0, 1, 2], [7]]}, "a position is chosen that is not in stratum 'south'"),
    ],
)
def test_a_forfeit_against_the_rules_is_refused(changed: dict[str, Any], rule: str) -> None:
    scene = committed()
    scene.reveal("ARD")
    refuses(scene, scene.forfeit("ARD", "BEL", **changed), rule)


def test_a_forfeit_by_the_rules_is_accepted_also_where_somebody_never_committed() -> None:
    scene = committed()
    scene.forfeit("ARD", "BEL")
    assert scene.refused() == []
    scene = Scene()
    scene.open()
    scene.commit("ARD")
    scene.forfeit("ARD", "BEL")
    assert scene.refused() == []


@pytest.mark.parametrize("seen", [("BEL@2",), ("BEL@1", "BEL@2"), ("BEL@2", "BEL@1")])
def test_who_was_seen_to_reveal_does_not_forfeit(seen: tuple[str, ...]) -> None:
    scene = committed()
    scene.reveal("ARD")
    scene.reveal("BEL")
    refuses(
        scene, scene.forfeit("ARD", "BEL", seen=seen), "BEL cannot forfeit, the author had seen its value"
    )


def test_a_reveal_that_the_author_had_not_seen_does_not_stop_a_forfeit() -> None:
    scene = committed()
    scene.reveal("ARD")
    scene.reveal("BEL")
    scene.forfeit("ARD", "BEL", seen=("BEL@1",))
    scene.result("BEL")
    assert scene.refused() == [], "both stand; the check of the draw says that there is no result"


def test_an_envelope_opened_in_the_authors_own_log_or_in_a_third_stops_a_forfeit() -> None:
    for opener in ("ARD", "AUD"):
        scene = committed("ARD", "AUD", "BEL")
        scene.reveal(opener, of="BEL")
        refuses(scene, scene.forfeit("ARD", "BEL"), "the author had seen its value revealed")
    scene = committed("ARD", "AUD", "BEL")
    scene.forfeit("ARD", "BEL")
    scene.reveal("ARD", of="BEL")  # after the result, in the same log
    assert scene.refused() == []


# What cannot be read does not count, and what needs it is refused.


def test_what_an_earlier_record_of_the_author_had_seen_rules_out_a_forfeit_too() -> None:
    scene = committed()
    scene.reveal("BEL")
    lie = scene.forfeit(
        "ARD", "BEL", seen=()
    )  # names no checkpoint itself, though its author had seen the value
    assert scene.refused() == []
    scene.logs["ARD"][-1] = replace(lie, seen=(("log of BEL", len(scene.logs["BEL"])),))
    refuses(scene, lie, "had seen its value revealed")


def test_a_reveal_that_cannot_be_read_does_not_count() -> None:
    scene = finished()
    result = scene.logs["ARD"][-1]
    scene.hide(next(said for said in scene.logs["BEL"] if said.kind == form.REVEAL))
    refuses(scene, result, "no value of BEL is revealed here")
    scene.logs["ARD"].pop()
    scene.forfeit("ARD", "BEL", seen=("BEL@2",))
    assert scene.refused() == []


@pytest.mark.parametrize("kind", [form.COMMITMENT, form.REVEAL, form.RESULT])
def test_what_builds_on_an_opening_that_cannot_be_read_is_refused(kind: str) -> None:
    scene = finished()
    scene.hide(scene.logs["ARD"][0])
    scene.logs = {
        code: [said for said in log if said.kind in {kind, "unread"}] for code, log in scene.logs.items()
    }
    (said, *_) = (said for log in scene.logs.values() for said in log if said.kind == kind)
    found = dict(scene.refused())
    assert said.record_id in found
    assert f"{scene.draw} is no record that can be read here and opens a draw" in found[said.record_id]
    assert examine_draws(scene.heard()).draws == ()


@pytest.mark.parametrize("kind", sorted(judging.DRAW_KINDS))
def test_a_draw_is_public(kind: str) -> None:
    for audience in (["ARD"], ["ARD", "public"], ["BEL"], ["X" * 64] * 64):
        problem = judging.audience_problem(kind, audience)
        assert problem is not None
        assert "must be for public" in problem
        assert len(problem) < 200
    assert judging.audience_problem(kind, ["public"]) is None
    assert judging.audience_problem("declaration.aggregate", ["ARD"]) is None


@pytest.mark.parametrize("kind", [form.OPENING, form.COMMITMENT, form.REVEAL])
def test_what_is_not_public_does_not_count(kind: str) -> None:
    scene = finished()
    result = scene.logs["ARD"][-1]
    scene.logs["ARD"] = [
        replace(said, public=False) if said.kind == kind else said for said in scene.logs["ARD"]
    ]
    assert result.record_id in dict(scene.refused())


def test_what_is_said_of_a_record_that_opens_nothing_is_refused() -> None:
    scene = finished()
    nothing = hex_of("no opening")
    statement = {"commitment": "0" * 64, "draw": nothing}
    said = scene.say("ARD", form.COMMITMENT, statement, refs=(nothing,))
    refuses(scene, said, f"{nothing} is no record that can be read here and opens a draw")


def test_many_results_cost_one_sample(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[object] = []

    def counted(seed: bytes, shape: tuple[tuple[int, int], ...]) -> tuple[tuple[int, ...], ...]:
        calls.append(seed)
        return tuple(tuple(drawn) for drawn in naive_draw.positions(seed.hex(), shape))

    monkeypatch.setattr(judging, "positions_from", counted)
    scene = finished()
    for _ in range(20):
        scene.result("BEL")
        scene.result("BEL", positions=[[0], [8]])
    assert len(scene.refused()) == 20
    assert len(calls) == 1


# Form.


LONG = "x" * 201
STRATUM = {"count": 12, "name": "all", "sample": 1}


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({"algorithm": "counterseal/draw/v2"}, "algorithm 'counterseal/draw/v2'"),
        ({"deadline": "2030-02-30T00:00:00Z"}, "no such time"),
        ({"deadline": None}, "deadline"),
        ({"participants": ["ARD"]}, "1 participants"),
        ({"participants": ["BEL", "ARD"]}, "participants: must be sorted"),
        ({"participants": ["ARD", "ARD", "BEL"]}, "participants: must be sorted"),
        ({"participants": ["ARD", "bel"]}, "party code 'bel'"),
        ({"participants": ["ARD", 7]}, "party code '7'"),
        ({"participants": "ARD"}, "participants: must be a list"),
        ({"participants": [f"A{number:02}" for number in range(64)] + ["ARD"]}, "65 participants"),
        ({"participants": ["BEL", "CAR"]}, "its author ARD is not among the participants"),
        ({"participants": ["ARD", "XYZ"]}, "XYZ: no party of the trust file"),
        ({"pool": list(POOL[:11])}, "11 names in the pool, 12 items"),
        ({"pool": [*POOL[:11], POOL[0]]}, "'item 0' stands twice in the pool"),
        ({"pool": [*POOL[:11], ""]}, "name 11 in the pool: must be text of 1 to 200"),
        ({"pool": [*POOL[:11], LONG]}, "name 11 in the pool"),
        ({"pool": [*POOL[:11], 5]}, "name 11 in the pool"),
        ({"pool": [*POOL[:11], "item 12"]}, "pool_root is not the root"),
        ({"pool": [POOL[1], POOL[0], *POOL[2:]]}, "pool_root is not the root"),
        ({"pool": "items"}, "pool: must be a list"),
        ({"pool_root": "0" * 63}, "pool_root '0000"),
        ({"pool_root": "0" * 64}, "pool_root is not the root"),
        ({"strata": []}, "0 strata, must be 1 to 256"),
        ({"strata": [STRATUM | {"count": 1, "name": str(n)} for n in range(257)], "pool": None}, "257 strata"),
        ({"strata": [STRATUM, STRATUM], "pool": None}, "two strata have one name"),
        ({"strata": [STRATUM | {"sample": 13}]}, "sample 13, must be from 0"),
        ({"strata": [STRATUM | {"sample": -1}]}, "sample -1, must be from 0"),
        ({"strata": [STRATUM | {"sample": True}]}, "sample True, must be from 0"),
        ({"strata": [STRATUM | {"sample": 0}]}, "a sample of 0 items"),
        ({"strata": [STRATUM | {"count": 0, "sample": 0}]}, "count 0, must be 1 or more"),
        ({"strata": [STRATUM | {"count": "12"}]}, "count '12', must be 1 or more"),
        ({"strata": [STRATUM | {"name": ""}]}, "stratum name: must be text"),
        ({"strata": [STRATUM | {"name": LONG}]}, "stratum name: must be text"),
        ({"strata": [STRATUM | {"more": 1}]}, "a stratum must have exactly"),
        ({"strata": [["all", 12, 1]]}, "a stratum must have exactly"),
        ({"strata": [STRATUM | {"count": 2**32 + 1}], "pool": None}, "a pool of 4294967297 items"),
        ({"strata": [STRATUM | {"count": 10**6, "sample": 100_001}], "pool": None}, "a sample of 100001 items"),
        ({"title": 7}, "title must be text"),
        ({"more": 7}, "must have exactly algorithm"),
    ],
)  # fmt: skip
def test_an_opening_out_of_form_is_refused(changed: dict[str, Any], rule: str) -> None:
    scene = Scene()
    scene.open(**changed)
    ((_, found),) = scene.refused()
    assert rule in found


def test_an_opening_at_the_edges_of_its_form_is_accepted() -> None:
    for changed in (
        {"strata": [STRATUM | {"count": 2**32, "sample": 100_000}], "pool": None},
        {"strata": [STRATUM | {"count": 12, "name": "x" * 200}], "title": ""},
        {
            "strata": [STRATUM | {"count": 1, "name": str(n), "sample": n % 2} for n in range(256)],
            "pool": None,
        },
    ):
        scene = Scene()
        scene.open(**changed)
        assert scene.refused() == []


@pytest.mark.parametrize(
    ("kind", "changed", "rule"),
    [
        (form.COMMITMENT, {"commitment": "0" * 63}, "draw commitment '000"),
        (form.COMMITMENT, {"draw": 5}, "draw commitment: draw 5"),
        (form.COMMITMENT, {"more": 5}, "draw commitment: must have exactly"),
        (form.REVEAL, {"value": "0" * 66}, "draw reveal: value '000"),
        (form.REVEAL, {"value": 5}, "draw reveal: value 5"),
        (form.REVEAL, {"of": "ard"}, "draw reveal: of: party code"),
        (form.REVEAL, {"of": None}, "draw reveal: of: party code"),
        (form.REVEAL, {"draw": ""}, "draw reveal: draw ''"),
        (form.REVEAL, {"more": 5}, "draw reveal: must have exactly"),
        (form.RESULT, {"seed": "0"}, "draw result: seed '0'"),
        (form.RESULT, {"forfeited": ["BEL", "ARD"]}, "forfeited: must be sorted"),
        (form.RESULT, {"forfeited": None}, "forfeited: must be a list"),
        (form.RESULT, {"positions": {}}, "positions: must be a list"),
        (form.RESULT, {"positions": [0, 1]}, "a stratum's positions: must be a list"),
        (form.RESULT, {"positions": [[0, -1, 2], [8]]}, "positions must be whole numbers from 0"),
        (form.RESULT, {"positions": [[0, True, 2], [8]]}, "positions must be whole numbers from 0"),
        (form.RESULT, {"draw": "0"}, "draw result: draw '0'"),
        (form.RESULT, {"more": 5}, "draw result: must have exactly"),
    ],
)  # fmt: skip
def test_statements_out_of_form_are_refused(kind: str, changed: dict[str, Any], rule: str) -> None:
    scene = finished()
    said = next(said for said in scene.logs["ARD"] if said.kind == kind)
    place = scene.logs["ARD"].index(said)
    scene.logs["ARD"][place] = replace(said, statement=said.statement | changed)
    assert any(rule in found for record, found in scene.refused() if record == said.record_id)


def test_values_of_another_length_cannot_be_stated() -> None:
    with pytest.raises(RecordError, match="a value of 31 bytes"):
        form.DrawReveal(draw="0" * 64, of="ARD", value=bytes(31))


def test_a_message_stays_short_whatever_was_found() -> None:
    scene = Scene()
    scene.open(pool_root="0" * 100_000, participants=["ARD", "B" * 100_000])
    assert all(len(rule) < 500 for _, rule in scene.refused())


def test_an_opening_keeps_its_deadline_to_the_second() -> None:
    opening = form.parse_opening(Scene().opening())
    assert opening.deadline == datetime(2030, 1, 12, 12, tzinfo=UTC)
    assert (opening.size, opening.shape) == (12, SHAPE)
