"""The ledger only grows: every attempt is written down before it runs, and no line can be changed or left out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterseal.barrier.answers import Health
from counterseal.barrier.budget import query
from counterseal.barrier.errors import BarrierError, BudgetError
from counterseal.barrier.ledger import Answered, read_ledger
from counterseal.terms.outcomes import MeasurementOutcome
from strategies.measurement_protocols import asking, document, protocol

ONE = query(protocol(), item="A")
OTHER = query(protocol(), item="B")


def _answer(item: str, number: int) -> Answered:
    return Answered(item=item, number=number, outcome=MeasurementOutcome.CONFIRMED, health=Health.WELL)


def _grown() -> bytes:
    data = b""
    for item, asked in (("A", ONE), ("B", OTHER), ("A", ONE)):
        made, line = read_ledger(data, where="l").open(asked)
        data += line
        if item == "B" or made.number == 2:
            data += read_ledger(data, where="l").answer(_answer(item, made.number))
    return data


def test_it_says_what_was_asked_and_answered_and_what_waits() -> None:
    ledger = read_ledger(_grown(), where="l")
    assert [(one.query.item, one.number) for one in ledger.opened] == [("A", 1), ("B", 1), ("A", 2)]
    assert [(one.item, one.number) for one in ledger.answered] == [("B", 1), ("A", 2)]
    assert [(one.query.item, one.number) for one in ledger.unanswered()] == [("A", 1)]
    assert ledger.queries == (ONE, OTHER, ONE)


def test_it_refuses_what_goes_past_the_budget_whether_earlier_attempts_were_answered_or_not() -> None:
    data = b""
    for _ in range(3):
        _, line = read_ledger(data, where="l").open(ONE)
        data += line
    more = document()["measuring"] | {"repeats": 9}
    with pytest.raises(BarrierError, match="3 attempts with these thresholds; 3 were agreed"):
        read_ledger(data, where="l").open(query(protocol(title="again", measuring=more), item="A"))
    data = b""
    many = query(protocol(title="again", measuring=more), item="A")
    for _ in range(3):
        _, line = read_ledger(data, where="l").open(many)
        data += line
    with pytest.raises(BudgetError, match=r"8\.000 bits"):
        read_ledger(data, where="l").open(many)


def test_it_refuses_a_second_threshold_set() -> None:
    _, line = read_ledger(b"", where="l").open(ONE)
    second = query(protocol(question=asking(coverage=3)), item="A")
    with pytest.raises(BarrierError, match="another threshold set"):
        read_ledger(line, where="l").open(second)


def test_an_attempt_is_answered_once_and_only_if_it_was_opened() -> None:
    ledger = read_ledger(_grown(), where="l")
    for item, number in (("B", 1), ("C", 1), ("A", 3)):
        with pytest.raises(BarrierError, match="that waits for an answer"):
            ledger.answer(_answer(item, number))


@given(st.data())
def test_no_line_can_be_changed_left_out_or_moved(data: st.DataObject) -> None:
    lines = _grown().splitlines(keepends=True)
    at = data.draw(st.integers(0, len(lines) - 2))
    what = data.draw(st.sampled_from(["drop", "swap", "byte", "twice"]))
    if what == "drop":
        changed = [*lines[:at], *lines[at + 1 :]]
    elif what == "swap":
        changed = [*lines[:at], lines[at + 1], lines[at], *lines[at + 2 :]]
    elif what == "twice":
        changed = [*lines[: at + 1], *lines[at:]]
    else:
        place = data.draw(st.integers(0, len(lines[at]) - 2))
        line = bytearray(lines[at])
        line[place] ^= data.draw(st.integers(1, 127))
        changed = [*lines[:at], bytes(line), *lines[at + 1 :]]
    with pytest.raises(BarrierError):
        read_ledger(b"".join(changed), where="l")


def test_a_line_that_was_cut_off_is_noticed_and_named() -> None:
    data = _grown()
    with pytest.raises(BarrierError, match=r"l:5: the last line has no end"):
        read_ledger(data[:-1], where="l")


def test_a_last_line_that_was_dropped_is_noticed_by_who_kept_its_hash() -> None:
    data = _grown()
    shorter = b"".join(data.splitlines(keepends=True)[:-1])
    assert read_ledger(shorter, where="l").head != read_ledger(data, where="l").head


def test_a_rule_that_was_broken_by_hand_is_noticed() -> None:
    over = query(protocol(answer={"no_decision": "shown", "budget_bits": 1}), item="A")
    ledger = read_ledger(b"", where="l")
    with pytest.raises(BudgetError):
        ledger.open(over)
    _, line = ledger.open(ONE)
    forged = line.replace(b'"budget_millibits":6000', b'"budget_millibits":1000')
    with pytest.raises(BarrierError, match=r"l:1: item A: another attempt would make 2\.000 bits"):
        read_ledger(forged, where="l")


HIDDEN = query(protocol(answer={"no_decision": "as-not-confirmed", "budget_bits": 6}), item="A")


def test_an_answer_that_was_not_agreed_is_neither_written_nor_read() -> None:
    """Else three answers are counted and four given."""
    _, line = read_ledger(b"", where="l").open(HIDDEN)
    undecided = Answered(item="A", number=1, outcome=MeasurementOutcome.NO_DECISION, health=Health.WELL)
    with pytest.raises(BarrierError, match="no-decision is none of the answers of its protocol"):
        read_ledger(line, where="l").answer(undecided)
    answered = read_ledger(line, where="l").answer(_answer("A", 1))
    forged = answered.replace(b'"outcome":"confirmed"', b'"outcome":"no-decision"')
    read_ledger(line + answered, where="l")
    with pytest.raises(BarrierError, match=r"l:2: .*no-decision is none of the answers"):
        read_ledger(line + forged, where="l")


def test_bits_that_no_number_of_answers_stands_for_are_refused() -> None:
    _, line = read_ledger(b"", where="l").open(ONE)
    with pytest.raises(BarrierError, match="l:1: millibits: found 1"):
        read_ledger(line.replace(b'"millibits":2000', b'"millibits":1'), where="l")


def test_the_word_on_the_equipment_is_one_of_three_and_goes_with_the_outcome() -> None:
    _, line = read_ledger(b"", where="l").open(ONE)
    answered = read_ledger(line, where="l").answer(_answer("A", 1))
    for health, why in ((b"ratio 0.0613", "must be one of"), (b"fault", "a malfunction is a fault")):
        forged = answered.replace(b'"health":"well"', b'"health":"%s"' % health)
        with pytest.raises(BarrierError, match=f"l:2: .*{why}"):
            read_ledger(line + forged, where="l")
    with pytest.raises(BarrierError, match="a malfunction is a fault"):
        Answered(item="A", number=1, outcome=MeasurementOutcome.MALFUNCTION, health=Health.WELL)


def test_another_spelling_of_an_item_is_refused_when_opened_and_when_read() -> None:
    _, line = read_ledger(b"", where="l").open(ONE)
    with pytest.raises(BarrierError, match="item a: is on the record as A"):
        read_ledger(line, where="l").open(query(protocol(), item="a"))
    with pytest.raises(BarrierError, match=r"l:1: .*the id of an item"):
        read_ledger(line.replace(b'"item":"A"', b'"item":"A "'), where="l")
