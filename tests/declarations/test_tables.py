"""CSV tables: what is read, and that everything else is refused with its place."""

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterseal.declarations.aggregate import LARGEST_COUNT, AggregateDeclaration
from counterseal.declarations.breakdown_table import read_breakdown_table, write_breakdown_table
from counterseal.declarations.errors import DeclarationError
from counterseal.declarations.itemised import ItemisedDeclaration, ItemLine, first_repeated
from counterseal.declarations.table import read_aggregate_table, write_aggregate_table
from counterseal.declarations.wording import text_fault
from counterseal.terms.outcomes import KnownAs
from declarations.fictional import ARD, BASELINE, BEL, EXTRA, FIRST, PACK, SECOND, itemised, line

HEADER = "as_of,party,vessels,launchers,status,source\n"
SOUND = "2030-08-01,ARD,5,9,confirmed,Gazette\n"


def read(data: bytes | str, *, until: date | None = None) -> tuple[AggregateDeclaration, ...]:
    content = data if isinstance(data, bytes) else data.encode()
    return read_aggregate_table(content, where="t.csv", pack=PACK, until=until)


def read_breakdown(data: bytes | str) -> ItemisedDeclaration:
    content = data if isinstance(data, bytes) else data.encode()
    return read_breakdown_table(
        content, where="b.csv", party=ARD, as_of=FIRST, known_as=KnownAs.CONFIRMED, citation="Annex"
    )


def problems_of(data: bytes | str, *, until: date | None = None) -> tuple[str, ...]:
    with pytest.raises(DeclarationError) as refusal:
        read(data, until=until)
    return refusal.value.problems


def test_a_row_is_a_declaration_and_an_empty_cell_is_not_provided() -> None:
    (declaration,) = read(HEADER + "2030-08-01,ARD,,0,partly,Gazette\n")
    assert declaration.figures == (("vessels", None), ("launchers", 0))
    assert (declaration.party, declaration.as_of, declaration.known_as) == (ARD, FIRST, KnownAs.PARTLY)


@pytest.mark.parametrize(
    "data",
    [
        "source,launchers,status,party,vessels,as_of\nGazette,9,confirmed,ARD,5,2030-08-01\n",
        (HEADER + SOUND).replace("\n", "\r\n"),
        "\ufeff" + HEADER + SOUND,
        HEADER + SOUND.rstrip("\n"),
        HEADER + '"2030-08-01","ARD","5","9","confirmed","Gazette"\n',
    ],
    ids=["columns in another order", "CR LF", "byte order mark", "no last line end", "quoted"],
)
def test_other_ways_to_write_the_same_table(data: str) -> None:
    assert read(data) == read(HEADER + SOUND)


@pytest.mark.parametrize("words", ["not provided", "not-provided"])
def test_a_row_without_figures_says_not_provided(words: str) -> None:
    (declaration,) = read(HEADER + f"2030-08-01,ARD,,,{words},withheld\n")
    assert declaration.known_as is KnownAs.NOT_PROVIDED
    assert not declaration.is_provided


@pytest.mark.parametrize(
    ("cell", "says"),
    [
        ("-1", "a negative number"),
        ("12.5", "a fraction"),
        ("12.0", "a fraction"),
        ("1e3", "a power of ten"),
        ("１２", "digits that are not 0-9"),
        ("٣", "digits that are not 0-9"),
        (" 12", "white space"),
        ("12 ", "white space"),
        ("+12", "a plus sign"),
        ('"1,000"', "separators between the digits"),
        ("007", "a leading zero"),
        ("0x10", "another base than ten"),
        ("9007199254740992", "too large"),
        ("9" * 5000, "too large"),
        ("many", "no number"),
        ("nan", "no number"),
        ("NULL", "no number"),
        ("'5", "no number"),
    ],
)
def test_a_count_that_is_no_count_is_named_with_line_and_column(cell: str, says: str) -> None:
    (problem,) = problems_of(HEADER + SOUND.replace("ARD,5", f"ARD,{cell}"))
    assert problem.startswith("t.csv:2, column vessels: found ")
    assert says in problem
    assert "must be a whole number from 0 to 9007199254740991" in problem
    assert len(problem) < 400


