"""What changed between two declarations, and which notifications explain it."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterseal.declarations.aggregate_difference import compare_aggregates
from counterseal.declarations.difference import Change, ChangeKind, Difference, Standing
from counterseal.declarations.errors import DeclarationError
from counterseal.declarations.item_difference import compare_itemised
from counterseal.declarations.itemised import ItemisedDeclaration
from counterseal.declarations.notifications import Notification
from counterseal.terms.outcomes import KnownAs
from declarations.fictional import BEL, FIRST, PACK, SECOND, aggregate, effect, itemised, line, notice


def figures(
    vessels: tuple[int | None, int | None], *notices: Notification, **options: tuple[str, ...]
) -> Difference:
    older, newer = aggregate(vessels=vessels[0]), aggregate(vessels=vessels[1], as_of=SECOND)
    return compare_aggregates(older, newer, pack=PACK, notifications=notices, **options)


def items(older: ItemisedDeclaration, newer: ItemisedDeclaration, *notices: Notification) -> Difference:
    return compare_itemised(older, replace(newer, as_of=SECOND), notifications=notices)


def only(difference: Difference) -> Change:
    (change,) = difference.changes
    return change


def unused(difference: Difference) -> list[str]:
    return [each.id for each in difference.unused]


def test_a_changed_figure_is_explained_by_notifications_that_add_up_to_it() -> None:
    difference = figures((5, 7), notice("N1", effect(3)), notice("N2", effect(-1, "vessels in port")))
    change = only(difference)
    assert (change.kind, change.change, change.standing) == (ChangeKind.CHANGED, 2, Standing.EXPLAINED)
    assert change.notifications == ("N1", "N2")
    assert difference.open_questions == ()
    assert (difference.unchanged, unused(difference)) == (1, [])


def test_a_changed_figure_without_a_notification_is_an_open_question() -> None:
    change = only(figures((5, 7)))
    assert change.standing is Standing.OPEN_QUESTION
    assert change.reason == "No notification of the period speaks of it."


@pytest.mark.parametrize(
    ("change", "standing"),
    [(1, Standing.PARTLY_EXPLAINED), (3, Standing.OPEN_QUESTION), (-1, Standing.OPEN_QUESTION)],
)
def test_sums_must_match_exactly(change: int, standing: Standing) -> None:
    difference = figures((5, 7), notice("N1", effect(change)))
    assert only(difference).standing is standing
    assert len(difference.open_questions) == 1
    assert f"{change:+d}" in only(difference).reason


def test_notifications_that_the_figures_do_not_show_are_an_open_question() -> None:
    change = only(figures((5, 5), notice("N1", effect(-1))))
    assert (change.kind, change.standing) == (ChangeKind.NOTIFIED_ONLY, Standing.OPEN_QUESTION)
    assert figures((5, 5), notice("N1", effect(-1)), notice("N2", effect(1))).changes == ()


def test_a_notification_of_the_total_and_its_parts_counts_once() -> None:
    difference = figures((5, 6), notice("N1", effect(1), effect(1, "vessels", None)))
    assert only(difference).standing is Standing.EXPLAINED


@pytest.mark.parametrize(
    ("event_date", "standing"),
    [
        (FIRST, Standing.OPEN_QUESTION),
        (FIRST + timedelta(days=1), Standing.EXPLAINED),
        (SECOND, Standing.EXPLAINED),
        (SECOND + timedelta(days=1), Standing.OPEN_QUESTION),
    ],
)
def test_events_after_the_older_date_and_up_to_the_newer_one_explain(
    event_date: date, standing: Standing
) -> None:
    difference = figures((5, 6), notice("N1", effect(1), event_date=event_date))
    assert only(difference).standing is standing
    assert unused(difference) == ([] if standing is Standing.EXPLAINED else ["N1"])


def test_notifications_that_explain_nothing_are_listed_with_the_reason() -> None:
    difference = figures((5, 5), notice("N1", effect(1), party=BEL), notice("N2", effect(1, "museum pieces")))
    reasons = {each.id: each.reason for each in difference.unused}
    assert reasons["N1"] == "is of BEL, not of ARD"
    assert reasons["N2"] == "explains no change between the two declarations"


def test_a_figure_that_was_not_provided_is_not_a_change_of_a_number() -> None:
    change = only(figures((5, None)))
    assert (change.kind, change.change, change.newer) == (ChangeKind.NO_LONGER_PROVIDED, None, None)
    assert change.standing is Standing.OPEN_QUESTION
    assert only(figures((None, 0))).kind is ChangeKind.PROVIDED
    assert figures((None, None)).changes == ()


def test_no_notification_is_due_where_only_the_update_changes_a_figure() -> None:
    difference = figures((5, 7), by_update_only=("vessels",))
    assert only(difference).standing is Standing.NONE_DUE
    assert difference.open_questions == ()


def test_declarations_that_cannot_be_compared_are_refused() -> None:
    with pytest.raises(DeclarationError, match="cannot be compared"):
        compare_aggregates(aggregate(), aggregate(party=BEL), pack=PACK)
    with pytest.raises(DeclarationError, match="after the newer one"):
        compare_aggregates(aggregate(as_of=SECOND), aggregate(), pack=PACK)
    with pytest.raises(DeclarationError, match="N1: the identifier stands twice"):
        figures((5, 5), notice("N1", effect(1)), notice("N1", effect(-1)))


def test_items_are_matched_by_uid_as_new_removed_moved_and_changed() -> None:
    difference = items(
        itemised(
            line(uid="A", site="Bay"),
            line(uid="B", site="Bay"),
            line(uid="C", site="Bay"),
            line(uid="D", site="Bay", hull="steel"),
            line(uid="E", site="Bay"),
        ),
        itemised(
            line(uid="A", site="Bay"),
            line(uid="B", site="Cove"),
            line("vessels in port", uid="C", site="Bay"),
            line(uid="D", site="Bay", hull="wood"),
            line(uid="F", site="Bay"),
        ),
    )
    assert [(change.kind, change.subject.split("]")[0]) for change in difference.changes] == [
        (ChangeKind.NEW, "Heron [F"),
        (ChangeKind.REMOVED, "Heron [E"),
        (ChangeKind.MOVED, "Heron [B"),
        (ChangeKind.CHANGED, "Heron [C"),
        (ChangeKind.CHANGED, "Heron [D"),
    ]
    details = [change.details for change in difference.changes]
    assert details[2] == ("site: Bay → Cove",)
    assert details[3] == ("category: vessels at sea → vessels in port",)
    assert details[4] == ("attribute hull: steel → wood",)
    assert difference.unchanged == 1
    assert not any(change.proposed for change in difference.changes)
    assert len(difference.open_questions) == 5


def test_a_move_is_explained_by_leaving_here_and_arriving_there() -> None:
    older, newer = itemised(line(uid="A", site="Bay")), itemised(line(uid="A", site="Cove"))
    left, arrived = effect(-1, site="Bay", uid="A"), effect(1, site="Cove", uid="A")
    assert only(items(older, newer, notice("N1", left, arrived))).standing is Standing.EXPLAINED
    assert only(items(older, newer, notice("N1", left), notice("N2", arrived))).notifications == ("N1", "N2")
    assert only(items(older, newer, notice("N1", left))).standing is Standing.PARTLY_EXPLAINED
    elsewhere = effect(1, site="Delta", uid="A")
    assert only(items(older, newer, notice("N1", left, elsewhere))).standing is Standing.OPEN_QUESTION


def test_a_changed_attribute_is_explained_by_a_notification_of_the_item_without_a_count() -> None:
    older, newer = itemised(line(uid="A", hull="steel")), itemised(line(uid="A", hull="wood"))
    assert only(items(older, newer, notice("N1", effect(0, uid="A")))).standing is Standing.EXPLAINED
    assert only(items(older, newer, notice("N1", effect(0, uid="B")))).standing is Standing.OPEN_QUESTION


def test_lines_without_a_uid_are_matched_by_category_system_and_site() -> None:
    older, newer = itemised(line(count=3)), itemised(line(count=5))
    change = only(items(older, newer, notice("N1", effect(1, site="Bay", uid="X")), notice("N2", effect(1))))
    assert (change.kind, change.change, change.standing) == (ChangeKind.CHANGED, 2, Standing.EXPLAINED)


def test_a_vanished_and_an_appeared_line_are_proposed_as_a_move_to_be_confirmed() -> None:
    older = itemised(line(count=3, site="Bay"), line(count=1, site="Delta"))
    newer = itemised(line(count=3, site="Cove"), line(count=2, site="Delta"))
    moved = items(older, newer).changes[0]
    assert (moved.kind, moved.proposed, moved.details) == (ChangeKind.MOVED, True, ("site: Bay → Cove",))
    explained = items(older, newer, notice("N1", effect(-3, site="Bay"), effect(3, site="Cove"))).changes[0]
    assert (explained.proposed, explained.standing) == (True, Standing.EXPLAINED)


def test_other_counts_are_no_move() -> None:
    kinds = [
        change.kind
        for change in items(itemised(line(count=3, site="Bay")), itemised(line(count=2, site="Cove"))).changes
    ]
    assert kinds == [ChangeKind.NEW, ChangeKind.REMOVED]


def test_an_item_of_which_only_notifications_speak_is_an_open_question() -> None:
    same = itemised(line(uid="A"))
    arrived = notice("N1", effect(1, uid="X", site="Bay"))
    gone = notice("N2", effect(-1, uid="X", site="Bay"), event_date=SECOND)
    change = only(items(same, same, arrived))
    assert (change.kind, change.standing) == (ChangeKind.NOTIFIED_ONLY, Standing.OPEN_QUESTION)
    assert "Neither declaration has such a line." in change.reason
    assert items(same, same, arrived, gone).changes == ()
    assert only(items(same, same, notice("N3", effect(-1, uid="A")))).kind is ChangeKind.NOTIFIED_ONLY


def test_a_line_of_nil_needs_no_notification() -> None:
    older, newer = itemised(line(count=3)), itemised(line(count=3), line(system="Stork", count=0))
    change = only(items(older, newer))
    assert (change.kind, change.standing) == (ChangeKind.NEW, Standing.NONE_DUE)


SITES = ["Bay", "Cove", "Delta"]
CATEGORIES = ["vessels at sea", "vessels in port"]


@st.composite
def holdings(draw: st.DrawFn) -> ItemisedDeclaration:
    """Items with a uid, and at least one line without."""
    uids = draw(st.lists(st.sampled_from("ABCDEFGH"), unique=True))
    lines = [
        line(
            draw(st.sampled_from(CATEGORIES)),
            uid=uid,
            site=draw(st.sampled_from(SITES)),
            hull=draw(st.sampled_from("sw")),
        )
        for uid in uids
    ]
    sites = draw(st.lists(st.sampled_from(SITES), min_size=1, unique=True))
    return itemised(
        *lines, *(line(system="Stork", site=site, count=draw(st.integers(0, 4))) for site in sites)
    )


def notices_of(
    older: ItemisedDeclaration, newer: ItemisedDeclaration, *, days: list[int]
) -> list[Notification]:
    """Tell every line that went and every line that came, each in a notification of its own."""
    gone = [each for each in older.lines if each not in newer.lines]
    came = [each for each in newer.lines if each not in older.lines]
    signed = [(-1, each) for each in gone] + [(1, each) for each in came]
    return [
        notice(
            f"N{number}",
            effect(sign * each.count, each.category, each.system, site=each.site, uid=each.uid),
            event_date=FIRST + timedelta(days=days[number % len(days)]),
        )
        for number, (sign, each) in enumerate(signed)
    ]


@given(holdings())
def test_nothing_differs_from_itself(held: ItemisedDeclaration) -> None:
    difference = compare_itemised(held, held)
    assert (difference.changes, difference.unused, difference.unchanged) == ((), (), len(held.lines))


@given(holdings(), holdings(), st.lists(st.integers(1, 184), min_size=1))
def test_changes_that_were_all_notified_leave_no_open_question(
    older: ItemisedDeclaration, newer: ItemisedDeclaration, days: list[int]
) -> None:
    notices = notices_of(older, newer, days=days)
    difference = items(older, newer, *notices)
    assert difference.open_questions == ()
    assert items(older, newer, *reversed(notices)) == difference


@given(holdings(), holdings(), st.data())
def test_a_notification_that_is_missing_leaves_an_open_question(
    older: ItemisedDeclaration, newer: ItemisedDeclaration, data: st.DataObject
) -> None:
    notices = [each for each in notices_of(older, newer, days=[9]) if each.effects[0].change]
    if notices:
        notices.remove(data.draw(st.sampled_from(notices)))
        assert items(older, newer, *notices).open_questions != ()


@given(holdings(), holdings())
def test_every_item_is_in_one_change_or_unchanged(
    older: ItemisedDeclaration, newer: ItemisedDeclaration
) -> None:
    difference = items(older, newer)
    accounted = sum(
        (change.older_line is not None) + (change.newer_line is not None) for change in difference.changes
    )
    assert accounted + 2 * difference.unchanged == len(older.lines) + len(newer.lines)


@given(st.none() | st.integers(0, 9), st.none() | st.integers(0, 9))
def test_the_figures_of_a_declaration_do_not_differ_from_themselves(
    vessels: int | None, launchers: int | None
) -> None:
    known = KnownAs.NOT_PROVIDED if vessels is None and launchers is None else KnownAs.CONFIRMED
    declaration = aggregate(vessels=vessels, launchers=launchers, known_as=known)
    assert compare_aggregates(declaration, declaration, pack=PACK).changes == ()


@given(st.integers(0, 50), st.integers(0, 50), st.lists(st.integers(-9, 9), max_size=5))
def test_figures_are_explained_exactly_when_the_notified_changes_add_up(
    older: int, newer: int, changes: list[int]
) -> None:
    notices = [notice(f"N{number}", effect(change)) for number, change in enumerate(changes)]
    difference = figures((older, newer), *notices)
    assert (difference.open_questions == ()) == (sum(changes) == newer - older)
