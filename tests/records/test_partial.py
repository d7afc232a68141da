"""Partial openings: a part shows only with its own name, value, salt and place, and tells nothing of the rest."""

import json
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterseal.crypto.commitment import Part, commit
from counterseal.records.body import seal_body
from counterseal.records.errors import RecordError
from counterseal.records.partial import Shown, ShownPart, merged, open_partially, withhold
from strategies.mutations import mutate_document

STATEMENT = {"building": "Hall 1", "count": 3, "note": "as seen", "photo": ["a", "b"], "site": "North Bay"}


def salts(count: int) -> bytes:
    return bytes((at * 7 + at // 256) % 251 for at in range(count))


BODY = seal_body(STATEMENT, salts=salts)
PARTIAL = withhold(BODY.opening, release=("count", "site"))
SALT = "5a" * 32


def shown(document: Any, commitment: str = BODY.commit, parts: int = BODY.parts) -> Shown:
    return open_partially(document, commit=commitment, parts=parts)


def committed(rows: list[tuple[str, str]]) -> tuple[dict[str, Any], str]:
    """A full opening of any rows, and the commitment to exactly them."""
    parts = [Part(name.encode(), value.encode(), bytes.fromhex(SALT)) for name, value in rows]
    return {"parts": [[name, value, SALT] for name, value in rows], "v": 1}, commit(parts).hex()


def leaf_of(document: dict[str, Any], position: int) -> str:
    name, value, salt = document["parts"][position]
    return commit([Part(name.encode(), value.encode(), bytes.fromhex(salt))]).hex()


def test_the_parts_released_are_open_and_the_others_stay_commitments() -> None:
    view = shown(PARTIAL)
    assert view.statement == {"count": 3, "site": "North Bay"}
    assert view.withheld == 6  # three parts and three dummies: nobody can tell which
    hidden = [row for row in PARTIAL["parts"] if isinstance(row, str)]
    assert len(hidden) == 6
    text = json.dumps(PARTIAL)
    assert "Hall 1" not in text
    assert "as seen" not in text


def test_what_is_withheld_shows_no_salt_and_no_length() -> None:
    other = seal_body({**STATEMENT, "note": "x" * 400}, salts=salts)
    partial = withhold(other.opening, release=("count", "site"))
    assert [len(row) for row in partial["parts"]] == [len(row) for row in PARTIAL["parts"]]
    salts_of_all = [row[2] for row in json.loads(BODY.opening)["parts"]]
    given_away = [salt for salt in salts_of_all if salt in json.dumps(PARTIAL)]
    assert len(given_away) == 2


def test_a_full_opening_shows_everything() -> None:
    view = shown(json.loads(BODY.opening))
    assert view.statement == STATEMENT
    assert view.withheld == 0
    assert shown(withhold(BODY.opening, release=STATEMENT)).statement == STATEMENT


def test_the_size_class_counts_where_everything_is_open_and_cannot_be_told_otherwise() -> None:
    full = json.loads(BODY.opening)
    open_partially(full, commit=BODY.commit, parts=BODY.parts, size_class=BODY.size_class)
    with pytest.raises(RecordError, match="of size class 1024, the header says 2048"):
        open_partially(full, commit=BODY.commit, parts=BODY.parts, size_class=2048)
    open_partially(PARTIAL, commit=BODY.commit, parts=BODY.parts, size_class=2048)


def test_a_part_that_is_not_there_cannot_be_released() -> None:
    with pytest.raises(
        RecordError, match="no part 'photograph'; the body has building, count, note, photo, site"
    ):
        withhold(BODY.opening, release=("photograph", "site"))
    with pytest.raises(RecordError, match="names no part"):
        withhold(BODY.opening, release=())
    with pytest.raises(RecordError, match="no part ''"):
        withhold(BODY.opening, release=("",))


def test_every_single_change_of_an_open_part_is_refused() -> None:
    """Each digit of the salt, each sign of name and value, each place: one change, and nothing opens (I11)."""
    for position, row in enumerate(PARTIAL["parts"]):
        if isinstance(row, str):
            changes: list[Any] = [row[:at] + f"{int(row[at], 16) ^ 1:x}" + row[at + 1 :] for at in range(64)]
        else:
            name, value, salt = row
            changes = [[name[:at] + "q" + name[at + 1 :], value, salt] for at in range(len(name))]
            changes += [[name, value[:at] + "7" + value[at + 1 :], salt] for at in range(len(value))]
            changes += [
                [name, value, salt[:at] + f"{int(salt[at], 16) ^ 1:x}" + salt[at + 1 :]] for at in range(64)
            ]
            changes += [[name, value + value, salt], ["", value, salt], [name, "", salt], [value, name, salt]]
        for changed in changes:
            document = deepcopy(PARTIAL)
            document["parts"][position] = changed
            if document != PARTIAL:
                with pytest.raises(RecordError):
                    shown(document)


def test_a_part_in_another_place_or_with_anothers_salt_is_refused() -> None:
    places = range(len(PARTIAL["parts"]))
    for one in places:
        for other in places:
            if one < other:
                document = deepcopy(PARTIAL)
                rows = document["parts"]
                rows[one], rows[other] = rows[other], rows[one]
                with pytest.raises(RecordError):
                    shown(document)
    rows = json.loads(BODY.opening)["parts"]
    for one in places:
        for other in places:
            if one != other:
                document = deepcopy(PARTIAL)
                document["parts"][one] = [*rows[one][:2], rows[other][2]]
                with pytest.raises(RecordError):
                    shown(document)


@pytest.mark.parametrize(
    ("rows", "hide", "said"),
    [
        ([("b", "1"), ("a", "1")], (), "out of order or given twice"),
        ([("a", "1"), ("a", "1")], (), "out of order or given twice"),
        ([("c", "1"), ("b", "1"), ("a", "1"), ("", "")], (1,), "out of order or given twice"),
        ([("A", "1"), ("b", "1")], (1,), "name of an open part is not allowed"),
        ([("a\n", "1"), ("b", "1")], (1,), "name of an open part is not allowed"),
        ([("", ""), ("a", "1")], (), "dummy stands before an open part"),
        ([("a", "1"), ("", "")], (0,), "no part is open but dummies"),
        ([("a", "1"), ("b", "1")], (0, 1), "no part is open but dummies"),
        ([("a", "1"), ("", "1")], (), "dummy part has a value"),
        ([("a", "1.5"), ("b", "1")], (1,), "value of a: "),
        ([("a", ""), ("b", "1")], (1,), "value of a: "),
        ([("a", "1 "), ("b", "1")], (), "value of a: "),
    ],
)
def test_what_is_committed_to_and_still_opens_nothing(
    rows: list[tuple[str, str]], hide: tuple[int, ...], said: str
) -> None:
    document, commitment = committed(rows)
    hidden = {position: leaf_of(document, position) for position in hide}
    document["parts"] = [hidden.get(position, row) for position, row in enumerate(document["parts"])]
    with pytest.raises(RecordError, match=said):
        shown(document, commitment, len(rows))


def test_a_withheld_part_out_of_form_does_not_matter_to_the_open_ones() -> None:
    document, commitment = committed([("a", "1"), ("A", "?")])
    document["parts"][1] = leaf_of(document, 1)
    assert shown(document, commitment, 2).statement == {"a": 1}


ROWS = PARTIAL["parts"]


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ([], "exactly parts and v"),
        ({**PARTIAL, "x": 1}, "exactly parts and v"),
        ({"parts": ROWS}, "exactly parts and v"),
        ({**PARTIAL, "v": 2}, "only version 1"),
        ({**PARTIAL, "v": True}, "only version 1"),
        ({**PARTIAL, "parts": ROWS[:7]}, "as many parts as the header says, 8"),
        ({**PARTIAL, "parts": [*ROWS, ROWS[0]]}, "as many parts as the header says, 8"),
        ({**PARTIAL, "parts": {}}, "as many parts as the header says, 8"),
        ({**PARTIAL, "parts": [*ROWS[:7], "ab"]}, "part 7: must be"),
        ({**PARTIAL, "parts": [*ROWS[:7], "AB" * 32]}, "part 7: must be"),
        ({**PARTIAL, "parts": [*ROWS[:7], None]}, "part 7: must be"),
        ({**PARTIAL, "parts": [["a", "1"], *ROWS[1:]]}, "part 0: must be"),
        ({**PARTIAL, "parts": [["a", 1, SALT], *ROWS[1:]]}, "part 0: must be"),
        ({**PARTIAL, "parts": [[1, "1", SALT], *ROWS[1:]]}, "part 0: must be"),
        ({**PARTIAL, "parts": [["a", "1", SALT[2:]], *ROWS[1:]]}, "part 0: must be"),
        ({**PARTIAL, "parts": [["a", '"' + "x" * 1_048_576 + '"', SALT], *ROWS[1:]]}, "longer than 1048576"),
    ],
)
def test_each_partial_opening_out_of_form_is_refused(document: Any, said: str) -> None:
    with pytest.raises(RecordError, match=said):
        shown(document)


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_a_changed_partial_opening_never_shows_something_else(data: st.DataObject) -> None:
    document = deepcopy(PARTIAL)
    mutate_document(data.draw, document)
    try:
        view = shown(document)
    except RecordError:
        return
    assert view == shown(PARTIAL)


def test_several_openings_show_together_what_each_shows() -> None:
    one = shown(withhold(BODY.opening, release=("count",)))
    other = shown(withhold(BODY.opening, release=("note", "site")))
    both = merged([one, other])
    assert both is not None
    assert both.statement == {"count": 3, "note": "as seen", "site": "North Bay"}
    assert both.withheld == 5
    assert merged([]) is None
    assert one.parts[1] == ShownPart("count", 3)
