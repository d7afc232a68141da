"""Joint draws between nodes: the order of the steps is kept, and nobody gains by not playing on."""

from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from assessment.fictional import ARD, BEL
from counterseal.records.countersignature import KIND as COUNTERSIGNATURE
from counterseal.records.countersignature import Countersignature, Meaning
from counterseal.records.draw import (
    COMMITMENT,
    RESULT,
    DrawCommitment,
    DrawOpening,
    DrawResult,
    Stratum,
    commitment_to,
    root_of_pool,
)
from counterseal.records.errors import RecordError
from counterseal.records.header import PUBLIC
from counterseal.records.manifest import log_folder
from counterseal.records.verification.packs import read_pack, write_pack
from counterseal.records.verification.verify import verify_bundle
from counterseal.services.checkpointing import publish_head
from counterseal.services.draw import (
    Committed,
    Drawn,
    commit_draw,
    forfeit_draw,
    open_draw,
    result_draw,
    reveal_draw,
)
from counterseal.services.draw_check import DrawReport, check_draw, check_draws
from counterseal.services.errors import BundleRefusedError, DrawRefusedError
from counterseal.services.export_bundle import write_record
from counterseal.services.memory_bundle import MemoryBundle
from counterseal.services.record_book import RecordBook, open_book
from counterseal.services.submit import Statement, submit
from counterseal.stats.selection import positions_from
from counterseal.terms.parties import PartyCode
from strategies.worlds import AUD, START, World, new_world

POOL = tuple(f"container {number:03}" for number in range(40))
STRATA = (Stratum(name="north", count=30, sample=4), Stratum(name="south", count=10, sample=2))
DEADLINE = START + timedelta(days=2)


@dataclass(slots=True)
class Drawer:
    """Secrets in memory: what is kept stays as it was."""

    kept: dict[str, bytes] = field(default_factory=dict)

    def keep(self, name: str, data: bytes) -> None:
        assert self.kept.setdefault(name, data) == data

    def fetch(self, name: str) -> bytes | None:
        return self.kept.get(name)


@dataclass(slots=True)
class Table:
    """The parties of a world around one draw."""

    world: World
    draw: str = ""
    drawers: dict[PartyCode, Drawer] = field(
        default_factory=lambda: {ARD: Drawer(), BEL: Drawer(), AUD: Drawer()}
    )

    def book(self, party: PartyCode) -> RecordBook:
        node, memory = self.world.nodes[party], MemoryBundle()
        publish_head(node)
        write_record(node, memory)
        return open_book(memory)

    def open(
        self,
        *,
        by: PartyCode = ARD,
        participants: tuple[PartyCode, ...] = (ARD, BEL),
        pool: tuple[str, ...] = POOL,
        keep_apart: bool = False,
    ) -> str:
        opening = DrawOpening(
            title="Containers to be looked into",
            participants=tuple(map(str, participants)),
            deadline=DEADLINE,
            pool_root=root_of_pool(pool),
            strata=STRATA,
            pool=None if keep_apart else pool,
        )
        self.draw = open_draw(
            self.world.nodes[by],
            opening,
            book=self.book(by),
            clock=self.world.clock,
            randomness=self.world.salts[by],
            names=pool,
        )
        return self.draw

    def agree(self, *parties: PartyCode) -> None:
        for party in parties:
            self.world.countersign(party, [self.draw], meaning=Meaning.AGREED)

    def commit(self, party: PartyCode, *, dice: str | None = None) -> Committed:
        return commit_draw(
            self.world.nodes[party],
            self.draw,
            book=self.book(party),
            secrets=self.drawers[party],
            clock=self.world.clock,
            randomness=self.world.salts[party],
            dice=dice,
        )

    def reveal(self, party: PartyCode, *, of: PartyCode | None = None, value: bytes | None = None) -> str:
        return reveal_draw(
            self.world.nodes[party],
            self.draw,
            book=self.book(party),
            secrets=self.drawers[party],
            clock=self.world.clock,
            randomness=self.world.salts[party],
            of=of,
            value=value,
        )

    def result(self, party: PartyCode) -> Drawn:
        return result_draw(
            self.world.nodes[party],
            self.draw,
            book=self.book(party),
            clock=self.world.clock,
            randomness=self.world.salts[party],
        )

    def forfeit(self, party: PartyCode, *gone: PartyCode, chosen: tuple[int, ...] | None = None) -> Drawn:
        return forfeit_draw(
            self.world.nodes[party],
            self.draw,
            forfeited=gone,
            book=self.book(party),
            clock=self.world.clock,
            randomness=self.world.salts[party],
            chosen=chosen,
        )

    def say(self, party: PartyCode, kind: str, said: DrawCommitment | DrawResult) -> str:
        """A party signs what its own program would not let it."""
        statement = Statement(kind=kind, members=said.statement(), refs=(self.draw,))
        return submit(
            self.world.nodes[party], [statement], clock=self.world.clock, randomness=self.world.salts[party]
        )[0]

    def check(self, party: PartyCode) -> DrawReport:
        return check_draw(self.book(party), self.draw)

    def pass_deadline(self) -> None:
        self.world.clock.at = DEADLINE + timedelta(minutes=1)


