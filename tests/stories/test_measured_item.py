"""Two States measure an item behind the barrier, over sticks alone, and an auditor checks it from a bundle.

Then the tempting ways: to run before anybody has signed, to ask again with a finer threshold, to repeat until
it passes, to write another outcome, to swap the token. Each is refused, or stands on the record for all to see.
"""

import pytest

from assessment.fictional import ARD, BEL
from counterseal.app.bootstrap import SeededRandomness
from counterseal.app.sealed import SealedProcess, SystemMonotonicClock
from counterseal.barrier.errors import BarrierError, BudgetError
from counterseal.barrier.tokens import make_parts
from counterseal.barrier.wire import Role, RoomInput
from counterseal.records import measurement as form
from counterseal.records.measurement import MeasurementResult
from counterseal.records.verification.verify import verify_bundle
from counterseal.services.checkpointing import publish_head
from counterseal.services.measurement import Equipment, Made, MeasurementRefusedError
from counterseal.services.measurement_check import check_measurements
from counterseal.services.measurement_run import agree_to_outcome, ready_attempt, run_attempt
from counterseal.services.record_book import open_book
from counterseal.services.submit import Statement, submit
from counterseal.terms.outcomes import MeasurementOutcome
from counterseal.terms.parties import PartyCode
from strategies.measurement_dossiers import dossier_document
from strategies.measurement_protocols import CHECKED, asking, document, spe
from strategies.measuring import AUD, Site, agreed_protocol, held, reasons
from strategies.sealing import require_sealing

CONFIRMED, NOT_CONFIRMED = MeasurementOutcome.CONFIRMED, MeasurementOutcome.NOT_CONFIRMED
COPIES = ("box-1", "box-2", "box-3")


@pytest.fixture
def site() -> Site:
    require_sealing()
    return Site()


def run_sealed(site: Site, joined: Made, *, height: int = 400) -> MeasurementOutcome:
    """The host runs an attempt in a sealed process: check source and background first, then the item."""
    desk = site.desk(ARD)
    ready = ready_attempt(desk, joined.attempt, inspector_parts=joined.parts)
    files = (
        (Role.CHECK_SOURCE, spe()),
        (Role.BACKGROUND, spe(height=0, under=1)),
        (Role.ITEM, spe(height=height)),
    )
    inputs = [RoomInput(role=role, data=data) for role, data in files]
    answer, _ = run_attempt(desk, ready, inputs=inputs, runner=SealedProcess(clock=SystemMonotonicClock()))
    assert answer.health in ("well", "reduced")
    return answer.outcome


def test_an_item_is_measured_and_a_third_party_checks_it_from_a_bundle(site: Site) -> None:
    # The equipment: the host certifies three copies, the inspector authenticates them, both draw one by lot.
    dossier = site.dossier(tests=[_passed(copy) for copy in COPIES])
    draw, copy = site.drawn(COPIES)

    # The protocol: proposed by the host, agreed to by the inspector; it asks for a copy that was drawn by lot.
    protocol = site.agreed(agreed_protocol(equipment="drawn", **CHECKED))
    with pytest.raises(MeasurementRefusedError, match="drawn was agreed, and the attempt names no draw"):
        site.open(protocol, equipment=Equipment(copy=copy, dossier=dossier, draw=None))

    # The attempt: opened by the host, joined by the inspector, countersigned by both, before anything is measured.
    equipment = Equipment(copy=copy, dossier=dossier, draw=draw)
    joined = site.countersigned(protocol, item="TEL-7", equipment=equipment)

    # The run: one word comes out of the closed room, and its token.
    assert run_sealed(site, joined) is CONFIRMED
    site.carry()

    # The outcome: the inspector checks the token and signs.
    result, _ = agree_to_outcome(site.desk(BEL), joined.attempt)
    assert result.token == bytes(
        a ^ b for a, b in zip(result.host_part, joined.parts.of(CONFIRMED), strict=True)
    )
    for _ in range(2):
        site.world.round()

    # Anybody: from a bundle alone.
    bundle = site.world.export(AUD)
    assert verify_bundle(bundle).verified
    report = check_measurements(open_book(bundle))
    assert report.accepted, report.checks
    assert {name: one for name, one in held(report).items() if one is not True} == {"treaty-budget": None}
    assert "drawn by lot in 1 of 1 attempts" in reasons(report, "equipment")
    (shown,) = report.attempts
    assert (shown.item, shown.outcome, shown.signed_by) == ("TEL-7", "confirmed", ("ARD", "BEL"))
    assert [(one.item, one.bits, one.budget) for one in report.budgets] == [("TEL-7", "2.000", "6.000")]


