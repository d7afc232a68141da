"""What the host's own program can write into a record: what is closed, by which check, and how many bits stay open.

Whoever holds it, after it has seen the files, can always talk. The page on what the barrier closes has the bits.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from math import ceil, log2
from pathlib import Path
from typing import Any

import pytest

from assessment.fictional import ARD, BEL
from counterseal.barrier.wire import OUTCOMES, Request
from counterseal.crypto.commitment import SALT_BYTES
from counterseal.log.cosignature import ML_DSA_44_SIGNATURE_BYTES
from counterseal.records import measurement as form
from counterseal.records.header import MAX_NOT_BEFORE
from counterseal.services.checkpointing import publish_head
from counterseal.services.measurement import Made, open_attempt
from counterseal.services.measurement_run import agree_to_outcome, ready_attempt
from counterseal.services.ports import StoredEntry
from counterseal.services.submit import Statement, submit
from strategies.measuring import Site, agreed_protocol, held, reasons

CONFIRMED = OUTCOMES[0]
PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "what-the-barrier-closes.md"


# Whoever holds the host's program: what is closed, and by which check.


@dataclass(slots=True, kw_only=True)
class Late:
    """A clock that is late by so many seconds."""

    site: Site
    seconds: int

    def now(self) -> Any:
        return self.site.world.clock.now() + timedelta(seconds=self.seconds)


def told(site: Site, joined: Made, changes: dict[str, Any], *, kind: str = form.OUTCOME, **how: Any) -> str:
    """The host's program, corrupt, puts an outcome on the record that is changed; return the record's id."""
    desk = site.desk(ARD)
    attempt = desk.shelf().find(joined.attempt)
    ready = ready_attempt(desk, joined.attempt, inspector_parts=joined.parts)
    request = Request(
        attempt=1,
        protocol=attempt.stated.protocol.to_bytes(),
        inputs=(),
        host_parts=ready.host_parts.parts,
        inspector_parts=ready.inspector_parts.parts,
    )
    result = form.MeasurementResult(
        attempt=joined.attempt,
        outcome=CONFIRMED,
        health="well",
        host_part=ready.host_parts.of(CONFIRMED),
        inspector_part=ready.inspector_parts.of(CONFIRMED),
        token=request.token(CONFIRMED),
    )
    refs, times = how.pop("refs", (joined.attempt,)), how.pop("times", 1)
    statement = Statement(kind=kind, members=result.statement() | changes, refs=refs)
    node = site.world.nodes[ARD]
    settings: dict[str, Any] = {"clock": site.world.clock, "randomness": site.world.salts[ARD]} | how
    record, *_ = submit(node, [statement] * times, **settings)
    publish_head(node)
    return record


CLOSED: dict[str, tuple[Callable[[int], dict[str, Any]], str]] = {
    "attempt": (lambda secret: {"attempt": f"{secret:02x}" * 32}, "form"),
    "health": (lambda secret: {"health": f"well {secret}"}, "form"),
    "outcome": (lambda secret: {"outcome": f"confirmed {secret}"}, "form"),
    "host_part": (lambda secret: {"host_part": f"{secret:02x}" * 32}, "tokens"),
    "inspector_part": (lambda secret: {"inspector_part": f"{secret:02x}" * 32}, "tokens"),
    "token": (lambda secret: {"token": f"{secret:02x}" * 32}, "tokens"),
    "a member more": (lambda secret: {"note": str(secret)}, "form"),
    "a part in capitals": (lambda _: {"host_part": "AB" * 32}, "form"),
}
"""Fields of an outcome, a secret written into them, and the check that then fails for everybody."""


@pytest.mark.parametrize("name", CLOSED)
def test_a_secret_in_a_field_of_an_outcome_is_refused_by_everybody(name: str) -> None:
    change, check = CLOSED[name]
    site = Site()
    joined = site.countersigned(site.agreed(agreed_protocol()))
    told(site, joined, change(0x55))
    site.carry()
    report = site.report()
    assert held(report)[check] is False, reasons(report, check)
    assert not report.accepted


def test_every_field_of_an_outcome_is_tried() -> None:
    site = Site()
    site.run(site.countersigned(site.agreed(agreed_protocol())))
    (attempt,) = site.desk(ARD).shelf().attempts
    assert set(attempt.results[0][1].statement()) <= set(CLOSED)


def test_a_secret_in_what_an_outcome_refers_to_is_refused_by_everybody() -> None:
    site = Site()
    joined = site.countersigned(site.agreed(agreed_protocol()))
    other = site.desk(ARD).shelf().find(joined.attempt).stated.entry.record_id
    told(site, joined, {}, refs=(joined.attempt, other))
    assert "refs must be exactly the attempt" in reasons(site.report(ARD), "form")


def test_saying_an_outcome_once_or_twice_tells_nothing_but_that_it_is_none() -> None:
    site = Site()
    joined = site.countersigned(site.agreed(agreed_protocol()))
    told(site, joined, {}, times=2)
    site.carry()
    assert held(site.report())["one-outcome"] is False
    assert not site.report().accepted


OF_AN_ATTEMPT = {
    "commitments": "host's part of the token",
    "copy": "copy, dossier and draw",
    "dossier": "copy, dossier and draw",
    "draw": "copy, dossier and draw",
    "item": "name of the item",
    "number": "number of the attempt",
    "protocol": "protocol",
}
"""Every field of an attempt, which is signed by both before anything is measured, and its row on the page."""


def test_the_page_has_a_row_for_every_field_that_is_filled_in_before_anything_is_measured() -> None:
    site = Site()
    opened = site.open(site.agreed(agreed_protocol()))
    said = site.desk(ARD).shelf().find(opened.attempt).terms.statement()
    assert set(said) == set(OF_AN_ATTEMPT)
    page = PAGE.read_text("utf-8")
    for row in OF_AN_ATTEMPT.values():
        assert f"\n| {row} |" in page, row


# What stays open to whoever holds the host's program, with the bits that the page gives.


def page_bits(name: str) -> int:
    """Return the bits that the page gives for a field that stays open."""
    row = re.search(rf"^\| {re.escape(name)} \|[^|]*\| ([\d,]+) \|", PAGE.read_text("utf-8"), re.MULTILINE)
    assert row, f"{name}: the page says nothing of it"
    return int(row[1].replace(",", ""))


def accepted(site: Site, joined: Made) -> bool:
    site.carry()
    agree_to_outcome(site.desk(BEL), joined.attempt)
    site.carry()
    return site.report().accepted


def stored(site: Site, record: str) -> StoredEntry:
    entry = site.world.nodes[ARD].store.find(record)
    assert entry is not None
    return entry


def salts_in(site: Site, record: str) -> list[bytes]:
    return [bytes.fromhex(salt) for _, _, salt in json.loads(stored(site, record).opening or b"")["parts"]]


def test_salts_can_talk_and_the_page_says_with_how_many_bits() -> None:
    site = Site()
    joined = site.countersigned(site.agreed(agreed_protocol()))
    secret = b"the secret of the host, 32 bytes"
    record = told(site, joined, {}, randomness=lambda size: (secret * size)[:size])
    assert accepted(site, joined)
    found = salts_in(site, record)
    assert set(found) == {secret}
    assert page_bits("salts of the outcome") == 8 * SALT_BYTES * len(found)


def test_the_claimed_time_can_talk_and_the_page_says_with_how_many_bits() -> None:
    site = Site()
    joined = site.countersigned(site.agreed(agreed_protocol()))
    record = told(site, joined, {}, clock=Late(site=site, seconds=0x55))
    assert accepted(site, joined)
    header = site.desk(ARD).shelf().entry(record).header
    assert (header.claimed_time - site.world.clock.at).total_seconds() < 0x55
    assert header.claimed_time.microsecond == 0
    assert page_bits("claimed time of the outcome") == ceil(log2(24 * 3_600))


def test_health_and_outcome_can_talk_and_the_page_says_with_how_many_bits() -> None:
    site = Site()
    joined = site.countersigned(site.agreed(agreed_protocol()))
    told(site, joined, {"health": "reduced"})
    assert accepted(site, joined)
    states = (len(OUTCOMES) - 1) * 2 + 1
    assert page_bits("outcome and health") == ceil(log2(states))


def test_token_parts_can_talk_before_anything_is_measured_and_one_of_them_is_shown() -> None:
    site = Site()
    secret = iter([bytes([0x55 + at]) * 32 for at in range(4)])
    drawn = site.world.salts[ARD]
    made = site.agreed(agreed_protocol())
    desk = replace(site.desk(ARD), randomness=lambda size: next(secret, None) or drawn(size))
    opened = open_attempt(desk, made.digest, item="A-1", equipment=None)
    site.carry()
    joined = site.join(opened)
    site.carry()
    site.agree(ARD, joined.record)
    site.run(joined)
    assert accepted(site, joined)
    _, result = site.desk(ARD).shelf().find(joined.attempt).results[0]
    assert result.host_part == b"\x55" * 32
    assert page_bits("host's part of the token") == 8 * len(result.host_part)


def test_another_record_can_say_anything() -> None:
    site = Site()
    joined = site.countersigned(site.agreed(agreed_protocol()))
    told(site, joined, {"attempt": "0x55 0xaa 0x55"}, kind="note", refs=())
    site.run(joined)
    assert accepted(site, joined)


def test_heads_that_are_named_can_talk_and_the_page_says_with_how_many_bits() -> None:
    assert page_bits("heads that are named") == MAX_NOT_BEFORE


def test_signatures_can_talk_and_the_page_says_with_how_many_bits() -> None:
    """A verifier cannot tell whether the number behind a signature was derived as it should be."""
    order = 2**252 + 27742317777372353535851937790883648493
    assert page_bits("signature of a record") == int(log2(order))
    assert page_bits("signature of a head by ML-DSA-44") == 8 * ML_DSA_44_SIGNATURE_BYTES
