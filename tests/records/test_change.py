"""What a record says of a change of keys or trust: exactly which version, by its id."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessment.fictional import ARD
from counterseal.records.change import KEYS_CHANGE, TRUST_CHANGE, Change, parse_change
from counterseal.records.errors import RecordError

ID = "ab" * 32
versions = st.integers(1, 2**53 - 1)


@given(version=versions)
def test_a_change_reads_back_from_what_it_states(version: int) -> None:
    for change in (Change(version=version, file_id=ID), Change(version=version, file_id=ID, party=ARD)):
        assert parse_change(change.kind, change.statement()) == change


def test_the_statements_are_those_of_the_format() -> None:
    keys, trust = Change(version=2, file_id=ID, party=ARD), Change(version=3, file_id=ID)
    assert (keys.kind, keys.statement()) == (KEYS_CHANGE, {"id": ID, "party": "ARD", "version": 2})
    assert (trust.kind, trust.statement()) == (TRUST_CHANGE, {"id": ID, "version": 3})


@pytest.mark.parametrize(
    ("kind", "statement", "said"),
    [
        (KEYS_CHANGE, {}, "keys.change: must have exactly id, party, version"),
        (KEYS_CHANGE, {"id": ID, "version": 1}, "keys.change: must have exactly id, party, version"),
        (
            TRUST_CHANGE,
            {"id": ID, "version": 1, "party": "ARD"},
            "trust.change: must have exactly id, version",
        ),
        (TRUST_CHANGE, {"id": ID}, "trust.change: must have exactly id, version"),
        (TRUST_CHANGE, {"id": ID.upper(), "version": 1}, "trust.change: id must be 64 hexadecimal digits"),
        (TRUST_CHANGE, {"id": None, "version": 1}, "trust.change: id must be 64 hexadecimal digits"),
        (TRUST_CHANGE, {"id": ID, "version": 0}, "version a whole number from 1"),
        (TRUST_CHANGE, {"id": ID, "version": "1"}, "version a whole number from 1"),
        (TRUST_CHANGE, {"id": ID, "version": True}, "version a whole number from 1"),
        (KEYS_CHANGE, {"id": ID, "version": 1, "party": "ard"}, "keys.change: "),
        (KEYS_CHANGE, {"id": ID, "version": 1, "party": None}, "keys.change: "),
        (KEYS_CHANGE, {"id": ID, "version": 1, "party": ["ARD"]}, "keys.change: "),
    ],
)
def test_each_other_form_is_refused(kind: str, statement: dict[str, Any], said: str) -> None:
    with pytest.raises(RecordError, match=said):
        parse_change(kind, statement)
