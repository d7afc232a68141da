"""The plots: the limit from its day, how well a row is known, gaps as gaps, a contested count alone."""

import re
from dataclasses import replace
from datetime import date

import pytest

from app.report.report_world import MIDDLE, report_input, rich_facts, three_parties
from assessment.fictional import ARD, BEL, BINDS, LATER, SECOND, row
from counterseal.app.report.limits import LimitView, limit_views
from counterseal.app.report.links import RecordIndex
from counterseal.app.report.model import ReportInput
from counterseal.app.report.scale import NARROW, WIDE, TimeScale, count_scale
from counterseal.app.report.series import limit_series
from counterseal.assessment.facts import Channel


@pytest.fixture(scope="module")
def given() -> ReportInput:
    return report_input()


@pytest.fixture(scope="module")
def launchers(given: ReportInput) -> LimitView:
    return limit_views(given, index=RecordIndex.of(given.records))[0]


def test_the_limit_is_drawn_from_the_day_from_which_it_binds(
    given: ReportInput, launchers: LimitView
) -> None:
    series = limit_series(given, limit=given.pack.limits[0])
    time = TimeScale(frame=WIDE, first=series.first, last=series.last)
    (line,) = re.findall(r'<line x1="([\d.]+)" x2="([\d.]+)" [^>]*stroke-width="4"/>', launchers.wide)
    assert float(line[0]) == pytest.approx(time.x(BINDS), abs=0.06)
    assert "the limit does not bind before 2031-01-10" in launchers.wide
    assert "limit 500 from 2031-01-10" in launchers.wide


def test_a_figure_not_provided_is_a_gap_with_its_words_and_no_line_crosses_it(
    given: ReportInput, launchers: LimitView
) -> None:
    series = next(p for p in limit_series(given, limit=given.pack.limits[0]).parties if p.party == BEL)
    assert MIDDLE in series.gaps
    assert next([point.day for point in run] for run in series.runs) == [date(2030, 1, 10)]
    assert f"BEL {MIDDLE}: not provided" in launchers.wide
    assert "BEL: not provided" in launchers.narrow
    assert "<title>BEL, 2030-08-01: not provided</title>" in launchers.wide


def test_confirmed_partly_and_recalled_look_different(launchers: LimitView) -> None:
    def mark(title: str) -> str:
        found = re.search(rf"<title>{re.escape(title)}</title>(.*?)</g>", launchers.wide)
        assert found is not None, title
        return found[1]

    confirmed = mark("ARD, 2030-01-10: 700, confirmed")
    partly = mark("ARD, 2030-08-01: 640, partly")
    recalled = mark("ARD, 2031-01-10: 500, recalled")
    assert 'fill="none"' not in confirmed
    assert 'fill="none"' in recalled
    assert partly.count("<circle") == 2
    assert recalled.count("<circle") == 1
    published = mark("ARD, 2032-02-01: 480, confirmed, published but not exchanged")
    assert "stroke-dasharray" in published


def test_a_contested_count_stands_at_its_date_alone(given: ReportInput, launchers: LimitView) -> None:
    series = limit_series(given, limit=given.pack.limits[0])
    assert [(one.day, one.figure, one.by) for one in series.contested] == [(SECOND, 560, BEL)]
    assert "560 in BEL&#39;s reading of ARD" in launchers.wide
    assert limit_series(given, limit=given.pack.limits[1]).contested == ()


def test_the_sentence_and_the_table_say_the_same_numbers(launchers: LimitView) -> None:
    assert "The limit of 500 binds 2031-01-10 to 2040-01-09" in launchers.reading
    assert "the highest figure that ARD declared while it binds is 500 (2031-01-10)" in launchers.reading
    assert "BEL counts 560 for ARD on 2031-02-01, where ARD declared 500" in launchers.reading
    rows = {(line.day, line.party): line for line in launchers.rows}
    assert rows["2030-01-10", "ARD"].limit == "does not bind"
    assert rows["2031-01-10", "ARD"].limit == "500"
    assert rows["2030-08-01", "BEL"].figure == "not provided"
    assert rows["2031-02-01", "ARD, as BEL counts"].figure == "560"
    assert [line.day for line in launchers.rows] == sorted(line.day for line in launchers.rows)


def test_each_plot_is_named_and_described_and_says_where_its_axis_begins(launchers: LimitView) -> None:
    for drawing, name in ((launchers.wide, "wide"), (launchers.narrow, "narrow")):
        assert f'aria-labelledby="plot-launchers-500-{name}-title plot-launchers-500-{name}-desc"' in drawing
        assert "<desc " in drawing
        assert "launchers, axis from 400" in drawing
    assert ">2031<" in launchers.wide


def test_drawings_use_presentation_attributes_alone(launchers: LimitView) -> None:
    for drawing in (launchers.wide, launchers.narrow, *(entry.drawing for entry in launchers.legend)):
        assert re.search(r"\s(style|class)=", drawing) is None


def test_an_exchange_and_a_publication_of_one_figure_are_one_mark(given: ReportInput) -> None:
    twice = row(ARD, SECOND, 500, 980, channel=Channel.PUBLICATION)
    more = replace(given, facts=replace(rich_facts(), declared=(*rich_facts().declared, twice)))
    points = limit_series(more, limit=given.pack.limits[0]).parties[0].points
    assert [point.row.channel for point in points if point.day == SECOND] == [Channel.EXCHANGE]


def test_two_figures_for_one_date_are_both_shown(given: ReportInput) -> None:
    other = row(ARD, LATER, 490, 970)
    more = replace(given, facts=replace(rich_facts(), declared=(*rich_facts().declared, other)))
    points = limit_series(more, limit=given.pack.limits[0]).parties[0].points
    assert sorted(point.figure for point in points if point.day == LATER) == [480, 490]


def test_every_mark_stands_inside_its_drawing() -> None:
    given = three_parties()
    for view in limit_views(given, index=RecordIndex.of(given.records)):
        for drawing, frame in ((view.wide, WIDE), (view.narrow, NARROW)):
            across = [float(x) for x in re.findall(r'\s(?:x|x1|x2|cx)="(-?[\d.]+)"', drawing)]
            down = [float(y) for y in re.findall(r'\s(?:y|y1|y2|cy)="(-?[\d.]+)"', drawing)]
            assert min(across) >= 0
            assert max(across) <= frame.width
            assert min(down) >= 0
            assert max(down) <= frame.height


@pytest.mark.parametrize("counts", [(), (0,), (7,), (0, 1), (500, 500), (1, 1_000_000), (1350, 1800, 1550)])
def test_a_count_axis_holds_its_counts_on_few_round_ticks(counts: tuple[int, ...]) -> None:
    scale = count_scale(counts, frame=WIDE)
    assert all(scale.lowest <= count <= scale.highest for count in counts)
    assert scale.lowest >= 0
    assert 2 <= len(scale.ticks()) <= 10


@pytest.mark.parametrize(("first", "last"), [((2011, 2, 5), (2023, 3, 1)), ((1990, 1, 1), (2090, 1, 1))])
def test_year_labels_never_crowd_a_phone(first: tuple[int, int, int], last: tuple[int, int, int]) -> None:
    scale = TimeScale(frame=NARROW, first=date(*first), last=date(*last))
    assert 2 <= len(scale.years()) <= NARROW.year_labels + 1
