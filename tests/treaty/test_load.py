"""Packs: what loads, and what is refused, with line and rule."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from counterseal.terms.outcomes import KnownAs
from counterseal.treaty.errors import PackError
from counterseal.treaty.load import load_pack, packaged_names, packaged_pack, packaged_pack_text
from counterseal.treaty.pack import Pack
from counterseal.treaty.packaged import packaged_schema
from counterseal.treaty.template import new_pack_files

TEMPLATE = dict(new_pack_files("my-treaty"))["pack.yaml"].decode()


def refused(text: str) -> str:
    with pytest.raises(PackError) as error:
        load_pack(text, where="pack.yaml")
    return str(error.value)


def changed(old: str, new: str) -> str:
    assert old in TEMPLATE, old
    return TEMPLATE.replace(old, new, 1)


def line_with(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


def test_new_start_says_what_the_treaty_says() -> None:
    pack = packaged_pack("new-start")
    assert pack.states == ("US", "RU")
    assert pack.life.in_force == date(2011, 2, 5)
    assert pack.life.expires == date(2026, 2, 4)
    assert [(limit.id, limit.clause, limit.value) for limit in pack.limits] == [
        ("limit-deployed", "II.1(a)", 700),
        ("limit-warheads", "II.1(b)", 1550),
        ("limit-launchers", "II.1(c)", 800),
    ]
    assert {(quota.id, quota.value) for quota in pack.quotas} == {
        ("type-one", 10),
        ("type-two", 8),
        ("all", 18),
    }


def test_limits_bind_from_their_first_day_to_their_last() -> None:
    limit = packaged_pack("new-start").limit("limit-warheads")
    days = (date(2018, 2, 4), date(2018, 2, 5), date(2026, 2, 4), date(2026, 2, 5))
    assert [limit.binds_on(day) for day in days] == [False, True, True, False]


def test_the_suspension_is_a_state_in_one_reading_alone_and_leaves_the_limits() -> None:
    (change,) = packaged_pack("new-start").status_changes
    assert (change.by, change.from_date, change.in_reading_of) == ("RU", date(2023, 2, 28), ("RU",))
    assert set(change.covers) == {"declarations", "notifications", "inspections"}


def test_the_dispute_keeps_both_readings_and_one_stated_count() -> None:
    (held,) = packaged_pack("new-start").interpretations
    (stated,) = held.stated
    assert (held.by, held.about, held.limit, held.status) == ("RU", "US", "limit-launchers", "contested")
    assert stated.as_of == date(2022, 3, 1)
    assert [count for _, count in stated.additions] == [56, 41, 4]
    assert stated.declared_figure + sum(count for _, count in stated.additions) == 901
    assert held.reading
    assert held.contrary_reading


def test_what_is_recalled_says_so_and_no_article_poses_as_authentic() -> None:
    pack = packaged_pack("new-start")
    assert pack.cited("treaty-text").known_as is KnownAs.RECALLED
    assert not any(article.authentic for article in pack.articles)
    assert any("recalled" in note for note in pack.notes)


def test_a_pause_without_a_published_day_shows_its_month() -> None:
    (pause,) = packaged_pack("new-start").pauses
    assert (pause.began, pause.from_date) == ("2020-03", date(2020, 3, 31))


def test_packaged_packs_are_named_after_their_folder() -> None:
    assert packaged_names()
    for name in packaged_names():
        assert packaged_pack(name).id == name
        assert load_pack(packaged_pack_text(name), where=name) == packaged_pack(name)


def test_an_unknown_name_lists_what_there_is() -> None:
    with pytest.raises(PackError, match="no packaged treaty 'no-such'; there is new-start"):
        packaged_pack("no-such")


INCOHERENT = {
    "citation": (("citation: treaty-text", "citation: nowhere"), "found 'nowhere', expected a citation key"),
    "clause": (
        ('id: limit-widgets\n    clause: "1"', 'id: limit-widgets\n    clause: "9"'),
        "limits[0].clause: found '9', expected a clause of an article",
    ),
    "category": (
        ("category: widgets\n    value", "category: gadgets\n    value"),
        "found 'gadgets', expected a category",
    ),
    "total": (("total: widgets", "total: gadgets"), "closures[0].total: found 'gadgets'"),
    "party": (
        ("owed_by: [ALFA, BRAVO]", "owed_by: [ALFA, CHARLIE]"),
        "clocks[0].owed_by[1]: found 'CHARLIE'",
    ),
    "owed to": (("owed_to: other-parties", "owed_to: CHARLIE"), "clocks[0].owed_to: found 'CHARLIE'"),
    "release": (("release: public", "release: secret"), "found 'secret', expected a release label"),
    "provides": (("provides: aggregate", "provides: nothing"), "expected a declaration or notification kind"),
    "clock id twice": (
        ("id: yearly-update", "id: baseline"),
        "rule id 'baseline' is used twice, first on line",
    ),
    "limit and quota share an id": (
        ("id: inspections-a-year", "id: limit-widgets"),
        "rule id 'limit-widgets' is used twice",
    ),
    "dispute ending": (
        ("id: closure-widgets", "id: limit-widgets-readings"),
        "is kept for findings of disputes",
    ),
    "party twice": (("code: BRAVO", "code: ALFA"), "party code 'ALFA' is used twice"),
    "clause twice": (('clause: "2"', 'clause: "1"'), "clause '1' is used twice"),
    "no such day": (("date: 2030-03-10", "date: 2030-02-30"), "found 2030-02-30, there is no such day"),
    "signed late": (("date: 2030-01-15", "date: 2031-01-15"), "must not be before signed (2031-01-15)"),
    "expires early": (("date: 2040-03-09", "date: 2029-03-09"), "must not be before in_force"),
    "binds too early": (
        ("binds_from: 2031-03-10", "binds_from: 2030-03-09"),
        "must not bind before entry into force",
    ),
    "binds backwards": (
        ("binds_until: 2040-03-09", "binds_until: 2031-03-09"),
        "must not be before binds_from",
    ),
    "binds too long": (
        ("binds_until: 2040-03-09", "binds_until: 2040-03-10"),
        "must not bind after the last day",
    ),
    "binds for ever": (
        ("    binds_until: 2040-03-09        # required here, because the agreement expires\n", ""),
        "binds_until is missing",
    ),
    "period of nothing": (
        ("    period_months: 12\n", ""),
        "period_months is missing, a periodic clock must have it",
    ),
    "period on day 31": (
        ("first_period_starts: 2030-04-01", "first_period_starts: 2030-05-31"),
        "must be on day 1 to 28",
    ),
    "periodic trigger": (
        ("trigger: period-end", "trigger: signature"),
        "a periodic clock runs from 'period-end'",
    ),
    "once trigger": (
        ("trigger: entry-into-force", "trigger: period-end"),
        "a clock that runs once starts from",
    ),
    "period on a once clock": (
        ("    as_of_trigger: true ", "    period_months: 6 "),
        "only a periodic clock has period_months",
    ),
}


@pytest.mark.parametrize("case", INCOHERENT)
def test_a_pack_that_does_not_hold_together_is_refused_with_line_and_rule(case: str) -> None:
    (old, new), message = INCOHERENT[case]
    text = changed(old, new)
    said = refused(text)
    assert message in said
    first = said.splitlines()[0]
    assert first.startswith("pack.yaml:")
    assert int(first.split(":")[1]) > 1


def test_the_line_named_is_the_line_of_the_mistake() -> None:
    text = changed("binds_from: 2031-03-10", "binds_from: 2029-01-01")
    assert refused(text).startswith(
        f"pack.yaml:{line_with(text, 'binds_from: 2029')}:17: limits[0].binds_from:"
    )


def test_an_interpretation_is_about_another_state_and_inside_its_dates() -> None:
    entry = """interpretations:
  - id: own
    by: ALFA
    about: ALFA
    limit: limit-widgets
    since: 2031-03-10
    reading: a
    contrary_reading: b
    status: contested
    citation: treaty-text
    stated:
      - {as_of: 2030-04-01, declared_figure: 1, additions: [{what: x, count: 1}], text: t, citation: treaty-text}