@pytest.fixture
def table() -> Table:
    return Table(world=new_world())


def committed_by(table: Table, *parties: PartyCode) -> dict[PartyCode, Committed]:
    table.open(participants=tuple(sorted(parties)))
    table.world.round()
    table.agree(*(party for party in parties if party != ARD))
    table.world.round()
    made = {party: table.commit(party) for party in parties}
    table.world.round()
    return made


def held(report: DrawReport) -> dict[str, bool | None]:
    return {check.name: check.held for check in report.checks}


def reasons(report: DrawReport, name: str) -> str:
    return " | ".join(next(check.reasons for check in report.checks if check.name == name))


def test_three_parties_draw_together_and_everybody_replays_it_from_the_record(table: Table) -> None:
    made = committed_by(table, ARD, AUD, BEL)
    for party in (ARD, BEL, AUD):
        table.reveal(party)
    table.world.round()
    drawn = table.result(BEL)
    table.world.round()
    reports = [table.check(party) for party in (ARD, AUD, BEL)]
    assert all(report.accepted for report in reports)
    assert {report.result for report in reports} == {drawn.result}
    replay = reports[0].replay
    assert replay is not None
    assert [given.party for given in replay.inputs] == [ARD, AUD, BEL]
    assert [given.value for given in replay.inputs] == [made[party].value for party in (ARD, AUD, BEL)]
    assert drawn.result.positions == positions_from(replay.seed, [(30, 4), (10, 2)])
    assert reports[0].names()[1] == tuple(POOL[at] for at in drawn.result.positions[1])
    assert all(30 <= at < 40 for at in drawn.result.positions[1])
    assert set(held(reports[0]).values()) == {True}
    assert reasons(reports[0], "result") == "stated by BEL; it follows from the values revealed"


def test_an_auditor_who_takes_no_part_accepts_what_two_drew(table: Table) -> None:
    committed_by(table, ARD, BEL)
    table.reveal(ARD)
    table.reveal(BEL)
    table.world.round()
    table.result(ARD)
    table.world.round()
    assert table.check(AUD).accepted
    with pytest.raises(DrawRefusedError, match="AUD takes no part"):
        table.result(AUD)


def test_nobody_commits_before_everybody_agreed_and_nobody_twice(table: Table) -> None:
    table.open()
    table.world.round()
    with pytest.raises(DrawRefusedError, match="BEL did not agree"):
        table.commit(ARD)
    table.agree(BEL)
    table.world.round()
    table.commit(ARD)
    with pytest.raises(DrawRefusedError, match="has committed already"):
        table.commit(ARD)
    assert held(table.check(ARD))["committed"] is False
    with pytest.raises(DrawRefusedError, match="AUD takes no part"):
        table.commit(AUD)