@pytest.mark.parametrize(
    ("old", "new", "place", "says"),
    [
        ("ARD", "XYZ", "t.csv:2, column party", "must be a party to lake-treaty: ARD, BEL"),
        ("ARD", "AUD", "t.csv:2, column party", "must be a party to lake-treaty: ARD, BEL"),
        ("2030-08-01", "2030-02-30", "t.csv:2, column as_of", "must be a day of the calendar"),
        ("2030-08-01", "20300801", "t.csv:2, column as_of", "written YYYY-MM-DD"),
        ("2030-08-01", "2030-08-02", "t.csv:2, column as_of", "2030-08-01 and 2030-12-24"),
        ("2030-08-01", "1999-01-01", "t.csv:2, column as_of", "nearest dates asked for: 2030-01-10"),
        ("2030-08-01", "9999-12-31", "t.csv:2, column as_of", "asks for no data"),
        (
            "confirmed",
            "certain",
            "t.csv:2, column status",
            "'confirmed', 'partly', 'recalled', 'not provided'",
        ),
        ("confirmed", "not provided", "t.csv:2, column status", "figures are given"),
        ("5,9", ",", "t.csv:2, column status", "no figure is given"),
        ("Gazette", "", "t.csv:2, column source", "must have text"),
        ("Gazette", "Ga\u202ezette", "t.csv:2, column source", "U+202E"),
        ("Gazette", "Ga\x1b[2Jzette", "t.csv:2, column source", "U+001B"),
        (",Gazette", "", "t.csv:2", "found 5 cells, too few"),
        ("Gazette", "Gazette,7", "t.csv:2", "found 7 cells, too many"),
        ("Gazette", 'Ga"zette', "t.csv:2", "a quote inside a cell that is not quoted"),
        ("Gazette", '"Gazette', "t.csv:2", "a quote that is never closed"),
        ("Gazette", '"Gaz"ette', "t.csv:2", "text after the closing quote"),
        (SOUND, "\n" + SOUND, "t.csv:2", "an empty line"),
    ],
)
def test_a_cell_or_row_that_breaks_a_rule(old: str, new: str, place: str, says: str) -> None:
    (problem,) = problems_of(HEADER + SOUND.replace(old, new))
    assert problem.startswith(f"{place}: ")
    assert says in problem


@pytest.mark.parametrize(
    ("header", "says"),
    [
        ("as_of,party,vessels,status,source", "missing column 'launchers'"),
        ("as_of,party,vessels,launchers,boats,status,source", "unknown column 'boats'"),
        ("as_of,party,vessels,vessels,launchers,status,source", "column 'vessels' 2 times"),
        ("as_of;party;vessels;launchers;status;source", "look separated by ';'"),
        ("As_of,party,vessels,launchers,status,source", "unknown column 'As_of'; missing column 'as_of'"),
        ('as_of,"party,vessels,launchers,status,source', "a quote that is never closed"),
    ],
)
def test_a_header_that_is_not_the_tables(header: str, says: str) -> None:
    (problem,) = problems_of(f"{header}\n{SOUND}")
    assert problem.startswith("t.csv:1")
    assert says in problem


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "empty file"),
        (b"\xef\xbb\xbf\n", "empty file"),
        (HEADER.encode(), "no row below it"),
        (HEADER.encode() + b"\n" * 100_002, "found 100002 rows"),
        (b"x" * (8 * 1024 * 1024 + 1), "8 MiB"),
        ((HEADER + SOUND).encode("utf-16"), "looks like UTF-16"),
        ((HEADER + SOUND).encode("utf-16-le"), "as in UTF-16"),
        ((HEADER + SOUND).encode("utf-16-be"), "as in UTF-16"),
        (
            (HEADER + SOUND.replace("Gaz", "Gä")).encode("latin-1"),
            "t.csv:2: found byte 0xE4, which is not UTF-8",
        ),
        ((HEADER + SOUND + "\x00").encode(), "t.csv:3: found a byte 0"),
        (b"PK\x03\x04rest", "spreadsheet"),
        ((HEADER + SOUND).replace("\n", "\r").encode(), "t.csv:1: found a carriage return alone"),
        ((HEADER + SOUND.replace("Gaz", "Gaz\r")).encode(), "t.csv:2: found a carriage return alone"),
    ],
)
def test_a_file_that_is_no_table_at_all(data: bytes, says: str) -> None:
    (problem,) = problems_of(data)
    assert says in problem


