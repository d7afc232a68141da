"""The packaged agreement and the numbers that its parties published."""

from datetime import date

import pytest

from counterseal.declarations.aggregate import AggregateDeclaration, DeclaredAs, declared_as
from counterseal.declarations.aggregate_difference import compare_aggregates
from counterseal.declarations.closure import check_closure
from counterseal.declarations.document import read_declaration_json, write_declaration_json
from counterseal.declarations.errors import DeclarationError
from counterseal.declarations.itemised import ItemisedDeclaration
from counterseal.declarations.reading import BreakdownSubject, read_declarations
from counterseal.declarations.table import read_aggregate_table, write_aggregate_table
from counterseal.terms.outcomes import KnownAs
from counterseal.treaty.load import packaged_pack
from shared_data import shared

PACK = packaged_pack("new-start")
SUSPENDED = date(2023, 3, 1)
BREAKDOWN_DATE = date(2020, 9, 1)


@pytest.fixture(scope="module")
def published() -> tuple[AggregateDeclaration, ...]:
    data = shared("new-start", "aggregates.csv").read_bytes()
    return read_aggregate_table(data, where="aggregates.csv", pack=PACK, until=SUSPENDED)


def one(published: tuple[AggregateDeclaration, ...], party: str, as_of: date) -> AggregateDeclaration:
    (found,) = [each for each in published if (each.party, each.as_of) == (party, as_of)]
    return found


def breakdown() -> ItemisedDeclaration:
    (found,) = read_declarations(
        shared("new-start", "us-breakdown-2020-09-01.csv").read_bytes(),
        where="us-breakdown-2020-09-01.csv",
        pack=PACK,
        breakdown_of=BreakdownSubject(party="US", as_of="2020-09-01"),
    )
    assert isinstance(found, ItemisedDeclaration)
    return found


def test_fifty_declarations_were_published_and_one_of_them_provides_nothing(
    published: tuple[AggregateDeclaration, ...],
) -> None:
    assert len(published) == 50
    withheld = [each for each in published if not each.is_provided]
    assert [(each.party, each.as_of, each.known_as) for each in withheld] == [
        ("RU", SUSPENDED, KnownAs.NOT_PROVIDED)
    ]
    assert set(dict(withheld[0].figures).values()) == {None}
    assert one(published, "US", BREAKDOWN_DATE).figure("deployed_warheads") == 1457


def test_the_first_exchange_is_the_baseline(published: tuple[AggregateDeclaration, ...]) -> None:
    baseline = [each for each in published if declared_as(each, pack=PACK) is DeclaredAs.BASELINE]
    assert [(each.party, each.as_of) for each in baseline] == [
        ("US", date(2011, 2, 5)),
        ("RU", date(2011, 2, 5)),
    ]


def test_the_published_table_survives_both_forms(published: tuple[AggregateDeclaration, ...]) -> None:
    table = write_aggregate_table(published, pack=PACK)
    assert read_aggregate_table(table, where="t.csv", pack=PACK) == published
    document = write_declaration_json(published, treaty=PACK.id)
    assert read_declaration_json(document, where="d.json", pack=PACK) == published


def test_the_published_breakdown_closes_to_675_and_800(published: tuple[AggregateDeclaration, ...]) -> None:
    report = check_closure(breakdown(), one(published, "US", BREAKDOWN_DATE), pack=PACK)
    assert report.closes
    sums = {result.total_category: (result.lines_sum, result.difference) for result in report.results}
    assert sums == {
        "deployed_delivery_systems": (675, 0),
        "deployed_and_nondeployed_launchers": (800, 0),
    }
    assert "B-52H, heavy bombers equipped for non-nuclear armaments" in {
        line.name for line in report.not_used
    }


def test_one_launcher_fewer_no_longer_closes(published: tuple[AggregateDeclaration, ...]) -> None:
    report = check_closure(breakdown(), one(published, "US", date(2020, 9, 1)), pack=PACK)
    other = AggregateDeclaration(
        party=one(published, "US", BREAKDOWN_DATE).party,
        as_of=BREAKDOWN_DATE,
        figures=(
            ("deployed_delivery_systems", 674),
            ("deployed_warheads", 1457),
            ("deployed_and_nondeployed_launchers", 800),
        ),
        known_as=KnownAs.CONFIRMED,
        citation="changed for this test",
    )
    assert report.closes
    assert not check_closure(breakdown(), other, pack=PACK).closes


def test_published_figures_change_without_published_notifications(
    published: tuple[AggregateDeclaration, ...],
) -> None:
    older, newer = one(published, "US", date(2020, 3, 1)), one(published, "US", BREAKDOWN_DATE)
    difference = compare_aggregates(older, newer, pack=PACK, by_update_only=("deployed_warheads",))
    assert [(change.subject, change.change) for change in difference.changes] == [
        ("deployed_delivery_systems", 20),
        ("deployed_warheads", 84),
    ]
    assert [change.subject for change in difference.open_questions] == ["deployed_delivery_systems"]


def test_no_data_were_asked_for_on_another_day() -> None:
    table = (
        "as_of,party,deployed_delivery_systems,deployed_warheads,deployed_and_nondeployed_launchers,status,source\n"
        "2020-09-02,US,1,2,3,confirmed,nowhere\n"
    )
    with pytest.raises(DeclarationError, match="nearest dates asked for: 2020-09-01 and 2021-03-01"):
        read_aggregate_table(table.encode(), where="t.csv", pack=PACK)
