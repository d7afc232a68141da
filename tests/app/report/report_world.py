"""Reports about agreements that do not exist, between as many States as wanted."""

import hashlib
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from assessment.fictional import (
    ARD,
    BASELINE,
    BEL,
    BINDS,
    CAR,
    LATER,
    SECOND,
    assertion,
    facts,
    pack,
    position,
    row,
    suspension,
    visits,
    withholding,
)
from counterseal.app.report.model import HeadView, ReportInput
from counterseal.assessment.assess import assess
from counterseal.assessment.facts import Channel, Facts
from counterseal.services.views import RecordView
from counterseal.terms.outcomes import KnownAs
from counterseal.terms.parties import PartyCode
from counterseal.terms.times import TimeInterval
from counterseal.treaty.pack import Interpretation, Pack

MIDDLE = date(2030, 8, 1)
NOON = datetime(2031, 1, 10, 12, tzinfo=UTC)


def record_view(record_id: str, **kept: Any) -> RecordView:
    made = RecordView(
        record_id=record_id,
        kind="declaration.aggregate",
        title=f"What stands under {record_id[:6]}",
        author="ARD",
        feed=_hash("feed"),
        seq=3,
        log_origin="lake.example/lake-treaty/ARD",
        index=7,
        tree_size=9,
        root=_hash("root"),
        leaf_hash=_hash("leaf", record_id),
        proof=(_hash("step", 1), _hash("step", 2)),
        state="settled",
        cosigners=("BEL", "AUD"),
        time=TimeInterval(claimed=NOON, not_before=None, not_after=NOON),
        statement={"launchers": 400, "note": "as of then"},
    )
    return replace(made, **kept)


def contested_pack(*states: PartyCode) -> Pack:
    return replace(
        pack(*states),
        interpretations=(
            Interpretation(
                id="pits",
                by=BEL,
                about=ARD,
                limit="launchers-500",
                since=BINDS,
                until=None,
                reading="Training pits count.",
                contrary_reading="Training pits do not count.",
                status="contested",
                citation="text",
                stated=(),
            ),
        ),
        notes=("Nobody knows the depth of the lake.",),
    )


def rich_facts(*others: PartyCode) -> Facts:
    """Figures of every standing, a gap, a publication, a count of another's, a suspension, visits."""
    return facts(
        row(ARD, BASELINE, 700, 1300),
        row(ARD, MIDDLE, 640, 1200, known_as=KnownAs.PARTLY),
        row(ARD, BINDS, 500, 990, known_as=KnownAs.RECALLED),
        row(ARD, SECOND, 500, 980),
        row(ARD, LATER, 480, 970, channel=Channel.PUBLICATION),
        row(BEL, BASELINE, 450, 900),
        row(BEL, MIDDLE, None, None, known_as=KnownAs.NOT_PROVIDED, records=()),
        row(BEL, BINDS, 460, 910),
        row(BEL, SECOND, 470, 920),
        *(row(other, BINDS, 300, 700) for other in others),
        positions=(position(BEL, ARD),),
        assertions=(assertion(BEL, ARD, SECOND),),
        suspensions=(suspension(BEL, date(2032, 1, 15), readers=(BEL,)),),
        withheld=(withholding(ARD, LATER),),
        inspections=(visits(ARD, BASELINE, 6),),
    )


def report_input(agreement: Pack | None = None, on_record: Facts | None = None, **kept: Any) -> ReportInput:
    agreement = agreement or contested_pack()
    on_record = on_record or rich_facts()
    findings = assess(agreement, on_record)
    named = dict.fromkeys(record for finding in findings for record in finding.records)
    made = ReportInput(
        pack=agreement,
        facts=on_record,
        findings=findings,
        records=tuple(record_view(record) for record in named),
        convention="Every declaration is replayed at noon on its due date.",
        notes=("The replay has keys of its own.",),
        generated_by="counterseal 9.9.9",
        fingerprints=(("ARD", "SHA256:ard"), ("BEL", "SHA256:bel")),
        trust_fingerprint="SHA256:both",
        heads=(
            HeadView(origin="lake.example/lake-treaty/ARD", size=9, root=_hash("root"), cosigners=("BEL",)),
        ),
    )
    return replace(made, **kept)


def three_parties() -> ReportInput:
    states = (ARD, BEL, CAR)
    return report_input(contested_pack(*states), rich_facts(CAR))


def _hash(*words: object) -> str:
    return hashlib.sha256(repr(words).encode()).hexdigest()
