"""What a treaty lets measurements disclose: no protocol gives itself more, at any step, on the days on which it binds."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from assessment.fictional import ARD, BEL
from counterseal.app.cli.barrier_papers_view import treaty_json, treaty_lines
from counterseal.barrier.attribute_table import ATTRIBUTES
from counterseal.barrier.protocol import Protocol
from counterseal.services.measurement import MeasurementRefusedError, propose_protocol
from counterseal.services.measurement_check import check_measurements
from counterseal.services.measurement_run import agree_to_outcome, ready_attempt
from counterseal.services.measurement_treaty import NO_BUDGET, treaty_budgets, treaty_problems
from counterseal.treaty.pack import ANY_ATTRIBUTE, DisclosureBudget, Pack
from counterseal.treaty.packaged import packaged_schema
from strategies.measuring import Site, agreed_protocol, held, reasons
from strategies.worlds import START

DAY = START.date()


def budget(**changes: Any) -> DisclosureBudget:
    """Return a budget of four bits for any measurement, over the year of the tests."""
    whole: dict[str, Any] = {
        "id": "budget-any",
        "clause": "9",
        "attribute": ANY_ATTRIBUTE,
        "millibits": 4_000,
        "binds_from": date(2030, 1, 10),
        "binds_until": date(2030, 12, 31),
        "citation": "text",
    }
    return DisclosureBudget(**(whole | changes))


def with_budgets(site: Site, *budgets: DisclosureBudget) -> Pack:
    """Both parties' nodes have the treaty with these budgets."""
    pack = replace(site.world.nodes[ARD].pack, disclosure_budgets=budgets)
    for party in (ARD, BEL):
        site.world.nodes[party].pack = pack
    return pack


@pytest.fixture
def site() -> Site:
    return Site()


def bits_of(number: object) -> Protocol:
    return agreed_protocol(answer={"no_decision": "shown", "budget_bits": number})


def problems(rule: DisclosureBudget, protocol: Protocol, day: date = DAY) -> list[str]:
    pack = replace(Site().world.nodes[ARD].pack, disclosure_budgets=(rule,))
    return list(treaty_problems(pack, protocol, day=day))


@pytest.mark.parametrize(
    ("own", "treaty", "within"),
    [(4, 4_000, True), ("4.001", 4_000, False), ("3.999", 4_000, True), (6, 4_000, False)],
)
def test_a_protocol_may_have_as_many_bits_as_the_treaty_lets_it_and_no_more(
    own: object, treaty: int, within: bool
) -> None:
    assert (not problems(budget(millibits=treaty), bits_of(own))) is within


def test_a_refusal_names_place_rule_clause_figures_and_day() -> None:
    (said,) = problems(budget(), bits_of(6))
    assert said == (
        "answer.budget_bits: found 6.000; budget-any of the treaty pack (clause 9) lets an item give away at "
        "most 4.000 bits by any measurement, on 2030-01-10"
    )


@pytest.mark.parametrize(
    ("day", "binds"),
    [
        (date(2030, 1, 9), False),
        (date(2030, 1, 10), True),
        (date(2030, 12, 31), True),
        (date(2031, 1, 1), False),
    ],
)
def test_outside_its_days_a_budget_is_not_applicable(day: date, binds: bool) -> None:
    pack = replace(Site().world.nodes[ARD].pack, disclosure_budgets=(budget(),))
    (found,) = treaty_budgets(pack, bits_of(6), day=day)
    assert found.held is (False if binds else None)
    assert bool(problems(budget(), bits_of(6), day)) is binds
    assert (" not applicable" in "".join(treaty_lines(treaty_json(pack, bits_of(6), day=day)))) is not binds


def test_a_budget_of_an_attribute_is_about_protocols_that_ask_for_it() -> None:
    assert problems(budget(attribute="plutonium-presence"), bits_of(6))
    assert not problems(budget(attribute="symmetry"), bits_of(6))


def test_a_pack_can_name_every_attribute_there_is_and_no_other() -> None:
    entry = packaged_schema("pack-1.json")["properties"]["disclosure_budgets"]["items"]["properties"]
    assert set(entry["attribute"]["enum"]) == {ANY_ATTRIBUTE, *ATTRIBUTES}


def test_every_step_at_a_node_is_refused_above_it_and_nothing_is_begun(site: Site) -> None:
    made = site.agreed(bits_of(6))
    opened = site.open(made)
    site.carry()
    why = "protocol [0-9a-f]{16}: answer.budget_bits: found 6.000; budget-any of the treaty pack"
    with_budgets(site, budget())
    with pytest.raises(MeasurementRefusedError, match=why):
        propose_protocol(site.desk(ARD), bits_of(5 + 1))
    with pytest.raises(MeasurementRefusedError, match=why):
        site.open(made, item="A-2")
    with pytest.raises(MeasurementRefusedError, match=why):
        site.join(opened)
    with_budgets(site)
    joined = site.join(opened)
    site.carry()
    site.agree(ARD, joined.record)
    with_budgets(site, budget())
    kept = dict(site.drawers[ARD].kept)
    with pytest.raises(MeasurementRefusedError, match=why):
        ready_attempt(site.desk(ARD), joined.attempt, inspector_parts=joined.parts)
    assert site.room.ran == []
    assert site.drawers[ARD].kept == kept


def test_within_it_everything_goes_on_and_the_check_says_that_it_holds(site: Site) -> None:
    pack = with_budgets(site, budget())
    made = site.agreed(bits_of(4))
    joined = site.countersigned(made)
    site.run(joined)
    site.carry()
    agree_to_outcome(site.desk(BEL), joined.attempt)
    site.carry()
    report = check_measurements(site.book(ARD), pack=pack)
    assert report.accepted
    assert held(report)["treaty-budget"] is True


def test_a_third_party_sees_a_protocol_that_gave_itself_too_much(site: Site) -> None:
    site.measured(site.agreed(bits_of(6)))
    pack = with_budgets(site, budget())
    report = check_measurements(site.book(ARD), pack=pack)
    assert held(report)["treaty-budget"] is False
    assert "item A-1, attempt 1: answer.budget_bits: found 6.000" in reasons(report, "treaty-budget")
    assert not report.accepted


def test_where_no_budget_binds_or_there_is_none_the_protocols_own_holds_and_that_is_said(site: Site) -> None:
    site.measured(site.agreed(bits_of(6)))
    early = replace(site.world.nodes[ARD].pack, disclosure_budgets=(budget(binds_from=date(2030, 6, 1)),))
    for pack, why in (
        (early, "not applicable: no budget of the treaty pack binds on the day of an attempt"),
        (site.world.nodes[ARD].pack, NO_BUDGET),
        (None, "there is no treaty pack here"),
    ):
        report = check_measurements(site.book(ARD), pack=pack)
        assert held(report)["treaty-budget"] is None
        assert why in reasons(report, "treaty-budget")
        assert report.accepted
    said = treaty_json(site.world.nodes[ARD].pack, bits_of(6), day=DAY)
    assert NO_BUDGET in "".join(treaty_lines(said))
    assert "with --node" in "".join(treaty_lines(None))
