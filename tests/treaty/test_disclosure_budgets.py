"""Budgets of disclosure in a treaty pack: what is taken, and what is refused with file, line, field and rule."""

from datetime import date

import pytest

from counterseal.treaty.difference import differences
from counterseal.treaty.errors import PackError
from counterseal.treaty.load import load_pack, packaged_pack
from counterseal.treaty.template import new_pack_files

TEMPLATE = dict(new_pack_files("my-treaty"))["pack.yaml"].decode()
BITS = "    bits: 4\n"


def changed(old: str, new: str) -> str:
    """Return the template with one thing in its budget changed."""
    at = TEMPLATE.index("disclosure_budgets:")
    assert old in TEMPLATE[at:], old
    return TEMPLATE[:at] + TEMPLATE[at:].replace(old, new, 1)


@pytest.mark.parametrize(
    ("typed", "millibits"), [("4", 4_000), ('"3.17"', 3_170), ('"0.001"', 1), ("1000", 10**6)]
)
def test_bits_are_whole_or_decimal_text(typed: str, millibits: int) -> None:
    (budget,) = load_pack(changed(BITS, f"    bits: {typed}\n"), where="pack.yaml").disclosure_budgets
    assert budget.millibits == millibits
    assert (budget.clause, budget.attribute, budget.citation) == ("3", "any", "treaty-text")
    days = (date(2030, 5, 8), date(2030, 5, 9), date(2040, 3, 9), date(2040, 3, 10))
    assert [budget.binds_on(day) for day in days] == [False, True, True, False]


def test_a_pack_without_the_member_has_no_budget() -> None:
    assert packaged_pack("new-start").disclosure_budgets == ()
    start, end = TEMPLATE.index("disclosure_budgets:"), TEMPLATE.index("# Lines of a breakdown")
    without = load_pack(TEMPLATE[:start] + TEMPLATE[end:], where="pack.yaml")
    assert without.disclosure_budgets == ()
    (change,) = differences(without, load_pack(TEMPLATE, where="pack.yaml"))
    assert (change.kind, change.what, change.id) == ("added", "disclosure budget", "budget-any")
    assert change.holds_from == date(2030, 5, 9)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (BITS, "    bits: 0\n", "bits: found 0, expected a whole number of at least 1"),
        (BITS, "    bits: 1001\n", "bits: found 1001, expected a whole number of at most 1000"),
        (BITS, '    bits: "0.000"\n', "bits: found '0.000', a budget of disclosure must be above 0 bits"),
        (BITS, '    bits: "1.2345"\n', "bits: found '1.2345', expected bits for one item in all"),
        (BITS, '    bits: "1000.5"\n', "bits: found '1000.5', expected bits for one item in all"),
        (BITS, '    bits: "-1"\n', "bits: found '-1', expected bits for one item in all"),
        (BITS, "    bits: many\n", "bits: found 'many', expected bits for one item in all"),
        (BITS, "    bits: null\n", "bits: found null, expected a whole number or text"),
        (BITS, "", "key 'bits' is missing"),
        (BITS, "    byte: 4\n", "unknown key 'byte'"),
        (
            "attribute: any ",
            "attribute: colour ",
            "attribute: found 'colour', expected one of: any, neutron-presence",
        ),
        ('clause: "3"', 'clause: "5"', "clause: found '5', expected a clause of an article of this pack"),
        ("citation: treaty-text", "citation: hearsay", "citation: found 'hearsay', expected a citation key"),
        (
            "binds_from: 2030-05-09",
            "binds_from: 2030-03-09",
            "a budget of disclosure must not bind before entry",
        ),
        ("binds_from: 2030-05-09", "binds_from: 2030-02-30", "there is no such day"),
        (
            "binds_until: 2040-03-09",
            "binds_until: 2040-03-10",
            "must not bind after the last day (2040-03-09)",
        ),
        ("binds_until: 2040-03-09", "binds_until: 2030-05-08", "must not be before binds_from (2030-05-09)"),
        ("    binds_until: 2040-03-09 ", "    # none ", "binds_until is missing; the agreement expires"),
        ("id: budget-any", "id: limit-widgets", "rule id 'limit-widgets' is used twice"),
    ],
)
def test_what_is_wrong_is_refused_with_its_place_and_rule(old: str, new: str, said: str) -> None:
    with pytest.raises(PackError) as refused:
        load_pack(changed(old, new), where="pack.yaml")
    assert said in str(refused.value)
    first = str(refused.value).splitlines()[0]
    line = int(first.removeprefix("pack.yaml:").split(":")[0])
    start = TEMPLATE[: TEMPLATE.index("disclosure_budgets:")].count("\n") + 1
    assert start <= line <= start + 10 or "used twice" in said
