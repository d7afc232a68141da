"""Aggregate declarations, their states, and supplements that never overwrite."""

from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest

from counterseal.declarations.aggregate import AggregateDeclaration, DeclaredAs, declared_as
from counterseal.declarations.errors import DeclarationError
from counterseal.declarations.lifecycle import (
    LockedDeclaration,
    WorkingDeclaration,
    current_figures,
    supplement,
)
from counterseal.terms.outcomes import KnownAs
from declarations.fictional import BASELINE, BEL, PACK, SECOND, aggregate


@pytest.mark.parametrize("figure", [-1, 2**53, 1.0, True, "7"])
def test_a_figure_is_a_whole_number_from_0_to_2_to_the_53_minus_1(figure: Any) -> None:
    with pytest.raises(DeclarationError, match="ARD 2030-08-01/vessels: count "):
        replace(aggregate(), figures=(("vessels", figure),))


def test_a_category_is_stated_once() -> None:
    with pytest.raises(DeclarationError, match="stated twice"):
        replace(aggregate(), figures=(("vessels", 1), ("vessels", 1)))


def test_not_provided_is_never_zero() -> None:
    nothing = aggregate(vessels=None, launchers=None, known_as=KnownAs.NOT_PROVIDED)
    nil = aggregate(vessels=0, launchers=0)
    partial = aggregate(vessels=None, launchers=0)
    assert declared_as(nothing, pack=PACK) is DeclaredAs.NOT_PROVIDED
    assert declared_as(nil, pack=PACK) is DeclaredAs.NIL
    assert not nothing.is_nil
    assert (partial.is_partial, partial.is_nil, nil.is_partial, nothing.is_partial) == (
        True,
        False,
        False,
        False,
    )
    assert nothing.figure("vessels") is None
    assert nil.figure("vessels") == 0


def test_the_standing_says_not_provided_exactly_where_nothing_was() -> None:
    with pytest.raises(DeclarationError, match="figures are given"):
        aggregate(known_as=KnownAs.NOT_PROVIDED)
    with pytest.raises(DeclarationError, match="no figure is given"):
        aggregate(vessels=None, launchers=None)


def test_the_first_declaration_is_the_baseline_and_the_others_are_periodic() -> None:
    assert declared_as(aggregate(as_of=BASELINE), pack=PACK) is DeclaredAs.BASELINE
    assert declared_as(aggregate(), pack=PACK) is DeclaredAs.PERIODIC


@pytest.mark.parametrize("citation", ["", " ", "two\nlines", "a\u202eb", "x" * 1001, "bell\x07"])
def test_a_citation_is_one_line_of_plain_text(citation: str) -> None:
    with pytest.raises(DeclarationError, match="citation"):
        replace(aggregate(), citation=citation)


def test_a_working_declaration_may_change_and_a_locked_one_may_not() -> None:
    working = WorkingDeclaration(content=aggregate())
    amended = working.amend(figures=(("vessels", 6), ("launchers", 9)), known_as=KnownAs.CONFIRMED)
    locked = amended.lock(declaration_id="d1")
    assert (amended.content.figure("vessels"), working.content.figure("vessels")) == (6, 5)
    assert not hasattr(locked, "amend")


def _chain() -> tuple[LockedDeclaration, LockedDeclaration, LockedDeclaration]:
    original = WorkingDeclaration(content=aggregate()).lock(declaration_id="d1")
    first = supplement(original, content=aggregate(vessels=6, launchers=None)).lock(declaration_id="d2")
    second = supplement(first, content=aggregate(vessels=None, launchers=8, known_as=KnownAs.RECALLED)).lock(
        declaration_id="d3"
    )
    return original, first, second


def test_a_supplement_stands_beside_what_it_corrects_in_any_order_of_arrival() -> None:
    answers = {current_figures(order) for order in permutations(_chain())}
    assert len(answers) == 1
    (chain,) = answers.pop()
    assert [each.declaration_id for each in chain.declarations] == ["d1", "d2", "d3"]
    assert chain.declarations[0].content == aggregate()
    assert [(each.category, each.figure, each.stated_by) for each in chain.current] == [
        ("vessels", 6, "d2"),
        ("launchers", 8, "d3"),
    ]
    assert chain.known_as is KnownAs.RECALLED


def test_a_supplement_of_what_is_not_known_is_refused() -> None:
    original, _, second = _chain()
    with pytest.raises(DeclarationError, match="supplements 'd2', which is not known"):
        current_figures((original, second))


@pytest.mark.parametrize("content", [aggregate(party=BEL), aggregate(as_of=SECOND)])
def test_a_supplement_is_of_the_same_party_and_date(content: AggregateDeclaration) -> None:
    original = _chain()[0]
    with pytest.raises(DeclarationError, match="party and date must be the same"):
        supplement(original, content=content)
    forged = LockedDeclaration(declaration_id="d9", content=content, supplements="d1")
    with pytest.raises(DeclarationError, match="party and date must be the same"):
        current_figures((original, forged))


def test_a_chain_has_no_fork_no_circle_and_one_beginning() -> None:
    original, first, second = _chain()
    with pytest.raises(DeclarationError, match="must refer to the last of its chain"):
        current_figures((original, first, replace(second, supplements="d1")))
    with pytest.raises(DeclarationError, match="in a circle"):
        current_figures((replace(first, supplements="d3"), second))
    with pytest.raises(DeclarationError, match="must be its supplement"):
        current_figures((original, replace(first, supplements=None)))
    with pytest.raises(DeclarationError, match="stands twice"):
        current_figures((original, original))
    with pytest.raises(DeclarationError, match="cannot supplement itself"):
        replace(original, supplements="d1")