def test_the_same_party_and_date_twice() -> None:
    (problem,) = problems_of(HEADER + SOUND + SOUND)
    assert problem == "t.csv:3: found ARD 2030-08-01 again, declared once already (t.csv:2)"


def test_every_problem_of_a_file_is_told_at_once_and_nothing_is_returned() -> None:
    rows = "2030-08-01,XYZ,-1,9,sure,Gazette\n2030-08-01,BEL,5,9,confirmed,Gazette\n2030-08-01,BEL,5,x,confirmed,G\n"
    problems = problems_of(HEADER + rows)
    assert [re.split(": ", problem)[0] for problem in problems] == [
        "t.csv:2, column party",
        "t.csv:2, column vessels",
        "t.csv:2, column status",
        "t.csv:4",
        "t.csv:4, column launchers",
    ]


def test_reading_stops_at_twenty_problems() -> None:
    with pytest.raises(DeclarationError) as refusal:
        read(HEADER + "x,y,z,z,z,\n" * 1000)
    assert len(refusal.value.problems) == 20
    assert "reading stopped there" in str(refusal.value)


def test_data_after_the_last_day_that_is_read_are_refused() -> None:
    assert len(read(HEADER + SOUND, until=FIRST)) == 1
    (problem,) = problems_of(HEADER + SOUND, until=date(2030, 7, 31))
    assert "must not be after 2030-07-31" in problem


def test_a_cell_that_a_spreadsheet_would_run_is_written_behind_an_apostrophe() -> None:
    declaration = AggregateDeclaration(
        party=ARD, as_of=FIRST, figures=(("vessels", 1), ("launchers", 2)), known_as=KnownAs.CONFIRMED,
        citation='=HYPERLINK("http://x.example")',
    )  # fmt: skip
    written = write_aggregate_table([declaration], pack=PACK)
    assert b',"\'=HYPERLINK(""http' in written
    assert read(written) == (declaration,)


def test_a_table_holds_every_category_of_the_pack_in_its_order() -> None:
    other = AggregateDeclaration(
        party=ARD, as_of=FIRST, figures=(("launchers", 2),), known_as=KnownAs.CONFIRMED, citation="Gazette"
    )
    with pytest.raises(DeclarationError, match="must hold vessels, launchers"):
        write_aggregate_table([other], pack=PACK)


FIGURES = st.none() | st.integers(0, LARGEST_COUNT)
TEXTS = st.text(max_size=30).filter(lambda text: text_fault(text) is None) | st.sampled_from(
    ["=1+1", "'=1", "''@x", "-", '"', "a,b", "'", "٣"]
)


@st.composite
def aggregates(draw: st.DrawFn) -> AggregateDeclaration:
    vessels, launchers = draw(FIGURES), draw(FIGURES)
    known = (
        KnownAs.NOT_PROVIDED
        if vessels is None and launchers is None
        else draw(st.sampled_from([KnownAs.CONFIRMED, KnownAs.PARTLY, KnownAs.RECALLED]))
    )
    return AggregateDeclaration(
        party=draw(st.sampled_from([ARD, BEL])),
        as_of=draw(st.sampled_from([BASELINE, FIRST, EXTRA, SECOND])),
        figures=(("vessels", vessels), ("launchers", launchers)),
        known_as=known,
        citation=draw(TEXTS),
    )