def test_the_value_is_kept_before_anything_is_signed_and_a_crash_in_between_costs_nothing(
    table: Table,
) -> None:
    class Broken(Drawer):
        def keep(self, name: str, data: bytes) -> None:
            raise OSError("disk full")

    table.open()
    table.world.round()
    table.agree(BEL)
    table.world.round()
    table.drawers[BEL] = Broken()
    before = table.world.stores[BEL].size(table.world.nodes[BEL].log.origin)
    with pytest.raises(OSError, match="disk full"):
        table.commit(BEL)
    assert table.world.stores[BEL].size(table.world.nodes[BEL].log.origin) == before
    table.drawers[BEL] = Drawer({f"draw/{table.draw}": b"\7" * 32})  # kept, and then the machine stopped
    assert table.commit(BEL).value == b"\7" * 32


def test_dice_change_the_value_and_the_paper_carries_it(table: Table) -> None:
    plain, thrown = new_world(), new_world()
    values = []
    for world, dice in ((plain, None), (thrown, "3 5 1 6")):
        other = Table(world=world)
        other.open()
        world.round()
        other.agree(BEL)
        world.round()
        made = other.commit(BEL, dice=dice)
        assert made.value.hex() in made.paper.replace(" ", "").replace("\n", "")
        assert other.draw in made.paper
        values.append(made.value)
    assert values[0] != values[1]


def test_nobody_reveals_before_every_commitment_is_settled(table: Table) -> None:
    table.open()
    table.world.round()
    table.agree(BEL)
    table.world.round()
    table.commit(ARD)
    with pytest.raises(DrawRefusedError, match="the commitment of ARD, BEL is missing or not settled"):
        table.reveal(ARD)
    table.commit(BEL)
    table.world.give(BEL, ARD)  # Ardania holds both commitments; the auditor has cosigned neither
    with pytest.raises(DrawRefusedError, match="missing or not settled"):
        table.reveal(ARD)
    assert held(table.check(ARD))["settled"] is False
    assert held(table.check(ARD))["result"] is False
    assert reasons(table.check(ARD), "result") == "no result is stated that stands"
    table.world.round()
    assert held(table.check(ARD))["settled"] is True
    table.reveal(ARD)
    with pytest.raises(DrawRefusedError, match="is revealed already"):
        table.reveal(ARD)
    with pytest.raises(DrawRefusedError, match="BEL did not reveal"):
        table.result(ARD)


def test_a_wrong_value_is_not_revealed(table: Table) -> None:
    committed_by(table, ARD, BEL)
    with pytest.raises(DrawRefusedError, match="does not give the commitment of BEL"):
        table.reveal(ARD, of=BEL, value=bytes(32))
    with pytest.raises(DrawRefusedError, match="no value of BEL is kept here"):
        table.reveal(ARD, of=BEL)
    with pytest.raises(DrawRefusedError, match="AUD takes no part in it and has no value"):
        table.reveal(ARD, of=AUD)


def test_an_opened_envelope_gives_the_same_sample_as_a_party_that_reveals(table: Table) -> None:
    made = committed_by(table, ARD, AUD, BEL)
    table.reveal(ARD)
    table.reveal(AUD)
    table.world.round()
    table.pass_deadline()
    table.reveal(
        AUD, of=BEL, value=made[BEL].value
    )  # Belmar does not reveal; its envelope lay with the auditor
    table.world.round()
    drawn = table.result(ARD)
    table.world.round()
    report = table.check(BEL)
    assert report.accepted
    assert report.result == drawn.result
    assert "from an envelope: BEL by AUD" in reasons(report, "revealed")


