"""Whether a breakdown adds up to the declared totals."""

import pytest

from counterseal.declarations.aggregate import AggregateDeclaration
from counterseal.declarations.closure import ClosureOutcome, check_closure
from counterseal.declarations.errors import DeclarationError
from counterseal.terms.outcomes import KnownAs
from declarations.fictional import BEL, PACK, SECOND, aggregate, itemised, line

BREAKDOWN = itemised(
    line("vessels at sea", count=3),
    line("vessels in port", count=1),
    line("vessels in port", "Stork", count=1),
    line("launchers", "Reed", count=9),
    line("test launchers", "Reed", count=0),
    line("museum pieces", "Reed", count=2),
)


def test_a_breakdown_that_adds_up_closes_and_says_which_lines_it_used() -> None:
    report = check_closure(BREAKDOWN, aggregate(vessels=5, launchers=9), pack=PACK)
    assert report.closes
    assert [(each.lines_sum, each.declared_total, each.difference) for each in report.results] == [
        (5, 5, 0),
        (9, 9, 0),
    ]
    assert [each.name for each in report.results[0].used] == [
        "Heron, vessels at sea",
        "Heron, vessels in port",
        "Stork, vessels in port",
    ]
    assert [each.name for each in report.not_used] == ["Reed, museum pieces"]


@pytest.mark.parametrize(("total", "difference"), [(4, 1), (6, -1)])
def test_one_item_more_or_fewer_does_not_close(total: int, difference: int) -> None:
    report = check_closure(BREAKDOWN, aggregate(vessels=total), pack=PACK)
    assert (report.closes, report.results[0].outcome, report.results[0].difference) == (
        False,
        ClosureOutcome.DIFFERS,
        difference,
    )


def test_a_category_without_a_line_is_not_read_as_nil() -> None:
    report = check_closure(itemised(line(count=5), line("launchers", count=9)), aggregate(), pack=PACK)
    assert [(each.outcome, each.missing) for each in report.results] == [
        (ClosureOutcome.INCOMPLETE, ("vessels in port",)),
        (ClosureOutcome.INCOMPLETE, ("test launchers",)),
    ]
    assert not report.closes


def test_there_is_nothing_to_close_to_where_no_total_was_provided() -> None:
    totals = aggregate(vessels=None, launchers=None, known_as=KnownAs.NOT_PROVIDED)
    report = check_closure(BREAKDOWN, totals, pack=PACK)
    assert {each.outcome for each in report.results} == {ClosureOutcome.NO_TOTAL}
    assert {each.difference for each in report.results} == {None}
    assert not report.closes


@pytest.mark.parametrize("totals", [aggregate(party=BEL), aggregate(as_of=SECOND)])
def test_totals_of_another_party_or_date_are_refused(totals: AggregateDeclaration) -> None:
    with pytest.raises(DeclarationError, match="cannot be closed against"):
        check_closure(BREAKDOWN, totals, pack=PACK)
