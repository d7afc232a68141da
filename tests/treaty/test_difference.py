"""The difference of two packs names the entry, the field, both values, and from when it holds."""

from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from counterseal.treaty.difference import ChangeKind, differences
from counterseal.treaty.load import packaged_pack

PACK = packaged_pack("new-start")


def test_a_pack_does_not_differ_from_itself() -> None:
    assert differences(PACK, PACK) == ()


def test_a_changed_limit_shows_both_values_and_the_day_from_which_it_binds() -> None:
    limits = (replace(PACK.limits[0], value=650), *PACK.limits[1:])
    (change,) = differences(PACK, replace(PACK, limits=limits))
    assert (change.kind, change.what, change.id, change.field) == (
        ChangeKind.CHANGED,
        "limit",
        "limit-deployed",
        "value",
    )
    assert (change.old, change.new, change.holds_from) == ("700", "650", date(2018, 2, 5))
    assert change.as_json()["holds_from"] == "2018-02-05"


def test_a_moved_date_a_new_clock_length_and_an_open_end() -> None:
    life = replace(PACK.life, expires=None)
    clocks = tuple(replace(clock, days=10) if clock.id == "data-change" else clock for clock in PACK.clocks)
    changes = differences(PACK, replace(PACK, life=life, clocks=clocks))
    assert [(change.what, change.field, change.old, change.new) for change in changes] == [
        ("agreement", "life.expires", "2026-02-04", None),
        ("clock", "days", "5", "10"),
    ]


def test_removing_and_adding_are_each_other_s_mirror() -> None:
    shorter = replace(PACK, quotas=PACK.quotas[1:], notes=PACK.notes[1:])
    removed, added = differences(PACK, shorter), differences(shorter, PACK)
    assert {(change.kind, change.what) for change in removed} == {
        (ChangeKind.REMOVED, "quota"),
        (ChangeKind.REMOVED, "note"),
    }
    assert [(change.what, change.id, change.old) for change in removed] == [
        (change.what, change.id, change.new) for change in added
    ]


def test_another_order_is_no_change() -> None:
    assert differences(PACK, replace(PACK, clocks=PACK.clocks[::-1])) == ()


@given(st.data())
def test_every_changed_value_is_found_and_nothing_else(data: st.DataObject) -> None:
    values = [data.draw(st.integers(0, 5000)) for _ in PACK.limits]
    limits = tuple(replace(limit, value=value) for limit, value in zip(PACK.limits, values, strict=True))
    changed = {limit.id for limit, value in zip(PACK.limits, values, strict=True) if limit.value != value}
    assert {change.id for change in differences(PACK, replace(PACK, limits=limits))} == changed