def test_a_party_that_never_reveals_forfeits_and_another_chooses(table: Table) -> None:
    committed_by(table, ARD, AUD, BEL)
    table.reveal(ARD)
    table.reveal(AUD)
    table.world.round()
    with pytest.raises(DrawRefusedError, match="nobody forfeits before"):
        table.forfeit(ARD, BEL)
    table.pass_deadline()
    with pytest.raises(DrawRefusedError, match="the value of AUD is revealed"):
        table.forfeit(ARD, AUD)
    with pytest.raises(DrawRefusedError, match="participants other than ARD"):
        table.forfeit(ARD, ARD)
    with pytest.raises(DrawRefusedError, match="participants other than ARD"):
        table.forfeit(ARD)
    for chosen, rule in (
        ((0, 1, 2, 30, 31), r"3 positions chosen from north \(0 to 29\), must be 4"),
        ((0, 1, 2, 3, 29, 31), "5 positions chosen from north"),
        ((0, 1, 2, 3, 31), r"1 positions chosen from south \(30 to 39\), must be 2"),
        ((0, 1, 2, 2, 30, 31), "chosen twice"),
        ((0, 1, 2, 3, 30, 40), "position 40 is not in a pool of 40"),
    ):
        with pytest.raises(DrawRefusedError, match=rule):
            table.forfeit(ARD, BEL, chosen=chosen)
    drawn = table.forfeit(ARD, BEL, chosen=(30, 0, 1, 2, 31, 3))
    assert drawn.result.positions == ((0, 1, 2, 3), (30, 31))
    table.world.round()
    report = table.check(AUD)
    assert report.accepted
    assert report.names() == (POOL[:4], POOL[30:32])
    assert report.replay is None
    assert "BEL forfeited, and ARD chose" in reasons(report, "result")
    assert held(report)["revealed"] is None
    with pytest.raises(DrawRefusedError, match="has a result already"):
        table.forfeit(AUD, BEL)


def test_a_sample_after_a_forfeit_may_be_left_to_chance(table: Table) -> None:
    committed_by(table, ARD, BEL)
    table.pass_deadline()
    drawn = table.forfeit(ARD, BEL)
    assert [len(chosen) for chosen in drawn.result.positions] == [4, 2]
    assert table.check(ARD).accepted


def test_two_contrary_results_stand_side_by_side_and_then_there_is_none(table: Table) -> None:
    committed_by(table, ARD, BEL)
    table.reveal(ARD)
    table.world.round()
    table.pass_deadline()
    table.reveal(BEL)  # late, and on its way while Ardania states the forfeit
    table.forfeit(ARD, BEL, chosen=(0, 1, 2, 3, 30, 31))
    table.result(BEL)
    table.world.round()
    for party in (ARD, AUD, BEL):
        report = table.check(party)
        assert not report.accepted
        assert report.result is None
        assert {said.party for said, _ in report.contested} == {ARD, BEL}
        assert held(report)["one-result"] is False
        said = reasons(report, "one-result")
        assert "there is no result" in said
        assert "the value of BEL is revealed" in said
        assert "others first saw it 2030-01-12T12:11:00Z; the deadline was 2030-01-12T12:00:00Z" in said


def test_both_may_state_the_one_result_and_it_is_not_contested(table: Table) -> None:
    committed_by(table, ARD, BEL)
    table.reveal(ARD)
    table.reveal(BEL)
    table.world.round()
    table.result(ARD)
    drawn = table.result(BEL)
    with pytest.raises(DrawRefusedError, match="on the record already"):
        table.result(BEL)
    table.world.round()
    assert table.check(AUD).result == DrawResult(
        draw=table.draw, positions=drawn.result.positions, seed=drawn.result.seed
    )
    assert table.check(AUD).accepted


def test_a_forfeit_that_claims_a_later_hour_than_others_saw_it_at_does_not_stand(table: Table) -> None:
    committed_by(table, ARD, BEL)
    table.reveal(ARD)
    table.world.round()
    now = table.world.clock.at
    table.world.clock.at = DEADLINE + timedelta(hours=1)  # Ardania's clock runs ahead
    early = DrawResult(draw=table.draw, positions=((0, 1, 2, 3), (30, 31)), forfeited=("BEL",))
    table.say(ARD, RESULT, early)
    table.world.clock.at = now
    table.world.round()
    report = table.check(AUD)
    assert report.result is None
    assert "was seen by others before the deadline" in reasons(report, "result")
    table.reveal(BEL)
    table.world.round()
    table.result(BEL)
    table.world.round()
    report = table.check(AUD)
    assert report.accepted, "what did not stand contests nothing"
    assert report.replay is not None


def test_a_party_that_forfeits_cannot_undo_it_by_backdating_what_it_saw(table: Table) -> None:
    committed_by(table, ARD, BEL)
    table.pass_deadline()
    table.forfeit(ARD, BEL)
    publish_head(table.world.nodes[ARD])
    table.world.clock.at = DEADLINE - timedelta(hours=1)
    table.world.give(ARD, BEL)  # Belmar cosigns, and says that it was before the deadline
    table.world.clock.at = DEADLINE + timedelta(hours=1)
    table.world.round()
    assert table.check(AUD).accepted