@given(st.lists(aggregates(), min_size=1, max_size=6, unique_by=lambda each: each.name))
def test_reading_what_was_written_gives_the_same_declarations(
    declarations: list[AggregateDeclaration],
) -> None:
    assert read(write_aggregate_table(declarations, pack=PACK)) == tuple(declarations)


LINES = st.builds(
    ItemLine,
    category=TEXTS,
    system=TEXTS,
    site=st.none() | TEXTS,
    uid=st.none() | TEXTS,
    count=st.just(1),
    attributes=st.just(()),
)


@given(st.lists(LINES, min_size=1, max_size=6).filter(lambda lines: first_repeated(tuple(lines)) is None))
def test_reading_a_written_breakdown_gives_the_same_lines(lines: list[ItemLine]) -> None:
    assert read_breakdown(write_breakdown_table(itemised(*lines))).lines == tuple(lines)


def refusal_of(data: bytes | str) -> str:
    try:
        assert read(data)
    except DeclarationError as refusal:
        return str(refusal)
    return "t.csv is sound"


def refusal_of_breakdown(data: bytes) -> str:
    try:
        assert read_breakdown(data).lines
    except DeclarationError as refusal:
        return str(refusal)
    return "b.csv is sound"


@given(
    st.binary(max_size=300) | st.text(max_size=300).map(lambda text: text.encode("utf-8", "surrogatepass"))
)
def test_no_bytes_do_anything_but_be_refused(data: bytes) -> None:
    for content in (data, HEADER.encode() + data, (HEADER + SOUND).encode() + data):
        assert refusal_of(content).startswith("t.csv")
    for content in (data, b"category,system,count\n" + data):
        assert refusal_of_breakdown(content).startswith("b.csv")


@given(st.data())
def test_a_table_with_one_character_replaced_is_read_whole_or_refused(data: st.DataObject) -> None:
    text = HEADER + SOUND + SOUND.replace("ARD", "BEL")
    position = data.draw(st.integers(0, len(text) - 1))
    changed = text[:position] + data.draw(st.characters(codec="utf-8")) + text[position + 1 :]
    assert refusal_of(changed).startswith("t.csv")


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("vessels at sea,Heron,", "column count: found ''"),
        ("vessels at sea,Heron,1.5", "a fraction"),
        (",Heron,1", "column category: found ''"),
        ("vessels at sea, Heron,1", "column system: found ' Heron'"),
        ("vessels at sea,Heron", "found 2 cells, too few"),
    ],
)
def test_a_breakdown_row_that_breaks_a_rule(row: str, says: str) -> None:
    with pytest.raises(DeclarationError, match=re.escape("b.csv:2")) as refusal:
        read_breakdown(f"category,system,count\n{row}\n")
    assert says in str(refusal.value)


def test_an_item_is_declared_once_and_counts_one() -> None:
    head = "category,system,count,uid\n"
    with pytest.raises(DeclarationError, match=r"b\.csv:3: uid 'H1' stands twice.*first in line 2"):
        read_breakdown(head + "vessels at sea,Heron,1,H1\nvessels in port,Heron,1,H1\n")
    with pytest.raises(DeclarationError, match=r"b\.csv:2, column count: found 2, must be 1"):
        read_breakdown(head + "vessels at sea,Heron,2,H1\n")
    with pytest.raises(DeclarationError, match=r"b\.csv:3: .*stands twice without a uid"):
        read_breakdown(head + "vessels at sea,Heron,2,\nvessels at sea,Heron,3,\n")


def test_attributes_have_no_place_in_a_table() -> None:
    with pytest.raises(DeclarationError, match="which only JSON can hold"):
        write_breakdown_table(itemised(line(hull="steel")))
