"""The published record of New START: every row of the published table, and nothing that is not there."""

import csv
from datetime import date

import pytest

from counterseal.terms.outcomes import KnownAs
from counterseal.treaty.calendar import declaration_dates
from counterseal.treaty.errors import PackError
from counterseal.treaty.load import packaged_pack
from counterseal.treaty.packaged import packaged_bytes
from counterseal.treaty.published import load_published, packaged_published
from shared_data import shared

PACK = packaged_pack("new-start")
RECORD = packaged_published("new-start")
TEXT = packaged_bytes("new-start", "published.yaml").decode()


def test_every_row_of_the_published_table_is_typed_in_as_it_stands() -> None:
    columns = [category.id for category in PACK.categories]
    with shared("new-start", "aggregates.csv").open(encoding="utf-8", newline="") as table:
        rows = list(csv.DictReader(table))
    assert [
        (
            exchange.as_of.isoformat(),
            exchange.party,
            *("" if figure is None else str(figure) for _, figure in exchange.figures),
            exchange.known_as.value.replace("-", " "),
            exchange.citation,
        )
        for exchange in RECORD.exchanges
    ] == [
        (row["as_of"], row["party"], *(row[column] for column in columns), row["status"], row["source"])
        for row in rows
    ]


def test_the_breakdown_is_typed_in_as_it_stands() -> None:
    with shared("new-start", "us-breakdown-2020-09-01.csv").open(encoding="utf-8", newline="") as table:
        rows = [(row["category"], row["system"], int(row["count"])) for row in csv.DictReader(table)]
    (breakdown,) = RECORD.breakdowns
    assert list(breakdown.lines) == rows


def test_the_breakdown_closes_to_675_and_800() -> None:
    (breakdown,) = RECORD.breakdowns
    sums = {
        closure.id: sum(count for category, _, count in breakdown.lines if category in closure.sums)
        for closure in PACK.closures
    }
    assert sums == {"closure-deployed": 675, "closure-launchers": 800}
    assert (breakdown.party, breakdown.as_of) == ("US", date(2020, 9, 1))


def test_there_is_a_row_for_each_date_asked_but_the_open_one() -> None:
    asked = set(declaration_dates(PACK, until=RECORD.until))
    (clock,) = [clock for clock in PACK.clocks if clock.open_dates]
    silent = {open_date.as_of for open_date in clock.open_dates}
    assert silent == {date(2018, 3, 1)}
    for party in PACK.states:
        given = [exchange.as_of for exchange in RECORD.exchanges if exchange.party == party]
        assert set(given) == asked - silent
        assert len(given) == len(set(given)) == 25


def test_what_was_not_provided_is_no_figure_and_what_was_published_alone_says_so() -> None:
    rows = {(row.as_of, str(row.party)): row for row in RECORD.exchanges}
    missing = rows[(date(2023, 3, 1), "RU")]
    assert missing.known_as is KnownAs.NOT_PROVIDED
    assert [figure for _, figure in missing.figures] == [None, None, None]
    assert {key for key, row in rows.items() if row.channel == "publication"} == {(date(2023, 3, 1), "US")}
    (withheld,) = RECORD.withheld
    assert (withheld.party, withheld.clock, withheld.as_of) == ("US", "six-monthly-update", date(2023, 3, 1))
    assert "505" in (rows[(date(2017, 9, 1), "RU")].note or "")


def test_no_date_of_receipt_is_made_up_and_the_convention_says_so() -> None:
    assert {row.received_on for row in RECORD.exchanges} == {None}
    assert "convention" in RECORD.convention


def test_inspections_are_totals_of_two_treaty_years() -> None:
    assert {(count.party, count.quota, count.window_start, count.count) for count in RECORD.inspections} == {
        (party, "all", start, count)
        for party in ("US", "RU")
        for start, count in ((date(2011, 2, 5), 18), (date(2020, 2, 5), 2))
    }


def test_the_auditor_is_no_party() -> None:
    assert RECORD.auditor.code not in {party.code for party in PACK.parties}
    assert RECORD.auditor.kind == "auditor"


REFUSED = {
    "unknown party": (
        ("party: US", "party: FR"),
        "exchanges[0].party: found 'FR', expected a code of a state",
    ),
    "unknown category": (
        ("deployed_warheads: 1800", "warheads: 1800"),
        "found 'warheads', expected a category id",
    ),
    "missing figure": (("deployed_warheads: 1800, ", ""), "figure of 'deployed_warheads' is missing"),
    "negative": (
        ("deployed_warheads: 1800", "deployed_warheads: -1"),
        "found -1, expected a whole number of at least 0",
    ),
    "fraction": (("deployed_warheads: 1800", "deployed_warheads: 1800.5"), "numbers with a fraction"),
    "text": (
        ("deployed_warheads: 1800", "deployed_warheads: many"),
        "found 'many', expected a whole number or null",
    ),
    "row twice": (("as_of: 2011-09-01", "as_of: 2011-02-05"), "2011-02-05, US a second time, first on line"),
    "too early": (("as_of: 2011-02-05", "as_of: 2011-02-04"), "before entry into force (2011-02-05)"),
    "too late": (("until: 2023-05-15", "until: 2023-02-01"), "after 'until' (2023-02-01)"),
    "null and confirmed": (
        ("known_as: not-provided", "known_as: confirmed"),
        "'not-provided' goes with figures that are all null",
    ),
    "other treaty": (
        ("treaty: new-start", "treaty: other"),
        "treaty: found 'other', expected a treaty id of this pack",
    ),
    "auditor is a state": (("code: AUDITOR", "code: RU"), "the auditor needs a code of its own"),
    "unknown clock": (("clock: six-monthly-update", "clock: yearly"), "found 'yearly', expected a clock id"),
    "unknown quota": (("quota: all", "quota: some"), "found 'some', expected a quota id"),
    "not a window": (
        ("window_start: 2011-02-05", "window_start: 2011-02-06"),
        "not the first day of a window of quota 'all'",
    ),
    "no such day": (
        ("stated_on: 2023-05-15", "stated_on: 2023-04-31"),
        "found 2023-04-31, there is no such day",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_does_not_fit_the_pack_is_refused_with_its_line(case: str) -> None:
    (old, new), message = REFUSED[case]
    assert old in TEXT
    with pytest.raises(PackError) as refused:
        load_published(TEXT.replace(old, new, 1), where="published.yaml", pack=PACK)
    assert message in str(refused.value)
    assert str(refused.value).startswith("published.yaml:")