def test_a_draw_is_never_restarted(table: Table) -> None:
    first = committed_by(table, ARD, BEL)
    assert first
    earlier = table.draw
    with pytest.raises(DrawRefusedError, match=f"{earlier} draws from the same pool and has no result"):
        table.open()
    with pytest.raises(DrawRefusedError, match="a draw is never restarted"):
        table.open(by=BEL)
    table.draw = earlier
    table.reveal(ARD)
    table.reveal(BEL)
    table.world.round()
    table.result(ARD)
    table.world.round()
    assert table.open() != earlier, "a pool that was drawn from may be drawn from again"


def test_a_pool_is_not_drawn_from_anew_by_sorting_its_names(table: Table) -> None:
    earlier = table.open()
    table.world.round()
    table.agree(BEL)
    table.world.round()
    turned = tuple(reversed(POOL))
    for keep_apart in (False, True):
        with pytest.raises(DrawRefusedError, match=f"{earlier} draws from the same names in another order"):
            table.open(pool=turned, keep_apart=keep_apart)
    other = ("another container", *turned[1:])
    assert table.open(pool=other) != earlier, "another set of names is another pool"


def test_a_pool_in_another_order_is_drawn_from_again_once_there_is_a_result(table: Table) -> None:
    committed_by(table, ARD, BEL)
    earlier = table.draw
    table.reveal(ARD)
    table.reveal(BEL)
    table.world.round()
    table.result(ARD)
    table.world.round()
    assert table.open(pool=tuple(reversed(POOL))) != earlier


def test_a_restart_that_a_corrupt_opener_signs_all_the_same_is_shown_by_the_check(table: Table) -> None:
    committed_by(table, ARD, BEL)
    earlier = table.draw
    opening = check_draw(table.book(ARD), earlier).draw.terms
    statement = Statement(kind="draw.opening", members=opening.statement(), refs=(), audience=PUBLIC)
    (table.draw,) = submit(
        table.world.nodes[ARD], [statement], clock=table.world.clock, randomness=table.world.salts[ARD]
    )
    table.world.round()
    report = table.check(BEL)
    assert held(report)["no-restart"] is False
    assert earlier in reasons(report, "no-restart")
    table.draw = earlier
    assert held(table.check(BEL))["no-restart"] is True
    assert len(check_draws(table.book(BEL))) == 2


def test_an_opening_that_somebody_declined_does_not_stand_in_the_way(table: Table) -> None:
    first = table.open()
    table.world.round()
    table.world.countersign(
        BEL, [first], meaning=Meaning.OBJECTS, note="a container is missing from the list"
    )
    table.world.round()
    assert table.open() != first


def test_openings_that_cannot_be_a_draw_are_not_signed(table: Table) -> None:
    with pytest.raises(DrawRefusedError, match="AUD opens it and must be among the participants"):
        table.open(by=AUD)
    with pytest.raises(DrawRefusedError, match="CAR: no party of this treaty"):
        table.open(participants=(ARD, PartyCode("CAR")))
    with pytest.raises(RecordError, match="stands twice in the pool"):
        table.open(pool=(*POOL[:39], POOL[0]))
    table.pass_deadline()
    with pytest.raises(DrawRefusedError, match="deadline 2030-01-12T12:00:00Z has passed"):
        table.open()


def test_a_second_commitment_is_void_and_the_check_says_so(table: Table) -> None:
    committed_by(table, ARD, BEL)
    late = DrawCommitment(
        draw=table.draw, commitment=commitment_to(bytes(32), draw=table.draw, party=str(BEL))
    )
    second = table.say(BEL, COMMITMENT, late)
    table.world.round()
    report = table.check(ARD)
    assert f"{second} of BEL came later and is void" in reasons(report, "committed")
    with pytest.raises(DrawRefusedError, match="does not give the commitment"):
        table.reveal(BEL, value=bytes(32))
    table.reveal(BEL)


