"""``counterseal design`` on terminals of any width, and where nobody looks: no figure is ever cut."""

import re
from pathlib import Path

import pytest
from rich.cells import cell_len

from counterseal.app.cli.design_tables import Shown, bullet, open_console
from program import Program
from strategies.efforts import QUOTA

EXAMPLES = Path(__file__).parents[3] / "examples" / "effort"
STORAGE = EXAMPLES / "storage-low-numbers.yaml"
LONG = (
    ("one-base", "all-of-it-at-one-base"),
    ("type-two", "short-notice-visits"),
    ("base-1", "base-in-the-far-north"),
)
WIDTHS = (40, 60, 80, 120)
FIGURE = re.compile(r"[0-9]+(?:\.[0-9]+)? %")


@pytest.fixture
def program(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Program:
    return Program(capsys, monkeypatch)


@pytest.fixture
def effort(tmp_path: Path) -> Path:
    text = QUOTA.replace("budget_pd_per_y: 400", "budget_pd_per_y: 400\n  frontier_pd_per_y: [200, 400]")
    for old, new in LONG:
        text = text.replace(old, new)
    path = tmp_path / "quota.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def look(monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    for name, value in (("COLUMNS", width), ("LINES", 50), ("TTY_COMPATIBLE", 1), ("TERM", "dumb")):
        monkeypatch.setenv(name, str(value))


def figures(text: str) -> set[str]:
    """Return the chances that stand in a text; a sentence may wrap before its sign."""
    return set(FIGURE.findall(text.replace("\n", " ")))


@pytest.mark.parametrize("asked", ["check", "power", "timeliness", "completeness", "plan", "frontier"])
def test_no_figure_is_cut_at_any_width(
    program: Program, monkeypatch: pytest.MonkeyPatch, effort: Path, asked: str
) -> None:
    piped = program("design", asked, effort)
    assert piped.code == 0, piped.err
    assert "…" not in piped.out
    for width in WIDTHS:
        look(monkeypatch, width)
        shown = program("design", asked, effort).out
        assert "…" not in shown
        assert figures(shown) >= figures(piped.out)
        assert max(map(cell_len, shown.splitlines())) <= width


@pytest.mark.parametrize("width", WIDTHS)
def test_drafts_side_by_side_are_never_cut(
    program: Program, monkeypatch: pytest.MonkeyPatch, effort: Path, width: int
) -> None:
    other = effort.with_name("draft-with-more-visits.yaml")
    other.write_text(effort.read_text("utf-8").replace("per_year: 2}", "per_year: 4}"), encoding="utf-8")
    piped = program("design", "compare", effort, other).out
    look(monkeypatch, width)
    shown = program("design", "compare", effort, other).out
    assert "…" not in piped + shown
    assert max(map(cell_len, shown.splitlines())) <= width
    assert figures(shown) >= figures(piped)


def test_where_nobody_looks_heads_and_rows_are_each_on_one_line(program: Program, effort: Path) -> None:
    lines = program("design", "timeliness", effort).out.splitlines()
    head = next(line for line in lines if "mean delay" in line)
    assert "strategy" in head
    assert "in 90 days" in head
    assert "all-of-it-at-one-base" in "\n".join(lines)


ROWS = Shown(
    title="Of a title that is longer than its table",
    columns=("place", "what is done", "person-days a year"),
    rows=(("routine to the harbour", "two visits a year, ten items", "123456.78"), ("all", "", "9")),
    texts=2,
)


def shown_at(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], width: int) -> str:
    look(monkeypatch, width)
    open_console().print(ROWS)
    return capsys.readouterr().out


