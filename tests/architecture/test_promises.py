"""The page of promises has no empty cell, and every test that it names exists."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "explanation" / "what-we-promise.md"
PROPERTIES = (
    "stays",
    "words",
    "histories",
    "times",
    "bodies",
    "opening",
    "draw",
    "trust",
    "goes on",
    "kept",
)
CORRUPT = 10
WORDS = ("test", "argued", "broken")
REFERENCE = re.compile(r"`(tests/[\w/]+\.py)::(?:(test_\w+)|\"([^\"`]+)\")`")
SENTENCE = re.compile(r"[A-Z][^|]{20,}[.:]")


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def _tables(text: str) -> Iterator[list[list[str]]]:
    """Every table of the page, header first, without the line of dashes."""
    for block in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
        rows = [_cells(line) for line in block.splitlines()]
        yield [rows[0], *rows[2:]]


def _page() -> str:
    return PAGE.read_text(encoding="utf-8")


def _overview() -> dict[str, list[str]]:
    """The words of each row of the overview, by the anchor of its section."""
    table = next(_tables(_page()))
    assert tuple(table[0][1:]) == PROPERTIES
    found = {}
    for first, *words in table[1:]:
        link = re.fullmatch(r"\[[^]]+]\(#([a-z0-9-]+)\)", first)
        assert link, f"{first}: a row must link to its section"
        found[link[1]] = words
    return found


def _sections() -> dict[str, dict[str, tuple[str, str]]]:
    """Word and reason of each property, by section; a section is known by its anchor."""
    found = {}
    for part in re.split(r"^### ", _page(), flags=re.MULTILINE)[1:]:
        title, _, text = part.partition("\n")
        table = next(_tables(text.split("\n## ")[0]))
        assert table[0] == ["property", "", "why"], title
        anchor = re.sub(r"[^a-z0-9 -]", "", title.lower()).replace(" ", "-")
        assert tuple(row[0] for row in table[1:]) == PROPERTIES, title
        found[anchor] = {name: (word, why) for name, word, why in table[1:]}
    return found


@cache
def _known(path: Path) -> tuple[frozenset[str], frozenset[str]]:
    """The tests that a file defines, and the texts that it holds."""
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    tests = (node.name for node in nodes if isinstance(node, ast.FunctionDef))
    texts = (node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str))
    return frozenset(tests), frozenset(texts)


def _exists(path: str, test: str, case: str) -> bool:
    file = ROOT / path
    if not file.is_file():
        return False
    tests, texts = _known(file)
    return test in tests if test else case in texts


def test_every_corrupt_party_has_a_row_and_a_section_with_one_word_in_each_cell() -> None:
    overview, sections = _overview(), _sections()
    assert len(overview) == CORRUPT
    assert list(overview) == list(sections)
    for row, cells in sections.items():
        for name, (word, _) in cells.items():
            assert word.strip("*") in WORDS, f"{row}: {name}: {word!r}"
            assert word == f"**{word.strip('*')}**", f"{row}: {name}: {word!r}"
        stated = [word.strip("*") for word, _ in cells.values()]
        assert overview[row] == stated, f"{row}: the overview and the section do not say the same"


def test_a_tested_cell_names_a_test_and_any_other_says_why() -> None:
    for row, cells in _sections().items():
        for name, (word, why) in cells.items():
            if word == "**test**":
                assert REFERENCE.search(why), f"{row}: {name}: no test is named"
            else:
                assert SENTENCE.search(why), f"{row}: {name}: nothing is said"


def test_a_broken_cell_says_what_to_do_or_where_that_is_said() -> None:
    pointed = re.compile(r"\(#[a-z0-9-]+\)")
    for row, cells in _sections().items():
        for name, (word, why) in cells.items():
            if word == "**broken**":
                assert "*Do:*" in why or pointed.search(why), f"{row}: {name}: what is to be done?"


@pytest.mark.parametrize("reference", sorted(set(REFERENCE.findall(_page()))), ids="::".join)
def test_every_test_that_is_named_exists(reference: tuple[str, str, str]) -> None:
    assert _exists(*reference), f"{reference}: there is no such test"


def test_nothing_that_looks_like_a_test_escapes() -> None:
    """A name in another form would not be checked: each path into tests/ is one that was read."""
    text = _page()
    assert len(re.findall(r"tests/", text)) == len(REFERENCE.findall(text))
    assert not _exists("tests/architecture/test_promises.py", "test_that_nobody_wrote", "")
    assert not _exists("tests/nowhere/test_promises.py", "test_that_nobody_wrote", "")
