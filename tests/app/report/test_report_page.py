"""The page as a reader relies on it: whole, self-contained, linked, the same bytes each time."""

import re
from dataclasses import replace
from itertools import pairwise

import pytest

from app.report.page import read_page
from app.report.report_world import record_view, report_input, three_parties
from counterseal.app.report.build import build_report
from counterseal.app.report.errors import ReportError
from counterseal.app.report.links import record_anchor
from counterseal.app.report.model import ReportInput
from counterseal.terms.outcomes import Outcome


@pytest.fixture(scope="module")
def given() -> ReportInput:
    return report_input()


@pytest.fixture(scope="module")
def html(given: ReportInput) -> str:
    return build_report(given)


def test_same_input_gives_same_bytes(given: ReportInput, html: str) -> None:
    assert build_report(given).encode() == html.encode()
    assert "\r" not in html


def test_tags_close_and_no_anchor_stands_twice(html: str) -> None:
    page = read_page(html)
    assert page.misnested == []
    assert len(page.ids) == len(set(page.ids))


def test_every_link_stays_on_the_page_and_leads_somewhere(html: str) -> None:
    page = read_page(html)
    assert [href for href in page.hrefs if not href.startswith("#") and href != "data:,"] == []
    assert {href[1:] for href in page.hrefs if href.startswith("#")} <= set(page.ids)


def test_every_record_of_every_finding_has_its_proof_on_the_page(given: ReportInput, html: str) -> None:
    page = read_page(html)
    for finding in given.findings:
        for record in finding.records:
            assert record_anchor(record) == f"r-{record[:16]}"
            assert record_anchor(record) in page.ids
            assert f"#{record_anchor(record)}" in page.hrefs
            assert record in page.text
    assert given.records[0].proof[0] in page.text


def test_a_record_that_was_not_given_is_named_without_a_link(given: ReportInput) -> None:
    missing = given.records[0].record_id
    page = read_page(build_report(replace(given, records=given.records[1:])))
    assert f"#{record_anchor(missing)}" not in page.hrefs
    assert "(not here)" in page.text


def test_nothing_leaves_the_page(html: str) -> None:
    page = read_page(html)
    assert not {"script", "img", "iframe", "object", "embed", "form", "base"} & set(page.tags)
    assert re.search(r"""(?:src|href|action|url\()\s*=?\s*["']?\s*(?:https?:)?//""", html) is None
    assert "@import" not in html
    assert "url(" not in html
    assert "default-src 'none'; style-src 'unsafe-inline'; img-src data:" in html
    assert re.search(r"\son\w+\s*=", html) is None
    assert re.search(r"<[^>]+\sstyle=", html) is None


def test_headings_never_skip_a_level_and_there_is_one_title(html: str) -> None:
    page = read_page(html)
    assert page.headings.count(1) == 1
    assert page.headings[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(page.headings))


def test_a_reader_without_sight_or_mouse_finds_the_way(html: str) -> None:
    assert '<html lang="en"' in html
    assert '<a class="skip" href="#main">' in html
    assert re.search(r"<th(?![^>]*scope=)[ >]", html) is None
    assert html.count("<table") == html.count("<caption")


def test_every_finding_is_in_the_table_with_clause_reading_and_reasons(given: ReportInput, html: str) -> None:
    text = " ".join(read_page(html).text.split())
    for finding in given.findings:
        assert finding.id in text
        assert all(" ".join(reason.split()) in text for reason in finding.reasons)


def test_what_to_look_at_comes_first_and_leads_into_the_full_table(given: ReportInput, html: str) -> None:
    outcomes = {finding.outcome for finding in given.findings}
    assert {Outcome.EXCEEDS, Outcome.DISPUTED, Outcome.NOT_PROVIDED, Outcome.OVERDUE} <= outcomes
    first = html[html.index('id="look"') : html.index('id="limits"')]
    places = [first.index(f'class="chip {name}"') for name in ("o-exceeds", "o-disputed", "o-overdue")]
    assert places == sorted(places)
    exceeding = next(found for found in given.findings if found.outcome is Outcome.EXCEEDS)
    assert f'href="#f-{exceeding.id}"' in first
    assert exceeding.reasons[0].split(":", maxsplit=1)[0] in re.sub(r"</?time>", "", first)


def test_the_dispute_shows_both_readings_and_how_the_count_adds_up(html: str) -> None:
    section = html[html.index('id="disputes"') : html.index('id="clocks"')]
    for words in ("Training pits count.", "Training pits do not count.", "converted launchers", "+56", "+4"):
        assert words in section
    assert re.search(r"as BEL counts</th><td class=\"count\">560<", section)
    for reading in ("ARD.ARD.launchers-500", "ARD.BEL.launchers-500", "ARD.BEL.launchers-500-readings"):
        assert f'href="#f-2031-02-01.{reading}"' in section
    assert "Holds in the reading of" in section
    assert "The figures are withheld as a countermeasure" in section


def test_the_clocks_say_what_was_due_and_what_is_known_of_when_it_came(html: str) -> None:
    section = html[html.index('id="clocks"') : html.index('id="quotas"')]
    assert "Every declaration is replayed at noon on its due date." in section
    assert '<time datetime="2030-02-24">' in section
    assert "no source gives the date of receipt" in section
    assert "published by its declarant; not provided in exchange" in section
    assert "Open question, 2031-08-01." in section
    assert "its events are not on the record" in section


def test_the_quotas_tell_known_from_unknown_and_show_the_pause_as_published(html: str) -> None:
    section = html[html.index('id="quotas"') : html.index('id="unknown"')]
    assert "6 of 10" in section
    assert "not known" in section
    assert "2031-03 to <time>2031-06-01</time>" in section


def test_what_is_not_known_and_how_to_verify_are_said(html: str) -> None:
    text = read_page(html).text
    assert "Nobody knows the depth of the lake." in text
    assert "The replay has keys of its own." in text
    assert "python verify_bundle.py bundle --trust SHA256:both" in text
    assert "SHA256:ard" in text
    assert "counterseal 9.9.9" in text


def test_three_parties_have_three_shapes_and_no_party_is_left_out() -> None:
    page = read_page(build_report(three_parties()))
    for legend in ("Ardania: ARD, circle", "Belmar: BEL, square", "Carvia: CAR, triangle"):
        assert legend in page.text


def test_a_report_about_nothing_is_still_a_page(given: ReportInput) -> None:
    empty = replace(
        given,
        facts=type(given.facts)(until=given.facts.until),
        findings=(),
        records=(),
        heads=(),
        fingerprints=(),
        convention="",
    )
    page = read_page(build_report(empty))
    assert page.misnested == []
    assert "There is no finding." in page.text


def test_a_withheld_statement_is_said_to_be_withheld(given: ReportInput) -> None:
    bare = record_view(given.records[0].record_id, statement={}, proof=(), cosigners=())
    text = read_page(build_report(replace(given, records=(bare, *given.records[1:])))).text
    assert "The statement is withheld from this page" in text
    assert "the leaf hash is the root" in text


def test_one_id_names_one_finding(given: ReportInput) -> None:
    with pytest.raises(ReportError, match="given twice"):
        replace(given, findings=(given.findings[0], given.findings[0]))
