"""The page of promises says of every promise on measurements who could break it, and what to do where one can."""

import re
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "what-we-promise.md"
PROMISES = ("P7", "P8", "P9", "P10")
TEST = re.compile(r"`tests/[\w/]+\.py::test_\w+`")
SENTENCE = re.compile(r"[A-Z][^|]{20,}[.:]")


def rows() -> list[list[str]]:
    section = PAGE.read_text("utf-8").partition("\n## Behind the barrier\n")[2].partition("\n## ")[0]
    found = [line.strip().strip("|").split("|") for line in section.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in row] for row in found[1:]]


def test_every_promise_has_a_row_with_one_word_and_a_reason() -> None:
    assert {promise for _, promise, _, _ in rows()} == set(PROMISES)
    page = PAGE.read_text("utf-8")
    assert all(f"\n{promise}. **" in page for promise in PROMISES)
    for who, promise, word, why in rows():
        assert word in ("**test**", "**argued**", "**broken**"), f"{who}: {promise}: {word}"
        assert SENTENCE.search(why), f"{who}: {promise}"


def test_a_tested_row_names_a_test_and_a_broken_one_says_what_to_do() -> None:
    for who, promise, word, why in rows():
        assert word != "**test**" or TEST.search(why), f"{who}: {promise}: no test is named"
        assert word != "**broken**" or "*Do:*" in why, f"{who}: {promise}: what is to be done?"


def test_nobody_has_two_rows_for_one_promise() -> None:
    named = [(who, promise) for who, promise, _, _ in rows()]
    assert len(named) == len(set(named))