def test_a_lie_about_the_result_is_refused_by_name(table: Table) -> None:
    committed_by(table, ARD, BEL)
    table.reveal(ARD)
    table.reveal(BEL)
    table.world.round()
    seed = table.check(ARD).draw.seed()
    assert seed is not None
    lie = DrawResult(draw=table.draw, positions=((0, 1, 2, 3), (30, 31)), seed=seed.hex())
    table.say(ARD, RESULT, lie)
    report = table.check(ARD)
    assert held(report)["rules"] is False
    assert "the positions are not those that follow from the seed" in reasons(report, "rules")
    assert (report.result, report.accepted) == (None, False)


def test_names_that_are_kept_apart_are_checked_against_their_root(table: Table) -> None:
    table.open(keep_apart=True)
    table.world.round()
    table.agree(BEL)
    table.world.round()
    for party in (ARD, BEL):
        table.commit(party)
    table.world.round()
    for party in (ARD, BEL):
        table.reveal(party)
    table.world.round()
    table.result(ARD)
    assert table.check(ARD).names() == ()
    named = check_draw(table.book(ARD), table.draw[:8], pool=POOL)
    assert named.names()[0][0] in POOL[:30]
    swapped = (POOL[1], POOL[0], *POOL[2:])
    with pytest.raises(DrawRefusedError, match="another root"):
        check_draw(table.book(ARD), table.draw, pool=swapped)


def test_names_that_stand_twice_are_no_pool(table: Table) -> None:
    """The root alone does not show it, where the pool was kept apart."""
    table.open(keep_apart=True)
    with pytest.raises(RecordError, match="stands twice in the pool"):
        check_draw(table.book(ARD), table.draw, pool=(POOL[0],) * len(POOL))


def test_a_draw_is_found_by_its_id_and_by_nothing_else(table: Table) -> None:
    table.open()
    with pytest.raises(DrawRefusedError, match="no one record of that id"):
        check_draw(table.book(ARD), "0" * 64)
    (said,) = table.world.say(ARD, 400)
    with pytest.raises(DrawRefusedError, match=r"kind declaration\.aggregate"):
        check_draw(table.book(ARD), said)


def test_there_is_no_result_of_a_draw_that_somebody_did_not_agree_to(table: Table) -> None:
    table.open()
    table.pass_deadline()
    with pytest.raises(DrawRefusedError, match="BEL did not agree to it, so it has no result"):
        table.result(ARD)
    with pytest.raises(DrawRefusedError, match="BEL did not agree to it, so it has no result"):
        table.forfeit(ARD, BEL)


def test_an_agreement_that_few_can_read_binds_nobody(table: Table) -> None:
    """A result that rested on it would make the log of whoever states it unsound to everybody else."""
    table.open()
    table.world.round()
    said = Countersignature(record=table.draw, meaning=Meaning.AGREED).statement()
    quiet = Statement(kind=COUNTERSIGNATURE, members=said, refs=(table.draw,), audience=("ARD", "BEL"))
    submit(table.world.nodes[BEL], [quiet], clock=table.world.clock, randomness=table.world.salts[BEL])
    table.world.round()
    assert held(table.check(ARD))["agreed"] is False
    with pytest.raises(DrawRefusedError, match="BEL"):
        table.commit(ARD)


def test_an_opening_that_is_refused_is_no_draw_and_says_why(table: Table) -> None:
    table.open()
    lie = table.check(ARD).draw.terms.statement() | {"pool_root": "0" * 64}
    (record,) = submit(
        table.world.nodes[ARD],
        [Statement(kind="draw.opening", members=lie)],
        clock=table.world.clock,
        randomness=table.world.salts[ARD],
    )
    with pytest.raises(DrawRefusedError, match="its opening is refused: draw opening: pool_root is not"):
        check_draw(table.book(ARD), record)


def without_body(table: Table, kind: str) -> RecordBook:
    """The record of a finished draw, as a reader finds it to whom what is of one kind came without its body."""
    committed_by(table, ARD, BEL)
    table.reveal(ARD)
    table.reveal(BEL)
    table.world.round()
    table.result(ARD)
    book = table.book(ARD)
    book.entries = tuple(
        replace(entry, statement=None) if entry.header.kind == kind else entry for entry in book.entries
    )
    return book


