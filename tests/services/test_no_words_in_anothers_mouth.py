"""One corrupt party signs statements about another, or another treaty: the assessment does not follow."""

from datetime import date
from pathlib import Path

import pytest

from counterseal.app.bootstrap import SeededRandomness, SystemClock
from counterseal.app.found_nodes import found_nodes
from counterseal.app.storage.node_folder import open_node
from counterseal.assessment.facts import Channel, DeclaredFigures, Suspension, Timing, TimingBasis
from counterseal.assessment.finding import Finding
from counterseal.services.assess_record import assess_record
from counterseal.services.checkpointing import publish_head
from counterseal.services.export_bundle import export_bundle, write_record
from counterseal.services.import_bundle import import_bundle
from counterseal.services.memory_bundle import MemoryBundle
from counterseal.services.node import Node
from counterseal.services.record_book import open_book
from counterseal.services.statements import AGREEMENT, CLOSING, Fact, kind_of, members_of
from counterseal.services.submit import Statement, submit
from counterseal.terms.outcomes import KnownAs
from counterseal.terms.parties import PartyCode
from counterseal.treaty.load import packaged_pack, packaged_pack_text

DAY, CLOCK, RANDOM = date(2019, 3, 1), SystemClock(), SeededRandomness(seed=3, name="words")
US, RU = PartyCode("US"), PartyCode("RU")


@pytest.fixture
def nodes(tmp_path: Path) -> dict[str, Node]:
    text = packaged_pack_text("new-start")
    made = found_nodes(
        tmp_path / "n", pack=packaged_pack("new-start"), pack_text=text, auditor="AUDITOR", seed=1
    )
    return {str(code): open_node(folder) for code, folder in made.folders}


def say(node: Node, *said: Fact | Statement) -> None:
    statements = [
        s if isinstance(s, Statement) else Statement(kind=kind_of(s), members=members_of(s)) for s in said
    ]
    submit(node, statements, clock=CLOCK, randomness=RANDOM)
    publish_head(node)


def judged(nodes: dict[str, Node]) -> tuple[Finding, ...]:
    for sender in ("RU", "US"):
        bundle = MemoryBundle()
        export_bundle(nodes[sender], bundle, clock=CLOCK)
        import_bundle(nodes["AUDITOR"], bundle)
    memory = MemoryBundle()
    write_record(nodes["AUDITOR"], memory)
    book = open_book(memory)
    return assess_record(book, pack=None, as_of=DAY, today=CLOCK.now().date()).findings


def figures(party: PartyCode, launchers: int, channel: Channel) -> DeclaredFigures:
    return DeclaredFigures(
        party=party,
        as_of=DAY,
        figures=(
            ("deployed_and_nondeployed_launchers", launchers),
            ("deployed_delivery_systems", 600),
            ("deployed_warheads", 1300),
        ),
        known_as=KnownAs.CONFIRMED,
        citation="test",
        channel=channel,
        timing=Timing(basis=TimingBasis.PUBLICATION),
        records=(),
    )


def test_the_findings_are_the_same_whatever_one_party_says_in_anothers_name(nodes: dict[str, Node]) -> None:
    say(nodes["US"], figures(US, 800, Channel.EXCHANGE))
    before = judged(nodes)
    pack = packaged_pack_text("new-start").decode().replace("value: 800", "value: 100")
    assert pack != packaged_pack_text("new-start").decode()
    say(
        nodes["RU"],
        figures(US, 5000, Channel.EXCHANGE),
        Suspension(
            id="made-up",
            by=US,
            from_date=date(2012, 1, 1),
            until=None,
            in_reading_of=(US, RU),
            covers=("declarations", "notifications", "inspections"),
            text="made up",
            citation="none",
            known_as=KnownAs.CONFIRMED,
            records=(),
        ),
        Statement(kind=AGREEMENT, members={"id": "new-start", "pack": pack, "version": "9"}),
        Statement(kind=CLOSING, members={"convention": "", "notes": [], "until": "2012-01-01"}),
    )
    after = judged(nodes)
    told = [(f.id, f.outcome, f.figure, f.limit) for f in after]
    assert told == [(f.id, f.outcome, f.figure, f.limit) for f in before]
    own = next(f for f in after if f.id == "2019-03-01.US.US.limit-launchers")
    assert (own.outcome.value, own.figure, own.limit) == ("within", 800, 800)