"""
    said = refused(changed("interpretations: []\n", entry))
    assert "an interpretation is about another State than 'by'" in said
    assert "found 2030-04-01, the interpretation holds from 2031-03-10" in said


def test_an_agreement_without_a_last_day_needs_no_last_day_of_its_limits() -> None:
    text = changed("  expires: {date: 2040-03-09, citation: treaty-text}\n", "")
    pack = load_pack(text.replace("    binds_until: 2040-03-09", "    #", 1), where="pack.yaml")
    assert pack.life.expires is None
    assert pack.limits[0].binds_on(date(2999, 1, 1))


def mappings(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    if isinstance(value, dict):
        yield path
    children = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    for step, child in children:
        yield from mappings(child, (*path, step))


DATA: dict[str, Any] = yaml.load(packaged_pack_text("new-start"), Loader=yaml.BaseLoader)


@settings(deadline=None, max_examples=30)
@given(st.sampled_from(sorted(mappings(DATA), key=str)), st.sampled_from(["x-note", "Limits", "extra"]))
def test_an_unknown_key_is_refused_wherever_it_stands(path: tuple[str | int, ...], key: str) -> None:
    text = packaged_pack_text("new-start").decode()
    data = yaml.load(text, Loader=_Typed)
    spot = data
    for step in path:
        spot = spot[step]
    spot[key] = "x"
    with pytest.raises(PackError, match=f"unknown key '{key}'"):
        load_pack(yaml.safe_dump(data, allow_unicode=True, sort_keys=False), where="pack.yaml")


class _Typed(yaml.SafeLoader):
    """Reads dates as text, as the strict loader does."""


_Typed.yaml_implicit_resolvers = {
    first: [pair for pair in pairs if pair[0] != "tag:yaml.org,2002:timestamp"]
    for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


@pytest.mark.parametrize("name", ["pack-1.json", "published-1.json", "situations-1.json"])
def test_every_object_of_a_schema_refuses_unknown_keys_and_every_key_is_described(name: str) -> None:
    schema = packaged_schema(name)
    assert schema["$id"].endswith(name)
    for spot in _objects(schema):
        if "properties" in spot:
            assert spot["additionalProperties"] is False
            for key, entry in spot["properties"].items():
                assert "description" in entry or "$ref" in entry, key


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
    for child in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _objects(child)


def test_pack_is_a_value() -> None:
    pack: Pack = packaged_pack("new-start")
    assert hash(pack) == hash(load_pack(packaged_pack_text("new-start"), where="x"))


@pytest.mark.parametrize("name", ["pack-1.json", "published-1.json", "situations-1.json"])
def test_the_reference_page_names_every_key(name: str) -> None:
    page = (Path(__file__).parents[2] / "docs" / "reference" / "treaty-pack.md").read_text(encoding="utf-8")
    keys = {key for spot in _objects(packaged_schema(name)) for key in spot.get("properties", {})}
    assert {key for key in keys if f"`{key}`" not in page} == set()