def _passed(copy: str) -> dict[str, object]:
    return {**dossier_document()["tests"][0], "copy": copy, "passed": True}


def test_the_tempting_ways_are_refused_or_shown(site: Site) -> None:
    measuring = document()["measuring"] | {"repeats": 9}
    answer = document()["answer"] | {"budget_bits": 4}
    protocol = site.agreed(agreed_protocol(measuring=measuring, answer=answer, **CHECKED))

    # To run before anybody has signed.
    opened = site.open(protocol)
    nobodys = make_parts(SeededRandomness(seed=9, name="nobody"))
    with pytest.raises(MeasurementRefusedError, match="BEL has not joined it"):
        ready_attempt(site.desk(ARD), opened.attempt, inspector_parts=nobodys)
    site.carry()
    joined = site.join(opened)
    site.carry()
    with pytest.raises(MeasurementRefusedError, match="ARD has not countersigned the join"):
        run_sealed(site, joined)
    site.agree(ARD, joined.record)

    # To swap the inspector's token parts for others.
    with pytest.raises(MeasurementRefusedError, match="the token parts of BEL are not those"):
        ready_attempt(site.desk(ARD), opened.attempt, inspector_parts=nobodys)

    # As it should be; and then once more: an attempt runs once.
    assert run_sealed(site, joined, height=0) is NOT_CONFIRMED
    with pytest.raises(MeasurementRefusedError, match="was run already"):
        run_sealed(site, joined)
    site.carry()
    agree_to_outcome(site.desk(BEL), joined.attempt)
    site.carry()

    # To ask again with a finer threshold.
    finer = site.agreed(agreed_protocol(title="finer", question=asking(least_rate_per_s="10.4")))
    with pytest.raises(BarrierError, match="one attribute of one item has one threshold set"):
        site.open(finer)

    # To repeat until it passes: the second attempt stands beside the first for all to see, and there is no third.
    second = site.countersigned(protocol)
    assert run_sealed(site, second) is CONFIRMED
    with pytest.raises(BudgetError, match=r"6\.000 bits disclosed; 4\.000 were agreed"):
        site.open(protocol)
    site.carry()
    agree_to_outcome(site.desk(BEL), second.attempt)
    site.carry()
    report = site.report()
    assert report.accepted, report.checks
    assert [one.outcome for one in report.attempts] == ["not-confirmed", "confirmed"]
    assert [one.bits for one in report.budgets] == ["4.000"]

    # To write another outcome beside the first, with a token of its own making.
    host = opened.parts.of(CONFIRMED)
    forged = MeasurementResult(
        attempt=opened.attempt,
        outcome=CONFIRMED,
        health="well",
        host_part=host,
        inspector_part=nobodys.of(CONFIRMED),
        token=bytes(a ^ b for a, b in zip(host, nobodys.of(CONFIRMED), strict=True)),
    )
    say(site, ARD, forged)
    report = site.report()
    assert not report.accepted
    assert held(report)["tokens"] is False
    assert held(report)["one-outcome"] is False
    assert "the part of BEL does not give its commitment to confirmed" in reasons(report, "tokens")
    assert "confirmed and not-confirmed stand side by side" in reasons(report, "one-outcome")
    assert report.attempts[0].outcome is None


def say(site: Site, party: PartyCode, result: MeasurementResult) -> None:
    """A party signs what its own program would refuse to sign."""
    statement = Statement(kind=form.OUTCOME, members=result.statement(), refs=(result.attempt,))
    node = site.world.nodes[party]
    submit(node, [statement], clock=site.world.clock, randomness=site.world.salts[party])
    publish_head(node)