def test_a_row_becomes_a_block_where_a_table_does_not_fit(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert [line.rstrip() for line in shown_at(monkeypatch, capsys, 32).splitlines()] == [
        "Of a title that is longer than",
        "its table",
        "routine to the harbour",
        "  what is done    two visits a",
        "                  year, ten",
        "                  items",
        "  person-days a        123456.78",
        "  year",
        "all",
        "  person-days a                9",
        "  year",
        "",
    ]


def test_a_row_that_is_named_by_a_figure_says_of_what(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    look(monkeypatch, 20)
    made = Shown(
        title="Plans", columns=("budget", "cost", "worst seen"), rows=(("200", "193", "41 %"),), texts=0
    )
    open_console().print(made)
    lines = [line.rstrip() for line in capsys.readouterr().out.splitlines()]
    assert lines == ["Plans", "budget 200", "  cost         193", "  worst seen  41 %", ""]


def test_names_wrap_before_a_table_is_given_up(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    wide, narrow = shown_at(monkeypatch, capsys, 90), shown_at(monkeypatch, capsys, 60)
    assert len([line for line in wide.splitlines() if line.strip()]) == 5
    assert "routine to the harbour" in wide
    assert "routine to the harbour" not in narrow
    assert "123456.78" in narrow
    assert "─" in narrow


def test_a_table_of_no_rows_and_one_of_long_words(monkeypatch: pytest.MonkeyPatch) -> None:
    look(monkeypatch, 40)
    assert Shown(title="", columns=("a", "b"), rows=()).widths(40) == (1, 1)
    long = Shown(title="", columns=("a" * 50, "b" * 30), rows=(("c" * 50, "1"),))
    assert long.widths(None) == (50, 30)
    assert long.widths(40) == (16, 16)
    assert long.widths(30) is None


def test_a_sentence_of_a_list_goes_on_under_its_first_word(monkeypatch: pytest.MonkeyPatch) -> None:
    assert bullet("word " * 20 + "end", open_console()).count("\n") == 0
    look(monkeypatch, 40)
    first, second, *_ = bullet("word " * 20 + "end", open_console()).splitlines()
    assert first.startswith("  - word")
    assert second.startswith("    word")


def test_signs_of_markup_in_a_title_are_shown_as_they_are(program: Program, effort: Path) -> None:
    title = "[/x] [red]drafted[/red] :smile:"
    text = re.sub("title: .*", f'title: "{title}"', effort.read_text("utf-8"), count=1)
    effort.write_text(text, encoding="utf-8")
    for asked in ("check", "timeliness", "completeness", "plan"):
        ran = program("design", asked, effort)
        assert ran.code == 0, ran.err
        assert ran.out.startswith(title)


def test_a_line_break_in_the_name_of_a_file_starts_no_line(program: Program, tmp_path: Path) -> None:
    name = "a\nVERIFIED\x1b[31m.yaml"
    for asked in (("check", tmp_path / name), ("compare", STORAGE, tmp_path / name)):
        ran = program("design", *asked)
        assert ran.code == 3
        assert (
            ran.err == f"counterseal: {tmp_path}/a\\nVERIFIED\\x1b[31m.yaml: there is no such effort file\n"
        )
    (tmp_path / name).write_text(QUOTA.replace("detect_p: 1,", "detect_p: 2,"), encoding="utf-8")
    ran = program("design", "check", tmp_path / name)
    assert ran.code == 3
    assert "\\nVERIFIED\\x1b[31m.yaml:" in ran.err
    assert "\nVERIFIED" not in ran.err


def test_a_folder_for_an_effort_file_is_refused_by_every_command_alike(
    program: Program, tmp_path: Path
) -> None:
    for asked in (("check",), ("power",), ("plan",), ("report", "--out", tmp_path / "r.html")):
        ran = program("design", *asked, tmp_path)
        assert ran.code == 4
        assert f"{tmp_path}: the effort file cannot be read: Is a directory" in ran.err
    assert not (tmp_path / "r.html").exists()


def test_nothing_is_said_to_go_where_more_effort_wins_nothing(program: Program) -> None:
    out = program("design", "plan", STORAGE, "--budget", 500).out
    assert "One more person-day a year wins nothing" in out
    assert "other limits hold the plan back (quota of routine)" in out
    assert "is worth 0 percent" not in out
    assert "Where more effort would go" not in out
    assert "Where more effort would go" in program("design", "plan", STORAGE, "--budget", 250).out