@pytest.mark.parametrize(
    ("kind", "failed", "why"),
    [
        (COMMITMENT, "rules", "nobody reveals before every commitment is fixed"),
        (COMMITMENT, "readable", "a record of kind draw.commitment is here and cannot be read"),
        ("draw.reveal", "rules", "no value of ARD, BEL is revealed here"),
        ("draw.reveal", "readable", "a record of kind draw.reveal is here and cannot be read"),
        ("countersignature", "rules", "BEL did not countersign the opening as agreed"),
        ("countersignature", "agreed", "BEL did not countersign the opening as agreed"),
        (RESULT, "readable", "a record of kind draw.result is here and cannot be read"),
    ],
)
def test_a_draw_of_which_something_cannot_be_read_is_not_accepted_here(
    table: Table, kind: str, failed: str, why: str
) -> None:
    report = check_draw(without_body(table, kind), table.draw)
    assert not report.accepted
    assert (report.result, report.replay) == (None, None)
    assert held(report)[failed] is False
    assert why in reasons(report, failed)


def test_nothing_is_signed_that_others_must_refuse_while_a_commitment_has_no_body(table: Table) -> None:
    book, node, world = without_body(table, COMMITMENT), table.world.nodes[BEL], table.world
    table.pass_deadline()
    size = world.stores[BEL].size(node.log.origin)
    for step in (
        lambda: reveal_draw(
            node, table.draw, book=book, secrets=Drawer(), clock=world.clock, randomness=world.salts[BEL]
        ),
        lambda: result_draw(node, table.draw, book=book, clock=world.clock, randomness=world.salts[BEL]),
        lambda: forfeit_draw(
            node,
            table.draw,
            forfeited=(ARD,),
            book=book,
            clock=world.clock,
            randomness=world.salts[BEL],
        ),
    ):
        with pytest.raises(DrawRefusedError, match="a commitment to it is here without its body"):
            step()
    assert world.stores[BEL].size(node.log.origin) == size


@pytest.mark.parametrize("audience", [("ARD",), ("AUD", "BEL")])
def test_what_is_said_in_a_draw_to_some_alone_is_refused_by_everybody(
    table: Table, audience: tuple[str, ...]
) -> None:
    """By its header: also by those who cannot read it."""
    table.open()
    table.world.round()
    made = DrawCommitment(draw=table.draw, commitment="0" * 64)
    said = Statement(kind=COMMITMENT, members=made.statement(), refs=(table.draw,), audience=audience)
    submit(table.world.nodes[ARD], [said], clock=table.world.clock, randomness=table.world.salts[ARD])
    with pytest.raises(
        BundleRefusedError, match=r"record \d+: draw\.commitment: for A.*, must be for public"
    ):
        table.world.give(ARD, BEL)
    report = table.check(ARD)
    assert held(report)["rules"] is False
    assert "must be for public" in reasons(report, "rules")
    assert held(report)["committed"] is False


def test_nobody_may_leave_the_body_of_a_commitment_out(table: Table) -> None:
    """A whole bundle, from which a body was taken away: what others are judged by must be there."""
    committed_by(table, ARD, BEL)
    table.reveal(ARD)
    table.reveal(BEL)
    table.world.round()
    node = table.world.nodes[BEL]
    whole = table.world.export(BEL)
    assert verify_bundle(whole).verified
    index = next(
        entry.index
        for entry in table.book(BEL).entries
        if entry.header.kind == COMMITMENT and entry.origin == node.log.origin
    )
    (pack,) = (path for path in whole.files if path.startswith(f"bodies/{log_folder(node.log.origin)}/"))
    openings = read_pack(whole.files[pack], count=node.store.size(node.log.origin))
    openings[index] = b""
    result = verify_bundle(MemoryBundle(files={**whole.files, pack: write_pack(openings)}))
    rules = [failure.rule for check in result.checks if check.name == "bodies" for failure in check.failures]
    assert len(rules) == 1
    assert "a draw.commitment for everybody is judged by its body, which is not in this bundle" in rules[0]
