"""Words from outside stay words; missing figures never stop a report."""

from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.report.page import read_page
from app.report.report_world import record_view, report_input, rich_facts
from counterseal.app.report.build import build_report, mark_days
from counterseal.app.report.rows import LISTED_ROWS
from counterseal.assessment.finding import Finding
from counterseal.terms.outcomes import KnownAs, Outcome

ATTACK = "</style></title><script>alert(1)</script><img src=x onerror=\"alert('2')\">{{ 7*7 }}&lt;"


def test_markup_in_names_citations_and_statements_is_shown_and_never_run() -> None:
    plain = report_input()
    base = rich_facts()
    pack = replace(
        plain.pack,
        title=ATTACK,
        short_title=ATTACK,
        parties=tuple(replace(party, name=ATTACK) for party in plain.pack.parties),
        categories=tuple(replace(kind, name=ATTACK, unit=ATTACK) for kind in plain.pack.categories),
        clocks=tuple(replace(clock, title=ATTACK) for clock in plain.pack.clocks),
        notes=(ATTACK,),
    )
    facts = replace(
        base,
        declared=tuple(replace(row, citation=ATTACK) for row in base.declared),
        assertions=tuple(replace(held, text=ATTACK) for held in base.assertions),
    )
    findings = tuple(
        replace(finding, reasons=(ATTACK,), unit=ATTACK, clause=ATTACK, check=ATTACK)
        for finding in plain.findings
    )
    records = tuple(
        record_view(record.record_id, title=ATTACK, kind=ATTACK, statement={ATTACK: [ATTACK]})
        for record in plain.records
    )
    hostile = replace(
        plain,
        pack=pack,
        facts=facts,
        findings=findings,
        records=records,
        convention=ATTACK,
        generated_by=ATTACK,
        trust_fingerprint=ATTACK,
    )
    html = build_report(hostile)
    page = read_page(html)
    assert page.misnested == []
    assert not {"script", "img"} & set(page.tags)
    assert "<script" not in html
    assert "49" not in page.text.split("alert")[1][:80]
    assert ATTACK in page.text


def test_dates_are_marked_without_letting_markup_through() -> None:
    assert mark_days("<b>2031-02-01</b>") == "&lt;b&gt;<time>2031-02-01</time>&lt;/b&gt;"


_TEXT = st.text(min_size=1, max_size=20).filter(str.strip)
_COUNT = st.none() | st.integers(min_value=0, max_value=10**9)


@st.composite
def _findings(draw: st.DrawFn) -> tuple[Finding, ...]:
    plain = report_input().findings
    chosen = draw(st.lists(st.sampled_from(plain), max_size=6, unique_by=lambda finding: finding.id))
    return tuple(
        replace(
            finding,
            figure=draw(_COUNT),
            limit=draw(_COUNT),
            outcome=draw(st.sampled_from(Outcome)),
            known_as=draw(st.sampled_from(KnownAs)),
            reasons=tuple(draw(st.lists(_TEXT, min_size=1, max_size=3))),
            records=draw(st.sampled_from([(), finding.records, ("0" * 64,)])),
        )
        for finding in chosen
    )


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(_findings(), st.booleans())
def test_no_finding_stops_a_report(findings: tuple[Finding, ...], keep_facts: bool) -> None:
    plain = report_input()
    facts = plain.facts if keep_facts else replace(plain.facts, declared=())
    page = read_page(build_report(replace(plain, findings=findings, facts=facts)))
    assert page.misnested == []
    shown = [name for name in page.ids if name.startswith("f-")]
    assert len(shown) == len(findings)


def test_many_findings_alike_are_shown_by_kind_first() -> None:
    plain = report_input()
    model = next(finding for finding in plain.findings if finding.outcome is Outcome.OPEN_QUESTION)
    many = tuple(
        replace(model, id=f"{model.id}-{number}", reasons=(f"No figure for day {number}.",))
        for number in range(LISTED_ROWS + 1)
    )
    html = build_report(replace(plain, findings=many))
    look = html[html.index('id="look"') : html.index('id="limits"')]
    assert look.count("<tr>") == 2
    assert f'class="count">{LISTED_ROWS + 1}<' in look
    assert all(f'id="f-{finding.id}"' in html for finding in many)
